/* test_stage_turns.c - a pause for a cough, at the caller's ear: R31, R35. */
#include "test.h"

#include "audio/speech.h"
#include "audio/wav.h"
#include "sim/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define A_MS  24 /* samples */
#define BLOCK ((size_t)MN_SPEECH_BLOCK_MS * A_MS)

static void pass(struct mn_stage *stage, int64_t ms)
{
    int64_t end_ms = mn_stage_now(stage) + ms;

    while (mn_stage_now(stage) < end_ms)
        mn_stage_step(stage, end_ms);
}

static struct mn_stage *open(struct mn_bundle **bundle)
{
    struct mn_log log = {.level = MN_LOG_OFF};
    struct mn_buf why = {0};
    struct mn_stage *stage;

    assert_int_equal(mn_bundle_load(bundle, MN_TEST_APPS "/guide", &log, &why), 0);
    assert_int_equal(
        mn_stage_open(
            &stage, &(struct mn_stage_settings){.bundle = *bundle, .seed = 1, .keeps_sound = true}),
        0);
    assert_int_equal(mn_stage_begin(stage), 0);
    mn_buf_free(&why);
    return stage;
}

/* The model has been asked, and says something of so long, which is heard from now on. */
static void speak(struct mn_stage *stage, int64_t lasts_ms)
{
    struct mn_sim_outputs outputs = {0};

    for (int i = 0; i < 1000 && !mn_stage_asked(stage); i++)
        pass(stage, 10);
    assert_int_equal(mn_sim_say(&outputs, MN_STR("Welcome to the castle."), lasts_ms), 0);
    assert_true(mn_stage_answer(stage, &outputs));
    for (int i = 0; i < 1000 && mn_stage_unheard(stage) == 0; i++)
        pass(stage, 10);
}

static int16_t *heard(struct mn_stage *stage, size_t *n)
{
    static const char path[] = "/tmp/myna-turns.wav";
    struct mn_wav_sound wav;
    int16_t *ear;

    assert_int_equal(mn_stage_keep_sound(stage, path), 0);
    assert_int_equal(mn_wav_load(&wav, path), 0);
    unlink(path);
    ear = calloc(wav.n + BLOCK, sizeof(*ear));
    for (size_t i = 0; i < wav.n; i++)
        ear[i] = wav.pcm[2 * i + 1];
    free(wav.pcm);
    *n = wav.n;
    return ear;
}

/* Reads the marks one after the other: each block once, in order. Returns how long the one pause
 * between them was. */
static int64_t pause_of(const int16_t *ear, size_t n, int64_t lasts_ms)
{
    struct mn_speech_mark mark;
    int64_t pause_ms = 0;
    size_t at = mn_speech_find(ear, n, A_MS * 1000, &mark);
    int item = mark.item;

    for (int64_t ms = 0; ms < lasts_ms; ms += MN_SPEECH_BLOCK_MS, at += BLOCK) {
        size_t gap = mn_speech_find(ear + at, n - at, A_MS * 1000, &mark);

        assert_true(at + gap < n);
        assert_int_equal(mark.item, item);
        assert_int_equal(mark.ms, ms); /* none lost, none twice */
        if (gap > 0) {
            assert_int_equal(pause_ms, 0);
            pause_ms = (int64_t)gap / A_MS;
        }
        at += gap;
    }
    return pause_ms;
}

TEST(R35_a_cough_pauses_playback_and_neither_loses_nor_repeats_a_sample)
{
    for (int at_ms = 500; at_ms < 600; at_ms += 27) { /* wherever it falls in a frame */
        struct mn_bundle *bundle;
        struct mn_stage *stage = open(&bundle);
        int16_t *ear;
        size_t n;

        speak(stage, 5000);
        pass(stage, at_ms);
        assert_int_equal(mn_stage_speak(stage, MN_STR(""), 300), 0);
        pass(stage, 10000);
        assert_int_equal(mn_stage_unheard(stage), 0);
        assert_false(mn_stage_heard(stage, 0).cut);
        assert_int_equal(mn_stage_heard(stage, 0).ms, 5000);
        ear = heard(stage, &n);
        assert_in_range(pause_of(ear, n, 5000), 200, 2000);
        free(ear);
        mn_stage_close(stage);
        mn_bundle_drop(bundle);
    }
}

/* Where the session says that playback was cut, the ear's last sample is. */
TEST(R31_what_was_heard_is_exact_after_a_pause)
{
    struct mn_bundle *bundle;
    struct mn_stage *stage = open(&bundle);
    struct mn_buf history = {0};
    struct mn_json *items;
    int64_t heard_ms;

    speak(stage, 20000);
    pass(stage, 500);
    assert_int_equal(mn_stage_speak(stage, MN_STR(""), 300), 0);
    pass(stage, 4000);
    assert_int_equal(mn_stage_speak(stage, MN_STR("Stop, please."), 600), 0);
    pass(stage, 3000);
    assert_int_equal(mn_session_history(mn_call_session(mn_stage_call(stage)), 0, &history), 0);
    assert_int_equal(mn_json_parse(&items, mn_buf_str(&history), &mn_json_frame, NULL), 0);
    heard_ms = mn_json_int(mn_json_first(items), "heard_ms", -1);
    assert_in_range(heard_ms, 1000, 6000);
    assert_in_range(mn_stage_heard(stage, 0).ms - heard_ms + 20, 0, 40); /* a frame, either way */
    mn_json_free(items);
    mn_buf_free(&history);
    mn_stage_close(stage);
    mn_bundle_drop(bundle);
}
