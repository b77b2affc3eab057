/* calls_read.c - calls as JSON, for `myna records` and whoever asks over HTTP. */
#include "store/calls_parts.h"

#include "base/json_write.h"

#include <stdio.h>

#define ROUND_MS 1000.0

static struct mn_str column(sqlite3_stmt *st, int i)
{
    struct mn_str text = mn_db_column(st, i);

    return text.p != NULL ? text : MN_STR("");
}

static void write_head(struct mn_writer *w, sqlite3_stmt *st)
{
    bool over = sqlite3_column_type(st, 8) != SQLITE_NULL;
    int64_t began_ms = sqlite3_column_int64(st, 6), ended_ms = sqlite3_column_int64(st, 7);

    mn_write_str(w, "id", column(st, 0));
    mn_write_str(w, "app", column(st, 1));
    mn_write_int(w, "generation", sqlite3_column_int64(st, 2));
    mn_write_str(w, "channel", column(st, 3));
    mn_write_str(w, "from", column(st, 4));
    mn_write_str(w, "to", column(st, 5));
    mn_write_int(w, "began_ms", began_ms);
    if (over) {
        mn_write_int(w, "ended_ms", ended_ms);
        mn_write_num(w, "seconds", (double)(ended_ms - began_ms) / ROUND_MS);
    }
    mn_write_str(w, "outcome", over ? column(st, 8) : MN_STR("under_way"));
    if (over)
        mn_write_str(w, "reason", column(st, 9));
    if (sqlite3_column_type(st, 10) != SQLITE_NULL)
        mn_write_int(w, "code", sqlite3_column_int64(st, 10));
    mn_write_str(w, "agent", column(st, 11));
    if (column(st, 12).n > 0)
        mn_write_raw(w, "usage", column(st, 12));
    if (sqlite3_column_int64(st, 13) > 0)
        mn_write_int(w, "lost", sqlite3_column_int64(st, 13));
}

/* Appends the members before the brace that ends a stored object. */
static void write_object(struct mn_writer *w, struct mn_str before, struct mn_str body)
{
    struct mn_buf one = {0};

    mn_buf_add_str(&one, before);
    if (body.n > 2) {
        mn_buf_add_byte(&one, ',');
        mn_buf_add(&one, body.p + 1, body.n - 1);
    } else {
        mn_buf_add_byte(&one, '}');
    }
    mn_write_raw(w, NULL, mn_buf_str(&one));
    if (one.err != 0)
        w->out->err = one.err;
    mn_buf_free(&one);
}

static void write_item(struct mn_writer *w, sqlite3_stmt *st)
{
    char at[48];

    snprintf(at, sizeof(at), "{\"at_ms\":%lld", (long long)sqlite3_column_int64(st, 0));
    write_object(w, mn_str(at), column(st, 1));
}

static void write_event(struct mn_writer *w, sqlite3_stmt *st)
{
    struct mn_buf head = {0};

    mn_buf_addf(&head, "{\"at_ms\":%lld,\"event\":", (long long)sqlite3_column_int64(st, 0));
    mn_json_quote(&head, column(st, 2));
    mn_buf_add_text(&head, ",\"agent\":");
    mn_json_quote(&head, column(st, 3));
    write_object(w, mn_buf_str(&head), column(st, 1));
    if (head.err != 0)
        w->out->err = head.err;
    mn_buf_free(&head);
}

static int write_rows(struct mn_calls *c, struct mn_writer *w, const char *key, const char *sql,
                      struct mn_str id, void write(struct mn_writer *, sqlite3_stmt *),
                      struct mn_buf *why)
{
    sqlite3_stmt *st = NULL;
    int rc, err = 0;

    if (sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) != SQLITE_OK)
        return mn_db_fail(c->db, &mn_calls_kind, why);
    mn_db_bind(st, 1, id);
    mn_write_open(w, key, '[');
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        write(w, st);
    mn_write_close(w);
    if (rc != SQLITE_DONE)
        err = mn_db_fail(c->db, &mn_calls_kind, why);
    sqlite3_finalize(st);
    return err;
}

static int write_call(struct mn_calls *c, sqlite3_stmt *st, bool whole, struct mn_buf *json,
                      struct mn_buf *why)
{
    struct mn_writer w = mn_writer(json);
    int err = 0;

    mn_write_open(&w, NULL, '{');
    write_head(&w, st);
    if (whole)
        err = write_rows(c, &w, "items",
                         "SELECT at_ms, body FROM item WHERE call = ?1 ORDER BY place, at_ms",
                         column(st, 0), write_item, why);
    if (whole && err == 0)
        err = write_rows(c, &w, "events",
                         "SELECT at_ms, body, name, agent FROM event WHERE call = ?1 ORDER BY n",
                         column(st, 0), write_event, why);
    mn_write_close(&w);
    return err != 0 ? err : json->err;
}

#define WANTED                                                                                     \
    "SELECT id, app, generation, channel, caller, called, began_ms, ended_ms, outcome, reason,"    \
    " code, agent, usage, lost FROM call"                                                          \
    " WHERE (?1 = '' OR id = ?1) AND (?2 = '' OR app = ?2) AND began_ms >= ?3"                     \
    " AND (?4 = 0 OR began_ms < ?4) ORDER BY began_ms "

int mn_calls_read(struct mn_calls *c, const struct mn_calls_wanted *wanted, mn_calls_tell *tell,
                  void *owner, struct mn_buf *why)
{
    const char *sql =
        wanted->newest_first ? WANTED "DESC, id DESC LIMIT ?5" : WANTED "ASC, id ASC LIMIT ?5";
    struct mn_buf json = {0};
    sqlite3_stmt *st = NULL;
    int rc = SQLITE_DONE, err = 0;

    if (sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) != SQLITE_OK)
        return mn_db_fail(c->db, &mn_calls_kind, why);
    mn_db_bind(st, 1, wanted->id);
    mn_db_bind(st, 2, wanted->app);
    sqlite3_bind_int64(st, 3, wanted->since_ms);
    sqlite3_bind_int64(st, 4, wanted->before_ms);
    sqlite3_bind_int(st, 5, wanted->limit > 0 ? wanted->limit : -1);
    while (err == 0 && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        mn_buf_clear(&json);
        err = write_call(c, st, wanted->whole, &json, why);
        if (err == 0)
            err = tell(owner, mn_buf_str(&json));
    }
    if (err == 0 && rc != SQLITE_DONE)
        err = mn_db_fail(c->db, &mn_calls_kind, why);
    sqlite3_finalize(st);
    mn_buf_free(&json);
    return err;
}
