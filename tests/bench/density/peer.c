/* peer.c - sockets and frames behind peer.h. */
#include "peer.h"

#include "io/ws_handshake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX (1 << 20)
#define OUT_MAX     (64 * 1024) /* bytes of frames that wait: a second of audio */

static void prepare(struct mn_peer *p, int fd, bool client)
{
    int on = 1;

    *p = (struct mn_peer){.fd = fd, .client = client};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    mn_ws_decoder_open(&p->decoder, client ? MN_WS_CLIENT : MN_WS_SERVER, MESSAGE_MAX);
}

int mn_peer_dial(struct mn_peer *p, int port, const char *path)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS) {
        int err = -errno;

        close(fd);
        return err;
    }
    prepare(p, fd, true);
    p->wants_write = true;
    return mn_buf_addf(&p->out,
                       "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n\r\n",
                       path, port);
}

int mn_peer_listen(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, SOMAXCONN) != 0) {
        int err = -errno;

        close(fd);
        return err;
    }
    return fd;
}

void mn_peer_take(struct mn_peer *p, int fd)
{
    prepare(p, fd, false);
}

void mn_peer_close(struct mn_peer *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    mn_buf_free(&p->in);
    mn_buf_free(&p->out);
    mn_ws_decoder_close(&p->decoder);
}

bool mn_peer_flush(struct mn_peer *p)
{
    ssize_t n;

    if (p->out.n == 0)
        return true;
    n = send(p->fd, p->out.p, p->out.n, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == ENOTCONN;
    mn_buf_drop(&p->out, (size_t)n);
    p->wants_write = p->out.n > 0;
    return true;
}

void mn_peer_send(struct mn_peer *p, const void *frame, size_t n)
{
    ssize_t sent = 0;

    if (p->out.n == 0)
        sent = send(p->fd, frame, n, MSG_NOSIGNAL);
    if (sent == (ssize_t)n || (sent < 0 && errno != EAGAIN) || p->out.n > OUT_MAX)
        return;
    sent = sent < 0 ? 0 : sent;
    p->wants_write = true;
    mn_buf_add(&p->out, (const char *)frame + sent, n - (size_t)sent);
}

static struct mn_str key_of(struct mn_str head)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    char *at = memmem(head.p, head.n, name, sizeof(name) - 1), *end;

    if (at == NULL)
        return (struct mn_str){0};
    at += sizeof(name) - 1;
    end = memchr(at, '\r', (size_t)(head.p + head.n - at));
    return (struct mn_str){at, end != NULL ? (size_t)(end - at) : 0};
}

/* True once the handshake is over; what came after it stays in in. */
static bool upgrade(struct mn_peer *p)
{
    char *end = p->in.n > 0 ? memmem(p->in.p, p->in.n, "\r\n\r\n", 4) : NULL;
    char accept[MN_WS_ACCEPT_MAX];

    if (end == NULL)
        return false;
    if (!p->client && mn_ws_accept(accept, key_of(mn_buf_str(&p->in))) == 0)
        mn_buf_addf(&p->out,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                    accept);
    mn_buf_drop(&p->in, (size_t)(end + 4 - p->in.p));
    p->upgraded = true;
    return true;
}

static bool hand_out(struct mn_peer *p, unsigned char *bytes, size_t n, mn_peer_fn *on_message,
                     void *owner)
{
    struct mn_ws_message message;
    int got;

    while ((got = mn_ws_decode(&p->decoder, &bytes, &n, &message)) > 0) {
        if (message.opcode == MN_WS_TEXT)
            on_message(owner, message.payload);
        else if (message.opcode == MN_WS_CLOSE)
            return false;
    }
    return got == 0;
}

bool mn_peer_read(struct mn_peer *p, mn_peer_fn *on_message, void *owner)
{
    static unsigned char piece[256 * 1024];
    ssize_t n = recv(p->fd, piece, sizeof(piece), 0);

    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    if (p->upgraded)
        return hand_out(p, piece, (size_t)n, on_message, owner);
    mn_buf_add(&p->in, piece, (size_t)n);
    if (!upgrade(p) || !mn_peer_flush(p))
        return true;
    return p->in.n == 0 || hand_out(p, (unsigned char *)p->in.p, p->in.n, on_message, owner);
}
