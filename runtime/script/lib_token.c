/* lib_token.c - native.token(json): a key for one caller, by its port. Nothing waits. */
#include "base/err.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

/* Gives JSON; or nil and why not. */
static int token(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_str ask;
    struct mn_buf why = {0};
    int err = MN_ECLOSED;

    ask.p = luaL_checklstring(L, 1, &ask.n);
    mn_buf_clear(&vm->scratch);
    if (vm->ports != NULL && vm->ports->token != NULL)
        err = vm->ports->token(vm->ports->owner, ask, &vm->scratch, &why);
    else
        mn_buf_add_text(&why, "there are no tokens here");
    if (err == 0) {
        lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
        mn_buf_free(&why);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, why.n != 0 ? why.p : mn_strerror(err)); /* short: Lua has memory for it */
    mn_buf_free(&why);
    return 2;
}

void mn_lib_token(lua_State *L)
{
    lua_pushcfunction(L, token);
    lua_setfield(L, -2, "token");
}
