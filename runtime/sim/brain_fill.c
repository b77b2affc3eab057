/* brain_fill.c - arguments by schema: dates, numbers, enums, yes and no, names, words of a pattern;
 * and for any other string what was said as a whole. What the words name ("party size 4") goes
 * first. */
#include "sim/brain_fill.h"

#include "base/json_write.h"
#include "base/schema.h"
#include "sim/brain_label.h"
#include "sim/words.h"

#include <stdio.h>
#include <stdlib.h>

/* What a parameter is filled from. */
struct source {
    struct mn_str said;
    struct mn_words words;
    bool used[MN_WORDS_MAX]; /* numbers that a parameter has taken */
};

/* Writes the value of one parameter when the words hold it. Returns whether they did. */
typedef bool fill_fn(struct source *from, struct mn_writer *w, const char *name,
                     const struct mn_json *schema);

static bool speaks_of(const struct mn_json *schema, struct mn_str name, const char *matter)
{
    struct mn_words about;
    struct mn_str texts[] = {name, mn_json_str(schema, "description")};

    for (int t = 0; t < 2; t++) {
        mn_words_split(&about, texts[t]);
        for (int i = 0; i < about.n; i++)
            if (mn_word_related(about.list[i].text, mn_str(matter)))
                return true;
    }
    return false;
}

static bool fill_enum(struct source *from, struct mn_writer *w, const char *name,
                      const struct mn_json *schema)
{
    const struct mn_json *choices = mn_json_get(schema, "enum");

    for (const struct mn_json *c = mn_json_first(choices); c != NULL; c = mn_json_next(c))
        for (int i = 0; i < from->words.n; i++)
            if (mn_word_related(mn_json_text(c), from->words.list[i].text)) {
                mn_write_str(w, name, mn_json_text(c));
                return true;
            }
    return false;
}

static bool fill_bool(struct source *from, struct mn_writer *w, const char *name,
                      const struct mn_json *schema)
{
    static const char *const yes[] = {"yes", "yeah", "sure", "correct", "right"};
    static const char *const no[] = {"no", "not", "don't", "never", "wrong"};

    (void)schema;
    for (int i = 0; i < from->words.n; i++)
        for (int k = 0; k < 5; k++)
            if (mn_word_is(from->words.list[i].text, yes[k]) ||
                mn_word_is(from->words.list[i].text, no[k])) {
                mn_write_bool(w, name, mn_word_is(from->words.list[i].text, yes[k]));
                return true;
            }
    return false;
}

static bool fill_integer_from(struct source *from, struct mn_writer *w, const char *name, int first,
                              int end)
{
    for (int i = first; i < end; i++) {
        int64_t n = mn_word_number(from->words.list[i].text);

        if (n >= 0 && !from->used[i]) {
            from->used[i] = true;
            mn_write_int(w, name, n);
            return true;
        }
    }
    return false;
}

static bool fill_integer(struct source *from, struct mn_writer *w, const char *name,
                         const struct mn_json *schema)
{
    int first, end;

    (void)schema;
    if (mn_brain_label(&from->words, mn_str(name), &first, &end) &&
        fill_integer_from(from, w, name, first, end))
        return true;
    return fill_integer_from(from, w, name, 0, from->words.n);
}

/* One with a point, that is. */
static bool fill_number_from(struct source *from, struct mn_writer *w, const char *name, int first,
                             int end)
{
    char text[32], *rest;

    for (int i = first; i < end; i++) {
        snprintf(text, sizeof(text), "%.*s", MN_FMT(from->words.list[i].text));
        if (from->used[i] || strchr(text, '.') == NULL || strtod(text, &rest) <= 0 || *rest != '\0')
            continue;
        from->used[i] = true;
        mn_write_num(w, name, strtod(text, NULL));
        return true;
    }
    return false;
}

static bool fill_number(struct source *from, struct mn_writer *w, const char *name,
                        const struct mn_json *schema)
{
    int first, end;

    if (mn_brain_label(&from->words, mn_str(name), &first, &end))
        return fill_number_from(from, w, name, first, end) || fill_integer(from, w, name, schema);
    return fill_number_from(from, w, name, 0, from->words.n) || fill_integer(from, w, name, schema);
}

static bool fill_date(struct source *from, struct mn_writer *w, const char *name,
                      const struct mn_json *schema)
{
    char date[11];

    (void)schema;
    if (!mn_words_date(&from->words, date))
        return false;
    mn_write_text(w, name, date);
    return true;
}

/* From the first of these words to the last, as they were written. */
static struct mn_str span_of(const struct source *from, int first, int end)
{
    const struct mn_str *a = &from->words.list[first].text, *b = &from->words.list[end - 1].text;

    return (struct mn_str){a->p, (size_t)(b->p + b->n - a->p)};
}

/* The longest run of capitalised words; a small word ("This", "Please") is no name, and a single
 * one counts only where it does not open a sentence. */
static bool fill_name(struct source *from, struct mn_writer *w, const char *name,
                      const struct mn_json *schema)
{
    const struct mn_word *words = from->words.list;
    int best = 0, best_n = 0, run;

    (void)schema;
    for (int i = 0; i<from->words.n; i += run> 0 ? run : 1) {
        bool opens = i == 0 || words[i - 1].last;

        for (run = 0; i + run < from->words.n && mn_word_capital(words[i + run].text) &&
                      !mn_word_small(words[i + run].text);)
            if (words[i + run++].last)
                break;
        if (run > best_n && (run > 1 || !opens || from->words.n == 1)) {
            best = i;
            best_n = run;
        }
    }
    if (best_n == 0)
        return false;
    mn_write_str(w, name, span_of(from, best, best + best_n));
    return true;
}

static bool fits(const struct mn_schema *schema, struct mn_str word)
{
    struct mn_buf text = {0}, why = {0};
    struct mn_json *value = NULL;
    bool does = mn_json_quote(&text, word) == 0 &&
                mn_json_parse(&value, mn_buf_str(&text), &mn_json_frame, NULL) == 0 &&
                mn_schema_check(schema, value, &why) == 0;

    mn_json_free(value);
    mn_buf_free(&why);
    mn_buf_free(&text);
    return does;
}

/* The first word that fits, of those that are named, then of all. */
static bool fill_fitting(struct source *from, struct mn_writer *w, const char *name,
                         const struct mn_json *schema)
{
    struct mn_buf text = {0}, why = {0};
    struct mn_schema *compiled = NULL;
    int first = 0, end = 0, found = -1;

    if (mn_json_print(schema, &text) == 0 &&
        mn_schema_compile(&compiled, mn_buf_str(&text), &why) == 0) {
        mn_brain_label(&from->words, mn_str(name), &first, &end);
        for (int i = first; i < end && found < 0; i++)
            found = fits(compiled, from->words.list[i].text) ? i : -1;
        for (int i = 0; i < from->words.n && found < 0; i++)
            found = fits(compiled, from->words.list[i].text) ? i : -1;
    }
    if (found >= 0)
        mn_write_str(w, name, from->words.list[found].text);
    mn_schema_free(compiled);
    mn_buf_free(&why);
    mn_buf_free(&text);
    return found >= 0;
}

static bool fill_named(struct source *from, struct mn_writer *w, const char *name,
                       const struct mn_json *schema)
{
    int first, end;

    (void)schema;
    if (!mn_brain_label(&from->words, mn_str(name), &first, &end))
        return false;
    mn_write_str(w, name, span_of(from, first, end));
    return true;
}

static fill_fn *filler(const struct mn_json *schema, struct mn_str name)
{
    struct mn_str type = mn_json_str(schema, "type"), format = mn_json_str(schema, "format");

    if (mn_json_count(mn_json_get(schema, "enum")) > 0)
        return fill_enum;
    if (mn_str_is(type, "boolean"))
        return fill_bool;
    if (mn_str_is(type, "integer"))
        return fill_integer;
    if (mn_str_is(type, "number"))
        return fill_number;
    if (mn_str_is(format, "date") || speaks_of(schema, name, "date"))
        return fill_date;
    if (format.n > 0 || mn_json_get(schema, "pattern") != NULL)
        return fill_fitting;
    if (speaks_of(schema, name, "name"))
        return fill_name;
    return mn_str_is(type, "string") ? fill_named : NULL;
}

static bool is_required(const struct mn_json *schema, struct mn_str name)
{
    const struct mn_json *required = mn_json_get(schema, "required");

    for (const struct mn_json *r = mn_json_first(required); r != NULL; r = mn_json_next(r))
        if (mn_str_same(mn_json_text(r), name))
            return true;
    return false;
}

static void write_empty(struct mn_writer *w, const char *name, const struct mn_json *schema)
{
    static const struct {
        const char *type, *value;
    } empty[] = {
        {"integer", "0"}, {"number", "0"}, {"boolean", "false"}, {"array", "[]"}, {"object", "{}"}};
    struct mn_str type = mn_json_str(schema, "type");
    const struct mn_json *choices = mn_json_get(schema, "enum");

    if (mn_json_kind(mn_json_first(choices)) == MN_JSON_STRING) {
        mn_write_str(w, name, mn_json_text(mn_json_first(choices)));
        return;
    }
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
        if (mn_str_is(type, empty[i].type)) {
            mn_write_raw(w, name, mn_str(empty[i].value));
            return;
        }
    mn_write_text(w, name, "");
}

static void fill_one(struct source *from, struct mn_writer *w, const struct mn_json *property,
                     bool required, bool guess, struct mn_filled *filled)
{
    struct mn_str key = mn_json_key(property);
    fill_fn *fill = filler(property, key);
    char name[128];

    snprintf(name, sizeof(name), "%.*s", MN_FMT(key));
    if (fill != NULL && fill(from, w, name, property)) {
        filled->found++;
        return;
    }
    if (!required)
        return;
    if (fill == fill_named && from->said.n > 0) {
        mn_write_str(w, name, from->said);
        return;
    }
    if (guess) {
        write_empty(w, name, property);
    } else if (filled->absent.n == 0) {
        filled->absent = key;
        filled->about = mn_json_str(property, "description");
    }
}

int mn_brain_fill(const struct mn_json *schema, struct mn_str said, bool guess, struct mn_buf *out,
                  struct mn_filled *filled)
{
    struct source from = {.said = said};
    struct mn_writer w = mn_writer(out);
    const struct mn_json *properties = mn_json_get(schema, "properties");

    *filled = (struct mn_filled){0};
    mn_words_split(&from.words, said);
    mn_write_open(&w, NULL, '{');
    for (const struct mn_json *p = mn_json_first(properties); p != NULL; p = mn_json_next(p))
        fill_one(&from, &w, p, is_required(schema, mn_json_key(p)), guess, filled);
    mn_write_close(&w);
    return out->err;
}
