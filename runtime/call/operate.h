/* operate.h - what an operator may see and do: REST under /v1/myna, event streams, metrics.
 *
 *     operate.c          the table of operations; a request finds its row, its call and its body
 *     operate_admit.c    who is an operator
 *     operate_calls.c    calls: list, show, history, orders
 *     operate_merge.c    the lists of all workers as one
 *     operate_records.c  calls as they were recorded
 *     operate_master.c   orders that the master of several workers carries out
 *     operate_worker.c   the worker: how it is, reload, rollback, drain
 *     followers.c        events of calls and lines of the log, as server-sent events
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

/* One request, at work. */
struct mn_operation;
struct mn_operating {
    struct mn_worker *w;
    struct mn_exchange *x;
    const struct mn_operation *op;
    struct mn_str id;           /* what stands in the path's hole; empty: it has none */
    struct mn_call *call;       /* where the path names one */
    const struct mn_json *body; /* fits op->body; an empty one is {} */
};

struct mn_operation {
    const char *method, *path; /* "/v1/myna/calls/{call}/say": "{call}" is one that lives */
    const char *id, *does;     /* for the document */
    const char *body;          /* JSON Schema of an object; NULL: it takes none */
    const char *query;         /* what it takes, as "name type words|..."; NULL: nothing */
    const char *gives;         /* a schema of the document, or "stream" */
    void (*run)(const struct mn_operating *o); /* answers */
};
extern const struct mn_operation mn_operations[]; /* ended by a path of NULL */

/* Answers with a status and what w has written into json, which is freed. */
void mn_operate_reply(struct mn_exchange *x, int status, struct mn_buf *json);
void mn_operate_serve(void *worker, struct mn_exchange *x); /* all below /v1/myna */

/* A number of the query, or otherwise when there is none; false when x has been refused. */
bool mn_operate_number(struct mn_exchange *x, const char *name, int64_t from, int64_t to,
                       int64_t otherwise, int64_t *out);

/* --- operate_records.c --- */
void mn_operate_records(const struct mn_operating *o);
void mn_operate_record(const struct mn_operating *o);

/* operate_merge.c: answers x with this list of calls and those of the other workers, when there are
 * some that have calls; false: there are none, and x still wants an answer. */
bool mn_operate_merge(struct mn_worker *w, struct mn_exchange *x, int64_t limit, struct mn_str own);

/* --- operate_calls.c --- */
void mn_operate_list(const struct mn_operating *o);
void mn_operate_show(const struct mn_operating *o);
void mn_operate_history(const struct mn_operating *o);
void mn_operate_events(const struct mn_operating *o);
void mn_operate_say(const struct mn_operating *o);
void mn_operate_type(const struct mn_operating *o);
void mn_operate_handoff(const struct mn_operating *o);
void mn_operate_interrupt(const struct mn_operating *o);
void mn_operate_approve(const struct mn_operating *o);
void mn_operate_reject(const struct mn_operating *o);
void mn_operate_hang_up(const struct mn_operating *o);

/* --- operate_worker.c --- */
void mn_operate_status(const struct mn_operating *o);
void mn_operate_reload(const struct mn_operating *o);
void mn_operate_rollback(const struct mn_operating *o);
void mn_operate_drain(const struct mn_operating *o);
void mn_operate_resume(const struct mn_operating *o);
void mn_operate_logs(const struct mn_operating *o);
void mn_operate_unloaded(const struct mn_operating *o, struct mn_buf *why); /* 422, with why */
void mn_operate_nothing_before(const struct mn_operating *o);               /* 409 */

/* --- operate_master.c --- */
/* Answers when the master has done word (words_of_master.h), or says why not. */
void mn_operate_ask_master(const struct mn_operating *o, int word);
void mn_operate_heard(struct mn_worker *w, int word, int64_t ticket, struct mn_str text);

/* --- operate_openapi.c --- */
void mn_operate_openapi(const struct mn_operating *o);
/* Appends the document. Returns out's sticky error. */
int mn_operate_document(struct mn_buf *out);

/* --- metering.c --- */
int mn_metering_open(struct mn_worker *w); /* 0 or -ENOMEM */
void mn_metering_close(struct mn_worker *w);
void mn_metering_tell(void *worker, struct mn_exchange *x);  /* GET /metrics */
void mn_metering_ready(void *worker, struct mn_exchange *x); /* GET /readyz */

#endif
