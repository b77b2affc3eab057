/* lib_semaphore.c - native.semaphore(n), acquire, release: who waits gets its turn in order. One
 * that was given its turn and is cancelled before it runs hands it on. */
#include "script/natives.h"
#include "script/task.h"

#include <lauxlib.h>

struct semaphore {
    lua_Integer free;
    struct mn_list waiters;
};

struct waiter { /* a userdata on the waiting task's stack, which holds the semaphore as well */
    struct mn_list link;
    struct mn_task *task;
    struct semaphore *semaphore;
};

static void give(struct semaphore *s);

static void hand_on(void *op)
{
    give(((struct waiter *)op)->semaphore);
}

static void give(struct semaphore *s)
{
    struct waiter *w;

    if (mn_list_empty(&s->waiters)) {
        s->free++;
        return;
    }
    w = mn_container_of(s->waiters.next, struct waiter, link);
    mn_list_remove(&w->link);
    mn_task_wake_with(w->task, hand_on, w);
}

static void on_cancel(void *op)
{
    mn_list_remove(&((struct waiter *)op)->link);
}

static int acquired(lua_State *L, int status, lua_KContext op)
{
    (void)L, (void)status, (void)op;
    return 0;
}

static int acquire(lua_State *L)
{
    struct semaphore *s = lua_touserdata(L, 1);
    struct mn_task *task = mn_task_current(L, "a semaphore");
    struct waiter *w;

    if (s->free > 0) {
        s->free--;
        return 0;
    }
    w = lua_newuserdatauv(L, sizeof(*w), 0);
    *w = (struct waiter){.task = task, .semaphore = s};
    mn_list_append(&s->waiters, &w->link);
    return mn_task_park(L, task, on_cancel, w, acquired);
}

static int release(lua_State *L)
{
    give(lua_touserdata(L, 1));
    return 0;
}

static int semaphore(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 1);
    struct semaphore *s = lua_newuserdatauv(L, sizeof(*s), 0);

    s->free = n;
    mn_list_init(&s->waiters);
    return 1;
}

void mn_lib_semaphore(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"semaphore", semaphore}, {"acquire", acquire}, {"release", release}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
