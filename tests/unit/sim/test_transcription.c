/* test_transcription.c - sessions that only transcribe: turns and their words, no responses. */
#include "drive.h"

static void open_session(struct drive *d, enum mn_dialect dialect)
{
    struct mn_sim_settings set = mn_sim_defaults();

    set.transcription = true;
    set.dialect = dialect;
    drive_open_with(d, set);
}

#define UPDATE                                                                                     \
    "{'type':'session.update','session':{'type':'transcription','audio':{'input':"                 \
    "{'transcription':{'model':'gpt-4o-transcribe'}}}}}"

TEST(a_transcription_session_shows_its_input_and_nothing_else)
{
    struct drive d;
    const struct mn_json *session;

    open_session(&d, MN_GA);
    session = mn_json_get(drive_last(&d, "session.created"), "session");
    assert_true(mn_str_is(mn_json_str(session, "type"), "transcription"));
    assert_non_null(mn_json_get(mn_json_get(session, "audio"), "input"));
    assert_null(mn_json_get(mn_json_get(session, "audio"), "output"));
    assert_null(mn_json_get(session, "instructions"));
    assert_null(mn_json_get(session, "model"));
    drive_close(&d);
}

TEST(a_turn_is_transcribed_and_not_answered)
{
    struct drive d;

    open_session(&d, MN_GA);
    drive_feed(&d, UPDATE);
    assert_int_equal(mn_sim_heard(d.sim, MN_STR("Good morning.")), 0);
    drive_types(&d);
    drive_audio(&d, 600, 8000);
    drive_audio(&d, 1200, 0);
    drive_pass(&d, 1000);
    assert_string_equal(
        drive_types(&d),
        "input_audio_buffer.speech_started input_audio_buffer.speech_stopped "
        "input_audio_buffer.committed conversation.item.added conversation.item.done "
        "conversation.item.input_audio_transcription.delta "
        "conversation.item.input_audio_transcription.completed");
    drive_close(&d);
}

TEST(a_transcription_session_refuses_a_response)
{
    struct drive d;

    open_session(&d, MN_GA);
    drive_feed(&d, "{'type':'response.create','event_id':'mine'}");
    drive_refused(&d, "invalid_value", "type");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.event_id"), "mine"));
    drive_close(&d);
}

TEST(a_session_stays_of_the_kind_it_was_dialled_as)
{
    struct drive d;

    open_session(&d, MN_GA);
    drive_feed(&d, "{'type':'session.update','session':{'type':'realtime'}}");
    drive_refused(&d, "invalid_value", "session.type");
    drive_close(&d);
    drive_open(&d);
    drive_feed(&d, UPDATE);
    drive_refused(&d, "invalid_value", "session.type");
    drive_close(&d);
}

TEST(beta_has_an_event_of_its_own_for_transcription)
{
    struct drive d;
    const char *update = "{'type':'transcription_session.update','session':{"
                         "'input_audio_transcription':{'model':'whisper-1'}}}";

    open_session(&d, MN_BETA);
    drive_types(&d);
    drive_feed(&d, "%s", update);
    assert_string_equal(drive_types(&d), "transcription_session.updated");
    drive_feed(&d, "{'type':'session.update','session':{}}");
    drive_refused(&d, "invalid_value", "type");
    drive_close(&d);
    open_session(&d, MN_GA);
    drive_feed(&d, "%s", update); /* GA does not know it */
    drive_refused(&d, "invalid_value", "type");
    drive_close(&d);
}
