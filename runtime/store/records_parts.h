/* records_parts.h - the inside of a file of records, shared by records.c, records_open.c and
 * records_find.c. */
#ifndef MN_STORE_RECORDS_PARTS_H
#define MN_STORE_RECORDS_PARTS_H

#include "store/db.h"
#include "store/records.h"

struct mn_records {
    sqlite3 *db; /* owned */
};

extern const struct mn_db_kind mn_records_kind;

/* Prepares sql and binds app and store as ?1 and ?2. Returns 0, or an error with why in out. */
int mn_records_prepare(struct mn_records *r, const struct mn_keep_ask *ask, const char *sql,
                       sqlite3_stmt **st, struct mn_buf *out);

/* Appends the record of the row st stands on: its first columns are id, body, created, updated. */
void mn_records_write(sqlite3_stmt *st, struct mn_buf *out);

/* Writes the path of a field, "address.city" as $."address"."city". False: no field is called so.
 */
#define MN_RECORD_PATH 320
bool mn_records_path(char out[MN_RECORD_PATH], struct mn_str field);

int mn_records_find(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out);

#endif
