/* state.h - one call's Lua: a sandboxed state opened from a bundle, and the work running in it.
 *
 * Lua is entered from here only through protected calls, with the watchdog's eye on the time. A
 * state never calls back into whoever opened it except through its ports and its done functions,
 * and those only from the clock. A done function may close the state; a port, which Lua is calling,
 * may run and stop jobs, but not close the state or dump it. */
#ifndef MN_SCRIPT_STATE_H
#define MN_SCRIPT_STATE_H

#include "core/session.h"
#include "script/bundle.h"
#include "script/ports.h"

struct mn_state;

struct mn_state_limits {
    size_t memory_bytes;        /* the first refusal ends the task that asked; 4 MB */
    int64_t slice_ms;           /* CPU of one slice of Lua before it is stopped; 10 ms */
    int64_t slice_instructions; /* tests count these instead, to be repeatable; 0: CPU time */
    bool is_front;              /* messages name the routes' options, not the calls' */
    bool ordered;               /* tests: pairs by order of keys, no address is shown */
    int tasks;                  /* at once; 64 */
    int http;                   /* requests at once; 8 */
    size_t body_bytes;          /* of an HTTP answer; 1 MB */
    size_t stream_bytes;        /* of a streamed answer, before the sender waits; 64 KB */
    size_t result_bytes;        /* of a tool's output; 32 KB */
    int64_t call_start_ms;      /* what on.call_start has; 3 s */
    int mails;                  /* a call may send; 20. A front may send any number */
    size_t picture_bytes;       /* shown to the model; 512 KB */
    size_t sound_bytes;         /* of a recording's file; 8 MB */
    int64_t sound_ms;           /* it may last; 2 min */
    size_t sounds_bytes;        /* of all an app plays; 64 MB */
    int64_t prelude_ms;         /* what each tool of a prelude has, at most; 3 s */
};
extern const struct mn_state_limits mn_state_defaults;

/* What all calls of a worker take of one turn of its loop: 5 ms, and the slice that begins in them.
 * Then it is the sockets' turn. Zero-filled at first. */
struct mn_lua_turn {
    uint64_t run; /* of the clock */
    int64_t spent_ns;
    int64_t total_ns; /* of all turns */
};

struct mn_state_settings {
    struct mn_bundle *bundle;             /* held by the state */
    struct mn_clock *clock;               /* borrowed: timers, os.time, os.clock */
    struct mn_log *log;                   /* borrowed */
    const struct mn_ports *ports;         /* borrowed */
    struct mn_lua_turn *turn;             /* borrowed; NULL: alone on its clock */
    const struct mn_state_limits *limits; /* NULL: the defaults */
    const char *call_id;                  /* for the log; copied */
    uint64_t seed;                        /* of math.random */
    struct mn_str meta;  /* JSON object for ctx.call (id, from, to, channel, meta) */
    struct mn_str user;  /* JSON for ctx.user; empty: nil */
    struct mn_str state; /* JSON object; its fields win over those the app begins with */
};

/* What a job brought. text and tools as in mn_input's RESULT; err is 0, MN_ESCRIPT, MN_ETIMEOUT or
 * MN_ELIMIT: even then text holds words fit for the model (R11); of MN_JOB_CALL_START MN_EREFUSED
 * as well, of MN_JOB_PRELUDE MN_EABSENT. */
struct mn_job_result {
    int err;
    struct mn_str text;
    struct mn_str tools, prompt; /* MN_JOB_PREPARE */
};
typedef void mn_job_done(void *owner, uint32_t ticket, const struct mn_job_result *result);

/* Runs the app's files in a fresh state. Returns 0, -ENOMEM, or MN_ESCRIPT with the traceback
 * logged (an app that passed mn_bundle_load can still meet the memory cap). */
int mn_state_open(struct mn_state **out, const struct mn_state_settings *settings,
                  mn_job_done *done, void *owner);

/* Ends every task (their <close> variables run, their requests are cancelled), then the state.
 * No done function runs any more. Accepts NULL. */
void mn_state_close(struct mn_state *st);

/* Starts a job of the session's RUN effect. done runs exactly once, never before this returns,
 * unless the job is stopped. Returns 0, or an error after which nothing follows. */
int mn_state_run(struct mn_state *st, uint32_t ticket, enum mn_job job, int agent, int tool,
                 const char *call_id, struct mn_str arguments);
void mn_state_stop(struct mn_state *st, uint32_t ticket); /* unknown tickets are ignored */

/* Calls the app's on.<note> handler as a task, if it has one. text is the note's JSON. */
void mn_state_note(struct mn_state *st, enum mn_note note, struct mn_str text);
bool mn_state_wants(const struct mn_state *st, enum mn_note note); /* whether it has */

/* The call has ended: what was spawned in it ends, but for what may outlive it. */
void mn_state_end(struct mn_state *st);

/* The time for that is over: ends all else. Returns how many tasks that were. */
int mn_state_end_rest(struct mn_state *st);

/* ms that what outlives its call may still take; 0 when nothing does. */
int64_t mn_state_outlive_ms(const struct mn_state *st);

/* What a port's await was for has come; unknown tickets are ignored. keys is borrowed. */
void mn_state_awaited(struct mn_state *st, uint32_t ticket, enum mn_awaited how,
                      struct mn_str keys);

/* Tells idle, with the owner of done, when no task runs any more, from the clock; it may not close
 * the state there. False when none runs now: then it is not told. */
bool mn_state_when_idle(struct mn_state *st, void (*idle)(void *owner));

size_t mn_state_memory(const struct mn_state *st); /* bytes its Lua holds */
int mn_state_tasks(const struct mn_state *st);     /* running now */

/* Runs a line of Lua in the call's own state, as `myna chat` does for an author at the keyboard:
 * an expression or a statement, which knows ctx and may not wait. What it gives is appended as
 * text. Returns 0, or MN_ESCRIPT or MN_ELIMIT with the error in out. */
int mn_state_eval(struct mn_state *st, struct mn_str line, struct mn_buf *out);

/* Appends ctx.state as JSON (tests, chat's :state). */
int mn_state_dump(struct mn_state *st, struct mn_buf *out);

#endif
