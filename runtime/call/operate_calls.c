/* operate_calls.c - what an operator may see of calls, and say in them. */
#include "call/operate.h"

#include "base/err.h"
#include "base/json_write.h"

/* --- looking --- */

enum { PAGE = 100, PAGE_INSIDE = 1000 }; /* calls; inside: asked by another worker */

static void write_list(struct mn_worker *w, struct mn_writer *out, uint64_t after, int64_t limit,
                       struct mn_str app)
{
    uint64_t last = after;
    bool more = false;

    mn_write_text(out, "object", "list");
    mn_write_open(out, "data", '[');
    for (struct mn_list *l = w->calls.next; l != &w->calls && !more; l = l->next) {
        const struct mn_call *call = mn_call_at(l);

        if (mn_call_number(call) <= after ||
            (app.n > 0 && !mn_str_same(mn_bundle_spec(mn_call_bundle(call))->name, app)))
            continue;
        more = limit-- == 0;
        if (more)
            break;
        mn_write_open(out, NULL, '{');
        mn_call_describe(call, out);
        mn_write_close(out);
        last = mn_call_number(call);
    }
    mn_write_close(out);
    mn_write_bool(out, "has_more", more);
    if (more)
        mn_write_int(out, "next", (int64_t)last);
    else
        mn_write_null(out, "next");
    mn_write_int(out, "missing", 0);
}

void mn_operate_list(const struct mn_operating *o)
{
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);
    int64_t limit, after;

    if (!mn_operate_number(o->x, "limit", 1, mn_owner_is_inside(o->w, o->x) ? PAGE_INSIDE : PAGE,
                           20, &limit) ||
        !mn_operate_number(o->x, "after", 0, INT64_MAX, 0, &after))
        return;
    mn_write_open(&out, NULL, '{');
    write_list(o->w, &out, (uint64_t)after, limit, mn_exchange_query(o->x, "app"));
    mn_write_close(&out);
    if (!mn_operate_merge(o->w, o->x, limit, mn_buf_str(&json)))
        mn_operate_reply(o->x, 200, &json);
    mn_buf_free(&json);
}

void mn_operate_show(const struct mn_operating *o)
{
    struct mn_buf json = {0}, state = {0};
    struct mn_writer out = mn_writer(&json);

    mn_write_open(&out, NULL, '{');
    mn_call_describe(o->call, &out);
    mn_write_open(&out, "usage", '{');
    mn_session_usage(mn_call_session(o->call), &out);
    mn_write_close(&out);
    if (mn_call_state(o->call) != NULL && mn_state_dump(mn_call_state(o->call), &state) == 0)
        mn_write_raw(&out, "state", mn_buf_str(&state));
    else
        mn_write_null(&out, "state");
    mn_write_close(&out);
    mn_buf_free(&state);
    mn_operate_reply(o->x, 200, &json);
}

void mn_operate_history(const struct mn_operating *o)
{
    struct mn_buf json = {0}, items = {0};
    struct mn_writer out = mn_writer(&json);
    int64_t last;

    if (!mn_operate_number(o->x, "last", 1, 10000, 0, &last))
        return;
    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "object", "list");
    mn_write_text(&out, "call", mn_call_id(o->call));
    if (mn_session_history(mn_call_session(o->call), (int)last, &items) == 0)
        mn_write_raw(&out, "data", mn_buf_str(&items));
    else
        json.err = items.err;
    mn_write_close(&out);
    mn_buf_free(&items);
    mn_operate_reply(o->x, 200, &json);
}

void mn_operate_events(const struct mn_operating *o)
{
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    if (o->call != NULL) {
        mn_write_open(&out, NULL, '{');
        mn_call_describe(o->call, &out);
        mn_write_close(&out);
    }
    mn_followers_add_events(o->w, o->x, o->call, mn_buf_str(&json));
    mn_buf_free(&json);
}

/* --- orders --- */

static const char why_over[] = "The call is over.";

/* err: of the order; param: what there was none of. */
static void answer(const struct mn_operating *o, int err, const char *param, const char *message)
{
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    if (err == MN_EABSENT) {
        mn_exchange_refuse_field(o->x, 422, "not_found", param, message);
    } else if (err == MN_ECLOSED) {
        mn_exchange_refuse(o->x, 409, NULL, "call_over", why_over);
    } else if (err == MN_EPROTOCOL) {
        mn_exchange_refuse(o->x, 409, NULL, "not_now", message);
    } else if (err == MN_ELIMIT) {
        mn_exchange_refuse(o->x, 409, NULL, "too_much", "More is asked for than can wait.");
    } else if (err != 0) {
        mn_exchange_refuse(o->x, 500, NULL, NULL, "The order could not be carried out.");
    } else {
        mn_write_open(&out, NULL, '{');
        mn_write_text(&out, "object", "myna.order");
        mn_write_text(&out, "call", mn_call_id(o->call));
        mn_write_text(&out, "order", o->op->id);
        mn_write_close(&out);
        mn_operate_reply(o->x, 202, &json);
    }
}

static void order(const struct mn_operating *o, const char *word, struct mn_str text)
{
    answer(o, mn_call_order(o->call, word, text), word, "The call cannot do that now.");
}

void mn_operate_say(const struct mn_operating *o)
{
    bool whole = !mn_json_bool(o->body, "interrupt", true);

    order(o, whole ? "say_whole" : "say", mn_json_str(o->body, "text"));
}

void mn_operate_type(const struct mn_operating *o)
{
    answer(o, mn_call_type(o->call, mn_json_str(o->body, "text")), "text",
           "The call cannot do that now.");
}

/* R25. */
void mn_operate_handoff(const struct mn_operating *o)
{
    struct mn_buf move = {0};
    struct mn_writer w = mn_writer(&move);
    int err;

    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "agent", mn_json_str(o->body, "agent"));
    mn_write_int(&w, "last", mn_json_int(o->body, "last", 0));
    mn_write_str(&w, "say", mn_json_str(o->body, "say"));
    mn_write_str(&w, "reply", mn_json_str(o->body, "instructions"));
    mn_write_bool(&w, "silent", mn_json_bool(o->body, "silent", false));
    mn_write_close(&w);
    err = move.err != 0 ? move.err : mn_call_order(o->call, "handoff", mn_buf_str(&move));
    mn_buf_free(&move);
    answer(o, err, "agent",
           err == MN_EABSENT ? "The app has no agent of this name."
                             : "The call cannot move there now: it is there, it moves already, or "
                               "it moved too often in this turn.");
}

void mn_operate_interrupt(const struct mn_operating *o)
{
    order(o, "interrupt", MN_STR(""));
}

static void decide(const struct mn_operating *o, bool approved)
{
    answer(o,
           mn_call_approve(o->call, mn_json_str(o->body, "call_id"), approved,
                           mn_json_str(o->body, "reason")),
           "call_id", "No tool's call of this id waits for approval.");
}

/* R19. */
void mn_operate_approve(const struct mn_operating *o)
{
    decide(o, true);
}

void mn_operate_reject(const struct mn_operating *o)
{
    decide(o, false);
}

void mn_operate_hang_up(const struct mn_operating *o)
{
    struct mn_str reason = mn_json_str(o->body, "reason");
    bool now = mn_json_bool(o->body, "now", false) && !mn_call_is_over(o->call);

    if (!now) {
        order(o, "hang_up", reason);
        return;
    }
    answer(o, 0, NULL, NULL); /* before: the call may be gone when it has ended */
    mn_call_end(o->call, 1000, "ended by an operator");
}
