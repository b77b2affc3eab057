/* lib_ordered.c - pairs, next and tostring that do not depend on where memory lies: for tests,
 * which must give the same record each time.
 *
 * Keys come in order: false, true, numbers, texts by their bytes. Keys that are objects come last,
 * as Lua has them. Objects are shown by the order in which they were first shown: "table: 1". */
#include "script/natives.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN "myna.shown" /* registry: object to number, weak; its count at [0] */

struct key {
    int rank; /* by type */
    lua_Number number;
    const char *text; /* anchored by the table, and by the list of keys */
    size_t bytes;
    int place; /* as Lua has them */
};

static struct key key_at(lua_State *L, int index)
{
    struct key k = {.rank = 4};

    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        k.rank = lua_toboolean(L, index);
        break;
    case LUA_TNUMBER:
        k.rank = 2;
        k.number = lua_tonumber(L, index);
        break;
    case LUA_TSTRING:
        k.rank = 3;
        k.text = lua_tolstring(L, index, &k.bytes);
        break;
    default:
        break;
    }
    return k;
}

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = 0;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->rank == 2 && x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->rank == 3)
        order = memcmp(x->text, y->text, x->bytes < y->bytes ? x->bytes : y->bytes);
    if (order == 0 && x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return order != 0 ? order : x->place - y->place;
}

/* Pushes the list of the table's keys, in order. */
static void push_keys(lua_State *L, int table)
{
    struct key *keys;
    int n = 0, raw, count = 0;

    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1))
        count++;
    keys = lua_newuserdatauv(L, sizeof(*keys) * (size_t)(count + 1), 0);
    lua_createtable(L, count, 0);
    raw = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
        keys[n] = key_at(L, -2);
        n++;
        keys[n - 1].place = n;
        lua_pushvalue(L, -2);
        lua_rawseti(L, raw, n);
    }
    if (n > 1)
        qsort(keys, (size_t)n, sizeof(*keys), compare);
    lua_createtable(L, n, 0);
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, raw, keys[i].place);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, raw - 1);
    lua_settop(L, raw - 1);
}

/* Upvalues: the keys, and how many were given. A key whose value has gone is passed over. */
static int step(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));

    lua_settop(L, 1);
    for (;;) {
        lua_settop(L, 1);
        if (lua_rawgeti(L, lua_upvalueindex(1), ++i) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL)
            break;
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(2));
    return 2;
}

static int ordered_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    push_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, step, 2);
    lua_pushvalue(L, 1);
    return 2;
}

/* next(t, key): looks for the key, so that it costs the whole table each time. */
static int ordered_next(lua_State *L)
{
    lua_Integer i = 0;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    push_keys(L, 1);
    if (!lua_isnil(L, 2)) {
        for (bool found = false; !found; lua_settop(L, 3)) {
            if (lua_rawgeti(L, 3, ++i) == LUA_TNIL)
                return luaL_error(L, "invalid key to 'next'");
            found = lua_rawequal(L, 2, -1);
        }
    }
    if (lua_rawgeti(L, 3, i + 1) == LUA_TNIL)
        return 1;
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

static bool has_address(lua_State *L, int index)
{
    int type = lua_type(L, index);
    bool own;

    if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TTHREAD &&
        type != LUA_TUSERDATA && type != LUA_TLIGHTUSERDATA)
        return false;
    own = luaL_getmetafield(L, index, "__tostring") != LUA_TNIL;
    if (own)
        lua_pop(L, 1);
    return !own;
}

/* Pushes what an object is shown as. */
static void push_shown(lua_State *L, int index)
{
    const char *name = luaL_typename(L, index);

    index = lua_absindex(L, index);
    lua_getfield(L, LUA_REGISTRYINDEX, SHOWN);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_rawgeti(L, -1, 0);
        lua_pushinteger(L, lua_tointeger(L, -1) + 1);
        lua_replace(L, -2);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, 0);
        lua_pushvalue(L, index);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_pushfstring(L, "%s: %I", name, (LUAI_UACINT)lua_tointeger(L, -1));
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static int show(lua_State *L)
{
    luaL_checkany(L, 1);
    if (has_address(L, 1))
        push_shown(L, 1);
    else
        luaL_tolstring(L, 1, NULL);
    return 1;
}

/* string.format; the stock one is the upvalue. */
static int format(lua_State *L)
{
    for (int i = 2; i <= lua_gettop(L); i++) {
        if (has_address(L, i)) {
            push_shown(L, i);
            lua_replace(L, i);
        }
    }
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void mn_lib_ordered(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"pairs", ordered_pairs}, {"next", ordered_next}, {"tostring", show}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
    lua_getfield(L, -1, "string");
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, format, 1);
    lua_setfield(L, -2, "format");
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, SHOWN);
}
