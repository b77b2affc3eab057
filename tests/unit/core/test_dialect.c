/* Events written in the other dialect (core/dialect.c). */
#include "core/dialect.h"
#include "test.h"

/* What becomes of a frame from that side; "" when nothing is to be sent. */
static const char *write(struct mn_buf *out, const char *frame, enum mn_from from,
                         enum mn_dialect to)
{
    struct mn_fault why;
    struct mn_event ev;
    int rc;

    mn_buf_clear(out);
    assert_int_equal(mn_event_decode(&ev, mn_str(frame), from, to == MN_GA ? MN_BETA : MN_GA,
                                     &mn_json_frame, &why),
                     0);
    rc = mn_dialect_write(out, &ev, to);
    mn_event_free(&ev);
    assert_true(rc >= 0);
    return rc == 1 ? out->p : "";
}

static void becomes(const char *frame, enum mn_from from, enum mn_dialect to, const char *expected)
{
    struct mn_buf out = {0};

    assert_string_equal(write(&out, frame, from, to), expected);
    mn_buf_free(&out);
}

TEST(R74_a_beta_client_configures_what_ga_knows)
{
    becomes("{\"type\":\"session.update\",\"event_id\":\"e1\",\"session\":{"
            "\"modalities\":[\"text\",\"audio\"],\"voice\":\"sage\","
            "\"input_audio_format\":\"g711_ulaw\",\"output_audio_format\":\"pcm16\","
            "\"turn_detection\":null,\"input_audio_transcription\":{\"model\":\"whisper-1\"},"
            "\"temperature\":0.8,\"max_response_output_tokens\":\"inf\",\"tools\":[]}}",
            MN_FROM_CLIENT, MN_GA,
            "{\"type\":\"session.update\",\"event_id\":\"e1\",\"session\":{\"type\":\"realtime\","
            "\"output_modalities\":[\"audio\"],\"max_output_tokens\":\"inf\",\"tools\":[],"
            "\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcmu\"},\"turn_detection\":null,"
            "\"transcription\":{\"model\":\"whisper-1\"}},\"output\":{\"voice\":\"sage\","
            "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}}}}}");
}

TEST(R74_a_session_is_shown_flat_in_beta)
{
    becomes("{\"type\":\"session.updated\",\"event_id\":\"e1\",\"session\":{\"type\":\"realtime\","
            "\"id\":\"sess_1\",\"object\":\"realtime.session\",\"output_modalities\":[\"audio\"],"
            "\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcma\"},\"turn_detection\":null},"
            "\"output\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000},\"voice\":\"sage\","
            "\"speed\":1}},\"expires_at\":7}}",
            MN_FROM_SERVER, MN_BETA,
            "{\"type\":\"session.updated\",\"event_id\":\"e1\",\"session\":{\"id\":\"sess_1\","
            "\"object\":\"realtime.session\",\"modalities\":[\"audio\",\"text\"],\"expires_at\":7,"
            "\"input_audio_format\":\"g711_alaw\",\"turn_detection\":null,"
            "\"output_audio_format\":\"pcm16\",\"voice\":\"sage\",\"speed\":1}}");
}

TEST(R74_a_transcription_session_is_named_by_its_event_in_beta)
{
    becomes("{\"type\":\"transcription_session.update\",\"session\":{"
            "\"input_audio_format\":\"pcm16\"}}",
            MN_FROM_CLIENT, MN_GA,
            "{\"type\":\"session.update\",\"session\":{\"type\":\"transcription\",\"audio\":{"
            "\"input\":{\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}}}}}");
    becomes("{\"type\":\"session.update\",\"session\":{\"type\":\"transcription\",\"audio\":{"
            "\"input\":{\"turn_detection\":null}}}}",
            MN_FROM_CLIENT, MN_BETA,
            "{\"type\":\"transcription_session.update\",\"session\":{\"turn_detection\":null}}");
}

TEST(R74_text_is_the_assistants_in_ga_when_an_assistant_says_it)
{
    becomes("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\","
            "\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}}",
            MN_FROM_CLIENT, MN_GA,
            "{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\","
            "\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hi\"}]}}");
    becomes("{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\","
            "\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}}",
            MN_FROM_CLIENT, MN_GA,
            "{\"type\":\"conversation.item.create\",\"item\":{\"type\":\"message\","
            "\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"Hi\"}]}}");
}

TEST(R74_a_response_speaks_beta_with_its_items)
{
    becomes("{\"type\":\"response.done\",\"event_id\":\"e\",\"response\":{\"id\":\"resp_1\","
            "\"output_modalities\":[\"text\"],\"audio\":{\"output\":{\"voice\":\"sage\"}},"
            "\"output\":[{\"id\":\"i\",\"type\":\"message\",\"role\":\"assistant\",\"content\":["
            "{\"type\":\"output_audio\",\"transcript\":\"Hi\"}]}],\"usage\":null}}",
            MN_FROM_SERVER, MN_BETA,
            "{\"type\":\"response.done\",\"event_id\":\"e\",\"response\":{\"id\":\"resp_1\","
            "\"modalities\":[\"text\"],\"output\":[{\"id\":\"i\",\"type\":\"message\","
            "\"role\":\"assistant\",\"content\":[{\"type\":\"audio\",\"transcript\":\"Hi\"}]}],"
            "\"usage\":null,\"voice\":\"sage\"}}");
}

TEST(R74_a_response_is_asked_for_in_beta_without_what_beta_has_not)
{
    becomes("{\"type\":\"response.create\",\"response\":{\"conversation\":\"none\","
            "\"output_modalities\":[\"audio\"],\"max_output_tokens\":50,\"reasoning\":{"
            "\"effort\":\"low\"},\"input\":[]}}",
            MN_FROM_CLIENT, MN_BETA,
            "{\"type\":\"response.create\",\"response\":{\"conversation\":\"none\","
            "\"modalities\":[\"audio\",\"text\"],\"max_response_output_tokens\":50,\"input\":[]}}");
}

TEST(R74_what_beta_has_no_event_for_is_not_said)
{
    becomes("{\"type\":\"conversation.item.done\",\"item\":{\"id\":\"i\",\"type\":\"message\","
            "\"role\":\"user\",\"content\":[]}}",
            MN_FROM_SERVER, MN_BETA, "");
}

TEST(R74_names_of_speech_and_items_are_betas)
{
    becomes("{\"type\":\"response.output_text.delta\",\"event_id\":\"e\",\"response_id\":\"r\","
            "\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"a\",\"new\":1}",
            MN_FROM_SERVER, MN_BETA,
            "{\"type\":\"response.text.delta\",\"event_id\":\"e\",\"response_id\":\"r\","
            "\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"a\",\"new\":1}");
    becomes("{\"type\":\"response.audio_transcript.done\",\"response_id\":\"r\",\"item_id\":\"i\","
            "\"output_index\":0,\"content_index\":0,\"transcript\":\"a\"}",
            MN_FROM_SERVER, MN_GA,
            "{\"type\":\"response.output_audio_transcript.done\",\"response_id\":\"r\","
            "\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"transcript\":\"a\"}");
}

TEST(R74_an_unknown_event_passes_as_it_is)
{
    becomes("{\"type\":\"new.thing\", \"x\" : [1]}", MN_FROM_SERVER, MN_BETA,
            "{\"type\":\"new.thing\", \"x\" : [1]}");
    becomes("{\"type\":\"new.thing\", \"x\" : [1]}", MN_FROM_SERVER, MN_GA,
            "{\"type\":\"new.thing\", \"x\" : [1]}");
}

TEST(R74_an_error_names_the_field_as_the_client_wrote_it)
{
    becomes("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":null,"
            "\"message\":\"m\",\"param\":\"session.audio.input.turn_detection.type\"}}",
            MN_FROM_SERVER, MN_BETA,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":null,"
            "\"message\":\"m\",\"param\":\"session.turn_detection.type\"}}");
    becomes("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":null,"
            "\"message\":\"m\",\"param\":\"session.input_audio_format\"}}",
            MN_FROM_SERVER, MN_GA,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":null,"
            "\"message\":\"m\",\"param\":\"session.audio.input.format\"}}");
}

static const char *done_after(struct mn_buf *out, const char *frame)
{
    struct mn_fault why;
    struct mn_event ev;
    int rc;

    assert_int_equal(
        mn_event_decode(&ev, mn_str(frame), MN_FROM_SERVER, MN_BETA, &mn_json_frame, &why), 0);
    rc = mn_dialect_write_done(out, &ev);
    mn_event_free(&ev);
    return rc == 1 ? out->p : "";
}

TEST(R74_an_item_created_whole_in_beta_is_done_in_ga)
{
    struct mn_buf out = {0};

    assert_string_equal(done_after(&out, "{\"type\":\"conversation.item.created\","
                                         "\"previous_item_id\":null,\"item\":{\"id\":\"i\","
                                         "\"type\":\"message\",\"role\":\"user\",\"content\":[]}}"),
                        "{\"type\":\"conversation.item.done\",\"previous_item_id\":null,\"item\":{"
                        "\"id\":\"i\",\"type\":\"message\",\"role\":\"user\",\"content\":[]}}");
    mn_buf_free(&out);
    assert_string_equal(done_after(&out, "{\"type\":\"conversation.item.created\",\"item\":{"
                                         "\"id\":\"i\",\"type\":\"message\","
                                         "\"role\":\"assistant\",\"status\":\"in_progress\","
                                         "\"content\":[]}}"),
                        "");
    mn_buf_free(&out);
}

TEST(R74_audio_changes_its_name_and_nothing_else)
{
    const char *ga = "{\"event_id\":\"e\", \"type\": \"response.output_audio.delta\","
                     "\"response_id\":\"r\",\"item_id\":\"i\",\"output_index\":0,"
                     "\"content_index\":0,\"delta\":\"AAAA\"}";
    const char *beta = "{\"event_id\":\"e\", \"type\": \"response.audio.delta\","
                       "\"response_id\":\"r\",\"item_id\":\"i\",\"output_index\":0,"
                       "\"content_index\":0,\"delta\":\"AAAA\"}";
    struct mn_span span;
    struct mn_buf out = {0};

    assert_int_equal(mn_span_read(mn_str(ga), &span), MN_HOT_DELTA);
    assert_int_equal(mn_dialect_write_audio(&out, mn_str(ga), &span, MN_BETA), 1);
    assert_string_equal(out.p, beta);
    mn_buf_clear(&out);
    assert_int_equal(mn_span_read(mn_str(beta), &span), MN_HOT_DELTA);
    assert_int_equal(mn_dialect_write_audio(&out, mn_str(beta), &span, MN_GA), 1);
    assert_string_equal(out.p, ga);
    mn_buf_free(&out);
}
