/* pattern.c - the matcher behind pattern.h.
 *
 * DESIGN  A pattern is read as it is matched, item by item, and never compiled: a malformed part
 * that no text reaches is no error, in Lua neither. match() goes along a pattern, and calls itself
 * where there is more than one way on. Where the next item is one byte, places that lack it are
 * passed over. */
#include "script/pattern.h"

#include "script/vm.h"

#include <lauxlib.h>
#include <string.h>

/* Eight for each byte of the longest text: more than any pattern needs that goes over it once. */
#define STEPS_MAX       (8 << 20)
#define STEPS_LOOK      4096 /* from one look at the slice to the next: some 10 us */
#define STEPS_AS_INSTR  4    /* steps that take as long as one instruction of Lua */
#define BYTES_AS_A_STEP 16   /* where libc runs over them */

enum { UPPER = 1, LOWER = 2, DIGIT = 4, PUNCT = 8, SPACE = 16, CNTRL = 32, HEX = 64, ZERO = 128 };

static const unsigned char traits[256] = {
    [0] = CNTRL | ZERO,
    [1 ... 8] = CNTRL,
    ['\t' ... '\r'] = CNTRL | SPACE,
    [14 ... 31] = CNTRL,
    [127] = CNTRL,
    [' '] = SPACE,
    ['!' ... '/'] = PUNCT,
    ['0' ... '9'] = DIGIT | HEX,
    [':' ... '@'] = PUNCT,
    ['A' ... 'F'] = UPPER | HEX,
    ['G' ... 'Z'] = UPPER,
    ['[' ... '`'] = PUNCT,
    ['a' ... 'f'] = LOWER | HEX,
    ['g' ... 'z'] = LOWER,
    ['{' ... '~'] = PUNCT,
};

#define CLASS(lower, upper, mask) [lower] = (mask), [upper] = (mask)
static const unsigned char classes[256] = {
    CLASS('a', 'A', UPPER | LOWER),
    CLASS('c', 'C', CNTRL),
    CLASS('d', 'D', DIGIT),
    CLASS('g', 'G', UPPER | LOWER | DIGIT | PUNCT),
    CLASS('l', 'L', LOWER),
    CLASS('p', 'P', PUNCT),
    CLASS('s', 'S', SPACE),
    CLASS('u', 'U', UPPER),
    CLASS('w', 'W', UPPER | LOWER | DIGIT),
    CLASS('x', 'X', HEX),
    CLASS('z', 'Z', ZERO), /* deprecated, and there */
};

static const char *match(struct mn_pattern *m, const char *s, const char *p);

static void look(struct mn_pattern *m)
{
    int64_t taken = STEPS_LOOK - m->left;

    m->taken += taken;
    m->left = STEPS_LOOK;
    mn_vm_spend(m->L, taken / STEPS_AS_INSTR);
    if (m->taken > STEPS_MAX)
        luaL_error(m->L,
                   "string.%s: over %d steps: the pattern has too many ways to match this "
                   "text; anchor it with ^, or use fewer of * + -",
                   m->name, STEPS_MAX);
}

static inline void step(struct mn_pattern *m, ptrdiff_t n)
{
    m->left -= (int)n; /* at most the longest text */
    if (m->left < 0)
        look(m);
}

static inline bool in_class(unsigned char c, unsigned char class)
{
    unsigned char mask = classes[class];

    if (mask == 0)
        return c == class;
    return ((traits[c] & mask) != 0) == ((traits[class] & LOWER) != 0);
}

/* set is at its '[', end at its ']'. */
static bool in_set(unsigned char c, const char *set, const char *end)
{
    bool found = true;

    if (set[1] == '^') {
        found = false;
        set++;
    }
    while (++set < end) {
        if (*set == '%') {
            set++;
            if (in_class(c, (unsigned char)*set))
                return found;
        } else if (set[1] == '-' && set + 2 < end) {
            set += 2;
            if ((unsigned char)set[-2] <= c && c <= (unsigned char)*set)
                return found;
        } else if ((unsigned char)*set == c) {
            return found;
        }
    }
    return !found;
}

static bool is_item(unsigned char c, const char *p, const char *end)
{
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

static const char *set_end(struct mn_pattern *m, const char *p)
{
    if (*p == '^')
        p++;
    do { /* a ']' that comes first is one of the set */
        if (p == m->p_end)
            luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < m->p_end)
            p++;
    } while (*p != ']');
    return p + 1;
}

/* Where the item at p, of one byte, ends. */
static const char *item_end(struct mn_pattern *m, const char *p)
{
    if (*p == '[')
        return set_end(m, p + 1);
    if (*p++ != '%')
        return p;
    if (p == m->p_end)
        luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
}

/* The byte a match of p must begin with, or -1: many, or not so easily told. */
static int first_byte(const struct mn_pattern *m, const char *p)
{
    if (p == m->p_end || strchr("().[$", *p) != NULL)
        return -1; /* a NUL too */
    if (*p == '%' && (++p == m->p_end || (traits[(unsigned char)*p] & PUNCT) == 0))
        return -1;
    return p + 1 < m->p_end && strchr("*?-", p[1]) != NULL ? -1 : (unsigned char)*p;
}

/* How many bytes from s on are the item. */
static ptrdiff_t span(struct mn_pattern *m, const char *s, const char *p, const char *end)
{
    const char *at = s;

    if (*p == '.')
        return m->text_end - s;
    while (at < m->text_end && is_item((unsigned char)*at, p, end))
        at++;
    step(m, at - s);
    return at - s;
}

/* As many as can be, then one less at a time. */
static const char *greedy(struct mn_pattern *m, const char *s, ptrdiff_t n, const char *p)
{
    int must = first_byte(m, p);

    for (; n >= 0; n--) {
        const char *e;

        step(m, 1);
        if (must >= 0 && (s + n == m->text_end || (unsigned char)s[n] != must))
            continue;
        e = match(m, s + n, p);
        if (e != NULL)
            return e;
    }
    return NULL;
}

/* The next place from s on with that byte, or NULL. */
static const char *find_byte(struct mn_pattern *m, const char *s, int byte)
{
    const char *at = s < m->text_end ? memchr(s, byte, (size_t)(m->text_end - s)) : NULL;

    step(m, 1 + ((at != NULL ? at : m->text_end) - s) / BYTES_AS_A_STEP);
    return at;
}

/* None, then one more at a time. */
static const char *lazy(struct mn_pattern *m, const char *s, const char *item, const char *end)
{
    const char *p = end + 1, *e;
    int must = first_byte(m, p);

    for (;; s++) {
        if (must >= 0 && *item == '.') {
            s = find_byte(m, s, must);
            if (s == NULL)
                return NULL;
        }
        e = match(m, s, p);
        if (e != NULL || s == m->text_end || !is_item((unsigned char)*s, item, end))
            return e;
    }
}

static const char *open_capture(struct mn_pattern *m, const char *s, const char *p, ptrdiff_t what)
{
    const char *e;

    if (m->level >= MN_PATTERN_CAPTURES)
        luaL_error(m->L, "too many captures");
    m->captures[m->level++] = (struct mn_capture){s, what};
    e = match(m, s, p);
    if (e == NULL)
        m->level--;
    return e;
}

static const char *close_capture(struct mn_pattern *m, const char *s, const char *p)
{
    int level = m->level - 1;
    const char *e;

    while (level >= 0 && m->captures[level].n != MN_CAPTURE_OPEN)
        level--;
    if (level < 0)
        luaL_error(m->L, "invalid pattern capture");
    m->captures[level].n = s - m->captures[level].from;
    e = match(m, s, p);
    if (e == NULL)
        m->captures[level].n = MN_CAPTURE_OPEN;
    return e;
}

/* %1: what a capture holds, again. */
static const char *again(struct mn_pattern *m, const char *s, unsigned char digit)
{
    int level = digit - '1';
    const struct mn_capture *c = &m->captures[level >= 0 ? level : 0];

    if (level < 0 || level >= m->level || c->n == MN_CAPTURE_OPEN)
        luaL_error(m->L, "invalid capture index %%%d", level + 1);
    if (c->n == MN_CAPTURE_PLACE || m->text_end - s < c->n)
        return NULL;
    step(m, c->n / BYTES_AS_A_STEP);
    return memcmp(c->from, s, (size_t)c->n) == 0 ? s + c->n : NULL;
}

/* %bxy: from an x to the y that closes it. */
static const char *balanced(struct mn_pattern *m, const char *s, const char *p)
{
    const char *from = s;
    int depth = 1;

    if (p + 1 >= m->p_end)
        luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (*s != *p)
        return NULL;
    while (++s < m->text_end) {
        if (*s == p[1] && --depth == 0)
            break;
        if (*s == p[0] && *s != p[1])
            depth++;
    }
    step(m, s - from);
    return s < m->text_end ? s + 1 : NULL;
}

/* %f[set]: from without to within. *p is at the set, then behind it. */
static bool frontier(struct mn_pattern *m, const char *s, const char **p)
{
    unsigned char before = s == m->text ? '\0' : (unsigned char)s[-1];
    const char *set = *p, *end;

    if (*set != '[')
        luaL_error(m->L, "missing '[' after '%%f' in pattern");
    end = item_end(m, set);
    *p = end;
    return !in_set(before, set, end - 1) && in_set((unsigned char)*s, set, end - 1);
}

/* The items that are no bytes: %b, %f and %1. False when *p is none of those; else both go on, *s
 * to NULL when it does not match. */
static bool special(struct mn_pattern *m, const char **s, const char **p)
{
    unsigned char what = (unsigned char)(*p)[1];

    if (what == 'b') {
        *s = balanced(m, *s, *p + 2);
        *p += 4;
    } else if (what == 'f') {
        *p += 2;
        if (!frontier(m, *s, p))
            *s = NULL;
    } else if (traits[what] & DIGIT) {
        *s = again(m, *s, what);
        *p += 2;
    } else {
        return false;
    }
    return true;
}

/* An item of one byte with what follows it. Gives where the whole match ends, or NULL with *s and
 * *p for match() to go on with; *p is NULL when there is no match. */
static const char *item(struct mn_pattern *m, const char **s, const char **p)
{
    const char *from = *p, *end = item_end(m, from), *e;
    bool is = *s < m->text_end && is_item((unsigned char)**s, from, end);

    *p = end + 1; /* behind what says how often */
    switch (*end) {
    case '?':
        return is ? match(m, *s + 1, *p) : NULL;
    case '+':
        e = is ? greedy(m, *s + 1, span(m, *s + 1, from, end), *p) : NULL;
        *p = NULL;
        return e;
    case '*':
        e = greedy(m, *s, is ? span(m, *s, from, end) : 0, *p);
        *p = NULL;
        return e;
    case '-':
        e = lazy(m, *s, from, end);
        *p = NULL;
        return e;
    default:
        *s += is;
        *p = is ? end : NULL;
        return NULL;
    }
}

static const char *match(struct mn_pattern *m, const char *s, const char *p)
{
    while (p != m->p_end) {
        const char *e;

        step(m, 1);
        if (*p == '(')
            return p[1] == ')' ? open_capture(m, s, p + 2, MN_CAPTURE_PLACE)
                               : open_capture(m, s, p + 1, MN_CAPTURE_OPEN);
        if (*p == ')')
            return close_capture(m, s, p + 1);
        if (*p == '$' && p + 1 == m->p_end)
            return s == m->text_end ? s : NULL;
        if (*p == '%' && special(m, &s, &p)) {
            if (s == NULL)
                return NULL;
            continue;
        }
        e = item(m, &s, &p);
        if (e != NULL || p == NULL)
            return e;
    }
    return s;
}

void mn_pattern_begin(struct mn_pattern *m, lua_State *L)
{
    m->L = L;
    m->left = STEPS_LOOK;
    m->taken = 0;
}

const char *mn_pattern_match(struct mn_pattern *m, const char *s, const char *p)
{
    m->level = 0;
    return match(m, s, p);
}

const char *mn_pattern_search(struct mn_pattern *m, const char **s, const char *p, const char *last)
{
    int must = first_byte(m, p);

    for (const char *at = *s; at <= m->text_end; at++) {
        const char *e;

        if (must >= 0) {
            at = find_byte(m, at, must);
            if (at == NULL)
                return NULL;
        }
        e = mn_pattern_match(m, at, p);
        if (e != NULL && e != last) {
            *s = at;
            return e;
        }
    }
    return NULL;
}

struct mn_capture mn_pattern_capture(struct mn_pattern *m, int capture, const char *s,
                                     const char *e)
{
    if (capture >= m->level) {
        if (capture != 0)
            luaL_error(m->L, "invalid capture index %%%d", capture + 1);
        return (struct mn_capture){s, e - s};
    }
    if (m->captures[capture].n == MN_CAPTURE_OPEN)
        luaL_error(m->L, "unfinished capture");
    return m->captures[capture];
}

lua_Integer mn_pattern_place(const struct mn_pattern *m, struct mn_capture capture)
{
    return capture.from - m->text + 1;
}

void mn_pattern_push(struct mn_pattern *m, int capture, const char *s, const char *e)
{
    struct mn_capture c = mn_pattern_capture(m, capture, s, e);

    if (c.n == MN_CAPTURE_PLACE)
        lua_pushinteger(m->L, mn_pattern_place(m, c));
    else
        lua_pushlstring(m->L, c.from, (size_t)c.n);
}

int mn_pattern_push_all(struct mn_pattern *m, const char *s, const char *e)
{
    int n = m->level == 0 && s != NULL ? 1 : m->level;

    luaL_checkstack(m->L, n, "too many captures");
    for (int i = 0; i < n; i++)
        mn_pattern_push(m, i, s, e);
    return n;
}

bool mn_pattern_is_plain(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '\0' && strchr("^$*+?.([%-", p[i]) != NULL)
            return false;
    }
    return true;
}
