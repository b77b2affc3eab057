/* listen.c - a listening socket: bind, wait, accept.
 *
 * WHY NOT LIBWEBSOCKETS' OWN  It cannot say why a bind failed, counts no connections, and closes
 * the socket when it is done, which resets those who still queue; a socket of ours can be handed to
 * a successor instead.
 *
 * OUT OF DESCRIPTORS  accept fails and the socket stays readable, so the loop would spin. The
 * listener then looks away for a moment; whoever waits in the kernel's queue is served after. */
#include "io/listen.h"

#include "base/err.h"
#include "base/list.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

enum {
    BACKLOG = 511,         /* as nginx; the kernel cuts it to net.core.somaxconn */
    ACCEPTS_PER_TURN = 32, /* so that a storm of new callers does not hold up the others */
    LOOK_AWAY_MS = 100
};

struct mn_listener {
    uv_poll_t poll;
    int fd;
    struct mn_clock *clock;
    struct mn_log *log;
    struct mn_timer look_again;
    mn_accept_fn *accept;
    void *owner;
};

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_look_again(struct mn_timer *timer)
{
    struct mn_listener *l = mn_container_of(timer, struct mn_listener, look_again);

    uv_poll_start(&l->poll, UV_READABLE, on_readable);
}

static void look_away(struct mn_listener *l, int err)
{
    MN_LOG(l->log, WARN, NULL, "cannot take new connections for a moment",
           {"error", .s = mn_str(mn_strerror(err))});
    if (mn_timer_start(l->clock, &l->look_again, LOOK_AWAY_MS, on_look_again) == 0)
        uv_poll_stop(&l->poll);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct mn_listener *l = poll->data;
    int i, fd, on = 1;

    (void)status, (void)events;
    mn_clock_update(l->clock);
    for (i = 0; i < ACCEPTS_PER_TURN && l->fd >= 0; i++) {
        fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                look_away(l, -errno);
            return; /* EAGAIN: no more; ECONNABORTED and the like: theirs, the next turn goes on */
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* fails on a unix socket */
        l->accept(l->owner, fd);
    }
}

static int bind_one(const struct addrinfo *ai, bool shared)
{
    int fd, err, on = 1;

    fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol);
    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    err = -errno;
    close(fd);
    return err;
}

/* Returns a listening descriptor or an error. It may wait for a name server, which is well before
 * the first call. */
static int bind_host(const char *host, int port, bool shared)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *all, *ai;
    char service[8];
    int fd = MN_ERESOLVE;

    snprintf(service, sizeof(service), "%d", port);
    if (getaddrinfo(host, service, &hints, &all) != 0)
        return MN_ERESOLVE;
    for (ai = all; ai != NULL && fd < 0; ai = ai->ai_next)
        fd = bind_one(ai, shared);
    freeaddrinfo(all);
    return fd;
}

int mn_listen_shared(const char *host, int port, bool first)
{
    int alone = first && port != 0 ? bind_host(host, port, false) : 0;

    if (alone < 0)
        return alone;
    if (alone > 0)
        close(alone);
    return bind_host(host, port, true);
}

int mn_listen_unix(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct addrinfo ai = {
        .ai_family = AF_UNIX, .ai_addr = (struct sockaddr *)&at, .ai_addrlen = sizeof(at)};

    if (strlen(path) >= sizeof(at.sun_path))
        return -ENAMETOOLONG;
    memcpy(at.sun_path, path, strlen(path) + 1);
    unlink(path); /* of one that was killed */
    return bind_one(&ai, false);
}

int mn_listener_open(struct mn_listener **out, struct mn_loop *loop, const char *host, int port,
                     int fd, mn_accept_fn *accept, void *owner)
{
    struct mn_listener *l;
    int err;

    *out = NULL;
    if (fd == 0)
        fd = bind_host(host, port, false);
    if (fd < 0)
        return fd;
    l = calloc(1, sizeof(*l));
    err = l != NULL ? uv_poll_init(mn_loop_uv(loop), &l->poll, fd) : -ENOMEM;
    if (err < 0) {
        free(l);
        close(fd);
        return err;
    }
    l->poll.data = l;
    l->fd = fd;
    l->clock = mn_loop_clock(loop);
    l->log = mn_loop_log(loop);
    l->accept = accept;
    l->owner = owner;
    err = uv_poll_start(&l->poll, UV_READABLE, on_readable);
    if (err < 0) {
        mn_listener_close(l);
        return err;
    }
    *out = l;
    return 0;
}

int mn_listen_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {0};
    socklen_t n = sizeof(at);

    if (getsockname(fd, &at.any, &n) < 0)
        return 0;
    if (at.any.sa_family == AF_INET6)
        return ntohs(at.v6.sin6_port);
    return at.any.sa_family == AF_INET ? ntohs(at.v4.sin_port) : 0;
}

int mn_listener_port(const struct mn_listener *l)
{
    return mn_listen_port(l->fd);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void mn_listener_close(struct mn_listener *l)
{
    if (l == NULL)
        return;
    mn_timer_stop(&l->look_again);
    uv_close((uv_handle_t *)&l->poll, on_closed);
    close(l->fd);
    l->fd = -1;
}
