/* from_json.c - the reader of convert.h: the strict walk of base/json.h, pushing values as it goes.
 *
 * On the stack lie the open tables, each with the key it will stand under: no tree is built, and a
 * raised error (memory) leaves nothing behind. */
#include "base/err.h"
#include "script/convert.h"
#include "script/vm.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

struct level {
    bool is_array;
    lua_Integer count; /* of an array */
};

struct reading {
    lua_State *L;
    struct mn_buf *scratch;
    bool too_large; /* a number was */
    int depth;
    struct level levels[MN_CONVERT_DEPTH + 1];
};

/* Takes the value on top into the table below it, or leaves the outermost where it is. */
static void settle(struct reading *r)
{
    lua_State *L = r->L;
    struct level *level = &r->levels[r->depth];

    if (r->depth == 0)
        return;
    if (level->is_array) {
        lua_rawseti(L, -2, ++level->count);
    } else if (lua_islightuserdata(L, -1)) {
        lua_pop(L, 2); /* null: the member is left out */
    } else {
        lua_rawset(L, -3);
    }
}

static void push_text(struct reading *r, struct mn_str token)
{
    mn_buf_clear(r->scratch);
    mn_json_unquote(token, r->scratch);
    if (r->scratch->err != 0)
        luaL_error(r->L, "not enough memory");
    lua_pushlstring(r->L, r->scratch->n != 0 ? r->scratch->p : "", r->scratch->n);
}

static int push_number(struct reading *r, struct mn_str token)
{
    char digits[64], *end; /* the scan passes at most 63 characters */
    long long n;
    double x;

    memcpy(digits, token.p, token.n);
    digits[token.n] = '\0';
    errno = 0;
    n = strtoll(digits, &end, 10);
    if (*end == '\0' && errno == 0) {
        lua_pushinteger(r->L, n);
        return 0;
    }
    x = strtod(digits, NULL);
    if (!isfinite(x)) {
        r->too_large = true;
        return MN_ELIMIT;
    }
    lua_pushnumber(r->L, x);
    return 0;
}

static int on_key(void *owner, struct mn_str text)
{
    push_text(owner, text);
    return 0;
}

static int on_scalar(void *owner, enum mn_json_kind kind, struct mn_str text)
{
    struct reading *r = owner;
    int err = 0;

    if (kind == MN_JSON_STRING)
        push_text(r, text);
    else if (kind == MN_JSON_NUMBER)
        err = push_number(r, text);
    else if (kind == MN_JSON_BOOL)
        lua_pushboolean(r->L, text.p[0] == 't');
    else
        mn_push_null(r->L);
    if (err == 0)
        settle(r);
    return err;
}

static int on_open(void *owner, enum mn_json_kind kind)
{
    struct reading *r = owner;

    luaL_checkstack(r->L, 8, "JSON nested too deep");
    lua_newtable(r->L);
    if (kind == MN_JSON_ARRAY)
        luaL_setmetatable(r->L, MN_ARRAY_MT);
    r->levels[++r->depth] = (struct level){.is_array = kind == MN_JSON_ARRAY};
    return 0;
}

static int on_close(void *owner, enum mn_json_kind kind)
{
    struct reading *r = owner;

    (void)kind;
    r->depth--;
    settle(r);
    return 0;
}

int mn_push_json_with(lua_State *L, struct mn_str text, struct mn_buf *scratch,
                      struct mn_json_fault *why)
{
    static const struct mn_json_visitor visitor = {on_key, on_scalar, on_open, on_close};
    static const struct mn_json_limits limits = {
        .bytes = 16 << 20, .depth = MN_CONVERT_DEPTH, .values = 50000};
    struct reading r = {.L = L, .scratch = scratch};
    int err, top = lua_gettop(L);

    luaL_checkstack(L, 8, "JSON nested too deep");
    err = mn_json_walk(text, &limits, &visitor, &r, why);
    if (err != 0)
        lua_settop(L, top);
    if (r.too_large)
        why->what = "a number too large";
    return err;
}

int mn_push_json(lua_State *L, struct mn_str text, struct mn_json_fault *why)
{
    return mn_push_json_with(L, text, &mn_vm_of(L)->scratch, why);
}
