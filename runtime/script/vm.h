/* vm.h - one sandboxed Lua state: its memory, what it may reach, and how C enters it.
 *
 *     mn_vm_open -> mn_vm_load (the app's files) -> tasks (task.h), mn_vm_call -> mn_vm_close
 *
 * A check and a call use the same one; a check reads files and collects mistakes, a call finds on
 * the bundle's shelf what the check read. From outside, Lua is entered only by mn_vm_call and by
 * task.c, both protected and both under the watchdog. All of it on the bundle's thread. */
#ifndef MN_SCRIPT_VM_H
#define MN_SCRIPT_VM_H

#include "base/list.h"
#include "script/app.h"
#include "script/pool.h"
#include "script/state.h"

#include <lua.h>

struct mn_task;

enum mn_stop { MN_STOP_NONE, MN_STOP_SLICE, MN_STOP_MEMORY };

struct mn_vm {
    lua_State *L;
    struct mn_bundle *bundle; /* borrowed */
    struct mn_bundle *texts;  /* borrowed: a newer generation's texts (live.h); NULL: its own */
    int moves;                /* how often those changed */
    struct mn_log *log;       /* borrowed, as the next two */
    struct mn_clock *clock;   /* NULL in a check */
    const struct mn_ports *ports;
    struct mn_lua_turn *share; /* borrowed; NULL: alone on its clock */
    struct mn_state_limits limits;
    char call_id[MN_ID_MAX];
    struct mn_str meta, user, state; /* JSON, borrowed while loading */
    bool checking;                   /* files are read, mistakes are collected */
    bool loading;                    /* the app's files run: no clock, no chance, no waiting */

    struct mn_pool pool; /* of all Lua holds */
    size_t bytes;        /* held by Lua now */
    size_t refused_size; /* of the last growth, when it was refused; else 0 */
    const void *refused_block;
    int times;     /* the limit of a slice, the running one may take */
    int64_t spent; /* instructions of this slice, when those are counted */
    bool in_slice; /* Lua runs */
    volatile enum mn_stop stop;
    lua_State *volatile running; /* the coroutine that runs now */
    char stopped_at[160];        /* "file:line" of the first instruction refused */

    struct mn_list tasks;  /* all of them */
    struct mn_list ready;  /* those to run at the next turn */
    struct mn_list awaits; /* natives that wait for the session (lib_await.c) */
    uint32_t tickets;      /* what they are named by, counted */
    struct mn_timer turn;
    struct mn_task *task; /* the one that runs, or NULL */
    int ntasks, nhttp;
    int nmails;             /* sent ever */
    struct mn_list spawned; /* of lib_spawn.c: tasks of the call's own */
    lua_Integer last_spawned;
    bool over;                 /* the call has ended */
    void (*idle)(void *owner); /* told once no task runs; NULL: nobody asks */
    void *idle_owner;
    bool *closed; /* set when the vm goes away during its own turn; or NULL */

    struct mn_buf *why;    /* of mn_vm_call, while it runs */
    struct mn_buf scratch; /* of natives, so that a raised error leaks nothing */
};

struct mn_vm_settings {
    struct mn_bundle *bundle;
    struct mn_log *log;
    struct mn_clock *clock;
    const struct mn_ports *ports;
    struct mn_lua_turn *share;
    const struct mn_state_limits *limits;
    const char *call_id;
    uint64_t seed;
    bool checking;
};

/* vm must stay put until mn_vm_close. Returns 0 or -ENOMEM, and is then closed. */
int mn_vm_open(struct mn_vm *vm, const struct mn_vm_settings *settings);

/* Once its files have run: throws away what loading left, and lets the collector work from now. */
void mn_vm_settle(struct mn_vm *vm);

void mn_vm_close(struct mn_vm *vm); /* ends every task first; accepts a zero-filled one */

/* Calls f(argument) protected and watched; it may leave things only through argument. Returns 0;
 * MN_ESCRIPT, -ENOMEM or MN_ELIMIT with the message and the author's traceback in why (may be
 * NULL); MN_EPROTOCOL when Lua runs already. load: the call runs the app's files, and gets the time
 * for that. */
int mn_vm_call(struct mn_vm *vm, lua_CFunction f, void *argument, bool load, struct mn_buf *why);

/* A task is over: tells idle when it was the last. */
void mn_vm_rest(struct mn_vm *vm);

/* The call is over: what was spawned ends, but for what may outlive it. */
void mn_spawned_end(struct mn_vm *vm);
int64_t mn_spawned_left(const struct mn_vm *vm); /* ms the last of those may still take */

/* Ends every task but those. Returns how many. */
int mn_spawned_alone(struct mn_vm *vm);

static inline struct mn_vm *mn_vm_of(lua_State *L)
{
    void *vm;

    lua_getallocf(L, &vm);
    return vm;
}

/* A slice begins and ends: between the two, co and what it resumes are watched. It may take so many
 * times the limit: 1, or MN_VM_LOAD_TIMES while files run. */
#define MN_VM_LOAD_TIMES 20
void mn_vm_enter(struct mn_vm *vm, lua_State *co, int times);
void mn_vm_leave(struct mn_vm *vm);

/* Lua goes on in co (a coroutine resumed, or come back to): the watch follows. */
void mn_vm_switch(struct mn_vm *vm, lua_State *co);

/* Ends the running slice at its next instruction. Safe in a signal handler. */
void mn_vm_stop(struct mn_vm *vm, enum mn_stop stop);

/* For natives that are long at work: as if so many instructions of Lua had run. Raises once the
 * slice is over, and the script does not go on. */
void mn_vm_spend(lua_State *L, int64_t instructions);

/* A sentence for why a slice was stopped, naming the setting. */
void mn_vm_explain(const struct mn_vm *vm, struct mn_buf *out);

/* Registry: the table of functions lua/myna/run.lua returns. */
#define MN_VM_RUN "myna.run"

#endif
