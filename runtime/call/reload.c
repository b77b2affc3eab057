/* reload.c - the apps read again while calls run (R60): because somebody asked, or because a file
 * was saved. */
#include "call/front.h"
#include "call/measure.h"
#include "call/worker_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SEEN_BYTES 4096 /* of a path */

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

static int load(struct mn_worker *w, struct mn_generation *fresh, struct mn_buf *why)
{
    int err = mn_generation_load(fresh, w->given.paths, w->given.npaths, w->log, why);

    if (err != 0)
        return err;
    err = mn_worker_open_upstreams(w, fresh, why);
    if (err == 0)
        err = mn_worker_open_store(w, fresh, why);
    if (err == 0)
        err = mn_fronts_open(w, fresh, why);
    if (err == 0) /* the last that can fail: all or none */
        err = mn_worker_read_keys(w, why);
    if (err != 0)
        mn_generation_drop(fresh);
    return err;
}

/* fresh is taken over. What was served is kept, to go back to. */
static void serve(struct mn_worker *w, struct mn_generation *fresh, int64_t began_ms)
{
    mn_generation_drop(&w->before);
    w->before = mn_generation_hold(&w->apps);
    mn_generation_drop(&w->apps);
    w->apps = *fresh;
    w->generation++;
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
    int err = load(w, &fresh, why);

    w->stale = err != 0;
    if (err != 0)
        count(w, MN_RELOAD_FAILED);
    if (err != 0) {
        MN_LOG(w->log, ERROR, NULL, "reload failed; the apps stay as they were",
               {"generation", .i = w->generation, .is_int = true}, {"error", mn_buf_str(why)});
    } else if (!saved || !mn_generation_same(&fresh, &w->apps)) {
        serve(w, &fresh, began_ms);
    } else {
        mn_generation_drop(&fresh);
        if (was_stale)
            MN_LOG(w->log, INFO, NULL, "the apps are again as they are served",
                   {"generation", .i = w->generation, .is_int = true});
    }
    return err;
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
    serve(w, &older, began_ms);
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

static bool is_wanted(const struct mn_settings *s)
{
    if (s->watch == MN_WATCH_AUTO)
        return !mn_worker_has_keys(s) && mn_worker_is_local(s);
    return s->watch == MN_WATCH_ON;
}

/* The folder of an app, as it was named: where that is a link, it may lead elsewhere tomorrow. */
static void name_folder(const char *path, char out[SEEN_BYTES])
{
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
        snprintf(out, SEEN_BYTES, "%s", path);
    else if (slash == NULL)
        snprintf(out, SEEN_BYTES, ".");
    else
        snprintf(out, SEEN_BYTES, "%.*s", (int)(slash - path) + (slash == path), path);
}

/* Adds a folder unless it is there. Returns 0 or -ENOMEM. */
static int add_folder(char **folders, int *n, const char *folder)
{
    for (int i = 0; i < *n; i++) {
        if (strcmp(folders[i], folder) == 0)
            return 0;
    }
    folders[*n] = strdup(folder);
    return folders[*n] != NULL ? (++*n, 0) : -ENOMEM;
}

/* Each app's folder, and the lib beside it. */
static int list_folders(const struct mn_worker *w, char **folders, int *n)
{
    char folder[SEEN_BYTES], lib[SEEN_BYTES + sizeof("/../lib")];
    int err = 0;

    for (int i = 0; i < w->given.npaths && err == 0; i++) {
        name_folder(w->given.paths[i], folder);
        snprintf(lib, sizeof(lib), "%s/../lib", folder);
        err = add_folder(folders, n, folder);
        if (err == 0)
            err = add_folder(folders, n, lib);
    }
    return err;
}

int mn_worker_watch(struct mn_worker *w, bool *watching)
{
    char **folders;
    int n = 0, err;

    *watching = is_wanted(w->settings);
    if (!*watching)
        return 0;
    folders = calloc(2 * (size_t)w->given.npaths, sizeof(*folders));
    if (folders == NULL)
        return -ENOMEM;
    err = list_folders(w, folders, &n);
    if (err == 0)
        err = mn_changes_open(&w->changes, w->loop, folders, n, on_saved, w);
    while (n > 0)
        free(folders[--n]);
    free(folders);
    return err;
}
