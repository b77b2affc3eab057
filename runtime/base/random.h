/* random.h - a stream of random numbers that a test can repeat. */
#ifndef MN_BASE_RANDOM_H
#define MN_BASE_RANDOM_H

#include <stdint.h>

struct mn_random {
    uint64_t s[4]; /* xoshiro256** */
};

void mn_random_seed(struct mn_random *r, uint64_t seed); /* the same seed, the same stream */
int mn_random_system(struct mn_random *r);               /* 0, or -errno of getrandom */
uint64_t mn_random_next(struct mn_random *r);

#endif
