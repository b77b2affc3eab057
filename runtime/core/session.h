/* session.h - one conversation as a pure state machine: the rules R1 to R76 of
 * docs/conversation.md.
 *
 *     inputs  --mn_session_feed()-->   [ session ]  --mn_session_next()-->  effects
 *     audio   --mn_session_audio()-->  [         ]  --> play at, or drop
 *
 * It owns no socket, timer, thread or Lua and reads no clock: every call is told "now" (ms on the
 * call's monotonic clock), and mn_session_deadline() says when it wants to be fed MN_IN_TIME. The
 * server, the simulator's scenarios, the tests and the fuzzers drive the same code.
 *
 * Audio bytes never enter. A session counts milliseconds and says what to do with each frame.
 * What feed() is given is borrowed until it returns; an effect owns its bytes until freed. */
#ifndef MN_CORE_SESSION_H
#define MN_CORE_SESSION_H

#include "audio/format.h"
#include "base/id.h"
#include "core/digits.h"
#include "core/event.h"
#include "core/span.h"
#include "core/spec.h"

struct mn_session;

struct mn_session_settings {
    const struct mn_app_spec *app; /* borrowed for the session's life */
    const char *id;                /* "sess_..."; copied */
    uint64_t seed;                 /* of the ids it makes: the same seed, the same record */
    int64_t expires_at;            /* Unix seconds shown to the caller as session.expires_at */
    int64_t wall_s;                /* Unix seconds when it is made; 0: not known */
    int64_t rotate_ms;             /* R61: a connection is replaced this old; 0: only as the model
                                      says that it ends */
    int32_t retry_ms;              /* R62: pause before the first dial to reconnect; doubles */
    int64_t resume_ms;             /* R63: wait so long for a caller who was lost; 0: not at all */
    int32_t retries;               /* dials before the upstream is given up; 0: none */
    int32_t prelude_ms;            /* R69: what each tool of a prelude has, at most */
    int64_t call_start_ms;         /* R68: what on.call_start has */
    int32_t lead_ms;               /* how much audio may be with the caller before it is due */
    int32_t unreleased_max_ms;     /* audio waiting to be due; past it the response is cancelled */
    bool beta;                     /* the caller speaks beta, and is told of its conversation */
    bool greet;                    /* say the app's greeting when the first agent is ready */
    bool text_only;                /* answers are text, whatever the app says (a typed call) */
    bool direct;                   /* R80: audio travels between caller and model; there is no
                                      caller's end, and the one leg is the call */
    int start;                     /* index of the agent who answers; -1 for the app's first */
    const struct mn_json *wish;    /* of the caller, for the session (R70); read in mn_session_new;
                                      NULL: none. What mn_session_preview refuses is not asked */
};

/* A connection to the model. Every event names its leg, so that two can live at once (rotation,
 * reconnect, redial). Legs are numbered from 1 by the session (MN_FX_DIAL). */
typedef int mn_leg;

/* How a call moves to another agent when no transfer tool says so (R25). */
struct mn_move {
    int last; /* R24: how many of the newest items the next agent knows; 0: all; -1: none */
    struct mn_str items; /* or these, a JSON array as mn_session_history gives it; what it does not
                            name stays known */
    struct mn_str say;   /* the next agent's first words; empty: its own */
    struct mn_str reply; /* or a line added to its instructions for what it says first */
    bool silent;         /* it waits to be spoken to */
};

/* R9: a recording that is played to the caller. Its samples stay with whoever feeds the session. */
struct mn_recording {
    int sound;                       /* what MN_FX_PLAY will call it; not negative */
    int64_t samples_24k, samples_8k; /* how long it is, at either rate */
    struct mn_str path;              /* for the history */
    struct mn_str words;             /* what is said in it; empty: nothing the model must know */
    bool whole;                      /* not to be interrupted (R35) */
};

/* A picture that a script shows the model. */
struct mn_picture {
    struct mn_str url;  /* data:image/png;base64,... */
    struct mn_str text; /* words that come with it; may be empty */
};

enum mn_input_type {
    MN_IN_START,       /* the caller is here: begin */
    MN_IN_MODEL,       /* .leg .event */
    MN_IN_CALLER,      /* .event, already checked by mn_event_decode */
    MN_IN_CALLER_LOST, /* .err: the caller's link closed; 0: they hung up */
    MN_IN_CALLER_BACK, /* they are on another link (R63) */
    MN_IN_LEG_UP,      /* .leg: its link is open; of a direct call (R80) nothing else may say so */
    MN_IN_LEG_DOWN,    /* .leg .err .code .text: the dial failed or the link closed */
    MN_IN_RESULT,    /* .ticket .err .text .tools: what a RUN brought; stale tickets are counted */
    MN_IN_SAY,       /* .text: these words (R8); .whole: not to be interrupted (R35) */
    MN_IN_REPLY,     /* .text: a response with this line added to the instructions */
    MN_IN_PLAY,      /* .play: by script (R9). MN_EPROTOCOL in a typed call, or
                          a direct one */
    MN_IN_PICTURE,   /* .picture: by script. MN_EPROTOCOL while there is no model to see it */
    MN_IN_HANDOFF,   /* .agent .move: by script or REST (R25) */
    MN_IN_MOVED,     /* R60: the app was read again, and its prompts may have changed */
    MN_IN_REFRESH,   /* R26: look at the agent's instructions and tools again */
    MN_IN_HISTORY,   /* .text: the history shall be this JSON array of items (R52) */
    MN_IN_INTERRUPT, /* by script: as if the caller had cut in */
    MN_IN_TEXT_TOOL, /* .text, .whole: a tool of a text agent began, or (whole) ended: as TRIPPED */
    MN_IN_TRIPPED,   /* .text: a tool's guardrail did (R45): the note's members, as JSON */
    MN_IN_PROGRESS,  /* .call_id .text: a tool's words while it runs (R17) */
    MN_IN_APPROVAL,  /* .call_id .approved .text: may it run; why not (R19) */
    MN_IN_COLLECT,   /* .ticket .collect: by script: the keys the caller presses (R38) */
    MN_IN_HEAR_OUT,  /* .ticket: by script: until what is being said has been heard (R39) */
    MN_IN_FORGET,    /* .ticket: nobody waits for either any more */
    MN_IN_HANG_UP,   /* .text: the reason; ends once what is being said has been heard */
    MN_IN_FAREWELL,  /* .text: goodbye, unless the app has its own words; .code: of the close */
    MN_IN_END,       /* .code .text: it is over, for a reason outside of the conversation */
    MN_IN_TIME,      /* the deadline is here */
};

struct mn_input {
    enum mn_input_type type;
    mn_leg leg;
    const struct mn_event *event;
    uint32_t ticket;
    int err, code;        /* code: of a WebSocket's close */
    struct mn_str text;   /* RESULT of MN_JOB_TOOL: the output; of MN_JOB_PREPARE: the instructions;
                             of MN_JOB_CHECK_x: empty when it passes, else a block */
    struct mn_str tools;  /* RESULT of MN_JOB_PREPARE: a JSON array of function tools */
    struct mn_str prompt; /* likewise: R27, a JSON object; empty: none */
    int agent;
    const struct mn_collect *collect;
    const struct mn_move *move; /* NULL: it knows all, and speaks */
    const struct mn_recording *play;
    const struct mn_picture *picture;
    bool whole;
    struct mn_str call_id;
    bool approved;
};

enum mn_effect_type {
    MN_FX_DIAL,   /* .leg .fallback: connect to the model, or to the app's fallback */
    MN_FX_HANGUP, /* .leg: close that connection */
    MN_FX_SEND,   /* .leg .text: an event for the model; .first: before audio kept for it */
    MN_FX_TELL,   /* .text: an event for the caller; .in_order: not before audio queued earlier;
                     .held when not 0: nor before it is released (R42) */
    MN_FX_DROP,   /* throw away the audio queued for the caller, and held events; the other in_order
                     events stay and go out */
    MN_FX_RELEASE, /* .held: what is held up to this number may go; .at_ms: when its audio's
                      offset 0 is due */
    MN_FX_PLAY,    /* R9: .sound in .format goes to the caller, behind audio queued before it: as
                      audio of the item .call_id in the response .text, from .at_ms on */
    MN_FX_PAUSE,   /* hold the audio queued for the caller (R35); see mn_session_plays_on */
    MN_FX_RESUME,  /* let it go on, all of it .late_ms later than it was due */
    MN_FX_RUN,     /* .ticket .job ...: script work; answered by one MN_IN_RESULT */
    MN_FX_STOP,    /* .ticket: cancel that work; no result is wanted any more */
    MN_FX_NOTE,    /* .note .text: something happened (JSON object), for hooks, logs and records */
    MN_FX_AWAITED, /* .ticket of COLLECT or HEAR_OUT, .code: an mn_awaited, .text: the keys; they
                      are for that script only, never for a log or a record */
    MN_FX_END,     /* .code .text: the call is over; tell the caller and close */
};

/* How a script's waiting ended. */
enum mn_awaited {
    MN_AWAITED_DONE,     /* heard; or so many keys as were wanted */
    MN_AWAITED_FINISHED, /* by the key that finishes */
    MN_AWAITED_TIMEOUT,
    MN_AWAITED_CUT,  /* the caller cut in: it will not be heard */
    MN_AWAITED_OVER, /* the call is */
};

enum mn_job {
    MN_JOB_PREPARE, /* .agent: its instructions and enabled tools, as they are now */
    MN_JOB_TOOL,    /* .agent .tool .call_id .text: arguments, well-formed JSON, not yet checked */
    MN_JOB_HANDOFF, /* .agent (from) .tool .call_id .text: its on_handoff(input, ctx), before the
                       move; .text of the result: the items of mn_move, or empty */
    MN_JOB_CHECK_OUTPUT, /* .agent .tool: its output guardrail; .text: what was said so far (R40) */
    MN_JOB_CHECK_INPUT,  /* .agent .tool: its input guardrail; .text: the caller's words (R44) */
    MN_JOB_APPROVAL,     /* as TOOL: must somebody approve this call (R19)? Its text says so, or is
                            empty */
    MN_JOB_PRELUDE,      /* as TOOL; MN_EABSENT: it is not enabled now (R69) */
    MN_JOB_CALL_START, /* .agent, who would answer; .text: the event, as JSON: on.call_start (R68).
                          Text of the result: the name of who answers, or empty; MN_EREFUSED: the
                          caller is turned away */
};

/* What a guardrail that blocks brings: {"say":words,"policy_hint":words,"info":any}, each of them
 * left out when there is none. */

/* Each note's .text is a JSON object with the members named here, beside "agent" (who is active;
 * none before one has answered). */
#define MN_NOTE_MAP(X)                                                                             \
    X(CALL_START, "call_start", "session")                                                         \
    X(CALL_END, "call_end", "reason, seconds, usage")                                              \
    X(AGENT_START, "agent_start", "")                                                              \
    X(AGENT_END, "agent_end", "text")                                                              \
    X(AGENT_HANDOFF, "agent_handoff", "from, to")                                                  \
    X(HANDOFF_FAILED, "handoff_failed", "from, to, reason")                                        \
    X(APPROVAL_REQUESTED, "tool_approval_requested", "tool, args, call_id, approve_by")            \
    X(TOOL_START, "agent_tool_start", "tool, args, call_id, text_agent")                           \
    X(TOOL_END, "agent_tool_end", "tool, args, result, call_id, seconds, text_agent")              \
    X(AUDIO_START, "audio_start", "")                                                              \
    X(AUDIO_STOPPED, "audio_stopped", "")                                                          \
    X(AUDIO_INTERRUPTED, "audio_interrupted", "item, heard_ms")                                    \
    X(GUARDRAIL_TRIPPED, "guardrail_tripped", "name, on, info, response, item, tool, call_id")     \
    X(HISTORY_ADDED, "history_added", "item")                                                      \
    X(HISTORY_UPDATED, "history_updated", "item")                                                  \
    X(CALLER_LOST, "caller_lost", "seconds")                                                       \
    X(CALLER_BACK, "caller_back", "seconds")                                                       \
    X(RECONNECTING, "reconnecting", "code, try")                                                   \
    X(RESUMED, "resumed", "seconds")                                                               \
    X(DTMF, "dtmf", "digit")                                                                       \
    X(IDLE, "idle", "seconds, rung")                                                               \
    X(TRANSPORT_EVENT, "transport_event", "event: one of the model's, as it came")                 \
    X(USAGE, "usage",                                                                              \
      "response or item, input_tokens, output_tokens, total_tokens, cost_usd, total")              \
    X(ERROR, "error", "code, message, from, class")

enum mn_note {
#define X(name, wire, members) MN_NOTE_##name,
    MN_NOTE_MAP(X)
#undef X
        MN_NOTE_COUNT
};

const char *mn_note_name(enum mn_note note); /* the wire name: what `on` handlers are called */

struct mn_effect {
    enum mn_effect_type type;
    mn_leg leg;
    bool in_order, fallback, first;
    bool ours; /* TELL: an event of Myna's own, for callers who asked for these */
    uint32_t ticket;
    enum mn_job job;
    int agent, tool; /* indexes into the app's spec; tool of a check: into its guardrails */
    enum mn_note note;
    int code;                    /* END: a WebSocket close code; AWAITED */
    uint32_t held;               /* TELL, RELEASE */
    int64_t at_ms;               /* RELEASE, PLAY */
    int sound;                   /* PLAY */
    enum mn_audio_format format; /* PLAY */
    int64_t late_ms;             /* RESUME */
    char call_id[MN_ID_MAX];
    struct mn_buf text; /* owned until mn_effect_free */
};

struct mn_session *mn_session_new(const struct mn_session_settings *settings); /* NULL: no memory */
void mn_session_free(struct mn_session *s);                                    /* accepts NULL */

/* Writes, as members of the object w is in, the session a caller of the app would begin with after
 * that wish (GA; NULL: none), without an id and a time. Returns 0, MN_EPROTOCOL with why filled
 * when the wish cannot be fulfilled, or -ENOMEM. */
int mn_session_preview(const struct mn_app_spec *app, const struct mn_json *wish,
                       struct mn_writer *w, struct mn_fault *why);

/* Writes, as members of the object w is in, the session a direct call of the app is offered with
 * (R80), with that wish as above: it answers nothing until it is configured. Returns as above. */
int mn_session_offer(const struct mn_app_spec *app, const struct mn_json *wish, struct mn_writer *w,
                     struct mn_fault *why);

/* Applies one input. Returns 0; MN_EPROTOCOL when it makes no sense now, MN_ELIMIT when it is more
 * than can be held (both counted, ignored); -ENOMEM, or MN_EFULL when more effects are left than
 * may wait, after which the call should be ended. */
int mn_session_feed(struct mn_session *s, const struct mn_input *in, int64_t now_ms);

/* What to do with an audio frame of the model (R33), without an effect of its own. */
struct mn_verdict {
    enum { MN_AUDIO_DROP, MN_AUDIO_PLAY, MN_AUDIO_HOLD } act;
    int64_t release_at_ms; /* PLAY: when it may go to the caller; now or earlier: at once */
    uint32_t held;         /* HOLD: its number, for MN_FX_RELEASE */
    int64_t offset_ms;     /* HOLD: where it lies in its answer's audio */
};
struct mn_verdict mn_session_audio(struct mn_session *s, mn_leg leg, const struct mn_span *span,
                                   int64_t now_ms);

/* After MN_FX_PAUSE, where the caller cannot be told to pause: audio is held from the frame on that
 * was to be released at held_from_ms (INT64_MAX: none waits), and what went before is heard (R31).
 */
void mn_session_plays_on(struct mn_session *s, int64_t held_from_ms);

/* A caller's audio frame of so many bytes, once decoded (0: nothing, only asks). Returns the leg to
 * forward it to now; 0: keep it until a leg is ready (bounded by whoever keeps it, oldest dropped);
 * -1: it is not wanted. */
mn_leg mn_session_append(struct mn_session *s, size_t bytes, int64_t now_ms);

/* Pops the next effect, which the taker frees. False when there is none. */
bool mn_session_next(struct mn_session *s, struct mn_effect *out);
void mn_effect_free(struct mn_effect *fx);
bool mn_session_has_effects(const struct mn_session *s);

int64_t mn_session_deadline(const struct mn_session *s); /* or INT64_MAX */

/* For ctx.history, records and chat: appends a JSON array of the newest `last` items (0: all),
 * oldest first. Returns the buffer's sticky error. */
int mn_session_history(const struct mn_session *s, int last, struct mn_buf *out);
int mn_session_agent(const struct mn_session *s);                 /* index of the active agent */
bool mn_session_idle(const struct mn_session *s, int64_t now_ms); /* nobody speaks, nothing owed */
/* The tool that runs under a ticket, also once the call is over (R16); "" when none does. */
const char *mn_session_tool(const struct mn_session *s, uint32_t ticket);
/* The calls of tools that wait for a word (R19), as objects into the array w is in. */
void mn_session_approvals(const struct mn_session *s, struct mn_writer *w);
void mn_session_usage(const struct mn_session *s, struct mn_writer *w); /* members, into w */
unsigned mn_session_benign(const struct mn_session *s); /* R64: errors by which nothing was lost */

#endif
