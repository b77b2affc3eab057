/* job.c - the session's jobs, as tasks in a call's Lua.
 *
 * Each calls a function of lua/myna/run.lua, which catches what authors' code raises and always
 * gives words; what no Lua can catch (a task stopped or out of memory) gets its words here, so that
 * every job is answered once (R11). */
#include "script/state.h"

#include "base/err.h"
#include "script/natives.h"
#include "script/state_parts.h"
#include "script/task.h"

#include <errno.h>
#include <stdlib.h>

/* A request ends this long before its tool's time, so that the tool can put it in words. */
#define LAST_WORDS_MS 100

struct job {
    struct mn_task task;
    struct mn_list link; /* in st->jobs; by itself once stopped */
    struct mn_state *st;
    const char *function; /* of run.lua */
    uint32_t ticket;
    bool answered;    /* somebody waits for its result */
    enum mn_job kind; /* unless it is a note */
    int agent, tool;  /* places in the spec */
    const char *note; /* of a note's job; of an own event's, its type */
    char call_id[MN_ID_MAX];
    struct mn_buf given; /* arguments, or a note's JSON */
    int err;
    struct mn_buf text, tools, prompt;
};

static void free_job(struct job *j)
{
    mn_list_remove(&j->link);
    mn_buf_free(&j->given);
    mn_buf_free(&j->text);
    mn_buf_free(&j->tools);
    mn_buf_free(&j->prompt);
    free(j);
}

static struct job *new_job(struct mn_state *st, const char *function, struct mn_str given)
{
    struct job *j = calloc(1, sizeof(*j));

    if (j == NULL)
        return NULL;
    mn_list_init(&j->link);
    j->st = st;
    j->function = function;
    mn_buf_add_str(&j->given, given);
    if (j->given.err == 0)
        return j;
    free_job(j);
    return NULL;
}

static const struct mn_agent_spec *agent_of(const struct job *j)
{
    return &j->st->bundle->spec.agents[j->agent];
}

static bool is_check(const struct job *j)
{
    return j->note == NULL && (j->kind == MN_JOB_CHECK_OUTPUT || j->kind == MN_JOB_CHECK_INPUT);
}

/* One of the agent's as a whole, and of no tool or guardrail. */
static bool is_of_agent(enum mn_job kind)
{
    return kind == MN_JOB_PREPARE || kind == MN_JOB_CALL_START;
}

static void push_str(lua_State *L, struct mn_str s)
{
    lua_pushlstring(L, s.n != 0 ? s.p : "", s.n);
}

static int results_k(lua_State *L, int status, lua_KContext k)
{
    (void)L, (void)status, (void)k;
    return 4;
}

/* The coroutine of a job: run[function](what it needs), giving ok, text, disabled tools, prompt. */
static int body(lua_State *L)
{
    struct job *j = lua_touserdata(L, 1);
    int nargs = 2;

    lua_settop(L, 0);
    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    lua_getfield(L, -1, j->function);
    lua_remove(L, 1);
    if (j->note != NULL) {
        lua_pushstring(L, j->note);
        push_str(L, mn_buf_str(&j->given));
    } else {
        lua_createtable(L, 0, 6);
        push_str(L, agent_of(j)->name);
        lua_setfield(L, -2, "agent");
        lua_pushinteger(L, j->agent);
        lua_setfield(L, -2, "agent_place");
        push_str(L, mn_str(j->call_id));
        lua_setfield(L, -2, "call_id");
        nargs = 1;
    }
    if (is_check(j)) {
        lua_pushboolean(L, j->kind == MN_JOB_CHECK_INPUT);
        lua_setfield(L, -2, "input");
        lua_pushinteger(L, j->tool + 1);
        lua_setfield(L, -2, "place");
        push_str(L, mn_buf_str(&j->given));
        lua_setfield(L, -2, "text");
    } else if (j->note == NULL && j->kind == MN_JOB_CALL_START) {
        push_str(L, mn_buf_str(&j->given));
        lua_setfield(L, -2, "event");
    } else if (j->note == NULL && j->tool >= 0) {
        push_str(L, agent_of(j)->tools[j->tool].name);
        lua_setfield(L, -2, "tool");
        lua_pushinteger(L, j->tool);
        lua_setfield(L, -2, "tool_place");
        push_str(L, mn_buf_str(&j->given));
        lua_setfield(L, -2, "arguments");
    }
    lua_callk(L, nargs, 4, 0, results_k);
    return results_k(L, LUA_OK, 0);
}

/* Whether name is a line of lines. */
static bool is_line(struct mn_str lines, struct mn_str name)
{
    while (lines.n > 0) {
        const char *end = memchr(lines.p, '\n', lines.n);
        size_t n = end != NULL ? (size_t)(end - lines.p) : lines.n;

        if (mn_str_same((struct mn_str){lines.p, n}, name))
            return true;
        lines.p += end != NULL ? n + 1 : n;
        lines.n -= end != NULL ? n + 1 : n;
    }
    return false;
}

static void write_tools(struct job *j, struct mn_str disabled)
{
    const struct mn_agent_spec *agent = agent_of(j);
    const struct mn_tool_text *texts = j->st->bundle->texts[j->agent].tools;
    bool first = true;

    mn_buf_add_byte(&j->tools, '[');
    for (int t = 0; t < agent->ntools; t++) {
        if (agent->tools[t].unlisted || is_line(disabled, agent->tools[t].name))
            continue;
        if (!first)
            mn_buf_add_byte(&j->tools, ',');
        first = false;
        mn_buf_add_str(&j->tools, texts[t].definition);
    }
    mn_buf_add_byte(&j->tools, ']');
}

static struct mn_str string_at(lua_State *co, int index)
{
    struct mn_str s = {0};

    if (lua_type(co, index) == LUA_TSTRING)
        s.p = lua_tolstring(co, index, &s.n);
    return s;
}

/* ok, and of a job that is not: in one word, where it is no failure. */
static int outcome(bool ok, struct mn_str how)
{
    if (ok)
        return 0;
    if (mn_str_is(how, "refused"))
        return MN_EREFUSED;
    return mn_str_is(how, "absent") ? MN_EABSENT : MN_ESCRIPT;
}

static void take(struct mn_task *t, lua_State *co, int n)
{
    struct job *j = mn_container_of(t, struct job, task);

    if (n < 4)
        return;
    j->err = outcome(lua_toboolean(co, -4), string_at(co, -2));
    mn_buf_add_str(&j->text, string_at(co, -3));
    if (j->kind != MN_JOB_PREPARE || j->note != NULL)
        return;
    write_tools(j, string_at(co, -2));
    mn_buf_add_str(&j->prompt, string_at(co, -1));
}

static void answer(struct job *j, int err)
{
    struct mn_state *st = j->st;
    struct mn_job_result result = {.err = err != 0 ? err : j->err};

    if (j->text.err != 0 || j->tools.err != 0 || j->prompt.err != 0)
        result.err = -ENOMEM;
    result.text = mn_buf_str(&j->text);
    result.tools = mn_buf_str(&j->tools);
    result.prompt = mn_buf_str(&j->prompt);
    if (err != 0 || result.err == -ENOMEM)
        result.text = mn_str(j->kind == MN_JOB_PRELUDE && j->note == NULL ? "" : mn_safe_words);
    mn_list_remove(&j->link);
    st->done(st->owner, j->ticket, &result); /* may close st */
}

static void job_done(struct mn_task *t, int err)
{
    struct job *j = mn_container_of(t, struct job, task);
    struct mn_state *st = j->st;
    bool asked = st->vm.idle != NULL; /* else st may be gone after the answer */

    if (j->answered && err != MN_ECANCELED)
        answer(j, err);
    free_job(j);
    if (asked)
        mn_vm_rest(&st->vm);
}

static int start(struct job *j, const char *what, int64_t deadline_ms)
{
    int err;

    j->task.take = take;
    j->task.done = job_done;
    j->task.what = what;
    j->task.call_id = j->call_id;
    j->task.deadline_ms = deadline_ms;
    err = mn_task_start(&j->st->vm, &j->task, body, j);
    if (err != 0)
        free_job(j);
    else if (j->answered)
        mn_list_append(&j->st->jobs, &j->link);
    return err;
}

static const struct mn_guardrail_spec *guardrail_of(const struct job *j)
{
    const struct mn_agent_spec *agent = agent_of(j);

    return &(j->kind == MN_JOB_CHECK_INPUT ? &agent->input_guards : &agent->output_guards)
                ->list[j->tool];
}

/* How many there are of what a job names by its place. */
static int places(const struct mn_agent_spec *agent, enum mn_job job)
{
    if (job == MN_JOB_CHECK_OUTPUT)
        return agent->output_guards.n;
    return job == MN_JOB_CHECK_INPUT ? agent->input_guards.n : agent->ntools;
}

static const char *name_of(const struct job *j)
{
    if (j->kind == MN_JOB_PREPARE)
        return "instructions";
    if (j->kind == MN_JOB_CALL_START)
        return "on.call_start";
    return is_check(j) ? guardrail_of(j)->name.p : agent_of(j)->tools[j->tool].name.p;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What it has by the session's clock; 0: the session tells by itself. */
static int64_t time_of(const struct job *j)
{
    const struct mn_state_limits *limits = &j->st->vm.limits;

    if (is_check(j))
        return guardrail_of(j)->timeout_ms;
    if (j->kind == MN_JOB_CALL_START)
        return limits->call_start_ms;
    if (j->kind == MN_JOB_PRELUDE)
        return least(agent_of(j)->tools[j->tool].timeout_ms, limits->prelude_ms);
    if (j->kind == MN_JOB_TOOL || j->kind == MN_JOB_APPROVAL)
        return agent_of(j)->tools[j->tool].timeout_ms;
    return 0;
}

int mn_state_run(struct mn_state *st, uint32_t ticket, enum mn_job job, int agent, int tool,
                 const char *call_id, struct mn_str arguments)
{
    static const char *const functions[] = {
        [MN_JOB_PREPARE] = "prepare",       [MN_JOB_TOOL] = "tool",
        [MN_JOB_HANDOFF] = "handoff",       [MN_JOB_CHECK_OUTPUT] = "check",
        [MN_JOB_CHECK_INPUT] = "check",     [MN_JOB_APPROVAL] = "approval",
        [MN_JOB_CALL_START] = "call_start", [MN_JOB_PRELUDE] = "prelude"};
    const struct mn_app_spec *spec = &st->bundle->spec;
    int64_t deadline_ms = 0;
    struct job *j;

    if (agent < 0 || agent >= spec->nagents ||
        (!is_of_agent(job) && (tool < 0 || tool >= places(&spec->agents[agent], job))))
        return MN_EABSENT;
    j = new_job(st, functions[job], arguments);
    if (j == NULL)
        return -ENOMEM;
    j->answered = true;
    j->ticket = ticket;
    j->kind = job;
    j->agent = agent;
    j->tool = is_of_agent(job) ? -1 : tool;
    mn_id_copy(j->call_id, mn_str(call_id));
    if (time_of(j) > 0)
        deadline_ms = mn_clock_now(st->vm.clock) + time_of(j) - LAST_WORDS_MS;
    return start(j, name_of(j), deadline_ms);
}

void mn_state_stop(struct mn_state *st, uint32_t ticket)
{
    for (struct mn_list *at = st->jobs.next; at != &st->jobs; at = at->next) {
        struct job *j = mn_container_of(at, struct job, link);

        if (j->ticket == ticket) {
            j->answered = false;
            mn_list_remove(&j->link);
            mn_task_cancel(&j->task);
            return;
        }
    }
}

bool mn_state_wants(const struct mn_state *st, enum mn_note note)
{
    return st->wants[note];
}

void mn_state_note(struct mn_state *st, enum mn_note note, struct mn_str text)
{
    struct job *j;

    if (!st->wants[note])
        return;
    j = new_job(st, "note", text);
    if (j != NULL)
        j->note = mn_state_notes[note];
    if (j == NULL || start(j, mn_state_notes[note], 0) != 0)
        MN_LOG(st->vm.log, ERROR, st->vm.call_id, "an event's handler could not start",
               {"event", mn_str(mn_state_notes[note])});
}

int mn_state_event(struct mn_state *st, const char *type, struct mn_str fields)
{
    struct job *j = new_job(st, "act", fields);

    if (j == NULL)
        return -ENOMEM;
    j->note = type;
    return start(j, type, 0);
}
