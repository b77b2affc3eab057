/* effects.c - the queue of effects: what a session wants done, in the order it wants it. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const note_names[MN_NOTE_COUNT] = {
#define X(name, wire, members) [MN_NOTE_##name] = (wire),
    MN_NOTE_MAP(X)
#undef X
};

const char *mn_note_name(enum mn_note note)
{
    return (unsigned)note < MN_NOTE_COUNT ? note_names[note] : "unknown";
}

void mn_effect_free(struct mn_effect *fx)
{
    mn_buf_free(&fx->text);
}

static int grow(struct mn_session *s)
{
    unsigned cap = s->cap == 0 ? 8 : s->cap * 2, n = s->tail - s->head;
    struct mn_effect *ring;

    if (cap > MN_EFFECTS_MAX)
        return MN_EFULL;
    ring = malloc(cap * sizeof(*ring));
    if (ring == NULL)
        return -ENOMEM;
    for (unsigned i = 0; i < n; i++)
        ring[i] = s->effects[(s->head + i) % s->cap];
    free(s->effects);
    s->effects = ring;
    s->cap = cap;
    s->head = 0;
    s->tail = n;
    return 0;
}

struct mn_effect *mn_fx(struct mn_session *s, enum mn_effect_type type)
{
    struct mn_effect *fx;

    int err = s->tail - s->head == s->cap ? grow(s) : 0;

    if (err != 0) {
        s->err = err;
        return NULL;
    }
    fx = &s->effects[s->tail++ % s->cap];
    *fx = (struct mn_effect){
        .type = type, .leg = s->legs.active.number, .agent = s->agent, .tool = -1};
    return fx;
}

bool mn_session_has_effects(const struct mn_session *s)
{
    return s->head != s->tail;
}

bool mn_session_next(struct mn_session *s, struct mn_effect *out)
{
    if (s->head == s->tail)
        return false;
    *out = s->effects[s->head++ % s->cap];
    return true;
}

static void fx_raw(struct mn_session *s, struct mn_effect *fx, struct mn_str frame)
{
    if (fx != NULL && mn_buf_add_str(&fx->text, frame) != 0)
        s->err = -ENOMEM;
}

void mn_fx_send_raw(struct mn_session *s, struct mn_str frame)
{
    if (mn_legs_ready(&s->legs))
        fx_raw(s, mn_fx(s, MN_FX_SEND), frame);
}

void mn_fx_tell_raw(struct mn_session *s, struct mn_str frame, bool in_order)
{
    struct mn_effect *fx = mn_fx(s, MN_FX_TELL);

    if (fx != NULL)
        fx->in_order = in_order;
    fx_raw(s, fx, frame);
}

uint32_t mn_fx_run(struct mn_session *s, enum mn_job job, int agent, int tool, const char *call_id,
                   struct mn_str arguments)
{
    struct mn_effect *fx = mn_fx(s, MN_FX_RUN);

    if (fx == NULL)
        return 0;
    fx->ticket = ++s->tickets;
    fx->job = job;
    fx->agent = agent;
    fx->tool = tool;
    mn_id_copy(fx->call_id, mn_str(call_id));
    fx_raw(s, fx, arguments);
    return fx->ticket;
}

void mn_fx_stop(struct mn_session *s, uint32_t ticket)
{
    struct mn_effect *fx = ticket != 0 ? mn_fx(s, MN_FX_STOP) : NULL;

    if (fx != NULL)
        fx->ticket = ticket;
}

bool mn_fx_send(struct mn_session *s, struct mn_writer *w, enum mn_event_type type,
                char event_id[MN_ID_MAX])
{
    return mn_legs_ready(&s->legs) && mn_fx_send_on(s, s->legs.active.number, w, type, event_id);
}

bool mn_fx_send_on(struct mn_session *s, mn_leg leg, struct mn_writer *w, enum mn_event_type type,
                   char event_id[MN_ID_MAX])
{
    char own[MN_ID_MAX];
    struct mn_effect *fx = mn_fx(s, MN_FX_SEND);

    if (fx == NULL)
        return false;
    fx->leg = leg;
    if (event_id == NULL)
        event_id = own;
    snprintf(event_id, MN_ID_MAX, MN_OUR_EVENTS "%u", ++s->events);
    mn_event_open(w, &fx->text, type, MN_GA, event_id);
    return true;
}

bool mn_fx_send_system(struct mn_session *s, const char *id, struct mn_str text)
{
    struct mn_writer w;

    if (!mn_fx_send(s, &w, MN_EV_CONVERSATION_ITEM_CREATE, NULL))
        return false;
    mn_write_open(&w, "item", '{');
    if (id != NULL)
        mn_write_text(&w, "id", id);
    mn_write_text(&w, "type", "message");
    mn_write_text(&w, "role", "system");
    mn_write_open(&w, "content", '[');
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "input_text");
    mn_write_str(&w, "text", text);
    mn_write_close(&w);
    mn_write_close(&w);
    mn_write_close(&w);
    mn_fx_done(s, &w);
    return true;
}

void mn_fx_awaited(struct mn_session *s, uint32_t ticket, enum mn_awaited how, struct mn_str text)
{
    struct mn_effect *fx = mn_fx(s, MN_FX_AWAITED);

    if (fx == NULL)
        return;
    fx->ticket = ticket;
    fx->code = how;
    fx_raw(s, fx, text);
}

bool mn_fx_send_to(struct mn_session *s, mn_leg leg, struct mn_writer *w, enum mn_event_type type)
{
    if (!mn_fx_send_on(s, leg, w, type, NULL))
        return false;
    s->effects[(s->tail - 1) % s->cap].first = true;
    return true;
}

bool mn_fx_tell(struct mn_session *s, struct mn_writer *w, enum mn_event_type type, bool in_order)
{
    char event_id[MN_ID_MAX];
    struct mn_effect *fx = mn_fx(s, MN_FX_TELL);

    if (fx == NULL)
        return false;
    fx->in_order = in_order;
    fx->ours = mn_str_starts(mn_str(mn_event_wire(type, MN_GA)), MN_STR("myna."));
    mn_id_new(event_id, "event", &s->random);
    mn_event_open(w, &fx->text, type, MN_GA, event_id);
    return true;
}

bool mn_fx_note(struct mn_session *s, struct mn_writer *w, enum mn_note note)
{
    struct mn_effect *fx = mn_fx(s, MN_FX_NOTE);

    if (fx == NULL)
        return false;
    fx->note = note;
    *w = mn_writer(&fx->text);
    mn_write_open(w, NULL, '{');
    if (s->opening.answered)
        mn_write_str(w, "agent", s->app->agents[s->agent].name);
    return true;
}

void mn_fx_done(struct mn_session *s, struct mn_writer *w)
{
    mn_write_close(w);
    if (w->out->err != 0)
        s->err = w->out->err;
}

void mn_fx_note_given(struct mn_session *s, enum mn_note note, const struct mn_json *members)
{
    struct mn_buf text = {0};
    struct mn_writer w;

    if (!mn_fx_note(s, &w, note))
        return;
    for (const struct mn_json *m = mn_json_first(members); m != NULL; m = mn_json_next(m)) {
        char key[32];

        mn_buf_clear(&text);
        snprintf(key, sizeof(key), "%.*s", MN_FMT(mn_json_key(m)));
        if (mn_json_print(m, &text) == 0)
            mn_write_raw(&w, key, mn_buf_str(&text));
    }
    mn_buf_free(&text);
    mn_fx_done(s, &w);
}

void mn_fx_note_plain(struct mn_session *s, enum mn_note note)
{
    struct mn_writer w;

    if (mn_fx_note(s, &w, note))
        mn_fx_done(s, &w);
}

static void note_error(struct mn_session *s, struct mn_str code, struct mn_str message,
                       const char *from, const char *class)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_ERROR))
        return;
    mn_write_str(&w, "code", code);
    mn_write_str(&w, "message", message);
    mn_write_text(&w, "from", from);
    if (class != NULL)
        mn_write_text(&w, "class", class);
    mn_fx_done(s, &w);
}

void mn_fx_note_error(struct mn_session *s, const char *code, const char *message)
{
    note_error(s, mn_str(code), mn_str(message), "myna", NULL);
}

void mn_fx_note_model_error(struct mn_session *s, const struct mn_json *error,
                            enum mn_error_class class)
{
    note_error(s, mn_json_str(error, "code"), mn_json_str(error, "message"), "model",
               mn_error_class_name(class));
}

void mn_fx_fault(struct mn_session *s, const struct mn_fault *fault)
{
    bool ours = strcmp(fault->type, "server_error") == 0;
    char event_id[MN_ID_MAX];
    struct mn_effect *fx = mn_fx(s, MN_FX_TELL);

    mn_id_new(event_id, "event", &s->random);
    if (fx == NULL || mn_event_error(&fx->text, event_id, fault) != 0)
        s->err = -ENOMEM;
    note_error(s, mn_str(fault->code), mn_str(fault->message), ours ? "myna" : "caller", NULL);
}

void mn_fx_end(struct mn_session *s, int code, const char *reason)
{
    struct mn_effect *fx;
    struct mn_writer w;

    if (s->ended)
        return;
    s->ended = true;
    mn_tools_ended(s);
    mn_digits_ended(s);
    mn_heard_ended(s);
    mn_fx_stop(s, s->handoff.ticket);
    mn_cut_ended(s);
    mn_opening_stop(s);
    mn_prelude_ended(s);
    if (mn_fx_note(s, &w, MN_NOTE_CALL_END)) {
        mn_write_text(&w, "reason", reason);
        mn_write_num(&w, "seconds", (double)(s->now_ms - s->began_ms) / 1000);
        mn_write_open(&w, "usage", '{');
        mn_session_usage(s, &w);
        mn_write_close(&w);
        mn_fx_done(s, &w);
    }
    mn_legs_hang_up(s);
    fx = mn_fx(s, MN_FX_END);
    if (fx == NULL)
        return;
    fx->code = code;
    fx_raw(s, fx, mn_str(reason));
}
