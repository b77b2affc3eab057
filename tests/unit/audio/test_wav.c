/* test_wav.c - WAV files out and in. */
#include "audio/wav.h"
#include "base/err.h"

#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[64];

static void name_file(void)
{
    snprintf(path, sizeof(path), "/tmp/mn_test_wav_%d.wav", (int)getpid());
}

TEST(wav_what_was_written_is_read)
{
    const int16_t stereo[] = {1, -1, 32767, -32768, 0, 300};
    struct mn_wav_sound sound;
    struct mn_wav *w;

    name_file();
    assert_int_equal(mn_wav_create(&w, path, 24000, 2), 0);
    assert_int_equal(mn_wav_write(w, stereo, 1), 0);
    assert_int_equal(mn_wav_write(w, stereo + 2, 2), 0);
    assert_int_equal(mn_wav_close(w), 0);
    assert_int_equal(mn_wav_load(&sound, path), 0);
    assert_int_equal(sound.rate_hz, 24000);
    assert_int_equal(sound.channels, 2);
    assert_int_equal(sound.n, 3);
    assert_memory_equal(sound.pcm, stereo, sizeof(stereo));
    free(sound.pcm);
    unlink(path);
}

TEST(wav_missing_places_are_errors)
{
    struct mn_wav_sound sound;
    struct mn_wav *w;

    assert_int_equal(mn_wav_create(&w, "/nonexistent/a.wav", 8000, 1), -ENOENT);
    assert_null(w);
    assert_int_equal(mn_wav_load(&sound, "/nonexistent/a.wav"), -ENOENT);
    assert_int_equal(mn_wav_close(NULL), 0);
}

#define FORMAT16 "fmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"

static int parse(const char *bytes, size_t n, struct mn_wav_sound *sound)
{
    return mn_wav_parse(sound, (struct mn_str){bytes, n});
}
#define PARSE(lit, sound) parse((lit), sizeof(lit) - 1, (sound))

TEST(wav_unknown_chunks_are_passed_and_cut_files_keep_what_is_there)
{
    struct mn_wav_sound sound;

    assert_int_equal(
        PARSE("RIFF\0\0\0\0WAVE" FORMAT16 "LIST\3\0\0\0abc\0data\4\0\0\0\1\0\2\0", &sound), 0);
    assert_int_equal(sound.n, 2);
    assert_int_equal(sound.pcm[1], 2);
    free(sound.pcm);
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVE" FORMAT16 "data\xff\xff\xff\xff\1\0\2", &sound), 0);
    assert_int_equal(sound.n, 1);
    free(sound.pcm);
}

TEST(wav_what_is_no_wav_is_refused)
{
    struct mn_wav_sound sound;

    assert_int_equal(PARSE("", &sound), MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF", &sound), MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF\0\0\0\0AVI ", &sound), MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVE", &sound), MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVE" FORMAT16, &sound), MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVEdata\2\0\0\0\1\0", &sound), MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVEfmt \4\0\0\0\1\0\1\0data\0\0\0\0", &sound),
                     MN_EPROTOCOL);
    /* 8 bits; three channels */
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08"
                           "\0data\0\0\0\0",
                           &sound),
                     MN_EPROTOCOL);
    assert_int_equal(PARSE("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\3\0\x40\x1f\0\0\x80\x3e\0\0\6\0\x10"
                           "\0data\0\0\0\0",
                           &sound),
                     MN_EPROTOCOL);
    assert_null(sound.pcm);
}
