/* exchange.c - one request, from its head to its answer.
 *
 * DESIGN  A request is judged as soon as its head is there: how its body is framed, who may come
 * in, which route it takes. Refused, it is answered while libwebsockets throws its body away. Else
 * the body is collected and the route's handler runs. An answer is bytes in the connection's out
 * buffer; it is written when the socket says so, and never from inside the handler.
 *
 * WHY ONE REQUEST A CONNECTION  libwebsockets 4.1 reads a request that came together with the end
 * of the one before wrongly: its head is taken for its body, and three such requests in one packet
 * make it turn forever inside lws_http_action(). So every answer ends its connection, and a second
 * request is refused before it gets there. Chunked bodies it does not read at all: 411.
 *
 * WHY NOT READ ON  While a request waits for its answer its socket is not read (rx flow control is
 * off), since libwebsockets on libuv spins on bytes that come in that state. That the client went
 * away is then seen only by looking, once a second.
 */
#include "base/err.h"
#include "io/route.h"
#include "io/server_conn.h"

#include <poll.h>
#include <stdlib.h>

enum {
    LOOK_MS = 1000,  /* for a client that went away before its answer */
    LINGER_MS = 2000 /* for a client to stop sending a body that was refused */
};

/* In libwebsockets' order (enum lws_http_method indexes from lws_http_get_uri_and_method). */
static const char *const methods[] = {"GET",   "POST",   "OPTIONS", "PUT",
                                      "PATCH", "DELETE", "CONNECT", "HEAD"};

static bool speaks_1_1(struct lws *wsi)
{
    char version[16];

    return lws_hdr_copy(wsi, version, sizeof(version), WSI_TOKEN_HTTP) > 0 &&
           strcmp(version, "HTTP/1.1") == 0;
}

struct mn_exchange *mn_exchange_new(struct mn_server_conn *c, bool upgrade)
{
    struct mn_exchange *x = calloc(1, sizeof(*x));
    char *uri = NULL;
    int n = 0, method;

    if (x == NULL)
        return NULL;
    x->conn = c;
    x->upgrade = upgrade;
    x->http_1_1 = speaks_1_1(c->wsi);
    x->body.limit = c->server->settings.max_body_bytes;
    mn_list_init(&x->notes);
    method = lws_http_get_uri_and_method(c->wsi, &uri, &n);
    if (method < 0 || (size_t)method >= sizeof(methods) / sizeof(methods[0]) ||
        mn_buf_add(&x->path, uri, (size_t)n) < 0) {
        mn_exchange_free(x);
        return NULL;
    }
    x->method = methods[method];
    return x;
}

void mn_exchange_free(struct mn_exchange *x)
{
    mn_exchange_forget(x);
    mn_stream_free(x->stream);
    mn_buf_free(&x->path);
    mn_buf_free(&x->allow);
    mn_buf_free(&x->origin);
    mn_buf_free(&x->body);
    if (x->drop != NULL)
        x->drop(x->load);
    free(x);
}

bool mn_exchange_admitted(struct mn_exchange *x)
{
    struct mn_server *s = x->conn->server;

    return s->settings.admit == NULL || s->settings.admit(s->owner, x);
}

void mn_exchange_allow(struct mn_exchange *x, struct mn_str allowed)
{
    mn_buf_clear(&x->allow);
    mn_buf_add_str(&x->allow, allowed);
}

void mn_exchange_share(struct mn_exchange *x, struct mn_str origin)
{
    mn_buf_clear(&x->origin);
    mn_buf_add_str(&x->origin, origin);
}

bool mn_exchange_is_sound(struct mn_exchange *x)
{
    struct lws *wsi = x->conn->wsi;
    char version[16] = "";

    if (lws_hdr_copy(wsi, version, sizeof(version), WSI_TOKEN_HTTP) <= 0 ||
        strncmp(version, "HTTP/1.", 7) != 0)
        mn_exchange_refuse(x, 505, NULL, "bad_version", "HTTP/1.1 and HTTP/1.0 are spoken here.");
    else if (lws_hdr_fragment_length(wsi, WSI_TOKEN_HOST, 1) > 0 ||
             (x->http_1_1 && lws_hdr_total_length(wsi, WSI_TOKEN_HOST) <= 0))
        mn_exchange_refuse(x, 400, NULL, "bad_host", "A request has one Host.");
    else
        return true;
    return false;
}

/* The table's rows come first, those of files last. */
static int find_route(struct mn_exchange *x)
{
    struct mn_server *s = x->conn->server;
    const struct mn_route *found = NULL;
    int status =
        mn_route_find(s->routes, mn_str(x->method), mn_buf_str(&x->path), x->upgrade, &x->route);
    int other = 404;

    if (s->settings.find != NULL && (x->route == NULL || x->route->files != NULL))
        other = s->settings.find(s->owner, x, &found);
    if (other == 200)
        x->route = found;
    return other != 404 ? other : status;
}

bool mn_exchange_routed(struct mn_exchange *x)
{
    int status = find_route(x);

    if (status == 404)
        mn_exchange_refuse(x, 404, NULL, "not_found", "There is nothing at this path.");
    else if (status == 405)
        mn_exchange_refuse(x, 405, NULL, "method_not_allowed",
                           "This path does not know this method.");
    else if (status == 426)
        mn_exchange_refuse(x, 426, NULL, "upgrade_required",
                           "This path is spoken to over a WebSocket.");
    return status == 200;
}

/* Reads Content-Length: digits, nothing else (RFC 9112, 6.3). Returns the length, -1 when there is
 * none, -2 when it is no number. */
static int64_t content_length(struct mn_exchange *x)
{
    struct mn_str text = mn_exchange_header(x, "content-length");
    int64_t n = 0;
    size_t i;

    if (text.p == NULL)
        return -1;
    for (i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || n > INT64_MAX / 10 - 1)
            return -2;
        n = n * 10 + (text.p[i] - '0');
    }
    return n;
}

/* Returns the body's length, or -1 when the request was refused for how its body is framed. One
 * that tells no length has no body, whatever its method (RFC 9112, 6.3): `curl -X POST` is such. */
static int64_t framed(struct mn_exchange *x)
{
    int64_t n = content_length(x);
    bool chunked = mn_exchange_header(x, "transfer-encoding").p != NULL;

    if (!chunked && n == -1)
        return 0;
    if (!chunked && n >= 0 && (uint64_t)n <= x->body.limit)
        return n;
    x->conn->body_left = n > 0 ? n : 0;
    if (chunked)
        mn_exchange_refuse(x, 411, NULL, "length_required",
                           "Send the body with Content-Length; chunks are not read here.");
    else if (n == -2)
        mn_exchange_refuse(x, 400, NULL, "bad_content_length", "Content-Length is not a number.");
    else
        mn_exchange_refuse(x, 413, NULL, "body_too_large", "The body is over the limit.");
    return -1;
}

static void on_look(struct mn_timer *timer)
{
    struct mn_server_conn *c = mn_container_of(timer, struct mn_server_conn, timer);
    struct pollfd fd = {.fd = lws_get_socket_fd(c->wsi), .events = POLLRDHUP};

    if (poll(&fd, 1, 0) > 0 ||
        mn_timer_start(mn_loop_clock(c->server->loop), timer, LOOK_MS, on_look) < 0)
        mn_server_conn_kill(c);
}

static void dispatch(struct mn_exchange *x)
{
    struct mn_server_conn *c = x->conn;
    const struct mn_route *route = x->route;

    lws_rx_flow_control(c->wsi, 0);
    x->dispatched = true;
    if (mn_timer_start(mn_loop_clock(c->server->loop), &c->timer, LOOK_MS, on_look) < 0)
        mn_server_conn_kill(c);
    if (route->files != NULL)
        mn_files_answer(x, route->files, mn_exchange_below(x));
    else
        route->handle(c->server->owner, x);
}

/* RFC 9110, 10.1.1: a client with a large body may wait to hear that it is wanted. */
static int ask_for_body(struct mn_exchange *x)
{
    unsigned char text[LWS_PRE + 32];
    int n;

    if (!mn_header_is(mn_exchange_header(x, "expect"), "100-continue"))
        return 0;
    n = lws_snprintf((char *)text + LWS_PRE, 32, "HTTP/1.1 100 Continue\r\n\r\n");
    return lws_write(x->conn->wsi, text + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_HEADERS) < 0 ? -1 : 0;
}

int mn_exchange_begin(struct mn_server_conn *c)
{
    struct mn_exchange *x;
    int64_t n;

    lws_set_timeout(c->wsi, NO_PENDING_TIMEOUT, 0); /* the time-outs are ours */
    mn_server_conn_limit(c, c->server->settings.request_ms);
    if (c->asked)
        return -1;
    c->asked = true;
    x = mn_exchange_new(c, false);
    if (x == NULL)
        return -1;
    c->x = x;
    n = framed(x);
    if (n >= 0)
        c->body_left = n;
    if (n < 0 || !mn_exchange_is_sound(x) || !mn_exchange_admitted(x) || !mn_exchange_routed(x))
        return 0;
    if (n > 0)
        return ask_for_body(x);
    dispatch(x);
    return 0;
}

int mn_exchange_more(struct mn_server_conn *c, struct mn_str bytes)
{
    c->body_left -= (int64_t)bytes.n;
    if (c->x == NULL || c->x->dispatched)
        return 0; /* of a request already answered */
    return mn_buf_add_str(&c->x->body, bytes) < 0 ? -1 : 0;
}

void mn_exchange_whole(struct mn_server_conn *c)
{
    if (c->x != NULL && !c->x->dispatched)
        dispatch(c->x);
}

void mn_exchange_lost(struct mn_server_conn *c)
{
    struct mn_exchange *x = c->x;

    if (x == NULL)
        return;
    c->x = NULL;
    if (x->gone != NULL)
        x->gone(x->gone_owner, x);
    mn_exchange_free(x);
}

void mn_server_conn_begin_answer(struct mn_server_conn *c)
{
    static const char room[LWS_PRE];

    mn_buf_clear(&c->out);
    mn_buf_add(&c->out, room, sizeof(room));
}

void mn_exchange_answered(struct mn_exchange *x)
{
    struct mn_server_conn *c = x->conn;

    c->x = NULL;
    if (c->out.err < 0) {
        mn_server_conn_kill(c);
    } else if (!x->upgrade) {
        mn_server_conn_limit(c, c->server->settings.idle_ms);
        lws_rx_flow_control(c->wsi, 1); /* without, it is not told of writeable either */
        lws_callback_on_writable(c->wsi);
    }
    mn_exchange_free(x);
}

void mn_exchange_reply(struct mn_exchange *x, const struct mn_reply *reply)
{
    mn_server_conn_begin_answer(x->conn);
    mn_reply_write(&x->conn->out, reply, mn_buf_str(&x->origin), strcmp(x->method, "HEAD") == 0);
    mn_exchange_answered(x);
}

/* -1 lets libwebsockets send what the kernel did not take, and close. Closing on a client that
 * still sends would reset it before it has read why, so its body is thrown away for a moment first.
 */
int mn_server_conn_answer(struct mn_server_conn *c)
{
    int n = 0;

    if (c->x != NULL && c->x->stream != NULL)
        return mn_stream_writeable(c->x);
    if (c->out.n == 0)
        return 0;
    if (c->out.n > LWS_PRE)
        n = lws_write(c->wsi, (unsigned char *)c->out.p + LWS_PRE, c->out.n - LWS_PRE,
                      LWS_WRITE_HTTP_FINAL);
    mn_buf_free(&c->out);
    if (n < 0 || c->body_left <= 0)
        return -1;
    mn_server_conn_limit(c, LINGER_MS);
    return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}
