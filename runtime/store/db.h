/* db.h - a SQLite file of ours: made when it is not there, refused when it is not ours, its errors
 * in sentences for whoever runs the server. */
#ifndef MN_STORE_DB_H
#define MN_STORE_DB_H

#include "base/buf.h"

#include <sqlite3.h>
#include <stdint.h>

struct mn_db_kind {
    const char *name;   /* in sentences: "the store" */
    const char *file;   /* "the store's file" */
    const char *option; /* that bounds its size: "--store-size" */
    int64_t id;         /* application_id of its files */
    int version;        /* user_version of what is written now */
    /* From user_version i to i + 1: the statements of steps[i], in one transaction. */
    const char *const *steps;
};

struct mn_db_settings {
    const char *path;  /* NULL: in memory */
    int64_t max_bytes; /* of the file; 0: SQLite's own bound */
    int busy_ms;       /* to wait for another process that writes */
    bool read_only;    /* neither made nor changed */
};

/* Opens the file, or makes it, readable for its owner only. Returns 0, or an error with a sentence
 * in why; *out is then NULL. */
int mn_db_open(sqlite3 **out, const struct mn_db_kind *kind, const struct mn_db_settings *settings,
               struct mn_buf *why);

/* Puts a sentence for SQLite's own error into out. Returns the error of ours for it. */
int mn_db_fail(sqlite3 *db, const struct mn_db_kind *kind, struct mn_buf *out);

/* A sentence of ours. Returns err. */
int mn_db_refuse(struct mn_buf *out, int err, const char *sentence);

/* The first column of the first row; -1 when there is none, or it fails. */
int64_t mn_db_number(sqlite3 *db, const char *sql);

void mn_db_bind(sqlite3_stmt *st, int place, struct mn_str text); /* borrowed until it is run */
struct mn_str mn_db_column(sqlite3_stmt *st, int i); /* valid until the statement goes on */

#endif
