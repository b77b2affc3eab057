/* test_http.c - clients and requests as an app writes them: what is asked of the pool, tries,
 * streams; and what is wrong, told as the app loads. */
#include "world.h"

#include "test.h"

#include <string.h>

static struct world w;

/* Runs a tool whose function is this body. */
static void run(const char *body)
{
    struct mn_buf text = {0};

    mn_buf_addf(&text,
                "tools = { myna.tool { name = 't', description = 'd', timeout = '60s', execute = "
                "function(args, ctx)\n%s\nend } }",
                body);
    world_open(&w);
    world_tools(&w, text.p);
    mn_buf_free(&text);
    world_tool(&w, "t", "{}");
}

static void gives(const char *text)
{
    assert_string_equal(world_text(&w.results[1].text), text);
    world_close(&w);
}

/* Loads an app with this client, and has the mistake told with its line. */
static void refuses(const char *client, const char *mistake)
{
    struct mn_buf text = {0};

    world_open(&w);
    mn_buf_addf(&text,
                "local myna = require 'myna'\n"
                "local c = myna.http.client {\n  base_url = 'https://x.test',\n  %s,\n}\n"
                "return myna.agent { name = 'A' }\n",
                client);
    world_file(&w, "agent.lua", text.p);
    world_file(&w, "empty.pem", "nothing");
    assert_int_not_equal(world_load(&w), 0);
    mn_buf_free(&text);
    world_has(&w.why, mistake);
    world_has(&w.why, "agent.lua:");
    world_close(&w);
}

TEST(every_setting_of_a_client_reaches_the_pool)
{
    world_open(&w);
    world_file(&w, "ca.pem", "-----BEGIN CERTIFICATE-----\n");
    world_tools(&w,
                "local c = myna.http.client { base_url = 'https://x.test', proxy = 'http://p:1',\n"
                "  timeout = { connect = '1s', pool = '2s', idle = '3s', total = '4s' },\n"
                "  pool = { connections = 7, keep = 0, keep_for = '9s' }, ca = 'ca.pem',\n"
                "  cache = { ttl = '1h', not_found = '5s' }, private = true }\n"
                "tools = { myna.tool { name = 't', description = 'd', execute = function()\n"
                "  c:get('/a', { timeout = { idle = '1s' } })\n"
                "  c:get('/b', { cache = false })\n"
                "  myna.http.get('http://y.test', { cache = '2s' })\n"
                "  myna.http.request('OPTIONS', 'http://y.test')\n"
                "end } }");
    world_tool(&w, "t", "{}");
    for (int i = 0; i < 4; i++)
        world_answer(&w, i, 200, "{}");
    assert_int_equal(w.asks[0].connect_ms, 1000);
    assert_int_equal(w.asks[0].pool_ms, 2000);
    assert_int_equal(w.asks[0].idle_ms, 1000);
    assert_int_equal(w.asks[0].total_ms, 4000);
    assert_int_equal(w.asks[0].keep, -1);
    assert_int_equal(w.asks[0].keep_ms, 9000);
    assert_string_equal(w.asks[0].proxy, "http://p:1");
    assert_string_equal(w.asks[0].ca, "-----BEGIN CERTIFICATE-----\n");
    assert_int_equal(w.asks[0].cache_ms, 3600000);
    assert_int_equal(w.asks[0].absent_ms, 5000);
    assert_true(w.asks[0].names_host && w.asks[0].any_host);
    assert_int_equal(w.asks[1].cache_ms, 0);
    assert_int_equal(w.asks[1].idle_ms, 3000);
    assert_int_equal(w.asks[2].cache_ms, 2000);
    assert_false(w.asks[2].names_host || w.asks[2].any_host);
    assert_string_equal(w.asks[3].method, "OPTIONS");
    assert_string_equal(w.asks[2].pool, "");
    world_close(&w);
}

TEST(secrets_open_in_bearer_basic_headers_and_query_and_are_marked)
{
    world_open(&w);
    world_file(&w, ".env", "KEY=s3cret\n");
    world_tools(&w, "local key = myna.secret 'KEY'\n"
                    "local c = myna.http.client { base_url = 'https://x.test', bearer = key,\n"
                    "  headers = { ['X-Plain'] = '1', ['X-Key'] = key } }\n"
                    "tools = { myna.tool { name = 't', description = 'd', execute = function()\n"
                    "  c:get('/', { query = { key = key, n = 1 } })\n"
                    "  c:with { basic = { 'me', key } }:get '/'\n"
                    "  c:with { bearer = 'other' }:get '/'\n"
                    "  c:get('/', { headers = { Authorization = 'own' } })\n"
                    "end } }");
    world_tool(&w, "t", "{}");
    for (int i = 0; i < 4; i++)
        world_answer(&w, i, 200, "");
    assert_string_equal(w.asks[0].url, "https://x.test/?key=s3cret&n=1");
    assert_string_equal(w.asks[0].headers,
                        "Authorization: Bearer s3cret\nX-Key: s3cret\nX-Plain: 1\n");
    assert_int_equal(w.asks[0].nsecret, 2);
    assert_string_equal(w.asks[1].headers,
                        "Authorization: Basic bWU6czNjcmV0\nx-key: s3cret\nx-plain: 1\n");
    assert_string_equal(w.asks[2].headers,
                        "Authorization: Bearer other\nx-key: s3cret\nx-plain: 1\n");
    assert_string_equal(w.asks[3].headers, "Authorization: own\nX-Key: s3cret\nX-Plain: 1\n");
    world_lacks(&w.logged, "s3cret");
    world_close(&w);
}

TEST(base64_of_basic_is_right_at_every_length)
{
    run("for _, word in ipairs { '', 'a', 'ab' } do\n"
        "  myna.http.client { basic = { 'u', word } }:get 'https://x.test/' end");
    for (int i = 0; i < 3; i++)
        world_answer(&w, i, 200, "");
    assert_string_equal(w.asks[0].headers, "Authorization: Basic dTo=\n");
    assert_string_equal(w.asks[1].headers, "Authorization: Basic dTph\n");
    assert_string_equal(w.asks[2].headers, "Authorization: Basic dTphYg==\n");
    world_close(&w);
}

TEST(what_is_wrong_with_a_client_is_told_as_the_app_loads)
{
    refuses("pool = { keep = -1 }", "agent.lua:4: pool: keep: expected a whole number from 0 to");
    refuses("pool = { connections = 1001 }", "expected a whole number from 1 to 1000");
    refuses("retry = { tries = 11 }", "expected a whole number from 1 to 10");
    refuses("retry = { on = { 200 } }", "'200' is no status of a failure");
    refuses("retry = { on = 503 }", "expected a list such as { 429, 503, \"timeout\" }");
    refuses("basic = 'me:word'", "agent.lua:4: http.client: basic: expected { user, password }");
    refuses("basic = { 'a:b', 'c' }", "a user's name holds no ':'");
    refuses("bearer = 'k', basic = { 'a', 'b' }", "one of bearer and basic, not both");
    refuses("proxy = 'proxy:3128'", "expected an http:// or https:// address");
    refuses("ca = 'none.pem'", "none.pem");
    refuses("ca = 'empty.pem'", "holds no certificate (PEM)");
    refuses("cache = true", "cache: expected a duration");
    refuses("cache = { tll = '1h' }", "unknown field 'tll' (did you mean 'ttl'?)");
    refuses("cache = { not_found = '1s' }", "'ttl' is missing");
    refuses("private = 'yes'", "private: expected true or false");
    refuses("headers = { ['X A'] = '1' }", "header 'X A': not a header's name");
    refuses("headers = { A = 'a\\nb' }", "header 'A': expected one line of text");
    refuses("timeout = { idel = '1s' }", "unknown field 'idel' (did you mean 'idle'?)");
    refuses("words = { timeuot = 'x' }", "words: unknown key 'timeuot'");
}

TEST(cache_is_for_requests_that_can_be_kept)
{
    run("local c = myna.http.client { base_url = 'https://x.test', cache = '1h' }\n"
        "c:post('/', {}) c:get('/', { stream = true })\n"
        "local function why(...) return select(2, pcall(...)) end\n"
        "return why(c.post, c, '/', { cache = '1s' }) .. '\\n' ..\n"
        "  why(c.get, c, '/', { cache = '1s', stream = true })");
    world_answer(&w, 0, 200, "");
    world_answer(&w, 1, 200, "");
    assert_int_equal(w.asks[0].cache_ms, 0);
    assert_int_equal(w.asks[1].cache_ms, 0);
    world_has(&w.results[1].text, "cache is for GET and HEAD");
    world_has(&w.results[1].text, "one of cache and stream, not both");
    world_close(&w);
}

/* ---- tries ---- */

static const char *const three_tries =
    "local c = myna.http.client { base_url = 'http://x.test', retry = { pause = '1s' } }\n";

static void run_tries(const char *body)
{
    struct mn_buf text = {0};

    mn_buf_addf(&text, "%s%s", three_tries, body);
    run(text.p);
    mn_buf_free(&text);
}

TEST(a_post_that_is_idempotent_is_tried_again_under_one_key)
{
    run_tries("return c:post('/', { json = {}, idempotent = true }).status");
    world_answer(&w, 0, 503, "");
    world_advance(&w, 1000);
    world_refuse(&w, 1, "reset");
    world_advance(&w, 2000);
    assert_int_equal(w.nasks, 3);
    assert_non_null(strstr(w.asks[0].headers, "Idempotency-Key: "));
    assert_string_equal(w.asks[0].headers, w.asks[1].headers);
    assert_string_equal(w.asks[0].headers, w.asks[2].headers);
    world_answer(&w, 2, 201, "");
    gives("201");
}

TEST(a_get_that_is_not_idempotent_is_not_tried_again)
{
    run_tries("return c:get('/', { idempotent = false }).status");
    world_answer(&w, 0, 503, "");
    world_advance(&w, 5000);
    assert_int_equal(w.nasks, 1);
    gives("503");
}

TEST(pauses_double_with_jitter_between_half_and_whole)
{
    run_tries("return c:get('/').status");
    world_answer(&w, 0, 503, "");
    world_advance(&w, 499);
    assert_int_equal(w.nasks, 1);
    world_advance(&w, 501);
    assert_int_equal(w.nasks, 2);
    world_answer(&w, 1, 503, "");
    world_advance(&w, 999);
    assert_int_equal(w.nasks, 2);
    world_advance(&w, 1001);
    assert_int_equal(w.nasks, 3);
    world_answer(&w, 2, 503, "");
    gives("503");
}

TEST(a_server_may_say_when_to_come_again_in_seconds_or_as_a_date)
{
    run_tries("print(os.date('!%a, %d %b %Y %H:%M:%S GMT', os.time() + 5))\n"
              "return c:get('/').status");
    world_answer_with(&w, 0, 429, "retry-after", "3");
    world_advance(&w, 2999);
    assert_int_equal(w.nasks, 1);
    world_advance(&w, 1);
    assert_int_equal(w.nasks, 2);
    world_answer_with(&w, 1, 503, "retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"); /* long ago */
    world_advance(&w, 1);
    assert_int_equal(w.nasks, 3);
    world_answer(&w, 2, 200, "");
    gives("200");
}

TEST(a_date_of_a_server_is_read_to_the_second)
{
    const int64_t at[] = {951782400, 1078099199, 1709251199, 4102444799};
    static const char *const dates[] = {
        "Tue, 29 Feb 2000 00:00:00 GMT", "Sun, 29 Feb 2004 23:59:59 GMT",
        "Thu, 29 Feb 2024 23:59:59 GMT", "Thu, 31 Dec 2099 23:59:59 GMT"};

    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        struct mn_buf text = {0};

        world_open(&w);
        mn_clock_close(&w.clock);
        mn_clock_open_virtual(&w.clock, (at[i] - 7) * 1000);
        mn_buf_addf(&text,
                    "tools = { myna.tool { name = 't', description = 'd', execute = function()\n"
                    "%s return c:get('/').status end } }",
                    three_tries);
        world_tools(&w, text.p);
        mn_buf_free(&text);
        world_tool(&w, "t", "{}");
        world_answer_with(&w, 0, 503, "retry-after", dates[i]);
        world_advance(&w, 6999);
        assert_int_equal(w.nasks, 1);
        world_advance(&w, 1);
        assert_int_equal(w.nasks, 2);
        world_answer(&w, 1, 200, "");
        gives("200");
    }
}

TEST(who_asks_for_more_time_than_half_a_minute_is_not_waited_for)
{
    run_tries("return { c:get('/').status, c:get('/').status }");
    world_answer_with(&w, 0, 503, "retry-after", "30");
    world_advance(&w, 30000);
    assert_int_equal(w.nasks, 2); /* at the bound */
    world_answer_with(&w, 1, 503, "retry-after", "31");
    assert_int_equal(w.nasks, 3); /* the second request: the first was given up */
    world_answer_with(&w, 2, 503, "retry-after", "99999999999999999999");
    gives("[503,503]");
}

TEST(only_what_is_listed_is_tried_again)
{
    run("local c = myna.http.client { base_url = 'http://x.test',\n"
        "  retry = { tries = 2, on = { 500, 'dns' } } }\n"
        "local function got(res) return res.status or res.err.code end\n"
        "return { got(c:get '/'), got(c:get '/'), got(c:get '/') }");
    world_answer(&w, 0, 500, "");
    world_advance(&w, 1000);
    world_answer(&w, 1, 503, ""); /* was not said */
    world_refuse(&w, 2, "dns");
    world_advance(&w, 1000);
    world_refuse(&w, 3, "timeout"); /* nor this */
    world_answer(&w, 4, 200, "");
    gives("[503,\"timeout\",200]");
}

TEST(words_are_found_by_code)
{
    run("local c = myna.http.client { base_url = 'http://x.test',\n"
        "  words = { dns = 'No such place.', timeout = 'Too slow.', other = 'No.' } }\n"
        "local function words(res) local _, e = pcall(res.data, res) return e.words end\n"
        "return { words(c:get '/'), words(c:get '/'), words(c:get '/') }");
    world_refuse(&w, 0, "dns");
    world_refuse(&w, 1, "timeout");
    world_answer(&w, 2, 404, "");
    world_has(&w.results[1].text, "No such place.");
    world_has(&w.results[1].text, "Too slow.");
    world_has(&w.results[1].text, "No.");
    world_close(&w);
}

/* ---- streams ---- */

static const char *const open_stream = "local r = myna.http.get('http://x.test/', { stream = true "
                                       "})\n";

static void run_stream(const char *body)
{
    struct mn_buf text = {0};

    mn_buf_addf(&text, "%s%s", open_stream, body);
    run(text.p);
    mn_buf_free(&text);
}

TEST(chunks_come_as_they_come)
{
    run_stream("local all = { r.status, tostring(r.body) }\n"
               "for chunk in r:chunks() do all[#all + 1] = chunk end\nreturn all");
    world_begin(&w, 0, 200);
    assert_true(world_stream(&w, 0, "one"));
    assert_true(world_stream(&w, 0, "two"));
    world_end(&w, 0, NULL);
    gives("[200,\"nil\",\"one\",\"two\"]");
}

TEST(lines_are_whole_wherever_the_chunks_were_cut)
{
    run_stream("local all = {}\nfor line in r:lines() do all[#all + 1] = line end\nreturn all");
    world_begin(&w, 0, 200);
    world_stream(&w, 0, "a");
    world_stream(&w, 0, "b\r");
    world_stream(&w, 0, "\n\nc\nlast");
    world_end(&w, 0, NULL);
    gives("[\"ab\",\"\",\"c\",\"last\"]");
}

TEST(events_are_read_as_server_sent_events_are)
{
    run_stream("local all = {}\n"
               "for e in r:events() do all[#all + 1] = e.event .. '|' .. e.data .. '|' ..\n"
               "  tostring(e.id) end\nreturn all");
    world_begin(&w, 0, 200);
    world_stream(&w, 0, ": a comment\n\nevent: add\nid: 7\ndata: {\"a\"");
    world_stream(&w, 0, ":1}\n\ndata:x\ndata: y\nunknown: z\n\nevent: none\n\ndata: cut off");
    world_end(&w, 0, NULL);
    gives("[\"add|{\\\"a\\\":1}|7\",\"message|x\\ny|nil\"]");
}

TEST(a_stream_that_breaks_raises_the_clients_words)
{
    run_stream("local ok, e = pcall(function() for c in r:chunks() do print(c) end end)\n"
               "return { ok, r.err.code }");
    world_begin(&w, 0, 200);
    world_stream(&w, 0, "half");
    world_end(&w, 0, "reset");
    gives("[false,\"reset\"]");
}

TEST(a_script_that_does_not_read_makes_the_sender_wait)
{
    static char much[40001];

    memset(much, 'x', sizeof(much) - 1);
    run_stream("local n = 0\nmyna.sleep '1s'\nfor c in r:chunks() do n = n + #c end\nreturn n");
    world_begin(&w, 0, 200);
    assert_true(world_stream(&w, 0, much));
    assert_false(world_stream(&w, 0, much));                /* over 64 KB */
    assert_true(world_stream(&w, 0, much + 40000 - 25536)); /* to the last byte of them */
    assert_false(world_stream(&w, 0, "x"));
    assert_int_equal(w.asks[0].resumed, 0);
    world_advance(&w, 1000);
    assert_int_equal(w.asks[0].resumed, 1);
    assert_true(world_stream(&w, 0, much));
    world_end(&w, 0, NULL);
    gives("105536");
}

TEST(a_stream_ends_with_its_task)
{
    run_stream("kept = r.stream return 'done'");
    world_close(&w);
    run_stream("return 'done'");
    world_begin(&w, 0, 200);
    assert_true(w.asks[0].cancelled);
    gives("done");
}

TEST(a_stream_can_be_closed_early_and_read_by_one_task_at_a_time)
{
    run_stream(
        "local errors = select(2, myna.parallel({\n"
        "  a = function() return r:chunks()() end, b = function() return r:chunks()() end },\n"
        "  { on_error = 'collect' }))\n"
        "local second = tostring(errors.a or errors.b):match 'another task'\n"
        "r:close() r:close()\nreturn { second, tostring(r:chunks()()) }");
    world_begin(&w, 0, 200);
    world_stream(&w, 0, "x");
    assert_true(w.asks[0].cancelled);
    gives("[\"another task\",\"nil\"]");
}

TEST(a_stream_may_be_read_whole_after_all)
{
    run_stream("return r:data().a");
    world_begin(&w, 0, 200);
    world_stream(&w, 0, "{\"a\"");
    world_stream(&w, 0, ":5}");
    world_end(&w, 0, NULL);
    gives("5");
}

TEST(a_port_that_does_not_stream_gives_the_same)
{
    run_stream("local all = {}\nfor line in r:lines() do all[#all + 1] = line end\nreturn all");
    world_answer(&w, 0, 200, "a\nb\n");
    gives("[\"a\",\"b\"]");
}

TEST(an_answer_that_is_no_stream_has_no_chunks)
{
    run("local r = myna.http.get 'http://x.test/'\nr:close()\n"
        "return select(2, pcall(r.lines, r))");
    world_answer(&w, 0, 200, "a");
    world_has(&w.results[1].text, "only an answer asked for with stream = true comes in lines");
    world_close(&w);
}

/* ---- bodies of several parts, and the model's API ---- */

TEST(parts_are_sent_in_order_with_their_types)
{
    run("myna.http.post('http://x.test/', { multipart = { b = { body = 'B', type = 'text/b',\n"
        "  filename = 'b.txt' }, a = 'A' } })");
    world_has(&(struct mn_buf){.p = w.asks[0].headers, .n = strlen(w.asks[0].headers)},
              "Content-Type: multipart/form-data; boundary=myna-");
    assert_non_null(strstr(w.asks[0].body,
                           "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nA\r\n--myna-"));
    assert_non_null(strstr(w.asks[0].body, "name=\"b\"; filename=\"b.txt\"\r\n"
                                           "Content-Type: text/b\r\n\r\nB\r\n--myna-"));
    assert_string_equal(w.asks[0].body + strlen(w.asks[0].body) - 4, "--\r\n");
    world_close(&w);
}

/* A request that cannot be made says why, where it was written. */
static void mistaken(const char *request, const char *words)
{
    struct mn_buf body = {0};

    mn_buf_addf(&body, "return select(2, pcall(function() return %s end))", request);
    run(body.p);
    mn_buf_free(&body);
    assert_int_equal(w.nasks, 0);
    world_has(&w.results[1].text, words);
    world_close(&w);
}

#define POST(options) "myna.http.post('http://x.test/', " options ")"

TEST(parts_that_are_none_are_told)
{
    mistaken(POST("{ multipart = { a = 1 } }"), "multipart: a: expected a string, or { body =");
    mistaken(POST("{ multipart = { a = { body = 'x', kind = 'y' } } }"),
             "multipart: a: unknown field 'kind'");
    mistaken(POST("{ multipart = { a = { body = 'x', type = 'y\\n' } } }"),
             "multipart: a: type: expected one line");
    mistaken(POST("{ multipart = { 'x' } }"), "multipart: '1' is not a part's name");
    mistaken(POST("{ multipart = { ['a\\\"'] = 'x' } }"), "is not a part's name");
    mistaken(POST("{ multipart = {}, json = {} }"),
             "one of json, form, body and multipart, not several");
}

TEST(the_models_api_is_asked_by_path_and_its_address_left_to_the_server)
{
    run("myna.upstream:post('/v1/responses', { json = { a = 1 }, query = { b = 2 } })");
    assert_string_equal(w.asks[0].url, "/responses?b=2");
    assert_string_equal(w.asks[0].upstream, "");
    assert_string_equal(w.asks[0].headers, "Content-Type: application/json\n");
    world_close(&w);
}

TEST(a_request_of_the_models_api_that_is_none_is_told)
{
    mistaken("myna.upstream.post('/v1/responses')", "write myna.upstream:post(path), with a colon");
    mistaken("myna.upstream:post('/responses')", "POST /responses: expected a path of the API");
    mistaken("myna.upstream:get('https://x.test/v1/a')", "expected a path of the API");
    mistaken("myna.upstream:get('/v1/%2E./a')", "expected a path of the API");
    mistaken("myna.upstream:get('/v1/a b')", "no spaces or control characters");
    mistaken("myna.upstream:get('/v1/a', { headers = { authorization = 'x' } })",
             "Authorization is the server's to say");
    mistaken("myna.upstream:get('/v1/a', { jsn = 1 })", "unknown field 'jsn'");
    mistaken("myna.upstream:get()", "expected a path, got nothing");
}
