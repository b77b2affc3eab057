/* ws_server.c - a caller's WebSocket as a link.
 *
 * DESIGN  libwebsockets finds the frames and unmasks them where they lie; a message that came whole
 * is handed on from there, any other is put together here. A message out is written at once when
 * nothing waits before it, else it joins the queue. What the kernel did not take libwebsockets
 * keeps (stuck), and asks to be writeable again by itself: so whenever something waits, a writeable
 * callback is on its way.
 *
 * CLOSING  We write our close frame ourselves and go on reading, throwing away what comes, until
 * the peer's close frame, its end of file or the time-out. Left to libwebsockets, a client still
 * sending its too large message would be reset and never learn why.
 *
 * DEATH  Every ping_ms a timer looks whether anything was heard. If not, it pings; if there was
 * nothing since the last ping either, the peer is gone. */
#include "base/err.h"
#include "base/utf8.h"
#include "io/server_conn.h"
#include "io/ws_frame.h"
#include "io/ws_queue.h"

#include <errno.h>
#include <stdlib.h>

enum {
    SCRATCH = 4096 + LWS_PRE, /* a frame of 20 to 80 ms of audio is copied on the stack */
    KEEP_MAX = 64 * 1024      /* a message buffer that grew over this is given back */
};

_Static_assert(MN_WS_HEADROOM >= LWS_PRE, "a queued packet must have libwebsockets' room");

enum state {
    OPENING, /* accepted, the 101 is not written yet */
    OPEN,
    CLOSING,    /* we want to close: flush, say so, wait for the peer to agree */
    SAID_CLOSE, /* our close frame is written */
    DEAD,       /* the peer closed, or the socket failed: the end is on its way */
};

struct mn_ws_end {
    struct mn_link link;
    struct mn_server_conn *conn;
    enum state state;
    struct mn_ws_queue queue;
    size_t stuck;                 /* bytes of the last write, until libwebsockets is rid of them */
    bool owes_drained;            /* something waited since on_drained */
    struct mn_buf message;        /* one that comes in pieces */
    bool heard, ping_due, pinged; /* since the last look */
    struct mn_timer timer;        /* OPEN: the next look; CLOSING and SAID_CLOSE: the end */
    int code, err;                /* what on_close will say */
    char reason[MN_LINK_REASON_MAX];
    size_t reason_n;
};

static struct mn_ws_end *end_of(const struct mn_link *link)
{
    return mn_container_of((struct mn_link *)(void *)link, struct mn_ws_end, link);
}

static struct mn_clock *clock_of(const struct mn_ws_end *e)
{
    return mn_loop_clock(e->conn->server->loop);
}

static void fail(struct mn_ws_end *e, int err)
{
    if (e->state == DEAD)
        return;
    if (e->state < CLOSING) {
        e->code = MN_WS_VANISHED;
        e->err = err;
    }
    e->state = DEAD;
    mn_server_conn_kill(e->conn);
}

/* Writes a frame; p has LWS_PRE bytes of room before it. */
static void put(struct mn_ws_end *e, enum lws_write_protocol kind, unsigned char *p, size_t n)
{
    if (lws_write(e->conn->wsi, p, n, kind) < 0) {
        fail(e, -EPIPE);
    } else if (lws_partial_buffered(e->conn->wsi)) {
        e->stuck = n;
        e->owes_drained = true;
    }
}

static bool may_write(const struct mn_ws_end *e)
{
    return e->stuck == 0 && mn_ws_queue_empty(&e->queue) && !lws_partial_buffered(e->conn->wsi);
}

static size_t queued(const struct mn_link *link)
{
    const struct mn_ws_end *e = end_of(link);

    return e->queue.bytes + e->stuck;
}

static int enqueue(struct mn_ws_end *e, struct mn_str text)
{
    struct mn_ws_packet *packet;

    if (queued(&e->link) > 0 && queued(&e->link) + text.n > e->queue.high_water)
        return MN_EFULL;
    packet = mn_ws_packet_new(text.n);
    if (packet == NULL)
        return -ENOMEM;
    memcpy(packet->p, text.p, text.n);
    mn_ws_queue_add(&e->queue, packet);
    e->owes_drained = true;
    return 0;
}

/* The one copy on the way out: libwebsockets wants room for its header before the bytes. */
static int write_now(struct mn_ws_end *e, struct mn_str text)
{
    unsigned char scratch[SCRATCH];
    struct mn_ws_packet *packet;

    if (text.n <= SCRATCH - LWS_PRE) {
        memcpy(scratch + LWS_PRE, text.p, text.n);
        put(e, LWS_WRITE_TEXT, scratch + LWS_PRE, text.n);
        return 0;
    }
    packet = mn_ws_packet_new(text.n);
    if (packet == NULL)
        return -ENOMEM;
    memcpy(packet->p, text.p, text.n);
    put(e, LWS_WRITE_TEXT, packet->p, text.n);
    free(packet);
    return 0;
}

static int send_text(struct mn_link *link, struct mn_str text)
{
    struct mn_ws_end *e = end_of(link);

    if (e->state > OPEN)
        return MN_ECLOSED;
    if (e->state == OPENING || !may_write(e))
        return enqueue(e, text);
    return write_now(e, text);
}

static void on_close_late(struct mn_timer *timer)
{
    fail(mn_container_of(timer, struct mn_ws_end, timer), MN_ETIMEOUT);
}

/* libwebsockets has no public word for writing a close frame, but passes whole ones on as they are
 * under the name of HTTP. */
static void say_close(struct mn_ws_end *e)
{
    unsigned char frame[LWS_PRE + MN_WS_HEADER_MAX + MN_WS_CONTROL_MAX];
    unsigned char payload[MN_WS_CONTROL_MAX], *p = frame + LWS_PRE;
    size_t n = mn_ws_close_payload(payload, e->code, (struct mn_str){e->reason, e->reason_n});
    size_t header_n = mn_ws_header(p, MN_WS_CLOSE, true, n, NULL);

    memcpy(p + header_n, payload, n);
    e->state = SAID_CLOSE;
    put(e, LWS_WRITE_HTTP, p, header_n + n);
}

static void begin_close(struct mn_ws_end *e, int code, struct mn_str reason, int err)
{
    bool was_open = e->state == OPEN;

    if (e->state > OPEN)
        return;
    reason = mn_utf8_cut(reason, sizeof(e->reason));
    memcpy(e->reason, reason.p != NULL ? reason.p : "", reason.n);
    e->reason_n = reason.n;
    e->code = code;
    e->err = err;
    e->state = CLOSING;
    mn_buf_free(&e->message);
    if (mn_timer_start(clock_of(e), &e->timer, e->conn->server->settings.close_ms, on_close_late) <
        0)
        fail(e, -ENOMEM);
    else if (was_open && may_write(e))
        say_close(e);
}

static void close_link(struct mn_link *link, int code, struct mn_str reason)
{
    if (code == MN_LINK_VANISH)
        fail(end_of(link), 0);
    else
        begin_close(end_of(link), code, reason, 0);
}

static const struct mn_link_ops ops = {send_text, close_link, queued};

int mn_ws_end_new(struct mn_server_conn *c)
{
    struct mn_ws_end *e = calloc(1, sizeof(*e));

    if (e == NULL)
        return -ENOMEM;
    e->link.ops = &ops;
    e->link.events = &mn_link_nobody;
    e->conn = c;
    e->code = MN_WS_VANISHED; /* unless one side says otherwise */
    e->err = MN_ECLOSED;
    e->message.limit = c->server->settings.max_message_bytes;
    mn_ws_queue_open(&e->queue, c->server->settings.high_water_bytes);
    c->ws = e;
    return 0;
}

struct mn_link *mn_ws_end_link(struct mn_ws_end *e)
{
    return &e->link;
}

/* Not empty: libwebsockets keeps the answer to an empty ping to itself. */
static void ping(struct mn_ws_end *e)
{
    unsigned char frame[LWS_PRE + 4] = {0};

    memcpy(frame + LWS_PRE, "myna", 4);
    e->ping_due = false;
    e->pinged = true;
    put(e, LWS_WRITE_PING, frame + LWS_PRE, 4);
}

static void on_look(struct mn_timer *timer)
{
    struct mn_ws_end *e = mn_container_of(timer, struct mn_ws_end, timer);

    if (e->heard) {
        e->pinged = false;
    } else if (e->pinged || e->ping_due) {
        fail(e, MN_ETIMEOUT);
        return;
    }
    e->heard = false;
    e->ping_due = true;
    if (may_write(e))
        ping(e);
    if (mn_timer_start(clock_of(e), timer, e->conn->server->settings.ping_ms, on_look) < 0)
        fail(e, -ENOMEM);
}

/* Writes what waits, as far as the kernel takes it. */
static void flush(struct mn_ws_end *e)
{
    struct mn_ws_packet *packet;

    while (e->state != DEAD && e->stuck == 0 && (packet = mn_ws_queue_first(&e->queue)) != NULL) {
        size_t n = packet->n;

        put(e, LWS_WRITE_TEXT, packet->p, n);
        mn_ws_queue_sent(&e->queue, n);
    }
    if (e->state == DEAD || e->stuck > 0)
        return;
    if (e->state == CLOSING)
        say_close(e);
    if (e->state != OPEN)
        return;
    if (e->ping_due)
        ping(e);
    if (e->owes_drained && e->stuck == 0) {
        e->owes_drained = false;
        if (e->link.events->on_drained != NULL)
            e->link.events->on_drained(&e->link);
    }
}

void mn_ws_end_opened(struct mn_ws_end *e)
{
    if (e->state == OPENING) {
        e->state = OPEN;
        if (mn_timer_start(clock_of(e), &e->timer, e->conn->server->settings.ping_ms, on_look) < 0)
            fail(e, -ENOMEM);
    }
    flush(e);
}

int mn_ws_end_writeable(struct mn_ws_end *e)
{
    e->stuck = 0; /* libwebsockets calls only when it holds nothing of ours */
    flush(e);
    return 0;
}

static void refuse(struct mn_ws_end *e, int code, const char *reason, int err)
{
    begin_close(e, code, mn_str(reason), err);
}

static void deliver(struct mn_ws_end *e, struct mn_str message)
{
    if (!lws_frame_is_binary(e->conn->wsi)) {
        if (mn_utf8_valid(message))
            e->link.events->on_message(&e->link, message);
        else
            refuse(e, MN_WS_NOT_UTF8, "a text message that is not UTF-8", MN_EPROTOCOL);
    } else if (e->link.events->on_binary != NULL) {
        e->link.events->on_binary(&e->link, message);
    } else {
        refuse(e, MN_WS_UNSUPPORTED, "binary messages are not read here", MN_EPROTOCOL);
    }
}

int mn_ws_end_received(struct mn_ws_end *e, struct mn_str bytes)
{
    bool last = lws_is_final_fragment(e->conn->wsi);
    size_t limit = e->message.limit, more = lws_remaining_packet_payload(e->conn->wsi);

    e->heard = true;
    if (e->state != OPEN)
        return 0;
    if (bytes.n + more > limit || e->message.n > limit - bytes.n - more) {
        refuse(e, MN_WS_TOO_BIG, "the message is over the limit", MN_ELIMIT);
        return 0;
    }
    if (last && e->message.n == 0) {
        deliver(e, bytes);
        return 0;
    }
    if (mn_buf_add_str(&e->message, bytes) < 0) {
        refuse(e, MN_WS_INTERNAL, "out of memory", -ENOMEM);
        return 0;
    }
    if (last) {
        struct mn_buf whole = e->message;

        e->message = (struct mn_buf){.limit = limit};
        deliver(e, mn_buf_str(&whole));
        if (whole.cap > KEEP_MAX || e->state != OPEN) {
            mn_buf_free(&whole);
        } else {
            mn_buf_clear(&whole);
            e->message = whole;
        }
    }
    return 0;
}

void mn_ws_end_ponged(struct mn_ws_end *e)
{
    e->heard = true;
}

int mn_ws_end_peer_closes(struct mn_ws_end *e, struct mn_str payload)
{
    const unsigned char *p = (const unsigned char *)payload.p;

    if (e->state >= CLOSING) {
        e->state = DEAD;
        return -1; /* both have said it */
    }
    e->state = DEAD;
    e->err = 0;
    e->code = payload.n >= 2 ? p[0] << 8 | p[1] : MN_WS_NO_CODE;
    if (payload.n > 2 && payload.n - 2 <= sizeof(e->reason) &&
        mn_utf8_valid((struct mn_str){payload.p + 2, payload.n - 2})) {
        e->reason_n = payload.n - 2;
        memcpy(e->reason, payload.p + 2, e->reason_n);
    }
    mn_timer_stop(&e->timer);
    return 0; /* libwebsockets says it back, then closes */
}

void mn_ws_end_gone(struct mn_ws_end *e)
{
    struct mn_str reason = {e->reason, e->reason_n};

    e->conn->ws = NULL;
    e->state = DEAD;
    mn_timer_stop(&e->timer);
    mn_ws_queue_close(&e->queue);
    mn_buf_free(&e->message);
    e->link.events->on_close(&e->link, e->code, reason, e->err);
    free(e);
}
