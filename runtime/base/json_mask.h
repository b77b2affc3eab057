/* json_mask.h - takes a secret out of JSON text, however it is written there. */
#ifndef MN_BASE_JSON_MASK_H
#define MN_BASE_JSON_MASK_H

#include "base/buf.h"

#define MN_MASK_MIN 4 /* bytes; masking what is shorter would hide half of every text */

/* Replaces secret wherever it stands in json: as it is, as a string's text has it, and as a string
 * within a string (a tool's arguments). shown stands there instead, which must need no escaping.
 * Without memory for it, json ends up empty: better than a secret. */
void mn_json_mask(struct mn_buf *json, struct mn_str secret, const char *shown);

#endif
