/* test_stage_sound.c - the sound of a call: recordings played, both sides kept, what is measured.
 */
#include "test.h"

#include "audio/format.h"
#include "audio/speech.h"
#include "audio/wav.h"
#include "base/err.h"
#include "sim/scenario.h"
#include "sim/stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct world {
    struct mn_log log;
    struct mn_bundle *bundle;
    struct mn_stage *stage;
    char dir[64];
};

static void open_stage(struct world *w)
{
    struct mn_buf why = {0};

    *w = (struct world){.log = {.level = MN_LOG_OFF}, .dir = "/tmp/myna-sound-XXXXXX"};
    assert_non_null(mkdtemp(w->dir));
    assert_int_equal(mn_bundle_load(&w->bundle, MN_TEST_APPS "/desk", &w->log, &why), 0);
    assert_int_equal(mn_stage_open(&w->stage, &(struct mn_stage_settings){.bundle = w->bundle,
                                                                          .seed = 1,
                                                                          .keeps_sound = true}),
                     0);
    assert_int_equal(mn_stage_begin(w->stage), 0);
    mn_buf_free(&why);
}

static void close_stage(struct world *w)
{
    mn_stage_close(w->stage);
    mn_bundle_drop(w->bundle);
    rmdir(w->dir);
}

static void pass(struct world *w, int64_t ms)
{
    int64_t end_ms = mn_stage_now(w->stage) + ms;

    while (mn_stage_now(w->stage) < end_ms)
        mn_stage_step(w->stage, end_ms);
}

/* Lets the model say something when it is asked next, and time pass until it sounds. */
static void answer(struct world *w, int64_t lasts_ms)
{
    struct mn_sim_outputs outputs = {0};

    for (int i = 0; i < 1000 && !mn_stage_asked(w->stage); i++)
        pass(w, 10);
    assert_int_equal(mn_sim_say(&outputs, MN_STR("Good morning to you."), lasts_ms), 0);
    assert_true(mn_stage_answer(w->stage, &outputs));
    for (int i = 0; i < 1000 && mn_stage_unheard(w->stage) == 0; i++)
        pass(w, 10);
}

static const char *file_of(const struct world *w, const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", w->dir, name);
    return path;
}

static struct mn_speech_waves waves;

/* Writes a second of marked speech, item 77. */
static void record(const char *path, int rate_hz, int channels)
{
    static int16_t mono[24000], pcm[48000];
    size_t n = mn_speech_render(&waves, mono, 77, 0, 1000, rate_hz);
    struct mn_wav *wav;

    for (size_t i = 0; i < n; i++) {
        for (int c = 0; c < channels; c++)
            pcm[i * (size_t)channels + (size_t)c] = mono[i];
    }
    assert_int_equal(mn_wav_create(&wav, path, rate_hz, channels), 0);
    assert_int_equal(mn_wav_write(wav, pcm, n), 0);
    assert_int_equal(mn_wav_close(wav), 0);
}

TEST(words_answers_overlap_and_silence_are_measured)
{
    struct mn_sound sound;
    struct world w;
    int64_t from_ms, end_ms;

    open_stage(&w);
    sound = mn_stage_sound(w.stage, 0);
    assert_int_equal(sound.words_ms, -1);
    assert_int_equal(sound.heard_ms, -1);
    answer(&w, 2000);
    pass(&w, 3000);
    sound = mn_stage_sound(w.stage, 0);
    assert_int_equal(sound.overlap_ms, 0);
    assert_in_range(sound.heard_ms, 0, 100);
    assert_in_range(sound.quiet_ms, 900, 1100);
    assert_int_equal(sound.silence_ms, sound.quiet_ms);
    from_ms = mn_stage_now(w.stage);
    assert_int_equal(mn_stage_sound(w.stage, from_ms).heard_ms, -1);
    assert_int_equal(mn_stage_speak(w.stage, MN_STR("Dune?"), 1000), 0);
    end_ms = mn_stage_now(w.stage) + 1000;
    answer(&w, 5000);
    pass(&w, 100);
    sound = mn_stage_sound(w.stage, from_ms);
    assert_int_equal(sound.words_ms, end_ms);
    assert_in_range(sound.heard_ms - end_ms, 500, 1500); /* the VAD's silence is in it */
    assert_int_equal(sound.silence_ms, sound.heard_ms - end_ms);
    assert_int_equal(sound.quiet_ms, 0);
    from_ms = mn_stage_now(w.stage);
    assert_int_equal(mn_stage_sound(w.stage, from_ms).heard_ms, -1); /* not one sample yet */
    pass(&w, 1);
    assert_int_equal(mn_stage_sound(w.stage, from_ms).heard_ms, from_ms); /* it goes on */
    assert_int_equal(mn_stage_speak(w.stage, MN_STR("Wait!"), 1000), 0);
    pass(&w, 2000);
    assert_in_range(mn_stage_sound(w.stage, 0).overlap_ms, 20, 300); /* until they were noticed */
    assert_int_equal(mn_stage_sound(w.stage, from_ms + 1000).overlap_ms, 0);
    close_stage(&w);
}

/* What the caller's end asks the session to sound like, both ways. */
static void sound_like(struct world *w, enum mn_audio_format format)
{
    struct mn_buf event = {0};

    mn_buf_addf(&event,
                "{\"type\":\"session.update\",\"session\":{\"type\":\"realtime\",\"audio\":{"
                "\"input\":{\"format\":{\"type\":\"%s\"%s}},"
                "\"output\":{\"format\":{\"type\":\"%s\"%s}}}}}",
                mn_audio_type(format), format == MN_AUDIO_PCM16 ? ",\"rate\":24000" : "",
                mn_audio_type(format), format == MN_AUDIO_PCM16 ? ",\"rate\":24000" : "");
    assert_int_equal(mn_stage_send(w->stage, mn_buf_str(&event)), 0);
    mn_buf_free(&event);
    pass(w, 100);
}

static void keep_both_sides(enum mn_audio_format format)
{
    struct mn_speech_mark mark;
    struct mn_wav_sound wav;
    int16_t *side;
    struct world w;
    size_t at;

    open_stage(&w);
    sound_like(&w, format);
    answer(&w, 5000);
    pass(&w, 1000);
    assert_int_equal(mn_stage_speak(w.stage, MN_STR("Wait!"), 1000), 0);
    pass(&w, 2000);
    assert_int_equal(mn_stage_keep_sound(w.stage, file_of(&w, "call.wav")), 0);
    assert_int_equal(mn_wav_load(&wav, file_of(&w, "call.wav")), 0);
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.rate_hz, 24000);
    side = calloc(wav.n, sizeof(*side));
    for (int c = 0; c < 2; c++) {
        int last = 0;

        for (size_t i = 0; i < wav.n; i++)
            side[i] = wav.pcm[2 * i + (size_t)c];
        at = mn_speech_find(side, wav.n, 24000, &mark);
        assert_int_equal(mark.kind, MN_SPEECH_MARKED);
        assert_int_equal(mark.ms, 0);
        for (; at + 480 <= wav.n; at += 480) {
            mark = mn_speech_read(side + at, 24000);
            last = mark.kind == MN_SPEECH_MARKED ? mark.ms : last;
        }
        if (c == 0)
            assert_int_equal(last, 980); /* the caller was heard out */
        else
            assert_in_range(last, 1000, 1300); /* and the agent silenced */
    }
    free(side);
    free(wav.pcm);
    unlink(file_of(&w, "call.wav"));
    assert_int_equal(mn_stage_keep_sound(w.stage, "/dev/null/call.wav"), -ENOTDIR);
    close_stage(&w);
}

TEST(both_sides_are_kept_as_they_were_spoken_and_heard)
{
    for (int format = 0; format < MN_AUDIO_FORMATS; format++)
        keep_both_sides((enum mn_audio_format)format);
}

TEST(a_recording_of_any_rate_is_played_as_speech)
{
    static const int rates[] = {24000, 8000};

    for (int i = 0; i < 2; i++) {
        struct mn_sound sound;
        struct world w;
        int64_t ms, began_ms;

        open_stage(&w);
        answer(&w, 500);
        pass(&w, 2000);
        began_ms = mn_stage_now(w.stage);
        record(file_of(&w, "in.wav"), rates[i], 1 + i);
        assert_int_equal(mn_stage_play_file(w.stage, file_of(&w, "in.wav"), MN_STR("Dune?"), &ms),
                         0);
        assert_in_range(ms, 980, 1020);
        assert_true(mn_stage_speaking(w.stage));
        answer(&w, 500); /* it was heard to its end, or nobody would ask */
        pass(&w, 50);
        sound = mn_stage_sound(w.stage, began_ms + ms);
        assert_int_equal(sound.words_ms, began_ms + ms);
        assert_in_range(sound.heard_ms - sound.words_ms, 300, 1500);
        unlink(file_of(&w, "in.wav"));
        close_stage(&w);
    }
}

TEST(what_is_no_recording_is_refused)
{
    struct world w;
    int64_t ms;
    struct mn_wav *wav;

    open_stage(&w);
    answer(&w, 500);
    assert_int_equal(mn_stage_play_file(w.stage, file_of(&w, "no.wav"), MN_STR("x"), &ms), -ENOENT);
    assert_int_equal(mn_stage_play_file(w.stage, MN_TEST_APPS "/desk/agent.lua", MN_STR("x"), &ms),
                     MN_EPROTOCOL);
    assert_int_equal(mn_wav_create(&wav, file_of(&w, "none.wav"), 8000, 1), 0);
    assert_int_equal(mn_wav_close(wav), 0);
    assert_int_equal(mn_stage_play_file(w.stage, file_of(&w, "none.wav"), MN_STR("x"), &ms),
                     MN_ELIMIT);
    unlink(file_of(&w, "none.wav"));
    close_stage(&w);
}

/* Plays a file of one scenario with the body given; returns its first failure, or "". */
static const char *play(struct world *w, const char *body)
{
    static char message[500];
    struct mn_scenarios *s;
    struct mn_outcome out;
    struct mn_buf why = {0};
    FILE *f = fopen(file_of(w, "plays.lua"), "w");

    assert_non_null(f);
    fprintf(f,
            "local test = require \"myna.test\"\n"
            "test.scenario(\"a recording\", function(caller, model, app)\n%s\nend)\n",
            body);
    fclose(f);
    assert_int_equal(
        mn_scenarios_open(&s,
                          &(struct mn_scenarios_settings){.bundle = w->bundle,
                                                          .path = file_of(w, "plays.lua"),
                                                          .sound_dir = w->dir},
                          &why),
        0);
    mn_scenarios_play(s, 0, 1, &out);
    snprintf(message, sizeof(message), "%s", out.nfailures > 0 ? out.failures[0].message.p : "");
    mn_outcome_free(&out);
    mn_scenarios_close(s);
    unlink(file_of(w, "plays.lua"));
    return message;
}

TEST(a_scenario_plays_what_lies_beside_it_and_keeps_both_sides)
{
    char kept[128];
    struct world w;

    open_stage(&w);
    record(file_of(&w, "dune.wav"), 24000, 1);
    assert_string_equal(play(&w, "caller:plays(\"dune.wav\", { says = \"Have you Dune?\" })\n"
                                 "model:says \"Yes, we have.\"\n"
                                 "caller:expect_heard \"we have\""),
                        "");
    assert_non_null(strstr(play(&w, "caller:plays(\"no.wav\", { says = \"Dune?\" })"),
                           "no.wav cannot be played: No such file"));
    assert_non_null(strstr(play(&w, "caller:plays(\"../x/dune.wav\", { says = \"Dune?\" })"),
                           "cannot be played"));
    assert_non_null(strstr(play(&w, "caller:plays(\"dune.wav\")"), "expected { says ="));
    snprintf(kept, sizeof(kept), "%s/tmp.plays.a-recording.wav", w.dir);
    assert_int_equal(unlink(kept), 0);
    unlink(file_of(&w, "dune.wav"));
    close_stage(&w);
}
