/* format.h - the three encodings the Realtime API knows, and the arithmetic between bytes and ms.
 *
 * One ms is a whole number of bytes in each, so lengths are added in bytes and divided once: no
 * remainder is ever lost. All are mono. */
#ifndef MN_AUDIO_FORMAT_H
#define MN_AUDIO_FORMAT_H

#include "base/str.h"

#include <stdint.h>

enum mn_audio_format {
    MN_AUDIO_PCM16, /* 24 kHz, 16 bits, little endian; what a session has until told otherwise */
    MN_AUDIO_PCMU,  /* 8 kHz, G.711 u-law */
    MN_AUDIO_PCMA,  /* 8 kHz, G.711 A-law */
    MN_AUDIO_FORMATS,
};

const char *mn_audio_type(enum mn_audio_format format); /* GA: "audio/pcm"; its rate is implied */
const char *mn_audio_beta(enum mn_audio_format format); /* beta: "pcm16", "g711_ulaw" ... */

/* Reads either dialect's name. Returns 0, or MN_EPROTOCOL and leaves out alone. */
int mn_audio_format_parse(struct mn_str name, enum mn_audio_format *out);

int mn_audio_rate(enum mn_audio_format format);         /* samples a second */
int mn_audio_bytes_a_ms(enum mn_audio_format format);   /* 48 or 8 */
int mn_audio_sample_bytes(enum mn_audio_format format); /* 2 or 1 */

int64_t mn_audio_bytes(enum mn_audio_format format, int64_t ms);
int64_t mn_audio_ms(enum mn_audio_format format, int64_t bytes);   /* whole ms, rounded down */
int64_t mn_audio_rest(enum mn_audio_format format, int64_t bytes); /* bytes past the whole ms */

/* The whole ms in base64 text; looks at no more than its length and padding. */
int64_t mn_audio_ms_of_b64(enum mn_audio_format format, struct mn_str text);

/* Bytes to samples and back. n counts samples; the caller gives room for them. */
void mn_audio_decode(enum mn_audio_format format, const void *bytes, int16_t *pcm, size_t n);
void mn_audio_encode(enum mn_audio_format format, const int16_t *pcm, void *bytes, size_t n);

/* Between the two rates, for stand-ins that need no filter (the others: resample.h). Widening gives
 * each sample of 8 kHz three times, so it gets neither louder nor softer; narrowing takes the mean
 * of three. Each returns how many samples it wrote: 3 * n, n / 3. */
size_t mn_audio_widen(int16_t *to, const int16_t *from, size_t n);
size_t mn_audio_narrow(int16_t *to, const int16_t *from, size_t n);

#endif
