/* cut.c - cutting in: what was heard is the truth (R30 to R34).
 *
 * WHY TRUNCATE  The model speaks faster than real time. Cut off, it believes it said all it
 * generated; audio_end_ms = what was heard puts its memory right. Only the playout knows that
 * number. */
#include "core/session_parts.h"

#include <errno.h>

static void send_truncate(struct mn_session *s, const struct mn_cut *cut)
{
    struct mn_writer w;

    if (!mn_fx_send(s, &w, MN_EV_CONVERSATION_ITEM_TRUNCATE, NULL))
        return;
    mn_write_text(&w, "item_id", cut->item_id);
    mn_write_int(&w, "content_index", cut->content_index);
    mn_write_int(&w, "audio_end_ms", cut->heard_ms);
    mn_fx_done(s, &w);
}

/* R32: an item of which nothing was heard goes, once its response is over. */
void mn_cut_delete_later(struct mn_session *s, const char *item_id)
{
    if (s->turn.done)
        mn_items_delete(s, item_id);
    else if (s->nunheard < MN_PLAYOUT_ITEMS)
        mn_id_copy(s->unheard[s->nunheard++], mn_str(item_id));
}

void mn_cut_note(struct mn_session *s, const struct mn_cut *cut)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_AUDIO_INTERRUPTED))
        return;
    mn_write_text(&w, "item", cut->item_id);
    mn_write_int(&w, "heard_ms", cut->heard_ms);
    mn_fx_done(s, &w);
}

void mn_cut_words(struct mn_session *s, struct mn_item *item, int64_t heard_ms, int64_t received_ms)
{
    if (mn_item_cut(item, heard_ms, received_ms) != 0)
        s->err = -ENOMEM;
    mn_items_note(s, MN_NOTE_HISTORY_UPDATED, item);
}

static void cut_heard(struct mn_session *s, struct mn_item *item, const struct mn_cut *cut)
{
    int64_t came_ms = item->samples / s->playout.samples_per_ms; /* held audio, too */

    mn_cut_words(s, item, cut->heard_ms, came_ms > cut->received_ms ? came_ms : cut->received_ms);
}

static void cut_item(struct mn_session *s, const struct mn_cut *cut)
{
    struct mn_item *item = mn_history_find(&s->history, mn_str(cut->item_id));
    bool is_text = item != NULL && (item->ours || item->leg != s->legs.active.number);
    bool unknown = item != NULL && (item->forgotten || item->kind >= MN_ITEM_HANDOFF);

    if (mn_filler_said(s, cut->item_id) || unknown || is_text)
        ; /* the model does not know of it (R5, R9), or knows no more (R24), or is told the words
             that were heard, below */
    else if (cut->heard_ms > 0)
        send_truncate(s, cut);
    else
        mn_cut_delete_later(s, cut->item_id);
    mn_cut_note(s, cut);
    if (item != NULL)
        cut_heard(s, item, cut);
    if (is_text)
        mn_replay_again(s, item);
}

/* All that had come of the item was heard, but it was to go on: its words stop where its audio
 * did. */
static void cut_short(struct mn_session *s)
{
    int64_t ms = s->voice != NULL ? s->voice->samples / s->playout.samples_per_ms : 0;

    if (s->turn.cut && ms > 0 && !s->voice->done && !s->voice->interrupted)
        mn_cut_words(s, s->voice, ms, ms);
}

/* What was asked for and has not begun, the server cannot have cancelled for sure: our request may
 * have come in after the caller's first word. */
void mn_cut_response(struct mn_session *s, bool server_did)
{
    struct mn_writer w;

    s->turn.cut = !s->turn.done;
    if ((server_did && s->arbiter.floor == MN_FLOOR_TAKEN) || !mn_arbiter_cancel(&s->arbiter) ||
        !mn_fx_send(s, &w, MN_EV_RESPONSE_CANCEL, s->arbiter.cancel_id))
        return;
    mn_fx_done(s, &w);
    s->owed_ms = s->now_ms + mn_ask_owed(s);
}

/* R42: what was held of an item was not heard; one that is in line as well is cut there. */
static void cut_held(struct mn_session *s, const struct mn_cut *held, int nheld,
                     const struct mn_cut *cuts, int n)
{
    for (int h = 0; h < nheld; h++) {
        bool in_line = false;

        for (int i = 0; i < n; i++)
            in_line = in_line || strcmp(cuts[i].item_id, held[h].item_id) == 0;
        if (!in_line)
            cut_item(s, &held[h]);
    }
}

static void cut_off(struct mn_session *s, struct mn_str item_id, int64_t heard_ms, bool server_did)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS], held[MN_HELD_ITEMS];
    bool unheard = mn_playout_unheard(&s->playout, s->now_ms) > 0, waits;
    int n, nheld = mn_hold_cut(s, held, &waits);

    mn_cut_response(s, server_did);
    mn_filler_cut(s);
    mn_guard_cut(s);
    unheard = unheard || s->playout.paused;
    n = mn_playout_cut(&s->playout, s->now_ms, cuts);
    if (unheard || waits)
        mn_fx(s, MN_FX_DROP);
    if (unheard && !server_did)
        mn_direct_clear(s);
    if (waits)
        mn_view_end(s);
    s->speaking = false;
    for (int i = 0; i < n; i++) {
        /* R31: the caller's own report counts, but never for more than was received. */
        if (heard_ms >= 0 && mn_str_is(item_id, cuts[i].item_id))
            cuts[i].heard_ms = heard_ms < cuts[i].received_ms ? heard_ms : cuts[i].received_ms;
        cut_item(s, &cuts[i]);
    }
    cut_held(s, held, nheld, cuts, n);
    cut_short(s);
    mn_turns_cut(s);
}

void mn_cut_in(struct mn_session *s, struct mn_str item_id, int64_t heard_ms, bool server_did)
{
    cut_off(s, item_id, heard_ms, server_did);
    mn_heard_cut(s);
    mn_tools_interrupted(s);
}

void mn_cut_off(struct mn_session *s)
{
    cut_off(s, (struct mn_str){0}, -1, false);
}

/* The call is over: the model is told nothing, and the history keeps what was heard. */
void mn_cut_ended(struct mn_session *s)
{
    struct mn_cut cuts[MN_PLAYOUT_ITEMS + MN_HELD_ITEMS];
    bool waits;
    int n = mn_playout_cut(&s->playout, s->now_ms, cuts);

    n += mn_hold_cut(s, cuts + n, &waits);
    for (int i = 0; i < n; i++) {
        struct mn_item *item = mn_history_find(&s->history, mn_str(cuts[i].item_id));

        if (item != NULL && !item->interrupted)
            cut_heard(s, item, &cuts[i]);
    }
}

/* A message whose words came but whose audio never did was not heard either. */
static void forget_unspoken(struct mn_session *s, const struct mn_json *response)
{
    const struct mn_json *output = mn_json_get(response, "output");

    for (const struct mn_json *o = mn_json_first(output); o != NULL; o = mn_json_next(o)) {
        struct mn_item *item = mn_history_find(&s->history, mn_json_str(o, "id"));

        if (item != NULL && item->kind == MN_ITEM_MESSAGE && !item->interrupted &&
            item->samples == 0 && item->spoken && !mn_direct_heard(s))
            mn_items_delete(s, item->id);
    }
}

void mn_cut_response_done(struct mn_session *s, const struct mn_json *response)
{
    for (int i = 0; i < s->nunheard; i++)
        mn_items_delete(s, s->unheard[i]);
    s->nunheard = 0;
    if (s->turn.cut)
        forget_unspoken(s, response);
    mn_edit_response_done(s);
}

/* The model speaks on and on: no more of this response is taken in, what is in line is still
 * played. */
void mn_cut_flood(struct mn_session *s)
{
    mn_cut_response(s, false);
    mn_fx_note_error(s, "unreleased_audio_limit",
                     "the response was cancelled: more audio than may wait unheard");
}
