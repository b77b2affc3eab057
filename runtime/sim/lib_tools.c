/* lib_tools.c - native of a scenario's verbs, the app's tools: their names, one run alone,
 * functions of the scenario that stand in for them. */
#include "base/err.h"
#include "sim/scenario_parts.h"

#include <lauxlib.h>

#define STAND_IN "myna.test.stand_in" /* registry: the verbs' function(tool, arguments) */

/* tools(): the names of all agents' tools, each agent's in a row, text agents' last. */
static int tools(lua_State *L)
{
    const struct mn_app_spec *app = mn_bundle_spec(mn_play_of(L)->bundle);
    const struct mn_tool_spec *tool;
    lua_Integer n = 0;

    lua_newtable(L);
    for (int a = 0; a < app->nagents; a++) {
        for (int t = 0; t < app->agents[a].ntools; t++) {
            if (app->agents[a].tools[t].kind == MN_TOOL_HANDOFF)
                continue;
            mn_push_str(L, app->agents[a].tools[t].name);
            lua_rawseti(L, -2, ++n);
        }
    }
    for (int i = 0; (tool = mn_bundle_text_tool(mn_play_of(L)->bundle, i)) != NULL; i++) {
        mn_push_str(L, tool->name);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

/* run_alone(tool, arguments): true, or false and why not. */
static int run_alone(lua_State *L)
{
    struct mn_str tool = mn_check_str(L, 1), arguments = mn_check_str(L, 2);
    int err = mn_stage_run_alone(mn_play_stage(L, mn_play_of(L)), tool, arguments);

    lua_pushboolean(L, err == 0);
    if (err == 0)
        return 1;
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

/* Calls the verbs' function in the state that moves time, which waits inside native.step. */
static bool ask(void *play, struct mn_str tool, struct mn_str arguments, struct mn_buf *out)
{
    struct mn_play *p = play;
    lua_State *L = p->moving;
    bool found;

    if (L == NULL || !lua_checkstack(L, 8))
        return false;
    p->standing_in = true;
    lua_getfield(L, LUA_REGISTRYINDEX, STAND_IN);
    mn_push_str(L, tool);
    mn_push_str(L, arguments);
    found = lua_pcall(L, 2, 1, 0) == LUA_OK && lua_type(L, -1) == LUA_TSTRING;
    p->standing_in = false;
    if (found)
        mn_buf_add_str(out, mn_check_str(L, -1));
    lua_pop(L, 1);
    return found;
}

/* stand_in(function(tool, arguments)): it gives JSON, or nil when it stands in for nothing. */
static int stand_in(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, STAND_IN);
    mn_stage_stand_in(mn_play_stage(L, mn_play_of(L)), ask, mn_play_of(L));
    return 0;
}

static const luaL_Reg functions[] = {
    {"tools", tools},
    {"run_alone", run_alone},
    {"stand_in", stand_in},
    {NULL, NULL},
};

void mn_lib_tools(struct mn_play *p)
{
    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
}
