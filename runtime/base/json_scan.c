/* json_scan.c - the strict scan of json.h: RFC 8259 to the letter, without building anything.
 *
 * DESIGN  One loop over values and what follows them. Nesting is a row of bits (object or array)
 * instead of recursion, so depth costs no stack. Strings are passed eight bytes at a time.
 *
 * WHY A LIMIT ON NUMBERS  cJSON reads a number through a buffer of 63 characters and takes what is
 * left over for the next token; no double needs more than 25. */
#include "base/json.h"

#include "base/err.h"
#include "base/utf8.h"

#define DEPTH_MAX  512 /* cJSON's own is 1000 */
#define NUMBER_MAX 63

const struct mn_json_limits mn_json_frame = {.bytes = 16 << 20, .depth = 32, .values = 50000};

struct scan {
    const char *p, *end;
    const struct mn_json_limits *limits;
    const struct mn_json_visitor *visitor; /* may be NULL */
    void *owner;
    int depth, values;
    uint64_t objects[DEPTH_MAX / 64]; /* bit d: level d is an object */
    const char *what;                 /* the fault, once there is one */
};

static int fault(struct scan *s, const char *what)
{
    s->what = what;
    return MN_EJSON;
}

static int over(struct scan *s, const char *what)
{
    s->what = what;
    return MN_ELIMIT;
}

static struct mn_str rest(const struct scan *s)
{
    return (struct mn_str){s->p, (size_t)(s->end - s->p)};
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

static bool next_is(const struct scan *s, char c)
{
    return s->p < s->end && *s->p == c;
}

static int hex4(struct scan *s, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char c = s->p < s->end ? *s->p : '\0';

        if (c >= '0' && c <= '9')
            *out = *out * 16 + (unsigned)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            *out = *out * 16 + (unsigned)((c | 0x20) - 'a' + 10);
        else
            return fault(s, "expected four hexadecimal digits after '\\u'");
        s->p++;
    }
    return 0;
}

static int unicode_escape(struct scan *s)
{
    unsigned code, low;
    int err = hex4(s, &code);

    if (err != 0)
        return err;
    if (code == 0)
        return fault(s, "a NUL character is not allowed");
    if (code < 0xd800 || code > 0xdfff)
        return 0;
    if (code > 0xdbff || s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
        return fault(s, "half of a surrogate pair");
    s->p += 2;
    err = hex4(s, &low);
    if (err != 0)
        return err;
    return low >= 0xdc00 && low <= 0xdfff ? 0 : fault(s, "half of a surrogate pair");
}

static int escape(struct scan *s)
{
    s->p++;
    if (s->p == s->end)
        return fault(s, "the text ends inside a string");
    if (*s->p == 'u') {
        s->p++;
        return unicode_escape(s);
    }
    if (*s->p == '\0' || strchr("\"\\/bfnrt", *s->p) == NULL)
        return fault(s, "unknown escape in a string");
    s->p++;
    return 0;
}

/* The byte at p is one mn_ascii_run stops at, and not the closing quote. */
static int special(struct scan *s)
{
    size_t n;

    if (*s->p == '\\')
        return escape(s);
    if ((unsigned char)*s->p < 0x20)
        return fault(s, "a control character in a string must be escaped");
    n = mn_utf8_size(rest(s));
    if (n == 0)
        return fault(s, "not UTF-8");
    s->p += n;
    return 0;
}

static int string(struct scan *s, struct mn_str *token)
{
    token->p = s->p++;
    for (;;) {
        int err;

        s->p += mn_ascii_run(rest(s));
        if (s->p == s->end)
            return fault(s, "the text ends inside a string");
        if (*s->p == '"')
            break;
        err = special(s);
        if (err != 0)
            return err;
    }
    s->p++;
    token->n = (size_t)(s->p - token->p);
    return 0;
}

static bool digits(struct scan *s)
{
    const char *from = s->p;

    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return s->p > from;
}

static int number(struct scan *s, struct mn_str *token)
{
    token->p = s->p;
    if (*s->p == '-')
        s->p++;
    if (next_is(s, '0'))
        s->p++;
    else if (!digits(s))
        return fault(s, "expected a digit");
    if (next_is(s, '.')) {
        s->p++;
        if (!digits(s))
            return fault(s, "expected a digit after '.'");
    }
    if (next_is(s, 'e') || next_is(s, 'E')) {
        s->p++;
        if (next_is(s, '+') || next_is(s, '-'))
            s->p++;
        if (!digits(s))
            return fault(s, "expected a digit in the exponent");
    }
    token->n = (size_t)(s->p - token->p);
    return token->n <= NUMBER_MAX ? 0 : over(s, "a number is too long (over 63 characters)");
}

static int word(struct scan *s, struct mn_str expected, struct mn_str *token)
{
    if (!mn_str_starts(rest(s), expected))
        return fault(s, "expected a value");
    *token = (struct mn_str){s->p, expected.n};
    s->p += expected.n;
    return 0;
}

static int scalar(struct scan *s)
{
    enum mn_json_kind kind;
    struct mn_str token = {0};
    int err;

    switch (*s->p) {
    case '"':
        kind = MN_JSON_STRING;
        err = string(s, &token);
        break;
    case 't':
        kind = MN_JSON_BOOL;
        err = word(s, MN_STR("true"), &token);
        break;
    case 'f':
        kind = MN_JSON_BOOL;
        err = word(s, MN_STR("false"), &token);
        break;
    case 'n':
        kind = MN_JSON_NULL;
        err = word(s, MN_STR("null"), &token);
        break;
    default:
        if (*s->p != '-' && (*s->p < '0' || *s->p > '9'))
            return fault(s, "expected a value");
        kind = MN_JSON_NUMBER;
        err = number(s, &token);
    }
    if (err == 0 && s->visitor != NULL && s->visitor->scalar != NULL)
        err = s->visitor->scalar(s->owner, kind, token);
    return err;
}

static bool in_object(const struct scan *s)
{
    return (s->objects[s->depth / 64] >> (s->depth % 64) & 1) != 0;
}

static int open_level(struct scan *s)
{
    bool object = *s->p == '{';
    uint64_t bit;

    if (s->depth >= s->limits->depth || s->depth >= DEPTH_MAX - 1)
        return over(s, "nested too deep");
    s->depth++;
    s->p++;
    bit = (uint64_t)1 << (s->depth % 64);
    if (object)
        s->objects[s->depth / 64] |= bit;
    else
        s->objects[s->depth / 64] &= ~bit;
    if (s->visitor == NULL || s->visitor->open == NULL)
        return 0;
    return s->visitor->open(s->owner, object ? MN_JSON_OBJECT : MN_JSON_ARRAY);
}

static int close_level(struct scan *s)
{
    bool object = in_object(s);

    s->depth--;
    s->p++;
    if (s->visitor == NULL || s->visitor->close == NULL)
        return 0;
    return s->visitor->close(s->owner, object ? MN_JSON_OBJECT : MN_JSON_ARRAY);
}

static int key(struct scan *s)
{
    struct mn_str token = {0};
    int err;

    skip_space(s);
    if (!next_is(s, '"'))
        return fault(s, "expected a member's name");
    err = string(s, &token);
    if (err != 0)
        return err;
    skip_space(s);
    if (!next_is(s, ':'))
        return fault(s, "expected ':'");
    s->p++;
    if (s->visitor == NULL || s->visitor->key == NULL)
        return 0;
    return s->visitor->key(s->owner, token);
}

/* Reads a scalar, or the opening of an array or object. *more says that a value comes next: the
 * first of a level just opened. */
static int value(struct scan *s, bool *more)
{
    int err;

    *more = false;
    skip_space(s);
    if (s->p == s->end)
        return fault(s, "the text ends where a value is due");
    if (++s->values > s->limits->values)
        return over(s, "too many values");
    if (*s->p != '{' && *s->p != '[')
        return scalar(s);
    err = open_level(s);
    if (err != 0)
        return err;
    skip_space(s);
    if (next_is(s, in_object(s) ? '}' : ']'))
        return close_level(s);
    *more = true;
    return in_object(s) ? key(s) : 0;
}

/* Reads what follows a value: any closings, then a comma, or the end. *more as for value(). */
static int after(struct scan *s, bool *more)
{
    int err;

    *more = false;
    for (;;) {
        skip_space(s);
        if (s->depth == 0)
            return s->p == s->end ? 0 : fault(s, "something follows the value");
        if (next_is(s, ','))
            break;
        if (!next_is(s, in_object(s) ? '}' : ']'))
            return fault(s, in_object(s) ? "expected ',' or '}'" : "expected ',' or ']'");
        err = close_level(s);
        if (err != 0)
            return err;
    }
    s->p++;
    *more = true;
    return in_object(s) ? key(s) : 0;
}

static int document(struct scan *s)
{
    bool more = true;
    int err = 0;

    while (err == 0 && more) {
        err = value(s, &more);
        if (err == 0 && !more)
            err = after(s, &more);
    }
    return err;
}

int mn_json_walk(struct mn_str text, const struct mn_json_limits *limits,
                 const struct mn_json_visitor *visitor, void *owner, struct mn_json_fault *why)
{
    struct scan s = {text.p, text.p, limits, visitor, owner};
    int err;

    if (text.n > limits->bytes) {
        err = over(&s, "too many bytes");
    } else {
        s.end = text.n == 0 ? text.p : text.p + text.n;
        err = document(&s);
    }
    if (why != NULL)
        *why = (struct mn_json_fault){text.n == 0 ? 0 : (size_t)(s.p - text.p), s.what};
    return err;
}

int mn_json_scan(struct mn_str text, const struct mn_json_limits *limits, struct mn_json_fault *why)
{
    return mn_json_walk(text, limits, NULL, NULL, why);
}
