/* upstream_sim.c - dials a new simulator for each call. */
#include "sim/upstream_sim.h"

#include "base/err.h"
#include "sim/model_server.h"
#include "sim/rest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A pair's queue: a few seconds of audio as JSON. */
#define HIGH_WATER (4 << 20)

struct upstream {
    struct mn_upstream base;
    struct mn_clock *clock;
    struct mn_log *log;
    uint64_t dialled;
};

static int dial(struct mn_upstream *base, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out)
{
    struct upstream *u = mn_container_of(base, struct upstream, base);
    struct mn_sim_settings settings = mn_sim_defaults();
    struct mn_link *theirs;
    char name[128];
    int err;

    *out = NULL;
    err = mn_link_pair(out, &theirs, u->clock, HIGH_WATER);
    if (err != 0)
        return err;
    (*out)->events = events;
    (*out)->owner = owner;
    snprintf(name, sizeof(name), "%.*s", MN_FMT(model));
    settings.model = name;
    settings.seed = ++u->dialled;
    err = mn_sim_link(NULL, theirs, u->clock, &settings);
    if (err != 0)
        mn_link_close(theirs, 1011, MN_STR("out of memory"));
    else
        MN_LOG(u->log, DEBUG, NULL, "dialled the simulator: a stand-in, not a model");
    return 0; /* a link that closes by itself tells the caller why */
}

static void close_upstream(struct mn_upstream *base)
{
    free(mn_container_of(base, struct upstream, base));
}

int mn_upstream_sim(struct mn_upstream **out, struct mn_clock *clock, struct mn_log *log)
{
    struct upstream *u = calloc(1, sizeof(*u));

    *out = NULL;
    if (u == NULL)
        return -ENOMEM;
    u->base = (struct mn_upstream){.dial = dial, .close = close_upstream};
    u->clock = clock;
    u->log = log;
    *out = &u->base;
    return 0;
}

int mn_sim_api(const struct mn_http_ask *ask, uint64_t seed, int64_t wall_s, int *status,
               struct mn_buf *body)
{
    struct mn_rest *rest = mn_rest_new(&mn_brain_standin, seed);
    struct mn_buf path = {0};
    struct mn_rest_answer answer = {0};
    int err = -ENOMEM;

    mn_buf_add_text(&path, "/v1");
    if (rest != NULL && mn_buf_add_str(&path, ask->url) == 0)
        err = mn_rest_answer(rest,
                             &(struct mn_rest_ask){.method = ask->method,
                                                   .path = mn_buf_str(&path),
                                                   .body = ask->body,
                                                   .wall_s = wall_s},
                             &answer);
    *status = answer.status;
    *body = answer.body;
    mn_buf_free(&path);
    mn_rest_free(rest);
    return err;
}
