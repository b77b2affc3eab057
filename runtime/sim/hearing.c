/* hearing.c - the input audio buffer: what the caller said, turned into items.
 *
 * Positions are samples of 24 kHz since the session began, whatever the format, so that a session
 * may change its format on the way. Audio is measured and let go: no sample is kept. */
#include "sim/machine.h"

#include "base/b64.h"
#include "base/err.h"

#include <errno.h>

#define HZ            24000
#define APPEND_MAX    (15u << 20) /* bytes of one append, the API's limit */
#define PIECE         480         /* samples looked at at once */
#define COMMIT_MIN_MS 100         /* "Expected at least 100ms of audio" */

static int64_t ms_of(int64_t samples)
{
    return samples * 1000 / HZ;
}

void mn_sim_hearing_init(struct mn_sim *sim)
{
    mn_list_init(&sim->hearing.late);
    sim->hearing.idle_at_ms = INT64_MAX;
    mn_vad_open(&sim->hearing.vad, &sim->config.turns.vad, HZ);
}

void mn_sim_hearing_set(struct mn_sim *sim)
{
    struct mn_sim_hearing *h = &sim->hearing;

    if (sim->config.turns.on) {
        mn_vad_set(&h->vad, &sim->config.turns.vad);
        return;
    }
    h->speaking = false; /* the client ends turns from now on; the buffer stays */
    h->idle_at_ms = INT64_MAX;
    mn_vad_reset(&h->vad);
}

/* --- committing ------------------------------------------------------------------------------- */

static void tell_committed(struct mn_sim *sim, const char *item_id)
{
    const struct mn_list *last = sim->items.prev;
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, MN_EV_INPUT_AUDIO_BUFFER_COMMITTED))
        return;
    mn_write_text(&w, "previous_item_id",
                  last == &sim->items ? NULL : mn_container_of(last, struct mn_sim_item, link)->id);
    mn_write_text(&w, "item_id", item_id);
    mn_sim_end(sim, &w);
}

/* Makes the buffer, of audio_ms, the item named in hearing.item_id. */
static void commit(struct mn_sim *sim, int64_t audio_ms, struct mn_str words)
{
    struct mn_sim_hearing *h = &sim->hearing;
    struct mn_sim_item *item = mn_sim_item_new(MN_SIM_USER, 1);

    h->begun = h->samples;
    h->speaking = false;
    mn_vad_reset(&h->vad);
    if (item == NULL) {
        sim->outbox.bytes.err = -ENOMEM;
        return;
    }
    memcpy(item->id, h->item_id, sizeof(item->id));
    h->item_id[0] = '\0';
    item->parts[0] =
        (struct mn_sim_part){.kind = MN_SIM_INPUT_AUDIO, .untold = true, .audio_ms = audio_ms};
    mn_buf_add_str(&item->parts[0].words, words);
    tell_committed(sim, item->id);
    mn_sim_item_place(sim, item, &sim->items);
    mn_sim_item_tell(sim, item, MN_EV_CONVERSATION_ITEM_DONE);
    if (sim->config.transcribes)
        mn_sim_transcript_promise(sim, item);
}

void mn_sim_commit(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_sim_hearing *h = &sim->hearing;
    int64_t samples = h->samples - h->begun;

    (void)ev;
    if (ms_of(samples) < COMMIT_MIN_MS) {
        mn_sim_refuse(sim, "input_audio_buffer_commit_empty", NULL,
                      "Error committing input audio buffer: buffer too small. Expected at least "
                      "%dms of audio, but buffer only has %.2fms of audio.",
                      COMMIT_MIN_MS, (double)samples * 1000 / HZ);
        return;
    }
    if (h->item_id[0] == '\0')
        mn_id_new(h->item_id, "item", &sim->random);
    commit(sim, ms_of(samples), mn_sim_transcript_next(sim));
}

void mn_sim_clear(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_writer w;

    (void)ev;
    sim->hearing.begun = sim->hearing.samples;
    sim->hearing.speaking = false;
    sim->hearing.item_id[0] = '\0';
    mn_vad_reset(&sim->hearing.vad);
    if (mn_sim_begin(sim, &w, MN_EV_INPUT_AUDIO_BUFFER_CLEARED))
        mn_sim_end(sim, &w);
}

/* --- appending -------------------------------------------------------------------------------- */

static void tell_edge(struct mn_sim *sim, enum mn_event_type type, const char *at, int64_t at_ms)
{
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, type))
        return;
    mn_write_int(&w, at, at_ms);
    mn_write_text(&w, "item_id", sim->hearing.item_id);
    mn_sim_end(sim, &w);
}

static void start_turn(struct mn_sim *sim, int64_t at_ms)
{
    struct mn_sim_hearing *h = &sim->hearing;

    h->speaking = true;
    h->speech_at_ms = at_ms;
    mn_sim_hearing_busy(sim);
    mn_id_new(h->item_id, "item", &sim->random);
    tell_edge(sim, MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STARTED, "audio_start_ms", at_ms);
    if (!sim->config.turns.interrupt)
        return;
    mn_sim_response_cut(sim);
    mn_sim_play_cut(sim);
}

static void stop_turn(struct mn_sim *sim, int64_t at_ms)
{
    tell_edge(sim, MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STOPPED, "audio_end_ms", at_ms);
    commit(sim, at_ms - sim->hearing.speech_at_ms, mn_sim_transcript_next(sim));
    if (sim->config.turns.create)
        mn_sim_response_auto(sim);
}

/* Shows samples of 24 kHz to the VAD, which is asked even in manual mode, as it keeps the time. */
static void listen(struct mn_sim *sim, const int16_t *pcm, size_t n)
{
    struct mn_sim_hearing *h = &sim->hearing;
    enum mn_vad_edge edge;
    int64_t at_ms = 0;
    size_t took;

    for (; n > 0; pcm += took, n -= took) {
        took = mn_vad_feed(&h->vad, pcm, n, &edge, &at_ms);
        h->samples += (int64_t)took;
        if (edge == MN_VAD_STARTED && sim->config.turns.on)
            start_turn(sim, at_ms);
        else if (edge == MN_VAD_STOPPED && h->speaking)
            stop_turn(sim, at_ms);
    }
}

static void listen_coded(struct mn_sim *sim, const char *bytes, size_t n)
{
    int16_t pcm[PIECE], wide[3 * PIECE];
    size_t each = (size_t)mn_audio_sample_bytes(sim->config.in), count;
    bool narrow = mn_audio_rate(sim->config.in) != HZ;

    for (; n > 0; bytes += count * each, n -= count * each) {
        count = n / each < PIECE ? n / each : PIECE;
        mn_audio_decode(sim->config.in, bytes, pcm, count);
        if (narrow)
            mn_audio_widen(wide, pcm, count);
        listen(sim, narrow ? wide : pcm, narrow ? 3 * count : count);
    }
}

void mn_sim_append(struct mn_sim *sim, const struct mn_event *ev)
{
    mn_sim_append_audio(sim, mn_json_str(ev->body, "audio"));
}

void mn_sim_append_audio(struct mn_sim *sim, struct mn_str audio)
{
    struct mn_buf bytes = {.limit = APPEND_MAX};
    bool pcm = sim->config.in == MN_AUDIO_PCM16;
    int err = mn_b64_decode(&bytes, audio);

    if (err == MN_EPROTOCOL || (err == 0 && pcm && bytes.n % 2 != 0))
        mn_sim_refuse(sim, "invalid_value", "audio",
                      "Invalid 'audio'. Expected base64-encoded audio bytes (mono %s) but they "
                      "could not be decoded.",
                      pcm ? "PCM16 at 24kHz" : "G.711 at 8kHz");
    else if (err == MN_ELIMIT)
        mn_sim_refuse(sim, "invalid_value", "audio",
                      "Invalid 'audio': over the limit of 15 MiB in one event.");
    else if (err < 0)
        sim->outbox.bytes.err = err;
    else
        listen_coded(sim, bytes.p, bytes.n);
    mn_buf_free(&bytes);
}

/* --- the idle timeout ------------------------------------------------------------------------- */

void mn_sim_hearing_busy(struct mn_sim *sim)
{
    sim->hearing.idle_at_ms = INT64_MAX;
}

void mn_sim_hearing_idle(struct mn_sim *sim, int64_t from_ms)
{
    if (sim->config.turns.idle_ms > 0)
        sim->hearing.idle_at_ms = from_ms + sim->config.turns.idle_ms;
}

/* idle_timeout_ms: nobody spoke for so long that the model asks whether anybody is there. */
void mn_sim_hearing_tick(struct mn_sim *sim)
{
    struct mn_sim_hearing *h = &sim->hearing;
    struct mn_writer w;

    h->idle_at_ms = INT64_MAX;
    mn_id_new(h->item_id, "item", &sim->random);
    if (mn_sim_begin(sim, &w, MN_EV_INPUT_AUDIO_BUFFER_TIMEOUT_TRIGGERED)) {
        mn_write_int(&w, "audio_start_ms", ms_of(h->begun));
        mn_write_int(&w, "audio_end_ms", ms_of(h->samples));
        mn_write_text(&w, "item_id", h->item_id);
        mn_sim_end(sim, &w);
    }
    commit(sim, ms_of(h->samples - h->begun), (struct mn_str){NULL, 0});
    mn_sim_response_auto(sim);
}
