/* conn.c - dialling, TLS and the bytes of a connection, behind conn.h.
 *
 * DESIGN  The addresses of a name are tried one after another, each with its even share of the time
 * left, so that a dead first address leaves time for the next. One uv_poll at a time watches the
 * socket; on_poll() hands each readiness to the stage the connection is in: connecting, shaking
 * hands, or open.
 *
 * A write that fails is not reported from inside the write. It remembers the error and shuts the
 * socket down, and the loop, which finds it readable at its end, reports it. */
#include "io/conn.h"

#include "base/err.h"
#include "io/tls.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* How much one connection may read in a row before others get their turn: 1 MB. */
enum { READS_A_TURN = 16 };

static void next_attempt(struct mn_conn *c);
static void on_poll(uv_poll_t *poll, int status, int events);

static struct mn_clock *clock_of(struct mn_conn *c)
{
    return mn_loop_clock(c->loop);
}

static void end(struct mn_conn *c, int err, struct mn_str why)
{
    mn_timer_stop(&c->attempt);
    c->events->on_end(c, err, why);
}

static void watch(struct mn_conn *c, int events)
{
    if (!c->polling || c->poll_for == events)
        return;
    c->poll_for = events;
    uv_poll_start(&c->poll, events, on_poll);
}

/* Closing and trying the next address. */

static void on_gone(uv_handle_t *handle)
{
    struct mn_conn *c = handle->data;

    c->events->on_gone(c);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct mn_conn *c = handle->data;

    c->poll_closing = false;
    mn_clock_update(clock_of(c));
    if (c->closed)
        uv_close((uv_handle_t *)&c->last, on_gone);
    else
        next_attempt(c);
}

static void drop_socket(struct mn_conn *c)
{
    mn_timer_stop(&c->attempt);
    mn_tls_stream_close(c->tls);
    c->tls = NULL;
    if (c->polling) {
        uv_close((uv_handle_t *)&c->poll, on_poll_closed); /* lets go of fd at once */
        c->polling = false;
        c->poll_closing = true;
    }
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

void mn_conn_close(struct mn_conn *c)
{
    if (c->closed)
        return;
    c->closed = true;
    mn_lookup_cancel(&c->lookup);
    drop_socket(c);
    mn_ws_queue_close(&c->queue);
    if (!c->poll_closing)
        uv_close((uv_handle_t *)&c->last, on_gone);
}

/* This address is no good: try the next when the loop has let go of the socket. */
static void give_up_address(struct mn_conn *c, int err)
{
    c->err = err;
    drop_socket(c);
    if (!c->poll_closing)
        next_attempt(c);
}

static void on_attempt_late(struct mn_timer *timer)
{
    give_up_address(mn_container_of(timer, struct mn_conn, attempt), MN_ETIMEOUT);
}

static int start_unix(struct mn_conn *c)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    if (strlen(c->target.unix_path) >= sizeof(at.sun_path))
        return -ENAMETOOLONG;
    memcpy(at.sun_path, c->target.unix_path, strlen(c->target.unix_path));
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&at, sizeof(at)) < 0)
        return -errno; /* EAGAIN, too: its queue is full */
    return uv_poll_init(mn_loop_uv(c->loop), &c->poll, c->fd);
}

static int start_connect(struct mn_conn *c, union mn_address *address)
{
    socklen_t size;
    int on = 1;

    if (c->target.unix_path != NULL)
        return start_unix(c);
    if (address->any.sa_family == AF_INET) {
        address->v4.sin_port = htons((uint16_t)c->target.port);
        size = sizeof(address->v4);
    } else {
        address->v6.sin6_port = htons((uint16_t)c->target.port);
        size = sizeof(address->v6);
    }
    c->fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return -errno;
    /* Audio frames are small and late ones are worthless: Nagle's algorithm must not hold them. */
    if (setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
        return -errno;
    if (connect(c->fd, &address->any, size) < 0 && errno != EINPROGRESS)
        return -errno;
    return uv_poll_init(mn_loop_uv(c->loop), &c->poll, c->fd);
}

static int try_address(struct mn_conn *c)
{
    int left = c->addresses.n - c->next_address;
    int64_t rest_ms = c->target.deadline_ms - mn_clock_now(clock_of(c));
    int err = start_connect(c, &c->addresses.at[c->next_address++]);

    if (err < 0)
        return err;
    c->poll.data = c;
    c->polling = true;
    c->poll_for = 0;
    watch(c, UV_WRITABLE);
    return mn_timer_start(clock_of(c), &c->attempt, rest_ms / left, on_attempt_late);
}

static void next_attempt(struct mn_conn *c)
{
    int err;

    while (c->next_address < c->addresses.n) {
        err = try_address(c);
        if (err == 0)
            return;
        c->err = err;
        drop_socket(c);
        if (c->poll_closing)
            return; /* on_poll_closed comes back here */
    }
    end(c, c->err, mn_str(mn_strerror(c->err)));
}

static void on_addresses(struct mn_lookup *lookup, int err, const struct mn_addresses *found)
{
    struct mn_conn *c = mn_container_of(lookup, struct mn_conn, lookup);

    if (err < 0) {
        end(c, err, mn_str(c->target.host));
        return;
    }
    c->addresses = *found;
    next_attempt(c);
}

/* Bytes. */

static long read_some(struct mn_conn *c, unsigned char *p, size_t n)
{
    long got;

    if (c->tls != NULL)
        return mn_tls_stream_read(c->tls, p, n);
    got = recv(c->fd, p, n, 0);
    return got < 0 ? -errno : got;
}

static long write_some(struct mn_conn *c, const unsigned char *p, size_t n)
{
    long put;

    if (c->tls != NULL)
        return mn_tls_stream_write(c->tls, p, n);
    put = send(c->fd, p, n, MSG_NOSIGNAL);
    return put < 0 ? -errno : put;
}

static bool tls_holds_bytes(const struct mn_conn *c)
{
    return c->tls != NULL && mn_tls_stream_holds_bytes(c->tls);
}

/* Fills p as far as the socket gives; TLS gives a record (16 KB) at a time. Returns as read_some,
 * but an end or failure after some bytes is left for the next call to find again. */
static long fill(struct mn_conn *c, unsigned char *p, size_t n)
{
    long total = 0, got;

    do {
        got = read_some(c, p + total, n - (size_t)total);
        if (got <= 0)
            return total > 0 ? total : got == 0 ? 0 : got;
        total += got;
    } while ((size_t)total < n && tls_holds_bytes(c));
    return total;
}

/* Bytes TLS holds back are told by no poll; a writable socket brings us round to them. */
static void watch_open(struct mn_conn *c)
{
    bool wants_write = !mn_ws_queue_empty(&c->queue) || c->unread ||
                       (c->tls != NULL && mn_tls_stream_wants_write(c->tls));

    watch(c, UV_READABLE | (wants_write && c->err == 0 ? UV_WRITABLE : 0));
}

static void read_all(struct mn_conn *c)
{
    unsigned char *scratch = mn_loop_scratch(c->loop);
    long got;
    int reads;

    c->unread = false;
    for (reads = 0; reads < READS_A_TURN; reads++) {
        got = fill(c, scratch, MN_LOOP_SCRATCH_BYTES);
        if (got == -EAGAIN || got == -EINTR)
            return;
        if (got <= 0) {
            end(c, c->err != 0 ? c->err : (int)got, MN_STR(""));
            return;
        }
        c->events->on_bytes(c, scratch, (size_t)got);
        if (c->closed || (got < MN_LOOP_SCRATCH_BYTES && !tls_holds_bytes(c)))
            return; /* of what the kernel still has, it will tell */
    }
    c->unread = tls_holds_bytes(c);
}

/* Returns false when the socket failed; the loop will report it. */
static bool flush(struct mn_conn *c)
{
    struct mn_ws_packet *packet;
    long put;

    while ((packet = mn_ws_queue_first(&c->queue)) != NULL) {
        put = write_some(c, packet->p, packet->n);
        if (put == -EAGAIN || put == -EINTR)
            break;
        if (put < 0) {
            c->err = (int)put;
            shutdown(c->fd, SHUT_RDWR);
            return false;
        }
        mn_ws_queue_sent(&c->queue, (size_t)put);
    }
    return true;
}

int mn_conn_write(struct mn_conn *c, struct mn_ws_packet *packet)
{
    bool at_once = mn_ws_queue_empty(&c->queue);

    if (!c->open || c->closed || c->err != 0) {
        free(packet);
        return MN_ECLOSED;
    }
    mn_ws_queue_add(&c->queue, packet);
    if (at_once && !flush(c))
        return MN_ECLOSED;
    watch_open(c);
    return 0;
}

/* The stages a socket goes through. */

static void become_open(struct mn_conn *c)
{
    mn_timer_stop(&c->attempt);
    c->open = true;
    c->err = 0;
    watch_open(c);
    c->events->on_open(c);
}

static void shake_hands(struct mn_conn *c)
{
    struct mn_buf why = {0};
    int err = mn_tls_stream_handshake(c->tls);

    if (err == 0) {
        become_open(c);
    } else if (err == -EAGAIN) {
        watch(c, mn_tls_stream_wants_write(c->tls) ? UV_WRITABLE : UV_READABLE);
    } else {
        mn_tls_stream_why(c->tls, &why);
        end(c, MN_ETLS, mn_buf_str(&why));
        mn_buf_free(&why);
    }
}

static void finish_connect(struct mn_conn *c)
{
    int err = 0;
    socklen_t size = sizeof(err);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
        err = errno;
    if (err != 0) {
        give_up_address(c, -err);
        return;
    }
    c->connected = true;
    mn_timer_stop(&c->attempt); /* from here on the owner's deadline is the only one */
    if (!c->target.tls) {
        become_open(c);
        return;
    }
    err =
        mn_tls_stream_open(&c->tls, mn_loop_tls(c->loop), c->fd, c->target.host, c->target.ca_file);
    if (err < 0) {
        end(c, err, MN_STR("the authorities to trust cannot be read"));
        return;
    }
    shake_hands(c);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct mn_conn *c = poll->data;
    bool drained;

    mn_clock_update(clock_of(c));
    if (!c->connected) {
        finish_connect(c);
        return;
    }
    if (!c->open) {
        shake_hands(c);
        return;
    }
    if (status < 0 || (events & UV_READABLE) != 0 || c->unread)
        read_all(c);
    if (c->closed)
        return;
    drained = !mn_ws_queue_empty(&c->queue) && flush(c) && mn_ws_queue_empty(&c->queue);
    watch_open(c);
    if (drained)
        c->events->on_drained(c);
}

/* From the clock, for nothing is told from inside mn_conn_open. */
static void on_begin(struct mn_timer *timer)
{
    struct mn_conn *c = mn_container_of(timer, struct mn_conn, attempt);

    c->addresses.n = 1; /* of a kind */
    next_attempt(c);
}

static int begin(struct mn_conn *c, int64_t rest_ms)
{
    if (c->target.unix_path != NULL)
        return mn_timer_start(clock_of(c), &c->attempt, 0, on_begin);
    return mn_resolve(mn_loop_resolver(c->loop), &c->lookup, c->target.host, rest_ms, on_addresses);
}

int mn_conn_open(struct mn_conn *c, struct mn_loop *loop, const struct mn_conn_target *target,
                 size_t high_water, const struct mn_conn_events *events)
{
    int64_t rest_ms;
    int err;

    *c = (struct mn_conn){.loop = loop, .events = events, .target = *target, .fd = -1};
    rest_ms = target->deadline_ms - mn_clock_now(clock_of(c));
    err = begin(c, rest_ms);
    if (err < 0)
        return err;
    mn_ws_queue_open(&c->queue, high_water);
    uv_idle_init(mn_loop_uv(loop), &c->last);
    c->last.data = c;
    return 0;
}
