/* lib_table.c - table functions whose loops are in C, with a limit on how far they count: no hook
 * stops table.move({}, 1, 1e15, 2), nor an insert into a table whose __len says 1e15. */
#include "script/natives.h"

#include <lauxlib.h>

#define COUNT_MAX 1000000
#define SORT_MAX  20000 /* elements: some 8 ms without a comparator, less than a slice */

static int stock(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int move(lua_State *L)
{
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3);

    if (to >= from && (lua_Unsigned)to - (lua_Unsigned)from >= COUNT_MAX)
        return luaL_error(L, "table.move: over 1,000,000 elements");
    return stock(L);
}

static int counted(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
        return luaL_error(L, "table.%s: a table with __len is refused",
                          lua_tostring(L, lua_upvalueindex(2)));
    return stock(L);
}

static int sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_rawlen(L, 1) > SORT_MAX)
        return luaL_error(L, "table.sort: over 20,000 elements");
    return counted(L);
}

void mn_lib_table(lua_State *L)
{
    static const char *const by_length[] = {"insert", "remove", "concat"};

    lua_getfield(L, -1, "table");
    lua_getfield(L, -1, "move");
    lua_pushcclosure(L, move, 1);
    lua_setfield(L, -2, "move");
    for (size_t i = 0; i < sizeof(by_length) / sizeof(by_length[0]); i++) {
        lua_getfield(L, -1, by_length[i]);
        lua_pushstring(L, by_length[i]);
        lua_pushcclosure(L, counted, 2);
        lua_setfield(L, -2, by_length[i]);
    }
    lua_getfield(L, -1, "sort");
    lua_pushliteral(L, "sort");
    lua_pushcclosure(L, sort, 2);
    lua_setfield(L, -2, "sort");
    lua_pop(L, 1);
}
