/* sandbox.c - the state: which standard libraries a script gets, which of their functions are ours,
 * and how the SDK's own files are required.
 *
 * DESIGN  Two environments. Authors' pages see the globals: the libraries allowed, some functions
 * replaced. The SDK's files see those through an environment of their own, which adds `native` and
 * a `require` for its files; nothing of it is reachable from a page. */
#include "script/sandbox.h"

#include "base/embedded.h"
#include "base/err.h"
#include "script/convert.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

#define SDK_ENV    "myna.sdk.env"
#define SDK_LOADED "myna.sdk.loaded"

extern const struct mn_embedded mn_sdk[];

static const luaL_Reg allowed[] = {
    {LUA_GNAME, luaopen_base},
    {LUA_COLIBNAME, luaopen_coroutine},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_UTF8LIBNAME, luaopen_utf8},
    {NULL, NULL},
};

/* Of the base library: what loads code or steers the collector. */
static const char *const removed[] = {"dofile", "loadfile", "load", "collectgarbage", "warn", NULL};

typedef void lib(lua_State *L);
static lib *const natives[] = {
    mn_lib_await, mn_lib_all,   mn_lib_bytes,   mn_lib_semaphore, mn_lib_call,  mn_lib_event,
    mn_lib_field, mn_lib_file,  mn_lib_history, mn_lib_http,      mn_lib_json,  mn_lib_log,
    mn_lib_order, mn_lib_play,  mn_lib_served,  mn_lib_shared,    mn_lib_sleep, mn_lib_spawn,
    mn_lib_time,  mn_lib_store, mn_lib_mail,    mn_lib_picture,   mn_lib_index, mn_lib_stream,
    mn_lib_token, mn_lib_calls,
};
static lib *const replaced[] = {mn_lib_base, mn_lib_string, mn_lib_table, mn_lib_coroutine};

static int keep_bytes(lua_State *L, const void *p, size_t n, void *out)
{
    (void)L;
    return mn_buf_add(out, p, n);
}

/* Keeps a file's chunk on the bundle's shelf without lines and names, which would cost every call
 * 30 KB. */
static void compile(lua_State *L, const struct mn_embedded *file)
{
    struct mn_shelf *shelf = &mn_vm_of(L)->bundle->shelf;
    struct mn_str module = {file->path, strlen(file->path) - strlen(".lua")};
    struct mn_buf code = {0};

    lua_pushfstring(L, "@lua/%s", file->path);
    if (luaL_loadbufferx(L, file->bytes, file->size, lua_tostring(L, -1), "t") != LUA_OK)
        lua_error(L);
    if (lua_dump(L, keep_bytes, &code, 1) != 0 ||
        mn_shelf_put(shelf, MN_SHELF_SDK, module, NULL, &code) == NULL) {
        mn_buf_free(&code);
        luaL_error(L, "not enough memory");
    }
    lua_pop(L, 2);
}

int mn_sandbox_compile(lua_State *L)
{
    for (const struct mn_embedded *file = mn_sdk; file->path != NULL; file++)
        compile(L, file);
    return 0;
}

/* Pushes the chunk of an SDK file: "myna.tool" is kept as myna/tool. */
static void push_sdk(lua_State *L, const char *module)
{
    const char *path = luaL_gsub(L, module, ".", "/");
    const struct mn_shelf_item *page =
        mn_shelf_find(&mn_vm_of(L)->bundle->shelf, MN_SHELF_SDK, mn_str(path));

    lua_pop(L, 1);
    if (page == NULL)
        luaL_error(L, "the SDK has no file '%s'", module);
    else if (luaL_loadbufferx(L, page->bytes.p, page->bytes.n, module, "b") != LUA_OK)
        lua_error(L);
}

/* require for the SDK's own files. */
static int require_sdk(lua_State *L)
{
    const char *module = luaL_checkstring(L, 1);

    lua_settop(L, 1);
    lua_getfield(L, LUA_REGISTRYINDEX, SDK_LOADED);
    if (lua_getfield(L, 2, module) != LUA_TNIL)
        return 1;
    push_sdk(L, module);
    lua_getfield(L, LUA_REGISTRYINDEX, SDK_ENV);
    lua_setupvalue(L, -2, 1);
    lua_call(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, module);
    return 1;
}

static void open_libraries(lua_State *L, uint64_t seed)
{
    for (const luaL_Reg *open = allowed; open->name != NULL; open++) {
        luaL_requiref(L, open->name, open->func, 1);
        lua_pop(L, 1);
    }
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)seed);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
    for (const char *const *name = removed; *name != NULL; name++) {
        lua_pushnil(L);
        lua_setglobal(L, *name);
    }
}

/* The environment of the SDK: native and require, then the authors' globals. */
static void open_sdk(lua_State *L)
{
    lua_newtable(L);
    lua_newtable(L);
    lua_pushglobaltable(L);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_newtable(L);
    for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++)
        natives[i](L);
    lua_setfield(L, -2, "native");
    lua_pushcfunction(L, require_sdk);
    lua_setfield(L, -2, "require");
    lua_setfield(L, LUA_REGISTRYINDEX, SDK_ENV);
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, SDK_LOADED);
}

int mn_sandbox_open(lua_State *L)
{
    uint64_t seed = *(uint64_t *)lua_touserdata(L, 1);

    open_libraries(L, seed);
    for (size_t i = 0; i < sizeof(replaced) / sizeof(replaced[0]); i++) {
        lua_pushglobaltable(L);
        replaced[i](L);
        lua_pop(L, 1);
    }
    if (mn_vm_of(L)->limits.ordered) {
        lua_pushglobaltable(L);
        mn_lib_ordered(L);
        lua_pop(L, 1);
    }
    luaL_newmetatable(L, MN_ARRAY_MT); /* its __name is MN_ARRAY_MT */
    lua_pushliteral(L, "list");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    open_sdk(L);
    return 0;
}

int mn_sandbox_load(lua_State *L)
{
    lua_pushcfunction(L, require_sdk);
    lua_pushstring(L, "myna.run");
    lua_call(L, 1, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    lua_getfield(L, -1, "load");
    lua_call(L, 0, 0);
    return 0;
}
