/* ledger.h - what came of each play, put in order.
 *
 *   plays, in any order --mn_ledger_add()--> [ ledger ] --> the report, in the order of the suite
 *
 * A scenario is reported once, when all its plays are over and all before it have been: what a
 * report says does not depend on who played what, or when. Its records must be the same in every
 * play; that they are not is its failure. */
#ifndef MN_SIM_LEDGER_H
#define MN_SIM_LEDGER_H

#include "sim/coverage.h"
#include "sim/report.h"
#include "sim/suite.h"

struct mn_ledger_row {
    int plays;                 /* that are over */
    struct mn_outcome outcome; /* of the first, or of the first that failed */
    struct mn_buf record;      /* of the first */
    double ms;                 /* of all together */
};

struct mn_ledger {
    const struct mn_suite *suite; /* borrowed, as is the report */
    struct mn_report *report;
    int repeat;                   /* plays of each scenario */
    const char *record_dir;       /* where records are written; NULL: nowhere */
    struct mn_coverage *coverage; /* borrowed; what plays exercised is added; or NULL */
    bool fail_fast;               /* nothing is reported after the first failure */

    struct mn_ledger_row *rows; /* one a case */
    int nrows, told;            /* told: cases reported */
    int file;                   /* of the case told last; -1 */
    bool stopped;               /* by fail_fast */
    struct mn_buf why;          /* records that could not be written */
};

/* Makes rows for the cases the suite has by now. Returns 0 or -ENOMEM. */
int mn_ledger_grow(struct mn_ledger *l);

/* A play of case i is over; outcome is taken, and zero-filled. */
void mn_ledger_add(struct mn_ledger *l, int i, struct mn_outcome *outcome, double ms);

/* Reports what can be: cases without a play (skipped, broken) and those whose plays are over. */
void mn_ledger_tell(struct mn_ledger *l);

/* The cases that are not over fail: why says what became of their plays. */
void mn_ledger_abandon(struct mn_ledger *l, const char *why);

/* Whether case i is to be played at all. */
bool mn_ledger_plays(const struct mn_ledger *l, int i);
void mn_ledger_free(struct mn_ledger *l);

#endif
