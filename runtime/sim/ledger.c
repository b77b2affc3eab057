/* ledger.c - keeps outcomes until they can be told, and compares records, behind ledger.h. */
#include "sim/ledger.h"

#include "base/err.h"
#include "sim/keep.h"

#include <errno.h>
#include <stdlib.h>

bool mn_ledger_plays(const struct mn_ledger *l, int i)
{
    const struct mn_scenario *sc = mn_suite_scenario(l->suite, i);

    return sc != NULL && sc->skip == NULL;
}

int mn_ledger_grow(struct mn_ledger *l)
{
    int n = l->suite->ncases;
    struct mn_ledger_row *rows;

    if (n == l->nrows)
        return 0;
    rows = realloc(l->rows, (size_t)n * sizeof(*rows));
    if (rows == NULL)
        return -ENOMEM;
    memset(rows + l->nrows, 0, (size_t)(n - l->nrows) * sizeof(*rows));
    l->rows = rows;
    l->nrows = n;
    return 0;
}

static void add_failure(struct mn_outcome *out, const char *place, struct mn_buf *message)
{
    struct mn_failure *f = &out->failures[out->nfailures];

    if (out->nfailures == MN_FAILURES_MAX) {
        mn_buf_free(message);
        return;
    }
    out->nfailures++;
    mn_buf_add_text(&f->place, place);
    f->message = *message;
}

/* The line of text that begins at *at; moves *at behind it. */
static struct mn_str next_line(struct mn_str text, size_t *at)
{
    struct mn_str line = {text.p + *at, 0};

    while (*at + line.n < text.n && line.p[line.n] != '\n')
        line.n++;
    *at += line.n + (*at + line.n < text.n);
    return line;
}

#define SHOWN_MAX 300 /* bytes of a record in a message */

static void show(struct mn_buf *out, struct mn_str line)
{
    if (line.n > SHOWN_MAX)
        mn_buf_addf(out, "%.*s...", SHOWN_MAX, line.p);
    else
        mn_buf_addf(out, "%.*s", MN_FMT(line));
}

/* Names the first record of this play that the first play has otherwise. */
static void compare(const struct mn_ledger_row *row, struct mn_outcome *outcome, const char *place)
{
    struct mn_str had = mn_buf_str(&row->record), has = mn_buf_str(&outcome->record);
    size_t at_had = 0, at_has = 0;
    struct mn_buf message = {0};
    struct mn_str was, is;
    int n = 0;

    if (mn_str_same(had, has) || outcome->crashed)
        return;
    do {
        was = next_line(had, &at_had);
        is = next_line(has, &at_has);
        n++;
    } while (mn_str_same(was, is) && (at_had < had.n || at_has < has.n));
    mn_buf_addf(&message, "played again, it went otherwise from record %d on: \"", n);
    show(&message, is);
    mn_buf_add_text(&message, "\", where it was \"");
    show(&message, was);
    mn_buf_add_byte(&message, '"');
    add_failure(outcome, place, &message);
}

static void keep_record(struct mn_ledger *l, int i)
{
    const struct mn_scenario *sc = mn_suite_scenario(l->suite, i);
    struct mn_buf path = {0};
    int err = mn_keep_dir(l->record_dir);

    if (err == 0)
        err = mn_keep_path(&path, l->record_dir, mn_suite_file(l->suite, i)->path, sc->name,
                           "record");
    if (err == 0)
        err = mn_keep_file(path.p, mn_buf_str(&l->rows[i].record));
    if (err != 0)
        mn_buf_addf(&l->why, "%s: %s\n", path.n > 0 ? path.p : l->record_dir, mn_strerror(err));
    mn_buf_free(&path);
}

void mn_ledger_add(struct mn_ledger *l, int i, struct mn_outcome *outcome, double ms)
{
    struct mn_ledger_row *row = &l->rows[i];

    row->ms += ms;
    if (row->plays++ == 0) {
        row->record = outcome->record;
        outcome->record = (struct mn_buf){0};
        row->outcome = *outcome;
        *outcome = (struct mn_outcome){0};
        if (l->record_dir != NULL)
            keep_record(l, i);
        return;
    }
    compare(row, outcome, mn_suite_scenario(l->suite, i)->place);
    if (row->outcome.nfailures == 0 && outcome->nfailures > 0) {
        mn_outcome_free(&row->outcome);
        row->outcome = *outcome;
        *outcome = (struct mn_outcome){0};
    }
    mn_outcome_free(outcome);
}

static void free_row(struct mn_ledger_row *row)
{
    mn_outcome_free(&row->outcome);
    mn_buf_free(&row->record);
}

/* A skipped scenario adds its app, and nothing exercised. */
static void cover(struct mn_ledger *l, const struct mn_suite_file *file,
                  const struct mn_ledger_row *row)
{
    if (l->coverage != NULL && mn_coverage_add(l->coverage, mn_scenarios_app(file->scenarios),
                                               mn_buf_str(&row->outcome.coverage)) != 0)
        mn_buf_add_text(&l->why, "coverage: not enough memory\n");
}

/* Reports case i. Returns whether it failed. */
static bool tell(struct mn_ledger *l, int i)
{
    const struct mn_suite_file *file = mn_suite_file(l->suite, i);
    const struct mn_scenario *sc = mn_suite_scenario(l->suite, i);
    struct mn_ledger_row *row = &l->rows[i];
    bool failed;

    if (l->file != l->suite->cases[i].file)
        mn_report_file(l->report, file->path);
    l->file = l->suite->cases[i].file;
    if (sc == NULL) {
        mn_report_broken(l->report, file->path, mn_buf_str(&file->broken));
        return true;
    }
    mn_report_scenario(l->report, file->path, sc, sc->skip != NULL ? NULL : &row->outcome,
                       row->plays > 0 ? row->ms / row->plays : 0);
    failed = row->outcome.nfailures > 0;
    cover(l, file, row);
    free_row(row);
    *row = (struct mn_ledger_row){.plays = row->plays};
    return failed;
}

void mn_ledger_tell(struct mn_ledger *l)
{
    while (!l->stopped && l->told < l->nrows &&
           (l->rows[l->told].plays >= l->repeat || !mn_ledger_plays(l, l->told)))
        l->stopped = tell(l, l->told++) && l->fail_fast;
}

void mn_ledger_abandon(struct mn_ledger *l, const char *why)
{
    for (int i = l->told; !l->stopped && i < l->nrows; i++) {
        struct mn_buf message = {0};

        if (mn_ledger_plays(l, i) && l->rows[i].plays < l->repeat) {
            mn_buf_add_text(&message, why);
            add_failure(&l->rows[i].outcome, mn_suite_scenario(l->suite, i)->place, &message);
            l->rows[i].plays = l->repeat;
        }
        mn_ledger_tell(l);
    }
}

void mn_ledger_free(struct mn_ledger *l)
{
    for (int i = 0; i < l->nrows; i++)
        free_row(&l->rows[i]);
    free(l->rows);
    mn_buf_free(&l->why);
    l->rows = NULL;
    l->nrows = 0;
}
