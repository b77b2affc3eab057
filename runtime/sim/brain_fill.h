/* brain_fill.h - a function's arguments, found in what was said. */
#ifndef MN_SIM_BRAIN_FILL_H
#define MN_SIM_BRAIN_FILL_H

#include "base/json.h"

struct mn_filled {
    int found;            /* parameters whose kind of value was in the words: a date, a name ... */
    struct mn_str absent; /* the first required one that was not; empty when none is missing */
    struct mn_str about;  /* its description */
};

/* Writes the arguments by a schema's properties (an object schema, or NULL for none) as JSON. A
 * required parameter that is not in the words is left out, unless guess is set: then it gets an
 * empty value of its type. Returns out's sticky error. */
int mn_brain_fill(const struct mn_json *schema, struct mn_str said, bool guess, struct mn_buf *out,
                  struct mn_filled *filled);

#endif
