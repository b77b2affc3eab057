/* sound.c - what the simulator's speech is made of: marked blocks in the session's format.
 *
 * Speech is made some frames ahead: the first block of a stretch costs as much as ten more. */
#include "sim/machine.h"

#include "audio/speech.h"
#include "base/b64.h"

#define AHEAD_MS (25 * MN_SPEECH_BLOCK_MS) /* 24 KB of PCM16 while a response speaks */

static void render(struct mn_buf *out, uint32_t number, int64_t from_ms, int64_t to_ms,
                   enum mn_audio_format format)
{
    int16_t pcm[AHEAD_MS * 24];
    char coded[sizeof(pcm)];
    size_t n = mn_speech_render(pcm, (int)(number % MN_SPEECH_ITEMS), from_ms, to_ms,
                                mn_audio_rate(format));

    mn_audio_encode(format, pcm, coded, n);
    mn_buf_add(out, coded, n * (size_t)mn_audio_sample_bytes(format));
}

int mn_sim_sound(struct mn_buf *out, struct mn_sim_sound *ahead, uint32_t number, int64_t from_ms,
                 int64_t to_ms, enum mn_audio_format format)
{
    size_t a_ms = (size_t)mn_audio_rate(format) / 1000 * (size_t)mn_audio_sample_bytes(format);
    int64_t next_ms;

    if (ahead->number != number || from_ms < ahead->from_ms || to_ms > ahead->to_ms) {
        mn_buf_clear(&ahead->coded);
        ahead->number = number;
        ahead->from_ms = ahead->to_ms = from_ms;
        for (; ahead->to_ms < to_ms; ahead->to_ms = next_ms) {
            next_ms = ahead->to_ms + AHEAD_MS;
            render(&ahead->coded, number, ahead->to_ms, next_ms, format);
        }
    }
    if (ahead->coded.err < 0)
        return ahead->coded.err;
    return mn_b64_encode(out, ahead->coded.p + (size_t)(from_ms - ahead->from_ms) * a_ms,
                         (size_t)(to_ms - from_ms) * a_ms);
}
