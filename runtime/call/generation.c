/* generation.c - loading the apps a worker serves, at its start and again while calls run (R60). */
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

/* --- again --- */

/* Each live call on the app of its name; one whose app is gone goes on as it is. */
static void move_calls(struct mn_worker *w)
{
    struct mn_list *next;

    for (struct mn_list *l = w->calls.next; l != &w->calls; l = next) {
        struct mn_call *call = mn_call_at(l);
        struct mn_bundle *newer =
            mn_generation_find(&w->apps, mn_bundle_spec(mn_call_bundle(call))->name);

        next = l->next;
        if (newer != NULL)
            mn_call_move(call, newer);
    }
}

int mn_worker_reload(struct mn_worker *w, struct mn_buf *why)
{
    struct mn_generation fresh;
    int err = mn_generation_load(&fresh, w->given.paths, w->given.npaths, w->log, why);

    if (err == 0) {
        err = mn_worker_open_upstreams(w, &fresh, why);
        if (err != 0)
            mn_generation_drop(&fresh);
    }
    if (err != 0) {
        MN_LOG(w->log, ERROR, NULL, "reload failed; the apps stay as they were",
               {"generation", .i = w->generation, .is_int = true}, {"error", mn_buf_str(why)});
        return err;
    }
    mn_generation_drop(&w->apps);
    w->apps = fresh;
    w->generation++;
    MN_LOG(w->log, INFO, NULL, "reloaded", {"generation", .i = w->generation, .is_int = true},
           {"apps", .i = w->apps.n, .is_int = true}, {"calls", .i = w->ncalls, .is_int = true});
    move_calls(w);
    return 0;
}
