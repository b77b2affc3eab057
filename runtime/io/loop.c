/* loop.c - one libuv loop, libwebsockets' context on it, and the clock that both run by.
 *
 * DESIGN  A uv_prepare runs just before the loop sleeps. It looks at the clock's earliest deadline
 * and arms one uv timer for it, so starting and stopping a timer costs the clock's heap and nothing
 * of libuv's. When the uv timer rings, the clock is read and what is due is fired.
 *
 * CLOSING  libwebsockets on a foreign loop is destroyed in two calls: the first starts closing its
 * sockets, the loop then runs until every handle has gone, the second frees the context. */
#include "io/loop.h"

#include "base/err.h"
#include "base/list.h"
#include "io/resolve.h"
#include "io/tls.h"

#include <assert.h>
#include <errno.h>
#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

enum { MAX_SIGNALS = 8 };

struct signal_watch {
    uv_signal_t uv;
    void (*fn)(void *owner, int signum);
    void *owner;
};

struct mn_loop {
    uv_loop_t uv;
    uv_prepare_t before_sleep;
    uv_timer_t timer;
    uv_async_t wake;
    struct signal_watch signals[MAX_SIGNALS];
    int nsignals;
    bool uv_open, handles_open;

    struct mn_clock clock;
    int64_t armed_ms; /* the deadline the uv timer stands for; INT64_MAX when it is stopped */
    struct mn_log *log;
    struct lws_context *lws;
    struct mn_resolver *resolver;
    struct mn_tls *tls;
    struct mn_list guests;
    unsigned char scratch[MN_LOOP_SCRATCH_BYTES];
};

/* libwebsockets logs for the whole process and passes no owner: the loop opened last gets the
 * lines. A worker process has one. */
static struct mn_log *lws_log;

static void on_lws_log(int level, const char *line)
{
    struct mn_str text = mn_str(line);

    if (lws_log == NULL)
        return;
    while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
        text.n--;
    if (level == LLL_ERR)
        MN_LOG(lws_log, ERROR, NULL, "libwebsockets", {"said", .s = text});
    else
        MN_LOG(lws_log, WARN, NULL, "libwebsockets", {"said", .s = text});
}

static void on_timer(uv_timer_t *timer)
{
    struct mn_loop *l = timer->data;

    l->armed_ms = INT64_MAX;
    mn_clock_update(&l->clock);
    mn_clock_run(&l->clock);
}

static void on_before_sleep(uv_prepare_t *prepare)
{
    struct mn_loop *l = prepare->data;
    int64_t next = mn_clock_next(&l->clock), wait_ms;

    if (next == l->armed_ms)
        return;
    l->armed_ms = next;
    if (next == INT64_MAX) {
        uv_timer_stop(&l->timer);
        return;
    }
    mn_clock_update(&l->clock);
    uv_update_time(&l->uv);
    wait_ms = next - mn_clock_now(&l->clock);
    uv_timer_start(&l->timer, on_timer, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

static void on_wake(uv_async_t *wake)
{
    struct mn_loop *l = wake->data;

    mn_clock_update(&l->clock);
}

static void on_signal(uv_signal_t *uv, int signum)
{
    struct signal_watch *watch = mn_container_of(uv, struct signal_watch, uv);
    struct mn_loop *l = uv->data;

    mn_clock_update(&l->clock);
    watch->fn(watch->owner, signum);
}

static int open_handles(struct mn_loop *l)
{
    int err = uv_loop_init(&l->uv);

    if (err < 0)
        return err;
    l->uv_open = true;
    err = uv_async_init(&l->uv, &l->wake, on_wake);
    if (err < 0)
        return err;
    uv_prepare_init(&l->uv, &l->before_sleep); /* these two cannot fail */
    uv_timer_init(&l->uv, &l->timer);
    l->handles_open = true;
    l->wake.data = l->before_sleep.data = l->timer.data = l;
    l->armed_ms = INT64_MAX;
    return uv_prepare_start(&l->before_sleep, on_before_sleep);
}

static int open_lws(struct mn_loop *l)
{
    void *foreign[1] = {&l->uv};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
        .foreign_loops = foreign,
        /* The default of 4 KB reads one ordinary audio delta in four to eight turns. */
        .pt_serv_buf_size = 64 * 1024,
        .max_http_header_data = 16 * 1024, /* of one request; its default is 4 KB */
        .timeout_secs = 10,                /* TLS handshakes, pauses inside a request body */
    };

    /* LLL_HEADER and everything chattier stay off: headers carry keys. */
    lws_log = l->log;
    lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
    l->lws = lws_create_context(&info);
    return l->lws != NULL ? 0 : -ENOMEM;
}

int mn_loop_open(struct mn_loop **out, struct mn_log *log)
{
    struct mn_loop *l;
    int err;

    *out = NULL;
    l = calloc(1, sizeof(*l));
    if (l == NULL)
        return -ENOMEM;
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to sockets whose peer may be gone */
    mn_clock_open_real(&l->clock);
    mn_list_init(&l->guests);
    l->log = log;
    log->clock = &l->clock;
    err = open_handles(l);
    if (err == 0)
        err = open_lws(l);
    if (err == 0)
        err = mn_resolver_open(&l->resolver, &l->uv, &l->clock);
    if (err == 0)
        err = mn_tls_open(&l->tls);
    if (err < 0) {
        mn_loop_close(l);
        return err;
    }
    *out = l;
    return 0;
}

void mn_loop_run(struct mn_loop *l)
{
    mn_clock_update(&l->clock);
    uv_run(&l->uv, UV_RUN_DEFAULT);
}

void mn_loop_turn(struct mn_loop *l)
{
    mn_clock_update(&l->clock);
    uv_run(&l->uv, UV_RUN_ONCE);
}

void mn_loop_stop(struct mn_loop *l)
{
    uv_stop(&l->uv);
}

void mn_loop_wake(struct mn_loop *l)
{
    uv_async_send(&l->wake);
}

static void close_handles(struct mn_loop *l)
{
    int i;

    uv_close((uv_handle_t *)&l->wake, NULL);
    uv_close((uv_handle_t *)&l->before_sleep, NULL);
    uv_close((uv_handle_t *)&l->timer, NULL);
    for (i = 0; i < l->nsignals; i++)
        uv_close((uv_handle_t *)&l->signals[i].uv, NULL);
}

static void evict_guests(struct mn_loop *l)
{
    struct mn_loop_guest *guest;

    while (!mn_list_empty(&l->guests)) {
        guest = mn_container_of(l->guests.next, struct mn_loop_guest, node);
        mn_loop_leave(guest);
        guest->evict(guest);
    }
}

void mn_loop_close(struct mn_loop *l)
{
    int busy;

    if (l == NULL)
        return;
    mn_clock_update(&l->clock);
    mn_clock_run(&l->clock); /* links closed just now tell their owners */
    evict_guests(l);
    mn_resolver_close(l->resolver);
    if (l->lws != NULL)
        lws_context_destroy(l->lws);
    if (l->handles_open)
        close_handles(l);
    if (l->uv_open) {
        while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
            ; /* a mn_loop_stop on the way does not end the closing */
        if (l->lws != NULL)
            lws_context_destroy(l->lws);
        busy = uv_loop_close(&l->uv);
        assert(busy == 0);
        (void)busy;
    }
    mn_tls_close(l->tls);
    if (lws_log == l->log)
        lws_log = NULL;
    if (l->log->clock == &l->clock)
        l->log->clock = NULL;
    mn_clock_close(&l->clock);
    free(l);
}

int mn_loop_signal(struct mn_loop *l, int signum, void (*fn)(void *owner, int signum), void *owner)
{
    struct signal_watch *watch;
    int err;

    if (l->nsignals == MAX_SIGNALS)
        return MN_ELIMIT;
    watch = &l->signals[l->nsignals];
    err = uv_signal_init(&l->uv, &watch->uv);
    if (err < 0)
        return err;
    l->nsignals++;
    watch->uv.data = l;
    watch->fn = fn;
    watch->owner = owner;
    return uv_signal_start(&watch->uv, on_signal, signum);
}

struct mn_clock *mn_loop_clock(struct mn_loop *l)
{
    return &l->clock;
}

struct uv_loop_s *mn_loop_uv(struct mn_loop *l)
{
    return &l->uv;
}

struct lws_context *mn_loop_lws(struct mn_loop *l)
{
    return l->lws;
}

struct mn_resolver *mn_loop_resolver(struct mn_loop *l)
{
    return l->resolver;
}

struct mn_tls *mn_loop_tls(struct mn_loop *l)
{
    return l->tls;
}

unsigned char *mn_loop_scratch(struct mn_loop *l)
{
    return l->scratch;
}

void mn_loop_join(struct mn_loop *l, struct mn_loop_guest *guest)
{
    mn_list_append(&l->guests, &guest->node);
}

void mn_loop_leave(struct mn_loop_guest *guest)
{
    mn_list_remove(&guest->node);
}

struct mn_log *mn_loop_log(struct mn_loop *l)
{
    return l->log;
}
