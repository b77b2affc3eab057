/* rest_parts.h - what the files behind rest.h share. Nobody else includes it.
 *
 *     rest.c            which endpoint takes a request; errors; moderations, models
 *     rest_sessions.c   keys and sessions
 *     rest_calls.c      calls
 *     rest_input.c      what a text response is asked with
 *     rest_responses.c  text responses */
#ifndef MN_SIM_REST_PARTS_H
#define MN_SIM_REST_PARTS_H

#include "base/id.h"
#include "base/json_write.h"
#include "core/event.h"
#include "sim/config.h"
#include "sim/rest.h"

/* A key or a call, and the session that comes with it. */
struct mn_rest_kept {
    char id[MN_ID_MAX + 8];
    bool over; /* a call that was hung up or rejected */
    struct mn_buf session;
};

/* Words that are flagged, and as what. */
struct mn_rest_flag {
    struct mn_buf words;
    const char *category;
};

struct mn_rest {
    const struct mn_brain *brain;
    struct mn_rest_flag flags[MN_REST_FLAGS];
    int nflags;
    struct mn_random random;
    struct mn_rest_kept kept[MN_REST_KEPT]; /* a ring; the next one goes to: */
    unsigned next;
};

/* What an endpoint is given. below: the rest of the path, "rtc_1/accept". */
struct mn_rest_work {
    struct mn_rest *rest;
    const struct mn_rest_ask *ask;
    struct mn_rest_answer *out;
    struct mn_str below;
    struct mn_json *body; /* NULL when it is no JSON */
};

typedef void mn_rest_fn(struct mn_rest_work *w);

mn_rest_fn mn_rest_client_secret, mn_rest_beta_session, mn_rest_beta_transcription_session;
mn_rest_fn mn_rest_call_create, mn_rest_call_act;
mn_rest_fn mn_rest_response;

/* Answers with the API's error object. param and code may be NULL. */
void mn_rest_refuse(struct mn_rest_work *w, int status, const char *code, const char *param,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Remembers id with a session; the oldest is forgotten. */
struct mn_rest_kept *mn_rest_keep(struct mn_rest *rest, const char *id, struct mn_str session);
struct mn_rest_kept *mn_rest_find(struct mn_rest *rest, struct mn_str id);

/* rest_sessions.c: the effective configuration a session of the API asks for. Returns false after
 * refusing it. mn_sim_config_free in any case. */
bool mn_rest_read_session(struct mn_rest_work *w, const struct mn_json *session,
                          enum mn_dialect dialect, bool transcription, struct mn_sim_config *out);

#define MN_REST_LINES 512 /* items of one input; our own bound */

/* rest_input.c: fills ask, whose lines are MN_REST_LINES of them. Returns false after refusing. */
bool mn_rest_read_ask(struct mn_rest_work *w, struct mn_sim_ask *ask, struct mn_sim_line *lines);

/* The schema answers must fit; NULL: they are text. */
const struct mn_json *mn_rest_schema(const struct mn_rest_work *w);

#endif
