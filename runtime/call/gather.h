/* gather.h - what the other workers tell one who follows the events or the log of a server.
 *
 *     worker 1 --events-----------> gather --> its follower
 *     worker 2 --events-----------/
 *
 * Each other worker is asked for a stream of its own, also those that begin later. Events are
 * passed on as they come. Of lines the last `tail` of all are sorted by their time first; then they
 * are passed on as they come, too.
 *
 * BOUNDS  Lines that wait for the follower take `log-kept` bytes for each worker; past that the
 * oldest are lost. */
#ifndef MN_CALL_GATHER_H
#define MN_CALL_GATHER_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct mn_worker;
struct mn_gather;

struct mn_gather_settings {
    const char *path; /* what the others are asked for; borrowed until return */
    bool lines;       /* of the log; else events */
    int64_t tail;     /* of lines */
    /* Whole blocks of server-sent events. Returns 0, or an error when it takes none now. */
    int (*write)(void *owner, struct mn_str block);
    void (*lost)(void *owner, uint64_t n);
    void (*caught_up)(void *owner); /* all of the tail was written; may free */
    void *owner;
};

/* Returns 0 or -ENOMEM. */
int mn_gather_begin(struct mn_gather **out, struct mn_worker *w,
                    const struct mn_gather_settings *settings);
void mn_gather_free(struct mn_gather *g); /* accepts NULL */

/* A line of this worker's own, at Unix ms; old: one of the tail, given right after begin. */
void mn_gather_line(struct mn_gather *g, int64_t at_ms, struct mn_str text, bool old);
void mn_gather_drained(struct mn_gather *g); /* the follower takes blocks again */

#endif
