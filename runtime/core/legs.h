/* legs.h - the connections of a session to the model: the one it talks over, and the one that is
 * being prepared to take its place (R22, R61, R62).
 *
 *             dial             session.created            session.updated
 *     NONE --------> DIALLING ----------------> OPEN ----------------------> READY --> active
 *       ^               |                         |                            |
 *       +--- back-off --+-------------------------+---- down, refused, late ---+
 *
 * A leg is dialled, and given the session of the agent in force. Taking over is one moment: the
 * history is written to it (replay.c), it becomes the active one, the old one is hung up. What a
 * WebSocket is sent arrives in order, so nothing has to be waited for. */
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
    int64_t began_ms;        /* dialled */
    int64_t rotate_ms;       /* from then on it is replaced when nobody speaks, */
    int64_t urgent_ms;       /* then when only playback and tools go on, */
    int64_t force_ms;        /* then whatever goes on: its end is near */
};

enum mn_leg_why { MN_LEG_FIRST, MN_LEG_ROTATE, MN_LEG_RECONNECT, MN_LEG_REDIAL };

struct mn_legs {
    struct mn_session_leg active; /* what is said goes over this one, and comes from it */
    struct mn_session_leg next;   /* being prepared */
    enum mn_leg_why why;          /* what the next is for */
    mn_leg newest;                /* numbers given so far */
    bool fallback;                /* the next dial goes to the app's fallback upstream */
    int failed;                   /* dials since the last one that took over */
    int64_t dial_ms;              /* when to dial; INT64_MAX: nothing is to be dialled */
    int64_t setup_ms;             /* by then the next is ready */
    int64_t ready_ms;             /* when it was */
    int64_t lost_ms;              /* since when there is none */
    struct mn_buf told;           /* the session the next was given last; empty: not yet */
    char update_id[MN_ID_MAX];    /* of that session.update */
};

/* Set against the life of a leg (MN_LEG_*): a model that ends sessions after an hour is left five
 * minutes early; one of a minute, 15 s. */
#define MN_LEG_MARGIN_MS 300000
#define MN_LEG_URGENT_MS 60000
#define MN_LEG_FORCE_MS  10000

/* Pauses between dials double up to this. */
#define MN_LEG_PAUSE_MAX_MS 8000

/* A leg that lived this long did work: dials are counted anew after it. */
#define MN_LEG_LIVED_MS 30000

/* A move waits so long for the caller's last words to be written down. */
#define MN_LEG_WORDS_MS 2000

/* While a quiet moment is waited for, it is looked for at least this often. */
#define MN_LEG_LOOK_MS 1000

static inline bool mn_legs_ready(const struct mn_legs *legs)
{
    return legs->active.state == MN_LEG_READY;
}

#endif
