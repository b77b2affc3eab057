/* stage_model.c - the simulator behind a call on a stage: its brain is whoever plays the scenario.
 */
#include "base/err.h"
#include "base/json_write.h"
#include "core/span.h"
#include "sim/refusal.h"
#include "sim/stage_parts.h"

#include <errno.h>

#define CONNECT_MS 10000 /* as long as a real dial may take (io/ws_client) */

static const char *const who_names[] = {"system", "user", "assistant", "call", "result"};

/* The newest line is what the model is asked about. */
static void note_ask(struct mn_stage *st, const struct mn_sim_ask *ask)
{
    struct mn_buf *text = mn_stage_note(st, MN_LANE_ASK);
    struct mn_writer w;

    if (text == NULL)
        return;
    w = mn_writer(text);
    mn_write_open(&w, NULL, '{');
    mn_write_str(&w, "instructions", ask->instructions);
    mn_write_bool(&w, "own_instructions", ask->own_instructions);
    if (ask->nlines > 0) {
        const struct mn_sim_line *last = &ask->lines[ask->nlines - 1];

        mn_write_text(&w, "last", who_names[last->who]);
        mn_write_str(&w, "text", last->text);
    }
    mn_write_close(&w);
}

/* Asked, it says "not yet" until the scenario has answered; then it is asked again. A question
 * about another response means that the one before was cancelled. */
static int answer(void *owner, const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    struct mn_stage_leg *leg = owner;
    struct mn_stage *st = leg->st;

    if (st->over)
        return MN_ECLOSED;
    if (!mn_str_is(ask->response_id, st->asked)) {
        st->asking = leg;
        mn_id_copy(st->asked, ask->response_id);
        note_ask(st, ask);
        return -EAGAIN;
    }
    if (!st->answered)
        return -EAGAIN;
    st->answered = false;
    st->asked[0] = '\0';
    if (st->improvised)
        return mn_brain_standin.answer(mn_brain_standin.owner, ask, out);
    *out = st->outputs;
    st->outputs = (struct mn_sim_outputs){0};
    return 0;
}

bool mn_stage_asked(const struct mn_stage *st)
{
    return st->asked[0] != '\0' && st->asking != NULL &&
           mn_sim_waits(mn_sim_end_model(st->asking->end));
}

static void ask_again(struct mn_stage *st, bool improvised)
{
    st->answered = true;
    st->improvised = improvised;
    mn_sim_wake(mn_sim_end_model(st->asking->end), mn_clock_now(&st->clock));
    mn_sim_end_flush(st->asking->end);
}

bool mn_stage_answer(struct mn_stage *st, struct mn_sim_outputs *outputs)
{
    if (!mn_stage_asked(st))
        return false;
    mn_sim_outputs_free(&st->outputs);
    st->outputs = *outputs;
    *outputs = (struct mn_sim_outputs){0};
    ask_again(st, false);
    return true;
}

bool mn_stage_improvise(struct mn_stage *st)
{
    if (!mn_stage_asked(st))
        return false;
    ask_again(st, true);
    return true;
}

static void on_gone(void *owner)
{
    struct mn_stage_leg *leg = owner;
    struct mn_stage *st = leg->st;

    if (leg == st->asking) {
        st->asking = NULL;
        st->answered = false;
        st->asked[0] = '\0';
    }
    if (leg->end == st->model)
        st->model = NULL;
    leg->end = NULL;
    for (int i = 0; i < MN_STAGE_LEGS && st->model == NULL; i++)
        st->model = st->legs[i].end;
}

/* A leg that is being prepared is told its session only; one that is told more is in use. */
static void on_frame(void *owner, struct mn_str frame)
{
    struct mn_stage_leg *leg = owner;
    struct mn_span unused;

    if (!mn_str_starts(frame, MN_STR("{\"type\":\"session.update\"")))
        leg->st->model = leg->end;
    if (mn_span_read(frame, &unused) != MN_HOT_APPEND)
        mn_stage_note_text(leg->st, MN_LANE_MODEL, frame);
}

int mn_stage_fault(struct mn_stage *st, enum mn_sim_fault fault, int64_t number, struct mn_str text)
{
    return st->model != NULL ? mn_sim_end_fault(st->model, fault, number, text) : MN_ECLOSED;
}

int mn_stage_refuse(struct mn_stage *st, int status, struct mn_str body, int times)
{
    mn_buf_clear(&st->refusal_body);
    st->refusals = times;
    st->refusal_status = status;
    if (body.n > 0)
        return mn_buf_add_str(&st->refusal_body, body);
    return mn_sim_refusal_body(&st->refusal_body, status);
}

static int refuse(struct mn_stage *st, const struct mn_link_events *events, void *owner,
                  struct mn_link **out)
{
    struct mn_str body = mn_buf_str(&st->refusal_body);
    int err;

    if (st->wire != NULL && st->refusal_status != 0) /* who is silent needs no wire */
        err = mn_wire_refusal(st->wire, out, &st->clock, st->refusal_status, body);
    else
        err = mn_sim_refusal(out, &st->clock, st->refusal_status, body, CONNECT_MS);
    if (err == 0) {
        (*out)->events = events;
        (*out)->owner = owner;
        st->refusals--;
    }
    return err;
}

static struct mn_stage_leg *free_leg(struct mn_stage *st)
{
    for (int i = 0; i < MN_STAGE_LEGS; i++) {
        if (st->legs[i].end == NULL)
            return &st->legs[i];
    }
    return NULL;
}

/* What the caller says now, or said and nobody heard, this one will hear. */
static void lend_ear(struct mn_stage *st, struct mn_stage_leg *leg)
{
    if (st->words.n > 0 && !st->understood)
        mn_sim_heard(mn_sim_end_model(leg->end), mn_buf_str(&st->words));
}

static int connect(struct mn_stage *st, const struct mn_link_events *events, void *owner,
                   struct mn_link **out)
{
    struct mn_stage_leg *leg = free_leg(st);
    struct mn_sim_settings settings = mn_sim_defaults();
    struct mn_link *theirs;
    int err = leg != NULL ? mn_stage_join(st, MN_WIRE_CALL, out, &theirs) : -ENOMEM;

    if (err != 0)
        return err;
    (*out)->events = events;
    (*out)->owner = owner;
    leg->st = st;
    leg->brain = (struct mn_brain){.owner = leg, .answer = answer};
    settings.brain = &leg->brain;
    settings.model = "gpt-realtime";
    settings.seed = ~st->seed ^ (st->dialled++ << 32); /* ids of all meet in one conversation */
    err = mn_sim_link(&leg->end, theirs, &st->clock, &settings);
    if (err != 0) {
        mn_link_close(theirs, 1011, MN_STR("out of memory"));
        return 0; /* the link's end tells the call */
    }
    mn_sim_end_watch(leg->end, on_gone, leg);
    mn_sim_end_listen(leg->end, on_frame, leg);
    if (st->model == NULL)
        st->model = leg->end;
    lend_ear(st, leg);
    return 0;
}

static int dial(struct mn_upstream *u, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out)
{
    struct mn_stage *st = mn_container_of(u, struct mn_stage, upstream);

    (void)model;
    *out = NULL;
    return st->refusals > 0 ? refuse(st, events, owner, out) : connect(st, events, owner, out);
}

/* The app's fallback always answers. */
static int dial_fallback(struct mn_upstream *u, struct mn_str model,
                         const struct mn_link_events *events, void *owner, struct mn_link **out)
{
    (void)model;
    *out = NULL;
    return connect(mn_container_of(u, struct mn_stage, fallback), events, owner, out);
}

/* An app's own upstream is the model, as the server's would be. */
struct mn_upstream *mn_stage_upstream_at(void *stage, struct mn_str address)
{
    struct mn_stage *st = stage;

    return mn_str_same(address, mn_bundle_spec(st->bundle)->upstream) ? &st->upstream
                                                                      : &st->fallback;
}

static void stay(struct mn_upstream *u)
{
    (void)u; /* it is part of the stage */
}

void mn_stage_open_model(struct mn_stage *st)
{
    st->upstream = (struct mn_upstream){.dial = dial, .close = stay};
    st->fallback = (struct mn_upstream){.dial = dial_fallback, .close = stay};
}
