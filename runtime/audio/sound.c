/* sound.c - a recording and what has been made of it, behind sound.h. */
#include "audio/sound.h"

#include "audio/resample.h"
#include "audio/wav.h"
#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

#define STEP 480 /* samples fed to a resampler at once: 10 ms at 48 kHz */

/* The recording in one format, as far as it has been asked for. */
struct made {
    struct mn_resampler *resampler;
    uint8_t *bytes; /* room for all of it */
    int64_t done;   /* samples written */
    size_t fed;     /* samples taken from the recording */
};

struct mn_sound {
    int rate_hz;
    size_t bytes, n;
    int16_t *pcm; /* mono */
    struct made made[MN_AUDIO_FORMATS];
};

static void mix(struct mn_wav_sound *wav)
{
    for (size_t i = 0; i < wav->n && wav->channels == 2; i++)
        wav->pcm[i] = (int16_t)((wav->pcm[2 * i] + wav->pcm[2 * i + 1]) / 2);
}

int mn_sound_read(struct mn_sound **out, struct mn_str file)
{
    struct mn_wav_sound wav;
    struct mn_resampler *probe;
    struct mn_sound *s;
    int err = mn_wav_parse(&wav, file);

    *out = NULL;
    if (err != 0)
        return err;
    if (mn_resampler_new(&probe, wav.rate_hz, 8000) == -EINVAL ||
        wav.n < (size_t)wav.rate_hz / 1000 + 1) {
        free(wav.pcm);
        mn_resampler_free(probe);
        return MN_EPROTOCOL;
    }
    mn_resampler_free(probe);
    s = calloc(1, sizeof(*s));
    if (s == NULL) {
        free(wav.pcm);
        return -ENOMEM;
    }
    mix(&wav);
    *s = (struct mn_sound){.rate_hz = wav.rate_hz, .bytes = file.n, .n = wav.n, .pcm = wav.pcm};
    *out = s;
    return 0;
}

void mn_sound_free(struct mn_sound *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < MN_AUDIO_FORMATS; i++) {
        mn_resampler_free(s->made[i].resampler);
        free(s->made[i].bytes);
    }
    free(s->pcm);
    free(s);
}

size_t mn_sound_bytes(const struct mn_sound *s)
{
    return s->bytes;
}

int64_t mn_sound_ms(const struct mn_sound *s)
{
    return ((int64_t)s->n * 1000 + s->rate_hz - 1) / s->rate_hz;
}

bool mn_sound_same(const struct mn_sound *a, const struct mn_sound *b)
{
    return a->rate_hz == b->rate_hz && a->n == b->n &&
           memcmp(a->pcm, b->pcm, a->n * sizeof(*a->pcm)) == 0;
}

int64_t mn_sound_samples(const struct mn_sound *s, int rate_hz)
{
    return (int64_t)s->n * rate_hz / s->rate_hz;
}

static void put(struct mn_sound *s, enum mn_audio_format format, const int16_t *pcm, size_t n)
{
    struct made *made = &s->made[format];
    int64_t room = mn_sound_samples(s, mn_audio_rate(format)) - made->done;
    size_t some = (int64_t)n < room ? n : (size_t)room;

    mn_audio_encode(format, pcm, made->bytes + made->done * mn_audio_sample_bytes(format), some);
    made->done += (int64_t)some;
}

/* One step further; behind the recording there is silence, which brings out what the filter still
 * holds. Returns 0 or -ENOMEM. */
static int step(struct mn_sound *s, enum mn_audio_format format)
{
    static const int16_t silence[STEP];
    struct made *made = &s->made[format];
    size_t left = s->n - made->fed, n = left < STEP ? left : STEP;
    const int16_t *from = n > 0 ? s->pcm + made->fed : silence;
    int16_t *out;

    if (s->rate_hz == mn_audio_rate(format)) {
        put(s, format, from, n);
        made->fed += n;
        return 0;
    }
    if (n == 0)
        n = STEP;
    out = malloc(mn_resampler_room(made->resampler, n) * sizeof(*out));
    if (out == NULL)
        return -ENOMEM;
    put(s, format, out, mn_resampler_feed(made->resampler, from, n, out));
    made->fed += left < n ? left : n;
    free(out);
    return 0;
}

static int open_made(struct mn_sound *s, enum mn_audio_format format)
{
    struct made *made = &s->made[format];
    int rate = mn_audio_rate(format), err = 0;

    if (made->bytes != NULL)
        return 0;
    if (s->rate_hz != rate)
        err = mn_resampler_new(&made->resampler, s->rate_hz, rate);
    if (err != 0)
        return err;
    made->bytes = malloc((size_t)(mn_sound_samples(s, rate) * mn_audio_sample_bytes(format)) + 1);
    if (made->bytes != NULL)
        return 0;
    mn_resampler_free(made->resampler);
    made->resampler = NULL;
    return -ENOMEM;
}

const void *mn_sound_piece(struct mn_sound *s, enum mn_audio_format format, int64_t from, int64_t n)
{
    struct made *made = &s->made[format];

    if (open_made(s, format) != 0)
        return NULL;
    while (made->done < from + n) {
        if (step(s, format) != 0)
            return NULL;
    }
    return made->bytes + from * mn_audio_sample_bytes(format);
}
