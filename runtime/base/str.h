/* str.h - a borrowed slice of bytes. Valid only as long as whatever it points into. */
#ifndef MN_BASE_STR_H
#define MN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct mn_str {
    const char *p; /* not terminated; may be NULL when n is 0 */
    size_t n;
};

#define MN_STR(lit) ((struct mn_str){(lit), sizeof(lit) - 1})

/* For printf: printf("%.*s", MN_FMT(slice)). */
#define MN_FMT(s) (int)(s).n, (s).p

static inline struct mn_str mn_str(const char *text)
{
    return (struct mn_str){text, text != NULL ? strlen(text) : 0};
}

static inline bool mn_str_same(struct mn_str a, struct mn_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool mn_str_is(struct mn_str s, const char *text)
{
    return mn_str_same(s, mn_str(text));
}

static inline bool mn_str_starts(struct mn_str s, struct mn_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

#endif
