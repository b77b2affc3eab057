/* responses.h - POST /v1/responses: text models for whoever has a key, on the server's account. */
#ifndef MN_CALL_RESPONSES_H
#define MN_CALL_RESPONSES_H

#include "base/json.h"
#include "io/server.h"

struct mn_worker;

void mn_responses_ask(void *worker, struct mn_exchange *x); /* the route's handler */

/* Ends those under way; whoever waits is answered 503. */
void mn_responses_close(struct mn_worker *w);

/* responses_check.c: whether a body may be passed on under the server's key. NULL, or a sentence
 * why not, with the parameter it is about. models: names with commas between. */
const char *mn_responses_check(const struct mn_json *body, const char *models, const char **param);

/* responses_usage.c: finds what an answer says it has used, in bytes as they come. */
struct mn_usage_scan {
    size_t matched; /* of the name */
    bool in_number;
    int64_t number, most; /* most of all that were found; 0: none */
};
void mn_usage_scan(struct mn_usage_scan *s, struct mn_str bytes);

#endif
