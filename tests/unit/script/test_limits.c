/* test_limits.c - what a script may do, to the edge of each limit: so much is fine, and one more is
 * refused with words that name the limit. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <errno.h>
#include <string.h>

#define TOOL(name, body)                                                                           \
    "local " name " = myna.tool { name = '" name "', description = 'd', execute = function(args, " \
    "ctx)\n" body "\nend }\n"

static const char safe[] = "This did not work just now. Tell the caller so, in your own words.";

/* What a tool with that body gives. */
static void gives(const char *body, const char *answer)
{
    struct mn_buf page = {0};
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 100000000;
    w.limits.memory_bytes = 64 << 20;
    mn_buf_addf(&page, TOOL("t", "%s") "tools = { t }", body);
    world_tools(&w, page.p);
    assert_string_equal(world_tool(&w, "t", "{}"), answer);
    mn_buf_free(&page);
    world_close(&w);
}

TEST(json_is_read_32_deep_and_no_deeper)
{
    gives("return tostring(myna.json.decode(('['):rep(32) .. (']'):rep(32)) ~= nil)", "true");
    gives("return select(2, myna.json.decode(('['):rep(33) .. (']'):rep(33)))",
          "nested too deep at byte 32");
}

TEST(json_is_written_32_deep_and_no_deeper)
{
    gives("local t = 1 for i = 1, 32 do t = { t } end return #myna.json.encode(t)", "65");
    gives(
        "local t = 1 for i = 1, 33 do t = { t } end\n"
        "return tostring(select(2, pcall(myna.json.encode, t)):find 'nested too deep %(over 32%)' "
        "~= nil)",
        "true");
}

TEST(json_of_50000_values_is_read_and_no_more)
{
    /* The list itself is one. */
    gives("return #myna.json.decode('[' .. ('1,'):rep(49998) .. '1]')", "49999");
    gives("return select(2, myna.json.decode('[' .. ('1,'):rep(49999) .. '1]')):sub(1, 15)",
          "too many values");
}

TEST(a_string_is_repeated_to_1_mb_and_no_further)
{
    gives("return #('x'):rep(1048576) .. ' ' .. #('ab'):rep(524288)", "1048576 1048576");
    gives("return select(2, pcall(string.rep, 'x', 1048577))",
          "string.rep: the result would be over 1 MB");
    gives("return select(2, pcall(string.rep, 'a', 524289, 'b'))",
          "string.rep: the result would be over 1 MB");
}

TEST(a_text_of_1_mb_is_matched_and_no_longer_one)
{
    gives("return tostring(('x'):rep(1048576):find('y', 1, true))", "nil");
    gives("return select(2, pcall(string.find, ('x'):rep(1048576) .. 'x', 'y'))",
          "string.find: the text is over 1 MB");
}

TEST(a_pattern_has_256_bytes_and_no_more)
{
    gives("return tostring(('x'):find(('x?'):rep(128)))", "1");
    gives("return select(2, pcall(string.find, 'x', ('x?'):rep(128) .. 'x'))",
          "string.find: the pattern is over 256 bytes");
}

/* Each beginning looks at all that is left: n (n + 1) / 2 steps, and 8,388,608 are n = 4095. */
TEST(a_pattern_takes_8_million_steps_and_no_more)
{
    gives("return tostring(('a'):rep(4000):find 'a-b')", "nil");
    gives("return select(2, pcall(string.find, ('a'):rep(4200), 'a-b')):match 'over 8388608 steps'",
          "over 8388608 steps");
}

TEST(a_million_elements_are_moved_and_no_more)
{
    gives("return #table.move({}, 1, 1000000, 1)", "0");
    gives("return select(2, pcall(table.move, {}, 1, 1000001, 1))",
          "table.move: over 1,000,000 elements");
}

/* format and concat are bounded by the memory of the call. */
static void ends(const char *body, const char *fits)
{
    struct mn_buf page = {0};
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 100000000;
    mn_buf_addf(&page,
                TOOL("t", "local mb = ('x'):rep(1048576)\n%s") TOOL("ok", "%s") "tools = "
                                                                                "{ t, ok }",
                body, fits);
    world_tools(&w, page.p);
    assert_string_equal(world_tool(&w, "ok", "{}"), "1048576");
    assert_string_equal(world_tool(&w, "t", "{}"), safe);
    assert_int_equal(w.results[1].err, MN_ELIMIT);
    world_has(&w.logged, "would hold more than 4096 KB (script-memory)");
    assert_string_equal(world_tool(&w, "ok", "{}"), "1048576");
    mn_buf_free(&page);
    world_close(&w);
}

TEST(what_format_makes_fits_the_memory_of_the_call)
{
    ends("return #('%s%s%s%s'):format(mb, mb, mb, mb)",
         "return #('%s'):format(('x'):rep(1048576))");
}

TEST(what_concat_makes_fits_the_memory_of_the_call)
{
    ends("return #table.concat { mb, mb, mb, mb }",
         "return #table.concat { ('x'):rep(524288), ('y'):rep(524288) }");
}

/* A string of this many bytes, in a call whose Lua may hold limit bytes. */
static int hold(size_t limit, int kb)
{
    struct mn_buf page = {0};
    struct world w;
    int err;

    world_open(&w);
    w.limits.slice_instructions = 100000000;
    w.limits.memory_bytes = limit;
    mn_buf_addf(&page,
                TOOL("t", "local t = {} for i = 1, %d do t[i] = i .. ('x'):rep(1000) end "
                          "return #t") "tools = { t }",
                kb);
    world_tools(&w, page.p);
    assert_non_null(world_tool(&w, "t", "{}"));
    assert_true(mn_state_memory(w.state) <= limit);
    err = w.results[1].err;
    mn_buf_free(&page);
    world_close(&w);
    return err;
}

TEST(memory_is_given_up_to_the_limit_and_no_further)
{
    assert_int_equal(hold(2 << 20, 1000), 0);
    assert_int_equal(hold(2 << 20, 2100), MN_ELIMIT);
    assert_int_equal(hold(3 << 20, 2100), 0);
}

TEST(so_many_tasks_run_at_once_and_no_more)
{
    gives("local function tasks(n) local list = {} for i = 1, n do list[i] = function() return i "
          "end end return list end\n"
          "return #myna.parallel(tasks(63)) .. select(2, pcall(myna.parallel, tasks(64))):match "
          "': (over.*)'",
          "63over 64 tasks at once in one call (script-tasks)");
}

TEST(a_request_has_64_headers_and_no_more)
{
    struct world w;

    world_open(&w);
    world_tools(&w, TOOL("t", "local function headers(n) local t = {} for i = 1, n do t['X-' .. i] "
                              "= 'y' end return t end\n"
                              "local why = select(2, pcall(myna.http.get, 'http://x.test/', { "
                              "headers = headers(65) }))\n"
                              "ctx.log:info(why)\n"
                              "return myna.http.get('http://x.test/', { headers = headers(64) "
                              "}).status") "tools = { t }");
    assert_null(world_tool(&w, "t", "{}"));
    assert_int_equal(w.nasks, 1);
    world_has(&w.logged, "over 64 headers");
    world_answer(&w, 0, 204, "");
    world_advance(&w, 0);
    assert_string_equal(world_text(&w.results[1].text), "204");
    world_close(&w);
}

/* The pool gives up what is longer (headers_and_body_may_be_as_long_as_their_limit). */
TEST(the_pool_is_told_how_long_a_body_may_be)
{
    struct world w;

    world_open(&w);
    w.limits.body_bytes = 12345;
    world_tools(&w, TOOL("t", "return myna.http.get('http://x.test/').status") "tools = { t }");
    assert_null(world_tool(&w, "t", "{}"));
    assert_int_equal(w.asks[0].max_body, 12345);
    world_close(&w);
}
