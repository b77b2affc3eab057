/* schema.h - JSON Schema (draft 2020-12) as function tools use it.
 *
 * Known: type, enum, const; properties, required, additionalProperties; items, prefixItems,
 * minItems, maxItems; minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf; minLength,
 * maxLength, pattern, format (date, time, date-time, email, hostname, uri, uuid, ipv4, ipv6);
 * anyOf, oneOf, allOf, not; $ref to "#" and "#/$defs/name", $defs in the outermost schema. Ignored:
 * title, description, default, examples, deprecated, $comment, $schema.
 *
 * A schema is compiled once, when an app loads; keywords it does not know are refused then, never
 * ignored. Checking names the path of the first thing that is wrong, in words a model can act on:
 * "born: expected a date as YYYY-MM-DD, got \"May\"". */
#ifndef MN_BASE_SCHEMA_H
#define MN_BASE_SCHEMA_H

#include "base/json.h"

struct mn_schema;

/* text is the schema as JSON. Returns 0 (owned: mn_schema_free), or MN_ECONFIG, MN_EJSON or
 * MN_ELIMIT with a sentence in why, or -ENOMEM. */
int mn_schema_compile(struct mn_schema **out, struct mn_str text, struct mn_buf *why);
void mn_schema_free(struct mn_schema *s);

/* Returns 0; MN_EPROTOCOL, or MN_ELIMIT when the schema refers to itself without end, with a
 * sentence in why; or -ENOMEM. */
int mn_schema_check(const struct mn_schema *s, const struct mn_json *value, struct mn_buf *why);

#endif
