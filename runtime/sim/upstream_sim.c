/* upstream_sim.c - dials a new simulator for each call. */
#include "sim/upstream_sim.h"

#include "base/err.h"
#include "sim/model_server.h"
#include "sim/rest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* A pair's queue: a few seconds of audio as JSON. */
#define HIGH_WATER (4 << 20)

struct upstream {
    struct mn_upstream base;
    struct mn_clock *clock;
    struct mn_log *log;
    uint64_t dialled;
};

static int open_link(struct upstream *u, struct mn_str model, bool direct,
                     const struct mn_link_events *events, void *owner, struct mn_link **out)
{
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
    settings.direct = direct;
    settings.seed = ++u->dialled;
    err = mn_sim_link(NULL, theirs, u->clock, &settings);
    if (err != 0)
        mn_link_close(theirs, 1011, MN_STR("out of memory"));
    else
        MN_LOG(u->log, DEBUG, NULL, "dialled the simulator: a stand-in, not a model");
    return 0; /* a link that closes by itself tells the caller why */
}

static int dial(struct mn_upstream *base, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out)
{
    return open_link(mn_container_of(base, struct upstream, base), model, false, events, owner,
                     out);
}

/* Nobody else is on the line: to drive the far end of a call as well, there is `myna sim`. */
static int attach(struct mn_upstream *base, struct mn_str call_id,
                  const struct mn_link_events *events, void *owner, struct mn_link **out)
{
    (void)call_id;
    return open_link(mn_container_of(base, struct upstream, base), MN_STR("gpt-realtime"), true,
                     events, owner, out);
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
    u->base = (struct mn_upstream){.dial = dial, .attach = attach, .close = close_upstream};
    u->clock = clock;
    u->log = log;
    *out = &u->base;
    return 0;
}

/* --- the API beside it ------------------------------------------------------------------------ */

static void *open_api(void)
{
    return mn_rest_new(&mn_brain_standin, 1);
}

static void close_api(void *rest)
{
    mn_rest_free(rest);
}

static struct mn_str type_of(const struct mn_http_ask *ask)
{
    for (int i = 0; i < ask->nheaders; i++) {
        if (ask->headers[i].name.n == 12 &&
            strncasecmp(ask->headers[i].name.p, "content-type", 12) == 0)
            return ask->headers[i].value;
    }
    return (struct mn_str){0};
}

static int answer_api(void *rest, const struct mn_http_ask *ask, int64_t wall_s,
                      struct mn_api_answer *out)
{
    const char *query = ask->url.n > 0 ? memchr(ask->url.p, '?', ask->url.n) : NULL;
    struct mn_buf path = {0};
    struct mn_rest_answer answer = {0};
    int err = -ENOMEM;

    mn_buf_add_text(&path, "/v1");
    if (mn_buf_add(&path, ask->url.p, query != NULL ? (size_t)(query - ask->url.p) : ask->url.n) ==
        0)
        err = mn_rest_answer(rest,
                             &(struct mn_rest_ask){.method = ask->method,
                                                   .path = mn_buf_str(&path),
                                                   .type = type_of(ask),
                                                   .body = ask->body,
                                                   .wall_s = wall_s},
                             &answer);
    *out =
        (struct mn_api_answer){.status = answer.status, .type = answer.type, .body = answer.body};
    snprintf(out->location, sizeof(out->location), "%s", answer.location);
    mn_buf_free(&path);
    return err;
}

const struct mn_api_double mn_sim_api = {open_api, close_api, answer_api};
