/* test_session_legs.c - connections that end, and calls that go on (R13, R16, R22, R61 to R63). */
#include "base/err.h"
#include "session_driver.h"

#define WALL 1780000000

static void ready(struct drive *d, int retries)
{
    drive_init(d);
    d->settings.retries = retries;
    d->settings.retry_ms = 500;
    d->settings.wall_s = WALL;
    drive_open(d);
    prepared(d, "I am A.");
    model_sends(d, "{'type':'session.created','session':{'expires_at':%d}}", WALL + 3600);
    model_updated(d);
    drive_forget(d);
}

static void down(struct drive *d, mn_leg leg, const char *reason)
{
    drive_feed(d,
               &(struct mn_input){
                   .type = MN_IN_LEG_DOWN, .leg = leg, .err = MN_ECLOSED, .text = mn_str(reason)});
}

/* Until it is ready. What it is told on the way is not looked at. */
static void set_up(struct drive *d, mn_leg leg)
{
    d->leg = leg;
    model_sends(d, "{'type':'session.created','session':{'expires_at':%d}}", WALL + 7200);
    drive_forget(d);
    model_updated(d);
}

static void said(struct drive *d, const char *item, const char *words)
{
    model_sends(d,
                "{'type':'conversation.item.added','item':{'id':'%s','type':'message',"
                "'role':'user','content':[{'type':'input_text','text':'%s'}]}}",
                item, words);
}

TEST(R62_a_lost_leg_is_dialled_again_and_given_the_conversation)
{
    struct drive d;

    ready(&d, 5);
    d.notes |= 1u << MN_NOTE_RECONNECTING | 1u << MN_NOTE_RESUMED;
    said(&d, "u1", "Hello?");
    model_call(&d, "r0", "c0", "find_patient", "{}"); /* of no response: not of the conversation */
    drive_forget(&d);
    down(&d, 1, "");
    SEES(&d, "note reconnecting agent=A code=0 try=1");
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 0); /* keep it */
    drive_wait(&d, 500);
    SEES(&d, "dial 2");
    set_up(&d, 2);
    SEES(&d, "send user u1: input_text Hello? behind root", "note resumed agent=A seconds=0.5");
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 2);
    drive_close(&d);
}

TEST(R62_pauses_double_and_dials_are_counted)
{
    struct drive d;
    int64_t pauses[] = {500, 1000, 2000, 4000, 8000};

    ready(&d, 5);
    down(&d, 1, "");
    for (int i = 0; i < 5; i++) {
        drive_wait(&d, pauses[i] * 3 / 4 - 1);
        SEES_NOTHING(&d);
        drive_wait(&d, pauses[i] / 4 + 1);
        assert_non_null(strstr(d.seen.p, "dial"));
        drive_forget(&d);
        if (i < 4)
            down(&d, 2 + i, "HTTP 503: busy");
    }
    down(&d, 6, "HTTP 503: busy");
    SEES(&d, "tell error upstream_lost - for -", "note error agent=A code=upstream_lost from=myna",
         "end 1011 upstream_lost");
    drive_close(&d);
}

TEST(R62_what_does_not_heal_is_not_tried_again)
{
    const char *const reasons[] = {"HTTP 401: no", "HTTP 403: no",
                                   "invalid_request_error.invalid_api_key", "insufficient_quota"};

    for (int i = 0; i < 4; i++) {
        struct drive d;

        ready(&d, 5);
        d.notes = 0;
        down(&d, 1, reasons[i]);
        SEES(&d, "tell error upstream_refused - for -", "end 1011 upstream_refused");
        drive_close(&d);
    }
}

TEST(R62_the_fallback_is_dialled_when_the_upstream_is_given_up)
{
    struct drive d;

    ready(&d, 0);
    d.app.fallback = MN_STR("wss://second");
    d.notes = 0;
    down(&d, 1, "");
    SEES(&d, "dial 2");
    down(&d, 2, "");
    SEES(&d, "tell error upstream_lost - for -", "end 1011 upstream_lost");
    drive_close(&d);
}

TEST(R62_a_response_that_breaks_off_is_ended_for_the_caller_and_asked_for_again)
{
    struct drive d;

    ready(&d, 5);
    said(&d, "u1", "Hello?");
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "u1");
    model_words(&d, "r1", "i1", "One two ");
    model_audio(&d, "r1", "i1", 400);
    model_words(&d, "r1", "i1", "three four");
    d.tells = true;
    drive_forget(&d);
    down(&d, 1, "");
    SEES(&d, "then tell response.done");
    drive_wait(&d, 500);
    set_up(&d, 2);
    SEES(&d, "send user u1: input_text Hello? behind root",
         "send assistant i1: output_text One two behind u1", "send response.create");
    drive_close(&d);
}

TEST(R30_R62_an_item_told_as_text_is_told_anew_when_the_caller_cuts_in)
{
    struct drive d;

    ready(&d, 5);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "root");
    model_words(&d, "r1", "i1", "One two ");
    model_audio(&d, "r1", "i1", 5000);
    model_words(&d, "r1", "i1", "three four");
    model_audio(&d, "r1", "i1", 5000);
    model_done(&d, "r1");
    down(&d, 1, "");
    drive_wait(&d, 500);
    set_up(&d, 2);
    SEES(&d, "send assistant i1: output_text One two three four behind root");
    drive_wait(&d, 3000);
    caller_speaks(&d);
    SEES(&d, "drop", "send delete i1", "send assistant i1: output_text One behind root");
    drive_close(&d);
}

TEST(R16_a_tool_that_ends_without_a_connection_is_answered_on_the_next)
{
    struct drive d;

    ready(&d, 5);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    down(&d, 1, "");
    drive_forget(&d);
    job_done(&d, "c1", "Sam");
    SEES_NOTHING(&d);
    drive_wait(&d, 500);
    set_up(&d, 2);
    assert_non_null(strstr(d.seen.p, "function_call_output"));
    assert_non_null(strstr(d.seen.p, "send response.create"));
    drive_close(&d);
}

TEST(R16_a_tool_that_ends_after_its_call_was_replayed_is_answered_there)
{
    struct drive d;

    ready(&d, 5);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    down(&d, 1, "");
    drive_wait(&d, 500);
    set_up(&d, 2);
    drive_forget(&d);
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam", "send response.create");
    drive_close(&d);
}

TEST(R13_a_call_that_comes_again_on_the_next_connection_is_answered_by_what_is_stored)
{
    struct drive d;

    ready(&d, 5);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    job_done(&d, "c1", "Sam");
    down(&d, 1, "");
    drive_wait(&d, 500);
    set_up(&d, 2);
    model_created(&d, "r2");
    drive_forget(&d);
    model_call(&d, "r2", "c1", "find_patient", "{}");
    SEES(&d, "send output c1 Sam");
    model_call(&d, "r2", "c1", "find_patient", "{}"); /* twice there: once */
    SEES_NOTHING(&d);
    model_done(&d, "r2");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R61_a_leg_is_replaced_five_minutes_before_it_ends_when_nobody_speaks)
{
    struct drive d;

    ready(&d, 5);
    drive_wait(&d, 3300000 - 1);
    SEES_NOTHING(&d);
    drive_wait(&d, 1001);
    SEES(&d, "dial 2");
    set_up(&d, 2);
    SEES(&d, "hang up 1");
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 2);
    drive_close(&d);
}

TEST(R61_a_rotation_waits_for_the_agents_last_word_and_for_tools)
{
    struct drive d;

    ready(&d, 5);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    drive_forget(&d);
    d.now_ms += 3301000;
    drive_order(&d, MN_IN_TIME, NULL);
    assert_null(d.seen.n > 0 ? strstr(d.seen.p, "dial") : NULL);
    drive_close(&d);
}

TEST(R61_near_its_end_a_leg_is_left_in_the_middle_of_a_word)
{
    struct drive d;

    ready(&d, 5);
    d.notes = 0;
    drive_wait(&d, 3301000);
    SEES(&d, "dial 2");
    model_created(&d, "r1");
    set_up(&d, 2);
    d.leg = 1;
    for (int i = 0; i < 71; i++) { /* it goes on and on */
        assert_int_equal(model_audio(&d, "r1", "i1", 4000).act, MN_AUDIO_PLAY);
        model_words(&d, "r1", "i1", "and on ");
        drive_wait(&d, 4000);
        SEES_NOTHING(&d);
    }
    drive_wait(&d, 6000);
    SEES(&d, "hang up 1", "send response.create");
    drive_close(&d);
}

TEST(R61_a_rotation_that_fails_leaves_the_call_as_it_is)
{
    struct drive d;

    ready(&d, 5);
    drive_wait(&d, 3301000);
    drive_forget(&d);
    down(&d, 2, "HTTP 503: busy");
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 1);
    drive_wait(&d, 1000);
    SEES(&d, "dial 3");
    drive_close(&d);
}

TEST(R63_a_lost_caller_is_waited_for)
{
    struct drive d;

    drive_init(&d);
    d.settings.resume_ms = 30000;
    drive_open(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 4000);
    model_done(&d, "r1");
    drive_wait(&d, 1000);
    drive_forget(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_CALLER_LOST, .err = MN_ECLOSED});
    drive_wait(&d, 20000);
    SEES_NOTHING(&d);
    d.tells = true;
    drive_order(&d, MN_IN_CALLER_BACK, NULL);
    assert_non_null(strstr(d.seen.p, "tell session.created"));
    drive_forget(&d);
    drive_wait(&d, 2000);
    assert_false(mn_session_idle(d.s, d.now_ms)); /* 3 s were unheard when they left */
    drive_wait(&d, 1000);
    assert_true(mn_session_idle(d.s, d.now_ms));
    drive_close(&d);
}

TEST(R63_a_caller_who_does_not_come_back_or_hung_up_ends_the_call)
{
    for (int lost = 0; lost < 2; lost++) {
        struct drive d;

        drive_init(&d);
        d.settings.resume_ms = 30000;
        drive_open(&d);
        drive_set_up(&d);
        drive_forget(&d);
        drive_feed(&d, &(struct mn_input){.type = MN_IN_CALLER_LOST, .err = lost ? MN_ECLOSED : 0});
        if (lost) {
            drive_wait(&d, 29999);
            SEES_NOTHING(&d);
            drive_wait(&d, 1);
        }
        SEES(&d, "hang up 1", "end 1000 the caller left");
        drive_close(&d);
    }
}
