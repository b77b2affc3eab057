/* lib_shared.c - native.shared(word, key, value, ttl_ms): the app's dictionary on this worker, by
 * its port. Nothing waits: it is memory of this thread. */
#include "base/err.h"
#include "script/natives.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>

static const struct {
    int err;
    const char *why;
} whys[] = {
    {MN_EABSENT, "absent"},
    {-EEXIST, "exists"},
    {MN_EPROTOCOL, "not a number"},
    {MN_ELIMIT, "too large"},
};

static const char *why_of(int err)
{
    for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
        if (whys[i].err == err)
            return whys[i].why;
    }
    return mn_strerror(err);
}

/* Gives JSON ("" when there is nothing to tell); or nil and why not. */
static int shared(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_shared_ask ask = {.word = luaL_checkstring(L, 1)};
    int err;

    ask.key.p = luaL_checklstring(L, 2, &ask.key.n);
    ask.value.p = luaL_optlstring(L, 3, "", &ask.value.n);
    ask.ttl_ms = luaL_optinteger(L, 4, 0);
    if (vm->loading)
        return luaL_error(L, "myna.shared cannot be used while a file is loading");
    mn_buf_clear(&vm->scratch);
    err = vm->ports != NULL && vm->ports->shared != NULL
              ? vm->ports->shared(vm->ports->owner, &ask, &vm->scratch)
              : MN_ECLOSED;
    if (err != 0) {
        lua_pushnil(L);
        lua_pushstring(L, why_of(err));
        return 2;
    }
    lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
    return 1;
}

void mn_lib_shared(lua_State *L)
{
    lua_pushcfunction(L, shared);
    lua_setfield(L, -2, "shared");
}
