/* call_parts.h - the inside of a call, shared by call.c, call_caller.c, call_model.c and
 * call_script.c, and by no one else. */
#ifndef MN_CALL_CALL_PARTS_H
#define MN_CALL_CALL_PARTS_H

#include "call/call.h"
#include "call/measure.h"
#include "core/dialect.h"

/* A caller's audio that came before the model was there. */
struct mn_early_audio {
    struct mn_list frames;
    int64_t ms;
};

/* One connection to the model, from its dial until its link has closed. */
struct mn_call_leg {
    struct mn_list place; /* in the call's legs */
    struct mn_call *call;
    mn_leg number;
    struct mn_upstream *upstream; /* borrowed from the world */
    struct mn_link *link;
    unsigned rubbish; /* frames that were no events */
    bool left;        /* by us: its end is no news */
};

/* Of a caller who may come back (R63). */
struct mn_call_away {
    char token[40];       /* to present; "" when the call does not wait */
    bool gone;            /* what is told is kept: */
    struct mn_buf missed; /* each event behind its length */
    int64_t since_ms;
};

struct mn_call {
    struct mn_world *world;
    struct mn_bundle *bundle;
    struct mn_session *session;
    struct mn_state *state;
    struct mn_link *caller; /* NULL once closed */
    int closing;            /* links of the caller before this one, not closed yet */
    struct mn_list legs;    /* of mn_call_leg: one in use, one being prepared, some closing */
    char id[MN_ID_MAX];
    char peer[64];
    char line[MN_LINE_MAX]; /* id of a direct call at the model; "": it has a caller's link */
    bool hung_up;           /* and its far end has gone */
    uint64_t number;
    int64_t began_ms, began_wall_ms;
    struct mn_random random; /* of the ids of our own events */
    enum mn_dialect dialect; /* the caller's */
    uint64_t seat;
    int64_t frames_at, bytes_at; /* of the caller (rate.h) */
    /* Events being written in the other dialect, for the caller and of or for the model. */
    struct mn_buf caller_scratch, model_scratch;
    bool notes, doomed, ending, pumping;
    bool waits; /* for its scripts, which have some time after its end (R67) */
    int end_code;
    struct mn_pacing_queue to_caller;
    struct mn_early_audio early;
    struct mn_call_away away;
    struct mn_measure measure;
    struct mn_timer deadline; /* the session's, or now when something is to be carried out */
    struct mn_ports ports;
    mn_job_done *alone_done; /* of mn_call_run_alone; NULL when nothing runs so */
    void *alone_owner;
    struct mn_list place;
    struct mn_call_record record;
    unsigned refused_frames; /* of the caller, for they were no events (R72) */
    size_t pictures;         /* bytes that scripts showed and that are not on a link yet */
    unsigned dropped_frames; /* of the caller's audio, for the model was too slow */
};

/* --- call.c --- */
void mn_call_feed(struct mn_call *c, const struct mn_input *in); /* and carries out what follows */
void mn_call_fed(struct mn_call *c, int err); /* ends the call when the session could not go on */
void mn_call_pump(struct mn_call *c);
void mn_call_pump_soon(struct mn_call *c); /* for those inside a script's slice */
void mn_call_closed(struct mn_call *c);    /* a link has closed: frees the call after the last */

/* --- call_caller.c --- */
extern const struct mn_link_events mn_call_caller_events;
void mn_call_tell(struct mn_call *c, struct mn_str event);
void mn_call_tell_in_order(struct mn_call *c, struct mn_str event); /* behind audio queued before */
void mn_call_play(struct mn_call *c, struct mn_str frame, int64_t release_at_ms);
void mn_call_paced(struct mn_call *c, int err); /* ends the call when no more may wait */
void mn_call_hold(struct mn_call *c, struct mn_str bytes, uint32_t held, bool audio,
                  int64_t offset_ms); /* R42 */
void mn_call_let_go(struct mn_call *c, uint32_t held, int64_t at_ms);
void mn_call_pause(struct mn_call *c); /* R35 */
void mn_call_resume(struct mn_call *c, int64_t late_ms);
void mn_call_release(void *call, struct mn_str frame); /* tell, as pacing wants it */
void mn_call_note(struct mn_call *c, enum mn_note note, struct mn_str text);
void mn_call_send_early(struct mn_call *c);
void mn_call_drop_early(struct mn_call *c);

void mn_call_send(struct mn_call *c, struct mn_str event); /* tell, past the app's hooks */
void mn_call_refuse(struct mn_call *c, const struct mn_fault *fault); /* R72 */

/* --- call_flood.c --- */
/* Counts a frame of the caller. False when it is one too many, and has ended the call. */
bool mn_call_bears(struct mn_call *c, size_t bytes);

/* --- call_hooks.c (R73) --- */
/* An event of the app's own type: true when it was one, and has been taken or refused. */
bool mn_call_own_event(struct mn_call *c, struct mn_str text);
/* Feeds a caller's event, or what the app wants to go instead, or nothing. */
void mn_call_from_caller(struct mn_call *c, const struct mn_event *ev);
/* Shows what the caller is to be told; false: it is not told. What the app wants said instead is
 * written into changed, and *event then lies there. */
bool mn_call_show(struct mn_call *c, struct mn_str *event, struct mn_buf *changed);

/* --- call_away.c --- */
void mn_call_offer_resume(
    struct mn_call *c); /* tells a caller who wants to know how to come back */
void mn_call_lost_caller(struct mn_call *c, int code, int err);
bool mn_call_keep_missed(struct mn_call *c, struct mn_str event); /* false: the caller is there */
void mn_call_free_away(struct mn_call *c);

/* --- call_sound.c (R9) --- */
void mn_call_play_sound(struct mn_call *c, const struct mn_effect *fx);
int64_t mn_call_draw(void *call, void *recording); /* as pacing wants it */

/* --- call_model.c --- */
void mn_call_dial(struct mn_call *c, mn_leg leg, bool fallback);
int mn_call_audio_to_model(struct mn_call *c, mn_leg leg, struct mn_str frame);
/* first: before the caller's audio that was kept. */
void mn_call_to_model(struct mn_call *c, mn_leg leg, struct mn_str event, bool first);
void mn_call_leave_model(struct mn_call *c, mn_leg leg);
void mn_call_leave_all(struct mn_call *c);

/* --- call_script.c --- */
int mn_call_open_script(struct mn_call *c, const struct mn_call_settings *settings);
void mn_call_run(struct mn_call *c, const struct mn_effect *fx);

#endif
