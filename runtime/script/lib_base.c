/* lib_base.c - setmetatable without finalizers, random numbers without chance while loading. */
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

/* The stock function, which has no upvalues, is the upvalue of the one that replaces it. */
static int stock(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int set_metatable(lua_State *L)
{
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "setmetatable: __gc is refused; use <close>");
        lua_settop(L, 2);
    }
    return stock(L);
}

static int not_while_loading(lua_State *L)
{
    if (mn_vm_of(L)->loading)
        return luaL_error(L,
                          "math.%s cannot be used while a file is loading: use it in a function "
                          "that is given ctx",
                          lua_tostring(L, lua_upvalueindex(2)));
    lua_pushvalue(L, lua_upvalueindex(1)); /* called as it is: it has upvalues of its own */
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

void mn_lib_base(lua_State *L)
{
    static const char *const chance[] = {"random", "randomseed"};

    lua_getfield(L, -1, "setmetatable");
    lua_pushcclosure(L, set_metatable, 1);
    lua_setfield(L, -2, "setmetatable");
    lua_getfield(L, -1, "math");
    for (size_t i = 0; i < sizeof(chance) / sizeof(chance[0]); i++) {
        lua_getfield(L, -1, chance[i]);
        lua_pushstring(L, chance[i]);
        lua_pushcclosure(L, not_while_loading, 2);
        lua_setfield(L, -2, chance[i]);
    }
    lua_pop(L, 1);
}
