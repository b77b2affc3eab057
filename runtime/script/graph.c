/* graph.c - an app as a picture of its handoffs (DOT), and as JSON for tools. */
#include "base/json_write.h"
#include "script/app.h"

static void write_quoted(struct mn_buf *out, struct mn_str text)
{
    mn_json_quote(out, text); /* a DOT string is quoted likewise */
}

int mn_bundle_dot(const struct mn_bundle *b, struct mn_buf *out)
{
    const struct mn_app_spec *spec = &b->spec;

    mn_buf_add_text(out, "digraph ");
    write_quoted(out, spec->name);
    mn_buf_add_text(out, " {\n  node [shape=box];\n");
    for (int a = 0; a < spec->nagents; a++) {
        const struct mn_agent_spec *agent = &spec->agents[a];

        mn_buf_add_text(out, "  ");
        write_quoted(out, agent->name);
        mn_buf_add_text(out, a == spec->first ? " [peripheries=2];\n" : ";\n");
        for (int t = 0; t < agent->ntools; t++) {
            if (agent->tools[t].kind != MN_TOOL_HANDOFF)
                continue;
            mn_buf_add_text(out, "  ");
            write_quoted(out, agent->name);
            mn_buf_add_text(out, " -> ");
            write_quoted(out, spec->agents[agent->tools[t].target].name);
            mn_buf_add_text(out, ";\n");
        }
    }
    mn_buf_add_text(out, "}\n");
    return out->err;
}

static void write_tool(struct mn_writer *w, const struct mn_app_spec *spec,
                       const struct mn_tool_spec *tool, const struct mn_tool_text *text)
{
    mn_write_open(w, NULL, '{');
    mn_write_str(w, "name", tool->name);
    mn_write_str(w, "description", text->description);
    if (tool->kind == MN_TOOL_HANDOFF)
        mn_write_str(w, "to", spec->agents[tool->target].name);
    else
        mn_write_int(w, "timeout_ms", tool->timeout_ms);
    if (tool->unlisted)
        mn_write_bool(w, "prelude_only", true);
    mn_write_close(w);
}

static void write_rails(struct mn_writer *w, const char *key, const struct mn_guardrails *rails)
{
    mn_write_open(w, key, '[');
    for (int i = 0; i < rails->n; i++)
        mn_write_str(w, NULL, rails->list[i].name);
    mn_write_close(w);
}

static void write_agent(struct mn_writer *w, const struct mn_bundle *b, int place)
{
    const struct mn_agent_spec *agent = &b->spec.agents[place];

    mn_write_open(w, NULL, '{');
    mn_write_str(w, "name", agent->name);
    mn_write_bool(w, "answers", place == b->spec.first);
    if (agent->voice.n > 0)
        mn_write_str(w, "voice", agent->voice);
    mn_write_open(w, "tools", '[');
    for (int t = 0; t < agent->ntools; t++)
        write_tool(w, &b->spec, &agent->tools[t], &b->texts[place].tools[t]);
    mn_write_close(w);
    mn_write_open(w, "prelude", '[');
    for (int i = 0; i < agent->nprelude; i++)
        mn_write_str(w, NULL, agent->tools[agent->prelude[i]].name);
    mn_write_close(w);
    write_rails(w, "output_guardrails", &agent->output_guards);
    write_rails(w, "input_guardrails", &agent->input_guards);
    mn_write_close(w);
}

int mn_bundle_json(const struct mn_bundle *b, struct mn_writer *w)
{
    mn_write_str(w, "name", b->spec.name);
    mn_write_str(w, "model", b->spec.model);
    mn_write_bool(w, "call_start", b->spec.hears_start);
    if (b->spec.direct) {
        mn_write_open(w, "direct_does_not_hold", '[');
        for (const struct mn_unheld *u = mn_unheld; u->rule != NULL; u++)
            mn_write_text(w, NULL, u->rule);
        mn_write_close(w);
    }
    mn_write_open(w, "agents", '[');
    for (int a = 0; a < b->spec.nagents; a++)
        write_agent(w, b, a);
    mn_write_close(w);
    return w->out->err;
}
