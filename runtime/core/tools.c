/* tools.c - calls in flight: every one is answered, exactly once (R10 to R15, R17).
 *
 * What answers it is in tool_answer.c. A call is remembered after its answer, so that a second
 * delivery of it is recognised (R13). */
#include "core/session_parts.h"

#include <stdlib.h>

#define WORDS_UNKNOWN   "There is no such tool. Carry on without it."
#define WORDS_NOT_JSON  "The arguments were not valid JSON. Try again with valid arguments."
#define WORDS_TIMEOUT   "The tool did not answer in time. Say so, and offer to try again."
#define WORDS_FAILED    "The tool failed. Say that this is not possible right now."
#define WORDS_CANCELLED "The caller interrupted, so this was cancelled."
#define WORDS_TOO_MANY  "Too many tools are running. Wait for their results first."
#define WORDS_BLOCKED   "This was not run: the answer it belongs to was stopped by a policy."
#define WORDS_TURN_OVER "Too many tools in this turn. Carry on with what you know."

static struct mn_tool_call *of(struct mn_list *l)
{
    return mn_container_of(l, struct mn_tool_call, link);
}

struct mn_tool_call *mn_tools_by_ticket(struct mn_session *s, uint32_t ticket)
{
    for (struct mn_list *l = s->calls.prev; l != &s->calls; l = l->prev) {
        if (of(l)->ticket == ticket)
            return of(l);
    }
    return NULL;
}

struct mn_tool_call *mn_tools_by_call(struct mn_session *s, struct mn_str call_id)
{
    for (struct mn_list *l = s->calls.prev; l != &s->calls; l = l->prev) {
        if (mn_id_is(of(l)->call_id, call_id))
            return of(l);
    }
    return NULL;
}

static void call_free(struct mn_session *s, struct mn_tool_call *call)
{
    mn_list_remove(&call->link);
    s->ncalls--;
    mn_buf_free(&call->arguments);
    free(call);
}

void mn_tools_free(struct mn_session *s)
{
    while (!mn_list_empty(&s->calls))
        call_free(s, of(s->calls.next));
}

static bool in_flight(const struct mn_tool_call *call)
{
    return call->state == MN_CALL_RUNNING || call->ticket != 0;
}

static bool too_many(struct mn_session *s)
{
    int n = 0;

    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next)
        n += in_flight(of(l));
    return n > MN_TOOL_CALLS_MAX;
}

/* Room for one more: forgets the oldest that is over; so many never fly at once. */
static void make_room(struct mn_session *s)
{
    struct mn_list *l = s->calls.next;

    while (s->ncalls >= MN_TOOL_CALLS_KEPT && in_flight(of(l)))
        l = l->next;
    if (s->ncalls >= MN_TOOL_CALLS_KEPT)
        call_free(s, of(l));
}

bool mn_tools_called(struct mn_session *s, struct mn_str response_id)
{
    for (struct mn_list *l = s->calls.prev; l != &s->calls; l = l->prev) {
        if (mn_id_is(of(l)->response_id, response_id))
            return true;
    }
    return false;
}

/* R13: on another connection the model asks again for what it has been told; the stored output
 * answers it. */
static void delivered_again(struct mn_session *s, const struct mn_event *ev,
                            struct mn_tool_call *call)
{
    if (call->given == s->legs.active.number) {
        s->misplaced++;
        return;
    }
    call->given = s->legs.active.number;
    call->leg = s->legs.active.number;
    mn_id_copy(call->response_id, ev->response_id);
    if (call->state != MN_CALL_RUNNING) /* else its answer will come */
        mn_tools_answer_again(s, call);
}

static int tool_named(const struct mn_agent_spec *agent, struct mn_str name)
{
    for (int i = 0; i < agent->ntools; i++) {
        if (mn_str_same(agent->tools[i].name, name) && !agent->tools[i].unlisted)
            return i;
    }
    return -1;
}

static bool is_object(struct mn_str json)
{
    size_t i = 0;

    while (i < json.n && strchr(" \t\r\n", json.p[i]) != NULL)
        i++;
    return i < json.n && json.p[i] == '{' && mn_json_scan(json, &mn_json_frame, NULL) == 0;
}

static struct mn_tool_call *call_new(struct mn_session *s, const struct mn_event *ev,
                                     const struct mn_json *item)
{
    struct mn_str name = mn_json_str(item, "name"), args = mn_json_str(item, "arguments");
    struct mn_tool_call *call = calloc(1, sizeof(*call));

    if (call == NULL)
        return NULL;
    mn_list_init(&call->link);
    mn_id_copy(call->call_id, mn_json_str(item, "call_id"));
    mn_id_copy(call->response_id, ev->response_id);
    mn_id_copy(call->name, name);
    call->began_ms = s->now_ms;
    call->given = s->legs.active.number;
    call->leg = s->legs.active.number;
    call->agent = mn_str_is(ev->response_id, s->turn.response_id) ? s->turn.agent : s->agent;
    call->tool = tool_named(&s->app->agents[call->agent], name);
    call->well_formed = is_object(args);
    if (mn_buf_add_str(&call->arguments, call->well_formed ? args : MN_STR("{}")) != 0) {
        free(call);
        return NULL;
    }
    return call;
}

void mn_tools_note_start(struct mn_session *s, const struct mn_tool_call *call)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_TOOL_START))
        return;
    mn_write_text(&w, "tool", call->name);
    mn_write_raw(&w, "args", mn_buf_str(&call->arguments));
    mn_write_text(&w, "call_id", call->call_id);
    mn_fx_done(s, &w);
}

void mn_tools_run(struct mn_session *s, struct mn_tool_call *call)
{
    call->deadline_ms = s->now_ms + s->app->agents[call->agent].tools[call->tool].timeout_ms;
    call->ticket = mn_fx_run(s, MN_JOB_TOOL, call->agent, call->tool, call->call_id,
                             mn_buf_str(&call->arguments));
}

static void dispatch(struct mn_session *s, struct mn_tool_call *call)
{
    const struct mn_tool_spec *tool;

    if (too_many(s) || call->tool < 0) {
        mn_tools_answer(s, call, call->tool < 0 ? MN_STR(WORDS_UNKNOWN) : MN_STR(WORDS_TOO_MANY));
        return;
    }
    tool = &s->app->agents[call->agent].tools[call->tool];
    if (mn_guard_tripped(s, call->response_id)) {
        mn_tools_answer(s, call, MN_STR(WORDS_BLOCKED)); /* R41 */
    } else if (!call->well_formed) {
        mn_tools_answer(s, call, MN_STR(WORDS_NOT_JSON));
    } else if (++s->tools_this_turn > s->app->max_tools_per_turn &&
               s->app->max_tools_per_turn > 0) {
        mn_tools_answer(s, call, MN_STR(WORDS_TURN_OVER));
    } else if (tool->kind == MN_TOOL_HANDOFF) {
        mn_handoff_begin(s, call, tool->target);
    } else if (tool->needs_approval) {
        mn_approval_begin(s, call);
    } else {
        mn_tools_run(s, call);
    }
}

/* R10: a completed function_call item. */
void mn_tools_call(struct mn_session *s, const struct mn_event *ev, const struct mn_json *item)
{
    struct mn_str call_id = mn_json_str(item, "call_id");
    struct mn_tool_call *call;

    if (call_id.n == 0 || !mn_legs_ready(&s->legs)) {
        s->misplaced++; /* no tool of ours, and nothing that could be answered */
        return;
    }
    call = mn_tools_by_call(s, call_id);
    if (call != NULL) {
        delivered_again(s, ev, call);
        return;
    }
    call = call_id.n < MN_ID_MAX ? call_new(s, ev, item) : NULL;
    if (call == NULL) { /* still answered, if not remembered */
        mn_tools_turn_away(s, call_id, MN_STR(WORDS_TOO_MANY));
        return;
    }
    call->deadline_ms = INT64_MAX;
    make_room(s);
    mn_list_append(&s->calls, &call->link);
    s->ncalls++;
    mn_tools_note_start(s, call);
    dispatch(s, call);
}

void mn_tools_result(struct mn_session *s, struct mn_tool_call *call, int err, struct mn_str text)
{
    if (call->approval == MN_APPROVAL_ASKING && err == 0) {
        mn_approval_result(s, call, text.n > 0);
        return;
    }
    call->approval = MN_APPROVAL_NONE;
    if (text.n == 0)
        text = err == 0 ? MN_STR("{\"done\":true}") : MN_STR(WORDS_FAILED);
    mn_tools_answer(s, call, text);
}

/* R17: one that was answered early runs on, since the talk was to go on. */
static bool may_be_cancelled(const struct mn_session *s, const struct mn_tool_call *call)
{
    return call->state == MN_CALL_RUNNING && call->deadline_ms != INT64_MAX &&
           s->app->agents[call->agent].tools[call->tool].on_interrupt == MN_CANCEL;
}

/* R15: a tool that asked for it is cancelled when the caller cuts in. */
void mn_tools_interrupted(struct mn_session *s)
{
    for (struct mn_list *l = s->calls.next, *next; l != &s->calls; l = next) {
        struct mn_tool_call *call = of(l);

        next = l->next;
        if (!may_be_cancelled(s, call))
            continue;
        mn_approval_over(s, call, false);
        mn_fx_stop(s, call->ticket);
        mn_tools_answer(s, call, MN_STR(WORDS_CANCELLED));
    }
}

/* R67: those that asked for it are cancelled. The others go on for as long as the end of a call
 * may take; nobody waits for their answers. */
void mn_tools_ended(struct mn_session *s)
{
    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        struct mn_tool_call *call = of(l);

        if (call->ticket == 0 || call->tool < 0 ||
            s->app->agents[call->agent].tools[call->tool].on_interrupt != MN_CANCEL)
            continue;
        mn_fx_stop(s, call->ticket);
        call->ticket = 0;
    }
}

const char *mn_session_tool(const struct mn_session *s, uint32_t ticket)
{
    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        if (ticket != 0 && of(l)->ticket == ticket)
            return of(l)->name;
    }
    return mn_prelude_tool(s, ticket);
}

void mn_tools_time(struct mn_session *s)
{
    for (struct mn_list *l = s->calls.next, *next; l != &s->calls; l = next) {
        struct mn_tool_call *call = of(l);

        next = l->next;
        if (s->now_ms < call->deadline_ms)
            continue;
        if (call->approval == MN_APPROVAL_AWAITED) {
            mn_approval_late(s, call);
            continue;
        }
        mn_fx_stop(s, call->ticket);
        mn_tools_answer(s, call, MN_STR(WORDS_TIMEOUT));
    }
}

int64_t mn_tools_deadline(const struct mn_session *s)
{
    int64_t first_ms = INT64_MAX;

    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        if (of(l)->deadline_ms < first_ms)
            first_ms = of(l)->deadline_ms;
    }
    return first_ms;
}

bool mn_tools_running(const struct mn_session *s)
{
    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        if (of(l)->state == MN_CALL_RUNNING)
            return true;
    }
    return false;
}
