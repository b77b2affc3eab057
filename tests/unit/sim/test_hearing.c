/* test_hearing.c - the caller's audio: manual turns, turns by VAD, cutting in, transcripts. */
#include "drive.h"

#include "base/err.h"

#define INPUT(members)                                                                             \
    "{'type':'session.update','session':{'type':'realtime','audio':{'input':{" members "}}}}"

static void manual(struct drive *d)
{
    drive_open(d);
    drive_feed(d, INPUT("'turn_detection':null"));
    drive_types(d);
}

TEST(a_commit_makes_an_item_and_no_response)
{
    struct drive d;

    manual(&d);
    drive_audio(&d, 100, 8000);
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    drive_pass(&d, 1000);
    assert_string_equal(drive_types(&d), "input_audio_buffer.committed conversation.item.added "
                                         "conversation.item.done");
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    drive_refused(&d, "input_audio_buffer_commit_empty", "");
    drive_close(&d);
}

TEST(a_commit_under_100_ms_is_refused_and_keeps_the_audio)
{
    struct drive d;

    manual(&d);
    drive_audio(&d, 80, 8000);
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    drive_refused(&d, "input_audio_buffer_commit_empty", "");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.message"),
                          "Error committing input audio buffer: buffer too small. Expected at "
                          "least 100ms of audio, but buffer only has 80.00ms of audio."));
    drive_audio(&d, 20, 8000);
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    assert_int_equal(drive_count(&d, "input_audio_buffer.committed"), 1);
    drive_close(&d);
}

TEST(a_clear_forgets_the_audio)
{
    struct drive d;

    manual(&d);
    drive_audio(&d, 200, 8000);
    drive_feed(&d, "{'type':'input_audio_buffer.clear'}");
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    drive_refused(&d, "input_audio_buffer_commit_empty", "");
    drive_close(&d);
}

TEST(a_turn_found_by_vad_is_answered)
{
    struct drive d;

    drive_open(&d);
    mn_sim_heard(d.sim, MN_STR("Good morning."));
    drive_audio(&d, 400, 0);
    drive_audio(&d, 600, 8000);
    drive_audio(&d, 500, 0);
    assert_string_equal(drive_types(&d),
                        "input_audio_buffer.speech_started input_audio_buffer.speech_stopped "
                        "input_audio_buffer.committed conversation.item.added "
                        "conversation.item.done response.created");
    assert_string_equal(d.last_line, "Good morning.");
    assert_int_equal(
        drive_int(drive_last(&d, "input_audio_buffer.speech_started"), "audio_start_ms"), 100);
    assert_int_equal(drive_int(drive_last(&d, "input_audio_buffer.speech_stopped"), "audio_end_ms"),
                     1500);
    drive_close(&d);
}

TEST(one_turn_has_one_item_id)
{
    struct drive d;
    char id[64];
    struct mn_str started;

    drive_open(&d);
    drive_audio(&d, 300, 8000);
    drive_audio(&d, 500, 0);
    started = drive_at(drive_last(&d, "input_audio_buffer.speech_started"), "item_id");
    assert_true(started.n > 0 && started.n < sizeof(id));
    memcpy(id, started.p, started.n);
    id[started.n] = '\0';
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "input_audio_buffer.speech_stopped"), "item_id"), id));
    assert_true(mn_str_is(drive_at(drive_last(&d, "input_audio_buffer.committed"), "item_id"), id));
    assert_true(mn_str_is(drive_at(drive_last(&d, "conversation.item.done"), "item.id"), id));
    drive_close(&d);
}

TEST(a_turn_is_heard_in_g711_too)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, INPUT("'format':{'type':'audio/pcmu'}"));
    /* 0x8f and 0x0f are loud, 0xff is silence; three bytes in four characters */
    for (int i = 0; i < 30; i++)
        drive_feed(&d, "{'type':'input_audio_buffer.append','audio':'%s'}",
                   "jw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD4"
                   "8Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+P"
                   "D48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+PD48Pjw+P");
    assert_int_equal(drive_count(&d, "input_audio_buffer.speech_started"), 1);
    drive_close(&d);
}

TEST(the_caller_who_cuts_in_cancels_the_response)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    drive_says(&d, "We are open from eight until six on weekdays.", 6000);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 400);
    drive_types(&d);
    drive_audio(&d, 60, 8000);
    assert_string_equal(drive_types(&d),
                        "response.output_audio.delta input_audio_buffer.speech_started "
                        "response.output_audio.done response.output_audio_transcript.done "
                        "response.content_part.done conversation.item.done "
                        "response.output_item.done response.done");
    done = drive_last(&d, "response.done");
    assert_true(mn_str_is(drive_at(done, "response.status"), "cancelled"));
    assert_true(mn_str_is(drive_at(done, "response.status_details.reason"), "turn_detected"));
    assert_true(mn_str_is(drive_at(done, "response.output.0.status"), "incomplete"));
    drive_close(&d);
}

TEST(without_interrupt_response_the_response_goes_on)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, INPUT("'turn_detection':{'type':'server_vad','interrupt_response':false}"));
    drive_says(&d, "A long answer.", 20000);
    drive_feed(&d, "{'type':'response.create'}");
    drive_audio(&d, 300, 8000);
    drive_audio(&d, 600, 0);
    assert_int_equal(drive_count(&d, "response.done"), 0);
    assert_int_equal(drive_count(&d, "input_audio_buffer.committed"), 1);
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.code"),
                          "conversation_already_has_active_response"));
    drive_close(&d);
}

TEST(without_create_response_a_turn_is_only_committed)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, INPUT("'turn_detection':{'type':'server_vad','create_response':false}"));
    drive_audio(&d, 300, 8000);
    drive_audio(&d, 600, 0);
    assert_int_equal(drive_count(&d, "input_audio_buffer.committed"), 1);
    assert_int_equal(drive_count(&d, "response.created"), 0);
    drive_close(&d);
}

TEST(an_eager_turn_ends_after_a_shorter_pause)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, INPUT("'turn_detection':{'type':'semantic_vad','eagerness':'high'}"));
    drive_audio(&d, 300, 8000);
    drive_audio(&d, 260, 0);
    assert_int_equal(drive_count(&d, "input_audio_buffer.committed"), 1);
    drive_close(&d);
}

TEST(the_transcript_comes_late_when_it_was_asked_for)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, INPUT("'turn_detection':null,'transcription':{'model':'whisper-1'}"));
    mn_sim_heard(d.sim, MN_STR("Hello there."));
    drive_audio(&d, 200, 8000);
    drive_types(&d);
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    drive_pass(&d, 299);
    assert_string_equal(drive_types(&d), "input_audio_buffer.committed conversation.item.added "
                                         "conversation.item.done");
    drive_pass(&d, 1);
    assert_string_equal(drive_types(&d), "conversation.item.input_audio_transcription.delta "
                                         "conversation.item.input_audio_transcription.completed");
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "conversation.item.input_audio_transcription.completed"),
                           "transcript"),
                  "Hello there."));
    drive_close(&d);
}

TEST(an_item_deleted_meanwhile_gets_no_transcript)
{
    struct drive d;
    struct mn_str id;

    drive_open(&d);
    drive_feed(&d, INPUT("'turn_detection':null,'transcription':{'model':'whisper-1'}"));
    drive_audio(&d, 200, 8000);
    drive_feed(&d, "{'type':'input_audio_buffer.commit'}");
    id = drive_at(drive_last(&d, "input_audio_buffer.committed"), "item_id");
    drive_feed(&d, "{'type':'conversation.item.delete','item_id':'%.*s'}", MN_FMT(id));
    drive_pass(&d, 1000);
    assert_int_equal(drive_count(&d, "conversation.item.input_audio_transcription.completed"), 0);
    drive_close(&d);
}

TEST(silence_after_an_answer_triggers_the_idle_timeout)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, INPUT("'turn_detection':{'type':'server_vad','idle_timeout_ms':5000}"));
    drive_says(&d, "Are you there?", 1000);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 6000);
    assert_int_equal(drive_count(&d, "input_audio_buffer.timeout_triggered"), 0);
    drive_types(&d);
    drive_pass(&d, 500);
    assert_string_equal(drive_types(&d), "input_audio_buffer.timeout_triggered "
                                         "input_audio_buffer.committed conversation.item.added "
                                         "conversation.item.done response.created "
                                         "response.output_item.added conversation.item.added "
                                         "response.content_part.added "
                                         "response.output_audio_transcript.delta "
                                         "response.output_audio.delta "
                                         "response.output_audio.done "
                                         "response.output_audio_transcript.done "
                                         "response.content_part.done conversation.item.done "
                                         "response.output_item.done response.done");
    drive_close(&d);
}

TEST(words_given_ahead_are_bounded)
{
    struct drive d;

    drive_open(&d);
    for (int i = 0; i < 64; i++)
        assert_int_equal(mn_sim_heard(d.sim, MN_STR("x")), 0);
    assert_int_equal(mn_sim_heard(d.sim, MN_STR("x")), MN_EFULL);
    drive_close(&d);
}
