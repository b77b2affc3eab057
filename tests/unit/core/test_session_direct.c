/* test_session_direct.c - calls whose audio does not come by here (R80 to R83). */
#include "base/err.h"
#include "session_driver.h"

#include <stdio.h>

static void ready(struct drive *d)
{
    drive_init(d);
    d->settings.direct = true;
    d->settings.retries = 3;
    d->settings.retry_ms = 500;
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

static void plays(struct drive *d, const char *what, const char *response)
{
    model_sends(d, "{'type':'output_audio_buffer.%s','response_id':'%s'}", what, response);
}

/* An answer of 20 letters, spoken for so long. */
static void says(struct drive *d, const char *response, const char *item, int ms)
{
    model_created(d, response);
    model_item(d, "assistant", item, NULL);
    model_words(d, response, item, "One two, three four.");
    plays(d, "started", response);
    model_done(d, response);
    drive_wait(d, ms);
}

static void down(struct drive *d, int code, const char *reason)
{
    drive_feed(d, &(struct mn_input){
                      .type = MN_IN_LEG_DOWN, .leg = 1, .code = code, .text = mn_str(reason)});
}

TEST(R80_no_format_is_told_where_audio_is_not_ours)
{
    struct drive d;

    drive_init(&d);
    d.settings.direct = true;
    drive_open(&d);
    prepared(&d, "I am A.");
    drive_forget(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_LEG_UP, .leg = 1}); /* nobody said created */
    assert_non_null(strstr(d.seen.p, "session.update"));
    assert_null(strstr(d.seen.p, "audio/pcm"));
    drive_close(&d);
}

TEST(R81_what_plays_is_heard_when_the_model_says_so)
{
    struct drive d;

    ready(&d);
    d.notes |= 1u << MN_NOTE_AUDIO_START | 1u << MN_NOTE_AUDIO_STOPPED;
    says(&d, "r1", "a1", 60000);
    SEES(&d, "note audio_start agent=A");
    assert_false(mn_session_idle(d.s, d.now_ms));
    plays(&d, "stopped", "r1");
    SEES(&d, "note audio_stopped agent=A");
    assert_true(mn_session_idle(d.s, d.now_ms));
    drive_close(&d);
}

TEST(R81_cutting_in_by_us_cancels_and_clears)
{
    struct drive d;

    ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "a1", NULL);
    plays(&d, "started", "r1");
    drive_forget(&d);
    drive_order(&d, MN_IN_INTERRUPT, "");
    SEES(&d, "send response.cancel", "drop", "send output_audio_buffer.clear");
    drive_close(&d);
}

TEST(R81_a_caller_who_cuts_in_is_the_servers_matter)
{
    struct drive d;

    ready(&d);
    says(&d, "r1", "a1", 500);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop");
    drive_close(&d);
}

TEST(R34_words_are_cut_at_the_pace_at_which_whole_answers_were_spoken)
{
    struct drive d;

    ready(&d);
    for (int i = 0; i < 3; i++) { /* 20 letters in 4 s */
        char response[8], item[8];

        snprintf(response, sizeof(response), "r%d", i);
        snprintf(item, sizeof(item), "a%d", i);
        says(&d, response, item, 4000);
        plays(&d, "stopped", response);
    }
    says(&d, "r9", "a9", 2000);
    caller_speaks(&d);
    plays(&d, "cleared", "r9");
    model_sends(&d, "{'type':'conversation.item.truncated','item_id':'a9','content_index':0,"
                    "'audio_end_ms':2000}");
    HISTORY(&d, "assistant a0: One two, three four.", "assistant a1: One two, three four.",
            "assistant a2: One two, three four.", "assistant a9: One two,");
    drive_close(&d);
}

TEST(R82_what_tools_brought_meanwhile_is_told)
{
    struct drive d;

    ready(&d);
    model_item(&d, "user", "u1", NULL);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    down(&d, 1006, "");
    job_done(&d, "c1", "Sam");
    drive_forget(&d);
    drive_wait(&d, 500);
    SEES(&d, "dial 1");
    drive_feed(&d, &(struct mn_input){.type = MN_IN_LEG_UP, .leg = 1});
    drive_forget(&d);
    model_updated(&d);
    SEES(&d, "send output c1 Sam", "send response.create");
    drive_close(&d);
}

TEST(R82_a_call_that_is_closed_in_good_order_was_hung_up)
{
    struct drive d;

    ready(&d);
    down(&d, 1000, "");
    SEES(&d, "end 1000 the caller left");
    drive_close(&d);
}

TEST(R82_a_call_that_ends_while_it_is_taken_up_again_was_hung_up)
{
    struct drive d;

    ready(&d);
    down(&d, 1006, "");
    drive_wait(&d, 500);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_LEG_UP, .leg = 1});
    drive_forget(&d);
    down(&d, 1000, "");
    SEES(&d, "end 1000 the caller left");
    drive_close(&d);
}

TEST(R82_a_call_that_is_gone_when_it_is_taken_up_again_was_hung_up)
{
    struct drive d;

    ready(&d);
    down(&d, 1006, "");
    drive_wait(&d, 500);
    drive_forget(&d);
    down(&d, 0, "HTTP 404: no such call");
    SEES(&d, "end 1000 the caller left");
    drive_close(&d);
}

TEST(R83_a_recording_cannot_be_played)
{
    struct drive d;
    const struct mn_recording play = {.samples_24k = 24000, .samples_8k = 8000};

    ready(&d);
    assert_int_equal(drive_feed(&d, &(struct mn_input){.type = MN_IN_PLAY, .play = &play}),
                     MN_EPROTOCOL);
    SEES_NOTHING(&d);
    drive_close(&d);
}
