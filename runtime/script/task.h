/* task.h - Lua code that may wait.
 *
 * A task is a coroutine owned by a vm. A native that must wait parks its task with one pending
 * operation; later the operation wakes it, or the task is cancelled and the operation's cancel
 * function runs. A task waits for at most one thing.
 *
 *     mn_task_start -> ready -> running -> parked -> ready -> running ... -> done
 *                         \------ mn_task_cancel ------/
 *
 * Lua runs only from the vm's turn, a timer on the clock: never inside another task's call, nor in
 * the callback that wakes it. */
#ifndef MN_SCRIPT_TASK_H
#define MN_SCRIPT_TASK_H

#include "base/list.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct mn_vm;
struct mn_task;

#define MN_TASK_NEST 8 /* coroutines of the script's own, one inside another, that may wait */

typedef void mn_task_take(struct mn_task *t, lua_State *co, int n);
typedef void mn_task_done(struct mn_task *t, int err);

/* What must not outlive the task that began it: an answer that is still coming. Zero-filled and
 * initialised, it belongs to none. */
struct mn_task_thing {
    struct mn_list node; /* whoever ends earlier takes it off its list */
    void (*end)(struct mn_task_thing *thing);
};

/* Embed one in whatever owns the task; it must stay put until done is called. */
struct mn_task {
    struct mn_vm *vm;
    lua_State *co;
    int ref;             /* anchors co in the registry */
    bool begun;          /* resumed at least once */
    bool doomed;         /* cancelled: never resumed again */
    struct mn_list link; /* in vm->tasks */
    struct mn_list turn; /* in vm->ready, or by itself */
    struct mn_list owns; /* things that end with it */

    /* Copies the n results on co's top before co is closed; may be NULL; must not raise. */
    mn_task_take *take;

    /* The task is over: err is 0, MN_ESCRIPT (logged), MN_ELIMIT (stopped or out of memory;
     * logged) or MN_ECANCELED. Exactly once; the owner may free t, or close the vm, inside it. */
    mn_task_done *done;

    void (*cancel)(void *op); /* ends op; NULL while running or ready */
    void *op;
    lua_State *leaf;                /* where it waits: co, or a coroutine inside it */
    lua_State *inner[MN_TASK_NEST]; /* the waiting coroutines, innermost first */
    int ninner, depth;              /* depth: how many run inside one another now */
    int dead_ends;                  /* of those, resumed where Lua cannot yield */
    bool outlives;                  /* its call: it ends by a time of its own */
    int64_t deadline_ms;            /* requests end before it; 0: none */
    const char *what;               /* for the log: a tool's name, an event's; may be NULL */
    const char *call_id;            /* for the log: the model's call it serves; may be NULL */
};

/* Makes a task that will run f(owner) in a coroutine at the next turn; f is a lua_CFunction that
 * may lua_callk. t's take, done, what, call_id and deadline_ms are the caller's to set before; the
 * rest is overwritten. Returns 0, MN_ELIMIT (too many tasks) or -ENOMEM; then nothing follows. */
int mn_task_start(struct mn_vm *vm, struct mn_task *t, lua_CFunction f, void *owner);

/* Ends a task. Its operation is cancelled, its <close> variables run, done gets MN_ECANCELED. One
 * that runs right now ends at its next wait; one cancelled by another ends at the next turn. */
void mn_task_cancel(struct mn_task *t);

/* For natives: the calling task. Raises when there is none, or when Lua cannot wait here, with a
 * sentence that begins with the function's name. */
struct mn_task *mn_task_current(lua_State *L, const char *name);

/* For natives: "return mn_task_park(...)". Once woken, k(L, LUA_YIELD, op) gives the results. */
int mn_task_park(lua_State *L, struct mn_task *t, void (*cancel)(void *op), void *op,
                 lua_KFunction k);

/* For an operation that is over: t will go on at the next turn. Nothing raised, nothing pushed. */
void mn_task_wake(struct mn_task *t);

/* The same, when it wakes with something that another must get if t is cancelled before it runs:
 * then cancel(op). */
void mn_task_wake_with(struct mn_task *t, void (*cancel)(void *op), void *op);

/* For natives: end(thing) runs when t is over, unless thing is off its list by then. */
void mn_task_own(struct mn_task *t, struct mn_task_thing *thing,
                 void (*end)(struct mn_task_thing *thing));

/* Where a coroutine keeps the task that waits in it; NULL when none does. */
struct mn_task **mn_task_slot(lua_State *co);

#endif
