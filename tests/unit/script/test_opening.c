/* test_opening.c - on.call_start (R68): what it may give, and what an author reads who gave
 * something else. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#define EVENT MN_STR("{\"agent\":\"A\",\"session\":\"sess_test\"}")

static struct world w;

/* An app whose on.call_start has this body, from line 4 on. */
static void app(const char *body)
{
    struct mn_buf page = {0};

    mn_buf_addf(&page,
                "local myna = require 'myna'\n"
                "local b = myna.agent { name = 'Billing' }\n"
                "local function start(event, ctx)\n%s\nend\n"
                "return myna.app { agent = myna.agent { name = 'A' }, agents = { b },\n"
                "  on = { call_start = start } }\n",
                body);
    world_open(&w);
    world_file(&w, "agent.lua", page.p);
    mn_buf_free(&page);
    if (world_load(&w) != 0)
        fail_msg("%s", world_text(&w.why));
    assert_true(mn_bundle_spec(w.bundle)->hears_start);
    world_call(&w);
}

static int start(void)
{
    assert_int_equal(mn_state_run(w.state, 3, MN_JOB_CALL_START, 0, -1, "", EVENT), 0);
    world_advance(&w, 0);
    return w.results[3].err;
}

TEST(R68_what_call_start_gives_says_who_answers)
{
    const struct {
        const char *body, *agent;
    } rows[] = {
        {"return 'Billing'", "Billing"}, {"return b", "Billing"}, {"return event.agent", "A"},
        {"ctx.state.seen = true", ""},   {"return true", ""},     {"return nil", ""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        app(rows[i].body);
        assert_int_equal(start(), 0);
        assert_string_equal(world_text(&w.results[3].text), rows[i].agent);
        assert_string_equal(world_text(&w.logged), "");
        world_close(&w);
    }
}

TEST(R68_false_turns_the_caller_away_and_the_log_has_the_reason)
{
    const struct {
        const char *body, *reason;
    } rows[] = {
        {"return false, 'they are blocked'", "reason=\"they are blocked\""},
        {"return false", "reason=\"none was given\""},
        {"return false, { code = 3 }", "reason=\"none in words, but a table\""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        app(rows[i].body);
        assert_int_equal(start(), MN_EREFUSED);
        world_has(&w.logged, "the caller is turned away");
        world_has(&w.logged, rows[i].reason);
        world_close(&w);
    }
}

TEST(R68_what_cannot_be_used_is_told_with_the_line)
{
    const struct {
        const char *body, *words;
    } rows[] = {
        {"return 'Biling'", "on.call_start: 'A' answers error=\"app/agent.lua:3: it gave 'Biling', "
                            "but there is no such agent (did you mean 'Billing'?)\""},
        {"return 7", "app/agent.lua:3: it gave a number; expected an agent's name, or false and a "
                     "reason to turn the caller away"},
        {"return {}", "app/agent.lua:3: it gave a table; expected an agent's name"},
        {"return nil, 'they are blocked'",
         "app/agent.lua:3: it gave nil and a reason; to turn the caller away, give false and a "
         "reason"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        app(rows[i].body);
        assert_int_equal(start(), 0);
        assert_string_equal(world_text(&w.results[3].text), "");
        world_has(&w.logged, rows[i].words);
        world_close(&w);
    }
}

TEST(R68_an_error_in_it_is_in_the_log_and_no_answer)
{
    app("local tenant\nreturn tenant.agent");
    assert_int_equal(start(), MN_ESCRIPT);
    world_has(&w.logged, "on.call_start failed: 'A' answers");
    world_has(&w.logged, "app/agent.lua:5: attempt to index a nil value (local 'tenant')");
    world_close(&w);
}

TEST(R68_one_that_loops_is_stopped)
{
    app("while true do end");
    assert_int_equal(start(), MN_ELIMIT);
    world_close(&w);
}

TEST(R68_it_may_wait_and_its_requests_end_within_its_time)
{
    app("local res = myna.http.get 'http://x.test/'\n"
        "ctx.state.why = res.err and res.err.code\nreturn 'Billing'");
    start();
    assert_false(w.results[3].set);
    assert_int_equal(w.asks[0].total_ms, 2900);
    world_close(&w);
}

TEST(R68_it_runs_as_a_job_and_the_event_after_it_is_for_on_enter)
{
    app("print 'once'");
    assert_false(mn_state_wants(w.state, MN_NOTE_CALL_START));
    start();
    mn_state_note(w.state, MN_NOTE_CALL_START, EVENT);
    world_advance(&w, 0);
    world_has(&w.logged, "once");
    assert_null(strstr(strstr(world_text(&w.logged), "once") + 4, "once"));
    world_close(&w);
}

TEST(R68_a_check_cannot_know_whom_call_start_names_and_says_so)
{
    struct mn_buf tree = {0};

    app("return 'Billing'");
    assert_int_equal(mn_bundle_warnings(w.bundle).n, 0);
    assert_int_equal(mn_bundle_tree(w.bundle, &tree), 0);
    world_has(&tree, "A, answers unless on.call_start names another\n");
    mn_buf_free(&tree);
    world_close(&w);
}
