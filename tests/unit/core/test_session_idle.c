/* test_session_idle.c - the ladder of silence: R37. */
#include "session_driver.h"

static const struct mn_idle_spec ladder[] = {
    {.after_ms = 8000, .say = {"Still there?", 12}},
    {.after_ms = 20000, .say = {"Goodbye.", 8}, .hang_up = true},
};

static void open(struct drive *d)
{
    drive_init(d);
    d->app.idle = ladder;
    d->app.nidle = 2;
    d->notes = 1u << MN_NOTE_IDLE;
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

/* An answer of a second, all of it in line at once. */
static void answer(struct drive *d, const char *response, const char *item)
{
    model_created(d, response);
    assert_int_equal(model_audio(d, response, item, 1000).act, MN_AUDIO_PLAY);
    model_done(d, response);
    drive_forget(d);
}

#define ASKS                                                                                       \
    "note idle agent=A seconds=8 rung=1",                                                          \
        "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "           \
        "\\\"Still there?\\\"\"}"
#define LEAVES                                                                                     \
    "note idle agent=A seconds=20 rung=2",                                                         \
        "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "           \
        "\\\"Goodbye.\\\"\"}"

TEST(R37_silence_is_counted_from_the_end_of_playback_and_each_rung_from_its_own)
{
    struct drive d;

    open(&d);
    answer(&d, "r1", "i1");
    drive_wait(&d, 1000 + 7999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, ASKS);
    answer(&d, "r2", "i2");
    drive_wait(&d, 1000 + 19999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, LEAVES);
    answer(&d, "r3", "i3");
    drive_wait(&d, 999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "hang up 1", "end 1000 the caller was silent");
    drive_close(&d);
}

TEST(R37_the_callers_voice_or_message_begins_the_ladder_anew)
{
    struct drive d;

    open(&d);
    drive_wait(&d, 8000);
    SEES(&d, ASKS);
    answer(&d, "r1", "i1");
    drive_wait(&d, 5000);
    caller_speaks(&d);
    drive_wait(&d, 60000); /* they speak: that is no silence */
    SEES_NOTHING(&d);
    caller_stops(&d);
    answer(&d, "r2", "i2");
    drive_wait(&d, 9000);
    SEES(&d, ASKS);
    answer(&d, "r3", "i3");
    drive_wait(&d, 5000);
    caller_sends(&d, "{'type':'conversation.item.create','item':{'type':'message',"
                     "'role':'user','content':[]}}");
    drive_forget(&d);
    drive_wait(&d, 7999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, ASKS);
    drive_close(&d);
}

TEST(R37_a_turn_the_server_was_to_answer_and_did_not_is_silence_once_that_is_sure)
{
    struct drive d;

    open(&d);
    caller_speaks(&d);
    caller_stops(&d);
    drive_wait(&d, 2000 + 2999);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R37_while_a_tool_runs_or_an_answer_is_owed_it_is_no_silence)
{
    struct drive d;

    open(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 4900);
    SEES_NOTHING(&d);
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam", "send response.create");
    drive_wait(&d, 4900);
    SEES_NOTHING(&d);
    answer(&d, "r2", "i2");
    drive_wait(&d, 1000 + 7999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, ASKS);
    drive_close(&d);
}

TEST(R37_who_types_is_not_asked_whether_they_are_there)
{
    struct drive d;

    drive_init(&d);
    d.app.idle = ladder;
    d.app.nidle = 2;
    d.settings.text_only = true;
    drive_open(&d);
    drive_set_up(&d);
    drive_forget(&d);
    drive_wait(&d, 600000);
    SEES_NOTHING(&d);
    drive_close(&d);
}
