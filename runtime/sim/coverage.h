/* coverage.h - which parts of an app its scenarios have exercised: agents entered, tools called,
 * tools that went wrong, handoffs taken, guardrails of agents that tripped.
 *
 * A scenario's part is text, a point a line ("agent Lexi", "handoff Lexi -> Billing"), so that it
 * can be carried from one process to another. */
#ifndef MN_SIM_COVERAGE_H
#define MN_SIM_COVERAGE_H

#include "sim/stage.h"

struct mn_coverage;

/* Appends what the call on a stage exercised of its app. Returns 0 or -ENOMEM. */
int mn_coverage_collect(const struct mn_stage *st, const struct mn_app_spec *app,
                        struct mn_buf *out);

struct mn_coverage *mn_coverage_new(void);    /* NULL when memory is out */
void mn_coverage_free(struct mn_coverage *c); /* accepts NULL */

/* Adds what a scenario of an app exercised; empty: the app has points, and this is none of them.
 * The app is known by its name. Points it does not have are passed over. Returns 0 or -ENOMEM. */
int mn_coverage_add(struct mn_coverage *c, const struct mn_bundle *bundle, struct mn_str points);

/* Of all points of all apps; 100 when there is none. Rounded down: 100 is all. */
int mn_coverage_percent(const struct mn_coverage *c);

/* Appends a line an app, and under it what was never exercised. Returns 0 or -ENOMEM. */
int mn_coverage_write(const struct mn_coverage *c, struct mn_buf *out);

#endif
