/* resolve.h - names to addresses, without holding the loop.
 *
 * getaddrinfo() blocks, so it runs on libuv's threads. What it finds is kept for 30 seconds (its
 * answers carry no lifetime), for at most 64 names a loop. A literal address asks no thread. */
#ifndef MN_IO_RESOLVE_H
#define MN_IO_RESOLVE_H

#include "base/clock.h"
#include "base/list.h"

#include <netinet/in.h>

enum {
    MN_NAME_MAX = 253,     /* bytes of a host name: RFC 1035, 2.3.4, as text */
    MN_ADDRESSES_MAX = 16, /* kept of one name; more are ignored */
};

union mn_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct mn_addresses {
    int n;
    union mn_address at[MN_ADDRESSES_MAX]; /* port 0; in the order to try them */
};

struct mn_lookup;
/* err is 0, MN_ERESOLVE, MN_ETIMEOUT or -ENOMEM; found is borrowed, and NULL unless err is 0. */
typedef void mn_lookup_fn(struct mn_lookup *lookup, int err, const struct mn_addresses *found);

/* Embed one in whatever waits; it must stay put until its function was called or it is cancelled.
 * Zero-filled is not waiting. */
struct mn_lookup {
    struct mn_name *name; /* NULL when not waiting */
    struct mn_list node;  /* among those waiting for the name */
    struct mn_timer timer;
    mn_lookup_fn *fn;
};

struct mn_resolver;
struct uv_loop_s;

int mn_resolver_open(struct mn_resolver **out, struct uv_loop_s *uv, struct mn_clock *clock);

/* Lookups still waiting are forgotten, not called. The threads still busy are waited for by the
 * loop, which must run until they are done. Accepts NULL. */
void mn_resolver_close(struct mn_resolver *r);

/* Looks host up; fn is called once, from the loop or the clock, never in here. Returns 0;
 * MN_ERESOLVE for what cannot be a name; MN_EFULL when 64 names are being looked up already;
 * -ENOMEM. */
int mn_resolve(struct mn_resolver *r, struct mn_lookup *lookup, const char *host,
               int64_t timeout_ms, mn_lookup_fn *fn);
void mn_lookup_cancel(struct mn_lookup *lookup); /* also when it is not waiting */

#endif
