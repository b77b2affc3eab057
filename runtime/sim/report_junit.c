/* report_junit.c - JUnit's XML, as CI servers read it: a suite a file, a case a scenario.
 *
 * What is written fits the schemas in use, Ant's and Jenkins': all that the strict one demands, no
 * attribute one of them does not know, one failure a case. What they have in common is
 * tests/scenarios/reports/junit.xsd. A failure is what a scenario found; an error is what kept one
 * from being played. Since counts come first, the cases of a file are kept until it is over. */
#include "sim/report_parts.h"

#include "base/utf8.h"

#include <time.h>

/* Whether XML 1.0 has a place for the character of n bytes at p: all but most control characters,
 * U+FFFE and U+FFFF. n is 0 where no character is. */
static bool has_place(const char *p, size_t n)
{
    if (n <= 1)
        return n == 1 && (*p == '\n' || *p == '\t' || (unsigned char)*p >= 0x20);
    return n != 3 || (memcmp(p, "\xef\xbf\xbe", n) != 0 && memcmp(p, "\xef\xbf\xbf", n) != 0);
}

/* Text of an element or attribute; what has no place is written as \x and its byte. */
static void put_text(struct mn_buf *out, struct mn_str text)
{
    for (size_t i = 0, n; i<text.n; i += n> 0 ? n : 1) {
        unsigned char c = (unsigned char)text.p[i];

        n = mn_utf8_size((struct mn_str){text.p + i, text.n - i});
        n = has_place(text.p + i, n) ? n : 0;
        if (n == 0)
            mn_buf_addf(out, "\\x%02x", c);
        else if (c == '&')
            mn_buf_add_text(out, "&amp;");
        else if (c == '<')
            mn_buf_add_text(out, "&lt;");
        else if (c == '>')
            mn_buf_add_text(out, "&gt;");
        else if (c == '"')
            mn_buf_add_text(out, "&quot;");
        else
            mn_buf_add(out, text.p + i, n);
    }
}

static void put_attribute(struct mn_buf *out, const char *name, struct mn_str value)
{
    mn_buf_addf(out, " %s=\"", name);
    put_text(out, value);
    mn_buf_add_byte(out, '"');
}

static void put_head(struct mn_report *r)
{
    time_t now = time(NULL);
    char stamp[sizeof("2026-01-05T10:00:00")];
    struct mn_buf head = {0};
    struct tm tm;

    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now, &tm));
    mn_buf_add_text(&head, "  <testsuite");
    put_attribute(&head, "name", mn_buf_str(&r->suite));
    mn_buf_addf(&head, " package=\"myna\" id=\"%d\" timestamp=\"%s\" hostname=\"localhost\"",
                r->suites++, stamp);
    mn_buf_addf(
        &head, " tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%.3f\">\n",
        r->count.tests, r->count.failures, r->count.errors, r->count.skipped, r->count.ms / 1000);
    fprintf(r->out, "%.*s    <properties/>\n", MN_FMT(mn_buf_str(&head)));
    mn_buf_free(&head);
}

static void flush(struct mn_report *r)
{
    if (r->suite.n == 0)
        return;
    put_head(r);
    fprintf(r->out, "%.*s    <system-out/>\n    <system-err/>\n  </testsuite>\n",
            MN_FMT(mn_buf_str(&r->kept)));
    mn_buf_clear(&r->kept);
    mn_buf_clear(&r->suite);
    r->count = (struct mn_report_count){0};
}

static void put_begin(struct mn_report *r)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", r->out);
}

static void put_file(struct mn_report *r, const char *file)
{
    flush(r);
    mn_buf_add_text(&r->suite, file);
}

static void open_case(struct mn_report *r, const char *name, double ms)
{
    mn_buf_add_text(&r->kept, "    <testcase");
    put_attribute(&r->kept, "name", mn_str(name));
    put_attribute(&r->kept, "classname", mn_buf_str(&r->suite));
    mn_buf_addf(&r->kept, " time=\"%.3f\"", ms / 1000);
    r->count.tests++;
    r->count.ms += ms;
}

/* element: "failure" or "error". */
static void open_fault(struct mn_report *r, const char *element, struct mn_str message,
                       const char *type)
{
    mn_buf_addf(&r->kept, ">\n      <%s", element);
    put_attribute(&r->kept, "message", message);
    mn_buf_addf(&r->kept, " type=\"%s\">", type);
}

static void close_fault(struct mn_report *r, const char *element)
{
    mn_buf_addf(&r->kept, "</%s>\n    </testcase>\n", element);
}

static void put_failures(struct mn_report *r, const struct mn_outcome *outcome)
{
    const char *element = outcome->crashed ? "error" : "failure";

    open_fault(r, element, mn_buf_str(&outcome->failures[0].message),
               outcome->crashed ? "crash" : "expectation");
    for (int i = 0; i < outcome->nfailures; i++) {
        const struct mn_failure *f = &outcome->failures[i];

        put_text(&r->kept, mn_buf_str(&f->place));
        mn_buf_add_text(&r->kept, ": ");
        put_text(&r->kept, mn_buf_str(&f->message));
        mn_buf_add_byte(&r->kept, '\n');
        put_text(&r->kept, mn_buf_str(&f->details));
        mn_buf_add_byte(&r->kept, '\n');
    }
    close_fault(r, element);
    r->count.errors += outcome->crashed;
    r->count.failures += !outcome->crashed;
}

static void put_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                         const struct mn_outcome *outcome, double ms)
{
    (void)file;
    open_case(r, sc->name, ms);
    if (outcome == NULL) {
        r->count.skipped++;
        mn_buf_add_text(&r->kept, ">\n      <skipped/>\n    </testcase>\n");
    } else if (outcome->nfailures == 0) {
        mn_buf_add_text(&r->kept, "/>\n");
    } else {
        put_failures(r, outcome);
    }
}

static void put_broken(struct mn_report *r, const char *what, struct mn_str why)
{
    if (!mn_str_is(mn_buf_str(&r->suite), what))
        put_file(r, what);
    open_case(r, "the file loads", 0);
    r->count.errors++;
    open_fault(r, "error", MN_STR("it could not be loaded"), "load");
    put_text(&r->kept, why);
    close_fault(r, "error");
}

static void put_end(struct mn_report *r)
{
    flush(r);
    fputs("</testsuites>\n", r->out);
}

const struct mn_form mn_form_junit = {.begin = put_begin,
                                      .file = put_file,
                                      .scenario = put_scenario,
                                      .broken = put_broken,
                                      .end = put_end};
