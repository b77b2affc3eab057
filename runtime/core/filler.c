/* filler.c - words that bridge a tool's time, behind filler.h (R18, R5).
 *
 * The caller hears silence, whoever owes the answer: so all tools that run share one rhythm. A line
 * comes when nobody has spoken for its tool's `after`, and `every` after the line before it. */
#include "core/session_parts.h"

/* In the metadata of its response; the value is the event id of its response.create. */
#define MARK "myna_filler"

static bool under_way(const struct mn_filler *f)
{
    return f->event_id[0] != '\0';
}

bool mn_filler_busy(const struct mn_session *s)
{
    return under_way(&s->filler) && !s->filler.cut;
}

static void over(struct mn_filler *f)
{
    f->event_id[0] = '\0';
    f->response_id[0] = '\0';
    f->cut = false;
}

static void send_cancel(struct mn_session *s, struct mn_str response_id)
{
    struct mn_writer w;

    if (!mn_fx_send(s, &w, MN_EV_RESPONSE_CANCEL, NULL))
        return;
    mn_write_str(&w, "response_id", response_id);
    mn_fx_done(s, &w);
}

bool mn_filler_marked(const struct mn_json *response)
{
    return mn_json_get(mn_json_get(response, "metadata"), MARK) != NULL;
}

bool mn_filler_created(struct mn_session *s, const struct mn_json *response)
{
    struct mn_str mark = mn_json_str(mn_json_get(response, "metadata"), MARK);
    struct mn_str id = mn_json_str(response, "id");
    struct mn_filler *f = &s->filler;

    if (mark.n == 0)
        return false;
    if (!under_way(f) || f->cut || !mn_str_is(mark, f->event_id)) {
        send_cancel(s, id); /* begun when nobody wanted it any more */
        if (mn_str_is(mark, f->event_id))
            mn_id_copy(f->response_id, id);
        return true;
    }
    mn_id_copy(f->response_id, id);
    f->lost_ms = s->now_ms + MN_FILLER_LOST_MS;
    return true;
}

static void note_lost(struct mn_session *s)
{
    mn_fx_note_error(s, "filler_lost", "the model did not say a tool's filler to its end");
}

bool mn_filler_done(struct mn_session *s, const struct mn_json *response)
{
    struct mn_filler *f = &s->filler;

    if (f->response_id[0] == '\0' || !mn_str_is(mn_json_str(response, "id"), f->response_id))
        return false;
    if (mn_str_is(mn_json_str(response, "status"), "failed"))
        note_lost(s);
    over(f);
    return true;
}

bool mn_filler_refused(struct mn_session *s, struct mn_str event_id)
{
    if (!under_way(&s->filler) || !mn_str_is(event_id, s->filler.event_id))
        return false;
    over(&s->filler);
    return true;
}

bool mn_filler_audio(struct mn_session *s, struct mn_str response_id, struct mn_str item_id,
                     int64_t now_ms)
{
    struct mn_filler *f = &s->filler;

    if (f->cut || f->response_id[0] == '\0' || !mn_id_is(f->response_id, response_id))
        return false;
    mn_id_copy(f->item_id, item_id);
    f->lost_ms = now_ms + MN_FILLER_LOST_MS;
    return true;
}

bool mn_filler_said(const struct mn_session *s, const char *item_id)
{
    return strcmp(s->filler.item_id, item_id) == 0;
}

void mn_filler_cut(struct mn_session *s)
{
    struct mn_filler *f = &s->filler;

    if (!mn_filler_busy(s))
        return;
    f->cut = true; /* what has not begun is cancelled when it does */
    if (f->response_id[0] != '\0')
        send_cancel(s, mn_str(f->response_id));
}

void mn_filler_lost(struct mn_session *s)
{
    over(&s->filler);
}

static const struct mn_filler_spec *spec_of(const struct mn_session *s,
                                            const struct mn_tool_call *call)
{
    const struct mn_filler_spec *spec;

    if (call->state != MN_CALL_RUNNING || call->tool < 0)
        return NULL;
    spec = &s->app->agents[call->agent].tools[call->tool].filler;
    return spec->say.n > 0 && call->fillers < spec->max ? spec : NULL;
}

/* When the call's next line may come, if nobody speaks until then. */
static int64_t due_ms(const struct mn_session *s, const struct mn_tool_call *call)
{
    const struct mn_filler_spec *spec = spec_of(s, call);
    int64_t from_ms = mn_session_quiet_from(s), at_ms, again_ms;

    if (spec == NULL || s->hanging_up || mn_late_busy(s) || from_ms == INT64_MAX ||
        !mn_legs_ready(&s->legs))
        return INT64_MAX;
    from_ms = from_ms > call->began_ms ? from_ms : call->began_ms;
    at_ms = from_ms + spec->after_ms;
    again_ms = s->filler.asked_ms + spec->every_ms;
    if (s->filler.said > 0 && s->filler.asked_ms >= call->began_ms && again_ms > at_ms)
        return again_ms;
    return at_ms;
}

/* The call whose line comes first. */
static struct mn_tool_call *next_call(const struct mn_session *s)
{
    struct mn_tool_call *next = NULL;

    for (struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        struct mn_tool_call *call = mn_container_of(l, struct mn_tool_call, link);

        if (due_ms(s, call) < (next != NULL ? due_ms(s, next) : INT64_MAX))
            next = call;
    }
    return next;
}

/* The line needs no memory of the conversation and no tools: without them it comes sooner, and
 * costs little. */
static void say(struct mn_session *s, struct mn_tool_call *call)
{
    struct mn_filler *f = &s->filler;
    struct mn_writer w;

    if (!mn_fx_send(s, &w, MN_EV_RESPONSE_CREATE, f->event_id))
        return;
    mn_write_open(&w, "response", '{');
    mn_write_text(&w, "conversation", "none");
    mn_write_open(&w, "metadata", '{');
    mn_write_text(&w, MARK, f->event_id);
    mn_write_close(&w);
    mn_write_open(&w, "input", '[');
    mn_write_close(&w);
    mn_write_text(&w, "tool_choice", "none");
    mn_ask_instructions(s, &w, MN_SAY, spec_of(s, call)->say, true);
    mn_write_close(&w);
    mn_fx_done(s, &w);
    call->fillers++;
    f->said++;
    f->asked_ms = s->now_ms;
    f->lost_ms = s->now_ms + MN_FILLER_LOST_MS;
}

static void give_up(struct mn_session *s)
{
    if (s->filler.response_id[0] != '\0')
        send_cancel(s, mn_str(s->filler.response_id));
    note_lost(s);
    over(&s->filler);
}

void mn_filler_time(struct mn_session *s)
{
    struct mn_tool_call *call;

    if (under_way(&s->filler)) {
        if (s->now_ms >= s->filler.lost_ms)
            give_up(s);
        return;
    }
    call = next_call(s);
    if (call != NULL && s->now_ms >= due_ms(s, call))
        say(s, call);
}

int64_t mn_filler_deadline(const struct mn_session *s)
{
    const struct mn_tool_call *call;

    if (under_way(&s->filler))
        return s->filler.lost_ms;
    call = next_call(s);
    return call != NULL ? due_ms(s, call) : INT64_MAX;
}
