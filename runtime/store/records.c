/* records.c - the words of a store but for find: each one statement or one transaction. */
#include "store/records_parts.h"

#include "base/err.h"
#include "base/json.h"
#include "base/json_write.h"

#include <errno.h>
#include <stdlib.h>

/* --- statements --- */

int mn_records_prepare(struct mn_records *r, const struct mn_keep_ask *ask, const char *sql,
                       sqlite3_stmt **st, struct mn_buf *out)
{
    if (sqlite3_prepare_v2(r->db, sql, -1, st, NULL) != SQLITE_OK)
        return mn_db_fail(r->db, &mn_records_kind, out);
    mn_db_bind(*st, 1, ask->app);
    mn_db_bind(*st, 2, ask->store);
    return 0;
}

void mn_records_write(sqlite3_stmt *st, struct mn_buf *out)
{
    struct mn_str body = mn_db_column(st, 1);

    while (body.n > 0 && body.p[body.n - 1] != '}')
        body.n--;
    mn_buf_add(out, body.p, body.n > 0 ? body.n - 1 : 0);
    mn_buf_add_text(out, body.n > 2 ? ",\"id\":" : "\"id\":");
    mn_json_quote(out, mn_db_column(st, 0));
    mn_buf_addf(out, ",\"created_at\":%lld,\"updated_at\":%lld}",
                (long long)sqlite3_column_int64(st, 2), (long long)sqlite3_column_int64(st, 3));
}

bool mn_records_path(char out[MN_RECORD_PATH], struct mn_str field)
{
    size_t n = 0;
    bool begins = true;

    if (field.n == 0 || field.n > MN_RECORD_ID_BYTES)
        return false;
    out[n++] = '$';
    for (size_t i = 0; i < field.n; i++) {
        char c = field.p[i];
        bool plain =
            c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!plain && (c != '.' || begins))
            return false;
        if (begins || c == '.') {
            memcpy(out + n, begins ? ".\"" : "\"", begins ? 2 : 1);
            n += begins ? 2 : 1;
        }
        if (plain)
            out[n++] = c;
        begins = c == '.';
    }
    if (begins)
        return false;
    memcpy(out + n, "\"", 2);
    return true;
}

/* --- the words --- */

static int do_get(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    sqlite3_stmt *st;
    int err = mn_records_prepare(r, ask,
                                 "SELECT id, body, created, updated FROM record"
                                 " WHERE app = ?1 AND store = ?2 AND id = ?3",
                                 &st, out);
    int step;

    if (err != 0)
        return err;
    mn_db_bind(st, 3, ask->id);
    step = sqlite3_step(st);
    if (step == SQLITE_ROW)
        mn_records_write(st, out);
    else if (step == SQLITE_DONE)
        mn_buf_add_text(out, "null");
    else
        err = mn_db_fail(r->db, &mn_records_kind, out);
    sqlite3_finalize(st);
    return err;
}

/* Runs one INSERT that gives the record as it is then. */
static int insert(struct mn_records *r, const struct mn_keep_ask *ask, const char *sql,
                  struct mn_str id, struct mn_buf *out)
{
    sqlite3_stmt *st;
    int err = mn_records_prepare(r, ask, sql, &st, out), step;

    if (err != 0)
        return err;
    mn_db_bind(st, 3, id);
    mn_db_bind(st, 4, ask->record);
    sqlite3_bind_int64(st, 5, ask->wall_s);
    step = sqlite3_step(st);
    if (step == SQLITE_ROW) {
        mn_records_write(st, out);
        step = sqlite3_step(st); /* commits */
    }
    if (step == SQLITE_CONSTRAINT)
        err = mn_db_refuse(out, -EEXIST, "there is a record with this id already");
    else if (step != SQLITE_DONE)
        err = mn_db_fail(r->db, &mn_records_kind, out);
    sqlite3_finalize(st);
    return err;
}

#define INSERT                                                                                     \
    "INSERT INTO record (app, store, id, body, created, updated)"                                  \
    " VALUES (?1, ?2, ?3, ?4, ?5, ?5)"
#define GIVE " RETURNING id, body, created, updated"

static int do_add(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    return insert(r, ask, INSERT GIVE, ask->id.n != 0 ? ask->id : ask->fresh_id, out);
}

static int do_set(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    return insert(r, ask,
                  INSERT " ON CONFLICT (app, store, id) DO UPDATE"
                         " SET body = excluded.body, updated = excluded.updated" GIVE,
                  ask->id, out);
}

static int do_remove(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    sqlite3_stmt *st;
    int err = mn_records_prepare(
        r, ask, "DELETE FROM record WHERE app = ?1 AND store = ?2 AND id = ?3", &st, out);

    if (err != 0)
        return err;
    mn_db_bind(st, 3, ask->id);
    if (sqlite3_step(st) != SQLITE_DONE)
        err = mn_db_fail(r->db, &mn_records_kind, out);
    else
        mn_buf_add_text(out, sqlite3_changes(r->db) > 0 ? "true" : "false");
    sqlite3_finalize(st);
    return err;
}

/* A field that is not there counts from 0, as does a record. Nothing changes when the field holds
 * anything but a number, or the record would be too large: then no row comes back. */
static const char incr_sql[] =
    "INSERT INTO record (app, store, id, body, created, updated)"
    " VALUES (?1, ?2, ?3, json_set('{}', ?4, json_extract(?6, '$')), ?5, ?5)"
    " ON CONFLICT (app, store, id) DO UPDATE"
    " SET body = json_set(body, ?4,"
    "  coalesce(json_extract(body, ?4), 0) + json_extract(?6, '$')), updated = ?5"
    " WHERE coalesce(json_type(body, ?4), 'null') IN ('null', 'integer', 'real')"
    "  AND length(CAST(body AS BLOB)) + length(CAST(?4 AS BLOB)) < ?7"
    " RETURNING json_extract(body, ?4), json_type(body, ?4), body -> ?4";

static int incr(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_str field,
                struct mn_str by, struct mn_buf *out)
{
    char path[MN_RECORD_PATH];
    sqlite3_stmt *st;
    int err, step;

    if (!mn_records_path(path, field) || memchr(field.p, '.', field.n) != NULL)
        return mn_db_refuse(out, MN_EPROTOCOL, "incr: no field is called so");
    err = mn_records_prepare(r, ask, incr_sql, &st, out);
    if (err != 0)
        return err;
    mn_db_bind(st, 3, ask->id);
    mn_db_bind(st, 4, mn_str(path));
    sqlite3_bind_int64(st, 5, ask->wall_s);
    mn_db_bind(st, 6, by);
    sqlite3_bind_int64(st, 7, MN_RECORD_BYTES);
    step = sqlite3_step(st);
    if (step == SQLITE_ROW) {
        mn_buf_add_str(out, mn_db_column(st, 2));
        step = sqlite3_step(st); /* commits */
    } else if (step == SQLITE_DONE) {
        err = mn_db_refuse(out, MN_EPROTOCOL, "incr: the field holds no number");
    }
    if (err == 0 && step != SQLITE_DONE)
        err = mn_db_fail(r->db, &mn_records_kind, out);
    sqlite3_finalize(st);
    return err;
}

static int do_incr(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    struct mn_json *query;
    int err = mn_json_parse(&query, ask->query, &mn_json_frame, NULL);

    if (err != 0)
        return mn_db_refuse(out, MN_EPROTOCOL, mn_strerror(err));
    err = incr(r, ask, mn_json_str(query, "field"), mn_json_str(query, "by"), out);
    mn_json_free(query);
    return err;
}

static const struct {
    const char *word;
    int (*run)(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out);
} words[] = {
    {"add", do_add},       {"get", do_get},           {"set", do_set},
    {"remove", do_remove}, {"find", mn_records_find}, {"incr", do_incr},
};

int mn_records_do(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    int err = MN_EPROTOCOL;

    if (ask->record.n > MN_RECORD_BYTES)
        return mn_db_refuse(out, MN_ELIMIT, "the record is over 64 KB");
    if (ask->id.n > MN_RECORD_ID_BYTES)
        return mn_db_refuse(out, MN_ELIMIT, "the id is over 128 bytes");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (mn_str_is(ask->word, words[i].word))
            err = words[i].run(r, ask, out);
    }
    if (err == 0 && out->err != 0)
        return mn_db_refuse(out, -ENOMEM, "not enough memory");
    return err;
}
