/* test_convert.c - Lua values as JSON and back, and what a tool may return. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <string.h>

static struct world w;

static void tool(const char *body)
{
    struct mn_buf page = {0};

    world_open(&w);
    mn_buf_addf(&page,
                "local t = myna.tool { name = 't', description = 'd', execute = function(args, "
                "ctx)\n%s\nend }\ntools = { t }",
                body);
    world_tools(&w, page.p);
    mn_buf_free(&page);
    world_tool(&w, "t", "{}");
    assert_true(w.results[1].set);
}

static void gives(const char *body, const char *text)
{
    tool(body);
    assert_string_equal(world_text(&w.results[1].text), text);
    assert_int_equal(w.results[1].err, 0);
    world_close(&w);
}

/* Safe words for the model, the path in the log. */
static void refuses(const char *body, const char *logged)
{
    tool(body);
    assert_string_equal(world_text(&w.results[1].text),
                        "This did not work just now. Tell the caller so, in your own words.");
    assert_int_equal(w.results[1].err, MN_ESCRIPT);
    world_has(&w.logged, logged);
    world_close(&w);
}

TEST(what_a_tool_returns_is_written_as_expected)
{
    gives("return 'plain \"text\"'", "plain \"text\"");
    gives("return 5", "5");
    gives("return 5.0", "5");
    gives("return 0.1", "0.1");
    gives("return -0.0", "0");
    gives("return true", "true");
    gives("return false", "false");
    gives("return", "{\"done\":true}");
    gives("return nil", "{\"done\":true}");
    gives("return {}", "{}");
    gives("return myna.array {}", "[]");
    gives("return { myna.array { myna.null } , {} }", "[[null],{}]");
    gives("return { 1, 'a', { b = true } }", "[1,\"a\",{\"b\":true}]");
    gives("return ''", "");
}

TEST(integers_are_exact_to_64_bits)
{
    gives("return { math.maxinteger, math.mininteger, 9007199254740993 }",
          "[9223372036854775807,-9223372036854775808,9007199254740993]");
    gives("return myna.json.decode '[9007199254740993,-9223372036854775808,1e2,1.5]'",
          "[9007199254740993,-9223372036854775808,100,1.5]");
    gives("local v = myna.json.decode '[9223372036854775808]'\nreturn math.type(v[1])", "float");
    gives("return { 1e300, 123456789012345680000.0, 2^53 }",
          "[1e300,1.2345678901234568e20,9007199254740992]");
}

TEST(keys_are_sorted)
{
    gives("local t = {} for _, k in ipairs { 'z', 'a', 'ab', 'A', '' } do t[k] = 1 end return t",
          "{\"\":1,\"A\":1,\"a\":1,\"ab\":1,\"z\":1}");
}

TEST(what_json_cannot_hold_names_its_path)
{
    refuses("return { rows = { 1, 2, { when = function() end } } }",
            "result.rows[3].when: a function");
    refuses("return { a = 0/0 }", "result.a: nan, which JSON cannot hold");
    refuses("return { a = { -math.huge } }", "result.a[1]: inf, which JSON cannot hold");
    refuses("return 1/0", "result: inf");
    refuses("return print", "result: a function");
    refuses("return { [1] = 1, x = 2 }", "result: a table that is both a list and an object");
    refuses("return { [1] = 1, [3] = 2 }", "result: a list with holes");
    refuses("return { [1.5] = 1 }", "result: a key that is a number");
    refuses("return { [true] = 1 }", "result: a key that is a boolean");
    refuses("local t = {} t.t = t return t", "nested too deep (over 32), or a table that holds "
                                             "itself");
    refuses("return { x = coroutine.create(print) }", "result.x: a thread");
    refuses("return { tool = myna.tools.datetime }", "result.tool: a tool");
    refuses("return myna.http.get", "result: a function");
}

TEST(a_result_over_32_kb_is_refused)
{
    gives("return #('x'):rep(32768)", "32768");
    refuses("return ('x'):rep(32769)", "result: over 32 KB, the most a tool may return");
    refuses("return { x = ('x'):rep(32768) }", "result: over 32 KB");
}

TEST(a_few_tables_that_stand_for_billions_end_at_the_limit)
{
    refuses("local t = { 1, 2 } for i = 1, 30 do t = { t, t, t, t } end return t",
            "result: over 32 KB");
}

TEST(text_that_is_not_utf8_is_mended)
{
    gives("return { 'a\\xffb' }", "[\"a\xef\xbf\xbd"
                                  "b\"]");
}

TEST(json_comes_back_as_it_was)
{
    gives("return myna.json.decode '{\"a\":[],\"b\":{},\"c\":[1,[2]],\"d\":\"\\\\u00e9\\\\n\"}'",
          "{\"a\":[],\"b\":{},\"c\":[1,[2]],\"d\":\"\xc3\xa9\\n\"}");
    gives("return myna.json.decode '{\"a\":null,\"b\":[null,1]}'", "{\"b\":[null,1]}");
    gives("local v = myna.json.decode '[null]'\nreturn v[1] == myna.null", "true");
    gives("return myna.json.decode 'false'", "false");
    gives("return (select(2, myna.json.decode '[1e999]'):gsub(' at.*', ''))", "a number too large");
    gives("local v, why = myna.json.decode '{\"a\":}'\nreturn tostring(v) .. ' ' .. why",
          "nil expected a value at byte 5");
    gives("local v, why = myna.json.decode(('['):rep(40) .. (']'):rep(40))\nreturn why",
          "nested too deep at byte 32");
    gives("return (myna.json.decode(('['):rep(32) .. (']'):rep(32)) ~= nil)", "true");
    gives("return myna.json.encode { b = 1, a = { true } }", "{\"a\":[true],\"b\":1}");
    gives("return select(2, pcall(function() myna.json.encode { f = print } end))",
          "app/agent.lua:4: myna.json.encode: value.f: a function, which JSON cannot hold");
}

TEST(fail_is_words_for_the_model_and_a_detail_for_the_log)
{
    tool("return myna.fail('No record is open.', 'state.patient is nil')");
    assert_string_equal(world_text(&w.results[1].text), "No record is open.");
    assert_int_equal(w.results[1].err, MN_ESCRIPT);
    world_has(&w.logged, "app/agent.lua:3: state.patient is nil");
    world_close(&w);

    tool("local function deep() error(myna.fail 'Raised.') end\n"
         "local ok, err = pcall(deep)\nerror(err)");
    assert_string_equal(world_text(&w.results[1].text), "Raised.");
    world_close(&w);

    tool("return nil, myna.fail 'Second.'");
    assert_string_equal(world_text(&w.results[1].text), "Second.");
    world_close(&w);
}

TEST(nil_and_an_error_are_a_failure)
{
    refuses("return nil, 'the disk is full'", "the disk is full");
}

TEST(errors_that_are_not_text_are_survived)
{
    refuses("error { code = 7 }", "a tool failed");
    refuses("error()", "a tool failed");
    refuses("error(setmetatable({}, { __tostring = function() error 'x' end }))", "a tool failed");
}

TEST(on_error_gives_the_words)
{
    world_open(&w);
    world_tools(&w, "local a = myna.tool { name = 'a', description = 'd',\n"
                    "execute = function() error('boom', 0) end,\n"
                    "on_error = function(err, ctx) return 'Sorry: ' .. err .. ctx.tool end }\n"
                    "local b = myna.tool { name = 'b', description = 'd',\n"
                    "execute = function() error 'boom' end, on_error = function() error 'x' end }\n"
                    "tools = { a, b }");
    assert_string_equal(world_tool(&w, "a", "{}"), "Sorry: booma");
    world_has(&w.logged, "boom");
    assert_non_null(strstr(world_tool(&w, "b", "{}"), "This did not work"));
    world_has(&w.logged, "on_error failed");
    world_close(&w);
}

TEST(a_tool_with_once_runs_once_for_the_same_arguments)
{
    world_open(&w);
    world_tools(&w,
                "local n = 0\nlocal t = myna.tool { name = 't', description = 'd', once = true,\n"
                "parameters = { a = s.integer(), b = s.integer():optional() },\n"
                "execute = function() n = n + 1 return n end }\ntools = { t }");
    assert_string_equal(world_tool(&w, "t", "{\"a\":1,\"b\":2}"), "1");
    assert_string_equal(world_tool(&w, "t", "{\"b\":2,\"a\":1}"), "1");
    assert_string_equal(world_tool(&w, "t", "{\"a\":2}"), "2");
    world_close(&w);
}

TEST(schemas_are_sent_in_the_order_written)
{
    struct mn_buf want = {0};

    world_open(&w);
    world_tools(
        &w,
        "local t = myna.tool { name = 't', description = 'd', execute = function() end,\n"
        "parameters = { zulu = s.string 'z', alpha = s.number('a', { maximum = 2 }),\n"
        "  mike = s.array('m', s.object { y = s.boolean(), b = s.time() }, { max_items = 3 }),\n"
        "  one = s.one_of('o', { s.string(), s.integer() }):nullable(),\n"
        "  any = s.any(), word = s.enum { 'p', 'q' }:nullable():optional(),\n"
        "  at = s.datetime():default '2026-01-01T00:00:00Z' } }\n"
        "local raw = myna.tool { name = 'raw', description = 'd', execute = function() end,\n"
        "parameters = { type = 'object', properties = { z = { type = 'string' },\n"
        "  a = { type = 'string' } }, required = myna.array { 'z' } } }\n"
        "tools = { t, raw }");
    world_prepare(&w, 0);
    mn_buf_add_text(
        &want,
        "[{\"type\":\"function\",\"name\":\"t\",\"description\":\"d\",\"parameters\":"
        "{\"type\":\"object\",\"properties\":{\"zulu\":{\"type\":\"string\",\"description\":\"z\"},"
        "\"alpha\":{\"type\":\"number\",\"description\":\"a\",\"maximum\":2},"
        "\"mike\":{\"type\":\"array\",\"description\":\"m\",\"maxItems\":3,\"items\":"
        "{\"type\":\"object\",\"properties\":{\"y\":{\"type\":\"boolean\"},"
        "\"b\":{\"type\":\"string\",\"format\":\"time\"}},\"required\":[\"y\",\"b\"],"
        "\"additionalProperties\":false}},"
        "\"one\":{\"description\":\"o\",\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"},"
        "{\"type\":\"null\"}]},\"any\":{},"
        "\"word\":{\"type\":[\"string\",\"null\"],\"enum\":[\"p\",\"q\",null]},"
        "\"at\":{\"type\":\"string\",\"format\":\"date-time\",\"default\":"
        "\"2026-01-01T00:00:00Z\"}},\"required\":[\"zulu\",\"alpha\",\"mike\",\"one\",\"any\"],"
        "\"additionalProperties\":false}},");
    mn_buf_add_text(&want,
                    "{\"type\":\"function\",\"name\":\"raw\",\"description\":\"d\",\"parameters\":"
                    "{\"properties\":{\"a\":{\"type\":\"string\"},\"z\":{\"type\":\"string\"}},"
                    "\"required\":[\"z\"],\"type\":\"object\"}}]");
    assert_string_equal(world_text(&w.results[2].tools), want.p);
    mn_buf_free(&want);
    world_close(&w);
}
