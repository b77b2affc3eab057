/* scenario_parts.h - the Lua state a scenario runs in, shared by scenario.c, play.c and its
 * natives, lib_stage.c, lib_tools.c, lib_trouble.c and lib_words.c. */
#ifndef MN_SIM_SCENARIO_PARTS_H
#define MN_SIM_SCENARIO_PARTS_H

#include "script/pool.h"
#include "sim/scenario.h"
#include "sim/stage.h"

#include <lauxlib.h>

#define MN_VERBS_FILES 32 /* more than are embedded */

/* The verbs' files, compiled once for all scenarios of a file; in the order they are embedded. */
struct mn_verbs_code {
    struct mn_buf files[MN_VERBS_FILES];
};

struct mn_play {
    lua_State *L;
    size_t bytes;                /* held by Lua */
    struct mn_pool pool;         /* its small blocks */
    struct mn_bundle *bundle;    /* borrowed */
    struct mn_bundle *own;       /* held; of a scenario with variables of its own, else NULL */
    const char *path;            /* of the file; borrowed */
    struct mn_verbs_code *code;  /* borrowed */
    struct mn_stage *stage;      /* NULL while the file is only read */
    lua_State *moving;           /* the thread in native.step; NULL outside of it */
    bool snapshot;               /* its record is compared with a kept one */
    bool standing_in;            /* a function of the scenario runs instead of a tool */
    struct mn_buf text, scratch; /* of natives, so that a raised error leaks nothing */
};

/* Opens a state with the verbs and runs the file in it. Returns 0, -ENOMEM, -errno or MN_ESCRIPT
 * with why. p must stay put until mn_play_close, which is due in any case. */
int mn_play_open(struct mn_play *p, struct mn_verbs_code *code, struct mn_bundle *bundle,
                 const char *path, uint64_t seed, struct mn_buf *why);
void mn_play_close(struct mn_play *p);

/* Pushes the function of lua/myna/test/run.lua with that name. */
void mn_play_push(struct mn_play *p, const char *function);

/* Each adds its natives to the table on top of the stack; lua/meta/native_test.lua types them. */
void mn_lib_stage(struct mn_play *p);
void mn_lib_words(struct mn_play *p);
void mn_lib_trouble(struct mn_play *p);
void mn_lib_tools(struct mn_play *p);
void mn_lib_sound(struct mn_play *p);
void mn_lib_reload(struct mn_play *p);
void mn_lib_api(struct mn_play *p);

/* The list of outputs at an index, as a userdata that is pushed; raises for what is none. */
struct mn_sim_outputs *mn_check_outputs(lua_State *L, int list);

/* For natives, whose upvalue it is. */
static inline struct mn_play *mn_play_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* The stage; raises while the file is only read. */
static inline struct mn_stage *mn_play_stage(lua_State *L, struct mn_play *p)
{
    if (p->stage == NULL)
        luaL_error(L, "this can only be used inside a scenario");
    return p->stage;
}

static inline struct mn_str mn_check_str(lua_State *L, int index)
{
    struct mn_str s;

    s.p = luaL_checklstring(L, index, &s.n);
    return s;
}

static inline void mn_push_str(lua_State *L, struct mn_str s)
{
    lua_pushlstring(L, s.n != 0 ? s.p : "", s.n);
}

#endif
