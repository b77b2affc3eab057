/* lib_log.c - native.log, where and traceback: what an author's words and errors become. */
#include "script/natives.h"
#include "script/trace.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <string.h>

#define FIELDS_MAX 12

static void put(struct mn_vm *vm, enum mn_log_level level, const char *text,
                const struct mn_field *fields)
{
    if (vm->log->level <= level)
        mn_log_line(vm->log, level, vm->call_id[0] != '\0' ? vm->call_id : NULL, text, fields);
}

/* log(level, text, names, values, own): two lists of strings as fields, of which the first so many
 * are the author's own. Of the others only an error's words are not ours. */
static int lib_log(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_field fields[FIELDS_MAX + 1] = {{0}};
    enum mn_log_level level = (enum mn_log_level)luaL_checkinteger(L, 1);
    struct mn_buf *text = &vm->scratch;
    int n = 0, own;

    mn_buf_clear(text);
    mn_buf_add_text(text, luaL_checkstring(L, 2));
    mn_trace_mask(vm, text);
    own = (int)luaL_optinteger(L, 5, 0);
    lua_settop(L, 4);
    for (; n < FIELDS_MAX && lua_istable(L, 3) && lua_rawgeti(L, 3, n + 1) == LUA_TSTRING; n++) {
        fields[n].key = lua_tostring(L, -1);
        lua_pop(L, 1); /* anchored by its list */
        fields[n].words = n < own                               ? MN_WORDS_AUTHOR
                          : strcmp(fields[n].key, "error") == 0 ? MN_WORDS_THROWN
                                                                : MN_WORDS_BY_KEY;
        lua_rawgeti(L, 4, n + 1);
        fields[n].s.p = luaL_checklstring(L, -1, &fields[n].s.n);
        lua_pop(L, 1);
    }
    put(vm, level, text->n != 0 ? text->p : "", fields);
    return 0;
}

/* mask(text): secrets' values as their names. */
static int mask(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);

    mn_buf_clear(&vm->scratch);
    mn_buf_add_text(&vm->scratch, luaL_checkstring(L, 1));
    mn_trace_mask(vm, &vm->scratch);
    lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
    return 1;
}

/* where() is the author's line that runs now, as "file:line", or nil. */
static int where(lua_State *L)
{
    char at[512];

    if (!mn_trace_where(L, at, sizeof(at)))
        return 0;
    lua_pushstring(L, at);
    return 1;
}

/* defined(f): where a function begins, as "file:line". */
static int defined(lua_State *L)
{
    lua_Debug ar;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_getinfo(L, ">S", &ar);
    lua_pushfstring(L, "%s:%d", ar.source + 1, ar.linedefined);
    return 1;
}

/* traceback(message): the message and the author's frames that run now. */
static int traceback(lua_State *L)
{
    struct mn_buf *text = &mn_vm_of(L)->scratch;

    mn_buf_clear(text);
    mn_trace(L, luaL_checkstring(L, 1), text);
    lua_pushlstring(L, text->n != 0 ? text->p : "", text->n);
    return 1;
}

/* place(message): the message with the author's line before it. */
static int place(lua_State *L)
{
    struct mn_buf *text = &mn_vm_of(L)->scratch;

    mn_buf_clear(text);
    mn_trace_place(L, luaL_checkstring(L, 1), text);
    lua_pushlstring(L, text->n != 0 ? text->p : "", text->n);
    return 1;
}

void mn_lib_log(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"log", lib_log},     {"mask", mask},           {"where", where}, {"place", place},
        {"defined", defined}, {"traceback", traceback}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
