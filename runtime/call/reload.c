/* reload.c - the apps read again while calls run (R60): because somebody asked, or because a file
 * was saved. */
#include "call/front.h"
#include "call/measure.h"
#include "call/saved.h"
#include "call/worker_parts.h"

#include "base/err.h"
#include "io/server_tls.h"
#include "script/snapshot.h"

static void count(struct mn_worker *w, int result)
{
    mn_metric_add(mn_metrics_worker(w->world.metrics), MN_M_RELOADS + result, 1);
}

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

int mn_worker_prepare_tls(const struct mn_worker *w, struct mn_certificate **renewed,
                          struct mn_buf *why)
{
    const struct mn_settings *s = w->settings;

    *renewed = NULL;
    if (s->tls_cert == NULL || w->server == NULL)
        return 0;
    return mn_certificate_read(renewed, s->tls_cert, s->tls_key, why);
}

void mn_worker_take_tls(struct mn_worker *w, struct mn_certificate *renewed)
{
    if (renewed != NULL)
        mn_server_present(w->server, renewed);
}

/* The keys, and what TLS is served with. The last that can fail, and both or neither. */
static int read_secrets(struct mn_worker *w, struct mn_buf *why)
{
    struct mn_certificate *renewed;
    int err = mn_worker_prepare_tls(w, &renewed, why);

    if (err == 0)
        err = mn_worker_read_keys(w, why);
    if (err == 0)
        mn_worker_take_tls(w, renewed);
    else
        mn_certificate_free(renewed);
    return err;
}

/* Without a snapshot from the disk. */
static int load(struct mn_worker *w, struct mn_generation *fresh, struct mn_snapshot *snapshot,
                struct mn_buf *why)
{
    int err = mn_generation_load(fresh, w->given.paths, w->given.npaths, snapshot, w->log, why);

    if (err != 0)
        return err;
    err = mn_worker_open_upstreams(w, fresh, why);
    if (err == 0)
        err = mn_worker_open_store(w, fresh, why);
    if (err == 0)
        err = mn_fronts_open(w, fresh, why);
    if (err != 0)
        mn_generation_drop(fresh);
    return err;
}

/* fresh is taken over. What was served is kept, to go back to. */
static void serve(struct mn_worker *w, const struct mn_generation *fresh, int64_t number,
                  int64_t began_ms)
{
    mn_generation_drop(&w->before);
    w->before = mn_generation_hold(&w->apps);
    mn_generation_drop(&w->apps);
    w->apps = *fresh;
    w->generation = number;
    count(w, MN_RELOAD_SERVED);
    mn_clock_update(w->world.clock);
    MN_LOG(w->log, INFO, NULL, "reloaded", {"generation", .i = w->generation, .is_int = true},
           {"apps", .i = w->apps.n, .is_int = true}, {"calls", .i = w->ncalls, .is_int = true},
           {"ms", .i = mn_clock_now(w->world.clock) - began_ms, .is_int = true});
    move_calls(w);
    mn_fronts_reloaded(&w->apps, w->generation);
}

/* saved: nobody asked, so files that are the same again are no new generation. */
static int reload(struct mn_worker *w, bool saved, struct mn_buf *why)
{
    int64_t began_ms = mn_clock_now(w->world.clock);
    bool was_stale = w->stale;
    struct mn_generation fresh;
    int err = load(w, &fresh, NULL, why);

    if (err == 0)
        err = read_secrets(w, why);
    if (err != 0)
        mn_generation_drop(&fresh);
    w->stale = err != 0;
    if (err != 0)
        count(w, MN_RELOAD_FAILED);
    if (err != 0) {
        MN_LOG(w->log, ERROR, NULL, "reload failed; the apps stay as they were",
               {"generation", .i = w->generation, .is_int = true}, {"error", mn_buf_str(why)});
    } else if (!saved || !mn_generation_same(&fresh, &w->apps)) {
        serve(w, &fresh, w->generation + 1, began_ms);
    } else {
        mn_generation_drop(&fresh);
        if (was_stale)
            MN_LOG(w->log, INFO, NULL, "the apps are again as they are served",
                   {"generation", .i = w->generation, .is_int = true});
    }
    return err;
}

int mn_worker_prepare(struct mn_worker *w, struct mn_generation *fresh, struct mn_str bytes,
                      struct mn_buf *why)
{
    struct mn_snapshot *snapshot;
    int err = mn_snapshot_replay(&snapshot, bytes);

    if (err == 0)
        err = load(w, fresh, snapshot, why);
    mn_snapshot_close(snapshot);
    return err;
}

void mn_worker_serve(struct mn_worker *w, const struct mn_generation *fresh, int64_t number)
{
    w->stale = false;
    serve(w, fresh, number, mn_clock_now(w->world.clock));
}

int mn_worker_reload(struct mn_worker *w, struct mn_buf *why)
{
    mn_changes_skip(w->changes); /* before it reads: what is saved from now on is told */
    return reload(w, false, why);
}

int mn_worker_rollback(struct mn_worker *w, struct mn_buf *why)
{
    int64_t began_ms = mn_clock_now(w->world.clock);
    struct mn_generation older;
    int err;

    if (w->before.n == 0)
        return MN_EABSENT;
    older = mn_generation_hold(&w->before);
    err = mn_fronts_open(w, &older, why);
    if (err != 0) {
        mn_generation_drop(&older);
        return err;
    }
    MN_LOG(w->log, WARN, NULL, "rolling back to the apps before these",
           {"generation", .i = w->generation, .is_int = true});
    serve(w, &older, w->generation + 1, began_ms);
    mn_generation_drop(&w->before); /* those that were rolled back from are nothing to go back to */
    w->stale = true;
    return 0;
}

/* --- files that are saved --- */

static void on_saved(void *worker)
{
    struct mn_buf why = {0};

    (void)reload(worker, true, &why); /* told in the log */
    mn_buf_free(&why);
}

int mn_worker_watch(struct mn_worker *w, bool *watching)
{
    *watching = w->under == NULL && mn_saved_is_wanted(w->settings);
    if (!*watching)
        return 0;
    return mn_saved_open(&w->changes, w->loop, w->given.paths, w->given.npaths, on_saved, w);
}
