/* generation.c - loading the apps a worker serves, all or none. */
#include "call/generation.h"

#include "base/err.h"
#include "call/worker_parts.h"

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

void mn_generation_drop(struct mn_generation *apps)
{
    for (int i = 0; i < apps->n; i++)
        mn_bundle_drop(apps->list[i]);
    apps->n = 0;
}

static int load_one(struct mn_generation *apps, const char *path, struct mn_log *log,
                    struct mn_buf *why)
{
    struct mn_bundle *bundle;
    int err;

    if (apps->n == MN_APPS_MAX) {
        mn_buf_addf(why, "%s: more than %d apps\n", path, MN_APPS_MAX);
        return MN_ELIMIT;
    }
    err = mn_bundle_load(&bundle, path, log, why);
    if (err != 0)
        return err;
    if (mn_generation_find(apps, mn_bundle_spec(bundle)->name) != NULL) {
        mn_buf_addf(why, "%s: another app is called '%.*s' already\n", path,
                    MN_FMT(mn_bundle_spec(bundle)->name));
        mn_bundle_drop(bundle);
        return MN_ECONFIG;
    }
    if (mn_bundle_warnings(bundle).n > 0)
        MN_LOG(log, WARN, NULL, "app loaded with warnings",
               {"warnings", mn_bundle_warnings(bundle)});
    apps->list[apps->n++] = bundle;
    return 0;
}

int mn_generation_load(struct mn_generation *out, char **paths, int npaths, struct mn_log *log,
                       struct mn_buf *why)
{
    int first = 0;

    out->n = 0;
    for (int i = 0; i < npaths; i++) {
        int err = load_one(out, paths[i], log, why); /* all, so that all mistakes are told */

        if (first == 0)
            first = err;
    }
    if (first != 0)
        mn_generation_drop(out);
    return first;
}
