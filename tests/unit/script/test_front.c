/* test_front.c - routes: which are taken, which path is whose, requests and replies, and what
 * becomes of one that errs, waits or loops. */
#include "base/err.h"
#include "script/front.h"
#include "test.h"
#include "world.h"

#include <string.h>

struct front {
    struct world w;
    struct mn_front_job *job;
    struct mn_buf head, body;
    int times, err;
};

static void on_answer(void *owner, const struct mn_front_answer *answer)
{
    struct front *f = owner;

    f->times++;
    f->err = answer->err;
    mn_buf_clear(&f->head);
    mn_buf_clear(&f->body);
    mn_buf_add_str(&f->head, answer->head);
    mn_buf_add_str(&f->body, answer->body);
}

/* An app with these routes. */
static void open_front(struct front *f, const char *routes)
{
    struct mn_buf page = {0};

    *f = (struct front){0};
    world_open(&f->w);
    mn_buf_addf(&page,
                "local myna = require 'myna'\n"
                "local served = 0\n"
                "return myna.app { agent = myna.agent { name = 'A' }, routes = {\n%s\n} }\n",
                routes);
    world_file(&f->w, "agent.lua", page.p);
    mn_buf_free(&page);
    if (world_load(&f->w) != 0)
        fail_msg("%s", world_text(&f->w.why));
    f->w.limits.is_front = true;
    f->w.limits.result_bytes = 1024;
    world_call(&f->w);
}

static void close_front(struct front *f)
{
    mn_buf_free(&f->head);
    mn_buf_free(&f->body);
    world_close(&f->w);
}

static int ask_for(struct front *f, int place, const char *head, const char *body)
{
    const struct mn_app_route *routes;
    struct mn_front_ask ask = {.head = mn_str(head), .body = mn_str(body), .time_ms = 10000};

    assert_in_range(place, 0, mn_bundle_routes(f->w.bundle, &routes) - 1);
    ask.route = &routes[place];
    return mn_front_run(f->w.state, &ask, on_answer, f, &f->job);
}

static const char plain[] = "{\"method\":\"GET\",\"path\":\"/"
                            "\",\"peer\":\"::1\",\"params\":[],\"query\":[],\"headers\":[]}";

/* Asks the only route, and lets what is due happen. */
static void serve(struct front *f, const char *head, const char *body)
{
    assert_int_equal(ask_for(f, 0, head, body), 0);
    world_advance(&f->w, 0);
}

static void assert_reply(struct front *f, const char *head, const char *body)
{
    assert_int_equal(f->times, 1);
    assert_int_equal(f->err, 0);
    assert_string_equal(world_text(&f->head), head);
    assert_string_equal(world_text(&f->body), body);
}

static void replies(const char *act, const char *head, const char *body)
{
    struct front f;
    struct mn_buf route = {0};

    mn_buf_addf(&route, "['GET /'] = function(req) %s end", act);
    open_front(&f, route.p);
    mn_buf_free(&route);
    serve(&f, plain, "");
    assert_reply(&f, head, body);
    close_front(&f);
}

#define JSON_HEAD(status) status "\nContent-Type: application/json"

/* Replies with what a mistake gives: safe words, and words in the log. */
static void fails(const char *act, const char *logged)
{
    struct front f;
    struct mn_buf route = {0};

    mn_buf_addf(&route, "['GET /'] = function(req) %s end", act);
    open_front(&f, route.p);
    mn_buf_free(&route);
    serve(&f, plain, "");
    assert_int_equal(f.times, 1);
    assert_string_equal(world_text(&f.head), JSON_HEAD("500"));
    world_has(&f.body, "\"code\":\"route_failed\"");
    world_has(&f.w.logged, "route 'GET /' failed");
    world_has(&f.w.logged, logged);
    close_front(&f);
}

/* Says what it was asked; refuses the app "none". */
static int on_token(void *owner, struct mn_str ask, struct mn_buf *out, struct mn_buf *why)
{
    (void)owner;
    if (memmem(ask.p, ask.n, "none", 4) != NULL)
        return mn_buf_add_text(why, "app: no app 'none' is served here"), MN_EABSENT;
    return mn_buf_addf(out, "{\"value\":\"ek_1\",\"expires_at\":7,\"asked\":%.*s}", MN_FMT(ask));
}

static void mints(const char *spec, const char *body)
{
    struct front f;
    struct mn_buf route = {0};

    mn_buf_addf(&route, "['GET /'] = function(req) return { json = myna.token%s } end", spec);
    open_front(&f, route.p);
    mn_buf_free(&route);
    f.w.ports.token = on_token;
    serve(&f, plain, "");
    assert_reply(&f, JSON_HEAD("200"), body);
    close_front(&f);
}

TEST(a_route_makes_tokens)
{
    mints("{ user = 'ann', ttl = '60s', single_use = true, claims = { plan = 'gold' } }",
          "{\"asked\":{\"claims\":{\"plan\":\"gold\"},\"single_use\":true,\"ttl_ms\":60000,"
          "\"user\":\"ann\"},\"expires_at\":7,\"value\":\"ek_1\"}");
    mints("()", "{\"asked\":{\"ttl_ms\":600000},\"expires_at\":7,\"value\":\"ek_1\"}");
}

TEST(a_token_that_cannot_be_made_is_told)
{
    fails("return { json = myna.token { usr = 'ann' } }",
          "myna.token: unknown field 'usr' (did you mean 'user'?)");
    fails("return { json = myna.token { ttl = '500ms' } }",
          "myna.token: ttl: expected a second or more");
    fails("return { json = myna.token { ttl = 7200 } }", "did you mean milliseconds?");
    fails("return { json = myna.token { claims = { 'gold' } } }",
          "myna.token: claims: expected a table of names and values, got a list");
    fails("return { json = myna.token { single_use = 1 } }",
          "myna.token: single_use: expected true or false, got a number");
    fails("return { json = myna.token { claims = { f = print } } }",
          "myna.token.claims.f: a function");
    fails("return { json = myna.token 'ann' }", "myna.token: expected a table, got");
    fails("return { json = myna.token {} }", "agent.lua:4: myna.token: there are no tokens here");
}

TEST(a_reply_may_be_json_text_html_bytes_or_nothing)
{
    replies("return { json = { a = 1 } }", JSON_HEAD("200"), "{\"a\":1}");
    replies("return { text = 'hi' }", "200\nContent-Type: text/plain; charset=utf-8", "hi");
    replies("return 'hi'", "200\nContent-Type: text/plain; charset=utf-8", "hi");
    replies("return { html = '<p>' }", "200\nContent-Type: text/html; charset=utf-8", "<p>");
    replies("return { body = 'x', headers = { ['content-type'] = 'audio/wav' } }",
            "200\nContent-Type: audio/wav", "x");
    replies("return { status = 201, body = 'x', headers = { b = { 1, 'two' }, a = 'z' } }",
            "201\nContent-Type: application/octet-stream\na: z\nb: 1\nb: two", "x");
    replies("", "204", "");
    replies("return { status = 404 }", "404\nContent-Type: text/plain; charset=utf-8", "");
}

TEST(a_reply_that_is_none_is_a_mistake_with_words_in_the_log)
{
    fails("return { jsn = {} }", "unknown field 'jsn' (did you mean 'json'?)");
    fails("return 5", "expected a table such as { json = { ... } }, got a number");
    fails("return { json = {}, text = '' }", "it has both");
    fails("return { status = 99 }", "status: expected 200 to 599, got 99");
    fails("return { status = 600 }", "status: expected 200 to 599, got 600");
    fails("return { headers = { ['x y'] = '1' } }", "'x y' is not a header's name");
    fails("return { headers = { x = 'a\\r\\nb' } }", "headers: x: expected a string of one line");
    fails("return { headers = { ['Content-Length'] = '1' } }", "is the server's to say");
    fails("return { text = ('x'):rep(1025) }", "over 1 KB, the most a route may answer");
    fails("return { res = {} }", "expected what a request returned");
    fails("local t return t.x", "app/agent.lua:4");
    fails("error(myna.fail('Not today.', 'the disk is full'))", "the disk is full");
}

TEST(a_reply_may_be_as_large_as_the_limit_says)
{
    struct front f;

    open_front(&f, "['GET /'] = function() return { text = ('x'):rep(1024) } end");
    serve(&f, plain, "");
    assert_int_equal(f.times, 1);
    assert_int_equal(f.body.n, 1024);
    close_front(&f);
}

TEST(a_request_brings_its_parts_and_its_json)
{
    struct front f;

    open_front(&f, "['POST /a/{id}'] = function(req) return { json = { req.method, req.path,\n"
                   "req.params.id, req.query.q, req.headers['X-A'], req.peer, req:json().n,\n"
                   "req.route, #req.body } } end");
    serve(&f,
          "{\"method\":\"POST\",\"path\":\"/a/7\",\"peer\":\"::1\",\"params\":[[\"id\",\"7\"]],"
          "\"query\":[[\"q\",\"one\"],[\"q\",\"two\"]],\"headers\":[[\"x-a\",\"b\"]]}",
          "{\"n\":5}");
    assert_reply(&f, JSON_HEAD("200"),
                 "[\"POST\",\"/a/7\",\"7\",\"one\",\"b\",\"::1\",5,\"POST /a/{id}\",7]");
    close_front(&f);
}

TEST(a_body_that_is_not_json_is_the_clients_fault)
{
    struct front f;

    open_front(&f, "['POST /'] = function(req) return { json = req:json() } end");
    serve(&f, plain, "{");
    assert_int_equal(f.times, 1);
    assert_string_equal(world_text(&f.head), JSON_HEAD("400"));
    world_has(&f.body, "\"code\":\"invalid_json\"");
    world_lacks(&f.w.logged, "failed");
    close_front(&f);
}

TEST(a_route_waits_for_a_request_and_may_pass_its_answer_on)
{
    struct front f;

    open_front(&f, "['GET /'] = function()\n"
                   "  return { res = myna.http.get 'http://records.example/x' } end");
    serve(&f, plain, "");
    assert_int_equal(f.times, 0);
    assert_int_equal(f.w.nasks, 1);
    assert_true(f.w.asks[0].total_ms <= 9900); /* it ends before the route's time */
    world_answer(&f.w, 0, 418, "teapot");
    world_advance(&f.w, 0);
    assert_int_equal(f.times, 1);
    world_has(&f.head, "418\n");
    assert_string_equal(world_text(&f.body), "teapot");
    close_front(&f);
}

TEST(locals_of_a_page_belong_to_all_requests_of_the_front)
{
    struct front f;

    open_front(&f, "['GET /'] = function() served = served + 1 return { text = served .. '' } end");
    serve(&f, plain, "");
    serve(&f, plain, "");
    assert_int_equal(f.times, 2);
    assert_string_equal(world_text(&f.body), "2");
    close_front(&f);
}

TEST(a_route_that_loops_is_stopped_and_the_next_is_served)
{
    struct front f;

    open_front(&f, "['GET /'] = function() while true do end end, ['POST /'] = function() end");
    assert_int_equal(ask_for(&f, 0, plain, ""), 0);
    assert_int_equal(ask_for(&f, 1, plain, ""), 0);
    world_advance(&f.w, 0);
    assert_int_equal(f.times, 2);
    assert_int_equal(f.err, 0); /* the last one's */
    world_has(&f.w.logged, "stopped: over");
    close_front(&f);
}

TEST(a_stopped_route_is_never_told_and_its_request_is_cancelled)
{
    struct front f;

    open_front(&f, "['GET /'] = function() myna.http.get 'http://records.example/x' end");
    serve(&f, plain, "");
    mn_front_stop(f.job);
    world_advance(&f.w, 100);
    assert_int_equal(f.times, 0);
    assert_true(f.w.asks[0].cancelled);
    assert_int_equal(mn_state_tasks(f.w.state), 0);
    close_front(&f);
}

TEST(no_more_routes_run_than_tasks_may)
{
    struct front f;
    int i;

    open_front(&f, "['GET /'] = function() myna.sleep(5) end");
    for (i = 0; i < mn_state_defaults.tasks; i++)
        assert_int_equal(ask_for(&f, 0, plain, ""), 0);
    assert_int_equal(ask_for(&f, 0, plain, ""), MN_ELIMIT);
    world_advance(&f.w, 6000);
    assert_int_equal(f.times, i);
    close_front(&f);
}

TEST(a_route_that_wants_more_memory_than_there_is_ends_and_the_next_is_served)
{
    struct front f;

    open_front(&f, "['GET /'] = function() local t = {} while true do t[#t + 1] = {} end end,\n"
                   "['POST /'] = function() return 'well' end");
    assert_int_equal(ask_for(&f, 0, plain, ""), 0);
    world_advance(&f.w, 10);
    assert_int_equal(f.times, 1);
    assert_int_equal(f.err, MN_ELIMIT);
    world_has(&f.w.logged, "(route-memory)");
    assert_int_equal(ask_for(&f, 1, plain, ""), 0);
    world_advance(&f.w, 10);
    assert_int_equal(f.times, 2);
    assert_string_equal(world_text(&f.body), "well");
    close_front(&f);
}

TEST(only_files_of_the_app_that_are_no_code_are_given_out)
{
    struct front f;

    open_front(&f, "['GET /'] = function(req) return { file = req.body } end");
    world_file(&f.w, "public/page.html", "<p>");
    world_file(&f.w, ".env", "KEY=1");
    serve(&f, plain, "public/page.html");
    assert_reply(&f, "200\nContent-Type: text/html; charset=utf-8", "<p>");
    for (const char *const *path =
             (const char *const[]){"none", ".env", "agent.lua", "../agent.lua", "public/.env",
                                   "/etc/passwd", "", NULL};
         *path != NULL; path++) {
        serve(&f, plain, *path);
        assert_string_equal(world_text(&f.head), JSON_HEAD("404"));
    }
    close_front(&f);
}

/* As replies and fails, of a WS route. */
static void dials(const char *act, const char *head, const char *body)
{
    struct front f;
    struct mn_buf route = {0};

    mn_buf_addf(&route, "['WS /'] = function(req) %s end", act);
    open_front(&f, route.p);
    mn_buf_free(&route);
    serve(&f, plain, "");
    assert_reply(&f, head, body);
    close_front(&f);
}

static void fails_to_dial(const char *act, const char *logged)
{
    struct front f;
    struct mn_buf route = {0};

    mn_buf_addf(&route, "['WS /'] = function(req) %s end", act);
    open_front(&f, route.p);
    mn_buf_free(&route);
    serve(&f, plain, "");
    assert_string_equal(world_text(&f.head), JSON_HEAD("500"));
    world_has(&f.w.logged, logged);
    close_front(&f);
}

TEST(a_ws_route_gives_what_the_call_is_opened_with_or_a_status)
{
    dials("return { call = {} }", "101", "{\"greeting\":true}");
    dials("return { call = { agent = 'A', dialect = 'beta', greeting = false, user = 7,\n"
          "  meta = { a = 1 }, from = '+44', state = { b = myna.array {} } } }",
          "101",
          "{\"agent\":\"A\",\"dialect\":\"beta\",\"from\":\"+44\",\"greeting\":false,"
          "\"meta\":{\"a\":1},\"state\":{\"b\":[]},\"user\":7}");
    dials("return { status = 401, json = { error = 'no' } }", JSON_HEAD("401"),
          "{\"error\":\"no\"}");
}

TEST(a_ws_route_that_gives_something_else_is_told_what_it_may)
{
    fails_to_dial("", "the reply: a WS route returns { call = { ... } }, or { status = 403");
    fails_to_dial("return 'hi'", "a WS route returns { call");
    fails_to_dial("return { status = 200 }", "a WS route returns { call");
    fails_to_dial("return { call = {}, status = 200 }", "it has both call and status");
    fails_to_dial("return { call = 'Bob' }", "the reply: call: expected a table, got a string");
    fails_to_dial("return { call = { metta = {} } }",
                  "call: unknown field 'metta' (did you mean 'meta'?)");
    fails_to_dial("return { call = { dialect = 'gamma' } }", "'gamma' is none of 'ga', 'beta'");
    fails_to_dial("return { call = { agent = 'B' } }", "call: no agent is named 'B'");
    fails_to_dial("return { call = { meta = { f = print } } }",
                  "the reply: call.meta.f: a function");
    fails_to_dial("return { call = { meta = { t = ('x'):rep(1025) } } }",
                  "call: over 1 KB, the most a route may answer (route-reply)");
    fails("return { call = {} }", "only a WS route opens a call");
}

TEST(on_reload_runs_in_the_front)
{
    struct world w;

    world_open(&w);
    world_file(&w, "agent.lua",
               "local myna = require 'myna'\n"
               "return myna.app { agent = myna.agent { name = 'A' },\n"
               "  on = { reload = function(event) print('now ' .. event.generation) end } }\n");
    assert_int_equal(world_load(&w), 0);
    assert_true(mn_bundle_has_front(w.bundle));
    world_call(&w);
    mn_front_reloaded(w.state, 7);
    world_advance(&w, 0);
    world_has(&w.logged, "now 7");
    world_close(&w);
}

static void is_mistake(const char *routes, const char *mistake)
{
    struct world w;
    struct mn_buf page = {0};

    world_open(&w);
    mn_buf_addf(&page,
                "local myna = require 'myna'\n"
                "return myna.app { agent = myna.agent { name = 'A' }, routes = {\n"
                "%s } }\n",
                routes);
    world_file(&w, "agent.lua", page.p);
    mn_buf_free(&page);
    assert_int_equal(world_load(&w), MN_ESCRIPT);
    world_has(&w.why, mistake);
    world_close(&w);
}

TEST(a_route_that_is_none_is_told_with_its_line)
{
    is_mistake("['/a'] = print",
               "app/agent.lua:3: app: routes: '/a': expected a method and a path");
    is_mistake("['get /a'] = print",
               "'get' is none of GET, POST, PUT, PATCH, DELETE, OPTIONS, WS (did you mean 'GET'?)");
    is_mistake("['WSS /a'] = print", "'WSS' is none of");
    is_mistake("['WS /a/{x}'] = print, ['WS /a/{y}'] = print", "takes the same paths");
    is_mistake("['WS /v1/realtime'] = print", "what is below /v1 is Myna's own");
    is_mistake("['GET a'] = print", "expected a path such as /calls/{id}");
    is_mistake("['GET /a?b'] = print", "without a query");
    is_mistake("['GET /a/'] = print", "the path ends in a slash");
    is_mistake("['GET /a{b}'] = print", "a name takes a whole part");
    is_mistake("['GET /{a}/{a}'] = print", "{a} stands twice");
    is_mistake("['GET /v1/models'] = print", "what is below /v1 is Myna's own");
    is_mistake("['GET /healthz'] = print", "/healthz is Myna's own");
    is_mistake("['GET /readyz'] = print", "/readyz is Myna's own");
    is_mistake("['WS /metrics'] = print", "/metrics is Myna's own");
    is_mistake("['GET /{a}'] = print, ['GET /{b}'] = print", "'GET /{a}' takes the same paths");
    is_mistake("['GET /a'] = { act = print, publc = true }",
               "unknown field 'publc' (did you mean 'public'?)");
    is_mistake("['GET /a'] = { public = true }", "'act' is missing");
    is_mistake("['GET /a'] = 'x'", "expected a function(req)");
    is_mistake("['GET /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17'] = print", "at most 16 parts");
}

static bool fits(const char *pattern, const char *path, uint32_t *rank)
{
    return mn_app_route_fits(mn_str(pattern), mn_str(path), rank);
}

TEST(a_path_fits_a_pattern_part_by_part_and_words_win_over_names)
{
    uint32_t words, name, rank;

    assert_true(fits("/", "/", &rank));
    assert_true(fits("/a/b", "/a/b", &words));
    assert_true(fits("/a/{x}", "/a/b", &name));
    assert_true(words > name);
    assert_true(fits("/{x}/b", "/a/b", &rank));
    assert_true(name > rank); /* the word that comes first */
    assert_false(fits("/a/{x}", "/a", &rank));
    assert_false(fits("/a/{x}", "/a/", &rank));
    assert_false(fits("/a/{x}", "/a/b/c", &rank));
    assert_false(fits("/a", "/a/", &rank));
    assert_false(fits("/a", "/b", &rank));
    assert_false(fits("/a", "a", &rank));
    assert_false(fits("/a", "", &rank));
    assert_true(mn_app_route_same(MN_STR("/a/{x}"), MN_STR("/a/{y}")));
    assert_false(mn_app_route_same(MN_STR("/a/{x}"), MN_STR("/a/x")));
    assert_false(mn_app_route_same(MN_STR("/a"), MN_STR("/a/x")));
    assert_false(mn_app_route_same(MN_STR("/a/x"), MN_STR("/a")));
}
