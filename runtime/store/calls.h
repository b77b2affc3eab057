/* calls.h - the record of every call, in one SQLite file: who called which app, what was said and
 * heard, what happened, what it used, how it ended.
 *
 * A call is written as it goes, row by row; a process that is killed leaves its calls as far as
 * they came. Several processes may write to one file: each is a writer with a lock that the kernel
 * takes back when it dies, so whoever opens the file next knows whose calls have ended with it.
 *
 * Nothing here knows a loop or a thread: whoever holds a struct mn_calls uses it from one thread at
 * a time. */
#ifndef MN_STORE_CALLS_H
#define MN_STORE_CALLS_H

#include "base/buf.h"
#include "base/list.h"

#include <stdint.h>

struct mn_calls;

struct mn_calls_settings {
    const char *path;
    int64_t max_bytes; /* of the file; past it the oldest calls go */
    int busy_ms;       /* to wait for another process that writes */
    bool read_only;    /* for reading beside those that write */
};

/* Opens the file, or makes it, readable for its owner only; a writer also marks the calls of
 * writers that have died as crashed. Returns 0, or an error with a sentence in why. */
int mn_calls_open(struct mn_calls **out, const struct mn_calls_settings *settings,
                  struct mn_buf *why);
void mn_calls_close(struct mn_calls *c); /* accepts NULL */

/* --- writing --- */

enum mn_calls_what {
    MN_CALLS_BEGIN, /* APP, CHANNEL, FROM, TO, AGENT; n: generation of the apps */
    MN_CALLS_ITEM,  /* ID, BODY: an item of the history, as it is by now; n: its place */
    MN_CALLS_ITEMS, /* BODY: the whole history, a JSON array; what is not in it is forgotten */
    MN_CALLS_EVENT, /* NAME, AGENT, BODY: an object of its members; n: its number in the call */
    MN_CALLS_END,   /* OUTCOME, REASON, USAGE, AGENT; n: rows that were lost; code: of the close */
};

#define MN_CALLS_TEXTS 5
enum { MN_CALLS_APP, MN_CALLS_CHANNEL, MN_CALLS_FROM, MN_CALLS_TO, MN_CALLS_AGENT };
enum { MN_CALLS_ID, MN_CALLS_BODY, MN_CALLS_NAME };
enum { MN_CALLS_OUTCOME, MN_CALLS_REASON, MN_CALLS_USAGE };

/* One thing to write. The texts lie behind it. */
struct mn_calls_row {
    struct mn_list place; /* of whoever holds it */
    enum mn_calls_what what;
    int code;
    int64_t at_ms, n; /* at_ms: Unix time */
    size_t bytes;     /* of memory */
    struct mn_str call, texts[MN_CALLS_TEXTS];
    char own[];
};

/* A copy of given, with all it points to, for mn_calls_row_free. NULL: no memory. */
struct mn_calls_row *mn_calls_row_new(const struct mn_calls_row *given);
void mn_calls_row_free(struct mn_calls_row *row); /* takes it off its list */

/* Writes the rows of a list in one transaction: all, or none. Returns 0: they are on the disk; or
 * an error with a sentence in why: MN_ETIMEOUT (another process did not let us), MN_EFULL,
 * -EIO or -ENOMEM. When the file has reached max_bytes the oldest calls that are over go first. */
int mn_calls_write(struct mn_calls *c, const struct mn_list *rows, struct mn_buf *why);

/* Removes calls that began before, at most `most` of them, and marks those of writers that have
 * died. Returns how many were removed, or an error as mn_calls_write. */
#define MN_CALLS_SWEEP 20 /* calls removed in one transaction: others write between two */
int mn_calls_sweep(struct mn_calls *c, int64_t before_ms, int most, struct mn_buf *why);

/* --- reading --- */

struct mn_calls_wanted {
    struct mn_str id;  /* this call; empty: all */
    struct mn_str app; /* empty: of any */
    int64_t since_ms;  /* that began then or later, Unix time; 0: whenever */
    int64_t before_ms; /* that began before; 0: whenever */
    int limit;         /* 0: no limit */
    bool newest_first; /* else oldest first */
    bool whole;        /* with items and events */
};

/* Gives each call as a JSON object (docs/operating.md, "Records of calls") to tell, until that
 * returns an error. Returns 0 or that; or an error with a sentence in why. */
typedef int mn_calls_tell(void *owner, struct mn_str json);
int mn_calls_read(struct mn_calls *c, const struct mn_calls_wanted *wanted, mn_calls_tell *tell,
                  void *owner, struct mn_buf *why);

#endif
