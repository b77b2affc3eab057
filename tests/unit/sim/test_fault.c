/* test_fault.c - what goes wrong on request goes wrong as asked, once, and only to the client. */
#include "drive.h"

#include "base/err.h"
#include "sim/fault.h"

#include <errno.h>
#include <stdio.h>

#define UPDATE "{'type':'session.update','event_id':'mine','session':{'type':'realtime'}}"

static void strike(struct drive *d, enum mn_sim_fault fault, int64_t number, const char *text)
{
    assert_int_equal(mn_sim_fault(d->sim, fault, number, mn_str(text), d->now_ms), 0);
}

/* The next event as it is, which need not be one. */
static void next(struct drive *d, char out[4096])
{
    struct mn_buf event = {0};

    assert_true(mn_sim_next(d->sim, &event));
    snprintf(out, 4096, "%s", event.p);
    mn_buf_free(&event);
}

static void feed_quietly(struct drive *d, const char *frame)
{
    assert_int_equal(mn_sim_feed(d->sim, mn_str(frame), d->now_ms), 0);
}

TEST(a_dropped_session_ends_with_1006_and_loses_what_was_not_taken)
{
    struct drive d;
    struct mn_str reason;
    struct mn_buf event = {0};
    int code;

    drive_open(&d);
    feed_quietly(&d, "{\"type\":\"input_audio_buffer.clear\"}");
    strike(&d, MN_SIM_DROP, 0, "");
    assert_true(mn_sim_closed(d.sim, &code, &reason));
    assert_int_equal(code, 1006);
    assert_false(mn_sim_next(d.sim, &event));
    assert_int_equal(mn_sim_fault(d.sim, MN_SIM_DROP, 0, mn_str(""), d.now_ms), MN_ECLOSED);
    drive_close(&d);
}

TEST(a_session_closes_with_the_code_and_reason_asked_for)
{
    struct drive d;
    struct mn_str reason;
    int code;

    drive_open(&d);
    assert_int_equal(mn_sim_fault(d.sim, MN_SIM_CLOSE, 7, mn_str(""), d.now_ms), -EINVAL);
    strike(&d, MN_SIM_CLOSE, 1011, "keepalive ping timeout");
    assert_true(mn_sim_closed(d.sim, &code, &reason));
    assert_int_equal(code, 1011);
    assert_true(mn_str_is(reason, "keepalive ping timeout"));
    drive_close(&d);
}

TEST(a_stall_holds_every_event_back_and_then_lets_them_go_in_order)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, "{'type':'response.create'}");
    drive_types(&d);
    strike(&d, MN_SIM_STALL, 3000, "");
    drive_feed(&d, UPDATE);
    drive_pass(&d, 2999);
    assert_string_equal(drive_types(&d), "");
    drive_pass(&d, 3000);
    assert_int_equal(drive_count(&d, "session.updated"), 1);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    drive_close(&d);
}

TEST(a_stall_for_ever_has_no_deadline)
{
    struct drive d;

    drive_open(&d);
    strike(&d, MN_SIM_STALL, 0, "");
    assert_true(mn_sim_deadline(d.sim) == INT64_MAX);
    drive_close(&d);
}

TEST(a_session_expires_when_asked_in_the_middle_of_a_response)
{
    struct drive d;
    struct mn_str reason;
    int code;

    drive_open(&d);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 15);
    drive_types(&d);
    strike(&d, MN_SIM_EXPIRE, 0, "");
    drive_pass(&d, 0);
    assert_string_equal(drive_types(&d), "error");
    drive_refused(&d, "session_expired", "");
    assert_true(mn_sim_closed(d.sim, &code, &reason));
    assert_int_equal(code, 1001);
    drive_close(&d);
}

TEST(the_next_event_is_spoiled_and_no_other)
{
    static const struct {
        enum mn_sim_fault fault;
        const char *begins;
    } spoilt[] = {{MN_SIM_NOT_JSON, "<html>"}, {MN_SIM_WRONG_TYPE, "{\"type\":7777"}};
    struct drive d;
    char text[4096];
    struct mn_json *tree;

    drive_open(&d);
    for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
        strike(&d, spoilt[i].fault, 0, "");
        feed_quietly(&d, "{\"type\":\"input_audio_buffer.clear\"}");
        next(&d, text);
        assert_memory_equal(text, spoilt[i].begins, strlen(spoilt[i].begins));
        drive_feed(&d, "{'type':'input_audio_buffer.clear'}");
        assert_string_equal(drive_types(&d), "input_audio_buffer.cleared");
    }
    strike(&d, MN_SIM_CUT_SHORT, 0, "");
    feed_quietly(&d, "{\"type\":\"input_audio_buffer.clear\"}");
    next(&d, text);
    assert_true(mn_json_parse(&tree, mn_str(text), &mn_json_frame, NULL) < 0);
    drive_close(&d);
}

TEST(events_come_in_an_order_that_cannot_be)
{
    static const struct {
        enum mn_sim_fault fault;
        const char *order;
    } orders[] = {
        {MN_SIM_DONE_TWICE,
         "response.created response.output_item.added conversation.item.added "
         "response.content_part.added response.output_text.delta response.output_text.done "
         "response.content_part.done conversation.item.done response.output_item.done "
         "response.done response.done"},
        {MN_SIM_DELTA_FIRST,
         "response.output_item.added conversation.item.added response.content_part.added "
         "response.output_text.delta response.created response.output_text.done "
         "response.content_part.done conversation.item.done response.output_item.done "
         "response.done"},
        {MN_SIM_ITEM_REVERSE,
         "response.created response.output_item.added response.content_part.added "
         "response.output_text.delta response.output_text.done response.content_part.done "
         "conversation.item.done conversation.item.added response.output_item.done "
         "response.done"},
    };
    struct drive d;

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        drive_open(&d);
        strike(&d, orders[i].fault, 0, "");
        drive_feed(&d, "{'type':'response.create','response':{'output_modalities':['text']}}");
        drive_pass(&d, 1000);
        assert_string_equal(drive_types(&d), orders[i].order);
        drive_close(&d);
    }
}

TEST(a_delta_comes_of_a_response_nobody_knows)
{
    struct drive d;

    drive_open(&d);
    strike(&d, MN_SIM_STRANGE_DELTA, 0, "");
    drive_feed(&d, "{'type':'input_audio_buffer.clear'}");
    assert_string_equal(drive_types(&d),
                        "response.output_audio_transcript.delta input_audio_buffer.cleared");
    drive_close(&d);
}

TEST(a_call_of_a_tool_is_told_twice_and_words_are_not)
{
    struct drive d;

    drive_open(&d);
    strike(&d, MN_SIM_CALL_TWICE, 0, "");
    drive_says(&d, "One moment.", 100);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 1000);
    assert_int_equal(drive_count(&d, "response.output_item.done"), 1);
    for (int i = 0; i < 2; i++) { /* the first of them alone */
        drive_calls(&d, "find", "{}");
        drive_feed(&d, "{'type':'response.create'}");
        drive_pass(&d, 1000);
        assert_int_equal(drive_count(&d, "response.output_item.done"), 3 + i);
    }
    drive_close(&d);
}

TEST(the_last_audio_of_a_response_that_is_cancelled_comes_again_behind_its_end)
{
    struct drive d;
    int deltas;

    drive_open(&d);
    strike(&d, MN_SIM_LATE_DELTA, 0, "");
    drive_says(&d, "Yes.", 100); /* one that is not cancelled stays as it is */
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 1000);
    deltas = drive_count(&d, "response.output_audio.delta");
    drive_says(&d, "We are open from eight until six.", 60000);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 100);
    assert_true(drive_count(&d, "response.output_audio.delta") > deltas);
    drive_types(&d);
    drive_feed(&d, "{'type':'response.cancel'}");
    assert_string_equal(drive_types(&d),
                        "response.output_audio.done response.output_audio_transcript.done "
                        "response.content_part.done conversation.item.done "
                        "response.output_item.done response.done response.output_audio.delta");
    drive_close(&d);
}

TEST(an_update_is_refused_once_or_never_acknowledged)
{
    struct drive d;

    drive_open(&d);
    strike(&d, MN_SIM_REFUSE_UPDATE, 0, "cannot_update_voice");
    drive_feed(&d, UPDATE);
    drive_refused(&d, "cannot_update_voice", "session");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.event_id"), "mine"));
    strike(&d, MN_SIM_LOSE_UPDATE, 0, "");
    drive_feed(&d, "{'type':'session.update','session':{'type':'realtime','instructions':'New.'}}");
    assert_string_equal(drive_types(&d), "");
    drive_feed(&d, UPDATE);
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "session.updated"), "session.instructions"), "New."));
    drive_close(&d);
}

TEST(a_response_is_refused_for_one_nobody_knows_and_the_error_names_no_event)
{
    struct drive d;

    drive_open(&d);
    strike(&d, MN_SIM_ALREADY_ACTIVE, 0, "");
    drive_feed(&d, "{'type':'response.create','event_id':'mine'}");
    drive_refused(&d, "conversation_already_has_active_response", "");
    assert_int_equal(drive_at(drive_last(&d, "error"), "error.event_id").n, 0);
    drive_feed(&d, "{'type':'response.create'}");
    assert_string_equal(drive_types(&d), "response.created");
    drive_close(&d);
}

TEST(a_response_fails_with_the_code_asked_for_and_the_next_does_not)
{
    struct drive d;
    const struct mn_json *done;

    drive_open(&d);
    strike(&d, MN_SIM_FAIL, 0, "rate_limit_exceeded");
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 3000);
    done = drive_last(&d, "response.done");
    assert_true(mn_str_is(drive_at(done, "response.status"), "failed"));
    assert_true(
        mn_str_is(drive_at(done, "response.status_details.error.code"), "rate_limit_exceeded"));
    assert_true(
        mn_str_is(drive_at(done, "response.status_details.error.type"), "rate_limit_error"));
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 3000);
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "response.done"), "response.status"), "completed"));
    drive_close(&d);
}

TEST(a_slow_response_is_created_at_once_and_speaks_late)
{
    struct drive d;

    drive_open(&d);
    strike(&d, MN_SIM_SLOW, 4000, "");
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 4000);
    assert_string_equal(drive_types(&d), "response.created");
    drive_pass(&d, 100);
    assert_true(drive_count(&d, "response.output_audio.delta") > 0);
    drive_close(&d);
}

static void say(struct drive *d, const char *words)
{
    assert_int_equal(mn_sim_heard(d->sim, mn_str(words)), 0);
    drive_audio(d, 200, 8000);
    drive_feed(d, "{'type':'input_audio_buffer.commit'}");
}

static void listen(struct drive *d)
{
    drive_open(d);
    drive_feed(d, "{'type':'session.update','session':{'type':'realtime','audio':{'input':"
                  "{'turn_detection':null,'transcription':{'model':'whisper-1'}}}}}");
}

#define COMPLETED "conversation.item.input_audio_transcription.completed"

TEST(a_late_transcript_is_overtaken_by_the_next_and_may_follow_the_response)
{
    struct drive d;

    listen(&d);
    strike(&d, MN_SIM_LATE_TRANSCRIPT, 5000, "");
    say(&d, "First.");
    say(&d, "Second.");
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 4000);
    assert_int_equal(drive_count(&d, "response.done"), 1);
    assert_int_equal(drive_count(&d, COMPLETED), 1);
    assert_true(mn_str_is(drive_at(drive_last(&d, COMPLETED), "transcript"), "Second."));
    drive_pass(&d, 2000);
    assert_true(mn_str_is(drive_at(drive_last(&d, COMPLETED), "transcript"), "First."));
    drive_close(&d);
}

TEST(a_transcription_fails_and_the_next_does_not)
{
    struct drive d;

    listen(&d);
    strike(&d, MN_SIM_FAIL_TRANSCRIPT, 0, "");
    say(&d, "First.");
    say(&d, "Second.");
    drive_pass(&d, 1000);
    assert_int_equal(drive_count(&d, COMPLETED), 1);
    assert_int_equal(drive_count(&d, "conversation.item.input_audio_transcription.failed"), 1);
    drive_close(&d);
}

TEST(faults_are_read_from_words)
{
    enum mn_sim_fault fault;
    int64_t number;
    struct mn_str text;

    assert_true(mn_sim_fault_read(mn_str("drop"), &fault, &number, &text));
    assert_int_equal(fault, MN_SIM_DROP);
    assert_true(mn_sim_fault_read(mn_str("stall:3000"), &fault, &number, &text));
    assert_int_equal(fault, MN_SIM_STALL);
    assert_int_equal(number, 3000);
    assert_true(mn_sim_fault_read(mn_str("close:1001:Over: gone."), &fault, &number, &text));
    assert_int_equal(number, 1001);
    assert_true(mn_str_is(text, "Over: gone."));
    assert_true(mn_sim_fault_read(mn_str("fail:rate_limit_exceeded"), &fault, &number, &text));
    assert_true(mn_str_is(text, "rate_limit_exceeded"));
    assert_false(mn_sim_fault_read(mn_str("stall:soon"), &fault, &number, &text));
    assert_false(mn_sim_fault_read(mn_str("stall:99999999999999999999"), &fault, &number, &text));
    assert_false(mn_sim_fault_read(mn_str("sulk"), &fault, &number, &text));
    assert_false(mn_sim_fault_read(mn_str(""), &fault, &number, &text));
}
