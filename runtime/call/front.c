/* front.c - front states and which request is theirs, behind front.h. What becomes of a request is
 * front_request.c's. */
#include "call/front.h"

#include "base/err.h"
#include "call/front_parts.h"

#include <errno.h>
#include <stdlib.h>

/* --- opening and closing --- */

/* Of all the requests it serves at once, where a call's are of one caller. */
static void fill_limits(const struct mn_worker *w, struct mn_state_limits *limits)
{
    const struct mn_settings *s = w->settings;

    *limits = w->script;
    limits->memory_bytes = (size_t)s->route_memory;
    limits->result_bytes = (size_t)s->route_reply;
    limits->tasks = (int)(s->route_requests * s->script_tasks);
    limits->is_front = true;
    limits->http = (int)s->http_total;
}

static int open_front(struct mn_worker *w, struct mn_bundle *bundle, struct mn_front **out)
{
    struct mn_front *f = calloc(1, sizeof(*f));
    struct mn_state_limits limits;
    int err;

    *out = NULL;
    if (f == NULL)
        return -ENOMEM;
    fill_limits(w, &limits);
    f->worker = w;
    f->bundle = mn_bundle_hold(bundle);
    mn_list_init(&f->requests);
    mn_list_init(&f->openings);
    mn_front_fill_ports(f);
    mn_list_append(&w->fronts, &f->place);
    err = mn_state_open(&f->state,
                        &(struct mn_state_settings){.bundle = bundle,
                                                    .clock = w->world.clock,
                                                    .log = w->log,
                                                    .ports = &f->ports,
                                                    .turn = w->world.lua_turn,
                                                    .limits = &limits,
                                                    .call_id = "front",
                                                    .seed = mn_random_next(&w->random)},
                        NULL, NULL);
    if (err != 0)
        mn_front_free(f);
    else
        *out = f;
    return err;
}

void mn_front_free(struct mn_front *f)
{
    mn_list_remove(&f->place);
    mn_state_close(f->state);
    mn_bundle_drop(f->bundle);
    free(f);
}

void mn_front_retire(struct mn_front *f)
{
    if (f == NULL)
        return;
    f->retired = true;
    if (f->nrequests == 0)
        mn_front_free(f);
}

void mn_front_began(struct mn_front *f)
{
    f->nrequests++;
}

void mn_front_ended(struct mn_front *f)
{
    f->nrequests--;
    if (f->retired && f->nrequests == 0)
        mn_front_free(f);
}

bool mn_front_is_full(const struct mn_front *f)
{
    return f->worker->stopping || f->nrequests >= f->worker->settings->route_requests;
}

int mn_fronts_open(struct mn_worker *w, struct mn_generation *apps, struct mn_buf *why)
{
    for (int i = 0; i < apps->n; i++) {
        int err =
            mn_bundle_has_front(apps->list[i]) ? open_front(w, apps->list[i], &apps->fronts[i]) : 0;

        if (err == 0)
            continue;
        mn_buf_addf(why, "%.*s: its routes cannot be served: %s (the log may say more)\n",
                    MN_FMT(mn_bundle_spec(apps->list[i])->name), mn_strerror(err));
        return err;
    }
    return 0;
}

void mn_fronts_reloaded(struct mn_generation *apps, int64_t generation)
{
    for (int i = 0; i < apps->n; i++) {
        if (apps->fronts[i] != NULL)
            mn_front_reloaded(apps->fronts[i]->state, generation);
    }
}

void mn_fronts_close(struct mn_worker *w)
{
    while (!mn_list_empty(&w->fronts)) {
        struct mn_front *f = mn_container_of(w->fronts.next, struct mn_front, place);

        f->retired = false; /* its last request does not free it */
        mn_front_drop_requests(f);
        mn_front_drop_openings(f);
        mn_front_free(f);
    }
}

/* --- finding --- */

static bool takes(const struct mn_app_route *route, struct mn_str method)
{
    return mn_str_same(route->method, method) ||
           (mn_str_is(method, "HEAD") && mn_str_is(route->method, "GET"));
}

struct search {
    struct mn_str method, path;
    struct mn_front_route *found;
    uint32_t rank;
    bool any, ws; /* the path fits: by another method, as a WebSocket */
};

static bool is_ws(const struct mn_app_route *route)
{
    return mn_str_is(route->method, "WS");
}

static void search_app(struct search *s, struct mn_front *front)
{
    const struct mn_app_route *routes;
    int n = mn_bundle_routes(front->bundle, &routes);
    uint32_t rank;

    for (int i = 0; i < n; i++) {
        if (!mn_app_route_fits(routes[i].path, s->path, &rank))
            continue;
        s->ws = s->ws || is_ws(&routes[i]);
        s->any = s->any || !is_ws(&routes[i]);
        if (takes(&routes[i], s->method) && (s->found->route == NULL || rank > s->rank)) {
            *s->found = (struct mn_front_route){&routes[i], front};
            s->rank = rank;
        }
    }
}

/* The methods of all routes that fit, for a 405. */
static void allow(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_buf out = {0};

    for (int a = 0; a < w->apps.n; a++) {
        const struct mn_app_route *routes;
        int n = mn_bundle_routes(w->apps.list[a], &routes);
        uint32_t rank;

        for (int i = 0; i < n; i++) {
            if (is_ws(&routes[i]) || !mn_app_route_fits(routes[i].path, mn_exchange_path(x), &rank))
                continue;
            mn_buf_addf(&out, "%s%.*s", out.n > 0 ? ", " : "", MN_FMT(routes[i].method));
            if (mn_str_is(routes[i].method, "GET"))
                mn_buf_add_text(&out, ", HEAD");
        }
    }
    mn_exchange_allow(x, mn_buf_str(&out));
    mn_buf_free(&out);
}

bool mn_front_find(struct mn_worker *w, struct mn_exchange *x, struct mn_front_route *found,
                   int *status)
{
    bool upgrade = mn_exchange_upgrades(x);
    struct search s = {.method = upgrade ? MN_STR("WS") : mn_exchange_method(x),
                       .path = mn_exchange_path(x)};

    s.found = found;
    *found = (struct mn_front_route){0};
    for (int i = 0; i < w->apps.n; i++) {
        if (w->apps.fronts[i] != NULL)
            search_app(&s, w->apps.fronts[i]);
    }
    if (found->route != NULL)
        *status = 200;
    else if (upgrade || (!s.any && !s.ws))
        *status = 404;
    else
        *status = s.any ? 405 : 426;
    return found->route != NULL;
}

int mn_worker_find_route(void *worker, struct mn_exchange *x, const struct mn_route **found)
{
    static const struct mn_route asked = {"", "", .handle = mn_front_serve};
    static const struct mn_route dialled = {"", "", .accept = mn_front_open};
    struct mn_front_route route;
    int status;

    *found = NULL;
    if (mn_front_find(worker, x, &route, &status))
        *found = mn_exchange_upgrades(x) ? &dialled : &asked;
    if (status == 405)
        allow(worker, x);
    return status;
}
