/* channel.c - sequenced packets and SCM_RIGHTS, behind channel.h. */
#include "io/channel.h"

#include "base/err.h"
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

struct head {
    int32_t type;
    int64_t number;
};

struct mn_channel {
    uv_poll_t poll;
    struct mn_loop_guest guest;
    struct mn_loop *loop;
    int fd; /* -1 once the other side is gone */
    const struct mn_channel_events *events;
    void *owner;
    bool open;
};

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int mn_channel_pair(int fds[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0 ? 0
                                                                                           : -errno;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_socket(struct mn_channel *c)
{
    if (c->fd < 0)
        return;
    uv_poll_stop(&c->poll);
    close(c->fd);
    c->fd = -1;
}

void mn_channel_close(struct mn_channel *c)
{
    if (c == NULL || !c->open)
        return;
    c->open = false;
    mn_loop_leave(&c->guest);
    close_socket(c);
    uv_close((uv_handle_t *)&c->poll, on_closed);
}

static void on_evict(struct mn_loop_guest *guest)
{
    mn_channel_close(mn_container_of(guest, struct mn_channel, guest));
}

static int fd_of(struct msghdr *m)
{
    struct cmsghdr *at = CMSG_FIRSTHDR(m);
    int fd = -1;

    if (at != NULL && at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(at), sizeof(fd));
    return fd;
}

/* One message. Returns false when there is none, or nobody is left to hear it. */
static bool receive(struct mn_channel *c)
{
    struct head head;
    union control control;
    unsigned char *text = mn_loop_scratch(c->loop);
    struct iovec parts[] = {{&head, sizeof(head)}, {text, MN_CHANNEL_TEXT}};
    struct msghdr m = {.msg_iov = parts,
                       .msg_iovlen = 2,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof(control.bytes)};
    char copy[MN_CHANNEL_TEXT];
    ssize_t n = recvmsg(c->fd, &m, MSG_CMSG_CLOEXEC);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n < (ssize_t)sizeof(head)) { /* its end */
        close_socket(c);
        c->events->on_gone(c->owner);
        return false;
    }
    /* Whoever hears it may use the loop's scratch in turn. */
    memcpy(copy, text, (size_t)n - sizeof(head));
    c->events->on_message(c->owner, &(struct mn_message){.type = head.type,
                                                         .number = head.number,
                                                         .text = {copy, (size_t)n - sizeof(head)},
                                                         .fd = fd_of(&m)});
    return true;
}

/* One a turn: whoever hears it may close the channel, and the poll comes again for the next. */
static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct mn_channel *c = poll->data;

    (void)status, (void)events;
    mn_clock_update(mn_loop_clock(c->loop));
    (void)receive(c);
}

int mn_channel_open(struct mn_channel **out, struct mn_loop *loop, int fd,
                    const struct mn_channel_events *events, void *owner)
{
    struct mn_channel *c = calloc(1, sizeof(*c));
    int err = c != NULL ? uv_poll_init(mn_loop_uv(loop), &c->poll, fd) : -ENOMEM;

    *out = NULL;
    if (err < 0) {
        free(c);
        close(fd);
        return err;
    }
    c->poll.data = c;
    c->loop = loop;
    c->fd = fd;
    c->events = events;
    c->owner = owner;
    c->open = true;
    c->guest.evict = on_evict;
    mn_loop_join(loop, &c->guest);
    err = uv_poll_start(&c->poll, UV_READABLE, on_readable);
    if (err < 0) {
        mn_channel_close(c);
        return err;
    }
    *out = c;
    return 0;
}

int mn_channel_send(struct mn_channel *c, const struct mn_message *m)
{
    struct head head = {.type = m->type, .number = m->number};
    struct iovec parts[] = {
        {&head, sizeof(head)},
        {(void *)(uintptr_t)m->text.p, m->text.n < MN_CHANNEL_TEXT ? m->text.n : MN_CHANNEL_TEXT}};
    struct msghdr out = {.msg_iov = parts, .msg_iovlen = 2};
    union control control = {0};

    if (c == NULL || c->fd < 0)
        return MN_ECLOSED;
    if (m->fd >= 0) {
        control.align = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.align), &m->fd, sizeof(int));
        out.msg_control = control.bytes;
        out.msg_controllen = sizeof(control.bytes);
    }
    if (sendmsg(c->fd, &out, MSG_NOSIGNAL) >= 0)
        return 0;
    return errno == EAGAIN || errno == ENOBUFS ? MN_EFULL : MN_ECLOSED;
}
