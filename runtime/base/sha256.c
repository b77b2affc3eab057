/* sha256.c - OpenSSL's digests behind sha256.h. */
#include "base/sha256.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/* OpenSSL takes no NULL, even for nothing. */
static const void *bytes_of(struct mn_str s)
{
    return s.n > 0 ? s.p : "";
}

int mn_sha256(struct mn_str bytes, unsigned char out[MN_SHA256_BYTES])
{
    if (EVP_Digest(bytes_of(bytes), bytes.n, out, NULL, EVP_sha256(), NULL) == 1)
        return 0;
    memset(out, 0, MN_SHA256_BYTES);
    return -ENOMEM;
}

int mn_hmac_sha256(struct mn_str key, struct mn_str bytes, unsigned char out[MN_SHA256_BYTES])
{
    unsigned n = 0;

    if (HMAC(EVP_sha256(), bytes_of(key), (int)key.n, bytes_of(bytes), bytes.n, out, &n) != NULL)
        return 0;
    memset(out, 0, MN_SHA256_BYTES);
    return -ENOMEM;
}

bool mn_same_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
