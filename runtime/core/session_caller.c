/* session_caller.c - what a caller may send (R70, R75): one row an event, all else is refused.
 *
 * Events arrive checked against the event table (R72). What a caller may do is done or forwarded as
 * the bytes it came in; what it may not is answered with an error, and the call goes on. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>

static void refuse(struct mn_session *s, const struct mn_event *ev, const char *code,
                   const char *param, const char *message)
{
    struct mn_fault fault = {.type = "invalid_request_error", .code = code};

    snprintf(fault.message, sizeof(fault.message), "%s", message);
    snprintf(fault.param, sizeof(fault.param), "%s", param);
    snprintf(fault.event_id, sizeof(fault.event_id), "%.*s", MN_FMT(ev->event_id));
    mn_fx_fault(s, &fault);
}

static void keep(struct mn_session *s, struct mn_str frame)
{
    s->early_bytes += frame.n;
    if (mn_buf_add_str(&s->early[s->nearly++], frame) != 0)
        s->err = -ENOMEM;
}

/* Clients send as soon as they are connected, so what comes before the model is ready waits for it.
 */
static void forward(struct mn_session *s, const struct mn_event *ev)
{
    if (mn_legs_ready(&s->legs))
        mn_fx_send_raw(s, ev->raw);
    else if (s->nearly == MN_EARLY_MAX || s->early_bytes + ev->raw.n > MN_EARLY_BYTES)
        refuse(
            s, ev, "session_not_ready", "",
            "The session is still being set up. Wait for session.updated, then send this again.");
    else
        keep(s, ev->raw);
}

void mn_session_send_early(struct mn_session *s)
{
    for (int i = 0; i < s->nearly; i++) {
        mn_fx_send_raw(s, mn_buf_str(&s->early[i]));
        mn_buf_free(&s->early[i]);
    }
    s->nearly = 0;
    s->early_bytes = 0;
}

/* Audio written in an unusual way; else it does not come here. */
static void on_append(struct mn_session *s, const struct mn_event *ev)
{
    mn_talk_appended(s, mn_b64_decoded(mn_json_str(ev->body, "audio")));
    forward(s, ev);
}

/* Before the model is ready its buffer is empty. The caller's audio waits elsewhere (call/) and
 * goes before their events: a clear among those would throw it away. */
static void on_clear(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_writer w;

    mn_talk_press(s);
    if (mn_legs_ready(&s->legs))
        forward(s, ev);
    else if (mn_fx_tell(s, &w, MN_EV_INPUT_AUDIO_BUFFER_CLEARED, false))
        mn_fx_done(s, &w);
}

static void on_commit(struct mn_session *s, const struct mn_event *ev)
{
    if (!mn_talk_release(s))
        return;
    mn_gate_commit(s);
    forward(s, ev);
}

static bool may_create(const struct mn_session *s, struct mn_str role)
{
    unsigned may = s->app->caller_may;

    return mn_str_is(role, "user") ||
           (mn_str_is(role, "system") && (may & MN_CALLER_SYSTEM) != 0) ||
           (mn_str_is(role, "assistant") && (may & MN_CALLER_ASSISTANT) != 0);
}

static void on_item_create(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *item = mn_json_get(ev->body, "item");
    struct mn_str role = mn_json_str(item, "role");
    const char *why;

    if (!mn_str_is(mn_json_str(item, "type"), "message")) {
        refuse(s, ev, "invalid_value", "item.type",
               "A caller may create messages only; tools are run by the agent.");
    } else if (!may_create(s, role)) {
        refuse(s, ev, "invalid_value", "item.role",
               s->app->caller_may == 0 ? "A caller may create messages of role 'user' only."
                                       : "A caller may not create messages of this role here.");
    } else if (!mn_str_is(role, "user")) {
        forward(s, ev);
    } else {
        mn_session_new_turn(s);
        s->talk.dropped = false;
        why = mn_gate_typed(s, ev);
        if (why == NULL)
            forward(s, ev);
        else if (*why != '\0')
            refuse(s, ev, "invalid_value", "item.content", why);
    }
}

/* An item the caller may not see is, to the caller, an item that does not exist. */
static void on_item_reference(struct mn_session *s, const struct mn_event *ev)
{
    char message[200];
    bool delete = ev->type == MN_EV_CONVERSATION_ITEM_DELETE;

    if (mn_view_knows(s, ev->item_id)) {
        if (delete)
            mn_items_leaving(s, ev->item_id);
        forward(s, ev);
        return;
    }
    snprintf(message, sizeof(message), "Error %s item: the item with id '%.*s' does not exist.",
             delete ? "deleting" : "retrieving", (int)(ev->item_id.n < 64 ? ev->item_id.n : 64),
             ev->item_id.p);
    refuse(s, ev, delete ? "item_delete_invalid_item_id" : "item_retrieve_invalid_item_id",
           "item_id", message);
}

static bool plays(const struct mn_session *s)
{
    return mn_playout_unheard(&s->playout, s->now_ms) > 0;
}

/* R31: what the caller's end says was heard by now. Time goes on from there. */
static void heard(struct mn_session *s, const struct mn_event *ev, int64_t heard_ms)
{
    int content_index = ev->content_index < 0 ? 0 : ev->content_index;

    mn_playout_report(&s->playout, ev->item_id, content_index, heard_ms, s->now_ms);
}

static void on_progress(struct mn_session *s, const struct mn_event *ev)
{
    heard(s, ev, mn_json_int(ev->body, "played_ms", 0));
}

/* A report too: it cuts what is still playing there, and is acknowledged. A player may lag so far
 * behind that by our clock all has been heard, or that the item in its ear is an earlier one. */
static void on_truncate(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_playout was = s->playout;
    struct mn_writer w;

    heard(s, ev, ev->audio_end_ms);
    if (!plays(s))
        s->playout = was; /* they heard all that came, and want no more */
    if (plays(s))
        mn_cut_in(s, ev->item_id, ev->audio_end_ms, false);
    if (!mn_fx_tell(s, &w, MN_EV_CONVERSATION_ITEM_TRUNCATED, true))
        return;
    mn_write_str(&w, "item_id", ev->item_id);
    mn_write_int(&w, "content_index", ev->content_index);
    mn_write_int(&w, "audio_end_ms", ev->audio_end_ms);
    mn_fx_done(s, &w);
}

static void on_dtmf(struct mn_session *s, const struct mn_event *ev)
{
    mn_digits_pressed(s, mn_json_str(ev->body, "digit"));
}

/* R19: by the caller only where the tool says so; for another call there is nothing to say. */
static void on_approval(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_approval_word word = {
        .call_id = ev->call_id, .approved = ev->type == MN_EV_MYNA_TOOL_APPROVE, .by_caller = true};

    if (mn_approval_given(s, &word) != 0)
        refuse(s, ev, "invalid_value", "call_id", "No approval of yours is awaited for this call.");
}

static void on_cancel(struct mn_session *s, const struct mn_event *ev)
{
    if (s->arbiter.floor == MN_FLOOR_FREE && !mn_filler_busy(s) && !plays(s))
        refuse(s, ev, "response_cancel_not_active", "",
               "Cancellation failed: no active response found");
    else if (mn_turns_shielded(s))
        refuse(s, ev, "response_cancel_not_active", "",
               "Cancellation failed: what is being said must not be interrupted");
    else
        mn_cut_in(s, (struct mn_str){0}, -1, false); /* it is a barge-in */
}

/* Over WebRTC the server holds the audio that this throws away; here the pacer does. Nobody minds
 * when nothing plays. */
static void on_clear_playback(struct mn_session *s, const struct mn_event *ev)
{
    (void)ev;
    if (plays(s))
        mn_cut_in(s, (struct mn_str){0}, -1, false);
}

/* What a caller's response.create may not carry: it would let the caller write the agent's part, or
 * change voice and format behind the session's back. */
static const char *const reserved[] = {
    "instructions", "tools", "tool_choice", "input", "conversation", "prompt", "audio", NULL,
};

static bool has_reserved(struct mn_session *s, const struct mn_event *ev,
                         const struct mn_json *response)
{
    char param[64], message[128];

    if (s->guard != NULL && mn_str_is(mn_json_str(response, "conversation"), "none")) {
        refuse(s, ev, "invalid_value", "response.conversation",
               "Guardrails look at this conversation; a response beside it is not for callers.");
        return true;
    }
    if (s->app->gates_input && mn_json_get(response, "input") != NULL) {
        refuse(s, ev, "invalid_value", "response.input",
               "Guardrails look at what callers say; say it as a message of the conversation.");
        return true;
    }
    if ((s->app->caller_may & MN_CALLER_RESPONSES) != 0 && mn_json_get(response, "audio") == NULL)
        return false;
    for (const char *const *key = reserved; *key != NULL; key++) {
        if (mn_json_get(response, *key) == NULL)
            continue;
        snprintf(param, sizeof(param), "response.%s", *key);
        snprintf(message, sizeof(message), "'%s' is decided by the agent; leave it out.", param);
        refuse(s, ev, "invalid_value", param, message);
        return true;
    }
    return false;
}

static void on_response_create(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *response = mn_json_get(ev->body, "response");
    struct mn_buf params = {0};
    struct mn_request *r;

    if (has_reserved(s, ev, response) || !mn_talk_answered(s))
        return;
    if (mn_json_count(response) > 0)
        mn_json_print(response, &params);
    r = params.err == 0 ? mn_request_new(params.n == 0, mn_buf_str(&params)) : NULL;
    mn_buf_free(&params);
    if (r == NULL || mn_buf_add_str(&r->caller_event, ev->event_id) != 0) {
        mn_request_free(r);
        s->err = -ENOMEM;
        return;
    }
    r->of_caller = true;
    if (mn_arbiter_ask(&s->arbiter, r) != 0)
        refuse(s, ev, "too_many_requests", "",
               "Too many responses are waiting; wait for a response.done first.");
}

static const struct {
    void (*act)(struct mn_session *s, const struct mn_event *ev);
} rows[MN_EV_COUNT] = {
    [MN_EV_SESSION_UPDATE] = {mn_update_caller},
    [MN_EV_INPUT_AUDIO_BUFFER_APPEND] = {on_append},
    [MN_EV_INPUT_AUDIO_BUFFER_CLEAR] = {on_clear},
    [MN_EV_INPUT_AUDIO_BUFFER_COMMIT] = {on_commit},
    [MN_EV_CONVERSATION_ITEM_CREATE] = {on_item_create},
    [MN_EV_CONVERSATION_ITEM_DELETE] = {on_item_reference},
    [MN_EV_CONVERSATION_ITEM_RETRIEVE] = {on_item_reference},
    [MN_EV_CONVERSATION_ITEM_TRUNCATE] = {on_truncate},
    [MN_EV_MYNA_TOOL_APPROVE] = {on_approval},
    [MN_EV_MYNA_TOOL_REJECT] = {on_approval},
    [MN_EV_RESPONSE_CANCEL] = {on_cancel},
    [MN_EV_OUTPUT_AUDIO_BUFFER_CLEAR] = {on_clear_playback},
    [MN_EV_RESPONSE_CREATE] = {on_response_create},
    [MN_EV_MYNA_DTMF] = {on_dtmf},
    [MN_EV_MYNA_PLAYBACK_PROGRESS] = {on_progress},
};

int mn_session_from_caller(struct mn_session *s, const struct mn_event *ev)
{
    if (mn_str_starts(ev->event_id, MN_STR(MN_OUR_EVENTS)))
        refuse(s, ev, "invalid_value", "event_id",
               "Event ids that begin with '" MN_OUR_EVENTS "' are taken; choose others.");
    else if (rows[ev->type].act != NULL)
        rows[ev->type].act(s, ev);
    else
        refuse(s, ev, "invalid_value", "type", "This event is not for a caller to send here.");
    return 0;
}
