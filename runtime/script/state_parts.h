/* state_parts.h - what a state holds, for state.c, job.c and hook.c. */
#ifndef MN_SCRIPT_STATE_PARTS_H
#define MN_SCRIPT_STATE_PARTS_H

#include "script/vm.h"

struct mn_state {
    struct mn_vm vm;
    struct mn_bundle *bundle; /* held */
    struct mn_bundle *texts;  /* held: whose texts are used, once a newer one's are; else NULL */
    struct mn_list jobs;
    mn_job_done *done;
    void *owner;
    bool wants[MN_NOTE_COUNT]; /* the app has something to run at it */
};

/* What authors' handlers of each note are called. */
extern const char *const mn_state_notes[MN_NOTE_COUNT];

/* job.c: runs what the app does at an event of its own type, as a task. 0 or an error. */
int mn_state_event(struct mn_state *st, const char *type, struct mn_str fields);

#endif
