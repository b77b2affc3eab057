/* handoff.c - moving a call to another agent: acknowledged, or undone (R20 to R25).
 *
 *    ASKING ---------> PRELUDE ----------> PREPARING -----> UPDATING ---------> moved
 *    the author's      its tools that      instructions,    session.update,
 *    on_handoff        run first (R69)     tools            until session.updated
 *
 * Until the server has acknowledged the update, the old agent is the agent. Whatever fails on the
 * way leaves it so, and the model reads in the call's output that the transfer failed. What the
 * next agent is to know of the conversation (R24) is settled when the move begins, so that what is
 * said meanwhile is not lost to it, and carried out when it is acknowledged. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>

#define WORDS_ANOTHER "Ignored: another transfer is already under way."
#define WORDS_FAILED                                                                               \
    "The transfer failed. You are still speaking with the caller: carry on yourself."
#define WORDS_TOO_MANY "Too many transfers in this turn. Carry on yourself."

static void forget(struct mn_handoff *h)
{
    mn_prepared_free(&h->next);
    mn_buf_free(&h->items);
    mn_buf_free(&h->say);
    mn_buf_free(&h->reply);
}

static void reset(struct mn_session *s)
{
    forget(&s->handoff);
    s->handoff = (struct mn_handoff){.phase = MN_HANDOFF_NONE};
}

void mn_handoff_free(struct mn_session *s)
{
    forget(&s->handoff);
    mn_prepared_free(&s->active);
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

void mn_handoff_prepare(struct mn_session *s)
{
    s->handoff.phase = MN_HANDOFF_PREPARING;
    s->handoff.deadline_ms = s->now_ms + MN_PREPARE_MS;
    s->handoff.ticket = mn_fx_run(s, MN_JOB_PREPARE, s->handoff.to, -1, "", (struct mn_str){0});
}

static void run_prelude(struct mn_session *s)
{
    s->handoff.phase = MN_HANDOFF_PRELUDE;
    if (!mn_prelude_begin(s, s->handoff.to))
        mn_handoff_prepare(s);
}

static void begin(struct mn_session *s, int to, const struct mn_move *move)
{
    struct mn_handoff *h = &s->handoff;

    mn_refresh_stop(s);
    s->handoffs_this_turn++;
    h->from = s->agent;
    h->to = to;
    h->silent = move->silent;
    if (mn_buf_add_str(&h->items, move->items) != 0 || mn_buf_add_str(&h->say, move->say) != 0 ||
        mn_buf_add_str(&h->reply, move->reply) != 0)
        s->err = -ENOMEM;
    mn_edit_fade(s, move->items.n > 0 ? 0 : move->last);
}

/* The author's part: on_handoff, and what of the history goes along. */
static void ask_script(struct mn_session *s, const struct mn_tool_call *call)
{
    struct mn_handoff *h = &s->handoff;

    h->phase = MN_HANDOFF_ASKING;
    h->deadline_ms = s->now_ms + MN_PREPARE_MS;
    mn_id_copy(h->call_id, mn_str(call->call_id));
    h->ticket = mn_fx_run(s, MN_JOB_HANDOFF, call->agent, call->tool, call->call_id,
                          mn_buf_str(&call->arguments));
}

void mn_handoff_begin(struct mn_session *s, struct mn_tool_call *call, int to)
{
    const struct mn_tool_spec *tool = &s->app->agents[call->agent].tools[call->tool];
    bool same_turn = mn_str_is(mn_str(call->response_id), s->turn.response_id);

    if (s->handoff.phase != MN_HANDOFF_NONE || (s->turn.handed_off && same_turn)) {
        mn_tools_answer(s, call, MN_STR(WORDS_ANOTHER));
    } else if (to == s->agent) {
        answer_assistant(s, call, to);
    } else if (too_many(s)) {
        mn_tools_answer(s, call, MN_STR(WORDS_TOO_MANY));
    } else {
        s->turn.handed_off = true;
        begin(s, to, &(struct mn_move){.last = tool->last, .say = tool->say});
        ask_script(s, call);
    }
}

int mn_handoff_by_script(struct mn_session *s, int to, const struct mn_move *move)
{
    static const struct mn_move plain = {0};

    if (move == NULL)
        move = &plain;
    if (to < 0 || to >= s->app->nagents || to == s->agent || too_many(s) ||
        !mn_legs_ready(&s->legs) || s->handoff.phase != MN_HANDOFF_NONE ||
        (move->items.n > 0 && mn_edit_check(s, move->items) != 0))
        return MN_EPROTOCOL;
    begin(s, to, move);
    run_prelude(s);
    return 0;
}

/* What on_handoff chose for the next agent to know. False when it is no list of items. */
static bool take_items(struct mn_session *s, struct mn_str items)
{
    if (items.n == 0)
        return true;
    mn_edit_faded(s, false);
    if (mn_buf_add_str(&s->handoff.items, items) != 0)
        s->err = -ENOMEM;
    return mn_edit_check(s, items) == 0;
}

/* Returns false when the result belongs to something else. */
bool mn_handoff_result(struct mn_session *s, const struct mn_input *in)
{
    struct mn_handoff *h = &s->handoff;

    if (in->ticket == 0 || in->ticket != h->ticket)
        return false;
    h->ticket = 0;
    if (in->err != 0) {
        mn_handoff_failed(s, h->phase == MN_HANDOFF_ASKING ? "on_handoff failed"
                                                           : "the agent could not be prepared");
    } else if (h->phase == MN_HANDOFF_ASKING && !take_items(s, in->text)) {
        mn_handoff_failed(s, "its history gave no list of items");
    } else if (h->phase == MN_HANDOFF_ASKING) {
        run_prelude(s);
    } else {
        if (mn_prepared_take(&h->next, in) != 0)
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

/* R24, before anything else is said: from here on the next agent speaks. */
static void share_history(struct mn_session *s)
{
    struct mn_str items = mn_buf_str(&s->handoff.items);
    int err = items.n > 0 ? mn_edit(s, items, true) : 0;

    mn_edit_faded(s, true);
    if (err == -ENOMEM)
        s->err = err;
    else if (err != 0)
        mn_fx_note_error(s, "history_too_long",
                         "the next agent knows all of the history: there "
                         "was no room for what should replace it");
}

/* The next agent speaks: its given words, or its own; after a transfer those come with the answer
 * to the call. */
static void speak_first(struct mn_session *s, bool by_script)
{
    struct mn_str say = mn_buf_str(&s->handoff.say), reply = mn_buf_str(&s->handoff.reply);

    if (s->handoff.silent)
        return;
    if (say.n > 0)
        mn_session_speak(s, MN_SAY, say, true);
    else if (reply.n > 0)
        mn_session_speak(s, "", reply, false);
    else if (by_script)
        mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
}

void mn_handoff_acked(struct mn_session *s)
{
    struct mn_tool_call *call = mn_tools_by_call(s, mn_str(s->handoff.call_id));

    mn_prepared_free(&s->active);
    s->active = s->handoff.next;
    s->handoff.next = (struct mn_prepared){0};
    s->agent = s->handoff.to;
    share_history(s);
    remember(s);
    note_moved(s);
    mn_fx_note_plain(s, MN_NOTE_AGENT_START);
    if (call != NULL) {
        call->joins_quietly = s->handoff.say.n > 0;
        answer_assistant(s, call, s->agent);
    }
    mn_prelude_keep(s);
    speak_first(s, call == NULL);
    reset(s);
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
    mn_edit_faded(s, false);
    mn_prelude_drop(s);
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
