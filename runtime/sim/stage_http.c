/* stage_http.c - HTTP as a scenario sees it: a request is a record, its answer what the scenario
 * says, when it says. */
#include "base/json_write.h"
#include "call/api.h"
#include "io/http.h"
#include "sim/stage_parts.h"

#include <errno.h>
#include <stdlib.h>

#define HEADERS_MAX 16 /* of an answer; our own bound */

struct request {
    struct mn_list link;
    struct mn_timer timer; /* to the answer, or to the time-out */
    struct mn_stage *stage;
    struct mn_wire_request *wire; /* NULL when the stage has none */
    int id;
    mn_http_done *done;
    void *op_owner;
    int status;
    struct mn_header headers[HEADERS_MAX]; /* in text */
    int nheaders;
    struct mn_buf body, text;
    struct mn_buf path, asked; /* of the API: its path below the root, and what was asked */
    const char *err_code;      /* static */
};

static void free_request(struct request *r)
{
    mn_timer_stop(&r->timer);
    mn_wire_drop(r->wire);
    mn_list_remove(&r->link);
    mn_buf_free(&r->body);
    mn_buf_free(&r->text);
    mn_buf_free(&r->path);
    mn_buf_free(&r->asked);
    free(r);
}

static void on_answer(struct mn_timer *t)
{
    struct request *r = mn_container_of(t, struct request, timer);
    struct mn_http_answer answer = {.status = r->status,
                                    .headers = r->headers,
                                    .nheaders = r->nheaders,
                                    .body = mn_buf_str(&r->body),
                                    .err_code = r->err_code,
                                    .err_message = r->err_code};

    mn_list_remove(&r->link);
    if (r->wire != NULL && r->err_code == NULL)
        mn_wire_reply(r->wire, &answer); /* an answer that never comes needs no wire */
    else
        r->done(r->op_owner, &answer);
    free_request(r);
}

static void note_request(struct mn_stage *st, const struct request *r,
                         const struct mn_http_ask *ask)
{
    struct mn_buf *text = mn_stage_note(st, MN_LANE_HTTP);
    struct mn_writer w;

    if (text == NULL)
        return;
    w = mn_writer(text);
    mn_write_open(&w, NULL, '{');
    mn_write_int(&w, "id", r->id);
    mn_write_str(&w, "method", ask->method);
    mn_write_str(&w, "url", ask->url);
    mn_write_open(&w, "headers", '[');
    for (int i = 0; i < ask->nheaders; i++) {
        mn_write_str(&w, NULL, ask->headers[i].name);
        mn_write_str(&w, NULL, ask->headers[i].value);
    }
    mn_write_close(&w);
    if (r->path.n > 0)
        mn_write_str(&w, "api", mn_buf_str(&r->path));
    mn_write_str(&w, "body", ask->body);
    mn_write_close(&w);
}

/* The pool's own time-out, so that a request nobody answers ends as it would there. */
#define TOTAL_MS    10000
#define CACHE_BYTES (8 << 20)

static int64_t total_of(const struct mn_http_ask *ask)
{
    return ask->total_ms > 0 ? ask->total_ms : TOTAL_MS;
}

/* A request of the API goes where a server's would, without its key. */
static int read_api(struct request *r, const struct mn_http_ask *ask, struct mn_buf *url)
{
    if (!ask->of_api)
        return 0;
    mn_buf_add_str(&r->path, ask->url);
    mn_buf_add_str(&r->asked, ask->body);
    mn_api_url(url, ask->upstream, ask->url);
    return r->path.err != 0 || r->asked.err != 0 || url->err != 0 ? -ENOMEM : 0;
}

static int start(struct mn_stage *st, struct request *r, const struct mn_http_ask *ask,
                 mn_http_done *done, void *op_owner)
{
    bool barred = mn_http_is_barred(ask); /* as the pool would: it never leaves */
    int err =
        st->wire != NULL && !barred ? mn_wire_ask(st->wire, &r->wire, ask, done, op_owner) : 0;

    if (err != 0)
        return err;
    r->stage = st;
    r->done = done;
    r->op_owner = op_owner;
    r->err_code = barred ? "private" : "timeout";
    mn_list_append(&st->requests, &r->link);
    mn_timer_start(&st->clock, &r->timer, barred ? 0 : total_of(ask), on_answer);
    if (!barred) {
        r->id = ++st->nrequests;
        note_request(st, r, ask);
    }
    return 0;
}

static int ask_scenario(void *stage, const struct mn_http_ask *ask, mn_http_done *done,
                        void *op_owner, void **op)
{
    struct request *r = calloc(1, sizeof(*r));
    struct mn_http_ask whole = *ask;
    struct mn_buf url = {0};
    int err;

    if (r == NULL)
        return -ENOMEM;
    mn_list_init(&r->link);
    err = read_api(r, ask, &url);
    whole.of_api = false;
    if (ask->of_api) {
        whole.url = mn_buf_str(&url);
        whole.names_host = true;
    }
    if (err == 0)
        err = start(stage, r, &whole, done, op_owner);
    mn_buf_free(&url);
    if (err != 0)
        free_request(r);
    else
        *op = r;
    return err;
}

static void give_up(void *stage, void *op)
{
    (void)stage;
    free_request(op);
}

/* Each scenario has a cache of its own, as large as a worker's. */
int mn_stage_open_http(struct mn_stage *st)
{
    return mn_http_cache_open(&st->cache, &st->clock,
                              &(struct mn_http_carrier){st, ask_scenario, give_up},
                              &(struct mn_http_cache_settings){
                                  .bytes = CACHE_BYTES, .entries = 1000, .total_ms = TOTAL_MS});
}

int mn_stage_http(void *stage, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                  void **op)
{
    return mn_http_cache_send(((struct mn_stage *)stage)->cache, ask, done, op_owner, op);
}

void mn_stage_http_cancel(void *stage, void *op)
{
    mn_http_cache_cancel(((struct mn_stage *)stage)->cache, op);
}

static struct request *request_of(struct mn_stage *st, int id)
{
    for (struct mn_list *l = st->requests.next; l != &st->requests; l = l->next) {
        struct request *r = mn_container_of(l, struct request, link);

        if (r->id == id)
            return r;
    }
    return NULL;
}

static void keep_headers(struct request *r, const struct mn_http_answer *answer)
{
    const char *at;

    r->nheaders = answer->nheaders < HEADERS_MAX ? answer->nheaders : HEADERS_MAX;
    mn_buf_clear(&r->text);
    for (int i = 0; i < r->nheaders; i++) {
        mn_buf_add_str(&r->text, answer->headers[i].name);
        mn_buf_add_str(&r->text, answer->headers[i].value);
    }
    if (r->text.err != 0)
        r->nheaders = 0;
    at = r->text.p; /* put in order before, it stays where it is from now on */
    for (int i = 0; i < r->nheaders; i++) {
        r->headers[i].name = (struct mn_str){at, answer->headers[i].name.n};
        at += answer->headers[i].name.n;
        r->headers[i].value = (struct mn_str){at, answer->headers[i].value.n};
        at += answer->headers[i].value.n;
    }
}

bool mn_stage_reply(struct mn_stage *st, int id, const struct mn_http_answer *answer,
                    int64_t delay_ms)
{
    struct request *r = request_of(st, id);

    if (r == NULL)
        return false;
    if (mn_clock_now(&st->clock) + delay_ms > r->timer.at_ms)
        return true; /* too late: its time-out comes first */
    r->status = answer->status;
    r->err_code = answer->err_code;
    mn_buf_clear(&r->body);
    mn_buf_add_str(&r->body, answer->body);
    keep_headers(r, answer);
    mn_timer_start(&st->clock, &r->timer, delay_ms, on_answer);
    return true;
}

bool mn_stage_asked_of_api(struct mn_stage *st, int id, struct mn_str *path, struct mn_str *body)
{
    struct request *r = request_of(st, id);

    if (r == NULL || r->path.n == 0)
        return false;
    *path = mn_buf_str(&r->path);
    *body = mn_buf_str(&r->asked);
    return true;
}

void mn_stage_close_http(struct mn_stage *st)
{
    mn_http_cache_close(st->cache);
    while (!mn_list_empty(&st->requests))
        free_request(mn_container_of(st->requests.next, struct request, link));
}
