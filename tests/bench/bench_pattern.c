/* bench_pattern.c - what our matcher takes beside Lua's own: nanoseconds a call of common patterns,
 * and how many times Lua's.
 *   mn_bench_pattern */
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 5 /* the best of them counts */

static const char *const bodies[] = {
    "return ('  some words with blanks around  '):match '^%s*(.-)%s*$'",
    "return ('key = value'):match '(%w+)%s*=%s*(%w+)'",
    "return ('2026-11-20T16:00:00'):match '^(%d+)-(%d+)-(%d+)T(%d+):(%d+)'",
    "local n = 0 for w in LONG:gmatch '%a+' do n = n + 1 end return n",
    "return (LONG:gsub('%s+', ' '))",
    "return (LONG:gsub('(%w+) (%w+)', '%2 %1'))",
    "return (LONG:gsub('[^%w%-._~]', function(c) return '+' end))",
    "return LONG:find('nothing of this', 1, true)",
    "return LONG:find '%d%d%d%d'",
    "return LONG:match 'lazy (.-)%.$'",
    "return ('ann@example.com'):find '^[%w._]+@[%w.]+%.%a+$'",
    "return ('f(a(b)c)d'):match '%b()'",
};

static struct mn_vm vm; /* only what the natives look at */

static void *allocate(void *ud, void *old, size_t old_size, size_t size)
{
    (void)ud, (void)old_size;
    if (size != 0)
        return realloc(old, size);
    free(old);
    return NULL;
}

static lua_State *open_one(int is_ours)
{
    lua_State *L = lua_newstate(allocate, &vm);

    if (L == NULL)
        exit(1);
    luaL_openlibs(L);
    if (is_ours) {
        lua_pushglobaltable(L);
        mn_lib_string(L);
        lua_pop(L, 1);
    }
    if (luaL_dostring(L, "LONG = ''\n"
                         "for i = 1, 40 do LONG = LONG .. 'The quick brown fox jumps over the "
                         "lazy dog,  and back. ' end") != LUA_OK)
        exit(1);
    return L;
}

static double time_ns(lua_State *L, const char *body, int times)
{
    struct timespec from, to;

    if (luaL_loadstring(L, body) != LUA_OK)
        exit(1);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (int i = 0; i < times; i++) {
        lua_pushvalue(L, -1);
        if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
            fprintf(stderr, "%s\n", lua_tostring(L, -1));
            exit(1);
        }
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    lua_pop(L, 1);
    return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / times;
}

static double best_ns(lua_State *L, const char *body)
{
    double best = 0;

    for (int i = 0; i < ROUNDS; i++) {
        double ns = time_ns(L, body, 500);

        best = i == 0 || ns < best ? ns : best;
    }
    return best;
}

int main(void)
{
    lua_State *ours = open_one(1), *stock = open_one(0);

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        double our_ns = best_ns(ours, bodies[i]), stock_ns = best_ns(stock, bodies[i]);

        printf("%9.0f ns   %4.2f of Lua's   %s\n", our_ns, our_ns / stock_ns, bodies[i]);
    }
    lua_close(ours);
    lua_close(stock);
    return 0;
}
