/* test_session_life.c - how a call begins and ends, and that there is always a way on. */
#include "base/err.h"
#include "session_driver.h"

#include <stdio.h>

#define FIRST                                                                                      \
    "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,turns=server_vad,"        \
    "voice=marin}"

TEST(a_call_dials_and_prepares_at_once_and_configures_when_both_are_there)
{
    struct drive d;

    drive_init(&d);
    d.tells = true;
    drive_open(&d);
    SEES(&d, "dial 1", "run prepare as A",
         "tell session.created{instructions=-,format=audio/pcm/audio/pcm,turns=server_vad,"
         "voice=marin}");
    model_sends(&d, "{'type':'session.created','session':{}}");
    SEES_NOTHING(&d);
    prepared(&d, "I am A.");
    SEES(&d, FIRST);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 0); /* keep it */
    model_updated(&d);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 1);
    assert_true(mn_session_idle(d.s, d.now_ms));
    drive_close(&d);
}

TEST(an_app_says_what_calls_sound_like_at_first)
{
    struct drive d;

    drive_init(&d);
    d.app.input_format = MN_STR("{\"type\":\"audio/pcmu\"}");
    d.app.output_format = MN_STR("{\"type\":\"audio/pcma\"}");
    drive_open(&d);
    SEES(&d, "dial 1", "run prepare as A");
    model_sends(&d, "{'type':'session.created','session':{}}");
    prepared(&d, "I am A.");
    SEES(&d, "send session.update{instructions=I am A.,format=audio/pcmu/audio/pcma,"
             "turns=server_vad,voice=marin}");
    drive_close(&d);
}

TEST(the_agent_who_answers_may_be_chosen)
{
    struct drive d;

    drive_init(&d);
    d.settings.start = 1;
    drive_open(&d);
    SEES(&d, "dial 1", "run prepare as B");
    assert_int_equal(mn_session_agent(d.s), 1);
    drive_close(&d);
}

TEST(inputs_make_no_sense_before_the_start_and_after_the_end)
{
    struct drive d;

    drive_init(&d);
    d.settings.app = &d.app;
    d.s = mn_session_new(&d.settings);
    assert_int_equal(drive_order(&d, MN_IN_SAY, "One."), MN_EPROTOCOL);
    assert_int_equal(drive_order(&d, MN_IN_TIME, NULL), MN_EPROTOCOL);
    assert_int_equal(mn_session_deadline(d.s), INT64_MAX);
    assert_int_equal(drive_order(&d, MN_IN_START, NULL), 0);
    assert_int_equal(drive_order(&d, MN_IN_START, NULL), MN_EPROTOCOL);
    drive_forget(&d);
    assert_int_equal(drive_order(&d, MN_IN_CALLER_LOST, NULL), 0);
    SEES(&d, "stop prepare", "hang up 1", "end 1000 the caller left");
    for (int type = MN_IN_START; type <= MN_IN_TIME; type++)
        assert_int_equal(drive_order(&d, (enum mn_input_type)type, "x"), MN_EPROTOCOL);
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_deadline(d.s), INT64_MAX);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), -1);
    assert_int_equal(model_audio(&d, "r1", "i1", 20).act, MN_AUDIO_DROP);
    drive_close(&d);
}

TEST(events_of_another_leg_are_ignored)
{
    struct drive d;

    drive_ready(&d);
    d.leg = 2;
    assert_int_equal(model_sends(&d, "{'type':'session.updated','session':{}}"), MN_EPROTOCOL);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = 2});
    SEES_NOTHING(&d);
    drive_close(&d);
}

static void leg_down(struct drive *d)
{
    drive_feed(d, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = 1, .err = MN_ECLOSED});
}

TEST(a_leg_that_cannot_be_dialled_ends_the_call_in_words)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    drive_forget(&d);
    leg_down(&d);
    SEES(&d, "tell error upstream_unavailable - for -",
         "note error agent=A code=upstream_unavailable from=myna", "stop prepare",
         "end 1011 upstream_unavailable");
    drive_close(&d);
}

TEST(a_leg_that_is_lost_ends_the_call_in_words)
{
    struct drive d;

    drive_ready(&d);
    leg_down(&d);
    SEES(&d, "tell error upstream_lost - for -", "note error agent=A code=upstream_lost from=myna",
         "end 1011 upstream_lost");
    drive_close(&d);
}

TEST(an_agent_that_cannot_be_prepared_ends_the_call_and_its_leg)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    drive_forget(&d);
    job_fails(&d, "prepare", NULL);
    SEES(&d, "tell error agent_failed - for -", "note error agent=A code=agent_failed from=myna",
         "hang up 1", "end 1011 agent_failed");
    drive_close(&d);
}

TEST(a_script_that_never_prepares_its_agent_ends_the_call)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    drive_forget(&d);
    drive_wait(&d, 2000);
    SEES(&d, "stop prepare", "tell error agent_failed - for -",
         "note error agent=A code=agent_failed from=myna", "hang up 1", "end 1011 agent_failed");
    drive_close(&d);
}

TEST(a_model_that_never_says_a_word_ends_the_call)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    prepared(&d, "I am A.");
    drive_forget(&d);
    drive_wait(&d, 10000);
    SEES(&d, "hang up 1", "tell error upstream_unavailable - for -",
         "note error agent=A code=upstream_unavailable from=myna", "end 1011 upstream_unavailable");
    drive_close(&d);
}

TEST(a_first_update_that_is_refused_or_unanswered_ends_the_call)
{
    for (int refused = 0; refused < 2; refused++) {
        struct drive d;

        drive_init(&d);
        d.notes = 0;
        drive_open(&d);
        prepared(&d, "I am A.");
        model_sends(&d, "{'type':'session.created','session':{}}");
        caller_sends(&d, "{'type':'session.update','session':{'type':'realtime','audio':{"
                         "'input':{'turn_detection':null}}}}"); /* in line behind it */
        drive_forget(&d);
        if (refused)
            model_error(&d, "invalid_value", d.event_id);
        else
            drive_wait(&d, 10000);
        SEES(&d, "hang up 1", "tell error session_refused - for -", "end 1011 session_refused");
        drive_close(&d);
    }
}

TEST(R4_a_request_without_an_answer_is_sent_once_more_and_then_given_up)
{
    struct drive d;

    drive_ready(&d);
    caller_sends(&d, "{'type':'response.create'}");
    SEES(&d, "send response.create");
    drive_wait(&d, 5000);
    SEES(&d, "note error agent=A code=response_owed from=myna", "send response.create");
    drive_wait(&d, 5000);
    SEES(&d, "note error agent=A code=response_owed from=myna");
    drive_order(&d, MN_IN_REPLY, "Go on.");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nGo on.\"}");
    drive_close(&d);
}

TEST(R4_an_app_may_be_more_patient_or_less)
{
    struct drive d;

    drive_init(&d);
    d.app.owed_ms = 1500;
    drive_open(&d);
    drive_set_up(&d);
    caller_sends(&d, "{'type':'response.create'}");
    drive_forget(&d);
    drive_wait(&d, 1499);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "note error agent=A code=response_owed from=myna", "send response.create");
    drive_close(&d);
}

TEST(R4_a_late_answer_to_what_was_asked_twice_is_not_given_twice)
{
    struct drive d;

    drive_ready(&d);
    caller_sends(&d, "{'type':'response.create'}");
    drive_wait(&d, 5000);
    drive_forget(&d);
    model_created(&d, "r1");
    model_error(&d, "conversation_already_has_active_response", d.event_id);
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R4_an_error_that_names_nothing_does_not_hold_the_floor_for_ever)
{
    struct drive d;

    drive_ready(&d);
    caller_sends(&d, "{'type':'response.create'}");
    drive_forget(&d);
    model_error(&d, "rate_limit_exceeded", NULL);
    drive_wait(&d, 5000);
    SEES(&d, "note error agent=A code=rate_limit_exceeded from=model class=caller",
         "tell error rate_limit_exceeded - for -",
         "note error agent=A code=response_owed from=myna", "send response.create");
    drive_close(&d);
}

TEST(R4_a_turn_the_server_does_not_answer_is_asked_for)
{
    struct drive d;

    drive_ready(&d);
    caller_speaks(&d);
    caller_stops(&d);
    drive_wait(&d, 4999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "note error agent=A code=response_owed from=myna", "send response.create");
    drive_close(&d);
}

TEST(R4_a_cancelled_response_that_never_ends_frees_the_floor)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    drive_order(&d, MN_IN_REPLY, "Go on.");
    drive_forget(&d);
    drive_wait(&d, 5000);
    SEES(&d, "note error agent=A code=response_owed from=myna",
         "send response.create{\"instructions\":\"I am A.\\n\\nGo on.\"}");
    drive_close(&d);
}

TEST(speech_that_is_thrown_away_does_not_hold_requests_for_ever)
{
    struct drive d;

    drive_ready(&d);
    caller_speaks(&d);
    drive_order(&d, MN_IN_REPLY, "Go on.");
    SEES_NOTHING(&d);
    model_sends(&d, "{'type':'input_audio_buffer.cleared'}");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nGo on.\"}");
    drive_close(&d);
}

TEST(R5_out_of_band_responses_do_not_disturb)
{
    struct drive d;
    struct mn_buf out = {0};

    drive_ready(&d);
    model_created(&d, "r1");
    model_sends(&d, "{'type':'response.created','response':{'id':'oob','conversation_id':null}}");
    model_sends(&d, "{'type':'response.output_item.done','response_id':'oob','output_index':0,"
                    "'item':{'id':'x','type':'function_call','status':'completed',"
                    "'name':'find_patient','call_id':'c1','arguments':'{}'}}");
    model_sends(&d, "{'type':'response.done','response':{'id':'oob','conversation_id':null,"
                    "'status':'completed','output':[]}}");
    drive_order(&d, MN_IN_REPLY, "Go on.");
    SEES_NOTHING(&d); /* r1 has the floor */
    assert_int_equal(mn_session_history(d.s, 0, &out), 0);
    assert_string_equal(out.p, "[]");
    mn_buf_free(&out);
    model_done(&d, "r1");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nGo on.\"}");
    drive_close(&d);
}

TEST(hanging_up_waits_for_the_last_word_to_be_heard)
{
    struct drive d;

    drive_ready(&d);
    drive_order(&d, MN_IN_SAY, "Goodbye.");
    drive_order(&d, MN_IN_HANG_UP, "done");
    drive_order(&d, MN_IN_HANG_UP, "twice");
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 800);
    model_done(&d, "r1");
    drive_forget(&d);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), -1);
    drive_wait(&d, 799);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "hang up 1", "end 1000 done");
    drive_close(&d);
}

TEST(hanging_up_with_nothing_to_say_is_at_once)
{
    struct drive d;

    drive_ready(&d);
    drive_order(&d, MN_IN_HANG_UP, NULL);
    SEES(&d, "hang up 1", "end 1000 hung up");
    drive_close(&d);
}

TEST(hanging_up_does_not_wait_for_ever)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_HANG_UP, "done");
    drive_wait(&d, 15000);
    model_words(&d, "r1", "i1", "and on and on");
    drive_wait(&d, 14999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "hang up 1", "end 1000 done");
    drive_close(&d);
}

TEST(R50_a_late_transcript_fills_its_items_place)
{
    struct drive d;
    struct mn_buf out = {0};

    drive_ready(&d);
    d.notes = 1u << MN_NOTE_HISTORY_ADDED | 1u << MN_NOTE_HISTORY_UPDATED;
    model_item(&d, "user", "u1", "");
    model_item(&d, "user", "u1", ""); /* R51: added once */
    model_item(&d, "user", "u3", "u1");
    SEES(&d,
         "note history_added agent=A item={\"id\":\"u1\",\"type\":\"message\",\"role\":\"user\","
         "\"text\":\"\"}",
         "note history_added agent=A item={\"id\":\"u3\",\"type\":\"message\",\"role\":\"user\","
         "\"text\":\"\"}");
    model_sends(&d, "{'type':'conversation.item.input_audio_transcription.completed',"
                    "'item_id':'u1','content_index':0,'transcript':'Hello.'}");
    SEES(&d, "note history_updated agent=A item={\"id\":\"u1\",\"type\":\"message\","
             "\"role\":\"user\",\"text\":\"Hello.\"}");
    assert_int_equal(mn_session_history(d.s, 0, &out), 0);
    assert_string_equal(
        out.p, "[{\"id\":\"u1\",\"type\":\"message\",\"role\":\"user\",\"text\":\"Hello.\"},"
               "{\"id\":\"u3\",\"type\":\"message\",\"role\":\"user\",\"text\":\"\"}]");
    mn_buf_free(&out);
    drive_close(&d);
}

TEST(a_full_history_may_forget_the_item_that_is_being_spoken)
{
    struct drive d;
    char id[16];

    drive_ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "voice", "");
    model_audio(&d, "r1", "voice", 20);
    for (int i = 0; i < 4096; i++) {
        snprintf(id, sizeof(id), "u%d", i);
        model_item(&d, "user", id, "");
    }
    assert_int_equal(model_audio(&d, "r1", "voice", 20).act, MN_AUDIO_PLAY);
    model_sends(&d, "{'type':'conversation.item.deleted','item_id':'u4095'}");
    caller_speaks(&d);
    drive_close(&d);
}
