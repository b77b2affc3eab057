/* records.h - myna.store: records that outlive calls, workers and crashes, in one SQLite file.
 *
 * A record is a JSON object with an id, in a store of an app: ("dental", "leads", "rec_1"). Nothing
 * here waits for a loop or knows a thread: whoever holds a struct mn_records uses it from one
 * thread at a time. Other processes may have the same file open. */
#ifndef MN_STORE_RECORDS_H
#define MN_STORE_RECORDS_H

#include "base/kept.h"

#define MN_RECORD_BYTES      (64 * 1024) /* of one record */
#define MN_RECORD_ID_BYTES   128
#define MN_RECORD_CONDITIONS 16           /* of one find */
#define MN_RECORDS_FOUND     1000         /* by one find */
#define MN_RECORDS_BYTES     (512 * 1024) /* that one find gives: it becomes Lua, which has 4 MB */

struct mn_records;

struct mn_records_settings {
    const char *path;  /* NULL: in memory */
    int64_t max_bytes; /* of the file; 0: SQLite's own bound */
    int busy_ms;       /* to wait for another process that writes */
};

/* Opens the file, or makes it, readable for its owner only. Returns 0, or an error with a sentence
 * in why. */
int mn_records_open(struct mn_records **out, const struct mn_records_settings *settings,
                    struct mn_buf *why);
void mn_records_close(struct mn_records *r); /* accepts NULL */

/* Carries out what an app asks, in one transaction: when it returns 0, it is on the disk. Appends
 *   add, set: the record as it is now, with its id, created_at and updated_at
 *   get:      the same, or null
 *   find:     a list of them
 *   remove:   whether it was there
 *   incr:     the sum
 * Returns 0; else out holds a sentence instead, and the error is -EEXIST (add: there is one
 * already), MN_EPROTOCOL (it makes no sense: not a number, a comparison of that kind), MN_ELIMIT
 * (too large), MN_ETIMEOUT (another process did not let us), MN_EFULL (max_bytes, or the disk),
 * -EIO or -ENOMEM.
 */
int mn_records_do(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out);

#endif
