/* traffic.h - all ends of all calls, in one thread.
 *
 *     caller --append, 20 ms--> [ server under test ] --append--> model
 *     caller <-------delta----- [                   ] <--delta, 20 ms-- model
 *
 * Callers dial the server, the server dials the model. Each end sends a frame every 20 ms by the
 * clock, whatever comes back, and the ends are spread evenly over the 20 ms. A frame is counted by
 * the time of its sending: when that lies in the window, it should arrive. */
#ifndef MN_BENCH_TRAFFIC_H
#define MN_BENCH_TRAFFIC_H

#include "measure.h"

#define MN_CALLS_MAX 4000

enum mn_way { MN_TO_MODEL, MN_TO_CALLER, MN_WAYS };

struct mn_way_count {
    struct mn_delays delays; /* of what arrived */
    uint64_t sent;
    uint64_t disordered; /* not the number that was next */
};

struct mn_traffic_counts {
    struct mn_way_count ways[MN_WAYS];
    struct mn_delays late; /* of the generator itself: a slot's sending, against its time */
};

struct mn_traffic;

/* Listens as the model. 0 or -errno. */
int mn_traffic_open(struct mn_traffic **out, int model_port);
void mn_traffic_close(struct mn_traffic *t); /* accepts NULL */

int mn_traffic_dial(struct mn_traffic *t, int port, const char *path); /* one more caller */
void mn_traffic_run(struct mn_traffic *t, int64_t ms);
int mn_traffic_talking(const struct mn_traffic *t); /* ends; two a call when all is well */

/* From now on, and for ms, frames are counted. */
void mn_traffic_count(struct mn_traffic *t, int64_t ms);
const struct mn_traffic_counts *mn_traffic_counts(const struct mn_traffic *t);

#endif
