/* lost.c - a connection is gone: what was under way on it (R62).
 *
 * What the caller was sent plays on to where it broke off, and so far goes what the model will
 * believe it said. A turn that is owed an answer is asked for again once there is a connection. */
#include "core/session_parts.h"

/* The message that was being said. */
static struct mn_item *unfinished(struct mn_session *s)
{
    for (struct mn_list *l = s->history.items.prev; l != &s->history.items; l = l->prev) {
        struct mn_item *item = mn_container_of(l, struct mn_item, link);

        if (item->kind == MN_ITEM_MESSAGE && strcmp(item->role, "assistant") == 0)
            return item->done || item->interrupted ? NULL : item;
    }
    return NULL;
}

/* Its words go as far as its audio came. */
static void break_off(struct mn_session *s)
{
    struct mn_item *item = unfinished(s);
    int64_t ms;

    if (item == NULL)
        return;
    ms = item->samples / s->playout.samples_per_ms;
    if (item->spoken && mn_item_cut(item, ms, ms) != 0)
        s->err = -1;
    mn_items_note(s, MN_NOTE_HISTORY_UPDATED, item);
}

/* Clients wait for the end of what began. */
static void tell_done(struct mn_session *s)
{
    struct mn_writer w;

    if (!mn_fx_tell(s, &w, MN_EV_RESPONSE_DONE, true))
        return;
    mn_write_open(&w, "response", '{');
    mn_write_text(&w, "id", s->turn.response_id);
    mn_write_text(&w, "object", "realtime.response");
    mn_write_text(&w, "status", "incomplete");
    mn_write_open(&w, "status_details", '{');
    mn_write_text(&w, "type", "incomplete");
    mn_write_text(&w, "reason", "upstream_lost");
    mn_write_close(&w);
    mn_write_open(&w, "output", '[');
    mn_write_close(&w);
    mn_write_close(&w);
    mn_fx_done(s, &w);
}

/* Returns whether tools of the turn will ask for what follows. */
static bool end_turn(struct mn_session *s)
{
    bool in_flight = s->turn.response_id[0] != '\0' && !s->turn.done;

    if (!in_flight)
        return false;
    break_off(s);
    tell_done(s);
    s->turn.done = true;
    s->nunheard = 0;
    mn_guard_response_done(s, NULL);
    return mn_tools_called(s, mn_str(s->turn.response_id));
}

void mn_lost_settle(struct mn_session *s)
{
    bool waits = s->arbiter.floor == MN_FLOOR_FREE &&
                 (s->now_ms < s->own_answer_ms || s->owed_ms != 0); /* for the server's own */
    bool cut = s->turn.cut && !s->turn.done;
    bool tools;

    if (s->settings.direct) {
        mn_direct_lost(s);
        return;
    }
    tools = end_turn(s);
    if (mn_arbiter_lost(&s->arbiter, !tools && !cut) || waits)
        mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
    if (tools)
        mn_tools_response_done(s, mn_str(s->turn.response_id));
    s->caller_speaks = false; /* what they say on is kept, and heard by the next */
    s->own_answer_ms = 0;
    s->owed_ms = 0;
    s->voice = NULL;
    mn_filler_lost(s);
    mn_turns_lost(s);
    mn_updates_lost(s);
}
