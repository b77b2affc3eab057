/* test_ws_client_fails.c - the link we dial when the server refuses, misbehaves, stalls or
 * vanishes. The waits are a few dozen milliseconds. */
#include "test.h"

#include "base/err.h"
#include "dialled.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Refusals. */

static void starts_with(struct dialled *f, const char *text)
{
    assert_memory_equal(f->diary.p, text, strlen(text));
}

TEST(a_certificate_for_another_host_is_refused)
{
    struct dialled *f = prepare();

    f->peer.tls = true;
    f->peer.cert_host = "elsewhere.example";
    run(f);
    assert_non_null(strstr(f->diary.p, "hostname mismatch"));
    starts_with(f, "close 1006 certificate: ");
    finish(f, f->diary.p, MN_ETLS);
}

TEST(a_certificate_of_an_unknown_authority_is_refused)
{
    struct dialled *f = prepare();

    f->peer.tls = true;
    f->settings.ca_file = ""; /* the system's, as NULL is */
    run(f);
    starts_with(f, "close 1006 certificate: self");
    finish(f, f->diary.p, MN_ETLS);
}

TEST(authorities_that_cannot_be_read_are_a_mistake_in_the_settings)
{
    struct dialled *f = prepare();

    f->peer.tls = true;
    f->settings.ca_file = "/nonexistent/ca.pem";
    run(f);
    finish(f, "close 1006 the authorities to trust cannot be read|", MN_ECONFIG);
}

TEST(plain_bytes_where_TLS_was_expected_are_refused)
{
    struct dialled *f = prepare();
    char url[64];

    f->peer.answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
    ws_peer_open(&f->peer, f->loop);
    snprintf(url, sizeof(url), "wss://localhost:%d/", f->peer.port);
    f->settings.url = url;
    f->settings.connect_ms = 300; /* the server waits for the end of a request it cannot read */
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f), 0);
    mn_loop_run(f->loop);
    assert_true(f->err == MN_ETLS || f->err == MN_ETIMEOUT);
    finish(f, f->diary.p, f->err);
}

TEST(a_closed_port_refuses_the_connection)
{
    struct dialled *f = prepare();

    ws_peer_open(&f->peer, f->loop);
    ws_peer_close(&f->peer);
    f->settings.url = f->peer.url;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f), 0);
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
    struct dialled *f = prepare();

    f->peer.answer =
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 16\r\n\r\n{\"error\":\r\n\"key\"}";
    run(f);
    finish(f, "close 1006 HTTP 401: {\"error\":  \"key\"}|", MN_EREFUSED);
}

TEST(a_refusal_without_a_length_is_told_when_its_body_stops_coming)
{
    struct dialled *f = prepare();

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
        struct dialled *f = prepare();

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
        struct dialled *f = prepare();

        f->peer.extra = extras[i];
        run(f);
        finish(f, "close 1006 not an answer to a WebSocket handshake|", MN_EPROTOCOL);
    }
}

/* Dials the peer by another name. */
static void run_by_name(struct dialled *f, const char *name)
{
    char url[64];

    ws_peer_open(&f->peer, f->loop);
    snprintf(url, sizeof(url), "ws://%s:%d/", name, f->peer.port);
    f->settings.url = url;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f), 0);
    mn_loop_run(f->loop);
}

TEST(a_name_that_does_not_resolve_closes_the_link)
{
    struct dialled *f = prepare();

    run_by_name(f, "none.test");
    finish(f, "close 1006 none.test|", MN_ERESOLVE);
}

TEST(a_name_that_resolves_too_late_ends_with_the_deadline)
{
    struct dialled *f = prepare();

    f->settings.connect_ms = 30;
    run_by_name(f, "slow.test");
    assert_int_equal(f->err, MN_ETIMEOUT);
    finish(f, f->diary.p, MN_ETIMEOUT);
}

TEST(an_address_that_refuses_gives_way_to_the_next)
{
    struct dialled *f = prepare();

    f->say = f->close_on = "hello";
    run_by_name(f, "two.test");
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(an_address_that_says_nothing_gives_way_when_its_share_of_time_is_up)
{
    struct dialled *f = prepare();

    f->settings.connect_ms = 400;
    f->say = f->close_on = "hello";
    run_by_name(f, "dark.test");
    finish(f, "open|hello|close 1000 bye|", 0);
}

TEST(closing_between_two_addresses_leaves_nothing_behind)
{
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

    f->settings.url = "http://localhost/";
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f),
                     MN_ECONFIG);
    f->settings.url = "ws://localhost/";
    f->settings.headers = splits;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f),
                     MN_ECONFIG);
    f->settings.headers = unnamed;
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f),
                     MN_ECONFIG);
    f->settings.headers = NULL;
    f->settings.subprotocols = "a\r\nb";
    assert_int_equal(mn_ws_client_open(&f->link, f->loop, &f->settings, &dialled_events, f),
                     MN_ECONFIG);
    assert_null(f->link);
    mn_loop_close(f->loop);
    free(f);
}

/* Stalls and deaths. */

TEST(a_handshake_that_stalls_ends_with_the_deadline)
{
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

    f->peer.on_message = vanish_on_message;
    f->say = "hello";
    run(f);
    starts_with(f, "open|close 1006 ");
    assert_true(f->err == MN_ECLOSED || f->err == -ECONNRESET);
    finish(f, f->diary.p, f->err);
}

TEST(a_server_that_vanishes_after_the_101_is_noticed_over_TLS)
{
    struct dialled *f = prepare();

    f->peer.tls = true;
    f->peer.on_open = vanish;
    run(f);
    assert_int_equal(f->code, 1006);
    finish(f, f->diary.p, f->err);
}

static void count_pings(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct dialled *f = p->owner;

    assert_int_equal(m->opcode, MN_WS_PING);
    f->pings++;
}

TEST(silence_is_asked_twice_and_then_is_death)
{
    struct dialled *f = prepare();

    f->settings.ping_ms = 20;
    f->peer.on_message = count_pings;
    run(f);
    assert_int_equal(f->pings, 2);
    finish(f, "open|close 1006 no answer to pings|", MN_ETIMEOUT);
}

static void answer_pings(struct ws_peer *p, const struct mn_ws_message *m)
{
    struct dialled *f = p->owner;

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
    struct dialled *f = prepare();

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
    struct dialled *f = prepare();

    f->settings.close_ms = 40;
    f->peer.on_open = send_end;
    f->peer.on_message = ignore;
    f->close_on = "end";
    run(f);
    finish(f, "open|end|close 1006 no answer to the close|", MN_ETIMEOUT);
}

TEST(closing_before_it_is_open_tells_the_owner_from_the_loop)
{
    struct dialled *f = prepare();

    start(f);
    mn_link_close(f->link, 1001, MN_STR("changed my mind"));
    mn_link_close(f->link, 1002, MN_STR("again"));
    assert_int_equal(f->closes, 0);
    mn_loop_run(f->loop);
    finish(f, "close 1001 changed my mind|", 0);
}

static void close_link(struct ws_peer *p)
{
    mn_link_close(((struct dialled *)p->owner)->link, 1001, MN_STR("too late"));
}

TEST(closing_while_the_answer_is_on_its_way_is_still_closing_before_it_is_open)
{
    struct dialled *f = prepare();

    f->peer.on_open = close_link;
    run(f);
    finish(f, "close 1001 too late|", 0);
}

static void stop_loop(struct ws_peer *p)
{
    mn_loop_stop(((struct dialled *)p->owner)->loop);
}

TEST(a_loop_that_closes_under_a_link_tells_its_owner)
{
    struct dialled *f = prepare();

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
