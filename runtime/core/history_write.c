/* history_write.c - items as scripts, records and chat read them. */
#include "core/history.h"

static void write_message(struct mn_writer *w, const struct mn_item *item)
{
    mn_write_text(w, "type", "message");
    mn_write_text(w, "role", item->role);
    if (item->from[0] != '\0')
        mn_write_text(w, "agent", item->from);
    mn_write_str(w, "text", mn_buf_str(&item->text));
    if (item->images.n > 0) {
        mn_write_open(w, "images", '[');
        mn_write_raw(w, NULL, mn_buf_str(&item->images));
        mn_write_close(w);
    }
    if (!item->interrupted)
        return;
    mn_write_bool(w, "interrupted", true);
    mn_write_int(w, "heard_ms", item->heard_ms);
    mn_write_str(w, "full_text", mn_buf_str(&item->full));
}

static void write_call(struct mn_writer *w, const struct mn_item *item)
{
    mn_write_text(w, "type", "function_call");
    mn_write_text(w, "name", item->name);
    mn_write_text(w, "call_id", item->call_id);
    mn_write_str(w, "arguments", mn_buf_str(&item->text));
    if (item->done)
        mn_write_str(w, "output", mn_buf_str(&item->output));
    else
        mn_write_null(w, "output");
}

static void write_mark(struct mn_writer *w, const struct mn_item *item)
{
    bool guardrail = item->kind == MN_ITEM_GUARDRAIL;

    mn_write_text(w, "type", guardrail ? "guardrail" : "config");
    mn_write_text(w, "agent", item->from);
    if (guardrail)
        mn_write_text(w, "name", item->name);
    mn_write_str(w, "text", mn_buf_str(&item->text));
}

static void write_sound(struct mn_writer *w, const struct mn_item *item)
{
    mn_write_text(w, "type", "sound");
    mn_write_text(w, "agent", item->from);
    mn_write_str(w, "path", mn_buf_str(&item->output));
    if (!item->interrupted)
        return;
    mn_write_bool(w, "interrupted", true);
    mn_write_int(w, "heard_ms", item->heard_ms);
}

static void write_handoff(struct mn_writer *w, const struct mn_item *item)
{
    mn_write_text(w, "type", "handoff");
    mn_write_text(w, "from", item->from);
    mn_write_text(w, "to", item->name);
}

void mn_item_write(struct mn_writer *w, const char *key, const struct mn_item *item)
{
    static void (*const kinds[])(struct mn_writer *, const struct mn_item *) = {
        [MN_ITEM_MESSAGE] = write_message, [MN_ITEM_CALL] = write_call,
        [MN_ITEM_OUTPUT] = write_message,  [MN_ITEM_OTHER] = write_message,
        [MN_ITEM_HANDOFF] = write_handoff, [MN_ITEM_GUARDRAIL] = write_mark,
        [MN_ITEM_CONFIG] = write_mark,     [MN_ITEM_SOUND] = write_sound,
    };

    mn_write_open(w, key, '{');
    mn_write_text(w, "id", item->id);
    kinds[item->kind](w, item);
    if (item->forgotten)
        mn_write_bool(w, "forgotten", true);
    mn_write_close(w);
}

int mn_history_write(const struct mn_history *h, int last, struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);
    const struct mn_list *from = h->items.prev;
    int n = 0;

    for (; from != &h->items; from = from->prev) {
        n += mn_item_shown(mn_container_of(from, struct mn_item, link));
        if (last > 0 && n == last)
            break;
    }
    if (from == &h->items)
        from = h->items.next;
    mn_write_open(&w, NULL, '[');
    for (; from != &h->items; from = from->next) {
        const struct mn_item *item = mn_container_of(from, struct mn_item, link);

        if (mn_item_shown(item))
            mn_item_write(&w, NULL, item);
    }
    mn_write_close(&w);
    return out->err;
}
