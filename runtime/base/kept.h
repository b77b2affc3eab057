/* kept.h - what a script asks of what outlives its call, in the words every room shares.
 *
 * script/ asks through a port, call/ passes it on, store/ carries it out; none of them needs to
 * know the others. */
#ifndef MN_BASE_KEPT_H
#define MN_BASE_KEPT_H

#include "base/buf.h"

#include <stdint.h>

/* Of myna.shared. Values are JSON. */
struct mn_shared_ask {
    const char *word; /* get, set, add, incr, remove */
    struct mn_str key;
    struct mn_str value; /* of set and add; a number by which incr counts */
    int64_t ttl_ms;      /* 0: until it is dropped for room */
};

#endif
