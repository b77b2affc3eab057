/* schema_say.c - sentences about values that do not fit, for models to act on. */
#include "base/schema_say.h"

#include "base/err.h"
#include "base/json_write.h"
#include "base/utf8.h"

#define SHOWN_MAX 80 /* bytes of a wrong value that are shown */

void mn_say_value(const struct mn_json *v, struct mn_buf *out)
{
    struct mn_buf text = {0};
    struct mn_str cut;

    if (mn_json_kind(v) == MN_JSON_OBJECT || mn_json_kind(v) == MN_JSON_ARRAY) {
        mn_buf_addf(out, "an %s", mn_json_kind_name(mn_json_kind(v)));
        return;
    }
    mn_json_print(v, &text);
    cut = mn_utf8_cut(mn_buf_str(&text), SHOWN_MAX);
    mn_buf_add_str(out, cut);
    if (cut.n < text.n)
        mn_buf_add_text(out, "...");
    mn_buf_free(&text);
}

int mn_say_expected(struct mn_buf *why, const struct schema_path *at, const char *what,
                    const struct mn_json *got)
{
    mn_schema_add_path(at, why);
    mn_buf_addf(why, "expected %s, got ", what);
    mn_say_value(got, why);
    return MN_EPROTOCOL;
}

int mn_say_expected_number(struct mn_buf *why, const struct schema_path *at, const char *what,
                           double n, const struct mn_json *got)
{
    struct mn_buf text = {0};
    int err;

    mn_buf_add_text(&text, what);
    mn_json_number(&text, n);
    err = text.err != 0 ? text.err : mn_say_expected(why, at, text.p, got);
    mn_buf_free(&text);
    return err;
}

int mn_say_expected_count(struct mn_buf *why, const struct schema_path *at, const char *bound,
                          double n, const char *noun, size_t got)
{
    mn_schema_add_path(at, why);
    mn_buf_addf(why, "expected %s %.0f %s%s, got %zu", bound, n, noun, n == 1 ? "" : "s", got);
    return MN_EPROTOCOL;
}

int mn_say_wrong_type(struct mn_buf *why, const struct schema_node *node, const struct mn_json *v,
                      const struct schema_path *at)
{
    static const struct {
        unsigned bit;
        const char *words;
    } types[] = {
        {1u << MN_JSON_OBJECT, "an object"}, {1u << MN_JSON_ARRAY, "an array"},
        {1u << MN_JSON_STRING, "a string"},  {1u << MN_JSON_NUMBER, "a number"},
        {MN_SCHEMA_WHOLE, "an integer"},     {1u << MN_JSON_BOOL, "true or false"},
        {1u << MN_JSON_NULL, "null"},
    };
    struct mn_buf words = {0};
    int err;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if ((node->types & types[i].bit) != 0)
            mn_buf_addf(&words, "%s%s", words.n != 0 ? " or " : "", types[i].words);
    }
    err = words.err != 0 ? words.err : mn_say_expected(why, at, words.p, v);
    mn_buf_free(&words);
    return err;
}
