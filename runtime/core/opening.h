/* opening.h - how a call opens: who answers, what is looked up first, and with what words (R68,
 * R69).
 *
 *    ASKING ------------> PRELUDE ------------> PREPARING ---------> PREPARED
 *    the app's            the agent's tools     instructions,
 *    on.call_start        that run first        tools
 *
 * The model is dialled meanwhile; it is given its session when the agent is prepared, and until
 * then the caller's audio is kept. Apps without one of the steps skip it. */
#ifndef MN_CORE_OPENING_H
#define MN_CORE_OPENING_H

#include <stdbool.h>
#include <stdint.h>

struct mn_input;
struct mn_session;

enum mn_opening_phase {
    MN_OPENING_NONE,
    MN_OPENING_ASKING,
    MN_OPENING_PRELUDE,
    MN_OPENING_PREPARING,
    MN_OPENING_PREPARED,
};

struct mn_opening {
    enum mn_opening_phase phase;
    bool answered; /* an agent has the call */
    uint32_t ticket;
    int64_t deadline_ms;
};

void mn_opening_begin(struct mn_session *s);
bool mn_opening_result(struct mn_session *s, const struct mn_input *in); /* was it its? */
bool mn_opening_busy(const struct mn_session *s); /* the agent is not prepared yet */
void mn_opening_prepare(struct mn_session *s);    /* after its prelude */
void mn_opening_stop(struct mn_session *s);       /* the call is over */
void mn_opening_time(struct mn_session *s);
int64_t mn_opening_deadline(const struct mn_session *s);

#endif
