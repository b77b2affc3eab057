/* session_model.c - what the model's events do: one row an event, then the caller's view of it.
 *
 * An event without a row changes nothing here and is only passed on. Order matters in one place:
 * what an event does to playback (speech_started drops it) comes before the caller is told of the
 * event. */
#include "core/session_parts.h"

#include "base/b64.h"
#include "base/err.h"

/* --- responses (R1 to R3, R10) --- */

static bool out_of_band(const struct mn_json *response)
{
    return mn_json_kind(mn_json_get(response, "conversation_id")) == MN_JSON_NULL;
}

static void on_response_created(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *response = mn_json_get(ev->body, "response");

    if (mn_filler_created(s, response) || out_of_band(response))
        return;
    if (mn_str_is(ev->response_id, s->turn.response_id)) {
        s->misplaced++; /* told twice: it may be over by now */
        return;
    }
    mn_arbiter_created(&s->arbiter, ev->response_id);
    mn_late_created(s);
    s->turn = (struct mn_turn){.agent = s->agent, .number = s->turn.number + 1};
    mn_id_copy(s->turn.response_id, ev->response_id);
    s->turn.cut = s->arbiter.floor == MN_FLOOR_CANCELLING;
    mn_guard_created(s);
    s->voice = NULL; /* what the last response said is said */
    s->own_answer_ms = 0;
    s->owed_ms =
        s->now_ms + (s->turn.cut ? mn_ask_owed(s) : MN_STALLED_MS); /* now its end is owed */
}

static void on_call(struct mn_session *s, const struct mn_event *ev, struct mn_item *item)
{
    const struct mn_json *body = mn_json_get(ev->body, "item");

    if (item != NULL && !item->done) {
        mn_buf_clear(&item->text);
        if (mn_buf_add_str(&item->text, mn_json_str(body, "arguments")) != 0)
            s->err = item->text.err;
    }
    mn_tools_call(s, ev, body);
}

static void on_output_item_done(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *body = mn_json_get(ev->body, "item");
    bool completed = mn_str_is(mn_json_str(body, "status"), "completed");
    struct mn_item *item;

    if (!mn_str_is(ev->response_id, s->turn.response_id)) {
        s->misplaced++; /* R5: it does not belong to the conversation */
        return;
    }
    item = mn_items_put(s, ev);
    if (mn_str_is(mn_json_str(body, "type"), "function_call")) {
        if (completed) /* R10: partial arguments never run */
            on_call(s, ev, item);
        return;
    }
    if (item == NULL)
        return;
    if (!item->done)
        mn_items_note(s, MN_NOTE_HISTORY_UPDATED, item);
    item->done = completed;
}

static void note_said(struct mn_session *s, const struct mn_json *response)
{
    const struct mn_json *output = mn_json_get(response, "output");
    struct mn_item *said = NULL;
    struct mn_writer w;

    for (const struct mn_json *o = mn_json_first(output); o != NULL; o = mn_json_next(o)) {
        struct mn_item *item = mn_history_find(&s->history, mn_json_str(o, "id"));

        if (item != NULL && item->kind == MN_ITEM_MESSAGE)
            said = item;
    }
    if (said == NULL || !mn_fx_note(s, &w, MN_NOTE_AGENT_END))
        return;
    mn_write_str(&w, "text", mn_buf_str(&said->text));
    mn_fx_done(s, &w);
}

static void on_response_done(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *response = mn_json_get(ev->body, "response");

    if (mn_filler_done(s, response) || out_of_band(response)) {
        mn_account_response(s, response);
        return;
    }
    mn_account_response(s, response);
    if (mn_str_is(mn_json_str(response, "status"), "failed"))
        mn_session_failed(s, ev->response_id, response);
    if (s->ended)
        return;
    if (mn_arbiter_done(&s->arbiter, ev->response_id))
        s->owed_ms = 0;
    if (!mn_str_is(ev->response_id, s->turn.response_id) || s->turn.done) {
        s->misplaced++;
        return;
    }
    s->turn.done = true;
    note_said(s, response);
    mn_cut_response_done(s, response);
    mn_guard_response_done(s, response);
    mn_tools_response_done(s, ev->response_id);
}

/* --- turns (R30) --- */

static bool turn_flag(const struct mn_json *detection, const char *what)
{
    return mn_json_kind(detection) == MN_JSON_OBJECT && mn_json_bool(detection, what, true);
}

/* What the session's turn_detection says: does the server cancel when the caller speaks, and does
 * it answer when they stop? */
static bool server_does(const struct mn_session *s, const char *what)
{
    struct mn_json *detection;
    bool does;

    if (mn_json_parse(&detection, mn_buf_str(&s->config.turn_detection), &mn_json_frame, NULL) != 0)
        return false;
    does = turn_flag(detection, what);
    mn_json_free(detection);
    return does;
}

static void on_speech_started(struct mn_session *s, const struct mn_event *ev)
{
    s->caller_speaks = true;
    s->own_answer_ms = 0;
    if (s->arbiter.floor == MN_FLOOR_FREE)
        s->owed_ms = 0; /* they speak on: the answer can wait */
    if (mn_turns_are_ours(s)) {
        mn_turns_started(s, ev);
        return;
    }
    mn_session_new_turn(s);
    mn_cut_in(s, (struct mn_str){0}, -1, server_does(s, "interrupt_response"));
}

static void on_speech_stopped(struct mn_session *s, const struct mn_event *ev)
{
    (void)ev;
    s->caller_speaks = false;
    s->stopped_ms = s->now_ms;
    mn_turns_stopped(s);
    if (mn_turns_are_ours(s) || !server_does(s, "create_response"))
        return;
    s->own_answer_ms = s->now_ms + MN_OWN_ANSWER_MS;
    if (s->arbiter.floor == MN_FLOOR_FREE)
        s->owed_ms = s->now_ms + mn_ask_owed(s);
}

static void on_committed(struct mn_session *s, const struct mn_event *ev)
{
    s->caller_speaks = s->talk.pressed; /* the next turn may have begun */
    mn_talk_emptied(s);
    if (mn_turns_are_ours(s)) {
        mn_turns_committed(s, ev);
        return;
    }
    mn_session_new_turn(s);
    mn_gate_committed(s, ev);
}

/* What they were saying is thrown away, and the server will not say when they stop. */
static void on_cleared(struct mn_session *s, const struct mn_event *ev)
{
    (void)ev;
    s->caller_speaks = s->talk.pressed;
    mn_talk_emptied(s);
    mn_turns_cleared(s);
}

/* On a telephone line that the model itself holds. */
static void on_dtmf(struct mn_session *s, const struct mn_event *ev)
{
    mn_digits_pressed(s, mn_json_str(ev->body, "event"));
}

static void on_deleted(struct mn_session *s, const struct mn_event *ev)
{
    mn_items_deleted(s, ev);
    mn_turns_deleted(s, ev);
}

/* --- words --- */

static void on_words(struct mn_session *s, const struct mn_event *ev)
{
    mn_items_words(s, ev);
    mn_guard_words(s, ev);
}

static void on_words_done(struct mn_session *s, const struct mn_event *ev)
{
    mn_items_words_done(s, ev);
    mn_guard_words_done(s, ev);
}

static void on_transcribed(struct mn_session *s, const struct mn_event *ev)
{
    mn_items_transcribed(s, ev);
    mn_turns_transcribed(s, ev);
    mn_gate_transcribed(s, ev);
}

static void on_not_transcribed(struct mn_session *s, const struct mn_event *ev)
{
    mn_turns_failed(s, ev);
    mn_gate_failed(s, ev);
}

/* --- the session --- */

static void on_session_updated(struct mn_session *s, const struct mn_event *ev)
{
    (void)ev;
    mn_update_acked(s);
}

static const struct {
    void (*act)(struct mn_session *s, const struct mn_event *ev);
    bool of_response; /* says nothing without its response's id */
} rows[MN_EV_COUNT] = {
    [MN_EV_SESSION_UPDATED] = {on_session_updated},
    [MN_EV_ERROR] = {mn_session_error},
    [MN_EV_CONVERSATION_ITEM_ADDED] = {mn_items_added},
    [MN_EV_CONVERSATION_ITEM_CREATED] = {mn_items_added},
    [MN_EV_CONVERSATION_ITEM_DELETED] = {on_deleted},
    [MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_DELTA] = {mn_turns_words},
    [MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_COMPLETED] = {on_transcribed},
    [MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_FAILED] = {on_not_transcribed},
    [MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STARTED] = {on_speech_started},
    [MN_EV_INPUT_AUDIO_BUFFER_SPEECH_STOPPED] = {on_speech_stopped},
    [MN_EV_INPUT_AUDIO_BUFFER_COMMITTED] = {on_committed},
    [MN_EV_INPUT_AUDIO_BUFFER_CLEARED] = {on_cleared},
    [MN_EV_INPUT_AUDIO_BUFFER_DTMF_EVENT_RECEIVED] = {on_dtmf},
    [MN_EV_RATE_LIMITS_UPDATED] = {mn_retry_limits},
    [MN_EV_RESPONSE_CREATED] = {on_response_created, true},
    [MN_EV_RESPONSE_OUTPUT_ITEM_DONE] = {on_output_item_done, true},
    [MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA] = {on_words},
    [MN_EV_RESPONSE_OUTPUT_TEXT_DELTA] = {on_words},
    [MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DONE] = {on_words_done},
    [MN_EV_RESPONSE_OUTPUT_TEXT_DONE] = {on_words_done},
    [MN_EV_RESPONSE_DONE] = {on_response_done, true},
    [MN_EV_OUTPUT_AUDIO_BUFFER_STARTED] = {mn_direct_started},
    [MN_EV_OUTPUT_AUDIO_BUFFER_STOPPED] = {mn_direct_stopped},
    [MN_EV_OUTPUT_AUDIO_BUFFER_CLEARED] = {mn_direct_cleared},
    [MN_EV_CONVERSATION_ITEM_TRUNCATED] = {mn_direct_truncated},
};

int mn_session_from_model(struct mn_session *s, const struct mn_event *ev)
{
    bool secret = mn_view_is_ours(s, ev);

    if (s->legs.active.state == MN_LEG_NONE ||
        (rows[ev->type].of_response && ev->response_id.n == 0))
        return MN_EPROTOCOL;
    mn_ask_alive(s, ev->response_id);
    if (rows[ev->type].act != NULL)
        rows[ev->type].act(s, ev);
    if (!secret && !s->ended && !mn_turns_keep(s, ev))
        mn_view_pass(s, ev);
    return 0;
}

/* R22: from its first audio on, the model keeps the voice it has. */
void mn_session_lock_voice(struct mn_session *s)
{
    if (s->legs.active.voice_locked)
        return;
    s->legs.active.voice_was = mn_config_voice(s, s->agent);
    s->legs.active.voice_locked = true;
}

static void take_in(struct mn_session *s, const struct mn_span *span, int64_t samples)
{
    if (s->voice == NULL || !mn_id_is(s->voice->id, span->item_id))
        s->voice = mn_history_find(&s->history, span->item_id);
    if (s->voice != NULL)
        s->voice->samples += samples;
}

void mn_session_speaks(struct mn_session *s)
{
    if (s->speaking)
        return;
    s->speaking = true;
    mn_fx_note_plain(s, MN_NOTE_AUDIO_START);
}

static bool of_turn(const struct mn_session *s, const struct mn_span *span)
{
    return !s->turn.cut && !s->turn.done && s->turn.response_id[0] != '\0' &&
           mn_id_is(s->turn.response_id, span->response_id);
}

struct mn_verdict mn_session_audio(struct mn_session *s, mn_leg leg, const struct mn_span *span,
                                   int64_t now_ms)
{
    const struct mn_verdict drop = {.act = MN_AUDIO_DROP};
    int64_t samples, due_ms;

    if (s->ended || leg != s->legs.active.number || s->legs.active.state == MN_LEG_NONE)
        return drop;
    mn_session_lock_voice(s);
    if (s->settings.direct)
        return drop; /* R81: it is not ours to play */
    if (!mn_filler_audio(s, span->response_id, span->item_id, now_ms) && !of_turn(s, span))
        return drop; /* R33 */
    if (mn_playout_unheard(&s->playout, now_ms) + mn_hold_ms(s) > s->settings.unreleased_max_ms) {
        mn_cut_flood(s);
        return drop;
    }
    if (s->owed_ms != 0)
        s->owed_ms = now_ms + MN_STALLED_MS;
    samples = (int64_t)mn_b64_decoded(span->audio) / (s->playout.samples_per_ms == 24 ? 2 : 1);
    take_in(s, span, samples);
    if (mn_hold_on(s) && of_turn(s, span))
        return mn_hold_audio(s, span, samples);
    mn_session_speaks(s);
    due_ms = mn_playout_add(&s->playout, span->item_id, span->content_index, samples, now_ms);
    mn_turns_played(s, now_ms);
    return (struct mn_verdict){.act = MN_AUDIO_PLAY, .release_at_ms = due_ms - s->settings.lead_ms};
}
