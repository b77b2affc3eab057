/* http_cache.c - who waits for which answer.
 *
 * A waiter is one request of a script. It waits for a flight, the one request made for all equal
 * ones, or only for the clock, when the answer is kept: done never runs inside the asking. Each has
 * its own time; the flight ends when nobody waits for it any more. */
#include "io/http_cache.h"

#include "io/http_kept.h"

#include <errno.h>
#include <stdlib.h>

struct flight {
    struct mn_list node;
    struct mn_list waiters;
    struct mn_http_cache *cache;
    struct mn_buf key;
    uint64_t hash;
    int64_t cache_ms, absent_ms;
    void *op; /* the carrier's */
};

struct waiter {
    struct mn_list node; /* among a flight's, or the cache's served or landed */
    struct mn_http_cache *cache;
    struct flight *flight; /* NULL: it is over, or kept is the answer */
    struct mn_kept *kept;  /* held */
    struct mn_timer timer;
    mn_http_done *done;
    void *owner;
};

struct mn_http_cache {
    struct mn_clock *clock;
    struct mn_http_carrier carrier;
    struct mn_http_cache_settings settings;
    struct mn_kept_store store;
    struct mn_list flights;
    struct mn_list served; /* waiters whose answer was kept */
    struct mn_list landed; /* those of a flight that is told of just now */
};

int mn_http_cache_open(struct mn_http_cache **out, struct mn_clock *clock,
                       const struct mn_http_carrier *carrier,
                       const struct mn_http_cache_settings *settings)
{
    struct mn_http_cache *c = calloc(1, sizeof(*c));

    *out = c;
    if (c == NULL)
        return -ENOMEM;
    c->clock = clock;
    c->carrier = *carrier;
    c->settings = *settings;
    mn_kept_open(&c->store, settings->bytes, settings->entries);
    mn_list_init(&c->flights);
    mn_list_init(&c->served);
    mn_list_init(&c->landed);
    return 0;
}

static void free_waiter(struct waiter *w)
{
    mn_timer_stop(&w->timer);
    mn_list_remove(&w->node);
    if (w->kept != NULL)
        mn_kept_drop(w->kept);
    free(w);
}

static void free_flight(struct flight *f)
{
    while (!mn_list_empty(&f->waiters))
        free_waiter(mn_container_of(f->waiters.next, struct waiter, node));
    if (f->op != NULL)
        f->cache->carrier.cancel(f->cache->carrier.owner, f->op);
    mn_list_remove(&f->node);
    mn_buf_free(&f->key);
    free(f);
}

void mn_http_cache_close(struct mn_http_cache *c)
{
    if (c == NULL)
        return;
    while (!mn_list_empty(&c->flights))
        free_flight(mn_container_of(c->flights.next, struct flight, node));
    while (!mn_list_empty(&c->served))
        free_waiter(mn_container_of(c->served.next, struct waiter, node));
    mn_kept_close(&c->store);
    free(c);
}

/* ---- waiters ---- */

static struct waiter *new_waiter(struct mn_http_cache *c, mn_http_done *done, void *owner)
{
    struct waiter *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return NULL;
    w->cache = c;
    w->done = done;
    w->owner = owner;
    mn_list_init(&w->node);
    return w;
}

/* Out of every list before done, which may ask and cancel again. */
static void tell(struct waiter *w, const struct mn_http_answer *answer)
{
    mn_timer_stop(&w->timer);
    mn_list_remove(&w->node);
    w->done(w->owner, answer);
    free_waiter(w);
}

static void on_kept(struct mn_timer *timer)
{
    struct waiter *w = mn_container_of(timer, struct waiter, timer);
    struct mn_http_answer answer = mn_kept_answer(w->kept);

    tell(w, &answer);
}

/* The carrier may be told: this is the clock, not its callback. */
static void land_if_alone(struct flight *f)
{
    if (mn_list_empty(&f->waiters))
        free_flight(f);
}

static void on_late(struct mn_timer *timer)
{
    struct waiter *w = mn_container_of(timer, struct waiter, timer);
    struct flight *f = w->flight;
    const struct mn_http_answer late = {.err_code = "timeout", .err_message = "no answer in time"};

    mn_list_remove(&w->node);
    land_if_alone(f);
    tell(w, &late);
}

/* ---- flights ---- */

static bool is_worth_keeping(const struct flight *f, const struct mn_http_answer *answer)
{
    if (answer->err_code != NULL)
        return false;
    if (answer->status == 404 || answer->status == 410)
        return f->absent_ms > 0;
    return f->cache_ms > 0 && answer->status >= 200 && answer->status < 300;
}

static void on_landed(void *flight, const struct mn_http_answer *answer)
{
    struct flight *f = flight;
    struct mn_http_cache *c = f->cache;

    f->op = NULL;
    mn_list_remove(&f->node); /* who asks from now on, asks anew */
    if (is_worth_keeping(f, answer))
        mn_kept_add(&c->store, mn_buf_str(&f->key), f->hash, answer, mn_clock_now(c->clock));
    while (!mn_list_empty(&f->waiters)) {
        struct waiter *w = mn_container_of(f->waiters.next, struct waiter, node);

        w->flight = NULL;
        mn_list_remove(&w->node);
        mn_list_append(&c->landed, &w->node);
    }
    free_flight(f);
    while (!mn_list_empty(&c->landed)) /* each may cancel the next */
        tell(mn_container_of(c->landed.next, struct waiter, node), answer);
}

/* Everything an answer may depend on, a NUL behind each part. */
static int write_key(struct mn_buf *key, const struct mn_http_ask *ask)
{
    const struct mn_str parts[] = {ask->app, ask->pool, ask->method, ask->url};
    int i;

    for (i = 0; i < 4; i++) {
        mn_buf_add_str(key, parts[i]);
        mn_buf_add_byte(key, '\0');
    }
    for (i = 0; i < ask->nheaders; i++) {
        mn_buf_add_str(key, ask->headers[i].name);
        mn_buf_add_byte(key, '\0');
        mn_buf_add_str(key, ask->headers[i].value);
        mn_buf_add_byte(key, '\0');
    }
    return key->err;
}

static struct flight *find_flight(struct mn_http_cache *c, struct mn_str key, uint64_t hash)
{
    struct mn_list *at;

    for (at = c->flights.next; at != &c->flights; at = at->next) {
        struct flight *f = mn_container_of(at, struct flight, node);

        if (f->hash == hash && mn_str_same(mn_buf_str(&f->key), key))
            return f;
    }
    return NULL;
}

static int64_t total_of(const struct mn_http_cache *c, const struct mn_http_ask *ask)
{
    return ask->total_ms > 0 ? ask->total_ms : c->settings.total_ms;
}

/* Takes key. The first to ask may have less time than who joins: the flight has the pool's. */
static int launch(struct flight **out, struct mn_http_cache *c, const struct mn_http_ask *ask,
                  struct mn_buf *key, uint64_t hash)
{
    struct flight *f = calloc(1, sizeof(*f));
    struct mn_http_ask longer = *ask;
    int err;

    if (f == NULL)
        return -ENOMEM;
    f->cache = c;
    f->hash = hash;
    f->cache_ms = ask->cache_ms;
    f->absent_ms = ask->absent_ms;
    mn_list_init(&f->node);
    mn_list_init(&f->waiters);
    longer.total_ms = total_of(c, ask);
    if (longer.total_ms < c->settings.total_ms)
        longer.total_ms = c->settings.total_ms;
    err = c->carrier.send(c->carrier.owner, &longer, on_landed, f, &f->op);
    if (err != 0) {
        free(f);
        return err;
    }
    f->key = *key;
    *key = (struct mn_buf){0};
    mn_list_append(&c->flights, &f->node);
    *out = f;
    return 0;
}

/* ---- asking ---- */

static bool is_fresh(const struct mn_http_cache *c, const struct mn_kept *k,
                     const struct mn_http_ask *ask)
{
    int64_t age_ms = mn_clock_now(c->clock) - k->at_ms;
    bool absent = k->status == 404 || k->status == 410;

    return age_ms < (absent ? ask->absent_ms : ask->cache_ms);
}

static int join(struct waiter *w, const struct mn_http_ask *ask, struct mn_buf *key)
{
    struct mn_http_cache *c = w->cache;
    uint64_t hash = mn_kept_hash(mn_buf_str(key));
    struct mn_kept *k = mn_kept_find(&c->store, mn_buf_str(key), hash);
    int err = 0;

    if (k != NULL && is_fresh(c, k, ask)) {
        k->holds++;
        w->kept = k;
        mn_list_append(&c->served, &w->node);
        return mn_timer_start(c->clock, &w->timer, 0, on_kept);
    }
    w->flight = find_flight(c, mn_buf_str(key), hash);
    if (w->flight == NULL)
        err = launch(&w->flight, c, ask, key, hash);
    if (err != 0)
        return err;
    mn_list_append(&w->flight->waiters, &w->node);
    err = mn_timer_start(c->clock, &w->timer, total_of(c, ask), on_late);
    if (err != 0) {
        mn_list_remove(&w->node);
        land_if_alone(w->flight);
    }
    return err;
}

int mn_http_cache_send(struct mn_http_cache *c, const struct mn_http_ask *ask, mn_http_done *done,
                       void *owner, void **op)
{
    struct mn_buf key = {0};
    struct waiter *w;
    int err;

    if ((ask->cache_ms <= 0 && ask->absent_ms <= 0) || ask->stream != NULL)
        return c->carrier.send(c->carrier.owner, ask, done, owner, op);
    w = new_waiter(c, done, owner);
    if (w == NULL)
        return -ENOMEM;
    err = write_key(&key, ask);
    if (err == 0)
        err = join(w, ask, &key);
    mn_buf_free(&key);
    if (err != 0)
        free_waiter(w);
    else
        *op = w;
    return err;
}

static struct waiter *find_waiter(struct mn_list *waiters, const void *op)
{
    struct mn_list *at;

    for (at = waiters->next; at != waiters; at = at->next)
        if (mn_container_of(at, struct waiter, node) == op)
            return mn_container_of(at, struct waiter, node);
    return NULL;
}

/* An op is a waiter of ours, or the carrier's. */
void mn_http_cache_cancel(struct mn_http_cache *c, void *op)
{
    struct waiter *w = find_waiter(&c->served, op);
    struct mn_list *at;
    struct flight *f;

    if (w == NULL)
        w = find_waiter(&c->landed, op);
    for (at = c->flights.next; w == NULL && at != &c->flights; at = at->next)
        w = find_waiter(&mn_container_of(at, struct flight, node)->waiters, op);
    if (w == NULL) {
        c->carrier.cancel(c->carrier.owner, op);
        return;
    }
    f = w->flight;
    free_waiter(w);
    if (f != NULL)
        land_if_alone(f);
}
