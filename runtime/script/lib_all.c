/* lib_all.c - native.all(functions, timeout_ms, name): run them at once as tasks of their own, and
 * go on when all are done. A function that returns false, or is stopped, ends the others. The
 * parent never goes on before its children; when it is cancelled, so are they. */
#include "base/err.h"
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdlib.h>

struct child {
    struct mn_task task;
    struct mn_list link; /* in its group, or by itself once the group has let it go */
    struct group *group; /* NULL then */
    int function;        /* reference in the registry */
    bool go_on;          /* what it returned */
};

struct group { /* a userdata on the parent's stack */
    struct mn_task *parent;
    struct mn_list children;
    struct mn_timer timer;
    const char *outcome; /* done, stopped or timeout */
};

static void settle(struct group *g, const char *outcome)
{
    mn_timer_stop(&g->timer);
    g->outcome = outcome;
    mn_task_wake(g->parent);
}

/* Lets every child go, and ends it. */
static void end_children(struct group *g)
{
    struct mn_list children;

    mn_list_take(&g->children, &children);
    while (!mn_list_empty(&children)) {
        struct child *c = mn_container_of(children.next, struct child, link);

        mn_list_remove(&c->link);
        c->group = NULL;
        mn_task_cancel(&c->task);
    }
}

static void on_cancel(void *op)
{
    struct group *g = op;

    mn_timer_stop(&g->timer);
    end_children(g);
}

static void on_timeout(struct mn_timer *timer)
{
    struct group *g = mn_container_of(timer, struct group, timer);

    end_children(g);
    settle(g, "timeout");
}

static void child_take(struct mn_task *t, lua_State *co, int n)
{
    mn_container_of(t, struct child, task)->go_on = n == 0 || lua_toboolean(co, -n);
}

static void child_done(struct mn_task *t, int err)
{
    struct child *c = mn_container_of(t, struct child, task);
    struct group *g = c->group;
    struct mn_vm *vm = t->vm;
    bool go_on = err == 0 && c->go_on;

    mn_list_remove(&c->link);
    luaL_unref(vm->L, LUA_REGISTRYINDEX, c->function);
    free(c);
    if (g == NULL) {
        mn_vm_rest(vm);
        return;
    }
    if (!go_on) {
        end_children(g);
        settle(g, "stopped");
    } else if (mn_list_empty(&g->children)) {
        settle(g, "done");
    }
}

static int child_k(lua_State *L, int status, lua_KContext k)
{
    (void)status, (void)k;
    return lua_gettop(L);
}

static int child_body(lua_State *L)
{
    struct child *c = lua_touserdata(L, 1);

    lua_settop(L, 0);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->function);
    lua_callk(L, 0, 1, 0, child_k);
    return child_k(L, LUA_OK, 0);
}

static int start(lua_State *L, struct group *g)
{
    struct mn_vm *vm = mn_vm_of(L);
    int err, function = luaL_ref(L, LUA_REGISTRYINDEX);
    struct child *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        luaL_unref(L, LUA_REGISTRYINDEX, function);
        return MN_ELIMIT;
    }
    c->group = g;
    c->function = function;
    c->task.take = child_take;
    c->task.done = child_done;
    c->task.what = g->parent->what;
    c->task.call_id = g->parent->call_id;
    c->task.deadline_ms = g->parent->deadline_ms;
    c->task.outlives = g->parent->outlives;
    err = mn_task_start(vm, &c->task, child_body, c);
    if (err != 0) {
        luaL_unref(L, LUA_REGISTRYINDEX, function);
        free(c);
        return err;
    }
    mn_list_append(&g->children, &c->link);
    return 0;
}

static int joined(lua_State *L, int status, lua_KContext op)
{
    (void)status;
    lua_pushstring(L, ((struct group *)op)->outcome);
    return 1;
}

/* Returns how it ended: "done", "stopped" or "timeout". */
static int all(lua_State *L)
{
    const char *name = luaL_checkstring(L, 3);
    struct mn_task *parent = mn_task_current(L, name);
    lua_Integer timeout_ms = luaL_optinteger(L, 2, 0);
    struct group *g;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 3);
    g = lua_newuserdatauv(L, sizeof(*g), 0);
    *g = (struct group){.parent = parent};
    mn_list_init(&g->children);
    for (lua_Integer i = 1; lua_rawgeti(L, 1, i) == LUA_TFUNCTION; i++) {
        if (start(L, g) != 0) {
            end_children(g);
            return luaL_error(L, "%s: over %d tasks at once in one call (script-tasks)", name,
                              parent->vm->limits.tasks);
        }
    }
    lua_pop(L, 1);
    if (mn_list_empty(&g->children)) {
        lua_pushliteral(L, "done");
        return 1;
    }
    if (timeout_ms > 0 &&
        mn_timer_start(parent->vm->clock, &g->timer, timeout_ms, on_timeout) != 0) {
        end_children(g);
        return luaL_error(L, "not enough memory");
    }
    return mn_task_park(L, parent, on_cancel, g, joined);
}

void mn_lib_all(lua_State *L)
{
    lua_pushcfunction(L, all);
    lua_setfield(L, -2, "all");
}
