/* lib_store.c - native.keeps(); native.keep(store, word, id, record, query), one question to the
 * records; native.search(index, question, limit), one to an index. Both go through the ports.
 *
 * The answer is copied when it comes, outside of Lua, and pushed when the task goes on, inside. A
 * task that is cancelled only stops listening: what it asked for is done. */
#include "base/err.h"
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

#define TYPE "myna.keep.op"

struct keep_op {
    struct mn_task *task;
    void *op; /* the port's; NULL when none is under way */
    int err;
    struct mn_buf text;
};

static void on_cancel(void *op)
{
    struct keep_op *o = op;
    const struct mn_ports *ports = o->task->vm->ports;
    void *port_op = o->op;

    o->op = NULL;
    if (port_op != NULL)
        ports->keep_cancel(ports->owner, port_op);
}

static int collect(lua_State *L)
{
    struct keep_op *o = lua_touserdata(L, 1);

    mn_buf_free(&o->text);
    return 0;
}

static void on_done(void *op, int err, struct mn_str text)
{
    struct keep_op *o = op;

    o->op = NULL;
    mn_buf_add_str(&o->text, text);
    o->err = err != 0 ? err : o->text.err;
    mn_task_wake(o->task);
}

static int refuse(lua_State *L, const char *why)
{
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
}

static int push_answer(lua_State *L, int status, lua_KContext op)
{
    struct keep_op *o = (struct keep_op *)op;

    (void)status;
    if (o->err != 0 && (o->text.err != 0 || o->text.n == 0))
        return refuse(L, mn_strerror(o->err));
    if (o->err != 0)
        lua_pushnil(L);
    lua_pushlstring(L, o->text.n != 0 ? o->text.p : "", o->text.n);
    return o->err != 0 ? 2 : 1;
}

static struct mn_str argument(lua_State *L, int i)
{
    struct mn_str s;

    s.p = luaL_optlstring(L, i, "", &s.n);
    return s;
}

static struct keep_op *new_op(lua_State *L, struct mn_task *t)
{
    struct keep_op *o = lua_newuserdatauv(L, sizeof(*o), 0);

    *o = (struct keep_op){.task = t};
    luaL_setmetatable(L, TYPE);
    return o;
}

/* err is what the port said when it was asked. */
static int wait_for(lua_State *L, struct keep_op *o, int err)
{
    if (err == MN_EFULL)
        return refuse(L, "the store has too much to do");
    if (err != 0)
        return refuse(L, mn_strerror(err));
    return mn_task_park(L, o->task, on_cancel, o, push_answer);
}

/* Gives JSON; or nil and why not. */
static int keep(lua_State *L)
{
    struct mn_keep_ask ask = {.store = argument(L, 1),
                              .word = argument(L, 2),
                              .id = argument(L, 3),
                              .record = argument(L, 4),
                              .query = argument(L, 5)};
    struct mn_task *t = mn_task_current(L, "a store");
    const struct mn_ports *ports = t->vm->ports;
    struct keep_op *o;

    if (ports == NULL || ports->keep == NULL)
        return refuse(L, "this call has no store");
    o = new_op(L, t);
    return wait_for(L, o, ports->keep(ports->owner, &ask, on_done, o, &o->op));
}

/* The same. */
static int search(lua_State *L)
{
    struct mn_search_ask ask = {
        .index = argument(L, 1), .question = argument(L, 2), .limit = (int)luaL_checkinteger(L, 3)};
    struct mn_task *t = mn_task_current(L, "an index");
    const struct mn_ports *ports = t->vm->ports;
    struct keep_op *o;

    if (ports == NULL || ports->search == NULL)
        return refuse(L, "this call has no index");
    o = new_op(L, t);
    return wait_for(L, o, ports->search(ports->owner, &ask, on_done, o, &o->op));
}

/* keeps(): the app has a store, which must be there when it is served. */
static int keeps(lua_State *L)
{
    mn_vm_of(L)->bundle->keeps = true;
    return 0;
}

void mn_lib_store(lua_State *L)
{
    luaL_newmetatable(L, TYPE);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    lua_pushcfunction(L, keep);
    lua_setfield(L, -2, "keep");
    lua_pushcfunction(L, keeps);
    lua_setfield(L, -2, "keeps");
    lua_pushcfunction(L, search);
    lua_setfield(L, -2, "search");
}
