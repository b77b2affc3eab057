/* lib_file.c - native.page, main, text, variable: what an app reads while it loads. A check reads
 * and keeps it on the bundle's shelf; a call finds it there. */
#include "base/err.h"
#include "script/dotenv.h"
#include "script/natives.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

/* Stands before a page's first line. In a block with a variable to be closed Lua makes no tail
 * calls, so `return myna.agent {...}` keeps its frame, and a mistake in it its line. */
static const char prefix[] = "local _ <close> = nil; ";

static int keep_bytes(lua_State *L, const void *p, size_t n, void *out)
{
    (void)L;
    return mn_buf_add(out, p, n);
}

/* Compiles source, which is kept for field_line; on success the chunk is pushed and its bytecode
 * kept. */
static int compile(lua_State *L, const char *module, const char *shown, struct mn_buf *source)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_buf code = {0};
    int rc;

    /* "#!..." as a first line is for a shell; luaL_loadbuffer does not skip it. */
    if (source->n > strlen(prefix) && source->p[strlen(prefix)] == '#')
        memcpy(source->p + strlen(prefix), "--", 2); /* over a NUL at worst */
    lua_pushfstring(L, "@%s", shown);
    rc = luaL_loadbufferx(L, source->n != 0 ? source->p : "", source->n, lua_tostring(L, -1), "t");
    lua_remove(L, -2);
    if (mn_shelf_put(&vm->bundle->shelf, MN_SHELF_SOURCE, mn_str(shown), NULL, source) == NULL)
        return luaL_error(L, "not enough memory");
    if (rc != LUA_OK)
        return rc;
    if (lua_dump(L, keep_bytes, &code, 0) != 0 ||
        mn_shelf_put(&vm->bundle->shelf, MN_SHELF_PAGE, mn_str(module), shown, &code) == NULL) {
        mn_buf_free(&code);
        return luaL_error(L, "not enough memory");
    }
    return LUA_OK;
}

/* Reads the page's file from the app's folder, else from lib/. Returns the root it lies in, or NULL
 * with the reason in the scratch buffer. */
static const struct mn_root *read_page(struct mn_vm *vm, const char *path, struct mn_buf *source)
{
    const struct mn_folder *folder = &vm->bundle->folder;
    int err = mn_root_read(&folder->app, path, source, &vm->scratch);

    if (err == 0)
        return &folder->app;
    if (err != MN_EABSENT || folder->lib.real == NULL)
        return NULL;
    mn_buf_clear(&vm->scratch);
    err = mn_root_read(&folder->lib, path, source, &vm->scratch);
    if (err == 0)
        return &folder->lib;
    if (err == MN_EABSENT) {
        mn_buf_clear(&vm->scratch);
        mn_buf_addf(&vm->scratch, "there is no file %s in %s or %s", path, folder->app.shown,
                    folder->lib.shown);
    }
    return NULL;
}

static int push_why(lua_State *L)
{
    struct mn_buf *why = &mn_vm_of(L)->scratch;

    lua_pushnil(L);
    lua_pushlstring(L, why->n != 0 ? why->p : "", why->n);
    return 2;
}

/* A chunk, or nil and what is wrong (with file and line when it is the file's own syntax: true). */
static int push_page(lua_State *L, const char *module, const char *path)
{
    struct mn_vm *vm = mn_vm_of(L);
    const struct mn_shelf_item *page =
        mn_shelf_find(&vm->bundle->shelf, MN_SHELF_PAGE, mn_str(module));
    const struct mn_root *root;
    struct mn_buf source = {0};
    char shown[512];

    if (page != NULL) {
        if (luaL_loadbufferx(L, page->bytes.p, page->bytes.n, module, "b") != LUA_OK)
            return lua_error(L);
        return 1;
    }
    mn_buf_clear(&vm->scratch);
    if (!vm->checking)
        mn_buf_add_text(&vm->scratch, "it was not read when the app was checked");
    mn_buf_add_text(&source, prefix);
    root = vm->checking ? read_page(vm, path, &source) : NULL;
    if (root == NULL) {
        mn_buf_free(&source);
        return push_why(L);
    }
    snprintf(shown, sizeof(shown), "%s%s", root->shown, path);
    if (compile(L, module, shown, &source) == LUA_OK)
        return 1;
    lua_pushnil(L);
    lua_insert(L, -2);
    lua_pushboolean(L, 1);
    return 3;
}

/* page(module) */
static int page(lua_State *L)
{
    const char *module = luaL_checkstring(L, 1);
    char path[256];

    if (snprintf(path, sizeof(path) - 4, "%s", module) >= (int)sizeof(path) - 4)
        return luaL_error(L, "a module's name of over 250 characters");
    for (char *dot = path; (dot = strchr(dot, '.')) != NULL;)
        *dot = '/';
    strncat(path, ".lua", sizeof(path) - strlen(path) - 1);
    return push_page(L, module, path);
}

/* main() is the app's first page. */
static int main_page(lua_State *L)
{
    return push_page(L, " main", mn_vm_of(L)->bundle->folder.main); /* no module's name */
}

/* called() is what an app that gives itself no name is called, and dialled by: its folder, or its
 * file when that is not the folder's agent.lua. */
static int called(lua_State *L)
{
    const struct mn_folder *folder = &mn_vm_of(L)->bundle->folder;
    const char *from = strcmp(folder->main, "agent.lua") == 0 ? folder->app.real : folder->main;
    const char *slash = strrchr(from, '/'), *name = slash != NULL ? slash + 1 : from;
    const char *dot = from == folder->main ? strrchr(name, '.') : NULL;

    lua_pushlstring(L, name, dot != NULL ? (size_t)(dot - name) : strlen(name));
    return 1;
}

/* moved(path, since) gives a text of a newer generation and a number to ask by next time; nothing
 * when there is no newer one than since. */
static int moved(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    const struct mn_shelf_item *item;

    if (vm->texts == NULL || luaL_checkinteger(L, 2) == vm->moves)
        return 0;
    item = mn_shelf_find(&vm->texts->shelf, MN_SHELF_TEXT, mn_str(luaL_checkstring(L, 1)));
    if (item == NULL)
        return 0;
    lua_pushlstring(L, item->bytes.n != 0 ? item->bytes.p : "", item->bytes.n);
    lua_pushinteger(L, vm->moves);
    return 2;
}

/* text(path) gives the bytes and the path as authors see it, or nil and what is wrong. */
static int text(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct mn_vm *vm = mn_vm_of(L);
    const struct mn_folder *folder = &vm->bundle->folder;
    const struct mn_shelf_item *item =
        mn_shelf_find(&vm->bundle->shelf, MN_SHELF_TEXT, mn_str(path));
    struct mn_buf bytes = {0};

    if (item == NULL && vm->checking) {
        mn_buf_clear(&vm->scratch);
        if (mn_root_read(&folder->app, path, &bytes, &vm->scratch) != 0) {
            mn_buf_free(&bytes);
            return push_why(L);
        }
        item = mn_shelf_put(&vm->bundle->shelf, MN_SHELF_TEXT, mn_str(path), NULL, &bytes);
        if (item == NULL)
            return luaL_error(L, "not enough memory");
    }
    if (item == NULL)
        return luaL_error(L,
                          "'%s' was not read when the app was checked: name files at the top "
                          "of a page",
                          path);
    lua_pushlstring(L, item->bytes.n != 0 ? item->bytes.p : "", item->bytes.n);
    lua_pushfstring(L, "%s%s", folder->app.shown, path);
    return 2;
}

static int keep_variable(struct mn_shelf *shelf, const char *name, struct mn_str value)
{
    struct mn_buf bytes = {0};

    mn_buf_add_str(&bytes, value);
    if (bytes.err != 0)
        return -ENOMEM;
    return mn_shelf_put(shelf, MN_SHELF_VARIABLE, mn_str(name), NULL, &bytes) != NULL ? 0 : -ENOMEM;
}

/* What a variable is that nobody has set. Returns 0 or -ENOMEM. */
static int keep_missing(struct mn_shelf *shelf, const char *name)
{
    struct mn_buf value = {0};
    int err;

    mn_buf_addf(&value, "test-%s", name);
    err = value.err != 0 ? value.err : keep_variable(shelf, name, mn_buf_str(&value));
    mn_buf_free(&value);
    return err;
}

/* variable(name, secret, needed): its value, or nil. The process wins over .env. What a call finds
 * is what the check found. In tests one that is needed is never missing. */
static int variable(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1), *value;
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_shelf *shelf = &vm->bundle->shelf;
    const struct mn_shelf_item *item;
    struct mn_buf copy = {0};

    value = vm->checking && !vm->bundle->testing ? getenv(name) : NULL;
    if (value != NULL && mn_shelf_find(shelf, MN_SHELF_VARIABLE, mn_str(name)) == NULL &&
        keep_variable(shelf, name, mn_str(value)) != 0)
        return luaL_error(L, "not enough memory");
    item = mn_shelf_find(shelf, MN_SHELF_VARIABLE, mn_str(name));
    if (item == NULL && vm->checking && vm->bundle->testing && lua_toboolean(L, 3)) {
        if (keep_missing(shelf, name) != 0)
            return luaL_error(L, "not enough memory");
        item = mn_shelf_find(shelf, MN_SHELF_VARIABLE, mn_str(name));
    }
    if (item == NULL)
        return 0;
    if (lua_toboolean(L, 2) && vm->checking &&
        mn_shelf_find(shelf, MN_SHELF_SECRET, mn_str(name)) == NULL) {
        mn_buf_add_str(&copy, mn_buf_str(&item->bytes));
        if (copy.err != 0 ||
            mn_shelf_put(shelf, MN_SHELF_SECRET, mn_str(name), NULL, &copy) == NULL)
            return luaL_error(L, "not enough memory");
    }
    lua_pushlstring(L, item->bytes.n != 0 ? item->bytes.p : "", item->bytes.n);
    return 1;
}

void mn_lib_file(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"page", page},   {"main", main_page},    {"called", called}, {"text", text},
        {"moved", moved}, {"variable", variable}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
