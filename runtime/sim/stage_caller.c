/* stage_caller.c - the caller's mouth and ear.
 *
 * The mouth sends 20 ms frames of marked speech, each when its last sample has been spoken, then
 * the silence in which the server's VAD sees that it is over. The ear plays what arrives one second
 * a second, as a telephone does, and drops what it has not played when it is told that the caller
 * speaks. */
#include "audio/speech.h"
#include "base/err.h"
#include "base/json_write.h"
#include "core/event_write.h"
#include "core/span.h"
#include "sim/stage_parts.h"

#include <errno.h>
#include <stdlib.h>

#define FRAME_MS 20
#define RATE_HZ  24000
#define A_MS     (RATE_HZ / 1000) /* samples */
#define SAMPLES  (A_MS * FRAME_MS)
#define HUSH_MS  10000 /* of silence after speech, at most; ends when the server has noticed */

#define COMMIT_MIN_MS 100 /* R36 */

/* --- the ear --- */

/* NULL when there is no room. */
static struct mn_stage_item *add_item(struct mn_stage *st, struct mn_str id)
{
    if (st->nitems == MN_STAGE_ITEMS)
        return NULL;
    st->items[st->nitems] = (struct mn_stage_item){0};
    mn_id_copy(st->items[st->nitems].id, id);
    return &st->items[st->nitems++];
}

static struct mn_stage_item *item_of(struct mn_stage *st, struct mn_str id)
{
    for (int i = st->nitems - 1; i >= 0; i--) {
        if (mn_str_is(id, st->items[i].id))
            return &st->items[i];
    }
    return add_item(st, id);
}

static void hear_audio(struct mn_stage *st, const struct mn_span *span)
{
    struct mn_stage_item *item = item_of(st, span->item_id);
    int64_t due_ms, samples = mn_stage_line_samples(st, span->audio);

    if (item != NULL && item->settled) /* a telephone plays that, too */
        item = add_item(st, span->item_id);
    if (item == NULL)
        return;
    due_ms = mn_playout_add(&st->ear, span->item_id, span->content_index, samples,
                            mn_clock_now(&st->clock));
    mn_stage_hear_sound(st, span->audio, due_ms, samples);
    if (item->samples == 0)
        item->began_ms = due_ms;
    item->samples += samples;
}

/* How much of each item has been heard: the unheard tail lies in the newest. */
static int64_t heard_of(const struct mn_stage *st, int i)
{
    int64_t unheard_ms = mn_playout_unheard(&st->ear, mn_clock_now(&st->clock));

    if (st->items[i].settled)
        return st->items[i].heard_ms;
    for (int later = st->nitems - 1; later > i; later--) {
        if (!st->items[later].settled)
            unheard_ms -= st->items[later].samples * 1000 / RATE_HZ;
    }
    unheard_ms = unheard_ms > 0 ? unheard_ms : 0;
    unheard_ms = st->items[i].samples * 1000 / RATE_HZ - unheard_ms;
    return unheard_ms > 0 ? unheard_ms : 0;
}

static void hush(struct mn_stage *st)
{
    struct mn_cut unused[MN_PLAYOUT_ITEMS];

    for (int i = st->nitems - 1; i >= 0 && !st->items[i].settled; i--)
        st->items[i].heard_ms = heard_of(st, i);
    for (int i = st->nitems - 1; i >= 0 && !st->items[i].settled; i--) {
        st->items[i].settled = true;
        st->items[i].cut = st->items[i].heard_ms < st->items[i].samples * 1000 / RATE_HZ;
    }
    mn_playout_cut(&st->ear, mn_clock_now(&st->clock), unused);
    mn_stage_hush_sound(st, MN_STAGE_EAR);
}

static void hear_words(struct mn_stage *st, const struct mn_event *ev)
{
    struct mn_stage_item *item = item_of(st, ev->item_id);

    if (item == NULL || item->settled)
        return;
    item->written = ev->type == MN_EV_RESPONSE_OUTPUT_TEXT_DELTA;
    if (item->written && item->said.text.n == 0)
        item->began_ms = mn_clock_now(&st->clock);
    mn_item_say(&item->said, ev->content_index, ev->delta, item->samples * 1000 / RATE_HZ);
}

static void hear_event(struct mn_stage *st, const struct mn_event *ev)
{
    if (ev->type == MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STARTED)
        hush(st);
    else if (ev->type == MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STOPPED)
        st->understood = true;
    else if (ev->type == MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA ||
             ev->type == MN_EV_RESPONSE_OUTPUT_TEXT_DELTA)
        hear_words(st, ev);
    else if (ev->type == MN_EV_SESSION_CREATED || ev->type == MN_EV_SESSION_UPDATED)
        mn_stage_line_set(st, mn_json_get(ev->body, "session"));
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct mn_stage *st = link->owner;
    struct mn_fault unused;
    struct mn_event ev;
    struct mn_span span;

    if (mn_span_read(text, &span) == MN_HOT_DELTA) {
        hear_audio(st, &span);
        return;
    }
    if (mn_event_decode(&ev, text, MN_FROM_SERVER, MN_GA, &mn_json_frame, &unused) == 0)
        hear_event(st, &ev);
    mn_event_free(&ev);
    mn_stage_note_text(st, MN_LANE_CALLER, text);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct mn_stage *st = link->owner;

    (void)err;
    if (link != st->caller)
        return; /* the one before */
    st->caller = NULL;
    mn_timer_stop(&st->mouth);
    if (!st->away)
        mn_stage_note_end(st, code, reason);
}

void mn_stage_note_end(struct mn_stage *st, int code, struct mn_str reason)
{
    struct mn_buf *text = mn_stage_note(st, MN_LANE_END);
    struct mn_writer w;

    if (text == NULL)
        return;
    w = mn_writer(text);
    mn_write_open(&w, NULL, '{');
    mn_write_int(&w, "code", code);
    mn_write_str(&w, "reason", reason);
    mn_write_close(&w);
}

static const struct mn_link_events events = {.on_message = on_message, .on_close = on_close};

int mn_stage_items(const struct mn_stage *st)
{
    return st->nitems;
}

struct mn_heard mn_stage_heard(const struct mn_stage *st, int i)
{
    const struct mn_stage_item *item = &st->items[i];
    struct mn_heard heard = {
        .item = item->id,
        .words = mn_buf_str(&item->said.text),
        .began_ms = item->began_ms,
        .ms = heard_of(st, i),
        .cut = item->cut,
    };

    if (item->written)
        heard.bytes = item->said.text.n;
    else if (heard.ms > 0)
        heard.bytes = mn_item_heard(&item->said, heard.ms, item->samples * 1000 / RATE_HZ);
    return heard;
}

int64_t mn_stage_unheard(const struct mn_stage *st)
{
    return mn_playout_unheard(&st->ear, mn_clock_now(&st->clock));
}

/* --- the mouth --- */

static void send_audio(struct mn_stage *st, const int16_t *pcm)
{
    struct mn_buf frame = {0};

    mn_buf_add_text(&frame, "{\"type\":\"input_audio_buffer.append\",\"audio\":\"");
    mn_stage_line_encode(st, pcm, SAMPLES, &frame);
    mn_buf_add_text(&frame, "\"}");
    if (frame.err == 0 && st->caller != NULL)
        mn_link_send(st->caller, mn_buf_str(&frame));
    mn_buf_free(&frame);
}

/* The frame of a recording that begins at at_ms; silent past its end. */
static void play_recording(struct mn_stage *st, int16_t *pcm, int64_t at_ms)
{
    size_t from = (size_t)at_ms * A_MS, left = from < st->nrecording ? st->nrecording - from : 0;
    size_t n = left < SAMPLES ? left : SAMPLES;

    mn_speech_silence(pcm, FRAME_MS, RATE_HZ);
    if (n > 0)
        memcpy(pcm, st->recording + from, n * sizeof(*pcm));
}

static void sound(struct mn_stage *st, int16_t *pcm)
{
    if (st->recording != NULL)
        play_recording(st, pcm, st->mouth_ms);
    else if (st->mouth_ms >= st->speech_ms)
        mn_speech_silence(pcm, FRAME_MS, RATE_HZ);
    else
        mn_speech_render(&st->waves, pcm, st->spoken, st->mouth_ms, st->mouth_ms + FRAME_MS,
                         RATE_HZ);
}

static void on_mouth(struct mn_timer *t)
{
    struct mn_stage *st = mn_container_of(t, struct mn_stage, mouth);
    int64_t spoken_ms = mn_clock_now(&st->clock) - FRAME_MS;
    int16_t pcm[SAMPLES];

    sound(st, pcm);
    mn_stage_put_sound(st, &st->sides[MN_STAGE_MOUTH], spoken_ms * A_MS, pcm, SAMPLES);
    send_audio(st, pcm);
    st->mouth_ms += FRAME_MS;
    if (st->mouth_ms < st->speech_ms || (!st->understood && st->mouth_ms < st->speech_ms + HUSH_MS))
        mn_timer_start(&st->clock, &st->mouth, FRAME_MS, on_mouth);
}

static int hand_words(struct mn_stage *st, struct mn_str words)
{
    mn_buf_clear(&st->words);
    if (mn_buf_add_str(&st->words, words) != 0)
        return -ENOMEM;
    if (st->call == NULL)
        return MN_ECLOSED;
    return st->model != NULL ? mn_sim_heard(mn_sim_end_model(st->model), words) : 0;
}

static int open_mouth(struct mn_stage *st, int64_t ms)
{
    int64_t from = mn_clock_now(&st->clock) * A_MS;

    st->spoken++;
    st->mouth_ms = 0;
    st->speech_ms = ms < FRAME_MS ? FRAME_MS : ms / FRAME_MS * FRAME_MS;
    st->understood = false;
    mn_stage_hush_sound(st, MN_STAGE_MOUTH);
    mn_stage_sounds(&st->sides[MN_STAGE_MOUTH], from, from + st->speech_ms * A_MS);
    return mn_timer_start(&st->clock, &st->mouth, FRAME_MS, on_mouth);
}

int mn_stage_open_mouth(struct mn_stage *st, struct mn_str words, int64_t ms)
{
    int err = hand_words(st, words);

    return err != 0 ? err : open_mouth(st, ms);
}

static void speak_freely(struct mn_stage *st)
{
    free(st->recording);
    st->recording = NULL;
    st->nrecording = 0;
}

int mn_stage_speak(struct mn_stage *st, struct mn_str words, int64_t ms)
{
    speak_freely(st);
    return mn_stage_open_mouth(st, words, ms);
}

int mn_stage_hold(struct mn_stage *st, struct mn_str words, int64_t ms)
{
    int err = ms >= COMMIT_MIN_MS ? hand_words(st, words) : 0;

    speak_freely(st);
    hush(st);
    if (err == 0)
        err = open_mouth(st, ms);
    st->understood = true; /* by the release */
    return err;
}

bool mn_stage_speaking(const struct mn_stage *st)
{
    return mn_timer_running(&st->mouth) && st->mouth_ms < st->speech_ms;
}

int mn_stage_send(struct mn_stage *st, struct mn_str event)
{
    return st->caller != NULL ? mn_link_send(st->caller, event) : MN_ECLOSED;
}

void mn_stage_hang_up(struct mn_stage *st)
{
    mn_stage_hush_sound(st, MN_STAGE_MOUTH);
    mn_timer_stop(&st->mouth);
    if (st->caller != NULL)
        mn_link_close(st->caller, 1000, MN_STR("hung up"));
}

void mn_stage_vanish(struct mn_stage *st)
{
    mn_stage_hush_sound(st, MN_STAGE_MOUTH);
    mn_timer_stop(&st->mouth);
    st->away = st->notes;
    if (st->caller != NULL)
        mn_link_close(st->caller, MN_LINK_VANISH, (struct mn_str){0});
}

int mn_stage_return(struct mn_stage *st, struct mn_str token)
{
    struct mn_link *theirs;
    int err;

    if (st->call == NULL || !mn_call_takes(st->call, token))
        return MN_EABSENT;
    st->away = false;
    err = mn_stage_open_caller(st, &theirs);
    if (err != 0)
        return err;
    err = mn_call_return(st->call, theirs, token);
    if (err != 0)
        mn_link_close(theirs, 1011, MN_STR("the session has ended"));
    return err;
}

int mn_stage_open_caller(struct mn_stage *st, struct mn_link **theirs)
{
    int err = mn_stage_join(st, MN_WIRE_CALLER, &st->caller, theirs);

    if (err != 0)
        return err;
    st->caller->events = &events;
    st->caller->owner = st;
    return 0;
}

void mn_stage_close_caller(struct mn_stage *st)
{
    mn_timer_stop(&st->mouth);
    mn_stage_close_sound(st);
    for (int i = 0; i < st->nitems; i++) {
        mn_buf_free(&st->items[i].said.text);
        free(st->items[i].said.marks);
    }
}
