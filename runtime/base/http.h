/* http.h - what a request asks and what came back, in the words every room shares.
 *
 * script/ asks through a port, call/ passes it on, io/http carries it out; none of them needs to
 * know the others. */
#ifndef MN_BASE_HTTP_H
#define MN_BASE_HTTP_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct mn_header {
    struct mn_str name, value;
};

/* An answer, or why there was none. Everything is borrowed until the callback returns. */
struct mn_http_answer {
    int status;                      /* 0 when no answer came */
    const struct mn_header *headers; /* names in lower case */
    int nheaders;
    struct mn_str body;
    /* NULL, or timeout, refused, private, dns, tls, reset, too_large, cancelled, other */
    const char *err_code;
    const char *err_message; /* for the log; NULL when err_code is */
};

/* Takes an answer while it comes. Both may run inside the pool: they may neither send, cancel nor
 * resume there. */
struct mn_http_stream {
    /* Status and headers are there; once, before the first bytes. */
    void (*head)(void *op_owner, const struct mn_http_answer *answer);
    /* Takes all the bytes, or none (false): the same come again after a resume. */
    bool (*bytes)(void *op_owner, struct mn_str bytes);
};

struct mn_http_ask {
    struct mn_str method, url;
    struct mn_str unix_path; /* of the socket that is dialled; the url's host is not. Empty: none */
    const struct mn_header *headers;
    int nheaders;
    int nsecret; /* the first of them hold secrets: a redirect to another host drops them */
    struct mn_str body;
    /* Time-outs; 0: the pool's defaults. For the connection; for all of it; for its turn; for the
     * next byte. */
    int64_t connect_ms, total_ms, pool_ms, idle_ms;
    size_t max_body; /* of the answer, bytes; 0: the pool's default */

    struct mn_str app;    /* whose call asks: answers are kept for each apart */
    struct mn_str pool;   /* names the client whose limits it shares: its settings */
    int pool_connections; /* at once for that client; 0: the default */
    int pool_keep;        /* of them when idle; 0: the default, -1: none */
    int64_t keep_ms;      /* so long; 0: the default */
    struct mn_str proxy;  /* http(s)://[user:password@]host[:port]; empty: none */
    struct mn_str ca;     /* PEM; empty: the system's */
    bool names_host;      /* the client's base_url names the host, which may be a private one */
    bool any_host;        /* so may every host it is led to */

    int64_t cache_ms;  /* a 2xx answer may be that old, and serves others so long; 0: no cache */
    int64_t absent_ms; /* likewise for 404 and 410; 0: they are not kept */
    bool of_api;       /* url is a path below the API's root, "/responses"; whoever has its
                          address and key puts them there */
    bool of_line; /* of a route: body is JSON about a direct call to be made, {sdp, ...}, and the
                     answer is its (call/line.h) */
    struct mn_str upstream; /* of_api: sim, openai, or an http(s) address; empty: the server's */

    const struct mn_http_stream *stream; /* NULL: the answer comes whole */
};

/* With a stream, body is what no stream was told of: all of it when head did not run. */
typedef void mn_http_done(void *op_owner, const struct mn_http_answer *answer);

#endif
