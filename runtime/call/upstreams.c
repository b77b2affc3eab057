/* upstreams.c - where the models are that apps name themselves: their own, or their fallback. */
#include "call/worker_parts.h"

#include "base/err.h"

#include <stdio.h>

struct mn_upstream *mn_worker_upstream_at(void *worker, struct mn_str address)
{
    struct mn_worker *w = worker;

    for (int i = 0; i < w->nnamed; i++) {
        if (mn_str_is(address, w->named[i].address))
            return w->named[i].upstream;
    }
    return NULL;
}

static int open_named(struct mn_worker *w, const struct mn_bundle *app, struct mn_str address,
                      struct mn_buf *why)
{
    struct mn_named_upstream *named = &w->named[w->nnamed];
    int err = MN_ELIMIT;

    if (address.n == 0 || mn_worker_upstream_at(w, address) != NULL)
        return 0;
    if (w->nnamed < 2 * MN_APPS_MAX && address.n < sizeof(named->address)) {
        snprintf(named->address, sizeof(named->address), "%.*s", MN_FMT(address));
        err = mn_settings_upstream_known(named->address)
                  ? w->given.upstream(&named->upstream, w->loop, w->settings, named->address)
                  : MN_ECONFIG;
    }
    if (err == 0)
        w->nnamed++;
    else
        mn_buf_addf(why,
                    "app '%.*s': its upstream '%.*s' cannot be used: expected sim, openai or "
                    "ws(s)://host[:port][/path]\n",
                    MN_FMT(mn_bundle_spec(app)->name), MN_FMT(address));
    return err;
}

int mn_worker_open_upstreams(struct mn_worker *w, const struct mn_generation *apps,
                             struct mn_buf *why)
{
    int err = 0;

    for (int i = 0; i < apps->n && err == 0; i++) {
        const struct mn_app_spec *app = mn_bundle_spec(apps->list[i]);

        err = open_named(w, apps->list[i], app->upstream, why);
        if (err == 0)
            err = open_named(w, apps->list[i], app->fallback, why);
    }
    return err;
}

void mn_worker_close_upstreams(struct mn_worker *w)
{
    for (int i = 0; i < w->nnamed; i++)
        w->named[i].upstream->close(w->named[i].upstream);
    w->nnamed = 0;
}
