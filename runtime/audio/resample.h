/* resample.h - from one sample rate to another, frame by frame, without a seam between frames.
 *
 * Mono. What goes in comes out some ms later: a few samples stay inside until the next frame. */
#ifndef MN_AUDIO_RESAMPLE_H
#define MN_AUDIO_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

struct mn_resampler;

/* Returns 0 and sets *out (owned: mn_resampler_free), or -ENOMEM, or -EINVAL for rates that are
 * not 1..192000, and sets it to NULL. */
int mn_resampler_new(struct mn_resampler **out, int from_hz, int to_hz);
void mn_resampler_free(struct mn_resampler *r); /* accepts NULL */

/* The most samples that mn_resampler_feed may write for n. */
size_t mn_resampler_room(const struct mn_resampler *r, size_t n);

/* Takes all n samples; returns how many it wrote to out. Allocates nothing. */
size_t mn_resampler_feed(struct mn_resampler *r, const int16_t *in, size_t n, int16_t *out);

/* Forgets what is inside, as at a new item. */
void mn_resampler_reset(struct mn_resampler *r);

#endif
