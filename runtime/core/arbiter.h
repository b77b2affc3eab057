/* arbiter.h - who may speak next (R1 to R3): one response of the default conversation at a time.
 *
 *              ask                 created              done
 *     FREE ----------> ASKED --------------> TAKEN --------------> FREE
 *       \                 \------ cancel -----\---> CANCELLING ----/
 *        \---- created (the server answered a turn by itself) ---> TAKEN
 *
 * Requests wait in line while the floor is not free. A request is kept until its response is over,
 * so that one the server rejected (because it had just started a response of its own) goes back to
 * the head of the line, whatever event id the rejection names. */
#ifndef MN_CORE_ARBITER_H
#define MN_CORE_ARBITER_H

#include "base/buf.h"
#include "base/id.h"
#include "base/list.h"

enum mn_floor { MN_FLOOR_FREE, MN_FLOOR_ASKED, MN_FLOOR_TAKEN, MN_FLOOR_CANCELLING };

/* Requests waiting at once, past which a caller is refused. A caller who asks for more than this
 * before one answer is over is not having a conversation. */
#define MN_REQUESTS_MAX 16

/* A recording that stands in line among the requests (R9): it is played, not asked for. */
struct mn_play_wish {
    int sound;           /* the caller of the session's own name for it */
    int64_t samples[2];  /* at 24 kHz, at 8 kHz */
    struct mn_buf path;  /* owned, as words */
    struct mn_buf words; /* that are said in it; empty: none that matter */
};

struct mn_request {
    struct mn_list link;
    bool automatic;       /* merges with others like it; false keeps its place and parameters */
    struct mn_buf params; /* JSON of response.create's "response"; empty for none; owned */
    char after_item[MN_ID_MAX]; /* automatic: the item it must answer; "" for whatever is there */
    bool acked;                 /* the server has that item */
    bool again;                 /* R4: sent a second time, since the first went unanswered */
    bool retried;               /* R6: asked for a second time, since its response failed */
    char event_id[MN_ID_MAX];   /* of our response.create, once sent */
    bool whole;                 /* R35: what is said must not be interrupted */
    bool of_caller;             /* a caller's own response.create */
    struct mn_buf caller_event; /* its event_id, if it had one; owned */
    struct mn_play_wish *play;  /* owned; NULL: it is for the model */
};

struct mn_arbiter {
    enum mn_floor floor;
    char response_id[MN_ID_MAX]; /* in flight; "" while not known */
    char cancel_id[MN_ID_MAX];   /* event_id of the newest response.cancel */
    struct mn_list waiting;      /* of mn_request */
    int nwaiting;
    struct mn_request *asked; /* sent, kept until its response is done; NULL for a server's own */
};

void mn_arbiter_init(struct mn_arbiter *a);
void mn_arbiter_free(struct mn_arbiter *a);

/* Makes a request; owned by the arbiter once asked, else freed with mn_request_free. NULL: no
 * memory. */
struct mn_request *mn_request_new(bool automatic, struct mn_str params);
void mn_request_free(struct mn_request *r);

/* Puts r in line; an automatic one merges into one that waits (the later after_item counts).
 * Returns 0, or MN_EFULL and frees r. */
int mn_arbiter_ask(struct mn_arbiter *a, struct mn_request *r);

/* The request to send now, or NULL while the floor is not free, or a recording is first in line. It
 * becomes asked. */
struct mn_request *mn_arbiter_next(struct mn_arbiter *a);

/* The recording that is first in line, or NULL while the floor is not free. Until it is taken,
 * which makes it the taker's, nothing behind it is asked for. */
struct mn_request *mn_arbiter_play(const struct mn_arbiter *a);
void mn_arbiter_take(struct mn_arbiter *a, struct mn_request *r);

/* A response of the default conversation began. When it is not the answer to what was asked (the
 * server's own), a waiting automatic request whose item the server already had is answered by it.
 */
void mn_arbiter_created(struct mn_arbiter *a, struct mn_str response_id);

/* A response is over. Returns false when it was not the one in flight: that of a request begins
 * before it ends. */
bool mn_arbiter_done(struct mn_arbiter *a, struct mn_str response_id);

/* That response failed, and asking once more may help (R6): to be called before mn_arbiter_done.
 * What was asked goes back to the head of the line; a turn that the server answered by itself is
 * asked for. False when it was not the one in flight, was being cancelled, or failed before. */
bool mn_arbiter_failed(struct mn_arbiter *a, struct mn_str response_id);

/* Returns true when response.cancel is to be sent: once, and only while there is one in flight
 * (R3). */
bool mn_arbiter_cancel(struct mn_arbiter *a);

/* conversation_already_has_active_response: back to the line (R2); but a request sent again (R4) is
 * answered by what is in flight. */
void mn_arbiter_rejected(struct mn_arbiter *a);

/* Nothing came of what was asked or cancelled (R4): the floor is free. The request goes back to the
 * head of the line once; true when it did. */
bool mn_arbiter_unanswered(struct mn_arbiter *a);

/* The connection is gone, and with it what was in flight: the floor is free. With again, what was
 * asked for goes back to the head of the line, but not what was being cancelled. Returns true when
 * it was a response the server had begun by itself. */
bool mn_arbiter_lost(struct mn_arbiter *a, bool again);

/* Another error named the asked request: it is dropped. Returns it for its caller_event; the taker
 * frees it. NULL when event_id is not its id. */
struct mn_request *mn_arbiter_refused(struct mn_arbiter *a, struct mn_str event_id);

/* response_cancel_not_active: nothing is in flight at the server, so the floor is free; unless the
 * error names an older cancel than the newest. */
void mn_arbiter_not_active(struct mn_arbiter *a, struct mn_str event_id);

/* What the caller asked for and was not sent yet is answered otherwise (R44). */
void mn_arbiter_forget_callers(struct mn_arbiter *a);

void mn_arbiter_acked(struct mn_arbiter *a, struct mn_str item_id); /* the server has the item */
bool mn_arbiter_busy(const struct mn_arbiter *a);                   /* in flight or waiting */

#endif
