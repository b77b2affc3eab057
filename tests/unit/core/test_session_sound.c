/* test_session_sound.c - recordings that a script plays: R9. */
#include "session_driver.h"

#include "base/err.h"

static int play(struct drive *d, int sound, int ms, const char *words)
{
    const struct mn_recording play = {.sound = sound,
                                      .samples_24k = (int64_t)ms * 24,
                                      .samples_8k = (int64_t)ms * 8,
                                      .path = MN_STR("a.wav"),
                                      .words = mn_str(words)};

    return drive_feed(d, &(struct mn_input){.type = MN_IN_PLAY, .play = &play});
}

static void assert_last(struct drive *d, const char *part)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_session_history(d->s, 1, &out), 0);
    if (strstr(out.p, part) == NULL)
        fail_msg("%s is not in %s", part, out.p);
    mn_buf_free(&out);
}

TEST(R9_it_sounds_at_once_when_nobody_speaks_and_the_model_hears_nothing_of_it)
{
    struct drive d;

    drive_ready(&d);
    assert_int_equal(play(&d, 3, 1000, ""), 0);
    SEES(&d, "play 3 in pcm16 from -200 on");
    assert_last(&d, "\"type\":\"sound\",\"agent\":\"A\",\"path\":\"a.wav\"}");
    drive_close(&d);
}

TEST(R9_it_comes_behind_what_is_being_said_and_what_is_asked_for_later_behind_it)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    drive_forget(&d);
    play(&d, 0, 500, "");
    play(&d, 1, 500, "");
    drive_order(&d, MN_IN_REPLY, "And now.");
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    SEES(&d, "play 0 in pcm16 from 800 on", "play 1 in pcm16 from 1300 on",
         "send response.create{\"instructions\":\"I am A.\\n\\nAnd now.\"}");
    model_created(&d, "r2");
    assert_int_equal(model_audio(&d, "r2", "i2", 100).release_at_ms, d.now_ms + 1800);
    drive_close(&d);
}

TEST(R9_to_the_caller_it_is_a_response_beside_the_conversation)
{
    struct drive d;

    drive_ready(&d);
    d.tells = true;
    play(&d, 0, 500, "Welcome.");
    SEES(&d, "send assistant #1: output_text Welcome.", "then tell response.created",
         "then tell response.output_item.added", "then tell response.content_part.added",
         "then tell response.output_audio_transcript.delta", "play 0 in pcm16 from -200 on",
         "then tell response.output_audio.done", "then tell response.output_audio_transcript.done",
         "then tell response.content_part.done", "then tell response.output_item.done",
         "then tell response.done");
    drive_close(&d);
}

TEST(R9_cut_in_on_it_is_dropped_and_the_history_keeps_what_was_heard)
{
    struct drive d;

    drive_ready(&d);
    play(&d, 0, 1000, "");
    drive_wait(&d, 340);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop"); /* nothing of it for the model */
    assert_last(&d, "\"path\":\"a.wav\",\"interrupted\":true,\"heard_ms\":340}");
    drive_close(&d);
}

TEST(R9_of_its_words_the_model_is_told_those_that_were_heard)
{
    struct drive d;

    drive_ready(&d);
    play(&d, 0, 1000, "One two three four");
    drive_wait(&d, 500);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop", "send delete #1", "send assistant #1: output_text One two behind root");
    assert_last(&d, "\"text\":\"One two\",\"interrupted\":true,\"heard_ms\":500,"
                    "\"full_text\":\"One two three four\"");
    drive_close(&d);
}

TEST(R9_one_that_waits_is_heard_after_the_caller_cut_in)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    play(&d, 0, 500, "");
    drive_wait(&d, 100);
    caller_speaks(&d);
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 1000);
    SEES_NOTHING(&d); /* they speak */
    caller_stops(&d);
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES(&d, "play 0 in pcm16 from -200 on");
    drive_close(&d);
}

TEST(R9_hanging_up_waits_for_it_however_long_it_is)
{
    struct drive d;

    drive_ready(&d);
    play(&d, 0, 40000, "");
    drive_order(&d, MN_IN_HANG_UP, "bye");
    drive_forget(&d);
    drive_wait(&d, 39999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "hang up 1", "end 1000 bye");
    drive_close(&d);
}

TEST(R9_one_that_does_not_fit_behind_what_waits_begins_when_that_was_heard)
{
    struct drive d;

    drive_ready(&d);
    play(&d, 0, 70000, "");
    drive_forget(&d);
    play(&d, 1, 70000, ""); /* 120 s may wait */
    SEES_NOTHING(&d);
    drive_wait(&d, 69999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "play 1 in pcm16 from -200 on");
    drive_close(&d);
}

TEST(R9_a_typed_call_hears_none)
{
    struct drive d;

    drive_init(&d);
    d.settings.text_only = true;
    drive_open(&d);
    drive_set_up(&d);
    assert_int_equal(play(&d, 0, 1000, ""), MN_EPROTOCOL);
    drive_close(&d);
}

TEST(R9_its_format_is_the_callers)
{
    struct drive d;

    drive_ready(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime','audio':"
                     "{'output':{'format':{'type':'audio/pcma'}}}}}");
    drive_forget(&d);
    play(&d, 0, 1000, "");
    SEES_NOTHING(&d); /* until the model has said that it speaks so */
    model_updated(&d);
    drive_wait(&d, 0);
    drive_forget(&d);
    drive_wait(&d, 999);
    d.notes = 1u << MN_NOTE_AUDIO_STOPPED;
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "note audio_stopped agent=A");
    drive_close(&d);
}
