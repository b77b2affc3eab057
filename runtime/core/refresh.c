/* refresh.c - an agent's instructions and tools, looked at again while it speaks (R26).
 *
 * After each tool result, and when the author asks, the script prepares the agent anew. What comes
 * is compared with what the model has: only a difference is sent, by an update that stands in line
 * like every other. A response that was asked for waits until this is settled, so that it knows. An
 * agent of which nothing can change is left alone, but when its app was read again (R60). */
#include "core/session_parts.h"

#include <errno.h>

void mn_refresh_want(struct mn_session *s)
{
    s->refresh.wanted = s->app->agents[s->agent].changes;
}

/* R60: an edited prompt is no business of the response that is being spoken, nor of one that tools
 * are working for. */
void mn_refresh_moved(struct mn_session *s)
{
    s->refresh.moved = true;
}

static bool nothing_goes_on(const struct mn_session *s)
{
    return !mn_arbiter_busy(&s->arbiter) && !mn_tools_running(s);
}

bool mn_refresh_busy(const struct mn_session *s)
{
    const struct mn_refresh *r = &s->refresh;

    return r->wanted || r->ticket != 0 || (r->updating && s->nupdates > 0);
}

void mn_refresh_free(struct mn_session *s)
{
    mn_prepared_free(&s->refresh.next);
}

/* The agent is about to leave: what it was prepared with no longer matters. */
void mn_refresh_stop(struct mn_session *s)
{
    mn_fx_stop(s, s->refresh.ticket);
    s->refresh.ticket = 0;
    s->refresh.wanted = false;
}

bool mn_refresh_result(struct mn_session *s, const struct mn_input *in)
{
    struct mn_refresh *r = &s->refresh;

    if (in->ticket == 0 || in->ticket != r->ticket)
        return false;
    r->ticket = 0;
    if (in->err != 0 || mn_prepared_is(&s->active, in))
        return true; /* the script's log says what failed; the agent stays as it is */
    mn_prepared_free(&r->next);
    if (mn_prepared_take(&r->next, in) != 0)
        s->err = -ENOMEM;
    r->updating = true;
    mn_update_refresh(s);
    return true;
}

/* R50: that it changed is part of what happened; what it says is the author's secret. */
static void mark(struct mn_session *s)
{
    const struct mn_prepared *was = &s->active, *is = &s->refresh.next;
    const struct {
        const char *name;
        const struct mn_buf *was, *is;
    } parts[] = {
        {"instructions", &was->instructions, &is->instructions},
        {"prompt", &was->prompt, &is->prompt},
        {"tools", &was->tools, &is->tools},
    };
    struct mn_buf names = {0};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!mn_str_same(mn_buf_str(parts[i].was), mn_buf_str(parts[i].is)))
            mn_buf_addf(&names, "%s%s", names.n > 0 ? ", " : "", parts[i].name);
    }
    mn_history_mark(s, MN_ITEM_CONFIG, (struct mn_str){0}, mn_buf_str(&names));
    mn_buf_free(&names);
}

void mn_refresh_acked(struct mn_session *s)
{
    mark(s);
    mn_prepared_free(&s->active);
    s->active = s->refresh.next;
    s->refresh.next = (struct mn_prepared){0};
    s->refresh.updating = false;
}

void mn_refresh_failed(struct mn_session *s, const char *reason)
{
    mn_prepared_free(&s->refresh.next);
    s->refresh.updating = false;
    mn_fx_note_error(s, "refresh_failed", reason);
}

void mn_refresh_time(struct mn_session *s)
{
    struct mn_refresh *r = &s->refresh;

    if (r->ticket != 0 && s->now_ms >= r->deadline_ms) {
        mn_fx_stop(s, r->ticket);
        r->ticket = 0;
        mn_fx_note_error(s, "refresh_failed", "its script took too long");
    }
    if (r->moved && nothing_goes_on(s)) {
        r->moved = false;
        r->wanted = true;
    }
    if (!r->wanted || r->ticket != 0 || r->updating || !mn_legs_ready(&s->legs) ||
        s->handoff.phase != MN_HANDOFF_NONE)
        return;
    r->wanted = false;
    r->deadline_ms = s->now_ms + MN_PREPARE_MS;
    r->ticket = mn_fx_run(s, MN_JOB_PREPARE, s->agent, -1, "", (struct mn_str){0});
}

int64_t mn_refresh_deadline(const struct mn_session *s)
{
    return s->refresh.ticket != 0 ? s->refresh.deadline_ms : INT64_MAX;
}
