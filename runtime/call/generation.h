/* generation.h - the apps a worker serves, one generation of them. */
#ifndef MN_CALL_GENERATION_H
#define MN_CALL_GENERATION_H

#include "script/bundle.h"

#define MN_APPS_MAX 64 /* of one worker; each is a name a caller may dial */

struct mn_front;

struct mn_generation {
    struct mn_bundle *list[MN_APPS_MAX];  /* held */
    struct mn_front *fronts[MN_APPS_MAX]; /* of each; NULL when it needs none (front.h) */
    int n;
};

/* Loads them, all or none: everything wrong with any of them is in why, a line each. snapshot as
 * mn_bundle_load_by. Returns 0 or the first error. */
int mn_generation_load(struct mn_generation *out, char **paths, int npaths,
                       struct mn_snapshot *snapshot, struct mn_log *log, struct mn_buf *why);
void mn_generation_drop(struct mn_generation *apps);

/* Another hold of the same apps; no fronts. */
struct mn_generation mn_generation_hold(const struct mn_generation *apps);

/* Whether a call could tell one from the other. */
bool mn_generation_same(const struct mn_generation *a, const struct mn_generation *b);

/* NULL when none has that name. */
struct mn_bundle *mn_generation_find(const struct mn_generation *apps, struct mn_str name);

#endif
