/* lib_coroutine.c - coroutine.resume, wrap and close that know tasks.
 *
 * A wait inside a script's own coroutine is passed through: the inner one yields to our resume,
 * which sees that its task is parked and yields further out; once woken it goes back in. The watch
 * follows into each coroutine, so that a loop in an inner one is stopped too. */
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

static int resume_k(lua_State *L, int status, lua_KContext is_wrap);

static int give(lua_State *L, lua_State *co, int n, bool is_wrap)
{
    luaL_checkstack(L, n + 1, "too many results");
    if (!is_wrap)
        lua_pushboolean(L, 1);
    lua_xmove(co, L, n);
    return is_wrap ? n : n + 1;
}

/* Closes co: its <close> variables run in it, watched. */
static int reset(lua_State *L, lua_State *co)
{
    struct mn_vm *vm = mn_vm_of(L);
    int rc;

    mn_vm_switch(vm, co);
    rc = lua_resetthread(co);
    mn_vm_switch(vm, L);
    return rc;
}

/* co ended with an error, which lies on its top. */
static int pass_error(lua_State *L, lua_State *co, bool is_wrap)
{
    if (!is_wrap) {
        lua_pushboolean(L, 0);
        lua_xmove(co, L, 1);
        return 2;
    }
    reset(L, co); /* the error stays on top */
    lua_xmove(co, L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int go(lua_State *L, lua_State *co, int nargs, bool is_wrap)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_task *t = vm->task;
    bool dead_end = t != NULL && !lua_isyieldable(L);
    int n, rc;

    mn_vm_switch(vm, co);
    if (dead_end)
        t->dead_ends++;
    rc = lua_resume(co, L, nargs, &n);
    if (dead_end)
        t->dead_ends--;
    mn_vm_switch(vm, L);
    if (dead_end && vm->stop != MN_STOP_NONE)
        return luaL_error(L, "stopped");
    if (rc == LUA_YIELD && t != NULL && (t->cancel != NULL || vm->stop != MN_STOP_NONE)) {
        t->inner[t->ninner++] = co; /* as deep as t->depth allowed */
        return lua_yieldk(L, 0, is_wrap, resume_k);
    }
    if (t != NULL)
        t->depth--;
    if (rc == LUA_OK || rc == LUA_YIELD)
        return give(L, co, n, is_wrap);
    return pass_error(L, co, is_wrap);
}

/* Woken: the wait was inside the coroutine at 1. */
static int resume_k(lua_State *L, int status, lua_KContext is_wrap)
{
    struct mn_task *t = mn_vm_of(L)->task;

    (void)status;
    t->depth++;
    return go(L, lua_tothread(L, 1), 0, is_wrap != 0);
}

static int refuse(lua_State *L, bool is_wrap, const char *why)
{
    if (is_wrap)
        return luaL_error(L, "%s", why);
    lua_pushboolean(L, 0);
    lua_pushstring(L, why);
    return 2;
}

/* Starts or goes on with the coroutine at 1, with the arguments above it. */
static int resume(lua_State *L, bool is_wrap)
{
    lua_State *co = lua_tothread(L, 1);
    struct mn_task *t = mn_vm_of(L)->task;
    int nargs = lua_gettop(L) - 1;

    luaL_argcheck(L, co != NULL, 1, "expected a coroutine");
    if (*mn_task_slot(co) != NULL)
        return refuse(L, is_wrap, "cannot resume a coroutine that waits");
    if (t != NULL && t->depth >= MN_TASK_NEST)
        return refuse(L, is_wrap, "over 8 coroutines inside one another");
    if (lua_status(co) == LUA_OK && lua_gettop(co) == 0)
        return refuse(L, is_wrap, "cannot resume dead coroutine");
    if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD)
        return refuse(L, is_wrap, "cannot resume dead coroutine");
    if (!lua_checkstack(co, nargs))
        return refuse(L, is_wrap, "too many arguments to resume");
    if (t != NULL)
        t->depth++;
    lua_xmove(L, co, nargs);
    return go(L, co, nargs, is_wrap);
}

static int resume_plain(lua_State *L)
{
    return resume(L, false);
}

static int resume_wrapped(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    return resume(L, true);
}

static int wrap(lua_State *L)
{
    lua_State *co;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, resume_wrapped, 1);
    return 1;
}

static int close_coroutine(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    lua_Debug ar;

    luaL_argcheck(L, co != NULL, 1, "expected a coroutine");
    if (*mn_task_slot(co) != NULL)
        return luaL_error(L, "cannot close a coroutine that waits");
    if (lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar))
        return luaL_error(L, "cannot close a running coroutine");
    if (reset(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

void mn_lib_coroutine(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"resume", resume_plain}, {"wrap", wrap}, {"close", close_coroutine}, {NULL, NULL}};

    lua_getfield(L, -1, "coroutine");
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
