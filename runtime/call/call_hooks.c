/* call_hooks.c - what passes between caller and agent, shown to the app that asked to see it (R73).
 *
 * At turn granularity: audio goes by on the short path and is never shown. An app without hooks
 * pays one comparison an event. */
#include "call/call_parts.h"

#include "base/err.h"
#include "core/event_write.h"
#include "script/hook.h"

#include <stdio.h>

static bool watches(const struct mn_call *c, enum mn_hook_side side)
{
    return c->state != NULL && !c->ending && mn_bundle_hooks(c->bundle, side);
}

/* The members an event of the app's own has beside those every event has. */
static int write_fields(struct mn_buf *out, const struct mn_json *event)
{
    struct mn_writer w = mn_writer(out);

    mn_write_open(&w, NULL, '{');
    for (const struct mn_json *m = mn_json_first(event); m != NULL; m = mn_json_next(m)) {
        if (!mn_str_is(mn_json_key(m), "type") && !mn_str_is(mn_json_key(m), "event_id"))
            mn_write_member(&w, m);
    }
    mn_write_close(&w);
    return out->err;
}

static void act(struct mn_call *c, struct mn_str type, const struct mn_json *event)
{
    struct mn_fault fault = {.type = "invalid_request_error", .code = "invalid_value"};
    struct mn_buf fields = {0}, why = {0};
    int err = write_fields(&fields, event);

    if (err == 0)
        err = mn_state_act(c->state, type, mn_buf_str(&fields), &why);
    if (err != 0) {
        snprintf(fault.event_id, sizeof(fault.event_id), "%.*s",
                 MN_FMT(mn_json_str(event, "event_id")));
        snprintf(fault.message, sizeof(fault.message), "Event '%.*s' was not taken: %.*s",
                 (int)(type.n < 64 ? type.n : 64), type.p,
                 MN_FMT(err == MN_EPROTOCOL ? mn_buf_str(&why) : mn_str(mn_strerror(err))));
        mn_call_refuse(c, &fault);
    }
    mn_buf_free(&fields);
    mn_buf_free(&why);
}

bool mn_call_own_event(struct mn_call *c, struct mn_str text)
{
    struct mn_json *event;
    struct mn_str type;
    bool own;

    if (!watches(c, MN_HOOK_CLIENT) ||
        mn_json_parse(&event, text, &c->world->limits->frame, NULL) != 0)
        return false; /* who decodes it says what is wrong */
    type = mn_json_str(event, "type");
    own = mn_bundle_hook(c->bundle, MN_HOOK_CLIENT, type) == MN_HOOK_OWN;
    if (own)
        act(c, type, event);
    mn_json_free(event);
    return own;
}

/* The app's event in place of the caller's: it must be one a client may send. */
static void feed_changed(struct mn_call *c, const struct mn_event *ev, struct mn_str json)
{
    struct mn_fault fault;
    struct mn_event changed;
    int err = mn_event_decode(&changed, json, MN_FROM_CLIENT, MN_GA, &mn_json_frame, &fault);

    if (err != 0)
        MN_LOG(c->world->log, WARN, c->id, "client_events gave what is no event; the caller's goes",
               {"event", ev->wire}, {"message", mn_str(fault.message)},
               {"param", mn_str(fault.param)});
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_CALLER, .event = err == 0 ? &changed : ev});
    if (err == 0)
        mn_event_free(&changed);
}

void mn_call_from_caller(struct mn_call *c, const struct mn_event *ev)
{
    struct mn_buf json = {0};
    enum mn_look verdict = MN_LOOK_PASS;

    if (watches(c, MN_HOOK_CLIENT) &&
        mn_bundle_hook(c->bundle, MN_HOOK_CLIENT, ev->wire) == MN_HOOK_LOOKS)
        verdict = mn_state_look(c->state, MN_HOOK_CLIENT, ev->wire, ev->raw, &json);
    if (verdict == MN_LOOK_CHANGED)
        feed_changed(c, ev, mn_buf_str(&json));
    else if (verdict == MN_LOOK_PASS)
        mn_call_feed(c, &(struct mn_input){.type = MN_IN_CALLER, .event = ev});
    mn_buf_free(&json);
}

bool mn_call_show(struct mn_call *c, struct mn_str *event, struct mn_buf *changed)
{
    enum mn_look verdict = MN_LOOK_PASS;
    struct mn_fault fault;
    struct mn_event ev;
    struct mn_span span;

    if (!watches(c, MN_HOOK_SERVER) || mn_span_read(*event, &span) != MN_HOT_NONE ||
        mn_event_decode(&ev, *event, MN_FROM_SERVER, MN_GA, &mn_json_frame, &fault) != 0)
        return true;
    if (mn_bundle_hook(c->bundle, MN_HOOK_SERVER, ev.wire) == MN_HOOK_LOOKS)
        verdict = mn_state_look(c->state, MN_HOOK_SERVER, ev.wire, *event, changed);
    mn_event_free(&ev);
    if (verdict == MN_LOOK_CHANGED)
        *event = mn_buf_str(changed);
    return verdict != MN_LOOK_STOP;
}
