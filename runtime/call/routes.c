/* routes.c - what a worker answers: calls, the list of apps, the playground, and that it is well.
 */
#include "call/front.h"
#include "call/worker_parts.h"

#include "base/json_write.h"
#include "call/client_secrets.h"
#include "call/dialect_asked.h"
#include "call/line.h"
#include "call/measure.h"
#include "call/operate.h"
#include "call/responses.h"

extern const struct mn_embedded mn_web[];

/* The names a Realtime client may offer; keys and SDK versions ride along as further offers. */
const char *const mn_worker_subprotocols[] = {"realtime", NULL};

void mn_worker_reply_json(struct mn_exchange *x, struct mn_buf *json)
{
    if (json->err == 0)
        mn_exchange_reply(x, &(struct mn_reply){.status = 200, .body = mn_buf_str(json)});
    else
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
    mn_buf_free(json);
}

static void write_app(struct mn_writer *out, const struct mn_bundle *app)
{
    mn_write_open(out, NULL, '{');
    mn_write_str(out, "id", mn_bundle_spec(app)->name);
    mn_write_text(out, "object", "model");
    mn_write_int(out, "created", 0); /* clients want a number; an app has no date */
    mn_write_text(out, "owned_by", "myna");
    mn_write_close(out);
}

/* GET /v1/models: apps look like models. */
static void list_apps(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    const struct mn_principal *who = mn_principal_of(x);
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "object", "list");
    mn_write_open(&out, "data", '[');
    for (int i = 0; i < w->apps.n; i++) {
        if (mn_principal_may(who, mn_bundle_spec(w->apps.list[i])->name))
            write_app(&out, w->apps.list[i]);
    }
    mn_write_close(&out);
    mn_write_close(&out);
    mn_worker_reply_json(x, &json);
}

static void healthy(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "status", "ok");
    mn_write_text(&out, "version", MN_VERSION);
    mn_write_int(&out, "calls", mn_page_calls(w->page));
    mn_write_int(&out, "generation", w->generation);
    mn_write_bool(&out, "stale", w->stale);
    mn_write_close(&out);
    mn_worker_reply_json(x, &json);
}

/* Of the apps they may call. */
void mn_worker_refuse_app(struct mn_worker *w, struct mn_exchange *x, struct mn_str model)
{
    const struct mn_principal *who = mn_principal_of(x);
    struct mn_buf message = {0};

    mn_buf_addf(&message, "The app '%.*s' does not exist here. Served are:",
                (int)(model.n < 64 ? model.n : 64), model.n > 0 ? model.p : "");
    for (int i = 0; i < w->apps.n; i++) {
        struct mn_str name = mn_bundle_spec(w->apps.list[i])->name;

        if (mn_principal_may(who, name))
            mn_buf_addf(&message, " %.*s", MN_FMT(name));
    }
    mn_exchange_refuse(x, 404, NULL, "model_not_found",
                       message.err == 0 ? message.p : "No such app.");
    mn_buf_free(&message);
}

/* GET /v1/models/{id} */
static void show_app(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_str name = mn_exchange_below(x);
    struct mn_bundle *app = mn_generation_find(&w->apps, name);
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    if (app == NULL || !mn_principal_may(mn_principal_of(x), name)) {
        mn_worker_refuse_app(w, x, name);
        return;
    }
    write_app(&out, app);
    mn_worker_reply_json(x, &json);
}

bool mn_worker_takes_calls(const struct mn_worker *w)
{
    return mn_worker_is_ready(w) && mn_page_calls(w->page) < w->settings->max_calls;
}

static void count_refused(struct mn_worker *w, int why)
{
    mn_metric_add(mn_metrics_worker(w->world.metrics), MN_M_REFUSED + why, 1);
}

bool mn_worker_turns_away(struct mn_worker *w, struct mn_exchange *x)
{
    if (mn_worker_is_ready(w) &&
        mn_page_take(w->page, w->number, w->ncalls, w->settings->max_calls))
        return false;
    count_refused(w, mn_worker_is_ready(w) ? MN_REFUSED_CAPACITY : MN_REFUSED_DRAINING);
    if (!mn_worker_is_ready(w))
        mn_exchange_refuse(x, 503, "server_error", "draining",
                           "This server takes no new calls just now. Try again in a moment.");
    else
        mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                           "No more calls can be taken just now. Try again in a moment.");
    return true;
}

/* GET /v1/realtime?session_id=<id>&resume=<token>: a caller who was lost. Whoever has no token
 * learns nothing, not even that there is such a call. */
void mn_worker_resume(struct mn_worker *w, struct mn_exchange *x, struct mn_str id)
{
    struct mn_str token = mn_exchange_query(x, "resume");
    struct mn_call *call = mn_worker_find_call(w, id);
    struct mn_link *link;

    if (call != NULL && !mn_call_takes(call, token))
        call = NULL;
    if (call == NULL && mn_owner_relay(w, x, id, token))
        return;
    if (call == NULL)
        mn_exchange_refuse(x, 404, NULL, "session_not_found",
                           "There is no such session to resume. Begin a new one.");
    else if (mn_exchange_accept(x, &link) != 0)
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
    else if (mn_call_return(call, link, token) != 0)
        mn_link_close(link, 1011, MN_STR("the session has ended"));
}

/* GET /v1/realtime?model=<app>: a caller. */
static void accept_call(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_str model = mn_exchange_query(x, "model");
    bool notes = mn_str_is(mn_exchange_query(x, "events"), "myna");
    struct mn_link *link;
    struct mn_str session_id = mn_exchange_query(x, "session_id");
    struct mn_principal *who = mn_principal_of(x);
    enum mn_dialect dialect = mn_dialect_asked(x, (enum mn_dialect)w->settings->dialect);
    struct mn_bundle *app;
    struct mn_call *call;

    if (model.n == 0 && who->kind == MN_ASKS_TOKEN)
        model = mn_str(who->apps); /* it says which */
    app = mn_generation_find(&w->apps, model);
    if (session_id.n > 0) {
        mn_worker_resume(w, x, session_id);
    } else if (app == NULL || !mn_principal_may(who, model)) {
        mn_worker_refuse_app(w, x, model);
    } else if (!mn_worker_let_in(w, x)) {
        return; /* it has been answered */
    } else if (mn_exchange_accept(x, &link) != 0) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
    } else {
        mn_worker_call(w, &call,
                       &(struct mn_worker_call){.app = app,
                                                .caller = link,
                                                .peer = mn_exchange_peer(x),
                                                .dialect = dialect,
                                                .notes = notes,
                                                .who = who});
    }
}

const struct mn_route mn_worker_routes[] = {
    {"GET", "/v1/realtime", .accept = accept_call},
    {"POST", "/v1/realtime/client_secrets", .handle = mn_client_secret},
    {"POST", "/v1/realtime/sessions", .handle = mn_client_session},
    {"POST", "/v1/realtime/calls", .handle = mn_line_offered},
    {"POST", "/v1/realtime/calls/*", .handle = mn_line_act},
    {"POST", "/webhooks/realtime", .handle = mn_webhook_told},
    {"POST", "/v1/responses", .handle = mn_responses_ask},
    {"GET", "/v1/models", .handle = list_apps},
    {"GET", "/v1/models/*", .handle = show_app},
    {"GET", "/v1/myna", .handle = mn_operate_serve},
    {"GET", "/v1/myna/*", .handle = mn_operate_serve},
    {"POST", "/v1/myna/*", .handle = mn_operate_serve},
    {"POST", MN_CALLS_INSIDE, .handle = mn_front_calls_inside},
    {"GET", "/healthz", .handle = healthy},
    {"GET", "/readyz", .handle = mn_metering_ready},
    {"GET", "/metrics", .handle = mn_metering_tell},
    {"GET", "/*", .files = mn_web},
    {0},
};
