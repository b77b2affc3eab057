/* history.c - the list of items behind history.h. */
#include "core/history.h"

#include <errno.h>
#include <stdlib.h>

void mn_history_init(struct mn_history *h)
{
    mn_list_init(&h->items);
    h->count = 0;
}

void mn_history_remove(struct mn_history *h, struct mn_item *item)
{
    mn_list_remove(&item->link);
    h->count--;
    mn_buf_free(&item->text);
    mn_buf_free(&item->full);
    mn_buf_free(&item->output);
    free(item->marks);
    free(item);
}

void mn_history_free(struct mn_history *h)
{
    while (!mn_list_empty(&h->items))
        mn_history_remove(h, mn_container_of(h->items.next, struct mn_item, link));
}

/* Both look from the newest back: what events speak of is nearly always near the end. */
struct mn_item *mn_history_find(struct mn_history *h, struct mn_str id)
{
    for (struct mn_list *l = h->items.prev; l != &h->items && id.n > 0; l = l->prev) {
        struct mn_item *item = mn_container_of(l, struct mn_item, link);

        if (mn_str_is(id, item->id))
            return item;
    }
    return NULL;
}

struct mn_item *mn_history_call(struct mn_history *h, struct mn_str call_id)
{
    for (struct mn_list *l = h->items.prev; l != &h->items; l = l->prev) {
        struct mn_item *item = mn_container_of(l, struct mn_item, link);

        if (item->kind == MN_ITEM_CALL && mn_str_is(call_id, item->call_id))
            return item;
    }
    return NULL;
}

/* A handoff is an item of ours that the model's chain does not know, so it stays behind whatever it
 * followed. */
static void insert_after(struct mn_history *h, struct mn_list *place, struct mn_list *node)
{
    while (place->next != &h->items &&
           mn_container_of(place->next, struct mn_item, link)->kind == MN_ITEM_HANDOFF)
        place = place->next;
    mn_list_append(place->next, node); /* before what follows place */
}

struct mn_item *mn_history_put(struct mn_history *h, struct mn_str id, struct mn_str previous_id,
                               bool *added)
{
    struct mn_item *item = mn_history_find(h, id), *previous;

    *added = item == NULL;
    if (item != NULL)
        return item;
    item = calloc(1, sizeof(*item));
    if (item == NULL)
        return NULL;
    mn_id_copy(item->id, id);
    item->heard_ms = -1;
    if (h->count == MN_HISTORY_ITEMS)
        mn_history_remove(h, mn_container_of(h->items.next, struct mn_item, link));
    previous = mn_history_find(h, previous_id);
    if (mn_str_is(previous_id, "root"))
        mn_list_append(h->items.next, &item->link);
    else if (previous != NULL)
        insert_after(h, &previous->link, &item->link);
    else
        mn_list_append(&h->items, &item->link);
    h->count++;
    return item;
}

int mn_item_say(struct mn_item *item, struct mn_str delta, int64_t at_ms)
{
    struct mn_mark *last = item->nmarks > 0 ? &item->marks[item->nmarks - 1] : NULL;

    if (item->interrupted)
        return 0; /* its text is settled */
    if (item->marks == NULL) {
        item->marks = calloc(MN_HISTORY_MARKS, sizeof(*item->marks));
        if (item->marks == NULL)
            return -ENOMEM;
    }
    if ((last == NULL || last->at_ms < at_ms) && item->nmarks < MN_HISTORY_MARKS)
        item->marks[item->nmarks++] = (struct mn_mark){at_ms, item->text.n};
    return mn_buf_add_str(&item->text, delta);
}

/* Between two marks in proportion. Words that came when just heard_ms had been received have no
 * audio yet. */
size_t mn_item_heard(const struct mn_item *item, int64_t heard_ms, int64_t received_ms)
{
    struct mn_mark from = {0, 0}, to = {received_ms, item->text.n};

    for (int i = 0; i < item->nmarks; i++) {
        if (item->marks[i].at_ms >= heard_ms) {
            to = item->marks[i];
            break;
        }
        from = item->marks[i];
    }
    if (heard_ms >= to.at_ms || to.at_ms <= from.at_ms)
        return to.bytes;
    return from.bytes + (size_t)((int64_t)(to.bytes - from.bytes) * (heard_ms - from.at_ms) /
                                 (to.at_ms - from.at_ms));
}

/* Words longer than this are taken to be a script that puts no spaces between them. */
#define WORD_MAX 40

/* Back to the end of the last whole word; without spaces, of the last whole character. */
static size_t whole_words(struct mn_str text, size_t n)
{
    size_t end = n;

    if (n >= text.n)
        return text.n;
    while (end > 0 && text.p[end] != ' ')
        end--;
    if (n - end <= WORD_MAX)
        return end;
    while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

int mn_item_cut(struct mn_item *item, int64_t heard_ms, int64_t received_ms)
{
    size_t keep = whole_words(mn_buf_str(&item->text), mn_item_heard(item, heard_ms, received_ms));
    int err;

    if (item->interrupted)
        return 0; /* a second cut cannot hear more than the first */
    err = mn_buf_add_str(&item->full, mn_buf_str(&item->text));
    item->interrupted = true;
    item->heard_ms = heard_ms;
    if (item->text.n > keep) {
        item->text.n = keep;
        item->text.p[keep] = '\0';
    }
    return err;
}

static void write_message(struct mn_writer *w, const struct mn_item *item)
{
    mn_write_text(w, "type", "message");
    mn_write_text(w, "role", item->role);
    if (item->from[0] != '\0')
        mn_write_text(w, "agent", item->from);
    mn_write_str(w, "text", mn_buf_str(&item->text));
    if (item->images)
        mn_write_bool(w, "image", true);
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

void mn_item_write(struct mn_writer *w, const char *key, const struct mn_item *item)
{
    mn_write_open(w, key, '{');
    mn_write_text(w, "id", item->id);
    if (item->kind == MN_ITEM_CALL) {
        write_call(w, item);
    } else if (item->kind == MN_ITEM_HANDOFF) {
        mn_write_text(w, "type", "handoff");
        mn_write_text(w, "from", item->from);
        mn_write_text(w, "to", item->name);
    } else {
        write_message(w, item);
    }
    mn_write_close(w);
}

static bool shown(const struct mn_item *item)
{
    return item->kind == MN_ITEM_MESSAGE || item->kind == MN_ITEM_CALL ||
           item->kind == MN_ITEM_HANDOFF;
}

int mn_history_write(const struct mn_history *h, int last, struct mn_buf *out)
{
    struct mn_writer w = mn_writer(out);
    const struct mn_list *from = h->items.prev;
    int n = 0;

    for (; from != &h->items; from = from->prev) {
        n += shown(mn_container_of(from, struct mn_item, link));
        if (last > 0 && n == last)
            break;
    }
    if (from == &h->items)
        from = h->items.next;
    mn_write_open(&w, NULL, '[');
    for (; from != &h->items; from = from->next) {
        const struct mn_item *item = mn_container_of(from, struct mn_item, link);

        if (shown(item))
            mn_item_write(&w, NULL, item);
    }
    mn_write_close(&w);
    return out->err;
}
