/* test_sound.c - recordings in the formats callers hear. */
#include "audio/sound.h"

#include "audio/g711.h"
#include "audio/resample.h"
#include "base/buf.h"
#include "base/err.h"

#include "test.h"

#include <stdlib.h>

static void put(struct mn_buf *b, uint32_t n, int bytes)
{
    for (; bytes > 0; bytes--, n >>= 8)
        mn_buf_add_byte(b, (char)(n & 0xff));
}

static void wav_of(struct mn_buf *b, int rate, int channels, const int16_t *pcm, size_t n)
{
    uint32_t bytes = (uint32_t)(n * 2);

    mn_buf_add_text(b, "RIFF");
    put(b, 36 + bytes, 4);
    mn_buf_add_text(b, "WAVEfmt ");
    put(b, 16, 4);
    put(b, 1, 2);
    put(b, (uint32_t)channels, 2);
    put(b, (uint32_t)rate, 4);
    put(b, (uint32_t)(rate * channels * 2), 4);
    put(b, (uint32_t)channels * 2, 2);
    put(b, 16, 2);
    mn_buf_add_text(b, "data");
    put(b, bytes, 4);
    for (size_t i = 0; i < n; i++)
        put(b, (uint16_t)pcm[i], 2);
}

static struct mn_sound *sound_of(int rate, int channels, const int16_t *pcm, size_t n)
{
    struct mn_buf wav = {0};
    struct mn_sound *s;

    wav_of(&wav, rate, channels, pcm, n);
    assert_int_equal(mn_sound_read(&s, mn_buf_str(&wav)), 0);
    assert_int_equal(mn_sound_bytes(s), wav.n);
    mn_buf_free(&wav);
    return s;
}

static void ramp(int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pcm[i] = (int16_t)(i * 37 % 20000 - 10000);
}

TEST(sound_of_the_callers_own_rate_is_what_stands_in_the_file)
{
    int16_t pcm[24000];
    struct mn_sound *s;

    ramp(pcm, 24000);
    s = sound_of(24000, 1, pcm, 24000);
    assert_int_equal(mn_sound_ms(s), 1000);
    assert_int_equal(mn_sound_samples(s, 24000), 24000);
    assert_memory_equal(mn_sound_piece(s, MN_AUDIO_PCM16, 23000, 1000), pcm + 23000, 2000);
    assert_memory_equal(mn_sound_piece(s, MN_AUDIO_PCM16, 0, 24000), pcm, sizeof(pcm));
    mn_sound_free(s);
}

TEST(sound_for_a_telephone_is_resampled_once_and_whole)
{
    static int16_t pcm[24000], out[8200];
    struct mn_resampler *r;
    struct mn_sound *s;
    size_t n;

    ramp(pcm, 24000);
    s = sound_of(24000, 1, pcm, 24000);
    assert_int_equal(mn_sound_samples(s, 8000), 8000);
    assert_int_equal(mn_resampler_new(&r, 24000, 8000), 0);
    n = mn_resampler_feed(r, pcm, 24000, out);
    mn_resampler_free(r);
    assert_in_range(n, 7900, 8000);
    for (int64_t at = 0; at < 8000; at += 800) {
        const uint8_t *mu = mn_sound_piece(s, MN_AUDIO_PCMU, at, 800);
        const uint8_t *a = mn_sound_piece(s, MN_AUDIO_PCMA, at, 800);

        for (int64_t i = 0; i < 800 && at + i < (int64_t)n; i++) {
            assert_int_equal(mu[i], mn_ulaw_encode(out[at + i]));
            assert_int_equal(a[i], mn_alaw_encode(out[at + i]));
        }
    }
    mn_sound_free(s);
}

TEST(sound_of_two_channels_is_mixed)
{
    int16_t pcm[4800];
    const int16_t *heard;
    struct mn_sound *s;

    for (int i = 0; i < 4800; i++)
        pcm[i] = i % 2 == 0 ? 30000 : 32000; /* more than 16 bits together */
    s = sound_of(24000, 2, pcm, 4800);
    assert_int_equal(mn_sound_ms(s), 100);
    heard = mn_sound_piece(s, MN_AUDIO_PCM16, 0, 2400);
    assert_int_equal(heard[0], 31000);
    assert_int_equal(heard[2399], 31000);
    mn_sound_free(s);
}

TEST(sound_that_is_none_is_refused)
{
    int16_t pcm[400] = {0};
    struct mn_buf wav = {0};
    struct mn_sound *s;

    assert_int_equal(mn_sound_read(&s, MN_STR("ID3 is what an mp3 begins with")), MN_EPROTOCOL);
    assert_null(s);
    wav_of(&wav, 400000, 1, pcm, 400); /* no such rate */
    assert_int_equal(mn_sound_read(&s, mn_buf_str(&wav)), MN_EPROTOCOL);
    assert_null(s);
    mn_buf_clear(&wav);
    wav_of(&wav, 8000, 1, pcm, 0);
    assert_int_equal(mn_sound_read(&s, mn_buf_str(&wav)), MN_EPROTOCOL);
    mn_buf_clear(&wav);
    wav_of(&wav, 192000, 1, pcm, 400);
    assert_int_equal(mn_sound_read(&s, mn_buf_str(&wav)), 0);
    assert_int_equal(mn_sound_ms(s), 3);
    assert_non_null(mn_sound_piece(s, MN_AUDIO_PCMU, 0, mn_sound_samples(s, 8000)));
    mn_sound_free(s);
    mn_sound_free(NULL);
    mn_buf_free(&wav);
}
