/* json.h - JSON from outside: a strict scan with limits, then typed getters on a tree.
 *
 * cJSON is lenient and slow on hostile input (docs/architecture.md, traps), so nothing reaches it
 * that the scan has not passed: RFC 8259 to the letter, UTF-8, no \u0000, depth, values and bytes
 * bounded. json.c is the only file that knows cJSON.
 *
 * Getters accept NULL and wrong kinds and answer "absent", so a path is read without a ladder of
 * checks. What they return is borrowed from the tree. */
#ifndef MN_BASE_JSON_H
#define MN_BASE_JSON_H

#include "base/buf.h"

#include <stdint.h>

struct mn_json; /* a value in a tree */

struct mn_json_limits {
    size_t bytes;
    int depth;  /* nested arrays and objects */
    int values; /* scalars, arrays and objects counted together */
};

/* 15 MiB of audio in one event is the Realtime API's own limit, so a frame may be 16 MiB. */
extern const struct mn_json_limits mn_json_frame; /* 16 MiB, depth 32, 50,000 values */

struct mn_json_fault {
    size_t at;        /* byte offset */
    const char *what; /* static: "expected ':'", "nested too deep" ... */
};

enum mn_json_kind {
    MN_JSON_ABSENT,
    MN_JSON_NULL,
    MN_JSON_BOOL,
    MN_JSON_NUMBER,
    MN_JSON_STRING,
    MN_JSON_ARRAY,
    MN_JSON_OBJECT,
};

/* What a walk meets, in order. text is the token as written: a string with its quotes and escapes.
 * A member's key comes just before its value. Any callback may be NULL; a non-zero return stops the
 * walk and is its result. */
struct mn_json_visitor {
    int (*key)(void *owner, struct mn_str text);
    int (*scalar)(void *owner, enum mn_json_kind kind, struct mn_str text);
    int (*open)(void *owner, enum mn_json_kind kind);
    int (*close)(void *owner, enum mn_json_kind kind);
};

/* Checks text without building anything. Returns 0, MN_EJSON or MN_ELIMIT; why may be NULL. */
int mn_json_scan(struct mn_str text, const struct mn_json_limits *limits,
                 struct mn_json_fault *why);

/* The same, calling the visitor on the way (exact numbers, no tree). */
int mn_json_walk(struct mn_str text, const struct mn_json_limits *limits,
                 const struct mn_json_visitor *visitor, void *owner, struct mn_json_fault *why);

/* Appends the bytes a string token (with quotes, passed by the scan) stands for. Returns out's
 * sticky error. */
int mn_json_unquote(struct mn_str token, struct mn_buf *out);

/* Scans, then builds. *out is owned by the caller (mn_json_free) and NULL on failure. */
int mn_json_parse(struct mn_json **out, struct mn_str text, const struct mn_json_limits *limits,
                  struct mn_json_fault *why);
void mn_json_free(struct mn_json *v); /* accepts NULL; only for what mn_json_parse returned */

enum mn_json_kind mn_json_kind(const struct mn_json *v);
const char *mn_json_kind_name(enum mn_json_kind kind);

const struct mn_json *mn_json_get(const struct mn_json *object, const char *key);
const struct mn_json *mn_json_first(const struct mn_json *v); /* of an array or object, or NULL */
const struct mn_json *mn_json_next(const struct mn_json *v);  /* its sibling, or NULL */
struct mn_str mn_json_key(const struct mn_json *v);           /* of an object's member */
int mn_json_count(const struct mn_json *v);

/* The value itself. */
struct mn_str mn_json_text(const struct mn_json *v);        /* {NULL, 0} unless a string */
bool mn_json_to_int(const struct mn_json *v, int64_t *out); /* false unless a whole number < 2^53 */
bool mn_json_to_num(const struct mn_json *v, double *out);
bool mn_json_to_bool(const struct mn_json *v, bool *out);

/* Whether both are the same value, as JSON Schema means it: numbers by value, objects in any order.
 * An object in which a name stands twice is the same as none. */
bool mn_json_same(const struct mn_json *a, const struct mn_json *b);

/* An object's member. */
static inline struct mn_str mn_json_str(const struct mn_json *object, const char *key)
{
    return mn_json_text(mn_json_get(object, key));
}
static inline int64_t mn_json_int(const struct mn_json *object, const char *key, int64_t otherwise)
{
    int64_t n;

    return mn_json_to_int(mn_json_get(object, key), &n) ? n : otherwise;
}
static inline double mn_json_num(const struct mn_json *object, const char *key, double otherwise)
{
    double n;

    return mn_json_to_num(mn_json_get(object, key), &n) ? n : otherwise;
}
static inline bool mn_json_bool(const struct mn_json *object, const char *key, bool otherwise)
{
    bool yes;

    return mn_json_to_bool(mn_json_get(object, key), &yes) ? yes : otherwise;
}

/* Appends v as compact JSON, members in the order they came. Returns out's sticky error. */
int mn_json_print(const struct mn_json *v, struct mn_buf *out);

#endif
