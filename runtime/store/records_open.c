/* records_open.c - opens a file of records: made when it is not there, refused when it is not ours.
 *
 * DESIGN  One table for all stores of all apps. The log is written ahead (WAL), so that who reads
 * and who writes do not wait for each other, and synchronised at each commit: what an app was told
 * is kept survives the machine, not only the process. What is removed is overwritten. */
#include "store/records_parts.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define VERSION   1            /* of the table, in user_version */
#define OURS      "1299803777" /* application_id: "MynA" */
#define PAGE      4096
#define PAGES_MIN 16

static const char pragmas[] = "PRAGMA trusted_schema = OFF;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL;";

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS record ("
    " seq INTEGER PRIMARY KEY," /* the order they were added in */
    " app TEXT NOT NULL, store TEXT NOT NULL, id TEXT NOT NULL,"
    " body TEXT NOT NULL,"                                 /* JSON, without id and times */
    " created INTEGER NOT NULL, updated INTEGER NOT NULL," /* Unix seconds */
    " UNIQUE (app, store, id));"
    "PRAGMA application_id = " OURS ";"
    "PRAGMA user_version = 1;"
    "COMMIT;";

/* SQLite would make it readable for everybody; the files beside it get the same rights. */
static int make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int64_t number(struct mn_records *r, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(r->db, sql, -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

/* A file of another program's, or of a newer Myna, is left alone. */
static int check_owner(struct mn_records *r, struct mn_buf *why)
{
    int64_t version = number(r, "PRAGMA user_version"), id = number(r, "PRAGMA application_id");

    if (version < 0)
        return mn_records_fail(r, why);
    if (version > VERSION)
        return mn_records_refuse(why, MN_ECONFIG, "it was written by a newer version of Myna");
    if (id != strtoll(OURS, NULL, 10) && number(r, "SELECT count(*) FROM sqlite_master") != 0)
        return mn_records_refuse(why, MN_ECONFIG, "it is a database of another program's");
    return 0;
}

static void bound(struct mn_records *r, int64_t max_bytes)
{
    int64_t pages = max_bytes / PAGE;
    char sql[64];

    if (max_bytes == 0)
        return;
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
             (long long)(pages > PAGES_MIN ? pages : PAGES_MIN));
    (void)number(r, sql);
}

static int open_db(struct mn_records *r, const struct mn_records_settings *s, struct mn_buf *why)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int err;

    if (sqlite3_open_v2(s->path != NULL ? s->path : ":memory:", &r->db, flags, NULL) != SQLITE_OK)
        return mn_records_fail(r, why);
    sqlite3_busy_timeout(r->db, s->busy_ms);
    sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    err = check_owner(r, why);
    if (err != 0)
        return err;
    if (sqlite3_exec(r->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return mn_records_fail(r, why);
    bound(r, s->max_bytes);
    if (number(r, "PRAGMA user_version") == VERSION)
        return 0;
    if (sqlite3_exec(r->db, schema, NULL, NULL, NULL) != SQLITE_OK)
        return mn_records_fail(r, why);
    return 0;
}

int mn_records_open(struct mn_records **out, const struct mn_records_settings *settings,
                    struct mn_buf *why)
{
    struct mn_records *r = calloc(1, sizeof(*r));
    int err;

    *out = NULL;
    if (r == NULL)
        return -ENOMEM;
    err = settings->path != NULL ? make_file(settings->path) : 0;
    if (err != 0)
        mn_buf_add_text(why, mn_strerror(err));
    else
        err = open_db(r, settings, why);
    if (err != 0) {
        mn_records_close(r);
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
