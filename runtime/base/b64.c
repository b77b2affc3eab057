/* b64.c - base64 by tables, behind b64.h.
 *
 * Strict (RFC 4648, section 3): padding is due, nothing but the alphabet is let through, and the
 * bits the last character does not need are zero, so that each text has one meaning and each
 * meaning one text. */
#include "base/b64.h"

#include "base/err.h"

#include <endian.h>
#include <stdint.h>

#define N   0xff /* no digit; the only value with its top bit set */
#define BAD 1u   /* the same, below the three bytes that four digits make */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* clang-format off */
/* The two digits of every twelve bits. */
#define ROW(a) \
    {a, 'A'}, {a, 'B'}, {a, 'C'}, {a, 'D'}, {a, 'E'}, {a, 'F'}, {a, 'G'}, {a, 'H'}, \
    {a, 'I'}, {a, 'J'}, {a, 'K'}, {a, 'L'}, {a, 'M'}, {a, 'N'}, {a, 'O'}, {a, 'P'}, \
    {a, 'Q'}, {a, 'R'}, {a, 'S'}, {a, 'T'}, {a, 'U'}, {a, 'V'}, {a, 'W'}, {a, 'X'}, \
    {a, 'Y'}, {a, 'Z'}, {a, 'a'}, {a, 'b'}, {a, 'c'}, {a, 'd'}, {a, 'e'}, {a, 'f'}, \
    {a, 'g'}, {a, 'h'}, {a, 'i'}, {a, 'j'}, {a, 'k'}, {a, 'l'}, {a, 'm'}, {a, 'n'}, \
    {a, 'o'}, {a, 'p'}, {a, 'q'}, {a, 'r'}, {a, 's'}, {a, 't'}, {a, 'u'}, {a, 'v'}, \
    {a, 'w'}, {a, 'x'}, {a, 'y'}, {a, 'z'}, {a, '0'}, {a, '1'}, {a, '2'}, {a, '3'}, \
    {a, '4'}, {a, '5'}, {a, '6'}, {a, '7'}, {a, '8'}, {a, '9'}, {a, '+'}, {a, '/'}
static const char pairs[64 * 64][2] = {
    ROW('A'), ROW('B'), ROW('C'), ROW('D'), ROW('E'), ROW('F'), ROW('G'), ROW('H'), ROW('I'),
    ROW('J'), ROW('K'), ROW('L'), ROW('M'), ROW('N'), ROW('O'), ROW('P'), ROW('Q'), ROW('R'),
    ROW('S'), ROW('T'), ROW('U'), ROW('V'), ROW('W'), ROW('X'), ROW('Y'), ROW('Z'), ROW('a'),
    ROW('b'), ROW('c'), ROW('d'), ROW('e'), ROW('f'), ROW('g'), ROW('h'), ROW('i'), ROW('j'),
    ROW('k'), ROW('l'), ROW('m'), ROW('n'), ROW('o'), ROW('p'), ROW('q'), ROW('r'), ROW('s'),
    ROW('t'), ROW('u'), ROW('v'), ROW('w'), ROW('x'), ROW('y'), ROW('z'), ROW('0'), ROW('1'),
    ROW('2'), ROW('3'), ROW('4'), ROW('5'), ROW('6'), ROW('7'), ROW('8'), ROW('9'), ROW('+'),
    ROW('/'),
};
#undef ROW

/* What each byte stands for, as D puts it. */
#define NONE(D) \
    D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N)
#define VALUES(D) \
    NONE(D), \
    NONE(D), \
    D(N), D(N), D(N), D(N), D(N), D(N), D(N), D(N), \
    D(N), D(N), D(N), D(62), D(N), D(N), D(N), D(63), \
    D(52), D(53), D(54), D(55), D(56), D(57), D(58), D(59), \
    D(60), D(61), D(N), D(N), D(N), D(N), D(N), D(N), \
    D(N), D(0), D(1), D(2), D(3), D(4), D(5), D(6), \
    D(7), D(8), D(9), D(10), D(11), D(12), D(13), D(14), \
    D(15), D(16), D(17), D(18), D(19), D(20), D(21), D(22), \
    D(23), D(24), D(25), D(N), D(N), D(N), D(N), D(N), \
    D(N), D(26), D(27), D(28), D(29), D(30), D(31), D(32), \
    D(33), D(34), D(35), D(36), D(37), D(38), D(39), D(40), \
    D(41), D(42), D(43), D(44), D(45), D(46), D(47), D(48), \
    D(49), D(50), D(51), D(N), D(N), D(N), D(N), D(N), \
    NONE(D), \
    NONE(D), \
    NONE(D), \
    NONE(D), \
    NONE(D), \
    NONE(D), \
    NONE(D), \
    NONE(D)

#define ITSELF(v) (v)
static const uint8_t values[256] = {VALUES(ITSELF)};

/* The same at each place of four. */
#define PLACED(v, shift) ((v) == N ? BAD : (uint32_t)(v) << (shift))
#define FIRST(v)  PLACED(v, 26)
#define SECOND(v) PLACED(v, 20)
#define THIRD(v)  PLACED(v, 14)
#define FOURTH(v) PLACED(v, 8)
static const uint32_t places[4][256] = {
    {VALUES(FIRST)}, {VALUES(SECOND)}, {VALUES(THIRD)}, {VALUES(FOURTH)},
};
/* clang-format on */

int mn_b64_encode(struct mn_buf *out, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint64_t six; /* bytes at a time, in a word of eight */
    char *to;

    if (mn_buf_reserve(out, n / 3 * 4 + (n % 3 != 0 ? 4 : 0)) != 0)
        return out->err;
    to = out->p + out->n;
    for (; n >= sizeof(six); n -= 6, p += 6, to += 8) {
        memcpy(&six, p, sizeof(six));
        six = be64toh(six);
        memcpy(to, pairs[six >> 52], 2);
        memcpy(to + 2, pairs[six >> 40 & 0xfff], 2);
        memcpy(to + 4, pairs[six >> 28 & 0xfff], 2);
        memcpy(to + 6, pairs[six >> 16 & 0xfff], 2);
    }
    for (; n >= 3; n -= 3, p += 3, to += 4) {
        memcpy(to, pairs[p[0] << 4 | p[1] >> 4], 2);
        memcpy(to + 2, pairs[(p[1] & 15) << 8 | p[2]], 2);
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

/* Decodes whole groups of four, all but the last a word at a time: its fourth byte is written over
 * by the next. Returns false when a character is none of the alphabet; looks only once, at the end,
 * since a bad text is rare and the buffer's length is not moved for one. */
static bool groups(uint8_t *to, const uint8_t *p, size_t count)
{
    uint32_t seen = 0, word;

    for (; count != 0; count--, p += 4, to += 3) {
        word = places[0][p[0]] | places[1][p[1]] | places[2][p[2]] | places[3][p[3]];
        seen |= word;
        word = htobe32(word);
        memcpy(to, &word, count > 1 ? sizeof(word) : 3);
    }
    return (seen & BAD) == 0;
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
