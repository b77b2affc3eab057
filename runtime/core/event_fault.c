/* event_fault.c - the words of refusals, and the path to what is refused. */
#include "core/event_fault.h"

#include "base/err.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

#define SHOWN_MAX 64 /* bytes of a refused value that a message repeats */

typedef char path[sizeof(((struct mn_fault *)NULL)->param)];

/* Drops the character that the end of a full buffer cut in two. */
static void mend(char *text, size_t size)
{
    size_t n = strlen(text), start = n;

    if (n + 1 < size)
        return;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0x80)
        return;
    start--;
    if (mn_utf8_size((struct mn_str){text + start, n - start}) != n - start)
        text[start] = '\0';
}

int mn_fault_set(struct mn_fault *why, const char *code, const char *param, const char *format, ...)
{
    va_list args;

    why->type = "invalid_request_error";
    why->code = code;
    snprintf(why->param, sizeof(why->param), "%s", param != NULL ? param : "");
    mend(why->param, sizeof(why->param));
    va_start(args, format);
    vsnprintf(why->message, sizeof(why->message), format, args);
    va_end(args);
    mend(why->message, sizeof(why->message));
    return MN_EPROTOCOL;
}

/* Writes "item.content[0].text", cut when it is longer than a fault can hold. */
static const char *write_path(path out, const struct mn_place *at)
{
    size_t n;

    if (at->up == NULL) {
        out[0] = '\0';
        return out;
    }
    write_path(out, at->up);
    n = strlen(out);
    if (at->key.p == NULL)
        snprintf(out + n, sizeof(path) - n, "[%d]", at->index);
    else
        snprintf(out + n, sizeof(path) - n, "%s%s", n != 0 ? "." : "", at->key.p);
    mend(out, sizeof(path));
    return out;
}

/* "'a', 'b', and 'c'", cut when it is too long. */
static void write_words(char *out, size_t size, const char *const *words, int count)
{
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < count && n < size; i++) {
        const char *glue = i == 0 ? "" : i + 1 < count ? ", " : count == 2 ? " and " : ", and ";

        n += (size_t)snprintf(out + n, size - n, "%s'%s'", glue, words[i]);
    }
}

int mn_fault_missing(struct mn_fault *why, const struct mn_place *at)
{
    path where;

    write_path(where, at);
    return mn_fault_set(why, "missing_required_parameter", where,
                        "Missing required parameter: '%s'.", where);
}

int mn_fault_unknown(struct mn_fault *why, const struct mn_place *at)
{
    path where;

    write_path(where, at);
    return mn_fault_set(why, "unknown_parameter", where, "Unknown parameter: '%s'.", where);
}

static const char *kind_given(const struct mn_json *v)
{
    static const char *const names[] = {
        [MN_JSON_ABSENT] = "nothing",   [MN_JSON_NULL] = "null",
        [MN_JSON_BOOL] = "a boolean",   [MN_JSON_NUMBER] = "a decimal number",
        [MN_JSON_STRING] = "a string",  [MN_JSON_ARRAY] = "an array",
        [MN_JSON_OBJECT] = "an object",
    };
    int64_t whole;

    return mn_json_to_int(v, &whole) ? "an integer" : names[mn_json_kind(v)];
}

int mn_fault_kind(struct mn_fault *why, const struct mn_place *at, const char *wanted,
                  const struct mn_json *given)
{
    path where;

    write_path(where, at);
    return mn_fault_set(why, "invalid_type", where,
                        "Invalid type for '%s': expected %s, but got %s instead.", where, wanted,
                        kind_given(given));
}

int mn_fault_word(struct mn_fault *why, const struct mn_place *at, const char *const *words,
                  int count, struct mn_str given)
{
    char list[384];
    path where;

    given = mn_utf8_cut(given, SHOWN_MAX);
    write_words(list, sizeof(list), words, count);
    return mn_fault_set(why, "invalid_value", write_path(where, at),
                        "Invalid value: '%.*s'. Supported values are: %s.", MN_FMT(given), list);
}

int mn_fault_range(struct mn_fault *why, const struct mn_place *at, bool whole, double low,
                   double high, double given)
{
    static const char *const codes[2][2] = {
        {"decimal_above_max_value", "decimal_below_min_value"},
        {"integer_above_max_value", "integer_below_min_value"},
    };
    bool below = given < low;
    path where;

    write_path(where, at);
    return mn_fault_set(why, codes[whole][below], where,
                        "Invalid '%s': %s %s value. Expected a value %s %g, but got %.10g instead.",
                        where, whole ? "integer" : "decimal",
                        below ? "below minimum" : "above maximum",
                        below ? ">=" : "<=", below ? low : high, given);
}

int mn_fault_long_string(struct mn_fault *why, const struct mn_place *at, size_t most, size_t n)
{
    path where;

    write_path(where, at);
    return mn_fault_set(why, "string_above_max_length", where,
                        "Invalid '%s': string too long. Expected a string with maximum length %zu, "
                        "but got a string with length %zu instead.",
                        where, most, n);
}

int mn_fault_long_array(struct mn_fault *why, const struct mn_place *at, int most, int n)
{
    path where;

    write_path(where, at);
    return mn_fault_set(why, "array_above_max_length", where,
                        "Invalid '%s': array too long. Expected an array with maximum length %d, "
                        "but got an array with length %d instead.",
                        where, most, n);
}

int mn_fault_long_object(struct mn_fault *why, const struct mn_place *at, int most, int n)
{
    path where;

    write_path(where, at);
    return mn_fault_set(why, "object_above_max_properties", where,
                        "Invalid '%s': too many properties. Expected an object with at most %d "
                        "properties, but got an object with %d properties instead.",
                        where, most, n);
}
