/* wav.c - RIFF by hand: little endian whatever the machine; the header is patched on close. */
#include "audio/wav.h"

#include "audio/format.h"
#include "base/buf.h"
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADER_BYTES 44
#define FILE_MAX     (256u << 20)
#define FORMAT_PCM   1
#define EXTENSIBLE   0xfffe /* the real format opens a GUID at byte 24 (mmreg.h) */

struct mn_wav {
    FILE *file;
    int rate_hz, channels;
    uint32_t bytes; /* of samples written */
};

static void put16(uint8_t *p, unsigned n)
{
    p[0] = (uint8_t)n;
    p[1] = (uint8_t)(n >> 8);
}

static void put32(uint8_t *p, uint32_t n)
{
    put16(p, n & 0xffff);
    put16(p + 2, n >> 16);
}

static void put_name(uint8_t *p, const char *name)
{
    memcpy(p, name, 4);
}

static unsigned get16(const uint8_t *p)
{
    return p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static int put_header(struct mn_wav *w)
{
    const unsigned frame = (unsigned)w->channels * 2;
    uint8_t h[HEADER_BYTES];

    put_name(h, "RIFF");
    put32(h + 4, HEADER_BYTES - 8 + w->bytes);
    put_name(h + 8, "WAVE");
    put_name(h + 12, "fmt ");
    put32(h + 16, 16); /* bytes of the format chunk */
    put16(h + 20, FORMAT_PCM);
    put16(h + 22, (unsigned)w->channels);
    put32(h + 24, (uint32_t)w->rate_hz);
    put32(h + 28, (uint32_t)w->rate_hz * frame);
    put16(h + 32, frame);
    put16(h + 34, 16); /* bits a sample */
    put_name(h + 36, "data");
    put32(h + 40, w->bytes);
    rewind(w->file);
    return fwrite(h, 1, sizeof(h), w->file) == sizeof(h) ? 0 : -EIO;
}

int mn_wav_create(struct mn_wav **out, const char *path, int rate_hz, int channels)
{
    struct mn_wav *w;
    int err;

    *out = NULL;
    w = calloc(1, sizeof(*w));
    if (w == NULL)
        return -ENOMEM;
    w->rate_hz = rate_hz;
    w->channels = channels;
    w->file = fopen(path, "wb");
    if (w->file == NULL) {
        err = -errno;
        goto fail;
    }
    err = put_header(w);
    if (err < 0)
        goto fail;
    *out = w;
    return 0;

fail:
    mn_wav_close(w);
    return err;
}

int mn_wav_write(struct mn_wav *w, const int16_t *pcm, size_t n)
{
    uint8_t bytes[4096];
    size_t left = n * (size_t)w->channels;

    if (left > (UINT32_MAX - HEADER_BYTES - w->bytes) / 2)
        return MN_ELIMIT;
    while (left != 0) {
        size_t some = left < sizeof(bytes) / 2 ? left : sizeof(bytes) / 2;

        mn_audio_encode(MN_AUDIO_PCM16, pcm, bytes, some);
        if (fwrite(bytes, 2, some, w->file) != some)
            return -EIO;
        w->bytes += (uint32_t)some * 2;
        pcm += some;
        left -= some;
    }
    return 0;
}

int mn_wav_close(struct mn_wav *w)
{
    int err = 0;

    if (w == NULL)
        return 0;
    if (w->file != NULL) {
        err = put_header(w);
        if (fclose(w->file) != 0 && err == 0)
            err = -errno;
    }
    free(w);
    return err;
}

static bool read_format(struct mn_wav_sound *out, struct mn_str chunk)
{
    const uint8_t *p = (const uint8_t *)chunk.p;
    unsigned format;

    if (chunk.n < 16)
        return false;
    format = get16(p);
    if (format == EXTENSIBLE && chunk.n >= 26)
        format = get16(p + 24);
    out->channels = (int)get16(p + 2);
    out->rate_hz = (int)(get32(p + 4) & 0x7fffffff);
    return format == FORMAT_PCM && (out->channels == 1 || out->channels == 2) && out->rate_hz > 0 &&
           get16(p + 14) == 16;
}

static int read_samples(struct mn_wav_sound *out, struct mn_str chunk)
{
    out->n = chunk.n / 2 / (size_t)out->channels;
    out->pcm = malloc(out->n * (size_t)out->channels * 2 + 1);
    if (out->pcm == NULL)
        return -ENOMEM;
    mn_audio_decode(MN_AUDIO_PCM16, chunk.p, out->pcm, out->n * (size_t)out->channels);
    return 0;
}

int mn_wav_parse(struct mn_wav_sound *out, struct mn_str file)
{
    size_t at = 12;
    int err;

    *out = (struct mn_wav_sound){0};
    if (file.n < at || memcmp(file.p, "RIFF", 4) != 0 || memcmp(file.p + 8, "WAVE", 4) != 0)
        return MN_EPROTOCOL;
    while (file.n - at >= 8) {
        size_t size = get32((const uint8_t *)file.p + at + 4), left = file.n - at - 8;
        struct mn_str name = {file.p + at, 4}, chunk = {file.p + at + 8, size < left ? size : left};

        if (mn_str_is(name, "fmt ") && !read_format(out, chunk))
            break;
        if (mn_str_is(name, "data") && out->channels != 0) {
            err = read_samples(out, chunk); /* one cut short by a crash is still a sound */
            if (err < 0)
                *out = (struct mn_wav_sound){0};
            return err;
        }
        size += size % 2; /* chunks start at even bytes */
        at += 8 + (size < left ? size : left);
    }
    *out = (struct mn_wav_sound){0};
    return MN_EPROTOCOL;
}

int mn_wav_load(struct mn_wav_sound *out, const char *path)
{
    struct mn_buf file = {.limit = FILE_MAX};
    FILE *f = fopen(path, "rb");
    char bytes[65536];
    size_t n;
    int err;

    *out = (struct mn_wav_sound){0};
    if (f == NULL)
        return -errno;
    do {
        n = fread(bytes, 1, sizeof(bytes), f);
        err = mn_buf_add(&file, bytes, n);
    } while (err == 0 && n == sizeof(bytes));
    if (err == 0)
        err = ferror(f) ? -EIO : mn_wav_parse(out, mn_buf_str(&file));
    fclose(f);
    mn_buf_free(&file);
    return err;
}
