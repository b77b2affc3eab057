/* dialect_fields.c - sessions, responses and what a response is asked for with: which member of GA
 * is which of beta. */
#include "core/dialect_parts.h"

#include "audio/format.h"

#include <stdio.h>

enum place { TOP, INPUT, OUTPUT }; /* in GA: beside the rest, in audio.input, in audio.output */
static const char *const places[] = {"", "audio.input.", "audio.output."};

enum value { SAME, MODALITIES, FORMAT, ITEMS };

struct field {
    const char *ga, *beta; /* NULL: that dialect has none */
    enum place place;
    enum value value;
};

/* clang-format off */
static const struct field session_fields[] = {
    {"type", NULL, TOP, SAME}, /* beta knows it by the name of the event */
    {"output_modalities", "modalities", TOP, MODALITIES},
    {"max_output_tokens", "max_response_output_tokens", TOP, SAME},
    {"parallel_tool_calls", NULL, TOP, SAME},
    {"reasoning", NULL, TOP, SAME},
    {NULL, "temperature", TOP, SAME},
    {NULL, "client_secret", TOP, SAME},
    {"format", "input_audio_format", INPUT, FORMAT},
    {"transcription", "input_audio_transcription", INPUT, SAME},
    {"noise_reduction", "input_audio_noise_reduction", INPUT, SAME},
    {"turn_detection", "turn_detection", INPUT, SAME},
    {"format", "output_audio_format", OUTPUT, FORMAT},
    {"voice", "voice", OUTPUT, SAME},
    {"speed", "speed", OUTPUT, SAME},
    {0},
};

static const struct field response_fields[] = {
    {"output_modalities", "modalities", TOP, MODALITIES},
    {NULL, "temperature", TOP, SAME},
    {"output", "output", TOP, ITEMS},
    {"format", "output_audio_format", OUTPUT, FORMAT},
    {"voice", "voice", OUTPUT, SAME},
    {0},
};

static const struct field params_fields[] = {
    {"output_modalities", "modalities", TOP, MODALITIES},
    {"max_output_tokens", "max_response_output_tokens", TOP, SAME},
    {"parallel_tool_calls", NULL, TOP, SAME},
    {"reasoning", NULL, TOP, SAME},
    {"prompt", NULL, TOP, SAME},
    {NULL, "temperature", TOP, SAME},
    {"input", "input", TOP, ITEMS},
    {"format", "output_audio_format", OUTPUT, FORMAT},
    {"voice", "voice", OUTPUT, SAME},
    {0},
};
/* clang-format on */

static const struct field *const objects[] = {
    [MN_DIALECT_SESSION] = session_fields,
    [MN_DIALECT_RESPONSE] = response_fields,
    [MN_DIALECT_PARAMS] = params_fields,
};

static const char *name_in(const struct field *f, enum mn_dialect dialect)
{
    return dialect == MN_GA ? f->ga : f->beta;
}

static bool ends(const struct field *f)
{
    return f->ga == NULL && f->beta == NULL;
}

/* Beta's place is always the top. */
static const struct field *find(const struct field *fields, struct mn_str name, enum place place,
                                enum mn_dialect in)
{
    for (const struct field *f = fields; !ends(f); f++) {
        const char *own = name_in(f, in);

        if (own != NULL && mn_str_is(name, own) && (in == MN_BETA || f->place == place))
            return f;
    }
    return NULL;
}

/* GA speaks or writes; beta, when it speaks, says that it writes too. */
static void write_modalities(struct mn_writer *w, const char *key, const struct mn_json *v,
                             enum mn_dialect to)
{
    bool audio = false;

    for (const struct mn_json *m = mn_json_first(v); m != NULL; m = mn_json_next(m))
        audio = audio || mn_str_is(mn_json_text(m), "audio");
    mn_write_open(w, key, '[');
    if (audio)
        mn_write_text(w, NULL, "audio");
    if (!audio || to == MN_BETA)
        mn_write_text(w, NULL, "text");
    mn_write_close(w);
}

static void write_format(struct mn_writer *w, const char *key, const struct mn_json *v,
                         enum mn_dialect to)
{
    struct mn_str name = mn_json_text(v);
    enum mn_audio_format format;

    if (mn_audio_format_parse(name.n > 0 ? name : mn_json_str(v, "type"), &format) != 0) {
        mn_write_json(w, key, v); /* whoever reads it says what is wrong */
    } else if (to == MN_BETA) {
        mn_write_text(w, key, mn_audio_beta(format));
    } else {
        mn_write_open(w, key, '{');
        mn_write_text(w, "type", mn_audio_type(format));
        if (format == MN_AUDIO_PCM16)
            mn_write_int(w, "rate", mn_audio_rate(format));
        mn_write_close(w);
    }
}

static void write_items(struct mn_writer *w, const char *key, const struct mn_json *v,
                        enum mn_dialect to)
{
    mn_write_open(w, key, '[');
    for (const struct mn_json *item = mn_json_first(v); item != NULL; item = mn_json_next(item))
        mn_dialect_item(w, NULL, item, to);
    mn_write_close(w);
}

static void write_field(struct mn_writer *w, const struct field *f, const struct mn_json *v,
                        enum mn_dialect to)
{
    const char *key = name_in(f, to);
    enum mn_json_kind kind = mn_json_kind(v);

    if (f->value == MODALITIES && kind == MN_JSON_ARRAY)
        write_modalities(w, key, v, to);
    else if (f->value == FORMAT)
        write_format(w, key, v, to);
    else if (f->value == ITEMS && kind == MN_JSON_ARRAY)
        write_items(w, key, v, to);
    else
        mn_write_json(w, key, v);
}

/* A name that this dialect does not know and the other has its own use for. */
static bool means_else(const struct field *fields, struct mn_str name, enum mn_dialect to)
{
    return mn_str_is(name, "audio") || find(fields, name, TOP, to) != NULL;
}

/* The members of v that stand at this place in GA; beta's stand all together. */
static void write_place(struct mn_writer *w, const struct field *fields, const struct mn_json *v,
                        enum place place, enum mn_dialect to)
{
    enum mn_dialect from = to == MN_GA ? MN_BETA : MN_GA;

    for (const struct mn_json *m = mn_json_first(v); m != NULL; m = mn_json_next(m)) {
        const struct field *f = find(fields, mn_json_key(m), place, from);

        if (f != NULL && name_in(f, to) != NULL && f->place == place)
            write_field(w, f, m, to);
        else if (f == NULL && place == TOP && !means_else(fields, mn_json_key(m), to))
            mn_write_member(w, m);
    }
}

static bool has_place(const struct field *fields, const struct mn_json *beta, enum place place)
{
    for (const struct mn_json *m = mn_json_first(beta); m != NULL; m = mn_json_next(m)) {
        const struct field *f = find(fields, mn_json_key(m), place, MN_BETA);

        if (f != NULL && f->ga != NULL && f->place == place)
            return true;
    }
    return false;
}

static void write_group(struct mn_writer *w, const char *key, const struct field *fields,
                        const struct mn_json *beta, enum place place)
{
    if (!has_place(fields, beta, place))
        return;
    mn_write_open(w, key, '{');
    write_place(w, fields, beta, place, MN_GA);
    mn_write_close(w);
}

void mn_dialect_object(struct mn_writer *w, const char *key, const struct mn_json *v,
                       enum mn_dialect_object object, const char *type, enum mn_dialect to)
{
    const struct field *fields = objects[object];
    const struct mn_json *audio = mn_json_get(v, "audio");

    if (mn_json_kind(v) != MN_JSON_OBJECT) {
        mn_write_json(w, key, v);
        return;
    }
    mn_write_open(w, key, '{');
    if (to == MN_GA && type != NULL)
        mn_write_text(w, "type", type);
    write_place(w, fields, v, TOP, to);
    if (to == MN_BETA) {
        write_place(w, fields, mn_json_get(audio, "input"), INPUT, to);
        write_place(w, fields, mn_json_get(audio, "output"), OUTPUT, to);
    } else if (has_place(fields, v, INPUT) || has_place(fields, v, OUTPUT)) {
        mn_write_open(w, "audio", '{');
        write_group(w, "input", fields, v, INPUT);
        write_group(w, "output", fields, v, OUTPUT);
        mn_write_close(w);
    }
    mn_write_close(w);
}

/* What follows prefix in path when that is its beginning up to a whole name, else nothing. */
static struct mn_str behind(struct mn_str path, const char *prefix)
{
    size_t n = strlen(prefix);

    if (path.n < n || memcmp(path.p, prefix, n) != 0 ||
        (path.n > n && path.p[n] != '.' && path.p[n] != '['))
        return (struct mn_str){NULL, 0};
    return (struct mn_str){path.p + n, path.n - n};
}

static bool write_path(struct mn_writer *w, const char *key, struct mn_str param, const char *root,
                       const struct field *fields, enum mn_dialect to)
{
    char ga[64], beta[64];

    for (const struct field *f = fields; !ends(f); f++) {
        struct mn_str rest;
        struct mn_buf path = {0};

        if (f->ga == NULL || f->beta == NULL)
            continue;
        snprintf(ga, sizeof(ga), "%s.%s%s", root, places[f->place], f->ga);
        snprintf(beta, sizeof(beta), "%s.%s", root, f->beta);
        rest = behind(param, to == MN_GA ? beta : ga);
        if (rest.p == NULL)
            continue;
        mn_buf_add_text(&path, to == MN_GA ? ga : beta);
        if (mn_buf_add_str(&path, rest) == 0)
            mn_write_str(w, key, mn_buf_str(&path));
        else
            w->out->err = path.err;
        mn_buf_free(&path);
        return true;
    }
    return false;
}

void mn_dialect_param(struct mn_writer *w, const char *key, struct mn_str param, enum mn_dialect to)
{
    if (!write_path(w, key, param, "session", session_fields, to) &&
        !write_path(w, key, param, "response", params_fields, to))
        mn_write_str(w, key, param);
}
