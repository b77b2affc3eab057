/* test_wire.c - a wire by itself: real sockets on loopback under a virtual clock. Real time: some
 * milliseconds each. */
#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "sim/wire_parts.h"

#include <errno.h>
#include <stdlib.h>

struct end {
    struct mn_link *link;
    struct mn_buf diary;
    int closes, code, err;
    bool answers;
};

struct line {
    struct mn_clock clock;
    struct mn_wire *wire;
    struct end a, b;
};

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct end *e = link->owner;

    mn_buf_add_str(&e->diary, text);
    mn_buf_add_byte(&e->diary, '|');
    if (e->answers)
        assert_int_equal(mn_link_send(link, text), 0);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct end *e = link->owner;

    mn_buf_addf(&e->diary, "close %d %.*s|", code, MN_FMT(reason));
    e->closes++;
    e->code = code;
    e->err = err;
}

static const struct mn_link_events events = {.on_message = on_message, .on_close = on_close};

static void open_wire(struct line *l)
{
    *l = (struct line){0};
    mn_clock_open_virtual(&l->clock, 1700000000000);
    assert_int_equal(mn_wire_open(&l->wire), 0);
}

static void listen_to(struct end *e)
{
    e->link->events = &events;
    e->link->owner = e;
}

static void open_line(struct line *l, enum mn_wire_dialler who)
{
    open_wire(l);
    assert_int_equal(mn_wire_pair(l->wire, who,
                                  &(struct mn_wire_joint){&l->a.link, &l->b.link, &l->clock,
                                                          MN_WIRE_HIGH_WATER}),
                     0);
    listen_to(&l->a);
    listen_to(&l->b);
}

/* The clock may fire what is due, and never moves. */
static void pass(struct line *l)
{
    mn_clock_advance(&l->clock, 0);
}

static void close_line(struct line *l)
{
    pass(l);
    assert_true(mn_clock_next(&l->clock) == INT64_MAX);
    mn_wire_settle(l->wire);
    assert_int_equal(mn_server_connections(l->wire->server), 0);
    mn_wire_close(l->wire);
    mn_clock_close(&l->clock);
    mn_buf_free(&l->a.diary);
    mn_buf_free(&l->b.diary);
}

static void expect(const struct end *e, const char *diary)
{
    assert_string_equal(e->diary.p != NULL ? e->diary.p : "", diary);
}

TEST(a_message_is_read_from_its_socket_before_time_moves)
{
    for (int who = MN_WIRE_CALLER; who <= MN_WIRE_CALL; who++) {
        struct line l;

        open_line(&l, (enum mn_wire_dialler)who);
        l.b.answers = true;
        assert_int_equal(mn_link_send(l.a.link, MN_STR("one")), 0);
        assert_int_equal(mn_link_send(l.a.link, MN_STR("two")), 0);
        expect(&l.b, "");
        pass(&l);
        expect(&l.b, "one|two|");
        expect(&l.a, "one|two|");
        assert_int_equal(mn_clock_now(&l.clock), 0);
        mn_link_close(l.a.link, 4001, MN_STR("bye"));
        pass(&l);
        expect(&l.a, "one|two|close 4001 bye|");
        expect(&l.b, "one|two|close 4001 bye|");
        assert_int_equal(l.a.err, 0);
        assert_int_equal(l.b.err, 0);
        assert_null(mn_wire_trouble(l.wire));
        close_line(&l);
    }
}

TEST(messages_larger_than_any_socket_buffer_come_whole_and_in_order)
{
    enum { MESSAGES = 6, BYTES = 3 << 20 };
    char *text = malloc(BYTES);
    struct line l;

    assert_non_null(text);
    open_line(&l, MN_WIRE_CALLER);
    for (int i = 0; i < MESSAGES; i++) {
        struct end *from = i % 2 == 0 ? &l.a : &l.b;

        memset(text, 'a' + i, BYTES);
        assert_int_equal(mn_link_send(from->link, (struct mn_str){text, BYTES}), 0);
        if (i > 2)
            pass(&l);
    }
    pass(&l);
    assert_int_equal(l.b.diary.n, 3 * (BYTES + 1));
    assert_int_equal(l.a.diary.n, 3 * (BYTES + 1));
    assert_int_equal(l.b.diary.p[BYTES - 1], 'a');
    assert_int_equal(l.b.diary.p[2 * BYTES], 'c');
    assert_int_equal(l.a.diary.p[3 * BYTES], 'f');
    mn_link_close(l.b.link, 1000, MN_STR(""));
    close_line(&l);
    free(text);
}

TEST(whichever_end_closes_or_vanishes_the_other_learns_it_from_its_socket)
{
    for (int by = 0; by < 2; by++) {
        struct line l;
        struct end *closer, *other;

        open_line(&l, MN_WIRE_CALL);
        closer = by == 0 ? &l.a : &l.b;
        other = by == 0 ? &l.b : &l.a;
        mn_link_send(other->link, MN_STR("on its way"));
        mn_link_close(closer->link, 1001, MN_STR("going away"));
        pass(&l);
        expect(closer, "close 1001 going away|");
        expect(other, "close 1001 going away|");
        close_line(&l);

        open_line(&l, MN_WIRE_CALL);
        pass(&l);
        mn_link_close((by == 0 ? &l.a : &l.b)->link, MN_LINK_VANISH, (struct mn_str){0});
        pass(&l);
        expect(closer, "close 1006 |");
        expect(other, "close 1006 |");
        assert_int_equal(closer->err, 0);
        assert_int_equal(other->err, MN_ECLOSED);
        close_line(&l);
    }
}

TEST(what_no_websocket_may_carry_ends_it_as_it_would_outside)
{
    struct line l;

    open_line(&l, MN_WIRE_CALLER);
    assert_int_equal(mn_link_send(l.a.link, MN_STR("not UTF-8: \xff")), 0);
    pass(&l);
    assert_int_equal(l.a.code, 1007);
    assert_int_equal(l.b.code, 1007);
    assert_int_equal(l.b.err, MN_EPROTOCOL);
    assert_int_equal(l.a.closes + l.b.closes, 2);
    assert_null(mn_wire_trouble(l.wire));
    close_line(&l);
}

TEST(a_pair_nobody_closed_is_cut_off_when_its_stage_ends)
{
    struct line l;

    open_line(&l, MN_WIRE_CALL);
    pass(&l);
    mn_wire_settle(l.wire);
    assert_string_equal(mn_wire_trouble(l.wire), "a connection was not closed at the end");
    assert_int_equal(mn_server_connections(l.wire->server), 0);
    mn_link_close(l.a.link, 1000, MN_STR("too late, but it frees"));
    pass(&l);
    assert_int_equal(l.a.closes + l.b.closes, 2);
    close_line(&l);
}

TEST(a_refused_dial_is_told_with_status_and_body)
{
    struct line l;

    open_wire(&l);
    assert_int_equal(mn_wire_refusal(l.wire, &l.a.link, &l.clock, 429,
                                     MN_STR("{\"error\":{\"code\":\"slow_down\"}}")),
                     0);
    listen_to(&l.a);
    pass(&l);
    expect(&l.a, "close 1006 HTTP 429: {\"error\":{\"code\":\"slow_down\"}}|");
    assert_int_equal(l.a.err, MN_EREFUSED);
    close_line(&l);
}

/* ---- HTTP ---- */

struct asked {
    int times, status;
    char *err, *body, *kind;
};

static void on_answer(void *owner, const struct mn_http_answer *answer)
{
    struct asked *a = owner;

    a->times++;
    a->status = answer->status;
    a->err = answer->err_code != NULL ? strdup(answer->err_code) : NULL;
    a->body = strndup(answer->body.n > 0 ? answer->body.p : "", answer->body.n);
    for (int i = 0; i < answer->nheaders; i++) {
        if (mn_str_is(answer->headers[i].name, "content-type"))
            a->kind = strndup(answer->headers[i].value.p, answer->headers[i].value.n);
    }
}

static void free_asked(struct asked *a)
{
    free(a->err);
    free(a->body);
    free(a->kind);
}

static const struct mn_header asked_headers[] = {{{"Content-Type", 12}, {"application/json", 16}},
                                                 {{"X-Trace", 7}, {"7", 1}}};

static const struct mn_http_ask ask = {.method = {"PATCH", 5},
                                       .url = {"https://records.example/p/22?full=a%20b#x", 41},
                                       .headers = asked_headers,
                                       .nheaders = 2,
                                       .body = {"{\"name\":\"Sam\"}", 14},
                                       .total_ms = 1};

TEST(a_request_and_its_answer_go_over_a_socket_and_no_name_is_looked_up)
{
    const struct mn_header kind = {MN_STR("content-type"), MN_STR("text/plain")};
    struct asked got = {0};
    struct mn_wire_request *r;
    struct line l;

    open_wire(&l);
    assert_int_equal(mn_wire_ask(l.wire, &r, &ask, on_answer, &got), 0);
    assert_int_equal(got.times, 0);
    mn_wire_reply(r, &(struct mn_http_answer){
                         .status = 201, .headers = &kind, .nheaders = 1, .body = MN_STR("made")});
    assert_int_equal(got.times, 1);
    assert_int_equal(got.status, 201);
    assert_null(got.err);
    assert_string_equal(got.body, "made");
    assert_string_equal(got.kind, "text/plain");
    assert_null(mn_wire_trouble(l.wire)); /* it arrived as it was asked */
    mn_wire_drop(r);
    free_asked(&got);
    close_line(&l);
}

TEST(a_request_is_dropped_before_and_after_it_arrived)
{
    struct asked got = {0}, never = {0};
    struct mn_wire_request *early, *late, *answered;
    struct line l;

    open_wire(&l);
    assert_int_equal(mn_wire_ask(l.wire, &early, &ask, on_answer, &never), 0);
    mn_wire_drop(early);
    assert_int_equal(mn_wire_ask(l.wire, &late, &ask, on_answer, &never), 0);
    assert_int_equal(mn_wire_ask(l.wire, &answered, &ask, on_answer, &got), 0);
    mn_wire_reply(answered, &(struct mn_http_answer){.status = 204});
    assert_int_equal(got.status, 204);
    mn_wire_drop(late); /* it came before the one that was answered */
    mn_wire_drop(answered);
    mn_wire_drop(NULL);
    assert_int_equal(never.times, 0);
    free_asked(&got);
    close_line(&l);
}

TEST(what_is_no_url_of_http_is_refused_as_the_pool_would)
{
    struct mn_http_ask bad = ask;
    struct mn_wire_request *r;
    struct line l;

    open_wire(&l);
    bad.url = MN_STR("records.example/p");
    assert_int_equal(mn_wire_ask(l.wire, &r, &bad, on_answer, NULL), MN_ECONFIG);
    bad.url = MN_STR("ftp://records.example/p");
    assert_int_equal(mn_wire_ask(l.wire, &r, &bad, on_answer, NULL), MN_ECONFIG);
    bad.url = ask.url;
    bad.method = MN_STR("NO METHOD");
    assert_int_equal(mn_wire_ask(l.wire, &r, &bad, on_answer, NULL), MN_ECONFIG);
    assert_null(r);
    close_line(&l);
}

TEST(what_gets_stuck_is_given_up_and_named)
{
    const struct mn_header lies = {MN_STR("Content-Length"), MN_STR("99")};
    struct mn_http_ask stuck = ask;
    struct asked got = {0};
    struct mn_wire_request *r;
    struct line l;

    open_wire(&l);
    l.wire->patience_ms = 50;
    stuck.headers = &lies;
    stuck.nheaders = 1;
    assert_int_equal(mn_wire_ask(l.wire, &r, &stuck, on_answer, &got), 0);
    mn_wire_reply(r, &(struct mn_http_answer){.status = 200});
    assert_int_equal(got.times, 1);
    assert_string_equal(got.err, "reset");
    assert_non_null(strstr(mn_wire_trouble(l.wire), "a request did not come through"));
    mn_wire_drop(r);
    free_asked(&got);
    close_line(&l);
}

TEST(a_request_no_server_would_read_is_told_when_it_is_to_be_answered)
{
    const struct mn_header chunked = {MN_STR("Transfer-Encoding"), MN_STR("chunked")};
    struct mn_http_ask unread = ask;
    struct asked got = {0};
    struct mn_wire_request *r;
    struct line l;

    open_wire(&l);
    unread.headers = &chunked;
    unread.nheaders = 1;
    assert_int_equal(mn_wire_ask(l.wire, &r, &unread, on_answer, &got), 0);
    mn_wire_reply(r, &(struct mn_http_answer){.status = 200});
    assert_int_equal(got.times, 1);
    assert_string_equal(got.err, "reset");
    assert_string_equal(mn_wire_trouble(l.wire),
                        "a request did not reach its server (refused, HTTP status 411)");
    mn_wire_drop(r);
    free_asked(&got);
    close_line(&l);
}

static bool never_comes(void *what)
{
    (void)what;
    return false;
}

TEST(a_link_that_gets_stuck_ends_as_a_broken_network)
{
    struct line l;

    open_line(&l, MN_WIRE_CALLER);
    pass(&l);
    l.wire->patience_ms = 20;
    assert_false(mn_wire_wait(l.wire, never_comes, NULL, "a bird"));
    assert_string_equal(mn_wire_trouble(l.wire),
                        "a bird did not come through in 20 ms of real time");
    l.wire->patience_ms = 0;
    mn_link_send(l.a.link, MN_STR("never seen"));
    pass(&l);
    assert_int_equal(l.a.code, MN_LINK_VANISH);
    assert_int_equal(l.a.err, MN_ETIMEOUT);
    assert_int_equal(l.b.err, MN_ETIMEOUT);
    l.wire->patience_ms = 5000;
    close_line(&l);
}
