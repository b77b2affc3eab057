/* http_cache.h - a cache before whatever carries requests: answers are kept as long as who asks
 * says (ask.cache_ms, absent_ms), and equal requests under way are one.
 *
 * Only 2xx answers are kept, and 404 and 410 where absent_ms says so. Two requests are equal when
 * they are of one app and client and have the same method, URL and headers: so nobody is given what
 * another key was allowed to see. What a server says about caching is not asked: the app decided.
 *
 * All of it on the clock given: a worker's, or a scenario's. */
#ifndef MN_IO_HTTP_CACHE_H
#define MN_IO_HTTP_CACHE_H

#include "base/clock.h"
#include "base/http.h"

#include <stddef.h>

/* What really sends: a pool, a stage. Both as in script/ports.h. */
struct mn_http_carrier {
    void *owner;
    int (*send)(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                void **op);
    void (*cancel)(void *owner, void *op);
};

struct mn_http_cache_settings {
    size_t bytes; /* of all answers together; 0 keeps none */
    int entries;
    int64_t total_ms; /* for a request that does not say */
};

struct mn_http_cache;

/* Returns 0 or -ENOMEM. */
int mn_http_cache_open(struct mn_http_cache **out, struct mn_clock *clock,
                       const struct mn_http_carrier *carrier,
                       const struct mn_http_cache_settings *settings);

/* Nobody who waits is told; what it asked of the carrier is cancelled. Accepts NULL. */
void mn_http_cache_close(struct mn_http_cache *c);

/* As the carrier's functions. A request without cache_ms and absent_ms is handed on as it is, with
 * the carrier's own op. */
int mn_http_cache_send(struct mn_http_cache *c, const struct mn_http_ask *ask, mn_http_done *done,
                       void *owner, void **op);
void mn_http_cache_cancel(struct mn_http_cache *c, void *op);

#endif
