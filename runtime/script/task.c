/* task.c - the scheduler behind task.h. The clock is the scheduler: a task is resumed only from the
 * vm's turn, a timer that fires at once.
 *
 * DESIGN  A coroutine's extra space points at the task that waits in it, so that a coroutine of the
 * script's own is neither resumed nor closed under a pending operation (lib_coroutine.c). */
#include "script/task.h"

#include "base/err.h"
#include "script/trace.h"
#include "script/vm.h"

#include <assert.h>
#include <errno.h>
#include <lauxlib.h>
#include <time.h>

#define TURN_NS 5000000 /* of Lua in one turn of the loop: a quarter of a frame of audio */
#define LONG_NS 1000000 /* the clock's unit: who took as much waits as long */

struct mn_task **mn_task_slot(lua_State *co)
{
    return lua_getextraspace(co); /* new coroutines copy the main thread's, which stays NULL */
}

static void close_one(struct mn_vm *vm, lua_State *co)
{
    *mn_task_slot(co) = NULL;
    mn_vm_enter(vm, co, 1); /* <close> variables run, with a slice of their own */
    lua_resetthread(co);
    mn_vm_leave(vm);
}

void mn_task_own(struct mn_task *t, struct mn_task_thing *thing,
                 void (*end)(struct mn_task_thing *thing))
{
    thing->end = end;
    mn_list_append(&t->owns, &thing->node);
}

static void end_things(struct mn_task *t)
{
    while (!mn_list_empty(&t->owns)) {
        struct mn_list *node = t->owns.next;
        struct mn_task_thing *thing = mn_container_of(node, struct mn_task_thing, node);

        mn_list_remove(node);
        thing->end(thing);
    }
}

static void finish(struct mn_task *t, int err)
{
    struct mn_vm *vm = t->vm;

    mn_list_remove(&t->link);
    mn_list_remove(&t->turn);
    vm->ntasks--;
    end_things(t);
    for (int i = 0; i < t->ninner; i++)
        close_one(vm, t->inner[i]);
    close_one(vm, t->co);
    luaL_unref(vm->L, LUA_REGISTRYINDEX, t->ref);
    t->done(t, err); /* last: the owner may free t, and close the vm */
}

/* The error on top of t's coroutine, as text with the frames it came from. */
static int describe(lua_State *L)
{
    struct mn_task *t = lua_touserdata(L, 1);

    lua_xmove(t->co, L, 1);
    luaL_tolstring(L, -1, NULL); /* may run a __tostring of the author's */
    mn_buf_clear(&t->vm->scratch);
    mn_trace(t->co, lua_tostring(L, -1), &t->vm->scratch);
    return 0;
}

/* Logs why t ended. */
static int fail(struct mn_task *t, int rc)
{
    struct mn_vm *vm = t->vm;
    struct mn_buf *text = &vm->scratch;
    bool is_limit = vm->stop != MN_STOP_NONE || rc == LUA_ERRMEM;

    mn_buf_clear(text);
    if (vm->stop != MN_STOP_NONE) {
        mn_vm_explain(vm, text);
        mn_trace_frames(t->ninner > 0 ? t->inner[0] : t->co, text);
    } else if (rc == LUA_YIELD) {
        mn_trace(t->co, "coroutine.yield outside of a coroutine", text);
    } else if (mn_vm_call(vm, describe, t, false, NULL) != 0) {
        mn_buf_clear(text);
        mn_trace(t->co, is_limit ? "not enough memory" : "an error that cannot be shown", text);
    }
    mn_trace_mask(vm, text);
    MN_LOG(vm->log, ERROR, vm->call_id, "a script failed",
           {"in", mn_str(t->what != NULL ? t->what : "a task")},
           {"call_id", mn_str(t->call_id != NULL ? t->call_id : "")},
           {"error", mn_buf_str(text), .words = is_limit ? MN_WORDS_BY_KEY : MN_WORDS_THROWN});
    return is_limit ? MN_ELIMIT : MN_ESCRIPT;
}

static void run(struct mn_task *t)
{
    struct mn_vm *vm = t->vm;
    int rc, n = 0, nargs = t->begun ? 0 : 1;

    if (t->doomed) {
        finish(t, MN_ECANCELED);
        return;
    }
    t->begun = true;
    t->cancel = NULL; /* of mn_task_wake_with: now it has what it was given */
    t->op = NULL;
    t->ninner = 0;
    t->depth = 0;
    t->dead_ends = 0;
    vm->task = t;
    mn_vm_enter(vm, t->co, 1);
    rc = lua_resume(t->co, vm->L, nargs, &n);
    mn_vm_leave(vm);
    vm->task = NULL;
    if (t->doomed) {
        mn_task_cancel(t);
    } else if (rc == LUA_YIELD && t->cancel != NULL) {
        return; /* parked */
    } else if (rc != LUA_OK) {
        finish(t, fail(t, rc));
    } else {
        if (t->take != NULL)
            t->take(t, t->co, n);
        finish(t, 0);
    }
}

static void on_turn(struct mn_timer *turn);

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Whether the calls together have had their time of this turn of the loop. */
static bool is_spent(const struct mn_vm *vm)
{
    return vm->share != NULL && vm->share->run == vm->clock->runs && vm->share->spent_ns >= TURN_NS;
}

/* Runs t. Gives what it took of its turn, which is no time where nobody shares one. */
static int64_t run_timed(struct mn_vm *vm, struct mn_task *t)
{
    struct mn_lua_turn *share = vm->share;
    uint64_t turn = vm->clock->runs;
    int64_t from_ns;

    if (share == NULL) {
        run(t);
        return 0;
    }
    from_ns = now_ns();
    run(t); /* vm may be gone */
    from_ns = now_ns() - from_ns;
    share->total_ns += from_ns;
    share->spent_ns = from_ns + (share->run == turn ? share->spent_ns : 0);
    share->run = turn;
    return from_ns;
}

static void next_turn(struct mn_vm *vm, int64_t delay_ms)
{
    if (mn_timer_start(vm->clock, &vm->turn, delay_ms, on_turn) != 0)
        MN_LOG(vm->log, ERROR, vm->call_id, "no memory to go on with a task");
}

/* One slice of one task; the next one's is of another turn. A call that took long lets others go
 * before it. */
static void on_turn(struct mn_timer *turn)
{
    struct mn_vm *vm = mn_container_of(turn, struct mn_vm, turn);
    bool closed = false;
    struct mn_list *first = vm->ready.next;
    int64_t took_ns;

    if (mn_list_empty(&vm->ready))
        return;
    if (is_spent(vm)) {
        next_turn(vm, 0);
        return;
    }
    vm->closed = &closed;
    mn_list_remove(first);
    took_ns = run_timed(vm, mn_container_of(first, struct mn_task, turn));
    if (closed)
        return;
    vm->closed = NULL;
    if (!mn_list_empty(&vm->ready))
        next_turn(vm, took_ns < LONG_NS ? 0 : 1);
}

static int make_ready(struct mn_task *t)
{
    struct mn_vm *vm = t->vm;

    mn_list_remove(&t->turn);
    mn_list_append(&vm->ready, &t->turn);
    if (mn_timer_running(&vm->turn))
        return 0;
    return mn_timer_start(vm->clock, &vm->turn, 0, on_turn);
}

struct making {
    struct mn_task *t;
    lua_CFunction f;
    void *owner;
};

static int make(lua_State *L)
{
    struct making *m = lua_touserdata(L, 1);

    m->t->co = lua_newthread(L);
    lua_pushcfunction(m->t->co, m->f);
    lua_pushlightuserdata(m->t->co, m->owner);
    m->t->ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

int mn_task_start(struct mn_vm *vm, struct mn_task *t, lua_CFunction f, void *owner)
{
    struct making m = {t, f, owner};
    int err;

    *t = (struct mn_task){.vm = vm,
                          .take = t->take,
                          .done = t->done,
                          .what = t->what,
                          .call_id = t->call_id,
                          .outlives = t->outlives,
                          .deadline_ms = t->deadline_ms};
    mn_list_init(&t->link);
    mn_list_init(&t->turn);
    mn_list_init(&t->owns);
    if (vm->ntasks >= vm->limits.tasks)
        return MN_ELIMIT;
    lua_pushcfunction(vm->L, make); /* below 20 free slots nobody goes: the stack is empty here */
    lua_pushlightuserdata(vm->L, &m);
    err = lua_pcall(vm->L, 1, 0, 0) == LUA_OK ? 0 : -ENOMEM;
    if (err != 0) {
        lua_pop(vm->L, 1);
        return err;
    }
    vm->ntasks++;
    mn_list_append(&vm->tasks, &t->link);
    err = make_ready(t);
    if (err != 0) {
        mn_list_remove(&t->link);
        mn_list_remove(&t->turn);
        vm->ntasks--;
        luaL_unref(vm->L, LUA_REGISTRYINDEX, t->ref);
    }
    return err;
}

void mn_task_cancel(struct mn_task *t)
{
    void (*cancel)(void *) = t->cancel;

    t->doomed = true;
    if (t->vm->task == t)
        return; /* run() looks when it is back */
    t->cancel = NULL;
    if (cancel != NULL)
        cancel(t->op);
    if (t->vm->task == NULL)
        finish(t, MN_ECANCELED);
    else if (make_ready(t) != 0) /* its <close> variables do not run inside another task */
        MN_LOG(t->vm->log, ERROR, t->vm->call_id, "no memory to end a task");
}

struct mn_task *mn_task_current(lua_State *L, const char *name)
{
    struct mn_vm *vm = mn_vm_of(L);

    if (vm->loading)
        luaL_error(
            L, "%s cannot be used while a file is loading: use it in a function that is given ctx",
            name);
    if (vm->task == NULL || vm->task->dead_ends > 0 || !lua_isyieldable(L))
        luaL_error(L,
                   "%s waits, and Lua cannot wait here (in a sort comparator, a gsub function, a "
                   "metamethod called from C, or a <close> that runs as a task is stopped)",
                   name);
    return vm->task;
}

int mn_task_park(lua_State *L, struct mn_task *t, void (*cancel)(void *op), void *op,
                 lua_KFunction k)
{
    assert(t->cancel == NULL);
    t->cancel = cancel;
    t->op = op;
    t->leaf = L;
    *mn_task_slot(L) = t;
    return lua_yieldk(L, 0, (lua_KContext)op, k);
}

void mn_task_wake(struct mn_task *t)
{
    t->cancel = NULL;
    t->op = NULL;
    *mn_task_slot(t->leaf) = NULL;
    if (make_ready(t) != 0)
        MN_LOG(t->vm->log, ERROR, t->vm->call_id, "no memory to wake a task");
}

void mn_task_wake_with(struct mn_task *t, void (*cancel)(void *op), void *op)
{
    mn_task_wake(t);
    t->cancel = cancel;
    t->op = op;
}
