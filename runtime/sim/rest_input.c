/* rest_input.c - what POST /v1/responses is asked: the input as lines for a brain, and what the API
 * would refuse of it. */
#include "sim/rest_parts.h"

#include <ctype.h>

static enum mn_sim_who who_of(struct mn_str role)
{
    if (mn_str_is(role, "assistant"))
        return MN_SIM_ASSISTANT;
    return mn_str_is(role, "user") ? MN_SIM_USER : MN_SIM_SYSTEM; /* developer too */
}

/* Adds a line; its place is set, for what is spread over parts. */
static struct mn_sim_line *add_line(struct mn_sim_ask *ask, struct mn_sim_line *lines,
                                    enum mn_sim_who who, struct mn_str text)
{
    if (ask->nlines == MN_REST_LINES)
        return &lines[MN_REST_LINES - 1];
    lines[ask->nlines] = (struct mn_sim_line){.who = who, .text = text};
    return &lines[ask->nlines++];
}

static void read_item(struct mn_sim_ask *ask, struct mn_sim_line *lines, const struct mn_json *v)
{
    struct mn_str type = mn_json_str(v, "type");
    const struct mn_json *content = mn_json_get(v, "content");
    enum mn_sim_who who = who_of(mn_json_str(v, "role"));
    struct mn_sim_line *line;

    if (mn_str_is(type, "function_call")) {
        line = add_line(ask, lines, MN_SIM_CALLED, mn_json_str(v, "arguments"));
        line->name = mn_json_str(v, "name");
        line->call_id = mn_json_str(v, "call_id");
    } else if (mn_str_is(type, "function_call_output")) {
        line = add_line(ask, lines, MN_SIM_RESULT, mn_json_str(v, "output"));
        line->call_id = mn_json_str(v, "call_id");
    } else if (mn_json_kind(content) == MN_JSON_STRING) {
        add_line(ask, lines, who, mn_json_text(content));
    } else {
        for (const struct mn_json *p = mn_json_first(content); p != NULL; p = mn_json_next(p))
            add_line(ask, lines, who, mn_json_str(p, "text"));
    }
}

/* An output must have its call before it. */
static bool has_call(const struct mn_sim_ask *ask, struct mn_str call_id)
{
    for (int i = 0; i < ask->nlines; i++)
        if (ask->lines[i].who == MN_SIM_CALLED && mn_str_same(ask->lines[i].call_id, call_id))
            return true;
    return false;
}

static bool is_answered(const struct mn_sim_ask *ask, struct mn_str call_id)
{
    for (int i = 0; i < ask->nlines; i++)
        if (ask->lines[i].who == MN_SIM_RESULT && mn_str_same(ask->lines[i].call_id, call_id))
            return true;
    return false;
}

/* Every call needs its output and every output its call. */
static bool check_calls(struct mn_rest_work *w, const struct mn_sim_ask *ask)
{
    for (int i = 0; i < ask->nlines; i++) {
        const struct mn_sim_line *line = &ask->lines[i];
        bool result = line->who == MN_SIM_RESULT;

        if (result ? has_call(ask, line->call_id)
                   : line->who != MN_SIM_CALLED || is_answered(ask, line->call_id))
            continue;
        mn_rest_refuse(w, 400, NULL, "input", "No tool %s found for function call%s %.*s.",
                       result ? "call" : "output", result ? " output with call_id" : "",
                       MN_FMT(line->call_id));
        return false;
    }
    return true;
}

static bool is_name(struct mn_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!isalnum((unsigned char)name.p[i]) && name.p[i] != '_' && name.p[i] != '-')
            return false;
    return name.n > 0 && name.n <= MN_SIM_NAME_MAX;
}

static bool check_tools(struct mn_rest_work *w)
{
    for (const struct mn_json *tool = mn_json_first(mn_json_get(w->body, "tools")); tool != NULL;
         tool = mn_json_next(tool)) {
        if (mn_str_is(mn_json_str(tool, "type"), "function") && is_name(mn_json_str(tool, "name")))
            continue;
        mn_rest_refuse(w, 400, "invalid_value", "tools",
                       "Invalid tool: the simulator knows functions with a name.");
        return false;
    }
    return true;
}

const struct mn_json *mn_rest_schema(const struct mn_rest_work *w)
{
    const struct mn_json *format = mn_json_get(mn_json_get(w->body, "text"), "format");

    return mn_str_is(mn_json_str(format, "type"), "json_schema") ? mn_json_get(format, "schema")
                                                                 : NULL;
}

static bool check_format(struct mn_rest_work *w)
{
    const struct mn_json *format = mn_json_get(mn_json_get(w->body, "text"), "format");

    if (!mn_str_is(mn_json_str(format, "type"), "json_schema"))
        return true;
    if (is_name(mn_json_str(format, "name")) &&
        mn_str_is(mn_json_str(mn_rest_schema(w), "type"), "object"))
        return true;
    mn_rest_refuse(w, 400, "invalid_json_schema", "text.format",
                   "Invalid format: a name and a schema of an object are needed.");
    return false;
}

bool mn_rest_read_ask(struct mn_rest_work *w, struct mn_sim_ask *ask, struct mn_sim_line *lines)
{
    static const char *const needed[] = {"model", "input"};
    const struct mn_json *input = mn_json_get(w->body, "input");

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (mn_json_get(w->body, needed[i]) == NULL) {
            mn_rest_refuse(w, 400, "missing_required_parameter", needed[i],
                           "Missing required parameter: '%s'.", needed[i]);
            return false;
        }
    if (mn_json_str(w->body, "previous_response_id").n > 0) {
        mn_rest_refuse(w, 400, "previous_response_not_found", "previous_response_id",
                       "The simulator keeps no responses.");
        return false;
    }
    if (mn_json_kind(input) == MN_JSON_STRING)
        add_line(ask, lines, MN_SIM_USER, mn_json_text(input));
    for (const struct mn_json *v = mn_json_first(input); v != NULL; v = mn_json_next(v))
        read_item(ask, lines, v);
    ask->lines = lines;
    ask->instructions = mn_json_str(w->body, "instructions");
    ask->own_instructions = ask->instructions.n > 0;
    ask->out_of_band = true;
    ask->tools = mn_json_get(w->body, "tools");
    ask->tool_choice = mn_json_get(w->body, "tool_choice");
    ask->metadata = mn_json_get(w->body, "metadata");
    return check_calls(w, ask) && check_tools(w) && check_format(w);
}
