/* test_playout.c - what has been heard, to the millisecond. */
#include "core/playout.h"

#include "test.h"

/* Puts ms of 24 kHz audio in line. Returns when it is due. */
static int64_t add(struct mn_playout *p, const char *item, int64_t ms, int64_t now_ms)
{
    return mn_playout_add(p, mn_str(item), 0, ms * 24, now_ms);
}

static void assert_cut(const struct mn_cut *cut, const char *item, int heard_ms, int received_ms)
{
    assert_string_equal(cut->item_id, item);
    assert_int_equal(cut->heard_ms, heard_ms);
    assert_int_equal(cut->received_ms, received_ms);
}

TEST(audio_lies_in_line_and_is_due_one_second_a_second)
{
    struct mn_playout p;

    mn_playout_init(&p, 24);
    assert_int_equal(add(&p, "a", 100, 1000), 1000);
    assert_int_equal(add(&p, "a", 100, 1010), 1100);
    assert_int_equal(mn_playout_end(&p), 1200);
    assert_int_equal(mn_playout_unheard(&p, 1050), 150);
    assert_int_equal(mn_playout_unheard(&p, 1200), 0);
    assert_int_equal(mn_playout_unheard(&p, 5000), 0);
    assert_int_equal(add(&p, "a", 100, 1500), 1500);
}

TEST(nothing_is_cut_when_nothing_came_or_all_was_heard)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    assert_int_equal(mn_playout_cut(&p, 1000, cuts), 0);
    add(&p, "a", 100, 1000);
    assert_int_equal(mn_playout_cut(&p, 1100, cuts), 0);
}

TEST(a_cut_names_what_was_heard_of_the_item_in_the_ear_and_nothing_of_those_behind)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "heard", 300, 1000);
    add(&p, "partly", 500, 1000);
    mn_playout_add(&p, MN_STR("partly"), 1, 200 * 24, 1000);
    add(&p, "never", 400, 1000);
    assert_int_equal(mn_playout_cut(&p, 1640, cuts), 3);
    assert_cut(&cuts[0], "partly", 340, 500);
    assert_int_equal(cuts[0].content_index, 0);
    assert_cut(&cuts[1], "partly", 0, 200);
    assert_int_equal(cuts[1].content_index, 1);
    assert_cut(&cuts[2], "never", 0, 400);
    assert_int_equal(mn_playout_unheard(&p, 1640), 0);
    assert_int_equal(mn_playout_cut(&p, 1640, cuts), 0);
}

TEST(a_cut_between_two_items_leaves_the_first_whole)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "a", 300, 1000);
    add(&p, "b", 300, 1000);
    assert_int_equal(mn_playout_cut(&p, 1300, cuts), 1);
    assert_cut(&cuts[0], "b", 0, 300);
}

TEST(what_was_heard_before_a_gap_counts)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "before", 100, 1000);
    add(&p, "a", 200, 1000);
    assert_int_equal(add(&p, "a", 1000, 2000), 2000); /* heard to its end at 1300 */
    assert_int_equal(mn_playout_cut(&p, 2300, cuts), 1);
    assert_cut(&cuts[0], "a", 500, 1200);
}

TEST(frames_that_are_no_whole_milliseconds_do_not_add_up_to_an_error)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    for (int i = 0; i < 1000; i++) /* 41.67 microseconds each, 1 s in all */
        mn_playout_add(&p, MN_STR("a"), 0, 23, 1000);
    for (int i = 0; i < 1000; i++)
        mn_playout_add(&p, MN_STR("b"), 0, 25, 1000);
    assert_int_equal(mn_playout_end(&p), 3000);
    assert_int_equal(mn_playout_cut(&p, 2500, cuts), 1);
    assert_cut(&cuts[0], "b", 541, 1041); /* 500 ms are left of it */
}

TEST(more_items_than_are_kept_forget_the_oldest)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;
    char id[8] = "a";

    mn_playout_init(&p, 8);
    for (int i = 0; i < MN_PLAYOUT_ITEMS + 4; i++) {
        id[0] = (char)('a' + i);
        mn_playout_add(&p, mn_str(id), 0, 800, 1000);
    }
    assert_int_equal(mn_playout_cut(&p, 1000, cuts), MN_PLAYOUT_ITEMS);
    assert_cut(&cuts[0], "e", 0, 100);
}

TEST(another_format_begins_anew_and_the_same_does_not)
{
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "a", 100, 1000);
    mn_playout_format(&p, 24);
    assert_int_equal(mn_playout_unheard(&p, 1000), 100);
    mn_playout_format(&p, 8);
    assert_int_equal(mn_playout_unheard(&p, 1000), 0);
    mn_playout_add(&p, MN_STR("a"), 0, 800, 2000);
    assert_int_equal(mn_playout_end(&p), 2100);
}

TEST(R31_a_pause_is_taken_out_of_what_was_heard)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "a", 1000, 1000);
    mn_playout_pause(&p, 1340);
    assert_int_equal(mn_playout_unheard(&p, 5000), 660);
    assert_true(mn_playout_end(&p) == INT64_MAX);
    assert_int_equal(mn_playout_resume(&p, 5000), 3660);
    assert_int_equal(mn_playout_end(&p), 5660);
    assert_int_equal(add(&p, "a", 100, 5100), 5660);
    assert_int_equal(mn_playout_cut(&p, 5100, cuts), 1);
    assert_cut(&cuts[0], "a", 440, 1100);
}

TEST(R31_a_pause_begins_when_what_cannot_be_taken_back_was_heard)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "a", 1000, 1000);
    mn_playout_pause(&p, 1540); /* at 1340, with 200 ms at the caller */
    assert_int_equal(mn_playout_unheard(&p, 1440), 560);
    assert_int_equal(mn_playout_unheard(&p, 1600), 460);
    assert_int_equal(mn_playout_resume(&p, 1600), 60);
    mn_playout_pause(&p, 1800);
    assert_int_equal(mn_playout_resume(&p, 1700), 0); /* before it ran dry: nothing is late */
    mn_playout_pause(&p, 1800);
    assert_int_equal(mn_playout_cut(&p, 9000, cuts), 1);
    assert_cut(&cuts[0], "a", 740, 1000);
    assert_false(p.paused);
}

TEST(R31_what_comes_in_a_pause_is_not_heard_in_it)
{
    struct mn_playout p;

    mn_playout_init(&p, 24);
    add(&p, "a", 100, 1000);
    mn_playout_pause(&p, 1100); /* when all was heard */
    add(&p, "a", 500, 2000);
    assert_int_equal(mn_playout_unheard(&p, 3000), 500);
    assert_int_equal(mn_playout_resume(&p, 3000), 1000);
    assert_int_equal(mn_playout_end(&p), 3500);
}

TEST(R31_a_report_is_exact_to_the_ms_whatever_the_length_of_frames)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS];
    struct mn_playout p;

    mn_playout_init(&p, 24);
    mn_playout_add(&p, MN_STR("a"), 0, 1001, 1000);
    mn_playout_add(&p, MN_STR("b"), 0, 24011, 1000);
    for (int64_t ms = 1; ms < 1000; ms++) {
        struct mn_playout copy = p;

        assert_true(mn_playout_report(&copy, MN_STR("b"), 0, ms, 1200));
        assert_int_equal(mn_playout_cut(&copy, 1200, cuts), 1);
        assert_cut(&cuts[0], "b", (int)ms, 1000);
    }
    assert_false(mn_playout_report(&p, MN_STR("c"), 0, 1, 1200));
    assert_false(mn_playout_report(&p, MN_STR("a"), 1, 1, 1200));
    assert_true(mn_playout_report(&p, MN_STR("b"), 0, INT64_MAX, 1200));
    assert_int_equal(mn_playout_unheard(&p, 1200), 0);
}
