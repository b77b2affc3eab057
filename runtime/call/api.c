/* api.c - requests of the API, on their way to the pool or to the simulator. */
#include "call/api.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>

#define OPENAI_ROOT "https://api.openai.com/v1"
#define HEADERS_MAX 65        /* of a request: what a script may send (lib_http.c), and ours */
#define CA_BYTES    (4 << 20) /* of --upstream-ca; the whole world's take a quarter of a MB */

/* One that the simulator answered: told in the next turn, as an answer from afar would be. */
struct twin_op {
    struct mn_list link;
    struct mn_timer timer;
    struct mn_api *api;
    mn_http_done *done;
    void *owner;
    struct mn_api_answer answer;
};

int mn_api_open(struct mn_api *api, const struct mn_settings *settings, struct mn_clock *clock,
                const struct mn_api_double *twin)
{
    *api = (struct mn_api){.settings = settings, .clock = clock, .twin = twin};
    mn_list_init(&api->waiting);
    if (settings->upstream_ca == NULL)
        return 0;
    return mn_file_read(&api->ca, settings->upstream_ca, CA_BYTES);
}

static void free_op(struct twin_op *o)
{
    mn_timer_stop(&o->timer);
    mn_list_remove(&o->link);
    mn_buf_free(&o->answer.body);
    free(o);
}

void mn_api_close(struct mn_api *api)
{
    while (api->waiting.next != NULL && !mn_list_empty(&api->waiting))
        free_op(mn_container_of(api->waiting.next, struct twin_op, link));
    if (api->it != NULL)
        api->twin->close(api->it);
    api->it = NULL;
    mn_buf_free(&api->ca);
}

/* --- where it is ------------------------------------------------------------------------------ */

/* Cuts tail off the end of s, when it is there. */
static struct mn_str without(struct mn_str s, const char *tail)
{
    size_t n = strlen(tail);

    if (s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0)
        s.n -= n;
    return s;
}

int mn_api_url(struct mn_buf *out, struct mn_str upstream, struct mn_str path)
{
    const char *colon = upstream.n > 0 ? memmem(upstream.p, upstream.n, "://", 3) : NULL;
    struct mn_str rest;

    if (colon == NULL) {
        mn_buf_add_text(out, OPENAI_ROOT);
        return mn_buf_add_str(out, path);
    }
    mn_buf_add_text(out, mn_str_starts(upstream, MN_STR("wss:")) ||
                                 mn_str_starts(upstream, MN_STR("https:"))
                             ? "https"
                             : "http");
    rest = (struct mn_str){colon, (size_t)(upstream.p + upstream.n - colon)};
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '?')
            rest.n = i;
    }
    rest = without(without(without(rest, "/"), "/realtime"), "/");
    mn_buf_add_str(out, rest);
    if (memchr(rest.p + 3, '/', rest.n - 3) == NULL)
        mn_buf_add_text(out, "/v1");
    return mn_buf_add_str(out, path);
}

/* What was asked for, else what the operator said, else where the model is. */
static struct mn_str upstream_of(const struct mn_api *api, const struct mn_http_ask *ask)
{
    const struct mn_settings *s = api->settings;

    if (ask->upstream.n > 0)
        return ask->upstream;
    if (s->text_upstream != NULL)
        return mn_str(s->text_upstream);
    if (s->upstream != NULL)
        return mn_str(s->upstream);
    return s->openai_key != NULL ? MN_STR("openai") : MN_STR("sim");
}

/* --- asking ----------------------------------------------------------------------------------- */

static void on_told(struct mn_timer *timer)
{
    struct twin_op *o = mn_container_of(timer, struct twin_op, timer);
    const struct mn_header headers[] = {
        {MN_STR("content-type"), mn_str(o->answer.type)},
        {MN_STR("location"), mn_str(o->answer.location)},
    };

    mn_list_remove(&o->link);
    o->done(o->owner, &(struct mn_http_answer){.status = o->answer.status,
                                               .headers = headers,
                                               .nheaders = o->answer.location[0] != '\0' ? 2 : 1,
                                               .body = mn_buf_str(&o->answer.body)});
    free_op(o);
}

static int ask_twin(struct mn_api *api, const struct mn_http_ask *ask, mn_http_done *done,
                    void *owner, void **op)
{
    struct twin_op *o;
    int err;

    if (api->twin == NULL)
        return MN_ECONFIG;
    if (api->it == NULL)
        api->it = api->twin->open();
    if (api->it == NULL)
        return -ENOMEM;
    o = calloc(1, sizeof(*o));
    if (o == NULL)
        return -ENOMEM;
    mn_list_init(&o->link);
    o->api = api;
    o->done = done;
    o->owner = owner;
    err = api->twin->answer(api->it, ask, mn_clock_wall(api->clock) / 1000, &o->answer);
    if (err == 0)
        err = mn_timer_start(api->clock, &o->timer, 0, on_told);
    if (err != 0) {
        free_op(o);
        return err;
    }
    mn_list_append(&api->waiting, &o->link);
    *op = o;
    return 0;
}

static int ask_pool(struct mn_api *api, const struct mn_http_ask *ask, struct mn_str upstream,
                    mn_http_done *done, void *owner, void **op)
{
    struct mn_header headers[HEADERS_MAX];
    struct mn_http_ask whole = *ask;
    struct mn_buf url = {0}, bearer = {0};
    int err = mn_api_url(&url, upstream, ask->url);

    whole.nheaders = 0;
    if (api->settings->openai_key != NULL) {
        mn_buf_addf(&bearer, "Bearer %s", api->settings->openai_key);
        headers[whole.nheaders++] =
            (struct mn_header){MN_STR("Authorization"), mn_buf_str(&bearer)};
        whole.nsecret = 1;
    }
    for (int i = 0; i < ask->nheaders && whole.nheaders < HEADERS_MAX; i++)
        headers[whole.nheaders++] = ask->headers[i];
    whole.headers = headers;
    whole.names_host = true;
    whole.url = mn_buf_str(&url);
    whole.pool =
        ask->pool_connections > 0 ? ask->pool : upstream; /* others' have limits of theirs */
    whole.of_api = false;
    if (api->ca.n > 0)
        whole.ca = mn_buf_str(&api->ca);
    if (err == 0)
        err = bearer.err != 0
                  ? bearer.err
                  : mn_http_send(api->http, &whole, done, owner, (struct mn_http_op **)op);
    mn_buf_free(&url);
    mn_buf_free(&bearer);
    return err;
}

int mn_api_ask(struct mn_api *api, const struct mn_http_ask *ask, mn_http_done *done, void *owner,
               void **op)
{
    struct mn_str upstream = upstream_of(api, ask);

    if (mn_str_is(upstream, "sim"))
        return ask_twin(api, ask, done, owner, op);
    return ask_pool(api, ask, upstream, done, owner, op);
}

bool mn_api_cancel(struct mn_api *api, void *op)
{
    for (struct mn_list *at = api->waiting.next; at != &api->waiting; at = at->next) {
        struct twin_op *o = mn_container_of(at, struct twin_op, link);

        if (o != op)
            continue;
        free_op(o);
        return true;
    }
    return false;
}
