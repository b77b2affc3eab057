/* runner.h - `myna test`: finds apps and their scenario files, plays them, and reports. */
#ifndef MN_SIM_RUNNER_H
#define MN_SIM_RUNNER_H

#include "sim/report.h"

struct mn_run_settings {
    const char *filter; /* part of a scenario's name; NULL: all */
    const char *tag;    /* a tag it must have; NULL: any */
    uint64_t seed;
};

/* Plays what path names: an app's folder (its scenarios folder), a file of scenarios (its app is
 * the folder above scenarios/), or a folder that holds apps, at most three levels down. Returns 0;
 * or MN_EABSENT, -errno or -ENOMEM with why nothing could be played in why. */
int mn_run(struct mn_report *report, const struct mn_run_settings *settings, const char *path,
           struct mn_buf *why);

#endif
