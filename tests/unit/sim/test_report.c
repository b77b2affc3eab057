/* test_report.c - the forms of a report, of a passed, a failed and a skipped scenario and a broken
 * file with all that needs escaping. */
#include "test.h"

#include "sim/report_parts.h"

#include <stdlib.h>

static struct mn_buf text_of(const char *text)
{
    struct mn_buf buf = {0};

    mn_buf_add_text(&buf, text);
    return buf;
}

/* Writes the report of four things in a form; owned. */
static char *written(enum mn_report_form form, bool colour)
{
    static const struct mn_scenario right = {
        .name = "it \"works\" & <goes> #1", .tags = "a b", .place = "app/scenarios/x.lua:3"};
    static const struct mn_scenario wrong = {
        .name = "it, fails: 100%", .tags = "", .place = "app/scenarios/x.lua:9"};
    static const struct mn_scenario later = {
        .name = "not yet", .skip = "too \"early\"", .tags = "", .place = "app/scenarios/x.lua:20"};
    struct mn_outcome passed = {.call_ms = 1500}, failed = {.nfailures = 1, .call_ms = 20};
    struct mn_report r = {.form = form, .colour = colour};
    char *text = NULL;
    size_t n;

    r.out = open_memstream(&text, &n);
    assert_non_null(r.out);
    failed.failures[0] = (struct mn_failure){.place = text_of("app/scenarios/x.lua:12 (step 2)"),
                                             .message = text_of("expected \"a\" & <b>\n  add it"),
                                             .details = text_of("      1  one\n>>>   2  \x01 two")};
    mn_report_begin(&r);
    mn_report_file(&r, "app/scenarios/x.lua");
    mn_report_scenario(&r, "app/scenarios/x.lua", &right, &passed, 1.25);
    mn_report_scenario(&r, "app/scenarios/x.lua", &wrong, &failed, 2.5);
    mn_report_scenario(&r, "app/scenarios/x.lua", &later, NULL, 0);
    mn_report_file(&r, "app/scenarios/y.lua");
    mn_report_broken(&r, "app/scenarios/y.lua", MN_STR("app/scenarios/y.lua:4: no <such> thing"));
    mn_report_end(&r);
    fclose(r.out);
    mn_outcome_free(&failed);
    return text;
}

static void says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

TEST(people_see_a_line_a_scenario_and_the_failure_below)
{
    char *text = written(MN_REPORT_HUMAN, false);

    says(text, "app/scenarios/x.lua\n  ok       it \"works\" & <goes> #1 (1.2 ms)\n");
    says(text,
         "  not ok   it, fails: 100% (2.5 ms)\n      app/scenarios/x.lua:12 (step 2): expected");
    says(text, "  skipped  not yet (too \"early\")\n");
    says(text, "\n1 passed, 2 failed, 1 skipped\n");
    assert_null(strchr(text, '\033'));
    free(text);
}

TEST(a_terminal_gets_colour)
{
    char *text = written(MN_REPORT_HUMAN, true);

    says(text, "  \033[32mok     \033[0m  it");
    says(text, "  \033[31mnot ok \033[0m  it");
    free(text);
}

TEST(tap_14_has_a_version_a_plan_and_yaml)
{
    char *text = written(MN_REPORT_TAP, false);

    assert_ptr_equal(strstr(text, "TAP version 14\nok 1 - app/scenarios/x.lua: it "), text);
    says(text, "it \"works\" & <goes> \\#1\nnot ok 2 - ");
    says(text, "\n  ---\n  duration_ms: 2.5\n  failures:\n    - message: \"expected \\\"a\\\"");
    says(text, "\n      line: 12\n      details: |2\n              1  one\n        >>>   2");
    says(text, "\n  ...\nok 3 - app/scenarios/x.lua: not yet # SKIP too \"early\"\nnot ok 4 - ");
    says(text, "\n1..4\n");
    free(text);
}

/* That tags are closed by their own names, and no text holds what would be one. */
static void is_well_formed(const char *xml)
{
    char names[8][32];
    int depth = 0;

    xml = strstr(xml, "?>") + 2;
    while ((xml = strchr(xml, '<')) != NULL) {
        const char *end = strchr(xml, '>');
        size_t n = strcspn(xml + 1, " />");

        assert_non_null(end);
        if (xml[1] == '/') {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(strncmp(xml + 2, names[depth], strlen(names[depth])), 0);
        } else if (end[-1] != '/') {
            assert_true(depth < 8 && n < sizeof(names[0]));
            snprintf(names[depth++], sizeof(names[0]), "%.*s", (int)n, xml + 1);
        }
        xml = end;
    }
    assert_int_equal(depth, 0);
}

TEST(junit_has_what_the_strict_schema_demands)
{
    char *text = written(MN_REPORT_JUNIT, false);

    is_well_formed(text);
    says(text, "<testsuite name=\"app/scenarios/x.lua\" package=\"myna\" id=\"0\" timestamp=\"20");
    says(text, "hostname=\"localhost\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\"");
    says(text,
         "time=\"0.004\">\n    <properties/>\n    <testcase name=\"it &quot;works&quot; &amp; "
         "&lt;goes&gt; #1\" classname=\"app/scenarios/x.lua\" time=\"0.001\"/>");
    says(text, "<failure message=\"expected &quot;a&quot; &amp; &lt;b&gt;\n  add it\" "
               "type=\"expectation\">app/scenarios/x.lua:12");
    says(text, "\\x01 two");
    says(text, "<skipped/>");
    says(text, "id=\"1\"");
    says(text, "<system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n");
    free(text);
}

TEST(json_lines_are_an_object_each)
{
    static const char *const last[] = {"failures", "failures", "reason", "message", "skipped"};
    char *text = written(MN_REPORT_JSON, false), *rest = text, *line;
    int n = 0;

    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        assert_int_equal(line[0], '{');
        assert_int_equal(line[strlen(line) - 1], '}');
        says(line, last[n++]);
    }
    assert_int_equal(n, 5);
    free(text);
}

TEST(github_gets_an_annotation_at_the_line)
{
    char *text = written(MN_REPORT_GITHUB, false);

    says(text, "::error file=app/scenarios/x.lua,line=12,title=it%2C fails%3A 100%25::expected "
               "\"a\" & <b>%0A  add it%0A      1  one%0A>>>");
    says(text, "::error file=app/scenarios/y.lua,line=4,title=could not be loaded::");
    says(text, "1 passed, 2 failed, 1 skipped\n");
    free(text);
}

TEST(a_second_form_is_told_the_same)
{
    static const struct mn_scenario sc = {.name = "one", .tags = "", .place = "x.lua:1"};
    struct mn_outcome passed = {0};
    struct mn_report file = {.form = MN_REPORT_TAP}, r = {.next = &file};
    char *texts[2] = {NULL, NULL};
    size_t n[2];

    r.out = open_memstream(&texts[0], &n[0]);
    file.out = open_memstream(&texts[1], &n[1]);
    mn_report_begin(&r);
    mn_report_scenario(&r, "x.lua", &sc, &passed, 1);
    mn_report_end(&r);
    fclose(r.out);
    fclose(file.out);
    says(texts[0], "1 passed, 0 failed\n");
    says(texts[1], "ok 1 - x.lua: one\n1..1\n");
    free(texts[0]);
    free(texts[1]);
}

TEST(progress_is_shown_on_long_runs_and_wiped_by_a_line)
{
    struct mn_report r = {0};
    char *out = NULL, *terminal = NULL;
    size_t n, m;

    r.out = open_memstream(&out, &n);
    r.progress = open_memstream(&terminal, &m);
    mn_report_progress(&r, 1, 9, 900);
    mn_report_progress(&r, 2, 9, 1100);
    mn_report_progress(&r, 3, 9, 1150);
    mn_report_file(&r, "x.lua");
    fclose(r.progress);
    fclose(r.out);
    assert_string_equal(terminal, "\r\033[K2 of 9 played\r\033[K");
    free(out);
    free(terminal);
}

TEST(a_place_is_a_file_and_a_line)
{
    struct mn_place place = mn_report_place(MN_STR("a:b/c.lua:17 (step 3)"));

    assert_true(mn_str_is(place.file, "a:b/c.lua"));
    assert_int_equal(place.line, 17);
    place = mn_report_place(MN_STR("?"));
    assert_true(mn_str_is(place.file, "?"));
    assert_int_equal(place.line, 0);
}
