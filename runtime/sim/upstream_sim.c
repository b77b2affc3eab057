/* upstream_sim.c - dials a new simulator for each call. */
#include "sim/upstream_sim.h"

#include "base/err.h"
#include "sim/model_server.h"

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
