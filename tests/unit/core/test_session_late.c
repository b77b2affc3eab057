/* test_session_late.c - what tools say after their call was answered: R17. */
#include "session_driver.h"

#define TIMEOUT "The tool did not answer in time. Say so, and offer to try again."
#define FAILED  "The tool failed. Say that this is not possible right now."

static int progress(struct drive *d, const char *call, const char *text)
{
    return drive_feed(
        d,
        &(struct mn_input){.type = MN_IN_PROGRESS, .call_id = mn_str(call), .text = mn_str(text)});
}

/* A tool runs, and its response is over. */
static void running(struct drive *d)
{
    drive_ready(d);
    model_created(d, "r1");
    model_call(d, "r1", "c1", "find_patient", "{}");
    model_call(d, "r1", "c2", "look", "{}");
    job_done(d, "c2", "two");
    model_done(d, "r1");
    drive_forget(d);
}

/* It has answered early, and the talk has gone on: nobody speaks. */
static void gone_on(struct drive *d)
{
    running(d);
    progress(d, "c1", "Searching.");
    model_created(d, "r2");
    model_done(d, "r2");
    drive_forget(d);
}

TEST(R17_progress_answers_the_call_now_and_talk_goes_on)
{
    struct drive d;

    running(&d);
    assert_int_equal(progress(&d, "c1", "Searching."), 0);
    SEES(&d, "send output c1 Searching.", "send response.create");
    model_created(&d, "r2");
    model_done(&d, "r2");
    assert_true(mn_session_idle(d.s, d.now_ms)); /* though it runs on */
    drive_close(&d);
}

TEST(R17_the_result_is_told_as_a_system_item_and_asked_for_once)
{
    struct drive d;

    gone_on(&d);
    d.notes |= 1u << MN_NOTE_TOOL_END;
    job_done(&d, "c1", "Sam");
    SEES(&d,
         "note agent_tool_end agent=A tool=find_patient args={} result=Sam call_id=c1 seconds=0",
         "send system The tool find_patient, which you called, has ended. Its result: Sam|Tell the "
         "caller, in your own words.",
         "send response.create");
    model_created(&d, "r3");
    model_done(&d, "r3");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R17_nobody_is_asked_while_somebody_speaks)
{
    struct drive d;

    gone_on(&d);
    model_created(&d, "r3");
    model_item(&d, "assistant", "i3", "root");
    model_audio(&d, "r3", "i3", 3000);
    job_done(&d, "c1", "Sam");
    model_done(&d, "r3");
    drive_forget(&d);
    drive_wait(&d, 2999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R17_an_answer_that_knew_it_is_enough)
{
    struct drive d;

    gone_on(&d);
    caller_speaks(&d);
    job_done(&d, "c1", "Sam");
    model_acks(&d, d.item_id);
    drive_forget(&d);
    caller_stops(&d);
    model_created(&d, "r3"); /* the server's own */
    model_done(&d, "r3");
    drive_wait(&d, 10000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R17_an_answer_that_did_not_know_it_is_not_enough)
{
    struct drive d;

    gone_on(&d);
    caller_speaks(&d);
    job_done(&d, "c1", "Sam");
    drive_forget(&d);
    caller_stops(&d);
    model_created(&d, "r3"); /* before the server had the item */
    model_acks(&d, d.item_id);
    model_done(&d, "r3");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R17_several_results_are_told_in_one)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_call(&d, "r1", "c2", "find_patient", "{}");
    model_done(&d, "r1");
    progress(&d, "c1", "Searching.");
    progress(&d, "c2", "Searching, too.");
    model_created(&d, "r2");
    drive_forget(&d);
    job_done(&d, "c1", "one");
    job_done(&d, "c2", "two");
    SEES(&d,
         "send system The tool find_patient, which you called, has ended. Its result: one|Tell the "
         "caller, in your own words.",
         "send system The tool find_patient, which you called, has ended. Its result: two|Tell the "
         "caller, in your own words.");
    model_done(&d, "r2");
    SEES(&d, "send response.create");
    model_created(&d, "r3");
    model_done(&d, "r3");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R17_more_progress_is_news)
{
    struct drive d;

    gone_on(&d);
    assert_int_equal(progress(&d, "c1", "Half of it."), 0);
    SEES(&d,
         "send system News of the tool find_patient, which you called and which still runs: Half "
         "of it.|Tell the caller, in your own words.",
         "send response.create");
    drive_close(&d);
}

TEST(R17_a_late_failure_or_time_out_is_told_in_safe_words)
{
    struct drive d;

    gone_on(&d);
    job_fails(&d, "c1", NULL);
    SEES(&d,
         "send system The tool find_patient, which you called, has ended. Its result: " FAILED
         "|Tell the caller, in your own words.",
         "send response.create");
    drive_close(&d);

    gone_on(&d);
    drive_wait(&d, 5000);
    SEES(&d, "stop c1",
         "send system The tool find_patient, which you called, has ended. Its result: " TIMEOUT
         "|Tell the caller, in your own words.",
         "send response.create");
    job_done(&d, "c1", "too late");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R17_cutting_in_does_not_cancel_what_went_on)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "slow", "{}");
    model_done(&d, "r1");
    progress(&d, "c1", "It takes a moment.");
    model_created(&d, "r2");
    model_done(&d, "r2");
    drive_forget(&d);
    caller_speaks(&d);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R17_progress_of_a_call_that_is_over_changes_nothing)
{
    struct drive d;

    running(&d);
    assert_int_not_equal(progress(&d, "c2", "Too late."), 0);
    assert_int_not_equal(progress(&d, "c9", "Nobody."), 0);
    SEES_NOTHING(&d);
    drive_close(&d);
}
