/* calls_parts.h - the inside of a file of calls, shared by calls.c, calls_write.c and
 * calls_read.c. */
#ifndef MN_STORE_CALLS_PARTS_H
#define MN_STORE_CALLS_PARTS_H

#include "store/calls.h"
#include "store/db.h"

enum mn_calls_statement {
    MN_CALLS_DO_BEGIN,
    MN_CALLS_DO_ITEM,
    MN_CALLS_DO_ITEMS,
    MN_CALLS_DO_FORGET,
    MN_CALLS_DO_EVENT,
    MN_CALLS_DO_END,
    MN_CALLS_STATEMENTS
};

struct mn_calls {
    sqlite3 *db;                                   /* owned */
    sqlite3_stmt *statements[MN_CALLS_STATEMENTS]; /* prepared when first used */
    int locks;                                     /* the file of the writers' locks; -1: none */
    int64_t writer;                                /* our number; 0 when reading */
    int64_t max_bytes;
};

extern const struct mn_db_kind mn_calls_kind;

/* BEGIN IMMEDIATE; then COMMIT or, after an error, ROLLBACK. Return 0 or an error with why. */
int mn_calls_begin(struct mn_calls *c, struct mn_buf *why);
int mn_calls_commit(struct mn_calls *c, int err, struct mn_buf *why);

/* Inside a transaction: the calls of writers that have died are over. */
int mn_calls_mark_crashed(struct mn_calls *c, struct mn_buf *why);

#endif
