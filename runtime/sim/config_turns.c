/* config_turns.c - turn_detection: read, completed with the API's defaults, shown as it holds. */
#include "sim/config.h"

#define PATIENCE_MAX_MS 60000 /* our own bound */

/* How long a pause ends a turn: server VAD's default for "auto" and "medium", half and twice it. */
static const struct {
    const char *word;
    int silence_ms;
} eagerness[] = {{"auto", 500}, {"medium", 500}, {"low", 1000}, {"high", 250}};

static void write_turns(struct mn_buf *text, const struct mn_sim_turns *t, struct mn_str eager)
{
    struct mn_writer w = mn_writer(text);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", eager.p != NULL ? "semantic_vad" : "server_vad");
    if (eager.p != NULL) {
        mn_write_str(&w, "eagerness", eager);
    } else {
        mn_write_num(&w, "threshold", t->vad.threshold);
        mn_write_int(&w, "prefix_padding_ms", t->vad.prefix_padding_ms);
        mn_write_int(&w, "silence_duration_ms", t->vad.silence_duration_ms);
        if (t->idle_ms > 0)
            mn_write_int(&w, "idle_timeout_ms", t->idle_ms);
        else
            mn_write_null(&w, "idle_timeout_ms");
    }
    mn_write_bool(&w, "create_response", t->create);
    mn_write_bool(&w, "interrupt_response", t->interrupt);
    mn_write_close(&w);
}

static bool read_ms(const struct mn_json *v, const char *key, int *out)
{
    int64_t ms = mn_json_int(v, key, *out);

    if (ms < 0 || ms > PATIENCE_MAX_MS)
        return false;
    *out = (int)ms;
    return true;
}

static bool read_server_vad(const struct mn_json *v, struct mn_sim_turns *t)
{
    mn_json_to_num(mn_json_get(v, "threshold"), &t->vad.threshold);
    t->idle_ms = mn_json_int(v, "idle_timeout_ms", 0);
    return read_ms(v, "prefix_padding_ms", &t->vad.prefix_padding_ms) &&
           read_ms(v, "silence_duration_ms", &t->vad.silence_duration_ms);
}

static void read_semantic_vad(struct mn_str eager, struct mn_sim_turns *t)
{
    for (size_t i = 0; i < sizeof(eagerness) / sizeof(eagerness[0]); i++)
        if (mn_str_is(eager, eagerness[i].word))
            t->vad.silence_duration_ms = eagerness[i].silence_ms;
}

bool mn_sim_turns_read(const struct mn_json *v, struct mn_sim_turns *out, struct mn_buf *text)
{
    struct mn_sim_turns t = {.on = true, .vad = mn_vad_default};
    struct mn_str eager = {NULL, 0};

    if (mn_json_kind(v) == MN_JSON_NULL) {
        *out = (struct mn_sim_turns){0};
        mn_buf_add_text(text, "null");
        return true;
    }
    if (mn_str_is(mn_json_str(v, "type"), "semantic_vad")) {
        eager = mn_json_str(v, "eagerness").n > 0 ? mn_json_str(v, "eagerness") : MN_STR("auto");
        read_semantic_vad(eager, &t);
    } else if (!read_server_vad(v, &t)) {
        return false;
    }
    t.create = mn_json_bool(v, "create_response", true);
    t.interrupt = mn_json_bool(v, "interrupt_response", true);
    *out = t;
    write_turns(text, &t, eager);
    return true;
}
