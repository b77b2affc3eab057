/* responses.c - a request for a text model, passed on with the server's key, and its answer as it
 * comes.
 *
 * A key may use so many tokens a day. What an answer has used is what it says itself; of one that
 * did not come to that, a quarter of the bytes both ways is taken for it, so that nobody saves by
 * hanging up. The count is of the server's days and kept in memory (meters.h). */
#include "call/responses.h"

#include "base/err.h"
#include "call/meters.h"
#include "call/principal.h"
#include "call/worker_parts.h"

#include <errno.h>
#include <stdlib.h>

#define BYTES_A_TOKEN 4
#define TYPE_MAX      128
#define DAY_MS        86400000

struct asking {
    struct mn_list place; /* in the worker's */
    struct mn_worker *w;
    struct mn_exchange *x; /* NULL once it is gone */
    void *op;
    uint32_t meter;
    int status;  /* of the answer, once its head was there */
    bool begun;  /* it is being passed on */
    bool hidden; /* it is about our key: nobody's to read */
    bool paused;
    size_t bytes; /* both ways */
    struct mn_usage_scan usage;
    char type[TYPE_MAX];
};

static int64_t wall_ms(const struct asking *a)
{
    return mn_clock_wall(a->w->world.clock);
}

/* --- the end --- */

static void count(struct asking *a)
{
    int64_t tokens = a->usage.most;

    if (a->status < 200 || a->status > 299)
        return;
    if (tokens == 0)
        tokens = (int64_t)(a->bytes / BYTES_A_TOKEN) + 1;
    mn_meter_respond(a->w->commons, a->meter, tokens, wall_ms(a));
}

static void end(struct asking *a)
{
    count(a);
    mn_list_remove(&a->place);
    a->w->nresponses--;
    free(a);
}

static void cancel(struct asking *a)
{
    void *op = a->op;

    a->op = NULL;
    if (op != NULL && !mn_api_cancel(&a->w->api, op))
        mn_http_cancel(op);
}

static void on_gone(void *asking, struct mn_exchange *x)
{
    struct asking *a = asking;

    (void)x;
    cancel(a);
    end(a);
}

void mn_responses_close(struct mn_worker *w)
{
    while (!mn_list_empty(&w->responses)) {
        struct asking *a = mn_container_of(w->responses.next, struct asking, place);

        cancel(a);
        if (a->begun)
            mn_exchange_stream_end(a->x);
        else
            mn_exchange_refuse(a->x, 503, NULL, "going_away", "The server is going away.");
        end(a);
    }
}

/* --- the answer --- */

static void keep_type(struct asking *a, const struct mn_http_answer *answer)
{
    struct mn_str type = MN_STR("application/json");

    for (int i = 0; i < answer->nheaders; i++) {
        if (mn_str_is(answer->headers[i].name, "content-type") &&
            answer->headers[i].value.n < TYPE_MAX)
            type = answer->headers[i].value;
    }
    memcpy(a->type, type.p, type.n);
    a->type[type.n] = '\0';
    a->status = answer->status;
    a->hidden = answer->status == 401 || answer->status == 403;
}

static void on_drained(void *asking, struct mn_exchange *x)
{
    struct asking *a = asking;

    (void)x;
    if (!a->paused || a->op == NULL)
        return;
    a->paused = false;
    mn_http_resume(a->op);
}

static void on_head(void *asking, const struct mn_http_answer *answer)
{
    struct asking *a = asking;

    keep_type(a, answer);
    if (a->hidden || mn_exchange_stream_begin(
                         a->x, &(struct mn_reply){.status = a->status, .type = a->type}) != 0)
        return;
    a->begun = true;
    mn_exchange_stream_on_drained(a->x, on_drained, a);
}

static bool on_bytes(void *asking, struct mn_str bytes)
{
    struct asking *a = asking;

    if (!a->begun)
        return true;
    if (mn_exchange_stream_write(a->x, bytes) != 0) {
        a->paused = mn_exchange_stream_waiting(a->x) > 0;
        return !a->paused; /* without memory it is lost */
    }
    a->bytes += bytes.n;
    mn_usage_scan(&a->usage, bytes);
    return true;
}

static const struct mn_http_stream as_it_comes = {on_head, on_bytes};

static void refuse(struct asking *a, const struct mn_http_answer *answer)
{
    struct mn_log *log = a->w->log;

    if (a->hidden) {
        MN_LOG(log, ERROR, NULL, "the model's API refuses the server's key",
               {"status", .i = a->status, .is_int = true},
               {"hint", MN_STR("see OPENAI_API_KEY, and what it may")});
        mn_exchange_refuse(a->x, 502, "server_error", "upstream_refused",
                           "The server may not ask this of the model's API.");
    } else {
        MN_LOG(log, WARN, NULL, "the model's API gave no response",
               {"error", mn_str(answer->err_code != NULL ? answer->err_code : "")});
        mn_exchange_refuse(
            a->x, answer->err_code != NULL && strcmp(answer->err_code, "timeout") == 0 ? 504 : 502,
            "server_error", "upstream_unavailable",
            "The model cannot be reached just now. Try again in a moment.");
    }
}

static void on_done(void *asking, const struct mn_http_answer *answer)
{
    struct asking *a = asking;

    a->op = NULL;
    if (!a->begun && answer->status != 0 && a->status == 0)
        keep_type(a, answer); /* it came whole */
    if (a->begun) {
        mn_exchange_stream_end(a->x);
    } else if (answer->err_code != NULL || a->hidden || a->status == 0) {
        refuse(a, answer);
    } else {
        a->bytes += answer->body.n;
        mn_usage_scan(&a->usage, answer->body);
        mn_exchange_reply(
            a->x, &(struct mn_reply){.status = a->status, .type = a->type, .body = answer->body});
    }
    end(a);
}

/* --- asking --- */

static bool may_ask(struct mn_worker *w, struct mn_exchange *x)
{
    if (w->settings->responses_models == NULL)
        mn_exchange_refuse(x, 404, NULL, "not_found",
                           "Responses are not made here (--responses-models).");
    else if (mn_principal_of(x)->kind == MN_ASKS_TOKEN)
        mn_exchange_refuse(x, 403, NULL, "token_not_allowed", "A token opens calls only.");
    else if (!mn_worker_is_ready(w) || w->nresponses >= w->settings->responses_at_once)
        mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                           "No more responses can be made just now. Try again in a moment.");
    else
        return true;
    return false;
}

static bool has_budget(struct mn_worker *w, struct mn_exchange *x, uint32_t *meter)
{
    const struct mn_principal *who = mn_principal_of(x);
    int64_t now_ms = mn_clock_wall(w->world.clock);
    int64_t most =
        who->limits.responses > 0 ? who->limits.responses : w->settings->responses_tokens;

    *meter = mn_meter_of(w->commons, 'k', mn_str(who->key), now_ms);
    if (mn_meter_responses(w->commons, *meter, now_ms) < most)
        return true;
    mn_exchange_refuse_for(x, 429, "insufficient_quota",
                           "The tokens of today are used up. They come back at midnight, UTC.",
                           (DAY_MS - now_ms % DAY_MS) / 1000 + 1);
    return false;
}

static bool is_right(struct mn_worker *w, struct mn_exchange *x)
{
    struct mn_json *body = NULL;
    const char *param = NULL, *why = "The body of the request is not JSON.";
    bool model;

    if (mn_json_parse(&body, mn_exchange_body(x), &mn_json_frame, NULL) == 0)
        why = mn_responses_check(body, w->settings->responses_models, &param);
    mn_json_free(body);
    if (why == NULL)
        return true;
    model = param != NULL && strcmp(param, "model") == 0;
    mn_exchange_refuse_param(x,
                             param == NULL ? "invalid_json"
                             : model       ? "model_not_found"
                                           : "unsupported_parameter",
                             param, why);
    return false;
}

static int pass_on(struct asking *a)
{
    const struct mn_settings *s = a->w->settings;
    const struct mn_header type = {MN_STR("Content-Type"), MN_STR("application/json")};

    return mn_api_ask(&a->w->api,
                      &(struct mn_http_ask){.method = MN_STR("POST"),
                                            .url = MN_STR("/responses"),
                                            .headers = &type,
                                            .nheaders = 1,
                                            .body = mn_exchange_body(a->x),
                                            .total_ms = s->responses_timeout,
                                            .max_body = (size_t)s->responses_body,
                                            .pool = MN_STR("/v1/responses"),
                                            .pool_connections = (int)s->responses_at_once,
                                            .of_api = true,
                                            .stream = &as_it_comes},
                      on_done, a, &a->op);
}

void mn_responses_ask(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct asking *a;
    uint32_t meter;

    if (!may_ask(w, x) || !is_right(w, x) || !has_budget(w, x, &meter))
        return;
    a = calloc(1, sizeof(*a));
    if (a == NULL) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return;
    }
    *a = (struct asking){.w = w, .x = x, .meter = meter, .bytes = mn_exchange_body(x).n};
    mn_list_append(&w->responses, &a->place);
    w->nresponses++;
    mn_exchange_on_gone(x, on_gone, a);
    if (pass_on(a) != 0) {
        mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                           "No more responses can be made just now. Try again in a moment.");
        end(a);
    }
}
