/* test_rest.c - the API's other endpoints: what they answer, what they refuse, what they keep. */
#include "test.h"

#include "base/err.h"
#include "base/json.h"
#include "sim/model.h"
#include "sim/rest.h"

#include <stdio.h>
#include <stdlib.h>

#define NOW_S 1700000000

struct desk {
    struct mn_rest *rest;
    struct mn_rest_answer answer;
    struct mn_json *body;
};

static void open_desk(struct desk *d)
{
    *d = (struct desk){.rest = mn_rest_new(&mn_brain_standin, 7)};
    assert_non_null(d->rest);
}

static void forget(struct desk *d)
{
    mn_json_free(d->body);
    mn_buf_free(&d->answer.body);
    d->body = NULL;
}

static void close_desk(struct desk *d)
{
    forget(d);
    mn_rest_free(d->rest);
}

static void send(struct desk *d, const char *method, const char *path, const char *type,
                 const char *body)
{
    struct mn_rest_ask ask = {.method = mn_str(method),
                              .path = mn_str(path),
                              .type = mn_str(type),
                              .body = mn_str(body),
                              .wall_s = NOW_S};

    forget(d);
    assert_int_equal(mn_rest_answer(d->rest, &ask, &d->answer), 0);
    mn_json_parse(&d->body, mn_buf_str(&d->answer.body), &mn_json_frame, NULL);
}

/* ' stands for ". Returns the status. */
static int post(struct desk *d, const char *path, const char *body)
{
    char text[2048];

    snprintf(text, sizeof(text), "%s", body);
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    send(d, "POST", path, "application/json", text);
    return d->answer.status;
}

static bool refused(const struct desk *d, const char *code, const char *param)
{
    const struct mn_json *error = mn_json_get(d->body, "error");

    return mn_str_is(mn_json_str(error, "code"), code) &&
           mn_str_is(mn_json_str(error, "param"), param) && mn_json_str(error, "message").n > 0;
}

static const struct mn_json *output(const struct desk *d)
{
    return mn_json_first(mn_json_get(d->body, "output"));
}

TEST(a_client_secret_comes_with_its_session_and_begins_one)
{
    struct desk d;
    struct mn_sim_settings set = mn_sim_defaults();
    struct mn_buf event = {0};
    struct mn_str session;
    struct mn_sim *sim;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/realtime/client_secrets",
                          "{'expires_after':{'anchor':'created_at','seconds':30},'session':{"
                          "'type':'realtime','model':'gpt-realtime-mini','instructions':'Hum.'}}"),
                     200);
    assert_true(mn_str_starts(mn_json_str(d.body, "value"), MN_STR("ek_")));
    assert_int_equal(mn_json_int(d.body, "expires_at", 0), NOW_S + 30);
    assert_true(
        mn_str_is(mn_json_str(mn_json_get(d.body, "session"), "object"), "realtime.session"));
    assert_true(mn_rest_session(d.rest, mn_json_str(d.body, "value"), &session));
    set.session = session;
    sim = mn_sim_new(&set, 0);
    assert_true(mn_sim_next(sim, &event));
    assert_non_null(strstr(event.p, "\"instructions\":\"Hum.\""));
    assert_non_null(strstr(event.p, "\"model\":\"gpt-realtime-mini\""));
    mn_buf_free(&event);
    mn_sim_free(sim);
    close_desk(&d);
}

TEST(a_client_secret_is_refused_for_what_is_wrong_with_it)
{
    struct desk d;
    const char *path = "/v1/realtime/client_secrets";

    open_desk(&d);
    assert_int_equal(post(&d, path, ""), 200); /* everything has a default */
    assert_int_equal(post(&d, path, "{'expires_after':{'seconds':9}}"), 400);
    assert_true(refused(&d, "integer_below_min_value", "expires_after.seconds"));
    assert_int_equal(post(&d, path, "{'expires_after':{'seconds':7201}}"), 400);
    assert_true(refused(&d, "integer_above_max_value", "expires_after.seconds"));
    assert_int_equal(post(&d, path, "{'session':{'type':'realtime','colour':1}}"), 400);
    assert_true(refused(&d, "unknown_parameter", "session.colour"));
    assert_int_equal(post(&d, path,
                          "{'session':{'type':'realtime','tools':[{'type':'function',"
                          "'name':'a b'}]}}"),
                     400);
    assert_true(refused(&d, "invalid_value", "session.tools"));
    assert_int_equal(post(&d, path, "hello"), 400);
    close_desk(&d);
}

TEST(beta_sessions_come_with_a_secret_inside)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(
        post(&d, "/v1/realtime/sessions", "{'model':'gpt-4o-realtime-preview','voice':'ash'}"),
        200);
    assert_true(mn_str_is(mn_json_str(d.body, "voice"), "ash"));
    assert_true(
        mn_str_starts(mn_json_str(mn_json_get(d.body, "client_secret"), "value"), MN_STR("ek_")));
    assert_int_equal(post(&d, "/v1/realtime/transcription_sessions",
                          "{'input_audio_transcription':{'model':'whisper-1'}}"),
                     200);
    assert_null(mn_json_get(d.body, "voice"));
    assert_int_equal(post(&d, "/v1/realtime/transcription_sessions", "{'voice':'ash'}"), 400);
    assert_true(refused(&d, "unknown_parameter", "session.voice"));
    close_desk(&d);
}

#define OFFER "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"

TEST(a_call_is_made_by_an_offer_and_ends_once)
{
    struct desk d;
    struct mn_str session;
    char path[256], id[160];

    open_desk(&d);
    send(&d, "POST", "/v1/realtime/calls", "application/sdp", OFFER);
    assert_int_equal(d.answer.status, 201);
    assert_string_equal(d.answer.type, "application/sdp");
    assert_memory_equal(d.answer.body.p, "v=0\r\n", 5);
    snprintf(id, sizeof(id), "%s", d.answer.location + strlen("/v1/realtime/calls/"));
    assert_memory_equal(id, "rtc_", 4);
    assert_true(mn_rest_session(d.rest, mn_str(id), &session));
    snprintf(path, sizeof(path), "/v1/realtime/calls/%s/refer", id);
    assert_int_equal(post(&d, path, "{'target_uri':'tel:+4412'}"), 200);
    assert_int_equal(post(&d, path, "{'target_uri':'http://x'}"), 400);
    snprintf(path, sizeof(path), "/v1/realtime/calls/%s/hangup", id);
    assert_int_equal(post(&d, path, ""), 200);
    assert_false(mn_rest_session(d.rest, mn_str(id), &session));
    assert_int_equal(post(&d, path, ""), 404);
    close_desk(&d);
}

TEST(an_offer_may_come_as_a_form_with_its_session)
{
    struct desk d;
    struct mn_str session;
    const char *type = "multipart/form-data; boundary=\"xyz\"";

    open_desk(&d);
    send(&d, "POST", "/v1/realtime/calls", type,
         "--xyz\r\nContent-Disposition: form-data; name=\"sdp\"\r\nContent-Type: application/sdp"
         "\r\n\r\n" OFFER "\r\n--xyz\r\nContent-Disposition: form-data; name=\"session\"\r\n\r\n"
         "{\"type\":\"realtime\",\"instructions\":\"Hum.\"}\r\n--xyz--\r\n");
    assert_int_equal(d.answer.status, 201);
    assert_true(mn_rest_session(d.rest, mn_str(strrchr(d.answer.location, '/') + 1), &session));
    assert_true(mn_str_is(session, "{\"type\":\"realtime\",\"instructions\":\"Hum.\"}"));
    send(&d, "POST", "/v1/realtime/calls", type, "--xyz\r\n\r\nnothing\r\n--xyz--\r\n");
    assert_true(refused(&d, "missing_required_parameter", "sdp"));
    send(&d, "POST", "/v1/realtime/calls", "multipart/form-data", "--xyz");
    assert_int_equal(d.answer.status, 400);
    send(&d, "POST", "/v1/realtime/calls", "application/sdp", "hello");
    assert_true(refused(&d, "invalid_offer", "sdp"));
    close_desk(&d);
}

TEST(a_call_that_came_by_SIP_is_accepted_with_a_session_or_rejected)
{
    struct desk d;
    struct mn_str session;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_1/accept", "{'type':'realtime'}"), 200);
    assert_true(mn_rest_session(d.rest, MN_STR("rtc_1"), &session));
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_1/accept", "{}"), 400);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_1/reject", "{'status_code':7}"), 400);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_1/reject", "{'status_code':486}"), 200);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_1/accept", "{'type':'realtime'}"), 409);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_2/hangup", ""), 404);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_2", ""), 404);
    assert_int_equal(post(&d, "/v1/realtime/calls/rtc_2/sing", ""), 404);
    close_desk(&d);
}

TEST(a_response_says_something_or_calls_a_tool)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/responses", "{'model':'gpt-5-mini','input':'Good morning!'}"),
                     200);
    assert_true(mn_str_is(mn_json_str(d.body, "status"), "completed"));
    assert_true(mn_str_is(mn_json_str(output(&d), "type"), "message"));
    assert_int_equal(
        post(&d, "/v1/responses",
             "{'model':'gpt-5-mini','input':[{'role':'user','content':[{'type':'input_text',"
             "'text':'What is the weather in Paris?'}]}],'tools':[{'type':'function','name':"
             "'get_weather','description':'Look up the weather in a city.','parameters':{'type':"
             "'object','properties':{'city':{'type':'string'}},'required':['city']}}]}"),
        200);
    assert_true(mn_str_is(mn_json_str(output(&d), "type"), "function_call"));
    assert_true(mn_str_is(mn_json_str(output(&d), "name"), "get_weather"));
    assert_int_equal(
        post(&d, "/v1/responses",
             "{'model':'gpt-5-mini','input':[{'role':'user','content':'The weather?'},{'type':"
             "'function_call','call_id':'c','name':'get_weather','arguments':'{}'},{'type':"
             "'function_call_output','call_id':'c','output':'It rains.'}]}"),
        200);
    assert_non_null(strstr(d.answer.body.p, "It rains"));
    close_desk(&d);
}

TEST(a_response_may_be_streamed_and_tells_its_words_in_order)
{
    static const char *const order[] = {
        "event: response.created\n",           "event: response.in_progress\n",
        "event: response.output_item.added\n", "event: response.content_part.added\n",
        "event: response.output_text.delta\n", "event: response.output_text.done\n",
        "event: response.content_part.done\n", "event: response.output_item.done\n",
        "event: response.completed\n",
    };
    struct desk d;
    const char *at;

    open_desk(&d);
    assert_int_equal(
        post(&d, "/v1/responses", "{'model':'m','input':'Good morning!','stream':true}"), 200);
    assert_string_equal(d.answer.type, "text/event-stream");
    at = d.answer.body.p;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    close_desk(&d);
}

TEST(a_response_without_a_model_or_an_input_is_refused)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/responses", "{'model':'m'}"), 400);
    assert_true(refused(&d, "missing_required_parameter", "input"));
    assert_int_equal(post(&d, "/v1/responses", "{'input':'x'}"), 400);
    assert_true(refused(&d, "missing_required_parameter", "model"));
    assert_int_equal(post(&d, "/v1/responses", ""), 400);
    assert_int_equal(
        post(&d, "/v1/responses", "{'model':'m','input':'x','previous_response_id':'resp_1'}"),
        400);
    close_desk(&d);
}

TEST(calls_and_outputs_of_an_input_must_match)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/responses",
                          "{'model':'m','input':[{'type':'function_call_output','call_id':'c',"
                          "'output':'x'}]}"),
                     400);
    assert_int_equal(post(&d, "/v1/responses",
                          "{'model':'m','input':[{'type':'function_call','call_id':'c',"
                          "'name':'f','arguments':'{}'}]}"),
                     400);
    assert_int_equal(post(&d, "/v1/responses",
                          "{'model':'m','input':[{'type':'function_call','call_id':'c',"
                          "'name':'f','arguments':'{}'},{'type':'function_call_output',"
                          "'call_id':'c','output':'x'}]}"),
                     200);
    close_desk(&d);
}

TEST(tools_and_formats_that_are_none_are_refused)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/responses",
                          "{'model':'m','input':'x','tools':[{'type':'function','name':'a b'}]}"),
                     400);
    assert_true(refused(&d, "invalid_value", "tools"));
    assert_int_equal(post(&d, "/v1/responses",
                          "{'model':'m','input':'x','text':{'format':{'type':'json_schema',"
                          "'name':'n','schema':{'type':'string'}}}}"),
                     400);
    assert_true(refused(&d, "invalid_json_schema", "text.format"));
    close_desk(&d);
}

TEST(the_stand_in_answers_in_the_format_it_is_asked_for)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/responses",
                          "{'model':'m','input':'a refund of 20','text':{'format':{"
                          "'type':'json_schema','name':'n','schema':{'type':'object',"
                          "'properties':{'kind':{'type':'string','enum':['other','refund']},"
                          "'mood':{'type':'string','enum':['good']},'n':{'type':'integer'}},"
                          "'required':['kind','mood','n']}}}}"),
                     200);
    assert_non_null(strstr(d.answer.body.p, "{\\\"kind\\\":\\\"refund\\\",\\\"mood\\\":"
                                            "\\\"good\\\",\\\"n\\\":20}"));
    close_desk(&d);
}

TEST(words_may_be_flagged_up_to_a_bound)
{
    struct desk d;

    open_desk(&d);
    assert_int_equal(mn_rest_flag(d.rest, MN_STR("Old Donkey"), MN_STR("hate")), 0);
    assert_int_equal(mn_rest_flag(d.rest, MN_STR("x"), MN_STR("rudeness")), MN_EABSENT);
    post(&d, "/v1/moderations", "{'input':'you OLD, donkey!'}");
    assert_non_null(strstr(d.answer.body.p, "\"hate\":true"));
    post(&d, "/v1/moderations", "{'input':'an old grey donkey'}");
    assert_non_null(strstr(d.answer.body.p, "\"flagged\":false"));
    for (int i = 1; i < MN_REST_FLAGS; i++)
        assert_int_equal(mn_rest_flag(d.rest, MN_STR("x"), MN_STR("hate")), 0);
    assert_int_equal(mn_rest_flag(d.rest, MN_STR("x"), MN_STR("hate")), MN_ELIMIT);
    close_desk(&d);
}

TEST(moderation_flags_words_it_knows)
{
    struct desk d;
    const struct mn_json *result;

    open_desk(&d);
    assert_int_equal(post(&d, "/v1/moderations",
                          "{'input':['Good morning.',{'type':'text','text':'I will "
                          "KILL you!'}]}"),
                     200);
    result = mn_json_first(mn_json_get(d.body, "results"));
    assert_false(mn_json_bool(result, "flagged", true));
    result = mn_json_next(result);
    assert_true(mn_json_bool(result, "flagged", false));
    assert_true(mn_json_bool(mn_json_get(result, "categories"), "violence", false));
    assert_int_equal(post(&d, "/v1/moderations", "{}"), 400);
    close_desk(&d);
}

TEST(what_is_not_doubled_is_not_found)
{
    struct desk d;

    open_desk(&d);
    send(&d, "GET", "/v1/models", "", "");
    assert_int_equal(d.answer.status, 200);
    assert_true(mn_json_count(mn_json_get(d.body, "data")) > 0);
    assert_int_equal(post(&d, "/v1/models", ""), 405);
    assert_int_equal(post(&d, "/v1/chat/completions", "{}"), 404);
    send(&d, "GET", "", "", "");
    assert_int_equal(d.answer.status, 404);
    close_desk(&d);
}

TEST(the_oldest_of_65_keys_is_forgotten)
{
    struct desk d;
    struct mn_str session;
    char first[64];

    open_desk(&d);
    for (int i = 0; i <= MN_REST_KEPT; i++) {
        struct mn_str key;

        post(&d, "/v1/realtime/client_secrets", "");
        key = mn_json_str(d.body, "value");
        if (i == 0)
            snprintf(first, sizeof(first), "%.*s", MN_FMT(key));
        assert_true(mn_rest_session(d.rest, key, &session));
    }
    assert_false(mn_rest_session(d.rest, mn_str(first), &session));
    close_desk(&d);
}
