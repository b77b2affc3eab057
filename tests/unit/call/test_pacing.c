/* test_pacing.c - when frames go to a caller, in which order, and what dropping leaves. */
#include "call/pacing.h"

#include "base/err.h"
#include "test.h"

#include <string.h>

#define LIMIT 1000 /* bytes that may wait */

struct line {
    struct mn_clock clock;
    struct mn_pacing pacing;
    struct mn_pacing_queue queue;
    struct mn_buf came;
    bool drop_at_release;
    int draws; /* of 100 ms each, left */
};

static void on_release(void *owner, struct mn_str frame)
{
    struct line *l = owner;

    mn_buf_add_str(&l->came, frame);
    if (l->drop_at_release)
        mn_pacing_drop(&l->queue);
}

/* "1", "2", ... as often as it is asked. */
static int64_t on_draw(void *owner, void *recording)
{
    struct line *l = owner;
    char *next = recording;

    mn_buf_add_byte(&l->came, (*next)++);
    if (l->drop_at_release)
        mn_pacing_drop(&l->queue);
    return --l->draws > 0 ? 100 : 0;
}

static void open_line(struct line *l)
{
    memset(l, 0, sizeof(*l));
    mn_clock_open_virtual(&l->clock, 0);
    mn_pacing_open(&l->pacing, &l->clock);
    mn_pacing_queue_open(&l->queue, &l->pacing, LIMIT, on_release, l);
    l->queue.draw = on_draw;
}

static void close_line(struct line *l)
{
    mn_pacing_queue_close(&l->queue);
    mn_pacing_close(&l->pacing);
    mn_clock_close(&l->clock);
    mn_buf_free(&l->came);
}

static void audio(struct line *l, const char *bytes, int64_t release_at_ms)
{
    assert_int_equal(mn_pacing_audio(&l->queue, mn_str(bytes), release_at_ms), 0);
}

static void event(struct line *l, const char *bytes)
{
    assert_int_equal(mn_pacing_event(&l->queue, mn_str(bytes)), 0);
}

static void advance_to(struct line *l, int64_t ms)
{
    mn_clock_advance(&l->clock, ms);
}

static void assert_came(struct line *l, const char *expected)
{
    assert_string_equal(l->came.p != NULL ? l->came.p : "", expected);
}

TEST(a_frame_that_is_due_goes_at_once)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 0);
    audio(&l, "b", -400);
    assert_came(&l, "ab");
    assert_false(mn_timer_running(&l.pacing.tick));
    close_line(&l);
}

TEST(a_frame_waits_until_it_is_due)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 100);
    advance_to(&l, 99);
    assert_came(&l, "");
    advance_to(&l, 100 + MN_TICK_MS);
    assert_came(&l, "a");
    close_line(&l);
}

TEST(a_recording_is_written_piece_by_piece_as_it_is_due_and_holds_back_what_is_behind_it)
{
    struct line l;

    open_line(&l);
    l.draws = 4;
    assert_int_equal(mn_pacing_recording(&l.queue, "1", 1, -150), 0);
    event(&l, "e");
    audio(&l, "a", 200);
    assert_came(&l, "12");
    advance_to(&l, 50 + MN_TICK_MS);
    assert_came(&l, "123");
    advance_to(&l, 150 + MN_TICK_MS);
    assert_came(&l, "1234e");
    advance_to(&l, 200 + MN_TICK_MS);
    assert_came(&l, "1234ea");
    assert_int_equal(l.queue.bytes, 0);
    close_line(&l);
}

TEST(a_recording_stands_still_in_a_pause_and_goes_on_where_it_was)
{
    struct line l;

    open_line(&l);
    l.draws = 3;
    assert_int_equal(mn_pacing_recording(&l.queue, "1", 1, 0), 0);
    assert_came(&l, "1");
    assert_int_equal(mn_pacing_pause(&l.queue), 100);
    advance_to(&l, 1000);
    assert_came(&l, "1");
    assert_int_equal(mn_pacing_resume(&l.queue, 950), 0);
    advance_to(&l, 1050 + MN_TICK_MS);
    assert_came(&l, "12");
    close_line(&l);
}

TEST(a_recording_that_is_dropped_says_no_more_even_when_it_is_while_it_speaks)
{
    struct line l;

    open_line(&l);
    l.draws = 3;
    assert_int_equal(mn_pacing_recording(&l.queue, "1", 1, 0), 0);
    event(&l, "e");
    mn_pacing_drop(&l.queue);
    advance_to(&l, 1000);
    assert_came(&l, "1e");
    l.drop_at_release = true;
    assert_int_equal(mn_pacing_recording(&l.queue, "5", 1, 0), 0);
    advance_to(&l, 2000);
    assert_came(&l, "1e5");
    close_line(&l);
}

TEST(a_frame_that_is_due_waits_behind_one_that_is_not)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 40);
    audio(&l, "b", 0);
    assert_came(&l, "");
    advance_to(&l, 40 + MN_TICK_MS);
    assert_came(&l, "ab");
    close_line(&l);
}

TEST(an_event_keeps_its_place_among_the_frames)
{
    struct line l;

    open_line(&l);
    event(&l, "0");
    audio(&l, "a", 40);
    event(&l, "1");
    audio(&l, "b", 80);
    event(&l, "2");
    assert_came(&l, "0");
    advance_to(&l, 40 + MN_TICK_MS);
    assert_came(&l, "0a1");
    advance_to(&l, 80 + MN_TICK_MS);
    assert_came(&l, "0a1b2");
    close_line(&l);
}

TEST(the_tick_stops_when_nothing_waits)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 40);
    assert_true(mn_timer_running(&l.pacing.tick));
    advance_to(&l, 40 + 2 * MN_TICK_MS);
    assert_false(mn_timer_running(&l.pacing.tick));
    assert_int_equal(l.queue.bytes, 0);
    close_line(&l);
}

TEST(dropping_throws_away_audio_and_lets_events_go_in_order)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 40);
    event(&l, "1");
    audio(&l, "b", 80);
    event(&l, "2");
    mn_pacing_drop(&l.queue);
    assert_came(&l, "12");
    assert_int_equal(l.queue.bytes, 0);
    audio(&l, "c", 0); /* the queue is as new */
    assert_came(&l, "12c");
    close_line(&l);
}

static void hold(struct line *l, const char *bytes, uint32_t held, bool is_audio, int64_t offset_ms)
{
    assert_int_equal(mn_pacing_hold(&l->queue, mn_str(bytes), held, is_audio, offset_ms), 0);
}

TEST(R42_what_is_held_waits_with_all_behind_it_and_costs_no_tick)
{
    struct line l;

    open_line(&l);
    hold(&l, "1", 1, false, 0);
    hold(&l, "a", 2, true, 0);
    hold(&l, "b", 3, true, 40);
    event(&l, "2");
    advance_to(&l, 1000);
    assert_came(&l, "");
    assert_false(mn_timer_running(&l.pacing.tick));
    assert_int_equal(mn_pacing_let_go(&l.queue, 2, 1000), 0);
    assert_came(&l, "1a");
    assert_int_equal(mn_pacing_let_go(&l.queue, 3, 1000), 0);
    assert_came(&l, "1a"); /* due 40 ms after the release's own beginning */
    advance_to(&l, 1040 + MN_TICK_MS);
    assert_came(&l, "1ab2");
    assert_false(mn_timer_running(&l.pacing.tick));
    close_line(&l);
}

TEST(R42_dropping_throws_away_what_is_held)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 40);
    hold(&l, "1", 1, false, 0);
    event(&l, "2");
    hold(&l, "b", 2, true, 0);
    mn_pacing_drop(&l.queue);
    assert_came(&l, "2");
    assert_int_equal(l.queue.bytes, 0);
    assert_int_equal(mn_pacing_let_go(&l.queue, 2, 0), 0);
    assert_came(&l, "2");
    close_line(&l);
}

TEST(R42_what_is_held_is_bounded_as_what_waits)
{
    static char zeros[LIMIT];
    struct line l;

    open_line(&l);
    assert_int_equal(mn_pacing_hold(&l.queue, (struct mn_str){zeros, LIMIT}, 1, true, 0), 0);
    assert_int_equal(mn_pacing_hold(&l.queue, MN_STR("a"), 2, true, 0), MN_EFULL);
    close_line(&l);
}

TEST(whoever_is_given_a_frame_may_drop_the_rest)
{
    struct line l;

    open_line(&l);
    l.drop_at_release = true;
    audio(&l, "a", 40);
    audio(&l, "b", 40);
    event(&l, "1");
    advance_to(&l, 40 + MN_TICK_MS);
    assert_came(&l, "a1");
    assert_int_equal(l.queue.bytes, 0);
    close_line(&l);
}

TEST(whoever_is_given_an_event_by_a_drop_may_drop_again)
{
    struct line l;

    open_line(&l);
    l.drop_at_release = true;
    audio(&l, "a", 40);
    event(&l, "1");
    event(&l, "2");
    mn_pacing_drop(&l.queue);
    assert_came(&l, "12");
    close_line(&l);
}

TEST(what_waits_is_bounded_but_one_frame_of_any_length_may)
{
    static const char zeros[LIMIT + 1];
    struct line l;

    open_line(&l);
    assert_int_equal(mn_pacing_audio(&l.queue, (struct mn_str){zeros, sizeof(zeros)}, 40), 0);
    assert_int_equal(mn_pacing_audio(&l.queue, MN_STR("a"), 40), MN_EFULL);
    assert_int_equal(mn_pacing_event(&l.queue, MN_STR("1")), MN_EFULL);
    advance_to(&l, 40 + MN_TICK_MS);
    assert_int_equal(l.queue.bytes, 0);
    event(&l, "2");
    close_line(&l);
}

TEST(one_tick_serves_every_queue)
{
    struct mn_pacing_queue other;
    struct line l;

    open_line(&l);
    mn_pacing_queue_open(&other, &l.pacing, LIMIT, on_release, &l);
    audio(&l, "a", 40);
    assert_int_equal(mn_pacing_audio(&other, MN_STR("b"), 40), 0);
    advance_to(&l, 40 + MN_TICK_MS);
    assert_int_equal(l.came.n, 2);
    mn_pacing_queue_close(&other);
    close_line(&l);
}

TEST(a_queue_closed_while_others_wait_is_forgotten)
{
    struct mn_pacing_queue other;
    struct line l;

    open_line(&l);
    mn_pacing_queue_open(&other, &l.pacing, LIMIT, on_release, &l);
    audio(&l, "a", 40);
    assert_int_equal(mn_pacing_audio(&other, MN_STR("b"), 40), 0);
    mn_pacing_queue_close(&other);
    advance_to(&l, 40 + MN_TICK_MS);
    assert_came(&l, "a");
    close_line(&l);
}

TEST(R35_a_pause_holds_what_is_not_due_and_shifts_it)
{
    struct line l;

    open_line(&l);
    audio(&l, "a", 0);
    audio(&l, "b", 30);
    event(&l, "E");
    audio(&l, "c", 90);
    advance_to(&l, 50);
    assert_came(&l, "abE");
    assert_int_equal(mn_pacing_pause(&l.queue), 90);
    assert_int_equal(mn_pacing_audio(&l.queue, MN_STR("d"), 0), 0); /* comes while it is paused */
    advance_to(&l, 500);
    assert_came(&l, "abE");
    assert_int_equal(mn_pacing_resume(&l.queue, 450), 0);
    assert_came(&l, "abE");
    advance_to(&l, 530);
    assert_came(&l, "abE");
    advance_to(&l, 560);
    assert_came(&l, "abEcd");
    assert_int_equal(mn_pacing_pause(&l.queue), INT64_MAX);
    audio(&l, "e", 0);
    event(&l, "F");
    mn_pacing_drop(&l.queue);
    audio(&l, "g", 0); /* a drop ends the pause */
    assert_came(&l, "abEcdFg");
    close_line(&l);
}
