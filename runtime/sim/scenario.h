/* scenario.h - a file of scripted conversations: what it holds, and playing one of them.
 *
 * Each scenario is played in a Lua state and on a stage of its own, so that none can tell what ran
 * before it. What the verbs mean is Lua (lua/myna/test); this opens the state, reads the file, and
 * hands over a stage. */
#ifndef MN_SIM_SCENARIO_H
#define MN_SIM_SCENARIO_H

#include "script/bundle.h"

#define MN_FAILURES_MAX 8 /* told of one scenario; the first is what matters */

struct mn_scenarios;
struct mn_wire;

struct mn_scenarios_settings {
    struct mn_bundle *bundle; /* borrowed */
    const char *app;          /* its folder, for scenarios with variables of their own; copied */
    const char *path;         /* of the file, as shown to the author; copied */
    uint64_t seed;            /* of scenarios that name none */
    bool record;              /* fill mn_outcome.record */
    bool update;              /* write snapshots instead of comparing (sim/snapshot.h) */
    bool coverage;            /* fill mn_outcome.coverage */
    struct mn_wire **wire;    /* to play over (sim/wire.h), opened when it is needed; NULL: in
                                 process. Borrowed */
    const char *sound_dir;    /* where both sides of each call are kept; NULL: nowhere. Borrowed */
};

struct mn_scenario {
    const char *name;
    const char *skip;  /* why it is not to be played; NULL: it is */
    const char *tags;  /* joined by spaces */
    const char *place; /* "file:line" */
};

struct mn_failure {
    struct mn_buf place;   /* "file:line" */
    struct mn_buf message; /* one sentence; a line to add may follow on lines of its own */
    struct mn_buf details; /* traceback and time line, in lines; may be empty */
};

struct mn_outcome {
    int nfailures; /* 0: it passed */
    bool crashed;  /* whoever played it died: its failure says of what */
    struct mn_failure failures[MN_FAILURES_MAX];
    int64_t call_ms;        /* how long the call was, in its own time */
    struct mn_buf record;   /* all that happened (mn_stage_dump) */
    struct mn_buf coverage; /* what it exercised of its app (mn_coverage_collect) */
};

/* Reads the file. Returns 0, -ENOMEM, or MN_ESCRIPT or -errno with why it cannot be played in why,
 * as "file:line: sentence". */
int mn_scenarios_open(struct mn_scenarios **out, const struct mn_scenarios_settings *settings,
                      struct mn_buf *why);
void mn_scenarios_close(struct mn_scenarios *s); /* accepts NULL and half-made ones */

int mn_scenarios_count(const struct mn_scenarios *s);
/* The app they are of. */
const struct mn_bundle *mn_scenarios_app(const struct mn_scenarios *s);
const struct mn_scenario *mn_scenarios_at(const struct mn_scenarios *s, int i);

/* Plays scenario i, for the nth time (from 1): each time leaves a recording of its own. out is
 * filled whatever happens; mn_outcome_free it. */
void mn_scenarios_play(struct mn_scenarios *s, int i, int nth, struct mn_outcome *out);
void mn_outcome_free(struct mn_outcome *out);

#endif
