/* test_speech.c - the mark in synthetic speech is read back as it was written. */
#include "audio/format.h"
#include "audio/speech.h"

#include "test.h"

#include <string.h>

static int16_t pcm[24000 * 4];
static struct mn_speech_waves waves;

static void must_read(const int16_t *block, int rate, int item, int ms)
{
    struct mn_speech_mark mark = mn_speech_read(block, rate);

    assert_int_equal(mark.kind, MN_SPEECH_MARKED);
    assert_int_equal(mark.item, item);
    assert_int_equal(mark.ms, ms);
}

static void through(enum mn_audio_format format, int16_t *samples, size_t n)
{
    uint8_t bytes[960];

    for (; n >= 160; n -= 160, samples += 160) {
        mn_audio_encode(format, samples, bytes, 160);
        mn_audio_decode(format, bytes, samples, 160);
    }
}

TEST(speech_marks_of_every_block_are_read_back)
{
    static const int rates[] = {8000, 24000};

    for (int i = 0; i < 2; i++) {
        int block = rates[i] / 50;

        assert_int_equal(mn_speech_render(&waves, pcm, 65535, 0, 2000, rates[i]),
                         (size_t)block * 100);
        for (int b = 0; b < 100; b++)
            must_read(pcm + b * block, rates[i], 65535, b * 20);
    }
}

TEST(speech_marks_hold_for_any_item_and_place)
{
    static const int numbers[] = {0, 1, 2, 255, 256, 0x5555, 0xaaaa, 65534, 65535};
    const int n = sizeof(numbers) / sizeof(numbers[0]);

    for (int i = 0; i < n; i++) {
        for (int b = 0; b < n; b++) {
            mn_speech_render(&waves, pcm, numbers[i], numbers[b] * 20, numbers[b] * 20 + 20, 8000);
            must_read(pcm, 8000, numbers[i], numbers[b] * 20);
        }
    }
}

TEST(speech_marks_outlive_g711)
{
    for (int item = 0; item < 300; item += 7) {
        size_t n = mn_speech_render(&waves, pcm, item, 0, 2000, 8000);

        through(item % 2 != 0 ? MN_AUDIO_PCMU : MN_AUDIO_PCMA, pcm, n);
        for (int b = 0; b < 100; b++)
            must_read(pcm + b * 160, 8000, item, b * 20);
    }
}

TEST(speech_rendered_in_parts_is_the_same)
{
    static int16_t parts[24000];
    size_t n = 0;
    int ms = 0;

    mn_speech_render(&waves, pcm, 7, 0, 1000, 24000);
    for (int step = 1; ms < 1000; step = step % 37 + 5) {
        int to = ms + step < 1000 ? ms + step : 1000;

        n += mn_speech_render(&waves, parts + n, 7, ms, to, 24000);
        ms = to;
    }
    assert_int_equal(n, 24000);
    assert_memory_equal(parts, pcm, sizeof(parts));
    assert_int_equal(mn_speech_render(&waves, parts, 7, 10, 10, 24000), 0);
}

TEST(speech_silence_and_noise_carry_no_mark)
{
    struct mn_random r;

    mn_speech_silence(pcm, 20, 8000);
    assert_int_equal(mn_speech_read(pcm, 8000).kind, MN_SPEECH_SILENT);
    mn_random_seed(&r, 3);
    for (int i = 0; i < 500; i++) {
        mn_speech_noise(pcm, 20, 8000, 8000, &r);
        assert_int_equal(mn_speech_read(pcm, 8000).kind, MN_SPEECH_OTHER);
    }
}

TEST(speech_a_block_cut_in_two_is_not_misread)
{
    for (int at = 1; at < 160; at++) {
        struct mn_speech_mark mark;

        mn_speech_render(&waves, pcm, 9, 0, 20, 8000);
        mn_speech_render(&waves, pcm + 160, 9, 20, 40, 8000);
        mark = mn_speech_read(pcm + at, 8000);
        assert_int_equal(mark.kind, MN_SPEECH_OTHER);
    }
}

TEST(speech_is_found_wherever_it_starts)
{
    static const int offsets[] = {0, 1, 79, 160, 333};

    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        struct mn_speech_mark mark;
        size_t n;

        memset(pcm, 0, 1000 * sizeof(pcm[0]));
        n = (size_t)offsets[i] + mn_speech_render(&waves, pcm + offsets[i], 12, 130, 200, 8000);
        through(MN_AUDIO_PCMU, pcm, n);
        assert_int_equal(mn_speech_find(pcm, n, 8000, &mark), (size_t)offsets[i] + 80);
        assert_int_equal(mark.item, 12);
        assert_int_equal(mark.ms, 140);
    }
}

TEST(speech_is_loud_but_never_clipped)
{
    int peak = 0;

    for (int item = 0; item < 65536; item += 1021) {
        size_t n = mn_speech_render(&waves, pcm, item, 0, 1600, 24000);

        for (size_t i = 0; i < n; i++)
            peak = pcm[i] > peak ? pcm[i] : peak;
    }
    assert_in_range(peak, 5000, 12000);
}
