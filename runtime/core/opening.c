/* opening.c - how a call opens, behind opening.h (R68).
 *
 * WHY ERRORS ANSWER  An on.call_start that fails or is late knows nothing of this caller, and most
 * of them have a reason to call: the app's first agent answers. An app that would rather turn away
 * whom it cannot look up says so itself. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>

/* Why a call ends that was hardly begun, in words for the caller. */
#define CODE_AGENT   "agent_failed"
#define WORDS_AGENT  "The agent cannot take this call just now."
#define CODE_REFUSED "turned_away"

static void note_start(struct mn_session *s)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_CALL_START))
        return;
    mn_write_text(&w, "session", s->id);
    mn_fx_done(s, &w);
}

void mn_opening_prepare(struct mn_session *s)
{
    struct mn_opening *o = &s->opening;

    mn_prelude_keep(s);
    o->phase = MN_OPENING_PREPARING;
    o->deadline_ms = s->now_ms + MN_PREPARE_MS;
    o->ticket = mn_fx_run(s, MN_JOB_PREPARE, s->agent, -1, "", (struct mn_str){0});
}

static void answer(struct mn_session *s)
{
    s->opening.answered = true;
    s->opening.phase = MN_OPENING_PRELUDE;
    if (!mn_prelude_begin(s, s->agent))
        mn_opening_prepare(s);
}

static void ask(struct mn_session *s)
{
    struct mn_opening *o = &s->opening;
    struct mn_buf event = {0};
    struct mn_writer w = mn_writer(&event);

    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "agent", s->app->agents[s->agent].name);
    mn_write_text(&w, "session", s->id);
    mn_fx_done(s, &w);
    o->phase = MN_OPENING_ASKING;
    o->deadline_ms = s->now_ms + s->settings.call_start_ms;
    o->ticket = mn_fx_run(s, MN_JOB_CALL_START, s->agent, -1, "", mn_buf_str(&event));
    mn_buf_free(&event);
}

void mn_opening_begin(struct mn_session *s)
{
    if (s->app->hears_start)
        ask(s);
    else
        answer(s);
    mn_config_tell(s, MN_EV_SESSION_CREATED);
    mn_session_tell_conversation(s);
    if (s->opening.answered)
        note_start(s);
}

/* --- what on.call_start said --- */

/* The caller was told of the voice of the agent who would have answered. */
static void take_agent(struct mn_session *s, int agent)
{
    struct mn_str voice = mn_config_voice(s, s->agent);

    if (agent < 0 || s->settings.start >= 0)
        return;
    s->agent = agent;
    s->turn.agent = agent;
    if (!mn_str_same(voice, mn_config_voice(s, agent)))
        mn_config_tell(s, MN_EV_SESSION_UPDATED);
}

static void answer_as(struct mn_session *s, int agent)
{
    take_agent(s, agent);
    answer(s);
    note_start(s);
}

/* The app does not want this caller, and said why in its log. No error of anybody's. */
static void turn_away(struct mn_session *s)
{
    const struct mn_fault fault = {.type = "invalid_request_error",
                                   .code = CODE_REFUSED,
                                   .message = "This call cannot be taken."};
    struct mn_effect *fx = mn_fx(s, MN_FX_TELL);
    char event_id[MN_ID_MAX];

    mn_id_new(event_id, "event", &s->random);
    if (fx == NULL || mn_event_error(&fx->text, event_id, &fault) != 0)
        s->err = -ENOMEM;
    mn_fx_end(s, 1008, CODE_REFUSED);
}

static void asked(struct mn_session *s, const struct mn_input *in)
{
    if (in->err == MN_EREFUSED)
        turn_away(s);
    else
        answer_as(s, in->err == 0 ? mn_app_agent_named(s->app, in->text) : -1);
}

/* --- what the agent is --- */

static void prepared(struct mn_session *s, const struct mn_input *in)
{
    if (in->err != 0) {
        mn_session_lost(s, CODE_AGENT, WORDS_AGENT);
        return;
    }
    if (mn_prepared_take(&s->active, in) != 0)
        s->err = -ENOMEM;
    s->opening.phase = MN_OPENING_PREPARED;
    mn_legs_prepared(s);
}

bool mn_opening_result(struct mn_session *s, const struct mn_input *in)
{
    struct mn_opening *o = &s->opening;

    if (in->ticket == 0 || in->ticket != o->ticket)
        return false;
    o->ticket = 0;
    if (o->phase == MN_OPENING_ASKING)
        asked(s, in);
    else
        prepared(s, in);
    return true;
}

bool mn_opening_busy(const struct mn_session *s)
{
    return s->opening.phase != MN_OPENING_NONE && s->opening.phase != MN_OPENING_PREPARED;
}

/* --- time --- */

void mn_opening_stop(struct mn_session *s)
{
    mn_fx_stop(s, s->opening.ticket);
    s->opening.ticket = 0;
}

int64_t mn_opening_deadline(const struct mn_session *s)
{
    return s->opening.ticket != 0 ? s->opening.deadline_ms : INT64_MAX;
}

void mn_opening_time(struct mn_session *s)
{
    if (s->now_ms < mn_opening_deadline(s))
        return;
    mn_opening_stop(s);
    if (s->opening.phase == MN_OPENING_ASKING) {
        mn_fx_note_error(s, "call_start_late",
                         "on.call_start took too long: the app's first agent answers");
        answer_as(s, -1);
    } else {
        mn_session_lost(s, CODE_AGENT, WORDS_AGENT);
    }
}
