/* legs_setup.c - a connection to the model, given the session it is to serve (R22, R61, R62). */
#include "core/legs_parts.h"

#include "base/err.h"

#include <errno.h>

/* The session as a new leg must have it now. */
static int write_session(struct mn_session *s, struct mn_buf *out)
{
    bool moves = mn_legs_moves(s);
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
bool mn_legs_is_told(struct mn_session *s)
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
        mn_legs_is_told(s);
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

/* R82: a direct call ends with its connection, and there is none to move it to. */
static void opened(struct mn_session *s, int64_t expires_at)
{
    struct mn_session_leg *leg = &s->legs.next;

    leg->state = MN_LEG_OPEN;
    if (s->settings.direct)
        leg->rotate_ms = leg->urgent_ms = leg->force_ms = INT64_MAX;
    else
        set_life(s, leg, expires_at);
    mn_legs_prepared(s);
}

static void on_created(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *session = mn_json_get(ev->body, "session");

    if (s->legs.next.state != MN_LEG_DIALLING) {
        s->misplaced++;
        return;
    }
    opened(s, mn_json_int(session, "expires_at", 0));
}

void mn_direct_up(struct mn_session *s, mn_leg leg)
{
    if (s->settings.direct && leg == s->legs.next.number && s->legs.next.state == MN_LEG_DIALLING)
        opened(s, 0);
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

static void on_error(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *error = mn_json_get(ev->body, "error");

    struct mn_error_meaning means =
        mn_error_meaning(mn_json_str(error, "code"), mn_json_str(error, "type"));
    bool told = s->legs.update_id[0] != '\0';

    mn_fx_note_model_error(s, error, means.class);
    if (means.class == MN_ERROR_FATAL) {
        mn_legs_leave_next(s, true);
        mn_legs_next_failed(s, MN_LEG_REFUSED, means.heals, 0);
    } else if (told && mn_update_speaks_of(s->legs.update_id, error)) {
        mn_legs_next_refused(s);
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
