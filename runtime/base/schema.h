/* schema.h - JSON Schema (draft 2020-12) as function tools use it.
 *
 * A schema is compiled once, when an app loads; keywords it does not know are refused then, never
 * ignored. Checking names the path of the first thing that is wrong, in words a model can act on:
 * "born: expected a date as YYYY-MM-DD, got \"May\"". */
#ifndef MN_BASE_SCHEMA_H
#define MN_BASE_SCHEMA_H

#include "base/json.h"

struct mn_schema;

/* text is the schema as JSON. Returns 0 (owned: mn_schema_free), or an error with a sentence in
 * why. */
int mn_schema_compile(struct mn_schema **out, struct mn_str text, struct mn_buf *why);
void mn_schema_free(struct mn_schema *s);

/* Returns 0, or MN_EPROTOCOL with a sentence in why. */
int mn_schema_check(const struct mn_schema *s, const struct mn_json *value, struct mn_buf *why);

#endif
