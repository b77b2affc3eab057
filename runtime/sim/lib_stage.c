/* lib_stage.c - native of a scenario's verbs, the stage: time, the caller, the model, the app.
 * Small and ugly; lua/myna/test gives it manners, lua/meta/native_test.lua types. */
#include "base/err.h"
#include "script/convert.h"
#include "sim/scenario_parts.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#define HEADERS_MAX 16

static struct mn_stage *stage_of(lua_State *L)
{
    return mn_play_stage(L, mn_play_of(L));
}

static void push_json(lua_State *L, struct mn_str json)
{
    struct mn_json_fault why;

    if (mn_push_json_with(L, json, &mn_play_of(L)->scratch, &why) != 0)
        luaL_error(L, "a record that is not JSON: %s", why.what);
}

/* --- time and records --- */

static int now(lua_State *L)
{
    struct mn_stage *stage = mn_play_of(L)->stage;

    lua_pushinteger(L, stage != NULL ? mn_stage_now(stage) : 0);
    return 1;
}

/* begin(): the caller calls; true, or false and why not. */
static int begin(lua_State *L)
{
    int err = mn_stage_begin(stage_of(L));

    lua_pushboolean(L, err == 0);
    if (err == 0)
        return 1;
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

/* step(until_ms, item?): moves time to the next record; with an item, listens from it on. */
static int step(lua_State *L)
{
    struct mn_play *p = mn_play_of(L);
    lua_Integer until_ms = luaL_checkinteger(L, 1), item = luaL_optinteger(L, 2, 0);
    int found;

    if (p->standing_in)
        return luaL_error(L, "time does not move inside a function that stands in for a tool");
    p->moving = L;
    found = item > 0 ? mn_stage_listen(stage_of(L), until_ms, (int)item - 1)
                     : mn_stage_step(stage_of(L), until_ms);
    p->moving = NULL;
    lua_pushboolean(L, found > 0);
    if (found >= 0)
        return 1;
    lua_pushliteral(L, "time stands still: something starts again for the same moment, for ever");
    return 2;
}

static int records(lua_State *L)
{
    lua_pushinteger(L, mn_stage_records(stage_of(L)));
    return 1;
}

static const struct mn_record *check_record(lua_State *L)
{
    struct mn_stage *stage = stage_of(L);
    lua_Integer i = luaL_checkinteger(L, 1);

    luaL_argcheck(L, i >= 1 && i <= mn_stage_records(stage), 1, "no such record");
    return mn_stage_record(stage, (int)i - 1);
}

/* record(i), from 1: when, which lane, and of a note its name. */
static int record(lua_State *L)
{
    const struct mn_record *r = check_record(L);
    struct mn_str head = MN_STR("{\"note\":\""), text = mn_buf_str(&r->text);

    lua_pushinteger(L, r->at_ms);
    lua_pushstring(L, mn_lane_name(r->lane));
    if (r->lane != MN_LANE_NOTE || !mn_str_starts(text, head))
        return 2;
    lua_pushlstring(L, text.p + head.n, strcspn(text.p + head.n, "\""));
    return 3;
}

/* value(i): what it says. */
static int value(lua_State *L)
{
    push_json(L, mn_buf_str(&check_record(L)->text));
    return 1;
}

static int is_over(lua_State *L)
{
    const struct mn_call *call = mn_stage_call(stage_of(L));

    lua_pushboolean(L, call == NULL || mn_call_is_over(call));
    return 1;
}

static int is_idle(lua_State *L)
{
    lua_pushboolean(L, mn_stage_idle(stage_of(L)));
    return 1;
}

/* --- the caller --- */

/* True, or false and why not. */
static int push_done(lua_State *L, int err)
{
    lua_pushboolean(L, err == 0);
    if (err == 0)
        return 1;
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

static int speak(lua_State *L)
{
    struct mn_str words = mn_check_str(L, 1);

    return push_done(L, mn_stage_speak(stage_of(L), words, luaL_checkinteger(L, 2)));
}

static int hold(lua_State *L)
{
    struct mn_str words = mn_check_str(L, 1);

    return push_done(L, mn_stage_hold(stage_of(L), words, luaL_checkinteger(L, 2)));
}

/* speaking(): whether, and for how many ms still. */
static int is_speaking(lua_State *L)
{
    struct mn_stage *stage = stage_of(L);

    lua_pushboolean(L, mn_stage_speaking(stage));
    if (!lua_toboolean(L, -1))
        return 1;
    lua_pushinteger(L, mn_stage_words_end(stage) - mn_stage_now(stage));
    return 2;
}

static int send(lua_State *L)
{
    return push_done(L, mn_stage_send(stage_of(L), mn_check_str(L, 1)));
}

static int hang_up(lua_State *L)
{
    mn_stage_hang_up(stage_of(L));
    return 0;
}

static int unheard(lua_State *L)
{
    lua_pushinteger(L, mn_stage_unheard(stage_of(L)));
    return 1;
}

static int items(lua_State *L)
{
    lua_pushinteger(L, mn_stage_items(stage_of(L)));
    return 1;
}

/* heard(i), from 1. */
static int heard(lua_State *L)
{
    struct mn_stage *stage = stage_of(L);
    lua_Integer i = luaL_checkinteger(L, 1);
    struct mn_heard it;

    luaL_argcheck(L, i >= 1 && i <= mn_stage_items(stage), 1, "no such item");
    it = mn_stage_heard(stage, (int)i - 1);
    lua_createtable(L, 0, 8); /* the verbs add two */
    mn_push_str(L, it.words);
    lua_setfield(L, -2, "words");
    lua_pushinteger(L, (lua_Integer)it.bytes);
    lua_setfield(L, -2, "bytes");
    lua_pushinteger(L, it.began_ms);
    lua_setfield(L, -2, "began_ms");
    lua_pushinteger(L, it.ms);
    lua_setfield(L, -2, "ms");
    lua_pushboolean(L, it.cut);
    lua_setfield(L, -2, "cut");
    lua_pushstring(L, it.item);
    lua_setfield(L, -2, "item");
    return 1;
}

/* amount(i), from 1: mn_stage_amount of items from there on. */
static int amount(lua_State *L)
{
    lua_Integer i = luaL_checkinteger(L, 1);

    luaL_argcheck(L, i >= 1, 1, "items are counted from 1");
    lua_pushinteger(L, (lua_Integer)mn_stage_amount(stage_of(L), (int)i - 1));
    return 1;
}

/* --- the model --- */

/* The output on top of the stack: { says =, lasts = } or { calls =, arguments = }. */
static int add_output(lua_State *L, struct mn_sim_outputs *outputs)
{
    int is_call = lua_getfield(L, -1, "calls") != LUA_TNIL, err;
    struct mn_str name = {0}, text;

    if (is_call)
        name = mn_check_str(L, -1);
    if (is_call && name.n > MN_SIM_NAME_MAX)
        return luaL_error(L, "a tool's name is at most %d characters", MN_SIM_NAME_MAX);
    lua_getfield(L, -2, is_call ? "arguments" : "says");
    text = mn_check_str(L, -1);
    lua_getfield(L, -3, "lasts");
    err = is_call ? mn_sim_call(outputs, name, text)
                  : mn_sim_say(outputs, text, luaL_optinteger(L, -1, 0));
    lua_pop(L, 3);
    return err;
}

static int close_outputs(lua_State *L)
{
    mn_sim_outputs_free(lua_touserdata(L, 1));
    return 0;
}

static int is_asked(lua_State *L)
{
    lua_pushboolean(L, mn_stage_asked(stage_of(L)));
    return 1;
}

struct mn_sim_outputs *mn_check_outputs(lua_State *L, int list)
{
    struct mn_sim_outputs *outputs = lua_newuserdatauv(L, sizeof(*outputs), 0);

    *outputs = (struct mn_sim_outputs){0};
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, close_outputs);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    for (lua_Integer i = 1; lua_geti(L, list, i) != LUA_TNIL; i++) {
        if (add_output(L, outputs) != 0)
            luaL_error(L, "one response holds at most %d outputs", MN_SIM_OUTPUTS_MAX);
        lua_pop(L, 1);
    }
    return outputs;
}

/* answer(outputs): false when nobody asks any more. */
static int answer(lua_State *L)
{
    struct mn_stage *stage = stage_of(L);

    lua_pushboolean(L, mn_stage_answer(stage, mn_check_outputs(L, 1)));
    return 1;
}

/* improvise(): the stand-in answers instead. False when nobody asks any more. */
static int improvise(lua_State *L)
{
    lua_pushboolean(L, mn_stage_improvise(stage_of(L)));
    return 1;
}

static const struct mn_app_spec *spec_of(lua_State *L)
{
    return mn_bundle_spec(mn_play_of(L)->bundle);
}

/* The active agent, or NULL once the call is over. */
static const struct mn_agent_spec *agent_of(lua_State *L)
{
    struct mn_call *call = mn_stage_call(stage_of(L));

    return call != NULL ? &spec_of(L)->agents[mn_session_agent(mn_call_session(call))] : NULL;
}

static int agent(lua_State *L)
{
    const struct mn_agent_spec *active = agent_of(L);

    if (active == NULL)
        return 0;
    mn_push_str(L, active->name);
    return 1;
}

/* handoffs(): { { agent =, tool = }, ... } of the active agent. */
static int handoffs(lua_State *L)
{
    const struct mn_agent_spec *active = agent_of(L);
    lua_Integer n = 0;

    lua_newtable(L);
    for (int i = 0; active != NULL && i < active->ntools; i++) {
        if (active->tools[i].kind != MN_TOOL_HANDOFF)
            continue;
        lua_createtable(L, 0, 2);
        mn_push_str(L, spec_of(L)->agents[active->tools[i].target].name);
        lua_setfield(L, -2, "agent");
        mn_push_str(L, active->tools[i].name);
        lua_setfield(L, -2, "tool");
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* --- the app --- */

/* reply(id, { status, headers, body } or { err }, delay_ms) */
static int reply(lua_State *L)
{
    struct mn_header headers[HEADERS_MAX];
    struct mn_http_answer http = {.headers = headers};
    lua_Integer id = luaL_checkinteger(L, 1), delay_ms = luaL_checkinteger(L, 3);

    if (lua_getfield(L, 2, "err") != LUA_TNIL)
        http.err_code = http.err_message = luaL_checkstring(L, -1);
    lua_getfield(L, 2, "status");
    http.status = (int)luaL_optinteger(L, -1, 0);
    if (lua_getfield(L, 2, "body") != LUA_TNIL)
        http.body = mn_check_str(L, -1);
    if (lua_getfield(L, 2, "headers") == LUA_TTABLE) {
        int list = lua_gettop(L);

        luaL_checkstack(L, 2 * HEADERS_MAX, NULL);
        for (; http.nheaders < HEADERS_MAX; http.nheaders++) { /* the strings stay on the stack */
            if (lua_geti(L, list, 2 * http.nheaders + 1) == LUA_TNIL)
                break;
            lua_geti(L, list, 2 * http.nheaders + 2);
            headers[http.nheaders] = (struct mn_header){mn_check_str(L, -2), mn_check_str(L, -1)};
        }
    }
    lua_pushboolean(L, mn_stage_reply(stage_of(L), (int)id, &http, delay_ms));
    return 1;
}

/* approve(call_id, approved, why): false when no such call waits. */
static int approve(lua_State *L)
{
    struct mn_call *call = mn_stage_call(stage_of(L));
    int err = call != NULL ? mn_call_approve(call, mn_check_str(L, 1), lua_toboolean(L, 2),
                                             mn_check_str(L, 3))
                           : MN_ECLOSED;

    lua_pushboolean(L, err == 0);
    return 1;
}

static int state(lua_State *L)
{
    struct mn_call *call = mn_stage_call(stage_of(L));
    struct mn_buf *text = &mn_play_of(L)->text;

    mn_buf_clear(text);
    if (call == NULL || mn_call_state(call) == NULL ||
        mn_state_dump(mn_call_state(call), text) != 0)
        return 0;
    push_json(L, mn_buf_str(text));
    return 1;
}

static int history(lua_State *L)
{
    struct mn_call *call = mn_stage_call(stage_of(L));
    struct mn_buf *text = &mn_play_of(L)->text;

    mn_buf_clear(text);
    if (call == NULL || mn_session_history(mn_call_session(call), 0, text) != 0)
        return 0;
    push_json(L, mn_buf_str(text));
    return 1;
}

static int tasks(lua_State *L)
{
    struct mn_call *call = mn_stage_call(stage_of(L));
    struct mn_state *script = call != NULL ? mn_call_state(call) : NULL;

    lua_pushinteger(L, script != NULL ? mn_state_tasks(script) : 0);
    return 1;
}

/* left(): in words, what a call that is over still holds; or nothing. */
static int left(lua_State *L)
{
    const char *what = mn_stage_left(stage_of(L));

    if (what == NULL)
        return 0;
    lua_pushstring(L, what);
    return 1;
}

static const luaL_Reg functions[] = {
    {"begin", begin},     {"now", now},
    {"step", step},       {"records", records},
    {"record", record},   {"value", value},
    {"over", is_over},    {"idle", is_idle},
    {"speak", speak},     {"speaking", is_speaking},
    {"hold", hold},       {"send", send},
    {"hang_up", hang_up}, {"unheard", unheard},
    {"items", items},     {"heard", heard},
    {"asked", is_asked},  {"answer", answer},
    {"agent", agent},     {"handoffs", handoffs},
    {"reply", reply},     {"approve", approve},
    {"state", state},     {"history", history},
    {"tasks", tasks},     {"improvise", improvise},
    {"amount", amount},   {"left", left},
    {NULL, NULL},
};

void mn_lib_stage(struct mn_play *p)
{
    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
}
