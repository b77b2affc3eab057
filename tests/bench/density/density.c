/* density.c - many callers and a model, to see what one server carries.
 *
 *     caller --append, 20 ms--> [ server under test ] --append--> model
 *     caller <-------delta----- [                   ] <--delta, 20 ms-- model
 *
 *   density --calls 400 --seconds 10 --port 8080 --path '/v1/realtime?model=bench'
 *           --model-port 8091 --pid 1234
 *
 * One thread plays both sides. Every frame carries its time of sending and a sequence number inside
 * its base64, where a server that forwards bytes leaves them; delays and losses are counted at the
 * other end. Reported: delays both ways, losses, and the server's CPU and memory over the measured
 * time. */
#include "measure.h"
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALLS_MAX   4000
#define FRAME_MS    20
#define AUDIO_CHARS 1280 /* base64 of 20 ms of pcm16 at 24 kHz */
#define STAMP_CHARS 24   /* sequence (8 hex) and time (16 hex): letters of base64, too */

enum side { CALLER, MODEL };

struct end {
    struct mn_peer peer;
    enum side side;
    bool talking;           /* frames flow */
    uint32_t sent, expects; /* sequence numbers */
};

struct bench {
    int calls, seconds, port, model_port, pid;
    const char *path;
    int epoll, listener;
    struct end ends[CALLS_MAX * 2];
    int nends, ncallers, gone;
    bool measuring;
    struct mn_delays delays[2]; /* by the side that received */
    char frames[2][AUDIO_CHARS + 512];
    size_t frame_n[2], stamp_at[2];
};

static struct bench b;

/* --- frames --- */

static void build_frame(enum side side, const char *head, const char *tail)
{
    char audio[AUDIO_CHARS + 1];
    int n;

    memset(audio, 'A', AUDIO_CHARS);
    audio[AUDIO_CHARS] = '\0';
    n = snprintf(b.frames[side], sizeof(b.frames[side]), "%s%s%s", head, audio, tail);
    b.frame_n[side] = (size_t)n;
    b.stamp_at[side] = strlen(head);
}

static void build_frames(void)
{
    build_frame(CALLER, "{\"type\":\"input_audio_buffer.append\",\"audio\":\"", "\"}");
    build_frame(MODEL,
                "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_1\","
                "\"response_id\":\"resp_1\",\"item_id\":\"item_1\",\"output_index\":0,"
                "\"content_index\":0,\"delta\":\"",
                "\"}");
}

static void send_frame(struct end *e)
{
    char stamp[STAMP_CHARS + 1];

    snprintf(stamp, sizeof(stamp), "%08x%016llx", e->sent++, (unsigned long long)mn_now_ns());
    memcpy(b.frames[e->side] + b.stamp_at[e->side], stamp, STAMP_CHARS);
    mn_peer_send(&e->peer, (struct mn_str){b.frames[e->side], b.frame_n[e->side]});
}

static void count(struct end *e, const char *stamp)
{
    char sequence[9] = "", at[17] = "";
    uint32_t number;

    memcpy(sequence, stamp, 8);
    memcpy(at, stamp + 8, 16);
    number = (uint32_t)strtoul(sequence, NULL, 16);
    if (b.measuring) {
        mn_delays_add(&b.delays[e->side], mn_now_ns() - (int64_t)strtoull(at, NULL, 16));
        if (number > e->expects)
            b.delays[e->side].lost += number - e->expects;
    }
    e->expects = number + 1;
}

/* --- what comes in --- */

static void say(struct end *e, const char *text)
{
    mn_peer_send(&e->peer, mn_str(text));
}

/* The model: opens a session, acknowledges its set-up, then speaks without end. */
static void model_hears(struct end *e, struct mn_str text)
{
    if (memmem(text.p, text.n, "\"session.update\"", 16) == NULL || e->talking)
        return;
    say(e, "{\"type\":\"session.updated\",\"event_id\":\"event_u\",\"session\":{\"type\":"
           "\"realtime\"}}");
    say(e,
        "{\"type\":\"response.created\",\"event_id\":\"event_r\",\"response\":{\"id\":\"resp_1\","
        "\"object\":\"realtime.response\",\"status\":\"in_progress\",\"output\":[]}}");
    e->talking = true;
}

static const char *audio_in(struct mn_str text, const char *member)
{
    const char *at = memmem(text.p, text.n < 400 ? text.n : 400, member, strlen(member));

    at = at != NULL ? at + strlen(member) : NULL;
    return at != NULL && text.p + text.n - at >= STAMP_CHARS ? at : NULL;
}

static void on_message(void *owner, struct mn_str text)
{
    struct end *e = owner;
    const char *audio = audio_in(text, e->side == CALLER ? "\"delta\":\"" : "\"audio\":\"");

    if (audio != NULL)
        count(e, audio);
    else if (e->side == MODEL)
        model_hears(e, text);
    else if (memmem(text.p, text.n, "\"session.created\"", 17) != NULL)
        e->talking = true;
}

static void watch(struct end *e, int op)
{
    struct epoll_event ev = {.events = EPOLLIN | (e->peer.wants_write ? EPOLLOUT : 0),
                             .data.ptr = e};

    epoll_ctl(b.epoll, op, e->peer.fd, &ev);
}

static void leave(struct end *e)
{
    if (e->peer.fd < 0)
        return;
    b.gone++;
    e->talking = false;
    mn_peer_close(&e->peer);
}

static void on_socket(struct end *e, uint32_t events)
{
    bool waited = e->peer.wants_write, alive = true;

    if (e->peer.fd < 0)
        return;
    if (events & EPOLLOUT)
        alive = mn_peer_flush(&e->peer);
    if (alive && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        alive = mn_peer_read(&e->peer, on_message, e);
    if (!alive)
        leave(e);
    else if (waited != e->peer.wants_write)
        watch(e, EPOLL_CTL_MOD);
}

static void on_accept(void)
{
    int fd;

    while (b.nends < CALLS_MAX * 2 &&
           (fd = accept4(b.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct end *e = &b.ends[b.nends++];

        e->side = MODEL;
        mn_peer_take(&e->peer, fd);
        watch(e, EPOLL_CTL_ADD);
    }
}

static void poll_once(int wait_ms)
{
    struct epoll_event events[512];
    int n = epoll_wait(b.epoll, events, 512, wait_ms);

    for (int i = 0; i < n; i++) {
        struct end *e = events[i].data.ptr;
        bool was_upgraded;

        if (e == NULL) {
            on_accept();
            continue;
        }
        was_upgraded = e->peer.upgraded;
        on_socket(e, events[i].events);
        if (e->side == MODEL && !was_upgraded && e->peer.upgraded)
            say(e, "{\"type\":\"session.created\",\"event_id\":\"event_s\",\"session\":{\"type\":"
                   "\"realtime\",\"id\":\"sess_m\"}}");
    }
}

/* --- time --- */

/* Each end sends once in 20 ms; the ends are spread over it, so that the load is even. */
static void send_due(int64_t tick)
{
    for (int i = (int)(tick % FRAME_MS); i < b.nends; i += FRAME_MS) {
        struct end *e = &b.ends[i];

        if (e->peer.fd < 0 || !e->talking)
            continue;
        send_frame(e);
        if (e->peer.wants_write)
            watch(e, EPOLL_CTL_MOD);
    }
}

static void run_for(int64_t ms)
{
    static int64_t tick;
    int64_t began_ns = mn_now_ns(), due_ns = began_ns;

    while (due_ns < began_ns + ms * 1000000) {
        int64_t left_ns = due_ns - mn_now_ns();

        poll_once(left_ns > 0 ? 1 : 0);
        while (mn_now_ns() >= due_ns) {
            send_due(tick++);
            due_ns += 1000000;
        }
    }
}

static bool dial_all(void)
{
    for (int i = 0; i < b.calls; i++) {
        struct end *e = &b.ends[b.nends++];

        e->side = CALLER;
        if (mn_peer_dial(&e->peer, b.port, b.path) != 0)
            return false;
        watch(e, EPOLL_CTL_ADD);
        if (i % 20 == 19)
            run_for(20); /* a thousand callers a second */
    }
    return true;
}

/* --- the front --- */

static int listen_on(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 4096) != 0) {
        perror("density: listen");
        exit(2);
    }
    return fd;
}

static void report_way(const char *way, const struct mn_delays *d)
{
    printf("  %-16s p50 %6.2f ms   p99 %6.2f ms   p99.9 %6.2f ms   max %6.1f ms   frames %llu   "
           "lost %llu\n",
           way, mn_delays_ms(d, 0.5), mn_delays_ms(d, 0.99), mn_delays_ms(d, 0.999),
           (double)d->longest_ns / 1e6, (unsigned long long)d->count, (unsigned long long)d->lost);
}

static int measure(void)
{
    struct mn_usage before = {0}, idle = {0}, after = {0}, self[2] = {{0}};
    int talking = 0;

    mn_usage_of(b.pid, &idle);
    if (!dial_all()) {
        fprintf(stderr, "density: cannot dial port %d\n", b.port);
        return 2;
    }
    run_for(2000);
    mn_usage_of(b.pid, &before);
    mn_usage_of(getpid(), &self[0]);
    b.measuring = true;
    run_for((int64_t)b.seconds * 1000);
    b.measuring = false;
    mn_usage_of(b.pid, &after);
    mn_usage_of(getpid(), &self[1]);
    for (int i = 0; i < b.nends; i++)
        talking += b.ends[i].talking;
    printf("calls %d   talking ends %d of %d   gone %d\n", b.calls, talking, b.calls * 2, b.gone);
    report_way("caller to model", &b.delays[MODEL]);
    report_way("model to caller", &b.delays[CALLER]);
    printf("  server: %.1f %% of a core   %lld KB a call   %lld KB idle   (generator %.1f %%)\n",
           100 * (after.cpu_seconds - before.cpu_seconds) / b.seconds,
           (long long)(after.resident_kb - idle.resident_kb) / b.calls, (long long)idle.resident_kb,
           100 * (self[1].cpu_seconds - self[0].cpu_seconds) / b.seconds);
    return talking == b.calls * 2 ? 0 : 1;
}

static void read_options(int argc, char **argv)
{
    const struct {
        const char *name;
        int *number;
    } options[] = {{"--calls", &b.calls},
                   {"--seconds", &b.seconds},
                   {"--port", &b.port},
                   {"--model-port", &b.model_port},
                   {"--pid", &b.pid}};

    for (int i = 1; i + 1 < argc; i += 2) {
        for (size_t o = 0; o < sizeof(options) / sizeof(options[0]); o++) {
            if (strcmp(argv[i], options[o].name) == 0)
                *options[o].number = atoi(argv[i + 1]);
        }
        if (strcmp(argv[i], "--path") == 0)
            b.path = argv[i + 1];
    }
}

int main(int argc, char **argv)
{
    struct rlimit files = {65536, 65536};
    struct epoll_event ev = {.events = EPOLLIN};
    int status;

    b = (struct bench){.calls = 100,
                       .seconds = 10,
                       .port = 8080,
                       .model_port = 8091,
                       .path = "/v1/realtime?model=bench"};
    read_options(argc, argv);
    if (b.calls < 1 || b.calls > CALLS_MAX || b.seconds < 1 || b.seconds > 600) {
        fprintf(stderr, "density: 1 to %d calls, 1 to 600 seconds\n", CALLS_MAX);
        return 2;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    build_frames();
    b.epoll = epoll_create1(EPOLL_CLOEXEC);
    b.listener = listen_on(b.model_port);
    epoll_ctl(b.epoll, EPOLL_CTL_ADD, b.listener, &ev);
    status = measure();
    for (int i = 0; i < b.nends; i++)
        leave(&b.ends[i]);
    close(b.listener);
    close(b.epoll);
    return status;
}
