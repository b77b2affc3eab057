/* test_link_pair.c - two joined ends on a virtual clock: order, bounds, and exactly one on_close.
 */
#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "io/link.h"

#include <string.h>

/* One end with its diary: "hi|", "close 1000 bye|", "drained|". */
struct end {
    struct mn_link *link;
    struct end *other;
    struct mn_buf diary;
    int closes, err;
    const char *reply; /* sent back on each message */
    bool close_on_message;
};

static struct mn_clock wall;

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct end *e = link->owner;

    mn_buf_add_str(&e->diary, text);
    mn_buf_add_text(&e->diary, "|");
    if (e->reply != NULL)
        mn_link_send(link, mn_str(e->reply));
    if (e->close_on_message)
        mn_link_close(link, 4000, MN_STR("enough"));
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct end *e = link->owner;

    assert_true(err == 0 || code == MN_LINK_VANISH);
    e->err = err;
    mn_buf_addf(&e->diary, "close %d %.*s|", code, MN_FMT(reason));
    e->closes++;
    assert_int_equal(mn_link_send(link, MN_STR("too late")), MN_ECLOSED);
}

static void on_drained(struct mn_link *link)
{
    mn_buf_add_text(&((struct end *)link->owner)->diary, "drained|");
}

static const struct mn_link_events events = {.on_message = on_message, .on_close = on_close};
static const struct mn_link_events all_events = {
    .on_message = on_message, .on_close = on_close, .on_drained = on_drained};

static void join(struct end *a, struct end *b, size_t high_water)
{
    mn_clock_open_virtual(&wall, 0);
    *a = (struct end){.other = b};
    *b = (struct end){.other = a};
    assert_int_equal(mn_link_pair(&a->link, &b->link, &wall, high_water), 0);
    a->link->events = b->link->events = &events;
    a->link->owner = a;
    b->link->owner = b;
}

static void leave(struct end *a, struct end *b)
{
    mn_clock_advance(&wall, mn_clock_now(&wall));
    assert_int_equal(a->closes, 1);
    assert_int_equal(b->closes, 1);
    assert_true(mn_clock_next(&wall) == INT64_MAX);
    mn_buf_free(&a->diary);
    mn_buf_free(&b->diary);
    mn_clock_close(&wall);
}

static void expect(struct end *e, const char *diary)
{
    assert_string_equal(e->diary.p != NULL ? e->diary.p : "", diary);
}

TEST(a_message_sent_to_one_end_arrives_at_the_other_later_in_order)
{
    struct end a, b;

    join(&a, &b, 100);
    assert_int_equal(mn_link_send(a.link, MN_STR("one")), 0);
    assert_int_equal(mn_link_send(a.link, MN_STR("")), 0);
    assert_int_equal(mn_link_send(a.link, MN_STR("two")), 0);
    expect(&b, "");
    assert_int_equal(mn_link_queued(a.link), 6);
    mn_clock_run(&wall);
    expect(&b, "one||two|");
    assert_int_equal(mn_link_queued(a.link), 0);
    assert_int_equal(mn_clock_now(&wall), 0);
    mn_link_close(a.link, 1000, MN_STR(""));
    leave(&a, &b);
}

TEST(an_answer_given_inside_on_message_arrives_on_the_next_run)
{
    struct end a, b;

    join(&a, &b, 100);
    b.reply = "pong";
    mn_link_send(a.link, MN_STR("ping"));
    mn_clock_run(&wall);
    expect(&a, "");
    mn_clock_run(&wall);
    expect(&a, "pong|");
    mn_link_close(a.link, 1000, MN_STR(""));
    leave(&a, &b);
}

TEST(a_pair_refuses_what_would_pass_the_high_water_mark_and_says_when_it_drained)
{
    struct end a, b;

    join(&a, &b, 10);
    a.link->events = &all_events;
    assert_int_equal(mn_link_send(a.link, MN_STR("1234567")), 0);
    assert_int_equal(mn_link_send(a.link, MN_STR("1234")), MN_EFULL);
    assert_int_equal(mn_link_send(a.link, MN_STR("890")), 0);
    assert_int_equal(mn_link_queued(a.link), 10);
    assert_int_equal(mn_link_send(b.link, MN_STR("other way")), 0);
    mn_clock_run(&wall);
    expect(&a, "drained|other way|");
    expect(&b, "1234567|890|");
    assert_int_equal(mn_link_send(a.link, MN_STR("alone, any length fits")), 0);
    mn_link_close(b.link, 1000, MN_STR(""));
    leave(&a, &b);
}

TEST(closing_delivers_what_was_sent_before_and_tells_both_ends_once)
{
    struct end a, b;

    join(&a, &b, 100);
    mn_link_send(a.link, MN_STR("last words"));
    mn_link_close(a.link, 4001, MN_STR("bye"));
    assert_int_equal(mn_link_send(a.link, MN_STR("more")), MN_ECLOSED);
    assert_int_equal(mn_link_send(b.link, MN_STR("more")), MN_ECLOSED);
    assert_int_equal(a.closes + b.closes, 0);
    mn_clock_run(&wall);
    expect(&b, "last words|close 4001 bye|");
    expect(&a, "close 4001 bye|");
    leave(&a, &b);
}

TEST(an_end_that_vanishes_looks_like_a_broken_network_to_the_other)
{
    struct end a, b;

    join(&a, &b, 100);
    mn_link_close(a.link, MN_LINK_VANISH, MN_STR(""));
    mn_clock_advance(&wall, 0);
    assert_int_equal(a.err, 0);
    assert_int_equal(b.err, MN_ECLOSED);
    assert_string_equal(b.diary.p, "close 1006 |");
    leave(&a, &b);
}

TEST(whoever_closed_gets_no_more_messages)
{
    struct end a, b;

    join(&a, &b, 100);
    mn_link_send(b.link, MN_STR("on its way"));
    mn_link_close(a.link, 1000, MN_STR("bye"));
    leave(&a, &b);

    join(&a, &b, 100);
    b.close_on_message = true;
    mn_link_send(a.link, MN_STR("one"));
    mn_link_send(a.link, MN_STR("two"));
    mn_clock_run(&wall);
    expect(&b, "one|");
    mn_clock_run(&wall);
    expect(&b, "one|close 4000 enough|");
    expect(&a, "close 4000 enough|");
    leave(&a, &b);
}

TEST(the_first_of_two_closes_decides_code_and_reason)
{
    struct end a, b;

    join(&a, &b, 100);
    mn_link_close(a.link, 4001, MN_STR("first"));
    mn_link_close(b.link, 4002, MN_STR("second"));
    mn_link_close(a.link, 4003, MN_STR("third"));
    mn_clock_run(&wall);
    expect(&a, "close 4001 first|");
    expect(&b, "close 4001 first|");
    leave(&a, &b);
}

TEST(a_close_reason_is_cut_between_characters)
{
    char text[130];
    struct mn_str cut;

    memset(text, 'x', sizeof(text));
    cut = mn_link_reason((struct mn_str){text, 123});
    assert_int_equal(cut.n, 123);
    cut = mn_link_reason((struct mn_str){text, 124});
    assert_int_equal(cut.n, 123);
    memcpy(text + 122, "\xe2\x82\xac", 3); /* a euro sign over the edge */
    cut = mn_link_reason((struct mn_str){text, 130});
    assert_int_equal(cut.n, 122);
}
