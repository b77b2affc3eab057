/* lib_order.c - native.order(word, text) and native.of_tool(word, call_id, text): orders to the
 * conversation, through the ports. */
#include "base/err.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

/* True, or nil and why not. */
static int push_done(lua_State *L, int err)
{
    if (err == 0) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

static void must_run(lua_State *L, const char *word)
{
    if (mn_vm_of(L)->loading)
        luaL_error(
            L,
            "ctx:%s cannot be used while a file is loading: use it in a function that is given ctx",
            word);
}

static int order(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    const char *word = luaL_checkstring(L, 1);
    struct mn_str text;
    int err = MN_ECLOSED;

    text.p = luaL_optlstring(L, 2, "", &text.n);
    must_run(L, word);
    if (vm->ports != NULL && vm->ports->order != NULL)
        err = vm->ports->order(vm->ports->owner, word, text);
    return push_done(L, err);
}

static int of_tool(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    const char *word = luaL_checkstring(L, 1);
    struct mn_str call_id, text;
    int err = MN_ECLOSED;

    call_id.p = luaL_checklstring(L, 2, &call_id.n);
    text.p = luaL_optlstring(L, 3, "", &text.n);
    must_run(L, word);
    if (vm->ports != NULL && vm->ports->of_tool != NULL)
        err = vm->ports->of_tool(vm->ports->owner, word, call_id, text);
    return push_done(L, err);
}

/* trace(point): for records. */
static int trace(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_str point;

    point.p = luaL_checklstring(L, 1, &point.n);
    must_run(L, "trace");
    if (vm->ports != NULL && vm->ports->trace != NULL)
        vm->ports->trace(vm->ports->owner, point);
    return 0;
}

void mn_lib_order(lua_State *L)
{
    lua_pushcfunction(L, of_tool);
    lua_setfield(L, -2, "of_tool");
    lua_pushcfunction(L, trace);
    lua_setfield(L, -2, "trace");
    lua_pushcfunction(L, order);
    lua_setfield(L, -2, "order");
}
