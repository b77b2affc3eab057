/* schema_say.h - sentences about values that do not fit. For schema*.c alone.
 *
 * Each appends one to why, opened by the path, and returns MN_EPROTOCOL (or -ENOMEM). */
#ifndef MN_BASE_SCHEMA_SAY_H
#define MN_BASE_SCHEMA_SAY_H

#include "base/schema_tree.h"

/* Appends the value itself as a sentence shows it: cut when long, "an object" when it is one. */
void mn_say_value(const struct mn_json *v, struct mn_buf *out);

/* "born: expected <what>, got <value>" */
int mn_say_expected(struct mn_buf *why, const struct schema_path *at, const char *what,
                    const struct mn_json *got);

/* The same, with a number after what: "age: expected at least 18, got 7". */
int mn_say_expected_number(struct mn_buf *why, const struct schema_path *at, const char *what,
                           double n, const struct mn_json *got);

/* "name: expected <bound> 2 <noun>s, got 1" */
int mn_say_expected_count(struct mn_buf *why, const struct schema_path *at, const char *bound,
                          double n, const char *noun, size_t got);

/* "age: expected an integer or null, got "x"", from the types the node allows. */
int mn_say_wrong_type(struct mn_buf *why, const struct schema_node *node, const struct mn_json *v,
                      const struct schema_path *at);

#endif
