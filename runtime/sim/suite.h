/* suite.h - all that a run may play: apps, their files, and the scenarios in them. */
#ifndef MN_SIM_SUITE_H
#define MN_SIM_SUITE_H

#include "sim/scenario.h"

struct mn_suite_app {
    struct mn_bundle *bundle; /* held */
};

struct mn_suite_file {
    char *path;
    struct mn_scenarios *scenarios; /* NULL when it is broken */
    struct mn_buf broken;           /* why it, or its app, could not be loaded */
};

/* One scenario of a file; or a broken file, which is a case that fails. */
struct mn_case {
    int file;
    int index; /* in the file; -1 when it is broken */
};

struct mn_suite {
    struct mn_suite_app *apps;
    struct mn_suite_file *files;
    struct mn_case *cases;
    int napps, nfiles, ncases;
    struct mn_wire *wire; /* of this process; NULL until something is played over it */
    struct mn_log silent; /* of the apps: what is wrong is reported, not logged */
};

/* What is wanted of the scenarios found. */
struct mn_choice {
    const char *filter; /* part of a scenario's name; NULL: all */
    const char *tag;    /* a tag it must have; NULL: any */
    int shard, shards;  /* the shard-th of shards, from 1; by name, so that it stays there. shards
                           0: all */
};

struct mn_suite_settings {
    struct mn_choice choice;
    uint64_t seed;
    bool record, coverage; /* of the outcomes (scenario.h) */
    bool update;           /* write snapshots */
    bool wire;             /* over real sockets */
    const char *sound_dir; /* as in scenario.h */
    /* Called each time files were added; may be NULL. */
    void (*grown)(void *owner, struct mn_suite *suite);
    void *owner;
};

/* Adds what path names (runner.h) to a zero-filled suite, or to one that has some; it must stay put
 * until mn_suite_free. Returns 0; or MN_EABSENT, -errno or -ENOMEM with why. */
int mn_suite_add(struct mn_suite *suite, const struct mn_suite_settings *settings, const char *path,
                 struct mn_buf *why);
void mn_suite_free(struct mn_suite *suite);

/* NULL for a broken file. */
const struct mn_scenario *mn_suite_scenario(const struct mn_suite *suite, int i);
const struct mn_suite_file *mn_suite_file(const struct mn_suite *suite, int i);

#endif
