/* test_stream.c - answers that come by and by: chunks, clients that read slowly, leave, or only ask
 * for the head. */
#include "wire.h"

#include "base/err.h"
#include "io/server.h"

#include <stdlib.h>
#include <string.h>

struct site {
    struct wire wire;
    struct mn_server *server;
    struct peer peer;
    struct mn_exchange *x; /* the answer under way */
    int gone, drained, began;
    bool ends_drained;
};

static void on_gone(void *owner, struct mn_exchange *x)
{
    struct site *s = owner;

    assert_ptr_equal(s->x, x);
    s->x = NULL;
    s->gone++;
}

static void on_drained(void *owner, struct mn_exchange *x)
{
    struct site *s = owner;

    s->drained++;
    if (s->ends_drained) {
        mn_exchange_stream_end(x);
        s->x = NULL;
    }
}

static void stream(void *owner, struct mn_exchange *x)
{
    struct site *s = owner;

    mn_exchange_on_gone(x, on_gone, s);
    s->began = mn_exchange_stream_begin(
        x,
        &(struct mn_reply){.status = 200, .type = "text/event-stream", .body = MN_STR(": hi\n")});
    s->x = s->began == 0 ? x : NULL;
    if (s->x != NULL)
        mn_exchange_stream_on_drained(x, on_drained, s);
}

static const struct mn_route routes[] = {
    {.method = "GET", .path = "/stream", .handle = stream},
    {.method = "POST", .path = "/stream", .handle = stream},
    {0},
};

static void open_site(struct site *s, const struct mn_server_settings *settings, const char *ask)
{
    memset(s, 0, sizeof(*s));
    wire_open(&s->wire);
    assert_int_equal(mn_server_open(&s->server, s->wire.loop, settings, routes, s), 0);
    peer_dial(&s->wire, &s->peer, mn_server_port(s->server));
    peer_text(&s->peer, ask);
}

static void close_site(struct site *s)
{
    mn_server_close(s->server);
    peer_hang_up(&s->wire, &s->peer);
    wire_close(&s->wire);
}

static const char get[] = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";

static int write_text(struct site *s, const char *text)
{
    return mn_exchange_stream_write(s->x, mn_str(text));
}

TEST(a_stream_comes_as_it_is_written)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){0}, get);
    UNTIL(&s.wire, peer_heard(&s.peer, "\r\n\r\n5\r\n: hi\n\r\n"));
    assert_true(peer_heard(&s.peer, "Content-Type: text/event-stream\r\n"));
    assert_true(peer_heard(&s.peer, "Transfer-Encoding: chunked\r\n"));
    assert_false(peer_heard(&s.peer, "Content-Length"));
    wire_pass(&s.wire, 20);
    assert_int_equal(write_text(&s, "data: 1\n\n"), 0);
    assert_int_equal(write_text(&s, ""), 0); /* no chunk, for that would be the last */
    UNTIL(&s.wire, peer_heard(&s.peer, "9\r\ndata: 1\n\n\r\n"));
    assert_false(s.peer.ended);
    mn_exchange_stream_end(s.x);
    UNTIL(&s.wire, s.peer.ended);
    assert_true(peer_heard(&s.peer, "data: 1\n\n\r\n0\r\n\r\n"));
    assert_int_equal(s.peer.err, 0);
    assert_int_equal(s.gone, 0);
    close_site(&s);
}

TEST(a_stream_answers_a_request_with_a_body)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){0},
              "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
    UNTIL(&s.wire, s.x != NULL);
    write_text(&s, "more");
    mn_exchange_stream_end(s.x);
    UNTIL(&s.wire, s.peer.ended);
    assert_true(peer_heard(&s.peer, "\r\n4\r\nmore\r\n0\r\n\r\n"));
    close_site(&s);
}

TEST(http_1_0_is_told_of_the_end_by_the_end)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){0}, "GET /stream HTTP/1.0\r\nHost: h\r\n\r\n");
    UNTIL(&s.wire, peer_heard(&s.peer, "\r\n\r\n: hi\n"));
    assert_false(peer_heard(&s.peer, "chunked"));
    write_text(&s, "more");
    mn_exchange_stream_end(s.x);
    UNTIL(&s.wire, s.peer.ended);
    assert_true(peer_heard(&s.peer, ": hi\nmore"));
    assert_false(peer_heard(&s.peer, "more0"));
    close_site(&s);
}

TEST(a_head_has_no_stream)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){0}, "HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    UNTIL(&s.wire, s.peer.ended);
    assert_int_equal(s.began, MN_ECLOSED);
    assert_true(peer_heard(&s.peer, "text/event-stream\r\n"));
    assert_false(peer_heard(&s.peer, ": hi"));
    close_site(&s);
}

/* Writes until the bound; returns how many KiB were taken. */
static int fill(struct site *s)
{
    char block[1024];
    int n = 0;

    memset(block, 'Z', sizeof(block));
    while (mn_exchange_stream_write(s->x, (struct mn_str){block, sizeof(block)}) == 0)
        n++;
    return n;
}

static size_t count(const struct peer *p, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < p->in.n; i++)
        n += p->in.p[i] == c;
    return n;
}

TEST(a_client_that_reads_slowly_is_bounded_and_misses_nothing_that_was_taken)
{
    struct site s;
    int taken;

    open_site(&s, &(struct mn_server_settings){.high_water_bytes = 64 * 1024}, get);
    peer_listens(&s.peer, false);
    UNTIL(&s.wire, s.x != NULL);
    taken = fill(&s);
    assert_in_range(mn_exchange_stream_waiting(s.x), 63 * 1024, 65 * 1024);
    wire_pass(&s.wire, 60);
    assert_int_equal(s.drained, 0);
    peer_listens(&s.peer, true);
    UNTIL(&s.wire, s.drained == 1);
    assert_int_equal(mn_exchange_stream_waiting(s.x), 0);
    write_text(&s, "end");
    mn_exchange_stream_end(s.x);
    UNTIL(&s.wire, s.peer.ended);
    assert_true(peer_heard(&s.peer, "3\r\nend\r\n0\r\n\r\n"));
    assert_int_equal(count(&s.peer, 'Z'), (size_t)taken * 1024);
    close_site(&s);
}

TEST(what_waits_is_sent_after_the_end)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){.high_water_bytes = 64 * 1024}, get);
    peer_listens(&s.peer, false);
    UNTIL(&s.wire, s.x != NULL);
    fill(&s);
    mn_exchange_stream_end(s.x);
    wire_pass(&s.wire, 40);
    peer_listens(&s.peer, true);
    UNTIL(&s.wire, s.peer.ended);
    assert_true(peer_heard(&s.peer, "Z\r\n0\r\n\r\n"));
    close_site(&s);
}

TEST(a_stream_may_end_when_it_was_read)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){.high_water_bytes = 64 * 1024}, get);
    s.ends_drained = true;
    peer_listens(&s.peer, false);
    UNTIL(&s.wire, s.x != NULL);
    fill(&s);
    peer_listens(&s.peer, true);
    UNTIL(&s.wire, s.peer.ended);
    assert_int_equal(s.drained, 1);
    close_site(&s);
}

TEST(a_client_that_never_reads_is_cut)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){.high_water_bytes = 4096, .idle_ms = 100}, get);
    peer_listens(&s.peer, false);
    UNTIL(&s.wire, s.x != NULL);
    fill(&s);
    UNTIL(&s.wire, s.gone == 1);
    close_site(&s);
}

TEST(that_the_client_left_is_told)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){0}, get);
    UNTIL(&s.wire, s.x != NULL);
    peer_hang_up(&s.wire, &s.peer);
    UNTIL(&s.wire, s.gone == 1);
    mn_server_close(s.server);
    wire_close(&s.wire);
}

/* libwebsockets would spin on bytes it may not read. */
TEST(bytes_after_the_request_hold_up_nobody)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){.high_water_bytes = 64 * 1024}, get);
    peer_listens(&s.peer, false);
    UNTIL(&s.wire, s.x != NULL);
    peer_text(&s.peer, get);
    fill(&s);
    wire_pass(&s.wire, 60);
    peer_listens(&s.peer, true);
    UNTIL(&s.wire, s.drained == 1);
    mn_exchange_stream_end(s.x);
    UNTIL(&s.wire, s.peer.ended);
    close_site(&s);
}

TEST(closing_the_server_ends_streams)
{
    struct site s;

    open_site(&s, &(struct mn_server_settings){0}, get);
    UNTIL(&s.wire, s.x != NULL);
    mn_server_close(s.server);
    UNTIL(&s.wire, s.gone == 1);
    peer_hang_up(&s.wire, &s.peer);
    wire_close(&s.wire);
}
