/* lib_call.c - native.checking, loading, load, nearest, notes, meta, user, first_state,
 * stand_in, usage: what the SDK asks about the state it runs in. */
#include "base/nearest.h"
#include "core/session.h"
#include "script/convert.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

#define WORDS_MAX 128

const char mn_safe_words[] = "This did not work just now. Tell the caller so, in your own words.";

static int checking(lua_State *L)
{
    lua_pushboolean(L, mn_vm_of(L)->checking);
    return 1;
}

static int loading(lua_State *L)
{
    lua_pushboolean(L, mn_vm_of(L)->loading);
    return 1;
}

/* load(f): what f gives, which runs as the files of an app do: it waits for nothing, and words that
 * belong to the top of a file may stand in it. Raises what it raises. */
static int load(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    bool was = vm->loading;
    int rc;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    vm->loading = true;
    rc = lua_pcall(L, 0, 1, 0);
    vm->loading = was;
    return rc == LUA_OK ? 1 : lua_error(L);
}

/* nearest(word, words): the one that was probably meant, or nil. */
static int nearest(lua_State *L)
{
    const char *words[WORDS_MAX + 1], *found;
    struct mn_str word;
    int n = 0;

    word.p = luaL_checklstring(L, 1, &word.n);
    luaL_checktype(L, 2, LUA_TTABLE);
    for (; n < WORDS_MAX && lua_rawgeti(L, 2, n + 1) == LUA_TSTRING; n++) {
        words[n] = lua_tostring(L, -1);
        lua_pop(L, 1); /* anchored by the list */
    }
    words[n] = NULL;
    found = mn_nearest(word, words);
    if (found == NULL)
        return 0;
    lua_pushstring(L, found);
    return 1;
}

/* notes(): the names `on` may hold. */
static int notes(lua_State *L)
{
    static const char *const names[] = {
#define X(name, wire, members) wire,
        MN_NOTE_MAP(X)
#undef X
    };
    lua_Integer n = 0;

    lua_newtable(L);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

static int push_given(lua_State *L, struct mn_str text)
{
    struct mn_json_fault fault;

    if (text.n == 0)
        return 0;
    if (mn_push_json(L, text, &fault) != 0)
        return luaL_error(L, "what the call was opened with is not JSON: %s", fault.what);
    return 1;
}

static int meta(lua_State *L)
{
    return push_given(L, mn_vm_of(L)->meta);
}

static int user(lua_State *L)
{
    return push_given(L, mn_vm_of(L)->user);
}

/* first_state(): what ctx.state begins with beside what the app says; or nil. */
static int first_state(lua_State *L)
{
    return push_given(L, mn_vm_of(L)->state);
}

/* stand_in(tool, arguments): what a test's own function gives instead of the tool, as JSON: { value
 * =, words = } or { error = }; nil when none stands in. */
static int stand_in(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_str tool, arguments;
    bool found;

    tool.p = luaL_checklstring(L, 1, &tool.n);
    arguments.p = luaL_checklstring(L, 2, &arguments.n);
    if (vm->ports == NULL || vm->ports->stand_in == NULL)
        return 0;
    mn_buf_clear(&vm->scratch);
    found = vm->ports->stand_in(vm->ports->owner, tool, arguments, &vm->scratch);
    if (!found)
        return 0;
    if (vm->scratch.err != 0)
        return luaL_error(L, "not enough memory");
    lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
    return 1;
}

/* usage(): what the call has used so far, as a table. */
static int usage(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_writer w = mn_writer(&vm->scratch);
    struct mn_str text;

    mn_buf_clear(&vm->scratch);
    mn_write_open(&w, NULL, '{');
    if (vm->ports != NULL && vm->ports->usage != NULL)
        vm->ports->usage(vm->ports->owner, &w);
    mn_write_close(&w);
    if (vm->scratch.err != 0)
        return luaL_error(L, "not enough memory");
    text.p = lua_pushlstring(L, vm->scratch.p, vm->scratch.n); /* decoding needs the scratch */
    text.n = vm->scratch.n;
    return push_given(L, text);
}

/* shown(): the app's first page, as authors see it. */
static int shown(lua_State *L)
{
    const struct mn_folder *folder = &mn_vm_of(L)->bundle->folder;

    lua_pushfstring(L, "%s%s", folder->app.shown, folder->main);
    return 1;
}

/* limit(): bytes a tool's result may have. */
static int limit(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)mn_vm_of(L)->limits.result_bytes);
    return 1;
}

void mn_lib_call(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"checking", checking}, {"loading", loading}, {"nearest", nearest},
        {"notes", notes},       {"meta", meta},       {"user", user},
        {"shown", shown},       {"limit", limit},     {"first_state", first_state},
        {"stand_in", stand_in}, {"usage", usage},     {"load", load},
        {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
    lua_pushstring(L, mn_safe_words);
    lua_setfield(L, -2, "safe_words");
}
