/* line.h - direct calls (R80): a browser's or a telephone's, whose audio the model has itself.
 *
 *     browser --POST /v1/realtime/calls, its offer--> here --the same, our key--> model
 *     browser <--201, the model's answer------------- here <--201, Location: .../rtc_1--
 *                                                     here --WS ?call_id=rtc_1--> model
 *     browser <===================== audio, its data channel ===================> model
 *
 * A telephone's call is told by a webhook (webhook.c), and accepted. Each request of ours is a
 * struct mn_line in the worker's list until it is answered, its asker is gone, or the worker ends;
 * at most `direct-at-once` of them. */
#ifndef MN_CALL_LINE_H
#define MN_CALL_LINE_H

#include "call/call.h"
#include "call/worker.h"
#include "io/server.h"

struct mn_line {
    struct mn_list place; /* in the worker's */
    struct mn_worker *w;
    void *op;              /* of the API; NULL once it has answered */
    struct mn_exchange *x; /* who waits for it; or a route: */
    mn_http_done *told;    /* both NULL: nobody does */
    void *owner;
    struct mn_bundle *app;                           /* held; NULL: there is no call to open */
    char id[MN_LINE_MAX];                            /* of the call, once it is known */
    struct mn_buf start, meta, user, state, session; /* for the call */
    bool quiet;
    bool accepts; /* a telephone's, else an offer's */
    void (*answered)(struct mn_line *l, const struct mn_http_answer *answer);
};

/* Routes: an offer as application/sdp, or as multipart/form-data with a session; and
 * .../<call id>/hangup, refer, accept, reject. */
void mn_line_offered(void *worker, struct mn_exchange *x);
void mn_line_act(void *worker, struct mn_exchange *x);

/* POST /webhooks/realtime (webhook.c) */
void mn_webhook_told(void *worker, struct mn_exchange *x);
void mn_webhooks_close(struct mn_worker *w); /* forgets which were seen */

/* An offer that comes by an app's route (myna.connect): ask->body is {"sdp", "agent", "user",
 * "state", "meta", "greeting"}; done gets 201 with the answer and Location, or another status with
 * the API's error object. Returns 0 or an error. */
int mn_line_ask(struct mn_worker *w, struct mn_bundle *app, const struct mn_http_ask *ask,
                mn_http_done *done, void *owner, void **op);
bool mn_line_cancel(struct mn_worker *w, void *op); /* false: it is none of these */

/* world.h's */
void mn_line_hang_up(void *worker, struct mn_call *call, struct mn_str call_id);
void mn_line_close_all(struct mn_worker *w); /* whoever waits is told so */

/* --- among line*.c and webhook.c --- */

/* NULL without memory, or when there are so many. */
struct mn_line *mn_line_new(struct mn_worker *w, struct mn_bundle *app);
/* Sends it: POST path (below the API's root) to where the app's model is. Returns 0 or an error,
 * after which nothing follows. */
int mn_line_post(struct mn_line *l, struct mn_str path, const char *type, struct mn_str body);
void mn_line_wait(struct mn_line *l, struct mn_exchange *x); /* x waits for it */
void mn_line_end(struct mn_line *l);

/* Answers whoever waits, and ends it. */
void mn_line_refuse(struct mn_line *l, int status, const char *code, const char *message);
/* What the model's refusal is to whoever asked: its status and words, but for our key's. False when
 * it was none. */
bool mn_line_refused(struct mn_line *l, const struct mn_http_answer *answer);

/* Listens in on l->id with the app. Returns 0 or an error. */
int mn_line_open(struct mn_line *l);
/* Hangs up a call at the model that nobody here will have. */
void mn_line_abandon(struct mn_line *l);
bool mn_line_id_is_good(struct mn_str id);

/* The app that takes direct calls under that name; NULL after refusing. */
struct mn_bundle *mn_line_app(struct mn_worker *w, struct mn_exchange *x, struct mn_str name);
/* Accepts the telephone's call for l->app. Returns 0 or an error. */
int mn_line_accept(struct mn_line *l);

#endif
