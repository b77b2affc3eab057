/* late.h - what a tool says after its call was answered (R17): news of it, or its result.
 *
 * An answered call cannot be answered again, so it is told as a system item, at once, and one
 * response is asked for when nobody speaks. Whatever came until then is told in that one. */
#ifndef MN_CORE_LATE_H
#define MN_CORE_LATE_H

#include "base/buf.h"
#include "base/id.h"

#include <stdint.h>

struct mn_session;
struct mn_tool_call;

struct mn_late {
    struct mn_buf waits;     /* lines for the model while there is no connection to it; owned */
    char item_id[MN_ID_MAX]; /* of the newest system item */
    bool owed;               /* no response has begun that could speak of it */
    bool acked;              /* the server has it */
};

/* ctx:progress: the first answers the call, those after it are told. Returns 0, or MN_EPROTOCOL
 * when no such call runs. */
int mn_late_progress(struct mn_session *s, struct mn_str call_id, struct mn_str text);

/* The result of a call that was answered before it. */
void mn_late_result(struct mn_session *s, const struct mn_tool_call *call, struct mn_str text);

void mn_late_acked(struct mn_session *s, struct mn_str item_id);
void mn_late_created(struct mn_session *s); /* a response of the default conversation began */
bool mn_late_busy(const struct mn_session *s);
void mn_late_time(struct mn_session *s);
int64_t mn_late_deadline(const struct mn_session *s);
void mn_late_free(struct mn_session *s);

#endif
