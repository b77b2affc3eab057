/* lib_sound.c - native of a scenario's verbs, sound: recordings of the caller, and what was heard
 * when. */
#include "base/err.h"
#include "sim/scenario_parts.h"

#include <lauxlib.h>

/* Whether a file lies below the scenario's folder by its name. */
static bool is_below(const char *file)
{
    for (const char *part = file; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    }
    return file[0] != '/';
}

/* play(file, words): how long it is, in ms; or nil and why not. */
static int play(lua_State *L)
{
    struct mn_play *p = mn_play_of(L);
    struct mn_stage *stage = mn_play_stage(L, p);
    const char *file = luaL_checkstring(L, 1), *slash = strrchr(p->path, '/');
    struct mn_str words = mn_check_str(L, 2);
    int64_t ms = 0;
    int err = MN_EABSENT;

    lua_pushlstring(L, p->path, slash != NULL ? (size_t)(slash + 1 - p->path) : 0);
    lua_pushvalue(L, 1);
    lua_concat(L, 2);
    if (is_below(file))
        err = mn_stage_play_file(stage, lua_tostring(L, -1), words, &ms);
    if (err == 0) {
        lua_pushinteger(L, ms);
        return 1;
    }
    lua_pushnil(L);
    if (err == MN_ELIMIT)
        lua_pushliteral(L, "it is empty, or longer than ten minutes");
    else if (err == MN_EPROTOCOL)
        lua_pushliteral(L, "it is no WAV of 16-bit PCM");
    else
        lua_pushstring(L, mn_strerror(err));
    return 2;
}

static void set(lua_State *L, const char *name, int64_t ms)
{
    if (ms < 0)
        return;
    lua_pushinteger(L, ms);
    lua_setfield(L, -2, name);
}

/* sound(from_ms): mn_stage_sound as a table; what is not there yet is absent. */
static int sound(lua_State *L)
{
    struct mn_stage *stage = mn_play_stage(L, mn_play_of(L));
    struct mn_sound it = mn_stage_sound(stage, luaL_checkinteger(L, 1));

    lua_createtable(L, 0, 5);
    set(L, "words", it.words_ms);
    set(L, "heard", it.heard_ms);
    set(L, "overlap", it.overlap_ms);
    set(L, "silence", it.silence_ms);
    set(L, "quiet", it.quiet_ms);
    return 1;
}

static const luaL_Reg functions[] = {{"play", play}, {"sound", sound}, {NULL, NULL}};

void mn_lib_sound(struct mn_play *p)
{
    lua_pushlightuserdata(p->L, p);
    luaL_setfuncs(p->L, functions, 1);
}
