/* test_task.c - waiting, being stopped, running too long, holding too much. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define TOOL(name, body)                                                                           \
    "local " name " = myna.tool { name = '" name "', description = 'd', execute = function(args, " \
    "ctx)\n" body "\nend }\n"

static const char safe[] = "This did not work just now. Tell the caller so, in your own words.";

static void open_tools(struct world *w, const char *body)
{
    world_open(w);
    world_tools(w, body);
}

TEST(a_sleep_waits_on_the_calls_clock)
{
    struct world w;

    open_tools(&w, TOOL("t", "myna.sleep '700ms' myna.sleep(1.5) return 'woken'") "tools = { t }");
    assert_null(world_tool(&w, "t", "{}"));
    world_advance(&w, 2199);
    assert_false(w.results[1].set);
    world_advance(&w, 1);
    assert_string_equal(world_text(&w.results[1].text), "woken");
    world_close(&w);
}

TEST(tools_run_at_once)
{
    struct world w;

    open_tools(&w, TOOL("t", "myna.sleep(args.n) return args.n") "tools = { t }");
    world_close(&w);
    open_tools(&w, "local t = myna.tool { name = 't', description = 'd',\n"
                   "parameters = { n = s.number() },\n"
                   "execute = function(args) myna.sleep(args.n) return args.n end }\n"
                   "tools = { t }");
    world_start(&w, 1, "t", "{\"n\":3}");
    world_start(&w, 2, "t", "{\"n\":1}");
    world_advance(&w, 1000);
    assert_int_equal(mn_state_tasks(w.state), 1);
    assert_string_equal(world_text(&w.results[2].text), "1");
    world_advance(&w, 2000);
    assert_string_equal(world_text(&w.results[1].text), "3");
    world_close(&w);
}

TEST(a_cancelled_task_runs_its_close_variables_and_no_pcall_holds_it)
{
    struct world w;

    open_tools(
        &w, "local closer = setmetatable({}, { __close = function() print 'closed' end })\n" TOOL(
                "t", "local c <close> = closer\n"
                     "pcall(function() myna.sleep '5s' end)\n"
                     "print 'went on'") "tools = { t }");
    world_tool(&w, "t", "{}");
    mn_state_stop(w.state, 1);
    world_has(&w.logged, "closed");
    world_lacks(&w.logged, "went on");
    world_close(&w);
}

TEST(a_wait_in_a_close_of_a_cancelled_task_is_refused)
{
    struct world w;

    open_tools(&w, "local closer = setmetatable({}, { __close = function()\n"
                   "  print(select(2, pcall(myna.sleep, '1s'))) end })\n" TOOL(
                       "t", "local c <close> = closer\nmyna.sleep '5s'") "tools = { t }");
    world_tool(&w, "t", "{}");
    mn_state_stop(w.state, 1);
    world_has(&w.logged, "sleep waits, and Lua cannot wait here");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(waiting_where_lua_cannot_yield_says_so_with_the_line)
{
    struct world w;

    open_tools(&w, TOOL("t", "table.sort({ 1, 2, 3 }, function(a, b)\n"
                             "  myna.sleep '1s'\n  return a < b\nend)") "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    world_has(&w.logged, "app/agent.lua:5: sleep waits, and Lua cannot wait here (in a sort");
    world_close(&w);
}

TEST(R11_an_error_becomes_safe_words_and_a_traceback)
{
    struct world w;

    open_tools(&w, "local function deeper(r)\n  return (r.x.y)\nend\n" TOOL(
                       "t", "local v = deeper {}\nreturn v") "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ESCRIPT);
    world_has(&w.logged, "app/agent.lua:4: attempt to index a nil value (field 'x')");
    world_has(&w.logged, "app/agent.lua:4: in upvalue 'deeper'");
    world_has(&w.logged, "app/agent.lua:7: in the function at line 6");
    world_has(&w.logged, "call=sess_test");
    world_has(&w.logged, "tool=t");
    world_has(&w.logged, "call_id=call_1");
    world_lacks(&w.logged, "lua/myna");
    world_close(&w);
}

static void assert_stopped(const char *body)
{
    struct world w;

    world_open(&w);
    world_tools(&w, body);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ELIMIT);
    world_has(&w.logged, "stopped: over ");
    world_has(&w.logged, "in=t call_id=call_1");
    world_has(&w.logged, "app/agent.lua:");
    world_lacks(&w.logged, "went on");
    assert_int_equal(mn_state_tasks(w.state), 0);
    assert_string_equal(world_tool(&w, "ok", "{}"), "fine");
    world_close(&w);
}

#define OK TOOL("ok", "return 'fine'") "tools = { t, ok }"

TEST(R11_a_loop_is_stopped_and_the_call_goes_on)
{
    assert_stopped(TOOL("t", "while true do end") OK);
}

TEST(a_loop_in_nested_pcalls_is_stopped)
{
    assert_stopped(TOOL("t", "while true do pcall(function() pcall(function() while true do end "
                             "end) print 'went on' end) print 'went on' end") OK);
}

TEST(a_loop_in_a_sort_comparator_is_stopped)
{
    assert_stopped(TOOL("t", "pcall(table.sort, { 3, 1, 2 }, function() while true do end end)\n"
                             "print 'went on'") OK);
}

TEST(a_loop_in_a_gsub_function_is_stopped)
{
    assert_stopped(TOOL("t", "pcall(string.gsub, 'abc', '.', function()\n"
                             "  while true do pcall(function() while true do end end) end end)\n"
                             "print 'went on'") OK);
}

TEST(a_pattern_with_too_many_ways_is_stopped)
{
    assert_stopped(TOOL("t", "pcall(string.find, ('a'):rep(220), ('a-'):rep(6) .. 'b')\n"
                             "print 'went on'") OK);
    assert_stopped(TOOL("t", "pcall(string.gsub, ('a'):rep(220), ('a*'):rep(7) .. 'b', '')\n"
                             "print 'went on'") OK);
    assert_stopped(TOOL("t", "for w in ('a'):rep(1000):gmatch(('%l-'):rep(5) .. '%d') do end\n"
                             "print 'went on'") OK);
}

TEST(a_loop_in_a_metamethod_is_stopped)
{
    assert_stopped("local m = setmetatable({}, { __index = function() while true do end end,\n"
                   "__tostring = function() while true do end end })\n" TOOL(
                       "t", "pcall(function() return m.x end)\nprint 'went on'") OK);
    assert_stopped("local m = setmetatable({}, { __tostring = function() while true do end end })"
                   "\n" TOOL("t", "pcall(tostring, m)\nprint 'went on'") OK);
}

TEST(a_loop_in_an_inner_coroutine_is_stopped)
{
    assert_stopped(TOOL("t", "local f = coroutine.wrap(function() pcall(function()\n"
                             "  while true do end end) end)\n"
                             "pcall(f)\nprint 'went on'") OK);
    assert_stopped(TOOL("t", "table.sort({ 2, 1 }, function()\n"
                             "  local co = coroutine.create(function() while true do end end)\n"
                             "  coroutine.resume(co) print 'went on' end)") OK);
}

TEST(a_loop_in_a_close_is_stopped)
{
    assert_stopped(TOOL("t", "local c <close> = setmetatable({}, { __close = function()\n"
                             "  while true do end end })\nreturn 1") OK);
}

TEST(a_close_that_loops_after_a_stop_is_stopped_too)
{
    assert_stopped(TOOL("t", "local c <close> = setmetatable({}, { __close = function()\n"
                             "  while true do end end })\nwhile true do end") OK);
}

TEST(each_slice_has_its_own_time)
{
    struct world w;

    open_tools(&w, TOOL("t", "for i = 1, 10 do\n  local n = 0\n"
                             "  for j = 1, 300000 do n = n + j end\n"
                             "  myna.sleep '1ms'\nend\nreturn 'done'") "tools = { t }");
    world_tool(&w, "t", "{}");
    world_advance(&w, 100);
    assert_string_equal(world_text(&w.results[1].text), "done");
    world_close(&w);
}

/* The watchdog proper: CPU time on the real clock, so only its outcome is asserted. */
TEST(the_timer_stops_a_loop_by_cpu_time)
{
    struct timespec from, to;
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 0;
    world_tools(&w, TOOL("t", "while true do pcall(function() while true do end end) end") OK);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    assert_true((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 < 500);
    world_has(&w.logged, "stopped: over 10 ms of Lua without a wait (script-slice)");
    assert_string_equal(world_tool(&w, "ok", "{}"), "fine");
    world_close(&w);
}

TEST(the_timer_stops_a_pattern_by_cpu_time)
{
    struct timespec from, to;
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 0;
    world_tools(&w, TOOL("t", "pcall(string.find, ('a'):rep(220), ('a-'):rep(9) .. 'b')\n"
                              "print 'went on'") OK);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    assert_true((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 < 500);
    world_has(&w.logged, "app/agent.lua:4: stopped: over 10 ms of Lua without a wait");
    world_lacks(&w.logged, "went on");
    world_close(&w);
}

TEST(memory_over_the_cap_ends_the_task_that_asked)
{
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 0;
    w.limits.slice_ms = 10000;
    world_tools(&w, TOOL("t", "local t = {}\n"
                              "for i = 1, 1e8 do t[i] = 'padding' .. i end") OK);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ELIMIT);
    world_has(&w.logged, "would hold more than 4096 KB (script-memory)");
    assert_true(mn_state_memory(w.state) <= 4 << 20);
    assert_string_equal(world_tool(&w, "ok", "{}"), "fine");
    world_close(&w);
}

TEST(no_pcall_outlives_the_memory_cap)
{
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 0;
    w.limits.slice_ms = 10000;
    world_tools(&w, TOOL("t", "pcall(function() local t = {}\n"
                              "for i = 1, 1e8 do t[i] = 'padding' .. i end end)\n"
                              "print 'went on' return 'swallowed'") OK);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ELIMIT);
    world_lacks(&w.logged, "went on");
    assert_string_equal(world_tool(&w, "ok", "{}"), "fine");
    world_close(&w);
}

TEST(one_huge_string_is_refused_by_the_cap)
{
    struct world w;

    open_tools(&w, TOOL("t", "local s = ('x'):rep(1000000)\n"
                             "return #(s .. s .. s .. s .. s)") OK);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ELIMIT);
    assert_string_equal(world_tool(&w, "ok", "{}"), "fine");
    world_close(&w);
}

TEST(no_pcall_outlives_the_cap_on_a_buffer)
{
    struct world w;

    open_tools(&w, TOOL("t", "local big = ('x'):rep(1000000)\n"
                             "pcall(function() local t = {} for i = 1, 9 do\n"
                             "  t[i] = table.concat({ big, i, big }) end end)\n"
                             "local t = { {} } print('went on', #t)") OK);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ELIMIT);
    world_lacks(&w.logged, "went on");
    world_close(&w);
}

TEST(tasks_are_bounded)
{
    struct world w;

    world_open(&w);
    w.limits.tasks = 2;
    world_tools(&w, TOOL("t", "myna.sleep '1s' return 1") "tools = { t }");
    world_start(&w, 1, "t", "{}");
    world_start(&w, 2, "t", "{}");
    assert_int_equal(mn_state_run(w.state, 3, MN_JOB_TOOL, 0, 0, "c", MN_STR("{}")), MN_ELIMIT);
    world_advance(&w, 1000);
    assert_true(w.results[1].set && w.results[2].set && !w.results[3].set);
    world_close(&w);
}

TEST(a_wait_inside_a_coroutine_passes_through)
{
    struct world w;

    open_tools(&w,
               TOOL("t", "local out = {}\n"
                         "local gen = coroutine.wrap(function()\n"
                         "  for i = 1, 3 do myna.sleep '1s' coroutine.yield(i) end end)\n"
                         "for i in gen do out[#out + 1] = i end\n"
                         "local co = coroutine.create(function()\n"
                         "  local inner = coroutine.wrap(function() myna.sleep '1s' return 9 end)\n"
                         "  return inner() end)\n"
                         "out[#out + 1] = select(2, coroutine.resume(co))\n"
                         "return out") "tools = { t }");
    world_tool(&w, "t", "{}");
    world_advance(&w, 3999);
    assert_false(w.results[1].set);
    world_advance(&w, 1);
    assert_string_equal(world_text(&w.results[1].text), "[1,2,3,9]");
    world_close(&w);
}

TEST(a_coroutine_that_waits_is_neither_resumed_nor_closed)
{
    struct world w;

    open_tools(
        &w, "local co\n" TOOL("t", "co = coroutine.create(function() myna.sleep '1s' return 'b' "
                                   "end)\nreturn select(2, coroutine.resume(co))")
                TOOL("u", "local ok, why = coroutine.resume(co)\n"
                          "local shut, say = pcall(coroutine.close, co)\n"
                          "return why .. '; ' .. tostring(shut) .. ' ' .. say") "tools = { t, u }");
    world_start(&w, 2, "t", "{}");
    world_advance(&w, 10);
    assert_string_equal(world_tool(&w, "u", "{}"),
                        "cannot resume a coroutine that waits; false cannot close a coroutine that "
                        "waits");
    world_advance(&w, 1000);
    assert_string_equal(world_text(&w.results[2].text), "b");
    world_close(&w);
}

TEST(a_cancel_closes_the_coroutines_inside)
{
    struct world w;

    open_tools(&w, TOOL("t", "local f = coroutine.wrap(function()\n"
                             "  local c <close> = setmetatable({}, { __close = function()\n"
                             "    print 'inner closed' end })\n"
                             "  myna.sleep '9s' end)\n"
                             "f()") "tools = { t }");
    world_tool(&w, "t", "{}");
    mn_state_stop(w.state, 1);
    world_has(&w.logged, "inner closed");
    world_close(&w);
}

TEST(coroutines_inside_one_another_are_bounded)
{
    struct world w;

    open_tools(&w, TOOL("t", "local function nest(n) return n == 0 and 'deep'\n"
                             "  or coroutine.wrap(function() return nest(n - 1) end)() end\n"
                             "return nest(8) .. ' ' .. tostring(pcall(nest, 9))") "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), "deep false");
    world_close(&w);
}

TEST(coroutines_behave_as_in_stock_lua)
{
    struct world w;

    open_tools(&w,
               TOOL("t", "local co = coroutine.create(function(a, b)\n"
                         "  local c = coroutine.yield(a + b)\n  error('bad ' .. c, 0) end)\n"
                         "local out = {}\n"
                         "local function keep(...) for _, v in ipairs { ... } do\n"
                         "  out[#out + 1] = tostring(v) end end\n"
                         "keep(coroutine.resume(co, 1, 2)) keep(coroutine.status(co))\n"
                         "keep(coroutine.resume(co, 'x')) keep(coroutine.resume(co))\n"
                         "keep(coroutine.status(co))\n"
                         "local w = coroutine.wrap(function() error('boom') end)\n"
                         "keep(pcall(w))\n"
                         "local c2 = coroutine.create(function() coroutine.yield() end)\n"
                         "coroutine.resume(c2) keep(coroutine.close(c2), coroutine.status(c2))\n"
                         "keep(coroutine.isyieldable())\n"
                         "return table.concat(out, ',')") "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"),
                        "true,3,suspended,false,bad x,false,cannot resume dead coroutine,dead,"
                        "false,app/agent.lua:13: boom,true,dead,true");
    world_close(&w);
}

TEST(a_yield_outside_of_a_coroutine_is_an_error)
{
    struct world w;

    open_tools(&w, TOOL("t", "coroutine.yield(1) print 'went on'") OK);
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    world_has(&w.logged, "coroutine.yield outside of a coroutine");
    world_lacks(&w.logged, "went on");
    assert_string_equal(world_tool(&w, "ok", "{}"), "fine");
    world_close(&w);
}

TEST(a_task_stopped_by_what_it_ordered_ends_at_its_next_wait)
{
    struct world w;

    open_tools(
        &w,
        TOOL("t",
             "local c <close> = setmetatable({}, { __close = function()\n"
             "  print 'closed' end })\n"
             "ctx:interrupt() print 'still here' myna.sleep '1s' print 'went on'") "tools = { t }");
    w.stop_in_order = 1;
    world_tool(&w, "t", "{}");
    world_advance(&w, 2000);
    assert_false(w.results[1].set);
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_has(&w.logged, "still here");
    world_has(&w.logged, "closed");
    world_lacks(&w.logged, "went on");
    world_close(&w);
}

TEST(a_task_may_stop_another_which_ends_at_the_next_turn)
{
    struct world w;

    open_tools(&w,
               TOOL("sleeper", "local c <close> = setmetatable({}, { __close = function()\n"
                               "  print 'closed' end })\nmyna.sleep '9s'")
                   TOOL("t", "ctx:interrupt() print 'ordered' return 1") "tools = { sleeper, t }");
    world_start(&w, 2, "sleeper", "{}");
    world_advance(&w, 0);
    w.stop_in_order = 2;
    assert_string_equal(world_tool(&w, "t", "{}"), "1");
    assert_true(strstr(w.logged.p, "ordered") < strstr(w.logged.p, "closed"));
    assert_int_equal(mn_state_tasks(w.state), 0);
    assert_false(w.results[2].set);
    world_close(&w);
}

TEST(parallel_runs_at_once_and_keeps_the_keys)
{
    struct world w;

    open_tools(&w, TOOL("t", "local r = myna.parallel({\n"
                             "  a = function() myna.sleep '2s' return 1 end,\n"
                             "  b = function() myna.sleep '1s' return 2 end })\n"
                             "return r") "tools = { t }");
    world_tool(&w, "t", "{}");
    assert_int_equal(mn_state_tasks(w.state), 3);
    world_advance(&w, 1999);
    assert_false(w.results[1].set);
    world_advance(&w, 1);
    assert_string_equal(world_text(&w.results[1].text), "{\"a\":1,\"b\":2}");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(in_parallel_a_failure_cancels_the_others_and_is_raised_again)
{
    struct world w;

    open_tools(&w, TOOL("t", "myna.parallel({\n"
                             "  a = function() myna.sleep '1s' error(myna.fail('Too bad.')) end,\n"
                             "  b = function() local c <close> = setmetatable({}, { __close =\n"
                             "    function() print 'b closed' end }) myna.sleep '9s' end })\n"
                             "print 'went on'") "tools = { t }");
    world_tool(&w, "t", "{}");
    world_advance(&w, 1000);
    assert_string_equal(world_text(&w.results[1].text), "Too bad.");
    world_has(&w.logged, "b closed");
    world_lacks(&w.logged, "went on");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(parallel_may_collect_errors_and_ends_in_time)
{
    struct world w;

    open_tools(&w, TOOL("t", "local r, e = myna.parallel({ function() error 'x' end,\n"
                             "  function() return 'y' end, function() myna.sleep '9s' end },\n"
                             "  { timeout = '2s', on_error = 'collect' })\n"
                             "return tostring(e[1]):match('^[^\\n]*') .. ' ' .. r[2] .. ' ' .. "
                             "e.timeout") "tools = { t }");
    world_tool(&w, "t", "{}");
    world_advance(&w, 2000);
    assert_string_equal(world_text(&w.results[1].text),
                        "app/agent.lua:4: x y not all were done in time");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(stopping_a_parent_stops_its_children)
{
    struct world w;

    open_tools(&w, TOOL("t", "myna.parallel({ function() myna.sleep '9s' end,\n"
                             "  function() myna.sleep '9s' end })") "tools = { t }");
    world_tool(&w, "t", "{}");
    assert_int_equal(mn_state_tasks(w.state), 3);
    mn_state_stop(w.state, 1);
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

/* Every entry from C is protected: wherever memory runs out, a job is answered once or refused. */
TEST(no_memory_cap_breaks_the_process)
{
    struct mn_state_settings settings;
    struct world w;
    int opened = 0, answered = 0;

    world_open(&w);
    assert_int_equal(world_load_path(&w, MN_TEST_APPS "/clinic"), 0);
    world_call(&w);
    settings = w.settings;
    for (size_t cap = 8 << 10; cap < 320 << 10; cap += 1531) {
        struct mn_state *first = w.state;
        int err;

        w.limits.memory_bytes = cap;
        err = mn_state_open(&w.state, &settings, w.done, &w);
        assert_true(err == 0 || err == -ENOMEM || err == MN_ESCRIPT);
        if (err != 0) {
            w.state = first;
            continue;
        }
        mn_state_close(first);
        opened++;
        w.results[1].times = w.results[2].times = 0;
        err = mn_state_run(w.state, 1, MN_JOB_TOOL, 0, 1, "c", MN_STR("{}"));
        if (err == 0)
            err = mn_state_run(w.state, 2, MN_JOB_PREPARE, 0, 0, "", MN_STR(""));
        world_advance(&w, 0);
        assert_true(err == 0 || err == -ENOMEM);
        assert_true(w.results[1].times <= 1 && (err != 0 || w.results[1].times == 1));
        assert_true(w.results[2].times == (err == 0));
        answered += w.results[1].err == 0 && w.results[2].err == 0;
        assert_int_equal(mn_state_tasks(w.state), 0);
    }
    assert_true(opened > 0 && answered > 0 && answered <= opened);
    world_close(&w);
}

static void count_done(void *owner, uint32_t ticket, const struct mn_job_result *result)
{
    (void)ticket, (void)result;
    ++*(int *)owner;
}

static void open_beside(struct world *w, struct mn_state **st, int *done)
{
    assert_int_equal(mn_state_open(st, &w->settings, count_done, done), 0);
    for (uint32_t ticket = 1; ticket <= 3; ticket++)
        assert_int_equal(mn_state_run(*st, ticket, MN_JOB_TOOL, 0, 0, "call_1", MN_STR("{}")), 0);
}

/* Two calls in which three tools loop: 10 ms of each is more than a turn has for all. */
TEST(a_turn_of_the_loop_has_one_slice_of_a_call_and_5_ms_of_all)
{
    struct mn_lua_turn turn = {0};
    struct mn_state *a, *b;
    int of_a = 0, of_b = 0;
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 0;
    world_tools(&w, TOOL("t", "while true do end") "tools = { t }");
    w.settings.turn = &turn;
    open_beside(&w, &a, &of_a);
    open_beside(&w, &b, &of_b);
    mn_clock_run(&w.clock);
    assert_int_equal(of_a, 1);
    assert_int_equal(of_b, 0);
    mn_clock_run(&w.clock);
    assert_int_equal(of_a, 1);
    assert_int_equal(of_b, 1);
    for (int i = 0; i < 10; i++)
        world_advance(&w, 1);
    assert_int_equal(of_a, 3);
    assert_int_equal(of_b, 3);
    mn_state_close(a);
    mn_state_close(b);
    world_close(&w);
}
