/* upstream_sim.h - the simulator as a model to dial: one for each call, in this process, over a
 * pair of links. */
#ifndef MN_SIM_UPSTREAM_SIM_H
#define MN_SIM_UPSTREAM_SIM_H

#include "call/api.h"
#include "call/world.h"

/* The clock and log are borrowed until it is closed. Returns 0 or -ENOMEM. */
int mn_upstream_sim(struct mn_upstream **out, struct mn_clock *clock, struct mn_log *log);

/* The API beside it (rest.h). */
extern const struct mn_api_double mn_sim_api;

#endif
