/* sha256.h - SHA-256 and HMAC with it, by OpenSSL; and what keys and tokens are compared with. */
#ifndef MN_BASE_SHA256_H
#define MN_BASE_SHA256_H

#include "base/str.h"

#define MN_SHA256_BYTES 32

/* Return 0, or -ENOMEM; then out is all zero. */
int mn_sha256(struct mn_str bytes, unsigned char out[MN_SHA256_BYTES]);
int mn_hmac_sha256(struct mn_str key, struct mn_str bytes, unsigned char out[MN_SHA256_BYTES]);

/* Whether n bytes are the same. The time taken tells nothing of where they differ, so that a key
 * cannot be guessed a byte at a time. */
bool mn_same_secret(const void *a, const void *b, size_t n);

#endif
