/* ports.h - the functions through which a script reaches the world. script/ knows no socket:
 * whoever opens a state fills these in (call/ports.c with the HTTP pool and the session; the
 * scenario runner with stubs), so scenarios replace the world without the script noticing. */
#ifndef MN_SCRIPT_PORTS_H
#define MN_SCRIPT_PORTS_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

struct mn_header {
    struct mn_str name, value;
};

struct mn_http_ask {
    struct mn_str method, url;
    const struct mn_header *headers;
    int nheaders;
    struct mn_str body;
    int64_t connect_ms, total_ms; /* time-outs; 0: the pool's defaults */
    size_t max_body;              /* of the answer, bytes; 0: the pool's default */
    struct mn_str pool;           /* names the client whose limits it shares, e.g. its base_url */
    int pool_connections;         /* at once for that client; 0: the default */
};

/* An answer, or why there was none. Everything is borrowed until the callback returns. */
struct mn_http_answer {
    int status;                      /* 0 when no answer came */
    const struct mn_header *headers; /* names in lower case */
    int nheaders;
    struct mn_str body;
    const char
        *err_code; /* NULL, or timeout, refused, dns, tls, reset, too_large, cancelled, other */
    const char *err_message; /* for the log; NULL when err_code is */
};

typedef void mn_http_done(void *op_owner, const struct mn_http_answer *answer);

struct mn_ports {
    void *owner; /* first argument of every function */

    /* Starts a request. done runs exactly once, later, unless the request is cancelled. Returns 0
     * and an op to cancel it by, or an error (nothing will follow). ask is borrowed until return.
     */
    int (*http)(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                void **op);
    void (*http_cancel)(void *owner, void *op);

    /* ctx.say, reply, handoff, interrupt, hang_up: an order to the session. word is one of those
     * names; text the words, instructions, agent's name or reason. Returns 0 or MN_EABSENT (no such
     * agent), MN_ECLOSED (the call is over). */
    int (*order)(void *owner, const char *word, struct mn_str text);

    /* Appends the JSON array of the call's history (last n items, 0 for all). */
    int (*history)(void *owner, int last, struct mn_buf *out);
};

#endif
