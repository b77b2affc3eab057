/* line_offer.c - an offer (SDP) on its way to the model, and its answer on the way back; from a
 * client of the API, or by an app's route. */
#include "base/err.h"
#include "base/multipart.h"
#include "call/line.h"
#include "call/worker_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* --- the answer --- */

/* The last segment of Location. */
static struct mn_str id_in(const struct mn_http_answer *answer)
{
    for (int i = 0; i < answer->nheaders; i++) {
        struct mn_str at = answer->headers[i].value;
        size_t n = at.n;

        if (!mn_str_is(answer->headers[i].name, "location"))
            continue;
        while (n > 0 && at.p[n - 1] != '/')
            n--;
        return (struct mn_str){at.p + n, at.n - n};
    }
    return (struct mn_str){0};
}

static void reply(struct mn_line *l, struct mn_str sdp)
{
    char path[MN_LINE_MAX + 32];
    struct mn_header headers[] = {
        {MN_STR("content-type"), MN_STR("application/sdp")},
        {MN_STR("location"), {0}},
    };

    snprintf(path, sizeof(path), "/v1/realtime/calls/%s", l->id);
    headers[1].value = mn_str(path);
    if (l->x != NULL)
        mn_exchange_reply(l->x, &(struct mn_reply){.status = 201,
                                                   .type = "application/sdp",
                                                   .headers = &headers[1],
                                                   .nheaders = 1,
                                                   .body = sdp});
    else
        l->told(l->owner, &(struct mn_http_answer){
                              .status = 201, .headers = headers, .nheaders = 2, .body = sdp});
    mn_line_end(l);
}

static void take(struct mn_line *l, struct mn_str id, struct mn_str sdp)
{
    struct mn_worker *w = l->w;

    if (!mn_str_starts(sdp, MN_STR("v=0"))) {
        mn_line_refuse(l, 502, "upstream_answer_invalid", "The model's answer is no SDP.");
        return;
    }
    if (!mn_line_id_is_good(id)) {
        MN_LOG(w->log, WARN, NULL, "the model names no call, so it cannot be listened in on",
               {"hint", MN_STR("--upstream must be the Realtime API, GA")});
        mn_line_refuse(l, 502, "upstream_answer_invalid", "The model's answer names no call.");
        return;
    }
    snprintf(l->id, sizeof(l->id), "%.*s", MN_FMT(id));
    if (mn_line_open(l) == 0) {
        reply(l, sdp);
        return;
    }
    mn_line_abandon(l);
    mn_line_refuse(l, 503, "at_capacity",
                   "No more calls can be taken just now. Try again in a moment.");
}

/* The API answers with the SDP; what stands between it and us may wrap it. */
static void answered(struct mn_line *l, const struct mn_http_answer *answer)
{
    struct mn_json *wrapped = NULL;
    struct mn_str sdp = answer->body, id = id_in(answer);

    if (mn_line_refused(l, answer))
        return;
    if (!mn_str_starts(sdp, MN_STR("v=0")) &&
        mn_json_parse(&wrapped, answer->body, &mn_json_frame, NULL) == 0) {
        sdp = mn_json_str(wrapped, "sdp");
        id = id.n > 0 ? id : mn_json_str(wrapped, "call_id");
    }
    take(l, id, sdp);
    mn_json_free(wrapped);
}

/* --- the offer --- */

static int write_form(const struct mn_line *l, struct mn_str sdp, struct mn_str session,
                      const char *boundary, struct mn_buf *out)
{
    (void)l;
    mn_buf_addf(out, "--%s\r\nContent-Disposition: form-data; name=\"sdp\"\r\n", boundary);
    mn_buf_add_text(out, "Content-Type: application/sdp\r\n\r\n");
    mn_buf_add_str(out, sdp);
    mn_buf_addf(out, "\r\n--%s\r\nContent-Disposition: form-data; name=\"session\"\r\n", boundary);
    mn_buf_add_text(out, "Content-Type: application/json\r\n\r\n");
    mn_buf_add_str(out, session);
    return mn_buf_addf(out, "\r\n--%s--\r\n", boundary);
}

/* wish: of the caller, in l->session; NULL: none. Returns as mn_session_offer. */
static int write_session(const struct mn_line *l, const struct mn_json *wish, struct mn_buf *out,
                         struct mn_fault *why)
{
    struct mn_writer w = mn_writer(out);
    int err;

    mn_write_open(&w, NULL, '{');
    err = mn_session_offer(mn_bundle_spec(l->app), wish, &w, why);
    mn_write_close(&w);
    return err != 0 ? err : out->err;
}

static int send_offer(struct mn_line *l, struct mn_str sdp, struct mn_fault *why)
{
    struct mn_buf session = {0}, form = {0};
    struct mn_json *wish = NULL;
    char boundary[32], type[96];
    int err = 0;

    if (l->session.n > 0)
        err = mn_json_parse(&wish, mn_buf_str(&l->session), &mn_json_frame, NULL);
    if (err == 0)
        err = write_session(l, wish, &session, why);
    snprintf(boundary, sizeof(boundary), "myna%016" PRIx64, mn_random_next(&l->w->random));
    snprintf(type, sizeof(type), "multipart/form-data; boundary=%s", boundary);
    if (err == 0)
        err = write_form(l, sdp, mn_buf_str(&session), boundary, &form);
    l->answered = answered;
    if (err == 0)
        err = mn_line_post(l, MN_STR("/realtime/calls"), type, mn_buf_str(&form));
    mn_json_free(wish);
    mn_buf_free(&session);
    mn_buf_free(&form);
    return err;
}

static void offer(struct mn_line *l, struct mn_str sdp)
{
    struct mn_fault why = {0};
    int err = send_offer(l, sdp, &why);

    if (err == MN_EPROTOCOL)
        mn_line_refuse(l, 400, why.code != NULL ? why.code : "invalid_json",
                       why.message[0] != '\0' ? why.message : "The session is not valid JSON.");
    else if (err != 0)
        mn_line_refuse(l, 503, "at_capacity",
                       "No more calls can be taken just now. Try again in a moment.");
}

/* --- of a client of the API --- */

struct mn_bundle *mn_line_app(struct mn_worker *w, struct mn_exchange *x, struct mn_str name)
{
    struct mn_bundle *app = mn_generation_find(&w->apps, name);

    if (app == NULL || !mn_principal_may(mn_principal_of(x), name)) {
        mn_worker_refuse_app(w, x, name);
        return NULL;
    }
    if (mn_bundle_spec(app)->direct)
        return app;
    mn_exchange_refuse_field(x, 400, "webrtc_not_offered", "model",
                             "This app takes no direct calls (webrtc = \"direct\"). Dial it over "
                             "WebSocket, at /v1/realtime.");
    return NULL;
}

/* Returns false after refusing. */
static bool read_offer(struct mn_worker *w, struct mn_exchange *x, struct mn_str *sdp,
                       struct mn_str *session)
{
    struct mn_str type = mn_exchange_header(x, "content-type"), body = mn_exchange_body(x);

    *session = (struct mn_str){0};
    *sdp = body;
    if (mn_str_starts(type, MN_STR("multipart/form-data"))) {
        mn_multipart_part(body, type, "session", session);
        mn_multipart_part(body, type, "sdp", sdp);
    } else if (!mn_str_starts(type, MN_STR("application/sdp"))) {
        mn_exchange_refuse(x, 400, NULL, "unsupported_content_type",
                           "Expected application/sdp, or multipart/form-data with an sdp.");
        return false;
    }
    if (sdp->n > (size_t)w->settings->direct_sdp)
        mn_exchange_refuse_field(x, 413, "offer_too_large", "sdp",
                                 "The offer is too large (direct-sdp).");
    else if (!mn_str_starts(*sdp, MN_STR("v=0")))
        mn_exchange_refuse_field(x, 400, "invalid_offer", "sdp", "The SDP offer cannot be read.");
    else
        return true;
    return false;
}

/* The app that is called: by the address, the session, or the token. */
static struct mn_str app_named(struct mn_exchange *x, const struct mn_json *session)
{
    struct mn_str model = mn_exchange_query(x, "model");
    const struct mn_principal *who = mn_principal_of(x);

    if (model.n == 0)
        model = mn_json_str(session, "model");
    return model.n == 0 && who->kind == MN_ASKS_TOKEN ? mn_str(who->apps) : model;
}

static void at_capacity(struct mn_exchange *x)
{
    mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                       "No more calls can be taken just now. Try again in a moment.");
}

void mn_line_offered(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_json *session = NULL;
    struct mn_str sdp, text;
    struct mn_bundle *app;
    struct mn_line *l;

    if (!read_offer(w, x, &sdp, &text))
        return;
    if (text.n > 0 && mn_json_parse(&session, text, &mn_json_frame, NULL) != 0) {
        mn_exchange_refuse_field(x, 400, "invalid_json", "session",
                                 "The session is not valid JSON.");
        return;
    }
    app = mn_line_app(w, x, app_named(x, session));
    mn_json_free(session);
    if (app == NULL || !mn_worker_let_in(w, x))
        return;
    l = mn_line_new(w, app);
    if (l == NULL) {
        at_capacity(x);
        return;
    }
    mn_line_wait(l, x);
    mn_buf_add_str(&l->session, text.n > 0 ? text : mn_buf_str(&mn_principal_of(x)->session));
    offer(l, sdp);
}

/* --- by an app's route --- */

static int print(const struct mn_json *of, const char *name, struct mn_buf *out)
{
    const struct mn_json *v = mn_json_get(of, name);

    return v != NULL ? mn_json_print(v, out) : 0;
}

static int read_ask(struct mn_line *l, const struct mn_json *said)
{
    int err = mn_buf_add_str(&l->start, mn_json_str(said, "agent"));

    l->quiet = !mn_json_bool(said, "greeting", true);
    if (err == 0)
        err = print(said, "call", &l->meta);
    if (err == 0)
        err = print(said, "user", &l->user);
    return err == 0 ? print(said, "state", &l->state) : err;
}

int mn_line_ask(struct mn_worker *w, struct mn_bundle *app, const struct mn_http_ask *ask,
                mn_http_done *done, void *owner, void **op)
{
    struct mn_line *l = mn_worker_takes_calls(w) ? mn_line_new(w, app) : NULL;
    struct mn_json *said = NULL;
    struct mn_fault why = {0};
    int err;

    if (l == NULL)
        return MN_EFULL;
    err = mn_json_parse(&said, ask->body, &mn_json_frame, NULL);
    if (err == 0)
        err = read_ask(l, said);
    if (err == 0 && mn_json_str(said, "sdp").n > (size_t)w->settings->direct_sdp)
        err = MN_ELIMIT;
    if (err == 0)
        err = send_offer(l, mn_json_str(said, "sdp"), &why);
    mn_json_free(said);
    if (err != 0) {
        mn_line_end(l);
        return err;
    }
    l->told = done;
    l->owner = owner;
    *op = l;
    return 0;
}
