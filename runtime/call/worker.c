/* worker.c - opens what a worker has, in the order it is needed, and closes it the other way. */
#include "call/front.h"
#include "call/line.h"
#include "call/operate.h"
#include "call/responses.h"
#include "call/visitors.h"
#include "call/worker_parts.h"
#include "script/snapshot.h"

#include "base/err.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct mn_loop *mn_worker_loop(struct mn_worker *w)
{
    return w->loop;
}

int mn_worker_apps(const struct mn_worker *w)
{
    return w->apps.n;
}

const struct mn_generation *mn_worker_generation(const struct mn_worker *w)
{
    return &w->apps;
}

const struct mn_bundle *mn_worker_app(const struct mn_worker *w, int i)
{
    return w->apps.list[i];
}

int mn_worker_port(const struct mn_worker *w)
{
    return w->server != NULL ? mn_server_port(w->server) : 0;
}

/* --- opening --- */

static int pool_http(void *worker, const struct mn_http_ask *ask, mn_http_done *done,
                     void *op_owner, void **op)
{
    struct mn_worker *w = worker;

    if (ask->of_api)
        return mn_api_ask(&w->api, ask, done, op_owner, op);
    return mn_http_send(w->http, ask, done, op_owner, (struct mn_http_op **)op);
}

static void pool_cancel(void *worker, void *op)
{
    if (!mn_api_cancel(&((struct mn_worker *)worker)->api, op))
        mn_http_cancel(op);
}

static int open_http(struct mn_worker *w)
{
    const struct mn_settings *s = w->settings;
    int err;

    err = mn_http_open(&w->http, w->loop,
                       &(struct mn_http_settings){
                           .host_connections = (int)s->http_connections,
                           .total_connections = (int)s->http_total,
                           .max_waiting = (int)s->http_waiting,
                           .keep = s->http_keep > 0 ? (int)s->http_keep : -1,
                           .keep_ms = s->http_keep_for,
                           .connect_ms = s->http_connect_timeout,
                           .total_ms = s->http_timeout,
                           .max_body_bytes = (size_t)s->script_body,
                           .max_headers_bytes = (size_t)s->http_headers,
                           .max_redirects = (int)s->http_redirects,
                       });
    if (err == 0)
        err = mn_http_cache_open(&w->cache, mn_loop_clock(w->loop),
                                 &(struct mn_http_carrier){w, pool_http, pool_cancel},
                                 &(struct mn_http_cache_settings){
                                     .bytes = (size_t)s->http_cache,
                                     .entries = (int)s->http_cache_entries,
                                     .total_ms = s->http_timeout,
                                 });
    return err;
}

static int open_shared(struct mn_worker *w)
{
    const struct mn_shared_limits limits = {(int)w->settings->shared_entries,
                                            (size_t)w->settings->shared_bytes};
    int err = mn_shared_open(&w->shared, mn_loop_clock(w->loop), &limits);

    w->world.shared = w->shared;
    return err;
}

static int open_page(struct mn_worker *w)
{
    int err =
        w->under != NULL ? mn_page_map(&w->page, w->under->it.page) : mn_page_open(&w->page, NULL);

    if (err == 0)
        mn_page_wipe(w->page, w->number, (int32_t)getpid());
    return err;
}

/* From the disk, or those that its master has read. */
static int load_apps(struct mn_worker *w, struct mn_buf *why)
{
    struct mn_snapshot *snapshot = NULL;
    struct mn_buf bytes = {0};
    int err = 0;

    if (w->under != NULL) {
        err = mn_under_read(w->under->it.snapshot, &bytes);
        close(w->under->it.snapshot);
        if (err == 0)
            err = mn_snapshot_replay(&snapshot, mn_buf_str(&bytes));
    }
    if (err == 0)
        err = mn_generation_load(&w->apps, w->given.paths, w->given.npaths, snapshot, w->log, why);
    mn_snapshot_close(snapshot);
    mn_buf_free(&bytes);
    return err;
}

static int open_parts(struct mn_worker *w, struct mn_buf *why)
{
    int err = mn_loop_open(&w->loop, w->log);

    if (err == 0)
        err = mn_random_system(&w->random);
    if (err == 0)
        err = open_page(w);
    if (err == 0)
        err = load_apps(w, why);
    if (err != 0)
        return err;
    mn_worker_fill_world(w);
    err = mn_api_open(&w->api, w->settings, mn_loop_clock(w->loop), w->given.twin);
    if (err != 0) {
        mn_buf_addf(why, "--upstream-ca %s: %s\n", w->settings->upstream_ca, mn_strerror(err));
        return err;
    }
    err = mn_metering_open(w);
    if (err == 0)
        err = open_http(w);
    w->api.http = w->http;
    if (err == 0)
        err = open_shared(w);
    if (err == 0)
        err = mn_worker_open_mail(w);
    if (err == 0)
        err = w->given.upstream(&w->world.upstream, w->loop, w->settings, NULL);
    if (err == 0) {
        err = mn_worker_open_upstreams(w, &w->apps, why);
        if (err == 0)
            err = mn_worker_open_store(w, &w->apps, why);
        if (err == 0)
            err = mn_worker_open_recorder(w, why);
        if (err == 0)
            err = mn_fronts_open(w, &w->apps, why);
        if (err != 0)
            return err;
    }
    if (err != 0)
        mn_buf_addf(why, "cannot start: %s\n", mn_strerror(err));
    return err;
}

static int open_commons(struct mn_worker *w)
{
    const struct mn_settings *s = w->settings;

    w->commons = w->given.commons;
    if (w->commons != NULL)
        return 0;
    if (w->under != NULL)
        return mn_commons_map(&w->commons, w->under->it.commons, w->number);
    return mn_commons_open(&w->commons,
                           &(struct mn_commons_size){.tokens = (uint32_t)s->tokens,
                                                     .token_bytes = (uint32_t)s->token_bytes,
                                                     .meters = (uint32_t)s->meters});
}

static int inherit(struct mn_worker *w, const struct mn_inherited *it)
{
    if (it == NULL)
        return 0;
    w->under = calloc(1, sizeof(*w->under));
    if (w->under == NULL)
        return -ENOMEM;
    w->under->it = *it;
    mn_list_init(&w->under->wants);
    w->under->keys_fd = -1;
    w->number = it->number;
    w->generation = it->generation;
    return 0;
}

int mn_worker_open(struct mn_worker **out, const struct mn_worker_settings *settings,
                   struct mn_log *log, struct mn_buf *why)
{
    struct mn_worker *w = calloc(1, sizeof(*w));
    int err;

    *out = NULL;
    if (w == NULL)
        return -ENOMEM;
    w->settings = settings->settings;
    w->given = *settings;
    w->own_secrets = log->secrets;
    w->log = log;
    mn_list_init(&w->calls);
    mn_followers_open(w);
    mn_list_init(&w->responses);
    mn_list_init(&w->lines);
    mn_list_init(&w->hooks);
    mn_list_init(&w->fronts);
    mn_list_init(&w->indexes);
    mn_list_init(&w->passing);
    mn_list_init(&w->asking);
    w->generation = 1;
    err = inherit(w, settings->inherited);
    if (err == 0)
        err = open_commons(w);
    if (err == 0)
        err = mn_worker_read_keys(w, why);
    if (err == 0)
        err = open_parts(w, why);
    if (err == 0 && w->under != NULL)
        err = mn_under_open(w);
    if (err != 0) {
        mn_worker_close(w);
        return err;
    }
    *out = w;
    return 0;
}

int mn_worker_listen(struct mn_worker *w, struct mn_buf *why)
{
    const struct mn_settings *s = w->settings;
    int err = mn_worker_check_exposure(s, why);

    if (err == 0)
        err = mn_operate_check(w, why);
    if (err != 0)
        return err;
    err = mn_server_open(&w->server, w->loop,
                         &(struct mn_server_settings){
                             .host = s->host,
                             .port = (int)s->port,
                             .listen_fd = w->under != NULL ? w->under->it.listeners[0] : 0,
                             .cert_file = s->tls_cert,
                             .key_file = s->tls_key,
                             .max_connections = (int)(s->max_calls + s->spare_connections),
                             .max_body_bytes = (size_t)s->max_body,
                             .request_ms = s->request_timeout,
                             .ping_ms = s->ping,
                             .max_message_bytes = (size_t)s->max_message,
                             .high_water_bytes = (size_t)s->send_queue,
                             .subprotocols = mn_worker_subprotocols,
                             .arrive = mn_visitor_arrives,
                             .leave = mn_visitor_leaves,
                             .admit = mn_worker_admit,
                             .find = mn_worker_find_route,
                         },
                         mn_worker_routes, w);
    if (err != 0)
        mn_settings_say_unlistened(s, err, why);
    if (err != 0)
        return err;
    err = mn_owner_listen(w);
    if (err == 0)
        mn_under_ready(w);
    else
        mn_buf_addf(why, "cannot listen for other workers in %s: %s\n", w->under->it.folder,
                    mn_strerror(err));
    return err;
}

/* --- running --- */

static void end_calls(struct mn_worker *w)
{
    struct mn_list *next;

    for (struct mn_list *l = w->calls.next; l != &w->calls; l = next) {
        next = l->next;
        mn_call_end(mn_call_at(l), 1001, "the server is going away");
    }
}

void mn_worker_stop(struct mn_worker *w)
{
    if (w->stopping) { /* asked twice: at once */
        mn_loop_stop(w->loop);
        return;
    }
    w->stopping = true;
    if (w->server != NULL)
        mn_server_stop(w->server);
    end_calls(w);
    if (w->ncalls == 0)
        mn_worker_finish(w);
}

/* SIGHUP: the apps are read again (R60). */
static void on_hangup(void *worker, int signum)
{
    struct mn_buf why = {0};

    (void)signum;
    (void)mn_worker_reload(worker, &why); /* told in the log */
    mn_buf_free(&why);
}

static void on_signal(void *worker, int signum)
{
    struct mn_worker *w = worker;

    if (signum == SIGTERM) {
        mn_worker_leave(w, false);
        return;
    }
    MN_LOG(w->log, INFO, NULL, "stopping", {"signal", .i = signum, .is_int = true},
           {"calls", .i = w->ncalls, .is_int = true});
    mn_worker_stop(w);
}

/* An upgrade (master_upgrade.c) needs one who stays. */
static void on_upgrade(void *worker, int signum)
{
    struct mn_worker *w = worker;

    MN_LOG(w->log, WARN, NULL, "no upgrade: this server has no master",
           {"signal", .i = signum, .is_int = true},
           {"hint", .s = MN_STR("restart it with --workers 1 or more, and it can be upgraded "
                                "from then on; SIGHUP reads the apps again")});
}

/* Whoever signals the whole group means the master, which says what is to be done. */
static void ignore_signals(void)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
}

void mn_worker_run(struct mn_worker *w)
{
    if (w->under != NULL)
        ignore_signals();
    else if (mn_loop_signal(w->loop, SIGINT, on_signal, w) != 0 ||
             mn_loop_signal(w->loop, SIGTERM, on_signal, w) != 0 ||
             mn_loop_signal(w->loop, SIGHUP, on_hangup, w) != 0 ||
             mn_loop_signal(w->loop, SIGUSR2, on_upgrade, w) != 0)
        MN_LOG(w->log, WARN, NULL,
               "signals cannot be watched; a stop will not be clean, and there is no reload");
    mn_loop_run(w->loop);
}

void mn_worker_close(struct mn_worker *w)
{
    if (w == NULL)
        return;
    mn_worker_stop_leaving(w);
    mn_under_close(w);
    mn_changes_close(w->changes);
    end_calls(w);
    mn_followers_close(w);
    mn_metering_close(w);
    for (int i = 0; i < w->apps.n; i++)
        w->apps.fronts[i] = NULL;
    mn_fronts_close(w);
    mn_responses_close(w);
    mn_line_close_all(w);
    mn_webhooks_close(w);
    mn_owner_close(w);
    mn_server_close(w->server);
    mn_http_cache_close(w->cache);
    w->cache = NULL;
    mn_api_close(&w->api);
    mn_http_close(w->http);
    w->http = NULL;
    mn_mail_close(w->mail);
    w->mail = NULL;
    mn_worker_close_store(w);
    mn_worker_close_recorder(w);
    mn_shared_close(w->shared);
    w->world.shared = NULL;
    mn_loop_close(w->loop);
    if (w->world.upstream != NULL)
        w->world.upstream->close(w->world.upstream);
    mn_worker_close_upstreams(w);
    mn_generation_drop(&w->before);
    mn_generation_drop(&w->apps);
    mn_worker_drop_keys(w);
    if (w->given.commons == NULL)
        mn_commons_close(w->commons);
    mn_page_close(w->page);
    free(w->under);
    free(w);
}
