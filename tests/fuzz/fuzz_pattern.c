/* fuzz_pattern.c - the input is a word for what to do, a pattern, a replacement and a text: Lua's
 * own string functions and ours give the same values and raise the same errors, to the byte. Only
 * where ours is stopped for its many steps Lua's own is not asked. */
#include "fuzz.h"

#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#define SLICE 20000 /* instructions: what Lua's own matches as well in some ms */

/* Calls one of the four in each way there is; what it gave becomes one string. */
static const char driver[] =
    "local what, p, repl, text, init = ...\n"
    "local function flat(...)\n"
    "  local out = table.pack(...)\n"
    "  for i = 1, out.n do out[i] = math.type(out[i]) == nil and type(out[i]) .. ':' ..\n"
    "    tostring(out[i]) or 'n' .. out[i] end\n"
    "  return table.concat(out, '\\1')\n"
    "end\n"
    "local ways = {\n"
    "  function() return flat(text:find(p, init)) end,\n"
    "  function() return flat(text:match(p, init)) end,\n"
    "  function() local out = {}\n"
    "    local step = text:gmatch(p, init)\n"
    "    for i = 1, 300 do local got = flat(step()) out[i] = got\n"
    "      if got:sub(1, 3) == 'nil' or got == '' then break end end\n"
    "    return table.concat(out, '\\2') end,\n"
    "  function() return flat(text:gsub(p, repl)) end,\n"
    "  function() return flat(text:gsub(p, repl, init)) end,\n"
    "  function() return flat(text:gsub(p, { [repl] = 'T', a = 1, b = false })) end,\n"
    "  function() return flat(text:gsub(p, function(...)\n"
    "    return (select('#', ...) + init) % 3 > 0 and flat(...) end)) end,\n"
    "  function() return flat(text:find(p, init, true)) end,\n"
    "}\n"
    "return ways[what % #ways + 1]()";

static struct mn_vm vm; /* of ours: only what the natives look at */

static void *allocate(void *ud, void *old, size_t old_size, size_t size)
{
    (void)ud, (void)old_size;
    if (size != 0)
        return realloc(old, size);
    free(old);
    return NULL;
}

static void open_libraries(lua_State *L)
{
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    lua_settop(L, 0);
}

static lua_State *open_one(bool is_ours)
{
    lua_State *L = lua_newstate(allocate, &vm);

    MUST(L != NULL);
    open_libraries(L);
    if (is_ours) {
        lua_pushglobaltable(L);
        mn_lib_string(L);
        lua_pop(L, 1);
    }
    MUST(luaL_loadbufferx(L, driver, sizeof(driver) - 1, "=driver", "t") == LUA_OK);
    return L;
}

struct input {
    int what;
    lua_Integer init;
    const char *part[3]; /* pattern, replacement, text */
    size_t n[3];
};

/* Leaves what it gave, or its error, on the stack above the driver. */
static int ask(lua_State *L, const struct input *in)
{
    lua_pushvalue(L, 1);
    lua_pushinteger(L, in->what);
    for (int i = 0; i < 3; i++)
        lua_pushlstring(L, in->part[i], in->n[i]);
    lua_pushinteger(L, in->init);
    return lua_pcall(L, 5, 1, 0);
}

static void read_input(struct input *in, const uint8_t *bytes, size_t n)
{
    const char *at = (const char *)bytes + 2, *end = (const char *)bytes + n;

    in->what = bytes[0];
    in->init = (int8_t)bytes[1];
    for (int i = 0; i < 3; i++) {
        const char *line = i < 2 ? memchr(at, '\n', (size_t)(end - at)) : NULL;

        in->part[i] = at;
        in->n[i] = (size_t)((line != NULL ? line : end) - at);
        at = line != NULL ? line + 1 : end;
    }
}

static void compare(lua_State *ours, lua_State *stock, const struct input *in)
{
    size_t n, stock_n;
    const char *got, *stock_got;
    int rc = ask(ours, in);

    got = lua_tolstring(ours, -1, &n);
    MUST(got != NULL);
    if (vm.stop != MN_STOP_NONE)
        return;
    MUST(ask(stock, in) == rc);
    stock_got = lua_tolstring(stock, -1, &stock_n);
    if (n != stock_n || memcmp(got, stock_got, n) != 0) {
        fwrite(got, 1, n, stderr);
        fputs(" is not\n", stderr);
        fwrite(stock_got, 1, stock_n, stderr);
    }
    MUST(n == stock_n && memcmp(got, stock_got, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static lua_State *ours, *stock;
    struct input in;

    if (n < 2 || n > 600)
        return 0;
    read_input(&in, bytes, n);
    if (in.n[0] > 256)
        return 0;
    if (ours == NULL) {
        vm.limits.slice_instructions = SLICE;
        vm.times = 1;
        ours = open_one(true);
        stock = open_one(false);
    }
    vm.spent = 0;
    vm.stop = MN_STOP_NONE;
    compare(ours, stock, &in);
    lua_settop(ours, 1);
    lua_settop(stock, 1);
    return 0;
}
