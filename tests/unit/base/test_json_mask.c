/* test_json_mask.c - a secret is found however JSON writes it. */
#include "base/json_mask.h"

#include "base/json_write.h"
#include "test.h"

#include <string.h>

static struct mn_buf text;

static const char *masked(const char *json, const char *secret)
{
    mn_buf_clear(&text);
    mn_buf_add_text(&text, json);
    mn_json_mask(&text, mn_str(secret), "(secret)");
    return text.n > 0 ? text.p : "";
}

TEST(a_secret_is_masked_as_text_as_a_string_and_as_a_string_in_a_string)
{
    assert_string_equal(masked("{\"a\":\"x s3cr\\\"et y\"}", "s3cr\"et"),
                        "{\"a\":\"x (secret) y\"}");
    assert_string_equal(masked("{\"a\":\"{\\\"b\\\":\\\"s3cr\\\\\\\"et\\\"}\"}", "s3cr\"et"),
                        "{\"a\":\"{\\\"b\\\":\\\"(secret)\\\"}\"}");
    assert_string_equal(masked("s3cr\"et and s3cr\"et", "s3cr\"et"), "(secret) and (secret)");
    mn_buf_free(&text);
}

TEST(what_is_no_secret_stays)
{
    assert_string_equal(masked("{\"a\":\"secre\"}", "secret"), "{\"a\":\"secre\"}");
    assert_string_equal(masked("{\"a\":\"abc\"}", "abc"), "{\"a\":\"abc\"}"); /* too short */
    assert_string_equal(masked("", "secret"), "");
    mn_buf_free(&text);
}
