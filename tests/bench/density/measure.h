/* measure.h - what the load generator counts: delays, and what a process has used. */
#ifndef MN_BENCH_MEASURE_H
#define MN_BENCH_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

/* Delays in buckets of 10 us; the last holds all of a second and more. */
#define MN_BUCKETS 100000

struct mn_delays {
    uint32_t buckets[MN_BUCKETS + 1];
    uint64_t count;
    int64_t longest_ns;
};

void mn_delays_add(struct mn_delays *d, int64_t ns);
double mn_delays_ms(const struct mn_delays *d, double quantile); /* 0.5, 0.99 ... */

/* What a process has used by now. */
struct mn_usage {
    int64_t at_ns;
    double cpu_seconds;
    double waited_seconds; /* ready to run, while the core was another's */
    int64_t resident_kb;
};
bool mn_usage_of(int pid, struct mn_usage *out);

int64_t mn_now_ns(void); /* monotonic */

#endif
