/* lib_trouble.c - native of a scenario's verbs, what goes wrong on request: the model, its dials,
 * the caller's network. */
#include "base/err.h"
#include "sim/scenario_parts.h"

#include <errno.h>
#include <lauxlib.h>

#define TIMES_MAX 1000000 /* dials refused in a row: all there are */

/* True, or false and why not. */
static int push_done(lua_State *L, int err)
{
    lua_pushboolean(L, err == 0);
    if (err == 0)
        return 1;
    lua_pushstring(L, err == MN_ECLOSED ? "no model is connected" : mn_strerror(err));
    return 2;
}

/* fault("stall:3000"): as mn_sim_fault_read has it. */
static int fault(lua_State *L)
{
    struct mn_play *p = mn_play_of(L);
    enum mn_sim_fault which;
    struct mn_str text;
    int64_t number;

    if (!mn_sim_fault_read(mn_check_str(L, 1), &which, &number, &text))
        return push_done(L, -EINVAL);
    return push_done(L, mn_stage_fault(mn_play_stage(L, p), which, number, text));
}

/* faults(): the names of all of them. */
static int faults(lua_State *L)
{
    lua_createtable(L, MN_SIM_FAULTS, 0);
    for (int i = 0; i < MN_SIM_FAULTS; i++) {
        lua_pushstring(L, mn_sim_fault_name(i));
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* refuse(status, body, times) the next dials. */
static int refuse(lua_State *L)
{
    struct mn_play *p = mn_play_of(L);
    lua_Integer status = luaL_checkinteger(L, 1);
    lua_Integer times = luaL_optinteger(L, 3, TIMES_MAX);

    luaL_argcheck(L, status >= 0 && status <= 599, 1, "expected an HTTP status, or 0");
    luaL_argcheck(L, times >= 0 && times <= TIMES_MAX, 3, "out of range");
    return push_done(
        L, mn_stage_refuse(mn_play_stage(L, p), (int)status, mn_check_str(L, 2), (int)times));
}

/* vanish(): the caller's network breaks, without a word. */
static int vanish(lua_State *L)
{
    mn_stage_vanish(mn_play_stage(L, mn_play_of(L)));
    return 0;
}

/* returns(token): true, or nil and why. */
static int returns(lua_State *L)
{
    struct mn_str token = {0};

    token.p = luaL_checklstring(L, 1, &token.n);
    if (mn_stage_return(mn_play_stage(L, mn_play_of(L)), token) == 0) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushliteral(L, "the call does not wait any more");
    return 2;
}

static const luaL_Reg functions[] = {
    {"fault", fault},   {"faults", faults},   {"refuse", refuse},
    {"vanish", vanish}, {"returns", returns}, {NULL, NULL},
};

void mn_lib_trouble(struct mn_play *p)
{
    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
}
