/* buf.c - the growing buffer behind buf.h. */
#include "base/buf.h"

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FORMATTED 256 /* bytes: most texts fit, and are formatted once */

void mn_buf_free(struct mn_buf *b)
{
    size_t limit = b->limit;

    free(b->p);
    *b = (struct mn_buf){.limit = limit};
}

void mn_buf_clear(struct mn_buf *b)
{
    b->n = 0;
    b->err = 0;
    if (b->p != NULL)
        b->p[0] = '\0';
}

int mn_buf_reserve(struct mn_buf *b, size_t n)
{
    size_t cap = b->cap;
    char *p;

    if (b->err != 0)
        return b->err;
    if ((b->limit != 0 && n > b->limit - b->n) || n > SIZE_MAX / 4 - b->n)
        return b->err = MN_ELIMIT;
    if (b->n + n < b->cap)
        return 0;
    cap = cap < 64 ? 64 : cap;
    while (cap <= b->n + n)
        cap *= 2;
    p = realloc(b->p, cap);
    if (p == NULL)
        return b->err = -ENOMEM;
    b->p = p;
    b->cap = cap;
    return 0;
}

int mn_buf_add(struct mn_buf *b, const void *bytes, size_t n)
{
    if (mn_buf_reserve(b, n) != 0)
        return b->err;
    if (n != 0)
        memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = '\0';
    return 0;
}

int mn_buf_add_str(struct mn_buf *b, struct mn_str s)
{
    return mn_buf_add(b, s.p, s.n);
}

int mn_buf_add_text(struct mn_buf *b, const char *text)
{
    return mn_buf_add(b, text, strlen(text));
}

int mn_buf_add_byte(struct mn_buf *b, char c)
{
    return mn_buf_add(b, &c, 1);
}

int mn_buf_add_int(struct mn_buf *b, int64_t value)
{
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char digits[20], *p = digits + sizeof(digits);

    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (value < 0)
        *--p = '-';
    return mn_buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

int mn_buf_addf(struct mn_buf *b, const char *format, ...)
{
    char first[FORMATTED];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(first, sizeof(first), format, args);
    va_end(args);
    if (n < 0)
        return b->err = -EINVAL;
    if ((size_t)n < sizeof(first))
        return mn_buf_add(b, first, (size_t)n);
    if (mn_buf_reserve(b, (size_t)n) != 0)
        return b->err;
    va_start(args, format);
    vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
    return 0;
}

void mn_buf_drop(struct mn_buf *b, size_t n)
{
    if (b->p == NULL)
        return;
    n = n < b->n ? n : b->n;
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
    b->p[b->n] = '\0';
}

char *mn_buf_take(struct mn_buf *b)
{
    char *p = b->err == 0 ? b->p : NULL;

    if (p == NULL)
        free(b->p);
    *b = (struct mn_buf){.limit = b->limit};
    return p;
}
