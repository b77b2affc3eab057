/* session_update.c - one session.update in flight at a time (R20).
 *
 * Its acknowledgement carries no id, so a second one sent before the first is answered could not be
 * told apart from it. Handoffs, callers' wishes and restores stand in line. */
#include "core/session_parts.h"

#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

static struct mn_update *head(struct mn_session *s)
{
    return mn_list_empty(&s->updates) ? NULL
                                      : mn_container_of(s->updates.next, struct mn_update, link);
}

static void update_free(struct mn_session *s, struct mn_update *u)
{
    mn_list_remove(&u->link);
    s->nupdates--;
    mn_buf_free(&u->session);
    mn_buf_free(&u->caller_event);
    mn_config_free(&u->before);
    free(u);
}

void mn_updates_free(struct mn_session *s)
{
    while (head(s) != NULL)
        update_free(s, head(s));
}

static void send_head(struct mn_session *s)
{
    struct mn_update *u = head(s);
    struct mn_writer w;

    if (u == NULL || u->sent || s->leg_state < MN_LEG_OPEN ||
        !mn_fx_send(s, &w, MN_EV_SESSION_UPDATE, u->event_id))
        return;
    mn_write_raw(&w, "session", mn_buf_str(&u->session));
    mn_fx_done(s, &w);
    u->sent = true;
    u->deadline_ms = s->now_ms + (u->why == MN_UPDATE_START ? MN_START_MS : MN_UPDATE_MS);
}

static struct mn_update *enqueue(struct mn_session *s, enum mn_update_why why)
{
    struct mn_update *u = s->nupdates < MN_UPDATES_MAX ? calloc(1, sizeof(*u)) : NULL;

    if (u == NULL)
        return NULL;
    u->why = why;
    mn_list_append(&s->updates, &u->link);
    s->nupdates++;
    return u;
}

void mn_update_agent(struct mn_session *s, enum mn_update_why why, int agent,
                     const struct mn_prepared *prepared)
{
    struct mn_update *u = enqueue(s, why);
    struct mn_writer w;

    if (u == NULL) {
        if (why == MN_UPDATE_HANDOFF)
            mn_handoff_failed(s, "too many session updates are waiting");
        return;
    }
    w = mn_writer(&u->session);
    mn_write_open(&w, NULL, '{');
    mn_config_write_agent(s, &w, agent, prepared);
    mn_fx_done(s, &w);
    send_head(s);
}

/* The first update of a leg, once it is open and the agent is prepared. */
void mn_update_start(struct mn_session *s)
{
    if (s->leg_state == MN_LEG_OPEN && s->prepared && head(s) == NULL)
        mn_update_agent(s, MN_UPDATE_START, s->agent, &s->active);
}

static void fault_of_caller(struct mn_session *s, struct mn_fault *fault, struct mn_str event_id)
{
    snprintf(fault->event_id, sizeof(fault->event_id), "%.*s", MN_FMT(event_id));
    mn_fx_fault(s, fault);
}

static void forward_config(struct mn_session *s, struct mn_config *before, struct mn_str event_id)
{
    struct mn_update *u = enqueue(s, MN_UPDATE_CALLER);
    struct mn_writer w;

    if (u == NULL) {
        struct mn_fault fault = {.type = "rate_limit_error",
                                 .code = "too_many_updates",
                                 .message = "Too many session updates are waiting: send one, then "
                                            "wait for its session.updated."};

        fault_of_caller(s, &fault, event_id);
        return;
    }
    u->before = *before;
    *before = (struct mn_config){0};
    if (mn_buf_add_str(&u->caller_event, event_id) != 0)
        s->err = u->caller_event.err;
    w = mn_writer(&u->session);
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "realtime");
    mn_config_write_audio(s, &w, (struct mn_str){0});
    mn_fx_done(s, &w);
    send_head(s);
}

/* A caller's session.update: what it may set is put in force at the model first, then shown. */
void mn_update_caller(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_config before = {0};
    struct mn_fault fault = {0};
    bool changed;

    s->err = mn_config_copy(&before, &s->config);
    if (!mn_config_apply(&s->config, mn_json_get(ev->body, "session"), &changed, &fault))
        fault_of_caller(s, &fault, ev->event_id);
    else if (changed && s->leg_state == MN_LEG_READY)
        forward_config(s, &before, ev->event_id);
    else /* nothing new, or the first update will carry it */
        mn_config_tell(s, MN_EV_SESSION_UPDATED);
    mn_config_free(&before);
}

void mn_update_acked(struct mn_session *s)
{
    struct mn_update *u = head(s);
    enum mn_update_why why;

    if (u == NULL || !u->sent) {
        s->misplaced++;
        return;
    }
    why = u->why;
    update_free(s, u);
    if (why == MN_UPDATE_START)
        mn_session_ready(s);
    else if (why == MN_UPDATE_HANDOFF)
        mn_handoff_acked(s);
    else if (why == MN_UPDATE_CALLER)
        mn_config_tell(s, MN_EV_SESSION_UPDATED);
    send_head(s);
}

static void fail_head(struct mn_session *s, struct mn_str code, struct mn_str message)
{
    struct mn_update *u = head(s);
    struct mn_fault fault = {.type = "invalid_request_error", .code = "invalid_value"};
    char reason[160];

    snprintf(reason, sizeof(reason), "the model refused the update (%.*s)", MN_FMT(code));
    snprintf(fault.message, sizeof(fault.message), "%.*s", MN_FMT(message));
    if (u->why == MN_UPDATE_CALLER) {
        s->err = mn_config_copy(&s->config, &u->before);
        fault_of_caller(s, &fault, mn_buf_str(&u->caller_event));
    } else if (u->why == MN_UPDATE_HANDOFF)
        mn_handoff_failed(s, reason);
    else if (u->why == MN_UPDATE_START)
        mn_fx_end(s, 1011, "the model refused the session");
    update_free(s, u);
    send_head(s);
}

/* The error names our event, or, naming none, speaks of the session. */
static bool is_about(const struct mn_update *u, const struct mn_json *error)
{
    struct mn_str event_id = mn_json_str(error, "event_id");

    if (event_id.n > 0)
        return mn_str_is(event_id, u->event_id);
    return mn_str_starts(mn_json_str(error, "param"), MN_STR("session.")) ||
           mn_str_is(mn_json_str(error, "code"), "cannot_update_voice");
}

bool mn_update_refused(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *error = mn_json_get(ev->body, "error");
    struct mn_update *u = head(s);

    if (u == NULL || !u->sent || !is_about(u, error))
        return false;
    fail_head(s, mn_json_str(error, "code"), mn_json_str(error, "message"));
    return true;
}

/* An update that is not answered must not hold the line for ever. A handoff's may still be put in
 * force later, so it waits once more, with the old agent's update behind it. */
void mn_update_time(struct mn_session *s)
{
    struct mn_update *u = head(s);

    if (u == NULL || !u->sent || s->now_ms < u->deadline_ms)
        return;
    if (u->why == MN_UPDATE_START) {
        mn_fx_end(s, 1011, "the model did not confirm the session");
        u->deadline_ms = INT64_MAX;
    } else if (u->why == MN_UPDATE_HANDOFF) {
        mn_handoff_failed(s, "the model did not confirm the update");
        u->why = MN_UPDATE_RESTORE;
        u->deadline_ms = s->now_ms + MN_UPDATE_MS;
        mn_update_agent(s, MN_UPDATE_RESTORE, s->agent, &s->active);
    } else {
        update_free(s, u);
        send_head(s);
    }
}

int64_t mn_update_deadline(const struct mn_session *s)
{
    const struct mn_update *u = mn_container_of(s->updates.next, struct mn_update, link);

    return !mn_list_empty(&s->updates) && u->sent ? u->deadline_ms : INT64_MAX;
}
