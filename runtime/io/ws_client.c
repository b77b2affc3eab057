/* ws_client.c - the link behind ws_client.h.
 *
 *     DIALLING --connected--> ASKING --101--> OPEN --our close--> CLOSING
 *                                |
 *                                no --> REFUSED (gathers the start of the body)
 *
 * DESIGN  In every state one timer runs and means something else: the deadline to be open, the next
 * look for silence, the patience for the other's close frame. As it always runs, starting it again
 * needs no memory and cannot fail. finish() is the one place that tells the owner; all after it is
 * freeing, which waits until the loop has let go of the socket.
 *
 * WHY NOT LIBWEBSOCKETS  Its client reads and masks a byte at a time, 38 % of a worker's CPU. Here
 * a frame is masked while it is copied into the packet that goes to the socket.
 *
 * WHY WE CLOSE FIRST  RFC 6455 (7.1.1) would have the server close TCP. It prefers that because the
 * one who closes keeps the port for minutes; ours are ephemeral ports, and the owner need not wait.
 */
#include "io/ws_client.h"

#include "base/err.h"
#include "io/conn.h"
#include "io/ws_frame.h"
#include "io/ws_masks.h"
#include "io/ws_opening.h"

#include <errno.h>
#include <stdlib.h>

enum {
    NO_PING_MS = 60 * 60 * 1000, /* how often the timer looks when it must not ping */
    PINGS_UNANSWERED = 2,
    REFUSAL_MS = 1000, /* to wait for the rest of a refusal's body */
};

const struct mn_ws_client_settings mn_ws_client_defaults = {
    .connect_ms = 10 * 1000,
    .ping_ms = 20 * 1000,
    .close_ms = 2 * 1000,
    .max_message = 16 * 1024 * 1024,
    .high_water = 1024 * 1024,
};

enum state { DIALLING, ASKING, REFUSED, OPEN, CLOSING, FINISHED };

struct ws_client {
    struct mn_link link;
    struct mn_loop_guest guest;
    struct mn_conn conn;
    struct mn_clock *clock;
    struct mn_timer timer;
    enum state state;
    int64_t ping_ms, close_ms;

    struct mn_ws_opening *opening; /* NULL once open */
    struct mn_ws_decoder decoder;
    struct mn_ws_masks masks;
    bool heard; /* something came since the last look for silence */
    int pings;  /* unanswered */
    bool pong_due;
    unsigned char pong[MN_WS_CONTROL_MAX];
    size_t pong_n;
    bool closed_early; /* our owner closed before it was open, or without a word, with these */
    int close_code;
    struct mn_buf close_reason;
};

static void on_timer(struct mn_timer *timer);

static struct ws_client *of_conn(struct mn_conn *c)
{
    return mn_container_of(c, struct ws_client, conn);
}

static void restart_timer(struct ws_client *ws, int64_t delay_ms)
{
    (void)mn_timer_start(ws->clock, &ws->timer, delay_ms, on_timer); /* cannot fail: it runs */
}

/* The end. */

static void free_client(struct ws_client *ws)
{
    mn_ws_opening_free(ws->opening);
    mn_ws_decoder_close(&ws->decoder);
    mn_buf_free(&ws->close_reason);
    free(ws);
}

static void finish(struct ws_client *ws, int code, struct mn_str reason, int err)
{
    ws->state = FINISHED;
    mn_timer_stop(&ws->timer);
    mn_loop_leave(&ws->guest);
    mn_conn_close(&ws->conn);
    ws->link.events->on_close(&ws->link, code, reason, err);
}

/* As its owner wished, before it was open. */
static void finish_early(struct ws_client *ws)
{
    finish(ws, ws->close_code, mn_buf_str(&ws->close_reason), 0);
}

static void on_conn_gone(struct mn_conn *c)
{
    free_client(of_conn(c));
}

static void on_evict(struct mn_loop_guest *guest)
{
    struct ws_client *ws = mn_container_of(guest, struct ws_client, guest);

    finish(ws, MN_WS_VANISHED, MN_STR("the loop closed"), MN_ECANCELED);
}

/* Sending. */

static int send_frame(struct ws_client *ws, enum mn_ws_opcode opcode, struct mn_str payload)
{
    unsigned char header[MN_WS_HEADER_MAX];
    const unsigned char *mask;
    struct mn_ws_packet *packet;
    size_t n;
    int err = mn_ws_masks_next(&ws->masks, &mask);

    if (err < 0)
        return err;
    n = mn_ws_header(header, opcode, true, payload.n, mask);
    packet = mn_ws_packet_new(n + payload.n);
    if (packet == NULL)
        return -ENOMEM;
    memcpy(packet->p, header, n);
    mn_ws_mask(packet->p + n, (const unsigned char *)payload.p, payload.n, mask, 0);
    return mn_conn_write(&ws->conn, packet);
}

static int client_send(struct mn_link *link, struct mn_str text)
{
    struct ws_client *ws = mn_container_of(link, struct ws_client, link);

    if (ws->state != OPEN)
        return MN_ECLOSED;
    if (text.n > SIZE_MAX - MN_WS_HEADER_MAX ||
        !mn_ws_queue_fits(&ws->conn.queue, text.n + MN_WS_HEADER_MAX))
        return MN_EFULL;
    return send_frame(ws, MN_WS_TEXT, text);
}

static size_t client_queued(const struct mn_link *link)
{
    return mn_container_of(link, const struct ws_client, link)->conn.queue.bytes;
}

static int send_close(struct ws_client *ws, int code, struct mn_str reason)
{
    unsigned char payload[MN_WS_CONTROL_MAX];
    size_t n = mn_ws_close_payload(payload, code, reason);

    return send_frame(ws, MN_WS_CLOSE, (struct mn_str){(char *)payload, n});
}

/* Whatever goes wrong with the close frame, the timer ends the wait for its answer. Where there
 * is nothing to say, or no WebSocket yet to say it on, the timer tells the owner as soon as the
 * clock comes round. */
static void client_close(struct mn_link *link, int code, struct mn_str reason)
{
    struct ws_client *ws = mn_container_of(link, struct ws_client, link);
    bool says_so = ws->state == OPEN && code != MN_LINK_VANISH;

    if (ws->state == CLOSING || ws->state == FINISHED)
        return;
    ws->state = CLOSING;
    restart_timer(ws, says_so ? ws->close_ms : 0);
    if (says_so) {
        (void)send_close(ws, code, reason);
        return;
    }
    ws->closed_early = true;
    ws->close_code = code;
    mn_buf_add_str(&ws->close_reason, mn_link_reason(reason));
}

static const struct mn_link_ops client_ops = {client_send, client_close, client_queued};

/* One pong is enough for many pings (RFC 6455, 5.5.3): while the socket is full only the last ping
 * is remembered, so a peer cannot make us queue. */
static void answer_ping(struct ws_client *ws, struct mn_str payload)
{
    ws->pong_due = !mn_ws_queue_empty(&ws->conn.queue);
    if (ws->pong_due) {
        memcpy(ws->pong, payload.p, payload.n);
        ws->pong_n = payload.n;
        return;
    }
    (void)send_frame(ws, MN_WS_PONG, payload);
}

static void on_conn_drained(struct mn_conn *c)
{
    struct ws_client *ws = of_conn(c);

    if (ws->state != OPEN)
        return;
    if (ws->pong_due)
        answer_ping(ws, (struct mn_str){(char *)ws->pong, ws->pong_n});
    if (ws->link.events->on_drained != NULL)
        ws->link.events->on_drained(&ws->link);
}

/* Receiving. */

static void fail_protocol(struct ws_client *ws, int err)
{
    int code = ws->decoder.close_code;

    if (ws->state == OPEN)
        (void)send_close(ws, code, MN_STR(""));
    finish(ws, code, mn_str(mn_strerror(err)), err);
}

static void on_peer_close(struct ws_client *ws, const struct mn_ws_message *m)
{
    char reason[MN_LINK_REASON_MAX];
    size_t n = m->payload.n;

    if (n > 0)
        memcpy(reason, m->payload.p, n); /* it lies in the buffer all connections share */
    if (ws->state == OPEN)
        (void)send_close(ws, m->code, MN_STR(""));
    finish(ws, m->code, (struct mn_str){reason, n}, 0);
}

static void take_binary(struct ws_client *ws, struct mn_str bytes)
{
    if (ws->link.events->on_binary == NULL) {
        ws->decoder.close_code = MN_WS_UNSUPPORTED;
        fail_protocol(ws, MN_EPROTOCOL);
    } else if (ws->state == OPEN) {
        ws->link.events->on_binary(&ws->link, bytes);
    }
}

static void take_message(struct ws_client *ws, const struct mn_ws_message *m)
{
    switch (m->opcode) {
    case MN_WS_TEXT:
        if (ws->state == OPEN)
            ws->link.events->on_message(&ws->link, m->payload);
        break;
    case MN_WS_BINARY:
        take_binary(ws, m->payload);
        break;
    case MN_WS_PING:
        if (ws->state == OPEN)
            answer_ping(ws, m->payload);
        break;
    case MN_WS_CLOSE:
        on_peer_close(ws, m);
        break;
    default: /* a pong is a sign of life like any byte */
        break;
    }
}

static void take_frames(struct ws_client *ws, unsigned char *p, size_t n)
{
    struct mn_ws_message m;
    int got;

    ws->heard = true;
    while (ws->state == OPEN || ws->state == CLOSING) {
        got = mn_ws_decode(&ws->decoder, &p, &n, &m);
        if (got == 0)
            return;
        if (got < 0)
            fail_protocol(ws, got);
        else
            take_message(ws, &m);
    }
}

/* The handshake. */

static void on_conn_open(struct mn_conn *c)
{
    struct ws_client *ws = of_conn(c);
    struct mn_str request = mn_buf_str(&ws->opening->request);
    struct mn_ws_packet *packet;

    if (ws->state != DIALLING)
        return;
    packet = mn_ws_packet_new(request.n);
    if (packet == NULL) {
        finish(ws, MN_WS_VANISHED, MN_STR(""), -ENOMEM);
        return;
    }
    memcpy(packet->p, request.p, request.n);
    ws->state = ASKING;
    (void)mn_conn_write(c, packet); /* its failure is told by on_conn_end */
}

static void become_open(struct ws_client *ws)
{
    mn_ws_opening_free(ws->opening);
    ws->opening = NULL;
    ws->state = OPEN;
    restart_timer(ws, ws->ping_ms != 0 ? ws->ping_ms : NO_PING_MS);
    if (ws->link.events->on_open != NULL)
        ws->link.events->on_open(&ws->link);
}

static void finish_refused(struct ws_client *ws)
{
    struct mn_buf why = {0};

    mn_ws_opening_why(ws->opening, &why);
    finish(ws, MN_WS_VANISHED, mn_buf_str(&why), MN_EREFUSED);
    mn_buf_free(&why);
}

static void take_refusal(struct ws_client *ws)
{
    if (ws->state == ASKING)
        restart_timer(ws, REFUSAL_MS);
    ws->state = REFUSED;
    if (mn_ws_opening_is_told(ws->opening))
        finish_refused(ws);
}

static void take_answer(struct ws_client *ws, unsigned char *p, size_t n)
{
    size_t used = 0;
    int err = mn_ws_opening_take(ws->opening, p, n, &used);

    if (err == -EAGAIN)
        return;
    if (err == MN_EREFUSED) {
        take_refusal(ws);
        return;
    }
    if (err < 0) {
        finish(ws, MN_WS_VANISHED, MN_STR("not an answer to a WebSocket handshake"), err);
        return;
    }
    become_open(ws);
    take_frames(ws, p + used, n - used); /* frames may have come with the answer */
}

static void on_conn_bytes(struct mn_conn *c, unsigned char *p, size_t n)
{
    struct ws_client *ws = of_conn(c);

    if (ws->state == ASKING || ws->state == REFUSED)
        take_answer(ws, p, n);
    else if (!ws->closed_early)
        take_frames(ws, p, n);
}

static void on_conn_end(struct mn_conn *c, int err, struct mn_str why)
{
    struct ws_client *ws = of_conn(c);

    if (ws->state == REFUSED)
        finish_refused(ws);
    else if (ws->closed_early)
        finish_early(ws);
    else
        finish(ws, MN_WS_VANISHED, why, err != 0 ? err : MN_ECLOSED);
}

static const struct mn_conn_events conn_events = {on_conn_open, on_conn_bytes, on_conn_drained,
                                                  on_conn_end, on_conn_gone};

/* Time. */

static void look_for_silence(struct ws_client *ws)
{
    restart_timer(ws, ws->ping_ms != 0 ? ws->ping_ms : NO_PING_MS); /* in the place it just left */
    if (ws->heard || ws->ping_ms == 0) {
        ws->heard = false;
        ws->pings = 0;
        return;
    }
    if (ws->pings == PINGS_UNANSWERED) {
        finish(ws, MN_WS_VANISHED, MN_STR("no answer to pings"), MN_ETIMEOUT);
        return;
    }
    ws->pings++;
    (void)send_frame(ws, MN_WS_PING, MN_STR("")); /* unsent is unanswered */
}

static void on_timer(struct mn_timer *timer)
{
    struct ws_client *ws = mn_container_of(timer, struct ws_client, timer);

    switch (ws->state) {
    case DIALLING:
    case ASKING:
        finish(ws, MN_WS_VANISHED, MN_STR("not connected in time"), MN_ETIMEOUT);
        break;
    case REFUSED:
        finish_refused(ws);
        break;
    case OPEN:
        look_for_silence(ws);
        break;
    case CLOSING:
        if (ws->closed_early)
            finish_early(ws);
        else
            finish(ws, MN_WS_VANISHED, MN_STR("no answer to the close"), MN_ETIMEOUT);
        break;
    case FINISHED:
        break;
    }
}

/* Opening. */

static int dial(struct ws_client *ws, struct mn_loop *loop,
                const struct mn_ws_client_settings *settings)
{
    struct mn_conn_target target = {.host = ws->opening->url.host,
                                    .port = ws->opening->url.port,
                                    .unix_path = ws->opening->unix_path,
                                    .tls = ws->opening->url.tls,
                                    .ca_file = ws->opening->ca_file,
                                    .deadline_ms = mn_clock_now(ws->clock) + settings->connect_ms};
    int err = mn_timer_start(ws->clock, &ws->timer, settings->connect_ms, on_timer);

    if (err < 0)
        return err;
    err = mn_conn_open(&ws->conn, loop, &target, settings->high_water, &conn_events);
    if (err < 0)
        mn_timer_stop(&ws->timer);
    return err;
}

int mn_ws_client_open(struct mn_link **out, struct mn_loop *loop,
                      const struct mn_ws_client_settings *settings,
                      const struct mn_link_events *events, void *owner)
{
    struct ws_client *ws = calloc(1, sizeof(*ws));
    int err;

    *out = NULL;
    if (ws == NULL)
        return -ENOMEM;
    ws->link = (struct mn_link){.ops = &client_ops, .events = events, .owner = owner};
    ws->clock = mn_loop_clock(loop);
    ws->ping_ms = settings->ping_ms;
    ws->close_ms = settings->close_ms;
    mn_ws_decoder_open(&ws->decoder, MN_WS_CLIENT, settings->max_message);
    err = mn_ws_opening_new(&ws->opening, settings);
    if (err == 0)
        err = dial(ws, loop, settings);
    if (err < 0) {
        free_client(ws);
        return err;
    }
    ws->guest.evict = on_evict;
    mn_loop_join(loop, &ws->guest);
    *out = &ws->link;
    return 0;
}
