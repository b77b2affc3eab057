/* call_sound.c - recordings on their way to the caller (R9): written as the model's audio is, a
 * tenth of a second at a time, each when it is due. */
#include "call/call_parts.h"

#include "audio/sound.h"
#include "base/b64.h"
#include "base/err.h"
#include "core/event_write.h"

#include <errno.h>

#define PIECE_MS 100 /* what a cut cannot take back beside the lead; as long as a model's own */

/* One that is being played: what pacing keeps of it. */
struct recording {
    struct mn_sound *sound; /* the bundle's, which the call holds */
    enum mn_audio_format format;
    int64_t at; /* the sample that comes next */
    char item_id[MN_ID_MAX], response_id[MN_ID_MAX];
};

static int write_piece(struct mn_call *c, const struct recording *r, int64_t n, struct mn_buf *out)
{
    const void *bytes = mn_sound_piece(r->sound, r->format, r->at, n);
    struct mn_buf audio = {0};
    char event_id[MN_ID_MAX];
    struct mn_writer w;

    if (bytes == NULL ||
        mn_b64_encode(&audio, bytes, (size_t)n * (size_t)mn_audio_sample_bytes(r->format)) != 0) {
        mn_buf_free(&audio);
        return -ENOMEM;
    }
    mn_id_new(event_id, "event", &c->random);
    mn_event_open(&w, out, MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA, MN_GA, event_id);
    mn_write_text(&w, "response_id", r->response_id);
    mn_write_text(&w, "item_id", r->item_id);
    mn_write_int(&w, "output_index", 0);
    mn_write_int(&w, "content_index", 0);
    mn_write_str(&w, "delta", mn_buf_str(&audio));
    mn_write_close(&w);
    mn_buf_free(&audio);
    return out->err;
}

int64_t mn_call_draw(void *call, void *recording)
{
    struct mn_call *c = call;
    struct recording *r = recording;
    int64_t a_ms = mn_audio_rate(r->format) / 1000, n = PIECE_MS * a_ms;
    int64_t left = mn_sound_samples(r->sound, mn_audio_rate(r->format)) - r->at;
    struct mn_buf frame = {0};
    int err;

    n = n < left ? n : left;
    err = n > 0 ? write_piece(c, r, n, &frame) : 0;
    r->at += n;
    if (err != 0)
        mn_call_end(c, 1011, mn_strerror(err));
    else if (n > 0)
        mn_call_tell(c, mn_buf_str(&frame));
    mn_buf_free(&frame);
    return err == 0 && left > n ? PIECE_MS : 0;
}

void mn_call_play_sound(struct mn_call *c, const struct mn_effect *fx)
{
    struct recording r = {.sound = mn_bundle_sound_at(c->bundle, fx->sound), .format = fx->format};

    if (r.sound == NULL)
        return; /* the session names only what it was given */
    mn_id_copy(r.item_id, mn_str(fx->call_id));
    mn_id_copy(r.response_id, mn_buf_str(&fx->text));
    mn_call_paced(c, mn_pacing_recording(&c->to_caller, &r, sizeof(r), fx->at_ms));
}
