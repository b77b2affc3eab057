/* pattern.h - Lua's patterns matched by our own hand, because no hook stops C: each step is
 * counted, so that a pattern ends with its slice of CPU, or with a limit of its own.
 *
 * What matches, what is captured and what is malformed are as in Lua 5.4 to the byte;
 * tests/fuzz/fuzz_pattern.c holds it to that. Raises as Lua does, so it holds nothing that needs
 * freeing. */
#ifndef MN_SCRIPT_PATTERN_H
#define MN_SCRIPT_PATTERN_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MN_PATTERN_MAX      256 /* bytes of a pattern; bounds how deep a match nests */
#define MN_PATTERN_CAPTURES 32  /* as in Lua */

struct mn_capture {
    const char *from;
    ptrdiff_t n; /* or one of the two below */
};
#define MN_CAPTURE_OPEN  (-1)
#define MN_CAPTURE_PLACE (-2) /* "()" */

/* A text and a pattern, both borrowed and both with a NUL behind them, as Lua's strings have. */
struct mn_pattern {
    lua_State *L;
    const char *name; /* of the function that matches, for messages */
    const char *text, *text_end;
    const char *p_end;
    int left;      /* steps until somebody looks */
    int64_t taken; /* those looked at */
    int level;     /* captures of the last match */
    struct mn_capture captures[MN_PATTERN_CAPTURES];
};

/* The steps of one call of find, match, gsub, or of what gmatch gives. */
void mn_pattern_begin(struct mn_pattern *m, lua_State *L);

/* Where a match of p that begins at s ends, or NULL. */
const char *mn_pattern_match(struct mn_pattern *m, const char *s, const char *p);

/* The same for the first place from *s on, which *s is then. A match that ends at last is none:
 * else "x*" would find nothing twice where it has just ended. */
const char *mn_pattern_search(struct mn_pattern *m, const char **s, const char *p,
                              const char *last);

/* A capture of a match from s to e, which is the first when the pattern has none. */
struct mn_capture mn_pattern_capture(struct mn_pattern *m, int capture, const char *s,
                                     const char *e);
lua_Integer mn_pattern_place(const struct mn_pattern *m, struct mn_capture capture);
void mn_pattern_push(struct mn_pattern *m, int capture, const char *s, const char *e);

/* Pushes all; with s, the whole match when there are none. Returns how many. */
int mn_pattern_push_all(struct mn_pattern *m, const char *s, const char *e);

/* Whether p is only text, so that any search does. */
bool mn_pattern_is_plain(const char *p, size_t n);

#endif
