/* report.h - what a run of scenarios says, in the form asked for. A form is a file of functions and
 * a row in report.c. */
#ifndef MN_SIM_REPORT_H
#define MN_SIM_REPORT_H

#include "sim/scenario.h"

#include <stdio.h>

enum mn_report_form { MN_REPORT_HUMAN, MN_REPORT_TAP };
#define MN_REPORT_FORMS "human|tap" /* in the enum's order, for the option table */

struct mn_report {
    FILE *out; /* borrowed */
    enum mn_report_form form;
    int passed, failed, skipped;
};

/* A file's scenarios follow; file is borrowed until the next one. */
void mn_report_file(struct mn_report *r, const char *file);

/* outcome is NULL when the scenario was skipped. ms: of real time. */
void mn_report_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                        const struct mn_outcome *outcome, double ms);

/* A file, or an app, that could not be loaded: why, a line a mistake. Counts as one failure. */
void mn_report_broken(struct mn_report *r, const char *what, struct mn_str why);

void mn_report_end(struct mn_report *r);

#endif
