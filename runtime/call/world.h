/* world.h - what a call needs from where it lives, shared by all calls there.
 *
 * A worker fills it with sockets and the real clock; the scenario runner with pairs of links,
 * stubbed HTTP and a virtual clock. A call cannot tell. */
#ifndef MN_CALL_WORLD_H
#define MN_CALL_WORLD_H

#include "base/http.h"
#include "base/metrics.h"
#include "call/pacing.h"
#include "core/session.h"
#include "io/link.h"
#include "script/state.h"
#include "store/shared.h"

/* Where the model is. */
struct mn_upstream {
    enum mn_dialect dialect; /* it speaks (R74) */
    /* Opens a link to the model; its events and owner are set before anything is delivered. A
     * pair's end is born open, a socket's opens later. Returns 0 or an error, after which nothing
     * follows. */
    int (*dial)(struct mn_upstream *u, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out);
    /* The same, to listen in on a direct call of that id (R80). NULL: it has none. */
    int (*attach)(struct mn_upstream *u, struct mn_str call_id, const struct mn_link_events *events,
                  void *owner, struct mn_link **out);
    void (*close)(struct mn_upstream *u); /* frees it */
};

struct mn_call_limits {
    int64_t lead_ms;        /* audio that may be with the caller before it is due */
    int64_t unreleased_ms;  /* audio waiting to be due; past it the response is cancelled */
    int64_t early_audio_ms; /* of the caller, kept while no model is there; oldest dropped */
    int64_t rotate_ms;      /* age at which a connection to the model is replaced (R61) */
    int64_t retry_ms;       /* first pause before it is dialled again; doubles (R62) */
    int64_t retries;
    int64_t frames, bytes;       /* of a caller, in a second; 0: no limit */
    int64_t ending_ms;           /* what scripts may take after the end of the call (R67) */
    size_t model_queue;          /* bytes that may wait to be sent to the model */
    struct mn_json_limits frame; /* what one frame may be */
};
extern const struct mn_call_limits mn_call_defaults;

struct mn_call;

struct mn_world {
    struct mn_clock *clock;
    struct mn_log *log;
    struct mn_pacing *pacing;
    struct mn_upstream *upstream;
    const struct mn_call_limits *limits;
    const struct mn_state_limits *script; /* NULL: the defaults */
    struct mn_lua_turn *lua_turn;         /* borrowed; NULL: time stands while Lua runs */
    struct mn_shared *shared;             /* borrowed; of myna.shared; NULL: there is none here */
    struct mn_metrics *metrics;           /* borrowed; NULL: nobody counts */

    void *owner; /* first argument of the functions below */
    /* A number nobody can guess, for tokens. Returns 0 or an error. */
    int (*secret)(void *owner, uint64_t out[2]);
    /* The upstream at an address an app names. NULL, or returning NULL: there is no such here. */
    struct mn_upstream *(*upstream_at)(void *owner, struct mn_str address);
    int (*http)(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                void **op);
    void (*http_cancel)(void *owner, void *op);
    void (*http_resume)(void *owner, void *op); /* may be NULL: no answer comes as a stream */
    /* As in script/ports.h, with the app; and these fill in the id and the time. */
    int (*keep)(void *owner, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                void **op);
    void (*keep_cancel)(void *owner, void *op); /* also of the next */
    /* As in script/ports.h, with the app whose texts are meant. */
    int (*search)(void *owner, struct mn_bundle *app, const struct mn_search_ask *ask,
                  mn_keep_done *done, void *op_owner, void **op);
    /* As in script/ports.h, with the app and, for the log, the call (NULL: of a route). */
    int (*mail)(void *owner, const struct mn_mail_ask *ask, const char *call_id, mn_mail_done *done,
                void *op_owner, void **op, struct mn_buf *why);
    void (*mail_forget)(void *owner, void *op);
    /* As in script/ports.h, with the app that asks. May be NULL. */
    int (*token)(void *owner, struct mn_str app, struct mn_str ask, struct mn_buf *out,
                 struct mn_buf *why);
    /* In tests: as in script/ports.h. May be NULL. */
    bool (*stand_in)(void *owner, struct mn_str tool, struct mn_str arguments, struct mn_buf *out);
    /* Something happened in a call, told before scripts hear of it. May be NULL. */
    void (*note)(void *owner, struct mn_call *call, enum mn_note note, struct mn_str text);
    /* A script set a point of its own (ctx:trace): a JSON object. May be NULL. */
    void (*trace)(void *owner, struct mn_call *call, struct mn_str point);
    /* Its history was edited by script, and differs from what notes told of it. May be NULL. */
    void (*edited)(void *owner, struct mn_call *call);
    /* A direct call is over, and is to be hung up at the model. NULL: there are none here. */
    void (*hang_up)(void *owner, struct mn_call *call, struct mn_str call_id);
    /* The conversation is over, with the code and reason its caller is told; scripts may still run.
     * May be NULL. */
    void (*over)(void *owner, struct mn_call *call, int code, struct mn_str reason);
    /* The call is over and will be freed when this returns. */
    void (*ended)(void *owner, struct mn_call *call);
};

#endif
