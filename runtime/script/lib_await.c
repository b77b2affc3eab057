/* lib_await.c - native.await(max, finish, timeout_ms): park the calling task until the session says
 * that its wait is over. With max it collects the keys the caller presses (R38); without, it waits
 * until what is being said has been heard (R39). */
#include "base/err.h"
#include "script/natives.h"
#include "script/state_parts.h"
#include "script/task.h"

#include <lauxlib.h>

struct await_op {
    struct mn_list link; /* in vm->awaits */
    struct mn_task *task;
    uint32_t ticket;
    enum mn_awaited how;
    char keys[MN_DIGITS_MAX + 1];
};

static void on_cancel(void *of)
{
    struct await_op *op = of;
    const struct mn_ports *ports = op->task->vm->ports;

    mn_list_remove(&op->link);
    ports->forget(ports->owner, op->ticket);
}

static int woken(lua_State *L, int status, lua_KContext k)
{
    static const char *const names[] = {[MN_AWAITED_DONE] = "done",
                                        [MN_AWAITED_FINISHED] = "finish",
                                        [MN_AWAITED_TIMEOUT] = "timeout",
                                        [MN_AWAITED_CUT] = "interrupted",
                                        [MN_AWAITED_OVER] = "the call is over"};
    const struct await_op *op = (const struct await_op *)k;

    (void)status;
    lua_pushstring(L, names[op->how]);
    lua_pushstring(L, op->keys);
    return 2;
}

static int begin(lua_State *L, struct mn_vm *vm, uint32_t ticket)
{
    const char *finish = luaL_optstring(L, 2, "");
    const struct mn_collect collect = {.max = (int)luaL_optinteger(L, 1, 0),
                                       .finish = *finish,
                                       .timeout_ms = (int32_t)luaL_optinteger(L, 3, 0)};

    luaL_argcheck(L, collect.max >= 0 && collect.max <= MN_DIGITS_MAX, 1, "too many");
    if (vm->ports == NULL || vm->ports->await == NULL)
        return MN_ECLOSED;
    return vm->ports->await(vm->ports->owner, ticket, collect.max > 0 ? &collect : NULL);
}

static int await(lua_State *L)
{
    struct mn_task *task = mn_task_current(L, "await");
    struct mn_vm *vm = task->vm;
    struct await_op *op;
    int err;

    lua_settop(L, 3);
    op = lua_newuserdatauv(L, sizeof(*op), 0);
    *op = (struct await_op){.task = task, .ticket = ++vm->tickets};
    err = begin(L, vm, op->ticket);
    if (err != 0) {
        lua_pushnil(L);
        lua_pushstring(L, mn_strerror(err));
        return 2;
    }
    mn_list_append(&vm->awaits, &op->link);
    return mn_task_park(L, task, on_cancel, op, woken);
}

void mn_state_awaited(struct mn_state *st, uint32_t ticket, enum mn_awaited how, struct mn_str keys)
{
    for (struct mn_list *at = st->vm.awaits.next; at != &st->vm.awaits; at = at->next) {
        struct await_op *op = mn_container_of(at, struct await_op, link);

        if (op->ticket != ticket)
            continue;
        op->how = how;
        memcpy(op->keys, keys.n > 0 ? keys.p : "", keys.n < MN_DIGITS_MAX ? keys.n : MN_DIGITS_MAX);
        mn_list_remove(&op->link);
        mn_task_wake(op->task);
        return;
    }
}

void mn_lib_await(lua_State *L)
{
    lua_pushcfunction(L, await);
    lua_setfield(L, -2, "await");
}
