/* tools.h - calls of tools: those in flight, and those that were answered (R10 to R19). */
#ifndef MN_CORE_TOOLS_H
#define MN_CORE_TOOLS_H

#include "base/buf.h"
#include "base/id.h"
#include "base/json.h"
#include "base/list.h"
#include "core/event.h"
#include "core/session.h"

/* Calls in flight at once; more are answered as refused. So many are remembered for R13, those that
 * were refused among them. */
#define MN_TOOL_CALLS_MAX  64
#define MN_TOOL_CALLS_KEPT 128

enum mn_call_state { MN_CALL_RUNNING, MN_CALL_ANSWERED };

enum mn_approval { MN_APPROVAL_NONE, MN_APPROVAL_ASKING, MN_APPROVAL_AWAITED };

/* What somebody said to a call that awaits it. */
struct mn_approval_word {
    struct mn_str call_id;
    bool approved;
    bool by_caller;
    struct mn_str why; /* for the model, when it was rejected; may be empty */
};

struct mn_tool_call {
    struct mn_list link;
    enum mn_call_state state;
    char call_id[MN_ID_MAX];
    char response_id[MN_ID_MAX];
    char name[MN_ID_MAX];
    int agent, tool; /* tool -1: not one of the agent's */
    mn_leg given;    /* over which it came last */
    mn_leg leg;      /* whose conversation holds it; another: its answer is told in words (R16) */
    bool untold;     /* answered while there was no connection */
    uint32_t ticket; /* 0 when no script runs for it; R17: it may run on after the answer */
    int64_t began_ms;
    int64_t deadline_ms; /* of the script, or of the approval; else INT64_MAX */
    enum mn_approval approval;
    int fillers;                 /* said while it ran (R18) */
    bool joins_quietly;          /* nothing is asked for because it was answered */
    bool well_formed;            /* its arguments are a JSON object */
    char output_item[MN_ID_MAX]; /* ANSWERED: the item that holds the answer */
    struct mn_buf arguments;
};

/* --- tools.c --- */

void mn_tools_call(struct mn_session *s, const struct mn_event *ev, const struct mn_json *item);
void mn_tools_run(struct mn_session *s, struct mn_tool_call *call);
void mn_tools_result(struct mn_session *s, struct mn_tool_call *call, int err, struct mn_str text);
struct mn_tool_call *mn_tools_by_ticket(struct mn_session *s, uint32_t ticket);
struct mn_tool_call *mn_tools_by_call(struct mn_session *s, struct mn_str call_id);
bool mn_tools_called(struct mn_session *s, struct mn_str response_id); /* did it call any? */
bool mn_tools_running(const struct mn_session *s);
void mn_tools_interrupted(struct mn_session *s);
void mn_tools_ended(struct mn_session *s); /* the call is over (R67) */
void mn_tools_time(struct mn_session *s);
int64_t mn_tools_deadline(const struct mn_session *s);
void mn_tools_free(struct mn_session *s);

/* What hooks and logs are told: one has begun, one has ended with this. */
void mn_tools_note_start(struct mn_session *s, const struct mn_tool_call *call);
void mn_tools_note_end(struct mn_session *s, const struct mn_tool_call *call, struct mn_str output);

/* --- tool_answer.c --- */

void mn_tools_answer(struct mn_session *s, struct mn_tool_call *call, struct mn_str output);
/* R17: with words for now, while its script runs on. */
void mn_tools_answer_early(struct mn_session *s, struct mn_tool_call *call, struct mn_str words);
void mn_tools_answer_again(struct mn_session *s, struct mn_tool_call *call); /* R13: as stored */
void mn_tools_turn_away(struct mn_session *s, struct mn_str call_id, struct mn_str words);
void mn_tools_response_done(struct mn_session *s, struct mn_str response_id);
void mn_tools_replayed(struct mn_session *s); /* the conversation is, to a new leg */
/* --- approval.c: tools that wait for a word (R19) --- */

void mn_approval_begin(struct mn_session *s, struct mn_tool_call *call);
void mn_approval_result(struct mn_session *s, struct mn_tool_call *call, bool needed);
int mn_approval_given(struct mn_session *s, const struct mn_approval_word *word);
void mn_approval_over(struct mn_session *s, struct mn_tool_call *call, bool approved);
void mn_approval_late(struct mn_session *s, struct mn_tool_call *call);

#endif
