/* lib_string.c - string functions with limits, because the watchdog cannot stop C.
 *
 * WHY  No hook fires inside a C function: ("a"):rep(220):find(("a-"):rep(4).."b") was measured to
 * hold the loop for 32 s. Sizes are bounded here; the steps of a pattern are not, so a pattern with
 * several lazy or greedy items over a long text can still be slow. */
#include "script/natives.h"

#include <lauxlib.h>

#define REP_MAX (1 << 20) /* bytes string.rep may make */
#define SUBJECT_MAX                                                                                \
    (1 << 20) /* bytes a pattern is matched against; an HTTP body's default limit                  \
               */
#define PATTERN_MAX 256

static int stock(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int rep(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 2);
    size_t len, sep;

    luaL_checklstring(L, 1, &len);
    luaL_optlstring(L, 3, "", &sep);
    if (n < 1 || len + sep == 0) { /* the stock one counts to n even for nothing */
        lua_pushliteral(L, "");
        return 1;
    }
    if ((size_t)n > REP_MAX / (len + sep))
        return luaL_error(L, "string.rep: the result would be over 1 MB");
    return stock(L);
}

static int matched(lua_State *L)
{
    size_t subject, pattern;

    luaL_checklstring(L, 1, &subject);
    luaL_checklstring(L, 2, &pattern);
    if (subject > SUBJECT_MAX)
        return luaL_error(L, "string.%s: the text is over 1 MB",
                          lua_tostring(L, lua_upvalueindex(2)));
    if (pattern > PATTERN_MAX && !lua_toboolean(L, 4)) /* find's "plain" */
        return luaL_error(L, "string.%s: the pattern is over %d bytes",
                          lua_tostring(L, lua_upvalueindex(2)), PATTERN_MAX);
    return stock(L);
}

void mn_lib_string(lua_State *L)
{
    static const char *const patterns[] = {"find", "match", "gmatch", "gsub"};

    lua_getfield(L, -1, "string");
    lua_getfield(L, -1, "rep");
    lua_pushcclosure(L, rep, 1);
    lua_setfield(L, -2, "rep");
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        lua_getfield(L, -1, patterns[i]);
        lua_pushstring(L, patterns[i]);
        lua_pushcclosure(L, matched, 2);
        lua_setfield(L, -2, patterns[i]);
    }
    lua_pushnil(L); /* bytecode is not for scripts */
    lua_setfield(L, -2, "dump");
    lua_pop(L, 1);
    lua_pushliteral(L, ""); /* the metatable all strings share */
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}
