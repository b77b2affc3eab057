/* report.h - what a run of scenarios says, in the form asked for. A form is a file of functions and
 * a row in report.c. */
#ifndef MN_SIM_REPORT_H
#define MN_SIM_REPORT_H

#include "sim/scenario.h"

#include <stdio.h>

enum mn_report_form {
    MN_REPORT_HUMAN,
    MN_REPORT_TAP,
    MN_REPORT_JUNIT,
    MN_REPORT_JSON,
    MN_REPORT_GITHUB,
};
#define MN_REPORT_FORMS                                                                            \
    "human|tap|junit|json|github" /* in the enum's order, for the option table */

/* Fill the first fields, begin, and end: in between, what is told of goes to next as well. */
struct mn_report {
    FILE *out; /* borrowed */
    enum mn_report_form form;
    bool colour;            /* human: out is a terminal */
    FILE *progress;         /* a terminal for a line that tells how far it is; NULL: none */
    struct mn_report *next; /* borrowed; NULL: none */

    int passed, failed, skipped;
    struct mn_buf kept, suite; /* junit: the cases of the file so far, and its name */
    struct mn_report_count {
        int tests, failures, errors, skipped;
        double ms;
    } count; /* junit: of the file */
    int suites;
    double told_ms; /* when progress was shown last; 0: never */
    bool shown;     /* a line of progress stands there */
};

void mn_report_begin(struct mn_report *r);

/* A file's scenarios follow; file is borrowed until the next one. */
void mn_report_file(struct mn_report *r, const char *file);

/* outcome is NULL when the scenario was skipped. ms: of real time. */
void mn_report_scenario(struct mn_report *r, const char *file, const struct mn_scenario *sc,
                        const struct mn_outcome *outcome, double ms);

/* A file, or an app, that could not be loaded: why, a line a mistake. Counts as one failure. */
void mn_report_broken(struct mn_report *r, const char *what, struct mn_str why);

/* done of total plays are over, now_ms after the run began. Shown from the first second on. */
void mn_report_progress(struct mn_report *r, int done, int total, double now_ms);

void mn_report_end(struct mn_report *r);

#endif
