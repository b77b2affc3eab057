/* bench_state.c - what a call's Lua costs: microseconds to open and to close it, and KB it holds.
 *   mn_bench_state <folder of an app> [states]
 *
 * Opens states of one bundle one after another, with at most HELD of them open at a time; medians
 * of all. `held` is what Lua holds once the app's files have run. */
#include "script/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HELD 20 /* open at once, so that malloc works as it does among calls */

struct figures {
    int64_t *open_ns, *close_ns;
    size_t bytes;
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static double median_us(int64_t *ns, size_t n)
{
    qsort(ns, n, sizeof(*ns), compare);
    return (double)ns[n / 2] / 1000;
}

static void close_timed(struct mn_state *st, int64_t *ns)
{
    int64_t from_ns = now_ns();

    mn_state_close(st);
    *ns = now_ns() - from_ns;
}

static void on_done(void *owner, uint32_t ticket, const struct mn_job_result *result)
{
    (void)owner;
    (void)ticket;
    (void)result;
}

static int play(const struct mn_state_settings *settings, size_t n, struct figures *out)
{
    struct mn_state *held[HELD] = {0};
    size_t closed = 0;
    int64_t from_ns;
    int err = 0;

    for (size_t i = 0; i < n && err == 0; i++) {
        struct mn_state **st = &held[i % HELD];

        if (*st != NULL)
            close_timed(*st, &out->close_ns[closed++]);
        from_ns = now_ns();
        err = mn_state_open(st, settings, on_done, NULL);
        out->open_ns[i] = now_ns() - from_ns;
        if (err == 0)
            out->bytes = mn_state_memory(*st);
    }
    for (size_t i = 0; i < HELD; i++) {
        if (held[i] != NULL)
            close_timed(held[i], &out->close_ns[closed++]);
    }
    return err;
}

static int measure(struct mn_bundle *bundle, struct mn_clock *clock, struct mn_log *log, size_t n)
{
    struct mn_ports ports = {0};
    struct mn_state_settings settings = {.bundle = bundle,
                                         .clock = clock,
                                         .log = log,
                                         .ports = &ports,
                                         .call_id = "sess_bench",
                                         .seed = 7,
                                         .meta = MN_STR("{\"id\":\"sess_bench\"}")};
    struct figures found = {calloc(n, sizeof(int64_t)), calloc(n, sizeof(int64_t)), 0};
    int err = -1;

    if (found.open_ns != NULL && found.close_ns != NULL)
        err = play(&settings, n, &found);
    if (err == 0)
        printf("open %7.1f us   close %6.1f us   held %6.1f KB   medians of %zu states\n",
               median_us(found.open_ns, n), median_us(found.close_ns, n),
               (double)found.bytes / 1024, n);
    free(found.open_ns);
    free(found.close_ns);
    return err;
}

static void write_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log;
    fwrite(line, 1, n, stderr);
}

int main(int argc, char **argv)
{
    long n = argc > 2 ? atol(argv[2]) : 1000;
    struct mn_clock clock;
    struct mn_log log = {.level = MN_LOG_ERROR, .clock = &clock, .write = write_line};
    struct mn_bundle *bundle = NULL;
    struct mn_buf why = {0};
    int err;

    if (argc < 2 || n <= 0) {
        fprintf(stderr, "usage: mn_bench_state <folder of an app> [states]\n");
        return 2;
    }
    mn_clock_open_real(&clock);
    err = mn_bundle_load(&bundle, argv[1], &log, &why);
    if (err == 0)
        err = measure(bundle, &clock, &log, (size_t)n);
    else
        fprintf(stderr, "%s", why.n != 0 ? why.p : "");
    mn_bundle_drop(bundle);
    mn_buf_free(&why);
    mn_clock_close(&clock);
    return err == 0 ? 0 : 1;
}
