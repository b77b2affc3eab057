/* lib_json.c - native.encode, decode, arguments, output, text_agent; the null and the array that
 * JSON needs. */
#include "base/err.h"
#include "script/convert.h"
#include "script/natives.h"
#include "script/vm.h"

#include <lauxlib.h>

/* encode(value, label[, limit]) gives text; nil, "too large" over the limit; raises for what JSON
 * cannot hold. */
static int encode(lua_State *L)
{
    const char *label = luaL_optstring(L, 2, "value");
    lua_Integer limit = luaL_optinteger(L, 3, 0);
    struct mn_buf *out = &mn_vm_of(L)->scratch;

    mn_buf_free(out);
    out->limit = limit > 0 ? (size_t)limit : mn_vm_of(L)->limits.memory_bytes;
    luaL_checkany(L, 1);
    mn_to_json(L, 1, label, out);
    out->limit = 0;
    if (out->err != 0) {
        lua_pushnil(L);
        lua_pushstring(L, out->err == MN_ELIMIT ? "too large" : "not enough memory");
        return 2;
    }
    lua_pushlstring(L, out->p, out->n);
    return 1;
}

static void push_str(lua_State *L, struct mn_str s)
{
    lua_pushlstring(L, s.n != 0 ? s.p : "", s.n);
}

static int push_fault(lua_State *L, const struct mn_json_fault *fault)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s at byte %I", fault->what, (LUAI_UACINT)fault->at);
    return 2;
}

/* decode(text) gives the value, or nil and what is wrong. */
static int decode(lua_State *L)
{
    struct mn_json_fault fault;
    struct mn_str text;

    text.p = luaL_checklstring(L, 1, &text.n);
    return mn_push_json(L, text, &fault) == 0 ? 1 : push_fault(L, &fault);
}

/* The sentence goes to the scratch buffer. */
static int check(struct mn_vm *vm, const struct mn_schema *schema, struct mn_str text)
{
    struct mn_json *tree;
    int err = mn_json_parse(&tree, text, &mn_json_frame, NULL);

    if (err != 0)
        return err;
    mn_buf_clear(&vm->scratch);
    err = schema != NULL ? mn_schema_check(schema, tree, &vm->scratch) : 0;
    mn_json_free(tree);
    return err;
}

/* An object that fits its schema, or nil and a sentence. */
static int push_object(lua_State *L, struct mn_str text, const struct mn_schema *schema)
{
    struct mn_vm *vm = mn_vm_of(L);
    struct mn_json_fault fault;
    int err;

    if (mn_push_json(L, text, &fault) != 0)
        return push_fault(L, &fault);
    if (!lua_istable(L, -1) || text.p[strspn(text.p, " \t\r\n")] != '{') {
        lua_pushnil(L);
        lua_pushliteral(L, "expected a JSON object");
        return 2;
    }
    err = check(vm, schema, text);
    if (err == 0)
        return 1;
    lua_pushnil(L);
    if (err == MN_EPROTOCOL)
        lua_pushlstring(L, vm->scratch.p, vm->scratch.n);
    else
        lua_pushstring(L, mn_strerror(err));
    return 2;
}

/* arguments(text, agent, tool), by place in the app's spec, text agents behind it: the value, or
 * nil and a sentence. */
static int arguments(lua_State *L)
{
    const struct mn_tool_text *tool =
        mn_bundle_tool(mn_vm_of(L)->bundle, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
    struct mn_str text;

    text.p = luaL_checklstring(L, 1, &text.n);
    luaL_argcheck(L, tool != NULL, 3, "no such tool");
    return push_object(L, text, tool->check);
}

/* output(text, place of a text agent): what it answered, or nil and a sentence. */
static int output(lua_State *L)
{
    const struct mn_bundle *b = mn_vm_of(L)->bundle;
    lua_Integer place = luaL_checkinteger(L, 2) - b->spec.nagents;
    struct mn_str text;

    text.p = luaL_checklstring(L, 1, &text.n);
    luaL_argcheck(L, place >= 0 && place < b->ntext_agents, 2, "no such text agent");
    return push_object(L, text, b->text_agents[place].output);
}

/* text_agent(name): { place =, format =, tools = { definition, ... } }; nothing when the check has
 * not seen it. */
static int text_agent(lua_State *L)
{
    const struct mn_bundle *b = mn_vm_of(L)->bundle;
    struct mn_str name;
    int place = 0;

    name.p = luaL_checklstring(L, 1, &name.n);
    while (place < b->ntext_agents && !mn_str_same(b->text_agents[place].name, name))
        place++;
    if (place == b->ntext_agents)
        return 0;
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, b->spec.nagents + place);
    lua_setfield(L, -2, "place");
    if (b->text_agents[place].output != NULL) {
        push_str(L, b->text_agents[place].format);
        lua_setfield(L, -2, "format");
    }
    lua_createtable(L, b->text_agents[place].ntools, 0);
    for (int t = 0; t < b->text_agents[place].ntools; t++) {
        push_str(L, b->text_agents[place].texts[t].definition);
        lua_rawseti(L, -2, t + 1);
    }
    lua_setfield(L, -2, "tools");
    return 1;
}

/* compiles(schema) gives nothing, or what is wrong with it. */
static int compiles(lua_State *L)
{
    struct mn_buf *why = &mn_vm_of(L)->scratch;
    struct mn_schema *schema;
    struct mn_str text;

    text.p = luaL_checklstring(L, 1, &text.n);
    mn_buf_clear(why);
    if (mn_schema_compile(&schema, text, why) == 0) {
        mn_schema_free(schema);
        return 0;
    }
    lua_pushlstring(L, why->n != 0 ? why->p : "", why->n);
    return 1;
}

/* array(t) marks t as a list, also when it is empty. */
static int array(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    luaL_setmetatable(L, MN_ARRAY_MT);
    return 1;
}

void mn_lib_json(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"encode", encode}, {"decode", decode}, {"arguments", arguments},   {"compiles", compiles},
        {"array", array},   {"output", output}, {"text_agent", text_agent}, {NULL, NULL},
    };

    luaL_setfuncs(L, functions, 0);
    mn_push_null(L);
    lua_setfield(L, -2, "null");
}
