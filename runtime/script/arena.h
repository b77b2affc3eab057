/* arena.h - memory that is freed all at once: a bundle's spec lives in one. */
#ifndef MN_SCRIPT_ARENA_H
#define MN_SCRIPT_ARENA_H

#include "base/str.h"

struct mn_arena {
    struct mn_arena_block *newest; /* zero-filled is empty */
};

void mn_arena_free(struct mn_arena *a);

/* n bytes of zeros, aligned for anything; NULL when out of memory. */
void *mn_arena_take(struct mn_arena *a, size_t n);

/* A copy of s, with a NUL after it that is not counted. *out is empty on failure. Returns 0 or
 * -ENOMEM. */
int mn_arena_copy(struct mn_arena *a, struct mn_str s, struct mn_str *out);

#endif
