/* report_human.c - the form for people: a line a scenario, a failure with what happened. */
#include "sim/report_parts.h"

enum paint { PLAIN, GREEN, RED, YELLOW };

/* Eight columns, so that names stand below each other. */
static void put_word(struct mn_report *r, enum paint paint, const char *word)
{
    static const char *const codes[] = {"", "\033[32m", "\033[31m", "\033[33m"};

    fprintf(r->out, "  %s%-7s%s  ", r->colour ? codes[paint] : "", word,
            r->colour ? "\033[0m" : "");
}

static void put_file(struct mn_report *r, const char *file)
{
    fprintf(r->out, "%s\n", file);
}

static void put_failure(FILE *out, const struct mn_failure *f)
{
    struct mn_buf line = {0};

    mn_buf_addf(&line, "%.*s: %.*s", MN_FMT(mn_buf_str(&f->place)),
                MN_FMT(mn_buf_str(&f->message)));
    mn_report_lines(out, "      ", mn_buf_str(&line));
    mn_report_lines(out, "      ", mn_buf_str(&f->details));
    mn_buf_free(&line);
}

static void put_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                         const struct mn_outcome *outcome, double ms)
{
    (void)file;
    if (outcome == NULL) {
        put_word(r, YELLOW, "skipped");
        fprintf(r->out, "%s (%s)\n", sc->name, sc->skip);
        return;
    }
    put_word(r, outcome->nfailures == 0 ? GREEN : RED, outcome->nfailures == 0 ? "ok" : "not ok");
    fprintf(r->out, "%s (%.1f ms)\n", sc->name, ms);
    for (int i = 0; i < outcome->nfailures; i++)
        put_failure(r->out, &outcome->failures[i]);
}

static void put_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    put_word(r, RED, "not ok");
    fprintf(r->out, "%s could not be loaded\n", what);
    mn_report_lines(r->out, "      ", why);
}

/* When nothing was played, whoever asked for it says why. */
static void put_end(struct mn_report *r)
{
    if (r->passed + r->failed + r->skipped == 0)
        return;
    fprintf(r->out, "%d passed, %d failed", r->passed, r->failed);
    if (r->skipped > 0)
        fprintf(r->out, ", %d skipped", r->skipped);
    fputc('\n', r->out);
}

const struct mn_form mn_form_human = {
    .file = put_file, .scenario = put_scenario, .broken = put_broken, .end = put_end};
