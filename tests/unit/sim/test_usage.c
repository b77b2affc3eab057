/* test_usage.c - tokens add up, whatever the conversation; and rate limits that hold. */
#include "drive.h"

#include "base/random.h"

#include <stdio.h>

struct bill {
    int64_t responses; /* total_tokens of all response.done so far */
    int64_t heard;     /* of all transcripts */
    int done, transcripts;
};

static int64_t at(const struct mn_json *usage, const char *path)
{
    int64_t n = drive_int(usage, path);

    assert_true(n >= 0);
    return n;
}

static void check_response(struct bill *bill, const struct mn_json *usage)
{
    static const char *const kinds[] = {"text_tokens", "audio_tokens", "image_tokens"};
    int64_t in = 0, cached = 0, out = 0;
    char path[96];

    for (int i = 0; i < 3; i++) {
        int64_t of_kind, cached_of_kind;

        snprintf(path, sizeof(path), "input_token_details.%s", kinds[i]);
        in += of_kind = at(usage, path);
        snprintf(path, sizeof(path), "input_token_details.cached_tokens_details.%s", kinds[i]);
        cached += cached_of_kind = at(usage, path);
        assert_true(cached_of_kind <= of_kind);
        snprintf(path, sizeof(path), "output_token_details.%s", kinds[i]);
        out += i < 2 ? at(usage, path) : 0; /* no image comes out */
    }
    assert_int_equal(at(usage, "input_tokens"), in);
    assert_int_equal(at(usage, "input_token_details.cached_tokens"), cached);
    assert_int_equal(at(usage, "output_tokens"), out);
    assert_int_equal(at(usage, "total_tokens"), in + out);
    bill->responses += in + out;
    bill->done++;
}

static void check_transcript(struct bill *bill, const struct mn_json *usage)
{
    int64_t in = at(usage, "input_tokens"), out = at(usage, "output_tokens");

    assert_int_equal(at(usage, "total_tokens"), in + out);
    assert_int_equal(at(usage, "input_token_details.audio_tokens") +
                         at(usage, "input_token_details.text_tokens"),
                     in);
    bill->heard += in + out;
    bill->transcripts++;
}

/* Every event so far, in order: each rate_limits.updated tells what all responses have cost. */
static void audit(struct drive *d, struct bill *bill)
{
    for (int i = 0; i < d->n; i++) {
        struct mn_json *event;
        struct mn_str type;

        assert_int_equal(mn_json_parse(&event, mn_str(d->said[i]), &mn_json_frame, NULL), 0);
        type = mn_json_str(event, "type");
        if (mn_str_is(type, "response.done"))
            check_response(bill, mn_json_get(mn_json_get(event, "response"), "usage"));
        else if (mn_str_is(type, "conversation.item.input_audio_transcription.completed"))
            check_transcript(bill, mn_json_get(event, "usage"));
        else if (mn_str_is(type, "rate_limits.updated"))
            assert_int_equal(drive_int(event, "rate_limits.1.limit") -
                                 drive_int(event, "rate_limits.1.remaining"),
                             bill->responses);
        mn_json_free(event);
    }
    drive_forget(d);
}

#define ITEM(part)                                                                                 \
    "{'type':'conversation.item.create','item':{'type':'message','role':'user','content':[" part   \
    "]}}"

static void act(struct drive *d, unsigned what, int64_t ms)
{
    static const char *const frames[] = {
        ITEM("{'type':'input_text','text':'What are your opening hours on Saturdays?'}"),
        ITEM("{'type':'input_image','image_url':'data:image/png;base64,AA=='}"),
        "{'type':'response.create'}",
        "{'type':'response.create','response':{'output_modalities':['text']}}",
        "{'type':'response.create','response':{'conversation':'none','input':[]}}",
        "{'type':'response.create','response':{'max_output_tokens':4}}",
        "{'type':'response.cancel'}",
        "{'type':'input_audio_buffer.commit'}",
    };
    unsigned count = sizeof(frames) / sizeof(frames[0]);

    if (what % (count + 2) < count)
        drive_feed(d, "%s", frames[what % (count + 2)]);
    else if (what % (count + 2) == count)
        drive_audio(d, ms / 4, 8000);
    else
        drive_pass(d, ms);
}

TEST(usage_adds_up_in_any_conversation)
{
    struct mn_random random;
    struct bill all = {0};

    mn_random_seed(&random, 20261120);
    for (int round = 0; round < 8; round++) {
        struct mn_sim_settings set = mn_sim_defaults();
        struct bill bill = {0};
        struct drive d;

        set.tokens_minute = INT32_MAX;
        set.frame_ms = 500; /* fewer events to look at */
        drive_open_with(&d, set);
        drive_feed(&d, "{'type':'session.update','session':{'type':'realtime','instructions':"
                       "'You are the receptionist of a dental clinic; be brief and friendly.',"
                       "'audio':{'input':{'transcription':{'model':'whisper-1'}}}}}");
        while (d.now_ms < 50000) { /* within the first minute, which nothing resets */
            act(&d, (unsigned)mn_random_next(&random) % 1000,
                (int64_t)(mn_random_next(&random) % 4000));
            d.now_ms++;
            drive_pass(&d, 0);
            audit(&d, &bill);
        }
        all.done += bill.done;
        all.transcripts += bill.transcripts;
        drive_close(&d);
    }
    assert_true(all.done > 40 && all.transcripts > 8);
}

static void ask(struct drive *d)
{
    drive_feed(d, "{'type':'response.create','response':{'output_modalities':['text']}}");
    drive_pass(d, 1000);
}

static struct mn_str outcome(struct drive *d)
{
    return drive_at(drive_last(d, "response.done"), "response.status_details.error.code");
}

TEST(a_response_fails_when_the_minute_is_spent_and_the_next_minute_is_new)
{
    struct mn_sim_settings set = mn_sim_defaults();
    struct drive d;

    set.rates_hold = true;
    set.requests_minute = 2;
    drive_open_with(&d, set);
    ask(&d);
    ask(&d);
    assert_int_equal(outcome(&d).n, 0);
    ask(&d);
    assert_true(mn_str_is(outcome(&d), "rate_limit_exceeded"));
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "response.done"), "response.status_details.error.type"),
                  "rate_limit_error"));
    drive_pass(&d, 60000);
    ask(&d);
    assert_int_equal(outcome(&d).n, 0);
    drive_close(&d);
}

TEST(tokens_are_limited_as_requests_are)
{
    struct mn_sim_settings set = mn_sim_defaults();
    struct drive d;

    set.rates_hold = true;
    set.tokens_minute = 10;
    drive_open_with(&d, set);
    ask(&d);
    assert_int_equal(outcome(&d).n, 0);
    ask(&d);
    assert_true(mn_str_is(outcome(&d), "rate_limit_exceeded"));
    drive_close(&d);
}
