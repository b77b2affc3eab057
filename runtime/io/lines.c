/* lines.c - terminals and pipes are polled by the loop; files, which cannot be, are read in turns.
 */
#include "io/lines.h"

#include "base/buf.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define PIECE (64 * 1024)

struct mn_lines {
    struct mn_loop *loop;
    int fd, flags; /* flags as they were: polling makes fd non-blocking */
    bool polled;   /* else read in turns */
    uv_poll_t poll;
    bool paused, ended, closed;
    bool telling;         /* inside on_line or on_end, which may close it */
    struct mn_timer turn; /* hands out lines that are there already */
    struct mn_buf text;
    void (*on_line)(void *owner, struct mn_str line);
    void (*on_end)(void *owner);
    void *owner;
};

static void free_lines(struct mn_lines *l)
{
    mn_buf_free(&l->text);
    free(l);
}

static void on_poll_closed(uv_handle_t *handle)
{
    free_lines(handle->data);
}

/* One line; false when there is no whole one. */
static bool hand_out(struct mn_lines *l)
{
    size_t n = l->text.n < PIECE ? l->text.n : PIECE;
    char *end = n > 0 ? memchr(l->text.p, '\n', n) : NULL;
    struct mn_buf line = {0};

    if (n == 0 || (end == NULL && !l->ended && n < PIECE))
        return false;
    n = end != NULL ? (size_t)(end - l->text.p) : n;
    mn_buf_add(&line, l->text.p, n);
    mn_buf_drop(&l->text, end != NULL ? n + 1 : n);
    l->on_line(l->owner, mn_buf_str(&line));
    mn_buf_free(&line);
    return true;
}

/* Reads one piece. Returns false when there is nothing now. */
static bool read_piece(struct mn_lines *l)
{
    ssize_t n;

    if (mn_buf_reserve(&l->text, PIECE) != 0) {
        l->ended = true;
        return true;
    }
    n = read(l->fd, l->text.p + l->text.n, PIECE);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        l->ended = true;
        return true;
    }
    l->text.n += (size_t)n;
    l->text.p[l->text.n] = '\0';
    return true;
}

static void hand_out_all(struct mn_lines *l)
{
    while (!l->paused && !l->closed && hand_out(l))
        ;
}

static void let_go(struct mn_lines *l)
{
    if (l->polled)
        uv_close((uv_handle_t *)&l->poll, on_poll_closed);
    else
        free_lines(l);
}

static void on_turn(struct mn_timer *t);

static void go_on(struct mn_lines *l)
{
    l->telling = true;
    hand_out_all(l);
    if (!l->paused && !l->closed && l->ended)
        l->on_end(l->owner);
    l->telling = false;
    if (l->closed)
        let_go(l);
    else if (!l->paused && !l->ended && !l->polled)
        mn_timer_start(mn_loop_clock(l->loop), &l->turn, 0, on_turn);
}

static void on_turn(struct mn_timer *t)
{
    struct mn_lines *l = mn_container_of(t, struct mn_lines, turn);

    if (!l->polled && !l->ended)
        read_piece(l);
    go_on(l);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct mn_lines *l = poll->data;

    (void)events;
    mn_clock_update(mn_loop_clock(l->loop));
    if (status < 0)
        l->ended = true;
    else if (!read_piece(l))
        return;
    if (l->ended)
        uv_poll_stop(poll);
    go_on(l);
}

static void poll_if_possible(struct mn_lines *l)
{
    l->flags = fcntl(l->fd, F_GETFL);
    l->poll.data = l;
    if (uv_poll_init(mn_loop_uv(l->loop), &l->poll, l->fd) != 0)
        return;
    l->polled = true;
    if (uv_poll_start(&l->poll, UV_READABLE, on_readable) != 0)
        l->ended = true;
}

int mn_lines_open(struct mn_lines **out, struct mn_loop *loop, int fd,
                  void (*on_line)(void *owner, struct mn_str line), void (*on_end)(void *owner),
                  void *owner)
{
    struct mn_lines *l = calloc(1, sizeof(*l));

    *out = NULL;
    if (l == NULL)
        return -ENOMEM;
    l->loop = loop;
    l->fd = fd;
    l->on_line = on_line;
    l->on_end = on_end;
    l->owner = owner;
    if (mn_timer_start(mn_loop_clock(loop), &l->turn, 0, on_turn) != 0) {
        free_lines(l);
        return -ENOMEM;
    }
    poll_if_possible(l);
    *out = l;
    return 0;
}

void mn_lines_pause(struct mn_lines *l)
{
    l->paused = true;
    if (l->polled)
        uv_poll_stop(&l->poll);
}

void mn_lines_resume(struct mn_lines *l)
{
    if (!l->paused)
        return;
    l->paused = false;
    if (l->polled && !l->ended)
        uv_poll_start(&l->poll, UV_READABLE, on_readable);
    mn_timer_start(mn_loop_clock(l->loop), &l->turn, 0, on_turn);
}

void mn_lines_close(struct mn_lines *l)
{
    if (l == NULL || l->closed)
        return;
    l->closed = true;
    mn_timer_stop(&l->turn);
    if (l->polled)
        uv_poll_stop(&l->poll);
    if (l->polled && l->flags >= 0)
        fcntl(l->fd, F_SETFL, l->flags);
    if (!l->telling)
        let_go(l);
}
