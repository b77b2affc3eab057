/* test_arbiter.c - the line for the floor, by itself. */
#include "core/arbiter.h"

#include "base/err.h"
#include "test.h"

static int ask(struct mn_arbiter *a, bool automatic, const char *after_item)
{
    struct mn_request *r = mn_request_new(automatic, (struct mn_str){0});

    assert_non_null(r);
    mn_id_copy(r->after_item, mn_str(after_item));
    return mn_arbiter_ask(a, r);
}

TEST(R1_only_a_free_floor_gives_the_next_request)
{
    struct mn_arbiter a;

    mn_arbiter_init(&a);
    assert_null(mn_arbiter_next(&a));
    ask(&a, false, "");
    ask(&a, false, "");
    assert_non_null(mn_arbiter_next(&a));
    assert_null(mn_arbiter_next(&a));
    mn_arbiter_created(&a, MN_STR("r1"));
    assert_null(mn_arbiter_next(&a));
    assert_false(mn_arbiter_done(&a, MN_STR("another")));
    assert_true(mn_arbiter_done(&a, MN_STR("r1")));
    assert_non_null(mn_arbiter_next(&a));
    mn_arbiter_free(&a);
}

TEST(R1_more_requests_than_a_conversation_has_are_refused)
{
    struct mn_arbiter a;

    mn_arbiter_init(&a);
    for (int i = 0; i < MN_REQUESTS_MAX; i++)
        assert_int_equal(ask(&a, false, ""), 0);
    assert_int_equal(ask(&a, false, ""), MN_EFULL);
    assert_int_equal(ask(&a, true, ""), MN_EFULL);
    mn_arbiter_free(&a);
}

TEST(a_response_of_the_servers_own_answers_a_waiting_request_whose_item_it_had)
{
    struct mn_arbiter a;

    mn_arbiter_init(&a);
    ask(&a, true, "item_1");
    mn_arbiter_acked(&a, MN_STR("item_2"));
    mn_arbiter_created(&a, MN_STR("foreign")); /* it cannot know item_1 */
    assert_int_equal(a.nwaiting, 1);
    mn_arbiter_done(&a, MN_STR("foreign"));
    mn_arbiter_acked(&a, MN_STR("item_1"));
    mn_arbiter_created(&a, MN_STR("foreign"));
    assert_int_equal(a.nwaiting, 0);
    mn_arbiter_free(&a);
}

TEST(a_merged_request_still_waits_for_the_item_it_must_answer)
{
    struct mn_arbiter a;

    mn_arbiter_init(&a);
    ask(&a, true, "item_1");
    ask(&a, true, ""); /* asks for nothing of its own */
    mn_arbiter_created(&a, MN_STR("foreign"));
    assert_int_equal(a.nwaiting, 1);
    mn_arbiter_free(&a);
}

TEST(what_was_sent_is_not_answered_twice_by_what_waits)
{
    struct mn_arbiter a;

    mn_arbiter_init(&a);
    ask(&a, true, "");
    mn_arbiter_next(&a);
    ask(&a, true, "");
    mn_arbiter_created(&a, MN_STR("r1")); /* the answer to the first */
    assert_int_equal(a.nwaiting, 1);
    mn_arbiter_free(&a);
}

TEST(R3_a_cancelled_floor_stays_cancelled_when_its_response_begins_late)
{
    struct mn_arbiter a;

    mn_arbiter_init(&a);
    assert_false(mn_arbiter_cancel(&a));
    ask(&a, false, "");
    mn_arbiter_next(&a);
    assert_true(mn_arbiter_cancel(&a));
    assert_false(mn_arbiter_cancel(&a));
    mn_arbiter_created(&a, MN_STR("r1"));
    assert_int_equal(a.floor, MN_FLOOR_CANCELLING);
    assert_false(mn_arbiter_cancel(&a));
    assert_true(mn_arbiter_done(&a, MN_STR("r1")));
    assert_int_equal(a.floor, MN_FLOOR_FREE);
    mn_arbiter_free(&a);
}

TEST(an_error_that_names_another_event_refuses_nothing)
{
    struct mn_arbiter a;
    struct mn_request *r;

    mn_arbiter_init(&a);
    assert_null(mn_arbiter_refused(&a, MN_STR("")));
    ask(&a, false, "");
    memcpy(mn_arbiter_next(&a)->event_id, "ev_1", 5);
    assert_null(mn_arbiter_refused(&a, MN_STR("")));
    assert_null(mn_arbiter_refused(&a, MN_STR("ev_2")));
    r = mn_arbiter_refused(&a, MN_STR("ev_1"));
    assert_non_null(r);
    mn_request_free(r);
    assert_int_equal(a.floor, MN_FLOOR_FREE);
    mn_arbiter_rejected(&a); /* nothing is asked any more */
    assert_int_equal(a.nwaiting, 0);
    mn_arbiter_free(&a);
}
