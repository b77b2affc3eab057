/* plan.c - from the SDK's plan (lua/myna/plan.lua, a table) to the spec the session works by.
 *
 * The table was made and checked by our own Lua, so a field of the wrong type here is a mistake of
 * the SDK's and raises; the only failures expected are of memory. */
#include "base/err.h"
#include "script/hook.h"
#include "script/sandbox.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>

struct reading {
    struct mn_bundle *b;
    struct mn_buf *why;
    int err;
};

/* Copies the text field of the table on top. */
static struct mn_str text(lua_State *L, struct mn_bundle *b, const char *name)
{
    struct mn_str s = {0}, copy = {0};

    if (lua_getfield(L, -1, name) != LUA_TNIL) {
        s.p = luaL_checklstring(L, -1, &s.n);
        if (mn_arena_copy(&b->arena, s, &copy) != 0)
            luaL_error(L, "not enough memory");
    }
    lua_pop(L, 1);
    return copy;
}

static lua_Integer integer(lua_State *L, const char *name, lua_Integer otherwise)
{
    lua_Integer n = otherwise;

    if (lua_getfield(L, -1, name) != LUA_TNIL)
        n = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
    return n;
}

static bool is_true(lua_State *L, const char *name)
{
    bool yes;

    lua_getfield(L, -1, name);
    yes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return yes;
}

static void *array(lua_State *L, struct mn_bundle *b, size_t n, size_t size)
{
    void *p = mn_arena_take(&b->arena, n != 0 ? n * size : 1);

    if (p == NULL)
        luaL_error(L, "not enough memory");
    return p;
}

static void read_filler(lua_State *L, struct mn_bundle *b, struct mn_filler_spec *filler)
{
    if (lua_getfield(L, -1, "filler") == LUA_TTABLE) {
        filler->say = text(L, b, "say");
        filler->after_ms = (int32_t)integer(L, "after", 0);
        filler->every_ms = (int32_t)integer(L, "every", 0);
        filler->max = (int)integer(L, "max", 0);
    }
    lua_pop(L, 1);
}

static void read_tool(lua_State *L, struct mn_bundle *b, struct mn_tool_spec *tool,
                      struct mn_tool_text *texts)
{
    struct mn_str check = text(L, b, "check");
    struct mn_buf why = {0};

    tool->name = text(L, b, "name");
    tool->target = (int)integer(L, "target", 0) - 1;
    tool->last = (int)integer(L, "last", 0);
    tool->say = text(L, b, "say");
    tool->kind = tool->target >= 0 ? MN_TOOL_HANDOFF : MN_TOOL_FUNCTION;
    tool->timeout_ms = (int32_t)integer(L, "timeout_ms", 10000);
    tool->on_interrupt = is_true(L, "cancel_on_interrupt") ? MN_CANCEL : MN_KEEP;
    read_filler(L, b, &tool->filler);
    tool->conditional = is_true(L, "conditional");
    tool->sure = is_true(L, "sure");
    tool->unlisted = is_true(L, "unlisted");
    tool->needs_approval = is_true(L, "needs_approval");
    tool->caller_approves = is_true(L, "caller_approves");
    tool->approval_timeout_ms = (int32_t)integer(L, "approval_timeout_ms", 0);
    texts->definition = text(L, b, "definition");
    texts->description = text(L, b, "description");
    texts->asks = text(L, b, "asks");
    if (mn_schema_compile(&texts->check, check, &why) != 0) {
        lua_pushlstring(L, why.n != 0 ? why.p : "", why.n);
        mn_buf_free(&why);
        luaL_error(L, "tool '%s': %s", tool->name.p, lua_tostring(L, -1));
    }
    mn_buf_free(&why);
}

/* The guardrails of run[name]: what the session needs of them. */
static struct mn_guardrails read_guardrails(lua_State *L, struct mn_bundle *b, const char *name)
{
    struct mn_guardrail_spec *list;
    size_t n;

    lua_getfield(L, -1, name);
    n = lua_rawlen(L, -1);
    list = array(L, b, n, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        list[i] = (struct mn_guardrail_spec){
            .name = text(L, b, "name"),
            .every_chars = (int32_t)integer(L, "every_chars", 0),
            .timeout_ms = (int32_t)integer(L, "timeout", 0),
            .hold = is_true(L, "hold"),
            .closed = is_true(L, "closed"),
        };
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return (struct mn_guardrails){.list = list, .n = (int)n};
}

static void read_prelude(lua_State *L, struct mn_bundle *b, struct mn_agent_spec *agent)
{
    int *places;

    lua_getfield(L, -1, "prelude");
    agent->nprelude = (int)lua_rawlen(L, -1);
    places = array(L, b, (size_t)agent->nprelude, sizeof(*places));
    agent->prelude = places;
    for (int i = 0; i < agent->nprelude; i++) {
        lua_rawgeti(L, -1, i + 1);
        places[i] = (int)luaL_checkinteger(L, -1) - 1;
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_agent(lua_State *L, struct mn_bundle *b, struct mn_agent_spec *agent,
                       struct mn_agent_text *texts)
{
    struct mn_tool_spec *tools;
    size_t n;

    agent->name = text(L, b, "name");
    agent->voice = text(L, b, "voice");
    agent->output_guards = read_guardrails(L, b, "output_guardrails");
    agent->input_guards = read_guardrails(L, b, "input_guardrails");
    b->spec.gates_input = b->spec.gates_input || agent->input_guards.n > 0;
    agent->changes = is_true(L, "changes");
    agent->redial = is_true(L, "redial");
    read_prelude(L, b, agent);
    b->spec.prompts = b->spec.prompts || is_true(L, "prompt");
    lua_getfield(L, -1, "tools");
    n = lua_rawlen(L, -1);
    tools = array(L, b, n, sizeof(*tools));
    texts->tools = array(L, b, n, sizeof(*texts->tools));
    agent->tools = tools;
    agent->ntools = (int)n;
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        read_tool(L, b, &tools[i], &texts->tools[i]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_agents(lua_State *L, struct mn_bundle *b)
{
    struct mn_agent_spec *agents;
    size_t n;

    lua_getfield(L, -1, "agents");
    n = lua_rawlen(L, -1);
    agents = array(L, b, n, sizeof(*agents));
    b->texts = array(L, b, n, sizeof(*b->texts));
    b->spec.agents = agents;
    b->spec.nagents = (int)n;
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        read_agent(L, b, &agents[i], &b->texts[i]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_text_agent(lua_State *L, struct mn_bundle *b, struct mn_text_agent *agent)
{
    struct mn_str output = text(L, b, "output");
    struct mn_buf why = {0};

    agent->name = text(L, b, "name");
    agent->model = text(L, b, "model");
    agent->format = text(L, b, "format");
    if (output.n > 0 && mn_schema_compile(&agent->output, output, &why) != 0)
        luaL_error(L, "text agent '%s': its output", agent->name.p); /* it was checked before */
    lua_getfield(L, -1, "tools");
    agent->ntools = (int)lua_rawlen(L, -1);
    agent->tools = array(L, b, (size_t)agent->ntools, sizeof(*agent->tools));
    agent->texts = array(L, b, (size_t)agent->ntools, sizeof(*agent->texts));
    for (int i = 0; i < agent->ntools; i++) {
        lua_rawgeti(L, -1, i + 1);
        read_tool(L, b, &agent->tools[i], &agent->texts[i]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_text_agents(lua_State *L, struct mn_bundle *b)
{
    size_t n;

    lua_getfield(L, -1, "text_agents");
    n = lua_rawlen(L, -1);
    b->text_agents = array(L, b, n, sizeof(*b->text_agents));
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        b->text_agents[i] = (struct mn_text_agent){0};
        b->ntext_agents = (int)i + 1;
        read_text_agent(L, b, &b->text_agents[i]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_hook(lua_State *L, struct mn_bundle *b, struct mn_app_hook *hook)
{
    struct mn_str check = text(L, b, "check");
    struct mn_buf why = {0};

    hook->type = text(L, b, "type");
    if (check.n == 0 || mn_schema_compile(&hook->check, check, &why) == 0)
        return;
    lua_pushlstring(L, why.n != 0 ? why.p : "", why.n);
    mn_buf_free(&why);
    luaL_error(L, "event '%s': %s", hook->type.p, lua_tostring(L, -1));
}

static void read_hooks(lua_State *L, struct mn_bundle *b, const char *name, enum mn_hook_side side)
{
    size_t n;

    lua_getfield(L, -1, name);
    n = lua_rawlen(L, -1);
    b->hooks[side] = array(L, b, n, sizeof(*b->hooks[side]));
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        b->hooks[side][i] = (struct mn_app_hook){0};
        b->nhooks[side] = (int)i + 1;
        read_hook(L, b, &b->hooks[side][i]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_routes(lua_State *L, struct mn_bundle *b)
{
    lua_getfield(L, -1, "routes");
    b->nroutes = (int)lua_rawlen(L, -1);
    b->routes = array(L, b, (size_t)b->nroutes, sizeof(*b->routes));
    for (int i = 0; i < b->nroutes; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        b->routes[i] = (struct mn_app_route){.method = text(L, b, "method"),
                                             .path = text(L, b, "path"),
                                             .headers = text(L, b, "headers"),
                                             .open = is_true(L, "public")};
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_zone(lua_State *L, struct mn_bundle *b)
{
    struct mn_str name = text(L, b, "timezone");

    if (name.n != 0 && mn_zone_load(&b->zone, name.p) != 0)
        luaL_error(L, "timezone '%s' is not in the system's database", name.p);
}

static void read_turns(lua_State *L, struct mn_bundle *b)
{
    struct mn_turn_spec *turns = &b->spec.turns;
    struct mn_str *ignore;

    if (lua_getfield(L, -1, "turns") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    turns->ours = true;
    turns->min_words = (int)integer(L, "min_words", 0);
    turns->min_ms = (int32_t)integer(L, "min_ms", 0);
    turns->resume_after_ms = (int32_t)integer(L, "resume_after", 2000);
    lua_getfield(L, -1, "ignore");
    turns->nignore = (int)lua_rawlen(L, -1);
    ignore = array(L, b, (size_t)turns->nignore, sizeof(*ignore));
    turns->ignore = ignore;
    for (int i = 0; i < turns->nignore; i++) {
        struct mn_str phrase;

        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        phrase.p = luaL_checklstring(L, -1, &phrase.n);
        if (mn_arena_copy(&b->arena, phrase, &ignore[i]) != 0)
            luaL_error(L, "not enough memory");
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static void read_idle(lua_State *L, struct mn_bundle *b)
{
    struct mn_idle_spec *idle;
    size_t n = 0;

    if (lua_getfield(L, -1, "idle") != LUA_TNIL)
        n = lua_rawlen(L, -1);
    idle = array(L, b, n, sizeof(*idle));
    b->spec.idle = idle;
    b->spec.nidle = (int)n;
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        idle[i] = (struct mn_idle_spec){.after_ms = (int32_t)integer(L, "after", 0),
                                        .say = text(L, b, "say"),
                                        .hang_up = is_true(L, "hang_up")};
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* Three rates of three modalities, and a minute's, as lua/myna/price.lua has them. */
static void read_price(lua_State *L, const char *name, struct mn_price *price)
{
    int64_t *const rates[] = {price->input, price->cached, price->output};
    lua_Integer n = 0;

    if (lua_getfield(L, -1, name) == LUA_TTABLE) {
        price->known = true;
        for (int r = 0; r < 3; r++) {
            for (int m = 0; m < MN_MODALITIES; m++) {
                lua_rawgeti(L, -1, ++n);
                rates[r][m] = luaL_checkinteger(L, -1);
                lua_pop(L, 1);
            }
        }
        lua_rawgeti(L, -1, ++n);
        price->minute = luaL_checkinteger(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_limits(lua_State *L, struct mn_bundle *b)
{
    struct mn_app_spec *spec = &b->spec;

    spec->max_duration_ms = integer(L, "max_duration_ms", 0);
    spec->max_idle_ms = integer(L, "max_idle_ms", 0);
    spec->max_tokens = integer(L, "max_tokens", 0);
    spec->max_cost = integer(L, "max_cost", 0);
    spec->farewell = text(L, b, "farewell");
    spec->max_handoffs_per_turn = (int)integer(L, "max_handoffs_per_turn", 5);
    spec->max_tools_per_turn = (int)integer(L, "max_tools_per_turn", 20);
    spec->owed_ms = integer(L, "owed_ms", 0);
}

static void read_app(lua_State *L, struct mn_bundle *b)
{
    struct mn_app_spec *spec = &b->spec;

    spec->name = text(L, b, "name");
    spec->model = text(L, b, "model");
    spec->upstream = text(L, b, "upstream");
    spec->fallback = text(L, b, "fallback");
    spec->resume_ms = integer(L, "resume_ms", 30000);
    spec->voice = text(L, b, "voice");
    spec->first = 0;
    spec->greeting_text = text(L, b, "greeting_text");
    spec->greeting = spec->greeting_text.n == 0            ? MN_GREETING_NONE
                     : is_true(L, "greeting_instructions") ? MN_GREETING_INSTRUCTIONS
                                                           : MN_GREETING_WORDS;
    spec->greeting_whole = is_true(L, "greeting_whole");
    spec->turn_detection = text(L, b, "turn_detection");
    read_turns(L, b);
    spec->transcription = text(L, b, "transcription");
    spec->input_format = text(L, b, "input_format");
    spec->output_format = text(L, b, "output_format");
    spec->tells_digits = is_true(L, "tells_digits");
    spec->direct = is_true(L, "direct");
    spec->text_only = is_true(L, "text_only");
    spec->expose_all = is_true(L, "expose_all");
    spec->caller_may = (unsigned)integer(L, "caller_may", 0);
    read_limits(L, b);
    read_price(L, "price", &spec->price);
    read_price(L, "transcription_price", &spec->transcription_price);
    read_idle(L, b);
    b->still = is_true(L, "still");
    spec->hears_start = is_true(L, "hears_start");
    b->hears_reload = is_true(L, "hears_reload");
    read_routes(L, b);
    read_zone(L, b);
    read_agents(L, b);
    read_text_agents(L, b);
    read_hooks(L, b, "client_events", MN_HOOK_CLIENT);
    read_hooks(L, b, "server_events", MN_HOOK_SERVER);
}

/* Appends run[name], a list of sentences, a line each. Returns how many. */
static size_t read_lines(lua_State *L, const char *name, struct mn_buf *out)
{
    size_t n;

    lua_getfield(L, -1, name);
    n = lua_rawlen(L, -1);
    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        mn_buf_addf(out, "%s\n", luaL_checkstring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return n;
}

static int read_plan(lua_State *L)
{
    struct reading *r = lua_touserdata(L, 1);

    lua_getfield(L, LUA_REGISTRYINDEX, MN_VM_RUN);
    if (read_lines(L, "mistakes", r->why) > 0) {
        r->err = MN_ESCRIPT;
        return 0;
    }
    read_lines(L, "warnings", &r->b->warnings);
    lua_getfield(L, -1, "plan");
    read_app(L, r->b);
    return 0;
}

int mn_plan_read(struct mn_bundle *b, struct mn_vm *vm, struct mn_buf *why)
{
    struct reading r = {.b = b, .why = why};
    struct mn_buf what = {0};
    int err = mn_vm_call(vm, read_plan, &r, true, &what);

    if (err != 0)
        mn_buf_addf(why, "%.*s\n", MN_FMT(mn_buf_str(&what)));
    mn_buf_free(&what);
    return err != 0 ? err : r.err;
}
