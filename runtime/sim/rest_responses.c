/* rest_responses.c - POST /v1/responses: text from the same brain that speaks in a session.
 *
 * A stream is made whole and sent at once: the events and their order are the API's, their pace is
 * not. Nothing is stored, so previous_response_id is refused. */
#include "sim/brain_fill.h"
#include "sim/rest_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct answer {
    struct mn_rest_work *w;
    char id[MN_ID_MAX];
    struct mn_str model;
    struct mn_sim_outputs outputs;
    char ids[MN_SIM_OUTPUTS_MAX][MN_ID_MAX], calls[MN_SIM_OUTPUTS_MAX][MN_ID_MAX];
    int64_t in_tokens;
    int sequence; /* of events */
};

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

/* A word a delta, with the space before it. */
static void tell_deltas(struct answer *a, const char *type, int i, struct mn_str words)
{
    while (words.n > 0) {
        size_t n = 1;

        while (n < words.n && words.p[n] != ' ')
            n++;
        tell_words(a, type, i, "delta", (struct mn_str){words.p, n});
        words.p += n;
        words.n -= n;
    }
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
        tell_deltas(a, "response.output_text.delta", i, words);
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

/* The stand-in knows no formats: what it says is made to fit one, from the words it was asked
 * with. */
static int fit(struct answer *a, const struct mn_sim_ask *ask)
{
    const struct mn_json *schema = mn_rest_schema(a->w);
    struct mn_str said = {0};
    struct mn_filled filled;

    for (int i = 0; i < ask->nlines; i++)
        if (ask->lines[i].who == MN_SIM_USER)
            said = ask->lines[i].text;
    for (int i = 0; i < a->outputs.n; i++) {
        struct mn_sim_output *o = &a->outputs.list[i];

        if (schema == NULL || o->kind != MN_SIM_SAY || !a->outputs.improvised)
            continue;
        mn_buf_clear(&o->text);
        if (mn_brain_fill(schema, said, true, &o->text, &filled) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int ask_brain(struct answer *a, const struct mn_sim_ask *ask)
{
    const struct mn_brain *brain = a->w->rest->brain;
    struct mn_random *random = &a->w->rest->random;
    int err = brain->answer(brain->owner, ask, &a->outputs);

    if (err == 0)
        err = fit(a, ask);
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

    if (!mn_rest_read_ask(a->w, &ask, lines))
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
    struct mn_sim_line *lines = calloc(MN_REST_LINES, sizeof(*lines));
    struct answer a = {.w = w, .model = mn_json_str(w->body, "model")};

    mn_id_new(a.id, "resp", &w->rest->random);
    if (lines == NULL)
        w->out->body.err = -ENOMEM;
    else
        answer(&a, lines);
    mn_sim_outputs_free(&a.outputs);
    free(lines);
}
