/* refusal.c - a link that closes before it opens, as io/ws_client's does when it is refused. */
#include "sim/refusal.h"

#include "base/err.h"
#include "base/json_write.h"
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>

struct refusal {
    struct mn_link link;
    struct mn_timer timer;
    struct mn_clock *clock; /* borrowed */
    bool closed;            /* by its owner, before it was refused, with: */
    int code, err;
    struct mn_buf reason;
};

static void on_time(struct mn_timer *timer)
{
    struct refusal *r = mn_container_of(timer, struct refusal, timer);

    r->link.events->on_close(&r->link, r->code, mn_buf_str(&r->reason), r->err);
    mn_buf_free(&r->reason);
    free(r);
}

static int send_nothing(struct mn_link *link, struct mn_str text)
{
    (void)link, (void)text;
    return 0; /* as while a link is dialled: it waits, and is lost */
}

static void close_early(struct mn_link *link, int code, struct mn_str reason)
{
    struct refusal *r = mn_container_of(link, struct refusal, link);

    if (r->closed)
        return;
    r->closed = true;
    r->code = code;
    r->err = 0;
    mn_buf_clear(&r->reason);
    mn_buf_add_str(&r->reason, mn_link_reason(reason));
    (void)mn_timer_start(r->clock, &r->timer, 0, on_time); /* it runs: no memory is needed */
}

static size_t nothing_queued(const struct mn_link *link)
{
    (void)link;
    return 0;
}

static const struct mn_link_ops ops = {send_nothing, close_early, nothing_queued};

int mn_sim_refusal(struct mn_link **out, struct mn_clock *clock, int status, struct mn_str body,
                   int64_t timeout_ms)
{
    struct refusal *r = calloc(1, sizeof(*r));

    *out = NULL;
    if (r == NULL)
        return -ENOMEM;
    r->link.ops = &ops;
    r->clock = clock;
    r->code = MN_LINK_VANISH;
    r->err = status == 0 ? MN_ETIMEOUT : MN_EREFUSED;
    if (status == 0)
        mn_buf_add_text(&r->reason, "not connected in time");
    else
        mn_buf_addf(&r->reason, "HTTP %d: %.*s", status, MN_FMT(body));
    if (r->reason.err < 0 ||
        mn_timer_start(clock, &r->timer, status == 0 ? timeout_ms : 0, on_time) < 0) {
        mn_buf_free(&r->reason);
        free(r);
        return -ENOMEM;
    }
    *out = &r->link;
    return 0;
}

int mn_sim_refusal_body(struct mn_buf *out, int status)
{
    static const struct {
        int status;
        const char *type, *code, *message;
    } known[] = {
        {401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."},
        {403, "invalid_request_error", "unsupported_country_region_territory",
         "Country, region, or territory not supported"},
        {404, "invalid_request_error", "model_not_found", "The model does not exist."},
        {429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached for requests."},
        {503, "server_error", NULL, "The server is overloaded or not ready yet."},
    };
    struct mn_writer w = mn_writer(out);
    size_t i = 0, last = sizeof(known) / sizeof(known[0]) - 1;

    while (i < last && known[i].status != status)
        i++;
    mn_write_open(&w, NULL, '{');
    mn_write_open(&w, "error", '{');
    mn_write_text(&w, "message", known[i].message);
    mn_write_text(&w, "type", known[i].type);
    mn_write_text(&w, "code", known[i].code);
    mn_write_null(&w, "param");
    mn_write_close(&w);
    mn_write_close(&w);
    return out->err;
}
