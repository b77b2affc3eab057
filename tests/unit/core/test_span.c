/* test_span.c - the two hot events, and all that is nearly one of them. */
#include "base/buf.h"
#include "core/event.h"
#include "core/span.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#define APPEND "\"type\":\"input_audio_buffer.append\""
#define DELTA  "\"type\":\"response.output_audio.delta\""
#define IDS    "\"response_id\":\"resp_1\",\"item_id\":\"item_2\""

static bool same_text(struct mn_str a, struct mn_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* What the general path reads must be what the span said. */
static void agrees(struct mn_str frame, enum mn_hot hot, const struct mn_span *span)
{
    bool append = hot == MN_HOT_APPEND;
    struct mn_event ev;
    struct mn_fault why;

    assert_int_equal(mn_event_decode(&ev, frame, append ? MN_FROM_CLIENT : MN_FROM_SERVER,
                                     span->beta ? MN_BETA : MN_GA, &mn_json_frame, &why),
                     0);
    assert_int_equal(ev.type,
                     append ? MN_EV_INPUT_AUDIO_BUFFER_APPEND : MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA);
    assert_true(same_text(span->audio, append ? mn_json_str(ev.body, "audio") : ev.delta));
    assert_true(same_text(span->event_id, ev.event_id));
    assert_true(same_text(span->response_id, ev.response_id));
    assert_true(same_text(span->item_id, ev.item_id));
    assert_int_equal(span->content_index, ev.content_index);
    assert_int_equal(span->output_index, ev.output_index);
    mn_event_free(&ev);
}

/* Reads a copy without a byte to spare, so that ASan sees a step too far. */
static enum mn_hot read_exactly(const char *text, struct mn_span *out, char *copy)
{
    struct mn_str frame = {copy, strlen(text)};
    enum mn_hot hot;

    memcpy(copy, text, frame.n);
    hot = mn_span_read(frame, out);
    if (hot != MN_HOT_NONE)
        agrees(frame, hot, out);
    return hot;
}

static enum mn_hot heat(const char *text)
{
    struct mn_span span;
    char *copy = malloc(strlen(text) + 1);
    enum mn_hot hot = read_exactly(text, &span, copy + 1);

    free(copy);
    return hot;
}

TEST(an_append_is_hot_and_its_audio_is_found)
{
    const char *text = "{" APPEND ",\"event_id\":\"e1\",\"audio\":\"QUJD\"}";
    struct mn_span span;

    assert_int_equal(mn_span_read(mn_str(text), &span), MN_HOT_APPEND);
    assert_true(mn_str_is(span.audio, "QUJD"));
    assert_ptr_equal(span.audio.p, strstr(text, "QUJD"));
    assert_true(mn_str_is(span.event_id, "e1"));
    assert_int_equal(span.response_id.n + span.item_id.n, 0);
    assert_int_equal(span.content_index, -1);
    assert_int_equal(span.output_index, -1);
    assert_false(span.beta);
}

TEST(a_delta_is_hot_in_both_dialects)
{
    struct mn_span span;
    const char *rest = "\"event_id\":\"e\"," IDS ",\"output_index\":12,\"content_index\":0,"
                       "\"delta\":\"AAAA\",\"obfuscation\":\"x9\"}";
    char text[512];

    snprintf(text, sizeof(text), "{" DELTA ",%s", rest);
    assert_int_equal(mn_span_read(mn_str(text), &span), MN_HOT_DELTA);
    assert_true(mn_str_is(span.audio, "AAAA"));
    assert_true(mn_str_is(span.response_id, "resp_1"));
    assert_true(mn_str_is(span.item_id, "item_2"));
    assert_int_equal(span.output_index, 12);
    assert_int_equal(span.content_index, 0);
    assert_false(span.beta);
    agrees(mn_str(text), MN_HOT_DELTA, &span);

    snprintf(text, sizeof(text), "{\"type\":\"response.audio.delta\",%s", rest);
    assert_int_equal(mn_span_read(mn_str(text), &span), MN_HOT_DELTA);
    assert_true(span.beta);
    agrees(mn_str(text), MN_HOT_DELTA, &span);
}

TEST(members_may_come_in_any_order_and_with_space_between)
{
    assert_int_equal(heat("{\"audio\":\"QUJD\"," APPEND "}"), MN_HOT_APPEND);
    assert_int_equal(heat(" {\t\"audio\" :\r\n\"QUJD\" , " APPEND " } \n"), MN_HOT_APPEND);
    assert_int_equal(heat("{\"delta\":\"QUJD\"," IDS "," DELTA "}"), MN_HOT_DELTA);
    assert_int_equal(heat("{\"delta\":\"\"," IDS ",\"output_index\" : 3 ," DELTA "}"),
                     MN_HOT_DELTA);
}

TEST(empty_audio_is_still_audio)
{
    assert_int_equal(heat("{" APPEND ",\"audio\":\"\"}"), MN_HOT_APPEND);
}

TEST(what_is_unusual_takes_the_general_path)
{
    static const char *const cold[] = {
        "",
        " ",
        "{",
        "{}",
        "[]",
        "null",
        "{" APPEND "}",
        "{\"audio\":\"QUJD\"}",
        "{\"type\":\"input_audio_buffer.commit\",\"audio\":\"QUJD\"}",
        "{\"type\":\"input_audio_buffer.appen\",\"audio\":\"QUJD\"}",
        "{\"type\":\"input\\u005faudio_buffer.append\",\"audio\":\"QUJD\"}",
        "{" APPEND "," APPEND ",\"audio\":\"QUJD\"}",
        "{" APPEND ",\"audio\":\"QUJD\",\"audio\":\"QUJD\"}",
        "{" APPEND ",\"audio\":\"QU\\/D\"}",
        "{" APPEND ",\"audio\":\"QU\xc3\xa4\"}",
        "{" APPEND ",\"audio\":\"QU\nD\"}",
        "{" APPEND ",\"audio\":null}",
        "{" APPEND ",\"audio\":[\"QUJD\"]}",
        "{" APPEND ",\"audio\":{\"a\":1}}",
        "{" APPEND ",\"audio\":\"QUJD\",\"x\":1}",
        "{" APPEND ",\"audio\":\"QUJD\",\"obfuscation\":\"x\"}",
        "{" APPEND ",\"audio\":\"QUJD\",\"item_id\":\"i\"}",
        "{" APPEND ",\"audio\":\"QUJD\",\"content_index\":0}",
        "{" APPEND ",\"audio\":\"QUJD\",}",
        "{," APPEND ",\"audio\":\"QUJD\"}",
        "{" APPEND " \"audio\":\"QUJD\"}",
        "{" APPEND ",\"audio\" \"QUJD\"}",
        "{" APPEND ",audio:\"QUJD\"}",
        "{" APPEND ",\"audio\":\"QUJD\"} x",
        "{" APPEND ",\"audio\":\"QUJD\"}}",
        "{" APPEND ",\"audio\":\"QUJD\"",
        "{" APPEND ",\"audio\":\"QUJD",
        "\xef\xbb\xbf{" APPEND ",\"audio\":\"QUJD\"}",
        "{" DELTA ",\"delta\":\"QUJD\",\"item_id\":\"i\"}",
        "{" DELTA ",\"delta\":\"QUJD\",\"response_id\":\"r\"}",
        "{" DELTA "," IDS "}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"audio\":\"QUJD\"}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":\"0\"}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":-1}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":01}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":1.0}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":1e0}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":9999999999}",
        "{" DELTA "," IDS ",\"delta\":\"QUJD\",\"output_index\":}",
        "{\"type\":\"response.output_text.delta\"," IDS ",\"delta\":\"QUJD\"}",
    };

    for (size_t i = 0; i < sizeof(cold) / sizeof(cold[0]); i++) {
        if (heat(cold[i]) != MN_HOT_NONE)
            fail_msg("hot: %s", cold[i]);
    }
}

TEST(a_frame_cut_anywhere_is_not_hot)
{
    const char *text = "{" DELTA "," IDS ",\"content_index\":10,\"delta\":\"QUJDREVGR0hJSktM\"}";
    char *copy;
    struct mn_span span;

    for (size_t n = 0; n < strlen(text); n++) {
        copy = malloc(n + 1);
        memcpy(copy + 1, text, n);
        assert_int_equal(mn_span_read((struct mn_str){copy + 1, n}, &span), MN_HOT_NONE);
        free(copy);
    }
    assert_int_equal(heat(text), MN_HOT_DELTA);
}

TEST(any_byte_changed_is_either_cold_or_read_alike_on_both_paths)
{
    const char *text = "{" DELTA "," IDS ",\"output_index\":1,\"delta\":\"QUJD\"}";
    char frame[256];

    for (size_t i = 0; i < strlen(text); i++) {
        for (int c = 1; c < 256; c++) {
            snprintf(frame, sizeof(frame), "%s", text);
            frame[i] = (char)c;
            heat(frame); /* compares when it is hot */
        }
    }
}

TEST(an_event_id_over_512_bytes_is_left_to_the_checker)
{
    struct mn_buf text = {0};

    mn_buf_addf(&text, "{" APPEND ",\"audio\":\"QUJD\",\"event_id\":\"%0512d\"}", 0);
    assert_int_equal(heat(text.p), MN_HOT_APPEND);
    mn_buf_clear(&text);
    mn_buf_addf(&text, "{" APPEND ",\"audio\":\"QUJD\",\"event_id\":\"%0513d\"}", 0);
    assert_int_equal(heat(text.p), MN_HOT_NONE);
    mn_buf_free(&text);
}
