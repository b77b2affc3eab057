/* test_response.c - responses: the order of events, who may run, how they end. */
#include "drive.h"

#include "audio/speech.h"
#include "base/b64.h"
#include "base/err.h"

#include <errno.h>

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

/* --- who may run ------------------------------------------------------------------------------ */

TEST(a_second_default_response_is_refused_without_naming_the_event)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, CREATE);
    drive_feed(&d, "{'type':'response.create','event_id':'mine'}");
    drive_refused(&d, "conversation_already_has_active_response", "");
    assert_int_equal(drive_at(drive_last(&d, "error"), "error.event_id").n, 0);
    drive_pass(&d, 2000);
    assert_int_equal(drive_count(&d, "response.created"), 1);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    drive_close(&d);
}

TEST(an_out_of_band_response_runs_beside_and_stays_out_of_the_conversation)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    drive_says(&d, "A long answer.", 5000);
    drive_feed(&d, CREATE);
    drive_pass(&d, 100);
    drive_feed(&d, "{'type':'response.create','response':{'conversation':'none',"
                   "'output_modalities':['text'],'metadata':{'why':'filler'},"
                   "'instructions':'Say exactly these words.','input':[]}}");
    assert_true(d.out_of_band);
    assert_string_equal(d.instructions, "Say exactly these words.");
    drive_pass(&d, 200);
    done = drive_last(&d, "response.done");
    assert_true(mn_str_is(drive_at(done, "response.metadata.why"), "filler"));
    assert_true(mn_str_is(drive_at(done, "response.output.0.content.0.text"), "Yes."));
    assert_int_equal(drive_count(&d, "conversation.item.added"), 1);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    drive_pass(&d, 2000);
    assert_int_equal(drive_count(&d, "response.done"), 2);
    drive_close(&d);
}

TEST(an_out_of_band_response_sees_the_input_it_was_given)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, "{'type':'conversation.item.create','item':{'id':'item_a','type':'message',"
                   "'role':'user','content':[{'type':'input_text','text':'First.'}]}}");
    drive_feed(&d, "{'type':'response.create','response':{'conversation':'none','input':["
                   "{'type':'message','role':'user','content':[{'type':'input_text',"
                   "'text':'Sum this up.'}]},{'type':'item_reference','id':'item_a'}]}}");
    assert_string_equal(d.last_line, "First.");
    drive_close(&d);
}

/* --- how they end ----------------------------------------------------------------------------- */

TEST(a_cancel_closes_everything_that_was_open)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    drive_says(&d, "We are open from eight until six.", 6000);
    drive_feed(&d, CREATE);
    drive_pass(&d, 400);
    drive_types(&d);
    drive_feed(&d, "{'type':'response.cancel'}");
    assert_types(&d, "response.output_audio.done response.output_audio_transcript.done "
                     "response.content_part.done conversation.item.done response.output_item.done "
                     "response.done");
    done = drive_last(&d, "response.done");
    assert_true(mn_str_is(drive_at(done, "response.status"), "cancelled"));
    assert_true(mn_str_is(drive_at(done, "response.status_details.reason"), "client_cancelled"));
    drive_pass(&d, 5000);
    assert_types(&d, "");
    drive_close(&d);
}

TEST(a_cancel_while_it_thinks_ends_with_no_output)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, CREATE);
    drive_types(&d);
    drive_feed(&d, "{'type':'response.cancel'}");
    assert_types(&d, "response.done");
    drive_feed(&d, "{'type':'response.cancel'}");
    drive_refused(&d, "response_cancel_not_active", "");
    drive_close(&d);
}

TEST(a_cancelled_call_ends_incomplete_with_the_arguments_so_far)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    drive_calls(&d, "find_patient",
                "{\"name\":\"Somebody With A Long Name\",\"born\":\"1980-05-01\"}");
    drive_feed(&d, CREATE);
    drive_pass(&d, 10); /* the time it thinks: the first piece is out */
    drive_types(&d);
    drive_feed(&d, "{'type':'response.cancel'}");
    assert_types(&d, "response.function_call_arguments.done conversation.item.done "
                     "response.output_item.done response.done");
    done = drive_last(&d, "response.output_item.done");
    assert_true(mn_str_is(drive_at(done, "item.status"), "incomplete"));
    assert_int_equal(drive_at(done, "item.arguments").n, 24);
    drive_close(&d);
}

TEST(an_out_of_band_response_is_cancelled_by_its_id_only)
{
    struct drive d;
    struct mn_str id;

    drive_open(&d);
    drive_says(&d, "One moment, please.", 3000);
    drive_feed(&d, "{'type':'response.create','response':{'conversation':'none'}}");
    drive_feed(&d, "{'type':'response.cancel'}");
    drive_refused(&d, "response_cancel_not_active", "");
    id = drive_at(drive_last(&d, "response.created"), "response.id");
    drive_feed(&d, "{'type':'response.cancel','response_id':'%.*s'}", MN_FMT(id));
    assert_types(&d, "response.done");
    drive_close(&d);
}

TEST(a_brain_that_errs_makes_the_response_fail)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    d.err = MN_EFULL;
    drive_feed(&d, CREATE);
    drive_pass(&d, 100);
    assert_types(&d, "response.created response.done");
    done = drive_last(&d, "response.done");
    assert_true(mn_str_is(drive_at(done, "response.status"), "failed"));
    assert_true(mn_str_is(drive_at(done, "response.status_details.error.type"), "server_error"));
    drive_close(&d);
}

TEST(a_brain_that_does_not_know_yet_is_asked_again_when_woken)
{
    struct drive d;

    drive_open(&d);
    d.err = -EAGAIN;
    drive_feed(&d, CREATE);
    drive_pass(&d, 5000);
    assert_types(&d, "response.created");
    d.err = 0;
    assert_int_equal(mn_sim_wake(d.sim, d.now_ms), 0);
    drive_pass(&d, 2000);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    assert_int_equal(d.answers, 2);
    drive_close(&d);
}

TEST(a_response_over_its_tokens_is_incomplete)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    drive_says(&d, "A long answer that goes on.", 10000);
    drive_feed(&d, "{'type':'response.create','response':{'max_output_tokens':50}}");
    drive_pass(&d, 5000);
    done = drive_last(&d, "response.done");
    assert_true(mn_str_is(drive_at(done, "response.status"), "incomplete"));
    assert_true(mn_str_is(drive_at(done, "response.status_details.reason"), "max_output_tokens"));
    drive_close(&d);
}

TEST(a_response_may_say_and_call)
{
    struct drive d;

    drive_open(&d);
    drive_says(&d, "Let me look.", 200);
    drive_calls(&d, "find_patient", "{}");
    drive_feed(&d, CREATE);
    drive_pass(&d, 1000);
    assert_int_equal(drive_count(&d, "response.output_item.done"), 2);
    assert_int_equal(drive_int(drive_last(&d, "response.output_item.done"), "output_index"), 1);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    drive_close(&d);
}

/* --- what they are made of -------------------------------------------------------------------- */

TEST(usage_adds_up_and_what_is_cached_is_a_part_of_the_input)
{
    struct drive d;
    const struct mn_json *u;

    drive_open(&d);
    for (int i = 0; i < 40; i++)
        drive_feed(&d, "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                       "'content':[{'type':'input_text','text':'Some words to count.'}]}}");
    for (int i = 0; i < 2; i++) {
        drive_feed(&d, CREATE);
        drive_pass(&d, 2000);
    }
    u = mn_json_get(mn_json_get(drive_last(&d, "response.done"), "response"), "usage");
    assert_int_equal(drive_int(u, "total_tokens"),
                     drive_int(u, "input_tokens") + drive_int(u, "output_tokens"));
    assert_int_equal(drive_int(u, "input_tokens"),
                     drive_int(u, "input_token_details.text_tokens") +
                         drive_int(u, "input_token_details.audio_tokens") +
                         drive_int(u, "input_token_details.image_tokens"));
    assert_int_equal(drive_int(u, "output_tokens"),
                     drive_int(u, "output_token_details.text_tokens") +
                         drive_int(u, "output_token_details.audio_tokens"));
    assert_int_equal(drive_int(u, "input_token_details.cached_tokens"), 192);
    assert_true(drive_int(u, "output_token_details.audio_tokens") > 0);
    assert_int_equal(drive_count(&d, "rate_limits.updated"), 2);
    drive_close(&d);
}

TEST(audio_comes_five_times_faster_than_it_plays)
{
    struct drive d;

    drive_open(&d);
    drive_says(&d, "Ten seconds of speech.", 10000);
    drive_feed(&d, CREATE);
    drive_pass(&d, 20 + 1000);
    assert_in_range(drive_count(&d, "response.output_audio.delta"), 50, 51);
    drive_pass(&d, 1100);
    assert_int_equal(drive_count(&d, "response.output_audio.delta"), 100);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    drive_close(&d);
}

TEST(the_transcript_leads_its_audio)
{
    struct drive d;

    drive_open(&d);
    drive_says(&d, "one two three four five six seven eight nine ten", 10000);
    drive_feed(&d, CREATE);
    drive_pass(&d, 20 + 20 * 19); /* 2 s of audio and 0.3 s of words ahead */
    drive_feed(&d, "{'type':'response.cancel'}");
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "response.output_audio_transcript.done"), "transcript"),
                  "one two three"));
    drive_close(&d);
}

TEST(speech_carries_the_place_of_each_block)
{
    struct drive d;
    struct mn_buf bytes = {0};
    int16_t pcm[480];
    struct mn_speech_mark mark;

    drive_open(&d);
    drive_says(&d, "Hello.", 1000);
    drive_feed(&d, CREATE);
    drive_pass(&d, 2000);
    mn_b64_decode(&bytes, drive_at(drive_last(&d, "response.output_audio.delta"), "delta"));
    assert_int_equal(bytes.n, 4800);
    memcpy(pcm, bytes.p, sizeof(pcm));
    mark = mn_speech_read(pcm, 24000);
    assert_int_equal(mark.kind, MN_SPEECH_MARKED);
    assert_int_equal(mark.item, 1);
    assert_int_equal(mark.ms, 900);
    mn_buf_free(&bytes);
    drive_close(&d);
}

/* --- the end of a session --------------------------------------------------------------------- */

TEST(a_session_ends_after_an_hour)
{
    struct drive d;
    int code;
    struct mn_str reason;

    drive_open(&d);
    drive_pass(&d, 60 * 60 * 1000 - 1);
    assert_false(mn_sim_closed(d.sim, &code, &reason));
    drive_pass(&d, 1);
    drive_refused(&d, "session_expired", "");
    assert_true(mn_sim_closed(d.sim, &code, &reason));
    assert_int_equal(code, 1001);
    assert_int_equal(mn_sim_feed(d.sim, MN_STR(CREATE), d.now_ms), MN_ECLOSED);
    assert_true(mn_sim_deadline(d.sim) == INT64_MAX);
    drive_close(&d);
}

TEST(the_same_seed_gives_the_same_record)
{
    struct drive a, b;

    drive_open(&a);
    drive_open(&b);
    drive_feed(&a, CREATE);
    drive_feed(&b, CREATE);
    drive_pass(&a, 1000);
    drive_pass(&b, 1000);
    assert_int_equal(a.n, b.n);
    for (int i = 0; i < a.n; i++)
        assert_string_equal(a.said[i], b.said[i]);
    drive_close(&a);
    drive_close(&b);
}
