/* runner.h - `myna test`: finds apps and their scenario files, plays them, and reports. */
#ifndef MN_SIM_RUNNER_H
#define MN_SIM_RUNNER_H

#include "sim/coverage.h"
#include "sim/report.h"
#include "sim/suite.h"

struct mn_run_settings {
    struct mn_choice choice;
    uint64_t seed; /* of scenarios that name none, and of the order when it is shuffled */
    int repeat;    /* plays of each scenario, whose records must be the same; 0 is 1 */
    int jobs;      /* processes that play side by side; 0 is 1 */
    bool shuffle;  /* play in a random order; the report keeps its own */
    bool fail_fast;
    bool wire;                    /* over real sockets */
    bool update;                  /* write snapshots instead of comparing with them */
    struct mn_coverage *coverage; /* borrowed; what was exercised is added; NULL: not asked */
    const char *record_dir;       /* where records are written; NULL: nowhere */
    const char *sound_dir;        /* where both sides of each call are written, as stereo WAVs */
};

/* Plays what each of paths names: an app's folder (its scenarios folder), a file of scenarios (its
 * app is the folder above scenarios/), or a folder that holds apps, at most three levels down. The
 * report is begun and ended. Returns 0; or MN_EABSENT, -errno or -ENOMEM when something could not
 * be played, with why. */
int mn_run(struct mn_report *report, const struct mn_run_settings *settings, char **paths,
           int npaths, struct mn_buf *why);

#endif
