/* to_json.c - the writer of convert.h. It raises in the middle, so it owns nothing: keys are sorted
 * in a userdata, the output is the caller's. */
#include "base/json_write.h"
#include "script/convert.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

struct step { /* of the path to the value being written */
    const char *key;
    lua_Integer place; /* when key is NULL */
};

struct writing {
    const char *label;
    struct mn_buf *out;
    struct step path[MN_CONVERT_DEPTH];
    int depth;
};

static void put(lua_State *L, struct writing *w, int index);

static int refuse(lua_State *L, const struct writing *w, const char *what)
{
    luaL_Buffer b;

    luaL_buffinit(L, &b);
    luaL_addstring(&b, w->label);
    for (int i = 0; i < w->depth; i++) {
        if (w->path[i].key != NULL)
            lua_pushfstring(L, ".%s", w->path[i].key);
        else
            lua_pushfstring(L, "[%I]", (LUAI_UACINT)w->path[i].place);
        luaL_addvalue(&b);
    }
    lua_pushfstring(L, ": %s", what);
    luaL_addvalue(&b);
    luaL_pushresult(&b);
    return lua_error(L);
}

struct key {
    const char *p; /* anchored by the table it is a key of */
    size_t n;
};

static int by_bytes(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = memcmp(x->p, y->p, n);

    return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* Pushes a userdata with the n keys of the table at index, sorted. */
static struct key *sorted_keys(lua_State *L, int index, size_t n)
{
    struct key *keys = lua_newuserdatauv(L, n * sizeof(*keys), 0);
    size_t i = 0;

    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        keys[i].p = lua_tolstring(L, -1, &keys[i].n);
        i++;
    }
    qsort(keys, n, sizeof(*keys), by_bytes);
    return keys;
}

static void put_object(lua_State *L, struct writing *w, int index, size_t n)
{
    struct key *keys = sorted_keys(L, index, n);

    mn_buf_add_byte(w->out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            mn_buf_add_byte(w->out, ',');
        mn_json_quote(w->out, (struct mn_str){keys[i].p, keys[i].n});
        mn_buf_add_byte(w->out, ':');
        w->path[w->depth++] = (struct step){.key = keys[i].p};
        lua_pushlstring(L, keys[i].p, keys[i].n);
        lua_rawget(L, index);
        put(L, w, lua_gettop(L));
        lua_pop(L, 1);
        w->depth--;
    }
    mn_buf_add_byte(w->out, '}');
    lua_pop(L, 1);
}

static void put_array(lua_State *L, struct writing *w, int index, size_t n)
{
    mn_buf_add_byte(w->out, '[');
    for (size_t i = 1; i <= n; i++) {
        if (i > 1)
            mn_buf_add_byte(w->out, ',');
        w->path[w->depth++] = (struct step){.place = (lua_Integer)i};
        lua_rawgeti(L, index, (lua_Integer)i);
        put(L, w, lua_gettop(L));
        lua_pop(L, 1);
        w->depth--;
    }
    mn_buf_add_byte(w->out, ']');
}

/* What kind of table it is: an array has the keys 1 to n, an object only strings. */
static void put_table(lua_State *L, struct writing *w, int index)
{
    bool array = luaL_getmetafield(L, index, "__name") != LUA_TNIL;
    size_t strings = 0, places = 0, last = lua_rawlen(L, index);

    if (array) {
        if (!lua_isstring(L, -1) || strcmp(lua_tostring(L, -1), MN_ARRAY_MT) != 0)
            refuse(L, w, lua_pushfstring(L, "a %s, which JSON cannot hold", lua_tostring(L, -1)));
        lua_pop(L, 1);
    }
    lua_pushnil(L);
    while (lua_next(L, index) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            strings++;
        else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1)
            places++;
        else
            refuse(L, w, lua_pushfstring(L, "a key that is a %s", luaL_typename(L, -1)));
    }
    if (strings > 0 && (places > 0 || array))
        refuse(L, w, "a table that is both a list and an object");
    if (places != 0 && places != last)
        refuse(L, w, "a list with holes (or an object with numbers as keys)");
    if (places > 0 || array)
        put_array(L, w, index, places);
    else
        put_object(L, w, index, strings);
}

static void put_number(lua_State *L, struct writing *w, int index)
{
    double x;

    if (lua_isinteger(L, index)) {
        mn_buf_addf(w->out, LUA_INTEGER_FMT, lua_tointeger(L, index));
        return;
    }
    x = lua_tonumber(L, index);
    if (!isfinite(x))
        refuse(L, w, isnan(x) ? "nan, which JSON cannot hold" : "inf, which JSON cannot hold");
    if (x == 0.0)
        mn_buf_add_byte(w->out, '0'); /* also -0.0, which no reader expects */
    else
        mn_json_number(w->out, x);
}

static void put(lua_State *L, struct writing *w, int index)
{
    struct mn_str s;

    if (w->out->err != 0)
        return; /* too large: a few tables that hold one another may stand for billions of values */
    luaL_checkstack(L, 8, "a value nested too deep");
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        mn_buf_add_text(w->out, "null");
        break;
    case LUA_TBOOLEAN:
        mn_buf_add_text(w->out, lua_toboolean(L, index) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        put_number(L, w, index);
        break;
    case LUA_TSTRING:
        s.p = lua_tolstring(L, index, &s.n);
        mn_json_quote(w->out, s);
        break;
    case LUA_TTABLE:
        if (w->depth == MN_CONVERT_DEPTH)
            refuse(L, w, "nested too deep (over 32), or a table that holds itself");
        put_table(L, w, index);
        break;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) == NULL) {
            mn_buf_add_text(w->out, "null");
            break;
        }
        /* fall through */
    default:
        refuse(L, w, lua_pushfstring(L, "a %s, which JSON cannot hold", luaL_typename(L, index)));
    }
}

void mn_to_json(lua_State *L, int index, const char *label, struct mn_buf *out)
{
    struct writing w = {.label = label, .out = out};

    put(L, &w, lua_absindex(L, index));
}
