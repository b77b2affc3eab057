/* json_write.c - commas, brackets and values behind json_write.h. */
#include "base/json_write.h"

#include <assert.h>
#include <math.h>

struct mn_writer mn_writer(struct mn_buf *out)
{
    return (struct mn_writer){.out = out};
}

/* What comes before any value: a comma when one came before it, and its key. */
static void start(struct mn_writer *w, const char *key)
{
    assert((key != NULL) == (w->depth > 0 && w->brackets[w->depth - 1] == '}'));
    if (w->filled)
        mn_buf_add_byte(w->out, ',');
    w->filled = true;
    if (key == NULL)
        return;
    mn_json_quote(w->out, mn_str(key));
    mn_buf_add_byte(w->out, ':');
}

void mn_write_open(struct mn_writer *w, const char *key, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    assert(w->depth < MN_WRITE_DEPTH);
    start(w, key);
    mn_buf_add_byte(w->out, bracket);
    w->brackets[w->depth++] = bracket == '{' ? '}' : ']';
    w->filled = false;
}

void mn_write_close(struct mn_writer *w)
{
    assert(w->depth > 0);
    mn_buf_add_byte(w->out, w->brackets[--w->depth]);
    w->filled = true;
}

void mn_write_str(struct mn_writer *w, const char *key, struct mn_str value)
{
    start(w, key);
    mn_json_quote(w->out, value);
}

void mn_write_text(struct mn_writer *w, const char *key, const char *value)
{
    if (value == NULL)
        mn_write_null(w, key);
    else
        mn_write_str(w, key, mn_str(value));
}

void mn_write_int(struct mn_writer *w, const char *key, int64_t value)
{
    start(w, key);
    mn_buf_add_int(w->out, value);
}

void mn_write_num(struct mn_writer *w, const char *key, double value)
{
    if (!isfinite(value)) {
        mn_write_null(w, key);
        return;
    }
    start(w, key);
    mn_json_number(w->out, value);
}

void mn_write_bool(struct mn_writer *w, const char *key, bool value)
{
    start(w, key);
    mn_buf_add_text(w->out, value ? "true" : "false");
}

void mn_write_null(struct mn_writer *w, const char *key)
{
    start(w, key);
    mn_buf_add_text(w->out, "null");
}

void mn_write_raw(struct mn_writer *w, const char *key, struct mn_str json)
{
    start(w, key);
    mn_buf_add_str(w->out, json.n != 0 ? json : MN_STR("null"));
}
