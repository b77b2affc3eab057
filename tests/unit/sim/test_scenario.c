/* test_scenario.c - the language of scenarios: what passes, and where and how what fails fails. */
#include "test.h"

#include "base/err.h"
#include "sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define APP MN_TEST_APPS "/desk"

struct file {
    struct mn_log log;
    struct mn_bundle *bundle;
    struct mn_scenarios *scenarios;
    struct mn_buf why;
    struct mn_outcome outcome;
};

static int open_file(struct file *f, const char *path)
{
    *f = (struct file){.log = {.level = MN_LOG_OFF}};
    assert_int_equal(mn_bundle_load(&f->bundle, APP, &f->log, &f->why), 0);
    return mn_scenarios_open(&f->scenarios,
                             &(struct mn_scenarios_settings){
                                 .bundle = f->bundle, .path = path, .seed = 1, .record = true},
                             &f->why);
}

static void close_file(struct file *f)
{
    mn_outcome_free(&f->outcome);
    mn_scenarios_close(f->scenarios);
    mn_bundle_drop(f->bundle);
    mn_buf_free(&f->why);
}

static void play(struct file *f, const char *name)
{
    int i = 0;

    while (i < mn_scenarios_count(f->scenarios) &&
           strcmp(mn_scenarios_at(f->scenarios, i)->name, name) != 0)
        i++;
    assert_true(i < mn_scenarios_count(f->scenarios));
    mn_outcome_free(&f->outcome);
    mn_scenarios_play(f->scenarios, i, 1, &f->outcome);
}

static void show(const struct mn_outcome *o)
{
    for (int i = 0; i < o->nfailures; i++)
        print_error("%s: %s\n%s\n", o->failures[i].place.p, o->failures[i].message.p,
                    o->failures[i].details.p != NULL ? o->failures[i].details.p : "");
}

static void passes(const char *name)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/right.lua"), 0);
    play(&f, name);
    show(&f.outcome);
    assert_int_equal(f.outcome.nfailures, 0);
    close_file(&f);
}

/* The line of the scenario in wrong.lua that is marked "fails here". */
static int marked_line(const char *name)
{
    FILE *file = fopen(APP "/scenarios/wrong.lua", "r");
    bool inside = false;
    char line[256];
    int n = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        n++;
        inside = inside || strstr(line, name) != NULL;
        if (inside && strstr(line, "-- fails here") != NULL)
            break;
    }
    fclose(file);
    return n;
}

/* The scenario of wrong.lua fails at its marked line, first of all with these words. */
static void fails(const char *name, const char *words)
{
    struct file f;
    char place[512];

    assert_int_equal(open_file(&f, APP "/scenarios/wrong.lua"), 0);
    play(&f, name);
    assert_true(f.outcome.nfailures > 0);
    snprintf(place, sizeof(place), "%s:%d", APP "/scenarios/wrong.lua", marked_line(name));
    assert_string_equal(f.outcome.failures[0].place.p, place);
    if (strstr(f.outcome.failures[0].message.p, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, f.outcome.failures[0].message.p);
    close_file(&f);
}

TEST(a_scenario_plays_the_real_call)
{
    passes("a book is found");
}

TEST(chance_time_and_caller_are_the_scenarios)
{
    passes("chance and time are the scenario's");
}

TEST(matchers_and_rules_say_what_lines_cannot)
{
    passes("matchers say what strings cannot");
}

TEST(what_is_expected_gives_what_was_found)
{
    passes("what is expected gives what was found");
}

TEST(the_same_verbs_work_as_data)
{
    passes("as data");
}

TEST(a_file_lists_its_scenarios_with_tags_and_reasons_to_skip)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/right.lua"), 0);
    assert_int_equal(mn_scenarios_count(f.scenarios), 6);
    assert_string_equal(mn_scenarios_at(f.scenarios, 0)->tags, "book http");
    assert_null(mn_scenarios_at(f.scenarios, 0)->skip);
    assert_string_equal(mn_scenarios_at(f.scenarios, 4)->skip, "the library is closed");
    assert_string_equal(mn_scenarios_at(f.scenarios, 5)->name, "as data");
    close_file(&f);
}

TEST(a_scenario_gives_the_same_record_each_time)
{
    struct file f;
    struct mn_buf first;

    assert_int_equal(open_file(&f, APP "/scenarios/right.lua"), 0);
    play(&f, "chance and time are the scenario's");
    first = f.outcome.record;
    f.outcome.record = (struct mn_buf){0};
    assert_true(first.n > 1000);
    play(&f, "a book is found"); /* what ran between does not matter */
    play(&f, "chance and time are the scenario's");
    assert_true(mn_str_same(mn_buf_str(&first), mn_buf_str(&f.outcome.record)));
    mn_buf_free(&first);
    close_file(&f);
}

TEST(a_missing_line_is_told_with_the_line_to_add)
{
    fails("no line answers the caller", "model:says \"...\"");
}

TEST(an_unexpected_request_is_told_with_the_rule_to_add)
{
    fails("no line answers a request", "app.http:on(\"GET /books\"):replies { json = {} }");
}

TEST(a_line_never_spoken_fails)
{
    fails("a line is never spoken", "model:says \"No.\"");
}

TEST(other_words_are_shown_beside_those_expected)
{
    fails("other words were heard",
          "expected to hear \"never\" within 5 s; heard \"Yes.\" from 2.3");
}

TEST(words_from_before_the_last_action_do_not_count)
{
    fails("the words were heard before", "expected to hear \"library\"");
}

TEST(after_refuses_what_came_before)
{
    fails("it came too early", "not before 4 s");
}

TEST(a_field_that_differs_is_named)
{
    fails("a field differs", "output.id: 8, not 7");
}

TEST(expect_no_holds_to_the_end)
{
    fails("what must not be said is said", "expected not to hear \"no\"");
}

TEST(a_handoff_nobody_takes_suggests_the_nearest)
{
    fails("nobody takes that handoff", "did you mean 'Bob'?");
}

TEST(an_unknown_verb_suggests_the_nearest)
{
    fails("the verb is misspelt", "there is no caller:say (did you mean 'says'?)");
}

TEST(silence_that_is_owed_an_answer_fails)
{
    fails("a tool leaves the caller in silence",
          "the caller is owed an answer and has heard nothing for 5 s, from 1.85 s on; find runs");
    fails("an answer fails and nobody says so", "an answer is owed");
}

TEST(an_event_the_simulator_refuses_fails)
{
    fails("the simulator refuses an event", "the simulator refused an event at");
}

TEST(an_error_nobody_expects_fails)
{
    fails("a tool fails and nobody expects it", "an error was logged at");
}

TEST(an_error_of_the_scenarios_own_is_a_failure)
{
    fails("the scenario itself errs", "nil value");
}

TEST(an_endless_scenario_is_ended)
{
    fails("the scenario never ends", "without an end");
}

TEST(a_scenario_that_eats_memory_is_ended)
{
    fails("the scenario eats memory", "not enough memory");
}

TEST(a_call_that_is_over_takes_no_words)
{
    fails("the call is over", "the call is over");
}

TEST(an_unknown_agent_to_start_with_fails)
{
    fails("no such agent", "no agent 'Eve'");
}

TEST(a_floor_that_is_never_free_ends_the_scenario)
{
    fails("the floor is never free", "the agent speaks");
}

TEST(a_late_answer_fails_whenever_it_is_looked_at)
{
    fails("the answer comes late", "after the caller's words within 800 ms; nothing was heard");
    fails("the answer came late, before anybody looked", "within 200 ms; it came after 510 ms");
}

TEST(overlap_is_bounded_from_both_sides)
{
    fails("both speak at once for too long", "less than 20 ms; it was 40 ms");
    fails("nobody spoke at once", "more than 100 ms; it was 0 ms");
    fails("an overlap without a bound", "expected { below = \"60ms\" }");
}

TEST(silence_that_lasts_fails_at_its_millisecond)
{
    fails("nobody speaks for too long", "no silence of more than 2 s; it has lasted 2001 ms");
}

TEST(a_failure_shows_the_time_line)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/wrong.lua"), 0);
    play(&f, "a field differs");
    assert_non_null(strstr(f.outcome.failures[0].details.p, "caller  says \"Have you got Dune?\""));
    assert_non_null(strstr(f.outcome.failures[0].details.p, "tool    find gave {\"id\":8}"));
    assert_non_null(
        strstr(f.outcome.failures[0].details.p, "net     GET /books?title=dune -> 200"));
    assert_non_null(strstr(f.outcome.failures[0].details.p, ">>>"));
    close_file(&f);
}

TEST(a_failure_shows_the_authors_own_traceback)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/wrong.lua"), 0);
    play(&f, "a helper fails");
    assert_non_null(strstr(f.outcome.failures[0].message.p, "expected to hear \"never\""));
    assert_non_null(strstr(f.outcome.failures[0].details.p, "wrong.lua:"));
    play(&f, "a helper errs");
    assert_non_null(strstr(f.outcome.failures[0].details.p, "wrong.lua:"));
    assert_null(strstr(f.outcome.failures[0].details.p, "lua/myna"));
    close_file(&f);
}

TEST(a_failure_shows_who_left_the_caller_in_silence)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/wrong.lua"), 0);
    play(&f, "a tool leaves the caller in silence");
    assert_non_null(strstr(f.outcome.failures[0].details.p, "tool    find {}"));
    assert_non_null(
        strstr(f.outcome.failures[0].details.p, "net     GET /books?title=dune -> stalls"));
    assert_non_null(strstr(f.outcome.failures[0].details.p, ">>>    6850"));
    close_file(&f);
}

TEST(a_file_that_does_not_load_says_where)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/broken.lua"), MN_ESCRIPT);
    assert_non_null(strstr(f.why.p, "broken.lua:4: scenario 'an option is misspelt'"));
    assert_non_null(strstr(f.why.p, "did you mean 'tags'?"));
    close_file(&f);
}

TEST(scenarios_may_be_json)
{
    struct file f;

    assert_int_equal(open_file(&f, MN_TEST_APPS "/wrong_data.json"), 0);
    play(&f, "data that is wrong");
    assert_int_equal(f.outcome.nfailures, 1);
    assert_string_equal(f.outcome.failures[0].place.p, MN_TEST_APPS "/wrong_data.json:2 (step 3)");
    assert_non_null(strstr(f.outcome.failures[0].message.p, "expected to hear \"never\""));
    close_file(&f);
}

/* Plays the only scenario of path; the first failure's words, or "". */
static void plays_snapshot(const char *path, bool update, const char *words)
{
    struct file f = {.log = {.level = MN_LOG_OFF}};

    assert_int_equal(mn_bundle_load(&f.bundle, APP, &f.log, &f.why), 0);
    assert_int_equal(
        mn_scenarios_open(&f.scenarios,
                          &(struct mn_scenarios_settings){
                              .bundle = f.bundle, .path = path, .seed = 1, .update = update},
                          &f.why),
        0);
    mn_scenarios_play(f.scenarios, 0, 1, &f.outcome);
    if (words[0] == '\0')
        show(&f.outcome);
    assert_int_equal(f.outcome.nfailures, words[0] != '\0');
    if (words[0] != '\0')
        assert_non_null(strstr(f.outcome.failures[0].message.p, words));
    close_file(&f);
}

static void write_snapshot_file(const char *path, const char *words)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fprintf(file,
            "require('myna.test').scenario('golden', { snapshot = true }, function(caller, model)\n"
            "  caller:says 'Dune?'\n  model:says '%s'\nend)\n",
            words);
    fclose(file);
}

TEST(a_snapshot_fails_when_something_else_happens)
{
    char folder[] = "/tmp/myna-golden-XXXXXX", path[128], command[128];

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/golden.lua", folder);
    write_snapshot_file(path, "Yes.");
    plays_snapshot(path, false, "--update writes it");
    snprintf(command, sizeof(command), "%s/snapshots", folder);
    assert_int_equal(access(command, F_OK), -1); /* looking made nothing */
    plays_snapshot(path, true, "");
    plays_snapshot(path, false, "");
    write_snapshot_file(path, "No.");
    plays_snapshot(path, false, "the record differs from");
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

TEST(a_file_that_is_not_there_says_so)
{
    struct file f;

    assert_int_equal(open_file(&f, APP "/scenarios/none.lua"), -2);
    assert_non_null(strstr(f.why.p, "none.lua"));
    close_file(&f);
}
