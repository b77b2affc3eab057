/* rest_responses.c - POST /v1/responses: text from the same brain that speaks in a session.
 *
 * A stream is made whole and sent at once: the events and their order are the API's, their pace is
 * not. Nothing is stored, so previous_response_id is refused. */
#include "sim/rest_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LINES_MAX 512 /* items of one input; our own bound */

struct answer {
    struct mn_rest_work *w;
    char id[MN_ID_MAX];
    struct mn_str model;
    struct mn_sim_outputs outputs;
    char ids[MN_SIM_OUTPUTS_MAX][MN_ID_MAX], calls[MN_SIM_OUTPUTS_MAX][MN_ID_MAX];
    int64_t in_tokens;
    int sequence; /* of events */
};

/* --- what was asked --------------------------------------------------------------------------- */

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
    if (ask->nlines == LINES_MAX)
        return &lines[LINES_MAX - 1];
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

/* Returns false after refusing. lines: LINES_MAX of them. */
static bool read_ask(struct mn_rest_work *w, struct mn_sim_ask *ask, struct mn_sim_line *lines)
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
    return true;
}

/* --- what it holds ---------------------------------------------------------------------------- */

static void write_part(struct mn_writer *out, const char *key, struct mn_str text)
{
    mn_write_open(out, key, '{');
    mn_write_text(out, "type", "output_text");
    mn_write_str(out, "text", text);
    mn_write_open(out, "annotations", '[');
    mn_write_close(out);
    mn_write_open(out, "logprobs", '[');
    mn_write_close(out);
    mn_write_close(out);
}

/* done: with its words; else as it begins. */
static void write_item(struct mn_writer *out, const char *key, const struct answer *a, int i,
                       bool done)
{
    const struct mn_sim_output *o = &a->outputs.list[i];

    mn_write_open(out, key, '{');
    mn_write_text(out, "id", a->ids[i]);
    mn_write_text(out, "type", o->kind == MN_SIM_CALL ? "function_call" : "message");
    mn_write_text(out, "status", done ? "completed" : "in_progress");
    if (o->kind == MN_SIM_CALL) {
        mn_write_text(out, "call_id", a->calls[i]);
        mn_write_text(out, "name", o->name);
        mn_write_str(out, "arguments", done ? mn_buf_str(&o->text) : MN_STR(""));
    } else {
        mn_write_text(out, "role", "assistant");
        mn_write_open(out, "content", '[');
        if (done)
            write_part(out, NULL, mn_buf_str(&o->text));
        mn_write_close(out);
    }
    mn_write_close(out);
}

static void write_usage(struct mn_writer *out, const struct answer *a)
{
    int64_t tokens = 0;

    for (int i = 0; i < a->outputs.n; i++)
        tokens += (int64_t)(a->outputs.list[i].text.n + 3) / 4;
    mn_write_open(out, "usage", '{');
    mn_write_int(out, "input_tokens", a->in_tokens);
    mn_write_open(out, "input_tokens_details", '{');
    mn_write_int(out, "cached_tokens", 0);
    mn_write_close(out);
    mn_write_int(out, "output_tokens", tokens);
    mn_write_open(out, "output_tokens_details", '{');
    mn_write_int(out, "reasoning_tokens", 0);
    mn_write_close(out);
    mn_write_int(out, "total_tokens", a->in_tokens + tokens);
    mn_write_close(out);
}

static void write_given(struct mn_writer *out, const struct answer *a, const char *key,
                        const char *otherwise)
{
    const struct mn_json *v = mn_json_get(a->w->body, key);
    struct mn_buf text = {0};

    if (v != NULL)
        mn_json_print(v, &text);
    else
        mn_buf_add_text(&text, otherwise);
    mn_write_raw(out, key, mn_buf_str(&text));
    mn_buf_free(&text);
}

static void write_error(struct mn_writer *out, const struct answer *a)
{
    if (!a->outputs.failed) {
        mn_write_null(out, "error");
        return;
    }
    mn_write_open(out, "error", '{');
    mn_write_text(out, "code", a->outputs.fail_code);
    mn_write_text(out, "message", a->outputs.fail_message);
    mn_write_close(out);
}

static void write_response(struct mn_writer *out, const char *key, const struct answer *a,
                           bool done)
{
    const char *ended = a->outputs.failed ? "failed" : "completed";

    mn_write_open(out, key, '{');
    mn_write_text(out, "id", a->id);
    mn_write_text(out, "object", "response");
    mn_write_int(out, "created_at", a->w->ask->wall_s);
    mn_write_text(out, "status", done ? ended : "in_progress");
    write_error(out, a);
    mn_write_null(out, "incomplete_details");
    write_given(out, a, "instructions", "null");
    write_given(out, a, "max_output_tokens", "null");
    mn_write_str(out, "model", a->model);
    mn_write_open(out, "output", '[');
    for (int i = 0; done && i < a->outputs.n; i++)
        write_item(out, NULL, a, i, true);
    mn_write_close(out);
    write_given(out, a, "parallel_tool_calls", "true");
    mn_write_null(out, "previous_response_id");
    write_given(out, a, "temperature", "1");
    write_given(out, a, "text", "{\"format\":{\"type\":\"text\"}}");
    write_given(out, a, "tool_choice", "\"auto\"");
    write_given(out, a, "tools", "[]");
    write_given(out, a, "top_p", "1");
    write_given(out, a, "metadata", "{}");
    if (done)
        write_usage(out, a);
    else
        mn_write_null(out, "usage");
    mn_write_close(out);
}

/* --- as a stream ------------------------------------------------------------------------------ */

static struct mn_writer begin_event(struct answer *a, const char *type)
{
    struct mn_buf *body = &a->w->out->body;
    struct mn_writer out;

    mn_buf_addf(body, "event: %s\ndata: ", type);
    out = mn_writer(body);
    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "type", type);
    mn_write_int(&out, "sequence_number", a->sequence++);
    return out;
}

static void end_event(struct answer *a, struct mn_writer *out)
{
    mn_write_close(out);
    mn_buf_add_text(&a->w->out->body, "\n\n");
}

static void tell_response(struct answer *a, const char *type, bool done)
{
    struct mn_writer out = begin_event(a, type);

    write_response(&out, "response", a, done);
    end_event(a, &out);
}

static void tell_item(struct answer *a, const char *type, int i, bool done)
{
    struct mn_writer out = begin_event(a, type);

    mn_write_int(&out, "output_index", i);
    write_item(&out, "item", a, i, done);
    end_event(a, &out);
}

/* member: "delta", "text" or "arguments"; or NULL for a part. */
static void tell_words(struct answer *a, const char *type, int i, const char *member,
                       struct mn_str words)
{
    struct mn_writer out = begin_event(a, type);

    mn_write_text(&out, "item_id", a->ids[i]);
    mn_write_int(&out, "output_index", i);
    if (a->outputs.list[i].kind == MN_SIM_SAY)
        mn_write_int(&out, "content_index", 0);
    if (member != NULL)
        mn_write_str(&out, member, words);
    else
        write_part(&out, "part", words);
    end_event(a, &out);
}

static void tell_output(struct answer *a, int i)
{
    struct mn_str words = mn_buf_str(&a->outputs.list[i].text);

    tell_item(a, "response.output_item.added", i, false);
    if (a->outputs.list[i].kind == MN_SIM_CALL) {
        tell_words(a, "response.function_call_arguments.delta", i, "delta", words);
        tell_words(a, "response.function_call_arguments.done", i, "arguments", words);
    } else {
        tell_words(a, "response.content_part.added", i, NULL, MN_STR(""));
        tell_words(a, "response.output_text.delta", i, "delta", words);
        tell_words(a, "response.output_text.done", i, "text", words);
        tell_words(a, "response.content_part.done", i, NULL, words);
    }
    tell_item(a, "response.output_item.done", i, true);
}

static void stream(struct answer *a)
{
    a->w->out->type = "text/event-stream";
    tell_response(a, "response.created", false);
    tell_response(a, "response.in_progress", false);
    for (int i = 0; i < a->outputs.n; i++)
        tell_output(a, i);
    tell_response(a, a->outputs.failed ? "response.failed" : "response.completed", true);
}

/* --- POST /v1/responses ----------------------------------------------------------------------- */

static int ask_brain(struct answer *a, const struct mn_sim_ask *ask)
{
    const struct mn_brain *brain = a->w->rest->brain;
    struct mn_random *random = &a->w->rest->random;
    int err = brain->answer(brain->owner, ask, &a->outputs);

    if (err < 0)
        return err;
    a->in_tokens = (int64_t)(ask->instructions.n + 3) / 4;
    for (int i = 0; i < ask->nlines; i++)
        a->in_tokens += (int64_t)(ask->lines[i].text.n + 3) / 4;
    for (int i = 0; i < a->outputs.n; i++) {
        bool call = a->outputs.list[i].kind == MN_SIM_CALL;

        mn_id_new(a->ids[i], call ? "fc" : "msg", random);
        mn_id_new(a->calls[i], "call", random);
    }
    return 0;
}

static void answer(struct answer *a, struct mn_sim_line *lines)
{
    struct mn_sim_ask ask = {.response_id = mn_str(a->id)};
    struct mn_writer out = mn_writer(&a->w->out->body);

    if (!read_ask(a->w, &ask, lines))
        return;
    if (ask_brain(a, &ask) < 0)
        mn_rest_refuse(a->w, 500, "server_error", NULL, "The simulated model has no answer.");
    else if (mn_json_bool(a->w->body, "stream", false))
        stream(a);
    else
        write_response(&out, NULL, a, true);
}

void mn_rest_response(struct mn_rest_work *w)
{
    struct mn_sim_line *lines = calloc(LINES_MAX, sizeof(*lines));
    struct answer a = {.w = w, .model = mn_json_str(w->body, "model")};

    mn_id_new(a.id, "resp", &w->rest->random);
    if (lines == NULL)
        w->out->body.err = -ENOMEM;
    else
        answer(&a, lines);
    mn_sim_outputs_free(&a.outputs);
    free(lines);
}
