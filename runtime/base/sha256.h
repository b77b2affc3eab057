/* sha256.h - SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), of bytes that are all there. */
#ifndef MN_BASE_SHA256_H
#define MN_BASE_SHA256_H

#include "base/str.h"

#define MN_SHA256_BYTES 32

void mn_sha256(struct mn_str bytes, unsigned char out[MN_SHA256_BYTES]);
void mn_hmac_sha256(struct mn_str key, struct mn_str bytes, unsigned char out[MN_SHA256_BYTES]);

#endif
