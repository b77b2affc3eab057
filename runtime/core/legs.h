/* legs.h - the connections of a session to the model: the one it talks over, and the one that is
 * being prepared to take its place (R61, R62). */
#ifndef MN_CORE_LEGS_H
#define MN_CORE_LEGS_H

#include "core/session.h"

enum mn_leg_state {
    MN_LEG_NONE,
    MN_LEG_DIALLING, /* until session.created */
    MN_LEG_OPEN,     /* until the session it was given is acknowledged */
    MN_LEG_READY,
};

struct mn_session_leg {
    mn_leg number; /* 0: there is none */
    enum mn_leg_state state;
    bool voice_locked;       /* R22: it has produced audio */
    struct mn_str voice_was; /* and with this voice; borrowed from the app */
};

struct mn_legs {
    struct mn_session_leg active; /* what is said goes over this one, and comes from it */
    struct mn_session_leg next;   /* being prepared */
};

static inline bool mn_legs_ready(const struct mn_legs *legs)
{
    return legs->active.state == MN_LEG_READY;
}

#endif
