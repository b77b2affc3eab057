/* test_vad.c - where speech starts and stops. */
#include "audio/speech.h"
#include "audio/vad.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

#define RATE 24000

static int16_t pcm[RATE * 10];
static char edges[256];
static struct mn_speech_waves waves;

/* Lays out pieces: positive is speech, negative silence, in ms. Returns the samples. */
static size_t lay(const int *pieces)
{
    size_t n = 0;

    for (; *pieces != 0; pieces++) {
        if (*pieces > 0)
            n += mn_speech_render(&waves, pcm + n, 1, 0, *pieces, RATE);
        else
            n += mn_speech_silence(pcm + n, -*pieces, RATE);
    }
    return n;
}
#define LAY(...) lay((const int[]){__VA_ARGS__, 0})

/* Feeds n samples in frames of `frame`; returns "start(300) stop(1500)". */
static const char *listen(struct mn_vad *v, size_t n, size_t frame)
{
    size_t at = 0;

    edges[0] = '\0';
    while (at < n) {
        size_t end = at + frame < n ? at + frame : n;

        while (at < end) {
            enum mn_vad_edge edge;
            int64_t ms = -1;

            at += mn_vad_feed(v, pcm + at, end - at, &edge, &ms);
            if (edge != MN_VAD_NONE)
                snprintf(edges + strlen(edges), sizeof(edges) - strlen(edges), "%s%s(%d)",
                         edges[0] != '\0' ? " " : "", edge == MN_VAD_STARTED ? "start" : "stop",
                         (int)ms);
        }
    }
    return edges;
}

TEST(vad_start_includes_the_padding_and_stop_the_silence)
{
    struct mn_vad v;

    mn_vad_open(&v, &mn_vad_default, RATE);
    assert_string_equal(listen(&v, LAY(-1000, 600, -800), 480), "start(700) stop(2100)");
    assert_false(v.speaking);
}

TEST(vad_padding_never_reaches_before_the_first_sample_or_into_earlier_speech)
{
    struct mn_vad v;

    mn_vad_open(&v, &mn_vad_default, RATE);
    assert_string_equal(listen(&v, LAY(-100, 600, -600, 400, -600), 480),
                        "start(0) stop(1200) start(1200) stop(2200)");
}

TEST(vad_answers_do_not_depend_on_how_frames_are_cut)
{
    static const size_t frames[] = {1, 7, 240, 241, 480, 4800, RATE * 10};
    struct mn_vad v;

    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        mn_vad_open(&v, &mn_vad_default, RATE);
        assert_string_equal(listen(&v, LAY(-440, 620, -700, 300, -900), frames[i]),
                            "start(140) stop(1560) start(1560) stop(2560)");
    }
}

TEST(vad_a_pause_shorter_than_the_silence_is_no_stop)
{
    struct mn_vad v;

    mn_vad_open(&v, &mn_vad_default, RATE);
    assert_string_equal(listen(&v, LAY(-500, 300, -490, 300, -500), 480), "start(200) stop(2090)");
}

TEST(vad_a_click_and_faint_noise_are_no_speech)
{
    struct mn_random r;
    struct mn_vad v;
    size_t n;

    mn_random_seed(&r, 1);
    n = mn_speech_noise(pcm, 2000, RATE, 400, &r); /* RMS 231: under the 328 of 0.5 */
    mn_vad_open(&v, &mn_vad_default, RATE);
    assert_string_equal(listen(&v, n, 480), "");
    mn_vad_open(&v, &mn_vad_default, RATE);
    assert_string_equal(listen(&v, LAY(-500, 20, -500), 480), "");
}

TEST(vad_threshold_sets_what_is_loud)
{
    struct mn_vad_settings low = mn_vad_default, high = mn_vad_default;
    struct mn_random r;
    struct mn_vad v;
    size_t n;

    low.threshold = 0.1;
    high.threshold = 1;
    mn_random_seed(&r, 1);
    n = mn_speech_noise(pcm, 1000, RATE, 400, &r);
    mn_vad_open(&v, &low, RATE);
    assert_string_equal(listen(&v, n, 480), "start(0)");
    mn_vad_open(&v, &high, RATE);
    assert_string_equal(listen(&v, LAY(-500, 300, -600), 480), "start(200) stop(1300)");
}

TEST(vad_reset_forgets_speech_and_keeps_the_position)
{
    struct mn_vad v;

    mn_vad_open(&v, &mn_vad_default, RATE);
    assert_string_equal(listen(&v, LAY(-500, 300), 480), "start(200)");
    assert_true(v.speaking);
    mn_vad_reset(&v);
    assert_false(v.speaking);
    assert_string_equal(listen(&v, LAY(-100, 300, -600), 480), "start(800) stop(1700)");
}

TEST(vad_settings_may_change_while_someone_speaks)
{
    struct mn_vad_settings quick = mn_vad_default;
    struct mn_vad v;

    quick.silence_duration_ms = 200;
    mn_vad_open(&v, &mn_vad_default, 24000);
    assert_string_equal(listen(&v, LAY(-500, 300), 480), "start(200)");
    mn_vad_set(&v, &quick);
    assert_string_equal(listen(&v, LAY(-300), 480), "stop(1000)");
}
