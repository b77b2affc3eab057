/* test_sandbox.c - what a script cannot reach, and what is bounded of what it can. */
#include "test.h"
#include "world.h"

/* Runs Lua in a tool and gives what it returns as text. */
static void expect_in(bool ordered, const char *body, const char *answer)
{
    struct mn_buf page = {0};
    struct world w;

    world_open(&w);
    w.limits.ordered = ordered;
    mn_buf_addf(&page,
                "local t = myna.tool { name = 't', description = 'd', execute = function(args, "
                "ctx)\n%s\nend }\ntools = { t }",
                body);
    world_tools(&w, page.p);
    assert_string_equal(world_tool(&w, "t", "{}"), answer);
    mn_buf_free(&page);
    world_close(&w);
}

static void expect(const char *body, const char *answer)
{
    expect_in(false, body, answer);
}

TEST(no_way_out_is_left_open)
{
    expect(
        "local found = {}\n"
        "for _, name in ipairs { 'io', 'debug', 'package', 'load', 'loadfile', 'dofile',\n"
        "  'collectgarbage', 'native', 'loadstring' } do\n"
        "  if rawget(_G, name) ~= nil then found[#found + 1] = name end end\n"
        "for _, name in ipairs { 'execute', 'exit', 'remove', 'rename', 'getenv', 'tmpname' } do\n"
        "  if os[name] then found[#found + 1] = 'os.' .. name end end\n"
        "if string.dump then found[#found + 1] = 'string.dump' end\n"
        "return table.concat(found, ' ')",
        "");
}

TEST(globals_are_closed_while_a_call_runs)
{
    expect(
        "local ok, why = pcall(function() leak = 1 end)\nreturn why",
        "app/agent.lua:4: global 'leak' is written: write 'local leak', or keep it in ctx.state");
    expect("local ok, why = pcall(function() return tabel.concat end)\nreturn why",
           "app/agent.lua:4: unknown global 'tabel' (did you mean 'table'?)");
    expect("local ok, why = pcall(setmetatable, _G, {})\nreturn why",
           "cannot change a protected metatable");
}

TEST(finalizers_are_refused)
{
    expect("local ok, why = pcall(setmetatable, {}, { __gc = function() end })\nreturn why",
           "setmetatable: __gc is refused; use <close>");
}

TEST(the_metatable_of_strings_is_protected)
{
    expect("return tostring(getmetatable(''))", "false");
}

TEST(the_sdks_own_files_are_not_a_pages_to_require)
{
    expect("local ok, why = pcall(require, 'myna.secret')\nreturn why",
           "require 'myna.secret' is for the top of a file, not inside a function");
}

TEST(repeating_is_bounded)
{
    expect("return select(2, pcall(string.rep, 'ab', 600000))",
           "string.rep: the result would be over 1 MB");
    expect("return #string.rep('', 1e15) + #('ab'):rep(3, ',')", "8");
    expect("return select(2, pcall(string.rep, 'x', 1, 2, 3)) .. ('x'):rep(-5)", "x");
}

TEST(patterns_are_bounded_in_size)
{
    expect("local long = ('x'):rep(1000000)\n"
           "return select(2, pcall(string.find, long .. long, 'y'))",
           "string.find: the text is over 1 MB");
    expect("return select(2, pcall(string.gsub, 'x', ('x?'):rep(200), ''))",
           "string.gsub: the pattern is over 256 bytes");
    expect("local out = {} for w in ('a b'):gmatch '%a' do out[#out + 1] = w end\n"
           "return table.concat(out, '-') .. ('xay'):match 'a' .. ('aa'):gsub('a', 'b')",
           "a-babb");
}

TEST(patterns_are_bounded_in_steps)
{
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 100000000;
    world_tools(&w, "local t = myna.tool { name = 't', description = 'd', execute = function()\n"
                    "local a = ('a'):rep(220)\n"
                    "local ok, why = pcall(string.find, a, ('a-'):rep(9) .. 'b')\n"
                    "return why .. tostring(a:find(('a-'):rep(2) .. 'b'))\n"
                    "end }\ntools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"),
                        "string.find: over 8388608 steps: the pattern has too many ways to match "
                        "this text; anchor it with ^, or use fewer of * + -nil");
    world_close(&w);
}

TEST(the_longest_text_is_gone_over_within_the_steps)
{
    struct world w;

    world_open(&w);
    w.limits.slice_instructions = 100000000;
    world_tools(&w, "local t = myna.tool { name = 't', description = 'd', execute = function()\n"
                    "local text = ('word 12, '):rep(116508)\n"
                    "local _, n = text:gsub('(%a+)%s*(%d*)', '')\n"
                    "return n .. ' ' .. tostring(text:find 'nothing') .. #text:match '^.*12'\n"
                    "end }\ntools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), "116508 nil1048570");
    world_close(&w);
}

TEST(counting_in_c_is_bounded)
{
    expect("return select(2, pcall(table.move, {}, 1, 1e15, 2))",
           "table.move: over 1,000,000 elements");
    expect("local t = setmetatable({}, { __len = function() return 1e15 end })\n"
           "return select(2, pcall(table.insert, t, 1, 'x'))",
           "table.insert: a table with __len is refused");
    expect("local t = table.move({ 1, 2, 3 }, 1, 3, 2)\ntable.insert(t, 9) table.remove(t, 1)\n"
           "table.sort(t) return table.concat(t, ',')",
           "1,2,3,9");
}

TEST(sorting_is_bounded)
{
    expect("local t = {} for i = 1, 20000 do t[i] = -i end\n"
           "table.sort(t) t[20001] = 1\n"
           "return t[1] .. ' ' .. select(2, pcall(table.sort, t))",
           "-20000 table.sort: over 20,000 elements");
}

TEST(time_is_the_calls_and_the_zone_the_apps)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "local t = myna.tool { name = 't', description = 'd', execute = function()\n"
               "  local summer = os.time { year = 2026, month = 7, day = 1, hour = 9 }\n"
               "  local winter = os.time { year = 2026, month = 12, day = 1, hour = 9 }\n"
               "  return os.date('%H:%M %Z', summer) .. os.date(' !%H ', 0) .. os.date('!%H:%M',\n"
               "    summer) .. os.date(' !%H:%M', winter):gsub('!', '') .. ' '\n"
               "    .. os.date('!%H:%M', winter) .. ' ' .. os.time() .. ' ' .. os.clock()\n"
               "end }\n"
               "return myna.app { agent = myna.agent { name = 'A', tools = { t } },\n"
               "  timezone = 'Europe/London' }\n");
    if (world_load(&w) != 0)
        fail_msg("%s", world_text(&w.why));
    world_call(&w);
    world_advance(&w, 1500);
    assert_string_equal(world_tool(&w, "t", "{}"),
                        "09:00 BST !01 08:00 09:00 09:00 1780000001 1.5");
    world_close(&w);
}

TEST(an_unknown_zone_is_refused_at_load)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' }, timezone = 'Mars/Base' }\n");
    assert_true(world_load(&w) != 0);
    world_has(&w.why, "app/agent.lua:2: app: timezone: 'Mars/Base' is not a time zone");
    world_close(&w);
}

TEST(chance_is_seeded_by_the_call)
{
    struct world a, b;
    const char body[] = "local t = myna.tool { name = 't', description = 'd',\n"
                        "execute = function() return math.random(1, 1000000) end }\ntools = { t }";
    char first[32];

    world_open(&a);
    world_tools(&a, body);
    strcpy(first, world_tool(&a, "t", "{}"));
    world_close(&a);
    world_open(&b);
    world_tools(&b, body);
    assert_string_equal(world_tool(&b, "t", "{}"), first);
    world_close(&b);
}

TEST(in_tests_pairs_and_next_go_by_the_order_of_keys)
{
    expect_in(true,
              "local t, out = { b = 1, a = 1, aa = 1, [3] = 1, [1] = 1, [2.5] = 1, [true] = 1,\n"
              "  [false] = 1, ['10'] = 1, ['9'] = 1 }, {}\n"
              "for key in pairs(t) do out[#out + 1] = tostring(key) end\n"
              "local key = nil\n"
              "repeat key = next(t, key) out[#out + 1] = tostring(key) until key == nil\n"
              "return table.concat(out, ' ')",
              "false true 1 2.5 3 10 9 a aa b false true 1 2.5 3 10 9 a aa b nil");
}

TEST(in_tests_a_table_may_lose_fields_while_it_is_walked)
{
    expect_in(true,
              "local t, out = { a = 1, b = 2, c = 3 }, {}\n"
              "for key, value in pairs(t) do out[#out + 1] = key .. value t.b = nil end\n"
              "for _ in pairs {} do out[1] = 'none' end\n"
              "local ok, why = pcall(next, {}, 'x')\n"
              "return table.concat(out, ' ') .. ' ' .. why",
              "a1 c3 invalid key to 'next'");
}

TEST(in_tests_pairs_asks_the_metatable)
{
    expect_in(true,
              "local t = setmetatable({}, { __pairs = function() return next, { x = 1 } end })\n"
              "for key in pairs(t) do return key end",
              "x");
}

TEST(in_tests_no_address_is_shown)
{
    expect_in(true,
              "local a, b = {}, function() end\n"
              "local named = setmetatable({}, { __tostring = function() return 'own' end })\n"
              "return ('%s %s %s %s %s %d'):format(tostring(a), b, a, tostring(named), nil, 7)",
              "table: 1 function: 2 table: 1 own nil 7");
}
