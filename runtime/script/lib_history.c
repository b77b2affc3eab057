/* lib_history.c - native.history(last): the call's items, through the ports. */
#include "base/err.h"
#include "script/convert.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

struct text {
    struct mn_buf bytes;
};

static int collect(lua_State *L)
{
    mn_buf_free(&((struct text *)lua_touserdata(L, 1))->bytes);
    return 0;
}

/* Returns a list of items, oldest first. */
static int history(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    lua_Integer last = luaL_optinteger(L, 1, 0);
    struct mn_json_fault fault;
    struct text *items;
    int err = MN_ECLOSED;

    luaL_argcheck(L, last >= 0 && last <= 100000, 1, "expected 0 to 100000");
    items = lua_newuserdatauv(L, sizeof(*items), 0); /* freed also when decoding raises */
    items->bytes = (struct mn_buf){.limit = vm->limits.memory_bytes};
    luaL_setmetatable(L, "myna.history.items");
    if (vm->ports != NULL && vm->ports->history != NULL)
        err = vm->ports->history(vm->ports->owner, (int)last, &items->bytes);
    if (err != 0)
        return luaL_error(L, "the history cannot be read: %s", mn_strerror(err));
    if (mn_push_json(L, mn_buf_str(&items->bytes), &fault) != 0)
        return luaL_error(L, "the history cannot be read: %s", fault.what);
    mn_buf_free(&items->bytes);
    return 1;
}

void mn_lib_history(lua_State *L)
{
    luaL_newmetatable(L, "myna.history.items");
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, history);
    lua_setfield(L, -2, "history");
}
