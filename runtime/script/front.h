/* front.h - what runs in an app's front state: its routes, and on.reload.
 *
 * The front state is one of the worker's, opened when the app is loaded. No call has it and there
 * is no ctx in it: it serves whoever asks over HTTP. To the watch on slices it is one call more, so
 * calls are not held up by a crowd at the routes. */
#ifndef MN_SCRIPT_FRONT_H
#define MN_SCRIPT_FRONT_H

#include "script/route.h"
#include "script/state.h"

struct mn_front_ask {
    const struct mn_app_route *route;
    struct mn_str head; /* JSON: params, query, headers, user, peer (lua/myna/route.lua) */
    struct mn_str body;
    int64_t time_ms; /* until whoever asks gives up: requests end before it */
};

/* head is a line with the status, then one with "Name: value" for each header; err is 0 or what
 * ended the task: then the log has why, and there is neither head nor body. */
struct mn_front_answer {
    int err;
    struct mn_str head, body;
};
typedef void mn_front_done(void *owner, const struct mn_front_answer *answer);

struct mn_front_job;

/* Runs a route. done runs exactly once, never before this returns, unless the job is stopped or the
 * state is closed; it may close the state. Returns 0, MN_ELIMIT (too many tasks) or -ENOMEM; then
 * nothing follows. */
int mn_front_run(struct mn_state *st, const struct mn_front_ask *ask, mn_front_done *done,
                 void *owner, struct mn_front_job **job);
void mn_front_stop(struct mn_front_job *job);

/* Runs on.reload, if there is one; nobody waits for it. */
void mn_front_reloaded(struct mn_state *st, int64_t generation);

/* Whether the app has anything to do in a front state. */
bool mn_bundle_has_front(const struct mn_bundle *b);

#endif
