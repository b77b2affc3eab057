/* refusal.h - a model that does not let a caller in: the link of a handshake that was refused. */
#ifndef MN_SIM_REFUSAL_H
#define MN_SIM_REFUSAL_H

#include "base/buf.h"
#include "io/link.h"

/* A link that never opens: from the clock it closes as a dialled one does whose server answered
 * with status and this body (401, 429, 503): 1006, MN_EREFUSED, "HTTP 429: ...". A status of 0: the
 * server never answers, and after timeout_ms it is MN_ETIMEOUT. Set its events and owner before the
 * clock moves. Returns 0 or -ENOMEM. */
int mn_sim_refusal(struct mn_link **out, struct mn_clock *clock, int status, struct mn_str body,
                   int64_t timeout_ms);

/* Appends the body the API has for that status: {"error":{"message","type","code","param"}}. */
int mn_sim_refusal_body(struct mn_buf *out, int status);

#endif
