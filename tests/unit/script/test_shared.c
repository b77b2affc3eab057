/* test_shared.c - myna.shared as authors write it, on a real dictionary. */
#include "test.h"
#include "world.h"

static struct world w;

static const char *run(const char *body)
{
    struct mn_buf page = {0};

    world_open(&w);
    mn_buf_addf(&page,
                "local shared = myna.shared\n"
                "local t = myna.tool { name = 't', description = 'd', execute = function(args, "
                "ctx)\n%s\nend }\ntools = { t }",
                body);
    world_tools(&w, page.p);
    mn_buf_free(&page);
    return world_tool(&w, "t", "{}");
}

TEST(shared_values_are_copied_in_and_out)
{
    assert_string_equal(run("local v = { a = { 1, 2 }, b = 'x' }\n"
                            "local ok = shared:set('k', v) v.a = 0\n"
                            "local one, two = shared:get 'k', shared:get 'k'\n"
                            "return { ok, one, one == two, shared:get 'no' == nil }"),
                        "[true,{\"a\":[1,2],\"b\":\"x\"},false,true]");
    world_close(&w);
}

TEST(shared_adds_counts_and_removes)
{
    assert_string_equal(run("return { shared:add('k', 1), shared:add('k', 2), shared:incr 'k', "
                            "shared:incr('k', 5),\n"
                            "shared:incr('n', -0.5), shared:remove 'k', shared:remove 'k' }"),
                        "[true,false,2,7,-0.5,true,false]");
    world_close(&w);
}

TEST(shared_says_why_it_cannot)
{
    assert_string_equal(run("shared:set('s', 'x')\n"
                            "local n, why = shared:incr 's'\n"
                            "local big, large = shared:set('b', ('x'):rep(65536))\n"
                            "return { tostring(n), why, tostring(big), large }"),
                        "[\"nil\",\"not a number\",\"nil\",\"too large\"]");
    world_close(&w);
}

TEST(shared_values_have_a_time)
{
    assert_null(run("shared:set('k', 1, { ttl = '2s' }) myna.sleep '1s'\n"
                    "local before = shared:get 'k' myna.sleep '1s'\n"
                    "return { before, shared:get 'k' == nil }"));
    world_advance(&w, 2000);
    assert_string_equal(w.results[1].text.p, "[1,true]");
    world_close(&w);
}

TEST(mistakes_with_shared_are_errors_with_their_line)
{
    run("local function why(f) return select(2, pcall(f)) end\n"
        "return table.concat({ why(function() shared.get 'k' end),\n"
        "  why(function() shared:get '' end), why(function() shared:get(7) end),\n"
        "  why(function() shared:set('k') end), why(function() shared:set('k', 1, '5m') end),\n"
        "  why(function() shared:set('k', 1, { tll = 1 }) end),\n"
        "  why(function() shared:set('k', 1, { ttl = 'soon' }) end),\n"
        "  why(function() shared:incr('k', '1') end), why(function() shared:gte 'k' end),\n"
        "  why(function() shared.k = 1 end), why(function() shared:set('k', print) end) }, '\\n')");
    world_has(&w.results[1].text, "agent.lua:6: myna.shared: write shared:get(...), with a colon");
    world_has(&w.results[1].text, "agent.lua:7: myna.shared: get: expected a key, got an empty");
    world_has(&w.results[1].text, "agent.lua:7: myna.shared: get: expected a key, got a number");
    world_has(&w.results[1].text, "agent.lua:8: myna.shared: set: expected a value; shared:remove");
    world_has(&w.results[1].text, "agent.lua:8: myna.shared: set: expected options such as { ttl");
    world_has(&w.results[1].text, "agent.lua:9: myna.shared: set: unknown option 'tll'");
    world_has(&w.results[1].text, "agent.lua:10: myna.shared: set: ttl: \"soon\" is not a");
    world_has(&w.results[1].text, "agent.lua:11: myna.shared: incr: expected a number");
    world_has(&w.results[1].text,
              "agent.lua:11: myna.shared: there is no 'gte' (did you mean 'get'");
    world_has(&w.results[1].text, "agent.lua:12: myna.shared: write shared:set(\"k\", value)");
    world_has(&w.results[1].text, "value: a function");
    world_close(&w);
}

TEST(shared_is_refused_while_files_load)
{
    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n\n"
               "myna.shared:set('started', true)\n"
               "return myna.agent { name = 'A' }\n");
    assert_true(world_load(&w) != 0);
    world_has(&w.why, "app/agent.lua:3: myna.shared cannot be used while a file is loading");
    world_close(&w);
}
