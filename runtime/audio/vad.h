/* vad.h - where speech starts and stops, by energy.
 *
 *     samples of any length --mn_vad_feed()--> started(at_ms), stopped(at_ms), ...
 *
 * A value: it reads no clock and allocates nothing, and the same samples give the same answers
 * however they are cut. Positions count from the first sample ever fed. As in the Realtime API, a
 * start includes the padding before the first sound, and a stop the silence that proved it. */
#ifndef MN_AUDIO_VAD_H
#define MN_AUDIO_VAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mn_vad_settings {
    double threshold; /* 0..1: from -60 dBFS (0) over -40 (0.5) to -20 (1) */
    int prefix_padding_ms;
    int silence_duration_ms;
};

extern const struct mn_vad_settings mn_vad_default; /* the API's: 0.5, 300 ms, 500 ms */

enum mn_vad_edge { MN_VAD_NONE, MN_VAD_STARTED, MN_VAD_STOPPED };

struct mn_vad {
    int rate_hz;
    int64_t level; /* mean square from which a block is loud */
    int padding_blocks, silence_blocks;
    bool speaking;
    int loud_run, quiet_run; /* blocks in a row up to now */
    int64_t blocks;          /* judged so far */
    int64_t free_from;       /* first block that belongs to no earlier stretch of speech */
    int64_t sum;             /* of squares of the block being filled */
    int filled;              /* its samples so far */
};

void mn_vad_open(struct mn_vad *v, const struct mn_vad_settings *settings, int rate_hz);

/* New settings from here on; whether someone speaks, and positions, stay. */
void mn_vad_set(struct mn_vad *v, const struct mn_vad_settings *settings);

/* Forgets speech going on (the input was cleared or committed); positions count on. */
void mn_vad_reset(struct mn_vad *v);

/* Reads samples up to the next edge. Returns how many it took: all of them when *edge is
 * MN_VAD_NONE, else feed the rest again. at_ms is set with an edge. */
size_t mn_vad_feed(struct mn_vad *v, const int16_t *pcm, size_t n, enum mn_vad_edge *edge,
                   int64_t *at_ms);

#endif
