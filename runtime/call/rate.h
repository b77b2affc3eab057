/* rate.h - how often something may be done: a bucket that fills evenly and holds one window's
 * worth.
 *
 * What is kept is one number: the time at which the bucket is full again. 0 is a full one. The unit
 * of time is the caller's. */
#ifndef MN_CALL_RATE_H
#define MN_CALL_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mn_rate {
    int64_t per;    /* so much in a window, at most 2^31; 0: no limit */
    int64_t window; /* at most 2^31 */
};

/* Takes n from a bucket, or nothing and returns false: then *wait, if it is not NULL, is the time
 * until n would be there. What is more than a whole bucket may be taken from a full one, which is
 * then empty for the longer. */
bool mn_rate_take(struct mn_rate rate, int64_t *full_at, int64_t now, int64_t n, int64_t *wait);

#endif
