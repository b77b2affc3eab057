/* guard.c - guardrails on what is said: when each is asked, and what its verdict belongs to (R40,
 * R43).
 *
 * DESIGN  A guardrail has one check at a time on a response. What is said meanwhile is looked at by
 * the next, which sees all of it, so a slow check is asked less often and nothing waits in line. */
#include "core/session_parts.h"

#include "base/err.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Of the newest response, as its calls are served by the agent it began with (R14). */
static const struct mn_guardrails *rails(const struct mn_session *s)
{
    return &s->app->agents[s->turn.agent].output_guards;
}

int mn_guard_open(struct mn_session *s)
{
    bool any = s->app->gates_input;

    for (int a = 0; a < s->app->nagents; a++)
        any = any || s->app->agents[a].output_guards.n > 0;
    if (!any)
        return 0;
    s->guard = calloc(1, sizeof(*s->guard));
    return s->guard != NULL ? 0 : -ENOMEM;
}

void mn_guard_free(struct mn_session *s)
{
    if (s->guard == NULL)
        return;
    mn_gate_free(s);
    mn_buf_free(&s->guard->text);
    mn_buf_free(&s->guard->held_done);
    free(s->guard);
}

/* --- checks --- */

bool mn_guard_is_newest(const struct mn_session *s, const struct mn_check *c)
{
    return !c->input && s->guard->seen[c->guardrail].ticket == c->ticket;
}

/* A free place. When there is none some check is of an older response: the oldest gives way. */
static struct mn_check *place(struct mn_session *s)
{
    struct mn_check *oldest = NULL;

    for (int i = 0; i < MN_CHECKS_MAX; i++) {
        struct mn_check *c = &s->guard->checks[i];

        if (c->ticket == 0)
            return c;
        if (!c->input && !mn_guard_is_newest(s, c) &&
            (oldest == NULL || c->ticket < oldest->ticket))
            oldest = c;
    }
    if (oldest != NULL)
        mn_fx_stop(s, oldest->ticket);
    return oldest;
}

static const struct mn_guardrail_spec *spec_of(const struct mn_session *s, const struct mn_check *c)
{
    const struct mn_agent_spec *agent = &s->app->agents[c->agent];

    return &(c->input ? &agent->input_guards : &agent->output_guards)->list[c->guardrail];
}

struct mn_check *mn_guard_check(struct mn_session *s, bool input, int guardrail, int agent,
                                struct mn_str text)
{
    enum mn_job job = input ? MN_JOB_CHECK_INPUT : MN_JOB_CHECK_OUTPUT;
    struct mn_check *c = place(s);

    if (c == NULL)
        return NULL;
    *c = (struct mn_check){.input = input, .agent = agent, .guardrail = guardrail};
    c->ticket = mn_fx_run(s, job, agent, guardrail, "", text);
    c->deadline_ms = s->now_ms + spec_of(s, c)->timeout_ms;
    return c->ticket != 0 ? c : NULL;
}

/* --- the newest response --- */

static void ask(struct mn_session *s, int i)
{
    struct mn_guard *g = s->guard;
    struct mn_check *c = mn_guard_check(s, false, i, s->turn.agent, mn_buf_str(&g->text));

    if (c == NULL)
        return;
    mn_id_copy(c->response_id, mn_str(s->turn.response_id));
    mn_id_copy(c->item_id, mn_str(g->item_id));
    c->upto = g->hold.word;
    g->seen[i].ticket = c->ticket;
    g->seen[i].bytes = g->text.n;
    g->seen[i].chars = g->chars;
}

static bool is_due(const struct mn_guard *g, const struct mn_guard_seen *seen, int32_t every_chars)
{
    if (seen->ticket != 0 || seen->passed_end)
        return false;
    return g->over || (every_chars > 0 && g->chars - seen->chars >= (size_t)every_chars);
}

/* What every guardrail that holds has passed may be heard. */
static void release(struct mn_session *s)
{
    struct mn_hold_mark upto = s->guard->hold.all;

    for (int i = 0; i < rails(s)->n; i++) {
        const struct mn_hold_mark *passed = &s->guard->seen[i].passed;

        if (rails(s)->list[i].hold && (int32_t)(passed->held - upto.held) < 0)
            upto = *passed;
    }
    mn_hold_release(s, upto);
}

static void go_on(struct mn_session *s)
{
    struct mn_guard *g = s->guard;
    bool all = g->over;

    for (int i = 0; i < rails(s)->n; i++) {
        struct mn_guard_seen *seen = &g->seen[i];

        if (g->over && seen->ticket == 0 && seen->bytes == g->text.n)
            seen->passed_end = true; /* it has seen all there was to come */
        if (is_due(g, seen, rails(s)->list[i].every_chars))
            ask(s, i);
        all = all && seen->passed_end;
    }
    if (!all) {
        release(s);
        return;
    }
    g->corrections = 0;
    mn_hold_end(s);
}

static bool is_watched(const struct mn_session *s, struct mn_str response_id)
{
    return s->guard != NULL && rails(s)->n > 0 && !s->guard->tripped && !s->guard->cut &&
           mn_str_is(response_id, s->turn.response_id);
}

void mn_guard_created(struct mn_session *s)
{
    struct mn_guard *g = s->guard;
    bool hold = false;

    if (g == NULL)
        return;
    mn_buf_clear(&g->text);
    mn_buf_clear(&g->held_done);
    g->chars = g->item_at = 0;
    g->item_id[0] = '\0';
    g->over = g->tripped = g->correcting = false;
    g->cut = s->turn.cut;
    for (int i = 0; i < rails(s)->n; i++)
        hold = hold || rails(s)->list[i].hold;
    mn_hold_begin(s, hold && !g->cut);
    for (int i = 0; i < MN_GUARDRAILS_MAX; i++)
        g->seen[i] = (struct mn_guard_seen){.passed = g->hold.released};
}

static void turn_to_item(struct mn_guard *g, struct mn_str item_id)
{
    if (mn_str_is(item_id, g->item_id))
        return;
    mn_id_copy(g->item_id, item_id);
    if (g->text.n > 0)
        mn_buf_add_byte(&g->text, '\n');
    g->item_at = g->text.n;
}

/* Words are parted by spaces; in a script that puts none, each character is one. */
static bool begins_word(const struct mn_guard *g, struct mn_str delta)
{
    char before = g->text.n > 0 ? g->text.p[g->text.n - 1] : ' ';

    return delta.n > 0 && (strchr(" \n", before) != NULL || delta.p[0] == ' ' ||
                           delta.p[0] == '\n' || (unsigned char)delta.p[0] >= 0x80);
}

void mn_guard_words(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_guard *g = s->guard;

    if (!is_watched(s, ev->response_id) || g->over)
        return;
    turn_to_item(g, ev->item_id);
    if (begins_word(g, ev->delta))
        mn_hold_word(s);
    if (mn_buf_add_str(&g->text, ev->delta) != 0)
        s->err = g->text.err;
    g->chars += mn_utf8_count(ev->delta);
    go_on(s);
}

static struct mn_str said_of_item(const struct mn_guard *g)
{
    if (g->text.n == g->item_at)
        return (struct mn_str){0};
    return (struct mn_str){g->text.p + g->item_at, g->text.n - g->item_at};
}

/* The item's words as a whole: they count, whatever its deltas were. */
void mn_guard_words_done(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_str words = mn_json_str(ev->body, "transcript");
    struct mn_guard *g = s->guard;

    if (g != NULL && ev->response_id.n > 0 && mn_str_is(ev->response_id, s->filler.response_id))
        mn_guard_filler(s, ev);
    if (!is_watched(s, ev->response_id) || g->over)
        return;
    if (words.n == 0)
        words = mn_json_str(ev->body, "text");
    turn_to_item(g, ev->item_id);
    if (mn_str_same(words, said_of_item(g)))
        return;
    g->text.n = g->item_at;
    if (mn_buf_add_str(&g->text, words) != 0)
        s->err = g->text.err;
    g->chars = mn_utf8_count(mn_buf_str(&g->text));
    for (int i = 0; i < MN_GUARDRAILS_MAX; i++)
        g->seen[i].bytes = SIZE_MAX; /* what was seen was something else */
}

/* A response that was cut off said what was heard of it (R34). */
static void take_heard(struct mn_session *s, const struct mn_json *response)
{
    const struct mn_json *output = mn_json_get(response, "output");
    struct mn_guard *g = s->guard;

    mn_buf_clear(&g->text);
    for (const struct mn_json *o = mn_json_first(output); o != NULL; o = mn_json_next(o)) {
        const struct mn_item *item = mn_history_find(&s->history, mn_json_str(o, "id"));

        if (item != NULL && item->kind == MN_ITEM_MESSAGE)
            mn_buf_add_str(&g->text, mn_buf_str(&item->text));
    }
    for (int i = 0; i < MN_GUARDRAILS_MAX; i++)
        g->seen[i].bytes = 0;
}

void mn_guard_response_done(struct mn_session *s, const struct mn_json *response)
{
    struct mn_guard *g = s->guard;

    if (g == NULL || g->tripped)
        return;
    g->over = true;
    if (g->cut)
        take_heard(s, response);
    go_on(s);
}

void mn_guard_stop(struct mn_session *s)
{
    for (int i = 0; i < MN_CHECKS_MAX; i++) {
        struct mn_check *c = &s->guard->checks[i];

        if (c->ticket == 0 || !mn_guard_is_newest(s, c))
            continue;
        mn_fx_stop(s, c->ticket);
        c->ticket = 0;
    }
}

void mn_guard_cut(struct mn_session *s)
{
    if (s->guard != NULL)
        s->guard->cut = true;
}

/* --- verdicts --- */

static void note_failed(struct mn_session *s, const struct mn_check *c, int err)
{
    const struct mn_guardrail_spec *spec = spec_of(s, c);
    char message[200];

    snprintf(message, sizeof(message), "guardrail '%.*s' %s: by its on_error it %s",
             spec->name.n < 64 ? (int)spec->name.n : 64, spec->name.p,
             err == MN_ETIMEOUT ? "took too long" : "failed", spec->closed ? "blocks" : "passes");
    mn_fx_note_error(s, "guardrail_failed", message);
}

static void passed(struct mn_session *s, const struct mn_check *c)
{
    struct mn_guard_seen *seen = &s->guard->seen[c->guardrail];

    if (!mn_guard_is_newest(s, c) || s->guard->tripped)
        return;
    seen->ticket = 0;
    seen->passed = c->upto;
    go_on(s);
}

/* R43: one that errs or is late passes or blocks, as it says. */
static void settle(struct mn_session *s, struct mn_check *place, int err, struct mn_str block)
{
    struct mn_check c = *place;

    place->ticket = 0;
    if (err != 0) {
        note_failed(s, &c, err);
        block = spec_of(s, &c)->closed ? MN_STR("{}") : MN_STR("");
    }
    if (block.n > 0)
        mn_guard_trip(s, &c, block);
    else if (c.input)
        mn_gate_passed(s, &c);
    else
        passed(s, &c);
}

bool mn_guard_result(struct mn_session *s, const struct mn_input *in)
{
    for (int i = 0; s->guard != NULL && in->ticket != 0 && i < MN_CHECKS_MAX; i++) {
        if (s->guard->checks[i].ticket != in->ticket)
            continue;
        settle(s, &s->guard->checks[i], in->err, in->text);
        return true;
    }
    return false;
}

void mn_guard_time(struct mn_session *s)
{
    for (int i = 0; s->guard != NULL && i < MN_CHECKS_MAX; i++) {
        struct mn_check *c = &s->guard->checks[i];

        if (c->ticket == 0 || s->now_ms < c->deadline_ms)
            continue;
        mn_fx_stop(s, c->ticket);
        settle(s, c, MN_ETIMEOUT, (struct mn_str){0});
    }
    mn_gate_time(s);
}

int64_t mn_guard_deadline(const struct mn_session *s)
{
    int64_t first_ms = mn_gate_deadline(s);

    for (int i = 0; s->guard != NULL && i < MN_CHECKS_MAX; i++) {
        const struct mn_check *c = &s->guard->checks[i];

        if (c->ticket != 0 && c->deadline_ms < first_ms)
            first_ms = c->deadline_ms;
    }
    return first_ms;
}

bool mn_guard_busy(const struct mn_session *s)
{
    for (int i = 0; s->guard != NULL && i < MN_CHECKS_MAX; i++) {
        if (s->guard->checks[i].ticket != 0 && mn_guard_is_newest(s, &s->guard->checks[i]))
            return true;
    }
    return mn_hold_ms(s) > 0 || mn_gate_waits(s);
}

/* A response may not begin while the one before has yet to be released, nor an answer to words that
 * have not passed. */
bool mn_guard_waits(const struct mn_session *s)
{
    return (mn_hold_on(s) && mn_guard_busy(s)) || mn_gate_waits(s);
}
