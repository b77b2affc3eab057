/* vm.c - memory, protection and the watch behind vm.h.
 *
 * DESIGN  Every entry from C is mn_vm_call here or run() in task.c. Both begin a slice; a slice
 * that overruns, or an allocation refused twice (once before and once after the collector ran),
 * arms a hook on the running coroutine. From then on each instruction of that slice ends it: by a
 * yield where Lua can yield, so that no pcall of the script's swallows it, else by an error raised
 * again at every instruction until the frames are gone. */
#include "script/vm.h"
#include "script/trace.h"

#include "base/err.h"
#include "script/sandbox.h"
#include "script/task.h"

#include <errno.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT_STEP 1000 /* instructions between two looks, when those are counted */

const struct mn_state_limits mn_state_defaults = {
    .memory_bytes = 4 << 20,
    .slice_ms = 10,
    .tasks = 64,
    .http = 8,
    .body_bytes = 1 << 20,
    .stream_bytes = 64 << 10,
    .result_bytes = 32 << 10,
    .call_start_ms = 3000,
    .mails = 20,
    .picture_bytes = 512 << 10,
    .sound_bytes = 8 << 20,
    .sound_ms = 120000,
    .sounds_bytes = 64 << 20,
    .prelude_ms = 3000,
};

/* Lua answers a refusal with a full collection and asks again for the same; lauxlib's buffers give
 * up at once. So the refusal was final when the next growth is another one, or refused again. */
static bool grow(struct mn_vm *vm, const void *old, size_t had, size_t size)
{
    bool again = vm->refused_size == size && vm->refused_block == old;
    bool fits = vm->bytes - had + size <= vm->limits.memory_bytes;

    if (vm->in_slice && vm->refused_size != 0 && !(again && fits))
        mn_vm_stop(vm, MN_STOP_MEMORY);
    vm->refused_size = fits ? 0 : size;
    vm->refused_block = fits ? NULL : old;
    return fits;
}

static void *allocate(void *ud, void *old, size_t old_size, size_t size)
{
    struct mn_vm *vm = ud;
    size_t had = old != NULL ? old_size : 0; /* else it is the kind of object */
    void *p;

    if (size == 0) {
        mn_pool_give(&vm->pool, old, had);
        vm->bytes -= had;
        return NULL;
    }
    if (size > had && !grow(vm, old, had, size))
        return NULL;
    p = mn_pool_resize(&vm->pool, old, had, size);
    if (p == NULL)
        return NULL; /* Lua 5.4 bears it, even when it was to shrink */
    vm->bytes = vm->bytes - had + size;
    return p;
}

static void note_where(struct mn_vm *vm, lua_State *L)
{
    if (!mn_trace_where(L, vm->stopped_at, sizeof(vm->stopped_at)))
        vm->stopped_at[0] = '\0';
}

static void on_hook(lua_State *L, lua_Debug *ar)
{
    struct mn_vm *vm = mn_vm_of(L);

    (void)ar;
    if (vm->stop == MN_STOP_NONE) {
        vm->spent += COUNT_STEP;
        if (vm->spent < vm->limits.slice_instructions * vm->times)
            return;
        mn_vm_stop(vm, MN_STOP_SLICE);
    }
    if (vm->stopped_at[0] == '\0')
        note_where(vm, L);
    if (lua_isyieldable(L))
        lua_yield(L, 0);
    else
        luaL_error(L, "stopped");
}

void mn_vm_stop(struct mn_vm *vm, enum mn_stop stop)
{
    if (vm->stop == MN_STOP_NONE)
        vm->stop = stop;
    if (vm->running != NULL)
        lua_sethook(vm->running, on_hook, LUA_MASKCOUNT, 1);
}

void mn_vm_spend(lua_State *L, int64_t instructions)
{
    struct mn_vm *vm = mn_vm_of(L);

    if (vm->stop == MN_STOP_NONE && vm->limits.slice_instructions > 0) {
        vm->spent += instructions;
        if (vm->spent >= vm->limits.slice_instructions * vm->times)
            mn_vm_stop(vm, MN_STOP_SLICE);
    }
    if (vm->stop == MN_STOP_NONE)
        return;
    if (vm->stopped_at[0] == '\0')
        note_where(vm, L);
    luaL_error(L, "stopped");
}

void mn_vm_switch(struct mn_vm *vm, lua_State *co)
{
    vm->running = co;
    if (vm->stop != MN_STOP_NONE)
        lua_sethook(co, on_hook, LUA_MASKCOUNT, 1);
    else if (vm->limits.slice_instructions > 0)
        lua_sethook(co, on_hook, LUA_MASKCOUNT, COUNT_STEP);
    else
        lua_sethook(co, NULL, 0, 0);
}

void mn_vm_enter(struct mn_vm *vm, lua_State *co, int times)
{
    vm->stop = MN_STOP_NONE;
    vm->stopped_at[0] = '\0';
    vm->spent = 0;
    vm->times = times;
    vm->refused_size = 0;
    vm->in_slice = true;
    mn_vm_switch(vm, co);
    if (vm->limits.slice_instructions == 0)
        mn_watch_begin(&vm->bundle->watch, vm, vm->limits.slice_ms * times);
}

void mn_vm_leave(struct mn_vm *vm)
{
    lua_State *co = vm->running;

    if (vm->limits.slice_instructions == 0)
        mn_watch_rest(&vm->bundle->watch);
    vm->in_slice = false;
    vm->running = NULL;
    if (co != NULL)
        lua_sethook(co, NULL, 0, 0);
}

void mn_vm_explain(const struct mn_vm *vm, struct mn_buf *out)
{
    if (vm->stopped_at[0] != '\0')
        mn_buf_addf(out, "%s: ", vm->stopped_at);
    if (vm->stop == MN_STOP_MEMORY)
        mn_buf_addf(out, "stopped: the %s's Lua would hold more than %zu KB (%s-memory)",
                    vm->limits.is_front ? "front" : "call", vm->limits.memory_bytes / 1024,
                    vm->limits.is_front ? "route" : "script");
    else if (vm->limits.slice_instructions > 0)
        mn_buf_addf(out, "stopped: over %" PRId64 " instructions without a wait",
                    vm->limits.slice_instructions * vm->times);
    else
        mn_buf_addf(out, "stopped: over %" PRId64 " ms of Lua without a wait (script-slice)",
                    vm->limits.slice_ms * vm->times);
}

static int on_error(lua_State *L)
{
    struct mn_buf *why = mn_vm_of(L)->why;

    if (why != NULL)
        mn_trace(L, luaL_tolstring(L, 1, NULL), why);
    return 1;
}

int mn_vm_call(struct mn_vm *vm, lua_CFunction f, void *argument, bool load, struct mn_buf *why)
{
    lua_State *L = vm->L;
    int rc;

    if (vm->in_slice)
        return MN_EPROTOCOL;
    vm->why = why;
    vm->loading = load;
    mn_vm_enter(vm, L, load ? MN_VM_LOAD_TIMES : 1);
    lua_pushcfunction(L, on_error);
    lua_pushcfunction(L, f);
    lua_pushlightuserdata(L, argument);
    rc = lua_pcall(L, 1, 0, -3);
    mn_vm_leave(vm);
    lua_settop(L, 0);
    vm->loading = false;
    vm->why = NULL;
    if (rc == LUA_OK)
        return 0;
    if (vm->stop == MN_STOP_NONE)
        return rc == LUA_ERRMEM ? -ENOMEM : MN_ESCRIPT;
    if (why != NULL) {
        mn_buf_clear(why);
        mn_vm_explain(vm, why);
    }
    return MN_ELIMIT;
}

/* Unreachable while every entry is protected; better a line than a silent abort. */
static int on_panic(lua_State *L)
{
    struct mn_vm *vm = mn_vm_of(L);

    MN_LOG(vm->log, ERROR, vm->call_id, "Lua was entered without protection",
           {"error", mn_str(lua_tostring(L, -1)), .words = MN_WORDS_THROWN});
    return 0;
}

int mn_vm_open(struct mn_vm *vm, const struct mn_vm_settings *settings)
{
    uint64_t seed = settings->seed;
    int err;

    *vm = (struct mn_vm){.bundle = settings->bundle, .log = settings->log};
    vm->clock = settings->clock;
    vm->ports = settings->ports;
    vm->share = settings->share;
    vm->limits = settings->limits != NULL ? *settings->limits : mn_state_defaults;
    vm->checking = settings->checking;
    snprintf(vm->call_id, sizeof(vm->call_id), "%s",
             settings->call_id != NULL ? settings->call_id : "");
    mn_list_init(&vm->tasks);
    mn_list_init(&vm->ready);
    mn_list_init(&vm->spawned);
    mn_list_init(&vm->awaits);
    vm->L = lua_newstate(allocate, vm);
    if (vm->L == NULL) {
        mn_pool_close(&vm->pool);
        return -ENOMEM;
    }
    lua_atpanic(vm->L, on_panic);
    lua_gc(vm->L, LUA_GCSTOP); /* loading makes little garbage; mn_vm_settle collects it once */
    memset(lua_getextraspace(vm->L), 0, LUA_EXTRASPACE);
    err = mn_vm_call(vm, mn_sandbox_open, &seed, true, NULL);
    if (err != 0) {
        mn_vm_close(vm);
        return -ENOMEM; /* opening fails on nothing else */
    }
    return 0;
}

void mn_vm_settle(struct mn_vm *vm)
{
    lua_gc(vm->L, LUA_GCRESTART);
    lua_gc(vm->L, LUA_GCCOLLECT);
}

void mn_vm_rest(struct mn_vm *vm)
{
    if (vm->idle != NULL && vm->ntasks == 0)
        vm->idle(vm->idle_owner);
}

void mn_vm_close(struct mn_vm *vm)
{
    if (vm->L == NULL)
        return;
    vm->idle = NULL;
    while (!mn_list_empty(&vm->tasks))
        mn_task_cancel(mn_container_of(vm->tasks.next, struct mn_task, link));
    mn_timer_stop(&vm->turn);
    if (vm->closed != NULL)
        *vm->closed = true;
    lua_close(vm->L);
    vm->L = NULL;
    mn_pool_close(&vm->pool);
    mn_buf_free(&vm->scratch);
}
