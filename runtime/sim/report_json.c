/* report_json.c - JSON lines: an object a scenario, as it ends, and one of counts at the end. */
#include "base/json_write.h"
#include "sim/report_parts.h"

static void put_line(struct mn_report *r, struct mn_buf *line)
{
    fprintf(r->out, "%.*s\n", MN_FMT(mn_buf_str(line)));
    mn_buf_free(line);
}

static void write_place(struct mn_writer *w, struct mn_str text)
{
    struct mn_place place = mn_report_place(text);

    mn_write_str(w, "file", place.file);
    mn_write_int(w, "line", place.line);
}

static void write_tags(struct mn_writer *w, const char *tags)
{
    mn_write_open(w, "tags", '[');
    while (*tags != '\0') {
        size_t n = strcspn(tags, " ");

        mn_write_str(w, NULL, (struct mn_str){tags, n});
        tags += tags[n] == ' ' ? n + 1 : n;
    }
    mn_write_close(w);
}

static void write_failures(struct mn_writer *w, const struct mn_outcome *outcome)
{
    mn_write_open(w, "failures", '[');
    for (int i = 0; i < outcome->nfailures; i++) {
        const struct mn_failure *f = &outcome->failures[i];

        mn_write_open(w, NULL, '{');
        write_place(w, mn_buf_str(&f->place));
        mn_write_str(w, "message", mn_buf_str(&f->message));
        mn_write_str(w, "details", mn_buf_str(&f->details));
        mn_write_close(w);
    }
    mn_write_close(w);
}

static void put_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                         const struct mn_outcome *outcome, double ms)
{
    struct mn_buf line = {0};
    struct mn_writer w = mn_writer(&line);

    (void)file;
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "name", sc->name);
    write_place(&w, mn_str(sc->place));
    write_tags(&w, sc->tags);
    mn_write_text(&w, "status", mn_report_word(outcome));
    if (outcome == NULL) {
        mn_write_text(&w, "reason", sc->skip);
    } else {
        mn_write_num(&w, "real_ms", (double)(int64_t)(ms * 1000) / 1000);
        mn_write_int(&w, "call_ms", outcome->call_ms);
        write_failures(&w, outcome);
    }
    mn_write_close(&w);
    put_line(r, &line);
}

static void put_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    struct mn_buf line = {0};
    struct mn_writer w = mn_writer(&line);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "file", what);
    mn_write_text(&w, "status", "failed");
    mn_write_str(&w, "message", why);
    mn_write_close(&w);
    put_line(r, &line);
}

static void put_end(struct mn_report *r)
{
    struct mn_buf line = {0};
    struct mn_writer w = mn_writer(&line);

    mn_write_open(&w, NULL, '{');
    mn_write_int(&w, "passed", r->passed);
    mn_write_int(&w, "failed", r->failed);
    mn_write_int(&w, "skipped", r->skipped);
    mn_write_close(&w);
    put_line(r, &line);
}

const struct mn_form mn_form_json = {
    .scenario = put_scenario, .broken = put_broken, .end = put_end};
