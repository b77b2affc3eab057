/* http.h - what a request asks and what came back, in the words every room shares.
 *
 * script/ asks through a port, call/ passes it on, io/http carries it out; none of them needs to
 * know the others. */
#ifndef MN_BASE_HTTP_H
#define MN_BASE_HTTP_H

#include "base/str.h"

#include <stdint.h>

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

#endif
