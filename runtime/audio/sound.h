/* sound.h - a recording as callers hear it: one WAV, read once, in any of the three formats.
 *
 * WHY PIECE BY PIECE  A minute of 48 kHz takes some 20 ms to resample, which nobody's audio may
 * wait for. So each format is converted as far as somebody has heard, and kept: the second caller
 * costs nothing. */
#ifndef MN_AUDIO_SOUND_H
#define MN_AUDIO_SOUND_H

#include "audio/format.h"

struct mn_sound;

/* Reads a WAV: 16-bit PCM, mono or stereo (which is mixed), of a rate up to 192 kHz, with at least
 * a ms of sound. Returns 0 and sets *out (owned: mn_sound_free), MN_EPROTOCOL when it is not that,
 * or -ENOMEM, and sets it to NULL. */
int mn_sound_read(struct mn_sound **out, struct mn_str file);
void mn_sound_free(struct mn_sound *s); /* accepts NULL */

size_t mn_sound_bytes(const struct mn_sound *s); /* of the file it was read from */
int64_t mn_sound_ms(const struct mn_sound *s);   /* whole ms, rounded up */
bool mn_sound_same(const struct mn_sound *a, const struct mn_sound *b);

/* How long it is, in samples of such a rate. */
int64_t mn_sound_samples(const struct mn_sound *s, int rate_hz);

/* Samples from..from + n in that format, which must lie in it; valid until it is freed. NULL: no
 * memory. */
const void *mn_sound_piece(struct mn_sound *s, enum mn_audio_format format, int64_t from,
                           int64_t n);

#endif
