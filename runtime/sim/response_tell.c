/* response_tell.c - a response as its events show it. */
#include "core/event_write.h"
#include "sim/machine.h"

static void write_details(struct mn_writer *w, const struct mn_sim_response *r, const char *status,
                          const char *reason)
{
    if (!r->outputs.failed && reason == NULL) {
        mn_write_null(w, "status_details");
        return;
    }
    mn_write_open(w, "status_details", '{');
    mn_write_text(w, "type", status);
    if (reason != NULL)
        mn_write_text(w, "reason", reason);
    if (r->outputs.failed) {
        mn_write_open(w, "error", '{');
        mn_write_text(w, "type", r->outputs.fail_type);
        mn_write_text(w, "code", r->outputs.fail_code);
        mn_write_text(w, "message", r->outputs.fail_message);
        mn_write_close(w);
    }
    mn_write_close(w);
}

/* The response's own value, or else the session's. */
static void write_setting(struct mn_sim *sim, struct mn_writer *w, const char *name,
                          const struct mn_json *own, enum mn_sim_key key)
{
    if (own != NULL)
        mn_write_json(w, name, own);
    else
        mn_write_raw(w, name, mn_buf_str(&sim->config.value[key]));
}

static void write_audio(struct mn_sim *sim, struct mn_writer *w, const struct mn_sim_response *r)
{
    const struct mn_json *output = mn_json_get(mn_json_get(r->params, "audio"), "output");

    if (sim->set.dialect == MN_BETA) {
        mn_sim_write_format(w, "output_audio_format", r->format, MN_BETA);
        write_setting(sim, w, "voice", mn_json_get(r->params, "voice"), MN_SIM_VOICE);
        return;
    }
    mn_write_open(w, "audio", '{');
    mn_write_open(w, "output", '{');
    mn_sim_write_format(w, "format", r->format, MN_GA);
    write_setting(sim, w, "voice", mn_json_get(output, "voice"), MN_SIM_VOICE);
    mn_write_close(w);
    mn_write_close(w);
}

void mn_sim_response_tell(struct mn_sim *sim, const struct mn_sim_response *r,
                          enum mn_event_type type, const char *status, const char *reason)
{
    const char *modalities = sim->set.dialect == MN_BETA ? "modalities" : "output_modalities";
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, type))
        return;
    mn_write_open(&w, "response", '{');
    mn_write_text(&w, "object", "realtime.response");
    mn_write_text(&w, "id", r->id);
    mn_write_text(&w, "status", status);
    write_details(&w, r, status, reason);
    mn_write_open(&w, "output", '[');
    for (int i = 0; i < r->nitems; i++)
        mn_sim_item_write(&w, NULL, r->items[i], sim->set.dialect);
    mn_write_close(&w);
    mn_write_text(&w, "conversation_id", r->out_of_band ? NULL : sim->conversation_id);
    write_setting(sim, &w, modalities, mn_json_get(r->params, modalities), MN_SIM_MODALITIES);
    write_setting(sim, &w, "max_output_tokens", mn_json_get(r->params, "max_output_tokens"),
                  MN_SIM_MAX_TOKENS);
    write_audio(sim, &w, r);
    if (type == MN_EV_RESPONSE_DONE)
        mn_sim_usage_write(&w, r);
    else
        mn_write_null(&w, "usage");
    if (mn_json_get(r->params, "metadata") != NULL)
        mn_write_json(&w, "metadata", mn_json_get(r->params, "metadata"));
    else
        mn_write_null(&w, "metadata");
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}
