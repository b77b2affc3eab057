/* event_write.c - the opening and the error event behind event_write.h. */
#include "core/event_write.h"

bool mn_event_open(struct mn_writer *w, struct mn_buf *out, enum mn_event_type type,
                   enum mn_dialect dialect, const char *event_id)
{
    const char *wire = mn_event_wire(type, dialect);

    if (wire == NULL)
        return false;
    *w = mn_writer(out);
    mn_write_open(w, NULL, '{');
    mn_write_text(w, "type", wire);
    if (event_id != NULL)
        mn_write_text(w, "event_id", event_id);
    return true;
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

int mn_event_error(struct mn_buf *out, const char *event_id, const struct mn_fault *fault)
{
    struct mn_writer w;

    mn_event_open(&w, out, MN_EV_ERROR, MN_GA, event_id);
    mn_write_open(&w, "error", '{');
    mn_write_text(&w, "type", fault->type);
    mn_write_text(&w, "code", fault->code);
    mn_write_text(&w, "message", fault->message);
    mn_write_text(&w, "param", or_null(fault->param));
    mn_write_text(&w, "event_id", or_null(fault->event_id));
    mn_write_close(&w);
    mn_write_close(&w);
    return out->err;
}

void mn_write_json(struct mn_writer *w, const char *key, const struct mn_json *v)
{
    struct mn_buf text = {0};

    if (mn_json_print(v, &text) == 0)
        mn_write_raw(w, key, mn_buf_str(&text));
    else
        w->out->err = text.err;
    mn_buf_free(&text);
}

void mn_write_member(struct mn_writer *w, const struct mn_json *member)
{
    struct mn_buf key = {0};

    if (mn_buf_add_str(&key, mn_json_key(member)) == 0 && key.n > 0)
        mn_write_json(w, key.p, member);
    else if (key.err != 0)
        w->out->err = key.err;
    mn_buf_free(&key);
}
