/* test_link_pair.c - two joined ends on a virtual clock: order, bounds, and exactly one on_close.
 */
#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
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

/* A transport that carries messages backwards, so that what came over it is seen. */
struct mirror {
    struct mn_link_transport transport;
    struct mn_link *ends[2];
    struct mn_buf carried[2]; /* one message an end, on its way */
    bool refused;             /* it never opens */
    bool cut;                 /* it closes itself instead of carrying */
    int opened, closed_by, freed;
};

static struct mirror *mirror_of(struct mn_link_transport *t)
{
    return mn_container_of(t, struct mirror, transport);
}

static int mirror_open(struct mn_link_transport *t)
{
    struct mirror *m = mirror_of(t);

    m->opened++;
    if (m->refused)
        mn_link_pair_broken(m->ends[0]);
    return m->refused ? MN_ECLOSED : 0;
}

static void mirror_carry(struct mn_link_transport *t, int from, struct mn_str text)
{
    struct mirror *m = mirror_of(t);

    assert_int_equal(m->opened, 1);
    for (size_t i = text.n; i > 0 && !m->cut; i--)
        mn_buf_add_byte(&m->carried[from], text.p[i - 1]);
}

static void mirror_arrive(struct mn_link_transport *t)
{
    struct mirror *m = mirror_of(t);

    if (m->cut)
        mn_link_pair_broken(m->ends[1]);
    for (int from = 0; from < 2; from++) {
        if (m->carried[from].n > 0)
            mn_link_pair_hear(m->ends[1 - from], mn_buf_str(&m->carried[from]));
        mn_buf_clear(&m->carried[from]);
    }
}

static void mirror_close(struct mn_link_transport *t, int by, const struct mn_link_farewell *wish,
                         struct mn_link_farewell told[2])
{
    struct mirror *m = mirror_of(t);

    m->closed_by = by;
    told[0] = told[1] = (struct mn_link_farewell){1006, MN_ECLOSED, MN_STR("cut")};
    if (by >= 0)
        told[1 - by] = (struct mn_link_farewell){wish->code + 1, 0, wish->reason};
    if (by >= 0)
        told[by] = (struct mn_link_farewell){wish->code, 0, wish->reason};
}

static void mirror_free(struct mn_link_transport *t)
{
    mirror_of(t)->freed++;
}

static void join_over(struct end *a, struct end *b, struct mirror *m)
{
    mn_clock_open_virtual(&wall, 0);
    *a = (struct end){.other = b};
    *b = (struct end){.other = a};
    m->transport = (struct mn_link_transport){mirror_open, mirror_carry, mirror_arrive,
                                              mirror_close, mirror_free};
    assert_int_equal(mn_link_pair_over(&a->link, &b->link, &wall, 100, &m->transport), 0);
    m->ends[0] = a->link;
    m->ends[1] = b->link;
    a->link->events = b->link->events = &events;
    a->link->owner = a;
    b->link->owner = b;
}

static void leave_over(struct end *a, struct end *b, struct mirror *m)
{
    leave(a, b);
    assert_int_equal(m->opened, 1);
    assert_int_equal(m->freed, 1);
    mn_buf_free(&m->carried[0]);
    mn_buf_free(&m->carried[1]);
}

TEST(a_transport_opens_first_and_what_it_carries_is_heard_when_it_was_due)
{
    struct mirror m = {0};
    struct end a, b;

    join_over(&a, &b, &m);
    assert_int_equal(m.opened, 0);
    mn_link_send(a.link, MN_STR("abc"));
    mn_link_send(b.link, MN_STR("xyz"));
    mn_clock_run(&wall);
    expect(&b, "cba|");
    expect(&a, "zyx|");
    mn_link_send(a.link, MN_STR("last"));
    mn_link_close(a.link, 4001, MN_STR("bye"));
    mn_clock_run(&wall);
    assert_int_equal(m.closed_by, 0);
    expect(&b, "cba|tsal|close 4002 bye|");
    expect(&a, "zyx|close 4001 bye|");
    leave_over(&a, &b, &m);
}

TEST(a_transport_that_closes_itself_ends_both_ends_in_its_own_words)
{
    struct mirror m = {.cut = true};
    struct end a, b;

    join_over(&a, &b, &m);
    mn_link_send(a.link, MN_STR("abc"));
    mn_clock_run(&wall);
    assert_int_equal(mn_link_send(b.link, MN_STR("late")), MN_ECLOSED);
    mn_link_close(b.link, 1000, MN_STR("too late to decide"));
    mn_clock_run(&wall);
    assert_int_equal(m.closed_by, -1);
    expect(&a, "close 1006 cut|");
    expect(&b, "close 1006 cut|");
    leave_over(&a, &b, &m);
}

TEST(a_transport_that_never_opens_ends_both_at_once)
{
    struct mirror m = {.refused = true};
    struct end a, b;

    join_over(&a, &b, &m);
    mn_link_send(a.link, MN_STR("abc"));
    mn_clock_run(&wall);
    expect(&a, "close 1006 cut|");
    expect(&b, "close 1006 cut|");
    leave_over(&a, &b, &m);
}

TEST(a_close_before_the_transport_has_opened_waits_for_it)
{
    struct mirror m = {0};
    struct end a, b;

    join_over(&a, &b, &m);
    mn_link_close(b.link, 4001, MN_STR("no"));
    mn_clock_run(&wall);
    assert_int_equal(m.closed_by, 1);
    expect(&a, "close 4002 no|");
    leave_over(&a, &b, &m);
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
