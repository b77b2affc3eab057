/* commons.c - the layout of the shared memory, and its mapping. */
#include "call/commons.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC   UINT64_C(0x31736e6d6d6f436d) /* with the version of the layout in its last byte */
#define ALIGNED 64                           /* a line of the cache */

/* Then the tokens, the meters, and each worker's share of each meter. */
struct page {
    uint64_t magic;
    struct mn_commons_size size;
    unsigned char key[MN_COMMONS_KEY];
    _Atomic uint32_t tokens_high;
};

struct mn_commons {
    struct page *page;
    size_t bytes;
    char *tokens;
    struct mn_meter *meters;
    _Atomic int32_t *shares;
    int fd, worker;
};

static size_t aligned(size_t n)
{
    return (n + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static size_t token_stride(const struct mn_commons_size *s)
{
    return aligned(sizeof(struct mn_token_slot) + s->token_bytes);
}

static size_t tokens_bytes(const struct mn_commons_size *s)
{
    return s->tokens * token_stride(s);
}

static size_t meters_bytes(const struct mn_commons_size *s)
{
    return aligned(s->meters * sizeof(struct mn_meter));
}

static size_t whole(const struct mn_commons_size *s)
{
    return aligned(sizeof(struct page)) + tokens_bytes(s) + meters_bytes(s) +
           sizeof(int32_t) * s->meters * MN_COMMONS_WORKERS;
}

static void place(struct mn_commons *c, const struct mn_commons_size *size)
{
    c->tokens = (char *)c->page + aligned(sizeof(struct page));
    c->meters = (struct mn_meter *)(void *)(c->tokens + tokens_bytes(size));
    c->shares = (_Atomic int32_t *)(void *)((char *)c->meters + meters_bytes(size));
}

static int map(struct mn_commons *c, int fd, size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (at == MAP_FAILED)
        return -errno;
    c->page = at;
    c->bytes = bytes;
    return 0;
}

static struct mn_commons *new_commons(int worker)
{
    struct mn_commons *c = calloc(1, sizeof(*c));

    if (c != NULL) {
        c->fd = -1;
        c->worker = worker;
    }
    return c;
}

int mn_commons_open(struct mn_commons **out, const struct mn_commons_size *size)
{
    struct mn_commons *c = new_commons(0);
    int err = 0;

    *out = NULL;
    if (c == NULL)
        return -ENOMEM;
    c->fd = memfd_create("myna", MFD_CLOEXEC);
    if (c->fd < 0 || ftruncate(c->fd, (off_t)whole(size)) != 0)
        err = -errno;
    if (err == 0)
        err = map(c, c->fd, whole(size));
    assert(err != 0 || c->page != NULL);
    if (err == 0 && getrandom(c->page->key, MN_COMMONS_KEY, 0) != MN_COMMONS_KEY)
        err = -EIO;
    if (err != 0) {
        mn_commons_close(c);
        return err;
    }
    assert(c->page != NULL);
    c->page->size = *size;
    c->page->magic = MAGIC;
    place(c, size);
    *out = c;
    return 0;
}

int mn_commons_map(struct mn_commons **out, int fd, int worker)
{
    struct mn_commons *c;
    struct stat st;
    int err;

    *out = NULL;
    if (fstat(fd, &st) != 0)
        return -errno;
    if (st.st_size < (off_t)sizeof(struct page) || worker < 0 || worker >= MN_COMMONS_WORKERS)
        return MN_EPROTOCOL;
    c = new_commons(worker);
    if (c == NULL)
        return -ENOMEM;
    err = map(c, fd, (size_t)st.st_size);
    assert(err != 0 || c->page != NULL);
    if (err == 0 && (c->page->magic != MAGIC || whole(&c->page->size) != (size_t)st.st_size))
        err = MN_EPROTOCOL;
    if (err != 0) {
        mn_commons_close(c);
        return err;
    }
    place(c, &c->page->size);
    *out = c;
    return 0;
}

int mn_commons_fd(const struct mn_commons *c)
{
    return c->fd;
}

void mn_commons_close(struct mn_commons *c)
{
    if (c == NULL)
        return;
    if (c->page != NULL)
        munmap(c->page, c->bytes);
    if (c->fd >= 0)
        close(c->fd);
    free(c);
}

const struct mn_commons_size *mn_commons_size(const struct mn_commons *c)
{
    return &c->page->size;
}

unsigned char *mn_commons_key(struct mn_commons *c)
{
    return c->page->key;
}

struct mn_token_slot *mn_commons_token(struct mn_commons *c, uint32_t i)
{
    const struct mn_commons_size *size = &c->page->size;

    if (i >= size->tokens)
        return NULL;
    return (struct mn_token_slot *)(void *)(c->tokens + i * token_stride(size));
}

_Atomic uint32_t *mn_commons_tokens_high(struct mn_commons *c)
{
    return &c->page->tokens_high;
}

struct mn_meter *mn_commons_meter(struct mn_commons *c, uint32_t i)
{
    return &c->meters[i];
}

_Atomic int32_t *mn_commons_share(struct mn_commons *c, uint32_t meter)
{
    return &c->shares[(size_t)c->worker * c->page->size.meters + meter];
}

void mn_commons_bury(struct mn_commons *c, int worker)
{
    for (uint32_t i = 0; i < c->page->size.meters; i++) {
        _Atomic int32_t *share = &c->shares[(size_t)worker * c->page->size.meters + i];
        int32_t calls = atomic_exchange(share, 0);

        if (calls > 0)
            atomic_fetch_sub(&c->meters[i].calls, calls);
    }
}
