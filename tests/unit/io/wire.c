/* wire.c - plain sockets for the tests of io: real loopback, one loop, a few milliseconds. */
#include "wire.h"

#include "base/list.h"
#include "io/ws_frame.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static void keep_line(struct mn_log *log, const char *line, size_t n)
{
    struct wire *w = log->owner;

    mn_buf_add(&w->lines, line, n);
}

static void on_tick(struct mn_timer *timer)
{
    struct wire *w = mn_container_of(timer, struct wire, tick);

    mn_timer_start(mn_loop_clock(w->loop), timer, 5, on_tick);
}

void wire_open(struct wire *w)
{
    *w = (struct wire){.log = {.level = MN_LOG_WARN, .write = keep_line, .owner = w}};
    assert_int_equal(mn_loop_open(&w->loop, &w->log), 0);
    mn_clock_update(mn_loop_clock(w->loop));
    mn_timer_start(mn_loop_clock(w->loop), &w->tick, 5, on_tick);
}

void wire_close(struct wire *w)
{
    mn_timer_stop(&w->tick);
    mn_loop_close(w->loop);
    mn_buf_free(&w->lines);
}

int64_t wire_now(struct wire *w)
{
    return mn_clock_now(mn_loop_clock(w->loop));
}

void wire_turn(struct wire *w)
{
    uv_run(mn_loop_uv(w->loop), UV_RUN_ONCE);
    mn_clock_update(mn_loop_clock(w->loop));
}

void wire_pass(struct wire *w, int64_t ms)
{
    int64_t end = wire_now(w) + ms;

    while (wire_now(w) < end)
        wire_turn(w);
}

static void on_room(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
    struct peer *p = handle->data;

    (void)want;
    *buf = uv_buf_init(p->some, sizeof(p->some));
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct peer *p = stream->data;

    if (n > 0)
        mn_buf_add(&p->in, buf->base, (size_t)n);
    if (n < 0) {
        p->ended = true;
        p->err = n == UV_EOF ? 0 : (int)n;
        uv_read_stop(stream);
    }
}

static void on_dialled(uv_connect_t *dial, int status)
{
    struct peer *p = dial->data;

    p->open = status == 0;
    p->ended = status < 0;
    p->err = status;
    if (p->open && !p->deaf)
        uv_read_start((uv_stream_t *)&p->tcp, on_room, on_bytes);
}

void peer_dial(struct wire *w, struct peer *p, int port)
{
    struct sockaddr_in at;
    bool deaf = p->deaf;

    *p = (struct peer){.deaf = deaf};
    uv_ip4_addr("127.0.0.1", port, &at);
    uv_tcp_init(mn_loop_uv(w->loop), &p->tcp);
    p->tcp.data = p->dial.data = p;
    assert_int_equal(uv_tcp_connect(&p->dial, &p->tcp, (const struct sockaddr *)&at, on_dialled),
                     0);
    UNTIL(w, p->open || p->ended);
}

void peer_listens(struct peer *p, bool listens)
{
    p->deaf = !listens;
    if (listens)
        uv_read_start((uv_stream_t *)&p->tcp, on_room, on_bytes);
    else
        uv_read_stop((uv_stream_t *)&p->tcp);
}

static void on_said(uv_write_t *write, int status)
{
    (void)status;
    free(write);
}

void peer_say(struct peer *p, const void *bytes, size_t n)
{
    uv_write_t *write = malloc(sizeof(*write) + n);
    uv_buf_t buf;

    assert_non_null(write);
    buf = uv_buf_init((char *)(write + 1), (unsigned int)n);
    memcpy(buf.base, bytes, n);
    assert_int_equal(uv_write(write, (uv_stream_t *)&p->tcp, &buf, 1, on_said), 0);
}

void peer_text(struct peer *p, const char *text)
{
    peer_say(p, text, strlen(text));
}

static void on_closed(uv_handle_t *handle)
{
    struct peer *p = handle->data;

    p->closed = true;
}

void peer_hang_up(struct wire *w, struct peer *p)
{
    uv_close((uv_handle_t *)&p->tcp, on_closed);
    UNTIL(w, p->closed);
    mn_buf_free(&p->in);
}

bool peer_heard(const struct peer *p, const char *text)
{
    return p->in.n > 0 && memmem(p->in.p, p->in.n, text, strlen(text)) != NULL;
}

void peer_frame(struct peer *p, int opcode, bool final, const void *bytes, size_t n)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
    unsigned char header[MN_WS_HEADER_MAX], *payload = malloc(n + 1);

    assert_non_null(payload);
    peer_say(p, header, mn_ws_header(header, opcode, final, n, mask));
    mn_ws_mask(payload, bytes, n, mask, 0);
    peer_say(p, payload, n);
    free(payload);
}
