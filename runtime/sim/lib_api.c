/* lib_api.c - native of a scenario's verbs, what stands beside the model: text responses,
 * moderation, the mail server. */
#include "base/err.h"
#include "sim/scenario_parts.h"

#include <lauxlib.h>

/* answer_api(id, outputs or nil, delay_ms): its status and body; nothing when nobody waits. */
static int answer_api(lua_State *L)
{
    struct mn_stage *stage = mn_play_stage(L, mn_play_of(L));
    lua_Integer id = luaL_checkinteger(L, 1), delay_ms = luaL_checkinteger(L, 3);
    struct mn_sim_outputs *outputs = lua_isnil(L, 2) ? NULL : mn_check_outputs(L, 2);
    struct mn_buf *body = &mn_play_of(L)->text;
    int status;

    mn_buf_clear(body);
    status = mn_stage_answer_api(stage, (int)id, outputs, delay_ms, body);
    if (status == 0)
        return 0;
    lua_pushinteger(L, status);
    mn_push_str(L, mn_buf_str(body));
    return 2;
}

/* flag(words, category): true, or false and why not. */
static int flag(lua_State *L)
{
    struct mn_stage *stage = mn_play_stage(L, mn_play_of(L));
    int err = mn_stage_flag(stage, mn_check_str(L, 1), mn_check_str(L, 2));

    lua_pushboolean(L, err == 0);
    if (err == 0)
        return 1;
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

/* refuse_mails(why, times): the next mails are given up. */
static int refuse_mails(lua_State *L)
{
    struct mn_stage *stage = mn_play_stage(L, mn_play_of(L));

    if (mn_stage_refuse_mails(stage, mn_check_str(L, 1), (int)luaL_checkinteger(L, 2)) != 0)
        return luaL_error(L, "not enough memory");
    return 0;
}

static const luaL_Reg functions[] = {
    {"answer_api", answer_api}, {"flag", flag}, {"refuse_mails", refuse_mails}, {NULL, NULL}};

void mn_lib_api(struct mn_play *p)
{
    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
}
