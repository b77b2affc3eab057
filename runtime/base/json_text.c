/* json_text.c - strings and numbers as JSON spells them, both ways. */
#include "base/json.h"
#include "base/json_write.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned hex4(const char *p)
{
    unsigned code = 0;

    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)p[i];

        code = code * 16 + (c <= '9' ? c - 0x30u : (c | 0x20u) - 'a' + 10u);
    }
    return code;
}

/* Appends what the escape at p stands for; returns its length. The token has passed the scan. */
static size_t unescape(const char *p, struct mn_buf *out)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, p[1]);
    size_t length = 6;
    uint32_t code;
    char utf8[4];

    if (p[1] != 'u') {
        mn_buf_add_byte(out, letter != NULL ? meanings[letter - letters] : p[1]);
        return 2;
    }
    code = hex4(p + 2);
    if (code >= 0xd800 && code <= 0xdbff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(p + 8) - 0xdc00);
        length = 12;
    }
    mn_buf_add(out, utf8, mn_utf8_put(utf8, code));
    return length;
}

int mn_json_unquote(struct mn_str token, struct mn_buf *out)
{
    const char *p = token.p + 1, *end = token.p + token.n - 1;

    mn_buf_reserve(out, (size_t)(end - p));
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));

        mn_buf_add(out, p, (size_t)((slash != NULL ? slash : end) - p));
        p = slash != NULL ? slash + unescape(slash, out) : end;
    }
    return out->err;
}

static void quote_byte(struct mn_buf *out, unsigned char c)
{
    static const char named[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *at = c != '\0' ? strchr(named, c) : NULL;
    char pair[2] = {'\\', at != NULL ? letters[at - named] : 0};

    if (at != NULL)
        mn_buf_add(out, pair, 2);
    else
        mn_buf_addf(out, "\\u%04x", c);
}

int mn_json_quote(struct mn_buf *out, struct mn_str value)
{
    mn_buf_reserve(out, value.n + 2);
    mn_buf_add_byte(out, '"');
    while (value.n != 0 && out->err == 0) {
        size_t n = mn_ascii_run(value);

        mn_buf_add(out, value.p, n);
        value.p += n;
        value.n -= n;
        if (value.n == 0)
            break;
        n = mn_utf8_size(value);
        if (n > 1)
            mn_buf_add(out, value.p, n);
        else if (n == 1)
            quote_byte(out, (unsigned char)*value.p);
        else
            mn_buf_add_text(out, "\xef\xbf\xbd"); /* U+FFFD */
        n = n == 0 ? 1 : n;
        value.p += n;
        value.n -= n;
    }
    return mn_buf_add_byte(out, '"');
}

/* "1e-07" becomes "1e-7", "1e+300" becomes "1e300". */
static void trim_exponent(char *text)
{
    char *from = strchr(text, 'e'), *to;

    if (from == NULL)
        return;
    to = ++from;
    to += *from == '-';
    from++; /* the sign, which printf always writes */
    from += strspn(from, "0");
    memmove(to, from, strlen(from) + 1);
}

int mn_json_number(struct mn_buf *out, double value)
{
    char text[32];

    if (isnan(value))
        return mn_buf_add_text(out, "null");
    if (isinf(value))
        return mn_buf_add_text(out, value < 0 ? "-1e999" : "1e999");
    if (value == trunc(value) && fabs(value) < 1e15)
        return mn_buf_addf(out, "%" PRId64, (int64_t)value);
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    trim_exponent(text);
    return mn_buf_add_text(out, text);
}
