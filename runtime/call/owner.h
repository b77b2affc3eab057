/* owner.h - which worker has a call, and the ways to it.
 *
 * The id of a call names its worker: "sess_3_k9f2...". Each worker listens on a socket of its own,
 * in a folder that only this server's user may enter, for what reached another by mistake:
 *
 *     caller --resumes--> worker 1 --frames, both ways--> worker 3, who has the call
 *     operator --REST---> worker 1 --the request--------> worker 3
 *
 * What comes in there has been let in before, and is not looked at again. */
#ifndef MN_CALL_OWNER_H
#define MN_CALL_OWNER_H

#include "io/http.h"
#include "io/server.h"

struct mn_worker;

/* The worker an id names, or -1. */
int mn_owner_of(struct mn_str id);

/* Whether that is another worker of this server, and alive. */
bool mn_owner_is_there(const struct mn_worker *w, int number);

/* Listens for the other workers, where there are some. Returns 0 or an error. */
int mn_owner_listen(struct mn_worker *w);
void mn_owner_close(struct mn_worker *w);

/* Whether a request came from another worker, who has let it in. */
bool mn_owner_is_inside(const struct mn_worker *w, const struct mn_exchange *x);

/* A caller who comes back to a call of another worker's: true when x has been answered, with a
 * WebSocket whose frames that worker gets. False: the id names this one, or one that is gone. */
bool mn_owner_relay(struct mn_worker *w, struct mn_exchange *x, struct mn_str id,
                    struct mn_str token);

/* A request about a call of another worker's: true when it has been passed on, and will be answered
 * with what that one answers, also by and by. False as above. */
bool mn_owner_pass_on(struct mn_worker *w, struct mn_exchange *x, struct mn_str id);

/* Asks every other worker that has calls the same, GET path with its query. each runs for every
 * answer that came within two seconds (body is borrowed), then done once, with how many did not
 * answer; both later, done also when this worker ends meanwhile. Returns how many are asked: 0 runs
 * neither. */
struct mn_owner_round {
    void (*each)(void *owner, int status, struct mn_str body);
    void (*done)(void *owner, int missing);
    void *owner;
};
int mn_owner_ask_all(struct mn_worker *w, struct mn_str path, const struct mn_owner_round *round);

/* Appends a request's path and query as they were asked. */
void mn_owner_write_path(struct mn_buf *out, struct mn_exchange *x);

/* Asks one worker, GET path, and hands over its answer as it comes, for as long as it lasts; as
 * mn_http_send. What it returns is cancelled with mn_http_cancel before the worker closes. */
int mn_owner_stream(struct mn_worker *w, int number, struct mn_str path,
                    const struct mn_http_stream *into, mn_http_done *done, void *owner,
                    struct mn_http_op **op);

/* Asks one worker, who has two seconds, POST path with a body; as mn_owner_stream. */
int mn_owner_post(struct mn_worker *w, int number, const char *path, struct mn_str body,
                  mn_http_done *done, void *owner, struct mn_http_op **op);

#endif
