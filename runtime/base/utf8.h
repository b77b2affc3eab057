/* utf8.h - well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
 */
#ifndef MN_BASE_UTF8_H
#define MN_BASE_UTF8_H

#include "base/str.h"

#include <stdint.h>

/* The length in bytes of the character at the start of s: 1 to 4, or 0 when there is none or it is
 * not well-formed. */
size_t mn_utf8_size(struct mn_str s);

bool mn_utf8_valid(struct mn_str s);
size_t mn_utf8_count(struct mn_str s); /* characters; a byte that is part of none counts as one */

/* Cuts s to at most n bytes without splitting a character. */
struct mn_str mn_utf8_cut(struct mn_str s, size_t n);

/* Writes code as 1 to 4 bytes; returns how many. code must be a character, not a surrogate. */
size_t mn_utf8_put(char out[4], uint32_t code);

/* How many bytes from p on need no look in a JSON string: ASCII, no control, '"' or '\'. Sixty-four
 * at a time, since nearly all a worker reads is base64. */
size_t mn_ascii_run(struct mn_str s);

#endif
