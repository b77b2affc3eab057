/* b64.c - base64 by tables, behind b64.h.
 *
 * Strict (RFC 4648, section 3): padding is due, nothing but the alphabet is let through, and the
 * bits the last character does not need are zero, so that each text has one meaning and each
 * meaning one text. */
#include "base/b64.h"

#include "base/err.h"

#include <stdint.h>

#define N 0xff /* no digit; the only value with its top bit set */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* clang-format off */
static const uint8_t values[256] = {
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, 62, N, N, N, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, N, N, N, N, N, N,
    N, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, N, N, N, N, N,
    N, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
};
/* clang-format on */

int mn_b64_encode(struct mn_buf *out, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    char *to;

    if (mn_buf_reserve(out, n / 3 * 4 + (n % 3 != 0 ? 4 : 0)) != 0)
        return out->err;
    to = out->p + out->n;
    for (; n >= 3; n -= 3, p += 3, to += 4) {
        to[0] = digits[p[0] >> 2];
        to[1] = digits[(p[0] << 4 | p[1] >> 4) & 63];
        to[2] = digits[(p[1] << 2 | p[2] >> 6) & 63];
        to[3] = digits[p[2] & 63];
    }
    if (n != 0) {
        uint8_t second = n == 2 ? p[1] : 0;

        to[0] = digits[p[0] >> 2];
        to[1] = digits[(p[0] << 4 | second >> 4) & 63];
        to[2] = n == 2 ? digits[(second << 2) & 63] : '=';
        to[3] = '=';
        to += 4;
    }
    *to = '\0';
    out->n = (size_t)(to - out->p);
    return 0;
}

static size_t padding(struct mn_str text)
{
    if (text.n < 4 || text.p[text.n - 1] != '=')
        return 0;
    return text.p[text.n - 2] == '=' ? 2 : 1;
}

size_t mn_b64_decoded(struct mn_str text)
{
    return text.n / 4 * 3 - padding(text);
}

/* Decodes whole groups of four. Returns false when a character is none of the alphabet; looks only
 * once, at the end, since a bad text is rare and the buffer's length is not moved for one. */
static bool groups(uint8_t *to, const uint8_t *p, size_t count)
{
    uint8_t seen = 0;

    for (; count != 0; count--, p += 4, to += 3) {
        uint8_t a = values[p[0]], b = values[p[1]], c = values[p[2]], d = values[p[3]];

        seen |= a | b | c | d;
        to[0] = (uint8_t)(a << 2 | b >> 4);
        to[1] = (uint8_t)(b << 4 | c >> 2);
        to[2] = (uint8_t)(c << 6 | d);
    }
    return (seen & 0x80) == 0;
}

/* Decodes the last group, of which `left` characters (2 or 3) are not padding. */
static bool last_group(uint8_t *to, const uint8_t *p, size_t left)
{
    uint8_t a = values[p[0]], b = values[p[1]], c = left == 3 ? values[p[2]] : 0;
    uint8_t unused = left == 3 ? c & 3 : b & 15;

    to[0] = (uint8_t)(a << 2 | b >> 4);
    if (left == 3)
        to[1] = (uint8_t)(b << 4 | c >> 2);
    return ((a | b | c) & 0x80) == 0 && unused == 0;
}

int mn_b64_decode(struct mn_buf *out, struct mn_str text)
{
    const uint8_t *p = (const uint8_t *)text.p;
    size_t pad = padding(text), whole = text.n / 4 - (pad != 0);
    uint8_t *to;

    if (out->err != 0)
        return out->err;
    if (text.n % 4 != 0)
        return MN_EPROTOCOL;
    if (text.n == 0)
        return 0;
    if (mn_buf_reserve(out, mn_b64_decoded(text)) != 0)
        return out->err;
    to = (uint8_t *)out->p + out->n;
    if (!groups(to, p, whole) ||
        (pad != 0 && !last_group(to + whole * 3, p + whole * 4, 4 - pad))) {
        out->p[out->n] = '\0';
        return MN_EPROTOCOL;
    }
    out->n += mn_b64_decoded(text);
    out->p[out->n] = '\0';
    return 0;
}
