/* test_resample.c - rates change, the sound and its marks do not. */
#include "audio/resample.h"
#include "audio/speech.h"

#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int16_t in[24000 * 2], out[24000 * 2 + 16];
static struct mn_speech_waves waves;

/* Feeds n samples in frames of `frame`; returns how many came out, never more than announced. */
static size_t convert(struct mn_resampler *r, size_t n, size_t frame)
{
    size_t written = 0;

    for (size_t at = 0; at < n; at += frame) {
        size_t some = n - at < frame ? n - at : frame, room = mn_resampler_room(r, some);
        int16_t *exact = malloc(room * sizeof(*exact)); /* so that ASan sees a write past it */
        size_t got = mn_resampler_feed(r, in + at, some, exact);

        assert_true(got <= room);
        memcpy(out + written, exact, got * sizeof(*exact));
        written += got;
        free(exact);
    }
    return written;
}

static void marks_survive(int from_hz, int to_hz, size_t frame)
{
    size_t n = mn_speech_render(&waves, in, 77, 0, 2000, from_hz), got, block = (size_t)to_hz / 50;
    struct mn_resampler *r;

    assert_int_equal(mn_resampler_new(&r, from_hz, to_hz), 0);
    got = convert(r, n, frame);
    assert_in_range(got, (size_t)to_hz * 2 - block, (size_t)to_hz * 2);
    for (size_t b = 1; b + 2 < got / block; b++) {
        struct mn_speech_mark mark = mn_speech_read(out + b * block, to_hz);

        assert_int_equal(mark.kind, MN_SPEECH_MARKED);
        assert_int_equal(mark.item, 77);
        assert_int_equal(mark.ms, (int)b * 20);
    }
    mn_resampler_free(r);
}

TEST(resample_keeps_every_mark_in_its_place)
{
    marks_survive(24000, 8000, 480);
    marks_survive(8000, 24000, 160);
    marks_survive(24000, 24000, 480);
}

TEST(resample_does_not_care_how_frames_are_cut)
{
    marks_survive(24000, 8000, 1);
    marks_survive(24000, 8000, 481);
    marks_survive(8000, 24000, 7);
    marks_survive(8000, 24000, 16000);
}

TEST(resample_silence_stays_silence_after_a_reset)
{
    struct mn_resampler *r;
    size_t n;

    assert_int_equal(mn_resampler_new(&r, 24000, 8000), 0);
    convert(r, mn_speech_render(&waves, in, 1, 0, 500, 24000), 480);
    mn_resampler_reset(r);
    n = convert(r, mn_speech_silence(in, 500, 24000), 480);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(out[i], 0);
    mn_resampler_free(r);
}

TEST(resample_refuses_impossible_rates)
{
    struct mn_resampler *r;

    assert_int_equal(mn_resampler_new(&r, 0, 8000), -EINVAL);
    assert_null(r);
    assert_int_equal(mn_resampler_new(&r, 8000, 1000000), -EINVAL);
    mn_resampler_free(NULL);
}
