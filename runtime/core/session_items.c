/* session_items.c - the model's items and their words, taken into the history (R34, R50, R51). */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>

void mn_items_note(struct mn_session *s, enum mn_note note, const struct mn_item *item)
{
    struct mn_writer w;

    if (item->kind == MN_ITEM_OUTPUT || item->kind == MN_ITEM_OTHER || !mn_fx_note(s, &w, note))
        return;
    mn_item_write(&w, "item", item);
    mn_fx_done(s, &w);
}

static enum mn_item_kind kind_of(struct mn_str type)
{
    if (mn_str_is(type, "message"))
        return MN_ITEM_MESSAGE;
    if (mn_str_is(type, "function_call"))
        return MN_ITEM_CALL;
    return mn_str_is(type, "function_call_output") ? MN_ITEM_OUTPUT : MN_ITEM_OTHER;
}

static void copy_word(char *to, size_t size, struct mn_str from)
{
    size_t n = from.n < size - 1 ? from.n : size - 1;

    if (n > 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

/* The words a message came with: typed text, or a transcript that was already there. */
static void take_content(struct mn_session *s, struct mn_item *item, const struct mn_json *body)
{
    const struct mn_json *content = mn_json_get(body, "content");

    for (const struct mn_json *c = mn_json_first(content); c != NULL; c = mn_json_next(c)) {
        struct mn_str words = mn_json_str(c, "text");

        if (words.n == 0)
            words = mn_json_str(c, "transcript");
        if (mn_str_is(mn_json_str(c, "type"), "input_image"))
            item->images = true;
        if (words.n > 0 && mn_buf_add_str(&item->text, words) != 0)
            s->err = item->text.err;
    }
}

static void new_item(struct mn_session *s, struct mn_item *item, const struct mn_json *body)
{
    item->kind = kind_of(mn_json_str(body, "type"));
    copy_word(item->role, sizeof(item->role), mn_json_str(body, "role"));
    mn_id_copy(item->call_id, mn_json_str(body, "call_id"));
    copy_word(item->name, sizeof(item->name), mn_json_str(body, "name"));
    if (strcmp(item->role, "assistant") == 0)
        copy_word(item->from, sizeof(item->from), s->app->agents[s->turn.agent].name);
    else
        take_content(s, item, body);
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
}

struct mn_item *mn_items_put(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *body = mn_json_get(ev->body, "item");
    struct mn_str id = mn_json_str(body, "id");
    struct mn_item *item;
    bool added;

    if (id.n == 0 || id.n >= MN_ID_MAX)
        return NULL;
    item = mn_history_put(&s->history, id, ev->previous_item_id, &added);
    if (item == NULL) {
        s->err = -ENOMEM;
        return NULL;
    }
    if (!added)
        return item;
    s->voice = NULL; /* a full history may have forgotten it */
    new_item(s, item, body);
    return item;
}

void mn_items_added(struct mn_session *s, const struct mn_event *ev)
{
    mn_items_put(s, ev);
    mn_arbiter_acked(&s->arbiter, mn_json_str(mn_json_get(ev->body, "item"), "id"));
}

void mn_items_deleted(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);

    if (item == NULL)
        return;
    s->voice = NULL;
    mn_history_remove(&s->history, item);
}

void mn_items_transcribed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);

    if (item == NULL)
        return;
    mn_buf_clear(&item->text);
    if (mn_buf_add_str(&item->text, mn_json_str(ev->body, "transcript")) != 0)
        s->err = item->text.err;
    mn_items_note(s, MN_NOTE_HISTORY_UPDATED, item);
}

void mn_items_words(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);
    int64_t at_ms;

    if (item == NULL)
        return;
    item->spoken = ev->type == MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA;
    at_ms = item->samples / s->playout.samples_per_ms;
    if (mn_item_say(item, ev->delta, at_ms) != 0)
        s->err = -ENOMEM;
}

void mn_items_words_done(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_item *item = mn_history_find(&s->history, ev->item_id);
    struct mn_str words = mn_json_str(ev->body, "transcript");
    struct mn_buf *text;

    if (item == NULL)
        return;
    if (words.n == 0)
        words = mn_json_str(ev->body, "text");
    text = item->interrupted ? &item->full : &item->text;
    mn_buf_clear(text);
    if (mn_buf_add_str(text, words) != 0)
        s->err = text->err;
}
