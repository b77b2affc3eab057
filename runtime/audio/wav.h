/* wav.h - 16-bit PCM WAV files: written as they grow, read whole. */
#ifndef MN_AUDIO_WAV_H
#define MN_AUDIO_WAV_H

#include "base/str.h"

#include <stdint.h>

struct mn_wav;

/* Creates or replaces path. Returns 0 and sets *out (owned: mn_wav_close), or a negative errno and
 * sets it to NULL. channels is 1 or 2. */
int mn_wav_create(struct mn_wav **out, const char *path, int rate_hz, int channels);

/* Appends n samples of each channel, interleaved. Returns 0, -errno, or MN_ELIMIT past the 4 GiB a
 * WAV can hold. */
int mn_wav_write(struct mn_wav *w, const int16_t *pcm, size_t n);
int mn_wav_close(struct mn_wav *w); /* accepts NULL and half-made writers */

struct mn_wav_sound {
    int rate_hz, channels;
    int16_t *pcm; /* owned (free), interleaved */
    size_t n;     /* samples of each channel */
};

/* Reads a file of at most 256 MiB. Returns 0, -errno, MN_ELIMIT, or MN_EPROTOCOL when it is not
 * 16-bit PCM, mono or stereo; then out is empty. */
int mn_wav_load(struct mn_wav_sound *out, const char *path);
int mn_wav_parse(struct mn_wav_sound *out, struct mn_str file); /* the same, from memory */

#endif
