/* report.c - counts, hands what happened to the form asked for, and shows how far a run is. */
#include "sim/report_parts.h"

#include <stdlib.h>
#include <string.h>

#define QUIET_MS 1000 /* of a run that needs no progress */
#define SHOW_MS  100  /* between two lines of progress */

static const struct mn_form *const forms[] = {
    [MN_REPORT_HUMAN] = &mn_form_human,   [MN_REPORT_TAP] = &mn_form_tap,
    [MN_REPORT_JUNIT] = &mn_form_junit,   [MN_REPORT_JSON] = &mn_form_json,
    [MN_REPORT_GITHUB] = &mn_form_github,
};

void mn_report_lines(FILE *out, const char *indent, struct mn_str text)
{
    while (text.n > 0) {
        const char *end = memchr(text.p, '\n', text.n);
        size_t n = end != NULL ? (size_t)(end - text.p) : text.n;

        fprintf(out, "%s%.*s\n", indent, (int)n, text.p);
        text.p += end != NULL ? n + 1 : n;
        text.n -= end != NULL ? n + 1 : n;
    }
}

const char *mn_report_word(const struct mn_outcome *outcome)
{
    if (outcome == NULL)
        return "skipped";
    return outcome->nfailures == 0 ? "passed" : "failed";
}

struct mn_place mn_report_place(struct mn_str text)
{
    struct mn_place place = {.file = text};

    for (size_t i = text.n; i > 0; i--) {
        size_t digits = i;

        if (text.p[i - 1] != ':')
            continue;
        while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
            digits++;
        if (digits == i || digits - i > 9)
            continue;
        place.file.n = i - 1;
        for (; i < digits; i++)
            place.line = place.line * 10 + (text.p[i] - '0');
        break;
    }
    return place;
}

static void wipe(struct mn_report *r)
{
    if (r->shown)
        fputs("\r\033[K", r->progress);
    r->shown = false;
}

void mn_report_progress(struct mn_report *r, int done, int total, double now_ms)
{
    if (r->progress == NULL || now_ms < QUIET_MS || now_ms < r->told_ms + SHOW_MS)
        return;
    fprintf(r->progress, "\r\033[K%d of %d played", done, total);
    fflush(r->progress);
    r->told_ms = now_ms;
    r->shown = true;
}

void mn_report_begin(struct mn_report *r)
{
    for (; r != NULL; r = r->next) {
        if (forms[r->form]->begin != NULL)
            forms[r->form]->begin(r);
    }
}

void mn_report_file(struct mn_report *r, const char *file)
{
    for (; r != NULL; r = r->next) {
        wipe(r);
        if (forms[r->form]->file != NULL)
            forms[r->form]->file(r, file);
    }
}

void mn_report_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                        const struct mn_outcome *outcome, double ms)
{
    for (; r != NULL; r = r->next) {
        wipe(r);
        if (outcome == NULL)
            r->skipped++;
        else if (outcome->nfailures == 0)
            r->passed++;
        else
            r->failed++;
        forms[r->form]->scenario(r, file, sc, outcome, ms);
        fflush(r->out);
    }
}

void mn_report_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    for (; r != NULL; r = r->next) {
        wipe(r);
        r->failed++;
        forms[r->form]->broken(r, what, why);
    }
}

void mn_report_end(struct mn_report *r)
{
    for (; r != NULL; r = r->next) {
        wipe(r);
        if (forms[r->form]->end != NULL)
            forms[r->form]->end(r);
        fflush(r->out);
        mn_buf_free(&r->kept);
        mn_buf_free(&r->suite);
    }
}
