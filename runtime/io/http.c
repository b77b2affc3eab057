/* http.c - the pool: whose turn it is, and a request's way through it.
 *
 * DESIGN  How many requests of one client run at once is counted here: what is over the limit waits
 * in one queue, in the order it came.
 *
 * ENDING  A request that ended, for whatever reason, goes to the list of finished ones. They are
 * told from mn_http_settle(), which runs only from the loop and the clock: so done never runs
 * inside mn_http_send or mn_http_cancel, and may call both. */
#include "io/http.h"

#include "base/err.h"
#include "io/http_op.h"

#include <errno.h>
#include <stdlib.h>

enum { MAX_WAITING = 1000 };

struct mn_http_client {
    struct mn_list node;
    int ops;     /* that name it; with the last it goes */
    int running; /* of them */
    int limit;
    char name[]; /* ask.pool, or host:port */
};

static struct mn_clock *clock_of(const struct mn_http *h)
{
    return mn_loop_clock(h->loop);
}

static void on_settle(struct mn_timer *timer)
{
    mn_http_settle(mn_container_of(timer, struct mn_http, settle_timer));
}

/* ---- clients ---- */

static struct mn_http_client *find_client(struct mn_http *h, const char *name)
{
    struct mn_list *node;

    for (node = h->clients.next; node != &h->clients; node = node->next) {
        struct mn_http_client *c = mn_container_of(node, struct mn_http_client, node);

        if (strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

static int join_client(struct mn_http *h, struct mn_http_op *op, const struct mn_http_ask *ask)
{
    struct mn_buf name = {0};
    struct mn_http_client *c;

    if (ask->pool.n > 0)
        mn_buf_addf(&name, "%.*s", MN_FMT(ask->pool));
    else
        mn_buf_addf(&name, "%s:%d", op->host, op->port);
    if (name.err < 0)
        return name.err;
    c = find_client(h, name.p);
    if (c == NULL) {
        c = calloc(1, sizeof(*c) + name.n + 1);
        if (c != NULL) {
            memcpy(c->name, name.p, name.n + 1);
            mn_list_append(&h->clients, &c->node);
        }
    }
    mn_buf_free(&name);
    if (c == NULL)
        return -ENOMEM;
    c->ops++;
    c->limit = ask->pool_connections > 0 ? ask->pool_connections : h->settings.host_connections;
    op->client = c;
    return 0;
}

static void leave_client(struct mn_http_op *op)
{
    struct mn_http_client *c = op->client;

    if (c != NULL && --c->ops == 0) {
        mn_list_remove(&c->node);
        free(c);
    }
}

/* ---- an op's way ---- */

static void move(struct mn_http_op *op, enum mn_http_state state)
{
    struct mn_http *h = op->http;
    bool was_busy = op->state == MN_HTTP_RESOLVING || op->state == MN_HTTP_RUNNING;
    bool is_busy = state == MN_HTTP_RESOLVING || state == MN_HTTP_RUNNING;

    if (op->state == MN_HTTP_WAITING && state != MN_HTTP_WAITING)
        h->nwaiting--;
    h->nrunning += is_busy - was_busy;
    op->client->running += is_busy - was_busy;
    op->state = state;
    mn_list_remove(&op->node);
    mn_list_append(state == MN_HTTP_FINISHED ? &h->finished : &h->busy, &op->node);
}

/* Takes op off curl and off the names being looked up, wherever it is. */
static void detach(struct mn_http_op *op)
{
    mn_lookup_cancel(&op->lookup);
    if (op->state == MN_HTTP_RUNNING)
        curl_multi_remove_handle(op->http->multi, op->easy);
}

static void finish(struct mn_http_op *op)
{
    detach(op);
    mn_timer_stop(&op->timer);
    move(op, MN_HTTP_FINISHED);
    mn_timer_start(clock_of(op->http), &op->http->settle_timer, 0, on_settle);
}

static void fail(struct mn_http_op *op, const char *code, const char *message)
{
    mn_http_op_fail(op, code, message);
    finish(op);
}

static void on_late(struct mn_timer *timer)
{
    fail(mn_container_of(timer, struct mn_http_op, timer), "timeout", "no answer in time");
}

static void run(struct mn_http_op *op, const struct mn_addresses *found)
{
    struct mn_http *h = op->http;

    if (mn_http_op_prepare(op, &h->settings, found) < 0 ||
        curl_multi_add_handle(h->multi, op->easy) != CURLM_OK) {
        fail(op, "other", "out of memory");
        return;
    }
    move(op, MN_HTTP_RUNNING);
}

static void on_found(struct mn_lookup *lookup, int err, const struct mn_addresses *found)
{
    struct mn_http_op *op = mn_container_of(lookup, struct mn_http_op, lookup);

    if (err == 0)
        run(op, found);
    else
        fail(op,
             err == MN_ETIMEOUT   ? "timeout"
             : err == MN_ERESOLVE ? "dns"
                                  : "other",
             mn_strerror(err));
}

static void start(struct mn_http_op *op)
{
    int err;

    move(op, MN_HTTP_RESOLVING);
    err = mn_resolve(mn_loop_resolver(op->http->loop), &op->lookup, op->host, op->connect_ms,
                     on_found);
    if (err < 0)
        fail(op, err == MN_ERESOLVE ? "dns" : "other", mn_strerror(err));
}

static void start_waiting(struct mn_http *h)
{
    struct mn_list *node, *next;

    for (node = h->waiting.next; node != &h->waiting; node = next) {
        struct mn_http_op *op = mn_container_of(node, struct mn_http_op, node);

        next = node->next;
        if (h->nrunning >= h->settings.total_connections)
            return;
        if (op->client->running < op->client->limit)
            start(op);
    }
}

static void collect(struct mn_http *h)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(h->multi, &left)) != NULL) {
        CURLcode result = message->data.result;
        struct mn_http_op *op = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&op);
        mn_http_op_read_result(op, result);
        if (!mn_http_op_redirect(op)) {
            finish(op);
            continue;
        }
        detach(op);
        start(op);
    }
}

void mn_http_settle(struct mn_http *h)
{
    struct mn_http_op *op;

    collect(h);
    while (!mn_list_empty(&h->finished)) {
        op = mn_container_of(h->finished.next, struct mn_http_op, node);
        mn_list_remove(&op->node);
        mn_http_op_tell(op);
        leave_client(op);
        mn_http_op_free(op);
    }
    start_waiting(h);
}

/* ---- the pool ---- */

static void fill_defaults(struct mn_http_settings *set)
{
#define DEFAULT(field, value)                                                                      \
    do {                                                                                           \
        if (!set->field)                                                                           \
            set->field = (value);                                                                  \
    } while (0)
    DEFAULT(host_connections, 10);
    DEFAULT(total_connections, 100);
    DEFAULT(connect_ms, 2000);
    DEFAULT(total_ms, 10000);
    DEFAULT(max_body_bytes, 1 << 20);
    DEFAULT(max_headers_bytes, 64 << 10);
    DEFAULT(user_agent, "myna/" MN_VERSION);
#undef DEFAULT
}

int mn_http_open(struct mn_http **out, struct mn_loop *loop,
                 const struct mn_http_settings *settings)
{
    struct mn_http *h;

    *out = NULL;
    h = calloc(1, sizeof(*h));
    if (h == NULL)
        return -ENOMEM;
    h->loop = loop;
    h->settings = *settings;
    fill_defaults(&h->settings);
    mn_list_init(&h->waiting);
    mn_list_init(&h->busy);
    mn_list_init(&h->finished);
    mn_list_init(&h->clients);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) { /* counted by curl */
        free(h);
        return -ENOMEM;
    }
    if (mn_http_multi_open(h) < 0) {
        mn_http_close(h);
        return -ENOMEM;
    }
    *out = h;
    return 0;
}

static void drop(struct mn_http_op *op)
{
    detach(op);
    move(op, MN_HTTP_FINISHED); /* out of every count */
    leave_client(op);
    mn_http_op_free(op);
}

static void drop_all(struct mn_list *ops)
{
    while (!mn_list_empty(ops))
        drop(mn_container_of(ops->next, struct mn_http_op, node));
}

void mn_http_close(struct mn_http *h)
{
    if (h == NULL)
        return;
    drop_all(&h->waiting);
    drop_all(&h->busy);
    drop_all(&h->finished);
    mn_http_multi_close(h);
    mn_timer_stop(&h->settle_timer);
    curl_global_cleanup();
    free(h);
}

int mn_http_send(struct mn_http *h, const struct mn_http_ask *ask, mn_http_done *done, void *owner,
                 struct mn_http_op **op)
{
    int64_t total_ms = ask->total_ms > 0 ? ask->total_ms : h->settings.total_ms;
    struct mn_http_op *new;
    int err;

    *op = NULL;
    if (h->nwaiting >= MAX_WAITING)
        return MN_EFULL;
    err = mn_http_op_new(&new, ask, &h->settings);
    if (err < 0)
        return err;
    new->http = h;
    new->done = done;
    new->owner = owner;
    err = join_client(h, new, ask);
    if (err == 0)
        err = mn_timer_start(clock_of(h), &new->timer, total_ms, on_late);
    if (err < 0) {
        leave_client(new);
        mn_http_op_free(new);
        return err;
    }
    mn_list_append(&h->waiting, &new->node);
    h->nwaiting++;
    start_waiting(h);
    *op = new;
    return 0;
}

void mn_http_cancel(struct mn_http_op *op)
{
    struct mn_http *h = op->http;

    drop(op);
    if (!mn_list_empty(&h->waiting)) /* it made room */
        mn_timer_start(clock_of(h), &h->settle_timer, 0, on_settle);
}
