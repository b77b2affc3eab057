/* session_update.c - one session.update in flight at a time (R20).
 *
 * Its acknowledgement carries no id, so a second one sent before the first is answered could not be
 * told apart from it. Handoffs, callers' wishes and restores stand in line. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <limits.h>
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
    mn_buf_free(&u->wish);
    mn_buf_free(&u->caller_event);
    mn_config_free(&u->config);
    free(u);
}

void mn_updates_free(struct mn_session *s)
{
    while (head(s) != NULL)
        update_free(s, head(s));
}

static void fault_of_caller(struct mn_session *s, struct mn_fault *fault, struct mn_str event_id)
{
    snprintf(fault->event_id, sizeof(fault->event_id), "%.*s", MN_FMT(event_id));
    mn_fx_fault(s, fault);
}

/* --- a caller's wish --- */

/* R50: what of the session is another from here on. Before anything was said there is no here. */
static void mark(struct mn_session *s, const struct mn_config *was)
{
    const struct mn_config *is = &s->config;
    const struct {
        const char *name;
        const struct mn_buf *was, *is;
    } parts[] = {
        {"input format", &was->input_format, &is->input_format},
        {"output format", &was->output_format, &is->output_format},
        {"turn detection", &was->turn_detection, &is->turn_detection},
        {"transcription", &was->transcription, &is->transcription},
    };
    struct mn_buf names = {0};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!mn_str_same(mn_buf_str(parts[i].was), mn_buf_str(parts[i].is)))
            mn_buf_addf(&names, "%s%s", names.n > 0 ? ", " : "", parts[i].name);
    }
    if (names.n > 0 && s->history.count > 0)
        mn_history_mark(s, MN_ITEM_CONFIG, (struct mn_str){0}, mn_buf_str(&names));
    mn_buf_free(&names);
}

/* What was wished for holds from now on. */
static void adopt(struct mn_session *s, struct mn_update *u)
{
    struct mn_config old = s->config;

    s->config = u->config;
    u->config = old; /* freed with u */
    mark(s, &old);
    mn_playout_format(&s->playout, mn_config_samples_per_ms(&s->config));
    if (mn_str_is(mn_buf_str(&s->config.turn_detection), "null"))
        s->caller_speaks = false; /* nobody will say when they stop */
    mn_config_tell(s, MN_EV_SESSION_UPDATED);
}

/* Lays the wish over the session as it is now. Returns 0, MN_EPROTOCOL with fault filled, or
 * -ENOMEM. */
static int lay_over(struct mn_session *s, struct mn_update *u, bool *changed,
                    struct mn_fault *fault)
{
    /* The wish was read before, within what the operator allows a frame to be (call/settings.h). */
    static const struct mn_json_limits any = {
        .bytes = SIZE_MAX, .depth = INT_MAX, .values = INT_MAX};
    struct mn_json *wish;
    int err = mn_config_copy(&u->config, &s->config);

    if (err == 0)
        err = mn_json_parse(&wish, mn_buf_str(&u->wish), &any, NULL);
    if (err != 0)
        return -ENOMEM;
    if (!mn_config_apply(&u->config, wish, changed, fault))
        err = MN_EPROTOCOL;
    mn_json_free(wish);
    return err;
}

/* Returns true when the model must be asked. Else the caller has been answered: with an error, or
 * because nothing changes, or because the first update has yet to be sent and will carry it. */
static bool must_ask(struct mn_session *s, struct mn_update *u)
{
    struct mn_fault fault = {0};
    bool changed = false;
    int err = lay_over(s, u, &changed, &fault);

    if (err == -ENOMEM)
        s->err = err;
    else if (err != 0)
        fault_of_caller(s, &fault, mn_buf_str(&u->caller_event));
    else if (changed && mn_legs_ready(&s->legs))
        return true;
    else
        adopt(s, u);
    return false;
}

/* While a leg is being set up, what a caller wishes before it is given its session goes into that.
 * A wish for another output format waits until the agent has been heard out: what was generated in
 * the old one would be played, and counted (R31), as if it were in the new. */
static bool must_wait(const struct mn_session *s, const struct mn_update *u)
{
    if (!mn_legs_ready(&s->legs) && (u->why != MN_UPDATE_CALLER || s->legs.update_id[0] != '\0'))
        return true;
    return u->reformats &&
           (s->arbiter.floor != MN_FLOOR_FREE || mn_playout_unheard(&s->playout, s->now_ms) > 0);
}

static bool reformats(const struct mn_session *s, const struct mn_json *wish)
{
    const struct mn_json *output = mn_json_get(mn_json_get(wish, "audio"), "output");
    struct mn_str type = mn_json_str(mn_json_get(output, "format"), "type");
    struct mn_json *held;
    bool other;

    if (type.n == 0 ||
        mn_json_parse(&held, mn_buf_str(&s->config.output_format), &mn_json_frame, NULL) != 0)
        return false;
    other = !mn_str_same(type, mn_json_str(held, "type"));
    mn_json_free(held);
    return other;
}

/* --- the line --- */

/* Written when it is sent, not when it is put in line: only then is it known what holds. */
static void write_session(struct mn_session *s, struct mn_writer *w, const struct mn_update *u)
{
    mn_write_open(w, "session", '{');
    if (u->why == MN_UPDATE_CALLER) {
        mn_write_text(w, "type", "realtime");
        mn_config_write_audio(w, &u->config, (struct mn_str){0}, true);
    } else if (u->why == MN_UPDATE_TURNS) {
        mn_write_text(w, "type", "realtime");
        mn_write_open(w, "audio", '{');
        mn_write_open(w, "input", '{');
        mn_config_write_turns(w, &s->config);
        mn_write_close(w);
        mn_write_close(w);
    } else if (u->why == MN_UPDATE_HANDOFF) {
        mn_config_write_agent(s, w, &s->legs.active, s->handoff.to, &s->handoff.next, false);
    } else if (u->why == MN_UPDATE_REFRESH) {
        mn_config_write_agent(s, w, &s->legs.active, s->agent, &s->refresh.next, false);
    } else {
        mn_config_write_agent(s, w, &s->legs.active, s->agent, &s->active, true);
    }
    mn_write_close(w);
}

/* Returns false when there is nothing to wait for. */
static bool begin(struct mn_session *s, struct mn_update *u)
{
    struct mn_writer w;

    if (u->why == MN_UPDATE_CALLER && !must_ask(s, u))
        return false;
    if (!mn_fx_send(s, &w, MN_EV_SESSION_UPDATE, u->event_id))
        return true;
    write_session(s, &w, u);
    mn_fx_done(s, &w);
    u->sent = true;
    u->deadline_ms = s->now_ms + MN_UPDATE_MS;
    return true;
}

static void send_head(struct mn_session *s)
{
    struct mn_update *u = head(s);

    while (u != NULL && !s->ended && !u->sent && !must_wait(s, u) && !begin(s, u)) {
        update_free(s, u);
        u = head(s);
    }
}

static struct mn_update *enqueue(struct mn_session *s, enum mn_update_why why)
{
    struct mn_update *u = calloc(1, sizeof(*u));

    if (u == NULL) {
        s->err = -ENOMEM;
        return NULL;
    }
    u->why = why;
    mn_list_append(&s->updates, &u->link);
    s->nupdates++;
    return u;
}

/* What the next leg is given is the session as it is: a restore is done with. */
void mn_updates_lost(struct mn_session *s)
{
    for (struct mn_list *l = s->updates.next, *next; l != &s->updates; l = next) {
        struct mn_update *u = mn_container_of(l, struct mn_update, link);

        next = l->next;
        u->sent = false;
        if (u->why == MN_UPDATE_RESTORE)
            update_free(s, u);
    }
}

void mn_updates_go_on(struct mn_session *s)
{
    send_head(s);
}

void mn_update_turns(struct mn_session *s)
{
    enqueue(s, MN_UPDATE_TURNS);
    send_head(s);
}

void mn_update_handoff(struct mn_session *s)
{
    enqueue(s, MN_UPDATE_HANDOFF);
    send_head(s);
}

void mn_update_refresh(struct mn_session *s)
{
    enqueue(s, MN_UPDATE_REFRESH);
    send_head(s);
}

/* A caller's session.update: what it may set is put in force at the model first, then shown. */
void mn_update_caller(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_update *u;

    if (s->nupdates >= MN_UPDATES_MAX) {
        struct mn_fault fault = {.type = "rate_limit_error",
                                 .code = "too_many_updates",
                                 .message = "Too many session updates are waiting: send one, then "
                                            "wait for its session.updated."};

        fault_of_caller(s, &fault, ev->event_id);
        return;
    }
    u = enqueue(s, MN_UPDATE_CALLER);
    if (u == NULL)
        return;
    u->reformats = reformats(s, mn_json_get(ev->body, "session"));
    if (mn_json_print(mn_json_get(ev->body, "session"), &u->wish) != 0 ||
        mn_buf_add_str(&u->caller_event, ev->event_id) != 0)
        s->err = -ENOMEM;
    send_head(s);
}

/* --- answers --- */

void mn_update_acked(struct mn_session *s)
{
    struct mn_update *u = head(s);

    if (u == NULL || !u->sent) {
        s->misplaced++;
        return;
    }
    if (u->why == MN_UPDATE_HANDOFF)
        mn_handoff_acked(s);
    else if (u->why == MN_UPDATE_REFRESH)
        mn_refresh_acked(s);
    else if (u->why == MN_UPDATE_CALLER)
        adopt(s, u);
    else if (u->why == MN_UPDATE_TURNS)
        s->turns.taking_over = false;
    update_free(s, u);
    send_head(s);
}

bool mn_update_speaks_of(const char *event_id, const struct mn_json *error)
{
    struct mn_str named = mn_json_str(error, "event_id");

    if (named.n > 0)
        return mn_str_is(named, event_id);
    return mn_str_starts(mn_json_str(error, "param"), MN_STR("session.")) ||
           mn_str_is(mn_json_str(error, "code"), "cannot_update_voice");
}

/* What u was for did not come to be: whoever waits for it is told. */
static void failed(struct mn_session *s, const struct mn_update *u, const char *reason)
{
    struct mn_fault fault = {.type = "invalid_request_error", .code = "update_failed"};

    snprintf(fault.message, sizeof(fault.message), "The session stays as it was: %s.", reason);
    if (u->why == MN_UPDATE_HANDOFF)
        mn_handoff_failed(s, reason);
    else if (u->why == MN_UPDATE_REFRESH)
        mn_refresh_failed(s, reason);
    else if (u->why == MN_UPDATE_CALLER)
        fault_of_caller(s, &fault, mn_buf_str(&u->caller_event));
    else if (u->why == MN_UPDATE_TURNS)
        s->turns.taking_over = false; /* both decide then; what must be said is said all the same */
}

bool mn_update_refused(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *error = mn_json_get(ev->body, "error");
    struct mn_update *u = head(s);
    char reason[300];

    if (u == NULL || !u->sent || !mn_update_speaks_of(u->event_id, error))
        return false;
    snprintf(reason, sizeof(reason), "the model refused the update (%.*s)",
             MN_FMT(mn_json_str(error, "message")));
    failed(s, u, reason);
    update_free(s, u);
    send_head(s);
    return true;
}

/* An update that is not answered must not hold the line for ever. It may still be put in force
 * later, so it waits once more, with the session as it was before in line behind it. */
void mn_update_time(struct mn_session *s)
{
    struct mn_update *u;

    send_head(s);
    u = head(s);
    if (u == NULL || !u->sent || s->now_ms < u->deadline_ms)
        return;
    failed(s, u, "the model did not confirm the update");
    if (u->why != MN_UPDATE_RESTORE) {
        u->why = MN_UPDATE_RESTORE;
        u->deadline_ms = s->now_ms + MN_UPDATE_MS;
        enqueue(s, MN_UPDATE_RESTORE);
        return;
    }
    update_free(s, u);
    send_head(s);
}

int64_t mn_update_deadline(const struct mn_session *s)
{
    const struct mn_update *u = mn_container_of(s->updates.next, struct mn_update, link);

    if (mn_list_empty(&s->updates))
        return INT64_MAX;
    if (u->sent)
        return u->deadline_ms;
    return u->reformats && s->arbiter.floor == MN_FLOOR_FREE ? mn_playout_end(&s->playout)
                                                             : INT64_MAX;
}
