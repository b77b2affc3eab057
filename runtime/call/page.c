/* page.c - one mapping, behind page.h. */
#include "call/page.h"

#include "base/err.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another layout has another size. */
#define MAGIC (0x6d796e6100000000u ^ sizeof(struct mn_page))

static int map(struct mn_page **out, int fd)
{
    struct mn_page *p = mmap(NULL, sizeof(**out), PROT_READ | PROT_WRITE,
                             fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

    *out = p != MAP_FAILED ? p : NULL;
    return p != MAP_FAILED ? 0 : -errno;
}

int mn_page_open(struct mn_page **out, int *fd)
{
    int own = -1, err = 0;

    *out = NULL;
    if (fd != NULL) {
        own = memfd_create("myna-page", MFD_CLOEXEC);
        if (own < 0 || ftruncate(own, sizeof(**out)) != 0)
            err = -errno;
    }
    if (err == 0)
        err = map(out, own);
    if (err == 0 && *out != NULL)
        (*out)->magic = MAGIC;
    else if (own >= 0)
        close(own);
    if (fd != NULL)
        *fd = err == 0 ? own : -1;
    return err;
}

int mn_page_map(struct mn_page **out, int fd)
{
    struct stat st;
    int err;

    *out = NULL;
    if (fstat(fd, &st) != 0)
        return -errno;
    if (st.st_size != sizeof(**out))
        return MN_EPROTOCOL;
    err = map(out, fd);
    if (err == 0 && *out != NULL && (*out)->magic != MAGIC) {
        mn_page_close(*out);
        *out = NULL;
        err = MN_EPROTOCOL;
    }
    return err;
}

void mn_page_close(struct mn_page *p)
{
    if (p != NULL)
        munmap(p, sizeof(*p));
}

int mn_page_claim(struct mn_page *p, int32_t master_pid)
{
    for (int i = 0; i < MN_PAGE_WORKERS; i++) {
        int32_t nobody = 0;

        if (atomic_compare_exchange_strong(&p->slots[i].pid, &nobody, master_pid))
            return i;
    }
    return MN_EFULL;
}

void mn_page_wipe(struct mn_page *p, int number, int32_t pid)
{
    atomic_store(&p->slots[number].calls, 0);
    mn_metrics_begin(&p->slots[number].metrics); /* what was counted stays */
    atomic_store(&p->slots[number].pid, pid);
}

int64_t mn_page_calls(const struct mn_page *p)
{
    int64_t n = 0;

    for (int i = 0; i < MN_PAGE_WORKERS; i++)
        n += atomic_load(&p->slots[i].calls);
    return n;
}

uint64_t mn_page_number(struct mn_page *p)
{
    return atomic_fetch_add(&p->begun, 1) + 1;
}

void mn_page_set(struct mn_page *p, int number, int calls)
{
    atomic_store(&p->slots[number].calls, calls);
}

/* The place is written down before it is counted, so that whoever counts after sees it. */
bool mn_page_take(struct mn_page *p, int number, int calls, int64_t max)
{
    mn_page_set(p, number, calls + 1);
    if (mn_page_calls(p) <= max)
        return true;
    mn_page_set(p, number, calls);
    return false;
}
