/* lib_sleep.c - native.sleep(ms): park the calling task until a timer fires. The pattern for every
 * native that waits: the operation is a userdata on the waiting coroutine's stack, so that it lives
 * as long as the wait and is freed with it, whoever ends it. */
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>

struct sleep_op {
    struct mn_timer timer;
    struct mn_task *task;
};

static void on_cancel(void *op)
{
    mn_timer_stop(&((struct sleep_op *)op)->timer);
}

static void on_timer(struct mn_timer *timer)
{
    mn_task_wake(mn_container_of(timer, struct sleep_op, timer)->task);
}

static int woken(lua_State *L, int status, lua_KContext op)
{
    (void)L, (void)status, (void)op;
    return 0;
}

static int lib_sleep(lua_State *L)
{
    lua_Integer ms = luaL_checkinteger(L, 1);
    struct mn_task *task = mn_task_current(L, "sleep");
    struct sleep_op *op;

    luaL_argcheck(L, ms >= 0, 1, "must not be negative");
    op = lua_newuserdatauv(L, sizeof(*op), 0);
    *op = (struct sleep_op){.task = task};
    if (mn_timer_start(task->vm->clock, &op->timer, ms, on_timer) != 0)
        return luaL_error(L, "not enough memory");
    return mn_task_park(L, task, on_cancel, op, woken);
}

void mn_lib_sleep(lua_State *L)
{
    lua_pushcfunction(L, lib_sleep);
    lua_setfield(L, -2, "sleep");
}
