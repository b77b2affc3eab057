/* test_event.c - names, and frames decoded: what is read, and what is refused in which words. */
#include "base/err.h"
#include "core/event.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>

static const enum mn_dialect dialects[] = {MN_GA, MN_BETA};

TEST(every_name_is_found_again_in_its_dialect_and_on_its_side_only)
{
    int found = 0;

    for (int i = MN_EV_UNKNOWN + 1; i < MN_EV_COUNT; i++) {
        enum mn_event_type type = (enum mn_event_type)i;
        enum mn_from from = mn_event_from(type);

        for (int d = 0; d < 2; d++) {
            const char *wire = mn_event_wire(type, dialects[d]);

            if (wire == NULL)
                continue;
            found++;
            assert_int_equal(mn_event_lookup(mn_str(wire), from, dialects[d]), type);
            assert_int_equal(mn_event_lookup(mn_str(wire), 1 - from, dialects[d]), MN_EV_UNKNOWN);
        }
    }
    assert_int_equal(found, 15 + 48 + 16 + 36); /* client and server, GA and beta */
}

TEST(a_beta_name_means_its_ga_event_and_is_not_known_in_ga)
{
    static const struct {
        const char *beta;
        enum mn_event_type type;
    } rows[] = {
        {"response.text.delta", MN_EV_RESPONSE_OUTPUT_TEXT_DELTA},
        {"response.text.done", MN_EV_RESPONSE_OUTPUT_TEXT_DONE},
        {"response.audio.delta", MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA},
        {"response.audio.done", MN_EV_RESPONSE_OUTPUT_AUDIO_DONE},
        {"response.audio_transcript.delta", MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA},
        {"response.audio_transcript.done", MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DONE},
        {"conversation.item.created", MN_EV_CONVERSATION_ITEM_ADDED},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mn_str beta = mn_str(rows[i].beta);
        const char *ga = mn_event_wire(rows[i].type, MN_GA);

        assert_int_equal(mn_event_lookup(beta, MN_FROM_SERVER, MN_BETA), rows[i].type);
        assert_int_not_equal(mn_event_lookup(beta, MN_FROM_SERVER, MN_GA), rows[i].type);
        assert_int_equal(mn_event_lookup(mn_str(ga), MN_FROM_SERVER, MN_BETA), MN_EV_UNKNOWN);
        assert_string_equal(mn_event_wire(rows[i].type, MN_BETA), rows[i].beta);
        assert_string_equal(mn_event_name(rows[i].type), ga);
    }
}

TEST(what_is_no_event_has_no_name_and_no_type)
{
    static const char *const wrong[] = {"",       "a",      "zzz",   "session.updat",
                                        "errors", "errorr", "Error", "session.update."};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (int from = MN_FROM_CLIENT; from <= MN_FROM_SERVER; from++)
            assert_int_equal(mn_event_lookup(mn_str(wrong[i]), (enum mn_from)from, MN_GA),
                             MN_EV_UNKNOWN);
    }
    assert_null(mn_event_wire(MN_EV_UNKNOWN, MN_GA));
    assert_null(mn_event_wire(MN_EV_COUNT, MN_GA));
    assert_null(mn_event_wire(MN_EV_CONVERSATION_ITEM_DONE, MN_BETA));
    assert_null(mn_event_wire(MN_EV_TRANSCRIPTION_SESSION_UPDATE, MN_GA));
    assert_string_equal(mn_event_name(MN_EV_UNKNOWN), "unknown");
    assert_string_equal(mn_event_name(MN_EV_COUNT), "unknown");
    assert_string_equal(mn_event_name(MN_EV_TRANSCRIPTION_SESSION_UPDATE),
                        "transcription_session.update");
}

static struct mn_fault why; /* of the last decode */

static int decode(struct mn_event *ev, const char *text, enum mn_from from, enum mn_dialect dialect)
{
    return mn_event_decode(ev, mn_str(text), from, dialect, &mn_json_frame, &why);
}

TEST(the_members_of_an_event_are_read)
{
    struct mn_event ev;

    assert_int_equal(decode(&ev,
                            "{\"type\":\"response.function_call_arguments.delta\","
                            "\"event_id\":\"e1\",\"response_id\":\"r1\",\"item_id\":\"i1\","
                            "\"output_index\":2,\"call_id\":\"c1\",\"delta\":\"{\\\"a\"}",
                            MN_FROM_SERVER, MN_GA),
                     0);
    assert_int_equal(ev.type, MN_EV_RESPONSE_FUNCTION_CALL_ARGUMENTS_DELTA);
    assert_true(mn_str_is(ev.wire, "response.function_call_arguments.delta"));
    assert_true(mn_str_is(ev.event_id, "e1"));
    assert_true(mn_str_is(ev.response_id, "r1"));
    assert_true(mn_str_is(ev.item_id, "i1"));
    assert_true(mn_str_is(ev.call_id, "c1"));
    assert_true(mn_str_is(ev.delta, "{\"a"));
    assert_int_equal(ev.previous_item_id.n, 0);
    assert_int_equal(ev.output_index, 2);
    assert_int_equal(ev.content_index, -1);
    assert_int_equal(ev.audio_start_ms, -1);
    assert_int_equal(ev.audio_end_ms, -1);
    mn_event_free(&ev);

    assert_int_equal(decode(&ev,
                            "{\"type\":\"input_audio_buffer.timeout_triggered\",\"item_id\":\"i\","
                            "\"audio_start_ms\":0,\"audio_end_ms\":86400000}",
                            MN_FROM_SERVER, MN_GA),
                     0);
    assert_int_equal(ev.audio_start_ms, 0);
    assert_int_equal(ev.audio_end_ms, 86400000);
    mn_event_free(&ev);
}

TEST(ids_are_taken_from_a_response_or_an_item_when_they_stand_there)
{
    struct mn_event ev;

    assert_int_equal(decode(&ev, "{\"type\":\"response.done\",\"response\":{\"id\":\"r7\"}}",
                            MN_FROM_SERVER, MN_GA),
                     0);
    assert_true(mn_str_is(ev.response_id, "r7"));
    mn_event_free(&ev);
    assert_int_equal(decode(&ev,
                            "{\"type\":\"conversation.item.created\",\"previous_item_id\":\"i6\","
                            "\"item\":{\"id\":\"i7\",\"type\":\"message\"}}",
                            MN_FROM_SERVER, MN_BETA),
                     0);
    assert_int_equal(ev.type, MN_EV_CONVERSATION_ITEM_ADDED);
    assert_true(mn_str_is(ev.wire, "conversation.item.created"));
    assert_true(mn_str_is(ev.item_id, "i7"));
    assert_true(mn_str_is(ev.previous_item_id, "i6"));
    mn_event_free(&ev);
}

TEST(a_server_may_leave_out_send_null_and_grow)
{
    static const char *const frames[] = {
        "{\"type\":\"response.done\",\"response\":null}",
        "{\"type\":\"response.done\"}",
        "{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\",\"new\":{}}}",
        "{\"type\":\"rate_limits.updated\",\"rate_limits\":[{\"name\":\"cows\"}]}",
        "{\"type\":\"conversation.item.added\",\"previous_item_id\":null,\"item\":{\"type\":"
        "\"new\"}}",
        "{\"type\":\"response.output_text.delta\",\"response_id\":\"r\",\"item_id\":\"i\","
        "\"delta\":\"\",\"content_index\":null,\"obfuscation\":\"xx\"}",
        "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"i\","
        "\"transcript\":\"hi\",\"usage\":null}",
        "{\"type\":\"error\",\"error\":{\"message\":\"m\",\"param\":null}}",
    };
    struct mn_event ev;

    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        if (decode(&ev, frames[i], MN_FROM_SERVER, MN_GA) != 0)
            fail_msg("%s: %s", frames[i], why.message);
        assert_int_not_equal(ev.type, MN_EV_UNKNOWN);
        mn_event_free(&ev);
    }
}

TEST(a_server_event_of_an_unknown_type_is_carried_through)
{
    const char *text = "{\"type\":\"response.smell.delta\",\"response_id\":\"r\",\"delta\":5}";
    struct mn_event ev;

    assert_int_equal(decode(&ev, text, MN_FROM_SERVER, MN_GA), 0);
    assert_int_equal(ev.type, MN_EV_UNKNOWN);
    assert_true(mn_str_is(ev.wire, "response.smell.delta"));
    assert_true(mn_str_is(ev.raw, text));
    mn_event_free(&ev);
}

TEST(a_server_event_whose_ids_are_wrong_is_refused)
{
    static const struct {
        const char *frame, *param;
    } rows[] = {
        {"{\"type\":\"response.output_audio.delta\",\"item_id\":\"i\",\"delta\":\"\"}",
         "response_id"},
        {"{\"type\":\"response.output_audio.delta\",\"response_id\":\"r\",\"delta\":\"\"}",
         "item_id"},
        {"{\"type\":\"response.output_audio.delta\",\"response_id\":\"r\",\"item_id\":\"i\"}",
         "delta"},
        {"{\"type\":\"response.output_audio.delta\",\"response_id\":\"r\",\"item_id\":7,"
         "\"delta\":\"\"}",
         "item_id"},
        {"{\"type\":\"response.output_audio.done\",\"response_id\":null,\"item_id\":\"i\"}",
         "response_id"},
        {"{\"type\":\"response.output_item.done\",\"response_id\":\"r\",\"output_index\":\"0\"}",
         "output_index"},
        {"{\"type\":\"input_audio_buffer.speech_started\",\"item_id\":\"i\"}", "audio_start_ms"},
    };
    struct mn_event ev;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(decode(&ev, rows[i].frame, MN_FROM_SERVER, MN_GA), MN_EPROTOCOL);
        assert_string_equal(why.param, rows[i].param);
        assert_null(ev.body);
    }
}

struct refusal {
    const char *frame, *code, *param, *message;
};

static void refuse_all(const struct refusal *rows, enum mn_dialect dialect)
{
    struct mn_event ev;

    for (; rows->frame != NULL; rows++) {
        int err = decode(&ev, rows->frame, MN_FROM_CLIENT, dialect);

        if (err == 0 || strcmp(why.code, rows->code) != 0 || strcmp(why.param, rows->param) != 0 ||
            strcmp(why.message, rows->message) != 0)
            fail_msg("%s\nexpected %s at '%s': %s\ngot %d %s at '%s': %s", rows->frame, rows->code,
                     rows->param, rows->message, err, err != 0 ? why.code : "", why.param,
                     why.message);
        assert_string_equal(why.type, "invalid_request_error");
        assert_null(ev.body);
    }
}

#define CREATE(item) "{\"type\":\"conversation.item.create\",\"item\":" item "}"
#define UPDATE(more) "{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"," more "}}"

TEST(a_client_is_refused_in_the_words_of_the_api)
{
    static const struct refusal rows[] = {
        {"[1]", "invalid_event", "", "The event must be a JSON object, but it is of kind array."},
        {"{\"item_id\":\"i\"}", "invalid_event", "", "The 'type' field is missing."},
        {"{\"type\":7}", "invalid_type", "type",
         "Invalid type for 'type': expected a string, but got an integer instead."},
        {"{\"type\":\"sesion.update\"}", "invalid_value", "type",
         "Invalid value: 'sesion.update'. Did you mean 'session.update'?"},
        {"{\"type\":\"session.update\"}", "missing_required_parameter", "session",
         "Missing required parameter: 'session'."},
        {"{\"type\":\"session.update\",\"session\":{}}", "missing_required_parameter",
         "session.type", "Missing required parameter: 'session.type'."},
        {"{\"type\":\"session.update\",\"session\":{\"type\":\"translation\"}}", "invalid_value",
         "session.type",
         "Invalid value: 'translation'. Supported values are: 'realtime' and 'transcription'."},
        {"{\"type\":\"session.update\",\"session\":[]}", "invalid_type", "session",
         "Invalid type for 'session': expected an object, but got an array instead."},
        {UPDATE("\"foo\":1"), "unknown_parameter", "session.foo",
         "Unknown parameter: 'session.foo'."},
        {UPDATE("\"modalities\":[\"text\"]"), "unknown_parameter", "session.modalities",
         "Unknown parameter: 'session.modalities'."},
        {UPDATE("\"output_modalities\":[\"text\",\"audio\"]"), "array_above_max_length",
         "session.output_modalities",
         "Invalid 'session.output_modalities': array too long. Expected an array with maximum "
         "length 1, but got an array with length 2 instead."},
        {UPDATE("\"audio\":{\"output\":{\"speed\":2}}"), "decimal_above_max_value",
         "session.audio.output.speed",
         "Invalid 'session.audio.output.speed': decimal above maximum value. Expected a value <= "
         "1.5, but got 2 instead."},
        {UPDATE("\"max_output_tokens\":0"), "integer_below_min_value", "session.max_output_tokens",
         "Invalid 'session.max_output_tokens': integer below minimum value. Expected a value >= "
         "1, but got 0 instead."},
        {UPDATE("\"max_output_tokens\":true"), "invalid_type", "session.max_output_tokens",
         "Invalid type for 'session.max_output_tokens': expected one of a string or an integer, "
         "but got a boolean instead."},
        {UPDATE("\"tools\":[{\"type\":\"function\"}]"), "missing_required_parameter",
         "session.tools[0].name", "Missing required parameter: 'session.tools[0].name'."},
        {UPDATE("\"audio\":{\"input\":{\"turn_detection\":{\"type\":\"vad\"}}}"), "invalid_value",
         "session.audio.input.turn_detection.type",
         "Invalid value: 'vad'. Supported values are: 'server_vad' and 'semantic_vad'."},
        {"{\"type\":\"conversation.item.truncate\",\"item_id\":\"i\",\"content_index\":0,"
         "\"audio_end_ms\":\"5\"}",
         "invalid_type", "audio_end_ms",
         "Invalid type for 'audio_end_ms': expected an integer, but got a string instead."},
        {"{\"type\":\"conversation.item.truncate\",\"item_id\":\"i\",\"content_index\":0,"
         "\"audio_end_ms\":1.5}",
         "invalid_type", "audio_end_ms",
         "Invalid type for 'audio_end_ms': expected an integer, but got a decimal number "
         "instead."},
        {CREATE("{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\"}]}"),
         "missing_required_parameter", "item.content[0].text",
         "Missing required parameter: 'item.content[0].text'."},
        {CREATE("{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\","
                "\"text\":\"\"},{\"type\":\"input_text\",\"text\":5}]}"),
         "invalid_type", "item.content[1].text",
         "Invalid type for 'item.content[1].text': expected a string, but got an integer instead."},
        {CREATE("{\"type\":\"message\",\"content\":[]}"), "missing_required_parameter", "item.role",
         "Missing required parameter: 'item.role'."},
        {CREATE("{\"type\":\"message\",\"role\":\"robot\",\"content\":[]}"), "invalid_value",
         "item.role",
         "Invalid value: 'robot'. Supported values are: 'system', 'user', and 'assistant'."},
        {CREATE("{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":"
                "\"output_audio\"}]}"),
         "invalid_value", "item.content[0].type",
         "Invalid value: 'output_audio'. Supported values are: 'output_text'."},
        {CREATE("{\"type\":[]}"), "invalid_type", "item.type",
         "Invalid type for 'item.type': expected a string, but got an array instead."},
        {NULL}};

    refuse_all(rows, MN_GA);
}

TEST(a_number_past_what_a_double_holds_is_refused)
{
    struct mn_event ev;

    assert_int_not_equal(
        decode(&ev, UPDATE("\"audio\":{\"output\":{\"speed\":1e999}}"), MN_FROM_CLIENT, MN_GA), 0);
    assert_int_not_equal(decode(&ev,
                                "{\"type\":\"conversation.item.truncate\",\"item_id\":\"i\","
                                "\"content_index\":0,\"audio_end_ms\":9007199254740993}",
                                MN_FROM_CLIENT, MN_GA),
                         0);
    assert_string_equal(why.param, "audio_end_ms");
}

TEST(a_type_unlike_any_lists_what_there_is)
{
    struct mn_event ev;

    assert_int_equal(decode(&ev, "{\"type\":\"sing\"}", MN_FROM_CLIENT, MN_GA), MN_EPROTOCOL);
    assert_string_equal(why.param, "type");
    assert_non_null(strstr(why.message, "'sing'"));
    assert_non_null(strstr(why.message, "and 'session.update'."));
}

TEST(a_server_event_sent_by_a_client_is_refused)
{
    struct mn_event ev;

    assert_int_equal(decode(&ev, "{\"type\":\"session.created\"}", MN_FROM_CLIENT, MN_GA),
                     MN_EPROTOCOL);
    assert_string_equal(why.code, "invalid_value");
}

TEST(a_beta_client_speaks_of_a_flat_session)
{
    static const struct refusal rows[] = {
        {"{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\"}}", "unknown_parameter",
         "session.type", "Unknown parameter: 'session.type'."},
        {"{\"type\":\"session.update\",\"session\":{\"input_audio_format\":\"mp3\"}}",
         "invalid_value", "session.input_audio_format",
         "Invalid value: 'mp3'. Supported values are: 'pcm16', 'g711_ulaw', and 'g711_alaw'."},
        {NULL}};
    struct mn_event ev;

    assert_int_equal(
        decode(&ev,
               "{\"type\":\"session.update\",\"session\":{\"modalities\":[\"text\",\"audio\"],"
               "\"voice\":\"verse\",\"input_audio_format\":\"pcm16\",\"turn_detection\":null,"
               "\"temperature\":0.8,\"max_response_output_tokens\":\"inf\"}}",
               MN_FROM_CLIENT, MN_BETA),
        0);
    assert_int_equal(ev.type, MN_EV_SESSION_UPDATE);
    assert_int_equal(ev.dialect, MN_BETA);
    mn_event_free(&ev);
    refuse_all(rows, MN_BETA);
}

TEST(what_is_not_json_is_refused_with_the_place)
{
    struct mn_event ev;

    assert_int_equal(decode(&ev, "{\"type\":\"session.update\",}", MN_FROM_CLIENT, MN_GA),
                     MN_EJSON);
    assert_string_equal(why.code, "invalid_json");
    assert_non_null(strstr(why.message, "at byte 25"));
    assert_int_equal(decode(&ev, "", MN_FROM_CLIENT, MN_GA), MN_EJSON);
    assert_int_equal(decode(&ev, "hello", MN_FROM_SERVER, MN_GA), MN_EJSON);
    assert_null(ev.body);
}

TEST(what_is_over_a_limit_is_refused)
{
    const struct mn_json_limits small = {.bytes = 64, .depth = 3, .values = 6};
    static const char *const frames[] = {
        "{\"type\":\"x\",\"a\":[[[1]]]}",
        "{\"type\":\"x\",\"a\":[1,2,3,4,5]}",
        "{\"type\":\"x\",\"a\":\"0123456789012345678901234567890123456789012345678901234567\"}",
    };
    struct mn_event ev;

    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        assert_int_equal(
            mn_event_decode(&ev, mn_str(frames[i]), MN_FROM_CLIENT, MN_GA, &small, &why),
            MN_ELIMIT);
        assert_string_equal(why.code, "invalid_json");
    }
}

TEST(a_refusal_names_the_event_it_refuses)
{
    struct mn_event ev;
    char text[1024];

    assert_int_equal(
        decode(&ev, "{\"event_id\":\"mine\",\"type\":\"sing\"}", MN_FROM_CLIENT, MN_GA),
        MN_EPROTOCOL);
    assert_string_equal(why.event_id, "mine");
    snprintf(text, sizeof(text), "{\"event_id\":\"%0512d\",\"type\":\"sing\"}", 0);
    assert_int_equal(decode(&ev, text, MN_FROM_CLIENT, MN_GA), MN_EPROTOCOL);
    assert_int_equal(strlen(why.event_id), 512);
}

TEST(an_event_id_over_512_bytes_is_refused_and_not_repeated)
{
    struct mn_event ev;
    char text[1024];

    snprintf(text, sizeof(text), "{\"event_id\":\"%0512d\",\"type\":\"response.create\"}", 0);
    assert_int_equal(decode(&ev, text, MN_FROM_CLIENT, MN_GA), 0);
    mn_event_free(&ev);
    snprintf(text, sizeof(text), "{\"event_id\":\"%0513d\",\"type\":\"response.create\"}", 0);
    assert_int_equal(decode(&ev, text, MN_FROM_CLIENT, MN_GA), MN_EPROTOCOL);
    assert_string_equal(why.code, "string_above_max_length");
    assert_string_equal(why.param, "event_id");
    assert_string_equal(why.event_id, "");
}

TEST(a_path_too_long_for_a_fault_is_cut)
{
    struct mn_event ev;
    char text[1024];

    snprintf(text, sizeof(text),
             "{\"type\":\"response.create\",\"response\":{\"metadata\":{\"%0300d\":1}}}", 0);
    assert_int_equal(decode(&ev, text, MN_FROM_CLIENT, MN_GA), MN_EPROTOCOL);
    assert_string_equal(why.code, "invalid_type");
    assert_int_equal(strlen(why.param), sizeof(why.param) - 1);
}

TEST(an_empty_event_can_be_freed)
{
    struct mn_event ev = {0};

    mn_event_free(&ev);
    mn_event_free(&ev);
}
