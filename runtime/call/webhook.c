/* webhook.c - POST /webhooks/realtime: a telephone rings at the model (SIP), and an app takes it.
 *
 * WHY THE ID IS KEPT  Whoever overhears a webhook may send it again while its time is good. Its id
 * is a meter's that admits one, on all workers together (meters.h), until it is too old by any
 * clock; one that could not be taken is let go, for the sender tries again. */
#include "call/webhook_sign.h"

#include "base/err.h"
#include "base/json_write.h"
#include "call/line.h"
#include "call/meters.h"
#include "call/worker_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* --- replays --- */

struct mn_hook_seen {
    struct mn_list place; /* in the worker's */
    struct mn_timer timer;
    struct mn_worker *w;
    uint32_t meter;
};

static void forget(struct mn_hook_seen *seen)
{
    mn_meter_leave(seen->w->commons, seen->meter);
    mn_timer_stop(&seen->timer);
    mn_list_remove(&seen->place);
    free(seen);
}

static void on_old(struct mn_timer *timer)
{
    forget(mn_container_of(timer, struct mn_hook_seen, timer));
}

void mn_webhooks_close(struct mn_worker *w)
{
    while (!mn_list_empty(&w->hooks))
        forget(mn_container_of(w->hooks.next, struct mn_hook_seen, place));
}

/* NULL: it has been seen, or there is no memory to know. */
static struct mn_hook_seen *see(struct mn_worker *w, struct mn_str id)
{
    static const struct mn_meter_limits once = {.calls = 1};
    int64_t now_ms = mn_clock_wall(w->world.clock);
    struct mn_hook_seen *seen = calloc(1, sizeof(*seen));

    if (seen == NULL)
        return NULL;
    mn_list_init(&seen->place);
    seen->w = w;
    seen->meter = mn_meter_of(w->commons, 'w', id, now_ms);
    if (seen->meter == MN_METER_NONE ||
        mn_meter_enter(w->commons, seen->meter, &once, now_ms) != 0) {
        free(seen);
        return NULL;
    }
    mn_list_append(&w->hooks, &seen->place);
    if (mn_timer_start(w->world.clock, &seen->timer, 2 * w->settings->webhook_tolerance, on_old) ==
        0)
        return seen;
    forget(seen);
    return NULL;
}

/* --- the call --- */

/* ctx.call: who calls and who is called, as the telephone network says, and all it says. */
static int write_meta(const struct mn_json *data, struct mn_buf *out)
{
    static const struct {
        const char *header, *name;
    } known[] = {{"From", "from"}, {"To", "to"}};
    const struct mn_json *headers = mn_json_get(data, "sip_headers");
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "channel", "sip");
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        for (const struct mn_json *h = mn_json_first(headers); h != NULL; h = mn_json_next(h)) {
            if (!mn_str_is(mn_json_str(h, "name"), known[i].header))
                continue;
            mn_write_str(&w, known[i].name, mn_json_str(h, "value"));
            break;
        }
    }
    mn_write_close(&w);
    return out->err;
}

/* The one the address names, or the only one that takes direct calls. */
static struct mn_bundle *app_for(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_str name = mn_exchange_query(x, "model");
    struct mn_bundle *only = NULL;
    int n = 0;

    for (int i = 0; i < w->apps.n; i++) {
        const struct mn_app_spec *app = mn_bundle_spec(w->apps.list[i]);

        if (!app->direct || (name.n > 0 && !mn_str_same(app->name, name)))
            continue;
        only = w->apps.list[i];
        n++;
    }
    return n == 1 ? only : NULL;
}

static void take_call(struct mn_worker *w, struct mn_exchange *x, const struct mn_json *data,
                      struct mn_hook_seen *seen)
{
    struct mn_bundle *app = app_for(w, x);
    struct mn_str id = mn_json_str(data, "call_id");
    struct mn_line *l;

    if (app == NULL || !mn_line_id_is_good(id)) {
        MN_LOG(w->log, ERROR, NULL, "a telephone's call was not taken: no app is meant",
               {"hint", MN_STR("name it in the webhook's address: /webhooks/realtime?model=APP; "
                               "it says webrtc = \"direct\"")});
        mn_exchange_refuse_param(x, "model_not_found", app == NULL ? "model" : "data.call_id",
                                 "No app takes this call.");
        return;
    }
    if (mn_worker_turns_away(w, x)) {
        forget(seen);
        return;
    }
    l = mn_line_new(w, app);
    if (l == NULL || write_meta(data, &l->meta) != 0) {
        mn_exchange_refuse(x, 503, "server_error", "at_capacity", "Try again in a moment.");
        forget(seen);
        if (l != NULL)
            mn_line_end(l);
        return;
    }
    mn_line_wait(l, x);
    snprintf(l->id, sizeof(l->id), "%.*s", MN_FMT(id));
    if (mn_line_accept(l) == 0)
        return;
    forget(seen);
    mn_line_refuse(l, 503, "at_capacity", "Try again in a moment.");
}

/* --- the webhook --- */

static void refuse(struct mn_worker *w, struct mn_exchange *x, int err)
{
    MN_LOG(
        w->log, WARN, NULL, "a webhook was refused",
        {"error", mn_str(err == MN_ETIMEOUT ? "too old, or not yet" : "not signed by its sender")},
        {"peer", mn_exchange_peer(x)},
        {"hint", MN_STR("see webhook-secret, and this machine's clock")});
    mn_exchange_refuse(x, err == MN_ETIMEOUT ? 400 : 401, NULL,
                       err == MN_ETIMEOUT ? "webhook_too_old" : "invalid_webhook_signature",
                       "This webhook is not taken.");
}

static void take(struct mn_worker *w, struct mn_exchange *x, struct mn_str id)
{
    struct mn_json *event = NULL;
    struct mn_hook_seen *seen;

    if (mn_json_parse(&event, mn_exchange_body(x), &mn_json_frame, NULL) != 0) {
        mn_exchange_refuse_param(x, "invalid_json", NULL, "The body is not JSON.");
        return;
    }
    seen = see(w, id);
    if (seen == NULL)
        mn_exchange_refuse(x, 409, NULL, "webhook_repeated", "This webhook was taken before.");
    else if (mn_str_is(mn_json_str(event, "type"), "realtime.call.incoming"))
        take_call(w, x, mn_json_get(event, "data"), seen);
    else /* others are nobody's matter here */
        mn_exchange_reply(x, &(struct mn_reply){.status = 200, .body = MN_STR("{}")});
    mn_json_free(event);
}

void mn_webhook_told(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    const struct mn_settings *s = w->settings;
    const struct mn_webhook hook = {
        .id = mn_exchange_header(x, "webhook-id"),
        .timestamp = mn_exchange_header(x, "webhook-timestamp"),
        .signature = mn_exchange_header(x, "webhook-signature"),
        .body = mn_exchange_body(x),
    };
    int err;

    if (s->webhook_secret == NULL) {
        mn_exchange_refuse(x, 404, NULL, "not_found",
                           "Webhooks are not taken here (--webhook-secret).");
        return;
    }
    err = mn_webhook_check(&hook, mn_str(s->webhook_secret), mn_clock_wall(w->world.clock) / 1000,
                           s->webhook_tolerance / 1000);
    if (err == 0)
        take(w, x, hook.id);
    else
        refuse(w, x, err);
}
