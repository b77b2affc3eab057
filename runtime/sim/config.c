/* config.c - the session's keys: where each lies in GA and in beta, its default, its check.
 *
 * DESIGN  A value is kept as the JSON the session shows, so session.updated is the table written
 * out. An update is applied to a copy: if one key is refused the copy is dropped, and nothing of
 * the update holds (the real server does the same, which handoffs must know). */
#include "sim/config.h"

#include "base/err.h"
#include "core/event_fault.h"

#include <errno.h>
#include <stdio.h>

struct update {
    struct mn_sim_config *next; /* what will hold */
    const char *param;          /* "session.audio.output.voice" */
    enum mn_sim_key key;
    enum mn_dialect dialect;
    bool spoke;
    struct mn_fault *why;
};

/* Checks a value and stores its GA text in text. 0, MN_EPROTOCOL (why filled) or -ENOMEM. */
typedef int set_fn(struct update *u, const struct mn_json *v, struct mn_buf *text);

static set_fn set_any, set_model, set_modalities, set_tools, set_max_tokens, set_tracing,
    set_format, set_turns, set_voice, set_transcription;

enum group { TOP, INPUT, OUTPUT };
static const char *const groups[] = {"", "audio.input.", "audio.output."};

static const struct {
    enum group group;
    const char *ga, *beta; /* NULL: the dialect has no such key */
    const char *normal;    /* default, GA; NULL: not shown until set */
    set_fn *set;
} keys[MN_SIM_KEYS] = {
    [MN_SIM_MODEL] = {TOP, "model", "model", NULL, set_model},
    [MN_SIM_MODALITIES] = {TOP, "output_modalities", "modalities", "[\"audio\"]", set_modalities},
    [MN_SIM_INSTRUCTIONS] = {TOP, "instructions", "instructions",
                             "\"You are a helpful, friendly voice assistant.\"", set_any},
    [MN_SIM_TOOLS] = {TOP, "tools", "tools", "[]", set_tools},
    [MN_SIM_TOOL_CHOICE] = {TOP, "tool_choice", "tool_choice", "\"auto\"", set_any},
    [MN_SIM_MAX_TOKENS] = {TOP, "max_output_tokens", "max_response_output_tokens", "\"inf\"",
                           set_max_tokens},
    [MN_SIM_TRACING] = {TOP, "tracing", "tracing", "null", set_tracing},
    [MN_SIM_TRUNCATION] = {TOP, "truncation", "truncation", "\"auto\"", set_any},
    [MN_SIM_PROMPT] = {TOP, "prompt", "prompt", "null", set_any},
    [MN_SIM_PARALLEL] = {TOP, "parallel_tool_calls", NULL, NULL, set_any},
    [MN_SIM_REASONING] = {TOP, "reasoning", NULL, NULL, set_any},
    [MN_SIM_INCLUDE] = {TOP, "include", "include", "null", set_any},
    [MN_SIM_TEMPERATURE] = {TOP, NULL, "temperature", "0.8", set_any},
    [MN_SIM_IN_FORMAT] = {INPUT, "format", "input_audio_format",
                          "{\"type\":\"audio/pcm\",\"rate\":24000}", set_format},
    [MN_SIM_TRANSCRIPTION] = {INPUT, "transcription", "input_audio_transcription", "null",
                              set_transcription},
    [MN_SIM_NOISE] = {INPUT, "noise_reduction", "input_audio_noise_reduction", "null", set_any},
    [MN_SIM_TURNS] = {INPUT, "turn_detection", "turn_detection", NULL, set_turns},
    [MN_SIM_OUT_FORMAT] = {OUTPUT, "format", "output_audio_format",
                           "{\"type\":\"audio/pcm\",\"rate\":24000}", set_format},
    [MN_SIM_VOICE] = {OUTPUT, "voice", "voice", "\"marin\"", set_voice},
    [MN_SIM_SPEED] = {OUTPUT, "speed", "speed", "1", set_any},
};

static int set_any(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    (void)u;
    return mn_json_print(v, text);
}

static int set_model(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    struct mn_buf *held = &u->next->value[MN_SIM_MODEL];
    int err = mn_json_print(v, text);

    if (err < 0 || mn_str_same(mn_buf_str(text), mn_buf_str(held)))
        return err;
    return mn_fault_set(u->why, "invalid_value", u->param, "Cannot update a conversation's model.");
}

bool mn_sim_read_modalities(const struct mn_json *v, enum mn_dialect dialect, bool *speaks)
{
    int count = mn_json_count(v);
    bool text = false, audio = false;

    for (const struct mn_json *word = mn_json_first(v); word != NULL; word = mn_json_next(word)) {
        text = text || mn_str_is(mn_json_text(word), "text");
        audio = audio || mn_str_is(mn_json_text(word), "audio");
    }
    *speaks = audio;
    if (dialect == MN_BETA && text && audio)
        return count == 2;
    return count == 1 && text != audio;
}

static int set_modalities(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    if (!mn_sim_read_modalities(v, u->dialect, &u->next->speaks))
        return mn_fault_set(u->why, "invalid_value", u->param,
                            "Invalid modalities. Supported combinations are: ['text'] and %s.",
                            u->dialect == MN_BETA ? "['audio', 'text']" : "['audio']");
    return mn_json_print(v, text);
}

static bool fits_name(struct mn_str name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

    if (name.n == 0 || name.n > 64)
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '\0' || strchr(letters, name.p[i]) == NULL)
            return false;
    return true;
}

bool mn_sim_read_tools(const struct mn_json *v)
{
    for (const struct mn_json *tool = mn_json_first(v); tool != NULL; tool = mn_json_next(tool))
        if (mn_str_is(mn_json_str(tool, "type"), "function") &&
            !fits_name(mn_json_str(tool, "name")))
            return false;
    return true;
}

static int set_tools(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    if (!mn_sim_read_tools(v))
        return mn_fault_set(u->why, "invalid_value", u->param,
                            "Invalid tool: a function's name must match the pattern "
                            "'^[a-zA-Z0-9_-]{1,64}$'.");
    return mn_json_print(v, text);
}

int64_t mn_sim_max_tokens(const struct mn_json *v)
{
    int64_t n = 0;

    return mn_json_to_int(v, &n) ? n : 0; /* "inf" */
}

static int set_max_tokens(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    u->next->max_tokens = mn_sim_max_tokens(v);
    return mn_json_print(v, text);
}

static int set_tracing(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    struct mn_str held = mn_buf_str(&u->next->value[MN_SIM_TRACING]);
    int err = mn_json_print(v, text);

    if (err < 0 || mn_str_is(held, "null") || mn_str_same(held, mn_buf_str(text)))
        return err;
    return mn_fault_set(u->why, "invalid_value", u->param,
                        "Cannot update tracing once it is enabled.");
}

bool mn_sim_read_format(const struct mn_json *v, enum mn_audio_format *out)
{
    struct mn_str beta = mn_json_text(v);

    return mn_audio_format_parse(beta.n > 0 ? beta : mn_json_str(v, "type"), out) == 0;
}

void mn_sim_write_format(struct mn_writer *w, const char *key, enum mn_audio_format format,
                         enum mn_dialect dialect)
{
    if (dialect == MN_BETA) {
        mn_write_text(w, key, mn_audio_beta(format));
        return;
    }
    mn_write_open(w, key, '{');
    mn_write_text(w, "type", mn_audio_type(format));
    if (format == MN_AUDIO_PCM16)
        mn_write_int(w, "rate", mn_audio_rate(format));
    mn_write_close(w);
}

static int set_format(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    enum mn_audio_format format;
    struct mn_writer w = mn_writer(text);

    if (!mn_sim_read_format(v, &format))
        return mn_fault_set(u->why, "invalid_value", u->param,
                            "Invalid '%s'. Supported are audio/pcm at 24000 Hz, audio/pcmu and "
                            "audio/pcma.",
                            u->param);
    if (u->key == MN_SIM_OUT_FORMAT)
        u->next->out = format;
    else
        u->next->in = format;
    mn_sim_write_format(&w, NULL, format, MN_GA);
    return text->err;
}

static int set_transcription(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    u->next->transcribes = mn_json_kind(v) == MN_JSON_OBJECT;
    return mn_json_print(v, text);
}

static int set_voice(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    int err = mn_json_print(v, text);

    if (err < 0 || !u->spoke ||
        mn_str_same(mn_buf_str(text), mn_buf_str(&u->next->value[MN_SIM_VOICE])))
        return err;
    return mn_fault_set(u->why, "cannot_update_voice", u->param,
                        "Cannot update a conversation's voice if assistant audio is present.");
}

static int set_turns(struct update *u, const struct mn_json *v, struct mn_buf *text)
{
    if (!mn_sim_turns_read(v, &u->next->turns, text))
        return mn_fault_set(u->why, "invalid_value", u->param,
                            "Invalid '%s': a padding or silence is out of range.", u->param);
    return text->err;
}

int mn_sim_config_init(struct mn_sim_config *c, const char *model, enum mn_dialect dialect,
                       bool transcription)
{
    int err;

    *c = (struct mn_sim_config){.transcription = transcription, .speaks = true};
    for (int i = 0; i < MN_SIM_KEYS; i++)
        if ((dialect == MN_BETA ? keys[i].beta : keys[i].ga) != NULL && keys[i].normal != NULL)
            mn_buf_add_text(&c->value[i], keys[i].normal);
    if (dialect == MN_BETA) {
        mn_buf_clear(&c->value[MN_SIM_MODALITIES]);
        mn_buf_add_text(&c->value[MN_SIM_MODALITIES], "[\"audio\",\"text\"]");
    }
    mn_json_quote(&c->value[MN_SIM_MODEL], mn_str(model));
    mn_sim_turns_read(NULL, &c->turns, &c->value[MN_SIM_TURNS]); /* server_vad */
    for (int i = 0; i < MN_SIM_KEYS; i++) {
        err = c->value[i].err;
        if (err < 0) {
            mn_sim_config_free(c);
            return err;
        }
    }
    return 0;
}

void mn_sim_config_free(struct mn_sim_config *c)
{
    for (int i = 0; i < MN_SIM_KEYS; i++)
        mn_buf_free(&c->value[i]);
}

static int copy(struct mn_sim_config *to, const struct mn_sim_config *from)
{
    int err = 0;

    *to = *from;
    memset(to->value, 0, sizeof(to->value));
    for (int i = 0; i < MN_SIM_KEYS && err == 0; i++)
        err = mn_buf_add_str(&to->value[i], mn_buf_str(&from->value[i]));
    return err;
}

static int update_key(struct update *u, int key, const struct mn_json *session)
{
    const struct mn_json *audio = mn_json_get(session, "audio"), *v;
    struct mn_buf text = {0};
    char param[64];
    bool beta = u->dialect == MN_BETA;
    const char *name = beta ? keys[key].beta : keys[key].ga;
    int err;

    if (name == NULL)
        return 0;
    if (!beta && keys[key].group != TOP)
        session = mn_json_get(audio, keys[key].group == INPUT ? "input" : "output");
    v = mn_json_get(session, name);
    if (mn_json_kind(v) == MN_JSON_ABSENT)
        return 0;
    snprintf(param, sizeof(param), "session.%s%s", beta ? "" : groups[keys[key].group], name);
    u->param = param;
    u->key = (enum mn_sim_key)key;
    err = keys[key].set(u, v, &text);
    if (err == 0)
        err = text.err;
    if (err < 0) {
        mn_buf_free(&text);
        return err;
    }
    mn_buf_free(&u->next->value[key]);
    u->next->value[key] = text;
    return 0;
}

int mn_sim_config_update(struct mn_sim_config *c, const struct mn_json *session,
                         enum mn_dialect dialect, bool spoke, struct mn_fault *why)
{
    struct mn_sim_config next;
    struct update u = {.next = &next, .dialect = dialect, .spoke = spoke, .why = why};
    int err = copy(&next, c);

    for (int key = 0; key < MN_SIM_KEYS && err == 0; key++)
        err = update_key(&u, key, session);
    if (err < 0) {
        mn_sim_config_free(&next);
        return err;
    }
    mn_sim_config_free(c);
    *c = next;
    return 0;
}

/* A transcription session has what concerns its input, and nothing else. */
static bool shown(const struct mn_sim_config *c, int key)
{
    if (c->transcription && keys[key].group != INPUT && key != MN_SIM_INCLUDE)
        return false;
    return c->value[key].n > 0;
}

static void write_group(const struct mn_sim_config *c, struct mn_writer *w, enum group group)
{
    for (int i = 0; i < MN_SIM_KEYS; i++)
        if (keys[i].group == group && keys[i].ga != NULL && shown(c, i))
            mn_write_raw(w, keys[i].ga, mn_buf_str(&c->value[i]));
}

static void write_flat(const struct mn_sim_config *c, struct mn_writer *w)
{
    for (int i = 0; i < MN_SIM_KEYS; i++) {
        if (keys[i].beta == NULL || !shown(c, i))
            continue;
        if (i == MN_SIM_IN_FORMAT || i == MN_SIM_OUT_FORMAT)
            mn_sim_write_format(w, keys[i].beta, i == MN_SIM_IN_FORMAT ? c->in : c->out, MN_BETA);
        else
            mn_write_raw(w, keys[i].beta, mn_buf_str(&c->value[i]));
    }
}

void mn_sim_config_write(const struct mn_sim_config *c, struct mn_writer *w,
                         enum mn_dialect dialect)
{
    if (dialect == MN_BETA) {
        write_flat(c, w);
        return;
    }
    write_group(c, w, TOP);
    mn_write_open(w, "audio", '{');
    mn_write_open(w, "input", '{');
    write_group(c, w, INPUT);
    mn_write_close(w);
    if (!c->transcription) {
        mn_write_open(w, "output", '{');
        write_group(c, w, OUTPUT);
        mn_write_close(w);
    }
    mn_write_close(w);
}
