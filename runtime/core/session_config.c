/* session_config.c - the session as the model is told it, and as the caller sees it (R70, R71).
 *
 * The agent decides instructions, tools and voice; a caller may set formats, turn detection and
 * transcription. Values travel as the JSON they came in, so what the model understands tomorrow
 * passes today. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>

#define FORMAT_PCM "{\"type\":\"audio/pcm\",\"rate\":24000}"

/* Callers' words can only be kept in history when they are transcribed, so it is on unless the app
 * says otherwise. */
#define TRANSCRIPTION "{\"model\":\"gpt-4o-mini-transcribe\"}"
#define TURN_DETECTION                                                                             \
    "{\"type\":\"server_vad\",\"threshold\":0.5,\"prefix_padding_ms\":300,"                        \
    "\"silence_duration_ms\":500,\"create_response\":true,\"interrupt_response\":true}"

static int set(struct mn_buf *b, struct mn_str value, const char *otherwise)
{
    mn_buf_clear(b);
    return mn_buf_add_str(b, value.n > 0 ? value : mn_str(otherwise));
}

/* R44: the server answers nothing by itself. */
static int gate(struct mn_config *c)
{
    struct mn_json *detection;
    struct mn_buf text = {0}, value = {0};
    struct mn_writer w = mn_writer(&text);

    if (!c->gated ||
        mn_json_parse(&detection, mn_buf_str(&c->turn_detection), &mn_json_frame, NULL) != 0)
        return 0;
    c->answers = mn_json_kind(detection) == MN_JSON_OBJECT &&
                 mn_json_bool(detection, "create_response", true);
    mn_write_open(&w, NULL, '{');
    for (const struct mn_json *m = mn_json_first(detection); m != NULL; m = mn_json_next(m)) {
        char key[64] = "";

        if (mn_json_key(m).n >= sizeof(key) || mn_str_is(mn_json_key(m), "create_response"))
            continue;
        memcpy(key, mn_json_key(m).p, mn_json_key(m).n);
        mn_buf_clear(&value);
        mn_json_print(m, &value);
        mn_write_raw(&w, key, mn_buf_str(&value));
    }
    mn_write_bool(&w, "create_response", false);
    mn_write_close(&w);
    if (mn_json_kind(detection) == MN_JSON_OBJECT &&
        set(&c->turn_detection, mn_buf_str(&text), "") != 0)
        text.err = -ENOMEM;
    mn_json_free(detection);
    mn_buf_free(&value);
    mn_buf_free(&text);
    return text.err;
}

int mn_config_init(struct mn_config *c, const struct mn_app_spec *app)
{
    int err = set(&c->input_format, app->input_format, FORMAT_PCM);

    err |= set(&c->output_format, app->output_format, FORMAT_PCM);
    err |= set(&c->turn_detection, app->turn_detection, TURN_DETECTION);
    err |= set(&c->transcription, app->transcription, TRANSCRIPTION);
    c->gated = app->gates_input;
    err |= gate(c);
    c->ours = app->turns.ours || app->greeting_whole;
    return err == 0 ? 0 : -ENOMEM;
}

void mn_config_free(struct mn_config *c)
{
    mn_buf_free(&c->input_format);
    mn_buf_free(&c->output_format);
    mn_buf_free(&c->turn_detection);
    mn_buf_free(&c->transcription);
}

int mn_config_copy(struct mn_config *to, const struct mn_config *from)
{
    int err = set(&to->input_format, mn_buf_str(&from->input_format), "null");

    err |= set(&to->output_format, mn_buf_str(&from->output_format), "null");
    err |= set(&to->turn_detection, mn_buf_str(&from->turn_detection), "null");
    err |= set(&to->transcription, mn_buf_str(&from->transcription), "null");
    to->gated = from->gated;
    to->answers = from->answers;
    to->ours = from->ours;
    to->direct = from->direct;
    return err == 0 ? 0 : -ENOMEM;
}

/* Replaces *field by value as JSON when it is there and differs. */
static void take(struct mn_buf *field, const struct mn_json *value, bool *changed)
{
    struct mn_buf text = {0};

    if (value == NULL)
        return;
    if (mn_json_print(value, &text) == 0 && !mn_str_same(mn_buf_str(&text), mn_buf_str(field))) {
        *changed = true;
        mn_buf_free(field);
        *field = text;
        return;
    }
    mn_buf_free(&text);
}

static bool format_known(const struct mn_json *format, const char *where, struct mn_fault *fault)
{
    static const char *const known[] = {"audio/pcm", "audio/pcmu", "audio/pcma", NULL};

    for (const char *const *name = known; *name != NULL; name++) {
        if (format == NULL || mn_str_is(mn_json_str(format, "type"), *name))
            return true;
    }
    *fault = (struct mn_fault){.type = "invalid_request_error", .code = "invalid_value"};
    snprintf(fault->message, sizeof(fault->message),
             "Invalid value for '%s': supported are audio/pcm, audio/pcmu and audio/pcma.", where);
    snprintf(fault->param, sizeof(fault->param), "%s", where);
    return false;
}

bool mn_config_apply(struct mn_config *c, const struct mn_json *session, bool *changed,
                     struct mn_fault *fault)
{
    const struct mn_json *audio = mn_json_get(session, "audio");
    const struct mn_json *input = mn_json_get(audio, "input");
    const struct mn_json *output = mn_json_get(audio, "output");
    const struct mn_json *transcription;

    *changed = false;
    if (!format_known(mn_json_get(input, "format"), "session.audio.input.format", fault) ||
        !format_known(mn_json_get(output, "format"), "session.audio.output.format", fault))
        return false;
    take(&c->input_format, mn_json_get(input, "format"), changed);
    take(&c->output_format, mn_json_get(output, "format"), changed);
    take(&c->turn_detection, mn_json_get(input, "turn_detection"), changed);
    if (mn_json_get(input, "turn_detection") != NULL)
        gate(c);
    transcription = mn_json_get(input, "transcription");
    if ((!c->gated && !c->ours) || mn_json_kind(transcription) == MN_JSON_OBJECT) /* R35, R44 */
        take(&c->transcription, transcription, changed);
    return true;
}

int mn_config_samples_per_ms(const struct mn_config *c)
{
    /* Formats were checked when they were taken: "audio/pcm" and nothing else has 24 kHz. */
    return c->output_format.p != NULL && strstr(c->output_format.p, "\"audio/pcm\"") != NULL ? 24
                                                                                             : 8;
}

enum mn_audio_format mn_config_format(const struct mn_config *c)
{
    bool alaw = c->output_format.p != NULL && strstr(c->output_format.p, "audio/pcma") != NULL;

    if (mn_config_samples_per_ms(c) == 24)
        return MN_AUDIO_PCM16;
    return alaw ? MN_AUDIO_PCMA : MN_AUDIO_PCMU;
}

int mn_config_bytes_per_ms(const struct mn_config *c)
{
    return c->input_format.p != NULL && strstr(c->input_format.p, "\"audio/pcm\"") != NULL ? 48 : 8;
}

static void write_modalities(struct mn_session *s, struct mn_writer *w)
{
    mn_write_open(w, "output_modalities", '[');
    mn_write_text(w, NULL, s->app->text_only || s->settings.text_only ? "text" : "audio");
    mn_write_close(w);
}

/* --- turn_detection (R35) --- */

static struct mn_json *detection_of(const struct mn_config *c)
{
    struct mn_json *detection;

    return mn_json_parse(&detection, mn_buf_str(&c->turn_detection), &mn_json_frame, NULL) == 0
               ? detection
               : NULL;
}

bool mn_config_answers(const struct mn_config *c)
{
    struct mn_json *detection = c->gated ? NULL : detection_of(c);
    bool answers = mn_json_kind(detection) == MN_JSON_OBJECT &&
                   mn_json_bool(detection, "create_response", true);

    mn_json_free(detection);
    return c->gated ? c->answers : answers;
}

/* Of a semantic VAD it is not known; the other's default is a fair guess. */
#define SILENCE_MS 500

int64_t mn_config_silence_ms(const struct mn_config *c)
{
    struct mn_json *detection = detection_of(c);
    int64_t ms = mn_json_int(detection, "silence_duration_ms", SILENCE_MS);

    mn_json_free(detection);
    return ms;
}

static void write_ours(struct mn_writer *w, const struct mn_json *detection)
{
    struct mn_buf value = {0};

    mn_write_open(w, "turn_detection", '{');
    for (const struct mn_json *m = mn_json_first(detection); m != NULL; m = mn_json_next(m)) {
        char key[64] = "";

        if (mn_json_key(m).n >= sizeof(key) || mn_str_is(mn_json_key(m), "create_response") ||
            mn_str_is(mn_json_key(m), "interrupt_response"))
            continue;
        memcpy(key, mn_json_key(m).p, mn_json_key(m).n);
        mn_buf_clear(&value);
        if (mn_json_print(m, &value) == 0)
            mn_write_raw(w, key, mn_buf_str(&value));
    }
    mn_write_bool(w, "create_response", false);
    mn_write_bool(w, "interrupt_response", false);
    mn_write_close(w);
    mn_buf_free(&value);
}

void mn_config_write_turns(struct mn_writer *w, const struct mn_config *c)
{
    struct mn_json *detection = c->ours ? detection_of(c) : NULL;

    if (mn_json_kind(detection) == MN_JSON_OBJECT)
        write_ours(w, detection);
    else
        mn_write_raw(w, "turn_detection", mn_buf_str(&c->turn_detection));
    mn_json_free(detection);
}

void mn_config_write_audio(struct mn_writer *w, const struct mn_config *c, struct mn_str voice,
                           bool to_model)
{
    mn_write_open(w, "audio", '{');
    mn_write_open(w, "input", '{');
    if (!c->direct)
        mn_write_raw(w, "format", mn_buf_str(&c->input_format));
    if (to_model)
        mn_config_write_turns(w, c);
    else
        mn_write_raw(w, "turn_detection", mn_buf_str(&c->turn_detection));
    mn_write_raw(w, "transcription", mn_buf_str(&c->transcription));
    mn_write_close(w);
    mn_write_open(w, "output", '{');
    if (!c->direct)
        mn_write_raw(w, "format", mn_buf_str(&c->output_format));
    if (voice.n > 0)
        mn_write_str(w, "voice", voice);
    mn_write_close(w);
    mn_write_close(w);
}

static struct mn_str voice_on(const struct mn_session *s, const struct mn_session_leg *leg,
                              int agent)
{
    const struct mn_str own = s->app->agents[agent].voice;

    if (leg->voice_locked)
        return leg->voice_was;
    return own.n > 0 ? own : s->app->voice;
}

/* What the model speaks with, once this agent is in force. */
struct mn_str mn_config_voice(const struct mn_session *s, int agent)
{
    return voice_on(s, &s->legs.active, agent);
}

/* R27: instructions go before a stored prompt's, so empty ones are only sent to take others away.
 */
static void write_prompt(struct mn_session *s, struct mn_writer *w,
                         const struct mn_session_leg *leg, const struct mn_prepared *prepared)
{
    bool fresh = leg != &s->legs.active && !mn_direct_again(s);

    if (prepared->instructions.n > 0 || prepared->prompt.n == 0 || !fresh)
        mn_write_str(w, "instructions", mn_buf_str(&prepared->instructions));
    if (prepared->prompt.n > 0)
        mn_write_raw(w, "prompt", mn_buf_str(&prepared->prompt));
    else if (s->app->prompts && !fresh)
        mn_write_null(w, "prompt");
}

void mn_config_write_agent(struct mn_session *s, struct mn_writer *w,
                           const struct mn_session_leg *leg, int agent,
                           const struct mn_prepared *prepared, bool whole)
{
    struct mn_str voice = voice_on(s, leg, agent);

    if (leg->voice_locked && (leg == &s->legs.active || s->settings.direct))
        voice = (struct mn_str){0}; /* R22: the server would refuse the whole update */
    mn_write_text(w, "type", "realtime");
    write_prompt(s, w, leg, prepared);
    mn_write_raw(w, "tools", prepared->tools.n > 0 ? mn_buf_str(&prepared->tools) : MN_STR("[]"));
    mn_write_text(w, "tool_choice", "auto");
    if (whole) {
        write_modalities(s, w);
        mn_config_write_audio(w, &s->config, voice, true);
    } else if (voice.n > 0) {
        mn_write_open(w, "audio", '{');
        mn_write_open(w, "output", '{');
        mn_write_str(w, "voice", voice);
        mn_write_close(w);
        mn_write_close(w);
    }
}

int mn_session_preview(const struct mn_app_spec *app, const struct mn_json *wish,
                       struct mn_writer *w, struct mn_fault *why)
{
    const struct mn_str own = app->agents[app->first].voice;
    struct mn_config config = {0};
    bool changed;
    int err = mn_config_init(&config, app);

    if (err == 0 && !mn_config_apply(&config, wish, &changed, why))
        err = MN_EPROTOCOL;
    if (err == 0) {
        mn_write_str(w, "model", app->name);
        mn_write_open(w, "output_modalities", '[');
        mn_write_text(w, NULL, app->text_only ? "text" : "audio");
        mn_write_close(w);
        mn_write_text(w, "instructions", "");
        mn_write_raw(w, "tools", MN_STR("[]"));
        mn_write_text(w, "tool_choice", "auto");
        mn_write_text(w, "max_output_tokens", "inf");
        mn_config_write_audio(w, &config, own.n > 0 ? own : app->voice, false);
    }
    mn_config_free(&config);
    return err;
}

int mn_session_offer(const struct mn_app_spec *app, const struct mn_json *wish, struct mn_writer *w,
                     struct mn_fault *why)
{
    const struct mn_str own = app->agents[app->first].voice;
    struct mn_config config = {.direct = true};
    bool changed;
    int err = mn_config_init(&config, app);

    if (err == 0 && !mn_config_apply(&config, wish, &changed, why))
        err = MN_EPROTOCOL;
    config.gated = true;
    if (err == 0)
        err = gate(&config);
    if (err == 0) {
        mn_write_text(w, "type", "realtime");
        mn_write_str(w, "model", app->model);
        mn_config_write_audio(w, &config, own.n > 0 ? own : app->voice, false);
    }
    mn_config_free(&config);
    return err;
}

void mn_config_tell(struct mn_session *s, enum mn_event_type type)
{
    struct mn_writer w;

    if (!mn_fx_tell(s, &w, type, false))
        return;
    mn_write_open(&w, "session", '{');
    mn_write_text(&w, "type", "realtime");
    mn_write_text(&w, "object", "realtime.session");
    mn_write_text(&w, "id", s->id);
    mn_write_str(&w, "model", s->app->name);
    write_modalities(s, &w);
    mn_write_str(&w, "instructions",
                 s->app->expose_all ? mn_buf_str(&s->active.instructions) : MN_STR(""));
    if (s->app->expose_all && s->active.prompt.n > 0)
        mn_write_raw(&w, "prompt", mn_buf_str(&s->active.prompt));
    mn_write_raw(&w, "tools",
                 s->app->expose_all && s->active.tools.n > 0 ? mn_buf_str(&s->active.tools)
                                                             : MN_STR("[]"));
    mn_write_text(&w, "tool_choice", "auto");
    mn_write_text(&w, "max_output_tokens", "inf");
    mn_config_write_audio(&w, &s->config, mn_config_voice(s, s->agent), false);
    mn_write_int(&w, "expires_at", s->settings.expires_at);
    mn_write_close(&w);
    mn_fx_done(s, &w);
}
