/* hook.c - events of a call shown to its script (R73).
 *
 * WHY HERE AND NOT A TASK  What a hook says decides what happens next, so the event waits for it;
 * and as an event must not wait long, a hook runs within one slice and cannot wait. */
#include "script/hook.h"

#include "base/err.h"
#include "script/app.h"
#include "script/state_parts.h"
#include "script/trace.h"

#include <lauxlib.h>

static const struct mn_app_hook *find(const struct mn_bundle *b, enum mn_hook_side side,
                                      struct mn_str type)
{
    for (int i = 0; i < b->nhooks[side]; i++) {
        if (mn_str_same(b->hooks[side][i].type, type))
            return &b->hooks[side][i];
    }
    return NULL;
}

bool mn_bundle_hooks(const struct mn_bundle *b, enum mn_hook_side side)
{
    return b->nhooks[side] > 0;
}

enum mn_hook mn_bundle_hook(const struct mn_bundle *b, enum mn_hook_side side, struct mn_str type)
{
    const struct mn_app_hook *hook = find(b, side, type);

    if (hook == NULL)
        return MN_HOOK_NONE;
    return hook->check != NULL ? MN_HOOK_OWN : MN_HOOK_LOOKS;
}

struct look {
    enum mn_hook_side side;
    struct mn_str type, json;
    struct mn_buf *out;
    enum mn_look verdict;
};

/* run.look(side, type, json) gives nothing, false, or the event that goes instead. */
static int look(lua_State *L)
{
    struct look *l = lua_touserdata(L, 1);
    struct mn_str text;

    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    lua_getfield(L, -1, "look");
    lua_pushstring(L, l->side == MN_HOOK_CLIENT ? "client_events" : "server_events");
    lua_pushlstring(L, l->type.p, l->type.n);
    lua_pushlstring(L, l->json.p, l->json.n);
    lua_call(L, 3, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
        text.p = lua_tolstring(L, -1, &text.n);
        l->verdict = mn_buf_add_str(l->out, text) == 0 ? MN_LOOK_CHANGED : MN_LOOK_PASS;
    } else if (lua_isboolean(L, -1)) {
        l->verdict = MN_LOOK_STOP;
    }
    return 0;
}

enum mn_look mn_state_look(struct mn_state *st, enum mn_hook_side side, struct mn_str type,
                           struct mn_str json, struct mn_buf *out)
{
    struct look l = {.side = side, .type = type, .json = json, .out = out};
    struct mn_buf why = {0};
    int err = mn_vm_call(&st->vm, look, &l, false, &why);

    if (err != 0) {
        l.verdict = MN_LOOK_PASS;
        mn_trace_mask(&st->vm, &why);
        MN_LOG(st->vm.log, ERROR, st->vm.call_id, "an event passed unseen: its hook did not end",
               {"event", type},
               {"error", why.n > 0 ? mn_buf_str(&why) : mn_str(mn_strerror(err)),
                .words = why.n > 0 ? MN_WORDS_THROWN : MN_WORDS_BY_KEY});
    }
    mn_buf_free(&why);
    return l.verdict;
}

int mn_state_act(struct mn_state *st, struct mn_str type, struct mn_str fields, struct mn_buf *why)
{
    const struct mn_app_hook *hook = find(st->bundle, MN_HOOK_CLIENT, type);
    struct mn_json *tree;
    int err;

    if (hook == NULL)
        return MN_EABSENT;
    err = mn_json_parse(&tree, fields, &mn_json_frame, NULL);
    if (err != 0)
        return err;
    err = mn_schema_check(hook->check, tree, why);
    mn_json_free(tree);
    return err != 0 ? err : mn_state_event(st, hook->type.p, fields);
}
