/* owner.c - the socket a worker has for the others, and requests that are passed on over it. */
#include "call/owner.h"

#include "base/err.h"
#include "call/worker_parts.h"
#include "io/listen.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define ASK_MS      2000             /* for all to answer a question */
#define BETWEEN     1000             /* requests at once, and as many that wait */
#define ANSWER      (16 << 20)       /* bytes of one */
#define PASS_MS     10000            /* for another worker to begin to answer */
#define SILENCE_MS  (60 * 60 * 1000) /* events may be few and far between */
#define INSIDE_URL  "http://127.0.0.1"
#define PATH_BYTES  (MN_INHERIT_FOLDER + 16)
#define HEADERS_MAX 4

int mn_owner_of(struct mn_str id)
{
    struct mn_str prefix = MN_STR("sess_");
    int number = 0;

    if (!mn_str_starts(id, prefix))
        return -1;
    for (size_t i = prefix.n; i < id.n; i++) {
        if (id.p[i] == '_')
            return i > prefix.n ? number : -1;
        if (id.p[i] < '0' || id.p[i] > '9' || number >= MN_PAGE_WORKERS)
            return -1;
        number = number * 10 + (id.p[i] - '0');
    }
    return -1;
}

bool mn_owner_is_there(const struct mn_worker *w, int number)
{
    return w->under != NULL && number >= 0 && number < MN_PAGE_WORKERS && number != w->number &&
           atomic_load(&w->page->slots[number].pid) != 0;
}

static void path_of(const struct mn_worker *w, int number, char out[PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%s/%d", w->under->it.folder, number);
}

/* --- the socket --- */

static bool let_in(void *worker, struct mn_exchange *x)
{
    (void)worker;
    if (mn_principal_new(x, NULL) != NULL)
        return true;
    mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
    return false;
}

int mn_owner_listen(struct mn_worker *w)
{
    const struct mn_settings *s = w->settings;
    char path[PATH_BYTES];
    int fd, err;

    if (w->under == NULL)
        return 0;
    path_of(w, w->number, path);
    err = mn_http_open(&w->between, w->loop,
                       &(struct mn_http_settings){.host_connections = BETWEEN,
                                                  .total_connections = BETWEEN,
                                                  .max_waiting = BETWEEN,
                                                  .keep = -1,
                                                  .max_body_bytes = ANSWER});
    if (err != 0)
        return err;
    fd = mn_listen_unix(path);
    if (fd < 0)
        return fd;
    return mn_server_open(&w->inside, w->loop,
                          &(struct mn_server_settings){
                              .listen_fd = fd,
                              .max_connections = (int)(s->max_calls + s->spare_connections),
                              .max_body_bytes = (size_t)s->max_body,
                              .request_ms = s->request_timeout,
                              .ping_ms = s->ping,
                              .max_message_bytes = (size_t)s->max_message,
                              .high_water_bytes = (size_t)s->send_queue,
                              .admit = let_in,
                          },
                          mn_worker_routes, w);
}

bool mn_owner_is_inside(const struct mn_worker *w, const struct mn_exchange *x)
{
    return mn_exchange_came_to(x, w->inside);
}

/* --- a request, passed on --- */

struct passing {
    struct mn_list place; /* in the worker's */
    struct mn_worker *w;
    struct mn_exchange *x; /* NULL: its client is gone, or needs no more */
    struct mn_http_op *op;
    bool streams;
};

static void on_drained(void *passing, struct mn_exchange *x)
{
    (void)x;
    mn_http_resume(((struct passing *)passing)->op);
}

static void on_head(void *passing, const struct mn_http_answer *answer)
{
    struct passing *p = passing;
    struct mn_reply head = {.status = answer->status};
    char type[128] = "";

    for (int i = 0; i < answer->nheaders; i++) {
        if (mn_str_is(answer->headers[i].name, "content-type"))
            snprintf(type, sizeof(type), "%.*s", MN_FMT(answer->headers[i].value));
    }
    head.type = type[0] != '\0' ? type : NULL;
    if (p->x == NULL)
        return;
    switch (mn_exchange_stream_begin(p->x, &head)) {
    case 0:
        p->streams = true;
        mn_exchange_stream_on_drained(p->x, on_drained, p);
        break;
    case MN_ECLOSED: /* only the head was asked for */
        p->x = NULL;
        break;
    default: /* without memory: on_passed answers */
        break;
    }
}

static bool on_bytes(void *passing, struct mn_str bytes)
{
    struct passing *p = passing;

    return p->x == NULL || !p->streams || mn_exchange_stream_write(p->x, bytes) == 0;
}

static void free_passing(struct passing *p)
{
    mn_list_remove(&p->place);
    free(p);
}

static void on_passed(void *passing, const struct mn_http_answer *answer)
{
    struct passing *p = passing;

    if (p->x != NULL && p->streams)
        mn_exchange_stream_end(p->x);
    else if (p->x != NULL && answer->status != 0)
        mn_exchange_reply(p->x, &(struct mn_reply){.status = answer->status, .body = answer->body});
    else if (p->x != NULL)
        mn_exchange_refuse(p->x, 503, NULL, "worker_gone",
                           "The worker that has this call does not answer. Try again in a moment.");
    free_passing(p);
}

static void on_client_gone(void *passing, struct mn_exchange *x)
{
    struct passing *p = passing;

    (void)x;
    if (p->op != NULL)
        mn_http_cancel(p->op);
    free_passing(p);
}

static const struct mn_http_stream stream = {on_head, on_bytes};

static void add_escaped(struct mn_buf *out, struct mn_str s, const char *plain)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (isalnum(c) || (c != '\0' && strchr(plain, c) != NULL))
            mn_buf_add_byte(out, s.p[i]);
        else
            mn_buf_addf(out, "%%%02X", c);
    }
}

void mn_owner_write_path(struct mn_buf *out, struct mn_exchange *x)
{
    struct mn_str name, value;
    char before = '?';

    add_escaped(out, mn_exchange_path(x), "/-._~:");
    for (int i = 0; mn_exchange_query_at(x, &i, &name, &value); before = '&') {
        mn_buf_add_byte(out, before);
        add_escaped(out, name, "-._~");
        mn_buf_add_byte(out, '=');
        add_escaped(out, value, "-._~");
    }
}

static int copy_headers(struct mn_exchange *x, struct mn_header headers[HEADERS_MAX])
{
    static const char *const names[] = {"content-type", "accept", "authorization"};
    int n = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct mn_str value = mn_exchange_header(x, names[i]);

        if (value.n > 0)
            headers[n++] = (struct mn_header){mn_str(names[i]), value};
    }
    return n;
}

static int send_on(struct passing *p, int number)
{
    struct mn_header headers[HEADERS_MAX];
    char path[PATH_BYTES], pool[32];
    struct mn_buf url = {0};
    struct mn_http_ask ask = {
        .method = mn_exchange_method(p->x),
        .headers = headers,
        .nheaders = copy_headers(p->x, headers),
        .body = mn_exchange_body(p->x),
        .names_host = true,
        .total_ms = PASS_MS,
        .idle_ms = SILENCE_MS,
        .pool_keep = -1,
        .stream = &stream,
    };
    int err;

    path_of(p->w, number, path);
    snprintf(pool, sizeof(pool), "worker %d", number);
    mn_buf_add_text(&url, INSIDE_URL);
    mn_owner_write_path(&url, p->x);
    ask.url = mn_buf_str(&url);
    ask.unix_path = mn_str(path);
    ask.pool = mn_str(pool);
    err = url.err != 0 ? url.err : mn_http_send(p->w->between, &ask, on_passed, p, &p->op);
    mn_buf_free(&url);
    return err;
}

bool mn_owner_pass_on(struct mn_worker *w, struct mn_exchange *x, struct mn_str id)
{
    int number = mn_owner_of(id), err = -ENOMEM;
    struct passing *p;

    if (!mn_owner_is_there(w, number) || mn_owner_is_inside(w, x))
        return false;
    p = calloc(1, sizeof(*p));
    if (p != NULL) {
        *p = (struct passing){.w = w, .x = x};
        err = send_on(p, number);
    }
    if (err != 0) {
        free(p);
        mn_exchange_refuse(x, 503, NULL, "server_busy", mn_strerror(err));
        return true;
    }
    mn_list_append(&w->passing, &p->place);
    mn_exchange_on_gone(x, on_client_gone, p);
    return true;
}

/* --- the same question, to all --- */

struct round {
    struct mn_owner_round told;
    int left, missing;
};

struct question {
    struct mn_list place; /* in the worker's */
    struct round *round;
    struct mn_http_op *op;
};

static void over(struct question *q, bool answered)
{
    struct round *r = q->round;

    mn_list_remove(&q->place);
    free(q);
    r->missing += !answered;
    if (--r->left > 0)
        return;
    r->told.done(r->told.owner, r->missing);
    free(r);
}

static void on_answer(void *question, const struct mn_http_answer *answer)
{
    struct question *q = question;

    if (answer->status != 0)
        q->round->told.each(q->round->told.owner, answer->status, answer->body);
    over(q, answer->status != 0);
}

static int send_to(struct mn_worker *w, int number, struct mn_str path,
                   const struct mn_http_ask *asked, mn_http_done *done, void *owner,
                   struct mn_http_op **op)
{
    char socket[PATH_BYTES], pool[32];
    struct mn_http_ask ask = *asked;
    struct mn_buf url = {0};
    int err;

    path_of(w, number, socket);
    snprintf(pool, sizeof(pool), "worker %d", number);
    mn_buf_add_text(&url, INSIDE_URL);
    mn_buf_add_str(&url, path);
    if (ask.method.n == 0)
        ask.method = MN_STR("GET");
    ask.url = mn_buf_str(&url);
    ask.names_host = true;
    ask.pool_keep = -1;
    ask.unix_path = mn_str(socket);
    ask.pool = mn_str(pool);
    err = url.err != 0 ? url.err : mn_http_send(w->between, &ask, done, owner, op);
    mn_buf_free(&url);
    return err;
}

int mn_owner_stream(struct mn_worker *w, int number, struct mn_str path,
                    const struct mn_http_stream *into, mn_http_done *done, void *owner,
                    struct mn_http_op **op)
{
    struct mn_http_ask ask = {.total_ms = PASS_MS, .idle_ms = SILENCE_MS, .stream = into};

    return send_to(w, number, path, &ask, done, owner, op);
}

int mn_owner_post(struct mn_worker *w, int number, const char *path, struct mn_str body,
                  mn_http_done *done, void *owner, struct mn_http_op **op)
{
    struct mn_http_ask ask = {.method = MN_STR("POST"), .body = body, .total_ms = ASK_MS};

    return send_to(w, number, mn_str(path), &ask, done, owner, op);
}

static int ask_one(struct mn_worker *w, struct round *r, int number, struct mn_str path)
{
    struct question *q = calloc(1, sizeof(*q));
    struct mn_http_ask ask = {.total_ms = ASK_MS};
    int err;

    if (q == NULL)
        return -ENOMEM;
    *q = (struct question){.round = r};
    err = send_to(w, number, path, &ask, on_answer, q, &q->op);
    if (err != 0)
        free(q);
    else
        mn_list_append(&w->asking, &q->place);
    return err;
}

int mn_owner_ask_all(struct mn_worker *w, struct mn_str path, const struct mn_owner_round *round)
{
    struct round *r = calloc(1, sizeof(*r));
    int n = 0;

    if (r == NULL)
        return 0;
    r->told = *round;
    for (int i = 0; i < MN_PAGE_WORKERS; i++) {
        if (!mn_owner_is_there(w, i) || atomic_load(&w->page->slots[i].calls) == 0)
            continue;
        if (ask_one(w, r, i, path) == 0)
            n++;
        else
            r->missing++;
    }
    r->left = n;
    if (n == 0)
        free(r);
    return n;
}

/* --- the end --- */

static void drop_questions(struct mn_worker *w)
{
    while (!mn_list_empty(&w->asking)) {
        struct question *q = mn_container_of(w->asking.next, struct question, place);

        mn_http_cancel(q->op);
        over(q, false);
    }
}

/* Those who wait for an answer are told by the server's end. */
void mn_owner_close(struct mn_worker *w)
{
    for (struct mn_list *l = w->passing.next; l != &w->passing; l = l->next) {
        struct passing *p = mn_container_of(l, struct passing, place);

        mn_http_cancel(p->op);
        p->op = NULL;
    }
    drop_questions(w);
    mn_server_close(w->inside);
    w->inside = NULL;
    mn_http_close(w->between);
    w->between = NULL;
}
