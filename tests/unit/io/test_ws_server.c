/* test_ws_server.c - callers' WebSockets: who is let in, messages both ways, limits and endings. */
#include "wire.h"

#include "base/err.h"
#include "io/server.h"
#include "io/ws_frame.h"

#include <stdlib.h>
#include <string.h>

struct hall {
    struct wire wire;
    struct mn_server *server;
    struct peer peer;
    struct mn_link *link;
    struct mn_buf heard;
    int messages, binaries, closes, drains, code, err;
    char reason[MN_LINK_REASON_MAX + 1];
    bool echo, speak_first, refuse, forget, close_first;
    char offers[200];
};

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct hall *h = link->owner;

    h->messages++;
    mn_buf_add_str(&h->heard, text);
    if (h->echo)
        assert_int_equal(mn_link_send(link, text), 0);
}

static void on_binary(struct mn_link *link, struct mn_str bytes)
{
    struct hall *h = link->owner;

    h->binaries++;
    mn_buf_add_str(&h->heard, bytes);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct hall *h = link->owner;

    assert_ptr_equal(h->link, link);
    h->link = NULL;
    h->closes++;
    h->code = code;
    h->err = err;
    snprintf(h->reason, sizeof(h->reason), "%.*s", MN_FMT(reason));
}

static void on_drained(struct mn_link *link)
{
    struct hall *h = link->owner;

    h->drains++;
}

static const struct mn_link_events events = {.on_message = on_message,
                                             .on_binary = on_binary,
                                             .on_close = on_close,
                                             .on_drained = on_drained};
static const struct mn_link_events text_only = {.on_message = on_message, .on_close = on_close};

static void note_offers(struct hall *h, struct mn_exchange *x)
{
    struct mn_str offer;
    size_t n = 0;
    int i;

    for (i = 0; (offer = mn_exchange_offer(x, i)).p != NULL; i++)
        n += (size_t)snprintf(h->offers + n, sizeof(h->offers) - n, "[%.*s]", MN_FMT(offer));
}

static void accept_call(void *owner, struct mn_exchange *x)
{
    struct hall *h = owner;

    note_offers(h, x);
    if (h->forget)
        return;
    if (h->refuse) {
        mn_exchange_refuse(x, 401, NULL, "invalid_api_key", "Incorrect API key provided.");
        return;
    }
    assert_int_equal(mn_exchange_accept(x, &h->link), 0);
    h->link->events = mn_str_is(mn_exchange_path(x), "/text") ? &text_only : &events;
    h->link->owner = h;
    if (h->speak_first)
        assert_int_equal(mn_link_send(h->link, MN_STR("{\"type\":\"session.created\"}")), 0);
    if (h->close_first)
        mn_link_close(h->link, 4000, MN_STR("not now"));
}

/* As a server does that finds no room for the call after all. */
static void accept_and_close(void *owner, struct mn_exchange *x)
{
    struct mn_link *link;

    (void)owner;
    assert_int_equal(mn_exchange_accept(x, &link), 0);
    mn_link_close(link, 1011, MN_STR("not today"));
}

static void page(void *owner, struct mn_exchange *x)
{
    (void)owner;
    mn_exchange_reply(x, &(struct mn_reply){.status = 200});
}

static const struct mn_route routes[] = {
    {.method = "GET", .path = "/v1/realtime", .accept = accept_call},
    {.method = "GET", .path = "/text", .accept = accept_call},
    {.method = "GET", .path = "/never", .accept = accept_and_close},
    {.method = "GET", .path = "/page", .handle = page},
    {0},
};
static const char *const subprotocols[] = {"realtime", NULL};

static void open_hall(struct hall *h, struct mn_server_settings settings)
{
    memset(h, 0, sizeof(*h));
    wire_open(&h->wire);
    settings.subprotocols = subprotocols;
    assert_int_equal(mn_server_open(&h->server, h->wire.loop, &settings, routes, h), 0);
    peer_dial(&h->wire, &h->peer, mn_server_port(h->server));
}

static void close_hall(struct hall *h)
{
    mn_server_close(h->server);
    peer_hang_up(&h->wire, &h->peer);
    wire_close(&h->wire);
    mn_buf_free(&h->heard);
    assert_null(h->link);
}

static void shake(struct hall *h, const char *path, const char *headers)
{
    char text[2000];

    snprintf(text, sizeof(text),
             "GET %s HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
             path, headers);
    peer_text(&h->peer, text);
    UNTIL(&h->wire, peer_heard(&h->peer, "\r\n\r\n") || h->peer.ended);
}

/* An open call, with nothing left to read of the handshake. */
static void open_call(struct hall *h, struct mn_server_settings settings)
{
    open_hall(h, settings);
    shake(h, "/v1/realtime", "");
    assert_non_null(h->link);
    mn_buf_clear(&h->peer.in);
}

/* The code of the close frame that ends what the peer heard, or 0. */
static int said_code(const struct peer *p)
{
    const unsigned char *in = (const unsigned char *)p->in.p;
    size_t i;

    for (i = p->in.n; i >= 4; i--)
        if (in[i - 4] == 0x88 && in[i - 3] >= 2 && in[i - 3] <= p->in.n - (i - 2))
            return in[i - 2] << 8 | in[i - 1];
    return 0;
}

TEST(a_client_without_subprotocols_is_let_in)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/v1/realtime?model=dental", "");
    assert_true(peer_heard(&h.peer, "HTTP/1.1 101 "));
    assert_true(peer_heard(&h.peer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    assert_false(peer_heard(&h.peer, "Sec-WebSocket-Protocol"));
    assert_false(peer_heard(&h.peer, "Sec-WebSocket-Extensions"));
    close_hall(&h);
    assert_int_equal(h.closes, 1);
}

TEST(a_browser_that_offers_realtime_and_its_key_is_answered_realtime)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/v1/realtime",
          "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.ek_68af296e8e408191a1120ab6, "
          "openai-agents-sdk.0.20.0\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");
    assert_true(peer_heard(&h.peer, "\r\nSec-WebSocket-Protocol: realtime\r\n"));
    assert_false(peer_heard(&h.peer, "Sec-WebSocket-Extensions"));
    assert_string_equal(h.offers, "[realtime][openai-insecure-api-key.ek_68af296e8e408191a1120ab6]"
                                  "[openai-agents-sdk.0.20.0]");
    close_hall(&h);
}

TEST(a_known_subprotocol_may_stand_anywhere_in_the_offer)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/v1/realtime", "Sec-WebSocket-Protocol: a.b_c-d,realtime\r\n");
    assert_true(peer_heard(&h.peer, "\r\nSec-WebSocket-Protocol: realtime\r\n"));
    close_hall(&h);
}

TEST(an_offer_of_unknown_subprotocols_only_is_answered_400)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/v1/realtime", "Sec-WebSocket-Protocol: mqtt, real\r\n");
    assert_true(peer_heard(&h.peer, "HTTP/1.1 400 "));
    assert_true(peer_heard(&h.peer, "\"unknown_subprotocol\""));
    UNTIL(&h.wire, h.peer.ended);
    close_hall(&h);
}

TEST(an_offer_over_127_bytes_is_answered_400)
{
    struct hall h;
    char headers[400], key[200];

    memset(key, 'k', sizeof(key));
    snprintf(headers, sizeof(headers), "Sec-WebSocket-Protocol: realtime, %.120s\r\n", key);
    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/v1/realtime", headers);
    assert_true(peer_heard(&h.peer, "\"subprotocols_too_long\""));
    close_hall(&h);
}

TEST(a_call_may_be_refused_with_a_status_and_a_reason)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    h.refuse = true;
    shake(&h, "/v1/realtime", "Authorization: Bearer wrong\r\n");
    assert_true(peer_heard(&h.peer, "HTTP/1.1 401 Unauthorized\r\n"));
    UNTIL(&h.wire, h.peer.ended);
    assert_true(peer_heard(&h.peer, "\"invalid_api_key\""));
    close_hall(&h);
    assert_int_equal(h.closes, 0);
}

TEST(an_upgrade_nobody_answered_is_500)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    h.forget = true;
    shake(&h, "/v1/realtime", "");
    assert_true(peer_heard(&h.peer, "HTTP/1.1 500 "));
    close_hall(&h);
}

TEST(a_half_made_handshake_is_answered)
{
    static const struct {
        const char *request, *answer;
    } rows[] = {
        {"GET /v1/realtime HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 426 "},
        {"GET /page HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "HTTP/1.1 404 "},
        {"GET /v1/realtime HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "HTTP/1.1 426 "},
        {"GET /v1/realtime HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\n\r\n",
         "HTTP/1.1 400 "},
        {"GET /v1/realtime HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "HTTP/1.1 400 "},
        {"POST /v1/realtime HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "HTTP/1.1 400 "},
        {"GET /v1/realtime HTTP/1.0\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "HTTP/1.1 400 "},
        {"GET /page HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
         "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
         "HTTP/1.1 400 "},
    };
    struct hall h;
    size_t i;

    open_hall(&h, (struct mn_server_settings){0});
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        peer_text(&h.peer, rows[i].request);
        UNTIL(&h.wire, h.peer.ended);
        assert_true(peer_heard(&h.peer, rows[i].answer));
        peer_hang_up(&h.wire, &h.peer);
        peer_dial(&h.wire, &h.peer, mn_server_port(h.server));
    }
    close_hall(&h);
}

TEST(what_is_said_while_accepting_follows_the_handshake)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    h.speak_first = true;
    shake(&h, "/v1/realtime", "");
    UNTIL(&h.wire, peer_heard(&h.peer, "\r\n\r\n\x81\x1a{\"type\":\"session.created\"}"));
    close_hall(&h);
}

TEST(a_call_may_be_closed_while_it_is_accepted)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    h.speak_first = h.close_first = true;
    shake(&h, "/v1/realtime", "");
    UNTIL(&h.wire, said_code(&h.peer) == 4000);
    assert_true(peer_heard(&h.peer, "session.created"));
    peer_frame(&h.peer, MN_WS_CLOSE, true, "\x0f\xa0", 2);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.code, 4000);
    assert_string_equal(h.reason, "not now");
    close_hall(&h);
}

TEST(a_call_nobody_took_is_closed_all_the_same)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/never", "");
    UNTIL(&h.wire, said_code(&h.peer) == 1011);
    peer_frame(&h.peer, MN_WS_TEXT, true, "hello", 5);
    peer_frame(&h.peer, MN_WS_CLOSE, true, "\x03\xf3", 2);
    UNTIL(&h.wire, mn_server_connections(h.server) == 0);
    close_hall(&h);
}

TEST(messages_go_both_ways)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    h.echo = true;
    peer_frame(&h.peer, MN_WS_TEXT, true, "hello", 5);
    UNTIL(&h.wire, peer_heard(&h.peer, "\x81\x05hello"));
    peer_frame(&h.peer, MN_WS_TEXT, true, "", 0);
    UNTIL(&h.wire, h.messages == 2);
    close_hall(&h);
}

TEST(fragments_with_a_ping_between_are_one_message)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    peer_frame(&h.peer, MN_WS_TEXT, false, "hel", 3);
    peer_frame(&h.peer, MN_WS_PING, true, "you?", 4);
    peer_frame(&h.peer, MN_WS_CONTINUATION, false, "lo ", 3);
    UNTIL(&h.wire, peer_heard(&h.peer, "\x8a\x04you?"));
    assert_int_equal(h.messages, 0);
    peer_frame(&h.peer, MN_WS_CONTINUATION, true, "world", 5);
    UNTIL(&h.wire, h.messages == 1);
    assert_true(mn_str_is(mn_buf_str(&h.heard), "hello world"));
    peer_frame(&h.peer, MN_WS_TEXT, true, "!", 1);
    UNTIL(&h.wire, h.messages == 2);
    close_hall(&h);
}

TEST(a_200_KB_message_is_echoed_whole)
{
    enum { N = 200 * 1024 };
    struct hall h;
    char *text = malloc(N);
    size_t i;

    for (i = 0; i < N; i++)
        text[i] = (char)('a' + i % 23);
    open_call(&h, (struct mn_server_settings){0});
    h.echo = true;
    peer_frame(&h.peer, MN_WS_TEXT, true, text, N);
    UNTIL(&h.wire, h.peer.in.n == N + 10);
    assert_memory_equal(h.peer.in.p + 10, text, N);
    assert_int_equal(h.messages, 1);
    free(text);
    close_hall(&h);
}

TEST(a_binary_message_is_told_apart_and_the_call_goes_on)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    peer_frame(&h.peer, MN_WS_BINARY, true, "\xff\x00\x01", 3);
    peer_frame(&h.peer, MN_WS_TEXT, true, "on", 2);
    UNTIL(&h.wire, h.messages == 1);
    assert_int_equal(h.binaries, 1);
    assert_memory_equal(h.heard.p, "\xff\x00\x01on", 5);
    close_hall(&h);
}

TEST(a_binary_message_nobody_reads_closes_with_1003)
{
    struct hall h;

    open_hall(&h, (struct mn_server_settings){0});
    shake(&h, "/text", "");
    peer_frame(&h.peer, MN_WS_BINARY, true, "x", 1);
    UNTIL(&h.wire, said_code(&h.peer) == 1003);
    peer_frame(&h.peer, MN_WS_CLOSE, true, "\x03\xeb", 2);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.err, MN_EPROTOCOL);
    close_hall(&h);
}

TEST(a_text_that_is_not_UTF_8_closes_with_1007)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    peer_frame(&h.peer, MN_WS_TEXT, true, "a\xc0\xaf", 3);
    UNTIL(&h.wire, said_code(&h.peer) == 1007);
    assert_int_equal(h.messages, 0);
    peer_frame(&h.peer, MN_WS_TEXT, true, "late", 4); /* is not heard any more */
    peer_frame(&h.peer, MN_WS_CLOSE, true, "\x03\xef", 2);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.messages, 0);
    close_hall(&h);
}

TEST(a_message_over_the_limit_closes_with_1009_while_it_is_still_sent)
{
    struct hall h;
    char *much = calloc(1, 3 << 20);

    open_call(&h, (struct mn_server_settings){.max_message_bytes = 100000});
    peer_frame(&h.peer, MN_WS_TEXT, true, much, 3 << 20);
    UNTIL(&h.wire, said_code(&h.peer) == 1009);
    peer_frame(&h.peer, MN_WS_CLOSE, true, "\x03\xf1", 2);
    UNTIL(&h.wire, h.closes == 1 && h.peer.ended);
    assert_int_equal(h.code, 1009);
    assert_int_equal(h.err, MN_ELIMIT);
    assert_int_equal(h.peer.err, 0);
    free(much);
    close_hall(&h);
}

TEST(fragments_over_the_limit_close_with_1009)
{
    struct hall h;
    char piece[1000];
    int i;

    memset(piece, 'x', sizeof(piece));
    open_call(&h, (struct mn_server_settings){.max_message_bytes = 2500});
    peer_frame(&h.peer, MN_WS_TEXT, false, piece, sizeof(piece));
    for (i = 0; i < 3; i++)
        peer_frame(&h.peer, MN_WS_CONTINUATION, false, piece, sizeof(piece));
    UNTIL(&h.wire, said_code(&h.peer) == 1009);
    assert_int_equal(h.messages, 0);
    close_hall(&h);
}

TEST(a_broken_frame_ends_the_call)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    peer_say(&h.peer, "\xf3\x85zzzzhello", 11);
    UNTIL(&h.wire, said_code(&h.peer) == 1002);
    peer_hang_up(&h.wire, &h.peer);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.code, 1006);
    peer_dial(&h.wire, &h.peer, mn_server_port(h.server));
    assert_int_equal(h.messages, 0);
    close_hall(&h);
}

TEST(the_peers_close_is_told_with_code_and_reason_and_answered)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    peer_frame(&h.peer, MN_WS_CLOSE, true, "\x0f\xa1go", 4);
    UNTIL(&h.wire, h.closes == 1 && h.peer.ended);
    assert_int_equal(h.code, 4001);
    assert_string_equal(h.reason, "go");
    assert_int_equal(h.err, 0);
    assert_int_equal(said_code(&h.peer), 4001);
    close_hall(&h);
}

TEST(a_peer_that_vanishes_is_told_as_1006)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    peer_hang_up(&h.wire, &h.peer);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.code, 1006);
    assert_int_equal(h.err, MN_ECLOSED);
    peer_dial(&h.wire, &h.peer, mn_server_port(h.server));
    close_hall(&h);
}

TEST(a_link_that_vanishes_hangs_up_without_a_close_frame)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    mn_link_close(h.link, MN_LINK_VANISH, MN_STR("not said"));
    assert_int_equal(h.closes, 0); /* never from inside */
    UNTIL(&h.wire, h.closes == 1 && h.peer.ended);
    assert_int_equal(h.code, MN_LINK_VANISH);
    assert_int_equal(h.err, 0);
    assert_false(peer_heard(&h.peer, "\x88"));
    close_hall(&h);
}

TEST(a_close_nobody_answers_ends_after_its_time)
{
    struct hall h;
    int64_t start_ms;

    open_call(&h, (struct mn_server_settings){.close_ms = 150});
    start_ms = wire_now(&h.wire);
    mn_link_close(h.link, 1000, MN_STR("bye"));
    assert_int_equal(mn_link_send(h.link, MN_STR("late")), MN_ECLOSED);
    assert_int_equal(h.closes, 0); /* never from inside */
    UNTIL(&h.wire, h.closes == 1);
    assert_in_range(wire_now(&h.wire) - start_ms, 140, 1000);
    assert_int_equal(h.code, 1000);
    assert_true(peer_heard(&h.peer, "\x88\x05\x03\xe8"
                                    "bye"));
    close_hall(&h);
}

TEST(a_silent_peer_is_pinged_and_then_dropped)
{
    struct hall h;
    int i;

    open_call(&h, (struct mn_server_settings){.ping_ms = 150});
    for (i = 0; i < 3; i++) {
        UNTIL(&h.wire, peer_heard(&h.peer, "\x89\x04myna"));
        mn_buf_clear(&h.peer.in);
        peer_frame(&h.peer, MN_WS_PONG, true, "myna", 4);
    }
    assert_int_equal(h.closes, 0);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.code, 1006);
    assert_int_equal(h.err, MN_ETIMEOUT);
    close_hall(&h);
}

TEST(a_peer_that_does_not_read_fills_the_queue_and_nothing_more)
{
    struct hall h;
    char *text = malloc(64 * 1024);
    int sent = 0, got;

    memset(text, 'x', 64 * 1024);
    open_call(&h, (struct mn_server_settings){.high_water_bytes = 300000});
    uv_read_stop((uv_stream_t *)&h.peer.tcp);
    while ((got = mn_link_send(h.link, (struct mn_str){text, 64 * 1024})) == 0) {
        assert_true(++sent < 1000);
        wire_turn(&h.wire);
    }
    assert_int_equal(got, MN_EFULL);
    assert_in_range(mn_link_queued(h.link), 200000, 300000);
    assert_int_equal(h.drains, 0);
    free(text);
    mn_link_close(h.link, 1011, MN_STR("too slow"));
    close_hall(&h);
    assert_int_equal(h.closes, 1);
}

static void on_more(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *p = stream->data;

    if (n > 0)
        mn_buf_add(&p->in, buf->base, (size_t)n);
}

static void on_room(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
    struct peer *p = handle->data;

    (void)want;
    *buf = uv_buf_init(p->some, sizeof(p->some));
}

TEST(a_queue_that_filled_drains_in_order_and_says_so)
{
    struct hall h;
    char *text = calloc(1, 64 * 1024);
    size_t sent = 0, i;

    open_call(&h, (struct mn_server_settings){.high_water_bytes = 500000});
    uv_read_stop((uv_stream_t *)&h.peer.tcp);
    for (;; sent++) {
        memset(text, 'a' + (int)(sent % 26), 64 * 1024);
        if (mn_link_send(h.link, (struct mn_str){text, 64 * 1024}) == MN_EFULL)
            break;
    }
    uv_read_start((uv_stream_t *)&h.peer.tcp, on_room, on_more);
    UNTIL(&h.wire, h.drains == 1);
    assert_int_equal(mn_link_queued(h.link), 0);
    UNTIL(&h.wire, h.peer.in.n == sent * (64 * 1024 + 10));
    for (i = 0; i < sent; i++)
        assert_int_equal(h.peer.in.p[i * (64 * 1024 + 10) + 10], 'a' + (int)(i % 26));
    free(text);
    close_hall(&h);
}

TEST(closing_the_server_ends_every_call_once)
{
    struct hall h;

    open_call(&h, (struct mn_server_settings){0});
    mn_server_close(h.server);
    assert_int_equal(h.closes, 0);
    UNTIL(&h.wire, h.closes == 1);
    assert_int_equal(h.code, 1006);
    h.server = NULL;
    close_hall(&h);
    assert_int_equal(h.closes, 1);
}
