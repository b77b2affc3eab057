/* master.h - the process above workers: it binds the port, reads the apps, starts the workers and
 * starts anew those that die. It holds no call.
 *
 *     master --+-- worker 0   a socket of the port each (SO_REUSEPORT), which the master keeps
 * open:
 *              +-- worker 1   who waits in the queue of a worker that died is served by the next
 *              +-- ...
 *
 * SIGHUP, SIGTERM, SIGINT as for a worker alone (worker.h), for all of them; SIGUSR2 starts a
 * master from the binary on disk in its place. */
#ifndef MN_CALL_MASTER_H
#define MN_CALL_MASTER_H

#include "base/log.h"
#include "call/generation.h"
#include "call/settings.h"

struct mn_master_settings {
    const struct mn_settings *settings; /* borrowed, as all of these */
    char **paths;                       /* of apps */
    int npaths;
    const char *config; /* the file of settings that was read; NULL: there is none */
    char **argv;        /* what the workers, and a successor, are started with */
    struct mn_log *log;
    /* All workers listen for the first time; not called in a successor. */
    void (*ready)(void *owner, const struct mn_generation *apps, int port, bool watching);
    void *owner;
};

/* How many workers the settings ask for; 0: none, and no master. */
int mn_master_workers(const struct mn_settings *s);

/* Runs until all workers have left. Returns 0, or an error with a sentence in why. */
int mn_master_run(const struct mn_master_settings *settings, struct mn_buf *why);

#endif
