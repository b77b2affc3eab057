/* scenario.c - lists the scenarios of a file and plays them, behind scenario.h.
 *
 * DESIGN  A file is read anew for each scenario: its locals are one scenario's, as an app's are one
 * call's. Lua is entered by protected calls only; what a scenario expects and does not find is a
 * failure the verbs report, anything they raise beyond that is one too. */
#include "sim/coverage.h"
#include "sim/scenario_parts.h"

#include "base/err.h"
#include "sim/keep.h"
#include "sim/snapshot.h"
#include "sim/wire.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#define SCENARIOS_MAX 10000 /* of one file; our own bound */

struct mn_scenarios {
    struct mn_bundle *bundle; /* borrowed */
    char *path, *app;
    uint64_t seed;
    bool record, coverage, update;
    struct mn_wire **wire; /* borrowed; NULL: in process */
    const char *sound_dir; /* borrowed; NULL: sound is not kept */
    struct mn_verbs_code code;
    struct mn_scenario *list; /* their strings are owned */
    int n;
};

static void free_scenario(struct mn_scenario *sc)
{
    free((char *)sc->name);
    free((char *)sc->skip);
    free((char *)sc->tags);
    free((char *)sc->place);
}

void mn_scenarios_close(struct mn_scenarios *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < s->n; i++)
        free_scenario(&s->list[i]);
    for (int i = 0; i < MN_VERBS_FILES; i++)
        mn_buf_free(&s->code.files[i]);
    free(s->list);
    free(s->path);
    free(s->app);
    free(s);
}

int mn_scenarios_count(const struct mn_scenarios *s)
{
    return s->n;
}

const struct mn_bundle *mn_scenarios_app(const struct mn_scenarios *s)
{
    return s->bundle;
}

const struct mn_scenario *mn_scenarios_at(const struct mn_scenarios *s, int i)
{
    return &s->list[i];
}

static int add(struct mn_scenarios *s, const char *name, const char *skip, const char *tags,
               const char *place)
{
    struct mn_scenario *sc, *list = realloc(s->list, (size_t)(s->n + 1) * sizeof(*list));

    if (list == NULL)
        return -ENOMEM;
    s->list = list;
    sc = &s->list[s->n++];
    *sc = (struct mn_scenario){
        .name = strdup(name),
        .skip = skip != NULL ? strdup(skip) : NULL,
        .tags = strdup(tags),
        .place = strdup(place),
    };
    if (sc->name == NULL || sc->tags == NULL || sc->place == NULL ||
        (skip != NULL && sc->skip == NULL))
        return -ENOMEM;
    return 0;
}

/* Calls run.lua's function with i; its nresults lie on the stack. Returns 0 or MN_ESCRIPT with why.
 */
static int call(struct mn_play *p, const char *function, int i, int nresults, struct mn_buf *why)
{
    mn_play_push(p, function);
    lua_pushinteger(p->L, i + 1);
    if (lua_pcall(p->L, 1, nresults, 0) == LUA_OK)
        return 0;
    mn_buf_add_text(why, luaL_tolstring(p->L, -1, NULL));
    return MN_ESCRIPT;
}

static int list(struct mn_scenarios *s, struct mn_play *p, struct mn_buf *why)
{
    int err = 0;

    while (err == 0 && s->n < SCENARIOS_MAX) {
        err = call(p, "describe", s->n, 4, why);
        if (err != 0 || lua_isnil(p->L, -4))
            break;
        err = add(s, lua_tostring(p->L, -4), lua_tostring(p->L, -3), lua_tostring(p->L, -2),
                  lua_tostring(p->L, -1));
        lua_settop(p->L, 0);
    }
    return err;
}

int mn_scenarios_open(struct mn_scenarios **out, const struct mn_scenarios_settings *settings,
                      struct mn_buf *why)
{
    struct mn_scenarios *s = calloc(1, sizeof(*s));
    struct mn_play play = {0};
    int err = -ENOMEM;

    *out = NULL;
    if (s == NULL)
        return -ENOMEM;
    s->bundle = settings->bundle;
    s->seed = settings->seed;
    s->record = settings->record;
    s->update = settings->update;
    s->coverage = settings->coverage;
    s->wire = settings->wire;
    s->sound_dir = settings->sound_dir;
    s->path = strdup(settings->path);
    s->app = strdup(settings->app != NULL ? settings->app : ".");
    if (s->path != NULL && s->app != NULL)
        err = mn_play_open(&play, &s->code, s->bundle, s->path, s->seed, why);
    if (err == 0)
        err = list(s, &play, why);
    mn_play_close(&play);
    if (err != 0) {
        mn_scenarios_close(s);
        return err;
    }
    *out = s;
    return 0;
}

static struct mn_failure *add_failure(struct mn_outcome *out, const char *place)
{
    struct mn_failure *f;

    if (out->nfailures == MN_FAILURES_MAX)
        return NULL;
    f = &out->failures[out->nfailures++];
    mn_buf_add_text(&f->place, place);
    return f;
}

static void fail(struct mn_outcome *out, const struct mn_scenario *sc, const char *message)
{
    struct mn_failure *f = add_failure(out, sc->place);

    if (f != NULL)
        mn_buf_add_text(&f->message, message);
}

static struct mn_str text_field(lua_State *L, const char *name)
{
    struct mn_str s = {0};

    if (lua_getfield(L, -1, name) == LUA_TSTRING)
        s.p = lua_tolstring(L, -1, &s.n);
    lua_pop(L, 1); /* the table holds it */
    return s;
}

/* The list on top of the stack. */
static void take_failures(struct mn_outcome *out, lua_State *L)
{
    for (lua_Integer i = 1; lua_geti(L, -1, i) == LUA_TTABLE; i++) {
        struct mn_failure *f = add_failure(out, "");

        if (f == NULL)
            return;
        mn_buf_add_str(&f->place, text_field(L, "place"));
        mn_buf_add_str(&f->message, text_field(L, "message"));
        mn_buf_add_str(&f->details, text_field(L, "details"));
        lua_pop(L, 1);
    }
}

static bool is_agent(const struct mn_app_spec *app, const char *name)
{
    for (int i = 0; i < app->nagents; i++) {
        if (mn_str_is(app->agents[i].name, name))
            return true;
    }
    return false;
}

static struct mn_str str_at(lua_State *L, int index)
{
    struct mn_str s = {0};

    if (lua_type(L, index) == LUA_TSTRING)
        s.p = lua_tolstring(L, index, &s.n);
    return s;
}

/* A scenario with variables of its own has an app of its own. Returns 0, or an error with why. */
static int load_own(struct mn_scenarios *s, struct mn_play *p, struct mn_str env,
                    struct mn_buf *why)
{
    struct mn_log silent = {.level = MN_LOG_OFF};
    int err;

    if (env.n == 0)
        return 0;
    err = mn_bundle_load_for_test(&p->own, s->app, env, &silent, why);
    if (err == 0)
        p->bundle = p->own;
    return err;
}

/* Returns 0, or an error with why. */
static int open_wire(struct mn_scenarios *s, struct mn_buf *why)
{
    int err = s->wire != NULL && *s->wire == NULL ? mn_wire_open(s->wire) : 0;

    if (err != 0)
        mn_buf_addf(why, "--wire: 127.0.0.1 cannot be listened on: %s", mn_strerror(err));
    return err;
}

/* What a wire could not bring is a failure, and the next scenario gets another wire. */
static void check_wire(struct mn_scenarios *s, const struct mn_scenario *sc, struct mn_outcome *out)
{
    if (s->wire == NULL || *s->wire == NULL || mn_wire_trouble(*s->wire) == NULL)
        return;
    fail(out, sc, mn_wire_trouble(*s->wire));
    mn_wire_close(*s->wire);
    *s->wire = NULL;
}

/* Opens the stage as the scenario's options say. Returns 0, or an error with why. */
static int open_stage(struct mn_scenarios *s, struct mn_play *p, int i, struct mn_buf *why)
{
    struct mn_stage_settings settings = {
        .bundle = s->bundle, .seed = s->seed, .keeps_sound = s->sound_dir != NULL};
    int err = call(p, "surroundings", i, 10, why);

    if (err == 0)
        err = load_own(s, p, str_at(p->L, -3), why);
    if (err == 0)
        err = open_wire(s, why);
    if (err != 0)
        return err;
    settings.wire = s->wire != NULL ? *s->wire : NULL;
    settings.bundle = p->bundle;
    settings.wall_ms = lua_tointeger(p->L, -10);
    if (!lua_isnil(p->L, -9))
        settings.seed = (uint64_t)lua_tointeger(p->L, -9);
    settings.start = lua_tostring(p->L, -8);
    settings.meta = str_at(p->L, -7);
    settings.user = str_at(p->L, -6);
    settings.state = str_at(p->L, -5);
    settings.history = str_at(p->L, -4);
    p->snapshot = lua_toboolean(p->L, -2);
    settings.notes = lua_toboolean(p->L, -1);
    if (settings.start != NULL && !is_agent(mn_bundle_spec(s->bundle), settings.start)) {
        mn_buf_addf(why, "start: the app has no agent '%s'", settings.start);
        return MN_EABSENT;
    }
    err = mn_stage_open(&p->stage, &settings);
    if (err != 0)
        mn_buf_addf(why, "there is no stage: %s", mn_strerror(err));
    lua_settop(p->L, 0);
    return err;
}

static void check_snapshot(struct mn_scenarios *s, const struct mn_scenario *sc,
                           struct mn_outcome *out)
{
    struct mn_buf why = {0};

    if (mn_snapshot_check(s->path, sc->name, mn_buf_str(&out->record), s->update, &why) != 0)
        fail(out, sc, why.n > 0 ? why.p : mn_strerror(-ENOMEM));
    mn_buf_free(&why);
}

/* Writes what was said and heard, a file a play: "name.wav", then "name.2.wav". */
static void keep_sound(struct mn_scenarios *s, const struct mn_scenario *sc, int nth,
                       const struct mn_stage *stage, struct mn_outcome *out)
{
    struct mn_buf path = {0}, why = {0};
    int err = mn_keep_dir(s->sound_dir);
    char ending[32] = "wav";

    if (nth > 1)
        snprintf(ending, sizeof(ending), "%d.wav", nth);
    if (err == 0)
        err = mn_keep_path(&path, s->sound_dir, s->path, sc->name, ending);
    if (err == 0)
        err = mn_stage_keep_sound(stage, path.p);
    if (err != 0) {
        mn_buf_addf(&why, "its sound could not be kept: %s: %s", path.n > 0 ? path.p : s->sound_dir,
                    mn_strerror(err));
        fail(out, sc, why.p != NULL ? why.p : mn_strerror(err));
    }
    mn_buf_free(&path);
    mn_buf_free(&why);
}

void mn_scenarios_play(struct mn_scenarios *s, int i, int nth, struct mn_outcome *out)
{
    const struct mn_scenario *sc = &s->list[i];
    struct mn_play play = {0};
    struct mn_buf why = {0};
    int err;

    *out = (struct mn_outcome){0};
    err = mn_play_open(&play, &s->code, s->bundle, s->path, s->seed, &why);
    if (err == 0)
        err = open_stage(s, &play, i, &why);
    if (err == 0)
        err = call(&play, "play", i, 1, &why);
    if (err == 0)
        take_failures(out, play.L);
    else
        fail(out, sc, why.n > 0 ? why.p : mn_strerror(err));
    if (play.stage != NULL) {
        out->call_ms = mn_stage_now(play.stage);
        if (s->record || play.snapshot)
            mn_stage_dump(play.stage, &out->record);
        if (play.snapshot && out->nfailures == 0)
            check_snapshot(s, sc, out);
        if (s->coverage)
            mn_coverage_collect(play.stage, mn_bundle_spec(play.bundle), &out->coverage);
        if (s->sound_dir != NULL)
            keep_sound(s, sc, nth, play.stage, out);
    }
    mn_stage_close(play.stage);
    check_wire(s, sc, out);
    mn_play_close(&play);
    mn_buf_free(&why);
}

void mn_outcome_free(struct mn_outcome *out)
{
    for (int i = 0; i < out->nfailures; i++) {
        mn_buf_free(&out->failures[i].place);
        mn_buf_free(&out->failures[i].message);
        mn_buf_free(&out->failures[i].details);
    }
    mn_buf_free(&out->record);
    mn_buf_free(&out->coverage);
    *out = (struct mn_outcome){0};
}
