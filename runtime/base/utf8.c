/* utf8.c - characters and runs of plain bytes, behind utf8.h. */
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define ONES  0x0101010101010101u
#define HIGHS 0x8080808080808080u

/* What may follow each first byte: Table 3-7 of the Unicode standard. Only the second byte's range
 * depends on the first; all later ones are 80..BF. */
static const struct lead {
    unsigned char from, to, size, second_min, second_max;
} leads[] = {
    {0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
    {0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

size_t mn_utf8_size(struct mn_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    const struct lead *lead = leads, *end = leads + sizeof(leads) / sizeof(leads[0]);

    if (s.n == 0)
        return 0;
    if (p[0] < 0x80)
        return 1;
    while (lead < end && !(p[0] >= lead->from && p[0] <= lead->to))
        lead++;
    if (lead == end || s.n < lead->size || p[1] < lead->second_min || p[1] > lead->second_max)
        return 0;
    for (size_t i = 2; i < lead->size; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    return lead->size;
}

/* How many bytes of ASCII s starts with, in whole words of eight. */
static size_t ascii_words(struct mn_str s)
{
    size_t i;
    uint64_t w;

    for (i = 0; i + sizeof(w) <= s.n; i += sizeof(w)) {
        memcpy(&w, s.p + i, sizeof(w));
        if ((w & HIGHS) != 0)
            break;
    }
    return i;
}

/* Every text message of a WebSocket passes here, and nearly all of it is ASCII. */
bool mn_utf8_valid(struct mn_str s)
{
    while (s.n != 0) {
        size_t n = ascii_words(s);

        n = n != 0 ? n : mn_utf8_size(s);
        if (n == 0)
            return false;
        s.p += n;
        s.n -= n;
    }
    return true;
}

size_t mn_utf8_count(struct mn_str s)
{
    size_t count = 0;

    for (; s.n != 0; count++) {
        size_t n = mn_utf8_size(s);

        n = n == 0 ? 1 : n;
        s.p += n;
        s.n -= n;
    }
    return count;
}

struct mn_str mn_utf8_cut(struct mn_str s, size_t n)
{
    size_t back = n;

    if (s.n <= n)
        return s;
    while (back > 0 && n - back < 3 && ((unsigned char)s.p[back] & 0xc0) == 0x80)
        back--;
    return (struct mn_str){s.p, back};
}

size_t mn_utf8_put(char out[4], uint32_t code)
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(marks[size] | code);
    return size;
}

/* Whether any of eight bytes is below 0x20, above 0x7f, '"' or '\'. The carry of a subtraction can
 * mark a byte above a marked one wrongly, but never marks a clean word. */
static bool plain(uint64_t w)
{
    uint64_t quote = w ^ (ONES * '"'), slash = w ^ (ONES * '\\');
    uint64_t marks = (w - ONES * 0x20) | (quote - ONES) | (slash - ONES) | w;

    return (marks & HIGHS) == 0;
}

#ifdef __SSE2__
/* Marks those of sixteen bytes. */
static __m128i marks16(const char *p)
{
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i control = _mm_cmplt_epi8(b, _mm_set1_epi8(0x20)); /* signed: past 0x7f, too */
    __m128i quote = _mm_cmpeq_epi8(b, _mm_set1_epi8('"'));

    return _mm_or_si128(_mm_or_si128(control, quote), _mm_cmpeq_epi8(b, _mm_set1_epi8('\\')));
}

static bool plain64(const char *p)
{
    __m128i low = _mm_or_si128(marks16(p), marks16(p + 16));
    __m128i high = _mm_or_si128(marks16(p + 32), marks16(p + 48));

    return _mm_movemask_epi8(_mm_or_si128(low, high)) == 0;
}
#else
static bool plain64(const char *p)
{
    uint64_t w;

    for (int i = 0; i < 64; i += (int)sizeof(w)) {
        memcpy(&w, p + i, sizeof(w));
        if (!plain(w))
            return false;
    }
    return true;
}
#endif

size_t mn_ascii_run(struct mn_str s)
{
    size_t i = 0;
    uint64_t w;

    while (i + 64 <= s.n && plain64(s.p + i))
        i += 64;
    for (; i + sizeof(w) <= s.n; i += sizeof(w)) {
        memcpy(&w, s.p + i, sizeof(w));
        if (!plain(w))
            break;
    }
    for (; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
    }
    return i;
}
