/* brain_plain.c - JSON read aloud. */
#include "sim/brain_plain.h"

#include "base/json.h"

#define SPOKEN_MAX 600 /* bytes: half a minute of speech */

static const struct mn_json_limits limits = {1u << 20, 16, 5000};

/* "patient_id" is said as "patient id". */
static void say_name(struct mn_buf *out, struct mn_str name)
{
    for (size_t i = 0; i < name.n; i++)
        mn_buf_add_byte(out, name.p[i] == '_' ? ' ' : name.p[i]);
}

static void say_value(struct mn_buf *out, const struct mn_json *v);

static void say_members(struct mn_buf *out, const struct mn_json *v, const char *between)
{
    if (mn_json_first(v) == NULL)
        mn_buf_add_text(out, "nothing");
    for (const struct mn_json *m = mn_json_first(v); m != NULL; m = mn_json_next(m)) {
        if (out->n > SPOKEN_MAX) {
            mn_buf_add_text(out, ", and more");
            return;
        }
        if (m != mn_json_first(v))
            mn_buf_add_text(out, between);
        if (mn_json_key(m).n > 0) {
            say_name(out, mn_json_key(m));
            mn_buf_add_byte(out, ' ');
        }
        say_value(out, m);
    }
}

static void say_value(struct mn_buf *out, const struct mn_json *v)
{
    bool yes = false;

    switch (mn_json_kind(v)) {
    case MN_JSON_STRING:
        mn_buf_add_str(out, mn_json_text(v));
        return;
    case MN_JSON_BOOL:
        mn_json_to_bool(v, &yes);
        mn_buf_add_text(out, yes ? "yes" : "no");
        return;
    case MN_JSON_OBJECT:
        say_members(out, v, ", ");
        return;
    case MN_JSON_ARRAY:
        say_members(out, v, "; ");
        return;
    case MN_JSON_NUMBER:
        mn_json_print(v, out);
        return;
    default:
        mn_buf_add_text(out, "nothing");
    }
}

void mn_brain_plain(struct mn_str output, struct mn_buf *out)
{
    struct mn_json *v = NULL;
    struct mn_str agent, error;

    if (mn_json_parse(&v, output, &limits, NULL) < 0) {
        mn_buf_add_str(out, output); /* words already */
        return;
    }
    agent = mn_json_str(v, "assistant");
    error = mn_json_str(v, "error");
    if (agent.n > 0 && mn_json_count(v) == 1) {
        mn_buf_addf(out, "You are through to %.*s. How can I help?", MN_FMT(agent));
    } else if (error.n > 0) {
        mn_buf_add_str(out, error);
    } else {
        if (mn_json_first(v) != NULL)
            mn_buf_add_text(out, "Here is what I have: ");
        say_value(out, v);
        if (mn_json_kind(v) != MN_JSON_STRING)
            mn_buf_add_byte(out, '.');
    }
    mn_json_free(v);
}
