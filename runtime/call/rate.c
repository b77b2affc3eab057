/* rate.c - the arithmetic of buckets. */
#include "call/rate.h"

/* No bucket is empty for longer, but after the clock was set back: then it is full. */
#define WINDOWS_MAX 64

bool mn_rate_take(struct mn_rate rate, int64_t *full_at, int64_t now, int64_t n, int64_t *wait)
{
    int64_t owed = *full_at > now ? *full_at - now : 0, cost, needs;

    if (rate.per <= 0)
        return true;
    if (owed > WINDOWS_MAX * rate.window)
        owed = 0;
    cost = n < rate.per * WINDOWS_MAX / 2 ? (n * rate.window + rate.per - 1) / rate.per
                                          : rate.window * WINDOWS_MAX / 2;
    needs = owed + (cost < rate.window ? cost : rate.window) - rate.window;
    if (needs > 0) {
        if (wait != NULL)
            *wait = needs;
        return false;
    }
    *full_at = now + owed + cost;
    return true;
}
