/* approval.c - tools that run only when somebody says so (R19).
 *
 *    ASKING -------------> AWAITED -------------> runs, with its own time from now
 *    the script: does      the operator, the      or is answered as refused
 *    this call need it?    script or the caller
 *
 * The script looks at every such call first, so that nobody is bothered with arguments that break
 * the schema. Silence is a no. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>

#define WORDS_REFUSED "This was not approved, so it was not done. Say so."
#define WORDS_BECAUSE "This was not approved, so it was not done: "
#define WORDS_SILENCE "Nobody approved this in time, so it was not done. Say so."

static const struct mn_tool_spec *spec_of(const struct mn_session *s,
                                          const struct mn_tool_call *call)
{
    return &s->app->agents[call->agent].tools[call->tool];
}

void mn_approval_begin(struct mn_session *s, struct mn_tool_call *call)
{
    call->approval = MN_APPROVAL_ASKING;
    call->deadline_ms = s->now_ms + spec_of(s, call)->timeout_ms;
    call->ticket = mn_fx_run(s, MN_JOB_APPROVAL, call->agent, call->tool, call->call_id,
                             mn_buf_str(&call->arguments));
}

/* For handlers and logs; and for the caller's app, when the word is the caller's. */
static void request(struct mn_session *s, const struct mn_tool_call *call)
{
    const struct mn_tool_spec *tool = spec_of(s, call);
    struct mn_writer w;

    if (mn_fx_note(s, &w, MN_NOTE_APPROVAL_REQUESTED)) {
        mn_write_text(&w, "tool", call->name);
        mn_write_raw(&w, "args", mn_buf_str(&call->arguments));
        mn_write_text(&w, "call_id", call->call_id);
        mn_write_text(&w, "approve_by", tool->caller_approves ? "caller" : "operator");
        mn_fx_done(s, &w);
    }
    if (!tool->caller_approves || !mn_fx_tell(s, &w, MN_EV_MYNA_TOOL_APPROVAL_REQUESTED, true))
        return;
    mn_write_text(&w, "call_id", call->call_id);
    mn_write_text(&w, "tool", call->name);
    mn_write_raw(&w, "arguments", mn_buf_str(&call->arguments));
    mn_write_int(&w, "timeout_ms", tool->approval_timeout_ms);
    mn_fx_done(s, &w);
}

void mn_approval_result(struct mn_session *s, struct mn_tool_call *call, bool needed)
{
    call->ticket = 0;
    if (!needed) {
        call->approval = MN_APPROVAL_NONE;
        mn_tools_run(s, call);
        return;
    }
    call->approval = MN_APPROVAL_AWAITED;
    call->deadline_ms = s->now_ms + spec_of(s, call)->approval_timeout_ms;
    request(s, call);
}

/* Nobody is asked any more: whoever shows the question takes it away. */
void mn_approval_over(struct mn_session *s, struct mn_tool_call *call, bool approved)
{
    struct mn_writer w;

    if (call->approval != MN_APPROVAL_AWAITED)
        return;
    call->approval = MN_APPROVAL_NONE;
    call->deadline_ms = INT64_MAX;
    if (!spec_of(s, call)->caller_approves ||
        !mn_fx_tell(s, &w, MN_EV_MYNA_TOOL_APPROVAL_RESOLVED, true))
        return;
    mn_write_text(&w, "call_id", call->call_id);
    mn_write_bool(&w, "approved", approved);
    mn_fx_done(s, &w);
}

static void refuse(struct mn_session *s, struct mn_tool_call *call, struct mn_str why)
{
    struct mn_buf words = {0};

    mn_buf_add_text(&words, why.n > 0 ? WORDS_BECAUSE : WORDS_REFUSED);
    if (mn_buf_add_str(&words, why) != 0)
        s->err = -ENOMEM;
    mn_tools_answer(s, call, mn_buf_str(&words));
    mn_buf_free(&words);
}

int mn_approval_given(struct mn_session *s, const struct mn_approval_word *word)
{
    struct mn_tool_call *call = mn_tools_by_call(s, word->call_id);

    if (call == NULL || call->approval != MN_APPROVAL_AWAITED ||
        (word->by_caller && !spec_of(s, call)->caller_approves))
        return MN_EPROTOCOL;
    mn_approval_over(s, call, word->approved);
    if (word->approved)
        mn_tools_run(s, call);
    else
        refuse(s, call, word->why);
    return 0;
}

void mn_approval_late(struct mn_session *s, struct mn_tool_call *call)
{
    mn_approval_over(s, call, false);
    mn_tools_answer(s, call, MN_STR(WORDS_SILENCE));
}

void mn_session_approvals(const struct mn_session *s, struct mn_writer *w)
{
    for (const struct mn_list *l = s->calls.next; l != &s->calls; l = l->next) {
        const struct mn_tool_call *call = mn_container_of(l, struct mn_tool_call, link);

        if (call->approval != MN_APPROVAL_AWAITED)
            continue;
        mn_write_open(w, NULL, '{');
        mn_write_text(w, "call_id", call->call_id);
        mn_write_text(w, "tool", call->name);
        mn_write_raw(w, "arguments", mn_buf_str(&call->arguments));
        mn_write_text(w, "approve_by", spec_of(s, call)->caller_approves ? "caller" : "operator");
        mn_write_close(w);
    }
}
