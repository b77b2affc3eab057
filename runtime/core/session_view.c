/* session_view.c - what a caller sees of the model's events (R71, R76).
 *
 * Most pass as the bytes they came in. Calls, their arguments and outputs, and our own bookkeeping
 * are left out; a response that holds them is written again without them. Events of the assistant's
 * speech keep their place behind its audio; the rest goes at once. An event we do not know passes.
 */
#include "core/session_parts.h"

#include <errno.h>
#include <limits.h>

enum view {
    PASS,     /* as it is, at once */
    SPEECH,   /* as it is, behind the audio that came before it */
    ITEM,     /* SPEECH, unless it carries an item the caller may not see */
    RESPONSE, /* SPEECH, without the calls in its output */
    HIDE,
};

static const unsigned char views[MN_EV_COUNT] = {
    [MN_EV_SESSION_CREATED] = HIDE,
    [MN_EV_SESSION_UPDATED] = HIDE,
    [MN_EV_CONVERSATION_CREATED] = HIDE, /* beta's; a caller in beta is told of ours */
    [MN_EV_TRANSCRIPTION_SESSION_UPDATED] = HIDE,
    [MN_EV_ERROR] = HIDE, /* those that are the caller's matter are told where they are judged */
    [MN_EV_RATE_LIMITS_UPDATED] = HIDE,
    [MN_EV_CONVERSATION_ITEM_ADDED] = ITEM,
    [MN_EV_CONVERSATION_ITEM_CREATED] = ITEM,
    [MN_EV_CONVERSATION_ITEM_DONE] = ITEM,
    [MN_EV_CONVERSATION_ITEM_RETRIEVED] = ITEM,
    [MN_EV_CONVERSATION_ITEM_DELETED] = SPEECH,
    [MN_EV_CONVERSATION_ITEM_TRUNCATED] = HIDE, /* ours: a caller's is acknowledged at once */
    [MN_EV_RESPONSE_CREATED] = RESPONSE,
    [MN_EV_RESPONSE_DONE] = RESPONSE,
    [MN_EV_RESPONSE_OUTPUT_ITEM_ADDED] = ITEM,
    [MN_EV_RESPONSE_OUTPUT_ITEM_DONE] = ITEM,
    [MN_EV_RESPONSE_CONTENT_PART_ADDED] = SPEECH,
    [MN_EV_RESPONSE_CONTENT_PART_DONE] = SPEECH,
    [MN_EV_RESPONSE_OUTPUT_AUDIO_DONE] = SPEECH,
    [MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA] = SPEECH,
    [MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DONE] = SPEECH,
    [MN_EV_RESPONSE_OUTPUT_TEXT_DELTA] = SPEECH,
    [MN_EV_RESPONSE_OUTPUT_TEXT_DONE] = SPEECH,
    [MN_EV_RESPONSE_FUNCTION_CALL_ARGUMENTS_DELTA] = HIDE,
    [MN_EV_RESPONSE_FUNCTION_CALL_ARGUMENTS_DONE] = HIDE,
    [MN_EV_RESPONSE_MCP_CALL_ARGUMENTS_DELTA] = HIDE,
    [MN_EV_RESPONSE_MCP_CALL_ARGUMENTS_DONE] = HIDE,
    [MN_EV_RESPONSE_MCP_CALL_IN_PROGRESS] = HIDE,
    [MN_EV_RESPONSE_MCP_CALL_COMPLETED] = HIDE,
    [MN_EV_RESPONSE_MCP_CALL_FAILED] = HIDE,
    [MN_EV_MCP_LIST_TOOLS_IN_PROGRESS] = HIDE,
    [MN_EV_MCP_LIST_TOOLS_COMPLETED] = HIDE,
    [MN_EV_MCP_LIST_TOOLS_FAILED] = HIDE,
};

static bool may_see(const struct mn_json *item)
{
    return mn_str_is(mn_json_str(item, "type"), "message") &&
           !mn_str_is(mn_json_str(item, "role"), "system");
}

bool mn_view_knows(struct mn_session *s, struct mn_str item_id)
{
    const struct mn_item *item = mn_history_find(&s->history, item_id);

    return s->app->expose_all || item == NULL ||
           (item->kind == MN_ITEM_MESSAGE && strcmp(item->role, "system") != 0 &&
            !item->forgotten && !item->gone);
}

bool mn_view_is_ours(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_item *item;

    switch (ev->type) {
    case MN_EV_CONVERSATION_ITEM_DELETED:
        item = mn_history_find(&s->history, ev->item_id);
        return !mn_view_knows(s, ev->item_id) || (item != NULL && item->rewritten > 0);
    case MN_EV_CONVERSATION_ITEM_ADDED:
    case MN_EV_CONVERSATION_ITEM_CREATED:
    case MN_EV_CONVERSATION_ITEM_DONE:
        item = mn_history_find(&s->history, mn_json_str(mn_json_get(ev->body, "item"), "id"));
        return item != NULL && item->ours;
    default:
        return false;
    }
}

static void write_visible(struct mn_writer *w, const struct mn_json *output)
{
    struct mn_buf text = {0};

    mn_write_open(w, "output", '[');
    for (const struct mn_json *o = mn_json_first(output); o != NULL; o = mn_json_next(o)) {
        if (!may_see(o))
            continue;
        mn_buf_clear(&text);
        if (mn_json_print(o, &text) == 0)
            mn_write_raw(w, NULL, mn_buf_str(&text));
    }
    mn_write_close(w);
    mn_buf_free(&text);
}

static void copy_member(struct mn_writer *w, const struct mn_json *member)
{
    struct mn_buf text = {0};
    char key[64] = "";

    if (mn_json_key(member).n < sizeof(key) && mn_json_print(member, &text) == 0) {
        memcpy(key, mn_json_key(member).p, mn_json_key(member).n);
        mn_write_raw(w, key, mn_buf_str(&text));
    }
    mn_buf_free(&text);
}

/* The response as it came, its output without what the caller may not see. */
static void tell_response(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *response = mn_json_get(ev->body, "response");
    struct mn_writer w;

    if (!mn_fx_tell(s, &w, ev->type, true))
        return;
    mn_write_open(&w, "response", '{');
    for (const struct mn_json *m = mn_json_first(response); m != NULL; m = mn_json_next(m)) {
        if (mn_str_is(mn_json_key(m), "output"))
            write_visible(&w, m);
        else if (mn_str_is(mn_json_key(m), "metadata") && mn_filler_marked(response))
            mn_write_null(&w, "metadata");
        else
            copy_member(&w, m);
    }
    mn_write_close(&w);
    mn_fx_done(s, &w);
}

/* R41, R42: it is over, and none of its words is told; in the API's own terms when a guardrail
 * tripped. */
static void tell_end(struct mn_session *s, const struct mn_json *body)
{
    bool tripped = s->guard->tripped;
    struct mn_writer w;

    if (!mn_fx_tell(s, &w, MN_EV_RESPONSE_DONE, true))
        return;
    mn_write_open(&w, "response", '{');
    for (const struct mn_json *m = mn_json_first(mn_json_get(body, "response")); m != NULL;
         m = mn_json_next(m)) {
        bool status = mn_str_starts(mn_json_key(m), MN_STR("status"));

        if (!mn_str_is(mn_json_key(m), "output") && !(tripped && status))
            copy_member(&w, m);
    }
    mn_write_raw(&w, "output", MN_STR("[]"));
    if (tripped) {
        mn_write_text(&w, "status", "incomplete");
        mn_write_raw(&w, "status_details",
                     MN_STR("{\"type\":\"incomplete\",\"reason\":\"content_filter\"}"));
    }
    mn_write_close(&w);
    mn_fx_done(s, &w);
}

void mn_view_end(struct mn_session *s)
{
    /* It was read before, within what the operator allows a frame to be (call/settings.h). */
    static const struct mn_json_limits any = {
        .bytes = SIZE_MAX, .depth = INT_MAX, .values = INT_MAX};
    struct mn_json *body;

    if (s->guard->held_done.n == 0)
        return;
    if (mn_json_parse(&body, mn_buf_str(&s->guard->held_done), &any, NULL) != 0) {
        s->err = -ENOMEM;
        return;
    }
    tell_end(s, body);
    mn_json_free(body);
    mn_buf_clear(&s->guard->held_done);
}

static bool has_hidden(const struct mn_json *response)
{
    const struct mn_json *output = mn_json_get(response, "output");

    for (const struct mn_json *o = mn_json_first(output); o != NULL; o = mn_json_next(o)) {
        if (!may_see(o))
            return true;
    }
    return mn_filler_marked(response);
}

static void pass(struct mn_session *s, const struct mn_event *ev)
{
    enum view view = s->app->expose_all && views[ev->type] == ITEM ? SPEECH : views[ev->type];

    switch (view) {
    case PASS:
        mn_fx_tell_raw(s, ev->raw, false);
        break;
    case SPEECH:
        mn_fx_tell_raw(s, ev->raw, true);
        break;
    case ITEM:
        if (may_see(mn_json_get(ev->body, "item")))
            mn_fx_tell_raw(s, ev->raw, true);
        break;
    case RESPONSE:
        if (!s->app->expose_all && has_hidden(mn_json_get(ev->body, "response")))
            tell_response(s, ev);
        else
            mn_fx_tell_raw(s, ev->raw, true);
        break;
    case HIDE:
        break;
    }
}

/* R42: what was told since goes when it is released. */
static void hold_from(struct mn_session *s, unsigned told)
{
    for (unsigned i = s->head + told; i != s->tail; i++)
        s->effects[i % s->cap].held = mn_hold_next(s);
}

void mn_view_pass(struct mn_session *s, const struct mn_event *ev)
{
    enum mn_guard_view guard = mn_guard_view(s, ev);
    unsigned told = s->tail - s->head;

    if (guard != MN_GUARD_HIDE)
        pass(s, ev);
    else if (ev->type == MN_EV_RESPONSE_DONE)
        tell_end(s, ev->body);
    if (guard != MN_GUARD_HOLD)
        return;
    hold_from(s, told);
    if (ev->type == MN_EV_RESPONSE_DONE)
        mn_buf_clear(&s->guard->held_done); /* the newest, should it come twice */
    if (ev->type == MN_EV_RESPONSE_DONE && mn_buf_add_str(&s->guard->held_done, ev->raw) != 0)
        s->err = -ENOMEM;
}
