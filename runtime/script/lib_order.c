/* lib_order.c - native.order(word, text): an order to the conversation, through the ports. */
#include "base/err.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

/* Returns true, or nil and why not. */
static int order(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    const char *word = luaL_checkstring(L, 1);
    struct mn_str text;
    int err = MN_ECLOSED;

    text.p = luaL_optlstring(L, 2, "", &text.n);
    if (vm->loading)
        return luaL_error(L, "ctx:%s cannot be used while a file is loading", word);
    if (vm->ports != NULL && vm->ports->order != NULL)
        err = vm->ports->order(vm->ports->owner, word, text);
    if (err == 0) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

void mn_lib_order(lua_State *L)
{
    lua_pushcfunction(L, order);
    lua_setfield(L, -2, "order");
}
