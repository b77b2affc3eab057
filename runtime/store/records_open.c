/* records_open.c - the file of records: one table for all stores of all apps. */
#include "store/records_parts.h"

#include <errno.h>
#include <stdlib.h>

static const char *const steps[] = {
    "CREATE TABLE IF NOT EXISTS record ("
    " seq INTEGER PRIMARY KEY," /* the order they were added in */
    " app TEXT NOT NULL, store TEXT NOT NULL, id TEXT NOT NULL,"
    " body TEXT NOT NULL,"                                 /* JSON, without id and times */
    " created INTEGER NOT NULL, updated INTEGER NOT NULL," /* Unix seconds */
    " UNIQUE (app, store, id))",
};

const struct mn_db_kind mn_records_kind = {
    .name = "the store",
    .file = "the store's file",
    .option = "--store-size",
    .id = 1299803777, /* "MynA" */
    .version = 1,
    .steps = steps,
};

int mn_records_open(struct mn_records **out, const struct mn_records_settings *settings,
                    struct mn_buf *why)
{
    struct mn_records *r = calloc(1, sizeof(*r));
    int err;

    *out = NULL;
    if (r == NULL)
        return -ENOMEM;
    err = mn_db_open(&r->db, &mn_records_kind,
                     &(struct mn_db_settings){.path = settings->path,
                                              .max_bytes = settings->max_bytes,
                                              .busy_ms = settings->busy_ms},
                     why);
    if (err != 0) {
        free(r);
        return err;
    }
    *out = r;
    return 0;
}

void mn_records_close(struct mn_records *r)
{
    if (r == NULL)
        return;
    sqlite3_close(r->db);
    free(r);
}
