/* operate.h - what an operator may see and do: REST under /v1/myna, event streams, metrics.
 *
 *     operate.c          the table of operations; a request finds its row, its call and its body
 *     operate_admit.c    who is an operator
 *     operate_calls.c    calls: list, show, history, orders
 *     operate_worker.c   the worker: how it is, reload, rollback, drain
 *     operate_stream.c   events of calls and lines of the log, as server-sent events
 *     operate_openapi.c  the table as an OpenAPI document
 *     metering.c         /metrics and /readyz */
#ifndef MN_CALL_OPERATE_H
#define MN_CALL_OPERATE_H

#include "call/worker_parts.h"

/* Whether x is of an operator; else it has been refused. With --admin-key: whoever presents it.
 * Without: whoever is let in (admit.c) by a server on a loopback address that has no keys at all.
 */
bool mn_operate_may(struct mn_worker *w, struct mn_exchange *x);

/* Returns 0, or MN_ECONFIG with a sentence in why, when a caller's key is the operator's too. */
int mn_operate_check(const struct mn_worker *w, struct mn_buf *why);

/* Whether x is one for operators, whom a caller's key is no use to. */
bool mn_operate_is_asked(const struct mn_exchange *x);

/* --- metering.c --- */
int mn_metering_open(struct mn_worker *w); /* 0 or -ENOMEM */
void mn_metering_close(struct mn_worker *w);
void mn_metering_tell(void *worker, struct mn_exchange *x);  /* GET /metrics */
void mn_metering_ready(void *worker, struct mn_exchange *x); /* GET /readyz */

#endif
