/* test_session_handoff.c - a handoff is acknowledged, or undone: R20 to R25. */
#include "session_driver.h"

#include <stdio.h>

#define FAILED   "The transfer failed. You are still speaking with the caller: carry on yourself."
#define ANOTHER  "Ignored: another transfer is already under way."
#define TOO_MANY "Too many transfers in this turn. Carry on yourself."
#define TO_B     "send session.update{instructions=I am B.,voice=cedar}"
#define BACK                                                                                       \
    "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,turns=server_vad,"        \
    "voice=marin}"

/* A response has called transfer_to_B; B is prepared, the update on its way. */
static void update_sent(struct drive *d)
{
    drive_ready(d);
    model_created(d, "r1");
    model_call(d, "r1", "c1", "transfer_to_B", "{\"why\":\"bill\"}");
    SEES(d, "run handoff transfer_to_B c1 {\"why\":\"bill\"} as A");
    job_done(d, "c1", NULL);
    SEES(d, "run prepare as B");
    prepared(d, "I am B.");
    SEES(d, TO_B);
    model_done(d, "r1");
    SEES_NOTHING(d);
}

TEST(R20_update_then_its_acknowledgement_then_the_output_then_one_response)
{
    struct drive d;

    update_sent(&d);
    assert_int_equal(mn_session_agent(d.s), 0);
    model_updated(&d);
    SEES(&d, "note agent_handoff agent=B from=A to=B", "send output c1 {\"assistant\":\"B\"}",
         "send response.create");
    assert_int_equal(mn_session_agent(d.s), 1);
    drive_close(&d);
}

TEST(R20_a_refused_update_leaves_the_old_agent_and_tells_the_model)
{
    struct drive d;

    update_sent(&d);
    model_error(&d, "invalid_value", d.event_id);
    SEES(&d, "note error agent=A code=invalid_value from=model class=caller",
         "note handoff_failed agent=A from=A to=B reason=the model refused the update (Told so.)",
         "send output c1 " FAILED, "send response.create");
    assert_int_equal(mn_session_agent(d.s), 0);
    drive_close(&d);
}

TEST(R20_an_error_without_an_id_that_speaks_of_the_session_refuses_the_update)
{
    struct drive d;

    update_sent(&d);
    model_error(&d, "cannot_update_voice", NULL);
    SEES(&d, "note error agent=A code=cannot_update_voice from=model class=caller",
         "note handoff_failed agent=A from=A to=B reason=the model refused the update (Told so.)",
         "send output c1 " FAILED, "send response.create");
    drive_close(&d);
}

#define UNCONFIRMED                                                                                \
    "note handoff_failed agent=A from=A to=B reason=the model did not confirm the update"

TEST(R20_an_unanswered_update_is_undone_and_its_late_answer_restored)
{
    struct drive d;

    update_sent(&d);
    drive_wait(&d, 1999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, UNCONFIRMED, "send output c1 " FAILED, "send response.create");
    model_updated(&d); /* late: B's words are in force at the model */
    SEES(&d, BACK);
    model_updated(&d);
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_agent(d.s), 0);
    drive_close(&d);
}

TEST(R20_an_update_that_is_never_answered_does_not_hold_the_line)
{
    struct drive d;

    update_sent(&d);
    drive_wait(&d, 2000);
    SEES(&d, UNCONFIRMED, "send output c1 " FAILED, "send response.create");
    model_created(&d, "r2");
    model_done(&d, "r2");
    drive_wait(&d, 2000);
    SEES(&d, BACK);
    drive_wait(&d, 2000);
    SEES_NOTHING(&d);
    drive_order(&d, MN_IN_REPLY, "Go on.");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nGo on.\"}");
    drive_close(&d);
}

static void script_fails(bool in_prepare, bool by_silence)
{
    struct drive d;
    char failed[160];
    const char *reason = by_silence   ? "its script took too long"
                         : in_prepare ? "the agent could not be prepared"
                                      : "on_handoff failed";

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "transfer_to_B", "{}");
    if (in_prepare)
        job_done(&d, "c1", NULL);
    model_done(&d, "r1");
    drive_forget(&d);
    snprintf(failed, sizeof(failed), "note handoff_failed agent=A from=A to=B reason=%s", reason);
    if (by_silence) {
        drive_wait(&d, 2000);
        SEES(&d, in_prepare ? "stop prepare" : "stop c1", failed, "send output c1 " FAILED,
             "send response.create");
    } else {
        job_fails(&d, in_prepare ? "prepare" : "c1", NULL);
        SEES(&d, failed, "send output c1 " FAILED, "send response.create");
    }
    assert_int_equal(mn_session_agent(d.s), 0);
    drive_close(&d);
}

TEST(R20_a_script_that_errs_or_hangs_leaves_the_old_agent)
{
    script_fails(false, false);
    script_fails(false, true);
    script_fails(true, false);
    script_fails(true, true);
}

TEST(R20_one_update_is_in_flight_and_the_others_stand_in_line)
{
    struct drive d;

    update_sent(&d);
    caller_sends(&d, "{'type':'session.update','event_id':'e1','session':{'type':'realtime',"
                     "'audio':{'input':{'turn_detection':null}}}}");
    SEES_NOTHING(&d);
    model_updated(&d);
    SEES(&d, "note agent_handoff agent=B from=A to=B", "send output c1 {\"assistant\":\"B\"}",
         "send session.update{format=audio/pcm/audio/pcm,turns=-,voice=-}", "send response.create");
    model_updated(&d);
    SEES(&d, "tell session.updated{instructions=-,format=audio/pcm/audio/pcm,turns=-,voice=cedar}");
    model_updated(&d); /* acknowledges nothing */
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R20_requests_wait_until_the_agent_is_the_agent)
{
    struct drive d;

    update_sent(&d);
    drive_order(&d, MN_IN_REPLY, "Be brief.");
    SEES_NOTHING(&d);
    model_updated(&d);
    SEES(&d, "note agent_handoff agent=B from=A to=B", "send output c1 {\"assistant\":\"B\"}",
         "send response.create{\"instructions\":\"I am A.\\n\\nBe brief.\"}");
    drive_close(&d);
}

TEST(R22_the_voice_is_left_out_once_audio_was_produced)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    assert_int_equal(model_audio(&d, "r1", "i1", 20).act, MN_AUDIO_DROP); /* produced, if unheard */
    model_done(&d, "r1");
    model_created(&d, "r2");
    model_call(&d, "r2", "c1", "transfer_to_B", "{}");
    job_done(&d, "c1", NULL);
    drive_forget(&d);
    prepared(&d, "I am B.");
    SEES(&d, "send session.update{instructions=I am B.,voice=-}");
    model_updated(&d);
    drive_forget(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime'}}");
    SEES(&d, "tell session.updated{instructions=-,format=audio/pcm/audio/pcm,turns=server_vad,"
             "voice=marin}");
    drive_close(&d);
}

TEST(R22_an_update_that_waited_in_line_knows_of_audio_that_came_meanwhile)
{
    struct drive d;

    drive_ready(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime',"
                     "'audio':{'input':{'turn_detection':null}}}}");
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "transfer_to_B", "{}");
    job_done(&d, "c1", NULL);
    prepared(&d, "I am B.");
    model_audio(&d, "r1", "i1", 20);
    drive_forget(&d);
    model_updated(&d);
    SEES(&d, "tell session.updated{instructions=-,format=audio/pcm/audio/pcm,turns=-,voice=marin}",
         "send session.update{instructions=I am B.,voice=-}");
    drive_close(&d);
}

TEST(R23_the_first_of_two_handoffs_wins_and_the_others_are_ignored)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "transfer_to_B", "{}");
    model_call(&d, "r1", "c2", "transfer_to_A", "{}");
    SEES(&d, "run handoff transfer_to_B c1 {} as A", "send output c2 " ANOTHER);
    job_done(&d, "c1", NULL);
    prepared(&d, "I am B.");
    model_updated(&d);
    drive_forget(&d);
    model_call(&d, "r1", "c3", "transfer_to_A", "{}");
    SEES(&d, "send output c3 " ANOTHER);
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R23_a_handoff_to_the_agent_who_speaks_is_answered_and_does_nothing)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "transfer_to_A", "{}");
    SEES(&d, "send output c1 {\"assistant\":\"A\"}");
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R25_a_script_moves_the_call_and_the_new_agent_speaks)
{
    struct drive d;

    drive_ready(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1});
    SEES(&d, "run prepare as B");
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 2}); /* one at a time */
    prepared(&d, "I am B.");
    SEES(&d, TO_B);
    model_updated(&d);
    SEES(&d, "note agent_handoff agent=B from=A to=B", "send response.create");
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1}); /* is already */
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 3}); /* nobody */
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = -1});
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R25_a_script_cannot_move_a_call_that_is_not_set_up)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1});
    drive_set_up(&d);
    SEES(&d, "dial 1", "run prepare as A", BACK);
    drive_close(&d);
}

static void transfer(struct drive *d, const char *response, const char *call, bool to_b)
{
    model_created(d, response);
    model_call(d, response, call, to_b ? "transfer_to_B" : "transfer_to_A", "{}");
    job_done(d, call, NULL);
    prepared(d, to_b ? "I am B." : "I am A.");
    model_updated(d);
    model_done(d, response);
}

TEST(R25_ping_pong_ends_at_the_limit_until_the_caller_speaks)
{
    struct drive d;

    drive_init(&d);
    d.app.max_handoffs_per_turn = 2;
    drive_open(&d);
    drive_set_up(&d);
    transfer(&d, "r1", "c1", true);
    transfer(&d, "r2", "c2", false);
    model_created(&d, "r3");
    drive_forget(&d);
    model_call(&d, "r3", "c3", "transfer_to_B", "{}");
    SEES(&d, "send output c3 " TOO_MANY);
    model_done(&d, "r3");
    SEES(&d, "send response.create");
    caller_speaks(&d);
    model_created(&d, "r4");
    drive_forget(&d);
    model_call(&d, "r4", "c4", "transfer_to_B", "{}");
    SEES(&d, "run handoff transfer_to_B c4 {} as A");
    drive_close(&d);
}

TEST(R50_a_handoff_stands_in_the_history_where_it_happened)
{
    struct drive d;
    struct mn_buf out = {0};

    drive_ready(&d);
    transfer(&d, "r1", "c1", true);
    model_sends(&d,
                "{'type':'conversation.item.added','previous_item_id':'item_c1','item':{'id':'%s',"
                "'type':'function_call_output','call_id':'c1','output':''}}",
                d.item_id);
    model_item(&d, "assistant", "i1", d.item_id);
    assert_int_equal(mn_session_history(d.s, 2, &out), 0);
    assert_non_null(strstr(out.p, "\"type\":\"handoff\",\"from\":\"A\",\"to\":\"B\"}"));
    assert_non_null(strstr(strstr(out.p, "handoff"), "\"id\":\"i1\""));
    mn_buf_free(&out);
    drive_close(&d);
}
