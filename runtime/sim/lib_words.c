/* lib_words.c - native of a scenario's verbs, the rest: JSON, places in files, dates, near words.
 */
#include "base/nearest.h"
#include "script/convert.h"
#include "sim/scenario_parts.h"

#include <lauxlib.h>

#define NEAREST_MAX 64

static int encode(lua_State *L)
{
    struct mn_buf *text = &mn_play_of(L)->text;

    luaL_checkany(L, 1);
    mn_buf_clear(text);
    mn_to_json(L, 1, "value", text);
    if (text->err != 0)
        return luaL_error(L, "not enough memory");
    mn_push_str(L, mn_buf_str(text));
    return 1;
}

/* decode(text): the value, or nothing when it is not JSON. */
static int decode(lua_State *L)
{
    struct mn_json_fault why;

    return mn_push_json_with(L, mn_check_str(L, 1), &mn_play_of(L)->scratch, &why) == 0 ? 1 : 0;
}

/* nearest(word, words) */
static int nearest(lua_State *L)
{
    const char *words[NEAREST_MAX + 1], *near;
    int n = 0;

    luaL_checktype(L, 2, LUA_TTABLE);
    for (lua_Integer i = 1; n < NEAREST_MAX && lua_geti(L, 2, i) == LUA_TSTRING; i++) {
        words[n++] = lua_tostring(L, -1); /* the list holds it */
        lua_pop(L, 1);
    }
    words[n] = NULL;
    near = mn_nearest(mn_check_str(L, 1), words);
    lua_pushstring(L, near);
    return 1;
}

static bool is_authors(const lua_Debug *ar)
{
    return ar->source[0] == '@' && strncmp(ar->source, "@lua/myna/", strlen("@lua/myna/")) != 0;
}

/* where(): "file:line" of the innermost frame that is the author's, or nothing. */
static int where(lua_State *L)
{
    lua_Debug ar;

    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (is_authors(&ar) && ar.currentline > 0) {
            lua_pushfstring(L, "%s:%d", ar.source + 1, ar.currentline);
            return 1;
        }
    }
    return 0;
}

/* traceback(): the author's frames, a line each. */
static int traceback(lua_State *L)
{
    luaL_Buffer b;
    lua_Debug ar;

    luaL_buffinit(L, &b);
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (!is_authors(&ar) || ar.currentline <= 0)
            continue;
        lua_pushfstring(L, "    %s:%d\n", ar.source + 1, ar.currentline);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    return 1;
}

/* unix(year, month, day, hour, minute, second) in the app's time zone. */
static int unix_time(lua_State *L)
{
    struct tm tm = {.tm_isdst = -1};

    tm.tm_year = (int)luaL_checkinteger(L, 1) - 1900;
    tm.tm_mon = (int)luaL_checkinteger(L, 2) - 1;
    tm.tm_mday = (int)luaL_checkinteger(L, 3);
    tm.tm_hour = (int)luaL_checkinteger(L, 4);
    tm.tm_min = (int)luaL_checkinteger(L, 5);
    tm.tm_sec = (int)luaL_checkinteger(L, 6);
    lua_pushinteger(L, mn_bundle_unix(mn_play_of(L)->bundle, &tm));
    return 1;
}

static const luaL_Reg functions[] = {
    {"encode", encode},       {"decode", decode},  {"nearest", nearest}, {"where", where},
    {"traceback", traceback}, {"unix", unix_time}, {NULL, NULL},
};

void mn_lib_words(struct mn_play *p)
{
    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
    mn_push_null(p->L);
    lua_setfield(p->L, -2, "null");
}
