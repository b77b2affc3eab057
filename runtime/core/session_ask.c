/* session_ask.c - asking the model to speak (R1, R4, R8).
 *
 * A request waits while the floor is taken (arbiter.h), while a filler is said (R18), while the
 * agent changes, and while the
 * caller speaks or has just stopped: then the server answers by itself, and what was asked for
 * meanwhile is most often answered with it. */
#include "core/session_parts.h"

#include <errno.h>

void mn_session_ask(struct mn_session *s, struct mn_request *r)
{
    if (r == NULL) {
        s->err = -ENOMEM;
        return;
    }
    if (s->hanging_up && r->automatic) {
        mn_request_free(r); /* the farewell was the last word */
        return;
    }
    if (mn_arbiter_ask(&s->arbiter, r) != 0)
        mn_fx_note_error(s, "too_many_requests", "too many responses wait: the newest is dropped");
}

void mn_ask_instructions(struct mn_session *s, struct mn_writer *w, const char *lead_in,
                         struct mn_str line, bool quoted)
{
    struct mn_buf text = {0};

    mn_buf_add_str(&text, mn_buf_str(&s->active.instructions));
    mn_buf_add_text(&text, "\n\n");
    mn_buf_add_text(&text, lead_in);
    if (quoted)
        mn_json_quote(&text, line);
    else
        mn_buf_add_str(&text, line);
    mn_write_str(w, "instructions", mn_buf_str(&text));
    if (text.err != 0)
        s->err = text.err;
    mn_buf_free(&text);
}

static struct mn_request *words(struct mn_session *s, const char *lead_in, struct mn_str line,
                                bool quoted)
{
    struct mn_buf params = {0};
    struct mn_writer w = mn_writer(&params);
    struct mn_request *r;

    mn_write_open(&w, NULL, '{');
    mn_ask_instructions(s, &w, lead_in, line, quoted);
    mn_write_close(&w);
    r = params.err == 0 ? mn_request_new(false, mn_buf_str(&params)) : NULL;
    mn_buf_free(&params);
    return r;
}

void mn_session_speak(struct mn_session *s, const char *lead_in, struct mn_str line, bool quoted)
{
    mn_session_ask(s, words(s, lead_in, line, quoted));
}

void mn_session_say(struct mn_session *s, struct mn_str line, bool whole)
{
    struct mn_request *r = words(s, MN_SAY, line, true);

    if (whole)
        mn_turns_take_over(s);
    if (r != NULL)
        r->whole = whole && !s->settings.direct;
    mn_session_ask(s, r);
}

static bool answer_is_coming(const struct mn_session *s)
{
    return s->caller_speaks || s->now_ms < s->own_answer_ms || mn_turns_undecided(s) ||
           s->turns.taking_over;
}

/* R65: a model that was refused more tools this turn is asked to speak, else it would call, be
 * refused and be asked again without end. */
static bool turn_is_out_of_tools(const struct mn_session *s)
{
    return s->app->max_tools_per_turn > 0 && s->tools_this_turn > s->app->max_tools_per_turn;
}

int64_t mn_ask_owed(const struct mn_session *s)
{
    return s->app->owed_ms > 0 ? s->app->owed_ms : MN_OWED_MS;
}

void mn_ask_time(struct mn_session *s)
{
    struct mn_request *r;
    struct mn_writer w;

    if (!mn_legs_ready(&s->legs) || s->handoff.phase != MN_HANDOFF_NONE || mn_refresh_busy(s) ||
        mn_filler_busy(s) || answer_is_coming(s) || mn_guard_waits(s) || s->now_ms < s->retry.at_ms)
        return;
    mn_sound_begin_next(s);
    r = mn_arbiter_next(&s->arbiter);
    if (r == NULL || !mn_fx_send(s, &w, MN_EV_RESPONSE_CREATE, r->event_id))
        return;
    if (r->params.n > 0)
        mn_write_raw(&w, "response", mn_buf_str(&r->params));
    else if (turn_is_out_of_tools(s))
        mn_write_raw(&w, "response", MN_STR("{\"tool_choice\":\"none\"}"));
    mn_fx_done(s, &w);
    s->owed_ms = s->now_ms + mn_ask_owed(s);
}

void mn_ask_alive(struct mn_session *s, struct mn_str response_id)
{
    if (s->arbiter.floor == MN_FLOOR_TAKEN && response_id.n > 0 &&
        mn_str_is(response_id, s->arbiter.response_id))
        s->owed_ms = s->now_ms + MN_STALLED_MS;
}

/* R4: nothing came of a request, of a cancel, or of a turn the server was to answer by itself; or
 * the end of what had begun never came. */
void mn_owed_time(struct mn_session *s)
{
    bool own = s->arbiter.floor == MN_FLOOR_FREE;

    if (s->owed_ms == 0 || s->now_ms < s->owed_ms)
        return;
    s->owed_ms = 0;
    if (s->arbiter.floor == MN_FLOOR_TAKEN && s->arbiter.response_id[0] != '\0') {
        mn_fx_note_error(s, "response_stalled", "the model stopped in the middle of an answer");
        mn_cut_response(s, false);
        return;
    }
    mn_fx_note_error(s, "response_owed", "the model did not answer in time");
    mn_arbiter_unanswered(&s->arbiter);
    if (own)
        mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
}

int64_t mn_owed_deadline(const struct mn_session *s)
{
    return s->owed_ms != 0 ? s->owed_ms : INT64_MAX;
}

int64_t mn_ask_deadline(const struct mn_session *s)
{
    int64_t at_ms = INT64_MAX;

    if (s->arbiter.nwaiting > 0 && s->own_answer_ms > s->now_ms && s->own_answer_ms < at_ms)
        at_ms = s->own_answer_ms;
    if (s->arbiter.nwaiting > 0 && s->retry.at_ms > s->now_ms && s->retry.at_ms < at_ms)
        at_ms = s->retry.at_ms;
    if (mn_sound_deadline(s) < at_ms)
        at_ms = mn_sound_deadline(s);
    return at_ms;
}
