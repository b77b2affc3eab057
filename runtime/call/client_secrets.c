/* client_secrets.c - gives a token to whoever asks with a key, with the session it is for.
 *
 * The session is read as a session.update of that dialect is, and what of it an app leaves to its
 * callers (R70) holds from the first moment of the call opened with the token. What a token of ours
 * can say besides (who calls, single use) is asked for in a member of our own, "myna". */
#include "call/client_secrets.h"

#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "call/minting.h"
#include "call/worker_parts.h"
#include "core/dialect.h"

#include <stdio.h>

struct asked {
    struct mn_worker *w;
    struct mn_exchange *x;
    struct mn_json *body;
    struct mn_json *session; /* GA; NULL: none */
    struct mn_bundle *app;
    struct mn_buf session_text, claims;
    struct mn_mint mint;
    char token[MN_TOKEN_CHARS + 1];
    int64_t expires_at;
    char id[MN_ID_MAX];
};

/* Returns false, always: for what follows on a refusal. */
static bool refuse(struct asked *a, const char *code, const char *param, const char *message)
{
    mn_exchange_refuse_param(a->x, code, param, message);
    return false;
}

/* --- reading --- */

static bool only(struct asked *a, const struct mn_json *object, const char *where,
                 const char *const *known)
{
    char param[100], message[160];

    for (const struct mn_json *m = mn_json_first(object); m != NULL; m = mn_json_next(m)) {
        const char *const *name = known;

        while (*name != NULL && !mn_str_is(mn_json_key(m), *name))
            name++;
        if (*name != NULL)
            continue;
        snprintf(param, sizeof(param), "%s%.*s", where, MN_FMT(mn_utf8_cut(mn_json_key(m), 64)));
        snprintf(message, sizeof(message), "Unknown parameter: '%s'.", param);
        return refuse(a, "unknown_parameter", param, message);
    }
    return true;
}

static int64_t shorter(const struct asked *a, int64_t seconds)
{
    int64_t most = a->w->settings->token_ttl / 1000;

    return seconds < most ? seconds : most;
}

static bool read_seconds(struct asked *a, const struct mn_json *after)
{
    static const char *const known[] = {"anchor", "seconds", NULL};
    int64_t most = shorter(a, MN_MINT_MAX_S), seconds;
    char message[120];

    if (after != NULL && mn_json_kind(after) != MN_JSON_OBJECT)
        return refuse(a, "invalid_type", "expires_after", "'expires_after' must be an object.");
    if (!only(a, after, "expires_after.", known))
        return false;
    seconds = mn_json_int(after, "seconds", shorter(a, MN_MINT_GA_S));
    a->mint.ttl_s = seconds;
    if (seconds >= MN_MINT_MIN_S && seconds <= most)
        return true;
    snprintf(message, sizeof(message),
             "Invalid 'expires_after.seconds': expected a value from %d to %d.", MN_MINT_MIN_S,
             (int)most);
    return refuse(a,
                  seconds < MN_MINT_MIN_S ? "integer_below_min_value" : "integer_above_max_value",
                  "expires_after.seconds", message);
}

static bool read_ours(struct asked *a, const struct mn_json *ours)
{
    static const char *const known[] = {"user", "claims", "single_use", NULL};
    const struct mn_json *claims = mn_json_get(ours, "claims"), *user = mn_json_get(ours, "user"),
                         *once = mn_json_get(ours, "single_use");

    if (ours != NULL && mn_json_kind(ours) != MN_JSON_OBJECT)
        return refuse(a, "invalid_type", "myna", "'myna' must be an object.");
    if (!only(a, ours, "myna.", known))
        return false;
    if (user != NULL && mn_json_kind(user) != MN_JSON_STRING)
        return refuse(a, "invalid_type", "myna.user", "'myna.user' must be a string.");
    if (claims != NULL && mn_json_kind(claims) != MN_JSON_OBJECT)
        return refuse(a, "invalid_type", "myna.claims", "'myna.claims' must be an object.");
    if (once != NULL && mn_json_kind(once) != MN_JSON_BOOL)
        return refuse(a, "invalid_type", "myna.single_use", "'myna.single_use' must be a boolean.");
    a->mint.user = mn_json_str(ours, "user");
    a->mint.single_use = mn_json_bool(ours, "single_use", false);
    if (claims != NULL && mn_json_print(claims, &a->claims) == 0)
        a->mint.claims = mn_buf_str(&a->claims);
    return true;
}

/* A session of either dialect is read as its update is, and handed on as GA has it. */
static void take_session(void *asked, const struct mn_event *ev)
{
    struct asked *a = asked;
    const struct mn_json *session = mn_json_get(ev->body, "session");

    mn_buf_clear(&a->session_text);
    mn_json_print(session, &a->session_text);
}

static bool read_session(struct asked *a, const struct mn_json *session, enum mn_dialect dialect)
{
    struct mn_fault why = {0};
    struct mn_buf frame = {0};
    int err = 0;

    if (session == NULL)
        return true;
    if (mn_str_is(mn_json_str(session, "type"), "transcription"))
        return refuse(a, "invalid_value", "session.type",
                      "Invalid value: 'transcription'. Apps hold conversations: 'realtime'.");
    mn_buf_add_text(&frame, "{\"type\":\"session.update\",\"session\":");
    mn_json_print(session, &frame);
    mn_buf_add_text(&frame, "}");
    err = mn_dialect_read(mn_buf_str(&frame), MN_FROM_CLIENT, dialect, &mn_json_frame, take_session,
                          a, &why);
    mn_buf_free(&frame);
    if (err == 0)
        err = mn_json_parse(&a->session, mn_buf_str(&a->session_text), &mn_json_frame, NULL);
    if (err == 0)
        return true;
    return refuse(a, why.code[0] != '\0' ? why.code : "invalid_value",
                  why.param[0] != '\0' ? why.param : NULL,
                  why.message[0] != '\0' ? why.message : "The session cannot be read.");
}

/* The app that session.model names, or the only one there is for them. */
static bool find_app(struct asked *a, struct mn_str model)
{
    const struct mn_principal *who = mn_principal_of(a->x);
    int found = 0;

    for (int i = 0; i < a->w->apps.n; i++) {
        struct mn_str name = mn_bundle_spec(a->w->apps.list[i])->name;

        if (!mn_principal_may(who, name) || (model.n > 0 && !mn_str_same(model, name)))
            continue;
        a->app = a->w->apps.list[i];
        found++;
    }
    if (found == 1) {
        a->mint.app = mn_bundle_spec(a->app)->name;
        return true;
    }
    if (model.n == 0 && found > 1)
        return refuse(a, "missing_required_parameter", "session.model",
                      "Missing required parameter: 'session.model', the app to be called.");
    mn_worker_refuse_app(a->w, a->x, model);
    return false;
}

/* What of the session is left to callers; the rest would only take room in the token. */
static bool keep_session(struct asked *a)
{
    const struct mn_json *audio = mn_json_get(a->session, "audio");
    struct mn_buf text = {0};

    if (audio == NULL)
        return true;
    mn_buf_add_text(&text, "{\"audio\":");
    mn_json_print(audio, &text);
    mn_buf_add_text(&text, "}");
    mn_buf_free(&a->session_text);
    a->session_text = text;
    a->mint.session = mn_buf_str(&text);
    return text.err == 0 || refuse(a, NULL, NULL, "Out of memory.");
}

/* --- answering --- */

static bool mint(struct asked *a)
{
    const struct mn_principal *who = mn_principal_of(a->x);
    int err;

    a->mint.key = mn_str(who->key);
    err = mn_worker_mint(a->w, &a->mint, a->token, &a->expires_at);
    if (err == 0)
        return true;
    if (err == MN_ELIMIT)
        return refuse(a, "string_above_max_length", "session",
                      "User, claims and session are more than a token may say (token-bytes).");
    if (err == MN_EFULL)
        mn_exchange_refuse_for(a->x, 429, "rate_limit_exceeded",
                               "Too many tokens are good at once. Try again later.", 60);
    else
        mn_exchange_refuse(a->x, 500, NULL, NULL, "The token could not be made.");
    return false;
}

/* The session as a caller would be told it first. */
static int write_session(struct asked *a, struct mn_writer *out)
{
    struct mn_fault why = {0};
    int err;

    mn_write_text(out, "type", "realtime");
    mn_write_text(out, "object", "realtime.session");
    mn_write_text(out, "id", a->id);
    err = mn_session_preview(mn_bundle_spec(a->app), a->session, out, &why);
    if (err == MN_EPROTOCOL)
        refuse(a, why.code, why.param, why.message);
    else if (err != 0)
        mn_exchange_refuse(a->x, 500, NULL, NULL, "Out of memory.");
    return err;
}

static void answer_ga(struct asked *a)
{
    struct mn_buf session = {0}, json = {0};
    struct mn_writer inner = mn_writer(&session), out = mn_writer(&json);

    mn_write_open(&inner, NULL, '{');
    if (write_session(a, &inner) == 0 && mint(a)) {
        mn_write_close(&inner);
        mn_write_open(&out, NULL, '{');
        mn_write_text(&out, "value", a->token);
        mn_write_int(&out, "expires_at", a->expires_at);
        mn_write_raw(&out, "session", mn_buf_str(&session));
        mn_write_close(&out);
        mn_worker_reply_json(a->x, &json);
    }
    mn_buf_free(&session);
}

/* Beta's answer is the session itself, with the secret in it: written as its session.created. */
static void answer_beta(struct asked *a)
{
    struct mn_buf event = {0}, scratch = {0}, json = {0}, text = {0};
    struct mn_writer w = mn_writer(&event), secret = mn_writer(&json);
    struct mn_json *told = NULL;
    struct mn_str beta;

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "type", "session.created");
    mn_write_text(&w, "event_id", a->id);
    mn_write_open(&w, "session", '{');
    if (write_session(a, &w) == 0 && mint(a)) {
        mn_write_close(&w);
        mn_write_close(&w);
        mn_write_open(&secret, NULL, '{');
        mn_write_open(&secret, "client_secret", '{');
        mn_write_text(&secret, "value", a->token);
        mn_write_int(&secret, "expires_at", a->expires_at);
        mn_write_close(&secret);
        if (mn_dialect_out(&beta, &scratch, mn_buf_str(&event), MN_FROM_SERVER, MN_BETA) == 1 &&
            mn_json_parse(&told, beta, &mn_json_frame, NULL) == 0)
            mn_json_print(mn_json_get(told, "session"), &text);
        if (text.n > 2) { /* its members follow the secret */
            mn_buf_add_text(&json, ",");
            mn_buf_add(&json, text.p + 1, text.n - 1);
        } else {
            json.err = json.err != 0 ? json.err : MN_EPROTOCOL;
        }
        mn_worker_reply_json(a->x, &json);
    }
    mn_json_free(told);
    mn_buf_free(&event);
    mn_buf_free(&scratch);
    mn_buf_free(&text);
    mn_buf_free(&json);
}

/* --- */

static bool may_mint(struct mn_exchange *x)
{
    if (mn_principal_of(x)->kind != MN_ASKS_TOKEN)
        return true;
    mn_exchange_refuse(x, 403, NULL, "token_not_allowed",
                       "A token opens calls; ask for another one with the key.");
    return false;
}

static bool read_body(struct asked *a)
{
    struct mn_str body = mn_exchange_body(a->x);

    if (body.n == 0)
        return true;
    if (mn_json_parse(&a->body, body, &mn_json_frame, NULL) == 0 &&
        mn_json_kind(a->body) == MN_JSON_OBJECT)
        return true;
    return refuse(a, "invalid_json", NULL, "The body of the request is not an object.");
}

static void begin(struct asked *a, void *worker, struct mn_exchange *x)
{
    *a = (struct asked){.w = worker, .x = x};
    mn_id_new(a->id, "sess", &a->w->random);
}

static void end(struct asked *a)
{
    mn_json_free(a->body);
    mn_json_free(a->session);
    mn_buf_free(&a->session_text);
    mn_buf_free(&a->claims);
}

void mn_client_secret(void *worker, struct mn_exchange *x)
{
    static const char *const known[] = {"expires_after", "session", "myna", NULL};
    const struct mn_json *session;
    struct asked a;

    begin(&a, worker, x);
    if (may_mint(x) && read_body(&a) && only(&a, a.body, "", known) &&
        read_seconds(&a, mn_json_get(a.body, "expires_after")) &&
        read_ours(&a, mn_json_get(a.body, "myna"))) {
        session = mn_json_get(a.body, "session");
        if (read_session(&a, session, MN_GA) && find_app(&a, mn_json_str(session, "model")) &&
            keep_session(&a))
            answer_ga(&a);
    }
    end(&a);
}

void mn_client_session(void *worker, struct mn_exchange *x)
{
    struct asked a;

    begin(&a, worker, x);
    a.mint.ttl_s = shorter(&a, MN_MINT_BETA_S);
    if (may_mint(x) && read_body(&a) && read_session(&a, a.body, MN_BETA) &&
        find_app(&a, mn_json_str(a.body, "model")) && keep_session(&a))
        answer_beta(&a);
    end(&a);
}
