/* front.h - the front states of a worker: one for each app that has routes, in each generation.
 *
 * A front is retired when its generation is: it begins nothing more, ends what it has begun, and is
 * then gone. */
#ifndef MN_CALL_FRONT_H
#define MN_CALL_FRONT_H

#include "call/generation.h"
#include "io/server.h"

struct mn_worker;
struct mn_front;

/* Opens those that apps need. Returns 0, or an error with why; then none is open. */
int mn_fronts_open(struct mn_worker *w, struct mn_generation *apps, struct mn_buf *why);
void mn_front_retire(struct mn_front *front);                            /* accepts NULL */
void mn_fronts_reloaded(struct mn_generation *apps, int64_t generation); /* on.reload */

/* Those retired, too: whoever waits is answered 503. */
void mn_fronts_close(struct mn_worker *w);

/* The app's route a request is for. NULL: none; *status then is 404, 405 or 426. */
struct mn_front_route {
    const struct mn_app_route *route;
    struct mn_front *front;
};
bool mn_front_find(struct mn_worker *w, struct mn_exchange *x, struct mn_front_route *found,
                   int *status);

/* For the server: mn_server_settings.find, and what it finds. */
int mn_worker_find_route(void *worker, struct mn_exchange *x, const struct mn_route **found);

/* What another worker asks of an app's calls for a route there (front_calls_far.c). */
#define MN_CALLS_INSIDE "/v1/myna.calls"
void mn_front_calls_inside(void *worker, struct mn_exchange *x);

#endif
