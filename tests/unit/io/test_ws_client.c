/* test_ws_client.c - the link we dial, to a server that obeys: messages, closes, limits, queues. */
#include "test.h"

#include "base/err.h"
#include "dialled.h"

#include <stdlib.h>
#include <string.h>

/* The way it should be. */

TEST(a_client_opens_talks_and_closes)
{
    struct dialled *f = prepare();

    f->say = f->close_on = "hello";
    run(f);
    assert_non_null(strstr(f->peer.request.p, "GET /v1?model=x HTTP/1.1\r\n"));
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(a_client_talks_over_TLS_to_a_host_it_verified)
{
    struct dialled *f = prepare();

    f->peer.tls = true;
    f->say = f->close_on = "hello";
    run(f);
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(headers_and_subprotocols_are_sent_and_a_chosen_one_is_accepted)
{
    static const struct mn_ws_header headers[] = {{"Authorization", "Bearer sk-1"}, {NULL, NULL}};
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();
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

/* Limits. */

static void send_huge(struct ws_peer *p)
{
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("fits"));
    ws_peer_send(p, MN_WS_TEXT, true, MN_STR("does not fit"));
}

static void note_code(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct dialled *f = p->owner;

    mn_buf_addf(&f->diary, "peer got %d|", m->code);
    mn_loop_stop(f->loop);
}

/* The server is told the code too, which it hears a moment after the owner. */
static void run_to_both_closed(struct dialled *f)
{
    run(f);
    if (strstr(f->diary.p, "peer got") == NULL)
        mn_loop_run(f->loop);
}

TEST(a_message_over_the_limit_closes_with_1009)
{
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

    f->peer.on_open = send_binary;
    f->peer.on_message = note_code;
    run_to_both_closed(f);
    finish(f, "open|close 1003 the peer broke the protocol|peer got 1003|", MN_EPROTOCOL);
}

static void on_binary(struct mn_link *link, struct mn_str bytes)
{
    struct dialled *f = link->owner;

    mn_buf_addf(&f->diary, "%zu binary|", bytes.n);
    mn_link_close(link, 1000, MN_STR("bye"));
}

TEST(a_binary_message_goes_to_whoever_takes_it)
{
    struct mn_link_events with_binary = dialled_events;
    struct dialled *f = prepare();

    with_binary.on_binary = on_binary;
    f->peer.on_open = send_binary;
    start(f);
    f->link->events = &with_binary;
    mn_loop_run(f->loop);
    finish(f, "open|1 binary|close 1000 bye|", 0);
}

enum { BLOCK = 100 * 1000 };

static void count_bytes(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct dialled *f = p->owner;

    if (m->opcode == MN_WS_CLOSE) {
        ws_peer_send_close(p, m->code, m->payload);
        return;
    }
    assert_int_equal(m->payload.n, BLOCK);
    f->received += m->payload.n;
}

/* Sends blocks until one is refused. */
static void fill_queue(struct dialled *f)
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
    struct dialled *f = mn_container_of(t, struct dialled, later);

    fill_queue(f);
    mn_link_close(f->link, 1000, MN_STR("all sent"));
}

static void fill_only(struct mn_timer *t)
{
    fill_queue(mn_container_of(t, struct dialled, later));
}

/* The timer gives the client time to read the 101. */
static void block_then(struct ws_peer *p, mn_timer_fn *then)
{
    struct dialled *f = p->owner;

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
    struct dialled *f = prepare();

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
    struct dialled *f = p->owner;

    if (m->opcode == MN_WS_CLOSE) {
        ws_peer_send_close(p, m->code, m->payload);
        return;
    }
    if (mn_link_queued(f->link) == 0 && f->drained > 0)
        mn_link_close(f->link, 1000, MN_STR("drained"));
}

TEST(a_full_queue_says_when_it_drained)
{
    struct dialled *f = prepare();

    f->settings.high_water = 3 * BLOCK;
    f->peer.tls = true;
    f->peer.on_open = block_and_fill;
    f->peer.on_message = stop_when_drained;
    run(f);
    assert_int_equal(f->drained, 1);
    finish(f, "open|close 1000 drained|", 0);
}
