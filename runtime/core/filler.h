/* filler.h - words that bridge a tool's time (R18).
 *
 *          due               response.created            response.done
 *     NONE ----> under way ------------------> speaking ---------------> NONE
 *
 * A filler is a response of its own beside the conversation (R5): the model does not remember it,
 * its items are none that could be truncated or deleted, and it is cancelled by its id. What tells
 * it apart is the event id of its response.create, in its metadata. */
#ifndef MN_CORE_FILLER_H
#define MN_CORE_FILLER_H

#include "base/id.h"
#include "base/json.h"

#include <stdint.h>

/* A line of some seconds is made in one or two; without a sign of it for so long it is given up, so
 * that the answer behind it does not wait for ever. */
#define MN_FILLER_LOST_MS 5000

struct mn_session;

struct mn_filler {
    char event_id[MN_ID_MAX];    /* of its response.create; "" when none is under way */
    char response_id[MN_ID_MAX]; /* "" until it has begun */
    char item_id[MN_ID_MAX];     /* whose audio came last; kept, as it may be unheard */
    bool cut;                    /* nobody wants it any more; its end is still to come */
    unsigned said;               /* in this call */
    int64_t asked_ms;            /* the newest */
    int64_t lost_ms;             /* a sign of it must come by then */
};

/* Whether a filler is being said: whoever is to speak next waits for its last word. */
bool mn_filler_busy(const struct mn_session *s);

bool mn_filler_marked(const struct mn_json *response); /* by us: its metadata are our own */

/* What the model says of it. Each returns whether it was about a filler. */
bool mn_filler_created(struct mn_session *s, const struct mn_json *response);
bool mn_filler_done(struct mn_session *s, const struct mn_json *response);
bool mn_filler_refused(struct mn_session *s, struct mn_str event_id);

/* Whether audio of that response and item is a filler's that is wanted; it is taken note of. */
bool mn_filler_audio(struct mn_session *s, struct mn_str response_id, struct mn_str item_id,
                     int64_t now_ms);
bool mn_filler_said(const struct mn_session *s, const char *item_id); /* R5: not to be truncated */

void mn_filler_cut(struct mn_session *s);  /* the caller cut in */
void mn_filler_lost(struct mn_session *s); /* the connection is gone, and the filler with it */
void mn_filler_time(struct mn_session *s);
int64_t mn_filler_deadline(const struct mn_session *s);

#endif
