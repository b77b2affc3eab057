/* test_response.c - responses: the order of events, who may run, how they end. */
#include "drive.h"

#define CREATE "{'type':'response.create'}"

static void assert_types(struct drive *d, const char *expected)
{
    assert_string_equal(drive_types(d), expected);
}

TEST(session_created_is_the_first_event)
{
    struct drive d;
    const struct mn_json *created;

    drive_open(&d);
    assert_int_equal(d.n, 1);
    created = drive_last(&d, "session.created");
    assert_true(mn_str_is(drive_at(created, "session.object"), "realtime.session"));
    assert_true(mn_str_is(drive_at(created, "session.type"), "realtime"));
    assert_true(
        mn_str_is(drive_at(created, "session.audio.input.turn_detection.type"), "server_vad"));
    assert_true(mn_str_is(drive_at(created, "session.audio.output.voice"), "marin"));
    assert_int_equal(drive_int(created, "session.expires_at"), 3600);
    drive_close(&d);
}

TEST(a_text_response_has_its_events_in_order)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, "{'type':'session.update','session':{'type':'realtime',"
                   "'output_modalities':['text']}}");
    assert_types(&d, "session.updated");
    drive_says(&d, "Good morning to you.", 0);
    drive_feed(&d, CREATE);
    drive_pass(&d, 1000);
    assert_types(&d, "response.created response.output_item.added conversation.item.added "
                     "response.content_part.added response.output_text.delta "
                     "response.output_text.done response.content_part.done "
                     "conversation.item.done response.output_item.done response.done");
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "response.done"), "response.output.0.content.0.text"),
                  "Good morning to you."));
    drive_close(&d);
}

TEST(an_audio_response_has_its_events_in_order)
{
    struct drive d;

    drive_open(&d);
    drive_says(&d, "Hello.", 200);
    drive_feed(&d, CREATE);
    drive_pass(&d, 1000);
    assert_types(&d, "response.created response.output_item.added conversation.item.added "
                     "response.content_part.added response.output_audio_transcript.delta "
                     "response.output_audio.delta response.output_audio.done "
                     "response.output_audio_transcript.done response.content_part.done "
                     "conversation.item.done response.output_item.done response.done");
    assert_int_equal(drive_count(&d, "response.output_audio.delta"), 2);
    drive_close(&d);
}

TEST(a_function_call_has_its_events_in_order)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    drive_calls(&d, "find_patient", "{\"name\":\"Sam Latif\",\"born\":\"1980-05-01\"}");
    drive_feed(&d, CREATE);
    drive_pass(&d, 1000);
    assert_types(&d, "response.created response.output_item.added conversation.item.added "
                     "response.function_call_arguments.delta "
                     "response.function_call_arguments.done conversation.item.done "
                     "response.output_item.done response.done");
    done = drive_last(&d, "response.output_item.done");
    assert_true(mn_str_is(drive_at(done, "item.type"), "function_call"));
    assert_true(mn_str_is(drive_at(done, "item.status"), "completed"));
    assert_true(mn_str_is(drive_at(done, "item.arguments"),
                          "{\"name\":\"Sam Latif\",\"born\":\"1980-05-01\"}"));
    drive_close(&d);
}
