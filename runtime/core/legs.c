/* legs.c - connections to the model: which is dialled when, and hung up (legs.h; R22, R61, R62). */
#include "core/legs_parts.h"

void mn_legs_dial(struct mn_session *s)
{
    struct mn_legs *legs = &s->legs;
    struct mn_effect *fx;

    legs->next = (struct mn_session_leg){
        .number = s->settings.direct ? 1 : ++legs->newest, /* R82: it is the same one */
        .state = MN_LEG_DIALLING,
        .began_ms = s->now_ms};
    legs->dial_ms = INT64_MAX;
    legs->setup_ms = s->now_ms + MN_START_MS;
    mn_buf_clear(&legs->told);
    legs->update_id[0] = '\0';
    fx = mn_fx(s, MN_FX_DIAL);
    if (fx == NULL)
        return;
    fx->leg = legs->next.number;
    fx->fallback = legs->fallback;
}

void mn_legs_start(struct mn_session *s)
{
    s->legs.why = MN_LEG_FIRST;
    mn_legs_dial(s);
}

void mn_leg_hang_up(struct mn_session *s, struct mn_session_leg *leg)
{
    struct mn_effect *fx = leg->state != MN_LEG_NONE ? mn_fx(s, MN_FX_HANGUP) : NULL;

    if (fx != NULL)
        fx->leg = leg->number;
    leg->state = MN_LEG_NONE;
}

/* Drops what was being prepared, unless it dropped us. */
void mn_legs_leave_next(struct mn_session *s, bool hangs_up)
{
    if (hangs_up)
        mn_leg_hang_up(s, &s->legs.next);
    s->legs.next = (struct mn_session_leg){0};
}

/* R22: the next agent must have its own voice, and this leg cannot change its any more. */
bool mn_legs_must_redial(const struct mn_session *s, int agent)
{
    const struct mn_agent_spec *to = &s->app->agents[agent];
    struct mn_str voice = to->voice.n > 0 ? to->voice : s->app->voice;

    return to->redial && !s->settings.direct && s->legs.active.voice_locked &&
           !mn_str_same(voice, s->legs.active.voice_was);
}

void mn_legs_redial(struct mn_session *s)
{
    s->legs.why = MN_LEG_REDIAL;
    if (s->legs.next.state == MN_LEG_NONE && s->legs.dial_ms == INT64_MAX)
        mn_legs_dial(s);
    s->legs.setup_ms = s->now_ms + MN_START_MS;
}

void mn_legs_hang_up(struct mn_session *s)
{
    mn_leg_hang_up(s, &s->legs.active);
    mn_leg_hang_up(s, &s->legs.next);
}

void mn_legs_free(struct mn_session *s)
{
    mn_buf_free(&s->legs.told);
}

/* --- time --- */

static bool is_due(const struct mn_session *s)
{
    const struct mn_legs *legs = &s->legs;

    return mn_legs_ready(legs) && legs->next.state == MN_LEG_NONE && legs->dial_ms == INT64_MAX &&
           s->now_ms >= legs->active.rotate_ms && s->handoff.phase == MN_HANDOFF_NONE &&
           (mn_legs_quiet(s) || s->now_ms >= legs->active.urgent_ms);
}

void mn_legs_time(struct mn_session *s)
{
    struct mn_legs *legs = &s->legs;

    if (is_due(s)) {
        legs->why = MN_LEG_ROTATE;
        mn_legs_dial(s);
    }
    if (s->now_ms >= legs->dial_ms)
        mn_legs_dial(s);
    if (legs->next.state == MN_LEG_READY && mn_legs_may_take_over(s) && mn_legs_is_told(s))
        mn_legs_take_over(s);
    else if (legs->next.state != MN_LEG_NONE && legs->next.state != MN_LEG_READY &&
             s->now_ms >= legs->setup_ms && !mn_opening_busy(s))
        mn_legs_next_late(s);
}

int64_t mn_legs_deadline(const struct mn_session *s)
{
    const struct mn_legs *legs = &s->legs;
    bool prepares = legs->next.state == MN_LEG_DIALLING || legs->next.state == MN_LEG_OPEN;
    int64_t look_ms = s->now_ms + MN_LEG_LOOK_MS;

    if (legs->dial_ms != INT64_MAX)
        return legs->dial_ms;
    if (prepares)
        return mn_opening_busy(s) ? INT64_MAX : legs->setup_ms;
    if (legs->next.state == MN_LEG_READY)
        return look_ms;
    if (!mn_legs_ready(legs))
        return INT64_MAX;
    return legs->active.rotate_ms > look_ms ? legs->active.rotate_ms : look_ms;
}
