/* stream.c - an answer that comes by and by: server-sent events, a body that is passed on.
 *
 * DESIGN  What is written goes to the socket at once while it takes it, a piece at a time, so that
 * libwebsockets never keeps more than one piece of ours. Then it waits in the queue, which is
 * bounded as a link's is.
 *
 * WHY A CLOCK AND NOT THE LOOP  libwebsockets 4.1 tells of writeable only while it also reads, and
 * then spins on whatever the client sends or on its end of file. So it reads only in the moment in
 * which the socket is known to take more, and until then a timer looks. */
#include "base/err.h"
#include "io/server_conn.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum {
    LOOK_MS = 1000, /* for a client that went away */
    WAIT_MS = 20,   /* for one that does not read to begin again */
    PIECE = 16 * 1024,
    KEEP_MAX = 64 * 1024 /* a queue that grew over this is given back */
};

struct mn_stream {
    struct mn_buf queue; /* as it goes to the socket */
    size_t stuck;        /* bytes of the last piece, until libwebsockets is rid of them */
    bool chunked;
    bool owes_drained;
    int64_t since_ms; /* when a client that does not read last did */
    void (*drained)(void *owner, struct mn_exchange *x);
    void *drained_owner;
};

void mn_stream_free(struct mn_stream *s)
{
    if (s == NULL)
        return;
    mn_buf_free(&s->queue);
    free(s);
}

static struct mn_clock *clock_of(const struct mn_exchange *x)
{
    return mn_loop_clock(x->conn->server->loop);
}

static void on_look(struct mn_timer *timer);

static void look_again(struct mn_exchange *x)
{
    int64_t ms = x->stream->stuck > 0 ? WAIT_MS : LOOK_MS;

    if (mn_timer_start(clock_of(x), &x->conn->timer, ms, on_look) < 0)
        mn_server_conn_kill(x->conn);
}

static bool is_late(const struct mn_exchange *x)
{
    return x->stream->stuck > 0 &&
           mn_clock_now(clock_of(x)) - x->stream->since_ms >= x->conn->server->settings.idle_ms;
}

static void on_look(struct mn_timer *timer)
{
    struct mn_server_conn *c = mn_container_of(timer, struct mn_server_conn, timer);
    struct mn_exchange *x = c->x;
    struct pollfd fd = {.fd = lws_get_socket_fd(c->wsi), .events = POLLRDHUP};

    if (x == NULL)
        return; /* its end is on its way */
    if (x->stream->stuck > 0)
        fd.events |= POLLOUT;
    if (poll(&fd, 1, 0) < 0 || (fd.revents & ~POLLOUT) != 0 || is_late(x)) {
        mn_server_conn_kill(c);
        return;
    }
    if ((fd.revents & POLLOUT) != 0) {
        lws_rx_flow_control(c->wsi, 1);
        lws_callback_on_writable(c->wsi);
    }
    look_again(x);
}

/* Gives the socket what it takes. */
static int push(struct mn_exchange *x)
{
    unsigned char piece[LWS_PRE + PIECE];
    struct mn_stream *s = x->stream;
    struct lws *wsi = x->conn->wsi;

    s->stuck = lws_partial_buffered(wsi) ? s->stuck : 0;
    while (s->queue.n > 0 && s->stuck == 0) {
        size_t n = s->queue.n < PIECE ? s->queue.n : PIECE;

        memcpy(piece + LWS_PRE, s->queue.p, n);
        if (lws_write(wsi, piece + LWS_PRE, n, LWS_WRITE_HTTP) < 0)
            return -1;
        mn_buf_drop(&s->queue, n);
        if (lws_partial_buffered(wsi))
            s->stuck = n;
    }
    if (s->queue.n == 0 && s->queue.cap > KEEP_MAX)
        mn_buf_free(&s->queue);
    return 0;
}

static void push_now(struct mn_exchange *x)
{
    struct mn_stream *s = x->stream;

    if (s->stuck > 0)
        return; /* on_look sees to it */
    if (push(x) < 0) {
        mn_server_conn_kill(x->conn);
    } else if (s->stuck > 0) {
        s->owes_drained = true;
        s->since_ms = mn_clock_now(clock_of(x));
        look_again(x);
    }
}

int mn_stream_writeable(struct mn_exchange *x)
{
    struct mn_stream *s = x->stream;

    if (push(x) < 0)
        return -1;
    s->since_ms = mn_clock_now(clock_of(x));
    lws_rx_flow_control(x->conn->wsi, 0);
    if (s->stuck > 0 || !s->owes_drained)
        return 0;
    s->owes_drained = false;
    if (s->drained != NULL)
        s->drained(s->drained_owner, x);
    return 0;
}

static void add(struct mn_stream *s, struct mn_str bytes)
{
    if (bytes.n == 0)
        return; /* an empty chunk would be the last */
    if (s->chunked)
        mn_buf_addf(&s->queue, "%zx\r\n", bytes.n);
    mn_buf_add_str(&s->queue, bytes);
    if (s->chunked)
        mn_buf_add_text(&s->queue, "\r\n");
}

int mn_exchange_stream_begin(struct mn_exchange *x, const struct mn_reply *head)
{
    struct mn_stream *s;

    assert(x->dispatched && !x->upgrade);
    if (strcmp(x->method, "HEAD") == 0) {
        mn_server_conn_begin_answer(x->conn);
        mn_reply_begin(&x->conn->out, head, mn_buf_str(&x->origin), x->http_1_1);
        mn_exchange_answered(x);
        return MN_ECLOSED;
    }
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return -ENOMEM;
    s->chunked = x->http_1_1;
    mn_reply_begin(&s->queue, head, mn_buf_str(&x->origin), s->chunked);
    add(s, head->body);
    if (s->queue.err < 0) {
        mn_stream_free(s);
        return -ENOMEM;
    }
    x->stream = s;
    look_again(x);
    push_now(x);
    return 0;
}

int mn_exchange_stream_write(struct mn_exchange *x, struct mn_str bytes)
{
    struct mn_stream *s = x->stream;
    size_t waiting = mn_exchange_stream_waiting(x), before = s->queue.n;

    if (waiting > 0 && waiting + bytes.n > x->conn->server->settings.high_water_bytes)
        return MN_EFULL;
    add(s, bytes);
    if (s->queue.err < 0) { /* half a chunk would spoil what follows */
        s->queue.err = 0;
        s->queue.n = before;
        return -ENOMEM;
    }
    push_now(x);
    return 0;
}

size_t mn_exchange_stream_waiting(const struct mn_exchange *x)
{
    return x->stream->queue.n + x->stream->stuck;
}

void mn_exchange_stream_on_drained(struct mn_exchange *x,
                                   void (*fn)(void *owner, struct mn_exchange *x), void *owner)
{
    x->stream->drained = fn;
    x->stream->drained_owner = owner;
}

void mn_exchange_stream_end(struct mn_exchange *x)
{
    struct mn_server_conn *c = x->conn;

    mn_server_conn_begin_answer(c);
    mn_buf_add_str(&c->out, mn_buf_str(&x->stream->queue));
    if (x->stream->chunked)
        mn_buf_add_text(&c->out, "0\r\n\r\n");
    mn_exchange_answered(x);
}
