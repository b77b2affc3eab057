/* test_http_stream.c - answers that come in parts, and a sender that is made to wait. */
#include "errand.h"

#include <string.h>

/* What a stream brought; owner of the errand's place, so that it can be found from it. */
struct flow {
    struct errand errand; /* first: the pool knows only this */
    struct mn_buf bytes;
    int heads, status, parts;
    size_t room; /* bytes it takes at all; 0: all */
};

static void on_head(void *owner, const struct mn_http_answer *answer)
{
    struct flow *f = owner;

    assert_int_equal(f->parts, 0);
    f->heads++;
    f->status = answer->status;
    assert_null(answer->err_code);
}

static bool on_bytes(void *owner, struct mn_str bytes)
{
    struct flow *f = owner;

    assert_int_equal(f->heads, 1);
    if (f->room > 0 && f->bytes.n + bytes.n > f->room)
        return false;
    f->parts++;
    mn_buf_add_str(&f->bytes, bytes);
    return true;
}

static const struct mn_http_stream stream = {on_head, on_bytes};

static void free_flow(struct flow *f)
{
    mn_buf_free(&f->bytes);
    mn_buf_free(&f->errand.body);
}

TEST(a_streamed_answer_comes_in_parts_as_they_come)
{
    struct errand_pool p;
    struct flow f = {0};

    open_pool(&p, (struct mn_http_settings){.max_body_bytes = 3});
    assert_int_equal(send_to(&p, &f.errand, "/drip", (struct mn_http_ask){.stream = &stream}), 0);
    UNTIL(&p.wire, f.heads == 1);
    assert_int_equal(f.status, 200);
    assert_int_equal(f.errand.told, 0);
    UNTIL(&p.wire, f.bytes.n == 2);
    assert_int_equal(f.errand.told, 0);
    UNTIL(&p.wire, f.errand.told == 1);
    assert_string_equal(f.bytes.p, "ddddd"); /* over max_body: nothing of it is held here */
    assert_in_range(f.parts, 3, 5);
    assert_string_equal(f.errand.code, "");
    assert_int_equal(f.errand.body.n, 0);
    free_flow(&f);
    close_pool(&p);
}

TEST(a_stream_that_takes_no_more_makes_the_sender_wait)
{
    struct errand_pool p;
    struct flow f = {.room = 50000};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(
        send_to(&p, &f.errand, "/big", (struct mn_http_ask){.stream = &stream, .idle_ms = 100}), 0);
    UNTIL(&p.wire, f.bytes.n > 0);
    wire_pass(&p.wire, 300); /* longer than the sender may be silent: it is not the sender */
    assert_int_equal(f.errand.told, 0);
    assert_true(f.bytes.n <= 50000);
    while (f.room < 200000) {
        f.room += 30000;
        mn_http_resume(f.errand.op);
        wire_pass(&p.wire, 20);
    }
    UNTIL(&p.wire, f.errand.told == 1);
    assert_int_equal(f.bytes.n, 200000);
    assert_string_equal(f.errand.code, "");
    free_flow(&f);
    close_pool(&p);
}

TEST(the_total_time_of_a_stream_ends_with_its_head_and_silence_ends_it)
{
    struct errand_pool p;
    struct flow slow = {0}, silent = {0}, none = {0};
    struct mn_http_ask ask = {.stream = &stream, .total_ms = 150};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &slow.errand, "/drip", ask), 0); /* 250 ms */
    assert_int_equal(send_to(&p, &silent.errand, "/begin", ask), 0);
    assert_int_equal(send_to(&p, &none.errand, "/never", ask), 0);
    UNTIL(&p.wire, slow.errand.told && silent.errand.told && none.errand.told);
    assert_string_equal(slow.errand.code, "");
    assert_string_equal(silent.errand.code, "timeout");
    assert_int_equal(silent.heads, 1);
    assert_string_equal(none.errand.code, "timeout");
    assert_int_equal(none.heads, 0);
    free_flow(&slow);
    free_flow(&silent);
    free_flow(&none);
    close_pool(&p);
}

TEST(a_stream_that_breaks_is_told_after_what_came)
{
    struct errand_pool p;
    struct flow f = {0};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &f.errand, "/cut", (struct mn_http_ask){.stream = &stream}), 0);
    UNTIL(&p.wire, f.errand.told);
    assert_int_equal(f.heads, 1);
    assert_string_equal(f.bytes.p, "abc");
    assert_string_equal(f.errand.code, "reset");
    free_flow(&f);
    close_pool(&p);
}

TEST(a_redirect_is_followed_before_a_stream_begins)
{
    struct errand_pool p;
    struct flow f = {0};

    open_pool(&p, (struct mn_http_settings){.max_redirects = 1});
    assert_int_equal(send_to(&p, &f.errand, "/to/ok", (struct mn_http_ask){.stream = &stream}), 0);
    UNTIL(&p.wire, f.errand.told);
    assert_int_equal(f.heads, 1);
    assert_int_equal(f.status, 200);
    assert_string_equal(f.bytes.p, "hello");
    free_flow(&f);
    close_pool(&p);
}

TEST(a_paused_stream_can_be_cancelled)
{
    struct errand_pool p;
    struct flow f = {.room = 10};

    open_pool(&p, (struct mn_http_settings){0});
    assert_int_equal(send_to(&p, &f.errand, "/big", (struct mn_http_ask){.stream = &stream}), 0);
    UNTIL(&p.wire, f.heads == 1);
    wire_pass(&p.wire, 20);
    mn_http_cancel(f.errand.op);
    wire_pass(&p.wire, 20);
    assert_int_equal(f.errand.told, 0);
    assert_int_equal(p.origin.open, 0); /* what is in the middle of an answer is not kept */
    free_flow(&f);
    close_pool(&p);
}
