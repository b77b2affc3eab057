/* format.c - one row for each format of format.h. */
#include "audio/format.h"

#include "audio/g711.h"
#include "base/b64.h"
#include "base/err.h"

static const struct {
    const char *type, *beta;
    int rate, bytes_a_ms, sample_bytes;
} rows[MN_AUDIO_FORMATS] = {
    [MN_AUDIO_PCM16] = {"audio/pcm", "pcm16", 24000, 48, 2},
    [MN_AUDIO_PCMU] = {"audio/pcmu", "g711_ulaw", 8000, 8, 1},
    [MN_AUDIO_PCMA] = {"audio/pcma", "g711_alaw", 8000, 8, 1},
};

const char *mn_audio_type(enum mn_audio_format format)
{
    return rows[format].type;
}

const char *mn_audio_beta(enum mn_audio_format format)
{
    return rows[format].beta;
}

int mn_audio_format_parse(struct mn_str name, enum mn_audio_format *out)
{
    for (int i = 0; i < MN_AUDIO_FORMATS; i++) {
        if (mn_str_is(name, rows[i].type) || mn_str_is(name, rows[i].beta)) {
            *out = (enum mn_audio_format)i;
            return 0;
        }
    }
    return MN_EPROTOCOL;
}

int mn_audio_rate(enum mn_audio_format format)
{
    return rows[format].rate;
}

int mn_audio_bytes_a_ms(enum mn_audio_format format)
{
    return rows[format].bytes_a_ms;
}

int mn_audio_sample_bytes(enum mn_audio_format format)
{
    return rows[format].sample_bytes;
}

int64_t mn_audio_bytes(enum mn_audio_format format, int64_t ms)
{
    return ms * rows[format].bytes_a_ms;
}

int64_t mn_audio_ms(enum mn_audio_format format, int64_t bytes)
{
    return bytes / rows[format].bytes_a_ms;
}

int64_t mn_audio_rest(enum mn_audio_format format, int64_t bytes)
{
    return bytes % rows[format].bytes_a_ms;
}

int64_t mn_audio_ms_of_b64(enum mn_audio_format format, struct mn_str text)
{
    return mn_audio_ms(format, (int64_t)mn_b64_decoded(text));
}

/* PCM16 travels with its low byte first, which is how most machines keep it. */
static bool is_native(enum mn_audio_format format)
{
    return format == MN_AUDIO_PCM16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

void mn_audio_decode(enum mn_audio_format format, const void *bytes, int16_t *pcm, size_t n)
{
    const uint8_t *p = bytes;

    if (is_native(format)) {
        memcpy(pcm, bytes, n * sizeof(*pcm));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (format == MN_AUDIO_PCM16)
            pcm[i] = (int16_t)(p[2 * i] | p[2 * i + 1] << 8);
        else
            pcm[i] = format == MN_AUDIO_PCMU ? mn_ulaw_decode(p[i]) : mn_alaw_decode(p[i]);
    }
}

void mn_audio_encode(enum mn_audio_format format, const int16_t *pcm, void *bytes, size_t n)
{
    uint8_t *p = bytes;

    if (is_native(format)) {
        memcpy(bytes, pcm, n * sizeof(*pcm));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (format == MN_AUDIO_PCM16) {
            p[2 * i] = (uint8_t)pcm[i];
            p[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
        } else {
            p[i] = format == MN_AUDIO_PCMU ? mn_ulaw_encode(pcm[i]) : mn_alaw_encode(pcm[i]);
        }
    }
}

size_t mn_audio_widen(int16_t *to, const int16_t *from, size_t n)
{
    for (size_t i = 0; i < 3 * n; i++)
        to[i] = from[i / 3];
    return 3 * n;
}

size_t mn_audio_narrow(int16_t *to, const int16_t *from, size_t n)
{
    for (size_t i = 0; i < n / 3; i++)
        to[i] = (int16_t)((from[3 * i] + from[3 * i + 1] + from[3 * i + 2]) / 3);
    return n / 3;
}
