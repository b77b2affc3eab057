/* followers.h - those who follow what happens as server-sent events: events of calls, lines of the
 * log.
 *
 * With several workers a follower is told of all (gather.h).
 *
 * BOUNDS  There are at most `followers` of them; more are answered 429. What one does not read
 * waits up to `send-queue`; then it misses what comes, newest of events and oldest of lines, and is
 * told how many in an event "lost" as soon as it reads again. Of lines the last `log-kept` bytes
 * are kept for whoever comes later. */
#ifndef MN_CALL_FOLLOWERS_H
#define MN_CALL_FOLLOWERS_H

#include "base/list.h"
#include "core/session.h"
#include "io/server.h"

struct mn_worker;
struct mn_call;

struct mn_followers {
    struct mn_list list, lines; /* lines of the log that are kept, oldest first */
    size_t bytes;               /* of those */
    uint64_t written;           /* lines ever */
    int n;                      /* of them, without other workers that gather */
    bool telling;               /* a line written meanwhile waits for the next */
    struct mn_timer pulse;      /* keeps idle streams open */
};

void mn_followers_open(struct mn_worker *w);
void mn_followers_close(struct mn_worker *w);

/* Answers x with a stream: of a call's events (NULL: of all calls), after what first says. */
void mn_followers_add_events(struct mn_worker *w, struct mn_exchange *x, const struct mn_call *call,
                             struct mn_str first);

/* Of the log's lines: the last `tail` of those kept, and, unless it only wants these, what comes.
 * call: only lines of it; empty: all. */
struct mn_follow_lines {
    struct mn_str call;
    int64_t tail;
    bool stay;
};
void mn_followers_add_lines(struct mn_worker *w, struct mn_exchange *x,
                            const struct mn_follow_lines *wanted);

/* A line of the master's log. */
void mn_followers_master_line(struct mn_worker *w, struct mn_str text);

void mn_followers_note(struct mn_worker *w, struct mn_call *call, enum mn_note note,
                       struct mn_str text);
void mn_followers_ended(struct mn_worker *w, struct mn_call *call); /* its streams end */
void mn_followers_end(struct mn_worker *w); /* all streams end: the server is leaving */

#endif
