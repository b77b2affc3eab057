/* lib_calls.c - native.serves(): whether there are calls to ask for; native.calls(word, id, text):
 * the app's calls on this worker, for its routes, and orders to one; native.call_ask(word, id,
 * text), which waits: the same on other workers, and a call's state. */
#include "base/err.h"
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

#define TYPE "myna.call_ask.op"

struct ask_op {
    struct mn_task *task;
    void *op; /* the port's; NULL when none is under way */
    int err;
    struct mn_buf text;
};

static int push_error(lua_State *L, int err)
{
    lua_pushnil(L);
    lua_pushstring(L, mn_strerror(err));
    return 2;
}

/* Whether this is the front state; lua/myna/calls.lua asks before all else. */
static int serves(lua_State *L)
{
    const struct mn_ports *ports = mn_vm_of(L)->ports;

    lua_pushboolean(L, ports != NULL && ports->calls != NULL);
    return 1;
}

/* Whether there are other workers, whose calls are asked for with call_ask. */
static int clusters(lua_State *L)
{
    const struct mn_ports *ports = mn_vm_of(L)->ports;

    lua_pushboolean(L, ports != NULL && ports->clusters);
    return 1;
}

/* Gives JSON, or "" for an order; or nil and why not. */
static int calls(lua_State *L)
{
    const char *word = luaL_checkstring(L, 1);
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_str id, text;
    int err;

    id.p = luaL_optlstring(L, 2, "", &id.n);
    text.p = luaL_optlstring(L, 3, "", &text.n);
    mn_buf_clear(&vm->scratch);
    err = vm->ports->calls(vm->ports->owner, word, id, text, &vm->scratch);
    if (err != 0)
        return push_error(L, err);
    lua_pushlstring(L, vm->scratch.n != 0 ? vm->scratch.p : "", vm->scratch.n);
    return 1;
}

static void on_cancel(void *op)
{
    struct ask_op *o = op;
    const struct mn_ports *ports = o->task->vm->ports;
    void *port_op = o->op;

    o->op = NULL;
    if (port_op != NULL)
        ports->call_ask_cancel(ports->owner, port_op);
}

static int collect(lua_State *L)
{
    struct ask_op *o = lua_touserdata(L, 1);

    mn_buf_free(&o->text);
    return 0;
}

static void on_done(void *op, int err, struct mn_str text)
{
    struct ask_op *o = op;

    o->op = NULL;
    mn_buf_add_str(&o->text, text);
    o->err = err != 0 ? err : o->text.err;
    mn_task_wake(o->task);
}

static int push_answer(lua_State *L, int status, lua_KContext op)
{
    struct ask_op *o = (struct ask_op *)op;

    (void)status;
    if (o->err != 0)
        return push_error(L, o->err);
    lua_pushlstring(L, o->text.n != 0 ? o->text.p : "", o->text.n);
    return 1;
}

/* Gives JSON; or nil and why not. */
static int call_ask(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_task *t = mn_task_current(L, "myna.calls");
    struct ask_op *o;
    const char *word = luaL_checkstring(L, 1);
    struct mn_str id, text;
    int err;

    id.p = luaL_optlstring(L, 2, "", &id.n);
    text.p = luaL_optlstring(L, 3, "", &text.n);
    o = lua_newuserdatauv(L, sizeof(*o), 0);
    *o = (struct ask_op){.task = t};
    luaL_setmetatable(L, TYPE);
    err = vm->ports->call_ask(vm->ports->owner, word, id, text, on_done, o, &o->op);
    if (err != 0)
        return push_error(L, err);
    return mn_task_park(L, t, on_cancel, o, push_answer);
}

void mn_lib_calls(lua_State *L)
{
    luaL_newmetatable(L, TYPE);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, calls);
    lua_setfield(L, -2, "calls");
    lua_pushcfunction(L, call_ask);
    lua_setfield(L, -2, "call_ask");
    lua_pushcfunction(L, clusters);
    lua_setfield(L, -2, "clusters");
    lua_pushcfunction(L, serves);
    lua_setfield(L, -2, "serves");
}
