/* rest.h - the API's other endpoints beside a Realtime session, doubled: from a request to an
 * answer, without I/O, so that `myna sim` and scenarios can both stand in for them.
 *
 *     POST /v1/realtime/client_secrets                 a key for a browser, with its session
 *     POST /v1/realtime/sessions                       the same in beta, and
 *     POST /v1/realtime/transcription_sessions
 *     POST /v1/realtime/calls                          an SDP offer: a canned answer, a call
 *     POST /v1/realtime/calls/<id>/accept | reject | hangup | refer
 *     POST /v1/responses                               text, from the brain; also as SSE
 *     POST /v1/moderations                             flags the words of a small list
 *     GET  /v1/models
 *
 * What it checks it refuses as the API does. Keys and calls are remembered, the newest
 * MN_REST_KEPT of them. */
#ifndef MN_SIM_REST_H
#define MN_SIM_REST_H

#include "base/buf.h"
#include "sim/brain.h"

#include <stdint.h>

#define MN_REST_KEPT  64 /* our own bounds */
#define MN_REST_FLAGS 32

struct mn_rest;

struct mn_rest_ask {
    struct mn_str method, path; /* "POST", "/v1/responses" */
    struct mn_str type;         /* the Content-Type; may be empty */
    struct mn_str body;
    int64_t wall_s; /* Unix time now */
};

struct mn_rest_answer {
    int status;
    const char *type;   /* of the body */
    char location[128]; /* a header of that name; empty: none */
    struct mn_buf body; /* free it */
};

/* brain is borrowed. NULL when memory is out. */
struct mn_rest *mn_rest_new(const struct mn_brain *brain, uint64_t seed);
void mn_rest_free(struct mn_rest *rest); /* accepts NULL */

/* These words are flagged from now on, beside the small list, wherever they stand in a row. Returns
 * 0, MN_ELIMIT past MN_REST_FLAGS, MN_EABSENT when there is no such category, or -ENOMEM. */
int mn_rest_flag(struct mn_rest *rest, struct mn_str words, struct mn_str category);

/* Answers; 404 to what is not doubled. Returns 0 or -ENOMEM, and then 500. */
int mn_rest_answer(struct mn_rest *rest, const struct mn_rest_ask *ask, struct mn_rest_answer *out);

/* The session, as JSON, that a key ("ek_...") or a call ("rtc_...") was made with; it is to be
 * given to the simulator (mn_sim_settings.session). False when there is none such, or the call is
 * over. Borrowed until the next answer. */
bool mn_rest_session(const struct mn_rest *rest, struct mn_str key_or_call, struct mn_str *session);

#endif
