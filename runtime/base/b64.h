/* b64.h - base64 (RFC 4648, with padding). */
#ifndef MN_BASE_B64_H
#define MN_BASE_B64_H

#include "base/buf.h"

/* Appends the encoding of n bytes to out. Returns out's sticky error. */
int mn_b64_encode(struct mn_buf *out, const void *bytes, size_t n);

/* Appends the decoding to out. Returns 0, MN_EPROTOCOL when text is not base64 (out is then as it
 * was), or out's sticky error. */
int mn_b64_decode(struct mn_buf *out, struct mn_str text);

/* How many bytes a well-formed text decodes to; reads only its length and its last two bytes. */
size_t mn_b64_decoded(struct mn_str text);

#endif
