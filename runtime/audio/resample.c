/* resample.c - speexdsp's resampler behind resample.h.
 *
 * The filter's own delay is skipped at the start, so that the first sample out belongs to the first
 * sample in and a length in ms stays what it was, but for the few samples held back. */
#include "audio/resample.h"

#include <errno.h>
#include <speex/speex_resampler.h>
#include <stdlib.h>

#define QUALITY  4      /* of 10: flat to 3.4 kHz, a telephone's band; some 4 us a frame of 20 ms */
#define RATE_MAX 192000 /* what audio hardware reaches */

struct mn_resampler {
    SpeexResamplerState *state;
    size_t from_hz, to_hz;
};

int mn_resampler_new(struct mn_resampler **out, int from_hz, int to_hz)
{
    struct mn_resampler *r;
    int err = 0;

    *out = NULL;
    if (from_hz < 1 || from_hz > RATE_MAX || to_hz < 1 || to_hz > RATE_MAX)
        return -EINVAL;
    r = calloc(1, sizeof(*r));
    if (r == NULL)
        return -ENOMEM;
    r->from_hz = (size_t)from_hz;
    r->to_hz = (size_t)to_hz;
    r->state = speex_resampler_init(1, (spx_uint32_t)from_hz, (spx_uint32_t)to_hz, QUALITY, &err);
    if (r->state == NULL) {
        free(r);
        return -ENOMEM;
    }
    speex_resampler_skip_zeros(r->state);
    *out = r;
    return 0;
}

void mn_resampler_free(struct mn_resampler *r)
{
    if (r == NULL)
        return;
    speex_resampler_destroy(r->state);
    free(r);
}

size_t mn_resampler_room(const struct mn_resampler *r, size_t n)
{
    return n * r->to_hz / r->from_hz + 2;
}

size_t mn_resampler_feed(struct mn_resampler *r, const int16_t *in, size_t n, int16_t *out)
{
    size_t written = 0;

    while (n != 0) {
        spx_uint32_t took = (spx_uint32_t)n;
        spx_uint32_t gave = (spx_uint32_t)mn_resampler_room(r, n);

        speex_resampler_process_int(r->state, 0, in, &took, out + written, &gave);
        if (took == 0)
            break; /* cannot happen with room for the output */
        in += took;
        n -= took;
        written += gave;
    }
    return written;
}

void mn_resampler_reset(struct mn_resampler *r)
{
    speex_resampler_reset_mem(r->state);
    speex_resampler_skip_zeros(r->state);
}
