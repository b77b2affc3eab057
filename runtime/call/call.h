/* call.h - one live call: introduces caller, session, script and model to each other.
 *
 *   caller link --+                             +-- model link
 *                 +--> session --> effects --> call
 *   script -------+                             +-- script, caller, model
 *
 * The session decides, the call carries out; nothing else acts on effects. A call owns its session,
 * its two links, its Lua state and its timers, and frees them in one place when the last link has
 * closed. */
#ifndef MN_CALL_CALL_H
#define MN_CALL_CALL_H

#include "call/world.h"

#define MN_LINE_MAX 64 /* of an id the API gives a call; ours */

struct mn_call_settings {
    struct mn_world *world;   /* borrowed while the call lives */
    struct mn_bundle *bundle; /* held by the call */
    struct mn_link *caller;   /* taken over, open; NULL of a direct call: */
    const char *line;         /* its id at the model (R80), "rtc_..."; copied; NULL: not direct */
    const char *id;           /* "sess_..."; copied */
    uint64_t seed;
    bool greet;               /* let the agent speak first, if the app says what */
    bool text_only;           /* answers are text, whatever the app says */
    enum mn_dialect dialect;  /* the caller's (R74) */
    bool notes;               /* tell the caller of myna.* events (?events=myna) */
    const char *start;        /* name of the agent who answers; NULL: the app's */
    struct mn_str meta, user; /* JSON for ctx.call and ctx.user; may be empty */
    struct mn_str state;      /* JSON for ctx.state, over what the app says; may be empty */
    struct mn_str history;    /* JSON of the items it begins with (R52); may be empty */
    uint64_t number;          /* of the worker's calls, counted from 1 */
    struct mn_str peer;       /* the caller's address, for operators; copied; may be empty */
    struct mn_str session;    /* JSON of what the session is to be (GA, R70); may be empty */
    uint64_t seat;            /* the world's own: mn_call_seat gives it back */
};

/* Begins a call. Returns 0, or an error, and then the caller link has been closed with a reason and
 * nothing follows. */
int mn_call_open(struct mn_call **out, const struct mn_call_settings *settings);

/* The app was read again: from its next quiet moment on the call uses newer's prompts, unless their
 * tools differ (R60); the log says which. */
void mn_call_move(struct mn_call *c, struct mn_bundle *newer);

const struct mn_bundle *mn_call_bundle(const struct mn_call *c);

/* Ends it: the caller is told why; world->ended follows from the loop. */
void mn_call_end(struct mn_call *c, int code, const char *reason);

/* Says goodbye, with the app's words, or these, or the model's own, and ends it with code when that
 * has been heard; a caller who is away, or a model, is not waited for. */
void mn_call_farewell(struct mn_call *c, struct mn_str words, int code);

/* Runs a tool of an agent alone, beside the conversation: nobody is told of it but done, exactly
 * once unless the call ends. One at a time. Returns 0, or an error after which nothing follows. */
int mn_call_run_alone(struct mn_call *c, int agent, int tool, struct mn_str arguments,
                      mn_job_done *done, void *owner);

/* R63: a caller is back on another link, and presents a token. Returns 0, having taken the link; or
 * MN_EABSENT when it is not the token of this call, which goes on without it. */
int mn_call_return(struct mn_call *c, struct mn_link *caller, struct mn_str token);
bool mn_call_takes(const struct mn_call *c, struct mn_str token); /* would it? */

/* What a script can order (script/ports.h), from elsewhere: say, reply, send, handoff, refresh,
 * interrupt, hang_up, history. Carried out soon, from the clock. Returns 0, MN_EABSENT (no such
 * word, no such agent) or MN_ECLOSED. */
int mn_call_order(struct mn_call *c, const char *word, struct mn_str text);

/* As if the caller had typed it: an item, and an answer to it is asked for. Guardrails see it, the
 * app's hooks on the caller's events do not. Returns as mn_call_order. */
int mn_call_type(struct mn_call *c, struct mn_str text);

/* Writes what operators and routes may know of it, as members of the object w is in. */
void mn_call_describe(const struct mn_call *c, struct mn_writer *w);

/* The operator's word on a tool's call that waits for it (R19); why: for the model, when it is
 * rejected. Returns 0, or MN_EABSENT when no such call waits, or MN_ECLOSED. */
int mn_call_approve(struct mn_call *c, struct mn_str call_id, bool approved, struct mn_str why);

const char *mn_call_line(const struct mn_call *c); /* "" when it is not direct */
const char *mn_call_id(const struct mn_call *c);
uint64_t mn_call_seat(const struct mn_call *c);
uint64_t mn_call_number(const struct mn_call *c);
const struct mn_session *mn_call_session(const struct mn_call *c);
bool mn_call_is_over(const struct mn_call *c); /* what is left of it are its scripts (R67) */
struct mn_state *mn_call_state(const struct mn_call *c); /* NULL once the call has ended */

/* Adds what it holds: bytes of its Lua, and those that wait for its caller on the socket and until
 * they are due. */
void mn_call_weigh(const struct mn_call *c, int64_t *lua, int64_t *to_send, int64_t *paced);

/* Embedded for whoever records calls (record.c); the call never touches it. */
struct mn_call_record {
    bool begun;
    int64_t events, places, lost;
};
struct mn_call_record *mn_call_record(struct mn_call *c);

/* Embedded for whoever lists calls; the call never touches it. */
struct mn_list *mn_call_place(struct mn_call *c);
struct mn_call *mn_call_at(struct mn_list *place);

#endif
