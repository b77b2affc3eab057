/* tree.c - an app as `myna check` shows it: its agents with their tools and guardrails, a line
 * each.
 */
#include "script/app.h"

static void write_guardrails(struct mn_buf *out, const char *on, const struct mn_guardrails *rails)
{
    for (int i = 0; i < rails->n; i++) {
        const struct mn_guardrail_spec *rail = &rails->list[i];

        mn_buf_addf(out, "    guardrail %.*s, on what %s%s%s\n", MN_FMT(rail->name), on,
                    rail->hold ? ", holds" : "", rail->closed ? ", closed" : "");
    }
}

static void write_tool(struct mn_buf *out, const struct mn_tool_text *text)
{
    mn_buf_addf(out, "  %.*s", MN_FMT(text->description));
    if (text->asks.n > 0)
        mn_buf_addf(out, "  (asks %.*s)", MN_FMT(text->asks));
}

static void write_text_agent(struct mn_buf *out, const struct mn_text_agent *agent)
{
    mn_buf_addf(out, "  %.*s, a text agent (%.*s)%s\n", MN_FMT(agent->name), MN_FMT(agent->model),
                agent->output != NULL ? ", gives data" : "");
    for (int t = 0; t < agent->ntools; t++) {
        mn_buf_addf(out, "    %.*s", MN_FMT(agent->tools[t].name));
        write_tool(out, &agent->texts[t]);
        mn_buf_add_byte(out, '\n');
    }
}

/* R69 */
static bool runs_first(const struct mn_agent_spec *agent, int tool)
{
    for (int i = 0; i < agent->nprelude; i++) {
        if (agent->prelude[i] == tool)
            return true;
    }
    return false;
}

static void write_tools(const struct mn_bundle *b, int a, struct mn_buf *out)
{
    const struct mn_agent_spec *agent = &b->spec.agents[a];

    for (int t = 0; t < agent->ntools; t++) {
        const struct mn_tool_spec *tool = &agent->tools[t];

        mn_buf_addf(out, "    %.*s", MN_FMT(tool->name));
        if (tool->kind == MN_TOOL_HANDOFF)
            mn_buf_addf(out, " -> %.*s", MN_FMT(b->spec.agents[tool->target].name));
        else
            write_tool(out, &b->texts[a].tools[t]);
        if (runs_first(agent, t))
            mn_buf_add_text(out,
                            tool->unlisted ? "  (runs first, and then no more)" : "  (runs first)");
        mn_buf_add_byte(out, '\n');
    }
}

/* R83 */
const struct mn_unheld mn_unheld[] = {
    {"R70", "the far end may change the session, instructions and tools among it"},
    {"R71", "it may read instructions and tools, as the model shows the session"},
    {"R72", "its events are not checked, and not counted"},
    {"R75", "it may ask for responses and create items of any kind"},
    {"R76", "it sees tool calls, their outputs and our items"},
    {"R31", "what was heard is what the model says of it"},
    {"R44", "it may ask for a response before its words have passed"},
    {"R61", "a call ends with the model's session, after an hour"},
    {"R63", "a caller who is lost has hung up"},
    {0},
};

int mn_bundle_tree(const struct mn_bundle *b, struct mn_buf *out)
{
    const struct mn_app_spec *spec = &b->spec;
    const char *first =
        spec->hears_start ? ", answers unless on.call_start names another" : ", answers";

    mn_buf_addf(out, "%.*s (%.*s)\n", MN_FMT(spec->name), MN_FMT(spec->model));
    for (const struct mn_unheld *u = spec->direct ? mn_unheld : NULL; u != NULL && u->rule; u++)
        mn_buf_addf(out, "  direct: %s does not hold: %s\n", u->rule, u->why);
    for (int a = 0; a < spec->nagents; a++) {
        const struct mn_agent_spec *agent = &spec->agents[a];

        mn_buf_addf(out, "  %.*s%s\n", MN_FMT(agent->name), a == spec->first ? first : "");
        write_tools(b, a, out);
        write_guardrails(out, "it says", &agent->output_guards);
        write_guardrails(out, "callers say", &agent->input_guards);
    }
    for (int a = 0; a < b->ntext_agents; a++)
        write_text_agent(out, &b->text_agents[a]);
    return out->err;
}
