/* sound.c - what the simulator's speech is made of: marked blocks in the session's format. */
#include "sim/machine.h"

#include "audio/speech.h"
#include "base/b64.h"

#define PIECE_MS (5 * MN_SPEECH_BLOCK_MS) /* a frame of the simulator */

int mn_sim_sound(struct mn_buf *out, uint32_t number, int64_t from_ms, int64_t to_ms,
                 enum mn_audio_format format)
{
    int16_t pcm[PIECE_MS * 24];
    char coded[sizeof(pcm)];
    struct mn_buf bytes = {0};
    int64_t next_ms;
    size_t n;
    int err;

    for (; from_ms < to_ms; from_ms = next_ms) {
        next_ms = from_ms + PIECE_MS < to_ms ? from_ms + PIECE_MS : to_ms;
        n = mn_speech_render(pcm, (int)(number % MN_SPEECH_ITEMS), from_ms, next_ms,
                             mn_audio_rate(format));
        mn_audio_encode(format, pcm, coded, n);
        mn_buf_add(&bytes, coded, n * (size_t)mn_audio_sample_bytes(format));
    }
    err = bytes.err < 0 ? bytes.err : mn_b64_encode(out, bytes.p, bytes.n);
    mn_buf_free(&bytes);
    return err;
}
