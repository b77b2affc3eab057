/* http_multi.c - curl on the loop: it says which sockets it watches and when it wants to be called,
 * and the loop's polls and the clock's timers do that. */
#include "io/http_op.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

struct watch {
    uv_poll_t poll;
    struct mn_http *http;
    curl_socket_t fd;
};

static void on_curl_timer(struct mn_timer *timer)
{
    struct mn_http *h = mn_container_of(timer, struct mn_http, curl_timer);
    int running;

    curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    mn_http_settle(h);
}

/* Curl calls this from inside itself, where it must not be called: 0 means soon, never now. */
static int on_want_timer(CURLM *multi, long delay_ms, void *owner)
{
    struct mn_http *h = owner;

    (void)multi;
    if (delay_ms < 0)
        mn_timer_stop(&h->curl_timer);
    else if (mn_timer_start(mn_loop_clock(h->loop), &h->curl_timer, delay_ms, on_curl_timer) < 0)
        return -1;
    return 0;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    struct mn_http *h = w->http;
    int running, flags = 0;

    mn_clock_update(mn_loop_clock(h->loop));
    if (status < 0)
        flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(h->multi, w->fd, flags, &running);
    mn_http_settle(h);
}

static void on_unwatched(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *watch(struct mn_http *h, curl_socket_t fd)
{
    struct watch *w = calloc(1, sizeof(*w));

    if (w == NULL || uv_poll_init_socket(mn_loop_uv(h->loop), &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->http = h;
    w->fd = fd;
    curl_multi_assign(h->multi, fd, w);
    return w;
}

static int on_want_socket(CURL *easy, curl_socket_t fd, int what, void *owner, void *socket_owner)
{
    struct mn_http *h = owner;
    struct watch *w = socket_owner;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w != NULL)
            uv_close((uv_handle_t *)&w->poll, on_unwatched);
        curl_multi_assign(h->multi, fd, NULL);
        return 0;
    }
    if (w == NULL)
        w = watch(h, fd);
    if (w == NULL)
        return -1; /* curl gives the transfer up */
    if (what & CURL_POLL_IN)
        events |= UV_READABLE;
    if (what & CURL_POLL_OUT)
        events |= UV_WRITABLE;
    return uv_poll_start(&w->poll, events, on_socket) < 0 ? -1 : 0;
}

int mn_http_multi_open(struct mn_http *h)
{
    h->multi = curl_multi_init();
    if (h->multi == NULL)
        return -ENOMEM;
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_want_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_want_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->settings.total_connections);
    return 0;
}

void mn_http_multi_close(struct mn_http *h)
{
    if (h->multi != NULL)
        curl_multi_cleanup(h->multi);
    mn_timer_stop(&h->curl_timer);
}
