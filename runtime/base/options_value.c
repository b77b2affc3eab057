/* options_value.c - reading and describing the values of each option type. */
#include "base/options_value.h"

#include "base/err.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

void mn_option_variable(const struct mn_option *row, char out[MN_OPTION_VARIABLE_MAX])
{
    size_t n = strlen("MYNA_");

    assert(n + strlen(row->name) < MN_OPTION_VARIABLE_MAX);
    memcpy(out, "MYNA_", n);
    for (const char *p = row->name; *p != '\0'; p++)
        out[n++] = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
    out[n] = '\0';
}

struct unit {
    const char *name;
    int64_t factor;
};

/* From large to small, so that describing takes the first that divides. */
static const struct unit times[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000},
                                    {"s", 1000},     {"ms", 1},      {0}};
static const struct unit sizes[] = {{"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}, {"", 1}, {0}};

static bool take_digits(struct mn_str *text, int64_t *out, int64_t *scale)
{
    size_t i = 0;

    *out = 0;
    *scale = 1;
    for (; i < text->n && text->p[i] >= '0' && text->p[i] <= '9'; i++) {
        if (__builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, text->p[i] - '0', out) ||
            __builtin_mul_overflow(*scale, 10, scale))
            return false;
    }
    text->p += i;
    text->n -= i;
    return i > 0;
}

static bool read_int(struct mn_str text, int64_t *out)
{
    bool minus = text.n != 0 && text.p[0] == '-';
    int64_t scale;

    text.p += minus;
    text.n -= minus;
    if (!take_digits(&text, out, &scale) || text.n != 0)
        return false;
    *out = minus ? -*out : *out;
    return true;
}

/* Reads "1.5m" exactly: a fraction that leaves a part of the smallest unit is refused. */
static bool read_measure(struct mn_str text, const struct unit *units, int64_t bare, int64_t *out)
{
    int64_t whole, part = 0, scale = 1, factor = bare;

    if (!take_digits(&text, &whole, &scale))
        return false;
    scale = 1;
    if (text.n != 0 && text.p[0] == '.') {
        text.p++;
        text.n--;
        if (!take_digits(&text, &part, &scale))
            return false;
    }
    if (text.n != 0) {
        while (units->name != NULL && !mn_str_is(text, units->name))
            units++;
        factor = units->factor; /* 0 for the row that ends the table */
    }
    return factor != 0 && !__builtin_mul_overflow(part, factor, &part) && part % scale == 0 &&
           !__builtin_mul_overflow(whole, factor, &whole) &&
           !__builtin_add_overflow(whole, part / scale, out);
}

int mn_duration_parse(struct mn_str text, int64_t *out_ms)
{
    return read_measure(text, times, 1000, out_ms) ? 0 : MN_ECONFIG;
}

static bool read_bool(const char *text, bool *out)
{
    static const char *const words[] = {"off", "on", "false", "true", "no", "yes", "0", "1"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i % 2 != 0;
            return true;
        }
    }
    return false;
}

static bool read_choice(const char *choices, struct mn_str text, int *out)
{
    for (int i = 0;; i++) {
        size_t n = strcspn(choices, "|");

        if (mn_str_same(text, (struct mn_str){choices, n})) {
            *out = i;
            return true;
        }
        if (choices[n] == '\0')
            return false;
        choices += n + 1;
    }
}

static bool has_bounds(const struct mn_option *row)
{
    return row->min != 0 || row->max != 0;
}

static bool within(const struct mn_option *row, int64_t n)
{
    return !has_bounds(row) || (n >= row->min && n <= row->max);
}

static int read_text(char **field, const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return -ENOMEM;
    free(*field);
    *field = copy;
    return 0;
}

int mn_option_read(const struct mn_option *row, void *target, const char *text)
{
    void *field = (char *)target + row->offset;
    bool good = false;
    int64_t n = 0;

    switch (row->type) {
    case MN_OPT_STR:
        return read_text(field, text);
    case MN_OPT_BOOL:
        return read_bool(text, field) ? 0 : MN_ECONFIG;
    case MN_OPT_CHOICE:
        return read_choice(row->choices, mn_str(text), field) ? 0 : MN_ECONFIG;
    case MN_OPT_INT:
        good = read_int(mn_str(text), &n);
        break;
    case MN_OPT_DURATION:
        good = read_measure(mn_str(text), times, 1000, &n);
        break;
    case MN_OPT_SIZE:
        good = read_measure(mn_str(text), sizes, 1, &n);
        break;
    }
    if (!good || !within(row, n))
        return MN_ECONFIG;
    *(int64_t *)field = n;
    return 0;
}

static void add_measure(int64_t n, const struct unit *units, struct mn_buf *out)
{
    while (n % units->factor != 0 || (n == 0 && units->factor != 1000 && units->factor != 1))
        units++;
    mn_buf_addf(out, "%" PRId64 "%s", n / units->factor, units->name);
}

static void add_bound(const struct mn_option *row, int64_t n, struct mn_buf *out)
{
    if (row->type == MN_OPT_DURATION)
        add_measure(n, times, out);
    else if (row->type == MN_OPT_SIZE)
        add_measure(n, sizes, out);
    else
        mn_buf_addf(out, "%" PRId64, n);
}

void mn_option_bounds(const struct mn_option *row, struct mn_buf *out)
{
    bool counted =
        row->type == MN_OPT_INT || row->type == MN_OPT_DURATION || row->type == MN_OPT_SIZE;

    if (!counted || !has_bounds(row))
        return;
    add_bound(row, row->min, out);
    mn_buf_add_text(out, "..");
    add_bound(row, row->max, out);
}

static void add_choices(const char *choices, struct mn_buf *out)
{
    for (;;) {
        size_t n = strcspn(choices, "|");
        const char *next = choices + n + 1;

        mn_buf_add(out, choices, n);
        if (choices[n] == '\0')
            return;
        mn_buf_add_text(out, strchr(next, '|') != NULL ? ", " : " or ");
        choices = next;
    }
}

void mn_option_expected(const struct mn_option *row, struct mn_buf *out)
{
    static const char *const nouns[] = {
        [MN_OPT_INT] = "a whole number",
        [MN_OPT_BOOL] = "on or off",
        [MN_OPT_STR] = "text",
        [MN_OPT_DURATION] = "a duration such as 700ms, 8s or 5m",
        [MN_OPT_SIZE] = "a size such as 64k or 4m",
        [MN_OPT_CHOICE] = "",
    };
    size_t before = out->n;

    if (row->type == MN_OPT_CHOICE)
        add_choices(row->choices, out);
    else
        mn_option_bounds(row, out);
    if (out->n == before)
        mn_buf_add_text(out, nouns[row->type]);
}
