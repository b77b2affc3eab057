/* test_store.c - myna.store as authors write it, on records in memory that answer after 5 ms. */
#include "base/err.h"
#include "test.h"
#include "world.h"

static struct world w;

static const char *run(const char *body)
{
    struct mn_buf page = {0};

    mn_buf_addf(&page,
                "local leads = myna.store 'leads'\n"
                "local t = myna.tool { name = 't', description = 'd', timeout = '1s',\n"
                "execute = function(args, ctx)\n%s\nend }\ntools = { t }",
                body);
    world_tools(&w, page.p);
    mn_buf_free(&page);
    assert_null(world_tool(&w, "t", "{}")); /* it waits */
    world_advance(&w, 100);
    return world_text(&w.results[1].text);
}

TEST(records_are_added_found_and_changed)
{
    world_open(&w);
    assert_string_equal(
        run("local sam = leads:add { name = 'Sam', id = 's', n = 1 }\n"
            "sam.n = 5 leads:set('s', sam)\n"
            "local found = leads:find({ n = { ['>='] = 5 } }, { order = '-n' })\n"
            "return { #found, found[1].n, leads:incr('s', 'n'), leads:get('s').n,\n"
            "  leads:remove 's', leads:remove 's', leads:get 's' == nil, #leads:find() }"),
        "[1,5,6,6,true,false,true,0]");
    world_close(&w);
}

TEST(a_record_says_when_it_was_kept_and_gets_an_id)
{
    world_open(&w);
    assert_string_equal(run("return leads:add { name = 'Sam' }"),
                        "{\"created_at\":1780000000,\"id\":\"fresh_1\",\"name\":\"Sam\","
                        "\"updated_at\":1780000000}");
    world_close(&w);
}

TEST(a_store_says_why_it_cannot)
{
    world_open(&w);
    assert_string_equal(run("leads:add { id = 'a', s = 'x' }\n"
                            "local _, twice = leads:add { id = 'a' }\n"
                            "local _, text = leads:incr('a', 's')\n"
                            "local _, large = leads:add { s = ('x'):rep(70000) }\n"
                            "return { twice, text, large }"),
                        "[\"there is a record with this id already\","
                        "\"incr: the field holds no number\",\"the record is over 64 KB\"]");
    world_close(&w);
}

TEST(a_store_with_too_much_to_do_says_so)
{
    world_open(&w);
    w.keep_err = MN_EFULL;
    world_tools(&w, "local leads = myna.store 'leads'\n"
                    "local t = myna.tool { name = 't', description = 'd', execute = function()\n"
                    "  return select(2, leads:get 'a') end }\ntools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), "the store has too much to do");
    world_close(&w);
}

TEST(a_tool_whose_time_is_over_stops_listening_to_the_store)
{
    world_open(&w);
    w.keep_ms = 5000;
    run("return leads:add { name = 'Sam' }");
    mn_state_stop(w.state, 1);
    world_advance(&w, 0);
    assert_int_equal(w.nkeep_cancels, 1);
    world_advance(&w, 10000);
    world_close(&w);
}

TEST(a_call_may_end_while_its_store_is_asked)
{
    world_open(&w);
    w.keep_ms = 5000;
    run("return leads:get 'a'");
    world_close(&w); /* the sanitizers look */
}

TEST(mistakes_with_a_store_are_errors_with_their_line)
{
    world_open(&w);
    run("local function why(f) return select(2, pcall(f)) end\n"
        "leads:get 'a'\n"
        "return table.concat({ why(function() leads.get 'k' end),\n"
        "  why(function() leads:get(7) end), why(function() leads:add 'Sam' end),\n"
        "  why(function() leads:add { 'Sam' } end), why(function() leads:ad {} end),\n"
        "  why(function() leads:find { ['a b'] = 1 } end),\n"
        "  why(function() leads:find { n = { ['=>'] = 1 } } end),\n"
        "  why(function() leads:find { n = { ['<'] = true } } end),\n"
        "  why(function() leads:find({}, { limit = 1001 }) end),\n"
        "  why(function() leads:find({}, { limits = 1 }) end),\n"
        "  why(function() leads:find({}, { order = '-' }) end),\n"
        "  why(function() leads:incr('a', 'a.b') end), why(function() leads:find 'x' end),\n"
        "  why(function() myna.store 'late' end) }, '\\n')");
    world_has(&w.results[1].text, "agent.lua:8: store:get: write it with a colon: leads:get(...)");
    world_has(&w.results[1].text, "agent.lua:9: store:get: expected an id, got a number");
    world_has(&w.results[1].text,
              "store:add: expected a record such as { name = \"Sam\" }, got a str");
    world_has(&w.results[1].text,
              "store:add: expected a record such as { name = \"Sam\" }, got a list");
    world_has(&w.results[1].text, "a store has no 'ad' (did you mean 'add'?)");
    world_has(&w.results[1].text, "store:find: no field is called 'a b'");
    world_has(&w.results[1].text, "n: '=>' is no comparison: there are =, ~=, <, <=, >, >=");
    world_has(&w.results[1].text, "n: < compares numbers or strings");
    world_has(&w.results[1].text, "limit: expected a whole number from 1 to 1000");
    world_has(&w.results[1].text, "unknown option 'limits' (did you mean 'limit'?)");
    world_has(&w.results[1].text, "order: expected a field's name, with - before it");
    world_has(&w.results[1].text, "store:incr: expected a field's name, got 'a.b'");
    world_has(&w.results[1].text,
              "expected what to look for, such as { status = \"new\" }, got a s");
    world_has(&w.results[1].text, "myna.store is for the top of a file, not inside a function");
    world_close(&w);
}

TEST(a_store_is_named_well_and_not_asked_while_files_load)
{
    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "myna.store 'My Leads'\n"
               "myna.store()\n"
               "return myna.agent { name = 'A' }\n");
    assert_true(world_load(&w) != 0);
    world_has(&w.why, "app/agent.lua:2: myna.store: expected a name such as \"leads\"");
    world_has(&w.why, "app/agent.lua:3: myna.store: expected a name such as \"leads\"");
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "local leads = myna.store 'leads'\n"
               "leads:add { name = 'Sam' }\n"
               "return myna.agent { name = 'A' }\n");
    mn_buf_clear(&w.why);
    assert_true(world_load(&w) != 0);
    world_has(&w.why, "app/agent.lua:3: myna.store cannot be used while a file is loading");
    world_close(&w);
}

TEST(who_serves_an_app_knows_whether_it_keeps_something)
{
    world_open(&w);
    world_file(&w, "agent.lua", "return require 'myna'.agent { name = 'A' }\n");
    assert_int_equal(world_load(&w), 0);
    assert_false(mn_bundle_keeps(w.bundle));
    mn_bundle_drop(w.bundle);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\nmyna.store 'leads'\n"
               "return myna.agent { name = 'A' }\n");
    assert_int_equal(world_load(&w), 0);
    assert_true(mn_bundle_keeps(w.bundle));
    world_close(&w);
}
