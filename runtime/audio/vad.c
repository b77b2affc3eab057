/* vad.c - blocks of 10 ms, each loud or not, behind vad.h.
 *
 * Speech starts with three loud blocks in a row, so that a click is not a word, and stops when
 * silence_duration_ms went by without a loud one. All in integers. */
#include "audio/vad.h"

#define BLOCK_MS     10
#define START_BLOCKS 3
#define PIECE        80 /* samples; a block is some of these at every rate */

const struct mn_vad_settings mn_vad_default = {0.5, 300, 500};

/* Root mean square at thresholds 0, 0.1 ... 1: 32767 * 10^((40 t - 60) / 20). */
static const int levels[] = {33, 52, 82, 130, 207, 328, 519, 823, 1304, 2067, 3277};

static int64_t mean_square(double threshold)
{
    int t = threshold <= 0 ? 0 : threshold >= 1 ? 1000 : (int)(threshold * 1000 + 0.5);
    int i = t < 1000 ? t / 100 : 9;
    int64_t rms = levels[i] + (int64_t)(levels[i + 1] - levels[i]) * (t - i * 100) / 100;

    return rms * rms;
}

void mn_vad_open(struct mn_vad *v, const struct mn_vad_settings *settings, int rate_hz)
{
    *v = (struct mn_vad){.rate_hz = rate_hz};
    mn_vad_set(v, settings);
}

void mn_vad_set(struct mn_vad *v, const struct mn_vad_settings *settings)
{
    v->level = mean_square(settings->threshold);
    v->padding_blocks = settings->prefix_padding_ms / BLOCK_MS;
    v->silence_blocks = (settings->silence_duration_ms + BLOCK_MS - 1) / BLOCK_MS;
    if (v->silence_blocks < 1)
        v->silence_blocks = 1;
}

void mn_vad_reset(struct mn_vad *v)
{
    v->speaking = false;
    v->loud_run = v->quiet_run = 0;
    v->free_from = v->blocks;
}

static enum mn_vad_edge start(struct mn_vad *v, int64_t *at_ms)
{
    int64_t first = v->blocks - START_BLOCKS - v->padding_blocks;

    v->speaking = true;
    *at_ms = (first > v->free_from ? first : v->free_from) * BLOCK_MS;
    return MN_VAD_STARTED;
}

static enum mn_vad_edge stop(struct mn_vad *v, int64_t *at_ms)
{
    v->speaking = false;
    v->free_from = v->blocks;
    *at_ms = v->blocks * BLOCK_MS;
    return MN_VAD_STOPPED;
}

static enum mn_vad_edge judge(struct mn_vad *v, int64_t *at_ms)
{
    bool loud = v->sum >= v->level * v->filled;

    v->sum = 0;
    v->filled = 0;
    v->blocks++;
    v->loud_run = loud ? v->loud_run + 1 : 0;
    v->quiet_run = loud ? 0 : v->quiet_run + 1;
    if (!v->speaking && v->loud_run >= START_BLOCKS)
        return start(v, at_ms);
    if (v->speaking && v->quiet_run >= v->silence_blocks)
        return stop(v, at_ms);
    return MN_VAD_NONE;
}

/* The sum of squares of a piece; in halves, which a compiler adds up many at a time. */
static int64_t squares(const int16_t *pcm)
{
    uint32_t low = 0, high = 0;

    for (int i = 0; i < PIECE; i++) {
        uint32_t square = (uint32_t)(pcm[i] * pcm[i]);

        low += square & 0xffff;
        high += square >> 16;
    }
    return ((int64_t)high << 16) + low;
}

size_t mn_vad_feed(struct mn_vad *v, const int16_t *pcm, size_t n, enum mn_vad_edge *edge,
                   int64_t *at_ms)
{
    const int block = v->rate_hz * BLOCK_MS / 1000;
    size_t i = 0;

    *edge = MN_VAD_NONE;
    while (i < n && *edge == MN_VAD_NONE) {
        int took = n - i >= PIECE && block - v->filled >= PIECE ? PIECE : 1;

        v->sum += took == PIECE ? squares(pcm + i) : (int64_t)pcm[i] * pcm[i];
        v->filled += took;
        i += (size_t)took;
        if (v->filled == block)
            *edge = judge(v, at_ms);
    }
    return i;
}
