/* legs.c - connections to the model: dialled, prepared, taking over (legs.h; R22, R61, R62). */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>

/* --- dialling --- */

static void dial(struct mn_session *s)
{
    struct mn_legs *legs = &s->legs;
    struct mn_effect *fx;

    legs->next = (struct mn_session_leg){
        .number = ++legs->newest, .state = MN_LEG_DIALLING, .began_ms = s->now_ms};
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
    dial(s);
}

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

static void hang_up(struct mn_session *s, struct mn_session_leg *leg)
{
    struct mn_effect *fx = leg->state != MN_LEG_NONE ? mn_fx(s, MN_FX_HANGUP) : NULL;

    if (fx != NULL)
        fx->leg = leg->number;
    leg->state = MN_LEG_NONE;
}

/* Drops what was being prepared, unless it dropped us. */
static void leave_next(struct mn_session *s, bool hangs_up)
{
    if (hangs_up)
        hang_up(s, &s->legs.next);
    s->legs.next = (struct mn_session_leg){0};
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
    if (s->app->fallback.n == 0 || s->legs.fallback)
        return false;
    s->legs.fallback = true;
    mn_fx_note_error(s, "upstream_fallback", "the upstream is given up, the fallback is dialled");
    dial(s);
    return true;
}

/* --- preparing --- */

static bool is_for_handoff(const struct mn_session *s)
{
    return s->legs.why == MN_LEG_REDIAL && s->handoff.phase == MN_HANDOFF_UPDATING;
}

/* The session as a new leg must have it now. */
static int write_session(struct mn_session *s, struct mn_buf *out)
{
    bool moves = is_for_handoff(s);
    struct mn_session_leg *next = &s->legs.next;
    struct mn_writer w = mn_writer(out);

    next->voice_locked = !moves && s->legs.active.voice_locked;
    next->voice_was = s->legs.active.voice_was;
    mn_write_open(&w, NULL, '{');
    mn_config_write_agent(s, &w, next, moves ? s->handoff.to : s->agent,
                          moves ? &s->handoff.next : &s->active, true);
    mn_write_close(&w);
    return out->err;
}

static void configure(struct mn_session *s, struct mn_buf *session)
{
    struct mn_legs *legs = &s->legs;
    struct mn_writer w;

    mn_buf_free(&legs->told);
    legs->told = *session;
    *session = (struct mn_buf){0};
    legs->next.state = MN_LEG_OPEN;
    legs->setup_ms = s->now_ms + MN_START_MS;
    if (!mn_fx_send_on(s, legs->next.number, &w, MN_EV_SESSION_UPDATE, legs->update_id))
        return;
    mn_write_raw(&w, "session", mn_buf_str(&legs->told));
    mn_fx_done(s, &w);
}

/* Gives the next leg its session, unless it holds it. Returns true when it does. */
static bool is_told(struct mn_session *s)
{
    struct mn_buf session = {0};
    bool told = false;

    if (write_session(s, &session) != 0)
        s->err = -ENOMEM;
    else if (mn_str_same(mn_buf_str(&session), mn_buf_str(&s->legs.told)))
        told = true;
    else
        configure(s, &session);
    mn_buf_free(&session);
    return told;
}

void mn_legs_prepared(struct mn_session *s)
{
    if (s->legs.next.state == MN_LEG_OPEN && s->opening.phase == MN_OPENING_PREPARED)
        is_told(s);
}

/* When the model will end the session, it says by its own clock, of which we know how ours
 * stands. */
static void set_life(struct mn_session *s, struct mn_session_leg *leg, int64_t expires_at)
{
    int64_t now_s = s->settings.wall_s + (s->now_ms - s->began_ms) / 1000;
    int64_t life_ms = expires_at > now_s ? (expires_at - now_s) * 1000 : 0;
    int64_t margin_ms = life_ms / 4 < MN_LEG_MARGIN_MS ? life_ms / 4 : MN_LEG_MARGIN_MS;
    int64_t own_ms = s->settings.rotate_ms > 0 ? s->settings.rotate_ms : INT64_MAX;

    if (life_ms == 0 || s->settings.wall_s == 0) { /* it says none: only ours counts */
        leg->rotate_ms = leg->urgent_ms = leg->force_ms = INT64_MAX;
        if (own_ms == INT64_MAX)
            return;
        life_ms = own_ms + MN_LEG_MARGIN_MS;
        margin_ms = MN_LEG_MARGIN_MS;
    }
    leg->rotate_ms = life_ms - margin_ms < own_ms ? life_ms - margin_ms : own_ms;
    leg->rotate_ms += s->now_ms;
    leg->urgent_ms = s->now_ms + life_ms - margin_ms * MN_LEG_URGENT_MS / MN_LEG_MARGIN_MS;
    leg->force_ms = s->now_ms + life_ms - margin_ms * MN_LEG_FORCE_MS / MN_LEG_MARGIN_MS;
}

static void on_created(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *session = mn_json_get(ev->body, "session");

    if (s->legs.next.state != MN_LEG_DIALLING) {
        s->misplaced++;
        return;
    }
    s->legs.next.state = MN_LEG_OPEN;
    set_life(s, &s->legs.next, mn_json_int(session, "expires_at", 0));
    mn_legs_prepared(s);
}

static void set_ready(struct mn_session *s)
{
    s->legs.next.state = MN_LEG_READY;
    s->legs.ready_ms = s->now_ms;
}

static void on_updated(struct mn_session *s)
{
    if (s->legs.next.state == MN_LEG_OPEN && s->legs.update_id[0] != '\0')
        set_ready(s);
    else
        s->misplaced++;
}

/* What a call ends for. */
enum end { UNREACHED, REFUSED_SESSION, LOST, REFUSED };

static void next_failed(struct mn_session *s, enum end end, bool heals, int close_code);
static void refused(struct mn_session *s);

static void on_error(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *error = mn_json_get(ev->body, "error");

    struct mn_error_meaning means =
        mn_error_meaning(mn_json_str(error, "code"), mn_json_str(error, "type"));
    bool told = s->legs.update_id[0] != '\0';

    mn_fx_note_model_error(s, error, means.class);
    if (means.class == MN_ERROR_FATAL) {
        leave_next(s, true);
        next_failed(s, REFUSED, means.heals, 0);
    } else if (told && mn_update_speaks_of(s->legs.update_id, error)) {
        refused(s);
    }
}

/* What the leg says that is being prepared. The caller hears nothing of it. */
int mn_legs_from_next(struct mn_session *s, const struct mn_event *ev)
{
    if (ev->type == MN_EV_SESSION_CREATED)
        on_created(s, ev);
    else if (ev->type == MN_EV_SESSION_UPDATED)
        on_updated(s);
    else if (ev->type == MN_EV_ERROR)
        on_error(s, ev);
    else
        return MN_EPROTOCOL;
    return 0;
}

/* --- what cannot be --- */

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
static void give_up(struct mn_session *s, enum end end)
{
    static const struct {
        const char *code, *words;
    } ends[] = {
        [UNREACHED] = {"upstream_unavailable", "The model cannot be reached just now."},
        [REFUSED_SESSION] = {"session_refused", "The model did not take the session."},
        [LOST] = {"upstream_lost", "The connection to the model was lost."},
        [REFUSED] = {"upstream_refused", "The model does not serve this call just now."},
    };

    if (!dial_fallback(s))
        mn_session_lost(s, ends[end].code, ends[end].words);
}

/* The next leg did not come to be. */
static void next_failed(struct mn_session *s, enum end end, bool heals, int close_code)
{
    struct mn_legs *legs = &s->legs;
    enum mn_leg_why why = legs->why;

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
        give_up(s, heals ? LOST : REFUSED);
}

static void refused(struct mn_session *s)
{
    leave_next(s, true);
    next_failed(s, REFUSED_SESSION, true, 0);
}

static void next_late(struct mn_session *s)
{
    bool told = s->legs.update_id[0] != '\0';

    if (told)
        mn_fx_note_error(s, "update_unconfirmed", "the model did not confirm the session");
    leave_next(s, true);
    next_failed(s, told ? REFUSED_SESSION : UNREACHED, true, 0);
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
        give_up(s, heals ? LOST : REFUSED);
}

/* R64: it said what it does not recover from. */
void mn_legs_fail(struct mn_session *s, bool heals)
{
    if (!mn_legs_ready(&s->legs))
        return;
    hang_up(s, &s->legs.active);
    active_lost(s, heals, 0);
}

void mn_legs_down(struct mn_session *s, const struct mn_input *in)
{
    struct mn_legs *legs = &s->legs;
    bool heals = reason_heals(in->text);

    if (in->leg == legs->active.number && legs->active.state != MN_LEG_NONE) {
        active_lost(s, heals, in->code);
    } else if (in->leg == legs->next.number && legs->next.state != MN_LEG_NONE) {
        leave_next(s, false);
        next_failed(s, UNREACHED, heals, in->code);
    }
}

/* --- taking over --- */

/* R61: nobody speaks, nothing is owed, no tool runs, and what was said has its words. */
static bool is_quiet(const struct mn_session *s)
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
static bool may_take_over(const struct mn_session *s)
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
    return is_quiet(s) ||
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
    hang_up(s, &s->legs.active);
    mn_lost_settle(s);
}

static void take_over(struct mn_session *s)
{
    struct mn_legs *legs = &s->legs;
    bool moves = is_for_handoff(s), was_lost = !mn_legs_ready(legs);
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

/* R22: the next agent must have its own voice, and this leg cannot change its any more. */
bool mn_legs_must_redial(const struct mn_session *s, int agent)
{
    const struct mn_agent_spec *to = &s->app->agents[agent];
    struct mn_str voice = to->voice.n > 0 ? to->voice : s->app->voice;

    return to->redial && s->legs.active.voice_locked &&
           !mn_str_same(voice, s->legs.active.voice_was);
}

void mn_legs_redial(struct mn_session *s)
{
    s->legs.why = MN_LEG_REDIAL;
    if (s->legs.next.state == MN_LEG_NONE && s->legs.dial_ms == INT64_MAX)
        dial(s);
    s->legs.setup_ms = s->now_ms + MN_START_MS;
}

void mn_legs_hang_up(struct mn_session *s)
{
    hang_up(s, &s->legs.active);
    hang_up(s, &s->legs.next);
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
           (is_quiet(s) || s->now_ms >= legs->active.urgent_ms);
}

void mn_legs_time(struct mn_session *s)
{
    struct mn_legs *legs = &s->legs;

    if (is_due(s)) {
        legs->why = MN_LEG_ROTATE;
        dial(s);
    }
    if (s->now_ms >= legs->dial_ms)
        dial(s);
    if (legs->next.state == MN_LEG_READY && may_take_over(s) && is_told(s))
        take_over(s);
    else if (legs->next.state != MN_LEG_NONE && legs->next.state != MN_LEG_READY &&
             s->now_ms >= legs->setup_ms && !mn_opening_busy(s))
        next_late(s);
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
