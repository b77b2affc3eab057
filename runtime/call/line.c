/* line.c - requests to the model about direct calls, and the call that comes of one. */
#include "call/line.h"

#include "base/err.h"
#include "base/json_write.h"
#include "call/worker_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS_MAX 300 /* of the model's refusal that are passed on */

struct mn_line *mn_line_new(struct mn_worker *w, struct mn_bundle *app)
{
    struct mn_line *l = w->nlines < w->settings->direct_at_once ? calloc(1, sizeof(*l)) : NULL;

    if (l == NULL)
        return NULL;
    l->w = w;
    l->app = app != NULL ? mn_bundle_hold(app) : NULL;
    mn_list_append(&w->lines, &l->place);
    w->nlines++;
    return l;
}

static void cancel(struct mn_line *l)
{
    void *op = l->op;

    l->op = NULL;
    if (op != NULL && !mn_api_cancel(&l->w->api, op))
        mn_http_cancel(op);
}

void mn_line_end(struct mn_line *l)
{
    cancel(l);
    mn_list_remove(&l->place);
    l->w->nlines--;
    mn_page_set(l->w->page, l->w->number, l->w->ncalls); /* a place that was not needed */
    mn_bundle_drop(l->app);
    mn_buf_free(&l->start);
    mn_buf_free(&l->meta);
    mn_buf_free(&l->user);
    mn_buf_free(&l->state);
    mn_buf_free(&l->session);
    free(l);
}

static void on_gone(void *line, struct mn_exchange *x)
{
    struct mn_line *l = line;

    (void)x;
    l->x = NULL;
    mn_line_end(l);
}

void mn_line_wait(struct mn_line *l, struct mn_exchange *x)
{
    l->x = x;
    mn_exchange_on_gone(x, on_gone, l);
}

/* --- asking --- */

/* Where the model of its calls is. */
static struct mn_str upstream_of(const struct mn_line *l)
{
    const struct mn_settings *s = l->w->settings;
    struct mn_str own = l->app != NULL ? mn_bundle_spec(l->app)->upstream : (struct mn_str){0};

    if (own.n > 0)
        return own;
    if (s->upstream != NULL)
        return mn_str(s->upstream);
    return s->openai_key != NULL ? MN_STR("openai") : MN_STR("sim");
}

static void on_done(void *line, const struct mn_http_answer *answer)
{
    struct mn_line *l = line;

    l->op = NULL;
    l->answered(l, answer);
}

int mn_line_post(struct mn_line *l, struct mn_str path, const char *type, struct mn_str body)
{
    const struct mn_settings *s = l->w->settings;
    const struct mn_header header = {MN_STR("Content-Type"), mn_str(type)};

    return mn_api_ask(&l->w->api,
                      &(struct mn_http_ask){.method = MN_STR("POST"),
                                            .url = path,
                                            .headers = &header,
                                            .nheaders = 1,
                                            .body = body,
                                            .total_ms = s->direct_timeout,
                                            .max_body = (size_t)s->direct_sdp,
                                            .pool = MN_STR("/v1/realtime/calls"),
                                            .pool_connections = (int)s->direct_at_once,
                                            .of_api = true,
                                            .upstream = upstream_of(l)},
                      on_done, l, &l->op);
}

/* --- refusing --- */

static void tell_route(struct mn_line *l, int status, const char *code, const char *message)
{
    struct mn_header type = {MN_STR("content-type"), MN_STR("application/json")};
    struct mn_buf json = {0};
    struct mn_writer w = mn_writer(&json);

    mn_write_open(&w, NULL, '{');
    mn_write_open(&w, "error", '{');
    mn_write_text(&w, "message", message);
    mn_write_text(&w, "type", status >= 500 ? "server_error" : "invalid_request_error");
    mn_write_text(&w, "code", code);
    mn_write_close(&w);
    mn_write_close(&w);
    l->told(l->owner,
            &(struct mn_http_answer){
                .status = status, .headers = &type, .nheaders = 1, .body = mn_buf_str(&json)});
    mn_buf_free(&json);
}

void mn_line_refuse(struct mn_line *l, int status, const char *code, const char *message)
{
    if (l->x != NULL)
        mn_exchange_refuse(l->x, status, NULL, code, message);
    else if (l->told != NULL)
        tell_route(l, status, code, message);
    mn_line_end(l);
}

static void refuse_unanswered(struct mn_line *l, const char *why)
{
    bool late = strcmp(why, "timeout") == 0, large = strcmp(why, "too_large") == 0;

    MN_LOG(l->w->log, WARN, NULL, "the model did not take a direct call", {"error", mn_str(why)},
           {"hint", MN_STR("see --upstream; direct-timeout and direct-sdp bound its answer")});
    mn_line_refuse(l, late ? 504 : 502,
                   large ? "upstream_answer_too_large" : "upstream_unavailable",
                   large ? "The model's answer was too large."
                         : "The model cannot be reached just now. Try again in a moment.");
}

/* The model's words, as far as they are words. */
static void pass_on(struct mn_line *l, int status, struct mn_str body)
{
    struct mn_json *said = NULL;
    const struct mn_json *error;
    struct mn_str message, code;
    char words[WORDS_MAX + 1], name[64];

    (void)mn_json_parse(&said, body, &mn_json_frame, NULL); /* it may be text */
    error = mn_json_get(said, "error");
    message = mn_json_str(error, "message");
    code = mn_json_str(error, "code");
    if (message.n == 0)
        message = MN_STR("The model refused it.");
    snprintf(words, sizeof(words), "%.*s", (int)(message.n < WORDS_MAX ? message.n : WORDS_MAX),
             message.p);
    snprintf(name, sizeof(name), "%.*s", (int)(code.n < 63 ? code.n : 63),
             code.n > 0 ? code.p : "");
    mn_json_free(said);
    mn_line_refuse(l, status, name[0] != '\0' ? name : "upstream_refused", words);
}

bool mn_line_refused(struct mn_line *l, const struct mn_http_answer *answer)
{
    int status = answer->status;

    if (answer->err_code != NULL) {
        refuse_unanswered(l, answer->err_code);
    } else if (status == 401 || status == 403) {
        MN_LOG(l->w->log, ERROR, NULL, "the model's API refuses the server's key",
               {"status", .i = status, .is_int = true},
               {"hint", MN_STR("see OPENAI_API_KEY, and what it may")});
        mn_line_refuse(l, 502, "upstream_refused",
                       "The server may not ask this of the model's API.");
    } else if (status >= 400 && status < 500) {
        pass_on(l, status, answer->body);
    } else if (status < 200 || status > 299) {
        MN_LOG(l->w->log, WARN, NULL, "the model did not take a direct call",
               {"status", .i = status, .is_int = true});
        mn_line_refuse(l, 502, "upstream_failed", "The model failed. Try again in a moment.");
    } else {
        return false;
    }
    return true;
}

/* --- the call --- */

bool mn_line_id_is_good(struct mn_str id)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (size_t i = 0; i < id.n; i++) {
        if (memchr(plain, id.p[i], sizeof(plain) - 1) == NULL)
            return false;
    }
    return id.n > 0 && id.n < MN_LINE_MAX;
}

int mn_line_open(struct mn_line *l)
{
    struct mn_call *call;

    return mn_worker_call(
        l->w, &call,
        &(struct mn_worker_call){
            .app = l->app,
            .line = l->id,
            .peer = l->x != NULL && !l->accepts ? mn_exchange_peer(l->x) : (struct mn_str){0},
            .dialect = MN_GA,
            .who = l->x != NULL && !l->accepts ? mn_principal_of(l->x) : NULL,
            .quiet = l->quiet,
            .start = l->start.n > 0 ? l->start.p : NULL,
            .meta = mn_buf_str(&l->meta),
            .user = mn_buf_str(&l->user),
            .state = mn_buf_str(&l->state),
            .session = mn_buf_str(&l->session),
        });
}

static void hung_up(struct mn_line *l, const struct mn_http_answer *answer)
{
    if (answer->status != 404 && (answer->err_code != NULL || answer->status > 299))
        MN_LOG(l->w->log, WARN, NULL, "a direct call could not be hung up at the model",
               {"status", .i = answer->status, .is_int = true},
               {"error", mn_str(answer->err_code != NULL ? answer->err_code : "")});
    mn_line_end(l);
}

static int hang_up(struct mn_worker *w, struct mn_bundle *app, struct mn_str id)
{
    struct mn_line *l = mn_line_new(w, app);
    struct mn_buf path = {0};
    int err = -ENOMEM;

    if (l == NULL)
        return MN_EFULL;
    l->answered = hung_up;
    if (mn_buf_addf(&path, "/realtime/calls/%.*s/hangup", MN_FMT(id)) == 0)
        err = mn_line_post(l, mn_buf_str(&path), "application/json", MN_STR("{}"));
    mn_buf_free(&path);
    if (err != 0)
        mn_line_end(l);
    return err;
}

void mn_line_hang_up(void *worker, struct mn_call *call, struct mn_str call_id)
{
    struct mn_worker *w = worker;
    int err = w->http != NULL ? hang_up(w, (struct mn_bundle *)mn_call_bundle(call), call_id)
                              : MN_ECLOSED;

    if (err != 0)
        MN_LOG(w->log, WARN, mn_call_id(call), "a direct call could not be hung up at the model",
               {"error", mn_str(mn_strerror(err))});
}

void mn_line_abandon(struct mn_line *l)
{
    int err = hang_up(l->w, l->app, mn_str(l->id));

    if (err != 0)
        MN_LOG(l->w->log, WARN, NULL, "a direct call could not be hung up at the model",
               {"error", mn_str(mn_strerror(err))});
}

bool mn_line_cancel(struct mn_worker *w, void *op)
{
    for (struct mn_list *at = w->lines.next; at != &w->lines; at = at->next) {
        struct mn_line *l = mn_container_of(at, struct mn_line, place);

        if (l != op || l->told == NULL)
            continue;
        mn_line_end(l);
        return true;
    }
    return false;
}

void mn_line_close_all(struct mn_worker *w)
{
    while (!mn_list_empty(&w->lines))
        mn_line_refuse(mn_container_of(w->lines.next, struct mn_line, place), 503, "going_away",
                       "The server is going away.");
}
