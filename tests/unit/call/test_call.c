/* test_call.c - what a call does when one of its ends misbehaves. */
#include "base/err.h"
#include "phone.h"
#include "test.h"

#include <errno.h>
#include <string.h>

#define CREATED                                                                                    \
    "{\"type\":\"response.created\",\"event_id\":\"e\",\"response\":{\"id\":\"resp_1\","           \
    "\"status\":\"in_progress\",\"output\":[]}}"

/* A function call of resp_1, and the end of the response. */
static void model_calls(struct phone *p, const char *tool)
{
    struct mn_buf event = {0};

    phone_model_says(p, CREATED);
    mn_buf_addf(&event,
                "{\"type\":\"response.output_item.done\",\"event_id\":\"e\","
                "\"response_id\":\"resp_1\",\"output_index\":0,\"item\":{\"id\":\"item_1\","
                "\"type\":\"function_call\",\"status\":\"completed\",\"call_id\":\"call_1\","
                "\"name\":\"%s\",\"arguments\":\"{}\"}}",
                tool);
    phone_model_says(p, event.p);
    mn_buf_free(&event);
}

TEST(a_call_is_set_up_and_ended_by_its_caller)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_heard(&p.caller, "session.created");
    phone_set_up(&p);
    mn_link_close(p.caller.link, 1000, MN_STR("bye"));
    phone_advance(&p, 0);
    assert_null(p.call);
    assert_int_equal(p.model.closes, 1);
    assert_int_equal(p.model.code, 1000);
    phone_close(&p);
}

TEST(a_model_that_cannot_be_dialled_ends_the_call_in_words)
{
    struct phone p;

    phone_open(&p);
    p.dial_err = MN_ERESOLVE;
    phone_call(&p);
    phone_ended(&p, 1011, "upstream_unavailable");
    phone_logged(&p, "call=sess_test the model cannot be dialled");
    phone_close(&p);
}

TEST(a_model_that_never_greets_ends_the_call_in_words)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_advance(&p, 9999);
    assert_non_null(p.call);
    phone_advance(&p, 1);
    phone_ended(&p, 1011, "upstream_unavailable");
    phone_close(&p);
}

TEST(a_model_that_never_confirms_the_session_ends_the_call_in_words)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_model_says(&p, "{\"type\":\"session.created\",\"event_id\":\"e\",\"session\":{}}");
    phone_advance(&p, 10000);
    phone_ended(&p, 1011, "session_refused");
    phone_logged(&p, "did not confirm");
    phone_close(&p);
}

TEST(a_model_that_refuses_the_session_ends_the_call_and_the_log_says_why)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_model_says(&p, "{\"type\":\"session.created\",\"event_id\":\"e\",\"session\":{}}");
    phone_model_says(&p, "{\"type\":\"error\",\"event_id\":\"e\",\"error\":{\"type\":"
                         "\"invalid_request_error\",\"code\":\"invalid_value\",\"message\":"
                         "\"No such voice.\",\"param\":\"session.audio.output.voice\"}}");
    phone_ended(&p, 1011, "session_refused");
    phone_logged(&p, "No such voice.");
    phone_not_heard(&p.caller, "No such voice."); /* the app's business */
    phone_close(&p);
}

TEST(a_model_that_leaves_mid_sentence_ends_the_call_in_words)
{
    struct phone p;

    phone_open(&p);
    p.limits.retries = 0;
    phone_call(&p);
    phone_set_up(&p);
    phone_model_says(&p, CREATED);
    phone_model_speaks(&p, 2000);
    mn_link_close(p.model.link, 1001, MN_STR("session_expired"));
    phone_advance(&p, 0);
    phone_ended(&p, 1011, "upstream_lost");
    phone_logged(&p, "reason=session_expired");
    phone_close(&p);
}

TEST(what_is_no_event_of_the_model_is_logged_and_passed_over)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    phone_model_says(&p, "hello");
    phone_model_says(&p, "[1]");
    phone_model_says(&p, "{\"type\":7}");
    phone_logged(&p, "call=sess_test the model sent what is no event");
    phone_model_says(&p, CREATED);
    phone_heard(&p.caller, "response.created");
    phone_close(&p);
}

TEST(a_model_that_sends_nothing_but_rubbish_is_left)
{
    struct phone p;

    phone_open(&p);
    p.limits.retries = 0;
    phone_call(&p);
    phone_set_up(&p);
    for (int i = 0; i < 1000 && p.call != NULL && p.model.link != NULL; i++)
        phone_model_says(&p, "rubbish");
    phone_ended(&p, 1011, "upstream_lost");
    assert_int_equal(p.model.code, 1002);
    assert_true(p.logged.n < 10000);
    phone_close(&p);
}

TEST(a_model_that_does_not_read_ends_the_call_in_words)
{
    struct mn_buf event = {0};
    struct phone p;

    phone_open(&p);
    p.limits.retries = 0;
    p.high_water = 4 << 20;
    phone_call(&p);
    phone_set_up(&p);
    mn_buf_add_text(&event, "{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\","
                            "\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"");
    for (int i = 0; i < 700000; i++)
        mn_buf_add_byte(&event, 'x');
    mn_buf_add_text(&event, "\"}]}}");
    for (int i = 0; i < 2; i++) /* in one ms: the model's queue holds the first */
        assert_int_equal(mn_link_send(p.caller.link, mn_buf_str(&event)), 0);
    phone_advance(&p, 0);
    phone_ended(&p, 1011, "upstream_lost");
    assert_int_equal(p.model.code, 1008);
    mn_buf_free(&event);
    phone_close(&p);
}

/* The promise is one frame of 20 ms from the model's event to the last sample; kept with nothing.
 */
TEST(R30_from_the_models_word_that_they_speak_no_sample_is_handed_to_the_caller)
{
    for (int at_ms = 1000; at_ms < 1020; at_ms += 3) {
        struct phone p;

        phone_open(&p);
        phone_call(&p);
        phone_set_up(&p);
        phone_model_says(&p, "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\","
                             "\"conversation_id\":\"conv\"}}");
        for (int i = 0; i < 500; i++)
            phone_model_speaks(&p, 20);
        phone_advance(&p, at_ms);
        phone_heard(&p.caller, "response.output_audio.delta");
        phone_model_says(&p, "{\"type\":\"input_audio_buffer.speech_started\","
                             "\"audio_start_ms\":0,\"item_id\":\"item_2\"}");
        mn_buf_clear(&p.caller.heard);
        phone_model_speaks(&p, 20); /* on its way when they spoke */
        phone_advance(&p, 5000);
        phone_not_heard(&p.caller, "response.output_audio.delta");
        phone_close(&p);
    }
}

TEST(R35_a_caller_who_asked_for_our_events_is_told_to_pause_and_to_go_on)
{
    for (int asked = 0; asked < 2; asked++) {
        struct mn_buf why = {0};
        struct phone p;

        phone_open(&p);
        mn_bundle_drop(p.bundle);
        assert_int_equal(mn_bundle_load(&p.bundle, MN_TEST_APPS "/guide", &p.log, &why), 0);
        p.notes = asked;
        phone_call(&p);
        phone_set_up(&p);
        phone_model_says(&p, "{\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\","
                             "\"conversation_id\":\"conv\"}}");
        for (int i = 0; i < 200; i++)
            phone_model_speaks(&p, 20);
        phone_advance(&p, 1000);
        phone_model_says(&p, "{\"type\":\"input_audio_buffer.speech_started\","
                             "\"audio_start_ms\":0,\"item_id\":\"item_2\"}");
        (asked ? phone_heard : phone_not_heard)(&p.caller, "myna.playback.paused");
        mn_buf_clear(&p.caller.heard);
        phone_advance(&p, 600);
        phone_not_heard(&p.caller, "response.output_audio.delta");
        phone_model_says(&p, "{\"type\":\"input_audio_buffer.speech_stopped\","
                             "\"audio_end_ms\":0,\"item_id\":\"item_2\"}");
        phone_advance(&p, 2000);
        (asked ? phone_heard : phone_not_heard)(&p.caller, "myna.playback.resumed");
        phone_advance(&p, 500);
        phone_heard(&p.caller, "response.output_audio.delta");
        phone_not_heard(&p.caller, "speech_started");
        phone_close(&p);
        mn_buf_free(&why);
    }
}

TEST(R33_audio_of_a_response_nobody_began_is_not_played)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    phone_model_speaks(&p, 20);
    phone_advance(&p, 1000);
    phone_not_heard(&p.caller, "output_audio.delta");
    phone_close(&p);
}

TEST(R1_a_response_without_an_id_takes_no_floor)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    phone_model_says(&p, "{\"type\":\"response.created\"}");
    phone_not_heard(&p.caller, "response.created");
    phone_caller_says(&p, "{\"type\":\"response.create\"}");
    phone_heard(&p.model, "response.create");
    phone_close(&p);
}

TEST(an_error_of_the_model_that_says_nothing_is_told_to_nobody)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    phone_model_says(&p, "{\"type\":\"error\"}");
    phone_not_heard(&p.caller, "error");
    phone_close(&p);
}

TEST(events_out_of_order_change_nothing)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_model_says(&p, "{\"type\":\"session.updated\",\"event_id\":\"e\",\"session\":{}}");
    phone_model_says(&p, "{\"type\":\"response.done\",\"event_id\":\"e\",\"response\":{"
                         "\"id\":\"resp_9\",\"status\":\"completed\",\"output\":[]}}");
    phone_set_up(&p);
    phone_model_says(&p, "{\"type\":\"session.created\",\"event_id\":\"e\",\"session\":{}}");
    phone_model_says(&p, CREATED);
    phone_model_speaks(&p, 20);
    phone_heard(&p.caller, "output_audio.delta");
    phone_close(&p);
}

TEST(a_caller_who_does_not_read_is_closed_with_1008)
{
    struct phone p;

    phone_open(&p);
    p.high_water = 900; /* bytes: one event, or one frame of 5 ms */
    phone_call(&p);
    phone_set_up(&p);
    phone_model_says(&p, CREATED);
    phone_model_speaks(&p, 1000);
    for (int i = 0; i < 4; i++)
        phone_model_speaks(&p, 5); /* wait, and are due at one tick */
    phone_advance(&p, 2000);
    assert_null(p.call);
    assert_int_equal(p.caller.code, 1008);
    phone_logged(&p, "reads too slowly");
    phone_close(&p);
}

TEST(R11_a_tool_that_throws_is_answered_in_safe_words_and_the_log_has_its_line)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    model_calls(&p, "throw");
    phone_heard(&p.model, "function_call_output");
    phone_not_heard(&p.model, "drawer");
    phone_logged(&p, "agent.lua:");
    phone_logged(&p, "the drawer is stuck");
    assert_non_null(p.call);
    phone_close(&p);
}

TEST(R11_a_tool_that_loops_is_stopped_and_answered)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    model_calls(&p, "loop");
    phone_heard(&p.model, "function_call_output");
    phone_logged(&p, "agent.lua:");
    assert_non_null(p.call);
    phone_close(&p);
}

TEST(R67_a_tool_goes_on_after_the_call_for_as_long_as_an_end_may_take)
{
    struct phone p;

    phone_open(&p);
    phone_call(&p);
    phone_set_up(&p);
    model_calls(&p, "wait");
    assert_non_null(p.http_done);
    mn_call_end(p.call, 1001, "the server is going away");
    phone_advance(&p, 9999);
    assert_int_equal(p.caller.code, 1001);
    assert_non_null(p.http_done);
    phone_advance(&p, 1);
    assert_null(p.http_done);
    assert_null(p.call);
    phone_close(&p);
}

TEST(early_audio_is_kept_up_to_its_bound_the_oldest_dropped)
{
    struct phone p;
    struct mn_buf event = {0};

    phone_open(&p);
    p.limits.early_audio_ms = 250;
    phone_call(&p);
    for (int i = 0; i < 4; i++) {
        mn_buf_clear(&event);
        mn_buf_addf(&event,
                    "{\"type\":\"input_audio_buffer.append\",\"event_id\":\"a%d\","
                    "\"audio\":\"",
                    i);
        for (int n = 0; n < 100 * 16; n++)
            mn_buf_add_text(&event, "AAAA");
        mn_buf_add_text(&event, "\"}");
        phone_caller_says(&p, event.p);
    }
    phone_not_heard(&p.model, "append");
    phone_set_up(&p);
    phone_not_heard(&p.model, "\"a1\"");
    phone_heard(&p.model, "\"a2\"");
    phone_heard(&p.model, "\"a3\"");
    mn_buf_free(&event);
    phone_close(&p);
}
