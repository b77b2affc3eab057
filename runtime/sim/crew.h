/* crew.h - processes that play scenarios side by side.
 *
 * Each is a fork of the one that read the suite, so it has every app and file already. The next
 * play is whoever comes first's: a counter in shared memory. What comes of a play goes back through
 * a pipe. A process that dies takes down its play alone. */
#ifndef MN_SIM_CREW_H
#define MN_SIM_CREW_H

#include "sim/scenario.h"

struct mn_crew_settings {
    int jobs;   /* processes, at least 1 */
    int nplays; /* numbered from 0 */
    /* In a worker: plays that one. */
    void (*play)(void *owner, int play, struct mn_outcome *out, double *ms);
    /* In the parent: a play is over. Takes outcome. Returns false to stop before the next play. */
    bool (*over)(void *owner, int play, struct mn_outcome *outcome, double ms);
    void *owner;
};

/* Returns when all plays are over or a process has died; 0, -ENOMEM or -errno, or the number of the
 * signal that ended a worker. */
int mn_crew_run(const struct mn_crew_settings *settings);

#endif
