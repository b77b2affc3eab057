/* test_opening.c - on.call_start (R68): what it may give, and what an author reads who gave
 * something else; and the prelude's tools (R69). */
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

TEST(R68_what_would_wait_for_its_own_end_is_told)
{
    app("ctx:collect_digits { max = 4 }");
    assert_int_not_equal(start(), 0);
    world_has(&w.logged, "app/agent.lua:4: ctx:collect_digits cannot wait in on.call_start");
    world_close(&w);
    app("ctx:say('Welcome.', { wait = true })");
    assert_int_not_equal(start(), 0);
    world_has(&w.logged, "app/agent.lua:4: { wait = true } cannot wait in on.call_start");
    world_close(&w);
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

/* --- R69 --- */

/* Agent A lists find and maybe; its prelude has both, and one that it does not list. */
static void prelude(const char *find)
{
    struct mn_buf page = {0};

    mn_buf_addf(&page,
                "local myna = require 'myna'\n"
                "local function tool(name, f, enabled)\n"
                "  return myna.tool { name = name, description = 'D', execute = f,\n"
                "    is_enabled = enabled }\nend\n"
                "local find = tool('find', function(_, ctx) %s end)\n"
                "local maybe = tool('maybe', print, function(ctx) return ctx.state.wanted end)\n"
                "return myna.agent { name = 'A', tools = { find, maybe },\n"
                "  prelude = { 'maybe', tool('first', print), { find, 'find' } } }\n",
                find);
    world_open(&w);
    world_file(&w, "agent.lua", page.p);
    mn_buf_free(&page);
    if (world_load(&w) != 0)
        fail_msg("%s", world_text(&w.why));
    world_call(&w);
}

static int run(int tool)
{
    assert_int_equal(mn_state_run(w.state, 4, MN_JOB_PRELUDE, 0, tool, "call_1", MN_STR("{}")), 0);
    world_advance(&w, 0);
    return w.results[4].err;
}

TEST(R69_a_prelude_names_tools_of_the_agent_and_brings_its_own_each_once)
{
    const struct mn_agent_spec *agent;
    struct mn_buf tree = {0};

    prelude("return 'Sam'");
    agent = &mn_bundle_spec(w.bundle)->agents[0];
    assert_int_equal(agent->ntools, 3);
    assert_int_equal(agent->nprelude, 3);
    assert_string_equal(agent->tools[agent->prelude[0]].name.p, "maybe");
    assert_string_equal(agent->tools[agent->prelude[1]].name.p, "first");
    assert_string_equal(agent->tools[agent->prelude[2]].name.p, "find");
    assert_true(agent->tools[2].unlisted);
    world_prepare(&w, 0);
    world_has(&w.results[2].tools, "\"find\"");
    world_lacks(&w.results[2].tools, "\"first\"");
    assert_int_equal(mn_bundle_tree(w.bundle, &tree), 0);
    world_has(&tree, "    find  D  (runs first)\n");
    world_has(&tree, "    first  D  (runs first, and then no more)\n");
    mn_buf_free(&tree);
    world_close(&w);
}

TEST(R69_a_tool_of_the_prelude_gives_what_it_gives_a_model)
{
    prelude("ctx.state.guest = 'Sam' return { name = ctx.state.guest }");
    assert_int_equal(run(0), 0);
    assert_string_equal(world_text(&w.results[4].text), "{\"name\":\"Sam\"}");
    world_close(&w);
}

TEST(R69_one_that_is_not_enabled_is_absent)
{
    prelude("");
    assert_int_equal(run(1), MN_EABSENT);
    world_close(&w);
}

TEST(R69_one_that_fails_has_words_only_if_the_author_gave_some)
{
    prelude("local x\nreturn x.y");
    assert_int_equal(run(0), MN_ESCRIPT);
    assert_string_equal(world_text(&w.results[4].text), "");
    world_has(&w.logged, "a tool failed");
    world_close(&w);
    prelude("while true do end");
    assert_int_equal(run(0), MN_ELIMIT);
    assert_string_equal(world_text(&w.results[4].text), "");
    world_close(&w);
    prelude("return myna.fail('The records are down.')");
    assert_int_equal(run(0), MN_ESCRIPT);
    assert_string_equal(world_text(&w.results[4].text), "The records are down.");
    world_close(&w);
}

TEST(R69_its_requests_end_within_the_time_of_the_prelude)
{
    prelude("myna.http.get 'http://x.test/'");
    run(0);
    assert_int_equal(w.asks[0].total_ms, 2900);
    world_close(&w);
}

TEST(R69_a_prelude_has_at_most_8_tools)
{
    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\nlocal list = {}\nfor i = 1, 9 do\n"
               "  list[i] = myna.tool { name = 't' .. i, description = 'D', execute = print }\n"
               "end\nreturn myna.agent { name = 'A', prelude = list }\n");
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, "app/agent.lua:6: agent 'A': prelude: at most 8 tools, for a caller waits");
    world_close(&w);
}
