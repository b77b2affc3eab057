/* server.c - one listening port, its connections, and libwebsockets' callbacks sorted by what they
 * concern.
 *
 * DESIGN  libwebsockets keeps the sockets, speaks TLS, parses HTTP and WebSocket frames. The port,
 * the routes, the answers, the time-outs and the queues are ours. It calls one function for
 * everything; on_event is the only switch, and what happens is in functions with names.
 *
 * CLOSING  libwebsockets 4.1 never closes the connections of a virtual host it is asked to destroy,
 * and frees the host at once only when it has none. So the server kills its connections itself,
 * destroys the host when the last is gone, and is freed where the host is, whoever destroys it. */
#include "base/err.h"
#include "io/server_conn.h"
#include "io/server_tls.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What one connection too many is told, of all and of its address. It is sent without TLS: there it
 * is just a close. */
#define REFUSED(status)     "HTTP/1.1 " status "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#define TURNED_AWAY(status) REFUSED(status "\r\nRetry-After: 1")
static const char too_many[] = TURNED_AWAY("503 Service Unavailable");
static const char too_many_of_one[] = TURNED_AWAY("429 Too Many Requests");

/* On libuv, libwebsockets 4.1 looks at its time-outs only after one of its sockets had something to
 * say; waking it makes it look now. */
void mn_server_conn_kill(struct mn_server_conn *c)
{
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
    lws_cancel_service(mn_loop_lws(c->server->loop));
}

static void on_late(struct mn_timer *timer)
{
    mn_server_conn_kill(mn_container_of(timer, struct mn_server_conn, timer));
}

/* Whether the client of a connection without TLS has said anything. */
static bool has_spoken(int fd)
{
    struct tcp_info told;
    socklen_t n = sizeof(told);

    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &told, &n) == 0 && told.tcpi_bytes_received > 0;
}

/* Whoever began a request that did not arrive in time is told so, as far as that can be done at
 * once. What libwebsockets cannot read at all it drops before anybody can say a word. */
static void tell_late(const struct mn_server_conn *c)
{
    static const char words[] = REFUSED("408 Request Timeout");
    int fd = lws_get_socket_fd(c->wsi);

    if (!c->asked && c->ws == NULL && !c->server->closing && fd >= 0 && !lws_is_ssl(c->wsi) &&
        has_spoken(fd))
        (void)!send(fd, words, sizeof(words) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void mn_server_conn_limit(struct mn_server_conn *c, int64_t ms)
{
    if (mn_timer_start(mn_loop_clock(c->server->loop), &c->timer, ms, on_late) < 0)
        mn_server_conn_kill(c); /* no memory: rather no connection than one without an end */
}

static int open_conn(struct lws *wsi)
{
    struct mn_server *s = lws_vhost_user(lws_get_vhost(wsi));
    struct mn_server_conn *c = calloc(1, sizeof(*c));

    if (c == NULL)
        return -1;
    c->server = s;
    c->wsi = wsi;
    mn_list_append(&s->conns, &c->node);
    s->nconns++;
    if (s->arriving != NULL) {
        c->visitor = *s->arriving;
        s->arriving->placed = false; /* the connection has it now */
    }
    lws_set_opaque_user_data(wsi, c);
    mn_server_conn_limit(c, s->settings.request_ms);
    return 0;
}

static void free_server(struct mn_server *s)
{
    mn_timer_stop(&s->last);
    mn_certificate_free(s->certificate);
    free(s->protocols);
    free(s);
}

static void on_vhost_gone(struct lws_vhost *vhost, void *arg)
{
    struct mn_server *s = arg;

    (void)vhost;
    if (s->vhost != NULL) /* else it was half-made, and mn_server_open clears up */
        free_server(s);
}

static void on_last(struct mn_timer *timer)
{
    struct mn_server *s = mn_container_of(timer, struct mn_server, last);

    lws_vhost_destroy(s->vhost);
}

static void lose_conn(struct mn_server_conn *c)
{
    mn_timer_stop(&c->timer);
    mn_exchange_lost(c);
    if (c->ws != NULL)
        mn_ws_end_gone(c->ws);
}

static void leave(struct mn_server *s, struct mn_visitor *v)
{
    if (v->placed)
        s->settings.leave(s->owner, v->place);
    v->placed = false;
}

static void free_conn(struct mn_server_conn *c)
{
    struct mn_server *s = c->server;

    lose_conn(c);
    leave(s, &c->visitor);
    mn_list_remove(&c->node);
    mn_buf_free(&c->out);
    lws_set_opaque_user_data(c->wsi, NULL);
    free(c);
    s->nconns--;
    /* The host must outlive the callback this runs in. */
    if (s->closing && s->nconns == 0)
        mn_timer_start(mn_loop_clock(s->loop), &s->last, 0, on_last);
}

/* libwebsockets has made its context of TLS, without a certificate. */
static int ready_tls(struct lws *wsi, void *ssl_ctx)
{
    struct mn_server *s = lws_vhost_user(lws_get_vhost(wsi));

    return mn_server_tls_ready(ssl_ctx, (struct mn_certificate *const *)&s->certificate);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t n)
{
    struct mn_server_conn *c = lws_get_opaque_user_data(wsi);
    struct mn_str bytes = {in, n};

    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED)
        return open_conn(wsi);
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
        return ready_tls(wsi, user);
    if (c == NULL)
        return 0;
    mn_clock_update(mn_loop_clock(c->server->loop));
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return mn_exchange_begin(c);
    case LWS_CALLBACK_HTTP_BODY:
        return mn_exchange_more(c, bytes);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        mn_exchange_whole(c);
        return 0;
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return mn_server_conn_answer(c);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return mn_upgrade_decide(c);
    case LWS_CALLBACK_ESTABLISHED:
        mn_timer_stop(&c->timer);
        mn_ws_end_opened(c->ws);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return c->ws != NULL ? mn_ws_end_received(c->ws, bytes) : -1;
    case LWS_CALLBACK_RECEIVE_PONG:
        if (c->ws != NULL)
            mn_ws_end_ponged(c->ws);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return c->ws != NULL ? mn_ws_end_writeable(c->ws) : -1;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return c->ws != NULL ? mn_ws_end_peer_closes(c->ws, bytes) : -1;
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
        tell_late(c);
        lose_conn(c);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        free_conn(c);
        return 0;
    default:
        return 0;
    }
}

static void turn_away(int fd, struct mn_str words)
{
    (void)!send(fd, words.p, words.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

/* Its address, as text; empty for a unix socket. */
static void look_at(struct mn_visitor *v, int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof(at);

    if (getpeername(fd, (struct sockaddr *)&at, &n) != 0 ||
        (at.ss_family != AF_INET && at.ss_family != AF_INET6) ||
        getnameinfo((struct sockaddr *)&at, n, v->peer, sizeof(v->peer), NULL, 0, NI_NUMERICHOST) !=
            0)
        v->peer[0] = '\0';
}

static void on_accept(void *owner, int fd)
{
    struct mn_server *s = owner;
    struct mn_visitor v = {0};

    if (s->nconns >= s->settings.max_connections) {
        turn_away(fd, mn_str(too_many));
        return;
    }
    look_at(&v, fd);
    if (s->settings.arrive != NULL) {
        if (!s->settings.arrive(s->owner, mn_str(v.peer), &v.place)) {
            turn_away(fd, mn_str(too_many_of_one));
            return;
        }
        v.placed = true;
    }
    /* On failure the descriptor is closed, and the connection told, if it had come so far. */
    s->arriving = &v;
    lws_adopt_socket_vhost(s->vhost, fd);
    s->arriving = NULL;
    leave(s, &v); /* where no connection was made */
}

/* libwebsockets chooses a subprotocol by name from its table. The first row serves those who offer
 * none: its name is only ever seen by clients that would offer it. */
static int fill_protocols(struct mn_server *s)
{
    const char *const *name = s->settings.subprotocols;
    int n = 0, i;

    while (name != NULL && name[n] != NULL)
        n++;
    s->protocols = calloc((size_t)n + 2, sizeof(*s->protocols));
    if (s->protocols == NULL)
        return -ENOMEM;
    s->protocols[0] = (struct lws_protocols){.name = "", .callback = on_event};
    for (i = 0; i < n; i++)
        s->protocols[i + 1] = (struct lws_protocols){.name = name[i], .callback = on_event};
    return 0;
}

static unsigned int to_seconds(int64_t ms)
{
    return (unsigned int)((ms + 999) / 1000);
}

static int open_vhost(struct mn_server *s)
{
    const struct mn_server_settings *set = &s->settings;
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .vhost_name = "myna",
        .protocols = s->protocols,
        .user = s,
        .finalize = on_vhost_gone,
        .finalize_arg = s,
        .options = set->cert_file != NULL ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                                                LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX
                                          : 0,
        .alpn = "http/1.1",
        .timeout_secs_ah_idle = to_seconds(set->request_ms),
    };

    s->vhost = lws_create_vhost(mn_loop_lws(s->loop), &info);
    return s->vhost != NULL ? 0 : -ENOMEM;
}

static void fill_defaults(struct mn_server_settings *set)
{
#define DEFAULT(field, value)                                                                      \
    do {                                                                                           \
        if (!set->field)                                                                           \
            set->field = (value);                                                                  \
    } while (0)
    DEFAULT(host, "127.0.0.1");
    DEFAULT(max_connections, 2000);
    DEFAULT(max_body_bytes, 1 << 20);
    DEFAULT(request_ms, 10000);
    DEFAULT(idle_ms, 30000);
    DEFAULT(ping_ms, 20000);
    DEFAULT(close_ms, 5000);
    DEFAULT(max_message_bytes, 16 << 20);
    DEFAULT(high_water_bytes, 1 << 20);
#undef DEFAULT
}

static int read_certificate(struct mn_server *s)
{
    struct mn_log *log = mn_loop_log(s->loop);
    struct mn_buf why = {0};
    int err =
        mn_certificate_read(&s->certificate, s->settings.cert_file, s->settings.key_file, &why);

    if (err == 0)
        mn_certificate_tell(s->certificate, log);
    else
        MN_LOG(log, ERROR, NULL, "TLS cannot be served", {"error", mn_buf_str(&why)});
    mn_buf_free(&why);
    return err;
}

void mn_server_present(struct mn_server *s, struct mn_certificate *renewed)
{
    mn_certificate_tell(renewed, mn_loop_log(s->loop));
    mn_certificate_free(s->certificate);
    s->certificate = renewed;
}

int mn_server_open(struct mn_server **out, struct mn_loop *loop,
                   const struct mn_server_settings *settings, const struct mn_route *routes,
                   void *owner)
{
    struct mn_server *s;
    int err = 0;

    *out = NULL;
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return -ENOMEM;
    s->loop = loop;
    s->settings = *settings;
    fill_defaults(&s->settings);
    s->routes = routes;
    s->owner = owner;
    mn_list_init(&s->conns);
    if (settings->cert_file != NULL)
        err = read_certificate(s);
    if (err == 0)
        err = fill_protocols(s);
    if (err == 0)
        err = mn_listener_open(&s->listener, loop, s->settings.host, s->settings.port,
                               s->settings.listen_fd, on_accept, s);
    if (err == 0)
        err = open_vhost(s);
    if (err < 0) {
        mn_listener_close(s->listener);
        free_server(s);
        return err;
    }
    s->port = mn_listener_port(s->listener);
    *out = s;
    return 0;
}

int mn_server_port(const struct mn_server *s)
{
    return s->port;
}

int mn_server_connections(const struct mn_server *s)
{
    return s->nconns;
}

int mn_server_asked(const struct mn_server *s)
{
    int n = 0;

    for (const struct mn_list *node = s->conns.next; node != &s->conns; node = node->next) {
        const struct mn_server_conn *c = mn_container_of(node, struct mn_server_conn, node);

        n += c->x != NULL || c->out.n > LWS_PRE;
    }
    return n;
}

void mn_server_stop(struct mn_server *s)
{
    mn_listener_close(s->listener);
    s->listener = NULL;
}

void mn_server_close(struct mn_server *s)
{
    struct mn_list *node;

    if (s == NULL)
        return;
    mn_server_stop(s);
    s->closing = true;
    for (node = s->conns.next; node != &s->conns; node = node->next)
        mn_server_conn_kill(mn_container_of(node, struct mn_server_conn, node));
    if (s->nconns == 0)
        lws_vhost_destroy(s->vhost); /* ends in on_vhost_gone */
}
