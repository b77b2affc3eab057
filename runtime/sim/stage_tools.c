/* stage_tools.c - tools on a stage: run alone, or stood in for. */
#include "base/err.h"
#include "base/json_write.h"
#include "sim/stage_parts.h"

#define CALL_ID "alone"

bool mn_stage_ask_stand_in(void *stage, struct mn_str tool, struct mn_str arguments,
                           struct mn_buf *out)
{
    struct mn_stage *st = stage;

    return st->stand_in != NULL && st->stand_in(st->stand_in_owner, tool, arguments, out);
}

void mn_stage_stand_in(struct mn_stage *st,
                       bool (*fn)(void *owner, struct mn_str tool, struct mn_str arguments,
                                  struct mn_buf *out),
                       void *owner)
{
    st->stand_in = fn;
    st->stand_in_owner = owner;
}

/* As the session's notes of a tool; result is NULL at its start. */
static void note(struct mn_stage *st, const struct mn_str *result)
{
    struct mn_buf *text = mn_stage_note(st, MN_LANE_NOTE);
    struct mn_writer w;

    if (text == NULL)
        return;
    w = mn_writer(text);
    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "note", mn_note_name(result == NULL ? MN_NOTE_TOOL_START : MN_NOTE_TOOL_END));
    mn_write_str(&w, "tool", st->alone);
    mn_write_raw(&w, "args", mn_buf_str(&st->alone_args));
    mn_write_text(&w, "call_id", CALL_ID);
    if (result != NULL) {
        mn_write_str(&w, "result", *result);
        mn_write_num(&w, "seconds", (double)(mn_clock_now(&st->clock) - st->alone_ms) / 1000);
    }
    mn_write_close(&w);
}

static void on_done(void *stage, uint32_t ticket, const struct mn_job_result *result)
{
    (void)ticket;
    note(stage, &result->text);
}

/* The place of a tool among an agent's, or -1. */
static int tool_of(const struct mn_agent_spec *agent, struct mn_str name)
{
    for (int t = 0; t < agent->ntools; t++) {
        if (agent->tools[t].kind != MN_TOOL_HANDOFF && mn_str_same(agent->tools[t].name, name))
            return t;
    }
    return -1;
}

int mn_stage_run_alone(struct mn_stage *st, struct mn_str name, struct mn_str arguments)
{
    const struct mn_app_spec *app = mn_bundle_spec(st->bundle);
    int agent, tool, err;

    if (st->call == NULL)
        return MN_ECLOSED;
    agent = mn_session_agent(mn_call_session(st->call));
    tool = tool_of(&app->agents[agent], name);
    for (int a = 0; tool < 0 && a < app->nagents; a++) {
        agent = a;
        tool = tool_of(&app->agents[a], name);
    }
    if (tool < 0)
        return MN_EABSENT;
    err = mn_call_run_alone(st->call, agent, tool, arguments, on_done, st);
    if (err != 0)
        return err;
    st->alone = app->agents[agent].tools[tool].name;
    st->alone_ms = mn_clock_now(&st->clock);
    mn_buf_clear(&st->alone_args);
    mn_buf_add_str(&st->alone_args, arguments);
    note(st, NULL);
    return 0;
}
