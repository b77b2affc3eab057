/* test_ws_client.c - the link we dial, against a server that obeys, misbehaves, stalls or vanishes.
 * Loopback and real time; the waits are a few dozen milliseconds. */
#include "test.h"

#include "base/err.h"
#include "io/ws_client.h"
#include "ws_peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
    struct mn_log log;
    struct mn_loop *loop;
    struct ws_peer peer;
    struct mn_ws_client_settings settings;
    struct mn_link *link;
    struct mn_timer guard, later;
    struct mn_buf diary;  /* "open|text|close 1000 bye|" */
    const char *say;      /* sent on open */
    const char *close_on; /* close when this comes */
    int closes, err, code;
    size_t received, sent;
    int drained, pings;
};

static void drop_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log, (void)line, (void)n;
}

static void on_open(struct mn_link *link)
{
    struct fixture *f = link->owner;

    mn_buf_add_text(&f->diary, "open|");
    if (f->say != NULL)
        assert_int_equal(mn_link_send(link, mn_str(f->say)), 0);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct fixture *f = link->owner;

    f->received += text.n;
    if (text.n < 100)
        mn_buf_addf(&f->diary, "%.*s|", MN_FMT(text));
    if (f->close_on != NULL && mn_str_is(text, f->close_on))
        mn_link_close(link, 1000, MN_STR("bye"));
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct fixture *f = link->owner;

    f->closes++;
    f->code = code;
    f->err = err;
    mn_buf_addf(&f->diary, "close %d %.*s|", code, MN_FMT(reason));
    assert_int_equal(mn_link_send(link, MN_STR("late")), MN_ECLOSED);
    mn_loop_stop(f->loop);
}

static void on_drained(struct mn_link *link)
{
    ((struct fixture *)link->owner)->drained++;
}

static const struct mn_link_events events = {
    .on_open = on_open, .on_message = on_message, .on_close = on_close, .on_drained = on_drained};

static void on_too_long(struct mn_timer *t)
{
    struct fixture *f = mn_container_of(t, struct fixture, guard);

    fail_msg("nothing more happened after: %s", f->diary.p != NULL ? f->diary.p : "");
}

static struct fixture *prepare(void)
{
    struct fixture *f = calloc(1, sizeof(*f));

    f->log = (struct mn_log){.level = MN_LOG_OFF, .write = drop_line};
    assert_int_equal(mn_loop_open(&f->loop, &f->log), 0);
    f->settings = mn_ws_client_defaults;
    mn_timer_start(mn_loop_clock(f->loop), &f->guard, 20 * 1000, on_too_long);
    f->peer.owner = f;
    return f;
}

static void start(struct fixture *f)
{
    ws_peer_open(&f->peer, f->loop);
    f->settings.url = f->peer.url;
    if (f->peer.tls && f->settings.ca_file == NULL)
        f->settings.ca_file = f->peer.ca_file;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), 0);
    assert_int_equal(mn_link_send(f->link, MN_STR("early")), MN_ECLOSED);
}

static void run(struct fixture *f)
{
    start(f);
    mn_loop_run(f->loop);
}

static void finish(struct fixture *f, const char *diary, int err)
{
    assert_string_equal(f->diary.p, diary);
    assert_int_equal(f->err, err);
    ws_peer_close(&f->peer);
    mn_loop_close(f->loop);
    assert_int_equal(f->closes, 1);
    ws_peer_free(&f->peer);
    mn_buf_free(&f->diary);
    free(f);
}

static void starts_with(struct fixture *f, const char *text)
{
    assert_memory_equal(f->diary.p, text, strlen(text));
}

/* The way it should be. */

TEST(a_client_opens_talks_and_closes)
{
    struct fixture *f = prepare();

    f->say = f->close_on = "hello";
    run(f);
    assert_non_null(strstr(f->peer.request.p, "GET /v1?model=x HTTP/1.1\r\n"));
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(a_client_talks_over_TLS_to_a_host_it_verified)
{
    struct fixture *f = prepare();

    f->peer.tls = true;
    f->say = f->close_on = "hello";
    run(f);
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(headers_and_subprotocols_are_sent_and_a_chosen_one_is_accepted)
{
    static const struct mn_ws_header headers[] = {{"Authorization", "Bearer sk-1"}, {NULL, NULL}};
    struct fixture *f = prepare();

    f->settings.headers = headers;
    f->settings.subprotocols = "other, realtime";
    f->peer.extra = "Sec-WebSocket-Protocol: realtime\r\n";
    f->say = f->close_on = "x";
    run(f);
    assert_non_null(strstr(f->peer.request.p, "\r\nAuthorization: Bearer sk-1\r\n"));
    assert_non_null(strstr(f->peer.request.p, "\r\nSec-WebSocket-Protocol: other, realtime\r\n"));
    finish(f, "open|x|close 1000 bye|", 0);
}

static void send_fragments(struct ws_peer *p)
{
    ws_peer_send(p, MN_WS_TEXT, false, MN_STR("one "));
    ws_peer_send(p, MN_WS_PING, true, MN_STR("?"));
    ws_peer_send(p, MN_WS_CONTINUATION, true, MN_STR("message"));
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR(""));
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("end"));
}

static void expect_pong(struct ws_peer *p, const struct mn_ws_message *m)
{
    if (m->opcode == MN_WS_PONG)
        assert_true(mn_str_is(m->payload, "?"));
    else
        ws_peer_send_close(p, m->code, m->payload);
}

TEST(fragments_become_one_message_and_a_ping_between_them_is_answered)
{
    struct fixture *f = prepare();

    f->peer.on_open = send_fragments; /* in one go with the 101 */
    f->peer.on_message = expect_pong;
    f->close_on = "end";
    run(f);
    assert_int_equal(f->peer.messages, 2);
    finish(f, "open|one message||end|close 1000 bye|", 0);
}

static void send_two(struct ws_peer *p)
{
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("first"));
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("second"));
}

TEST(a_client_that_closed_gets_no_more_messages)
{
    struct fixture *f = prepare();

    f->peer.on_open = send_two;
    f->close_on = "first";
    run(f);
    finish(f, "open|first|close 1000 bye|", 0);
}

static void close_politely(struct ws_peer *p)
{
    ws_peer_send_close(p, 4000, MN_STR("why"));
}

static void expect_echoed_close(struct ws_peer *p, const struct mn_ws_message *m)
{
    assert_int_equal(m->opcode, MN_WS_CLOSE);
    assert_int_equal(m->code, 4000);
    (void)p;
}

TEST(a_close_by_the_server_carries_its_code_and_reason_and_is_answered)
{
    struct fixture *f = prepare();

    f->peer.on_open = close_politely;
    f->peer.on_message = expect_echoed_close;
    run(f);
    mn_timer_stop(&f->guard);
    finish(f, "open|close 4000 why|", 0);
}

/* Echoes a megabyte each way, more than sockets hold at once. */
static void big_echo(bool tls)
{
    enum { SIZE = 1000 * 1000 };
    struct fixture *f = prepare();
    char *big = malloc(SIZE + 1);

    memset(big, 'x', SIZE);
    big[SIZE] = '\0';
    f->say = f->close_on = big;
    f->peer.tls = tls;
    run(f);
    assert_int_equal(f->received, SIZE);
    free(big);
    finish(f, "open|close 1000 bye|", 0);
}

TEST(a_large_message_goes_both_ways)
{
    big_echo(false);
}

TEST(a_large_message_goes_both_ways_over_TLS)
{
    big_echo(true);
}

/* Refusals. */

TEST(a_certificate_for_another_host_is_refused)
{
    struct fixture *f = prepare();

    f->peer.tls = true;
    f->peer.cert_host = "elsewhere.example";
    run(f);
    assert_non_null(strstr(f->diary.p, "hostname mismatch"));
    starts_with(f, "close 1006 certificate: ");
    finish(f, f->diary.p, MN_ETLS);
}

TEST(a_certificate_of_an_unknown_authority_is_refused)
{
    struct fixture *f = prepare();

    f->peer.tls = true;
    f->settings.ca_file = "/etc/ssl/certs/ca-certificates.crt";
    run(f);
    starts_with(f, "close 1006 certificate: self");
    finish(f, f->diary.p, MN_ETLS);
}

TEST(authorities_that_cannot_be_read_are_a_mistake_in_the_settings)
{
    struct fixture *f = prepare();

    f->peer.tls = true;
    f->settings.ca_file = "/nonexistent/ca.pem";
    run(f);
    finish(f, "close 1006 the authorities to trust cannot be read|", MN_ECONFIG);
}

TEST(plain_bytes_where_TLS_was_expected_are_refused)
{
    struct fixture *f = prepare();
    char url[64];

    f->peer.answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
    ws_peer_open(&f->peer, f->loop);
    snprintf(url, sizeof(url), "wss://localhost:%d/", f->peer.port);
    f->settings.url = url;
    f->settings.connect_ms = 300; /* the server waits for the end of a request it cannot read */
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), 0);
    mn_loop_run(f->loop);
    assert_true(f->err == MN_ETLS || f->err == MN_ETIMEOUT);
    finish(f, f->diary.p, f->err);
}

TEST(a_closed_port_refuses_the_connection)
{
    struct fixture *f = prepare();

    ws_peer_open(&f->peer, f->loop);
    ws_peer_close(&f->peer);
    f->settings.url = f->peer.url;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), 0);
    mn_loop_run(f->loop);
    assert_int_equal(f->err, -ECONNREFUSED);
    assert_int_equal(f->code, 1006);
    mn_loop_close(f->loop);
    ws_peer_free(&f->peer);
    mn_buf_free(&f->diary);
    free(f);
}

TEST(a_refused_handshake_tells_the_status_and_the_start_of_the_body)
{
    struct fixture *f = prepare();

    f->peer.answer =
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 16\r\n\r\n{\"error\":\r\n\"key\"}";
    run(f);
    finish(f, "close 1006 HTTP 401: {\"error\":  \"key\"}|", MN_EREFUSED);
}

TEST(a_refusal_without_a_length_is_told_when_its_body_stops_coming)
{
    struct fixture *f = prepare();

    f->peer.answer = "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nlater";
    run(f);
    finish(f, "close 1006 HTTP 503: later|", MN_EREFUSED);
}

TEST(an_answer_that_is_no_handshake_is_refused)
{
    static const char *const answers[] = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 101 Sure\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", /* another key's */
    };
    size_t i;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct fixture *f = prepare();

        f->peer.answer = answers[i];
        run(f);
        finish(f, "close 1006 not an answer to a WebSocket handshake|", MN_EPROTOCOL);
    }
}

TEST(an_extension_or_a_subprotocol_nobody_asked_for_is_refused)
{
    static const char *const extras[] = {"Sec-WebSocket-Extensions: permessage-deflate\r\n",
                                         "Sec-WebSocket-Protocol: surprise\r\n"};
    size_t i;

    for (i = 0; i < sizeof(extras) / sizeof(extras[0]); i++) {
        struct fixture *f = prepare();

        f->peer.extra = extras[i];
        run(f);
        finish(f, "close 1006 not an answer to a WebSocket handshake|", MN_EPROTOCOL);
    }
}

/* Dials the peer by another name. */
static void run_by_name(struct fixture *f, const char *name)
{
    char url[64];

    ws_peer_open(&f->peer, f->loop);
    snprintf(url, sizeof(url), "ws://%s:%d/", name, f->peer.port);
    f->settings.url = url;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), 0);
    mn_loop_run(f->loop);
}

TEST(a_name_that_does_not_resolve_closes_the_link)
{
    struct fixture *f = prepare();

    run_by_name(f, "none.test");
    finish(f, "close 1006 none.test|", MN_ERESOLVE);
}

TEST(a_name_that_resolves_too_late_ends_with_the_deadline)
{
    struct fixture *f = prepare();

    f->settings.connect_ms = 30;
    run_by_name(f, "slow.test");
    assert_int_equal(f->err, MN_ETIMEOUT);
    finish(f, f->diary.p, MN_ETIMEOUT);
}

TEST(an_address_that_refuses_gives_way_to_the_next)
{
    struct fixture *f = prepare();

    f->say = f->close_on = "hello";
    run_by_name(f, "two.test");
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(an_address_that_says_nothing_gives_way_when_its_share_of_time_is_up)
{
    struct fixture *f = prepare();

    f->settings.connect_ms = 400;
    f->say = f->close_on = "hello";
    run_by_name(f, "dark.test");
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(closing_between_two_addresses_leaves_nothing_behind)
{
    struct fixture *f = prepare();

    f->settings.connect_ms = 40;
    f->peer.answer = "";
    run_by_name(f, "dark.test");
    assert_int_equal(f->err, MN_ETIMEOUT);
    finish(f, f->diary.p, MN_ETIMEOUT);
}

TEST(settings_that_cannot_be_are_refused_at_once)
{
    static const struct mn_ws_header splits[] = {{"X", "1\r\nEvil: 2"}, {NULL, NULL}};
    static const struct mn_ws_header unnamed[] = {{"X:", "1"}, {NULL, NULL}};
    struct fixture *f = prepare();

    f->settings.url = "http://localhost/";
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), MN_ECONFIG);
    f->settings.url = "ws://localhost/";
    f->settings.headers = splits;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), MN_ECONFIG);
    f->settings.headers = unnamed;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), MN_ECONFIG);
    f->settings.headers = NULL;
    f->settings.subprotocols = "a\r\nb";
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &events, f), MN_ECONFIG);
    assert_null(f->link);
    mn_loop_close(f->loop);
    free(f);
}

/* Stalls and deaths. */

TEST(a_handshake_that_stalls_ends_with_the_deadline)
{
    struct fixture *f = prepare();

    f->peer.answer = "";
    f->settings.connect_ms = 60;
    run(f);
    finish(f, "close 1006 not connected in time|", MN_ETIMEOUT);
}

static void vanish(struct ws_peer *p)
{
    ws_peer_vanish(p);
}

static void vanish_on_message(struct ws_peer *p, const struct mn_ws_message *m)
{
    (void)m;
    ws_peer_vanish(p);
}

TEST(a_server_that_vanishes_closes_the_link_with_1006)
{
    struct fixture *f = prepare();

    f->peer.on_message = vanish_on_message;
    f->say = "hello";
    run(f);
    starts_with(f, "open|close 1006 ");
    assert_true(f->err == MN_ECLOSED || f->err == -ECONNRESET);
    finish(f, f->diary.p, f->err);
}

TEST(a_server_that_vanishes_after_the_101_is_noticed_over_TLS)
{
    struct fixture *f = prepare();

    f->peer.tls = true;
    f->peer.on_open = vanish;
    run(f);
    assert_int_equal(f->code, 1006);
    finish(f, f->diary.p, f->err);
}

static void count_pings(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct fixture *f = p->owner;

    assert_int_equal(m->opcode, MN_WS_PING);
    f->pings++;
}

TEST(silence_is_asked_twice_and_then_is_death)
{
    struct fixture *f = prepare();

    f->settings.ping_ms = 20;
    f->peer.on_message = count_pings;
    run(f);
    assert_int_equal(f->pings, 2);
    finish(f, "open|close 1006 no answer to pings|", MN_ETIMEOUT);
}

static void answer_pings(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct fixture *f = p->owner;

    if (m->opcode == MN_WS_CLOSE) {
        ws_peer_send_close(p, m->code, m->payload);
        return;
    }
    ws_peer_send(p, MN_WS_PONG, true, m->payload);
    if (++f->pings == 4)
        mn_link_close(f->link, 1000, MN_STR("alive"));
}

TEST(answered_pings_keep_a_silent_link_open)
{
    struct fixture *f = prepare();

    f->settings.ping_ms = 10;
    f->peer.on_message = answer_pings;
    run(f);
    assert_int_equal(f->pings, 4);
    finish(f, "open|close 1000 alive|", 0);
}

static void ignore(struct ws_peer *p, const struct mn_ws_message *m)
{
    (void)p, (void)m;
}

static void send_end(struct ws_peer *p)
{
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("end"));
}

TEST(a_close_without_an_answer_ends_with_its_time_out)
{
    struct fixture *f = prepare();

    f->settings.close_ms = 40;
    f->peer.on_open = send_end;
    f->peer.on_message = ignore;
    f->close_on = "end";
    run(f);
    finish(f, "open|end|close 1006 no answer to the close|", MN_ETIMEOUT);
}

TEST(closing_before_it_is_open_tells_the_owner_from_the_loop)
{
    struct fixture *f = prepare();

    start(f);
    mn_link_close(f->link, 1001, MN_STR("changed my mind"));
    mn_link_close(f->link, 1002, MN_STR("again"));
    assert_int_equal(f->closes, 0);
    mn_loop_run(f->loop);
    finish(f, "close 1001 changed my mind|", 0);
}

static void close_link(struct ws_peer *p)
{
    mn_link_close(((struct fixture *)p->owner)->link, 1001, MN_STR("too late"));
}

TEST(closing_while_the_answer_is_on_its_way_is_still_closing_before_it_is_open)
{
    struct fixture *f = prepare();

    f->peer.on_open = close_link;
    run(f);
    finish(f, "close 1001 too late|", 0);
}

static void stop_loop(struct ws_peer *p)
{
    mn_loop_stop(((struct fixture *)p->owner)->loop);
}

TEST(a_loop_that_closes_under_a_link_tells_its_owner)
{
    struct fixture *f = prepare();

    f->peer.on_open = stop_loop;
    run(f);
    ws_peer_close(&f->peer);
    mn_loop_close(f->loop);
    assert_int_equal(f->closes, 1);
    assert_int_equal(f->err, MN_ECANCELED);
    ws_peer_free(&f->peer);
    mn_buf_free(&f->diary);
    free(f);
}

/* Limits. */

static void send_huge(struct ws_peer *p)
{
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("fits"));
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("does not fit"));
}

static void note_code(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct fixture *f = p->owner;

    mn_buf_addf(&f->diary, "peer got %d|", m->code);
    mn_loop_stop(f->loop);
}

/* The server is told the code too, which it hears a moment after the owner. */
static void run_to_both_closed(struct fixture *f)
{
    run(f);
    if (strstr(f->diary.p, "peer got") == NULL)
        mn_loop_run(f->loop);
}

TEST(a_message_over_the_limit_closes_with_1009)
{
    struct fixture *f = prepare();

    f->settings.max_message = 10;
    f->peer.on_open = send_huge;
    f->peer.on_message = note_code;
    run_to_both_closed(f);
    finish(f, "open|fits|close 1009 over a limit|peer got 1009|", MN_ELIMIT);
}

static void send_masked(struct ws_peer *p)
{
    ws_peer_write(p, "\x81\x81\x01\x02\x03\x04x", 7);
}

TEST(a_server_that_masks_is_closed_with_1002)
{
    struct fixture *f = prepare();

    f->peer.on_open = send_masked;
    f->peer.on_message = note_code;
    run_to_both_closed(f);
    finish(f, "open|close 1002 the peer broke the protocol|peer got 1002|", MN_EPROTOCOL);
}

static void send_binary(struct ws_peer *p)
{
    ws_peer_send(p, MN_WS_BINARY, true, MN_STR("\x01"));
}

TEST(a_binary_message_nobody_takes_is_closed_with_1003)
{
    struct fixture *f = prepare();

    f->peer.on_open = send_binary;
    f->peer.on_message = note_code;
    run_to_both_closed(f);
    finish(f, "open|close 1003 the peer broke the protocol|peer got 1003|", MN_EPROTOCOL);
}

static void on_binary(struct mn_link *link, struct mn_str bytes)
{
    struct fixture *f = link->owner;

    mn_buf_addf(&f->diary, "%zu binary|", bytes.n);
    mn_link_close(link, 1000, MN_STR("bye"));
}

TEST(a_binary_message_goes_to_whoever_takes_it)
{
    static const struct mn_link_events with_binary = {
        .on_open = on_open, .on_message = on_message, .on_binary = on_binary, .on_close = on_close};
    struct fixture *f = prepare();

    f->peer.on_open = send_binary;
    start(f);
    f->link->events = &with_binary;
    mn_loop_run(f->loop);
    finish(f, "open|1 binary|close 1000 bye|", 0);
}

enum { BLOCK = 100 * 1000 };

static void count_bytes(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct fixture *f = p->owner;

    if (m->opcode == MN_WS_CLOSE) {
        ws_peer_send_close(p, m->code, m->payload);
        return;
    }
    assert_int_equal(m->payload.n, BLOCK);
    f->received += m->payload.n;
}

/* Sends blocks until one is refused. */
static void fill_queue(struct fixture *f)
{
    char *block = calloc(1, BLOCK);
    int err;

    do
        err = mn_link_send(f->link, (struct mn_str){block, BLOCK});
    while (err == 0 && ++f->sent > 0);
    free(block);
    assert_int_equal(err, MN_EFULL);
    assert_true(mn_link_queued(f->link) > 0);
    assert_true(mn_link_queued(f->link) <= f->settings.high_water);
    assert_int_equal(f->drained, 0);
    ws_peer_go_on_reading(&f->peer);
}

static void fill_and_close(struct mn_timer *t)
{
    struct fixture *f = mn_container_of(t, struct fixture, later);

    fill_queue(f);
    mn_link_close(f->link, 1000, MN_STR("all sent"));
}

static void fill_only(struct mn_timer *t)
{
    fill_queue(mn_container_of(t, struct fixture, later));
}

/* The timer gives the client time to read the 101. */
static void block_then(struct ws_peer *p, mn_timer_fn *then)
{
    struct fixture *f = p->owner;

    ws_peer_stop_reading(p);
    mn_timer_start(mn_loop_clock(f->loop), &f->later, 20, then);
}

static void block_fill_and_close(struct ws_peer *p)
{
    block_then(p, fill_and_close);
}

static void block_and_fill(struct ws_peer *p)
{
    block_then(p, fill_only);
}

TEST(a_full_queue_refuses_and_what_it_took_arrives_before_the_close)
{
    struct fixture *f = prepare();

    f->settings.high_water = 3 * BLOCK;
    f->peer.on_open = block_fill_and_close;
    f->peer.on_message = count_bytes;
    run(f);
    assert_true(f->sent > 0);
    assert_int_equal(f->received, f->sent * BLOCK);
    finish(f, "open|close 1000 all sent|", 0);
}

static void stop_when_drained(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct fixture *f = p->owner;

    if (m->opcode == MN_WS_CLOSE) {
        ws_peer_send_close(p, m->code, m->payload);
        return;
    }
    if (mn_link_queued(f->link) == 0 && f->drained > 0)
        mn_link_close(f->link, 1000, MN_STR("drained"));
}

TEST(a_full_queue_says_when_it_drained)
{
    struct fixture *f = prepare();

    f->settings.high_water = 3 * BLOCK;
    f->peer.tls = true;
    f->peer.on_open = block_and_fill;
    f->peer.on_message = stop_when_drained;
    run(f);
    assert_int_equal(f->drained, 1);
    finish(f, "open|close 1000 drained|", 0);
}
