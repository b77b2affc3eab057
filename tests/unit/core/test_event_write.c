/* test_event_write.c - events as they leave. */
#include "base/err.h"
#include "core/event_check.h"
#include "core/event_fault.h"
#include "core/event_write.h"

#include "test.h"

static void check_text(struct mn_buf *out, const char *expected)
{
    assert_int_equal(out->err, 0);
    assert_string_equal(out->p, expected);
    mn_buf_free(out);
}

TEST(an_event_opens_with_its_name_and_id)
{
    struct mn_buf out = {0};
    struct mn_writer w;

    assert_true(mn_event_open(&w, &out, MN_EV_RESPONSE_OUTPUT_TEXT_DELTA, MN_GA, "event_1"));
    mn_write_text(&w, "delta", "hi");
    mn_write_close(&w);
    check_text(&out, "{\"type\":\"response.output_text.delta\",\"event_id\":\"event_1\","
                     "\"delta\":\"hi\"}");
}

TEST(a_client_may_leave_the_event_id_out)
{
    struct mn_buf out = {0};
    struct mn_writer w;

    assert_true(mn_event_open(&w, &out, MN_EV_RESPONSE_CREATE, MN_GA, NULL));
    mn_write_close(&w);
    check_text(&out, "{\"type\":\"response.create\"}");
}

TEST(the_beta_dialect_gets_its_own_names)
{
    struct mn_buf out = {0};
    struct mn_writer w;

    assert_true(mn_event_open(&w, &out, MN_EV_CONVERSATION_ITEM_ADDED, MN_BETA, NULL));
    mn_write_close(&w);
    check_text(&out, "{\"type\":\"conversation.item.created\"}");
}

TEST(what_a_dialect_cannot_say_is_not_written)
{
    struct mn_buf out = {0};
    struct mn_writer w;

    assert_false(mn_event_open(&w, &out, MN_EV_CONVERSATION_ITEM_DONE, MN_BETA, "event_1"));
    assert_false(mn_event_open(&w, &out, MN_EV_UNKNOWN, MN_GA, "event_1"));
    assert_int_equal(out.n, 0);
}

TEST(an_error_event_says_what_the_fault_says)
{
    struct mn_buf out = {0};
    struct mn_fault fault = {.event_id = "event_9"};

    mn_fault_set(&fault, "invalid_value", "session.voice", "No voice '%s'.", "\"x\"");
    assert_int_equal(mn_event_error(&out, "event_1", &fault), 0);
    check_text(&out, "{\"type\":\"error\",\"event_id\":\"event_1\",\"error\":{"
                     "\"type\":\"invalid_request_error\",\"code\":\"invalid_value\","
                     "\"message\":\"No voice '\\\"x\\\"'.\",\"param\":\"session.voice\","
                     "\"event_id\":\"event_9\"}}");
}

TEST(an_error_event_sends_null_for_what_there_is_not)
{
    struct mn_buf out = {0};
    struct mn_fault fault = {0};

    mn_fault_set(&fault, NULL, NULL, "It failed.");
    assert_int_equal(mn_event_error(&out, "event_1", &fault), 0);
    check_text(&out, "{\"type\":\"error\",\"event_id\":\"event_1\",\"error\":{"
                     "\"type\":\"invalid_request_error\",\"code\":null,\"message\":\"It failed.\","
                     "\"param\":null,\"event_id\":null}}");
}

TEST(an_error_event_is_one_the_table_accepts_in_both_dialects)
{
    struct mn_buf out = {0};
    struct mn_fault fault = {0}, why;
    struct mn_event ev;

    mn_fault_set(&fault, NULL, NULL, "It failed.");
    mn_event_error(&out, "event_1", &fault);
    for (int dialect = MN_GA; dialect <= MN_BETA; dialect++) {
        assert_int_equal(mn_event_decode(&ev, mn_buf_str(&out), MN_FROM_SERVER,
                                         (enum mn_dialect)dialect, &mn_json_frame, &why),
                         0);
        assert_int_equal(ev.type, MN_EV_ERROR);
        assert_int_equal(mn_event_check(&ev, &why), 0);
        mn_event_free(&ev);
    }
    mn_buf_free(&out);
}

TEST(a_full_buffer_keeps_its_error)
{
    struct mn_buf out = {.limit = 8};
    struct mn_fault fault = {0};

    mn_fault_set(&fault, NULL, NULL, "It failed.");
    assert_int_equal(mn_event_error(&out, "event_1", &fault), MN_ELIMIT);
    mn_buf_free(&out);
}

TEST(a_fault_too_long_is_cut_between_characters)
{
    struct mn_fault fault = {0};
    char text[1024];
    size_t n;

    /* One byte, then a character of three bytes over and over. */
    text[0] = 'x';
    for (n = 1; n + 1 < sizeof(text); n++)
        text[n] = "\xe2\x82\xac"[(n - 1) % 3];
    text[n] = '\0';
    mn_fault_set(&fault, NULL, text, "%s", text);
    assert_int_equal(strlen(fault.message), 511); /* 1 + 170 * 3 */
    assert_int_equal(strlen(fault.param), 127);   /* 1 + 42 * 3 */
    mn_fault_set(&fault, NULL, text + 1, "%s", text + 1);
    assert_int_equal(strlen(fault.message), 510);
    assert_int_equal(strlen(fault.param), 126);
    mn_fault_set(&fault, NULL, text + 2, "%s", text + 2);
    assert_int_equal(strlen(fault.message), 509);
    assert_int_equal(strlen(fault.param), 125);
}
