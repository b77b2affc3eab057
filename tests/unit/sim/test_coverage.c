/* test_coverage.c - what scenarios exercised of an app, and what they never did. */
#include "test.h"

#include "sim/coverage.h"
#include "sim/scenario.h"

#define APP MN_TEST_APPS "/desk"

struct world {
    struct mn_log log;
    struct mn_bundle *bundle;
    struct mn_scenarios *scenarios;
    struct mn_coverage *coverage;
    struct mn_buf text;
};

static void open_world(struct world *w, const char *file)
{
    struct mn_buf why = {0};

    *w = (struct world){.log = {.level = MN_LOG_OFF}};
    assert_int_equal(mn_bundle_load(&w->bundle, APP, &w->log, &why), 0);
    assert_int_equal(
        mn_scenarios_open(&w->scenarios,
                          &(struct mn_scenarios_settings){
                              .bundle = w->bundle, .path = file, .seed = 1, .coverage = true},
                          &why),
        0);
    w->coverage = mn_coverage_new();
    assert_non_null(w->coverage);
    mn_buf_free(&why);
}

static void close_world(struct world *w)
{
    mn_coverage_free(w->coverage);
    mn_scenarios_close(w->scenarios);
    mn_bundle_drop(w->bundle);
    mn_buf_free(&w->text);
}

static void add(struct world *w, const char *points)
{
    assert_int_equal(mn_coverage_add(w->coverage, w->bundle, mn_str(points)), 0);
}

static void plays(struct world *w, const char *name)
{
    struct mn_outcome outcome;

    for (int i = 0; i < mn_scenarios_count(w->scenarios); i++) {
        if (strcmp(mn_scenarios_at(w->scenarios, i)->name, name) != 0)
            continue;
        mn_scenarios_play(w->scenarios, i, 1, &outcome);
        mn_buf_add_byte(&outcome.coverage, '\0');
        add(w, outcome.coverage.p);
        mn_outcome_free(&outcome);
        return;
    }
    fail_msg("no scenario '%s'", name);
}

static void writes(struct world *w, const char *text)
{
    mn_buf_clear(&w->text);
    assert_int_equal(mn_coverage_write(w->coverage, &w->text), 0);
    assert_string_equal(w->text.p, text);
}

TEST(an_app_nobody_tried_has_all_its_points_named)
{
    struct world w;

    open_world(&w, APP "/scenarios/right.lua");
    assert_int_equal(mn_coverage_percent(w.coverage), 100);
    add(&w, "");
    assert_int_equal(mn_coverage_percent(w.coverage), 0);
    writes(&w, "coverage of desk: 0 of 11\n"
               "  never entered: Ada, Bob\n"
               "  never called: find, stumble, linger, chance\n"
               "  never went wrong: find, stumble, linger, chance\n"
               "  never taken: Ada -> Bob\n");
    close_world(&w);
}

TEST(what_scenarios_exercise_is_added_up)
{
    struct world w;

    open_world(&w, APP "/scenarios/right.lua");
    plays(&w, "a book is found");
    assert_int_equal(mn_coverage_percent(w.coverage), 18);
    plays(&w, "chance and time are the scenario's");
    plays(&w, "matchers say what strings cannot");
    writes(&w, "coverage of desk: 5 of 11\n"
               "  never called: stumble, linger\n"
               "  never went wrong: find, stumble, linger, chance\n");
    close_world(&w);
}

TEST(a_tool_that_errs_has_gone_wrong)
{
    struct world w;

    open_world(&w, APP "/scenarios/wrong.lua");
    plays(&w, "a tool fails and nobody expects it");
    writes(&w, "coverage of desk: 3 of 11\n"
               "  never entered: Bob\n"
               "  never called: find, linger, chance\n"
               "  never went wrong: find, linger, chance\n"
               "  never taken: Ada -> Bob\n");
    close_world(&w);
}

TEST(a_tool_that_takes_too_long_has_gone_wrong)
{
    struct world w;

    open_world(&w, APP "/scenarios/wrong.lua");
    plays(&w, "a tool takes too long");
    mn_buf_clear(&w.text);
    assert_int_equal(mn_coverage_write(w.coverage, &w.text), 0);
    assert_non_null(strstr(w.text.p, "never went wrong: find, stumble, chance\n"));
    close_world(&w);
}

TEST(all_points_reached_are_a_hundred_percent)
{
    struct world w;

    open_world(&w, APP "/scenarios/right.lua");
    add(&w, "agent Ada\nagent Bob\ntool find\ntool stumble\ntool chance\nhandoff Ada -> Bob\n"
            "failure of find\nfailure of stumble\nfailure of chance\nfailure of linger\ntool "
            "linger\nagent Nobody\nrubbish");
    assert_int_equal(mn_coverage_percent(w.coverage), 100);
    writes(&w, "coverage of desk: 11 of 11\n");
    close_world(&w);
}
