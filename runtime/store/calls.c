/* calls.c - opens a file of calls, and knows which of its writers live.
 *
 * DESIGN  A writer holds a lock on one byte of "FILE-writers": its number. The lock is the open
 * file's (OFD), so that it ends with the process however that ends, and never by a close elsewhere.
 * A number whose byte can be locked is of a writer that is gone. */
#include "store/calls_parts.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const steps[] = {
    "CREATE TABLE writer (id INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER NOT NULL);"
    "CREATE TABLE call ("
    " id TEXT PRIMARY KEY, app TEXT NOT NULL, generation INTEGER NOT NULL,"
    " channel TEXT NOT NULL, caller TEXT NOT NULL, called TEXT NOT NULL,"
    " began_ms INTEGER NOT NULL," /* Unix time, as all ending in _ms */
    " ended_ms INTEGER, outcome TEXT, reason TEXT, code INTEGER," /* NULL: it goes on */
    " agent TEXT, usage TEXT,"
    " lost INTEGER NOT NULL DEFAULT 0,"
    " writer INTEGER);" /* who writes it; NULL: it is over */
    "CREATE INDEX call_began ON call (began_ms);"
    "CREATE INDEX call_app ON call (app, began_ms);"
    "CREATE INDEX call_writer ON call (writer) WHERE writer IS NOT NULL;"
    "CREATE TABLE item ("
    " call TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY (call, id)) WITHOUT ROWID;"
    "CREATE TABLE event ("
    " call TEXT NOT NULL, n INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " name TEXT NOT NULL, agent TEXT NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY (call, n)) WITHOUT ROWID;",
};

const struct mn_db_kind mn_calls_kind = {
    .name = "the file of calls",
    .file = "the file of calls",
    .option = "--records-size",
    .id = 1299803715, /* "MynC" */
    .version = 1,
    .steps = steps,
};

/* --- transactions --- */

int mn_calls_begin(struct mn_calls *c, struct mn_buf *why)
{
    return sqlite3_exec(c->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : mn_db_fail(c->db, &mn_calls_kind, why);
}

int mn_calls_commit(struct mn_calls *c, int err, struct mn_buf *why)
{
    if (err >= 0 && sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        err = mn_db_fail(c->db, &mn_calls_kind, why);
    if (err < 0)
        (void)sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    return err;
}

/* --- writers --- */

static bool lock(const struct mn_calls *c, int64_t writer, short type)
{
    struct flock byte = {.l_type = type, .l_whence = SEEK_SET, .l_start = writer, .l_len = 1};

    return fcntl(c->locks, F_OFD_SETLK, &byte) == 0;
}

static const char crashed[] =
    "UPDATE call SET outcome = 'crashed', reason = 'the server ended without a word', writer = "
    "NULL,"
    " ended_ms = max(began_ms,"
    "  coalesce((SELECT max(at_ms) FROM event WHERE event.call = call.id), 0),"
    "  coalesce((SELECT max(at_ms) FROM item WHERE item.call = call.id), 0))"
    " WHERE writer = ?1";

static int run_for(struct mn_calls *c, const char *sql, int64_t n, struct mn_buf *why)
{
    sqlite3_stmt *st = NULL;
    int err = 0;

    if (sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) != SQLITE_OK)
        return mn_db_fail(c->db, &mn_calls_kind, why);
    sqlite3_bind_int64(st, 1, n);
    if (sqlite3_step(st) != SQLITE_DONE)
        err = mn_db_fail(c->db, &mn_calls_kind, why);
    sqlite3_finalize(st);
    return err;
}

/* The number of a writer past `past` that is gone, or 0. */
static int64_t next_gone(struct mn_calls *c, int64_t past)
{
    sqlite3_stmt *st = NULL;
    int64_t gone = 0;

    if (sqlite3_prepare_v2(c->db, "SELECT id FROM writer WHERE id > ?1 ORDER BY id", -1, &st,
                           NULL) != SQLITE_OK)
        return 0;
    sqlite3_bind_int64(st, 1, past);
    while (gone == 0 && sqlite3_step(st) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(st, 0);

        if (id != c->writer && lock(c, id, F_WRLCK)) {
            lock(c, id, F_UNLCK);
            gone = id;
        }
    }
    sqlite3_finalize(st);
    return gone;
}

int mn_calls_mark_crashed(struct mn_calls *c, struct mn_buf *why)
{
    int64_t gone = 0;
    int err = 0;

    while (err == 0 && (gone = next_gone(c, gone)) != 0) {
        err = run_for(c, crashed, gone, why);
        if (err == 0)
            err = run_for(c, "DELETE FROM writer WHERE id = ?1", gone, why);
    }
    return err;
}

/* The lock is there before anybody else sees the number. */
static int sign_in(struct mn_calls *c, struct mn_buf *why)
{
    int err = mn_calls_begin(c, why);

    if (err != 0)
        return err;
    err = run_for(c, "INSERT INTO writer (pid) VALUES (?1)", getpid(), why);
    if (err == 0) {
        c->writer = sqlite3_last_insert_rowid(c->db);
        if (!lock(c, c->writer, F_WRLCK))
            err = mn_db_refuse(why, -errno, "the writers' locks beside it cannot be had");
    }
    if (err == 0)
        err = mn_calls_mark_crashed(c, why);
    return mn_calls_commit(c, err, why);
}

static int open_locks(struct mn_calls *c, const char *path, struct mn_buf *why)
{
    struct mn_buf name = {0};

    if (mn_buf_addf(&name, "%s-writers", path) != 0)
        return -ENOMEM;
    c->locks = open(name.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    mn_buf_free(&name);
    return c->locks >= 0 ? 0 : mn_db_refuse(why, -errno, "the file beside it cannot be made");
}

/* --- */

int mn_calls_open(struct mn_calls **out, const struct mn_calls_settings *settings,
                  struct mn_buf *why)
{
    struct mn_calls *c = calloc(1, sizeof(*c));
    int err;

    *out = NULL;
    if (c == NULL)
        return -ENOMEM;
    c->locks = -1;
    c->max_bytes = settings->max_bytes;
    err = mn_db_open(&c->db, &mn_calls_kind,
                     &(struct mn_db_settings){.path = settings->path,
                                              .max_bytes = settings->max_bytes,
                                              .busy_ms = settings->busy_ms,
                                              .read_only = settings->read_only},
                     why);
    if (err == 0 && !settings->read_only)
        err = open_locks(c, settings->path, why);
    if (err == 0 && !settings->read_only)
        err = sign_in(c, why);
    if (err != 0) {
        mn_calls_close(c);
        return err;
    }
    *out = c;
    return 0;
}

/* A writer without calls leaves nothing behind; one with some is found gone by the next. */
static void sign_out(struct mn_calls *c)
{
    struct mn_buf why = {0};

    (void)run_for(c,
                  "DELETE FROM writer WHERE id = ?1 AND NOT EXISTS"
                  " (SELECT 1 FROM call WHERE writer = ?1)",
                  c->writer, &why);
    mn_buf_free(&why);
}

void mn_calls_close(struct mn_calls *c)
{
    if (c == NULL)
        return;
    if (c->writer != 0)
        sign_out(c);
    for (int i = 0; i < MN_CALLS_STATEMENTS; i++)
        sqlite3_finalize(c->statements[i]);
    sqlite3_close(c->db);
    if (c->locks >= 0)
        close(c->locks);
    free(c);
}
