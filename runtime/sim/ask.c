/* ask.c - a brain asked what a response will hold; and the outputs it answers with. */
#include "sim/machine.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int add(struct mn_sim_outputs *out, struct mn_str text, struct mn_sim_output **added)
{
    struct mn_sim_output *o = &out->list[out->n];
    int err;

    if (out->n == MN_SIM_OUTPUTS_MAX)
        return MN_EFULL;
    *o = (struct mn_sim_output){0};
    err = mn_buf_add_str(&o->text, text);
    if (err < 0)
        return err;
    out->n++;
    *added = o;
    return 0;
}

int mn_sim_say(struct mn_sim_outputs *out, struct mn_str words, int64_t lasts_ms)
{
    struct mn_sim_output *o;
    int err = add(out, words, &o);

    if (err == 0)
        o->lasts_ms = lasts_ms;
    return err;
}

int mn_sim_call(struct mn_sim_outputs *out, struct mn_str name, struct mn_str arguments)
{
    struct mn_sim_output *o;
    int err = add(out, arguments, &o);

    if (err < 0)
        return err;
    o->kind = MN_SIM_CALL;
    snprintf(o->name, sizeof(o->name), "%.*s", MN_FMT(name));
    return 0;
}

void mn_sim_fail(struct mn_sim_outputs *out, const char *type, const char *code,
                 const char *message)
{
    out->failed = true;
    snprintf(out->fail_type, sizeof(out->fail_type), "%s", type);
    snprintf(out->fail_code, sizeof(out->fail_code), "%s", code);
    snprintf(out->fail_message, sizeof(out->fail_message), "%s", message);
}

void mn_sim_outputs_free(struct mn_sim_outputs *out)
{
    for (int i = 0; i < out->n; i++)
        mn_buf_free(&out->list[i].text);
    *out = (struct mn_sim_outputs){0};
}

/* The lines of a list of items; *count is set. NULL when there are none or memory is out. */
static struct mn_sim_line *gather(const struct mn_list *items, int *count)
{
    struct mn_sim_line *lines;
    int n = 0;

    *count = 0;
    for (struct mn_list *i = items->next; i != items; i = i->next)
        n += mn_sim_item_lines(mn_container_of(i, struct mn_sim_item, link));
    lines = n > 0 ? calloc((size_t)n, sizeof(*lines)) : NULL;
    if (lines == NULL)
        return NULL;
    for (struct mn_list *i = items->next; i != items; i = i->next) {
        const struct mn_sim_item *item = mn_container_of(i, struct mn_sim_item, link);

        for (int part = 0; part < mn_sim_item_lines(item); part++)
            lines[(*count)++] = mn_sim_item_line(item, part);
    }
    return lines;
}

/* One of the session's values as a tree; NULL when it has none. */
static struct mn_json *parse(const struct mn_sim *sim, enum mn_sim_key key)
{
    struct mn_json *tree = NULL;

    mn_json_parse(&tree, mn_buf_str(&sim->config.value[key]), &mn_json_frame, NULL);
    return tree;
}

void mn_sim_ask_brain(struct mn_sim *sim, struct mn_sim_response *r)
{
    struct mn_json *instructions = parse(sim, MN_SIM_INSTRUCTIONS),
                   *tools = parse(sim, MN_SIM_TOOLS), *choice = parse(sim, MN_SIM_TOOL_CHOICE);
    const struct mn_json *own = mn_json_get(r->params, "instructions");
    struct mn_sim_ask ask = {.response_id = mn_str(r->id), .out_of_band = r->out_of_band};
    struct mn_sim_line *lines = gather(r->own_input ? &r->input : &sim->items, &ask.nlines);
    struct mn_buf shown = {0};
    int err;

    ask.lines = lines;
    ask.own_instructions = mn_json_kind(own) == MN_JSON_STRING;
    ask.instructions = mn_json_text(ask.own_instructions ? own : instructions);
    ask.tools = mn_json_get(r->params, "tools");
    ask.tools = ask.tools != NULL ? ask.tools : tools;
    ask.tool_choice = mn_json_get(r->params, "tool_choice");
    ask.tool_choice = ask.tool_choice != NULL ? ask.tool_choice : choice;
    ask.metadata = mn_json_get(r->params, "metadata");
    err = sim->brain.answer(sim->brain.owner, &ask, &r->outputs);
    r->parked = err == -EAGAIN;
    r->due_ms = r->parked ? INT64_MAX : sim->now_ms + sim->set.think_ms + r->late_ms;
    if (!r->parked && err < 0)
        mn_sim_fail(&r->outputs, "server_error", "server_error", mn_strerror(err));
    if (mn_json_count(ask.tools) > 0)
        mn_json_print(ask.tools, &shown);
    if (!r->parked)
        mn_sim_usage_in(sim, r, ask.instructions.n + shown.n);
    mn_buf_free(&shown);
    free(lines);
    mn_json_free(instructions);
    mn_json_free(tools);
    mn_json_free(choice);
}

bool mn_sim_waits(const struct mn_sim *sim)
{
    for (const struct mn_list *n = sim->responses.next; n != &sim->responses; n = n->next) {
        if (mn_container_of(n, const struct mn_sim_response, link)->parked)
            return true;
    }
    return false;
}

void mn_sim_ask_waiting(struct mn_sim *sim)
{
    for (struct mn_list *n = sim->responses.next; n != &sim->responses; n = n->next) {
        struct mn_sim_response *r = mn_container_of(n, struct mn_sim_response, link);

        if (r->parked)
            mn_sim_ask_brain(sim, r);
    }
}
