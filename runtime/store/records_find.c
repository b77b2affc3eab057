/* records_find.c - find: the records of a store that fit, in an order, so many of them.
 *
 * DESIGN  The statement is put together from pieces that stand here; all that an app said is bound,
 * never written into it. A value is compared with values of its own kind only: 5 is not "5", and
 * true is not 1. What is asked looks at each record of the store: some 100,000 in a third of a
 * second, on the lane. */
#include "store/records_parts.h"

#include "base/err.h"
#include "base/json.h"

#include <errno.h>

#define BINDS_MAX (3 + MN_RECORD_CONDITIONS * 6)

struct find {
    struct mn_buf sql;
    struct mn_str binds[BINDS_MAX]; /* from ?3 on; borrowed from paths and the query */
    int nbinds;
    char paths[MN_RECORD_CONDITIONS + 1][MN_RECORD_PATH];
    int npaths;
};

static const struct {
    const char *name, *sql;
    bool orders; /* needs values that have an order */
} comparisons[] = {
    {"=", "=", false},  {"~=", "<>", false}, {"<", "<", true},
    {"<=", "<=", true}, {">", ">", true},    {">=", ">=", true},
};

static const struct {
    const char *field, *column;
} columns[] = {{"id", "id"}, {"created_at", "created"}, {"updated_at", "updated"}};

static const char *column_of(struct mn_str field)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (mn_str_is(field, columns[i].field))
            return columns[i].column;
    }
    return NULL;
}

/* Binds text, and appends what stands for it. */
static void bind(struct find *f, struct mn_str text)
{
    f->binds[f->nbinds++] = text;
    mn_buf_addf(&f->sql, "?%d", f->nbinds + 2);
}

/* Appends function(body, path). */
static void of_body(struct find *f, const char *function)
{
    mn_buf_addf(&f->sql, "%s(body, ", function);
    bind(f, mn_str(f->paths[f->npaths - 1]));
    mn_buf_add_text(&f->sql, ")");
}

/* A value of which only kinds are compared: true, false, null and what is not there. */
static void compare_kind(struct find *f, const char *op, struct mn_str value)
{
    mn_buf_add_text(&f->sql, "coalesce(");
    of_body(f, "json_type");
    mn_buf_addf(&f->sql, ", 'null') %s ", op);
    bind(f, value);
}

static void compare_value(struct find *f, const char *op, struct mn_str value)
{
    bool differs = strcmp(op, "<>") == 0;

    if (differs)
        mn_buf_add_text(&f->sql, "NOT ");
    mn_buf_add_text(&f->sql, "coalesce(");
    of_body(f, "json_type");
    mn_buf_addf(&f->sql, " %s AND ", value.p[0] == '"' ? "= 'text'" : "IN ('integer', 'real')");
    of_body(f, "json_extract");
    mn_buf_addf(&f->sql, " %s json_extract(", differs ? "=" : op);
    bind(f, value);
    mn_buf_add_text(&f->sql, ", '$'), 0)");
}

static int add_condition(struct find *f, struct mn_str field, struct mn_str comparison,
                         struct mn_str value, struct mn_buf *out)
{
    const char *column = column_of(field);
    bool kind = value.n > 0 && strchr("tfn", value.p[0]) != NULL;
    size_t i = 0;

    while (i < sizeof(comparisons) / sizeof(comparisons[0]) &&
           !mn_str_is(comparison, comparisons[i].name))
        i++;
    if (i == sizeof(comparisons) / sizeof(comparisons[0]) || value.n == 0 ||
        (kind && (comparisons[i].orders || column != NULL)))
        return mn_db_refuse(out, MN_EPROTOCOL, "find: no such comparison");
    mn_buf_add_text(&f->sql, " AND ");
    if (column != NULL) {
        mn_buf_addf(&f->sql, "%s %s json_extract(", column, comparisons[i].sql);
        bind(f, value);
        mn_buf_add_text(&f->sql, ", '$')");
        return 0;
    }
    if (!mn_records_path(f->paths[f->npaths++], field))
        return mn_db_refuse(out, MN_EPROTOCOL, "find: no field is called so");
    if (kind)
        compare_kind(f, comparisons[i].sql, value);
    else
        compare_value(f, comparisons[i].sql, value);
    return 0;
}

static int add_order(struct find *f, struct mn_str field, bool descending, struct mn_buf *out)
{
    const char *direction = descending ? " DESC" : "", *column = column_of(field);

    mn_buf_add_text(&f->sql, " ORDER BY ");
    if (column != NULL) {
        mn_buf_addf(&f->sql, "%s%s, ", column, direction);
    } else if (field.n != 0) {
        if (!mn_records_path(f->paths[f->npaths++], field))
            return mn_db_refuse(out, MN_EPROTOCOL, "find: no field is called so");
        of_body(f, "json_extract");
        mn_buf_addf(&f->sql, "%s, ", direction);
    }
    mn_buf_addf(&f->sql, "seq%s", direction);
    return 0;
}

static int write_sql(struct find *f, const struct mn_json *query, struct mn_buf *out)
{
    const struct mn_json *where = mn_json_get(query, "where"), *row;
    int err = 0;

    if (mn_json_count(where) > MN_RECORD_CONDITIONS)
        return mn_db_refuse(out, MN_ELIMIT, "find: over 16 conditions");
    mn_buf_add_text(&f->sql, "SELECT id, body, created, updated FROM record"
                             " WHERE app = ?1 AND store = ?2");
    for (row = mn_json_first(where); row != NULL && err == 0; row = mn_json_next(row)) {
        const struct mn_json *field = mn_json_first(row), *op = mn_json_next(field);

        err = add_condition(f, mn_json_text(field), mn_json_text(op),
                            mn_json_text(mn_json_next(op)), out);
    }
    if (err == 0)
        err = add_order(f, mn_json_str(query, "order"), mn_json_bool(query, "descending", false),
                        out);
    mn_buf_addf(&f->sql, " LIMIT %d", (int)mn_json_int(query, "limit", MN_RECORDS_FOUND));
    if (err == 0 && f->sql.err != 0)
        err = mn_db_refuse(out, -ENOMEM, "not enough memory");
    return err;
}

static int run(struct mn_records *r, const struct mn_keep_ask *ask, struct find *f,
               struct mn_buf *out)
{
    sqlite3_stmt *st;
    int err = mn_records_prepare(r, ask, f->sql.p, &st, out), step = SQLITE_ROW;

    if (err != 0)
        return err;
    for (int i = 0; i < f->nbinds; i++)
        mn_db_bind(st, i + 3, f->binds[i]);
    mn_buf_add_byte(out, '[');
    while (out->n <= MN_RECORDS_BYTES && (step = sqlite3_step(st)) == SQLITE_ROW) {
        if (out->n > 1)
            mn_buf_add_byte(out, ',');
        mn_records_write(st, out);
    }
    mn_buf_add_byte(out, ']');
    if (out->n > MN_RECORDS_BYTES)
        err = mn_db_refuse(out, MN_ELIMIT, "find: over 512 KB were found; ask for fewer (limit)");
    else if (step != SQLITE_DONE)
        err = mn_db_fail(r->db, &mn_records_kind, out);
    sqlite3_finalize(st);
    return err;
}

int mn_records_find(struct mn_records *r, const struct mn_keep_ask *ask, struct mn_buf *out)
{
    struct find f = {0};
    struct mn_json *query;
    int err = mn_json_parse(&query, ask->query, &mn_json_frame, NULL);

    if (err != 0)
        return mn_db_refuse(out, MN_EPROTOCOL, mn_strerror(err));
    err = write_sql(&f, query, out);
    if (err == 0)
        err = run(r, ask, &f, out);
    mn_buf_free(&f.sql);
    mn_json_free(query);
    return err;
}
