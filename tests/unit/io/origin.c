/* origin.c - the server behind origin.h: one request after the other on each connection. */
#include "origin.h"

#include "base/list.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct visit {
    uv_tcp_t tcp;
    struct origin *origin;
    struct mn_buf in;
    struct mn_timer later;
    int drops; /* still to come */
    char some[16384];
};

static void on_closed(uv_handle_t *handle)
{
    struct visit *v = handle->data;

    mn_timer_stop(&v->later);
    mn_buf_free(&v->in);
    v->origin->open--;
    free(v);
}

static void hang_up(struct visit *v)
{
    if (!uv_is_closing((uv_handle_t *)&v->tcp))
        uv_close((uv_handle_t *)&v->tcp, on_closed);
}

static void on_said(uv_write_t *write, int status)
{
    (void)status;
    free(write);
}

static void say(struct visit *v, const void *bytes, size_t n)
{
    uv_write_t *write = malloc(sizeof(*write) + n);
    uv_buf_t buf;

    assert_non_null(write);
    buf = uv_buf_init((char *)(write + 1), (unsigned int)n);
    memcpy(buf.base, bytes, n);
    if (uv_write(write, (uv_stream_t *)&v->tcp, &buf, 1, on_said) < 0)
        free(write);
}

static void say_ok(struct visit *v, struct mn_str body)
{
    struct mn_buf out = {0};

    mn_buf_addf(&out, "HTTP/1.1 200 OK\r\nX-Mixed-Case:  yes \r\nContent-Length: %zu\r\n\r\n",
                body.n);
    mn_buf_add_str(&out, body);
    say(v, out.p, out.n);
    mn_buf_free(&out);
}

static void on_later(struct mn_timer *timer)
{
    say_ok(mn_container_of(timer, struct visit, later), MN_STR("late"));
}

static void on_drip(struct mn_timer *timer)
{
    struct visit *v = mn_container_of(timer, struct visit, later);

    say(v, "d", 1);
    if (--v->drops > 0)
        mn_timer_start(mn_loop_clock(v->origin->wire->loop), timer, 50, on_drip);
}

static void drip(struct visit *v)
{
    say(v, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 38);
    v->drops = 5;
    mn_timer_start(mn_loop_clock(v->origin->wire->loop), &v->later, 50, on_drip);
}

static void say_much(struct visit *v, const char *head, const char *tail)
{
    char *much = malloc(200000);

    memset(much, 'x', 200000);
    say(v, head, strlen(head));
    say(v, much, strstr(head, "X-Much") != NULL ? 100000 : 200000);
    say(v, tail, strlen(tail));
    free(much);
}

static void redirect(struct visit *v, int status, const char *host, struct mn_str path)
{
    struct mn_buf out = {0};

    mn_buf_addf(&out, "HTTP/1.1 %d Moved\r\nContent-Length: 0\r\nLocation: ", status);
    if (host != NULL)
        mn_buf_addf(&out, "http://%s:%d", host, v->origin->port);
    mn_buf_add_str(&out, path);
    mn_buf_add_text(&out, "\r\n\r\n");
    say(v, out.p, out.n);
    mn_buf_free(&out);
}

static struct mn_str from(struct mn_str path, size_t at)
{
    return (struct mn_str){path.p + at, path.n - at};
}

static void answer(struct visit *v, struct mn_str path, struct mn_str request)
{
    if (mn_str_is(path, "/ok"))
        say_ok(v, MN_STR("hello"));
    else if (mn_str_is(path, "/drip"))
        drip(v);
    else if (mn_str_is(path, "/begin"))
        say(v, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 38);
    else if (mn_str_is(path, "/echo") || mn_str_starts(path, MN_STR("http://")))
        say_ok(v, request);
    else if (mn_str_is(path, "/slow"))
        mn_timer_start(mn_loop_clock(v->origin->wire->loop), &v->later, 100, on_later);
    else if (mn_str_is(path, "/reset"))
        hang_up(v);
    else if (mn_str_is(path, "/cut"))
        say(v, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 42), hang_up(v);
    else if (mn_str_is(path, "/big"))
        say_much(v, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n", "");
    else if (mn_str_is(path, "/endless"))
        say_much(v, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "");
    else if (mn_str_is(path, "/heads"))
        say_much(v, "HTTP/1.1 200 OK\r\nX-Much: ", "\r\nContent-Length: 0\r\n\r\n");
    else if (mn_str_is(path, "/early"))
        say(v, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n", 40), say_ok(v, MN_STR("hello"));
    else if (mn_str_starts(path, MN_STR("/to/")))
        redirect(v, 302, NULL, from(path, 3));
    else if (mn_str_starts(path, MN_STR("/see/")))
        redirect(v, 303, NULL, from(path, 4));
    else if (mn_str_starts(path, MN_STR("/away/")))
        redirect(v, 302, "localhost", from(path, 5));
    else if (mn_str_is(path, "/loop"))
        redirect(v, 302, NULL, path);
}

/* Takes one whole request off v->in and answers it; false when there is none. */
static bool answer_one(struct visit *v)
{
    const char *head_end, *length, *path;
    size_t n;

    if (v->in.n == 0)
        return false;
    head_end = strstr(v->in.p, "\r\n\r\n");
    if (head_end == NULL)
        return false;
    n = (size_t)(head_end - v->in.p) + 4;
    length = strcasestr(v->in.p, "\r\ncontent-length:");
    if (length != NULL && length < head_end)
        n += strtoul(length + 17, NULL, 10);
    if (v->in.n < n)
        return false;
    v->origin->requests++;
    path = strchr(v->in.p, ' ') + 1;
    answer(v, (struct mn_str){path, strcspn(path, " ?")}, (struct mn_str){v->in.p, n});
    mn_buf_drop(&v->in, n);
    return true;
}

static void on_room(uv_handle_t *handle, size_t want, uv_buf_t *buf)
{
    struct visit *v = handle->data;

    (void)want;
    *buf = uv_buf_init(v->some, sizeof(v->some));
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct visit *v = stream->data;

    mn_clock_update(mn_loop_clock(v->origin->wire->loop));
    if (n < 0) {
        hang_up(v);
        return;
    }
    mn_buf_add(&v->in, buf->base, (size_t)n);
    while (!uv_is_closing((uv_handle_t *)&v->tcp) && answer_one(v))
        ;
}

static void on_visit(uv_stream_t *listener, int status)
{
    struct origin *o = listener->data;
    struct visit *v = calloc(1, sizeof(*v));

    assert_int_equal(status, 0);
    assert_non_null(v);
    v->origin = o;
    v->tcp.data = v;
    uv_tcp_init(listener->loop, &v->tcp);
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&v->tcp), 0);
    uv_read_start((uv_stream_t *)&v->tcp, on_room, on_bytes);
    o->connections++;
    if (++o->open > o->most)
        o->most = o->open;
}

void origin_open(struct origin *o, struct wire *w)
{
    struct sockaddr_in at;
    int n = sizeof(at);

    *o = (struct origin){.wire = w};
    uv_tcp_init(mn_loop_uv(w->loop), &o->listener);
    o->listener.data = o;
    uv_ip4_addr("127.0.0.1", 0, &at);
    assert_int_equal(uv_tcp_bind(&o->listener, (const struct sockaddr *)&at, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&o->listener, 64, on_visit), 0);
    uv_tcp_getsockname(&o->listener, (struct sockaddr *)&at, &n);
    o->port = ntohs(at.sin_port);
}

static void on_listener_closed(uv_handle_t *handle)
{
    ((struct origin *)handle->data)->closed = true;
}

void origin_close(struct origin *o)
{
    uv_close((uv_handle_t *)&o->listener, on_listener_closed);
    UNTIL(o->wire, o->closed && o->open == 0);
}
