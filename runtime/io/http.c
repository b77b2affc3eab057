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

static struct mn_clock *clock_of(const struct mn_http *h)
{
    return mn_loop_clock(h->loop);
}

static void on_settle(struct mn_timer *timer)
{
    mn_http_settle(mn_container_of(timer, struct mn_http, settle_timer));
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
    if (is_busy != was_busy)
        mn_http_client_run(op, is_busy - was_busy);
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
    mn_timer_stop(&op->wait);
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

static void on_no_turn(struct mn_timer *timer)
{
    fail(mn_container_of(timer, struct mn_http_op, wait), "timeout",
         "no turn in time: all connections of its client are in use");
}

static void on_silence(struct mn_timer *timer)
{
    fail(mn_container_of(timer, struct mn_http_op, wait), "timeout", "nothing came for too long");
}

void mn_http_op_is_alive(struct mn_http_op *op)
{
    if (op->idle_ms > 0 && !op->paused)
        mn_timer_start(clock_of(op->http), &op->wait, op->idle_ms, on_silence);
}

void mn_http_op_begin_stream(struct mn_http_op *op)
{
    mn_timer_stop(&op->timer);
    op->streaming = true;
    mn_http_op_is_alive(op);
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
    const char *host = op->proxy_host != NULL ? op->proxy_host : op->host;
    int err;

    mn_timer_stop(&op->wait);
    move(op, MN_HTTP_RESOLVING);
    if (mn_http_op_is_barred(op)) {
        finish(op);
        return;
    }
    if (op->unix_path != NULL) {
        run(op, NULL);
        return;
    }
    err = mn_resolve(mn_loop_resolver(op->http->loop), &op->lookup, host, op->connect_ms, on_found);
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
        mn_http_client_leave(op);
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
    DEFAULT(max_waiting, 1000);
    DEFAULT(keep, 5);
    DEFAULT(keep_ms, 60000);
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
    mn_http_client_leave(op);
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
    if (h->nwaiting >= h->settings.max_waiting)
        return MN_EFULL;
    err = mn_http_op_new(&new, ask, &h->settings);
    if (err < 0)
        return err;
    new->http = h;
    new->done = done;
    new->owner = owner;
    err = mn_http_client_join(h, new, ask);
    if (err == 0)
        err = mn_timer_start(clock_of(h), &new->timer, total_ms, on_late);
    if (err == 0 && ask->pool_ms > 0)
        err = mn_timer_start(clock_of(h), &new->wait, ask->pool_ms, on_no_turn);
    if (err < 0) {
        mn_http_client_leave(new);
        mn_http_op_free(new);
        return err;
    }
    mn_list_append(&h->waiting, &new->node);
    h->nwaiting++;
    start_waiting(h);
    *op = new;
    return 0;
}

void mn_http_resume(struct mn_http_op *op)
{
    if (!op->paused || op->state != MN_HTTP_RUNNING)
        return;
    op->paused = false;
    mn_http_op_is_alive(op);
    curl_easy_pause(op->easy, CURLPAUSE_CONT); /* may tell its stream at once */
    mn_timer_start(clock_of(op->http), &op->http->settle_timer, 0, on_settle);
}

void mn_http_cancel(struct mn_http_op *op)
{
    struct mn_http *h = op->http;

    drop(op);
    if (!mn_list_empty(&h->waiting)) /* it made room */
        mn_timer_start(clock_of(h), &h->settle_timer, 0, on_settle);
}

void mn_http_load(const struct mn_http *http, int *waiting, int *running)
{
    *waiting = http->nwaiting;
    *running = http->nrunning;
}
