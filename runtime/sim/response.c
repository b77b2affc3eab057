/* response.c - responses: who may run, what they were asked with, and how they end.
 *
 * DESIGN  One response of the default conversation runs at a time; out-of-band ones run beside it.
 * Whatever happens, a response that was created ends in mn_sim_response_end(), which is the one
 * place that tells response.done; so every response.created is followed by exactly one. */
#include "sim/machine.h"

#include "base/err.h"
#include "core/event_fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNNING_MAX 16 /* responses at once; our own bound */

static struct mn_sim_response *response_at(struct mn_list *node)
{
    return mn_container_of(node, struct mn_sim_response, link);
}

static struct mn_sim_response *default_response(struct mn_sim *sim)
{
    for (struct mn_list *n = sim->responses.next; n != &sim->responses; n = n->next)
        if (!response_at(n)->out_of_band)
            return response_at(n);
    return NULL;
}

struct mn_sim_response *mn_sim_response_due(const struct mn_sim *sim)
{
    struct mn_sim_response *due = NULL;

    for (struct mn_list *n = sim->responses.next; n != &sim->responses; n = n->next)
        if (due == NULL || response_at(n)->due_ms < due->due_ms)
            due = response_at(n);
    return due;
}

void mn_sim_response_free(struct mn_sim_response *r)
{
    if (r == NULL)
        return;
    mn_list_remove(&r->link);
    for (int i = 0; i < r->nitems; i++) {
        r->items[i]->held = false;
        if (r->out_of_band)
            mn_sim_item_free(r->items[i]);
    }
    while (!mn_list_empty(&r->input))
        mn_sim_item_free(mn_container_of(r->input.next, struct mn_sim_item, link));
    mn_sim_outputs_free(&r->outputs);
    mn_json_free(r->params);
    free(r);
}

/* --- what a response.create may say ----------------------------------------------------------- */

static int read_input(struct mn_sim *sim, struct mn_sim_response *r, const struct mn_json *v,
                      int index, struct mn_fault *why)
{
    struct mn_sim_item *item, *known;
    struct mn_str id = mn_json_str(v, "id");
    char param[32];
    int err;

    snprintf(param, sizeof(param), "response.input[%d]", index);
    if (mn_str_is(mn_json_str(v, "type"), "item_reference")) {
        known = mn_sim_item_find(sim, id);
        if (known == NULL)
            return mn_fault_set(why, "invalid_value", param,
                                "Error creating response: the item with id '%.*s' does not exist.",
                                id.n > 64 ? 64 : (int)id.n, id.p != NULL ? id.p : "");
        item = mn_sim_item_copy(known);
        err = item != NULL ? 0 : -ENOMEM;
    } else {
        err = mn_sim_item_read(&item, v, param, sim->set.dialect, why);
    }
    if (err == 0)
        mn_list_append(&r->input, &item->link);
    return err;
}

/* The overrides of params. Returns 0, -ENOMEM, or MN_EPROTOCOL with why filled. */
static int read_params(struct mn_sim *sim, struct mn_sim_response *r, struct mn_fault *why)
{
    const struct mn_json *p = r->params, *output = mn_json_get(mn_json_get(p, "audio"), "output");
    bool beta = sim->set.dialect == MN_BETA;
    const struct mn_json *modalities = mn_json_get(p, beta ? "modalities" : "output_modalities");
    const struct mn_json *format =
        beta ? mn_json_get(p, "output_audio_format") : mn_json_get(output, "format");
    const struct mn_json *tokens =
        mn_json_get(p, beta ? "max_response_output_tokens" : "max_output_tokens");
    const struct mn_json *input = mn_json_get(p, "input");
    int index = 0, err = 0;

    if (modalities != NULL && !mn_sim_read_modalities(modalities, sim->set.dialect, &r->speaks))
        return mn_fault_set(why, "invalid_value", "response.output_modalities",
                            "Invalid modalities. Supported combinations are: ['text'] and "
                            "['audio'].");
    if (format != NULL && !mn_sim_read_format(format, &r->format))
        return mn_fault_set(why, "invalid_value", "response.audio.output.format",
                            "Invalid 'response.audio.output.format'.");
    if (tokens != NULL)
        r->max_tokens = mn_sim_max_tokens(tokens);
    if (!mn_sim_read_tools(mn_json_get(p, "tools")))
        return mn_fault_set(why, "invalid_value", "response.tools",
                            "Invalid tool: a function's name must match the pattern "
                            "'^[a-zA-Z0-9_-]{1,64}$'.");
    r->own_input = mn_json_kind(input) == MN_JSON_ARRAY;
    for (const struct mn_json *v = mn_json_first(input); v != NULL && err == 0; v = mn_json_next(v))
        err = read_input(sim, r, v, index++, why);
    return err;
}

/* --- its life --------------------------------------------------------------------------------- */

static struct mn_sim_response *make(struct mn_sim *sim)
{
    struct mn_sim_response *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    mn_list_init(&r->link);
    mn_list_init(&r->input);
    mn_id_new(r->id, "resp", &sim->random);
    r->speaks = sim->config.speaks;
    r->format = sim->config.out;
    r->max_tokens = sim->config.max_tokens;
    return r;
}

/* Whether the response fails before the brain is asked. */
static bool is_doomed(struct mn_sim *sim, struct mn_sim_response *r)
{
    const struct mn_sim_armed *fault = mn_sim_fault_strikes(sim, MN_SIM_FAIL);
    bool limited = fault != NULL && strcmp(fault->text, "rate_limit_exceeded") == 0;

    if (fault == NULL)
        return mn_sim_rates_spent(sim, r);
    mn_sim_fail(&r->outputs, limited ? "rate_limit_error" : "server_error",
                fault->text[0] != '\0' ? fault->text : "server_error",
                "The server had an error while processing your request. Sorry about that!");
    return true;
}

/* From here on r is the simulator's, and response.done will follow. */
static void start(struct mn_sim *sim, struct mn_sim_response *r)
{
    const struct mn_sim_armed *slow;

    mn_list_append(&sim->responses, &r->link);
    if (!r->out_of_band)
        mn_sim_hearing_busy(sim);
    mn_sim_response_tell(sim, r, MN_EV_RESPONSE_CREATED, "in_progress", NULL);
    slow = mn_sim_fault_strikes(sim, MN_SIM_SLOW);
    r->late_ms = slow != NULL ? slow->number : 0;
    if (is_doomed(sim, r))
        r->due_ms = sim->now_ms + sim->set.think_ms + r->late_ms;
    else
        mn_sim_ask_brain(sim, r);
}

static void tell_active(struct mn_sim *sim, const char *response_id, bool names_asker)
{
    struct mn_fault fault = {0};

    mn_fault_set(&fault, "conversation_already_has_active_response", NULL,
                 "Conversation already has an active response in progress: %s. Wait until the "
                 "response is finished before creating a new one.",
                 response_id);
    mn_sim_refuse_fault(sim, &fault, names_asker);
}

static bool refuse_active(struct mn_sim *sim, bool names_asker)
{
    const struct mn_sim_response *active = default_response(sim);

    if (active != NULL)
        tell_active(sim, active->id, names_asker);
    return active != NULL;
}

/* A fault: a response that was never told is in the way of the client's. */
static bool refuse_phantom(struct mn_sim *sim)
{
    char id[MN_ID_MAX];

    if (mn_sim_fault_strikes(sim, MN_SIM_ALREADY_ACTIVE) == NULL)
        return false;
    mn_id_new(id, "resp", &sim->random);
    tell_active(sim, id, false);
    return true;
}

static bool too_many(struct mn_sim *sim)
{
    int running = 0;

    for (struct mn_list *n = sim->responses.next; n != &sim->responses; n = n->next)
        running++;
    if (running < RUNNING_MAX)
        return false;
    mn_sim_refuse(sim, "too_many_responses", NULL,
                  "The simulator runs at most %d responses at once.", RUNNING_MAX);
    return true;
}

static int copy_tree(struct mn_json **out, const struct mn_json *v)
{
    struct mn_buf text = {0};
    int err = mn_json_print(v, &text);

    *out = NULL;
    if (err == 0)
        err = mn_json_parse(out, mn_buf_str(&text), &mn_json_frame, NULL);
    mn_buf_free(&text);
    return err;
}

void mn_sim_response_create(struct mn_sim *sim, const struct mn_event *ev)
{
    const struct mn_json *params = mn_json_get(ev->body, "response");
    struct mn_str conversation = mn_json_str(params, "conversation");
    bool out_of_band = mn_str_is(conversation, "none");
    struct mn_fault fault = {0};
    struct mn_sim_response *r;
    int err = 0;

    if (conversation.p != NULL && !out_of_band && !mn_str_is(conversation, "auto")) {
        mn_sim_refuse(sim, "invalid_value", "response.conversation",
                      "Invalid value. Supported values are: 'auto' and 'none'.");
        return;
    }
    if (!out_of_band && (refuse_active(sim, sim->set.active_error_names_id) || refuse_phantom(sim)))
        return;
    if (too_many(sim))
        return;
    r = make(sim);
    if (r == NULL)
        goto no_memory;
    r->out_of_band = out_of_band;
    if (params != NULL)
        err = copy_tree(&r->params, params);
    if (err == 0)
        err = read_params(sim, r, &fault);
    if (err == 0) {
        start(sim, r);
        return;
    }
    mn_sim_response_free(r);
    if (err == MN_EPROTOCOL) {
        mn_sim_refuse_fault(sim, &fault, true);
        return;
    }
no_memory:
    sim->outbox.bytes.err = -ENOMEM;
}

void mn_sim_response_auto(struct mn_sim *sim)
{
    struct mn_sim_response *r;

    if (sim->set.transcription || refuse_active(sim, false) || too_many(sim))
        return;
    r = make(sim);
    if (r == NULL)
        sim->outbox.bytes.err = -ENOMEM;
    else
        start(sim, r);
}

void mn_sim_response_end(struct mn_sim *sim, struct mn_sim_response *r, const char *status,
                         const char *reason)
{
    int64_t heard_at_ms = sim->now_ms;

    if (r->speaking)
        mn_sim_speak_close(sim, r, MN_SIM_INCOMPLETE);
    for (int i = 0; i < r->nitems; i++) {
        struct mn_sim_tokens t = mn_sim_tokens_of(r->items[i]);

        r->out.text += t.text;
        r->out.audio += t.audio;
        if (r->items[i]->nparts > 0)
            heard_at_ms += r->items[i]->parts[0].audio_ms;
    }
    mn_sim_response_tell(sim, r, MN_EV_RESPONSE_DONE, status, reason);
    mn_sim_play_whole(sim, r);
    mn_sim_rate_limits(sim, r);
    if (!r->out_of_band)
        mn_sim_hearing_idle(sim, heard_at_ms);
    mn_sim_response_free(r);
}

void mn_sim_response_cut(struct mn_sim *sim)
{
    struct mn_sim_response *active = default_response(sim);

    if (active != NULL)
        mn_sim_response_end(sim, active, "cancelled", "turn_detected");
}

void mn_sim_response_cancel(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_sim_response *r = default_response(sim);

    if (ev->response_id.n > 0) {
        r = NULL;
        for (struct mn_list *n = sim->responses.next; n != &sim->responses; n = n->next)
            if (mn_str_is(ev->response_id, response_at(n)->id))
                r = response_at(n);
    }
    if (r == NULL)
        mn_sim_refuse(sim, "response_cancel_not_active", NULL,
                      "Cancellation failed: no active response found");
    else
        mn_sim_response_end(sim, r, "cancelled", "client_cancelled");
}
