/* test_server.c - HTTP on the server's port: routes, limits, bad requests, files, closing. */
#include "wire.h"

#include "base/err.h"
#include "io/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct site {
    struct wire wire;
    struct mn_server *server;
    struct peer peer;
    bool asked; /* peer made its one request */
    struct mn_exchange *waiting;
    int gone;
    bool shut; /* admit lets nobody in */
};

static const struct mn_embedded files[] = {
    {"index.html", "<p>hello", 8},
    {"js/call.js", "call()", 6},
    {0},
};

static void echo(void *owner, struct mn_exchange *x)
{
    struct mn_buf text = {0};

    (void)owner;
    mn_buf_addf(&text, "%.*s|%.*s|%.*s|%.*s|%.*s", MN_FMT(mn_exchange_method(x)),
                MN_FMT(mn_exchange_path(x)), MN_FMT(mn_exchange_query(x, "model")),
                MN_FMT(mn_exchange_header(x, "x-author")), MN_FMT(mn_exchange_body(x)));
    mn_exchange_reply(
        x, &(struct mn_reply){.status = 200,
                              .type = "text/plain",
                              .headers =
                                  (struct mn_header[]){{MN_STR("X-One"), MN_STR("1")},
                                                       {MN_STR("X-Bad"), MN_STR("a\r\nX-Evil: 1")}},
                              .nheaders = 2,
                              .body = mn_buf_str(&text)});
    mn_buf_free(&text);
}

static void on_gone(void *owner, struct mn_exchange *x)
{
    struct site *s = owner;

    assert_ptr_equal(s->waiting, x);
    s->waiting = NULL;
    s->gone++;
}

static void later(void *owner, struct mn_exchange *x)
{
    struct site *s = owner;

    s->waiting = x;
    mn_exchange_on_gone(x, on_gone, s);
}

static void large(void *owner, struct mn_exchange *x)
{
    static char zeros[3 << 20];

    (void)owner;
    memset(zeros, '0', sizeof(zeros));
    mn_exchange_reply(x, &(struct mn_reply){.status = 200, .body = {zeros, sizeof(zeros)}});
}

/* All a request has, a line each, headers last; of those, two. */
static void tell_all(void *owner, struct mn_exchange *x)
{
    struct mn_buf text = {0};
    struct mn_str name, value;

    (void)owner;
    for (int i = 0; mn_exchange_query_at(x, &i, &name, &value);)
        mn_buf_addf(&text, "%.*s=%.*s;", MN_FMT(name), MN_FMT(value));
    for (int i = 0; mn_exchange_header_at(x, &i, &name, &value);) {
        if (mn_str_is(name, "host") || mn_str_is(name, "user-agent"))
            mn_buf_addf(&text, "%.*s:%.*s;", MN_FMT(name), MN_FMT(value));
    }
    mn_buf_add_text(&text, "|end");
    mn_exchange_reply(x, &(struct mn_reply){.status = 200, .body = mn_buf_str(&text)});
    mn_buf_free(&text);
}

/* Routes that are in no table: POST /found, and all of /static/own. */
static int find(void *owner, struct mn_exchange *x, const struct mn_route **found)
{
    static const struct mn_route row = {"", "", .handle = tell_all};

    (void)owner;
    *found = NULL;
    if (mn_str_is(mn_exchange_path(x), "/found") && mn_str_is(mn_exchange_method(x), "GET")) {
        mn_exchange_allow(x, MN_STR("POST, PATCH"));
        return 405;
    }
    if (!mn_str_is(mn_exchange_path(x), "/found") &&
        !mn_str_is(mn_exchange_path(x), "/static/own") && !mn_str_is(mn_exchange_path(x), "/echo"))
        return 404;
    *found = &row;
    return 200;
}

static bool admit(void *owner, struct mn_exchange *x)
{
    struct site *s = owner;

    if (!s->shut)
        return true;
    mn_exchange_refuse(x, 403, NULL, "foreign_origin", "This origin may not.");
    return false;
}

static const struct mn_route routes[] = {
    {.method = "GET", .path = "/echo", .handle = echo},
    {.method = "POST", .path = "/echo", .handle = echo},
    {.method = "PUT", .path = "/echo", .handle = echo},
    {.method = "GET", .path = "/later", .handle = later},
    {.method = "POST", .path = "/later", .handle = later},
    {.method = "GET", .path = "/large", .handle = large},
    {.method = "GET", .path = "/static/*", .files = files},
    {0},
};

static void open_site(struct site *s, struct mn_server_settings settings)
{
    memset(s, 0, sizeof(*s));
    wire_open(&s->wire);
    settings.admit = admit;
    assert_int_equal(mn_server_open(&s->server, s->wire.loop, &settings, routes, s), 0);
    peer_dial(&s->wire, &s->peer, mn_server_port(s->server));
}

static void close_site(struct site *s)
{
    mn_server_close(s->server);
    peer_hang_up(&s->wire, &s->peer);
    wire_close(&s->wire);
}

/* Says text, the second time on a new connection, and waits until the end of the answer has
 * come or the connection ended. */
static void ask(struct site *s, const char *text, const char *end)
{
    if (s->asked) {
        peer_hang_up(&s->wire, &s->peer);
        peer_dial(&s->wire, &s->peer, mn_server_port(s->server));
    }
    s->asked = true;
    peer_text(&s->peer, text);
    UNTIL(&s->wire, peer_heard(&s->peer, end) || s->peer.ended);
}

TEST(a_route_is_answered)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "GET /echo?a=1&&model=den%26tal+x HTTP/1.1\r\nHost: h\r\nX-Author:  me \r\n\r\n",
        "|me|");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 200 OK\r\n"));
    assert_true(peer_heard(&s.peer, "GET|/echo|den&tal x|me|"));
    assert_true(peer_heard(&s.peer, "X-One: 1\r\n"));
    assert_true(peer_heard(&s.peer, "X-Content-Type-Options: nosniff\r\n"));
    close_site(&s);
}

TEST(a_header_cannot_smuggle_another)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "GET|");
    assert_false(peer_heard(&s.peer, "X-Evil"));
    close_site(&s);
}

TEST(an_answer_ends_its_connection)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", "never");
    assert_true(peer_heard(&s.peer, "Connection: close\r\n"));
    assert_true(peer_heard(&s.peer, "|hello"));
    assert_int_equal(s.peer.err, 0);
    UNTIL(&s.wire, mn_server_connections(s.server) == 0);
    close_site(&s);
}

/* libwebsockets would take the second for the body of itself, and never return from the third. */
TEST(requests_sent_ahead_hold_up_nobody)
{
    static const char ahead[] = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
                                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
                                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nthree"
                                "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";
    struct site s;
    size_t at;

    open_site(&s, (struct mn_server_settings){.max_body_bytes = 4});
    for (at = 0; at < sizeof(ahead) - 1; at += 7) { /* cut anywhere */
        peer_say(&s.peer, ahead, at);
        wire_turn(&s.wire);
        peer_say(&s.peer, ahead + at, sizeof(ahead) - 1 - at);
        UNTIL(&s.wire, s.peer.ended);
        peer_hang_up(&s.wire, &s.peer);
        peer_dial(&s.wire, &s.peer, mn_server_port(s.server));
    }
    assert_null(s.waiting);
    close_site(&s);
}

TEST(a_body_may_come_in_pieces)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    peer_text(&s.peer, "PUT /echo HT");
    wire_pass(&s.wire, 10);
    peer_text(&s.peer, "TP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello");
    wire_pass(&s.wire, 10);
    ask(&s, " world", "|hello world");
    close_site(&s);
}

TEST(a_client_that_waits_to_be_asked_for_its_body_is_asked)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){.max_body_bytes = 100});
    peer_text(&s.peer, "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                       "Content-Length: 4\r\n\r\n");
    UNTIL(&s.wire, peer_heard(&s.peer, "HTTP/1.1 100 Continue\r\n\r\n"));
    ask(&s, "body", "|body");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 200 OK\r\n"));
    ask(&s, "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 999\r\n\r\n",
        "HTTP/1.1 413 ");
    assert_false(peer_heard(&s.peer, "100 Continue"));
    close_site(&s);
}

TEST(an_unknown_path_is_404_in_the_apis_shape)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", "}}");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 404 Not Found\r\n"));
    assert_true(peer_heard(&s.peer, "{\"error\":{\"message\":\"There is nothing at this path.\","
                                    "\"type\":\"invalid_request_error\",\"code\":\"not_found\","
                                    "\"param\":null}}"));
    close_site(&s);
}

TEST(a_wrong_method_is_405_and_names_the_right_ones)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n", "}}");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 405 "));
    assert_true(peer_heard(&s.peer, "Allow: GET, HEAD, POST, PUT\r\n"));
    close_site(&s);
}

TEST(head_is_answered_without_the_body)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "HEAD /static/ HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n\r\n");
    assert_true(peer_heard(&s.peer, "Content-Length: 8\r\n"));
    assert_false(peer_heard(&s.peer, "hello"));
    close_site(&s);
}

TEST(a_body_over_the_limit_is_413_though_it_is_still_being_sent)
{
    struct site s;
    char *body = calloc(1, 300000);

    open_site(&s, (struct mn_server_settings){.max_body_bytes = 1000});
    peer_text(&s.peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n");
    peer_say(&s.peer, body, 300000);
    UNTIL(&s.wire, peer_heard(&s.peer, "}}"));
    assert_true(peer_heard(&s.peer, "HTTP/1.1 413 "));
    assert_int_equal(s.peer.err, 0);
    peer_say(&s.peer, body, 300000);
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "never"); /* no second request */
    assert_false(peer_heard(&s.peer, "200 OK"));
    free(body);
    close_site(&s);
}

TEST(a_body_whose_end_is_unknown_is_411_and_ends_the_connection)
{
    static const char *const asks[] = {
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1e\r\nGET /echo HTTP/1.1\r\nHost: h\r\n\r\n\r\n0\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1e\r\nGET /echo HTTP/1.1\r\nHost: h\r\n\r\n\r\n0\r\n\r\n",
    };
    struct site s;
    size_t i;

    open_site(&s, (struct mn_server_settings){0});
    for (i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
        ask(&s, asks[i], "never");
        assert_true(peer_heard(&s.peer, "HTTP/1.1 411 "));
        assert_false(peer_heard(&s.peer, "200 OK"));
        peer_hang_up(&s.wire, &s.peer);
        peer_dial(&s.wire, &s.peer, mn_server_port(s.server));
    }
    close_site(&s);
}

/* What comes behind it is neither its body nor another request. */
TEST(a_request_that_tells_no_length_has_no_body)
{
    static const char *const methods[] = {"POST", "PUT", "GET"};
    struct site s;
    char text[128];
    size_t i;

    open_site(&s, (struct mn_server_settings){0});
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        snprintf(text, sizeof(text),
                 "%s /echo HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\n\r\n",
                 methods[i]);
        ask(&s, text, "never");
        assert_true(peer_heard(&s.peer, "HTTP/1.1 200 OK"));
        assert_false(peer_heard(&s.peer, "404"));
        peer_hang_up(&s.wire, &s.peer);
        peer_dial(&s.wire, &s.peer, mn_server_port(s.server));
    }
    close_site(&s);
}

TEST(a_content_length_that_is_none_is_400)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "never");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 400 "));
    close_site(&s);
}

TEST(rubbish_ends_the_connection_and_no_other)
{
    struct site s;
    struct peer other = {0};
    char rubbish[40000];

    open_site(&s, (struct mn_server_settings){0});
    peer_dial(&s.wire, &other, mn_server_port(s.server));
    memset(rubbish, 0x81, sizeof(rubbish));
    peer_say(&s.peer, rubbish, sizeof(rubbish));
    UNTIL(&s.wire, s.peer.ended);
    peer_text(&other, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    UNTIL(&s.wire, peer_heard(&other, "GET|/echo"));
    peer_hang_up(&s.wire, &other);
    close_site(&s);
}

TEST(headers_over_the_limit_end_the_connection)
{
    struct site s;
    char value[20000];

    open_site(&s, (struct mn_server_settings){0});
    memset(value, 'x', sizeof(value));
    peer_text(&s.peer, "GET /echo HTTP/1.1\r\nHost: h\r\nX-Author: ");
    peer_say(&s.peer, value, sizeof(value));
    UNTIL(&s.wire, s.peer.ended);
    close_site(&s);
}

TEST(an_upgrade_to_something_unknown_is_refused)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\n",
        "never");
    assert_true(s.peer.ended);
    assert_false(peer_heard(&s.peer, "200 OK"));
    close_site(&s);
}

TEST(a_request_that_comes_too_slowly_is_dropped)
{
    struct site s;
    int64_t start_ms;

    open_site(&s, (struct mn_server_settings){.request_ms = 150});
    start_ms = wire_now(&s.wire);
    peer_text(&s.peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nslow");
    while (!s.peer.ended) {
        assert_true(wire_now(&s.wire) - start_ms < 2000);
        peer_text(&s.peer, ".");
        wire_pass(&s.wire, 60);
    }
    assert_in_range(wire_now(&s.wire) - start_ms, 120, 1000);
    close_site(&s);
}

TEST(a_request_names_one_host_and_a_version_that_is_spoken)
{
    static const struct {
        const char *request, *answer;
    } rows[] = {
        {"GET /echo HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /echo HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400 "},
        {"GET /echo HTTP/1.0\r\n\r\n", "HTTP/1.1 200 "},
        {"GET /echo HTTP/2.0\r\nHost: a\r\n\r\n", "HTTP/1.1 505 "},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct site s;

        open_site(&s, (struct mn_server_settings){0});
        ask(&s, rows[i].request, "\r\n\r\n");
        assert_true(peer_heard(&s.peer, rows[i].answer));
        close_site(&s);
    }
}

TEST(who_began_a_request_too_slowly_is_told_408_and_who_said_nothing_is_told_nothing)
{
    struct site s;
    struct peer silent = {0};

    open_site(&s, (struct mn_server_settings){.request_ms = 50});
    peer_dial(&s.wire, &silent, mn_server_port(s.server));
    peer_text(&s.peer, "GET /echo HTTP/1.1\r\nHo");
    UNTIL(&s.wire, s.peer.ended && silent.ended);
    assert_true(peer_heard(&s.peer, "HTTP/1.1 408 "));
    assert_int_equal(silent.in.n, 0);
    peer_hang_up(&s.wire, &silent);
    close_site(&s);
}

TEST(a_connection_that_says_nothing_is_dropped)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){.request_ms = 100});
    UNTIL(&s.wire, s.peer.ended);
    UNTIL(&s.wire, mn_server_connections(s.server) == 0);
    close_site(&s);
}

TEST(an_answer_may_come_later)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){.request_ms = 100});
    peer_text(&s.peer, "POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    UNTIL(&s.wire, s.waiting != NULL);
    wire_pass(&s.wire, 200); /* longer than the request was allowed to take */
    mn_exchange_reply(s.waiting, &(struct mn_reply){.status = 202, .body = MN_STR("{}")});
    s.waiting = NULL;
    UNTIL(&s.wire, peer_heard(&s.peer, "{}"));
    assert_true(peer_heard(&s.peer, "HTTP/1.1 202 Accepted\r\n"));
    assert_int_equal(s.gone, 0);
    close_site(&s);
}

TEST(who_answers_later_learns_that_the_client_went_away)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    peer_text(&s.peer, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    UNTIL(&s.wire, s.waiting != NULL);
    peer_hang_up(&s.wire, &s.peer);
    UNTIL(&s.wire, s.gone == 1);
    peer_dial(&s.wire, &s.peer, mn_server_port(s.server));
    close_site(&s);
}

TEST(closing_the_server_tells_those_who_answer_later)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    peer_text(&s.peer, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    UNTIL(&s.wire, s.waiting != NULL);
    close_site(&s);
    assert_int_equal(s.gone, 1);
}

TEST(a_large_answer_arrives_whole)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    peer_text(&s.peer, "GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    UNTIL(&s.wire, s.peer.ended);
    assert_in_range(s.peer.in.n, 3 << 20, (3 << 20) + 500);
    close_site(&s);
}

TEST(routes_may_be_found_elsewhere_after_the_tables_and_before_files)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){.find = find});
    ask(&s, "POST /found HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "|end");
    assert_true(peer_heard(&s.peer, "host:h;|end"));
    ask(&s, "GET /static/own HTTP/1.1\r\nHost: h\r\n\r\n", "|end");
    assert_true(peer_heard(&s.peer, "|end"));
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "/echo");
    assert_true(peer_heard(&s.peer, "GET|/echo"));
    ask(&s, "GET /static/ HTTP/1.1\r\nHost: h\r\n\r\n", "hello");
    assert_true(peer_heard(&s.peer, "<p>hello"));
    ask(&s, "GET /found HTTP/1.1\r\nHost: h\r\n\r\n", "}}");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 405 "));
    assert_true(peer_heard(&s.peer, "Allow: POST, PATCH\r\n"));
    ask(&s, "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", "}}");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 404 "));
    close_site(&s);
}

TEST(all_a_request_has_can_be_listed)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){.find = find});
    ask(&s, "GET /static/own?a=1&&b=x%26y&c&a=2 HTTP/1.1\r\nUser-Agent:  u \r\nHost: h\r\n\r\n",
        "|end");
    assert_true(peer_heard(&s.peer, "a=1;b=x&y;c=;a=2;"));
    assert_true(peer_heard(&s.peer, "host:h;"));
    assert_true(peer_heard(&s.peer, "user-agent:u;"));
    ask(&s, "GET /static/own HTTP/1.1\r\nHost: h\r\n\r\n", "|end");
    assert_true(peer_heard(&s.peer, "\r\n\r\nhost:h;|end"));
    close_site(&s);
}

TEST(admit_sees_every_request_first)
{
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    s.shut = true;
    ask(&s, "GET /static/ HTTP/1.1\r\nHost: h\r\nOrigin: http://evil\r\n\r\n", "}}");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 403 "));
    assert_true(peer_heard(&s.peer, "\"foreign_origin\""));
    close_site(&s);
}

TEST(files_come_with_type_policy_and_tag)
{
    struct site s;
    char again[200];
    const char *tag;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "GET /static/ HTTP/1.1\r\nHost: h\r\n\r\n", "<p>hello");
    assert_true(peer_heard(&s.peer, "Content-Type: text/html; charset=utf-8\r\n"));
    assert_true(peer_heard(&s.peer, "Content-Security-Policy: default-src 'self';"));
    assert_true(peer_heard(&s.peer, "X-Frame-Options: DENY\r\n"));
    tag = strstr(s.peer.in.p, "ETag: ") + 6;
    snprintf(again, sizeof(again),
             "GET /static/index.html HTTP/1.1\r\nHost: h\r\nIf-None-Match: %.18s\r\n\r\n", tag);
    ask(&s, again, "\r\n\r\n");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 304 "));
    assert_false(peer_heard(&s.peer, "hello"));
    ask(&s, "GET /static/js/call.js HTTP/1.1\r\nHost: h\r\n\r\n", "call()");
    assert_true(peer_heard(&s.peer, "Content-Type: text/javascript; charset=utf-8\r\n"));
    ask(&s, "GET /static/../secret HTTP/1.1\r\nHost: h\r\n\r\n", "}}");
    assert_true(peer_heard(&s.peer, "HTTP/1.1 404 "));
    close_site(&s);
}

TEST(a_port_in_use_is_a_clear_error)
{
    struct site s;
    struct mn_server *second;
    struct mn_server_settings settings = {0};

    open_site(&s, (struct mn_server_settings){0});
    settings.port = mn_server_port(s.server);
    assert_int_equal(mn_server_open(&second, s.wire.loop, &settings, routes, &s), -EADDRINUSE);
    assert_null(second);
    close_site(&s);
}

TEST(a_host_that_is_none_is_a_clear_error)
{
    struct wire w;
    struct mn_server *server;
    struct mn_server_settings settings = {.host = "none.test"};

    wire_open(&w);
    assert_int_equal(mn_server_open(&server, w.loop, &settings, routes, NULL), MN_ERESOLVE);
    settings.host = "192.0.2.1"; /* of no machine: RFC 5737 */
    assert_int_equal(mn_server_open(&server, w.loop, &settings, routes, NULL), -EADDRNOTAVAIL);
    wire_close(&w);
}

TEST(one_connection_too_many_is_told_503)
{
    struct site s;
    struct peer second = {0};

    open_site(&s, (struct mn_server_settings){.max_connections = 1});
    UNTIL(&s.wire, mn_server_connections(s.server) == 1);
    peer_dial(&s.wire, &second, mn_server_port(s.server));
    UNTIL(&s.wire, second.ended);
    assert_true(peer_heard(&second, "HTTP/1.1 503 "));
    peer_hang_up(&s.wire, &second);
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/echo");
    close_site(&s);
}

static int arrived, left;

static bool one_at_a_time(void *owner, struct mn_str peer, uint64_t *place)
{
    (void)owner;
    assert_true(mn_str_is(peer, "127.0.0.1"));
    if (arrived - left >= 1)
        return false;
    *place = 41 + (uint64_t)++arrived;
    return true;
}

static void one_left(void *owner, uint64_t place)
{
    (void)owner;
    assert_int_equal(place, 41 + arrived);
    left++;
}

TEST(an_address_with_too_many_connections_is_told_429)
{
    struct site s;
    struct peer second = {0}, third = {0};

    arrived = left = 0;
    open_site(&s, (struct mn_server_settings){.arrive = one_at_a_time, .leave = one_left});
    UNTIL(&s.wire, mn_server_connections(s.server) == 1);
    peer_dial(&s.wire, &second, mn_server_port(s.server));
    UNTIL(&s.wire, second.ended);
    assert_true(peer_heard(&second, "HTTP/1.1 429 "));
    peer_hang_up(&s.wire, &second);
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/echo");
    UNTIL(&s.wire, left == 1);
    peer_dial(&s.wire, &third, mn_server_port(s.server));
    UNTIL(&s.wire, arrived == 2);
    peer_hang_up(&s.wire, &third);
    UNTIL(&s.wire, left == 2);
    close_site(&s);
}

TEST(every_answer_tells_a_browser_to_be_careful_with_it)
{
    static const char *const headers[] = {
        "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
        "Cache-Control: no-store\r\n",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"};
    struct site s;

    open_site(&s, (struct mn_server_settings){0});
    ask(&s, "GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", "not_found");
    assert_true(peer_heard(&s.peer, "not_found"));
    for (size_t i = 0; i < 4; i++)
        assert_true(peer_heard(&s.peer, headers[i]));
    assert_false(peer_heard(&s.peer, "Server:"));
    close_site(&s);
}

TEST(a_stopped_server_goes_on_with_those_it_has)
{
    struct site s;
    struct peer late = {0};
    int port;

    open_site(&s, (struct mn_server_settings){0});
    UNTIL(&s.wire, mn_server_connections(s.server) == 1);
    port = mn_server_port(s.server);
    mn_server_stop(s.server);
    assert_int_equal(mn_server_port(s.server), port);
    peer_dial(&s.wire, &late, port);
    assert_int_equal(late.err, UV_ECONNREFUSED);
    peer_hang_up(&s.wire, &late);
    ask(&s, "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n", "GET|/echo");
    close_site(&s);
}

TEST(a_closed_server_is_gone_while_the_loop_runs_on)
{
    struct site s;
    struct mn_server *second;
    struct mn_server_settings settings = {0};

    open_site(&s, (struct mn_server_settings){0});
    settings.port = mn_server_port(s.server);
    UNTIL(&s.wire, mn_server_connections(s.server) == 1);
    mn_server_close(s.server);
    UNTIL(&s.wire, s.peer.ended);
    wire_pass(&s.wire, 20);
    assert_int_equal(mn_server_open(&second, s.wire.loop, &settings, routes, &s), 0);
    s.server = second;
    close_site(&s);
}
