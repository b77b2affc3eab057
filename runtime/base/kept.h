/* kept.h - what a script asks of what outlives its call, in the words every room shares.
 *
 * script/ asks through a port, call/ passes it on, store/ carries it out; none of them needs to
 * know the others. */
#ifndef MN_BASE_KEPT_H
#define MN_BASE_KEPT_H

#include "base/buf.h"

#include <stdint.h>

/* Of myna.shared. Values are JSON. */
struct mn_shared_ask {
    const char *word; /* get, set, add, incr, remove */
    struct mn_str key;
    struct mn_str value; /* of set and add; a number by which incr counts */
    int64_t ttl_ms;      /* 0: until it is dropped for room */
};

/* Of myna.store. Whoever carries it out knows the app, the time, and an id nobody has yet. */
struct mn_keep_ask {
    struct mn_str app, store;
    struct mn_str word;   /* add, get, set, remove, find, incr */
    struct mn_str id;     /* of the record; empty in find, perhaps in add */
    struct mn_str record; /* JSON object, of add and set */
    /* JSON of find, {"where":[[field, comparison, value], ...],"order","descending","limit"}, and
     * of incr, {"field","by"}. Values stand there as strings of JSON, so that numbers stay exact.
     */
    struct mn_str query;
    struct mn_str fresh_id;
    int64_t wall_s; /* Unix time */
};

/* Of myna.index: the sections of an app's texts in which words of the question stand. */
struct mn_search_ask {
    struct mn_str index; /* as the app named it: "knowledge/" and so on */
    struct mn_str question;
    int limit;
};

/* err is 0 and text JSON; or text says, for the log and the author, why it could not be. */
typedef void mn_keep_done(void *op_owner, int err, struct mn_str text);

#endif
