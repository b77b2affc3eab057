/* lib_reload.c - native.reload: the app is read again while the scenario's call goes on (R60). */
#include "sim/scenario_parts.h"
#include "sim/stage.h"

/* reload(path, text): as if that file of the app had been edited so. Returns true, or nil and what
 * is wrong with the app now; then the call goes on as it was. */
static int reload(lua_State *L)
{
    struct mn_play *p = mn_play_of(L);
    struct mn_call *call = mn_stage_call(mn_play_stage(L, p));
    struct mn_bundle_edit edit;
    struct mn_bundle *newer;

    edit.path.p = luaL_checklstring(L, 1, &edit.path.n);
    edit.text.p = luaL_checklstring(L, 2, &edit.text.n);
    mn_buf_clear(&p->text);
    if (mn_bundle_load_again(&newer, p->bundle, &edit, &p->text) != 0) {
        lua_pushnil(L);
        lua_pushlstring(L, p->text.n > 0 ? p->text.p : "", p->text.n);
        return 2;
    }
    if (call != NULL)
        mn_call_move(call, newer);
    mn_bundle_drop(newer);
    lua_pushboolean(L, 1);
    return 1;
}

void mn_lib_reload(struct mn_play *p)
{
    static const luaL_Reg functions[] = {{"reload", reload}, {NULL, NULL}};

    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
}
