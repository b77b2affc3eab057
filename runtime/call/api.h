/* api.h - the API beside the Realtime sessions, for scripts: text responses, moderations, and what
 * routes pass on (myna.upstream).
 *
 * A script names a path and at most where the API is; the address and the key are put there here,
 * so that no script sees the key. */
#ifndef MN_CALL_API_H
#define MN_CALL_API_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/http.h"
#include "base/list.h"
#include "call/settings.h"
#include "io/http.h"

struct mn_api_answer {
    int status;
    const char *type;   /* of the body */
    char location[128]; /* a header of that name; empty: none */
    struct mn_buf body; /* whoever asks frees it */
};

/* The API as a simulator answers it. One is opened for a worker with its first request, since it
 * remembers what it gave: keys, calls. */
struct mn_api_double {
    void *(*open)(void); /* NULL when memory is out */
    void (*close)(void *it);
    /* Returns 0 or -ENOMEM. */
    int (*answer)(void *it, const struct mn_http_ask *ask, int64_t wall_s,
                  struct mn_api_answer *out);
};

struct mn_api {
    const struct mn_settings *settings; /* borrowed, as all of these */
    struct mn_http *http;
    struct mn_clock *clock;
    const struct mn_api_double *twin; /* NULL: there is no simulator here */
    void *it;                         /* the twin's, once it is open */
    struct mn_list waiting;           /* answers of the simulator that are not told yet */
    struct mn_buf ca;                 /* what --upstream-ca holds; empty: the system's */
};

/* Returns 0, or what reading the file of --upstream-ca said. */
int mn_api_open(struct mn_api *api, const struct mn_settings *settings, struct mn_clock *clock,
                const struct mn_api_double *twin);
void mn_api_close(struct mn_api *api); /* nothing is told any more */

/* As ports.h's http, of a request with of_api. */
int mn_api_ask(struct mn_api *api, const struct mn_http_ask *ask, mn_http_done *done, void *owner,
               void **op);
bool mn_api_cancel(struct mn_api *api, void *op); /* false: op is the pool's */

/* Appends the whole address of a path. upstream: sim, openai, or an address of ws(s) or http(s),
 * with or without its "/v1" and "/realtime". Returns out's sticky error. */
int mn_api_url(struct mn_buf *out, struct mn_str upstream, struct mn_str path);

#endif
