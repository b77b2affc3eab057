/* state.c - one call's Lua, behind state.h: a vm in which the app's files have run. */
#include "script/state.h"

#include "base/err.h"
#include "script/sandbox.h"
#include "script/state_parts.h"
#include "script/trace.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>

const char *const mn_state_notes[MN_NOTE_COUNT] = {
#define X(name, wire, members) wire,
    MN_NOTE_MAP(X)
#undef X
};

/* Asks run.wants of each note. */
static int read_wants(lua_State *L)
{
    struct mn_state *st = lua_touserdata(L, 1);

    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    for (int i = 0; i < MN_NOTE_COUNT; i++) {
        lua_getfield(L, -1, "wants");
        lua_pushstring(L, mn_state_notes[i]);
        lua_call(L, 1, 1);
        st->wants[i] = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return 0;
}

static int load(struct mn_state *st)
{
    struct mn_buf why = {0};
    int err = mn_vm_call(&st->vm, mn_sandbox_load, NULL, true, &why);

    if (err == 0)
        err = mn_vm_call(&st->vm, read_wants, st, true, &why);
    mn_vm_settle(&st->vm);
    if (err != 0) {
        mn_trace_mask(&st->vm, &why);
        MN_LOG(st->vm.log, ERROR, st->vm.call_id, "the app did not load in its call",
               {"error", mn_buf_str(&why), .words = MN_WORDS_THROWN});
    }
    mn_buf_free(&why);
    return err == -ENOMEM || err == 0 ? err : MN_ESCRIPT;
}

int mn_state_open(struct mn_state **out, const struct mn_state_settings *settings,
                  mn_job_done *done, void *owner)
{
    struct mn_vm_settings vm = {.bundle = settings->bundle,
                                .log = settings->log,
                                .clock = settings->clock,
                                .ports = settings->ports,
                                .share = settings->turn,
                                .limits = settings->limits,
                                .call_id = settings->call_id,
                                .seed = settings->seed};
    struct mn_state *st;
    int err;

    *out = NULL;
    st = calloc(1, sizeof(*st));
    if (st == NULL)
        return -ENOMEM;
    st->bundle = mn_bundle_hold(settings->bundle);
    mn_list_init(&st->jobs);
    st->done = done;
    st->owner = owner;
    err = mn_vm_open(&st->vm, &vm);
    if (err == 0) {
        st->vm.meta = settings->meta;
        st->vm.user = settings->user;
        st->vm.state = settings->state;
        err = load(st);
        st->vm.meta = st->vm.user = st->vm.state = (struct mn_str){0};
    }
    if (err != 0) {
        mn_state_close(st);
        return err;
    }
    *out = st;
    return 0;
}

bool mn_state_when_idle(struct mn_state *st, void (*idle)(void *owner))
{
    st->vm.idle = st->vm.ntasks > 0 ? idle : NULL;
    st->vm.idle_owner = st->owner;
    return st->vm.idle != NULL;
}

void mn_state_close(struct mn_state *st)
{
    if (st == NULL)
        return;
    mn_vm_close(&st->vm);
    mn_bundle_drop(st->texts);
    mn_bundle_drop(st->bundle);
    free(st);
}

void mn_state_end(struct mn_state *st)
{
    mn_spawned_end(&st->vm);
}

int mn_state_end_rest(struct mn_state *st)
{
    return mn_spawned_alone(&st->vm);
}

int64_t mn_state_outlive_ms(const struct mn_state *st)
{
    return mn_spawned_left(&st->vm);
}

size_t mn_state_memory(const struct mn_state *st)
{
    return st->vm.bytes;
}

int mn_state_tasks(const struct mn_state *st)
{
    return st->vm.ntasks;
}

static int dump(lua_State *L)
{
    struct mn_buf *out = lua_touserdata(L, 1);
    struct mn_str text;

    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    lua_getfield(L, -1, "dump");
    lua_call(L, 0, 1);
    text.p = luaL_checklstring(L, -1, &text.n);
    mn_buf_add_str(out, text);
    return 0;
}

int mn_state_dump(struct mn_state *st, struct mn_buf *out)
{
    int err = mn_vm_call(&st->vm, dump, out, false, NULL);

    return err != 0 ? err : out->err;
}

struct eval {
    struct mn_str line;
    struct mn_buf *out;
};

/* The line as an expression, else as a statement; it is given ctx. */
static void load_line(lua_State *L, const struct eval *e)
{
    static const char *const forms[] = {"local ctx = ... return %s", "local ctx = ... %s"};

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        lua_settop(L, 1);
        lua_pushlstring(L, e->line.p, e->line.n);
        lua_pushfstring(L, forms[i], lua_tostring(L, -1));
        if (luaL_loadbufferx(L, lua_tostring(L, -1), lua_rawlen(L, -1), "=line", "t") == LUA_OK)
            return;
    }
    lua_error(L);
}

static int eval(lua_State *L)
{
    struct eval *e = lua_touserdata(L, 1);
    struct mn_str text;

    load_line(L, e);
    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    lua_getfield(L, -1, "eval");
    lua_pushvalue(L, -3);
    lua_call(L, 1, 1);
    text.p = luaL_checklstring(L, -1, &text.n);
    mn_buf_add_str(e->out, text);
    return 0;
}

int mn_state_eval(struct mn_state *st, struct mn_str line, struct mn_buf *out)
{
    struct eval e = {.line = line, .out = out};
    struct mn_buf why = {0};
    int err = mn_vm_call(&st->vm, eval, &e, false, &why);

    if (err != 0) {
        mn_trace_mask(&st->vm, &why);
        mn_buf_add_str(out, mn_buf_str(&why));
    }
    mn_buf_free(&why);
    return err;
}
