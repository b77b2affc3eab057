/* stage_model.c - the simulator behind a call on a stage: its brain is whoever plays the scenario.
 */
#include "base/err.h"
#include "base/json_write.h"
#include "core/span.h"
#include "sim/stage_parts.h"

#include <errno.h>

#define HIGH_WATER (16 << 20)

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

/* Asked, it says "not yet" until the scenario has answered; then it is asked again. */
static int answer(void *stage, const struct mn_sim_ask *ask, struct mn_sim_outputs *out)
{
    struct mn_stage *st = stage;

    if (!st->answered) {
        if (!st->asked)
            note_ask(st, ask);
        st->asked = true;
        return st->over ? MN_ECLOSED : -EAGAIN;
    }
    *out = st->outputs;
    st->outputs = (struct mn_sim_outputs){0};
    st->asked = st->answered = false;
    return 0;
}

bool mn_stage_answer(struct mn_stage *st, struct mn_sim_outputs *outputs)
{
    if (!st->asked || st->model == NULL)
        return false;
    mn_sim_outputs_free(&st->outputs);
    st->outputs = *outputs;
    *outputs = (struct mn_sim_outputs){0};
    st->answered = true;
    mn_sim_wake(mn_sim_end_model(st->model), mn_clock_now(&st->clock));
    mn_sim_end_flush(st->model);
    return true;
}

static void on_gone(void *stage)
{
    struct mn_stage *st = stage;

    st->model = NULL;
    st->asked = st->answered = false;
}

static void on_frame(void *stage, struct mn_str frame)
{
    struct mn_span unused;

    if (mn_span_read(frame, &unused) != MN_HOT_APPEND)
        mn_stage_note_text(stage, MN_LANE_MODEL, frame);
}

static int dial(struct mn_upstream *u, struct mn_str model, const struct mn_link_events *events,
                void *owner, struct mn_link **out)
{
    struct mn_stage *st = mn_container_of(u, struct mn_stage, upstream);
    struct mn_sim_settings settings = mn_sim_defaults();
    struct mn_link *theirs;
    int err;

    (void)model;
    *out = NULL;
    err = mn_link_pair(out, &theirs, &st->clock, HIGH_WATER);
    if (err != 0)
        return err;
    (*out)->events = events;
    (*out)->owner = owner;
    settings.brain = &st->brain;
    settings.model = "gpt-realtime";
    err = mn_sim_link(&st->model, theirs, &st->clock, &settings);
    if (err != 0) {
        mn_link_close(theirs, 1011, MN_STR("out of memory"));
        return 0; /* the link's end tells the call */
    }
    mn_sim_end_watch(st->model, on_gone, st);
    mn_sim_end_listen(st->model, on_frame, st);
    return 0;
}

static void stay(struct mn_upstream *u)
{
    (void)u; /* it is part of the stage */
}

void mn_stage_open_model(struct mn_stage *st)
{
    st->upstream = (struct mn_upstream){.dial = dial, .close = stay};
    st->brain = (struct mn_brain){.owner = st, .answer = answer};
}
