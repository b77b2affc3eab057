/* session_error.c - what the model could not or would not do (R64).
 *
 * Every error has a class (errors.def). A benign one is counted and noted, and nobody is bothered;
 * one that names an event of ours concerns what we asked for; the rest is told to the caller, who
 * asked. After a fatal one its connection is left (R62). */
#include "core/session_parts.h"

#include <stdio.h>

/* An error that named a response.create of ours goes to the caller who asked, under their name. */
static void refuse_request(struct mn_session *s, struct mn_request *r, const struct mn_json *error)
{
    struct mn_fault fault = {.type = "invalid_request_error", .code = "invalid_value"};

    if (s->arbiter.floor == MN_FLOOR_FREE)
        s->owed_ms = 0;
    if (r->of_caller) {
        snprintf(fault.message, sizeof(fault.message), "%.*s",
                 MN_FMT(mn_json_str(error, "message")));
        snprintf(fault.param, sizeof(fault.param), "%.*s", MN_FMT(mn_json_str(error, "param")));
        snprintf(fault.event_id, sizeof(fault.event_id), "%.*s",
                 MN_FMT(mn_buf_str(&r->caller_event)));
        mn_fx_fault(s, &fault);
    }
    mn_request_free(r);
}

/* Two codes are part of the talk between arbiter and server: they move the floor, and no note is
 * made of them. */
static bool of_the_floor(struct mn_session *s, struct mn_str code, struct mn_str event_id)
{
    if (mn_str_is(code, "conversation_already_has_active_response")) {
        mn_arbiter_rejected(&s->arbiter); /* R2: never fatal, never lost */
        /* One we know of will end; one we have not seen may not exist (R4). */
        s->owed_ms =
            s->now_ms + (s->arbiter.response_id[0] == '\0' ? mn_ask_owed(s) : MN_STALLED_MS);
        return true;
    }
    if (mn_str_is(code, "response_cancel_not_active")) {
        mn_arbiter_not_active(&s->arbiter, event_id); /* R3 */
        if (s->arbiter.floor == MN_FLOOR_FREE)
            s->owed_ms = 0;
        return true;
    }
    return false;
}

static bool is_of_caller(struct mn_str event_id, enum mn_error_class class)
{
    if (event_id.n == 0)
        return class != MN_ERROR_BENIGN; /* all of ours carry ids */
    return !mn_str_starts(event_id, MN_STR(MN_OUR_EVENTS));
}

void mn_session_error(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *error = mn_json_get(ev->body, "error");
    struct mn_str code = mn_json_str(error, "code"), event_id = mn_json_str(error, "event_id");
    struct mn_error_meaning means = mn_error_meaning(code, mn_json_str(error, "type"));
    struct mn_request *refused;

    if (mn_json_kind(error) != MN_JSON_OBJECT) {
        s->misplaced++; /* it says nothing, to nobody */
        return;
    }
    s->benign += means.class == MN_ERROR_BENIGN;
    if (!mn_filler_refused(s, event_id) && of_the_floor(s, code, event_id))
        return;
    mn_fx_note_model_error(s, error, means.class);
    if (means.class == MN_ERROR_FATAL) {
        mn_legs_fail(s, means.heals);
        return;
    }
    if (mn_update_refused(s, ev))
        return;
    refused = mn_arbiter_refused(&s->arbiter, event_id);
    if (refused != NULL)
        refuse_request(s, refused, error);
    else if (is_of_caller(event_id, means.class))
        mn_fx_tell_raw(s, ev->raw, false);
}

#define CODE_FAILED  "response_failed"
#define WORDS_FAILED "The answer could not be made just now. Ask again, or say something else."

/* R6: asked for again when that may help; what a tool will answer for is asked for then. */
static bool ask_again(struct mn_session *s, struct mn_str response_id, const struct mn_json *error,
                      struct mn_error_meaning means)
{
    if (mn_tools_called(s, response_id))
        return true;
    if (!means.heals || s->hanging_up || !mn_arbiter_failed(&s->arbiter, response_id))
        return false;
    mn_retry_pause(s, error);
    return true;
}

void mn_session_failed(struct mn_session *s, struct mn_str response_id,
                       const struct mn_json *response)
{
    const struct mn_json *error = mn_json_get(mn_json_get(response, "status_details"), "error");
    struct mn_error_meaning means =
        mn_error_meaning(mn_json_str(error, "code"), mn_json_str(error, "type"));
    struct mn_fault fault = {.type = "server_error", .code = CODE_FAILED, .message = WORDS_FAILED};

    if (s->turn.done || !mn_str_is(response_id, s->turn.response_id))
        return; /* told twice, or not of the conversation */
    mn_fx_note_model_error(s, error, means.class);
    if (means.class == MN_ERROR_FATAL)
        mn_legs_fail(s, means.heals);
    else if (!s->turn.cut && !ask_again(s, response_id, error, means))
        mn_fx_fault(s, &fault);
}
