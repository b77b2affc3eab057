/* lib_string.c - string functions with limits, because the watchdog cannot stop C.
 *
 * WHY  No hook fires inside a C function: ("a"):rep(220):find(("a-"):rep(4).."b") was measured to
 * hold the loop for 32 s in Lua's own. So find, match, gmatch and gsub are ours, on a matcher that
 * counts its steps (pattern.h); what else can grow is bounded by size. */
#include "script/natives.h"
#include "script/pattern.h"

#include <lauxlib.h>
#include <string.h>

#define REP_MAX  (1 << 20) /* bytes string.rep may make */
#define TEXT_MAX (1 << 20) /* bytes matched against; an HTTP body's default limit */

static int stock(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int rep(lua_State *L)
{
    lua_Integer n = luaL_checkinteger(L, 2);
    size_t len, sep;

    luaL_checklstring(L, 1, &len);
    luaL_optlstring(L, 3, "", &sep);
    if (n < 1 || len + sep == 0) { /* the stock one counts to n even for nothing */
        lua_pushliteral(L, "");
        return 1;
    }
    if ((size_t)n > REP_MAX / (len + sep))
        return luaL_error(L, "string.rep: the result would be over 1 MB");
    return stock(L);
}

/* Reads the text at 1 and the pattern at 2, which is returned, and bounds both. */
static const char *given(lua_State *L, struct mn_pattern *m, const char *name, bool plain)
{
    size_t text_n, n;
    const char *text = luaL_checklstring(L, 1, &text_n), *p = luaL_checklstring(L, 2, &n);

    if (text_n > TEXT_MAX)
        luaL_error(L, "string.%s: the text is over 1 MB", name);
    if (n > MN_PATTERN_MAX && !plain)
        luaL_error(L, "string.%s: the pattern is over %d bytes", name, MN_PATTERN_MAX);
    m->name = name;
    m->text = text;
    m->text_end = text + text_n;
    m->p_end = p + n;
    mn_pattern_begin(m, L);
    return p;
}

/* Where to begin, from the argument at 3: past the end of a text, NULL. */
static const char *begin(lua_State *L, const struct mn_pattern *m)
{
    lua_Integer n = m->text_end - m->text, from = luaL_optinteger(L, 3, 1);

    if (from < 0)
        from = from < -n ? 1 : n + from + 1;
    else if (from == 0)
        from = 1;
    return from > n + 1 ? NULL : m->text + from - 1;
}

static int push_places(lua_State *L, const struct mn_pattern *m, const char *s, const char *e)
{
    lua_pushinteger(L, s - m->text + 1);
    lua_pushinteger(L, e - m->text);
    return 2;
}

static int find_plain(lua_State *L, const struct mn_pattern *m, const char *s, const char *p)
{
    size_t n = (size_t)(m->p_end - p);
    const char *at = n == 0 ? s : memmem(s, (size_t)(m->text_end - s), p, n);

    if (at != NULL)
        return push_places(L, m, at, at + n);
    luaL_pushfail(L);
    return 1;
}

/* The first match from *s on; an anchored one begins there. */
static const char *first(struct mn_pattern *m, const char **s, const char *p)
{
    if (p < m->p_end && *p == '^')
        return mn_pattern_match(m, *s, p + 1);
    return mn_pattern_search(m, s, p, NULL);
}

static int find(lua_State *L)
{
    bool is_plain = lua_toboolean(L, 4);
    struct mn_pattern m;
    const char *p = given(L, &m, "find", is_plain), *s = begin(L, &m), *e = NULL;

    if (s != NULL && (is_plain || mn_pattern_is_plain(p, (size_t)(m.p_end - p))))
        return find_plain(L, &m, s, p);
    if (s != NULL)
        e = first(&m, &s, p);
    if (e != NULL)
        return push_places(L, &m, s, e) + mn_pattern_push_all(&m, NULL, NULL);
    luaL_pushfail(L);
    return 1;
}

static int match(lua_State *L)
{
    struct mn_pattern m;
    const char *p = given(L, &m, "match", false), *s = begin(L, &m), *e = NULL;

    if (s != NULL)
        e = first(&m, &s, p);
    if (e != NULL)
        return mn_pattern_push_all(&m, s, e);
    luaL_pushfail(L);
    return 1;
}

struct walk { /* of gmatch; text and pattern are upvalues beside it */
    struct mn_pattern m;
    const char *s, *p, *last;
};

static int next_match(lua_State *L)
{
    struct walk *w = lua_touserdata(L, lua_upvalueindex(3));
    const char *s = w->s, *e;

    mn_pattern_begin(&w->m, L);
    e = s != NULL ? mn_pattern_search(&w->m, &s, w->p, w->last) : NULL;
    w->s = w->last = e;
    return e != NULL ? mn_pattern_push_all(&w->m, s, e) : 0;
}

static int gmatch(lua_State *L)
{
    struct walk *w;

    lua_settop(L, 3);
    w = lua_newuserdatauv(L, sizeof(*w), 0);
    memset(w, 0, sizeof(*w));
    w->p = given(L, &w->m, "gmatch", false);
    w->s = begin(L, &w->m);
    lua_remove(L, 3);
    lua_pushcclosure(L, next_match, 3);
    return 1;
}

static void add_capture(lua_State *L, luaL_Buffer *out, const struct mn_pattern *m,
                        struct mn_capture capture)
{
    if (capture.n != MN_CAPTURE_PLACE) {
        luaL_addlstring(out, capture.from, (size_t)capture.n);
        return;
    }
    lua_pushinteger(L, mn_pattern_place(m, capture));
    luaL_addvalue(out);
}

/* Adds the words at 3 with their %0 to %9. */
static void add_words(lua_State *L, luaL_Buffer *out, struct mn_pattern *m, const char *s,
                      const char *e)
{
    size_t n;
    const char *words = lua_tolstring(L, 3, &n), *end = words + n, *at;

    while ((at = memchr(words, '%', (size_t)(end - words))) != NULL) {
        luaL_addlstring(out, words, (size_t)(at - words));
        at++; /* behind the last there is a NUL */
        if (*at == '%') {
            luaL_addchar(out, '%');
        } else if (*at == '0') {
            luaL_addlstring(out, s, (size_t)(e - s));
        } else if (*at >= '1' && *at <= '9') {
            add_capture(L, out, m, mn_pattern_capture(m, *at - '1', s, e));
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        words = at + 1;
    }
    luaL_addlstring(out, words, (size_t)(end - words));
}

/* Adds what goes in place of a match. False when that is the match itself. */
static bool replace(lua_State *L, luaL_Buffer *out, struct mn_pattern *m, const char *s,
                    const char *e)
{
    switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, mn_pattern_push_all(m, s, e), 1);
        break;
    case LUA_TTABLE:
        mn_pattern_push(m, 0, s, e);
        lua_gettable(L, 3);
        break;
    default:
        add_words(L, out, m, s, e);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, s, (size_t)(e - s));
        return false;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return true;
}

/* Adds the text with its replacements, at most most of them. Returns how many there were. */
static lua_Integer replace_all(lua_State *L, luaL_Buffer *out, struct mn_pattern *m, const char *p,
                               lua_Integer most, bool *changed)
{
    bool is_anchored = p < m->p_end && *p == '^';
    const char *at = m->text, *last = NULL;
    lua_Integer n = 0;

    while (n < most && !(is_anchored && n > 0)) {
        const char *s = at, *e;

        e = is_anchored ? mn_pattern_match(m, s, p + 1) : mn_pattern_search(m, &s, p, last);
        if (e == NULL)
            break;
        n++;
        luaL_addlstring(out, at, (size_t)(s - at));
        if (replace(L, out, m, s, e))
            *changed = true;
        at = last = e;
    }
    luaL_addlstring(out, at, (size_t)(m->text_end - at));
    return n;
}

static int gsub(lua_State *L)
{
    struct mn_pattern m;
    const char *p = given(L, &m, "gsub", false);
    int type = lua_type(L, 3);
    lua_Integer n, most = luaL_optinteger(L, 4, m.text_end - m.text + 1);
    bool changed = false;
    luaL_Buffer out;

    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    luaL_buffinit(L, &out);
    n = replace_all(L, &out, &m, p, most, &changed);
    luaL_pushresult(&out);
    if (!changed) /* the string that was given, and no other of the same bytes */
        lua_pushvalue(L, 1);
    lua_pushinteger(L, n);
    return 2;
}

void mn_lib_string(lua_State *L)
{
    static const luaL_Reg ours[] = {
        {"find", find}, {"match", match}, {"gmatch", gmatch}, {"gsub", gsub}, {NULL, NULL}};

    lua_getfield(L, -1, "string");
    lua_getfield(L, -1, "rep");
    lua_pushcclosure(L, rep, 1);
    lua_setfield(L, -2, "rep");
    luaL_setfuncs(L, ours, 0);
    lua_pushnil(L); /* bytecode is not for scripts */
    lua_setfield(L, -2, "dump");
    lua_pop(L, 1);
    lua_pushliteral(L, ""); /* the metatable all strings share */
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}
