/* arena.c - a chain of blocks behind arena.h; what is larger than a block gets one of its own. */
#include "script/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#define BLOCK_BYTES 4096

struct mn_arena_block {
    struct mn_arena_block *older;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

void mn_arena_free(struct mn_arena *a)
{
    while (a->newest != NULL) {
        struct mn_arena_block *block = a->newest;

        a->newest = block->older;
        free(block);
    }
}

void *mn_arena_take(struct mn_arena *a, size_t n)
{
    struct mn_arena_block *block = a->newest;
    size_t size;
    char *p;

    if (n > SIZE_MAX / 2)
        return NULL;
    n = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (block == NULL || block->size - block->used < n) {
        size = n > BLOCK_BYTES ? n : BLOCK_BYTES;
        block = calloc(1, sizeof(*block) + size);
        if (block == NULL)
            return NULL;
        block->size = size;
        block->older = a->newest;
        a->newest = block;
    }
    p = block->bytes + block->used;
    block->used += n;
    return p;
}

int mn_arena_copy(struct mn_arena *a, struct mn_str s, struct mn_str *out)
{
    char *p = mn_arena_take(a, s.n + 1);

    *out = (struct mn_str){0};
    if (p == NULL)
        return -ENOMEM;
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    *out = (struct mn_str){p, s.n};
    return 0;
}
