/* legs_parts.h - what the files that make up a session's legs share, and no one else.
 *
 *   legs.c           which connection is dialled when, and hung up
 *   legs_setup.c     one that is given its session
 *   legs_lost.c      one that ends, or never comes to be
 *   legs_takeover.c  the next becomes the active one */
#ifndef MN_CORE_LEGS_PARTS_H
#define MN_CORE_LEGS_PARTS_H

#include "core/session_parts.h"

/* What a call ends for. */
enum mn_leg_end { MN_LEG_UNREACHED, MN_LEG_REFUSED_SESSION, MN_LEG_LOST, MN_LEG_REFUSED };

/* Is the next leg for the agent that s->handoff goes to? */
static inline bool mn_legs_moves(const struct mn_session *s)
{
    return s->legs.why == MN_LEG_REDIAL && s->handoff.phase == MN_HANDOFF_UPDATING;
}

/* --- legs.c --- */
void mn_legs_dial(struct mn_session *s);
void mn_leg_hang_up(struct mn_session *s, struct mn_session_leg *leg);
void mn_legs_leave_next(struct mn_session *s, bool hangs_up); /* false: it dropped us */

/* --- legs_setup.c --- */
bool mn_legs_is_told(struct mn_session *s); /* else it is, and has to say so again */

/* --- legs_lost.c --- */
/* The next leg did not come to be. heals: another could; close_code: 0 when it did not close. */
void mn_legs_next_failed(struct mn_session *s, enum mn_leg_end end, bool heals, int close_code);
void mn_legs_next_refused(struct mn_session *s); /* it did not take its session */
void mn_legs_next_late(struct mn_session *s);

/* --- legs_takeover.c --- */
bool mn_legs_quiet(const struct mn_session *s); /* R61: the moment for another connection */
bool mn_legs_may_take_over(const struct mn_session *s);
void mn_legs_take_over(struct mn_session *s);

#endif
