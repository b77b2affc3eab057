/* legs_lost.c - connections to the model that end, or never come to be: dialled again, given up
 * (R62, R64). */
#include "core/legs_parts.h"

/* Doubling pauses. Up to a quarter is taken off by chance, so that calls that lost their model
 * together do not come back together. */
static int64_t pause_ms(struct mn_session *s)
{
    int64_t ms = s->settings.retry_ms;

    for (int i = 0; i < s->legs.failed && ms < MN_LEG_PAUSE_MAX_MS; i++)
        ms *= 2;
    ms = ms < MN_LEG_PAUSE_MAX_MS ? ms : MN_LEG_PAUSE_MAX_MS;
    return ms - (ms >= 4 ? (int64_t)(mn_random_next(&s->random) % ((uint64_t)ms / 4)) : 0);
}

static void note_reconnecting(struct mn_session *s, int code)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_RECONNECTING))
        return;
    mn_write_int(&w, "code", code);
    mn_write_int(&w, "try", s->legs.failed + 1);
    mn_fx_done(s, &w);
}

/* One more dial in a while. False when there have been enough. */
static bool dial_again(struct mn_session *s, int code)
{
    struct mn_legs *legs = &s->legs;

    if (legs->fallback || legs->failed >= s->settings.retries)
        return false;
    legs->dial_ms = s->now_ms + pause_ms(s);
    note_reconnecting(s, code);
    return true;
}

static bool dial_fallback(struct mn_session *s)
{
    if (s->app->fallback.n == 0 || s->legs.fallback || s->settings.direct)
        return false;
    s->legs.fallback = true;
    mn_fx_note_error(s, "upstream_fallback", "the upstream is given up, the fallback is dialled");
    mn_legs_dial(s);
    return true;
}

void mn_legs_next_refused(struct mn_session *s)
{
    mn_legs_leave_next(s, true);
    mn_legs_next_failed(s, MN_LEG_REFUSED_SESSION, true, 0);
}

/* A closing says whether a new connection would be told the same: "HTTP 401: ..." of a dial, or
 * "invalid_request_error.invalid_api_key". */
static bool reason_heals(struct mn_str reason)
{
    static const char *const statuses[] = {"HTTP 401", "HTTP 403", "HTTP 404", NULL};
    struct mn_error_meaning means = mn_error_meaning(reason, (struct mn_str){0});

    for (const char *const *status = statuses; *status != NULL; status++) {
        if (mn_str_starts(reason, mn_str(*status)))
            return false;
    }
    return means.class != MN_ERROR_FATAL || means.heals;
}

/* In words for the caller; what the model said is in the log. */
static void give_up(struct mn_session *s, enum mn_leg_end end)
{
    static const struct {
        const char *code, *words;
    } ends[] = {
        [MN_LEG_UNREACHED] = {"upstream_unavailable", "The model cannot be reached just now."},
        [MN_LEG_REFUSED_SESSION] = {"session_refused", "The model did not take the session."},
        [MN_LEG_LOST] = {"upstream_lost", "The connection to the model was lost."},
        [MN_LEG_REFUSED] = {"upstream_refused", "The model does not serve this call just now."},
    };

    if (!dial_fallback(s))
        mn_session_lost(s, ends[end].code, ends[end].words);
}

/* The next leg did not come to be. */
void mn_legs_next_failed(struct mn_session *s, enum mn_leg_end end, bool heals, int close_code)
{
    struct mn_legs *legs = &s->legs;
    enum mn_leg_why why = legs->why;

    if (!heals && mn_direct_again(s)) { /* R82: there is no such call any more */
        mn_fx_end(s, 1000, "the caller left");
        return;
    }
    legs->failed++;
    if (why == MN_LEG_REDIAL) {
        legs->why = MN_LEG_RECONNECT;
        legs->failed = mn_legs_ready(legs) ? 0 : legs->failed;
        mn_handoff_failed(s, "the model cannot be dialled for the agent's own voice");
    }
    if (mn_legs_ready(legs)) /* the call goes on as it is */
        legs->dial_ms = why == MN_LEG_ROTATE ? s->now_ms + pause_ms(s) : INT64_MAX;
    else if (why == MN_LEG_FIRST)
        give_up(s, end);
    else if (!heals || !dial_again(s, close_code))
        give_up(s, heals ? MN_LEG_LOST : MN_LEG_REFUSED);
}

void mn_legs_next_late(struct mn_session *s)
{
    bool told = s->legs.update_id[0] != '\0';

    if (told)
        mn_fx_note_error(s, "update_unconfirmed", "the model did not confirm the session");
    mn_legs_leave_next(s, true);
    mn_legs_next_failed(s, told ? MN_LEG_REFUSED_SESSION : MN_LEG_UNREACHED, true, 0);
}

static void active_lost(struct mn_session *s, bool heals, int code)
{
    struct mn_legs *legs = &s->legs;

    if (s->now_ms - legs->active.began_ms >= MN_LEG_LIVED_MS)
        legs->failed = 0;
    legs->active.state = MN_LEG_NONE;
    legs->lost_ms = s->now_ms;
    mn_lost_settle(s);
    if (legs->next.state != MN_LEG_NONE) { /* a successor is on its way */
        if (legs->why == MN_LEG_ROTATE)
            legs->why = MN_LEG_RECONNECT;
        note_reconnecting(s, code);
        return;
    }
    legs->why = MN_LEG_RECONNECT;
    legs->fallback = false;
    if (!heals || !dial_again(s, code))
        give_up(s, heals ? MN_LEG_LOST : MN_LEG_REFUSED);
}

/* R64: it said what it does not recover from. */
void mn_legs_fail(struct mn_session *s, bool heals)
{
    if (!mn_legs_ready(&s->legs))
        return;
    mn_leg_hang_up(s, &s->legs.active);
    active_lost(s, heals, 0);
}

void mn_legs_down(struct mn_session *s, const struct mn_input *in)
{
    struct mn_legs *legs = &s->legs;
    bool heals = reason_heals(in->text);

    if (mn_direct_ended(s, in)) {
        legs->active.state = legs->next.state = MN_LEG_NONE;
        mn_fx_end(s, 1000, "the caller left");
        return;
    }
    if (in->leg == legs->active.number && legs->active.state != MN_LEG_NONE) {
        active_lost(s, heals, in->code);
    } else if (in->leg == legs->next.number && legs->next.state != MN_LEG_NONE) {
        mn_legs_leave_next(s, false);
        mn_legs_next_failed(s, MN_LEG_UNREACHED, heals, in->code);
    }
}
