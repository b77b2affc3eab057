/* settings_file.c - runs myna.lua in a bare state and hands its table to the option table. */
#include "script/settings_file.h"

#include "base/err.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A settings file is a table; a million instructions are far more than one needs. */
#define INSTRUCTIONS 1000000

struct page {
    const char *path;
    const struct mn_option *table;
    void *target;
    struct mn_buf *why;
    int err;
};

static void on_count(lua_State *L, lua_Debug *at)
{
    (void)at;
    luaL_error(L, "it runs too long; a settings file returns a table");
}

/* env(name [, default]): a variable that is missing and has no default is a mistake, by name. */
static int env(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1), *value = getenv(name);

    if (value == NULL && lua_isnoneornil(L, 2))
        return luaL_error(L, "the variable %s is not set", name);
    if (value != NULL)
        lua_pushstring(L, value);
    else
        lua_pushvalue(L, 2);
    return 1;
}

/* Lua's own messages begin with file and line already. */
static void complain(struct page *p, const char *sentence)
{
    bool placed = strncmp(sentence, p->path, strlen(p->path)) == 0;

    p->err = MN_ECONFIG;
    mn_buf_addf(p->why, "%s%s%s\n", placed ? "" : p->path, placed ? "" : ": ", sentence);
}

/* The value as a flag would be written; NULL when it is none. Pushes what it returns. */
static const char *as_text(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return lua_pushstring(L, lua_toboolean(L, index) ? "on" : "off");
    case LUA_TNUMBER:
    case LUA_TSTRING:
        lua_pushvalue(L, index);
        return lua_tostring(L, -1);
    default:
        lua_pushnil(L);
        return NULL;
    }
}

static void set(lua_State *L, struct page *p)
{
    char name[64], from[512];
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    const char *value = as_text(L, lua_gettop(L));
    int err;

    snprintf(name, sizeof(name), "%s", key);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '_' ? '-' : *c;
    snprintf(from, sizeof(from), "%s: %s", p->path, key);
    if (value == NULL) {
        snprintf(from, sizeof(from), "%s: expected a string, number or boolean", key);
        complain(p, from);
    } else {
        err = mn_options_set(p->table, p->target, name, value, from, p->why);
        if (err != 0) {
            mn_buf_add_byte(p->why, '\n');
            p->err = err;
        }
    }
    lua_pop(L, 1);
}

static int run(lua_State *L)
{
    struct page *p = lua_touserdata(L, 1);

    lua_sethook(L, on_count, LUA_MASKCOUNT, INSTRUCTIONS);
    if (luaL_loadfilex(L, p->path, "t") != LUA_OK)
        return lua_error(L);
    lua_newtable(L);
    lua_pushcfunction(L, env);
    lua_setfield(L, -2, "env");
    lua_setupvalue(L, -2, 1); /* _ENV */
    lua_call(L, 0, 1);
    if (!lua_istable(L, -1))
        return luaL_error(L, "it must return a table of options");
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
        set(L, p);
    return 0;
}

int mn_settings_file(const char *path, const struct mn_option *table, void *target,
                     struct mn_buf *why)
{
    struct page p = {.path = path, .table = table, .target = target, .why = why};
    lua_State *L;

    if (access(path, R_OK) != 0)
        return -errno;
    L = luaL_newstate();
    if (L == NULL)
        return -ENOMEM;
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &p);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        complain(&p, lua_tostring(L, -1));
    lua_close(L);
    return p.err;
}
