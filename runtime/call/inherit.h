/* inherit.h - what a process of a server with workers gets from the one that started it: numbers of
 * descriptors, in one variable of its environment.
 *
 *     MYNA_WORKER  master -> worker     its number, its port, the way to the master, what all share
 *     MYNA_MASTER  master -> successor  the ports, the way to it, what all share
 */
#ifndef MN_CALL_INHERIT_H
#define MN_CALL_INHERIT_H

#include "call/page.h"

#define MN_INHERIT_FOLDER 80 /* bytes; a unix socket's path has 108 */

struct mn_inherited {
    int number;                     /* a worker's, in the page and in the ids of its calls */
    int64_t generation;             /* of the apps in the snapshot */
    int channel;                    /* descriptors: of the way to its master, */
    int page, commons;              /* of what all share (page.h, commons.h), */
    int snapshot;                   /* of the apps; -1 for a master, as: */
    int keys, config;               /* of the files of --keys and of settings; -1: there is none */
    int listeners[MN_PAGE_WORKERS]; /* a worker has one */
    int nlisteners;
    char folder[MN_INHERIT_FOLDER]; /* of the workers' own sockets */
};

/* Takes what there is for a worker, or a master, out of the environment, and makes the descriptors
 * close-on-exec. Returns 0, MN_EABSENT, or MN_EPROTOCOL. */
int mn_inherit_worker(struct mn_inherited *out);
int mn_inherit_master(struct mn_inherited *out);

/* The variable, "MYNA_WORKER=...", for the environment of the one who is started; 0 or -ENOMEM. */
int mn_inherit_write(const struct mn_inherited *it, bool worker, struct mn_buf *out);

/* For a child between fork and exec: its descriptors stay open. Only what is safe there. */
void mn_inherit_keep(const struct mn_inherited *it);

#endif
