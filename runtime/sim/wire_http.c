/* wire_http.c - a tool's request over loopback: asked of a pool, answered by the stage.
 *
 * DESIGN  Its URL is turned to our server, with its name before the path. What arrives there must
 * be what was asked: method, headers, body. The stage's record of it is that of the asking, so that
 * it is the same as without a wire. */
#include "sim/wire_parts.h"

#include "base/err.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* Real time for a request; virtual time-outs come first, and are the stage's. */
#define CONNECT_MS 10000
#define TOTAL_MS   600000

#define HEADERS_MAX 64 /* of a request, that are compared */

struct mn_wire_request {
    struct mn_list node;
    struct mn_wire *wire;
    int name;
    struct mn_http_op *op;        /* NULL once done */
    struct mn_exchange *x;        /* NULL before it arrives and once it is answered */
    bool arrived, answered, done; /* at the server; by the stage; at the pool */
    mn_http_done *fn;
    void *owner;
    struct mn_buf method, body;
    char *names[HEADERS_MAX]; /* of its headers, in lower case */
    struct mn_buf values[HEADERS_MAX];
    int nheaders;
};

/* ---- the server's side ---- */

static bool came_twice(const struct mn_wire_request *r, int i)
{
    for (int k = 0; k < r->nheaders; k++) {
        if (k != i && strcmp(r->names[k], r->names[i]) == 0)
            return true;
    }
    return false;
}

static void compare(struct mn_wire_request *r, struct mn_exchange *x)
{
    if (!mn_str_same(mn_exchange_method(x), mn_buf_str(&r->method)))
        mn_wire_fail(r->wire, "a request arrived with another method than", r->method.p);
    if (!mn_str_same(mn_exchange_body(x), mn_buf_str(&r->body)))
        mn_wire_fail(r->wire, "a request arrived", "with another body");
    for (int i = 0; i < r->nheaders; i++) {
        struct mn_str value = mn_exchange_header(x, r->names[i]);

        if (!came_twice(r, i) && !mn_str_same(value, mn_buf_str(&r->values[i])))
            mn_wire_fail(r->wire, "a request arrived with another header", r->names[i]);
    }
}

static void on_gone(void *request, struct mn_exchange *x)
{
    (void)x;
    ((struct mn_wire_request *)request)->x = NULL;
}

/* ANY /http/NAME/path */
void mn_wire_take(void *wire, struct mn_exchange *x)
{
    struct mn_wire *w = wire;
    int name = mn_wire_name(x);

    for (struct mn_list *node = w->requests.next; node != &w->requests; node = node->next) {
        struct mn_wire_request *r = mn_container_of(node, struct mn_wire_request, node);

        if (r->name != name || r->arrived)
            continue;
        r->arrived = true;
        r->x = x;
        mn_exchange_on_gone(x, on_gone, r);
        compare(r, x);
        return;
    }
    mn_exchange_refuse(x, 404, NULL, "not_found", "Nobody waits for this request any more.");
}

/* ---- the asking side ---- */

static void on_done(void *request, const struct mn_http_answer *answer)
{
    struct mn_wire_request *r = request;

    char why[64];

    r->op = NULL;
    r->done = true;
    if (r->answered) {
        r->fn(r->owner, answer);
        return;
    }
    snprintf(why, sizeof(why), "(%s, HTTP status %d)",
             answer->err_code != NULL ? answer->err_code : "refused", answer->status);
    mn_wire_fail(r->wire, "a request did not reach its server", why);
}

/* Space around a value is no part of it (RFC 9110, 5.5). */
static struct mn_str trimmed(struct mn_str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s.p++, s.n--;
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static char *lowered(struct mn_str s)
{
    char *text = strndup(s.n > 0 ? s.p : "", s.n);

    for (char *c = text; c != NULL && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static int keep_headers(struct mn_wire_request *r, const struct mn_http_ask *ask)
{
    for (int i = 0; i < ask->nheaders && i < HEADERS_MAX; i++) {
        r->names[i] = lowered(ask->headers[i].name);
        if (r->names[i] == NULL)
            return -ENOMEM;
        r->nheaders = i + 1;
        if (mn_buf_add_str(&r->values[i], trimmed(ask->headers[i].value)) < 0)
            return -ENOMEM;
    }
    return 0;
}

/* The same path and query at our server; MN_ECONFIG when it is no URL of HTTP. */
static int turn(struct mn_wire_request *r, struct mn_str url, struct mn_buf *out)
{
    static const char *const schemes[] = {"http://", "https://", NULL};
    size_t at = 0;

    for (const char *const *scheme = schemes; at == 0 && *scheme != NULL; scheme++) {
        if (url.n > strlen(*scheme) && strncasecmp(url.p, *scheme, strlen(*scheme)) == 0)
            at = strlen(*scheme);
    }
    if (at == 0)
        return MN_ECONFIG;
    while (at < url.n && memchr("/?#", url.p[at], 3) == NULL)
        at++;
    mn_wire_address(r->wire, out, "http", "http", r->name);
    if (at == url.n || url.p[at] != '/')
        mn_buf_add_byte(out, '/');
    return mn_buf_add(out, url.p + at, url.n - at);
}

static int send(struct mn_wire_request *r, const struct mn_http_ask *ask)
{
    struct mn_http_ask turned = *ask;
    struct mn_buf url = {0};
    int err = turn(r, ask->url, &url);

    turned.url = mn_buf_str(&url);
    turned.connect_ms = CONNECT_MS;
    turned.total_ms = TOTAL_MS;
    turned.pool_ms = turned.idle_ms = 0;
    turned.proxy = turned.ca = (struct mn_str){0}; /* our server stands in for what they lead to */
    turned.stream = NULL;                          /* the stage answers whole */
    turned.pool_connections = 0; /* a request that waits for its turn is recorded all the same */
    mn_clock_update(mn_loop_clock(r->wire->loop));
    if (err == 0)
        err = mn_http_send(r->wire->http, &turned, on_done, r, &r->op);
    mn_buf_free(&url);
    return err;
}

int mn_wire_ask(struct mn_wire *w, struct mn_wire_request **out, const struct mn_http_ask *ask,
                mn_http_done *done, void *owner)
{
    struct mn_wire_request *r = calloc(1, sizeof(*r));
    int err;

    *out = NULL;
    if (r == NULL)
        return -ENOMEM;
    r->wire = w;
    r->name = ++w->named;
    r->fn = done;
    r->owner = owner;
    mn_list_append(&w->requests, &r->node);
    mn_buf_add_str(&r->method, ask->method);
    err = mn_buf_add_str(&r->body, ask->body);
    err = r->method.err != 0 ? r->method.err : err;
    if (err == 0)
        err = keep_headers(r, ask);
    if (err == 0)
        err = send(r, ask);
    if (err != 0) {
        mn_wire_drop(r);
        return err;
    }
    *out = r;
    return 0;
}

void mn_wire_drop(struct mn_wire_request *r)
{
    if (r == NULL)
        return;
    if (r->op != NULL)
        mn_http_cancel(r->op);
    if (r->x != NULL) /* nobody reads it any more */
        mn_exchange_refuse(r->x, 503, NULL, NULL, "The request was given up.");
    mn_list_remove(&r->node);
    mn_buf_free(&r->method);
    mn_buf_free(&r->body);
    for (int i = 0; i < r->nheaders; i++) {
        free(r->names[i]);
        mn_buf_free(&r->values[i]);
    }
    free(r);
}

static bool has_arrived(void *request)
{
    const struct mn_wire_request *r = request;

    return r->arrived || r->done;
}

static bool is_done(void *request)
{
    return ((const struct mn_wire_request *)request)->done;
}

/* The server writes its length and content type itself. */
static void answer_exchange(struct mn_wire_request *r, const struct mn_http_answer *answer)
{
    struct mn_header headers[HEADERS_MAX];
    struct mn_buf type = {0};
    struct mn_reply reply = {
        .status = answer->status, .type = "", .headers = headers, .body = answer->body};

    for (int i = 0; i < answer->nheaders && reply.nheaders < HEADERS_MAX; i++) {
        const struct mn_header *header = &answer->headers[i];

        if (mn_str_is(header->name, "content-type"))
            mn_buf_add_str(&type, header->value);
        else if (!mn_str_is(header->name, "content-length"))
            headers[reply.nheaders++] = *header;
    }
    if (type.n > 0)
        reply.type = type.p;
    mn_exchange_reply(r->x, &reply);
    r->x = NULL;
    mn_buf_free(&type);
}

void mn_wire_reply(struct mn_wire_request *r, const struct mn_http_answer *answer)
{
    const struct mn_http_answer lost = {.err_code = "reset", .err_message = "reset"};

    if (mn_wire_wait(r->wire, has_arrived, r, "a request") && r->x != NULL) {
        r->answered = true;
        answer_exchange(r, answer);
        if (mn_wire_wait(r->wire, is_done, r, "the answer to a request"))
            return;
    }
    if (r->op != NULL)
        mn_http_cancel(r->op);
    r->answered = true;
    on_done(r, &lost);
}
