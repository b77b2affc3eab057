/* report.c - the forms of a report: for people, and TAP (testanything.org, version 13). */
#include "sim/report.h"

#include <string.h>

/* Prints text's lines, each behind indent. */
static void put_lines(FILE *out, const char *indent, struct mn_str text)
{
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end != NULL ? (size_t)(end - text.p) : text.n;

        fprintf(out, "%s%.*s\n", indent, (int)n, text.p);
        text.p += end != NULL ? n + 1 : n;
        text.n -= end != NULL ? n + 1 : n;
    }
}

static void put_failure(FILE *out, const char *indent, const struct mn_failure *f)
{
    struct mn_buf line = {0};

    mn_buf_addf(&line, "%.*s: %.*s", MN_FMT(mn_buf_str(&f->place)),
                MN_FMT(mn_buf_str(&f->message)));
    put_lines(out, indent, mn_buf_str(&line));
    put_lines(out, indent, mn_buf_str(&f->details));
    mn_buf_free(&line);
}

/* --- human --- */

static void human_file(struct mn_report *r, const char *file)
{
    fprintf(r->out, "%s\n", file);
}

static void human_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                           const struct mn_outcome *outcome, double ms)
{
    (void)file;
    if (outcome == NULL) {
        fprintf(r->out, "  skipped  %s (%s)\n", sc->name, sc->skip);
        return;
    }
    fprintf(r->out, "  %s  %s (%.1f ms)\n", outcome->nfailures == 0 ? "ok     " : "not ok ",
            sc->name, ms);
    for (int i = 0; i < outcome->nfailures; i++)
        put_failure(r->out, "      ", &outcome->failures[i]);
}

static void human_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    fprintf(r->out, "  not ok   %s could not be loaded\n", what);
    put_lines(r->out, "      ", why);
}

static void human_end(struct mn_report *r)
{
    fprintf(r->out, "%d passed, %d failed", r->passed, r->failed);
    if (r->skipped > 0)
        fprintf(r->out, ", %d skipped", r->skipped);
    fputc('\n', r->out);
}

/* --- TAP --- */

static int number(const struct mn_report *r)
{
    return r->passed + r->failed + r->skipped;
}

static void tap_file(struct mn_report *r, const char *file)
{
    (void)r, (void)file;
}

/* A name may hold what TAP gives a meaning: "#" opens a directive. */
static void tap_name(struct mn_report *r, const char *file, const char *name)
{
    fprintf(r->out, "%s: ", file);
    for (; *name != '\0'; name++)
        fprintf(r->out, *name == '#' ? "\\%c" : "%c", *name == '\n' ? ' ' : *name);
}

static void tap_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                         const struct mn_outcome *outcome, double ms)
{
    bool ok = outcome == NULL || outcome->nfailures == 0;

    (void)ms;
    fprintf(r->out, "%s %d - ", ok ? "ok" : "not ok", number(r));
    tap_name(r, file, sc->name);
    if (outcome == NULL)
        fprintf(r->out, " # SKIP %s", sc->skip);
    fputc('\n', r->out);
    for (int i = 0; !ok && i < outcome->nfailures; i++)
        put_failure(r->out, "# ", &outcome->failures[i]);
}

static void tap_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    fprintf(r->out, "not ok %d - %s could not be loaded\n", number(r), what);
    put_lines(r->out, "# ", why);
}

static void tap_end(struct mn_report *r)
{
    fprintf(r->out, "1..%d\n", number(r));
}

static const struct form {
    void (*file)(struct mn_report *r, const char *file);
    void (*scenario)(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                     const struct mn_outcome *outcome, double ms);
    void (*broken)(struct mn_report *r, const char *what, struct mn_str why);
    void (*end)(struct mn_report *r);
} forms[] = {
    [MN_REPORT_HUMAN] = {human_file, human_scenario, human_broken, human_end},
    [MN_REPORT_TAP] = {tap_file, tap_scenario, tap_broken, tap_end},
};

void mn_report_file(struct mn_report *r, const char *file)
{
    forms[r->form].file(r, file);
}

void mn_report_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                        const struct mn_outcome *outcome, double ms)
{
    if (outcome == NULL)
        r->skipped++;
    else if (outcome->nfailures == 0)
        r->passed++;
    else
        r->failed++;
    forms[r->form].scenario(r, file, sc, outcome, ms);
}

void mn_report_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    r->failed++;
    forms[r->form].broken(r, what, why);
}

void mn_report_end(struct mn_report *r)
{
    forms[r->form].end(r);
}
