/* rest_sessions.c - keys for browsers, with the session they are for.
 *
 * A session is checked by the same code that checks a session.update: it is put into one and
 * decoded. */
#include "sim/rest_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>

#define LIFE_MIN_S     10 /* expires_after.seconds, as the API allows */
#define LIFE_MAX_S     7200
#define LIFE_DEFAULT_S 600
#define BETA_LIFE_S    60 /* a beta secret is good for a minute */

static bool is_transcription(const struct mn_json *session)
{
    return mn_str_is(mn_json_str(session, "type"), "transcription");
}

/* Returns false after refusing; *ev is the session as an update, to be freed. */
static bool decode(struct mn_rest_work *w, const struct mn_json *session, const char *type,
                   enum mn_dialect dialect, struct mn_buf *frame, struct mn_event *ev)
{
    struct mn_fault why = {0};
    int err;

    mn_buf_addf(frame, "{\"type\":\"%s\",\"session\":", type);
    mn_json_print(session, frame);
    mn_buf_add_text(frame, "}");
    err = mn_event_decode(ev, mn_buf_str(frame), MN_FROM_CLIENT, dialect, &mn_json_frame, &why);
    if (err < 0)
        mn_rest_refuse(w, 400, why.code, why.param[0] != '\0' ? why.param : NULL, "%s",
                       why.message);
    return err == 0;
}

bool mn_rest_read_session(struct mn_rest_work *w, const struct mn_json *session,
                          enum mn_dialect dialect, bool transcription, struct mn_sim_config *out)
{
    const char *type =
        dialect == MN_BETA && transcription ? "transcription_session.update" : "session.update";
    struct mn_str model = mn_json_str(session, "model");
    struct mn_fault why = {0};
    struct mn_buf frame = {0};
    struct mn_event ev = {0};
    char name[128];
    int err = -EINVAL;

    *out = (struct mn_sim_config){0};
    snprintf(name, sizeof(name), "%.*s", MN_FMT(model));
    if (decode(w, session, type, dialect, &frame, &ev)) {
        err = mn_sim_config_init(out, model.n > 0 ? name : "gpt-realtime", dialect, transcription);
        if (err == 0)
            err = mn_sim_config_update(out, mn_json_get(ev.body, "session"), dialect, false, &why);
        if (err == MN_EPROTOCOL)
            mn_rest_refuse(w, 400, why.code, why.param, "%s", why.message);
        else if (err < 0)
            w->out->body.err = err;
    }
    mn_event_free(&ev);
    mn_buf_free(&frame);
    return err == 0;
}

static void keep(struct mn_rest_work *w, const char *key, const struct mn_json *session)
{
    struct mn_buf text = {0};

    if (session != NULL)
        mn_json_print(session, &text);
    mn_rest_keep(w->rest, key, mn_buf_str(&text));
    mn_buf_free(&text);
}

/* --- GA --------------------------------------------------------------------------------------- */

static void write_session(struct mn_rest_work *w, struct mn_writer *out,
                          const struct mn_sim_config *config)
{
    char id[MN_ID_MAX];

    mn_id_new(id, "sess", &w->rest->random);
    mn_write_open(out, "session", '{');
    mn_write_text(out, "type", config->transcription ? "transcription" : "realtime");
    mn_write_text(out, "object",
                  config->transcription ? "realtime.transcription_session" : "realtime.session");
    mn_write_text(out, "id", id);
    mn_sim_config_write(config, out, MN_GA);
    mn_write_close(out);
}

void mn_rest_client_secret(struct mn_rest_work *w)
{
    const struct mn_json *after = mn_json_get(w->body, "expires_after");
    const struct mn_json *session = mn_json_get(w->body, "session");
    struct mn_json *normal = NULL;
    struct mn_writer out = mn_writer(&w->out->body);
    int64_t seconds = mn_json_int(after, "seconds", LIFE_DEFAULT_S);
    struct mn_sim_config config;
    char key[MN_ID_MAX];

    if (w->ask->body.n > 0 && mn_json_kind(w->body) != MN_JSON_OBJECT) {
        mn_rest_refuse(w, 400, "invalid_json", NULL, "The body of the request is not an object.");
        return;
    }
    if (seconds < LIFE_MIN_S || seconds > LIFE_MAX_S) {
        mn_rest_refuse(w, 400,
                       seconds < LIFE_MIN_S ? "integer_below_min_value" : "integer_above_max_value",
                       "expires_after.seconds",
                       "Invalid 'expires_after.seconds': expected a value from %d to %d.",
                       LIFE_MIN_S, LIFE_MAX_S);
        return;
    }
    if (session == NULL &&
        mn_json_parse(&normal, MN_STR("{\"type\":\"realtime\"}"), &mn_json_frame, NULL) == 0)
        session = normal;
    if (mn_rest_read_session(w, session, MN_GA, is_transcription(session), &config)) {
        mn_id_new(key, "ek", &w->rest->random);
        mn_write_open(&out, NULL, '{');
        mn_write_text(&out, "value", key);
        mn_write_int(&out, "expires_at", w->ask->wall_s + seconds);
        write_session(w, &out, &config);
        mn_write_close(&out);
        keep(w, key, session);
    }
    mn_sim_config_free(&config);
    mn_json_free(normal);
}

/* --- beta ------------------------------------------------------------------------------------- */

static void answer_beta(struct mn_rest_work *w, bool transcription)
{
    struct mn_writer out = mn_writer(&w->out->body);
    struct mn_sim_config config;
    char id[MN_ID_MAX], key[MN_ID_MAX];

    if (mn_rest_read_session(w, w->body, MN_BETA, transcription, &config)) {
        mn_id_new(id, "sess", &w->rest->random);
        mn_id_new(key, "ek", &w->rest->random);
        mn_write_open(&out, NULL, '{');
        mn_write_text(&out, "id", id);
        mn_write_text(&out, "object",
                      transcription ? "realtime.transcription_session" : "realtime.session");
        mn_sim_config_write(&config, &out, MN_BETA);
        mn_write_open(&out, "client_secret", '{');
        mn_write_text(&out, "value", key);
        mn_write_int(&out, "expires_at", w->ask->wall_s + BETA_LIFE_S);
        mn_write_close(&out);
        mn_write_close(&out);
        keep(w, key, w->body);
    }
    mn_sim_config_free(&config);
}

void mn_rest_beta_session(struct mn_rest_work *w)
{
    answer_beta(w, false);
}

void mn_rest_beta_transcription_session(struct mn_rest_work *w)
{
    answer_beta(w, true);
}
