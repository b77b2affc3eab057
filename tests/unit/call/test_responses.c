/* test_responses.c - what may be asked on the server's account, and what an answer says it used. */
#include "call/responses.h"
#include "test.h"

#include <string.h>

#define MODELS "gpt-4.1,gpt-5-mini"

static const char *check(const char *text, const char **param)
{
    static char why[200];
    struct mn_json *body;
    const char *said;

    assert_int_equal(mn_json_parse(&body, mn_str(text), &mn_json_frame, NULL), 0);
    said = mn_responses_check(body, MODELS, param);
    mn_json_free(body);
    if (said != NULL)
        strcpy(why, said);
    return said != NULL ? why : NULL;
}

static void refused(const char *text, const char *about)
{
    const char *param;

    if (check(text, &param) == NULL)
        fail_msg("was taken: %s", text);
    if (about == NULL)
        assert_null(param);
    else
        assert_string_equal(param, about);
}

TEST(a_listed_model_with_tools_of_ones_own_may_be_asked)
{
    const char *param;

    assert_null(check("{\"model\":\"gpt-4.1\",\"input\":\"hi\"}", &param));
    assert_null(check("{\"model\":\"gpt-5-mini\",\"input\":[],\"stream\":true,\"background\":false,"
                      "\"previous_response_id\":null,"
                      "\"tools\":[{\"type\":\"function\",\"name\":\"f\"},{\"type\":\"custom\"}]}",
                      &param));
}

TEST(what_is_the_accounts_may_not_be_asked_for)
{
    refused("[]", NULL);
    refused("{}", "model");
    refused("{\"model\":\"gpt-4\"}", "model");
    refused("{\"model\":\"gpt-4.1,gpt-5-mini\"}", "model");
    refused("{\"model\":\"gpt-4.1\",\"model\":\"o3-pro\"}", NULL);
    refused("{\"model\":\"gpt-4.1\",\"mod\\u0065l\":\"o3-pro\"}", NULL);
    refused("{\"model\":\"gpt-4.1\",\"previous_response_id\":\"resp_1\"}", "previous_response_id");
    refused("{\"model\":\"gpt-4.1\",\"conversation\":{\"id\":\"conv_1\"}}", "conversation");
    refused("{\"model\":\"gpt-4.1\",\"prompt\":{\"id\":\"pmpt_1\"}}", "prompt");
    refused("{\"model\":\"gpt-4.1\",\"background\":true}", "background");
    refused("{\"model\":\"gpt-4.1\",\"background\":1}", "background");
    refused("{\"model\":\"gpt-4.1\",\"tools\":[{\"type\":\"code_interpreter\"}]}", "tools");
    refused("{\"model\":\"gpt-4.1\",\"tools\":[{\"type\":\"function\",\"type\":\"mcp\"}]}",
            "tools");
    refused("{\"model\":\"gpt-4.1\",\"tools\":[\"web_search\"]}", "tools");
}

static int64_t used(const char *text, size_t step)
{
    struct mn_usage_scan scan = {0};
    size_t n = strlen(text);

    for (size_t at = 0; at < n; at += step)
        mn_usage_scan(&scan, (struct mn_str){text + at, n - at < step ? n - at : step});
    return scan.most;
}

TEST(what_was_used_is_found_however_the_bytes_come)
{
    static const char events[] = "data: {\"type\":\"response.completed\",\"response\":{\"usage\":"
                                 "{\"input_tokens\":4,\"total_tokens\": 127}}}\n\n";

    for (size_t step = 1; step < sizeof(events); step++)
        assert_int_equal(used(events, step), 127);
    assert_int_equal(used("{\"total_tokens\":5,\"x\":{\"total_tokens\":3}}", 7), 5);
}

TEST(what_a_model_says_is_not_taken_for_what_was_used)
{
    assert_int_equal(used("{\"text\":\"{\\\"total_tokens\\\":99999}\",\"total_tokens\":7}", 3), 7);
    assert_int_equal(used("{\"total_tokens\":\"9\"}", 1), 0);
    assert_int_equal(used("\"\"total_tokens\":12", 1), 12);
    assert_true(used("{\"total_tokens\":99999999999999999999999999}", 4) > 0);
}
