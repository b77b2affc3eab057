/* metrics.h - what one worker counts: a table of numbers, fixed when it is compiled.
 *
 *     mn_metric_add(m->slots + MN_M_RELOADS, 1);
 *     mn_metric_observe(mn_metrics_app(m, name) + MN_APP_SETUP, us);
 *
 * DESIGN  A struct mn_metrics is plain memory: no pointers, and all zeroes is a new one. So each
 * worker can have its own in a mapping that all share, and whoever is asked sums them. One thread
 * writes one struct, any may read: adding is a load and a store, no lock and no locked instruction.
 *
 * BOUNDS  A label has values from its row, or is the name of an app or a tool, for which there are
 * so many places; what comes after goes by "other". Nothing a caller or a model says becomes one.
 */
#ifndef MN_BASE_METRICS_H
#define MN_BASE_METRICS_H

#include "base/buf.h"

#include <stdatomic.h>

#define MN_METRICS_APPS    64  /* as many as a worker serves */
#define MN_METRICS_TOOLS   256 /* of all its apps */
#define MN_METRICS_WORKERS 256 /* that are summed */
#define MN_METRICS_NAME    64  /* bytes of a name that are kept, with the NUL */

/* Of a histogram: its buckets up to a bound (metrics.c), those above all bounds, and the sum. */
#define MN_METRIC_BOUNDS 13
#define MN_METRIC_WIDE   (MN_METRIC_BOUNDS + 2)

enum mn_metric_kind {
    MN_METRIC_COUNTER,
    MN_METRIC_GAUGE,
    MN_METRIC_MOST,      /* a gauge; of several workers the greatest counts */
    MN_METRIC_SECONDS,   /* a counter, kept in microseconds */
    MN_METRIC_HISTOGRAM, /* of seconds, kept in microseconds */
};

/* X(id, kind, slots, name, label, values, help). A label's values, one slot each, or NULL and 1. */
#define MN_METRICS_WORKER(X)                                                                       \
    X(REFUSED, COUNTER, 2, "calls_refused", "reason", "capacity|draining",                         \
      "Calls that were answered 503.")                                                             \
    X(FRAMES_REFUSED, COUNTER, 1, "frames_refused", NULL, NULL,                                    \
      "Frames of callers that were no events, and answered with an error.")                        \
    X(DROPPED, COUNTER, 4, "dropped", "what", "caller_audio|early_audio|events|log_lines",         \
      "What a full queue threw away: frames of audio, and what operators follow.")                 \
    X(UPSTREAM_ERRORS, COUNTER, 4, "upstream_errors", "kind", "dial|closed|event|rubbish",         \
      "The model could not be dialled, closed, told of an error, or sent what is no event.")       \
    X(RECONNECTS, COUNTER, 1, "upstream_reconnects", NULL, NULL,                                   \
      "Times a lost model was dialled again.")                                                     \
    X(RELOADS, COUNTER, 2, "reloads", "result", "served|failed",                                   \
      "Times the apps were read again.")                                                           \
    X(MAILS, COUNTER, 3, "mails", "outcome", "sent|given_up|refused",                              \
      "Mails of apps that were sent, were given up, or were not taken.")                           \
    X(LUA, SECONDS, 1, "lua_seconds", NULL, NULL, "Time in Lua.")                                  \
    X(GENERATION, MOST, 1, "generation", NULL, NULL, "Generation of the apps that is served.")     \
    X(STALE, MOST, 1, "stale", NULL, NULL, "1 while what is on disk did not load.")                \
    X(DRAINING, MOST, 1, "draining", NULL, NULL, "1 while no new calls are taken.")                \
    X(CONNECTIONS, GAUGE, 1, "connections", NULL, NULL, "Connections to the port.")                \
    X(QUEUE, GAUGE, 6, "queue_depth", "queue",                                                     \
      "http_waiting|http_running|caller_bytes|paced_bytes|store|mail_bytes",                       \
      "What waits: requests of tools, bytes for callers, work for the store, bytes of mails.")     \
    X(MEMORY, GAUGE, 2, "memory_bytes", "of", "process|lua", "Memory held.")

#define MN_METRICS_APP(X)                                                                          \
    X(CALLS_OPEN, GAUGE, 1, "calls_open", NULL, NULL, "Calls there are.")                          \
    X(CALLS, COUNTER, 6, "calls", "outcome",                                                       \
      "completed|caller_left|upstream|slow_caller|stopped|failed", "Calls that ended, by why.")    \
    X(SETUP, HISTOGRAM, MN_METRIC_WIDE, "call_setup_seconds", NULL, NULL,                          \
      "From a call's begin until the model is configured and hears the caller.")                   \
    X(FIRST_AUDIO, HISTOGRAM, MN_METRIC_WIDE, "first_audio_seconds", NULL, NULL,                   \
      "From the end of the caller's turn, or the call's setup, to the first audio of the answer.") \
    X(BARGE_IN, HISTOGRAM, MN_METRIC_WIDE, "barge_in_seconds", NULL, NULL,                         \
      "From the caller's first sound to the end of playback, where they cut in.")

#define MN_METRICS_TOOL(X)                                                                         \
    X(SECONDS, HISTOGRAM, MN_METRIC_WIDE, "tool_seconds", NULL, NULL, "What a tool took.")

enum mn_metric_worker {
#define X(id, kind, slots, ...) MN_M_##id, MN_M_##id##_LAST = MN_M_##id + (slots)-1,
    MN_METRICS_WORKER(X)
#undef X
        MN_M_COUNT
};

enum mn_metric_app {
#define X(id, kind, slots, ...) MN_APP_##id, MN_APP_##id##_LAST = MN_APP_##id + (slots)-1,
    MN_METRICS_APP(X)
#undef X
        MN_APP_COUNT
};

enum mn_metric_tool {
#define X(id, kind, slots, ...) MN_TOOL_##id, MN_TOOL_##id##_LAST = MN_TOOL_##id + (slots)-1,
    MN_METRICS_TOOL(X)
#undef X
        MN_TOOL_COUNT
};

typedef _Atomic int64_t mn_metric; /* a slot */

struct mn_metrics_of_app {
    char app[MN_METRICS_NAME];
    mn_metric slots[MN_APP_COUNT];
};

struct mn_metrics_of_tool {
    char app[MN_METRICS_NAME], tool[MN_METRICS_NAME];
    mn_metric slots[MN_TOOL_COUNT];
};

struct mn_metrics {
    mn_metric slots[MN_M_COUNT];
    _Atomic int napps, ntools; /* rows whose names are written; those do not change any more */
    struct mn_metrics_of_app apps[MN_METRICS_APPS + 1]; /* and "other" */
    struct mn_metrics_of_tool tools[MN_METRICS_TOOLS + 1];
};

/* A worker begins, perhaps in the place of one that died: what was counted stays, gauges are 0. */
void mn_metrics_begin(struct mn_metrics *m);

/* The slots of an app or a tool; for ever. NULL for m NULL. */
mn_metric *mn_metrics_app(struct mn_metrics *m, struct mn_str app);
mn_metric *mn_metrics_tool(struct mn_metrics *m, struct mn_str app, struct mn_str tool);

/* The worker's own slots; NULL for m NULL. */
static inline mn_metric *mn_metrics_worker(struct mn_metrics *m)
{
    return m != NULL ? m->slots : NULL;
}

/* slots: of which of the three; NULL is passed over. Only the thread whose struct it is. */
static inline void mn_metric_add(mn_metric *slots, int at, int64_t n)
{
    if (slots != NULL)
        atomic_store_explicit(slots + at,
                              atomic_load_explicit(slots + at, memory_order_relaxed) + n,
                              memory_order_relaxed);
}

static inline void mn_metric_set(mn_metric *slots, int at, int64_t n)
{
    if (slots != NULL)
        atomic_store_explicit(slots + at, n, memory_order_relaxed);
}

void mn_metric_observe(mn_metric *slots, int at, int64_t us);

/* Appends the sum of n of them in Prometheus' text format 0.0.4, every name with "myna_" before it.
 * Returns out's sticky error. */
int mn_metrics_text(const struct mn_metrics *const *list, int n, struct mn_buf *out);

#endif
