/* chat_save.c - a conversation that was typed, as a scenario: what went well once becomes a test.
 *
 * Tools are given stand-ins that return what they returned, so that it plays without the servers
 * that were behind them. */
#include "base/err.h"
#include "cli/chat_parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

/* A Lua string. JSON's escapes are not all Lua's. */
static void write_string(struct mn_buf *out, struct mn_str text)
{
    mn_buf_add_byte(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == '"' || c == '\\')
            mn_buf_addf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            mn_buf_addf(out, "\\%03d", c);
        else
            mn_buf_add_byte(out, (char)c);
    }
    mn_buf_add_byte(out, '"');
}

static bool is_word(struct mn_str name)
{
    static const char *const taken[] = {"and",   "break", "do",       "else", "elseif", "end",
                                        "false", "for",   "function", "goto", "if",     "in",
                                        "local", "nil",   "not",      "or",   "repeat", "return",
                                        "then",  "true",  "until",    "while"};

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (mn_str_is(name, taken[i]))
            return false;
    }
    for (size_t i = 0; i < name.n; i++) {
        if (!isalpha((unsigned char)name.p[i]) && name.p[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)name.p[i])))
            return false;
    }
    return name.n > 0;
}

/* A field as an author writes it: day, or ["the day"]. */
static void write_name(struct mn_buf *out, struct mn_str name)
{
    if (is_word(name)) {
        mn_buf_add_str(out, name);
        return;
    }
    mn_buf_add_byte(out, '[');
    write_string(out, name);
    mn_buf_add_byte(out, ']');
}

static void write_value(struct mn_buf *out, const struct mn_json *v);

static void write_table(struct mn_buf *out, const struct mn_json *v)
{
    bool named = mn_json_kind(v) == MN_JSON_OBJECT;

    mn_buf_add_text(out, "{ ");
    for (const struct mn_json *m = mn_json_first(v); m != NULL; m = mn_json_next(m)) {
        if (named) {
            write_name(out, mn_json_key(m));
            mn_buf_add_text(out, " = ");
        }
        write_value(out, m);
        mn_buf_add_text(out, mn_json_next(m) != NULL ? ", " : " ");
    }
    mn_buf_add_byte(out, '}');
}

static void write_value(struct mn_buf *out, const struct mn_json *v)
{
    switch (mn_json_kind(v)) {
    case MN_JSON_STRING:
        write_string(out, mn_json_text(v));
        break;
    case MN_JSON_ARRAY:
    case MN_JSON_OBJECT:
        write_table(out, v);
        break;
    case MN_JSON_NULL:
    case MN_JSON_ABSENT:
        mn_buf_add_text(out, "nil");
        break;
    default:
        mn_json_print(v, out);
    }
}

void mn_chat_keep_typed(struct chat *c, struct mn_str text)
{
    c->greeted = true;
    mn_buf_add_text(&c->steps, "  caller:types ");
    write_string(&c->steps, text);
    mn_buf_add_byte(&c->steps, '\n');
}

void mn_chat_keep_said(struct chat *c, struct mn_str text)
{
    if (c->told_to) { /* by :say, which a scenario has no words for */
        c->told_to = false;
        return;
    }
    if (c->greeted) {
        mn_buf_add_text(&c->steps, "  model:says ");
        write_string(&c->steps, text);
        mn_buf_add_byte(&c->steps, '\n');
    }
    c->greeted = true;
    mn_buf_add_text(&c->steps, "  caller:expect_heard ");
    write_string(&c->steps, text);
    mn_buf_add_byte(&c->steps, '\n');
}

void mn_chat_keep_tool(struct chat *c, const struct mn_json *note)
{
    struct mn_str tool = mn_json_str(note, "tool");

    if (mn_str_starts(tool, MN_STR("transfer_to_")))
        return; /* mn_chat_keep_handoff */
    mn_buf_add_text(&c->steps, is_word(tool) ? "  app.tools." : "  app.tools");
    write_name(&c->steps, tool);
    mn_buf_add_text(&c->steps, " = function() return ");
    write_string(&c->steps, mn_json_str(note, "result"));
    mn_buf_addf(&c->steps, " end\n  model:calls(\"%.*s\", ", MN_FMT(tool));
    write_value(&c->steps, mn_json_get(note, "args"));
    mn_buf_addf(&c->steps, ")\n  app:expect_tool \"%.*s\"\n", MN_FMT(tool));
}

void mn_chat_keep_handoff(struct chat *c, const struct mn_json *note)
{
    mn_buf_add_text(&c->steps, "  model:hands_off ");
    write_string(&c->steps, mn_json_str(note, "to"));
    mn_buf_add_text(&c->steps, "\n  app:expect_handoff ");
    write_string(&c->steps, mn_json_str(note, "to"));
    mn_buf_add_byte(&c->steps, '\n');
}

int mn_chat_save(const struct chat *c, const char *path)
{
    FILE *out = c->steps.err == 0 ? fopen(path, "wx") : NULL;
    int err = 0;

    if (out == NULL)
        return c->steps.err != 0 ? c->steps.err : -errno;
    if (fprintf(out,
                "-- Written by `myna chat`. Say what must hold; take out what need not.\n"
                "local test = require \"myna.test\"\n\n"
                "test.scenario(\"a conversation that went well\", function(caller, model, app)\n"
                "%.*send)\n",
                (int)c->steps.n, c->steps.n > 0 ? c->steps.p : "") < 0)
        err = -EIO;
    if (fclose(out) != 0 && err == 0)
        err = -errno;
    return err;
}
