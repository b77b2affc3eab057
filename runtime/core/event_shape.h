/* event_shape.h - what the fields of each event look like: shapes.def and fields.def as constants.
 */
#ifndef MN_CORE_EVENT_SHAPE_H
#define MN_CORE_EVENT_SHAPE_H

#include "core/event.h"

enum mn_shape_kind {
    MN_SHAPE_ANY,
    MN_SHAPE_STRING,
    MN_SHAPE_INTEGER,
    MN_SHAPE_NUMBER,
    MN_SHAPE_BOOLEAN,
    MN_SHAPE_ARRAY,
    MN_SHAPE_OBJECT,
    MN_SHAPE_UNION,
};

enum mn_need { MN_OPTIONAL, MN_NULLABLE, MN_REQUIRED }; /* NULLABLE: optional, and may be null */

struct mn_shape;

struct mn_member {
    const char *name;
    enum mn_need need;
    const struct mn_shape *shape;
};

/* Lists end with NULL; a list that does not apply is NULL, a bound that does not is 0. */
struct mn_shape {
    enum mn_shape_kind kind;
    const char *const *words;          /* of a string: the only ones allowed */
    size_t most_bytes;                 /* of a string */
    double min, max;                   /* of an integer or number */
    int most;                          /* elements of an array, members of a map */
    const struct mn_shape *items;      /* of an array; of a map (an object): its members */
    const struct mn_member *members;   /* of an object */
    bool closed;                       /* an object whose other members are refused */
    const struct mn_shape *const *any; /* of a union; none is a union itself */
};

/* NULL when the dialect has no such event. type and event_id are every event's, and not here. */
const struct mn_shape *mn_event_shape(enum mn_event_type type, enum mn_dialect dialect);

/* The member of that name; NULL when the shape has none. */
const struct mn_member *mn_shape_member(const struct mn_shape *shape, const char *name);

bool mn_shape_has_word(const char *const *words, struct mn_str word);

/* Is the value of the shape's kind? Looks at nothing inside it; a union fits nothing. */
bool mn_shape_fits(const struct mn_shape *shape, const struct mn_json *v);

const char *mn_shape_kind_name(enum mn_shape_kind kind); /* "a string", "an integer", ... */

#endif
