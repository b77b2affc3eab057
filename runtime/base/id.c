/* id.c - names behind id.h. */
#include "base/id.h"

#define PREFIX_MAX 40
#define RANDOM_LEN 20

void mn_id_new(char out[MN_ID_MAX], const char *prefix, struct mn_random *r)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    size_t n = strnlen(prefix, PREFIX_MAX);

    memcpy(out, prefix, n);
    out[n++] = '_';
    for (int i = 0; i < RANDOM_LEN; i++)
        out[n++] = digits[mn_random_next(r) % 36]; /* a bias of 2^-58 does not matter */
    out[n] = '\0';
}

bool mn_id_copy(char out[MN_ID_MAX], struct mn_str id)
{
    out[0] = '\0';
    if (id.n >= MN_ID_MAX)
        return false;
    if (id.n != 0)
        memcpy(out, id.p, id.n);
    out[id.n] = '\0';
    return true;
}
