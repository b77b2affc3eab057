/* operator.h - what the commands of operators share: where the server is, and a request to it.
 *
 * Exit statuses as everywhere: MN_EXIT_FAILED when the server says no, MN_EXIT_USAGE when nothing
 * there can be asked. */
#ifndef MN_CLI_OPERATOR_H
#define MN_CLI_OPERATOR_H

#include "base/http.h"
#include "base/json.h"
#include "cli/command.h"

struct mn_operator {
    const char *url, *admin_key, *ca;
    int64_t timeout, tail;
    bool json, follow, off;
    char **words;
    int nwords;
};

/* Reads defaults, MYNA_* and flags. True to go on; else *status is set. mn_operator_end in both
 * cases. most: words it takes; fewer than least are complained of. */
bool mn_operator_begin(struct mn_operator *o, const struct mn_command *self, int least, int argc,
                       char **argv, int from, int *status);
void mn_operator_end(struct mn_operator *o);

/* Asks "/calls/x/say", below /v1/myna. body: JSON, or empty for a GET. Returns MN_EXIT_OK with
 * *out, to be freed; or another status, and has complained. */
int mn_operator_ask(const struct mn_operator *o, const char *path, struct mn_str body,
                    struct mn_json **out);

/* The same for a stream: bytes are taken as they come, until its end. */
int mn_operator_follow(const struct mn_operator *o, const char *path,
                       const struct mn_http_stream *stream, void *owner);

/* Whether a word can be a call's id; complains when not. */
bool mn_operator_is_call(const char *word);

#endif
