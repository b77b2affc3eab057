/* test_session_approval.c - tools that wait for a word: R19. */
#include "session_driver.h"

#define REFUSED "This was not approved, so it was not done. Say so."
#define SILENCE "Nobody approved this in time, so it was not done. Say so."

static int says(struct drive *d, const char *call, bool approved, const char *why)
{
    return drive_feed(d, &(struct mn_input){.type = MN_IN_APPROVAL,
                                            .call_id = mn_str(call),
                                            .approved = approved,
                                            .text = mn_str(why)});
}

/* C has called the tool, and the script has been asked whether somebody must approve. */
static void asked(struct drive *d, const char *tool)
{
    drive_init(d);
    d->settings.start = 2;
    drive_open(d);
    drive_set_up(d);
    d->notes |= 1u << MN_NOTE_APPROVAL_REQUESTED;
    model_created(d, "r1");
    drive_forget(d);
    model_call(d, "r1", "c1", tool, "{\"pounds\":5}");
    model_done(d, "r1");
}

static void awaited(struct drive *d, const char *tool)
{
    asked(d, tool);
    job_done(d, "c1", "wait");
    drive_forget(d);
}

TEST(R19_a_tool_that_needs_an_approval_waits_for_it)
{
    struct drive d;

    asked(&d, "refund");
    SEES(&d, "run approval refund c1 {\"pounds\":5} as C");
    job_done(&d, "c1", "wait");
    SEES(&d, "note tool_approval_requested agent=C tool=refund args={\"pounds\":5} call_id=c1 "
             "approve_by=operator");
    assert_int_equal(says(&d, "c1", true, ""), 0);
    SEES(&d, "run tool refund c1 {\"pounds\":5} as C");
    job_done(&d, "c1", "done");
    SEES(&d, "send output c1 done", "send response.create");
    drive_close(&d);
}

TEST(R19_a_call_the_script_lets_pass_runs_at_once)
{
    struct drive d;

    asked(&d, "refund");
    drive_forget(&d);
    job_done(&d, "c1", "");
    SEES(&d, "run tool refund c1 {\"pounds\":5} as C");
    drive_close(&d);
}

TEST(R19_a_script_that_errs_or_hangs_lets_nothing_run)
{
    struct drive d;

    asked(&d, "refund");
    drive_forget(&d);
    job_fails(&d, "c1", "The arguments were not accepted.");
    SEES(&d, "send output c1 The arguments were not accepted.", "send response.create");
    assert_int_not_equal(says(&d, "c1", true, ""), 0);
    drive_close(&d);

    asked(&d, "refund");
    drive_forget(&d);
    drive_wait(&d, 1000);
    SEES(&d, "stop c1",
         "send output c1 The tool did not answer in time. Say so, and offer to try again.",
         "send response.create");
    drive_close(&d);
}

TEST(R19_what_is_rejected_does_not_run_and_the_model_reads_why)
{
    struct drive d;

    awaited(&d, "refund");
    assert_int_equal(says(&d, "c1", false, ""), 0);
    SEES(&d, "send output c1 " REFUSED, "send response.create");
    assert_int_not_equal(says(&d, "c1", true, ""), 0); /* too late */
    SEES_NOTHING(&d);
    drive_close(&d);

    awaited(&d, "refund");
    says(&d, "c1", false, "Not more than 3 pounds.");
    SEES(&d, "send output c1 This was not approved, so it was not done: Not more than 3 pounds.",
         "send response.create");
    drive_close(&d);
}

TEST(R19_silence_past_the_deadline_is_a_no)
{
    struct drive d;

    awaited(&d, "refund");
    drive_wait(&d, 59999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "send output c1 " SILENCE, "send response.create");
    assert_int_not_equal(says(&d, "c1", true, ""), 0);
    drive_close(&d);
}

TEST(R19_the_tools_own_time_begins_when_it_is_approved)
{
    struct drive d;

    awaited(&d, "refund");
    drive_wait(&d, 30000);
    says(&d, "c1", true, "");
    drive_forget(&d);
    drive_wait(&d, 999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "stop c1",
         "send output c1 The tool did not answer in time. Say so, and offer to try again.",
         "send response.create");
    drive_close(&d);
}

TEST(R19_the_caller_approves_only_where_the_tool_says_so)
{
    struct drive d;

    awaited(&d, "refund");
    caller_sends(&d, "{'type':'myna.tool.approve','event_id':'e1','call_id':'c1'}");
    SEES(&d, "tell error invalid_value call_id for e1",
         "note error agent=C code=invalid_value from=caller");
    drive_close(&d);

    awaited(&d, "forget_me");
    d.tells = true;
    caller_sends(&d, "{'type':'myna.tool.approve','event_id':'e1','call_id':'c1'}");
    SEES(&d, "then tell myna.tool.approval_resolved", "run tool forget_me c1 {\"pounds\":5} as C");
    caller_sends(&d, "{'type':'myna.tool.reject','event_id':'e2','call_id':'c1'}");
    SEES(&d, "tell error invalid_value call_id for e2",
         "note error agent=C code=invalid_value from=caller");
    drive_close(&d);
}

TEST(R19_the_callers_app_is_asked_and_told_that_it_is_over)
{
    struct drive d;

    asked(&d, "forget_me");
    drive_forget(&d);
    d.tells = true;
    d.notes = 0;
    job_done(&d, "c1", "wait");
    SEES(&d, "then tell myna.tool.approval_requested");
    caller_sends(&d, "{'type':'myna.tool.reject','call_id':'c1'}");
    SEES(&d, "then tell myna.tool.approval_resolved", "send output c1 " REFUSED,
         "send response.create");
    drive_close(&d);

    awaited(&d, "forget_me");
    d.tells = true;
    drive_wait(&d, 60000);
    SEES(&d, "then tell myna.tool.approval_resolved", "send output c1 " SILENCE,
         "send response.create");
    drive_close(&d);
}

TEST(R15_R19_cutting_in_withdraws_a_call_that_may_be_cancelled)
{
    struct drive d;

    awaited(&d, "refund");
    caller_speaks(&d);
    SEES(&d, "send output c1 The caller interrupted, so this was cancelled.");
    assert_int_not_equal(says(&d, "c1", true, ""), 0);
    drive_close(&d);

    awaited(&d, "forget_me");
    caller_speaks(&d);
    SEES_NOTHING(&d);
    assert_int_equal(says(&d, "c1", true, ""), 0);
    drive_close(&d);
}
