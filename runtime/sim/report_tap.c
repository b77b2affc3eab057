/* report_tap.c - TAP, version 14 (testanything.org): a line a scenario, diagnostics in YAML. */
#include "base/json_write.h"
#include "sim/report_parts.h"

static int number(const struct mn_report *r)
{
    return r->passed + r->failed + r->skipped;
}

static void put_begin(struct mn_report *r)
{
    fputs("TAP version 14\n", r->out);
}

/* "#" opens a directive, and a description is one line. */
static void put_plain(struct mn_report *r, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\')
            fputc('\\', r->out);
        fputc(*text == '\n' ? ' ' : *text, r->out);
    }
}

/* A string in JSON is one in YAML too. */
static void put_value(struct mn_report *r, const char *indent, const char *key, struct mn_str value)
{
    struct mn_buf text = {0};
    struct mn_writer w = mn_writer(&text);

    mn_write_str(&w, NULL, value);
    fprintf(r->out, "%s%s: %.*s\n", indent, key, MN_FMT(mn_buf_str(&text)));
    mn_buf_free(&text);
}

static void put_failure(struct mn_report *r, const struct mn_failure *f)
{
    struct mn_place place = mn_report_place(mn_buf_str(&f->place));

    put_value(r, "    - ", "message", mn_buf_str(&f->message));
    put_value(r, "      ", "file", place.file);
    fprintf(r->out, "      line: %d\n", place.line);
    if (f->details.n > 0) {
        fputs("      details: |2\n", r->out); /* its first line is indented itself */
        mn_report_lines(r->out, "        ", mn_buf_str(&f->details));
    }
}

static void put_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                         const struct mn_outcome *outcome, double ms)
{
    bool ok = outcome == NULL || outcome->nfailures == 0;

    fprintf(r->out, "%s %d - ", ok ? "ok" : "not ok", number(r));
    put_plain(r, file);
    fputs(": ", r->out);
    put_plain(r, sc->name);
    if (outcome == NULL) {
        fputs(" # SKIP ", r->out);
        put_plain(r, sc->skip);
    }
    fputc('\n', r->out);
    if (ok)
        return;
    fprintf(r->out, "  ---\n  duration_ms: %.1f\n  failures:\n", ms);
    for (int i = 0; i < outcome->nfailures; i++)
        put_failure(r, &outcome->failures[i]);
    fputs("  ...\n", r->out);
}

static void put_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    fprintf(r->out, "not ok %d - ", number(r));
    put_plain(r, what);
    fputs(" could not be loaded\n  ---\n", r->out);
    put_value(r, "  ", "message", why);
    fputs("  ...\n", r->out);
}

static void put_end(struct mn_report *r)
{
    fprintf(r->out, "1..%d\n", number(r));
}

const struct mn_form mn_form_tap = {
    .begin = put_begin, .scenario = put_scenario, .broken = put_broken, .end = put_end};
