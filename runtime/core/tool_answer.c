/* tool_answer.c - what a call is answered with, where, and the response that follows (R11, R12,
 * R16).
 *
 * An output carries an item id of ours: when the server's "added" for it has come, a response the
 * server begins by itself already knows the result, and ours is not needed. */
#include "core/session_parts.h"

#include <assert.h>

#define WORDS_LATE      "The tool '%s', which you called earlier, has ended. Its result: "
#define WORDS_FORGOTTEN "This was answered before. Carry on with what you know."

static struct mn_tool_call *of(struct mn_list *l)
{
    return mn_container_of(l, struct mn_tool_call, link);
}

static void send_output(struct mn_session *s, struct mn_str call_id, struct mn_str output,
                        char item_id[MN_ID_MAX])
{
    struct mn_writer w;

    mn_id_new(item_id, "item", &s->random);
    if (!mn_fx_send(s, &w, MN_EV_CONVERSATION_ITEM_CREATE, NULL))
        return;
    mn_write_open(&w, "item", '{');
    mn_write_text(&w, "id", item_id);
    mn_write_text(&w, "type", "function_call_output");
    mn_write_str(&w, "call_id", call_id);
    mn_write_str(&w, "output", output);
    mn_write_close(&w);
    mn_fx_done(s, &w);
    mn_items_sent_output(s, mn_str(item_id), call_id);
}

/* R16: its call is in a conversation that is gone, so the answer is told in words. */
static void send_told(struct mn_session *s, const struct mn_tool_call *call, struct mn_str output)
{
    struct mn_buf words = {0};
    struct mn_writer w;

    mn_buf_addf(&words, WORDS_LATE, call->name);
    mn_buf_add_str(&words, output);
    if (mn_fx_send(s, &w, MN_EV_CONVERSATION_ITEM_CREATE, NULL)) {
        mn_write_open(&w, "item", '{');
        mn_write_text(&w, "id", call->output_item);
        mn_write_text(&w, "type", "message");
        mn_write_text(&w, "role", "system");
        mn_write_open(&w, "content", '[');
        mn_write_open(&w, NULL, '{');
        mn_write_text(&w, "type", "input_text");
        mn_write_str(&w, "text", mn_buf_str(&words));
        mn_write_close(&w);
        mn_write_close(&w);
        mn_write_close(&w);
        mn_fx_done(s, &w);
    }
    mn_buf_free(&words);
}

/* Without a connection it waits: the output is in the history, and told with that. */
static void deliver(struct mn_session *s, struct mn_tool_call *call, struct mn_str output)
{
    call->untold = !mn_legs_ready(&s->legs);
    if (call->untold && s->settings.direct)
        return; /* R82: told when the call is listened in on again */
    if (call->untold || call->leg != s->legs.active.number)
        mn_id_new(call->output_item, "item", &s->random);
    if (call->untold) {
        mn_items_sent_output(s, mn_str(call->output_item), mn_str(call->call_id));
        return;
    }
    if (call->leg == s->legs.active.number)
        send_output(s, mn_str(call->call_id), output, call->output_item);
    else
        send_told(s, call, output);
}

static bool response_running(const struct mn_session *s, const char *response_id)
{
    return strcmp(s->turn.response_id, response_id) == 0 && !s->turn.done;
}

/* R12: one request once all calls of a response are answered and the response itself is over. */
static void ask_when_joined(struct mn_session *s, const char *response_id, const char *item_id)
{
    struct mn_request *r;

    if (response_running(s, response_id) || mn_guard_corrects(s, response_id))
        return;
    for (struct mn_list *l = s->calls.prev; l != &s->calls; l = l->prev) {
        if (of(l)->state == MN_CALL_RUNNING && strcmp(of(l)->response_id, response_id) == 0)
            return;
    }
    r = mn_request_new(true, (struct mn_str){0});
    if (r != NULL)
        mn_id_copy(r->after_item, mn_str(item_id));
    mn_session_ask(s, r);
}

void mn_tools_note_end(struct mn_session *s, const struct mn_tool_call *call, struct mn_str output)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_TOOL_END))
        return;
    mn_write_text(&w, "tool", call->name);
    mn_write_raw(&w, "args", mn_buf_str(&call->arguments));
    mn_write_str(&w, "result", output);
    mn_write_text(&w, "call_id", call->call_id);
    mn_write_num(&w, "seconds", (double)(s->now_ms - call->began_ms) / 1000);
    mn_fx_done(s, &w);
}

static void keep_output(struct mn_session *s, struct mn_str call_id, struct mn_str output)
{
    struct mn_item *item = mn_history_call(&s->history, call_id);
    struct mn_writer w;

    if (item == NULL || item->done)
        return;
    item->done = true;
    if (mn_buf_add_str(&item->output, output) != 0)
        s->err = item->output.err;
    if (!mn_fx_note(s, &w, MN_NOTE_HISTORY_UPDATED))
        return;
    mn_item_write(&w, "item", item);
    mn_fx_done(s, &w);
}

static void answer(struct mn_session *s, struct mn_tool_call *call, struct mn_str output)
{
    call->state = MN_CALL_ANSWERED;
    deliver(s, call, output);
    keep_output(s, mn_str(call->call_id), output);
}

static void join(struct mn_session *s, const struct mn_tool_call *call)
{
    if (!call->joins_quietly)
        ask_when_joined(s, call->response_id, call->output_item);
}

void mn_tools_answer_early(struct mn_session *s, struct mn_tool_call *call, struct mn_str words)
{
    answer(s, call, words);
    join(s, call);
}

void mn_tools_answer(struct mn_session *s, struct mn_tool_call *call, struct mn_str output)
{
    bool late = call->state == MN_CALL_ANSWERED;

    if (late && call->ticket == 0)
        return;
    call->ticket = 0;
    call->deadline_ms = INT64_MAX;
    if (!late)
        answer(s, call, output);
    mn_tools_note_end(s, call, output);
    if (call->tool >= 0 && s->app->agents[call->agent].tools[call->tool].kind == MN_TOOL_FUNCTION)
        mn_refresh_want(s); /* it may have changed what the agent goes by */
    if (late)
        mn_late_result(s, call, output);
    else
        join(s, call);
}

void mn_tools_response_done(struct mn_session *s, struct mn_str response_id)
{
    struct mn_tool_call *last = NULL;

    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        if (!mn_id_is(of(l)->response_id, response_id))
            continue;
        if (of(l)->state == MN_CALL_RUNNING)
            return; /* its answer will ask */
        last = of(l)->joins_quietly ? last : of(l);
    }
    if (last != NULL)
        ask_when_joined(s, last->response_id, last->output_item);
}

static struct mn_str stored_output(struct mn_session *s, const struct mn_tool_call *call)
{
    const struct mn_item *item = mn_history_call(&s->history, mn_str(call->call_id));

    return item != NULL ? mn_buf_str(&item->output) : MN_STR(WORDS_FORGOTTEN);
}

/* What ended meanwhile was written with the history, unless its call is too old for that. */
void mn_tools_replayed(struct mn_session *s)
{
    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        struct mn_tool_call *call = of(l);

        if (call->untold && s->settings.direct)
            send_output(s, mn_str(call->call_id), stored_output(s, call), call->output_item);
        else if (call->untold && call->leg != s->legs.active.number)
            send_told(s, call, stored_output(s, call));
        call->untold = false;
    }
}

void mn_tools_answer_again(struct mn_session *s, struct mn_tool_call *call)
{
    struct mn_str output = stored_output(s, call);

    assert(call != NULL); /* for clang-analyzer, which thinks it may be from here on */
    send_output(s, mn_str(call->call_id), output, call->output_item);
    ask_when_joined(s, call->response_id, call->output_item);
}

void mn_tools_turn_away(struct mn_session *s, struct mn_str call_id, struct mn_str words)
{
    char unused[MN_ID_MAX];

    send_output(s, call_id, words, unused);
    mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
}
