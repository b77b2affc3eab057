/* sha256.c - the digest behind sha256.h. Not OpenSSL's, which is at home in io only. */
#include "base/sha256.h"

#include <stdint.h>
#include <string.h>

#define BLOCK 64

struct digest {
    uint32_t h[8];
    unsigned char block[BLOCK];
    size_t held;    /* bytes of the block */
    uint64_t total; /* bytes so far */
};

static const uint32_t rounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void spread(uint32_t w[64], const unsigned char *block)
{
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];

        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

static void take(struct digest *d)
{
    uint32_t w[64], s[8];

    spread(w, d->block);
    memcpy(s, d->h, sizeof(s));
    for (int i = 0; i < 64; i++) {
        uint32_t a = s[0], e = s[4];
        uint32_t one = s[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                       ((e & s[5]) ^ (~e & s[6])) + rounds[i] + w[i];
        uint32_t two =
            (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(s[0]));
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++)
        d->h[i] += s[i];
    d->held = 0;
}

static void begin(struct digest *d)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memcpy(d->h, first, sizeof(first));
    d->held = 0;
    d->total = 0;
}

static void add(struct digest *d, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;

    d->total += n;
    while (n > 0) {
        size_t some = n < BLOCK - d->held ? n : BLOCK - d->held;

        memcpy(d->block + d->held, at, some);
        d->held += some;
        at += some;
        n -= some;
        if (d->held == BLOCK)
            take(d);
    }
}

static void end(struct digest *d, unsigned char out[MN_SHA256_BYTES])
{
    uint64_t bits = d->total * 8;

    d->block[d->held++] = 0x80;
    if (d->held > BLOCK - 8) {
        memset(d->block + d->held, 0, BLOCK - d->held);
        take(d);
    }
    memset(d->block + d->held, 0, BLOCK - d->held);
    for (int i = 0; i < 8; i++)
        d->block[BLOCK - 1 - i] = (unsigned char)(bits >> 8 * i);
    take(d);
    for (int i = 0; i < MN_SHA256_BYTES; i++)
        out[i] = (unsigned char)(d->h[i / 4] >> (24 - i % 4 * 8));
}

void mn_sha256(struct mn_str bytes, unsigned char out[MN_SHA256_BYTES])
{
    struct digest d;

    begin(&d);
    add(&d, bytes.p, bytes.n);
    end(&d, out);
}

/* Begins with the key as a block, each byte of it changed so. */
static void begin_keyed(struct digest *d, const unsigned char key[BLOCK], unsigned char change)
{
    unsigned char pad[BLOCK];

    for (int i = 0; i < BLOCK; i++)
        pad[i] = key[i] ^ change;
    begin(d);
    add(d, pad, BLOCK);
}

void mn_hmac_sha256(struct mn_str key, struct mn_str bytes, unsigned char out[MN_SHA256_BYTES])
{
    unsigned char block[BLOCK] = {0};
    struct digest d;

    if (key.n > BLOCK)
        mn_sha256(key, block);
    else if (key.n > 0)
        memcpy(block, key.p, key.n);
    begin_keyed(&d, block, 0x36);
    add(&d, bytes.p, bytes.n);
    end(&d, out);
    begin_keyed(&d, block, 0x5c);
    add(&d, out, MN_SHA256_BYTES);
    end(&d, out);
}
