/* play.c - the Lua state of a scenario: what its file may reach, and running the file.
 *
 * DESIGN  Two environments, as in script/sandbox.c: the file sees some of the standard libraries
 * and a `require` for myna.test; the verbs see `native` as well. */
#include "sim/scenario_parts.h"

#include "base/embedded.h"
#include "base/err.h"
#include "base/file.h"
#include "script/convert.h"
#include "script/natives.h"

#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#define VERBS_ENV "myna.test.env"
#define LOADED    "myna.test.loaded"

/* A scenario of an hour takes some ten million; past this many it is a loop without an end. */
#define INSTRUCTIONS_MAX  200000000
#define INSTRUCTIONS_STEP 1000000

/* A scenario with its records holds some MB. */
#define MEMORY_MAX (256 << 20)

/* Collect when memory has grown to four times: most scenarios end before that. */
#define GC_PAUSE 400

#define FILE_MAX (1 << 20) /* bytes; as the files of an app */

extern const struct mn_embedded mn_test_sdk[];

static const luaL_Reg allowed[] = {
    {LUA_GNAME, luaopen_base},
    {LUA_COLIBNAME, luaopen_coroutine},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_UTF8LIBNAME, luaopen_utf8},
    {NULL, NULL},
};

static const char *const removed[] = {"dofile", "loadfile", "load", "collectgarbage", NULL};

static void *allocate(void *play, void *p, size_t had, size_t size)
{
    struct mn_play *owner = play;
    void *grown;

    had = p != NULL ? had : 0; /* else it is a kind of object */
    if (size == 0) {
        mn_pool_give(&owner->pool, p, had);
        owner->bytes -= had;
        return NULL;
    }
    if (size > had && owner->bytes - had + size > MEMORY_MAX)
        return NULL;
    grown = mn_pool_resize(&owner->pool, p, had, size);
    if (grown != NULL)
        owner->bytes = owner->bytes - had + size;
    return grown;
}

/* Lua's own counter is not readable: the hook counts its steps in the extra space of the state. */
static void on_count(lua_State *L, lua_Debug *ar)
{
    size_t *steps = lua_getextraspace(L);

    (void)ar;
    if (++*steps > INSTRUCTIONS_MAX / INSTRUCTIONS_STEP)
        luaL_error(L, "the scenario ran %d million instructions without an end",
                   INSTRUCTIONS_MAX / 1000000);
}

/* The place of a module in mn_test_sdk, or -1. */
static int find_embedded(const char *module)
{
    char path[128];
    size_t n = strlen(module);

    if ((size_t)snprintf(path, sizeof(path), "%s.lua", module) >= sizeof(path))
        return -1;
    for (size_t i = 0; i < n; i++)
        path[i] = path[i] == '.' ? '/' : path[i];
    for (int i = 0; mn_test_sdk[i].path != NULL && i < MN_VERBS_FILES; i++) {
        if (strcmp(mn_test_sdk[i].path, path) == 0)
            return i;
    }
    return -1;
}

static int keep_code(lua_State *L, const void *p, size_t n, void *out)
{
    (void)L;
    return mn_buf_add(out, p, n);
}

/* Pushes the chunk of one of the verbs' files, in their environment. */
static void push_verbs(lua_State *L, struct mn_verbs_code *code, int i)
{
    const struct mn_embedded *file = &mn_test_sdk[i];
    struct mn_buf *kept = &code->files[i];
    bool is_new = kept->n == 0;

    lua_pushfstring(L, "@lua/%s", file->path);
    if (luaL_loadbufferx(L, is_new ? file->bytes : kept->p, is_new ? file->size : kept->n,
                         lua_tostring(L, -1), is_new ? "t" : "b") != LUA_OK)
        lua_error(L);
    lua_remove(L, -2);
    if (is_new && lua_dump(L, keep_code, kept, 0) != 0)
        mn_buf_free(kept); /* it is compiled again then */
    lua_getfield(L, LUA_REGISTRYINDEX, VERBS_ENV);
    lua_setupvalue(L, -2, 1);
}

/* require(module): the verbs' own files, each run once. */
static int require_verbs(lua_State *L)
{
    const char *module = luaL_checkstring(L, 1);
    int i = find_embedded(module);

    if (i < 0)
        return luaL_error(L, "there is no module '%s'", module);
    lua_getfield(L, LUA_REGISTRYINDEX, LOADED);
    if (lua_getfield(L, -1, module) != LUA_TNIL)
        return 1;
    lua_pop(L, 1);
    push_verbs(L, lua_touserdata(L, lua_upvalueindex(1)), i);
    lua_call(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, module);
    return 1;
}

/* What the author's own file may require: the language, and nothing of its inside. */
static int require_author(lua_State *L)
{
    const char *module = luaL_checkstring(L, 1);

    if (strcmp(module, "myna.test") != 0)
        return luaL_error(L, "a scenario can require \"myna.test\" only, not '%s'", module);
    return require_verbs(L); /* with the same upvalue */
}

static void open_libraries(lua_State *L, uint64_t seed)
{
    for (const luaL_Reg *lib = allowed; lib->func != NULL; lib++) {
        luaL_requiref(L, lib->name, lib->func, 1);
        lua_pop(L, 1);
    }
    for (const char *const *name = removed; *name != NULL; name++) {
        lua_pushnil(L);
        lua_setglobal(L, *name);
    }
    lua_getglobal(L, LUA_MATHLIBNAME);
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)seed);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
    lua_pushglobaltable(L);
    mn_lib_ordered(L);
    lua_pop(L, 1);
    luaL_newmetatable(L, MN_ARRAY_MT);
    lua_pop(L, 1);
}

static void open_verbs(lua_State *L, struct mn_play *p)
{
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LOADED);
    lua_newtable(L);
    lua_newtable(L);
    mn_lib_stage(p);
    mn_lib_words(p);
    mn_lib_trouble(p);
    mn_lib_tools(p);
    mn_lib_sound(p);
    mn_lib_reload(p);
    mn_lib_api(p);
    lua_setfield(L, -2, "native");
    lua_pushlightuserdata(L, p->code);
    lua_pushcclosure(L, require_verbs, 1);
    lua_setfield(L, -2, "require");
    lua_newtable(L);
    lua_pushglobaltable(L);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, VERBS_ENV);
    lua_pushlightuserdata(L, p->code);
    lua_pushcclosure(L, require_author, 1);
    lua_setglobal(L, "require");
}

struct opening {
    struct mn_play *play;
    const char *path;
    struct mn_str source;
    uint64_t seed;
};

/* Scenarios as data, for machines that write them. */
static bool is_json(const char *path)
{
    size_t n = strlen(path);

    return n > 5 && strcmp(path + n - 5, ".json") == 0;
}

/* Its argument is an opening. */
static int run_file(lua_State *L)
{
    const struct opening *o = lua_touserdata(L, 1);

    open_libraries(L, o->seed);
    open_verbs(L, o->play);
    lua_pushlightuserdata(L, o->play->code);
    lua_pushcclosure(L, require_verbs, 1);
    lua_pushliteral(L, "myna.test.run");
    lua_call(L, 1, 0);
    lua_sethook(L, on_count, LUA_MASKCOUNT, INSTRUCTIONS_STEP);
    if (is_json(o->path)) {
        mn_play_push(o->play, "json");
        lua_pushstring(L, o->path);
        mn_push_str(L, o->source);
        lua_call(L, 2, 0);
        return 0;
    }
    lua_pushfstring(L, "@%s", o->path);
    if (luaL_loadbufferx(L, o->source.n != 0 ? o->source.p : "", o->source.n, lua_tostring(L, -1),
                         "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 0);
    return 0;
}

int mn_play_open(struct mn_play *p, struct mn_verbs_code *code, struct mn_bundle *bundle,
                 const char *path, uint64_t seed, struct mn_buf *why)
{
    struct mn_buf source = {0};
    struct opening opening = {.play = p, .path = path, .seed = seed};
    int err = mn_file_read(&source, path, FILE_MAX);

    *p = (struct mn_play){.bundle = bundle, .code = code, .path = path};
    if (err != 0) {
        mn_buf_addf(why, "%s: %s", path, mn_strerror(err));
        goto done;
    }
    p->L = lua_newstate(allocate, p);
    if (p->L == NULL) {
        err = -ENOMEM;
        goto done;
    }
    *(size_t *)lua_getextraspace(p->L) = 0;
    lua_gc(p->L, LUA_GCINC, GC_PAUSE, 0, 0);
    opening.source = mn_buf_str(&source);
    lua_pushcfunction(p->L, run_file);
    lua_pushlightuserdata(p->L, &opening);
    if (lua_pcall(p->L, 1, 0, 0) != LUA_OK) {
        err = MN_ESCRIPT;
        mn_buf_add_text(why, luaL_tolstring(p->L, -1, NULL));
    }
done:
    mn_buf_free(&source);
    return err;
}

void mn_play_push(struct mn_play *p, const char *function)
{
    lua_getfield(p->L, LUA_REGISTRYINDEX, LOADED);
    lua_getfield(p->L, -1, "myna.test.run");
    lua_getfield(p->L, -1, function);
    lua_replace(p->L, -3);
    lua_pop(p->L, 1);
}

void mn_play_close(struct mn_play *p)
{
    if (p->L != NULL)
        lua_close(p->L);
    mn_pool_close(&p->pool);
    mn_bundle_drop(p->own);
    mn_buf_free(&p->text);
    mn_buf_free(&p->scratch);
}
