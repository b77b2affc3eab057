/* handoff.c - moving a call to another agent: acknowledged, or undone (R20 to R23).
 *
 *    ASKING ---------> PREPARING ---------> UPDATING ---------> moved
 *    the author's      instructions,        session.update,
 *    on_handoff        tools                until session.updated
 *
 * Until the server has acknowledged the update, the old agent is the agent. Whatever fails on the
 * way leaves it so, and the model reads in the call's output that the transfer failed. */
#include "core/session_parts.h"

#include <errno.h>

#define WORDS_ANOTHER "Ignored: another transfer is already under way."
#define WORDS_FAILED                                                                               \
    "The transfer failed. You are still speaking with the caller: carry on yourself."
#define WORDS_TOO_MANY "Too many transfers in this turn. Carry on yourself."

static void prepared_free(struct mn_prepared *p)
{
    mn_buf_free(&p->instructions);
    mn_buf_free(&p->tools);
}

void mn_handoff_free(struct mn_session *s)
{
    prepared_free(&s->handoff.next);
    prepared_free(&s->active);
}

static void reset(struct mn_session *s)
{
    prepared_free(&s->handoff.next);
    s->handoff = (struct mn_handoff){.phase = MN_HANDOFF_NONE};
}

static void answer_assistant(struct mn_session *s, struct mn_tool_call *call, int agent)
{
    struct mn_buf output = {0};
    struct mn_writer w = mn_writer(&output);

    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "assistant", s->app->agents[agent].name);
    mn_fx_done(s, &w);
    mn_tools_answer(s, call, mn_buf_str(&output));
    mn_buf_free(&output);
}

static bool too_many(struct mn_session *s)
{
    return s->app->max_handoffs_per_turn > 0 &&
           s->handoffs_this_turn >= s->app->max_handoffs_per_turn;
}

static void prepare(struct mn_session *s, int to)
{
    s->handoff.phase = MN_HANDOFF_PREPARING;
    s->handoff.deadline_ms = s->now_ms + MN_PREPARE_MS;
    s->handoff.ticket = mn_fx_run(s, MN_JOB_PREPARE, to, -1, "", (struct mn_str){0});
}

void mn_handoff_begin(struct mn_session *s, struct mn_tool_call *call, int to)
{
    bool same_turn = mn_str_is(mn_str(call->response_id), s->turn.response_id);

    if (s->handoff.phase != MN_HANDOFF_NONE || (s->turn.handed_off && same_turn)) {
        mn_tools_answer(s, call, MN_STR(WORDS_ANOTHER));
    } else if (to == s->agent) {
        answer_assistant(s, call, to);
    } else if (too_many(s)) {
        mn_tools_answer(s, call, MN_STR(WORDS_TOO_MANY));
    } else {
        s->turn.handed_off = true;
        s->handoffs_this_turn++;
        s->handoff.phase = MN_HANDOFF_ASKING;
        s->handoff.from = s->agent;
        s->handoff.to = to;
        s->handoff.deadline_ms = s->now_ms + MN_PREPARE_MS;
        mn_id_copy(s->handoff.call_id, mn_str(call->call_id));
        s->handoff.ticket = mn_fx_run(s, MN_JOB_HANDOFF, call->agent, call->tool, call->call_id,
                                      mn_buf_str(&call->arguments));
    }
}

void mn_handoff_by_script(struct mn_session *s, int to)
{
    if (to < 0 || to >= s->app->nagents || to == s->agent || too_many(s) ||
        !mn_legs_ready(&s->legs) || s->handoff.phase != MN_HANDOFF_NONE) {
        s->misplaced++;
        return;
    }
    s->handoffs_this_turn++;
    s->handoff.from = s->agent;
    s->handoff.to = to;
    prepare(s, to);
}

/* Returns false when the result belongs to something else. */
bool mn_handoff_result(struct mn_session *s, const struct mn_input *in)
{
    struct mn_handoff *h = &s->handoff;

    if (h->phase == MN_HANDOFF_NONE || h->phase == MN_HANDOFF_UPDATING || in->ticket != h->ticket)
        return false;
    h->ticket = 0;
    if (in->err != 0) {
        mn_handoff_failed(s, h->phase == MN_HANDOFF_ASKING ? "on_handoff failed"
                                                           : "the agent could not be prepared");
    } else if (h->phase == MN_HANDOFF_ASKING) {
        prepare(s, h->to);
    } else {
        if (mn_buf_add_str(&h->next.instructions, in->text) != 0 ||
            mn_buf_add_str(&h->next.tools, in->tools) != 0)
            s->err = -ENOMEM;
        h->phase = MN_HANDOFF_UPDATING;
        if (mn_legs_must_redial(s, h->to))
            mn_legs_redial(s);
        else
            mn_update_handoff(s);
    }
    return true;
}

static void note_moved(struct mn_session *s)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_AGENT_HANDOFF))
        return;
    mn_write_str(&w, "from", s->app->agents[s->handoff.from].name);
    mn_write_str(&w, "to", s->app->agents[s->handoff.to].name);
    mn_fx_done(s, &w);
}

static void remember(struct mn_session *s)
{
    char id[MN_ID_MAX];
    struct mn_item *item;
    bool added;

    mn_id_new(id, "handoff", &s->random);
    item = mn_history_put(&s->history, mn_str(id), (struct mn_str){0}, &added);
    s->voice = NULL; /* a full history may have forgotten it */
    if (item == NULL) {
        s->err = -ENOMEM;
        return;
    }
    item->kind = MN_ITEM_HANDOFF;
    mn_id_copy(item->from, s->app->agents[s->handoff.from].name);
    mn_id_copy(item->name, s->app->agents[s->handoff.to].name);
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
}

void mn_handoff_acked(struct mn_session *s)
{
    struct mn_tool_call *call = mn_tools_by_call(s, mn_str(s->handoff.call_id));
    int to = s->handoff.to;

    prepared_free(&s->active);
    s->active = s->handoff.next;
    s->handoff.next = (struct mn_prepared){0};
    s->agent = to;
    remember(s);
    note_moved(s);
    reset(s);
    mn_fx_note_plain(s, MN_NOTE_AGENT_START);
    if (call != NULL)
        answer_assistant(s, call, to);
    else
        mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
}

void mn_handoff_failed(struct mn_session *s, const char *reason)
{
    struct mn_tool_call *call = mn_tools_by_call(s, mn_str(s->handoff.call_id));
    struct mn_writer w;

    mn_fx_stop(s, s->handoff.ticket);
    if (mn_fx_note(s, &w, MN_NOTE_HANDOFF_FAILED)) {
        mn_write_str(&w, "from", s->app->agents[s->handoff.from].name);
        mn_write_str(&w, "to", s->app->agents[s->handoff.to].name);
        mn_write_text(&w, "reason", reason);
        mn_fx_done(s, &w);
    }
    reset(s);
    if (call != NULL)
        mn_tools_answer(s, call, MN_STR(WORDS_FAILED));
}

int64_t mn_handoff_deadline(const struct mn_session *s)
{
    const struct mn_handoff *h = &s->handoff;
    bool scripted = h->phase == MN_HANDOFF_ASKING || h->phase == MN_HANDOFF_PREPARING;

    return scripted ? h->deadline_ms : INT64_MAX;
}

void mn_handoff_time(struct mn_session *s)
{
    if (s->now_ms >= mn_handoff_deadline(s))
        mn_handoff_failed(s, "its script took too long");
}
