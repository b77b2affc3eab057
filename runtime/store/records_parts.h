/* records_parts.h - the inside of a file of records, shared by records.c, records_open.c and
 * records_find.c. */
#ifndef MN_STORE_RECORDS_PARTS_H
#define MN_STORE_RECORDS_PARTS_H

#include "store/records.h"

#include <sqlite3.h>

struct mn_records {
    sqlite3 *db; /* owned */
};

/* Puts a sentence for SQLite's own error into out. Returns the error of ours for it. */
int mn_records_fail(struct mn_records *r, struct mn_buf *out);

/* A sentence of ours. Returns err. */
int mn_records_refuse(struct mn_buf *out, int err, const char *sentence);

/* Prepares sql and binds app and store as ?1 and ?2. Returns 0, or an error with why in out. */
int mn_records_prepare(struct mn_records *r, const struct mn_keep_ask *ask, const char *sql,
                       sqlite3_stmt **st, struct mn_buf *out);
void mn_records_bind(sqlite3_stmt *st, int place, struct mn_str text);

/* Appends the record of the row st stands on: its first columns are id, body, created, updated. */
void mn_records_write(sqlite3_stmt *st, struct mn_buf *out);

/* Writes the path of a field, "address.city" as $."address"."city". False: no field is called so.
 */
#define MN_RECORD_PATH 320
bool mn_records_path(char out[MN_RECORD_PATH], struct mn_str field);

int mn_records_find(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out);

#endif
