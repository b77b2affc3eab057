/* worker_parts.h - the inside of a worker, shared by worker.c, routes.c and admit.c. */
#ifndef MN_CALL_WORKER_PARTS_H
#define MN_CALL_WORKER_PARTS_H

#include "call/api.h"
#include "call/call.h"
#include "call/commons.h"
#include "call/followers.h"
#include "call/generation.h"
#include "call/keys.h"
#include "call/owner.h"
#include "call/page.h"
#include "call/under.h"
#include "call/worker.h"
#include "io/changes.h"
#include "io/http.h"
#include "io/http_cache.h"
#include "io/lane.h"
#include "io/mail.h"
#include "io/server.h"
#include "store/records.h"

/* One that an app names: its own, or its fallback. */
struct mn_named_upstream {
    char address[512];
    struct mn_upstream *upstream;
};

/* drain.c */
enum mn_leaving {
    MN_STAYS,
    MN_DRAINS,    /* no new calls; those that run go on */
    MN_FAREWELLS, /* they are being said goodbye to */
};

struct mn_worker {
    const struct mn_settings *settings;
    struct mn_worker_settings given;
    struct mn_commons *commons;     /* its own, unless it was given one */
    struct mn_keys keys;            /* read again with the apps */
    const char *const *own_secrets; /* of the log, borrowed; and with the keys in clear: */
    const char **secrets;           /* owned */
    struct mn_log *log;
    struct mn_loop *loop;
    struct mn_http *http;
    struct mn_http_cache *cache; /* before it */
    struct mn_api api;
    struct mn_server *server;
    struct mn_shared *shared;
    struct mn_records *records;           /* the lane's; NULL while no app has a store */
    struct mn_recorder *recorder;         /* NULL: calls are not recorded */
    const struct mn_worker_call *opening; /* while a call is being opened */
    struct mn_list indexes;               /* searching.c */
    struct mn_lane *lane;
    struct mn_mail *mail;
    struct mn_mail_limits mail_limits;
    struct mn_pacing pacing;
    struct mn_world world;
    struct mn_call_limits limits;
    struct mn_state_limits script;
    struct mn_lua_turn lua_turn;
    struct mn_generation apps;
    int64_t generation; /* of the apps, from 1 */
    bool stale;         /* what is on disk by now did not load; these are the last that did */
    struct mn_changes *changes; /* of their files; NULL: not watched */
    struct mn_named_upstream named[2 * MN_APPS_MAX];
    int nnamed;
    struct mn_list fronts;    /* front.h; those of generations before, too, while they answer */
    struct mn_list responses; /* under way (responses.h) */
    int nresponses;
    struct mn_list lines; /* requests about direct calls under way (line.h) */
    int nlines;
    struct mn_list hooks; /* webhooks that were seen (webhook.c) */
    struct mn_list calls;
    int ncalls;
    struct mn_random random;
    struct mn_followers followers;
    struct mn_generation before; /* the last good one before apps (reload.c); may be empty */
    struct mn_timer meter;
    struct mn_page *page;           /* this worker's slot is at: */
    int number;                     /* also in the ids of its calls */
    struct mn_list passing, asking; /* owner.c: what is on its way to them */
    struct mn_http *between;        /* the pool it goes through; NULL: there are none */
    struct mn_server *inside;       /* for the other workers (owner.h); NULL: there are none */
    struct mn_under *under;         /* a master; NULL: there is none */
    bool draining;                  /* takes no new calls, for as long as an operator wants */
    enum mn_leaving leaving;
    struct mn_timer rung, look; /* of leaving */
    int64_t empty_since_ms;     /* since when there is no call any more, while it leaves */
    bool stopping;
};

void mn_worker_fill_world(struct mn_worker *w); /* worker_world.c: world, limits, script, pacing */

/* routes.c */
extern const struct mn_route mn_worker_routes[];
void mn_worker_reply_json(struct mn_exchange *x, struct mn_buf *json); /* 200; frees json */
/* 404, with the names of the apps they may call. */
void mn_worker_refuse_app(struct mn_worker *w, struct mn_exchange *x, struct mn_str model);
extern const char *const mn_worker_subprotocols[];

bool mn_worker_takes_calls(const struct mn_worker *w); /* it is ready, and not full */
bool mn_worker_turns_away(struct mn_worker *w, struct mn_exchange *x); /* refused x when not */

/* A WebSocket with the id of a call and the token to resume it (R63): taken by that call, or
 * refused. */
void mn_worker_resume(struct mn_worker *w, struct mn_exchange *x, struct mn_str id);

/* Whether the request may come in at all: hosts and origins on a keyless loopback server, the key
 * elsewhere. Answers and returns false when not. */
bool mn_worker_admit(void *worker, struct mn_exchange *x);

/* drain.c */
void mn_worker_call_gone(struct mn_worker *w); /* a call has ended */

/* The call of that id, or NULL: it is over, or another worker's. */
struct mn_call *mn_worker_find_call(struct mn_worker *w, struct mn_str id);
void mn_worker_stop_leaving(struct mn_worker *w);
/* Takes no new calls (503 with Retry-After) while on; live ones and their lost callers go on. This
 * one alone. */
void mn_worker_set_draining(struct mn_worker *w, bool on);

/* reload.c: the two steps of a reload that all workers have, or none. prepare loads them from a
 * snapshot's bytes; serve takes them over. */
int mn_worker_prepare(struct mn_worker *w, struct mn_generation *fresh, struct mn_str bytes,
                      struct mn_buf *why);
void mn_worker_serve(struct mn_worker *w, const struct mn_generation *fresh, int64_t number);

/* What TLS is to be served with from now on, read from the disk in the first step, and presented in
 * the second. *renewed is NULL without TLS. Returns 0, or an error with why. */
int mn_worker_prepare_tls(const struct mn_worker *w, struct mn_certificate **renewed,
                          struct mn_buf *why);
void mn_worker_take_tls(struct mn_worker *w, struct mn_certificate *renewed); /* accepts NULL */

/* seats.c: whether a call may be opened by whoever asks: the server takes calls, their limits are
 * kept, a token for one call is not used yet, which it is from here on. Answers and returns false
 * when not. To be asked last, right before the WebSocket is accepted. */
bool mn_worker_let_in(struct mn_worker *w, struct mn_exchange *x);

/* upstreams.c: the addresses apps name as their upstream or fallback. Opens those of a generation
 * that are not open yet; one stays open while the worker lives. Returns 0, or an error with why. */
int mn_worker_open_upstreams(struct mn_worker *w, const struct mn_generation *apps,
                             struct mn_buf *why);
void mn_worker_close_upstreams(struct mn_worker *w);

/* keeping.c: opens the records when an app of the generation keeps some, once. Returns 0, or an
 * error with why. */
int mn_worker_open_store(struct mn_worker *w, const struct mn_generation *apps, struct mn_buf *why);
void mn_worker_close_store(struct mn_worker *w);
int mn_worker_keep(void *worker, const struct mn_keep_ask *ask, mn_keep_done *tell, void *op_owner,
                   void **op);
void mn_worker_keep_cancel(void *worker, void *op);

/* mailing.c */
int mn_worker_open_mail(struct mn_worker *w);
int mn_worker_mail(void *worker, const struct mn_mail_ask *ask, const char *call_id,
                   mn_mail_done *tell, void *op_owner, void **op, struct mn_buf *why);
void mn_worker_mail_forget(void *worker, void *op);
void mn_worker_finish(struct mn_worker *w); /* no call is left: the loop ends, the mails first */

/* token_asked.c: as the world's function. */
int mn_worker_token(void *worker, struct mn_str app, struct mn_str ask, struct mn_buf *out,
                    struct mn_buf *why);

/* record.c: as the world's functions. */
void mn_record_note(struct mn_worker *w, struct mn_call *c, enum mn_note note, struct mn_str text);
void mn_record_trace(struct mn_worker *w, struct mn_call *c, struct mn_str point);
void mn_record_history(struct mn_worker *w, struct mn_call *c);
void mn_record_over(struct mn_worker *w, struct mn_call *c, int code, struct mn_str reason);
int mn_worker_open_recorder(struct mn_worker *w, struct mn_buf *why); /* or an error with why */
void mn_worker_close_recorder(struct mn_worker *w);

/* What is asked on the lane; what was asked and what it needs stands around it. */
struct mn_worker_op {
    struct mn_lane_job job;
    mn_keep_done *done; /* NULL: nobody waits for it any more */
    void *owner;
    int err;
    struct mn_buf out;
};

/* searching.c: its ops are cancelled as those of keep. */
int mn_worker_search(void *worker, struct mn_bundle *app, const struct mn_search_ask *ask,
                     mn_keep_done *tell, void *op_owner, void **op);
void mn_worker_sweep_indexes(struct mn_worker *w, bool all); /* of apps nobody has; or all */
struct mn_upstream *mn_worker_upstream_at(void *worker, struct mn_str address); /* or NULL */

/* keys.h's, as a worker has them. Read again: all or nothing. Return 0 or an error with why. */
int mn_worker_read_keys(struct mn_worker *w, struct mn_buf *why);
/* The same in two steps; fd: of the file's bytes. */
int mn_worker_prepare_keys(const struct mn_worker *w, int fd, struct mn_keyring *out,
                           struct mn_buf *why);
void mn_worker_take_keys(struct mn_worker *w, struct mn_keyring *ring); /* empties it */
void mn_worker_drop_keys(struct mn_worker *w);

/* Keyless servers are for this machine only. Returns 0, or MN_ECONFIG with a sentence in why. */
int mn_worker_check_exposure(const struct mn_settings *s, struct mn_buf *why);

#endif
