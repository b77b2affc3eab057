/* index.c - sections in a full-text table of SQLite (FTS5), in memory. */
#include "store/index.h"

#include "base/err.h"
#include "base/json_write.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

struct mn_index {
    sqlite3 *db; /* owned */
};

/* Words are compared by their stems, without case and accents. */
static const char schema[] =
    "CREATE VIRTUAL TABLE section USING fts5"
    " (path UNINDEXED, title, body, tokenize = 'porter unicode61 remove_diacritics 2')";

static int fail(struct mn_index *ix, struct mn_buf *out)
{
    int err = sqlite3_errcode(ix->db) == SQLITE_NOMEM ? -ENOMEM : -EIO;

    mn_buf_clear(out);
    mn_buf_add_text(out, sqlite3_errmsg(ix->db));
    return err;
}

static void bind(sqlite3_stmt *st, int place, struct mn_str text)
{
    sqlite3_bind_text(st, place, text.n != 0 ? text.p : "", (int)text.n, SQLITE_STATIC);
}

/* --- building --- */

static struct mn_str line_of(struct mn_str text)
{
    const char *end = memchr(text.p, '\n', text.n);

    return (struct mn_str){text.p, end != NULL ? (size_t)(end - text.p) : text.n};
}

static struct mn_str trimmed(struct mn_str s)
{
    while (s.n > 0 && strchr(" \t\r\n#", s.p[0]) != NULL)
        s = (struct mn_str){s.p + 1, s.n - 1};
    while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
        s.n--;
    return s;
}

/* The bytes of text up to the next line that is a heading, its own first line aside. */
static size_t section_length(struct mn_str text)
{
    size_t at = line_of(text).n;

    while (at + 1 < text.n && text.p[at + 1] != '#')
        at += 1 + line_of((struct mn_str){text.p + at + 1, text.n - at - 1}).n;
    return at < text.n ? at + 1 : text.n;
}

static int add(sqlite3_stmt *st, struct mn_str path, struct mn_str section)
{
    struct mn_str heading = line_of(section), title = path, body = section;

    if (heading.n > 0 && heading.p[0] == '#') {
        title = trimmed(heading);
        body = (struct mn_str){section.p + heading.n, section.n - heading.n};
    }
    body = trimmed(body);
    if (body.n == 0)
        return 0; /* a heading above headings */
    bind(st, 1, path);
    bind(st, 2, title);
    bind(st, 3, body);
    if (sqlite3_step(st) != SQLITE_DONE)
        return -EIO;
    return sqlite3_reset(st) == SQLITE_OK ? 0 : -EIO;
}

static int add_file(sqlite3_stmt *st, struct mn_str path, struct mn_str text)
{
    int err = 0;

    while (text.n > 0 && err == 0) {
        size_t n = section_length(text);

        err = add(st, path, (struct mn_str){text.p, n});
        text = (struct mn_str){text.p + n, text.n - n};
    }
    return err;
}

/* Takes what is before the next NUL off text. */
static struct mn_str take(struct mn_str *text)
{
    struct mn_str head = {text->p, strnlen(text->p, text->n)};
    size_t n = head.n < text->n ? head.n + 1 : head.n;

    *text = (struct mn_str){text->p + n, text->n - n};
    return head;
}

static int build(struct mn_index *ix, struct mn_str files)
{
    sqlite3_stmt *st = NULL;
    int err = 0;

    if (sqlite3_exec(ix->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(ix->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(ix->db, "INSERT INTO section VALUES (?1, ?2, ?3)", -1, &st, NULL) !=
            SQLITE_OK)
        err = -EIO;
    while (err == 0 && files.n > 0) {
        struct mn_str path = take(&files);

        err = add_file(st, path, take(&files));
    }
    sqlite3_finalize(st);
    if (err == 0 && sqlite3_exec(ix->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        err = -EIO;
    return err;
}

int mn_index_open(struct mn_index **out, struct mn_str files, struct mn_buf *why)
{
    struct mn_index *ix = calloc(1, sizeof(*ix));
    int err = -EIO;

    *out = NULL;
    if (ix == NULL)
        return -ENOMEM;
    if (sqlite3_open_v2(":memory:", &ix->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK)
        err = build(ix, files);
    if (err != 0) {
        err = fail(ix, why);
        mn_index_close(ix);
        return err;
    }
    *out = ix;
    return 0;
}

void mn_index_close(struct mn_index *ix)
{
    if (ix == NULL)
        return;
    sqlite3_close(ix->db);
    free(ix);
}

/* --- searching --- */

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* The question as FTS5 has it: any of its words, each quoted, so that none is an operator. */
static void write_match(struct mn_buf *match, struct mn_str question)
{
    int words = 0;

    for (size_t i = 0; i < question.n && words < MN_INDEX_WORDS; words++) {
        size_t from;

        while (i < question.n && !is_of_word(question.p[i]))
            i++;
        from = i;
        while (i < question.n && is_of_word(question.p[i]))
            i++;
        if (i > from)
            mn_buf_addf(match, "%s\"%.*s\"", match->n != 0 ? " OR " : "", (int)(i - from),
                        question.p + from);
    }
}

static struct mn_str column(sqlite3_stmt *st, int i)
{
    const unsigned char *text = sqlite3_column_text(st, i);

    return (struct mn_str){(const char *)text, (size_t)sqlite3_column_bytes(st, i)};
}

/* At most so many bytes, and no half character. */
static struct mn_str cut(struct mn_str text)
{
    if (text.n <= MN_INDEX_SECTION_BYTES)
        return text;
    text.n = MN_INDEX_SECTION_BYTES;
    while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
        text.n--;
    return text;
}

static void write_row(struct mn_writer *w, sqlite3_stmt *st)
{
    mn_write_open(w, NULL, '{');
    mn_write_str(w, "path", column(st, 0));
    mn_write_str(w, "title", column(st, 1));
    mn_write_str(w, "snippet", column(st, 2));
    mn_write_str(w, "text", cut(column(st, 3)));
    mn_write_num(w, "score", sqlite3_column_double(st, 4));
    mn_write_close(w);
}

/* A word in the title counts five times one in the text. */
static const char search_sql[] =
    "SELECT path, title, snippet(section, 2, '', '', '...', 24), body,"
    " round(-bm25(section, 0, 5, 1), 3)"
    " FROM section WHERE section MATCH ?1 ORDER BY bm25(section, 0, 5, 1), rowid LIMIT ?2";

static int search(struct mn_index *ix, struct mn_str match, int limit, struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);
    sqlite3_stmt *st;
    int step;

    if (sqlite3_prepare_v2(ix->db, search_sql, -1, &st, NULL) != SQLITE_OK)
        return fail(ix, out);
    bind(st, 1, match);
    sqlite3_bind_int(st, 2, limit < MN_INDEX_FOUND ? limit : MN_INDEX_FOUND);
    mn_write_open(&w, NULL, '[');
    while ((step = sqlite3_step(st)) == SQLITE_ROW)
        write_row(&w, st);
    mn_write_close(&w);
    sqlite3_finalize(st);
    return step == SQLITE_DONE ? out->err : fail(ix, out);
}

int mn_index_search(struct mn_index *ix, struct mn_str question, int limit, struct mn_buf *out)
{
    struct mn_buf match = {0};
    int err;

    write_match(&match, question);
    if (match.err != 0)
        err = match.err;
    else if (match.n == 0)
        err = mn_buf_add_text(out, "[]");
    else
        err = search(ix, mn_buf_str(&match), limit, out);
    mn_buf_free(&match);
    return err;
}
