/* scenario_parts.h - the Lua state a scenario runs in, shared by scenario.c, play.c and
 * lib_stage.c.
 */
#ifndef MN_SIM_SCENARIO_PARTS_H
#define MN_SIM_SCENARIO_PARTS_H

#include "sim/scenario.h"
#include "sim/stage.h"

#include <lua.h>

#define MN_VERBS_FILES 32 /* more than are embedded */

/* The verbs' files, compiled once for all scenarios of a file; in the order they are embedded. */
struct mn_verbs_code {
    struct mn_buf files[MN_VERBS_FILES];
};

struct mn_play {
    lua_State *L;
    size_t bytes;                /* held by Lua */
    struct mn_bundle *bundle;    /* borrowed */
    struct mn_verbs_code *code;  /* borrowed */
    struct mn_stage *stage;      /* NULL while the file is only read */
    struct mn_buf text, scratch; /* of natives, so that a raised error leaks nothing */
};

/* Opens a state with the verbs and runs the file in it. Returns 0, -ENOMEM, -errno or MN_ESCRIPT
 * with why. p must stay put until mn_play_close, which is due in any case. */
int mn_play_open(struct mn_play *p, struct mn_verbs_code *code, struct mn_bundle *bundle,
                 const char *path, uint64_t seed, struct mn_buf *why);
void mn_play_close(struct mn_play *p);

/* Pushes the function of lua/myna/test/run.lua with that name. */
void mn_play_push(struct mn_play *p, const char *function);

/* lib_stage.c: pushes the table of natives the verbs are written with. */
void mn_lib_stage(struct mn_play *p);

#endif
