/* fault.h - what can go wrong with a model, on request: in one session, once each.
 *
 * Some strike at once; the others wait for what they spoil. They may be asked for at any time
 * between two events, by a scenario or by `myna sim` (?fault=stall:3000). */
#ifndef MN_SIM_FAULT_H
#define MN_SIM_FAULT_H

#include "sim/model.h"

enum mn_sim_fault {
    /* at once */
    MN_SIM_DROP,          /* the connection is gone without a word: 1006 */
    MN_SIM_CLOSE,         /* number: the close code; text: the reason */
    MN_SIM_STALL,         /* nothing comes for number ms; 0: for ever */
    MN_SIM_EXPIRE,        /* the session's time is over */
    MN_SIM_STRANGE_DELTA, /* a delta of a response nobody knows */
    MN_SIM_UNKNOWN_EVENT, /* an event of a type nobody knows, as of a newer API */

    /* the next event told is not what it should be */
    MN_SIM_NOT_JSON,
    MN_SIM_CUT_SHORT,  /* half of it */
    MN_SIM_WRONG_TYPE, /* its type is a number */

    /* events of the next response, in an order that cannot be */
    MN_SIM_DONE_TWICE,   /* response.done */
    MN_SIM_DELTA_FIRST,  /* a delta comes before response.created */
    MN_SIM_ITEM_REVERSE, /* conversation.item.done comes before .added */

    /* the same again */
    MN_SIM_CALL_TWICE, /* response.output_item.done of the next function call */
    MN_SIM_LATE_DELTA, /* the last audio of the next response that is cancelled, behind its end */

    /* what the client asks for next goes wrong */
    MN_SIM_REFUSE_UPDATE,  /* session.update; text: the code, or empty */
    MN_SIM_LOSE_UPDATE,    /* session.update holds, and is never acknowledged */
    MN_SIM_ALREADY_ACTIVE, /* response.create: another one is active; the error names no event */
    MN_SIM_FAIL,           /* a response is done "failed"; text: the code, or empty: server_error */
    MN_SIM_SLOW,           /* a response's first output comes number ms later */
    MN_SIM_LATE_TRANSCRIPT, /* what the caller says comes number ms later: behind the next, say */
    MN_SIM_FAIL_TRANSCRIPT, /* transcription of what the caller says fails */
    MN_SIM_FAULTS
};

/* Returns 0; -EINVAL when the number makes no sense; MN_ECLOSED after the session ended. What it
 * makes is taken with mn_sim_next; look at mn_sim_closed and the deadline after. text is copied. */
int mn_sim_fault(struct mn_sim *sim, enum mn_sim_fault fault, int64_t number, struct mn_str text,
                 int64_t now_ms);

const char *mn_sim_fault_name(enum mn_sim_fault fault); /* "already_active" */

/* Reads "drop", "stall:3000", "close:1011", "fail:rate_limit_exceeded" or "close:1001:reason".
 * False when it names no fault. text is borrowed from word. */
bool mn_sim_fault_read(struct mn_str word, enum mn_sim_fault *fault, int64_t *number,
                       struct mn_str *text);

#endif
