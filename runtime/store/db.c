/* db.c - opens a file of ours.
 *
 * DESIGN  The log is written ahead (WAL), so that who reads and who writes do not wait for each
 * other, and synchronised at each commit: what is kept survives the machine, not only the process.
 * What is removed is overwritten. A file of an older version is brought up to date, one step after
 * the other, each in a transaction that another process sees whole or not at all. */
#include "store/db.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PAGE      4096
#define PAGES_MIN 16

static const char pragmas[] = "PRAGMA trusted_schema = OFF;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL;";

/* --- errors --- */

int mn_db_refuse(struct mn_buf *out, int err, const char *sentence)
{
    mn_buf_clear(out);
    mn_buf_add_text(out, sentence);
    return err;
}

static const struct {
    int code, err;
    const char *before, *after; /* its file's name stands between */
} failures[] = {
    {SQLITE_BUSY, MN_ETIMEOUT, "another process holds ", ""},
    {SQLITE_LOCKED, MN_ETIMEOUT, "another process holds ", ""},
    {SQLITE_FULL, MN_EFULL, "", NULL},
    {SQLITE_TOOBIG, MN_ELIMIT, "what is kept is too large for ", ""},
    {SQLITE_NOMEM, -ENOMEM, "not enough memory for ", ""},
    {SQLITE_CORRUPT, -EIO, "", " is damaged"},
    {SQLITE_NOTADB, -EIO, "", " is no SQLite database"},
    {SQLITE_READONLY, -EIO, "", " cannot be written to"},
    {SQLITE_CANTOPEN, -EIO, "", " cannot be opened"},
};

int mn_db_fail(sqlite3 *db, const struct mn_db_kind *kind, struct mn_buf *out)
{
    int code = db != NULL ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        if (failures[i].code != code)
            continue;
        mn_buf_clear(out);
        if (code == SQLITE_FULL)
            mn_buf_addf(out, "%s is full (%s), or its disk is", kind->name, kind->option);
        else
            mn_buf_addf(out, "%s%s%s", failures[i].before, kind->file, failures[i].after);
        return failures[i].err;
    }
    return mn_db_refuse(out, -EIO, sqlite3_errmsg(db));
}

/* --- statements --- */

int64_t mn_db_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t n = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

void mn_db_bind(sqlite3_stmt *st, int place, struct mn_str text)
{
    sqlite3_bind_text(st, place, text.n != 0 ? text.p : "", (int)text.n, SQLITE_STATIC);
}

struct mn_str mn_db_column(sqlite3_stmt *st, int i)
{
    const unsigned char *text = sqlite3_column_text(st, i);

    return (struct mn_str){(const char *)text, (size_t)sqlite3_column_bytes(st, i)};
}

/* --- opening --- */

/* SQLite would make it readable for everybody; the files beside it get the same rights. */
static int make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

static int look_at_owner(sqlite3 *db, const struct mn_db_kind *kind, struct mn_buf *why)
{
    int64_t version = mn_db_number(db, "PRAGMA user_version");
    int64_t id = mn_db_number(db, "PRAGMA application_id");

    if (version < 0)
        return mn_db_fail(db, kind, why);
    if (version > kind->version)
        return mn_db_refuse(why, MN_ECONFIG, "it was written by a newer version of Myna");
    if (id != kind->id && mn_db_number(db, "SELECT count(*) FROM sqlite_master") != 0)
        return mn_db_refuse(why, MN_ECONFIG, "it is a database of another program's");
    return 0;
}

/* A file of another program's, or of a newer Myna, is left alone. It is looked at in a transaction:
 * another process may be making it. */
static int check_owner(sqlite3 *db, const struct mn_db_kind *kind, struct mn_buf *why)
{
    int err;

    if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return mn_db_fail(db, kind, why);
    err = look_at_owner(db, kind, why);
    (void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return err;
}

static void bound(sqlite3 *db, int64_t max_bytes)
{
    int64_t pages = max_bytes / PAGE;
    char sql[64];

    if (max_bytes == 0)
        return;
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
             (long long)(pages > PAGES_MIN ? pages : PAGES_MIN));
    (void)mn_db_number(db, sql);
}

/* Looks again inside the transaction: another process may have been first. */
static int step(sqlite3 *db, const struct mn_db_kind *kind, struct mn_buf *why)
{
    char mark[96];
    int64_t version;
    int err = 0;

    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return mn_db_fail(db, kind, why);
    version = mn_db_number(db, "PRAGMA user_version");
    snprintf(mark, sizeof(mark), "PRAGMA application_id = %lld; PRAGMA user_version = %lld",
             (long long)kind->id, (long long)version + 1);
    if (version < kind->version &&
        (sqlite3_exec(db, kind->steps[version], NULL, NULL, NULL) != SQLITE_OK ||
         sqlite3_exec(db, mark, NULL, NULL, NULL) != SQLITE_OK))
        err = mn_db_fail(db, kind, why);
    if (err == 0 && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        err = mn_db_fail(db, kind, why);
    if (err != 0)
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return err;
}

static int open_file(sqlite3 *db, const struct mn_db_kind *kind, const struct mn_db_settings *s,
                     struct mn_buf *why)
{
    int err;

    sqlite3_busy_timeout(db, s->busy_ms);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    err = check_owner(db, kind, why);
    if (err != 0)
        return err;
    if (s->read_only)
        return mn_db_number(db, "PRAGMA user_version") == kind->version
                   ? 0
                   : mn_db_refuse(why, MN_ECONFIG,
                                  "it was written by an older version of Myna, and is brought up "
                                  "to date by the next server that opens it");
    if (sqlite3_exec(db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return mn_db_fail(db, kind, why);
    bound(db, s->max_bytes);
    while (err == 0 && mn_db_number(db, "PRAGMA user_version") < kind->version)
        err = step(db, kind, why);
    return err;
}

int mn_db_open(sqlite3 **out, const struct mn_db_kind *kind, const struct mn_db_settings *settings,
               struct mn_buf *why)
{
    int flags =
        SQLITE_OPEN_NOMUTEX |
        (settings->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    int err = settings->path != NULL && !settings->read_only ? make_file(settings->path) : 0;

    *out = NULL;
    if (err != 0)
        return mn_db_refuse(why, err, mn_strerror(err));
    if (sqlite3_open_v2(settings->path != NULL ? settings->path : ":memory:", out, flags, NULL) !=
        SQLITE_OK)
        err = mn_db_fail(*out, kind, why);
    else
        err = open_file(*out, kind, settings, why);
    if (err != 0) {
        sqlite3_close(*out);
        *out = NULL;
    }
    return err;
}
