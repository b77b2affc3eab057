/* pool.c - chunks, and a list of free blocks for each size, behind pool.h. */
#include "script/pool.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 4080 /* with malloc's header, a page; half of one is unused in the mean */

struct mn_pool_chunk {
    struct mn_pool_chunk *older;
    alignas(max_align_t) char bytes[];
};

struct mn_pool_block {
    struct mn_pool_block *next;
};

static size_t list_of(size_t size)
{
    return (size - 1) / MN_POOL_STEP;
}

static void *take_small(struct mn_pool *pool, size_t size)
{
    size_t list = list_of(size), rounded = (list + 1) * MN_POOL_STEP;
    struct mn_pool_block *block = pool->free[list];
    struct mn_pool_chunk *chunk;
    char *at;

    if (block != NULL) {
        pool->free[list] = block->next;
        return block;
    }
    if (pool->left < rounded) {
        if (pool->left > 0)
            mn_pool_give(pool, pool->at, pool->left);
        pool->left = 0;
        chunk = malloc(CHUNK_BYTES);
        if (chunk == NULL)
            return NULL;
        chunk->older = pool->chunks;
        pool->chunks = chunk;
        pool->at = chunk->bytes;
        pool->left = CHUNK_BYTES - offsetof(struct mn_pool_chunk, bytes);
    }
    at = pool->at;
    pool->at += rounded;
    pool->left -= rounded;
    return at;
}

void mn_pool_give(struct mn_pool *pool, void *block, size_t size)
{
    struct mn_pool_block *small = block;

    if (block == NULL)
        return;
    if (size > MN_POOL_SMALL) {
        free(block);
        return;
    }
    small->next = pool->free[list_of(size)];
    pool->free[list_of(size)] = small;
}

void *mn_pool_resize(struct mn_pool *pool, void *old, size_t had, size_t size)
{
    void *block;

    if (old != NULL && had > MN_POOL_SMALL && size > MN_POOL_SMALL)
        return realloc(old, size);
    if (old != NULL && had <= MN_POOL_SMALL && size <= MN_POOL_SMALL &&
        list_of(had) == list_of(size))
        return old;
    block = size > MN_POOL_SMALL ? malloc(size) : take_small(pool, size);
    if (block == NULL || old == NULL)
        return block;
    memcpy(block, old, had < size ? had : size);
    mn_pool_give(pool, old, had);
    return block;
}

void mn_pool_close(struct mn_pool *pool)
{
    while (pool->chunks != NULL) {
        struct mn_pool_chunk *chunk = pool->chunks;

        pool->chunks = chunk->older;
        free(chunk);
    }
    *pool = (struct mn_pool){0};
}
