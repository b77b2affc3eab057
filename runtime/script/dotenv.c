/* dotenv.c - the reader behind dotenv.h, a line at a time. */
#include "script/dotenv.h"

#include "base/err.h"

#include <ctype.h>
#include <stddef.h>

static struct mn_str trim(struct mn_str s)
{
    while (s.n > 0 && isspace((unsigned char)*s.p))
        s.p++, s.n--;
    while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
        s.n--;
    return s;
}

static size_t name_length(struct mn_str s)
{
    size_t n = 0;

    while (n < s.n && (isalnum((unsigned char)s.p[n]) || s.p[n] == '_'))
        n++;
    return n > 0 && isdigit((unsigned char)s.p[0]) ? 0 : n;
}

/* Appends what stands between quotes to out. Returns NULL, or what is wrong. */
static const char *unquote(struct mn_str s, struct mn_buf *out)
{
    static const char from[] = "nrt", to[] = "\n\r\t";
    char quote = s.p[0];
    size_t i;

    for (i = 1; i < s.n && s.p[i] != quote; i++) {
        const char *escape;

        if (quote != '"' || s.p[i] != '\\' || i + 1 >= s.n) {
            mn_buf_add_byte(out, s.p[i]);
            continue;
        }
        i++;
        escape = strchr(from, s.p[i]);
        mn_buf_add_byte(out, escape != NULL ? to[escape - from] : s.p[i]);
    }
    if (i >= s.n)
        return "the quote is not closed";
    s = trim((struct mn_str){s.p + i + 1, s.n - i - 1});
    return s.n != 0 && s.p[0] != '#' ? "text after the closing quote" : NULL;
}

static struct mn_str without_comment(struct mn_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '#' && (i == 0 || isspace((unsigned char)s.p[i - 1])))
            return trim((struct mn_str){s.p, i});
    }
    return s;
}

/* One line, trimmed and not empty. Returns what is wrong, or NULL with the parts set. */
static const char *split(struct mn_str line, struct mn_str *name, struct mn_buf *value)
{
    struct mn_str rest;

    if (mn_str_starts(line, MN_STR("export ")))
        line = trim((struct mn_str){line.p + 7, line.n - 7});
    name->p = line.p;
    name->n = name_length(line);
    rest = trim((struct mn_str){line.p + name->n, line.n - name->n});
    if (name->n == 0 || rest.n == 0 || rest.p[0] != '=')
        return "expected NAME=value";
    rest = trim((struct mn_str){rest.p + 1, rest.n - 1});
    if (rest.n != 0 && (rest.p[0] == '"' || rest.p[0] == '\''))
        return unquote(rest, value);
    mn_buf_add_str(value, without_comment(rest));
    return NULL;
}

int mn_dotenv_read(struct mn_str text, mn_dotenv_fn *fn, void *owner, struct mn_buf *why)
{
    struct mn_buf value = {0};
    int err = 0;

    for (int number = 1; text.n > 0 && err == 0; number++) {
        const char *end = memchr(text.p, '\n', text.n), *wrong;
        size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
        struct mn_str name, line = trim((struct mn_str){text.p, n});

        text.p += end != NULL ? n + 1 : n;
        text.n -= end != NULL ? n + 1 : n;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        mn_buf_clear(&value);
        wrong = split(line, &name, &value);
        if (wrong != NULL) {
            mn_buf_addf(why, "line %d: %s", number, wrong);
            err = MN_ECONFIG;
        } else if (value.err != 0) {
            err = value.err;
        } else {
            err = fn(owner, name, mn_buf_str(&value));
        }
    }
    mn_buf_free(&value);
    return err;
}
