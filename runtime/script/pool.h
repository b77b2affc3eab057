/* pool.h - memory for the many small blocks of one Lua state, given back at once when it closes.
 *
 * Blocks of up to MN_POOL_SMALL bytes are cut from chunks, and lie there side by side without
 * malloc's header; larger ones are malloc's. A state is opened and closed with every call, and
 * asking malloc for each of its 2,000 blocks was a third of the time that took. */
#ifndef MN_SCRIPT_POOL_H
#define MN_SCRIPT_POOL_H

#include <stddef.h>

#define MN_POOL_STEP  16  /* sizes are rounded up to it: what malloc aligns to */
#define MN_POOL_SMALL 256 /* nine in ten of Lua's blocks */

struct mn_pool_chunk;
struct mn_pool_block;

struct mn_pool { /* zero-filled is empty */
    struct mn_pool_chunk *chunks;
    char *at;    /* where the newest chunk is not used yet */
    size_t left; /* bytes from there */
    struct mn_pool_block *free[MN_POOL_SMALL / MN_POOL_STEP];
};

/* As realloc, told the size the block had; 0 when old is NULL. On NULL the old block stays as it
 * was. size is not 0. */
void *mn_pool_resize(struct mn_pool *pool, void *old, size_t had, size_t size);

void mn_pool_give(struct mn_pool *pool, void *block, size_t size); /* accepts NULL */

/* Frees the chunks. Large blocks must have been given back. */
void mn_pool_close(struct mn_pool *pool);

#endif
