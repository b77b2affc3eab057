/* test_config.c - session.update: only what is present changes, all or nothing. */
#include "drive.h"

#define UPDATE(members)                                                                            \
    "{'type':'session.update','event_id':'mine','session':{'type':'realtime'," members "}}"

TEST(an_update_changes_what_is_present_and_nothing_else)
{
    struct drive d;
    const struct mn_json *updated;

    drive_open(&d);
    drive_feed(&d, UPDATE("'instructions':'Be brief.','audio':{'output':{'voice':'sage'}}"));
    drive_feed(&d, UPDATE("'audio':{'input':{'transcription':{'model':'whisper-1'}}}"));
    updated = drive_last(&d, "session.updated");
    assert_true(mn_str_is(drive_at(updated, "session.instructions"), "Be brief."));
    assert_true(mn_str_is(drive_at(updated, "session.audio.output.voice"), "sage"));
    assert_true(
        mn_str_is(drive_at(updated, "session.audio.input.transcription.model"), "whisper-1"));
    assert_int_equal(drive_int(updated, "session.audio.input.turn_detection.silence_duration_ms"),
                     500);
    assert_false(mn_str_is(drive_at(updated, "event_id"), "mine"));
    drive_close(&d);
}

TEST(an_update_that_is_refused_changes_nothing)
{
    struct drive d;
    const struct mn_json *updated;

    drive_open(&d);
    drive_feed(&d, UPDATE("'instructions':'Be long.','tracing':'auto','model':'other'"));
    drive_refused(&d, "invalid_value", "session.model");
    drive_feed(&d, UPDATE("'tools':[]"));
    updated = drive_last(&d, "session.updated");
    assert_false(mn_str_is(drive_at(updated, "session.instructions"), "Be long."));
    drive_close(&d);
}

TEST(the_voice_is_fixed_once_there_was_audio)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, UPDATE("'audio':{'output':{'voice':'ash'}}"));
    assert_string_equal(drive_types(&d), "session.updated");
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 2000);
    drive_feed(&d, UPDATE("'instructions':'New.','audio':{'output':{'voice':'sage'}}"));
    drive_refused(&d, "cannot_update_voice", "session.audio.output.voice");
    drive_feed(&d, UPDATE("'audio':{'output':{'voice':'ash'}}")); /* the same is no change */
    assert_string_equal(drive_types(&d), "session.updated");
    assert_false(
        mn_str_is(drive_at(drive_last(&d, "session.updated"), "session.instructions"), "New."));
    drive_close(&d);
}

TEST(instructions_and_tools_are_cleared_by_empty_values)
{
    struct drive d;
    const struct mn_json *updated;

    drive_open(&d);
    drive_feed(&d, UPDATE("'tools':[{'type':'function','name':'look'}]"));
    drive_feed(&d, UPDATE("'instructions':'','tools':[]"));
    updated = drive_last(&d, "session.updated");
    assert_int_equal(drive_at(updated, "session.instructions").n, 0);
    assert_int_equal(mn_json_count(mn_json_get(mn_json_get(updated, "session"), "tools")), 0);
    drive_close(&d);
}

TEST(semantic_vad_is_shown_as_it_was_asked_for)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, UPDATE("'audio':{'input':{'turn_detection':{'type':'semantic_vad',"
                          "'eagerness':'low','interrupt_response':false}}}"));
    assert_true(mn_str_is(
        drive_at(drive_last(&d, "session.updated"), "session.audio.input.turn_detection.eagerness"),
        "low"));
    drive_close(&d);
}

TEST(beta_has_a_flat_session_and_its_own_names)
{
    struct mn_sim_settings set = mn_sim_defaults();
    struct drive d;
    const struct mn_json *session;

    set.dialect = MN_BETA;
    drive_open_with(&d, set);
    assert_int_equal(drive_count(&d, "conversation.created"), 1);
    drive_feed(&d, "{'type':'session.update','session':{'voice':'ash',"
                   "'output_audio_format':'g711_ulaw','turn_detection':null}}");
    session = drive_last(&d, "session.updated");
    assert_true(mn_str_is(drive_at(session, "session.output_audio_format"), "g711_ulaw"));
    assert_true(mn_str_is(drive_at(session, "session.input_audio_format"), "pcm16"));
    assert_true(mn_str_is(drive_at(session, "session.voice"), "ash"));
    drive_types(&d);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 2000);
    assert_string_equal(
        drive_types(&d),
        "response.created response.output_item.added conversation.item.created "
        "response.content_part.added response.audio_transcript.delta response.audio.delta "
        "response.audio.done response.audio_transcript.done response.content_part.done "
        "response.output_item.done response.done");
    assert_true(mn_str_is(
        drive_at(drive_last(&d, "response.done"), "response.output.0.content.0.type"), "audio"));
    drive_close(&d);
}
