/* spec.h - what an app is, as the session needs to know it: immutable, made by script/bundle when
 * an app loads, shared by all its calls, freed with the bundle. No Lua in here.
 *
 * What may differ from call to call (instructions, tools that are enabled) is not here: the session
 * asks for it when an agent becomes active (RUN prepare, session.h). */
#ifndef MN_CORE_SPEC_H
#define MN_CORE_SPEC_H

#include "base/str.h"
#include "core/usage.h"

#include <stdint.h>

enum mn_tool_kind { MN_TOOL_FUNCTION, MN_TOOL_HANDOFF };
enum mn_on_interrupt { MN_KEEP, MN_CANCEL };

/* R18: what is said while a tool runs and nobody speaks. */
struct mn_filler_spec {
    struct mn_str say; /* empty: nothing */
    int32_t after_ms;  /* of silence */
    int32_t every_ms;  /* from one line to the next */
    int max;           /* lines a run of the tool */
};

struct mn_tool_spec {
    struct mn_str name; /* what the model calls */
    enum mn_tool_kind kind;
    int target;        /* MN_TOOL_HANDOFF: index of the agent it hands to */
    int last;          /* R24: how many of the newest items that one knows; 0: all; -1: none */
    struct mn_str say; /* its first words; empty: its own */
    int32_t timeout_ms;
    enum mn_on_interrupt on_interrupt;
    bool conditional; /* it has an is_enabled */
    bool sure;        /* one of Myna's own that cannot fail */
    bool unlisted;    /* R69: the model does not know of it, it is for the prelude alone */
    struct mn_filler_spec filler;
    bool needs_approval;         /* R19: the script is asked whether this call does */
    bool caller_approves;        /* the caller's app may say so, too */
    int32_t approval_timeout_ms; /* silence past it is a no */
};

/* R40 to R44. */
struct mn_guardrail_spec {
    struct mn_str name;
    int32_t every_chars; /* of an answer, between two checks; 0: only at its end */
    int32_t timeout_ms;
    bool hold;   /* R42: what has not passed is not released */
    bool closed; /* R43: one that errs or is late blocks */
};

/* Guardrails on one agent's answers, and as many on what its callers say. More would be one rule
 * each; a check can hold many. */
#define MN_GUARDRAILS_MAX 8

struct mn_guardrails {
    const struct mn_guardrail_spec *list; /* the app's first */
    int n;
};

struct mn_agent_spec {
    struct mn_str name;
    struct mn_str voice; /* empty: the app's or the model's default */
    bool redial;         /* R22: it speaks with that voice, if by a new connection */
    struct mn_guardrails output_guards, input_guards;
    bool changes; /* R26: its instructions or tools may differ from one moment to the next */
    const struct mn_tool_spec *tools;
    int ntools;
    const int *prelude; /* R69: places in tools, in the order of the history */
    int nprelude;       /* MN_PRELUDE_MAX at most */
};

/* R35: what counts as a turn over the agent's voice. Without a rule, any sound does. */
struct mn_turn_spec {
    bool ours; /* there are rules, or words that must not be interrupted from the first */
    int min_words;
    int32_t min_ms, resume_after_ms;
    const struct mn_str *ignore; /* phrases that do not count */
    int nignore;
};

/* What is done when nobody has spoken for so long (R37). */
struct mn_idle_spec {
    int32_t after_ms;
    struct mn_str say; /* empty: nothing */
    bool hang_up;
};

/* What an agent says first (R7). */
enum mn_greeting { MN_GREETING_NONE, MN_GREETING_WORDS, MN_GREETING_INSTRUCTIONS };

/* What an app lets its callers do beyond R75's list: bits of mn_app_spec.caller_may. */
enum mn_caller_may {
    MN_CALLER_SYSTEM = 1 << 0,    /* create system messages */
    MN_CALLER_ASSISTANT = 1 << 1, /* create messages of the assistant, as to resume a talk */
    MN_CALLER_RESPONSES = 1 << 2, /* ask for responses with instructions, tools, input */
};

struct mn_app_spec {
    struct mn_str name;
    struct mn_str model;    /* of the upstream, as "gpt-realtime" */
    struct mn_str upstream; /* an address of its own; empty: the server's */
    struct mn_str fallback; /* R62: dialled when the upstream is given up; may be empty */
    const struct mn_agent_spec *agents;
    int nagents;
    int first;        /* who answers */
    bool hears_start; /* R68: unless its on.call_start names another */
    enum mn_greeting greeting;
    struct mn_str greeting_text;
    bool greeting_whole; /* R35: it must not be interrupted */
    struct mn_turn_spec turns;
    struct mn_str
        turn_detection; /* JSON for session.audio.input.turn_detection; empty: server_vad */
    struct mn_str transcription; /* JSON for session.audio.input.transcription; empty: null */
    struct mn_str input_format, output_format; /* JSON: what calls begin with; empty: PCM16 */
    struct mn_str voice;                       /* default of agents without one; may be empty */
    const struct mn_idle_spec *idle;           /* its rungs, in order */
    int nidle;
    bool tells_digits;            /* R38: keys nobody collects are told to the model */
    bool direct;                  /* R80: it takes calls whose audio does not come by here */
    bool text_only;               /* output_modalities ["text"] */
    unsigned caller_may;          /* of enum mn_caller_may */
    bool prompts;                 /* R27: some agent has a stored prompt */
    bool expose_all;              /* R71, R76: callers see instructions, tools, calls */
    int64_t max_duration_ms;      /* R65; 0: no limit */
    int64_t resume_ms;            /* R63: a call waits so long for its lost caller */
    int max_handoffs_per_turn;    /* R25 */
    int max_tools_per_turn;       /* R65 */
    int64_t owed_ms;              /* R4; 0: MN_OWED_MS */
    int64_t max_idle_ms;          /* R65: of silence of both sides; 0: no limit, here and below */
    int64_t max_tokens, max_cost; /* of a call; the cost in nanodollars (usage.h) */
    struct mn_str farewell;       /* words said when a limit is reached; empty: the model's own */
    bool gates_input;             /* R44: some agent has input guardrails */
    struct mn_price price, transcription_price; /* R66 */
};

/* The index of the agent with that name, or -1. */
static inline int mn_app_agent_named(const struct mn_app_spec *app, struct mn_str name)
{
    for (int i = 0; i < app->nagents; i++) {
        if (mn_str_same(app->agents[i].name, name))
            return i;
    }
    return -1;
}

#endif
