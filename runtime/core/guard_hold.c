/* guard_hold.c - what is not told before it has passed (R42).
 *
 *     words      | w1        | w2        | w3 ...
 *     audio      a a a a a a a a a a a a a a a a
 *     released   ------------>            once a check that saw "w1 w2" has passed
 *
 * Words come at their sound or before it (R34), and a word may come in pieces, so what has passed
 * covers the audio that came before its last word began. Frames wait with whoever paces them, each
 * under a number; here only the numbers and lengths are kept. What is released is in line to be
 * heard from that moment on, not before (R31). */
#include "core/session_parts.h"

static bool is_held(const struct mn_session *s)
{
    return s->guard != NULL && s->guard->hold.on;
}

bool mn_hold_on(const struct mn_session *s)
{
    return is_held(s) && !s->guard->hold.shut;
}

int64_t mn_hold_ms(const struct mn_session *s)
{
    const struct mn_hold *h = is_held(s) ? &s->guard->hold : NULL;

    return h == NULL ? 0 : (h->all.samples - h->released.samples) / s->playout.samples_per_ms;
}

/* A response of which something is held still, though the next begins: its checks come too late. */
static void leave(struct mn_session *s)
{
    const struct mn_hold *h = &s->guard->hold;

    if (!mn_hold_on(s) || h->released.held == h->all.held)
        return;
    mn_fx(s, MN_FX_DROP);
    mn_fx_note_error(s, "guardrail_late", "what had not passed was dropped: the model speaks on");
}

void mn_hold_begin(struct mn_session *s, bool on)
{
    struct mn_hold *h = &s->guard->hold;
    uint32_t held = h->all.held;

    leave(s);
    *h = (struct mn_hold){.on = on, .first = held};
    h->all.held = h->word.held = h->released.held = held;
}

void mn_hold_word(struct mn_session *s)
{
    s->guard->hold.word = s->guard->hold.all;
}

uint32_t mn_hold_next(struct mn_session *s)
{
    uint32_t number = ++s->guard->hold.all.held;

    return number != 0 ? number : ++s->guard->hold.all.held;
}

static struct mn_held_item *item_of(struct mn_hold *h, const struct mn_span *span)
{
    struct mn_held_item *item = h->n > 0 ? &h->items[h->n - 1] : NULL;

    if (item != NULL && item->content_index == span->content_index &&
        mn_str_is(span->item_id, item->item_id))
        return item;
    if (h->n == MN_HELD_ITEMS)
        return NULL;
    item = &h->items[h->n++];
    *item = (struct mn_held_item){.content_index = span->content_index};
    mn_id_copy(item->item_id, span->item_id);
    return item;
}

struct mn_verdict mn_hold_audio(struct mn_session *s, const struct mn_span *span, int64_t samples)
{
    struct mn_hold *h = &s->guard->hold;
    struct mn_held_item *item = item_of(h, span);
    struct mn_verdict verdict = {.act = MN_AUDIO_HOLD};

    if (item == NULL)
        return (struct mn_verdict){.act = MN_AUDIO_DROP};
    item->samples += samples;
    verdict.offset_ms = h->all.samples / s->playout.samples_per_ms;
    verdict.held = mn_hold_next(s);
    h->all.samples += samples;
    return verdict;
}

/* Puts so much of what is held in line to be heard. Returns when the first of it is due. */
static int64_t play(struct mn_session *s, int64_t samples)
{
    struct mn_hold *h = &s->guard->hold;
    int64_t first_ms = -1;

    while (samples > 0 && h->n > 0) {
        struct mn_held_item *item = &h->items[0];
        int64_t part = item->samples < samples ? item->samples : samples;
        int64_t due_ms = mn_playout_add(&s->playout, mn_str(item->item_id), item->content_index,
                                        part, s->now_ms);

        mn_turns_played(s, s->now_ms);
        first_ms = first_ms < 0 ? due_ms : first_ms;
        samples -= part;
        item->samples -= part;
        if (item->samples == 0)
            memmove(&h->items[0], &h->items[1], (size_t)--h->n * sizeof(h->items[0]));
    }
    return first_ms;
}

void mn_hold_release(struct mn_session *s, struct mn_hold_mark upto)
{
    struct mn_hold *h = &s->guard->hold;
    int64_t offset_ms = h->released.samples / s->playout.samples_per_ms;
    struct mn_effect *fx;
    int64_t due_ms;

    if (!mn_hold_on(s) || upto.held == h->released.held)
        return;
    due_ms = play(s, upto.samples - h->released.samples);
    h->released = upto;
    fx = mn_fx(s, MN_FX_RELEASE);
    if (fx == NULL)
        return;
    fx->held = upto.held;
    fx->at_ms = due_ms - offset_ms - s->settings.lead_ms;
    if (due_ms >= 0)
        mn_session_speaks(s);
}

void mn_hold_end(struct mn_session *s)
{
    if (!mn_hold_on(s))
        return;
    mn_hold_release(s, s->guard->hold.all);
    s->guard->hold.on = false;
}

static int64_t released_of(const struct mn_session *s, const char *item_id)
{
    for (int i = s->playout.n - 1; i >= 0; i--) {
        if (strcmp(s->playout.items[i].item_id, item_id) == 0)
            return s->playout.items[i].samples;
    }
    return 0;
}

int mn_hold_cut(struct mn_session *s, struct mn_cut out[MN_HELD_ITEMS], bool *waits)
{
    struct mn_hold *h = mn_hold_on(s) ? &s->guard->hold : NULL;
    int n = h != NULL ? h->n : 0;

    *waits = h != NULL && h->released.held != h->all.held;
    for (int i = 0; i < n; i++) {
        int64_t released = released_of(s, h->items[i].item_id);

        out[i] = (struct mn_cut){.content_index = h->items[i].content_index,
                                 .heard_ms = released / s->playout.samples_per_ms,
                                 .received_ms =
                                     (released + h->items[i].samples) / s->playout.samples_per_ms};
        memcpy(out[i].item_id, h->items[i].item_id, MN_ID_MAX);
    }
    if (h == NULL)
        return 0;
    h->shut = true;
    h->n = 0;
    h->released = h->all;
    return n;
}

/* --- events --- */

/* Those that carry words of a response. An item's own event names no response. */
static bool is_of_newest(const struct mn_session *s, const struct mn_event *ev)
{
    switch (ev->type) {
    case MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA:
    case MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DONE:
    case MN_EV_RESPONSE_OUTPUT_TEXT_DELTA:
    case MN_EV_RESPONSE_OUTPUT_TEXT_DONE:
    case MN_EV_RESPONSE_CONTENT_PART_DONE:
    case MN_EV_RESPONSE_OUTPUT_ITEM_DONE:
    case MN_EV_RESPONSE_DONE:
        return mn_str_is(ev->response_id, s->turn.response_id);
    case MN_EV_CONVERSATION_ITEM_DONE:
    case MN_EV_CONVERSATION_ITEM_RETRIEVED:
        return mn_str_is(ev->item_id, s->guard->item_id);
    default:
        return false;
    }
}

enum mn_guard_view mn_guard_view(const struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_guard *g = s->guard;

    if (g == NULL || !(g->tripped || g->hold.on) || !is_of_newest(s, ev))
        return MN_GUARD_PASS;
    return g->tripped || g->hold.shut ? MN_GUARD_HIDE : MN_GUARD_HOLD;
}
