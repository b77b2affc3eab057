/* random.c - xoshiro256** (Blackman and Vigna, public domain), seeded by splitmix64. */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

static uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void mn_random_seed(struct mn_random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix64(&seed);
}

int mn_random_system(struct mn_random *r)
{
    ssize_t n;

    do {
        n = getrandom(r->s, sizeof(r->s), 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    if (n != (ssize_t)sizeof(r->s)) /* never for 256 bytes or fewer: getrandom(2) */
        return -EIO;
    r->s[0] |= r->s[1] == 0 && r->s[2] == 0 && r->s[3] == 0; /* all zero would stay zero */
    return 0;
}

uint64_t mn_random_next(struct mn_random *r)
{
    const uint64_t result = rotl(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;

    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotl(r->s[3], 45);
    return result;
}
