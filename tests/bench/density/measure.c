/* measure.c - histograms, and /proc. */
#include "measure.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t mn_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void mn_delays_add(struct mn_delays *d, int64_t ns)
{
    int64_t bucket = ns / 10000;

    d->buckets[bucket < 0 ? 0 : bucket > MN_BUCKETS ? MN_BUCKETS : bucket]++;
    d->count++;
    d->longest_ns = ns > d->longest_ns ? ns : d->longest_ns;
}

double mn_delays_ms(const struct mn_delays *d, double quantile)
{
    uint64_t want = (uint64_t)((double)d->count * quantile), seen = 0;

    for (int i = 0; i <= MN_BUCKETS; i++) {
        seen += d->buckets[i];
        if (seen > want)
            return (i + 0.5) / 100;
    }
    return 0;
}

static bool read_file(int pid, const char *name, char *text, size_t size)
{
    char path[64];
    FILE *f;
    size_t n;

    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    f = fopen(path, "r");
    if (f == NULL)
        return false;
    n = fread(text, 1, size - 1, f);
    text[n] = '\0';
    fclose(f);
    return n > 0;
}

bool mn_usage_of(int pid, struct mn_usage *out)
{
    unsigned long user, system;
    unsigned long long waited_ns;
    char text[4096], *at;
    long pages;

    out->at_ns = mn_now_ns();
    if (!read_file(pid, "stat", text, sizeof(text)) || (at = strrchr(text, ')')) == NULL ||
        sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return false;
    out->cpu_seconds = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    if (!read_file(pid, "schedstat", text, sizeof(text)) ||
        sscanf(text, "%*u %llu", &waited_ns) != 1)
        return false;
    out->waited_seconds = (double)waited_ns / 1e9;
    if (!read_file(pid, "statm", text, sizeof(text)) || sscanf(text, "%*d %ld", &pages) != 1)
        return false;
    out->resident_kb = pages * (sysconf(_SC_PAGESIZE) / 1024);
    return true;
}
