/* event_shape.c - shapes.def and fields.def made into constants that point at each other.
 *
 * A compound literal outside a function lives as long as the program, so a shape can hold its lists
 * by their address and the whole table stays in read-only memory. */
#include "core/event_shape.h"

#include <math.h>

#define SHAPE(id, ...)  static const struct mn_shape id = {__VA_ARGS__};
#define LIST(type, ...) ((type[]){__VA_ARGS__})

#define ANY(id)                SHAPE(id, .kind = MN_SHAPE_ANY)
#define BOOLEAN(id)            SHAPE(id, .kind = MN_SHAPE_BOOLEAN)
#define STRING(id, bytes)      SHAPE(id, .kind = MN_SHAPE_STRING, .most_bytes = (bytes))
#define INTEGER(id, low, high) SHAPE(id, .kind = MN_SHAPE_INTEGER, .min = (low), .max = (high))
#define NUMBER(id, low, high)  SHAPE(id, .kind = MN_SHAPE_NUMBER, .min = (low), .max = (high))
#define WORDS(id, ...)                                                                             \
    SHAPE(id, .kind = MN_SHAPE_STRING, .words = LIST(const char *const, __VA_ARGS__, NULL))
#define ARRAY(id, n, of) SHAPE(id, .kind = MN_SHAPE_ARRAY, .most = (n), .items = (of))
#define MAP(id, n, of)   SHAPE(id, .kind = MN_SHAPE_OBJECT, .most = (n), .items = (of))
#define EMPTY(id)        SHAPE(id, .kind = MN_SHAPE_OBJECT)
#define OBJECT(id, ...)  SHAPE(id, .kind = MN_SHAPE_OBJECT, .members = MEMBERS(__VA_ARGS__))
#define CLOSED(id, ...)                                                                            \
    SHAPE(id, .kind = MN_SHAPE_OBJECT, .closed = true, .members = MEMBERS(__VA_ARGS__))
#define UNION(id, ...)                                                                             \
    SHAPE(id, .kind = MN_SHAPE_UNION, .any = LIST(const struct mn_shape *const, __VA_ARGS__, NULL))

/* clang-format off */
#define MEMBERS(...)       LIST(const struct mn_member, __VA_ARGS__, {NULL})
#define OPTIONAL(name, id) {name, MN_OPTIONAL, &(id)}
#define NULLABLE(name, id) {name, MN_NULLABLE, &(id)}
#define REQUIRED(name, id) {name, MN_REQUIRED, &(id)}
/* clang-format on */

#include "core/shapes.def"

static const struct mn_shape *const shapes[MN_EV_COUNT][2] = {
#define FIELDS(event, ga, beta) [MN_EV_##event] = {[MN_GA] = (ga), [MN_BETA] = (beta)},
#include "core/fields.def"
};

const struct mn_shape *mn_event_shape(enum mn_event_type type, enum mn_dialect dialect)
{
    return (unsigned)type < MN_EV_COUNT ? shapes[type][dialect] : NULL;
}

bool mn_shape_has_word(const char *const *words, struct mn_str word)
{
    while (*words != NULL && !mn_str_is(word, *words))
        words++;
    return *words != NULL;
}

const struct mn_member *mn_shape_member(const struct mn_shape *shape, const char *name)
{
    const struct mn_member *m = shape->members;

    while (m != NULL && m->name != NULL && strcmp(m->name, name) != 0)
        m++;
    return m != NULL && m->name != NULL ? m : NULL;
}

bool mn_shape_fits(const struct mn_shape *shape, const struct mn_json *v)
{
    static const enum mn_json_kind kinds[] = {
        [MN_SHAPE_STRING] = MN_JSON_STRING, [MN_SHAPE_BOOLEAN] = MN_JSON_BOOL,
        [MN_SHAPE_ARRAY] = MN_JSON_ARRAY,   [MN_SHAPE_OBJECT] = MN_JSON_OBJECT,
        [MN_SHAPE_UNION] = MN_JSON_ABSENT, /* decided before (event_union.h) */
    };
    int64_t whole;
    double n;

    switch (shape->kind) {
    case MN_SHAPE_ANY:
        return true;
    case MN_SHAPE_INTEGER:
        return mn_json_to_int(v, &whole);
    case MN_SHAPE_NUMBER:
        return mn_json_to_num(v, &n);
    default:
        return mn_json_kind(v) == kinds[shape->kind];
    }
}

const char *mn_shape_kind_name(enum mn_shape_kind kind)
{
    static const char *const names[] = {
        [MN_SHAPE_ANY] = "anything",       [MN_SHAPE_STRING] = "a string",
        [MN_SHAPE_INTEGER] = "an integer", [MN_SHAPE_NUMBER] = "a number",
        [MN_SHAPE_BOOLEAN] = "a boolean",  [MN_SHAPE_ARRAY] = "an array",
        [MN_SHAPE_OBJECT] = "an object",   [MN_SHAPE_UNION] = "one of several",
    };

    return names[kind];
}
