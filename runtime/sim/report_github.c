/* report_github.c - annotations for GitHub Actions ("workflow commands"): one a failure, at the
 * line of the scenario that expected something else. */
#include "sim/report_parts.h"

/* % and ends of lines are escaped everywhere, what parts properties in those too. */
static void put_escaped(FILE *out, struct mn_str text, const char *special)
{
    for (size_t i = 0; i < text.n; i++) {
        if (strchr(special, text.p[i]) != NULL && text.p[i] != '\0')
            fprintf(out, "%%%02X", (unsigned char)text.p[i]);
        else
            fputc(text.p[i], out);
    }
}

static void put_error(struct mn_report *r, struct mn_place place, const char *title,
                      struct mn_str message, struct mn_str details)
{
    fputs("::error file=", r->out);
    put_escaped(r->out, place.file, "%\r\n:,");
    if (place.line > 0)
        fprintf(r->out, ",line=%d", place.line);
    fputs(",title=", r->out);
    put_escaped(r->out, mn_str(title), "%\r\n:,");
    fputs("::", r->out);
    put_escaped(r->out, message, "%\r\n");
    if (details.n > 0)
        fputs("%0A", r->out);
    put_escaped(r->out, details, "%\r\n");
    fputc('\n', r->out);
}

static void put_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                         const struct mn_outcome *outcome, double ms)
{
    (void)file, (void)ms;
    for (int i = 0; outcome != NULL && i < outcome->nfailures; i++)
        put_error(r, mn_report_place(mn_buf_str(&outcome->failures[i].place)), sc->name,
                  mn_buf_str(&outcome->failures[i].message),
                  mn_buf_str(&outcome->failures[i].details));
}

static void put_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    const char *end = why.n > 0 ? memchr(why.p, ':', why.n) : NULL;
    struct mn_place place = {.file = mn_str(what)};

    if (end != NULL) /* "file:line: sentence" */
        place = mn_report_place(
            (struct mn_str){why.p, (size_t)(end - why.p) + 1 + strspn(end + 1, "0123456789")});
    put_error(r, place.line > 0 ? place : (struct mn_place){.file = mn_str(what)},
              "could not be loaded", why, (struct mn_str){0});
}

static void put_end(struct mn_report *r)
{
    mn_form_human.end(r);
}

const struct mn_form mn_form_github = {
    .scenario = put_scenario, .broken = put_broken, .end = put_end};
