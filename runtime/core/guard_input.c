/* guard_input.c - what the caller says is answered only once it has passed (R44).
 *
 *     spoken:  committed --> transcript --> checks --> ours to ask for the answer
 *     typed:   kept from the model   -----> checks --> forwarded
 *     blocked: a spoken one is deleted at the model, a typed one never gets there; the refusal is
 *              said. No answer is asked for meanwhile, whoever wants one: it would answer both.
 *
 * Turns are let through in the order they came. */
#include "core/session_parts.h"

#include <errno.h>

#define WORDS_REFUSED                                                                              \
    "What the caller said last was stopped by a policy of this service, and you have not been "    \
    "told it. Say briefly that you cannot help with that, and lead back to what you can do."
#define WORDS_UNHEARD                                                                              \
    "What the caller said last could not be made out. Say so, and ask them to say it again."
#define WORDS_AUDIO                                                                                \
    "Audio inside a message cannot be looked at before it is answered; send it as "                \
    "input_audio_buffer.append."
#define WORDS_MANY "Too many messages wait to be looked at: wait for an answer first."
#define WORDS_LONG "The message is longer than may be looked at before it is answered."

static const struct mn_guardrails *rails_of(const struct mn_session *s, int agent)
{
    return &s->app->agents[agent].input_guards;
}

static void gate_free(struct mn_gate *gate)
{
    mn_buf_free(&gate->frame);
    *gate = (struct mn_gate){0};
}

void mn_gate_free(struct mn_session *s)
{
    for (int i = 0; i < MN_GATES_MAX; i++)
        gate_free(&s->guard->gates[i]);
}

static struct mn_gate *oldest(const struct mn_session *s)
{
    struct mn_gate *first = NULL;

    for (int i = 0; s->guard != NULL && i < MN_GATES_MAX; i++) {
        struct mn_gate *gate = &s->guard->gates[i];

        if (gate->serial != 0 && (first == NULL || gate->serial < first->serial))
            first = gate;
    }
    return first;
}

bool mn_gate_waits(const struct mn_session *s)
{
    return oldest(s) != NULL;
}

static struct mn_gate *by_serial(struct mn_session *s, unsigned serial)
{
    for (int i = 0; i < MN_GATES_MAX; i++) {
        if (s->guard->gates[i].serial == serial)
            return &s->guard->gates[i];
    }
    return NULL;
}

/* The newest spoken turn of that item; of "", one whose item is not known yet. */
static struct mn_gate *by_item(struct mn_session *s, struct mn_str item_id)
{
    for (int i = 0; s->guard != NULL && i < MN_GATES_MAX; i++) {
        struct mn_gate *gate = &s->guard->gates[i];

        if (gate->serial != 0 && gate->frame.n == 0 && mn_str_is(item_id, gate->item_id))
            return gate;
    }
    return NULL;
}

/* --- through, or not --- */

static void open_gates(struct mn_session *s)
{
    struct mn_gate *gate;

    while ((gate = oldest(s)) != NULL && gate->passed) {
        if (gate->frame.n > 0 && !mn_legs_ready(&s->legs))
            return;
        if (gate->frame.n > 0)
            mn_fx_send_raw(s, mn_buf_str(&gate->frame));
        if (gate->answer)
            mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
        gate_free(gate);
    }
}

static void stop_checks(struct mn_session *s, const struct mn_gate *gate)
{
    for (int i = 0; i < MN_CHECKS_MAX; i++) {
        struct mn_check *c = &s->guard->checks[i];

        if (c->ticket == 0 || !c->input || c->gate != gate->serial)
            continue;
        mn_fx_stop(s, c->ticket);
        c->ticket = 0;
    }
}

static void say_refusal(struct mn_session *s, bool heard, struct mn_str say, struct mn_str hint)
{
    struct mn_buf line = {0};

    if (say.n > 0) {
        mn_session_speak(s, MN_SAY, say, true);
        return;
    }
    mn_buf_add_text(&line, heard ? WORDS_REFUSED : WORDS_UNHEARD);
    if (hint.n > 0)
        mn_buf_addf(&line, " The policy: %.*s", MN_FMT(hint));
    mn_session_speak(s, "", mn_buf_str(&line), false);
    mn_buf_free(&line);
}

void mn_gate_refuse(struct mn_session *s, const struct mn_check *c, struct mn_str say,
                    struct mn_str hint)
{
    struct mn_gate *gate = by_serial(s, c->gate);

    if (gate == NULL)
        return;
    stop_checks(s, gate);
    if (gate->item_id[0] != '\0')
        mn_items_delete(s, gate->item_id);
    mn_arbiter_forget_callers(&s->arbiter);
    say_refusal(s, gate->looked_at, say, hint);
    gate_free(gate);
    open_gates(s);
}

void mn_gate_passed(struct mn_session *s, const struct mn_check *c)
{
    struct mn_gate *gate = by_serial(s, c->gate);

    if (gate == NULL || --gate->left > 0)
        return;
    gate->passed = true;
    open_gates(s);
}

/* R43: no words came that could be looked at. */
static void give_up(struct mn_session *s, struct mn_gate *gate, const char *why)
{
    const struct mn_guardrails *rails = rails_of(s, gate->agent);
    int closed = 0;

    while (closed < rails->n && !rails->list[closed].closed)
        closed++;
    mn_fx_note_error(s, "guardrail_failed", why);
    if (closed < rails->n) {
        struct mn_check c = {
            .input = true, .agent = gate->agent, .guardrail = closed, .gate = gate->serial};

        memcpy(c.item_id, gate->item_id, MN_ID_MAX);
        mn_guard_trip(s, &c, MN_STR("{}"));
        return;
    }
    stop_checks(s, gate);
    gate->passed = true;
    open_gates(s);
}

/* --- turns --- */

static struct mn_gate *gate_new(struct mn_session *s)
{
    const struct mn_guardrails *rails = rails_of(s, s->agent);
    struct mn_gate *gate = by_serial(s, 0);
    int32_t longest_ms = 0;

    if (gate == NULL) {
        gate = oldest(s);
        give_up(s, gate, "too many turns of the caller's wait for their guardrails");
        gate_free(gate);
    }
    for (int i = 0; i < rails->n; i++) {
        if (rails->list[i].timeout_ms > longest_ms)
            longest_ms = rails->list[i].timeout_ms;
    }
    gate->serial = ++s->guard->ngates;
    gate->agent = s->agent;
    gate->deadline_ms = s->now_ms + longest_ms;
    return gate;
}

static bool looks(const struct mn_session *s)
{
    return s->guard != NULL && rails_of(s, s->agent)->n > 0;
}

static void look_at(struct mn_session *s, struct mn_gate *gate, struct mn_str text)
{
    int n = rails_of(s, gate->agent)->n;

    gate->looked_at = true;
    gate->left = n;
    gate->deadline_ms = INT64_MAX; /* from here on its checks have theirs */
    for (int i = 0; i < n; i++) {
        struct mn_check *c = mn_guard_check(s, true, i, gate->agent, text);

        if (c == NULL)
            return;
        c->gate = gate->serial;
        memcpy(c->item_id, gate->item_id, MN_ID_MAX);
    }
}

void mn_gate_commit(struct mn_session *s)
{
    if (looks(s))
        gate_new(s);
}

void mn_gate_committed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_gate *gate = by_item(s, MN_STR(""));
    const struct mn_item *item;

    if (gate == NULL && looks(s))
        gate = gate_new(s);
    if (gate == NULL) {
        if (s->config.gated && s->config.answers) /* this agent's callers may say anything */
            mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
        return;
    }
    mn_id_copy(gate->item_id, ev->item_id);
    gate->answer = s->config.answers;
    item = mn_history_find(&s->history, ev->item_id);
    if (item != NULL && item->text.n > 0) /* R35: it counted when its words were there already */
        look_at(s, gate, mn_buf_str(&item->text));
}

static bool is_blank(struct mn_str text)
{
    size_t i = 0;

    while (i < text.n && strchr(" \t\r\n", text.p[i]) != NULL)
        i++;
    return i == text.n;
}

void mn_gate_transcribed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_str words = mn_json_str(ev->body, "transcript");
    struct mn_gate *gate = ev->item_id.n > 0 ? by_item(s, ev->item_id) : NULL;

    if (gate == NULL || gate->looked_at)
        return;
    if (is_blank(words))
        give_up(s, gate, "nothing was made out of what the caller said: no guardrail saw it");
    else
        look_at(s, gate, words);
}

void mn_gate_failed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_gate *gate = ev->item_id.n > 0 ? by_item(s, ev->item_id) : NULL;

    if (gate != NULL && !gate->looked_at)
        give_up(s, gate, "what the caller said was not transcribed: no guardrail saw it");
}

const char *mn_gate_typed(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *content = mn_json_get(mn_json_get(ev->body, "item"), "content");
    struct mn_buf text = {0};
    struct mn_gate *gate;
    const char *why = "";

    if (!looks(s))
        return NULL;
    if (ev->raw.n > MN_EARLY_BYTES)
        return WORDS_LONG;
    if (by_serial(s, 0) == NULL)
        return WORDS_MANY;
    for (const struct mn_json *c = mn_json_first(content); c != NULL; c = mn_json_next(c)) {
        if (mn_str_is(mn_json_str(c, "type"), "input_audio"))
            why = WORDS_AUDIO;
        mn_buf_add_str(&text, mn_json_str(c, "text"));
        mn_buf_add_byte(&text, '\n');
    }
    if (text.err != 0)
        s->err = text.err;
    else if (*why == '\0' && is_blank(mn_buf_str(&text)))
        why = NULL; /* an image, say */
    if (text.err == 0 && why != NULL && *why == '\0') {
        gate = gate_new(s);
        if (mn_buf_add_str(&gate->frame, ev->raw) != 0)
            s->err = -ENOMEM;
        look_at(s, gate, (struct mn_str){text.p, text.n - 1});
    }
    mn_buf_free(&text);
    return why;
}

/* --- time --- */

void mn_gate_time(struct mn_session *s)
{
    for (int i = 0; s->guard != NULL && i < MN_GATES_MAX; i++) {
        struct mn_gate *gate = &s->guard->gates[i];

        if (gate->serial == 0 || gate->passed || s->now_ms < gate->deadline_ms)
            continue;
        if (gate->item_id[0] == '\0')
            gate_free(gate); /* nothing was committed */
        else
            give_up(s, gate, "no transcript came in time: no guardrail saw what the caller said");
    }
    open_gates(s);
}

int64_t mn_gate_deadline(const struct mn_session *s)
{
    int64_t first_ms = INT64_MAX;

    for (int i = 0; s->guard != NULL && i < MN_GATES_MAX; i++) {
        const struct mn_gate *gate = &s->guard->gates[i];

        if (gate->serial != 0 && !gate->passed && gate->deadline_ms < first_ms)
            first_ms = gate->deadline_ms;
    }
    return first_ms;
}
