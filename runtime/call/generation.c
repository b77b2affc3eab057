/* generation.c - loading the apps a worker serves, all or none. */
#include "call/generation.h"

#include "base/err.h"
#include "call/front.h"
#include "call/worker_parts.h"
#include "script/route.h"

struct mn_bundle *mn_generation_find(const struct mn_generation *apps, struct mn_str name)
{
    for (int i = 0; i < apps->n; i++) {
        if (mn_str_same(mn_bundle_spec(apps->list[i])->name, name))
            return apps->list[i];
    }
    return NULL;
}

bool mn_generation_same(const struct mn_generation *a, const struct mn_generation *b)
{
    for (int i = 0; i < a->n && a->n == b->n; i++) {
        if (!mn_bundle_same(a->list[i], b->list[i]))
            return false;
    }
    return a->n == b->n;
}

struct mn_generation mn_generation_hold(const struct mn_generation *apps)
{
    struct mn_generation held = {.n = apps->n};

    for (int i = 0; i < apps->n; i++)
        held.list[i] = mn_bundle_hold(apps->list[i]);
    return held;
}

void mn_generation_drop(struct mn_generation *apps)
{
    for (int i = 0; i < apps->n; i++) {
        mn_front_retire(apps->fronts[i]);
        apps->fronts[i] = NULL;
        mn_bundle_drop(apps->list[i]);
    }
    apps->n = 0;
}

/* Tells of each route of b that an app before it claims already. Returns how many. */
static int find_claims(const struct mn_generation *apps, const struct mn_bundle *b,
                       const char *path, struct mn_buf *why)
{
    const struct mn_app_route *mine, *theirs;
    int n = mn_bundle_routes(b, &mine), claims = 0;

    for (int a = 0; a < apps->n; a++) {
        int m = mn_bundle_routes(apps->list[a], &theirs);

        for (int i = 0; i < n * m; i++) {
            const struct mn_app_route *one = &mine[i / m], *other = &theirs[i % m];

            if (!mn_str_same(one->method, other->method) ||
                !mn_app_route_same(one->path, other->path))
                continue;
            mn_buf_addf(why,
                        "%s: app '%.*s': the route '%.*s %.*s' is claimed by app '%.*s' already\n",
                        path, MN_FMT(mn_bundle_spec(b)->name), MN_FMT(one->method),
                        MN_FMT(one->path), MN_FMT(mn_bundle_spec(apps->list[a])->name));
            claims++;
        }
    }
    return claims;
}

static int load_one(struct mn_generation *apps, const char *path, struct mn_snapshot *snapshot,
                    struct mn_log *log, struct mn_buf *why)
{
    struct mn_bundle *bundle;
    int err;

    if (apps->n == MN_APPS_MAX) {
        mn_buf_addf(why, "%s: more than %d apps\n", path, MN_APPS_MAX);
        return MN_ELIMIT;
    }
    err = mn_bundle_load_by(&bundle, path, snapshot, log, why);
    if (err != 0)
        return err;
    if (mn_generation_find(apps, mn_bundle_spec(bundle)->name) != NULL) {
        mn_buf_addf(why, "%s: another app is called '%.*s' already\n", path,
                    MN_FMT(mn_bundle_spec(bundle)->name));
        mn_bundle_drop(bundle);
        return MN_ECONFIG;
    }
    if (find_claims(apps, bundle, path, why) > 0) {
        mn_bundle_drop(bundle);
        return MN_ECONFIG;
    }
    if (mn_bundle_warnings(bundle).n > 0)
        MN_LOG(log, WARN, NULL, "app loaded with warnings",
               {"warnings", mn_bundle_warnings(bundle)});
    apps->list[apps->n++] = bundle;
    return 0;
}

int mn_generation_load(struct mn_generation *out, char **paths, int npaths,
                       struct mn_snapshot *snapshot, struct mn_log *log, struct mn_buf *why)
{
    int first = 0;

    *out = (struct mn_generation){0};
    for (int i = 0; i < npaths; i++) {
        int err =
            load_one(out, paths[i], snapshot, log, why); /* all, so that all mistakes are told */

        if (first == 0)
            first = err;
    }
    if (first != 0)
        mn_generation_drop(out);
    return first;
}
