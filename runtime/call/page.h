/* page.h - what all workers of a server write down for each other: who there is, how many calls
 * each has, and what it counts.
 *
 * Plain memory without pointers, mapped by all. A worker writes its own slot alone, all read all;
 * who notices that a worker has died wipes its slot. */
#ifndef MN_CALL_PAGE_H
#define MN_CALL_PAGE_H

#include "base/metrics.h"

#include <stdbool.h>

#define MN_PAGE_WORKERS 64 /* of all generations of a server that still have calls */

struct mn_page_slot {
    _Atomic int32_t pid; /* 0: nobody's; of the master while a worker is yet to begin */
    _Atomic int32_t calls;
    struct mn_metrics metrics;
};

struct mn_page {
    uint64_t magic;         /* of this version of it */
    _Atomic uint64_t begun; /* calls ever, of all */
    struct mn_page_slot slots[MN_PAGE_WORKERS];
};

/* Makes one. fd may be NULL, for a process that shares with nobody; else it is a close-on-exec
 * descriptor for others to map. Returns 0 or -errno. */
int mn_page_open(struct mn_page **out, int *fd);

/* That of another process; fd stays the caller's. Returns 0, -errno, or MN_EPROTOCOL when it is
 * none, or another version's. */
int mn_page_map(struct mn_page **out, int fd);
void mn_page_close(struct mn_page *p); /* accepts NULL */

/* Takes a free slot for a worker of this master. Returns its number, or MN_EFULL. */
int mn_page_claim(struct mn_page *p, int32_t master_pid);

/* What a worker wrote down is over; pid as in the slot. */
void mn_page_wipe(struct mn_page *p, int number, int32_t pid);

/* The worker has calls, and may it have another? Never more than max in all: of two that ask for
 * the last place at the same moment perhaps neither gets it. */
bool mn_page_take(struct mn_page *p, int number, int calls, int64_t max);
uint64_t mn_page_number(struct mn_page *p); /* of a call that begins, from 1: they are ordered */
void mn_page_set(struct mn_page *p, int number, int calls);
int64_t mn_page_calls(const struct mn_page *p); /* of all */

#endif
