/* test_context.c - ctx, events, secrets, requests as written. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <string.h>

static struct world w;

static const char *run(const char *body)
{
    struct mn_buf page = {0};

    world_open(&w);
    mn_buf_addf(&page,
                "local t = myna.tool { name = 't', description = 'd', execute = function(args, "
                "ctx)\n%s\nend }\ntools = { t }",
                body);
    world_tools(&w, page.p);
    mn_buf_free(&page);
    return world_tool(&w, "t", "{}");
}

TEST(ctx_holds_the_call_the_user_and_the_job)
{
    assert_string_equal(run("return { ctx.call, ctx.user, ctx.agent, ctx.tool }"),
                        "[{\"app\":\"app\",\"from\":\"+441\",\"id\":\"sess_test\"},"
                        "{\"name\":\"Ann\"},\"A\",\"t\"]");
    world_close(&w);
}

TEST(orders_go_to_the_session)
{
    run("ctx:say 'One.' ctx:reply { instructions = 'Be kind.' } ctx:reply() ctx:interrupt()\n"
        "ctx:handoff 'A' ctx:hang_up() ctx:hang_up 'done'");
    assert_string_equal(world_text(&w.orders),
                        "say(One.) reply(Be kind.) reply() interrupt() "
                        "handoff({\"agent\":\"A\",\"last\":0}) hang_up() hang_up(done) ");
    world_close(&w);
}

TEST(an_order_to_a_call_that_is_over_says_so)
{
    world_open(&w);
    w.order_err = MN_ECLOSED;
    world_tools(&w,
                "local t = myna.tool { name = 't', description = 'd', execute = function(a, c)\n"
                "local ok, why = c:say 'x' return tostring(ok) .. ' ' .. why end }\n"
                "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), "nil the connection is closed");
    world_close(&w);
}

TEST(wrong_orders_are_errors_with_their_line)
{
    run("local function why(f) return select(2, pcall(f)) end\n"
        "return table.concat({ why(function() ctx:say '' end),\n"
        "  why(function() ctx:handoff 'B' end), why(function() ctx.x = 1 end),\n"
        "  why(function() ctx:trace 'a b' end), why(function() ctx.state = 1 end),\n"
        "  why(function() return ctx.sate end) }, "
        "'\\n')");
    world_has(&w.results[1].text, "ctx:say: expected words, got an empty string");
    world_has(&w.results[1].text, "app/agent.lua:6: ctx:handoff: there is no agent 'B'");
    world_has(&w.results[1].text, "app/agent.lua:6: ctx.x cannot be set");
    world_has(&w.results[1].text, "app/agent.lua:7: ctx:trace: expected a name of letters");
    world_has(&w.results[1].text, "app/agent.lua:7: ctx.state: expected a table");
    world_has(&w.results[1].text, "app/agent.lua:8: ctx has no 'sate' (did you mean 'state'?)");
    world_close(&w);
}

TEST(history_is_read_through_the_port)
{
    world_open(&w);
    mn_buf_add_text(
        &w.history,
        "[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":"
        "\"input_audio\",\"transcript\":\"Hello\"}]},"
        "{\"type\":\"message\",\"role\":\"assistant\",\"agent\":\"A\",\"text\":\"Hi\"}]");
    world_tools(&w,
                "local t = myna.tool { name = 't', description = 'd', execute = function(a, c)\n"
                "return { #c.history:items { last = 2 }, c.history:text() } end }\n"
                "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), "[2,\"caller: Hello\\nA: Hi\"]");
    assert_string_equal(world_text(&w.orders), "history(2) history(0) ");
    world_close(&w);
}

TEST(the_log_has_levels_fields_and_masks_secrets)
{
    world_open(&w);
    world_file(&w, ".env", "PIN=s3cr3t-pin\n");
    world_tools(&w,
                "local key = myna.secret 'PIN'\n"
                "local t = myna.tool { name = 't', description = 'd', execute = function(a, c)\n"
                "c.log:warn('careful', { n = 5, key = key, echo = 's3cr3t-pin!' })\n"
                "print('printed', 1, nil, 's3cr3t-pin') c.log:debug 'low'\n"
                "error('with s3cr3t-pin inside') end }\ntools = { t }");
    world_tool(&w, "t", "{}");
    world_has(&w.logged, "warn");
    world_has(&w.logged, "careful");
    world_has(&w.logged, "n=5");
    world_has(&w.logged, "key=secret:PIN");
    world_has(&w.logged, "echo=secret:PIN!");
    world_has(&w.logged, "printed 1 nil secret:PIN");
    world_has(&w.logged, "with secret:PIN inside");
    world_lacks(&w.logged, "s3cr3t-pin");
    world_close(&w);
}

TEST(a_secret_never_becomes_text_or_json)
{
    world_open(&w);
    world_file(&w, ".env", "PIN=s3cr3t-pin\n");
    world_tools(&w, "local key = myna.secret 'PIN'\n"
                    "local t = myna.tool { name = 't', description = 'd', execute = function()\n"
                    "return tostring(key) .. ' ' .. key .. ' ' .. tostring(rawget(key, 1)) end }\n"
                    "local u = myna.tool { name = 'u', description = 'd',\n"
                    "execute = function() return { k = key } end }\ntools = { t, u }");
    assert_string_equal(world_tool(&w, "t", "{}"), "secret:PIN secret:PIN nil");
    world_tool(&w, "u", "{}");
    world_has(&w.logged, "result.k: a secret");
    world_close(&w);
}

TEST(requests_are_made_as_written)
{
    run("local c = myna.http.client { base_url = 'https://x.test/v1', headers = { ['X-A'] = '1' "
        "},\n"
        "  timeout = '9s', pool = { connections = 4 } }\n"
        "myna.parallel({\n"
        "  function() c:post('a', { json = { b = 1, a = {} }, headers = { ['X-B'] = '2' } }) end,\n"
        "  function() c:with { headers = { ['x-a'] = '3' } }:put('/b?q=1',\n"
        "    { query = { z = { 1, 2 }, y = 'a b' }, form = { k = 'v w' } }) end,\n"
        "  function() myna.http.get('http://y.test/z', { timeout = { total = '1s' } }) end,\n"
        "  function() c:request('HEAD', '', { body = 'raw' }) end })");
    assert_int_equal(w.nasks, 4);
    assert_string_equal(w.asks[0].method, "POST");
    assert_string_equal(w.asks[0].url, "https://x.test/v1/a");
    assert_string_equal(w.asks[0].body, "{\"a\":{},\"b\":1}");
    assert_string_equal(w.asks[0].headers, "Content-Type: application/json\nX-A: 1\nX-B: 2\n");
    assert_string_equal(w.asks[0].pool, "https://x.test/v1 connections=4");
    assert_int_equal(w.asks[0].total_ms, 9000);
    assert_string_equal(w.asks[1].url, "https://x.test/v1/b?q=1&y=a%20b&z=1&z=2");
    assert_string_equal(w.asks[1].body, "k=v%20w");
    world_has(&(struct mn_buf){.p = w.asks[1].headers}, "x-a: 3\n");
    assert_string_equal(w.asks[2].url, "http://y.test/z");
    assert_int_equal(w.asks[2].total_ms, 1000);
    assert_string_equal(w.asks[3].method, "HEAD");
    assert_string_equal(w.asks[3].body, "raw");
    world_close(&w);
}

TEST(requests_that_make_no_sense_are_errors)
{
    run("local c = myna.http.client { base_url = 'https://x.test' }\n"
        "local function why(...) return select(2, pcall(...)) end\n"
        "return table.concat({ why(c.get, c, 'http://evil.test/'), why(myna.http.get, '/x'),\n"
        "  why(c.get, c, '/', { headers = { ['X'] = 'a\\r\\nb' } }),\n"
        "  why(c.post, c, '/', { json = 1, body = 'x' }), why(c.get, c, nil),\n"
        "  why(c.get, c, '/', { qery = {} }), why(c.get, c, '/a b') }, '\\n')");
    world_has(&w.results[1].text, "a client with a base_url takes a path, not a whole address");
    world_has(&w.results[1].text, "'/x' is no whole address, and the client has no base_url");
    world_has(&w.results[1].text, "header 'X': expected one line of text");
    world_has(&w.results[1].text, "one of json, form, body and multipart, not several");
    world_has(&w.results[1].text, "expected a path, got nothing");
    world_has(&w.results[1].text, "unknown field 'qery' (did you mean 'query'?)");
    world_has(&w.results[1].text, "GET /a b: an address holds no spaces");
    assert_int_equal(w.nasks, 0);
    world_close(&w);
}

TEST(a_response_is_what_came)
{
    run("local r = myna.http.get 'http://x.test/'\n"
        "local e = myna.http.get 'http://x.test/'\n"
        "return { r.ok, r.status, r.body, r.headers['Content-Type'], r:json().a, e.ok,\n"
        "  tostring(e.status), e.err.code, e.err.message, e.err.retryable,\n"
        "  (pcall(e.json, e)) }");
    world_answer(&w, 0, 201, "{\"a\":1}");
    world_refuse(&w, 1, "timeout");
    assert_string_equal(world_text(&w.results[1].text),
                        "[true,201,\"{\\\"a\\\":1}\",\"application/json\",1,false,\"nil\","
                        "\"timeout\",\"as the test says\",true,false]");
    world_close(&w);
}

TEST(retries_pause_and_double)
{
    run("local c = myna.http.client { base_url = 'http://x.test',\n"
        "  retry = { tries = 3, pause = '200ms' } }\n"
        "local r = c:get '/' c:post('/') return r.status");
    world_answer(&w, 0, 503, "");
    assert_int_equal(w.nasks, 1);
    world_advance(&w, 200);
    assert_int_equal(w.nasks, 2);
    world_refuse(&w, 1, "reset");
    world_advance(&w, 400);
    assert_int_equal(w.nasks, 3);
    world_answer(&w, 2, 200, "");
    assert_string_equal(w.asks[3].method, "POST");
    world_answer(&w, 3, 503, "");
    world_advance(&w, 1000);
    assert_int_equal(w.nasks, 4); /* a POST is not repeated */
    assert_string_equal(world_text(&w.results[1].text), "200");
    world_close(&w);
}

TEST(requests_at_once_are_bounded)
{
    run("local all = {}\nfor i = 1, 9 do all[i] = function() myna.http.get 'http://x.test/' end "
        "end\n"
        "local _, errors = myna.parallel(all, { on_error = 'collect' })\n"
        "for _, e in pairs(errors) do return tostring(e):match('[^\\n]*') end");
    assert_int_equal(w.nasks, 8);
    for (int i = 0; i < 8; i++)
        world_answer(&w, i, 200, "");
    world_has(&w.results[1].text, "over 8 HTTP requests at once in one call");
    world_close(&w);
}

TEST(events_reach_their_handlers)
{
    world_open(&w);
    world_file(
        &w, "agent.lua",
        "local myna = require 'myna'\n"
        "return myna.app { agent = myna.agent { name = 'A', handoffs = { 'B' },\n"
        "    on_enter = function(ctx) print('enter', ctx.agent) end,\n"
        "    on_exit = function(ctx) print('exit', ctx.agent) end },\n"
        "  agents = { myna.agent { name = 'B', on_enter = function() print 'enter B' end } },\n"
        "  on = { agent_tool_end = function(event, ctx)\n"
        "      ctx.state.last = event.tool\n      myna.sleep '1s'\n"
        "      ctx.log:info('tool', { seconds = event.seconds })\n    end,\n"
        "    error = function() error 'in a handler' end } }\n");
    if (world_load(&w) != 0)
        fail_msg("%s", world_text(&w.why));
    world_call(&w);
    mn_state_note(w.state, MN_NOTE_CALL_START, MN_STR("{\"agent\":\"A\"}"));
    mn_state_note(w.state, MN_NOTE_TOOL_END, MN_STR("{\"tool\":\"t\",\"seconds\":0.5}"));
    mn_state_note(w.state, MN_NOTE_AGENT_HANDOFF, MN_STR("{\"from\":\"A\",\"to\":\"B\"}"));
    mn_state_note(w.state, MN_NOTE_ERROR, MN_STR("{}"));
    mn_state_note(w.state, MN_NOTE_USAGE, MN_STR("{}"));
    assert_int_equal(mn_state_tasks(w.state), 4);
    world_advance(&w, 1000);
    world_has(&w.logged, "enter A");
    world_has(&w.logged, "exit A");
    world_has(&w.logged, "enter B");
    world_has(&w.logged, "seconds=0.5");
    world_has(&w.logged, "on.error failed");
    world_has(&w.logged, "app/agent.lua:11: in a handler");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(each_call_has_a_state_of_its_own)
{
    struct mn_state *first;

    world_open(&w);
    world_tools(&w, "local n = 0\nlocal t = myna.tool { name = 't', description = 'd',\n"
                    "execute = function(_, ctx) n = n + 1 ctx.state.n = n return n end }\n"
                    "tools = { t }");
    assert_string_equal(world_tool(&w, "t", "{}"), "1");
    assert_string_equal(world_tool(&w, "t", "{}"), "2");
    first = w.state;
    world_call(&w);
    assert_string_equal(world_tool(&w, "t", "{}"), "1");
    mn_state_close(first);
    assert_string_equal(world_tool(&w, "t", "{}"), "2");
    world_close(&w);
}

TEST(instructions_that_fail_leave_words_and_a_log)
{
    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "return myna.agent { name = 'A', instructions = function(ctx)\n"
               "  return ctx.state.nobody.name end }\n");
    assert_int_equal(world_load(&w), 0);
    world_call(&w);
    world_prepare(&w, 0);
    assert_int_equal(w.results[2].err, MN_ESCRIPT);
    world_has(&w.logged, "instructions failed");
    world_has(&w.logged, "app/agent.lua:3: attempt to index a nil value");
    world_close(&w);
}

TEST(R50_a_picture_may_have_so_many_bytes_and_no_more)
{
    world_open(&w);
    world_tools(&w,
                "local t = myna.tool { name = 't', description = 'd', execute = function(a, c)\n"
                "local png = '\\x89PNG\\r\\n\\x1a\\n'\n"
                "local function try(n) local ok, done, why = pcall(c.send_image, c, png ..\n"
                "('x'):rep(n - #png)) return tostring(ok and why or done) end\n"
                "return try(512 * 1024) .. '; ' .. try(512 * 1024 + 1) end }\ntools = { t }");
    assert_string_equal(
        world_tool(&w, "t", "{}"),
        "the connection is closed; app/agent.lua:5: ctx:send_image: it has more than the 524288 "
        "bytes a picture may (script-picture)");
    world_close(&w);
}
