/* model.h - the Realtime API's server, without a network: its rules as a machine without I/O.
 *
 *     client frames --mn_sim_feed()-->  [ simulator ]  --mn_sim_next()--> server events
 *
 * It knows no socket, clock or Lua: it is told "now" and asks for its next deadline. It is strict:
 * what the real server refuses it refuses with the same type, code and param, since a lenient
 * double hides bugs. What it says comes from a brain. One simulator is one session. */
#ifndef MN_SIM_MODEL_H
#define MN_SIM_MODEL_H

#include "core/event.h"
#include "sim/brain.h"

struct mn_sim;

struct mn_sim_settings {
    uint64_t seed;                /* of ids: the same seed, the same record */
    const struct mn_brain *brain; /* borrowed */
    const char *model;            /* as dialled; copied */
    struct mn_str session; /* JSON it begins with, checked before (rest.h), or empty; copied */
    enum mn_dialect dialect;
    bool direct;             /* audio travels beside the session (WebRTC, SIP): no deltas of it */
    bool transcription;      /* dialled with intent=transcription: no responses */
    int64_t wall_s;          /* Unix time now; expires_at counts from it */
    int64_t life_ms;         /* until session_expired */
    int32_t think_ms;        /* from response.created to the first output */
    int32_t transcribe_ms;   /* from the commit to the transcript of what the caller said */
    int32_t frame_ms;        /* of one audio delta */
    int32_t speed;           /* audio is generated this many times faster than it plays */
    int32_t word_ms;         /* of speech, on average */
    int32_t requests_minute; /* rate limits, told after every response */
    int32_t tokens_minute;
    bool rates_hold;            /* past them a response fails with rate_limit_exceeded */
    bool active_error_names_id; /* conversation_already_has_active_response carries the client's
                                   event_id; the real server usually sends null */
};

/* The stand-in brain, GA, 60 minutes, a seed of 1, and the pace of the real server. */
struct mn_sim_settings mn_sim_defaults(void);

/* NULL when memory is out, or the session is none. session.created is ready to be taken. */
struct mn_sim *mn_sim_new(const struct mn_sim_settings *settings, int64_t now_ms);
void mn_sim_free(struct mn_sim *sim); /* accepts NULL */

/* Takes one frame of the client; a bad one is answered by an "error" event. Returns 0; -ENOMEM;
 * MN_EFULL when 16 MiB of events wait to be taken; MN_ECLOSED after the session ended. */
int mn_sim_feed(struct mn_sim *sim, struct mn_str frame, int64_t now_ms);

/* Does what is due by now. Returns as mn_sim_feed. At most 64 steps a call, so that a jump in time
 * does not pile up a minute of audio: drain, look at the deadline, and tick again. */
int mn_sim_tick(struct mn_sim *sim, int64_t now_ms);
int64_t mn_sim_deadline(const struct mn_sim *sim); /* or INT64_MAX */

/* Appends the next event to out. Returns false when there is none (or no memory for it). */
bool mn_sim_next(struct mn_sim *sim, struct mn_buf *out);

/* Whether the session ended, and with which WebSocket close code and reason; events already made
 * can still be taken. */
bool mn_sim_closed(const struct mn_sim *sim, int *code, struct mn_str *reason);

/* What the caller says in the next turn of audio that has no words yet: audio carries none here.
 * Queued in order, at most 64 (MN_EFULL). A turn without one is heard as "(speech)". */
int mn_sim_heard(struct mn_sim *sim, struct mn_str words);

/* The brain that said -EAGAIN knows more now. Returns as mn_sim_feed. */
int mn_sim_wake(struct mn_sim *sim, int64_t now_ms);
bool mn_sim_waits(const struct mn_sim *sim); /* whether a response waits for such a brain */

#endif
