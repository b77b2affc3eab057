/* speech.h - speech that is not speech: a soft tone in whose samples stands which it is.
 *
 * Each block of 20 ms carries the number of its item and its place in it, so that a test can tell
 * which millisecond of which item reached an ear, after base64, cuts, pauses and G.711. It is loud
 * enough for any VAD. Rates are 8000 and 24000 Hz. */
#ifndef MN_AUDIO_SPEECH_H
#define MN_AUDIO_SPEECH_H

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MN_SPEECH_BLOCK_MS 20
#define MN_SPEECH_ITEMS    65536
#define MN_SPEECH_MAX_MS   (65536 * MN_SPEECH_BLOCK_MS) /* of one item; then its places repeat */

enum mn_speech_kind {
    MN_SPEECH_SILENT, /* below -50 dBFS */
    MN_SPEECH_MARKED,
    MN_SPEECH_OTHER, /* sound, but no whole block of ours: noise, or one cut in two */
};

struct mn_speech_mark {
    enum mn_speech_kind kind;
    int item; /* when marked */
    int ms;   /* of the block's start within the item: a multiple of 20 */
};

#define MN_SPEECH_TURN    480 /* steps in one turn of the sine: the samples of a block at 24 kHz */
#define MN_SPEECH_BITS    40  /* of a block's mark */
#define MN_SPEECH_PITCHES 4

/* What blocks are added up from: zero-filled at first, then kept by whoever speaks (44 KB), as the
 * first block costs as much as fifty more. */
struct mn_speech_waves {
    int16_t carriers[MN_SPEECH_BITS][MN_SPEECH_TURN];
    int16_t voices[MN_SPEECH_PITCHES][MN_SPEECH_TURN]; /* each with its octave */
    int16_t carried[MN_SPEECH_TURN];                   /* the sum of all, as word turns them */
    uint64_t word;
    bool filled;
};

/* Each writes the samples of that many ms and returns how many they are: ms * rate_hz / 1000. */
size_t mn_speech_render(struct mn_speech_waves *w, int16_t *out, int item, int64_t from_ms,
                        int64_t to_ms, int rate_hz);
size_t mn_speech_silence(int16_t *out, int64_t ms, int rate_hz);
size_t mn_speech_noise(int16_t *out, int64_t ms, int rate_hz, int amplitude, struct mn_random *r);

/* Reads one block of 20 ms that starts where a rendered block started. */
struct mn_speech_mark mn_speech_read(const int16_t *pcm, int rate_hz);

/* Looks for a marked block that starts anywhere. Returns the sample it starts at, with its mark, or
 * n when there is none. */
size_t mn_speech_find(const int16_t *pcm, size_t n, int rate_hz, struct mn_speech_mark *out);

#endif
