/* test_words.c - the small words: digests, base64, UUIDs, moments, tools called by script. */
#include "base/sha256.h"
#include "test.h"
#include "world.h"

#include <stdio.h>
#include <string.h>

/* What a tool's body gives, in an app of London's. */
static void expect(const char *body, const char *answer)
{
    struct mn_buf page = {0};
    struct world w;

    world_open(&w);
    mn_buf_addf(&page,
                "local myna = require 'myna'\n"
                "local t = myna.tool { name = 't', description = 'd', execute = function(args, "
                "ctx)\nlocal time, out = myna.time, {}\n%s\nend }\n"
                "return myna.app { timezone = 'Europe/London',\n"
                "  agent = myna.agent { name = 'A', tools = { t } } }\n",
                body);
    world_file(&w, "agent.lua", page.p);
    if (world_load(&w) != 0)
        fail_msg("%s", world_text(&w.why));
    world_call(&w);
    assert_string_equal(world_tool(&w, "t", "{}"), answer);
    mn_buf_free(&page);
    world_close(&w);
}

static const char *hex(const unsigned char *digest)
{
    static char text[2 * MN_SHA256_BYTES + 1];

    for (int i = 0; i < MN_SHA256_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

/* FIPS 180-4's examples, and the lengths at which the padding takes another block. */
TEST(sha256_is_the_standards)
{
    unsigned char digest[MN_SHA256_BYTES];
    char many[1000];

    assert_int_equal(mn_sha256(MN_STR(""), digest), 0);
    assert_string_equal(hex(digest),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(mn_sha256(MN_STR("abc"), digest), 0);
    assert_string_equal(hex(digest),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(
        mn_sha256(MN_STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), digest), 0);
    assert_string_equal(hex(digest),
                        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(many, 'a', sizeof(many));
    assert_int_equal(mn_sha256((struct mn_str){many, 64}, digest), 0);
    assert_string_equal(hex(digest),
                        "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    assert_int_equal(mn_sha256((struct mn_str){many, 55}, digest), 0);
    assert_string_equal(hex(digest),
                        "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
}

/* RFC 4231, cases 2 and 6. */
TEST(hmac_is_the_standards)
{
    unsigned char digest[MN_SHA256_BYTES], key[131];

    assert_int_equal(mn_hmac_sha256(MN_STR("Jefe"), MN_STR("what do ya want for nothing?"), digest),
                     0);
    assert_string_equal(hex(digest),
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    assert_int_equal(
        mn_hmac_sha256((struct mn_str){(const char *)key, sizeof(key)},
                       MN_STR("Test Using Larger Than Block-Size Key - Hash Key First"), digest),
        0);
    assert_string_equal(hex(digest),
                        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(digests_come_in_three_forms)
{
    expect("return myna.hash.sha256('abc', 'base64') .. #myna.hash.sha256('abc', 'bytes')\n"
           "  .. myna.hash.hmac('Jefe', 'what do ya want for nothing?'):sub(1, 8)",
           "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=325bdcc146");
    expect("return select(2, pcall(function() myna.hash.sha256('abc', 'hexx') end))",
           "app/agent.lua:4: myna.hash.sha256: expected \"hex\", \"base64\" or \"bytes\", got "
           "'hexx'");
    expect("return select(2, pcall(function() myna.hash.hmac({}, 'abc') end))",
           "app/agent.lua:4: myna.hash.hmac: expected a string, got a table");
}

TEST(base64_goes_there_and_back)
{
    expect(
        "return myna.base64.encode 'any carnal pleas' .. ' ' .. myna.base64.decode 'YW55\\nIGM='\n"
        "  .. myna.base64.decode('_-8'):byte(1, 1) .. ' '\n"
        "  .. select(2, myna.base64.decode 'Y%==') .. '!' .. myna.base64.decode ''",
        "YW55IGNhcm5hbCBwbGVhcw== any c255 not base64!");
}

TEST(a_uuid_is_new_each_time)
{
    expect("local a, b = myna.uuid(), myna.uuid()\n"
           "local form = '^%x+%-%x+%-4%x%x%x%-[89ab]%x%x%x%-%x+$'\n"
           "return #a .. tostring(a ~= b) .. tostring(a:find(form) and b:find(form))",
           "36true1");
}

TEST(moments_are_read_in_the_apps_zone_or_their_own)
{
    expect("for _, text in ipairs { '2026-07-01', '2026-07-01 09:30', '2026-07-01T09:30:15Z',\n"
           "  '2026-07-01T09:30:15.250+02:00', '2024-02-29T00:00-0130', '2026-02-29', 'soon',\n"
           "  '2026-01-01T24:00', '2026-01-01T10:00 o' } do\n"
           "  local at, why = time.parse(text) out[#out + 1] = tostring(at or why) end\n"
           "return table.concat(out, '\\n')",
           "1782860400\n1782894600\n1782898215\n1782891015\n1709170200\n"
           "'2026-02-29': there is no such day or time\n"
           "'soon' is not a date such as 2026-03-01T10:30\n"
           "'2026-01-01T24:00': there is no such day or time\n"
           "'2026-01-01T10:00 o': ' o' is not an offset such as +01:00");
}

TEST(moments_are_written_with_their_offset)
{
    expect("return time.format(1782894600) .. ' ' .. time.format(1782894600, '%A %d %B')\n"
           "  .. ' ' .. time.format(time.now() - time.now())",
           "2026-07-01T09:30:00+01:00 Wednesday 01 July 1970-01-01T01:00:00+01:00");
}

TEST(a_day_later_is_the_calendars_and_an_hour_the_clocks)
{
    expect(
        "local eve = time.parse '2026-03-28T09:00'\n" /* the clocks go on that night */
        "for _, step in ipairs { { days = 1 }, { hours = 24 }, { weeks = -1, minutes = 5 } } do\n"
        "  out[#out + 1] = time.format(time.add(eve, step)) end\n"
        "local last = time.parse '2026-01-31'\n"
        "out[4] = time.format(time.add(last, { months = 1 }), '%F')\n"
        "out[5] = time.format(time.add(last, { years = 1, months = -2 }), '%F')\n"
        "out[6] = select(2, pcall(time.add, last, { day = 1 })):gsub('^.-: ', '')\n"
        "return table.concat(out, '\\n')",
        "2026-03-29T09:00:00+01:00\n2026-03-29T10:00:00+01:00\n2026-03-21T09:05:00+00:00\n"
        "2026-02-28\n2026-11-30\n"
        "myna.time.add: unknown field 'day' (did you mean 'days'?)");
}

TEST(a_functions_deadline_is_what_is_left_of_its_time)
{
    struct world w;

    world_open(&w);
    world_tools(&w, "local t = myna.tool { name = 't', description = 'd', timeout = '5s',\n"
                    "execute = function(args, ctx) local before = ctx.deadline\n"
                    "  myna.sleep '2s' return before .. ' ' .. ctx.deadline end }\ntools = { t }");
    assert_null(world_tool(&w, "t", "{}"));
    world_advance(&w, 2000);
    assert_string_equal(world_text(&w.results[1].text), "4.9 2.9");
    world_close(&w);
}

static const char called[] =
    "local add = myna.tool { name = 'add', description = 'd', timeout = '3s',\n"
    "  parameters = { a = s.integer(), b = s.integer():default(5) },\n"
    "  execute = function(args) if args.a == 0 then return myna.fail 'not zero' end\n"
    "    if args.a < 0 then myna.sleep '1m' end\n"
    "    return { sum = args.a + args.b } end }\n"
    "local off = myna.tool { name = 'off', description = 'd', is_enabled = function() end,\n"
    "  execute = function() return 'x' end }\n"
    "local pay = myna.tool { name = 'pay', description = 'd', needs_approval = true,\n"
    "  execute = function() return 'paid' end }\n"
    "local words = myna.tool { name = 'words', description = 'd',\n"
    "  execute = function() return 'plain' end }\n"
    "local t = myna.tool { name = 't', description = 'd', execute = function(args, ctx)\n"
    "  local out = {}\n"
    "  local function try(...) local ok, got, why = pcall(ctx.call_tool, ctx, ...)\n"
    "    if type(got) == 'table' then got = 'sum ' .. got.sum end\n"
    "    out[#out + 1] = tostring(got or why):gsub('^.-:%d+: ', '') end\n"
    "  try('add', { a = 1 }) try('add', { a = 'x' }) try('add', { a = 0 }) try 'off' try 'pay'\n"
    "  try 'words' try 'ad' try('add', 7) try('add', { a = -1 })\n"
    "  return table.concat(out, '\\n') end }\n"
    "tools = { add, off, pay, words, t }";

TEST(a_tool_called_by_script_meets_its_checks)
{
    struct world w;

    world_open(&w);
    world_tools(&w, called);
    assert_null(world_tool(&w, "t", "{}"));
    world_advance(&w, 3000);
    assert_string_equal(world_text(&w.results[1].text),
                        "sum 6\n"
                        "The arguments were not accepted: a: expected an integer, got \"x\"\n"
                        "not zero\n"
                        "The tool off is not available now.\n"
                        "The tool pay needs an approval, which no script can ask for.\n"
                        "plain\n"
                        "ctx:call_tool: agent 'A' has no tool 'ad' (did you mean 'add'?)\n"
                        "ctx:call_tool: expected a table of arguments, got a number\n"
                        "This did not work just now. Tell the caller so, in your own words.");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}
