/* rest.c - which endpoint takes a request, and the small ones. */
#include "sim/rest_parts.h"

#include "base/err.h"
#include "sim/words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static mn_rest_fn moderate, list_models;

/* below: the path goes on, and the endpoint reads how. */
static const struct {
    const char *method, *path;
    bool below;
    mn_rest_fn *answer;
} endpoints[] = {
    {"POST", "/v1/realtime/client_secrets", false, mn_rest_client_secret},
    {"POST", "/v1/realtime/sessions", false, mn_rest_beta_session},
    {"POST", "/v1/realtime/transcription_sessions", false, mn_rest_beta_transcription_session},
    {"POST", "/v1/realtime/calls", false, mn_rest_call_create},
    {"POST", "/v1/realtime/calls/", true, mn_rest_call_act},
    {"POST", "/v1/responses", false, mn_rest_response},
    {"POST", "/v1/moderations", false, moderate},
    {"GET", "/v1/models", false, list_models},
};
#define ENDPOINTS (sizeof(endpoints) / sizeof(endpoints[0]))

struct mn_rest *mn_rest_new(const struct mn_brain *brain, uint64_t seed)
{
    struct mn_rest *rest = calloc(1, sizeof(*rest));

    if (rest == NULL)
        return NULL;
    rest->brain = brain;
    mn_random_seed(&rest->random, seed);
    return rest;
}

void mn_rest_free(struct mn_rest *rest)
{
    if (rest == NULL)
        return;
    for (int i = 0; i < MN_REST_KEPT; i++)
        mn_buf_free(&rest->kept[i].session);
    for (int i = 0; i < rest->nflags; i++)
        mn_buf_free(&rest->flags[i].words);
    free(rest);
}

void mn_rest_refuse(struct mn_rest_work *w, int status, const char *code, const char *param,
                    const char *format, ...)
{
    struct mn_writer out;
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    mn_buf_clear(&w->out->body);
    out = mn_writer(&w->out->body);
    w->out->status = status;
    w->out->type = "application/json";
    mn_write_open(&out, NULL, '{');
    mn_write_open(&out, "error", '{');
    mn_write_text(&out, "message", message);
    mn_write_text(&out, "type", status >= 500 ? "server_error" : "invalid_request_error");
    mn_write_text(&out, "param", param);
    mn_write_text(&out, "code", code);
    mn_write_close(&out);
    mn_write_close(&out);
}

static void dispatch(struct mn_rest_work *w)
{
    bool known = false;

    for (size_t i = 0; i < ENDPOINTS; i++) {
        struct mn_str path = mn_str(endpoints[i].path);

        if (!mn_str_starts(w->ask->path, path) || (!endpoints[i].below && w->ask->path.n != path.n))
            continue;
        known = true;
        if (!mn_str_is(w->ask->method, endpoints[i].method))
            continue;
        w->below = (struct mn_str){w->ask->path.p + path.n, w->ask->path.n - path.n};
        endpoints[i].answer(w);
        return;
    }
    if (known)
        mn_rest_refuse(w, 405, "method_not_supported", NULL, "Not allowed to %.*s on %.*s.",
                       MN_FMT(w->ask->method), MN_FMT(w->ask->path));
    else
        mn_rest_refuse(w, 404, "unknown_url", NULL, "Invalid URL (%.*s %.*s)",
                       MN_FMT(w->ask->method), MN_FMT(w->ask->path));
}

int mn_rest_answer(struct mn_rest *rest, const struct mn_rest_ask *ask, struct mn_rest_answer *out)
{
    struct mn_rest_work w = {.rest = rest, .ask = ask, .out = out};

    *out = (struct mn_rest_answer){.status = 200, .type = "application/json"};
    if (mn_json_parse(&w.body, ask->body, &mn_json_frame, NULL) == -ENOMEM)
        out->body.err = -ENOMEM;
    else
        dispatch(&w);
    mn_json_free(w.body);
    if (out->body.err == 0)
        return 0;
    mn_buf_free(&out->body);
    out->status = 500;
    return -ENOMEM;
}

/* --- what is remembered ----------------------------------------------------------------------- */

struct mn_rest_kept *mn_rest_keep(struct mn_rest *rest, const char *id, struct mn_str session)
{
    struct mn_rest_kept *kept = &rest->kept[rest->next];

    rest->next = (rest->next + 1) % MN_REST_KEPT;
    mn_buf_clear(&kept->session);
    kept->over = mn_buf_add_str(&kept->session, session) < 0;
    snprintf(kept->id, sizeof(kept->id), "%s", id);
    return kept;
}

struct mn_rest_kept *mn_rest_find(struct mn_rest *rest, struct mn_str id)
{
    for (int i = 0; id.n > 0 && i < MN_REST_KEPT; i++)
        if (mn_str_is(id, rest->kept[i].id))
            return &rest->kept[i];
    return NULL;
}

bool mn_rest_session(const struct mn_rest *rest, struct mn_str key_or_call, struct mn_str *session)
{
    for (int i = 0; key_or_call.n > 0 && i < MN_REST_KEPT; i++)
        if (mn_str_is(key_or_call, rest->kept[i].id)) {
            *session = mn_buf_str(&rest->kept[i].session);
            return !rest->kept[i].over;
        }
    return false;
}

/* --- moderations ------------------------------------------------------------------------------ */

static const char *const categories[] = {
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
};
#define CATEGORIES ((int)(sizeof(categories) / sizeof(categories[0])))

/* Not a judge: enough to see what an app does when something is flagged. */
static const struct {
    const char *word, *category;
} flagged_words[] = {
    {"idiot", "harassment"}, {"stupid", "harassment"}, {"hate", "hate"},
    {"kill", "violence"},    {"murder", "violence"},   {"bomb", "illicit/violent"},
    {"steal", "illicit"},    {"suicide", "self-harm"},
};

int mn_rest_flag(struct mn_rest *rest, struct mn_str words, struct mn_str category)
{
    struct mn_rest_flag *flag = &rest->flags[rest->nflags];
    int c = 0;

    if (rest->nflags == MN_REST_FLAGS)
        return MN_ELIMIT;
    while (c < CATEGORIES && !mn_str_is(category, categories[c]))
        c++;
    if (c == CATEGORIES)
        return MN_EABSENT;
    flag->category = categories[c];
    rest->nflags++;
    return mn_buf_add_str(&flag->words, words) < 0 ? -ENOMEM : 0;
}

static bool is_same_word(struct mn_str a, struct mn_str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* Whether the words of a flag stand in a row. */
static bool holds(const struct mn_words *said, const struct mn_rest_flag *flag)
{
    struct mn_words words;
    int same;

    mn_words_split(&words, mn_buf_str(&flag->words));
    for (int at = 0; words.n > 0 && at + words.n <= said->n; at++) {
        for (same = 0; same < words.n; same++) {
            if (!is_same_word(said->list[at + same].text, words.list[same].text))
                break;
        }
        if (same == words.n)
            return true;
    }
    return false;
}

static bool is_flagged(const struct mn_rest *rest, const struct mn_words *words,
                       const char *category)
{
    for (int i = 0; i < rest->nflags; i++)
        if (rest->flags[i].category == category && holds(words, &rest->flags[i]))
            return true;
    for (size_t i = 0; i < sizeof(flagged_words) / sizeof(flagged_words[0]); i++)
        for (int n = 0; strcmp(flagged_words[i].category, category) == 0 && n < words->n; n++)
            if (mn_word_is(words->list[n].text, flagged_words[i].word))
                return true;
    return false;
}

static void write_verdict(const struct mn_rest *rest, struct mn_writer *out, struct mn_str text)
{
    struct mn_words words;
    bool flagged = false;

    mn_words_split(&words, text);
    for (int i = 0; i < CATEGORIES; i++)
        flagged = flagged || is_flagged(rest, &words, categories[i]);
    mn_write_open(out, NULL, '{');
    mn_write_bool(out, "flagged", flagged);
    mn_write_open(out, "categories", '{');
    for (int i = 0; i < CATEGORIES; i++)
        mn_write_bool(out, categories[i], is_flagged(rest, &words, categories[i]));
    mn_write_close(out);
    mn_write_open(out, "category_scores", '{');
    for (int i = 0; i < CATEGORIES; i++)
        mn_write_num(out, categories[i], is_flagged(rest, &words, categories[i]) ? 0.9 : 0.001);
    mn_write_close(out);
    mn_write_close(out);
}

/* input is a string, or a list of strings or of parts with a text. */
static void moderate(struct mn_rest_work *w)
{
    const struct mn_json *input = mn_json_get(w->body, "input");
    struct mn_str model = mn_json_str(w->body, "model");
    struct mn_writer out = mn_writer(&w->out->body);
    char id[MN_ID_MAX];

    if (mn_json_kind(input) != MN_JSON_STRING && mn_json_kind(input) != MN_JSON_ARRAY) {
        mn_rest_refuse(w, 400, "missing_required_parameter", "input",
                       "Missing required parameter: 'input'.");
        return;
    }
    mn_id_new(id, "modr", &w->rest->random);
    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "id", id);
    mn_write_str(&out, "model", model.n > 0 ? model : MN_STR("omni-moderation-latest"));
    mn_write_open(&out, "results", '[');
    if (mn_json_kind(input) == MN_JSON_STRING)
        write_verdict(w->rest, &out, mn_json_text(input));
    for (const struct mn_json *v = mn_json_first(input); v != NULL; v = mn_json_next(v))
        write_verdict(w->rest, &out,
                      mn_json_kind(v) == MN_JSON_STRING ? mn_json_text(v) : mn_json_str(v, "text"));
    mn_write_close(&out);
    mn_write_close(&out);
}

/* --- models ----------------------------------------------------------------------------------- */

static void list_models(struct mn_rest_work *w)
{
    static const char *const models[] = {"gpt-realtime", "gpt-realtime-mini", "gpt-4o-transcribe",
                                         "gpt-5-mini", "omni-moderation-latest"};
    struct mn_writer out = mn_writer(&w->out->body);

    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "object", "list");
    mn_write_open(&out, "data", '[');
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        mn_write_open(&out, NULL, '{');
        mn_write_text(&out, "id", models[i]);
        mn_write_text(&out, "object", "model");
        mn_write_int(&out, "created", 1756684800); /* 2025-09-01 */
        mn_write_text(&out, "owned_by", "myna");
        mn_write_close(&out);
    }
    mn_write_close(&out);
    mn_write_close(&out);
}
