/* direct.c - calls whose audio does not come by here (R80 to R83): a browser's or a telephone's,
 * whose media the model has itself, and which we listen in on.
 *
 * WHY A PACE  The model tells when its audio begins and ends to play, and truncates what was cut
 * off by itself, but its transcript comes faster than it is spoken, and no audio comes with it. So
 * what was heard of the words follows from how fast whole answers were spoken in this call. */
#include "core/session_parts.h"

#define CLOSE_NORMAL    1000 /* RFC 6455, 7.4.1 */
#define CLOSE_NO_STATUS 1005

bool mn_direct_plays(const struct mn_session *s, const char *response_id)
{
    return s->playout.open && strcmp(s->direct.response_id, response_id) == 0;
}

bool mn_direct_heard(const struct mn_session *s)
{
    return s->settings.direct && strcmp(s->direct.response_id, s->turn.response_id) == 0;
}

bool mn_direct_again(const struct mn_session *s)
{
    return s->settings.direct && s->legs.why == MN_LEG_RECONNECT;
}

bool mn_direct_ended(const struct mn_session *s, const struct mn_input *down)
{
    return s->settings.direct && down->leg == 1 &&
           (s->legs.active.state != MN_LEG_NONE || s->legs.next.state != MN_LEG_NONE) &&
           (down->code == CLOSE_NORMAL || down->code == CLOSE_NO_STATUS);
}

/* --- playback, as the model tells of it --- */

void mn_direct_started(struct mn_session *s, const struct mn_event *ev)
{
    if (!s->settings.direct)
        return;
    mn_session_lock_voice(s);
    mn_id_copy(s->direct.response_id, ev->response_id);
    s->direct.began_ms = s->now_ms;
    mn_playout_open(&s->playout);
    mn_session_speaks(s);
}

/* What the assistant said last, unless it was cut off. */
static const struct mn_item *last_said(const struct mn_session *s)
{
    for (const struct mn_list *l = s->history.items.prev; l != &s->history.items; l = l->prev) {
        const struct mn_item *item = mn_container_of(l, struct mn_item, link);

        if (item->kind == MN_ITEM_MESSAGE && strcmp(item->role, "assistant") == 0)
            return item->interrupted || !item->spoken ? NULL : item;
    }
    return NULL;
}

void mn_direct_stopped(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_item *said = last_said(s);

    if (!s->settings.direct || !s->playout.open ||
        !mn_id_is(s->direct.response_id, ev->response_id))
        return;
    mn_playout_shut(&s->playout, s->now_ms);
    if (said == NULL || !mn_direct_heard(s))
        return; /* a filler, or nothing that has words */
    s->direct.whole_ms += s->now_ms - s->direct.began_ms;
    s->direct.whole_bytes += (int64_t)said->text.n;
}

void mn_direct_cleared(struct mn_session *s, const struct mn_event *ev)
{
    (void)ev;
    if (s->settings.direct)
        mn_playout_shut(&s->playout, s->now_ms);
}

static int64_t lasts_ms(const struct mn_session *s, size_t bytes)
{
    const struct mn_direct *d = &s->direct;

    if (d->whole_bytes < MN_DIRECT_MEASURED_BYTES)
        return (int64_t)bytes * MN_DIRECT_MS_A_BYTE;
    return (int64_t)bytes * d->whole_ms / d->whole_bytes;
}

/* R34, R81 */
void mn_direct_truncated(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = s->settings.direct ? mn_history_find(&s->history, ev->item_id) : NULL;
    struct mn_cut cut = {.heard_ms = ev->audio_end_ms};
    int64_t whole_ms;

    if (item == NULL || item->kind != MN_ITEM_MESSAGE)
        return;
    mn_id_copy(cut.item_id, ev->item_id);
    mn_cut_note(s, &cut);
    whole_ms = lasts_ms(s, item->text.n);
    mn_cut_words(s, item, cut.heard_ms, whole_ms > cut.heard_ms ? whole_ms : cut.heard_ms);
}

void mn_direct_clear(struct mn_session *s)
{
    struct mn_writer w;

    if (s->settings.direct && mn_fx_send(s, &w, MN_EV_OUTPUT_AUDIO_BUFFER_CLEAR, NULL))
        mn_fx_done(s, &w);
}

/* R82: the conversation goes on without us. What plays is taken to end, what runs is waited for. */
void mn_direct_lost(struct mn_session *s)
{
    s->caller_speaks = false;
    s->own_answer_ms = 0;
    s->owed_ms = s->arbiter.floor != MN_FLOOR_FREE ? s->now_ms + MN_STALLED_MS : 0;
    mn_playout_shut(&s->playout, s->now_ms);
    mn_filler_lost(s);
    mn_updates_lost(s);
}
