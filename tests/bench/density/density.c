/* density.c - many callers and a model, to see what one server carries.
 *
 *   density --calls 400 --seconds 10 --port 8080 --path '/v1/realtime?model=bench'
 *           --model-port 8091 --pid 1234
 *
 * The calls are dialled, left to warm up, measured, and the last frames waited for. What was found
 * is one JSON object on standard output. Exits 0 when every call talked both ways and no frame was
 * lost, 1 when not, 2 when there was nothing to measure. */
#include "traffic.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define DIAL_EVERY_MS 5     /* 200 callers a second, while those before talk */
#define TALK_MAX_MS   10000 /* for all to talk */
#define WARM_UP_MS    2000
#define DRAIN_MS      1000 /* a frame later than this is as good as lost */

struct options {
    int calls, seconds, port, model_port, pid;
    const char *path;
};

static bool read_options(struct options *o, int argc, char **argv)
{
    const struct {
        const char *name;
        int *number;
        const char **text;
    } rows[] = {{"--calls", &o->calls, NULL}, {"--seconds", &o->seconds, NULL},
                {"--port", &o->port, NULL},   {"--model-port", &o->model_port, NULL},
                {"--pid", &o->pid, NULL},     {"--path", NULL, &o->path}};
    size_t r = 0;

    for (int i = 1; i < argc; i += 2) {
        for (r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
            if (strcmp(argv[i], rows[r].name) == 0)
                break;
        }
        if (r == sizeof(rows) / sizeof(rows[0]) || i + 1 == argc)
            return false;
        if (rows[r].number != NULL)
            *rows[r].number = atoi(argv[i + 1]);
        else
            *rows[r].text = argv[i + 1];
    }
    return o->calls > 0 && o->calls <= MN_CALLS_MAX && o->seconds > 0 && o->seconds <= 600;
}

static int dial_all(struct mn_traffic *t, const struct options *o)
{
    int err;

    for (int i = 0; i < o->calls; i++) {
        err = mn_traffic_dial(t, o->port, o->path);
        if (err < 0)
            return err;
        mn_traffic_run(t, DIAL_EVERY_MS);
    }
    for (int ms = 0; ms < TALK_MAX_MS && mn_traffic_talking(t) < o->calls * 2; ms += 100)
        mn_traffic_run(t, 100);
    mn_traffic_run(t, WARM_UP_MS);
    return 0;
}

static uint64_t lost(const struct mn_way_count *way)
{
    return way->sent - way->delays.count;
}

static void report_way(const char *name, const struct mn_way_count *way)
{
    printf("\"%s\": {\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"p999_ms\": %.2f, \"max_ms\": %.1f, "
           "\"sent\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"disordered\": %" PRIu64 "}, ",
           name, mn_delays_ms(&way->delays, 0.5), mn_delays_ms(&way->delays, 0.99),
           mn_delays_ms(&way->delays, 0.999), (double)way->delays.longest_ns / 1e6, way->sent,
           lost(way), way->disordered);
}

static void report_usage(const struct mn_usage use[2])
{
    double seconds = (double)(use[1].at_ns - use[0].at_ns) / 1e9;

    printf("\"cpu_percent\": %.1f, \"waited_percent\": %.1f, ",
           100 * (use[1].cpu_seconds - use[0].cpu_seconds) / seconds,
           100 * (use[1].waited_seconds - use[0].waited_seconds) / seconds);
}

struct found {
    struct mn_usage idle, server[2], self[2]; /* before any call; around the window */
    int talking;
};

static void report(const struct options *o, const struct found *f,
                   const struct mn_traffic_counts *counts)
{
    printf("{\"calls\": %d, \"silent_ends\": %d, ", o->calls, o->calls * 2 - f->talking);
    report_way("to_model", &counts->ways[MN_TO_MODEL]);
    report_way("to_caller", &counts->ways[MN_TO_CALLER]);
    report_usage(f->server);
    printf("\"kb_a_call\": %" PRId64 ", \"idle_kb\": %" PRId64 ", \"generator\": {",
           (f->server[1].resident_kb - f->idle.resident_kb) / o->calls, f->idle.resident_kb);
    report_usage(f->self);
    printf("\"late_p99_ms\": %.2f}}\n", mn_delays_ms(&counts->late, 0.99));
}

static bool look(const struct options *o, struct found *f, int when)
{
    return mn_usage_of(o->pid, &f->server[when]) && mn_usage_of(getpid(), &f->self[when]);
}

static int measure(struct mn_traffic *t, const struct options *o)
{
    const struct mn_traffic_counts *counts = mn_traffic_counts(t);
    const int64_t ms = (int64_t)o->seconds * 1000;
    struct found found;
    int err;

    if (!mn_usage_of(o->pid, &found.idle)) {
        fprintf(stderr, "density: there is no process %d (--pid)\n", o->pid);
        return 2;
    }
    err = dial_all(t, o);
    if (err < 0) {
        fprintf(stderr, "density: cannot dial port %d: %s\n", o->port, strerror(-err));
        return 2;
    }
    mn_traffic_count(t, ms);
    if (!look(o, &found, 0))
        return 2;
    mn_traffic_run(t, ms);
    if (!look(o, &found, 1))
        return 2;
    found.talking = mn_traffic_talking(t);
    mn_traffic_run(t, DRAIN_MS);
    report(o, &found, counts);
    return found.talking == o->calls * 2 && lost(&counts->ways[MN_TO_MODEL]) == 0 &&
                   lost(&counts->ways[MN_TO_CALLER]) == 0
               ? 0
               : 1;
}

int main(int argc, char **argv)
{
    struct options options = {.calls = 100,
                              .seconds = 10,
                              .port = 8080,
                              .model_port = 8091,
                              .path = "/v1/realtime?model=bench"};
    struct rlimit files;
    struct mn_traffic *traffic;
    int err, status;

    if (!read_options(&options, argc, argv)) {
        fprintf(stderr,
                "density: 1 to %d --calls, 1 to 600 --seconds, --port, --model-port, "
                "--path, --pid of the server\n",
                MN_CALLS_MAX);
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    err = mn_traffic_open(&traffic, options.model_port);
    if (err < 0) {
        fprintf(stderr, "density: port %d: %s\n", options.model_port, strerror(-err));
        return 2;
    }
    status = measure(traffic, &options);
    mn_traffic_close(traffic);
    return status;
}
