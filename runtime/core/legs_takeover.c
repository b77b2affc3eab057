/* legs_takeover.c - the moment at which the next connection to the model becomes the one that is
 * talked over (R22, R61, R62). */
#include "core/legs_parts.h"

/* R61: nobody speaks, nothing is owed, no tool runs, and what was said has its words. */
bool mn_legs_quiet(const struct mn_session *s)
{
    return mn_session_idle(s, s->now_ms) && s->owed_ms == 0 && mn_list_empty(&s->updates) &&
           !mn_replay_lacks_words(s);
}

/* Only playback and tools go on: neither is the leg's. */
static bool is_calm(const struct mn_session *s)
{
    return s->arbiter.floor == MN_FLOOR_FREE && s->turn.done == (s->turn.response_id[0] != '\0') &&
           !s->caller_speaks && s->now_ms >= s->own_answer_ms && s->owed_ms == 0 &&
           !mn_filler_busy(s);
}

/* A handoff is waited with by everyone, so it takes what comes before the move is too long. */
bool mn_legs_may_take_over(const struct mn_session *s)
{
    const struct mn_legs *legs = &s->legs;

    if (!mn_legs_ready(legs) || s->now_ms >= legs->active.force_ms)
        return true;
    if (legs->why == MN_LEG_REDIAL)
        return (is_calm(s) &&
                (!mn_replay_lacks_words(s) || s->now_ms >= legs->ready_ms + MN_LEG_WORDS_MS)) ||
               s->now_ms >= legs->setup_ms;
    if (s->handoff.phase != MN_HANDOFF_NONE)
        return false;
    return mn_legs_quiet(s) ||
           (s->now_ms >= legs->active.urgent_ms && is_calm(s) && mn_list_empty(&s->updates));
}

static void note_resumed(struct mn_session *s)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_RESUMED))
        return;
    mn_write_num(&w, "seconds", (double)(s->now_ms - s->legs.lost_ms) / 1000);
    mn_fx_done(s, &w);
}

/* The old one is left. What it had under way is treated as lost. */
static void leave_active(struct mn_session *s)
{
    mn_leg_hang_up(s, &s->legs.active);
    mn_lost_settle(s);
}

void mn_legs_take_over(struct mn_session *s)
{
    struct mn_legs *legs = &s->legs;
    bool moves = mn_legs_moves(s), was_lost = !mn_legs_ready(legs);
    enum mn_leg_why why = legs->why;

    if (!was_lost)
        leave_active(s);
    legs->active = legs->next;
    legs->next = (struct mn_session_leg){0};
    if (legs->fallback || !was_lost)
        legs->failed = 0;
    legs->fallback = false;
    if (why == MN_LEG_FIRST) {
        mn_session_ready(s);
        mn_updates_go_on(s);
        return;
    }
    if (!s->settings.direct)
        mn_replay(s, legs->active.number);
    s->voice = NULL;
    mn_tools_replayed(s);
    if (was_lost)
        note_resumed(s);
    mn_session_send_early(s);
    if (moves)
        mn_handoff_acked(s);
    mn_updates_go_on(s);
}
