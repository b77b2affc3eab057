/* test_ws_handshake.c - URLs, the request, and the judging of answers, without a socket. */
#include "test.h"

#include "base/err.h"
#include "io/ws_handshake.h"
#include "io/ws_url.h"

#include <errno.h>
#include <string.h>

/* RFC 6455, 1.3: the key "the sample nonce" and its acceptance. */
static const struct mn_ws_request sample = {.authority = "server.example.com",
                                            .path = "/chat",
                                            .key = "the sample nonc\x65",
                                            .subprotocols = "chat, superchat"};

TEST(the_key_of_RFC_6455_is_accepted_as_it_says)
{
    char accept[MN_WS_ACCEPT_MAX];

    assert_int_equal(mn_ws_accept(accept, MN_STR("dGhlIHNhbXBsZSBub25jZQ==")), 0);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(a_request_holds_what_RFC_6455_asks_for)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_ws_request_write(&sample, &out), 0);
    assert_string_equal(out.p, "GET /chat HTTP/1.1\r\n"
                               "Host: server.example.com\r\n"
                               "Upgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                               "Sec-WebSocket-Protocol: chat, superchat\r\n"
                               "\r\n");
    mn_buf_free(&out);
}

#define YES                                                                                        \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

TEST(answers_are_judged_by_their_headers)
{
    static const struct {
        const char *text;
        int want;
    } rows[] = {
        {YES "\r\n", 0},
        {YES "Sec-WebSocket-Protocol: chat\r\n\r\n", 0},
        {YES "\r\n\x81\x02hi", 0},
        {"", -EAGAIN},
        {YES, -EAGAIN},
        {"HTTP/1.1 101 x\r\n\r\n", MN_EPROTOCOL},
        {YES "Sec-WebSocket-Protocol: mqtt\r\n\r\n", MN_EPROTOCOL},
        {YES "Sec-WebSocket-Extensions: x\r\n\r\n", MN_EPROTOCOL},
        {YES "Upgrade: h2c\r\n\r\n", MN_EPROTOCOL},
        {YES "no colon\r\n\r\n", MN_EPROTOCOL},
        {YES "a: bare\nb: newline\r\n\r\n", MN_EPROTOCOL},
        {YES ": no name\r\n\r\n", MN_EPROTOCOL},
        {"\r\n\r\n", MN_EPROTOCOL},
        {"HTTP/2 101 x\r\n\r\n", MN_EPROTOCOL},
        {"HTTP/1.1 1x1 x\r\n\r\n", MN_EPROTOCOL},
        {"HTTP/1.1 200 OK\r\n\r\n", MN_EREFUSED},
        {"HTTP/1.0 403\r\nContent-Length: 12\r\n\r\nno", MN_EREFUSED},
    };
    struct mn_ws_answer answer;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(mn_ws_answer_read(&answer, mn_str(rows[i].text), &sample), rows[i].want);
    assert_int_equal(answer.status, 403);
    assert_int_equal(answer.body_n, 12);
    assert_int_equal(answer.head_n, strlen(rows[i - 1].text) - 2);
    assert_false(answer.chunked);
}

TEST(an_endless_answer_is_over_the_limit)
{
    static char text[MN_WS_ANSWER_MAX + 1];
    struct mn_ws_answer answer;

    memset(text, 'x', sizeof(text));
    assert_int_equal(
        mn_ws_answer_read(&answer, (struct mn_str){text, MN_WS_ANSWER_MAX - 1}, &sample), -EAGAIN);
    assert_int_equal(mn_ws_answer_read(&answer, (struct mn_str){text, MN_WS_ANSWER_MAX}, &sample),
                     MN_ELIMIT);
}

TEST(a_length_that_is_no_number_is_not_told)
{
    struct mn_ws_answer answer;

    mn_ws_answer_read(&answer, MN_STR("HTTP/1.1 500 x\r\nContent-Length:\r\n\r\n42"), &sample);
    assert_int_equal(answer.body_n, -1);
    mn_ws_answer_read(&answer, MN_STR("HTTP/1.1 500 x\r\nContent-Length: -1\r\n\r\n"), &sample);
    assert_int_equal(answer.body_n, -1);
    mn_ws_answer_read(&answer, MN_STR("HTTP/1.1 500 x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
                      &sample);
    assert_true(answer.chunked);
}

static void expect_why(struct mn_str bytes, bool told, const char *want)
{
    struct mn_ws_answer answer;
    struct mn_buf why = {0};

    assert_int_equal(mn_ws_answer_read(&answer, bytes, &sample), MN_EREFUSED);
    assert_int_equal(mn_ws_answer_is_told(&answer, bytes.n), told);
    assert_int_equal(mn_ws_answer_why(&answer, bytes, &why), 0);
    assert_string_equal(why.p, want);
    mn_buf_free(&why);
}

TEST(a_refusal_is_told_in_one_line_of_bounded_text)
{
    static char text[2000] = "HTTP/1.1 500 x\r\n\r\n";
    static char want[1000] = "HTTP 500: ";

    expect_why(MN_STR("HTTP/1.1 401 x\r\nContent-Length: 3\r\n\r\nk\n\x1b"), true, "HTTP 401: k  ");
    expect_why(MN_STR("HTTP/1.1 401 x\r\nContent-Length: 4\r\n\r\nkey"), false, "HTTP 401: key");
    expect_why(MN_STR("HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n"), true, "HTTP 401: ");
    expect_why(MN_STR("HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlater"), false,
               "HTTP 503: later");
    memset(text + strlen(text), 'x', MN_WS_WHY_MAX + 1);
    memset(want + strlen(want), 'x', MN_WS_WHY_MAX);
    expect_why(mn_str(text), true, want);
}

TEST(a_url_says_where_to_dial_and_what_to_ask)
{
    static const struct {
        const char *url, *host, *authority, *path;
        int port;
        bool tls;
    } rows[] = {
        {"ws://h", "h", "h", "/", 80, false},
        {"wss://h/", "h", "h", "/", 443, true},
        {"wss://api.openai.com/v1/realtime?model=x", "api.openai.com", "api.openai.com",
         "/v1/realtime?model=x", 443, true},
        {"ws://h:8080?a=b", "h", "h:8080", "/?a=b", 8080, false},
        {"ws://h:80/", "h", "h", "/", 80, false},
        {"wss://h:80/", "h", "h:80", "/", 80, true},
        {"ws://[::1]:9000/x", "::1", "[::1]:9000", "/x", 9000, false},
        {"ws://[2001:db8::1]", "2001:db8::1", "[2001:db8::1]", "/", 80, false},
    };
    struct mn_ws_url url;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(mn_ws_url_parse(&url, rows[i].url), 0);
        assert_string_equal(url.host, rows[i].host);
        assert_string_equal(url.authority, rows[i].authority);
        assert_string_equal(url.path, rows[i].path);
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.tls, rows[i].tls);
    }
}

TEST(what_is_no_websocket_url_is_refused)
{
    static const char *const rows[] = {
        "",          "h",         "http://h",     "ws:/h",           "ws://",
        "ws:///x",   "ws://:80/", "ws://h:/",     "ws://h:0/",       "ws://h:65536/",
        "ws://h:x/", "ws://u@h/", "ws://h/#frag", "ws://h/a b",      "ws://h/\r\nX: y",
        "ws://[::1", "ws://[]/",  "ws://[::1]x/", "ws://h/\xc3\xa4", "ws://h:99999999999999/",
    };
    static char longest[MN_WS_URL_MAX + 32] = "ws://h/";
    struct mn_ws_url url;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(mn_ws_url_parse(&url, rows[i]), MN_ECONFIG);
    memset(longest + 7, 'x', sizeof(longest) - 8);
    assert_int_equal(mn_ws_url_parse(&url, longest), MN_ECONFIG);
    memset(longest + 5, 'x', sizeof(longest) - 6);
    assert_int_equal(mn_ws_url_parse(&url, longest), MN_ECONFIG);
}
