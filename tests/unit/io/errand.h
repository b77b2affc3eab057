/* errand.h - a request of a test: sent through a pool of its own to an origin (origin.h), and what
 * came of it. */
#ifndef MN_TEST_ERRAND_H
#define MN_TEST_ERRAND_H

#include "origin.h"

#include "io/http.h"

struct errand {
    struct mn_http_op *op;
    int told, status, nheaders;
    int64_t at_ms;
    struct mn_buf body;
    char code[16], header[32];
    struct errand_pool *pool;
    struct errand *cancels; /* another's op, from done */
    const char *again;      /* a path to ask for from done */
};

struct errand_pool {
    struct wire wire;
    struct origin origin;
    struct mn_http *http;
};

/* A pool that may reach private addresses, such as the origin's; a strict one may not. */
void open_pool(struct errand_pool *p, struct mn_http_settings settings);
void open_strict_pool(struct errand_pool *p, struct mn_http_settings settings);
void close_pool(struct errand_pool *p);

/* url is a path at the origin, or whole. Without a method it is GET. Returns as mn_http_send. */
int send_to(struct errand_pool *p, struct errand *e, const char *url, struct mn_http_ask ask);

/* Sends one and waits for its answer. */
void fetch(struct errand_pool *p, struct errand *e, const char *url, struct mn_http_ask ask);

/* Whether text is in the body that came. */
bool has(const struct errand *e, const char *text);

#endif
