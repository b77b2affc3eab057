/* front_parts.h - what front.c and front_request.c share. */
#ifndef MN_CALL_FRONT_PARTS_H
#define MN_CALL_FRONT_PARTS_H

#include "call/worker_parts.h"
#include "script/front.h"

struct mn_front {
    struct mn_list place; /* in the worker's */
    struct mn_worker *worker;
    struct mn_bundle *bundle; /* held */
    struct mn_state *state;
    struct mn_ports ports;
    struct mn_list requests; /* under way */
    int nrequests;
    bool retired;
};

void mn_front_free(struct mn_front *f);

void mn_front_fill_ports(struct mn_front *f); /* front_ports.c */

/* --- front_request.c --- */
void mn_front_serve(void *worker, struct mn_exchange *x); /* a route's handler */
void mn_front_drop_requests(struct mn_front *f);          /* answers them 503 */

#endif
