/* front_parts.h - what the files of fronts share. */
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
    struct mn_list openings; /* WebSockets whose route has not answered */
    int nrequests;           /* both */
    bool retired;
};

void mn_front_free(struct mn_front *f);
void mn_front_began(struct mn_front *f);
void mn_front_ended(struct mn_front *f); /* one of both; frees f when it was a retired one's last */
bool mn_front_is_full(const struct mn_front *f);

void mn_front_fill_ports(struct mn_front *f); /* front_ports.c */

/* front_calls.c: as script/ports.h has them. */
int mn_front_calls(void *front, const char *word, struct mn_str id, struct mn_str text,
                   struct mn_buf *out);
/* The same of a worker's, for its app of that name; "state" is a word more. */
int mn_front_calls_of(struct mn_worker *w, struct mn_str app, const char *word, struct mn_str id,
                      struct mn_str text, struct mn_buf *out);

/* front_calls_far.c: likewise */
int mn_front_call_ask(void *front, const char *word, struct mn_str id, struct mn_str text,
                      mn_keep_done *done, void *owner, void **op);
void mn_front_call_ask_cancel(void *front, void *op);

/* front_head.c: the JSON of mn_front_ask. */
void mn_front_write_head(struct mn_exchange *x, const struct mn_app_route *route,
                         struct mn_buf *out);

/* Whether who asks may use the route; refuses x when not. */
struct mn_front_route;
bool mn_front_may(struct mn_exchange *x, const struct mn_front_route *found);

/* --- front_opening.c --- */
void mn_front_open(void *worker, struct mn_exchange *x); /* a WS route's accept */
void mn_front_drop_openings(struct mn_front *f);         /* turns them away */

/* --- front_request.c --- */
void mn_front_serve(void *worker, struct mn_exchange *x); /* a route's handler */
void mn_front_drop_requests(struct mn_front *f);          /* answers them 503 */

#endif
