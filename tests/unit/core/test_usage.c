/* test_usage.c - what a call has used, and how much it may: R65, R66. */
#include "core/usage.h"

#include "base/err.h"

#include "session_driver.h"

/* A dollar a token of input, a tenth when cached, and two of output: by modality. */
#define DOLLAR 1000000000LL
static const struct mn_price price = {
    .known = true,
    .input = {1 * DOLLAR, 10 * DOLLAR, 100 * DOLLAR},
    .cached = {DOLLAR / 10, DOLLAR, 10 * DOLLAR},
    .output = {2 * DOLLAR, 20 * DOLLAR},
    .minute = 6 * DOLLAR,
};

static struct mn_json *read(const char *text)
{
    struct mn_buf buf = {0};
    struct mn_json *v = NULL;

    for (; *text != '\0'; text++)
        mn_buf_add_byte(&buf, *text == '\'' ? '"' : *text);
    assert_int_equal(mn_json_parse(&v, mn_buf_str(&buf), &mn_json_frame, NULL), 0);
    mn_buf_free(&buf);
    return v;
}

TEST(R66_cached_tokens_are_a_part_of_the_input_and_paid_once)
{
    struct mn_json *usage =
        read("{'total_tokens':260,'input_tokens':200,'output_tokens':60,"
             "'input_token_details':{'text_tokens':120,'audio_tokens':80,'image_tokens':0,"
             "'cached_tokens':90,'cached_tokens_details':{'text_tokens':60,'audio_tokens':30}},"
             "'output_token_details':{'text_tokens':20,'audio_tokens':40}}");
    struct mn_usage u = {0};
    struct mn_tokens t;
    int64_t cost;

    assert_true(mn_usage_response(&u, &price, MN_STR("r1"), usage, &t, &cost));
    assert_int_equal(t.input[MN_TEXT] + t.input[MN_AUDIO], 200);
    assert_int_equal(t.cached[MN_TEXT], 60);
    assert_int_equal(t.cached[MN_AUDIO], 30);
    assert_int_equal(cost,
                     (60 * 1 + 50 * 10 + 30 * 1 + 20 * 2 + 40 * 20) * DOLLAR + 60 * (DOLLAR / 10));
    assert_int_equal(mn_usage_total(&u), 260);
    assert_false(mn_usage_response(&u, &price, MN_STR("r1"), usage, &t, &cost)); /* told twice */
    assert_int_equal(u.responses, 1);
    mn_json_free(usage);
}

TEST(R66_without_details_tokens_are_text_and_no_more_is_cached_than_came_in)
{
    struct mn_json *usage = read("{'input_tokens':10,'output_tokens':5,"
                                 "'input_token_details':{'cached_tokens':999}}");
    struct mn_usage u = {0};
    struct mn_tokens t;
    int64_t cost;

    assert_true(mn_usage_response(&u, &price, MN_STR("r1"), usage, &t, &cost));
    assert_int_equal(t.input[MN_TEXT], 10);
    assert_int_equal(t.cached[MN_TEXT], 10);
    assert_int_equal(t.cached[MN_AUDIO], 0);
    assert_int_equal(t.total, 15);
    assert_int_equal(cost, 1 * DOLLAR + 10 * DOLLAR);
    mn_json_free(usage);
}

TEST(R66_numbers_that_are_no_counts_do_no_harm)
{
    static const char *const usages[] = {
        "{'input_tokens':-5,'output_tokens':9007199254740991,'total_tokens':9007199254740991}",
        "{'seconds':1e300,'input_tokens':null,'output_tokens':'many'}",
        ("{'input_tokens':9007199254740991,'input_token_details':{'audio_tokens':9007199254740991,"
         "'cached_tokens':9007199254740991}}"),
    };

    for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
        struct mn_json *usage = read(usages[i]);
        struct mn_usage u = {0};
        struct mn_tokens t;
        int64_t cost;

        assert_true(mn_usage_response(&u, &(struct mn_price){.output = {64000}}, MN_STR("r"), usage,
                                      &t, &cost));
        assert_true(cost >= 0 && t.total >= 0);
        assert_true(mn_usage_transcription(&u, &price, MN_STR("i"), usage, &cost));
        assert_true(u.transcription_ms >= 0);
        mn_json_free(usage);
    }
}

TEST(R66_a_transcription_is_counted_apart_by_tokens_or_by_time)
{
    struct mn_json *tokens = read("{'type':'tokens','total_tokens':30,'input_tokens':20,"
                                  "'output_tokens':10,'input_token_details':{'audio_tokens':20}}");
    struct mn_json *seconds = read("{'type':'duration','seconds':2.5}");
    struct mn_usage u = {0};
    int64_t cost;

    assert_true(mn_usage_transcription(&u, &price, MN_STR("i1"), tokens, &cost));
    assert_int_equal(cost, (20 * 10 + 10 * 2) * DOLLAR);
    assert_true(mn_usage_transcription(&u, &price, MN_STR("i2"), seconds, &cost));
    assert_int_equal(cost, DOLLAR / 4);
    assert_int_equal(u.transcriptions, 2);
    assert_int_equal(u.transcription_tokens, 30);
    assert_int_equal(u.transcription_ms, 2500);
    assert_int_equal(u.tokens.total, 0);
    mn_json_free(tokens);
    mn_json_free(seconds);
}

/* --- through a session --- */

static void uses(struct drive *d, const char *response, int text_in, int text_out)
{
    model_sends(d,
                "{'type':'response.done','response':{'id':'%s','conversation_id':'conv',"
                "'status':'completed','output':[],'usage':{'input_tokens':%d,'output_tokens':%d,"
                "'total_tokens':%d}}}",
                response, text_in, text_out, text_in + text_out);
}

static void one_response(struct drive *d, const char *response, int text_in, int text_out)
{
    model_created(d, response);
    uses(d, response, text_in, text_out);
}

static void open_limited(struct drive *d, struct mn_app_spec limits)
{
    drive_init(d);
    d->app.max_duration_ms = limits.max_duration_ms;
    d->app.max_idle_ms = limits.max_idle_ms;
    d->app.max_tokens = limits.max_tokens;
    d->app.max_cost = limits.max_cost;
    d->app.price = price;
    d->app.farewell = MN_STR("Goodbye.");
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

#define REACHED "note error agent=A code=limit_reached from=myna"
#define GOODBYE                                                                                    \
    "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "               \
    "\\\"Goodbye.\\\"\"}"

/* The farewell is spoken, heard, and then the call ends. */
static void says_goodbye(struct drive *d, const char *end)
{
    SEES(d, REACHED, GOODBYE);
    model_created(d, "bye");
    model_audio(d, "bye", "i", 500);
    uses(d, "bye", 1, 1);
    drive_wait(d, 499);
    SEES_NOTHING(d);
    drive_wait(d, 1);
    SEES(d, "hang up 1", end);
    drive_close(d);
}

TEST(R65_a_call_that_reached_its_longest_duration_says_goodbye)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_duration_ms = 60000});
    drive_wait(&d, 59999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    says_goodbye(&d, "end 1000 the call reached its longest duration");
}

TEST(R65_a_farewell_comes_behind_what_is_being_said)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_duration_ms = 60000});
    drive_wait(&d, 59000);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i0", 3000);
    drive_wait(&d, 1000);
    SEES(&d, REACHED);
    model_done(&d, "r1");
    SEES(&d, GOODBYE);
    drive_close(&d);
}

TEST(R65_a_caller_who_speaks_at_the_limit_is_said_goodbye_to)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_duration_ms = 60000});
    drive_wait(&d, 59000);
    caller_speaks(&d);
    drive_wait(&d, 1000);
    assert_int_equal(mn_session_append(d.s, 20, d.now_ms), -1);
    says_goodbye(&d, "end 1000 the call reached its longest duration");
}

TEST(R65_a_model_that_does_not_say_goodbye_is_not_waited_for)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_duration_ms = 60000});
    drive_wait(&d, 90000);
    assert_non_null(strstr(d.seen.p, "end 1000 the call reached its longest duration"));
    drive_close(&d);
}

static void is_said_goodbye_to(struct drive *d, const char *words)
{
    drive_feed(d, &(struct mn_input){.type = MN_IN_FAREWELL, .text = mn_str(words), .code = 1001});
}

TEST(R67_a_farewell_has_the_words_given_and_the_code_it_ends_with)
{
    struct drive d;

    drive_ready(&d);
    is_said_goodbye_to(&d, "We close.");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
             "\\\"We close.\\\"\"}");
    is_said_goodbye_to(&d, "We close."); /* twice is once */
    model_created(&d, "bye");
    model_audio(&d, "bye", "i", 500);
    model_done(&d, "bye");
    drive_wait(&d, 499);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "hang up 1", "end 1001 the server is going away");
    drive_close(&d);
}

TEST(R67_the_words_an_app_has_of_its_own_are_its_farewell)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){0});
    is_said_goodbye_to(&d, "We close.");
    SEES(&d, GOODBYE);
    drive_close(&d);
}

TEST(R67_a_farewell_does_not_wait_for_a_caller_who_is_away)
{
    struct drive d;

    drive_init(&d);
    d.settings.resume_ms = 30000;
    drive_open(&d);
    drive_set_up(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_CALLER_LOST, .err = MN_ECLOSED});
    is_said_goodbye_to(&d, "We close.");
    assert_non_null(strstr(d.seen.p, "end 1001 the server is going away"));
    drive_close(&d);
}

TEST(R65_silence_of_both_sides_has_its_end)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_idle_ms = 30000});
    drive_wait(&d, 29999);
    caller_sends(&d, "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                     "'content':[{'type':'input_text','text':'Hm.'}]}}"); /* no silence */
    drive_forget(&d);
    drive_wait(&d, 20000);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i0", 4000); /* it is silent from the end of this on */
    model_done(&d, "r1");
    drive_wait(&d, 4000 + 29999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    says_goodbye(&d, "end 1000 nobody spoke for too long");
}

TEST(R65_the_token_that_reaches_the_limit_is_the_last)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_tokens = 100});
    one_response(&d, "r1", 60, 39);
    SEES_NOTHING(&d);
    one_response(&d, "r2", 1, 0);
    says_goodbye(&d, "end 1000 the call used up its tokens");
}

TEST(R65_the_dollar_that_reaches_the_limit_is_the_last)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_cost = 100 * DOLLAR});
    one_response(&d, "r1", 59, 20);
    SEES_NOTHING(&d);
    one_response(&d, "r2", 1, 0);
    says_goodbye(&d, "end 1000 the call reached its highest cost");
}

TEST(R66_responses_beside_the_conversation_and_cut_ones_are_paid_for)
{
    struct drive d;

    open_limited(&d, (struct mn_app_spec){.max_tokens = 100});
    d.notes = 1u << MN_NOTE_USAGE;
    model_sends(&d, "{'type':'response.created','response':{'id':'oob','conversation_id':null}}");
    model_sends(&d, "{'type':'response.done','response':{'id':'oob','conversation_id':null,"
                    "'status':'cancelled','output':[],'usage':{'input_tokens':3,'output_tokens':4,"
                    "'total_tokens':7}}}");
    assert_non_null(strstr(d.seen.p, "response=oob input_tokens=3 output_tokens=4"));
    assert_non_null(strstr(d.seen.p, "cost_usd=11"));
    drive_forget(&d);
    model_sends(&d, "{'type':'conversation.item.input_audio_transcription.completed','item_id':"
                    "'u1','content_index':0,'transcript':'Hi.','usage':{'type':'duration',"
                    "'seconds':10}}");
    assert_non_null(strstr(d.seen.p, "note usage agent=A item=u1"));
    assert_non_null(strstr(d.seen.p, "\"total_tokens\":7"));
    assert_non_null(strstr(d.seen.p, "\"transcription_seconds\":10"));
    assert_null(strstr(d.seen.p, "cost_usd")); /* no price of the transcription is known */
    drive_close(&d);
}
