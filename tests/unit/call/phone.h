/* phone.h - one call on a virtual clock, with both of its far ends in the test's hands: the caller,
 * and a model that says only what the test says. The script is real. */
#ifndef MN_TEST_PHONE_H
#define MN_TEST_PHONE_H

#include "call/call.h"

struct far_end {
    struct mn_link *link; /* NULL once closed */
    struct mn_buf heard;  /* every message, one a line */
    int closes, code;
    char reason[MN_LINK_REASON_MAX + 1];
};

struct phone {
    struct mn_clock clock;
    struct mn_log log;
    struct mn_buf logged;
    struct mn_pacing pacing;
    struct mn_upstream upstream;
    struct mn_call_limits limits;
    struct mn_world world;
    struct mn_bundle *bundle;
    struct mn_call *call; /* NULL once it has ended */
    struct far_end caller, model;
    bool notes;              /* the caller asks for Myna's events */
    int dial_err;            /* what dialling the model returns */
    size_t high_water;       /* of the caller's pair */
    mn_http_done *http_done; /* of the request under way; NULL: none */
    void *http_op;
};

void phone_open(struct phone *p); /* loads the app, sets what a test may change */
void phone_call(struct phone *p); /* dials in */
void phone_close(struct phone *p);

void phone_advance(struct phone *p, int64_t ms);
void phone_caller_says(struct phone *p, const char *event);
void phone_model_says(struct phone *p, const char *event);
void phone_set_up(struct phone *p); /* the model takes the session: the call can talk */

/* A delta of so many ms, of response resp_1 and item_1. */
void phone_model_speaks(struct phone *p, int ms);

void phone_heard(const struct far_end *end, const char *part); /* fails when it was not */
void phone_not_heard(const struct far_end *end, const char *part);
void phone_logged(const struct phone *p, const char *part);

/* The call is over: the caller was told `code` in an error, then closed with close_code. */
void phone_ended(const struct phone *p, int close_code, const char *code);

#endif
