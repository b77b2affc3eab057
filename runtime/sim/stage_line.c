/* stage_line.c - the line between the caller and the call: the audio on it is in the formats that
 * the session was last told to have, as a client's would be. All else on a stage is in samples at
 * 24 kHz, whatever the line carries. */
#include "sim/stage_parts.h"

#include "base/b64.h"

#define RATE_HZ 24000
#define FRAME   480 /* samples, at most, that are coded at once */

static void take(const struct mn_json *audio, const char *way, enum mn_audio_format *format)
{
    const struct mn_json *said = mn_json_get(mn_json_get(audio, way), "format");

    (void)mn_audio_format_parse(mn_json_str(said, "type"), format); /* none: as it was */
}

void mn_stage_line_set(struct mn_stage *st, const struct mn_json *session)
{
    const struct mn_json *audio = mn_json_get(session, "audio");

    take(audio, "input", &st->line_in);
    take(audio, "output", &st->line_out);
}

static bool is_narrow(enum mn_audio_format format)
{
    return mn_audio_rate(format) != RATE_HZ;
}

int mn_stage_line_encode(struct mn_stage *st, const int16_t *pcm, size_t n, struct mn_buf *out)
{
    char coded[FRAME * sizeof(*pcm)];
    int16_t narrow[FRAME / 3];

    if (is_narrow(st->line_in)) {
        n = mn_audio_narrow(narrow, pcm, n);
        pcm = narrow;
    }
    mn_audio_encode(st->line_in, pcm, coded, n);
    return mn_b64_encode(out, coded, n * (size_t)mn_audio_sample_bytes(st->line_in));
}

int64_t mn_stage_line_samples(const struct mn_stage *st, struct mn_str audio)
{
    int64_t n = (int64_t)mn_b64_decoded(audio) / mn_audio_sample_bytes(st->line_out);

    return n * (RATE_HZ / mn_audio_rate(st->line_out));
}

int mn_stage_line_decode(const struct mn_stage *st, struct mn_str audio, struct mn_buf *pcm)
{
    struct mn_buf bytes = {0};
    int16_t piece[FRAME], wide[3 * FRAME];
    size_t each = (size_t)mn_audio_sample_bytes(st->line_out), n;
    int err = mn_b64_decode(&bytes, audio);

    for (size_t at = 0; err == 0 && at + each <= bytes.n; at += n * each) {
        n = (bytes.n - at) / each < FRAME ? (bytes.n - at) / each : FRAME;
        mn_audio_decode(st->line_out, bytes.p + at, piece, n);
        if (is_narrow(st->line_out))
            err = mn_buf_add(pcm, wide, mn_audio_widen(wide, piece, n) * sizeof(*wide));
        else
            err = mn_buf_add(pcm, piece, n * sizeof(*piece));
    }
    mn_buf_free(&bytes);
    return err;
}
