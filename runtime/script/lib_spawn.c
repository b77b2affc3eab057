/* lib_spawn.c - native.spawn(f, outlive_ms): a task that belongs to the call and to nobody in it.
 * It ends with the call, or so long after; native.stop(id) ends it before. */
#include "base/err.h"
#include "script/natives.h"
#include "script/task.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdlib.h>

struct mn_spawned {
    struct mn_task task;
    struct mn_list link;  /* in vm->spawned */
    struct mn_timer last; /* once the call is over: its time is up */
    int64_t outlive_ms;   /* 0: it ends with the call */
    lua_Integer id;
    int function; /* reference in the registry */
};

static void on_last(struct mn_timer *timer)
{
    struct mn_spawned *s = mn_container_of(timer, struct mn_spawned, last);
    struct mn_vm *vm = s->task.vm;

    MN_LOG(vm->log, WARN, vm->call_id,
           "a spawned task was stopped: its time after the call is over",
           {"outlive_ms", .i = s->outlive_ms, .is_int = true});
    mn_task_cancel(&s->task);
}

static void done(struct mn_task *t, int err)
{
    struct mn_spawned *s = mn_container_of(t, struct mn_spawned, task);
    struct mn_vm *vm = t->vm;

    (void)err;
    mn_timer_stop(&s->last);
    mn_list_remove(&s->link);
    luaL_unref(vm->L, LUA_REGISTRYINDEX, s->function);
    free(s);
    mn_vm_rest(vm);
}

static int body_k(lua_State *L, int status, lua_KContext k)
{
    (void)L, (void)status, (void)k;
    return 0;
}

static int body(lua_State *L)
{
    struct mn_spawned *s = lua_touserdata(L, 1);

    lua_settop(L, 0);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->function);
    lua_callk(L, 0, 0, 0, body_k);
    return 0;
}

static int start_last(struct mn_vm *vm, struct mn_spawned *s)
{
    return mn_timer_start(vm->clock, &s->last, s->outlive_ms, on_last);
}

static int start(struct mn_vm *vm, struct mn_spawned *s)
{
    int err;

    mn_list_init(&s->link);
    s->task.done = done;
    s->task.what = "a spawned task";
    s->task.outlives = s->outlive_ms > 0;
    err = mn_task_start(vm, &s->task, body, s);
    if (err != 0)
        return err;
    mn_list_append(&vm->spawned, &s->link);
    if (vm->over && s->outlive_ms > 0)
        err = start_last(vm, s);
    if (err != 0)
        mn_task_cancel(&s->task); /* which frees it */
    return 0;
}

static int spawn(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    lua_Integer outlive_ms = luaL_checkinteger(L, 2);
    struct mn_spawned *s;
    lua_Integer id;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (vm->loading || vm->clock == NULL)
        return luaL_error(L, "myna.spawn cannot be used while a file is loading");
    if (vm->ntasks >= vm->limits.tasks)
        return luaL_error(L, "myna.spawn: over %d tasks at once in one call (script-tasks)",
                          vm->limits.tasks);
    lua_settop(L, 1);
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return luaL_error(L, "not enough memory");
    s->outlive_ms = outlive_ms;
    s->id = id = ++vm->last_spawned;
    s->function = luaL_ref(L, LUA_REGISTRYINDEX);
    if (start(vm, s) != 0) {
        luaL_unref(L, LUA_REGISTRYINDEX, s->function);
        free(s);
        return luaL_error(L, "not enough memory");
    }
    lua_pushinteger(L, id);
    return 1;
}

static int stop(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);
    lua_Integer id = luaL_checkinteger(L, 1);

    for (struct mn_list *at = vm->spawned.next; at != &vm->spawned; at = at->next) {
        struct mn_spawned *s = mn_container_of(at, struct mn_spawned, link);

        if (s->id == id) {
            mn_task_cancel(&s->task);
            break;
        }
    }
    return 0;
}

/* The next that must end now, or NULL. A task that is being cancelled runs Lua, which may end
 * others: so nothing is known of the list behind one. */
static struct mn_spawned *next_to_end(struct mn_vm *vm)
{
    for (struct mn_list *at = vm->spawned.next; at != &vm->spawned; at = at->next) {
        struct mn_spawned *s = mn_container_of(at, struct mn_spawned, link);

        if (s->task.doomed || mn_timer_running(&s->last))
            continue;
        if (s->outlive_ms == 0 || start_last(vm, s) != 0)
            return s;
    }
    return NULL;
}

void mn_spawned_end(struct mn_vm *vm)
{
    struct mn_spawned *s;

    vm->over = true;
    while ((s = next_to_end(vm)) != NULL)
        mn_task_cancel(&s->task);
}

static struct mn_task *next_other(struct mn_vm *vm)
{
    for (struct mn_list *at = vm->tasks.next; at != &vm->tasks; at = at->next) {
        struct mn_task *t = mn_container_of(at, struct mn_task, link);

        if (!t->outlives && !t->doomed)
            return t;
    }
    return NULL;
}

int mn_spawned_alone(struct mn_vm *vm)
{
    struct mn_task *t;
    int n = 0;

    for (; (t = next_other(vm)) != NULL; n++)
        mn_task_cancel(t);
    return n;
}

int64_t mn_spawned_left(const struct mn_vm *vm)
{
    int64_t left_ms = 0;

    for (struct mn_list *at = vm->spawned.next; at != &vm->spawned; at = at->next) {
        const struct mn_spawned *s = mn_container_of(at, struct mn_spawned, link);
        int64_t ms = mn_timer_running(&s->last) ? s->last.at_ms - mn_clock_now(vm->clock) : 0;

        left_ms = ms > left_ms ? ms : left_ms;
    }
    return left_ms;
}

void mn_lib_spawn(lua_State *L)
{
    static const luaL_Reg functions[] = {{"spawn", spawn}, {"stop", stop}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
