/* test_waiting.c - several things at once: what waits for what, what ends what, what outlives. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#define TOOL(name, body)                                                                           \
    "local " name " = myna.tool { name = '" name "', description = 'd', execute = function(args, " \
    "ctx)\n" body "\nend }\n"
#define ONE "tools = { t }"

/* A word for when something ends, however it does. */
#define CLOSER                                                                                     \
    "local function closer(word) return setmetatable({}, { __close = function() print(word) end "  \
    "}) end\n"

/* Runs the tool t for so long. */
static const char *after(struct world *w, const char *body, int64_t ms)
{
    world_open(w);
    world_tools(w, body);
    world_tool(w, "t", "{}");
    world_advance(w, ms);
    return w->results[1].set ? world_text(&w->results[1].text) : NULL;
}

TEST(map_keeps_the_order_and_runs_so_many_at_once)
{
    struct world w;

    assert_null(after(&w,
                      TOOL("t", "local most, now = 0, 0\n"
                                "local out = myna.map({ 3, 1, 2, 1 }, function(n, place)\n"
                                "  now = now + 1 most = math.max(most, now)\n"
                                "  myna.sleep(n) now = now - 1 return n * 10 + place end,\n"
                                "  { at_once = 2 })\n"
                                "return { out = out, most = most }") ONE,
                      3999));
    world_advance(&w, 1); /* 3 beside 1 + 2, then 1 */
    assert_string_equal(world_text(&w.results[1].text), "{\"most\":2,\"out\":[31,12,23,14]}");
    world_close(&w);
}

TEST(map_of_nothing_is_an_empty_list)
{
    struct world w;

    assert_string_equal(after(&w, TOOL("t", "return myna.map({}, print)") ONE, 0), "[]");
    world_close(&w);
}

TEST(in_a_map_an_error_ends_the_others_and_is_raised)
{
    struct world w;

    assert_string_equal(
        after(&w,
              CLOSER TOOL("t", "local ok, why = pcall(myna.map, { 1, 2, 3 }, function(n)\n"
                               "  local c <close> = closer('closed ' .. n)\n"
                               "  myna.sleep(n) if n == 2 then error('no ' .. n, 0) end end)\n"
                               "return why:match 'no 2' or why") ONE,
              2000),
        "no 2");
    world_has(&w.logged, "closed 3");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(a_map_ends_in_its_time)
{
    struct world w;

    assert_string_equal(after(&w,
                              TOOL("t", "local ok, why = pcall(myna.map, { 1, 2, 3 }, function(n)\n"
                                        "  myna.sleep(n) end, { timeout = '1500ms' })\n"
                                        "return tostring(why)") ONE,
                              1500),
                        "myna.map: timeout");
    world_close(&w);
}

TEST(what_a_word_is_given_is_checked)
{
    struct world w;

    assert_string_equal(
        after(&w,
              TOOL("t", "local out = {}\n"
                        "for _, f in ipairs {\n"
                        "  function() myna.map('x', print) end,\n"
                        "  function() myna.map({}, {}) end,\n"
                        "  function() myna.map({}, print, { at_onec = 2 }) end,\n"
                        "  function() myna.race {} end,\n"
                        "  function() myna.race { a = 1 } end,\n"
                        "  function() myna.with_timeout('2 s', print) end,\n"
                        "  function() myna.with_timeout('2s') end,\n"
                        "  function() myna.semaphore(0) end,\n"
                        "  function() myna.spawn(print, { outlive = '6m' }) end,\n"
                        "} do out[#out + 1] = select(2, pcall(f)):gsub('^.-:%d+: ', '') end\n"
                        "return table.concat(out, '\\n')") ONE,
              0),
        "myna.map: expected a list, got a string\n"
        "myna.map: expected a function, got a table\n"
        "myna.map: unknown field 'at_onec' (did you mean 'at_once'?)\n"
        "myna.race: expected functions, got none\n"
        "myna.race: 'a': expected a function\n"
        "myna.with_timeout: \"2 s\" is not a duration such as \"700ms\", \"8s\" or \"5m\"\n"
        "myna.with_timeout: expected a function, got nothing\n"
        "myna.semaphore: expected a whole number from 1, got a number\n"
        "myna.spawn: outlive: expected a time up to \"5m\"");
    world_close(&w);
}

TEST(a_race_is_won_by_the_first_that_returns)
{
    struct world w;

    assert_string_equal(
        after(&w,
              CLOSER TOOL("t", "local value, key = myna.race({\n"
                               "  slow = function() local c <close> = closer 'slow ended'\n"
                               "    myna.sleep '9s' print 'went on' end,\n"
                               "  bad = function() error 'not this' end,\n"
                               "  good = function() myna.sleep '1s' return 'won' end })\n"
                               "return value .. ' by ' .. key") ONE,
              1000),
        "won by good");
    world_has(&w.logged, "slow ended");
    world_lacks(&w.logged, "went on");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(a_race_nobody_wins_raises_the_first_error)
{
    struct world w;

    assert_string_equal(
        after(&w,
              TOOL("t", "local ok, why = pcall(myna.race, {\n"
                        "  a = function() myna.sleep '2s' error('second', 0) end,\n"
                        "  b = function() myna.sleep '1s' error(myna.fail 'first') end })\n"
                        "return why") ONE,
              2000),
        "first");
    world_close(&w);
}

TEST(with_timeout_gives_what_the_function_gives_or_says_timeout)
{
    struct world w;

    assert_string_equal(
        after(&w,
              CLOSER TOOL("t", "local a, b = myna.with_timeout('2s', function()\n"
                               "  myna.sleep '1s' return 'x', 'y' end)\n"
                               "local none, why = myna.with_timeout('1s', function()\n"
                               "  local c <close> = closer 'closed' myna.sleep '2s' end)\n"
                               "return a .. b .. ' ' .. tostring(none) .. ' ' .. why") ONE,
              2000),
        "xy nil timeout");
    world_has(&w.logged, "closed");
    world_close(&w);
}

TEST(with_timeout_raises_what_the_function_raises)
{
    struct world w;

    assert_string_equal(after(&w,
                              TOOL("t", "myna.with_timeout('2s', function()\n"
                                        "  error(myna.fail('no such room')) end)") ONE,
                              0),
                        "no such room");
    world_close(&w);
}

TEST(a_semaphore_lets_so_many_in_and_the_others_in_order)
{
    struct world w;

    assert_string_equal(
        after(&w,
              TOOL("t", "local seats, out = myna.semaphore(1), {}\n"
                        "myna.map({ 1, 2, 3 }, function(n)\n"
                        "  seats:run(function() myna.sleep '1s' out[#out + 1] = n end) end)\n"
                        "local turn = seats:acquire() turn:release() turn:release()\n"
                        "seats:acquire()\n"
                        "local late = myna.with_timeout('1s', function() seats:acquire() end)\n"
                        "return out") ONE,
              4000),
        "[1,2,3]");
    world_close(&w);
}

/* b is given its turn by a, and is cancelled before it can run. */
TEST(a_turn_of_one_who_is_cancelled_goes_to_the_next)
{
    struct world w;

    assert_string_equal(
        after(&w,
              TOOL("t", "local seats, b = myna.semaphore(1)\n"
                        "local turn = seats:acquire()\n"
                        "b = myna.spawn(function() seats:acquire() print 'b ran' end)\n"
                        "local c = myna.spawn(function() seats:acquire() return 'c ran' end)\n"
                        "myna.sleep '1s' turn:release() b:cancel()\n"
                        "return (c:wait())") ONE,
              1000),
        "c ran");
    world_lacks(&w.logged, "b ran");
    world_close(&w);
}

TEST(a_turn_is_given_back_however_a_function_ends)
{
    struct world w;

    assert_string_equal(after(&w,
                              TOOL("t", "local seats = myna.semaphore(1)\n"
                                        "pcall(seats.run, seats, function() error 'x' end)\n"
                                        "myna.with_timeout('1s', function() seats:run(function()\n"
                                        "  myna.sleep '9s' end) end)\n"
                                        "return seats:run(function() return 'free' end)") ONE,
                              1000),
                        "free");
    world_close(&w);
}

TEST(a_spawned_task_goes_on_when_its_tool_has_returned)
{
    struct world w;

    assert_string_equal(
        after(&w, TOOL("t", "myna.spawn(function() myna.sleep '2s' print 'done' end) return 1") ONE,
              0),
        "1");
    world_lacks(&w.logged, "done");
    world_advance(&w, 2000);
    world_has(&w.logged, "done");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(a_spawned_task_can_be_waited_for_and_cancelled)
{
    struct world w;

    assert_string_equal(
        after(&w,
              CLOSER TOOL("t",
                          "local a = myna.spawn(function() myna.sleep '1s' return 'a', 2 end)\n"
                          "local b = myna.spawn(function() local c <close> = closer 'closed'\n"
                          "  myna.sleep '9s' end)\n"
                          "local x, n = a:wait() myna.sleep '1ms' b:cancel()\n"
                          "local ok, why = pcall(b.wait, b)\n"
                          "return x .. n .. a:wait() .. ' ' .. why:gsub('^.-:%d+: ', '')") ONE,
              1001),
        "a2a task:wait: the task was stopped before its end");
    world_has(&w.logged, "closed");
    world_close(&w);
}

TEST(a_spawned_task_that_fails_is_in_the_log_with_its_line)
{
    struct world w;

    assert_string_equal(
        after(&w, TOOL("t", "myna.spawn(function()\n  local x = nil + 1 end) return 1") ONE, 0),
        "1");
    world_has(&w.logged, "a spawned task failed");
    world_has(&w.logged, "app/agent.lua:5: attempt to perform arithmetic");
    world_close(&w);
}

TEST(spawning_is_bounded_and_refused_while_a_file_loads)
{
    struct world w;

    world_open(&w);
    w.limits.tasks = 3;
    world_tools(&w, TOOL("t", "local n = 0\n"
                              "local ok, why = pcall(function() while true do\n"
                              "  myna.spawn(function() myna.sleep '1s' end) n = n + 1 end end)\n"
                              "return n .. ' ' .. why:gsub('^.-:%d+: ', '')") ONE);
    assert_string_equal(world_tool(&w, "t", "{}"),
                        "2 myna.spawn: over 3 tasks at once in one call (script-tasks)");
    world_close(&w);
    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\nmyna.spawn(print)\n"
               "return myna.agent { name = 'A' }\n");
    assert_true(world_load(&w) != 0);
    world_has(&w.why, "app/agent.lua:2: myna.spawn cannot be used while a file is loading");
    world_close(&w);
}

TEST(R67_a_spawned_task_ends_with_its_call_unless_it_may_outlive_it)
{
    struct world w;

    after(&w,
          CLOSER TOOL("t", "myna.spawn(function() local c <close> = closer 'ended'\n"
                           "  myna.sleep '5s' print 'went on' end)\n"
                           "myna.spawn(function() myna.sleep '5s' print 'outlived' end,\n"
                           "  { outlive = '30s' }) return 1") ONE,
          1000);
    mn_state_end(w.state);
    world_has(&w.logged, "ended");
    assert_int_equal(mn_state_tasks(w.state), 1);
    assert_int_equal(mn_state_outlive_ms(w.state), 30000);
    assert_int_equal(mn_state_end_rest(w.state), 0);
    world_advance(&w, 4000);
    world_has(&w.logged, "outlived");
    world_lacks(&w.logged, "went on");
    assert_int_equal(mn_state_outlive_ms(w.state), 0);
    world_close(&w);
}

TEST(R67_what_outlives_its_call_has_a_bound_and_takes_its_children_along)
{
    struct world w;

    after(&w,
          CLOSER TOOL("t", "myna.spawn(function() myna.parallel {\n"
                           "  function() local c <close> = closer 'child closed'\n"
                           "    myna.sleep '1h' end } end, { outlive = '20s' })\n"
                           "myna.sleep '1h'") ONE,
          1000);
    mn_state_end(w.state);
    assert_int_equal(mn_state_end_rest(w.state), 1); /* the tool */
    assert_int_equal(mn_state_tasks(w.state), 2);
    world_advance(&w, 19999);
    world_lacks(&w.logged, "child closed");
    world_advance(&w, 1);
    world_has(&w.logged, "child closed");
    world_has(&w.logged, "its time after the call is over");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}
