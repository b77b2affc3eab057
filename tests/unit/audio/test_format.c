/* test_format.c - names, lengths and samples of the three encodings. */
#include "audio/format.h"
#include "audio/g711.h"
#include "base/err.h"

#include "test.h"

#include <stdlib.h>

TEST(format_names_of_both_dialects_are_read)
{
    enum mn_audio_format f = MN_AUDIO_PCMA;

    assert_int_equal(mn_audio_format_parse(MN_STR("audio/pcm"), &f), 0);
    assert_int_equal(f, MN_AUDIO_PCM16);
    assert_int_equal(mn_audio_format_parse(MN_STR("g711_ulaw"), &f), 0);
    assert_int_equal(f, MN_AUDIO_PCMU);
    for (int i = 0; i < MN_AUDIO_FORMATS; i++) {
        assert_int_equal(mn_audio_format_parse(mn_str(mn_audio_type(i)), &f), 0);
        assert_int_equal(f, i);
        assert_int_equal(mn_audio_format_parse(mn_str(mn_audio_beta(i)), &f), 0);
        assert_int_equal(f, i);
    }
    assert_int_equal(mn_audio_format_parse(MN_STR("audio/opus"), &f), MN_EPROTOCOL);
    assert_int_equal(mn_audio_format_parse(MN_STR(""), &f), MN_EPROTOCOL);
    assert_int_equal(f, MN_AUDIO_PCMA);
}

TEST(format_lengths_lose_no_remainder)
{
    assert_int_equal(mn_audio_bytes(MN_AUDIO_PCM16, 20), 960);
    assert_int_equal(mn_audio_bytes(MN_AUDIO_PCMU, 20), 160);
    assert_int_equal(mn_audio_ms(MN_AUDIO_PCM16, 959), 19);
    assert_int_equal(mn_audio_rest(MN_AUDIO_PCM16, 959), 47);
    for (int64_t bytes = 0; bytes < 1000; bytes++) {
        for (int f = 0; f < MN_AUDIO_FORMATS; f++)
            assert_int_equal(mn_audio_bytes(f, mn_audio_ms(f, bytes)) + mn_audio_rest(f, bytes),
                             bytes);
    }
}

TEST(format_length_of_base64_needs_no_decoding)
{
    char text[1281];

    memset(text, 'A', 1280);
    text[1280] = '\0';
    assert_int_equal(mn_audio_ms_of_b64(MN_AUDIO_PCM16, (struct mn_str){text, 1280}), 20);
    assert_int_equal(mn_audio_ms_of_b64(MN_AUDIO_PCMU, (struct mn_str){text, 1280}), 120);
    assert_int_equal(mn_audio_ms_of_b64(MN_AUDIO_PCMU, MN_STR("")), 0);
    assert_int_equal(mn_audio_ms_of_b64(MN_AUDIO_PCMU, MN_STR("AAAAAAAAAAA=")), 1);
    assert_int_equal(mn_audio_ms_of_b64(MN_AUDIO_PCMU, MN_STR("AAAAAAAAAA==")), 0);
}

TEST(format_pcm16_is_little_endian_and_round_trips)
{
    const int16_t pcm[] = {0, 1, -1, 32767, -32768, 0x1234};
    uint8_t bytes[12];
    int16_t back[6];

    mn_audio_encode(MN_AUDIO_PCM16, pcm, bytes, 6);
    assert_int_equal(bytes[10], 0x34);
    assert_int_equal(bytes[11], 0x12);
    mn_audio_decode(MN_AUDIO_PCM16, bytes, back, 6);
    assert_memory_equal(pcm, back, sizeof(pcm));
}

TEST(g711_known_codes)
{
    assert_int_equal(mn_ulaw_encode(0), 0xff);
    assert_int_equal(mn_ulaw_encode(32767), 0x80);
    assert_int_equal(mn_ulaw_encode(-32768), 0x00);
    assert_int_equal(mn_ulaw_decode(0x80), 32124);
    assert_int_equal(mn_ulaw_decode(0x00), -32124);
    assert_int_equal(mn_alaw_encode(0), 0xd5);
    assert_int_equal(mn_alaw_encode(-1), 0x55);
    assert_int_equal(mn_alaw_encode(32767), 0xaa);
    assert_int_equal(mn_alaw_encode(-32768), 0x2a);
    assert_int_equal(mn_alaw_decode(0xd5), 8);
    assert_int_equal(mn_alaw_decode(0xaa), 32256);
}

/* Every code means the sample it is made of: u-law's two zeros are the one exception. */
TEST(g711_decoding_then_encoding_gives_the_code_back)
{
    for (int code = 0; code < 256; code++) {
        assert_int_equal(mn_alaw_encode(mn_alaw_decode((uint8_t)code)), code);
        assert_int_equal(mn_ulaw_encode(mn_ulaw_decode((uint8_t)code)), code == 0x7f ? 0xff : code);
    }
}

TEST(g711_error_stays_within_half_a_step)
{
    for (int n = -32768; n <= 32767; n++) {
        int size = abs(n), allowed = size < 256 ? 8 : size / 32 + 8;
        int u = abs(mn_ulaw_decode(mn_ulaw_encode((int16_t)n)) - n);
        int a = abs(mn_alaw_decode(mn_alaw_encode((int16_t)n)) - n);

        if (size <= 32124)
            assert_true(u <= allowed);
        assert_true(a <= allowed);
    }
}
