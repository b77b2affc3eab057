/* traffic.c - the ends of the calls behind traffic.h.
 *
 * DESIGN  Twenty milliseconds are eighty slots; in each, the ends of that slot send. A late slot is
 * made up for at once, so that the load is what it says even when this thread was held up, and how
 * late it was is counted: figures taken while the generator was late say nothing of the server. */
#include "traffic.h"

#include "frame.h"
#include "peer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOTS   80
#define SLOT_NS (MN_FRAME_MS * 1000000 / SLOTS)
#define EVENTS  512

struct end {
    struct mn_peer peer;
    enum mn_way sends;
    bool talking;            /* frames flow */
    uint32_t number, expect; /* of the next frame to go, and to come */
};

struct mn_traffic {
    int epoll, listener;
    struct end ends[MN_CALLS_MAX * 2];
    int nends;
    int64_t due_ns; /* of the next slot */
    int slot;
    struct mn_frame frames[MN_WAYS]; /* by the way they go */
    int64_t from_ns, until_ns;       /* the window */
    struct mn_traffic_counts counts;
};

static bool counted(const struct mn_traffic *t, int64_t sent_ns)
{
    return sent_ns >= t->from_ns && sent_ns < t->until_ns;
}

/* Sending. */

static void watch(struct mn_traffic *t, struct end *e, int op)
{
    struct epoll_event ev = {.events = EPOLLIN | (e->peer.wants_write ? EPOLLOUT : 0),
                             .data.ptr = e};

    epoll_ctl(t->epoll, op, e->peer.fd, &ev);
}

static void send_bytes(struct mn_traffic *t, struct end *e, const void *bytes, size_t n)
{
    bool waited = e->peer.wants_write;

    mn_peer_send(&e->peer, bytes, n);
    if (waited != e->peer.wants_write)
        watch(t, e, EPOLL_CTL_MOD);
}

/* Counted as sent even when the socket takes no more: to a listener it is lost. */
static void send_frame(struct mn_traffic *t, struct end *e)
{
    struct mn_frame *frame = &t->frames[e->sends];
    struct mn_stamp stamp = {e->number++, mn_now_ns()};

    mn_frame_put_stamp(frame, stamp);
    send_bytes(t, e, frame->wire, frame->n);
    if (counted(t, stamp.at_ns))
        t->counts.ways[e->sends].sent++;
}

static void send_slot(struct mn_traffic *t)
{
    int64_t now_ns = mn_now_ns();

    if (counted(t, now_ns))
        mn_delays_add(&t->counts.late, now_ns - t->due_ns);
    for (int i = t->slot; i < t->nends; i += SLOTS) {
        if (t->ends[i].talking)
            send_frame(t, &t->ends[i]);
    }
    t->slot = (t->slot + 1) % SLOTS;
    t->due_ns += SLOT_NS;
}

/* The model's words; only the model says any. */
static void say(struct mn_traffic *t, struct end *e, const char *event)
{
    unsigned char wire[512];
    size_t n = strlen(event), header_n = mn_ws_header(wire, MN_WS_TEXT, true, n, NULL);

    memcpy(wire + header_n, event, n);
    send_bytes(t, e, wire, header_n + n);
}

/* Receiving. */

struct hearing {
    struct mn_traffic *t;
    struct end *end;
};

static void count(struct mn_traffic *t, struct end *e, struct mn_stamp stamp)
{
    struct mn_way_count *way =
        &t->counts.ways[e->sends == MN_TO_MODEL ? MN_TO_CALLER : MN_TO_MODEL];

    if (counted(t, stamp.at_ns)) {
        mn_delays_add(&way->delays, mn_now_ns() - stamp.at_ns);
        way->disordered += stamp.number != e->expect;
    }
    e->expect = stamp.number + 1;
}

static void model_hears(struct hearing *h, struct mn_str event)
{
    struct mn_stamp stamp;

    if (mn_frame_stamp(event, "\"audio\":\"", &stamp)) {
        count(h->t, h->end, stamp);
    } else if (!h->end->talking && memmem(event.p, event.n, "\"session.update\"", 16) != NULL) {
        say(h->t, h->end,
            "{\"type\":\"session.updated\",\"event_id\":\"event_u\","
            "\"session\":{\"type\":\"realtime\"}}");
        say(h->t, h->end,
            "{\"type\":\"response.created\",\"event_id\":\"event_r\",\"response\":"
            "{\"id\":\"resp_1\",\"object\":\"realtime.response\",\"status\":\"in_progress\","
            "\"output\":[]}}");
        h->end->talking = true; /* without end */
    }
}

static void caller_hears(struct hearing *h, struct mn_str event)
{
    struct mn_stamp stamp;

    if (mn_frame_stamp(event, "\"delta\":\"", &stamp))
        count(h->t, h->end, stamp);
    else if (memmem(event.p, event.n, "\"session.created\"", 17) != NULL)
        h->end->talking = true;
}

static void on_message(void *owner, struct mn_str event)
{
    struct hearing *h = owner;

    if (h->end->sends == MN_TO_CALLER)
        model_hears(h, event);
    else
        caller_hears(h, event);
}

/* Sockets. */

static void leave(struct end *e)
{
    e->talking = false;
    mn_peer_close(&e->peer);
}

static void on_socket(struct mn_traffic *t, struct end *e, uint32_t events)
{
    struct hearing hearing = {t, e};
    bool waited = e->peer.wants_write, was_upgraded = e->peer.upgraded, alive = true;

    if (e->peer.fd < 0)
        return;
    if (events & EPOLLOUT)
        alive = mn_peer_flush(&e->peer);
    if (alive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        alive = mn_peer_read(&e->peer, on_message, &hearing);
    if (!alive) {
        leave(e);
        return;
    }
    if (waited != e->peer.wants_write)
        watch(t, e, EPOLL_CTL_MOD);
    if (e->sends == MN_TO_CALLER && !was_upgraded && e->peer.upgraded)
        say(t, e,
            "{\"type\":\"session.created\",\"event_id\":\"event_s\",\"session\":"
            "{\"type\":\"realtime\",\"id\":\"sess_m\"}}");
}

static void on_accept(struct mn_traffic *t)
{
    struct end *e;
    int fd;

    while (t->nends < MN_CALLS_MAX * 2 &&
           (fd = accept4(t->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        e = &t->ends[t->nends++];
        e->sends = MN_TO_CALLER;
        mn_peer_take(&e->peer, fd);
        watch(t, e, EPOLL_CTL_ADD);
    }
}

static void poll_for(struct mn_traffic *t, int64_t ns)
{
    struct timespec wait = {.tv_nsec = ns > 0 ? ns : 0};
    struct epoll_event events[EVENTS];
    int n = epoll_pwait2(t->epoll, events, EVENTS, &wait, NULL);

    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr == NULL)
            on_accept(t);
        else
            on_socket(t, events[i].data.ptr, events[i].events);
    }
}

void mn_traffic_run(struct mn_traffic *t, int64_t ms)
{
    int64_t end_ns = t->due_ns + ms * 1000000;

    while (t->due_ns < end_ns) {
        poll_for(t, t->due_ns - mn_now_ns());
        if (mn_now_ns() >= t->due_ns)
            send_slot(t);
    }
}

int mn_traffic_dial(struct mn_traffic *t, int port, const char *path)
{
    struct end *e = &t->ends[t->nends];
    int err = t->nends < MN_CALLS_MAX * 2 ? mn_peer_dial(&e->peer, port, path) : -EMFILE;

    if (err < 0)
        return err;
    t->nends++;
    e->sends = MN_TO_MODEL;
    watch(t, e, EPOLL_CTL_ADD);
    return 0;
}

int mn_traffic_talking(const struct mn_traffic *t)
{
    int talking = 0;

    for (int i = 0; i < t->nends; i++)
        talking += t->ends[i].talking;
    return talking;
}

void mn_traffic_count(struct mn_traffic *t, int64_t ms)
{
    t->from_ns = mn_now_ns();
    t->until_ns = t->from_ns + ms * 1000000;
}

const struct mn_traffic_counts *mn_traffic_counts(const struct mn_traffic *t)
{
    return &t->counts;
}

/* Opening and closing. */

int mn_traffic_open(struct mn_traffic **out, int model_port)
{
    struct mn_traffic *t = calloc(1, sizeof(*t));
    struct epoll_event ev = {.events = EPOLLIN};
    int err;

    *out = NULL;
    if (t == NULL)
        return -ENOMEM;
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    t->listener = mn_peer_listen(model_port);
    err = t->listener < 0 ? t->listener : 0;
    if (t->epoll < 0 || err < 0 || epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->listener, &ev) != 0) {
        err = err < 0 ? err : -errno;
        mn_traffic_close(t);
        return err;
    }
    prctl(PR_SET_TIMERSLACK, 1000UL); /* ns; the usual 50 us are a fifth of a slot */
    mn_frame_build(&t->frames[MN_TO_MODEL], true,
                   "{\"type\":\"input_audio_buffer.append\",\"audio\":\"", "\"}");
    mn_frame_build(&t->frames[MN_TO_CALLER], false,
                   "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_1\","
                   "\"response_id\":\"resp_1\",\"item_id\":\"item_1\",\"output_index\":0,"
                   "\"content_index\":0,\"delta\":\"",
                   "\"}");
    t->due_ns = mn_now_ns();
    *out = t;
    return 0;
}

void mn_traffic_close(struct mn_traffic *t)
{
    if (t == NULL)
        return;
    for (int i = 0; i < t->nends; i++)
        leave(&t->ends[i]);
    if (t->listener >= 0)
        close(t->listener);
    if (t->epoll >= 0)
        close(t->epoll);
    free(t);
}
