/* late.c - what a tool says after its call was answered, behind late.h (R17).
 *
 * WHY AT ONCE  The item is sent when it is there, not when nobody speaks: an answer that the server
 * begins meanwhile, to something else, then already knows it, and nobody need be asked. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>

#define NEWS   "News of the tool %s, which you called and which still runs: "
#define RESULT "The tool %s, which you called, has ended. Its result: "
#define TELL   "\nTell the caller, in your own words."

static void send_item(struct mn_session *s, struct mn_str text)
{
    struct mn_late *late = &s->late;

    mn_id_new(late->item_id, "item", &s->random);
    if (!mn_fx_send_system(s, late->item_id, text))
        return;
    late->owed = true;
    late->acked = false;
}

static void give(struct mn_session *s)
{
    if (s->late.waits.n == 0 || !mn_legs_ready(&s->legs))
        return;
    mn_buf_add_text(&s->late.waits, TELL);
    if (s->late.waits.err != 0)
        s->err = s->late.waits.err;
    send_item(s, mn_buf_str(&s->late.waits));
    mn_buf_clear(&s->late.waits);
}

static void tell(struct mn_session *s, const char *format, const struct mn_tool_call *call,
                 struct mn_str text)
{
    struct mn_buf *waits = &s->late.waits;

    if (waits->n > 0)
        mn_buf_add_byte(waits, '\n');
    mn_buf_addf(waits, format, call->name);
    if (mn_buf_add_str(waits, text) != 0)
        s->err = -ENOMEM;
    give(s);
}

int mn_late_progress(struct mn_session *s, struct mn_str call_id, struct mn_str text)
{
    struct mn_tool_call *call = mn_tools_by_call(s, call_id);

    if (call == NULL || call->ticket == 0 || call->approval != MN_APPROVAL_NONE)
        return MN_EPROTOCOL;
    if (call->state == MN_CALL_RUNNING)
        mn_tools_answer_early(s, call, text);
    else
        tell(s, NEWS, call, text);
    return 0;
}

void mn_late_result(struct mn_session *s, const struct mn_tool_call *call, struct mn_str text)
{
    tell(s, RESULT, call, text);
}

void mn_late_acked(struct mn_session *s, struct mn_str item_id)
{
    if (s->late.owed && mn_str_is(item_id, s->late.item_id))
        s->late.acked = true;
}

/* Words that are given leave no room for it; any other response speaks of what the server had. */
void mn_late_created(struct mn_session *s)
{
    const struct mn_request *asked = s->arbiter.asked;

    if (s->late.acked && (asked == NULL || asked->automatic))
        s->late.owed = false;
}

bool mn_late_busy(const struct mn_session *s)
{
    return s->late.owed || s->late.waits.n > 0;
}

void mn_late_time(struct mn_session *s)
{
    struct mn_request *r;

    give(s);
    if (s->now_ms < mn_late_deadline(s))
        return;
    s->late.owed = false;
    r = mn_request_new(true, (struct mn_str){0});
    if (r != NULL) {
        mn_id_copy(r->after_item, mn_str(s->late.item_id));
        r->acked = s->late.acked;
    }
    mn_session_ask(s, r);
}

int64_t mn_late_deadline(const struct mn_session *s)
{
    return s->late.owed ? mn_session_quiet_from(s) : INT64_MAX;
}

void mn_late_free(struct mn_session *s)
{
    mn_buf_free(&s->late.waits);
}
