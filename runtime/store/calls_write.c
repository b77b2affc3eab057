/* calls_write.c - rows into the file of calls, and old calls out of it. */
#include "store/calls_parts.h"

#include "base/err.h"

#include <stdlib.h>

/* --- rows --- */

struct mn_calls_row *mn_calls_row_new(const struct mn_calls_row *given)
{
    size_t n = given->call.n;
    struct mn_calls_row *row;
    char *at;

    for (int i = 0; i < MN_CALLS_TEXTS; i++)
        n += given->texts[i].n;
    row = malloc(sizeof(*row) + n);
    if (row == NULL)
        return NULL;
    *row = *given;
    mn_list_init(&row->place);
    row->bytes = sizeof(*row) + n;
    at = row->own;
    for (int i = -1; i < MN_CALLS_TEXTS; i++) {
        struct mn_str *text = i < 0 ? &row->call : &row->texts[i];

        if (text->n > 0)
            memcpy(at, text->p, text->n);
        text->p = at;
        at += text->n;
    }
    return row;
}

void mn_calls_row_free(struct mn_calls_row *row)
{
    mn_list_remove(&row->place);
    free(row);
}

/* --- writing them --- */

/* ?1: the call, ?2: at_ms, ?3: n, ?4: code, ?5: the writer, ?6...: texts. A call may come twice
 * when a batch is tried again, and must then be as it was. */
static const char *const sql[MN_CALLS_STATEMENTS] = {
    [MN_CALLS_DO_BEGIN] =
        "INSERT OR IGNORE INTO call (id, app, generation, channel, caller, called, agent, began_ms,"
        " writer) VALUES (?1, ?6, ?3, ?7, ?8, ?9, ?10, ?2, ?5)",
    [MN_CALLS_DO_ITEM] =
        "INSERT INTO item (call, id, place, at_ms, body) VALUES (?1, ?6, ?3, ?2, ?7)"
        " ON CONFLICT (call, id) DO UPDATE SET body = excluded.body",
    [MN_CALLS_DO_ITEMS] =
        "INSERT INTO item (call, id, place, at_ms, body)"
        " SELECT ?1, json_extract(value, '$.id'), key, ?2, value FROM json_each(?7)"
        " WHERE json_extract(value, '$.id') IS NOT NULL"
        " ON CONFLICT (call, id) DO UPDATE SET body = excluded.body, place = excluded.place",
    [MN_CALLS_DO_FORGET] = "DELETE FROM item WHERE call = ?1 AND id NOT IN"
                           " (SELECT json_extract(value, '$.id') FROM json_each(?7)"
                           "  WHERE json_extract(value, '$.id') IS NOT NULL)",
    [MN_CALLS_DO_EVENT] = "INSERT OR IGNORE INTO event (call, n, at_ms, name, agent, body)"
                          " VALUES (?1, ?3, ?2, ?8, ?10, ?7)",
    [MN_CALLS_DO_END] =
        "UPDATE call SET ended_ms = ?2, outcome = ?6, reason = ?7, usage = ?8, agent = ?10,"
        " code = ?4, lost = ?3, writer = NULL WHERE id = ?1",
};

static int run(struct mn_calls *c, enum mn_calls_statement what, const struct mn_calls_row *row)
{
    sqlite3_stmt **st = &c->statements[what];
    int places, rc;

    if (*st == NULL && sqlite3_prepare_v2(c->db, sql[what], -1, st, NULL) != SQLITE_OK)
        return -1;
    places = sqlite3_bind_parameter_count(*st);
    mn_db_bind(*st, 1, row->call);
    if (places >= 2)
        sqlite3_bind_int64(*st, 2, row->at_ms);
    if (places >= 3)
        sqlite3_bind_int64(*st, 3, row->n);
    if (places >= 4)
        sqlite3_bind_int(*st, 4, row->code);
    if (places >= 5)
        sqlite3_bind_int64(*st, 5, c->writer);
    for (int i = 0; i < MN_CALLS_TEXTS && 6 + i <= places; i++)
        mn_db_bind(*st, 6 + i, row->texts[i]);
    rc = sqlite3_step(*st);
    sqlite3_reset(*st);
    return rc == SQLITE_DONE ? 0 : -1;
}

static int write_row(struct mn_calls *c, const struct mn_calls_row *row)
{
    static const enum mn_calls_statement statements[] = {
        [MN_CALLS_BEGIN] = MN_CALLS_DO_BEGIN, [MN_CALLS_ITEM] = MN_CALLS_DO_ITEM,
        [MN_CALLS_ITEMS] = MN_CALLS_DO_ITEMS, [MN_CALLS_EVENT] = MN_CALLS_DO_EVENT,
        [MN_CALLS_END] = MN_CALLS_DO_END,
    };

    if (row->what == MN_CALLS_ITEMS && run(c, MN_CALLS_DO_FORGET, row) != 0)
        return -1;
    return run(c, statements[row->what], row);
}

static int write_all(struct mn_calls *c, const struct mn_list *rows, struct mn_buf *why)
{
    int err = mn_calls_begin(c, why);

    if (err != 0)
        return err;
    for (const struct mn_list *l = rows->next; l != rows && err == 0; l = l->next) {
        if (write_row(c, mn_container_of(l, struct mn_calls_row, place)) != 0)
            err = mn_db_fail(c->db, &mn_calls_kind, why);
    }
    return mn_calls_commit(c, err, why);
}

/* --- removing calls --- */

/* Of those that are over, the oldest that began before ?1, ?2 of them. */
#define OLDEST                                                                                     \
    "(SELECT id FROM call WHERE began_ms < ?1 AND writer IS NULL ORDER BY began_ms LIMIT ?2)"

static int remove_some(struct mn_calls *c, int64_t before_ms, int most, struct mn_buf *why)
{
    static const char *const words[] = {
        "DELETE FROM item WHERE call IN " OLDEST,
        "DELETE FROM event WHERE call IN " OLDEST,
        "DELETE FROM call WHERE id IN " OLDEST,
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        sqlite3_stmt *st = NULL;
        int rc;

        if (sqlite3_prepare_v2(c->db, words[i], -1, &st, NULL) != SQLITE_OK)
            return mn_db_fail(c->db, &mn_calls_kind, why);
        sqlite3_bind_int64(st, 1, before_ms);
        sqlite3_bind_int(st, 2, most);
        rc = sqlite3_step(st);
        sqlite3_finalize(st);
        if (rc != SQLITE_DONE)
            return mn_db_fail(c->db, &mn_calls_kind, why);
    }
    return sqlite3_changes(c->db);
}

int mn_calls_sweep(struct mn_calls *c, int64_t before_ms, int most, struct mn_buf *why)
{
    int removed = 0;

    while (removed < most) {
        int some = most - removed < MN_CALLS_SWEEP ? most - removed : MN_CALLS_SWEEP;
        int n = mn_calls_begin(c, why);

        if (n == 0 && removed == 0)
            n = mn_calls_mark_crashed(c, why);
        if (n == 0)
            n = remove_some(c, before_ms, some, why);
        n = mn_calls_commit(c, n, why);
        if (n < 0)
            return n;
        removed += n;
        if (n < some)
            break;
    }
    return removed;
}

/* Whether it is the file's own bound that was met, and not the disk's. */
static bool is_at_bound(struct mn_calls *c)
{
    return c->max_bytes > 0 && mn_db_number(c->db, "PRAGMA page_count") >=
                                   mn_db_number(c->db, "PRAGMA max_page_count") * 9 / 10;
}

int mn_calls_write(struct mn_calls *c, const struct mn_list *rows, struct mn_buf *why)
{
    int err = write_all(c, rows, why);

    while (err == MN_EFULL && is_at_bound(c) &&
           mn_calls_sweep(c, INT64_MAX, MN_CALLS_SWEEP, why) > 0)
        err = write_all(c, rows, why);
    return err;
}
