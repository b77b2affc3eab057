/* sound.c - what the simulator's speech is made of: marked blocks in the session's format. */
#include "sim/machine.h"

#include "audio/speech.h"
#include "base/b64.h"

#define PIECE_MS (15 * MN_SPEECH_BLOCK_MS) /* whole groups of base64 in each format */

static int add_piece(struct mn_buf *out, const int16_t *pcm, size_t n, enum mn_audio_format format)
{
    char coded[PIECE_MS * 24 * sizeof(*pcm)];

    mn_audio_encode(format, pcm, coded, n);
    return mn_b64_encode(out, coded, n * (size_t)mn_audio_sample_bytes(format));
}

int mn_sim_sound(struct mn_sim *sim, struct mn_buf *out, uint32_t number, int64_t from_ms,
                 int64_t to_ms, enum mn_audio_format format)
{
    int16_t pcm[PIECE_MS * 24];
    int err = 0;

    for (; from_ms < to_ms && err == 0; from_ms += PIECE_MS) {
        int64_t end_ms = from_ms + PIECE_MS < to_ms ? from_ms + PIECE_MS : to_ms;

        err = add_piece(out, pcm,
                        mn_speech_render(&sim->waves, pcm, (int)(number % MN_SPEECH_ITEMS), from_ms,
                                         end_ms, mn_audio_rate(format)),
                        format);
    }
    return err;
}
