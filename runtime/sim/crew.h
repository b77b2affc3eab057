/* crew.h - processes that play scenarios, one or several side by side.
 *
 * Each is a fork of the one that read the suite, so it has every app and file already. The next
 * play is whoever comes first's: a counter in shared memory. What comes of a play goes back through
 * a pipe. A process that dies takes down its play alone: that is what came of it, and another
 * process goes on. */
#ifndef MN_SIM_CREW_H
#define MN_SIM_CREW_H

#include "sim/scenario.h"

struct mn_crew_settings {
    int jobs;          /* processes, at least 1 */
    int first, nplays; /* plays first .. nplays - 1 */
    /* In a worker: plays that one. */
    void (*play)(void *owner, int play, struct mn_outcome *out, double *ms);
    /* In the parent: a play is over. Takes outcome; of one whose process died it is one failure
     * without a place. Returns false to stop before the next play. */
    bool (*over)(void *owner, int play, struct mn_outcome *outcome, double ms);
    /* In the parent: called every 100 ms while nothing is over. May be NULL. */
    void (*waits)(void *owner);
    void *owner;
};

/* Returns when all plays are over: 0; MN_ECLOSED when a process ended badly between plays (a leak,
 * to a sanitizer); or -ENOMEM or -errno when some could not be played. */
int mn_crew_run(const struct mn_crew_settings *settings);

#endif
