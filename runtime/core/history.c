/* history.c - the list of items behind history.h. */
#include "core/history.h"

#include <errno.h>
#include <stdlib.h>

void mn_history_init(struct mn_history *h)
{
    mn_list_init(&h->items);
    h->count = 0;
}

void mn_item_free(struct mn_item *item)
{
    if (item == NULL)
        return;
    mn_list_remove(&item->link);
    mn_buf_free(&item->text);
    mn_buf_free(&item->full);
    mn_buf_free(&item->output);
    mn_buf_free(&item->images);
    free(item->marks);
    free(item);
}

void mn_history_remove(struct mn_history *h, struct mn_item *item)
{
    h->count--;
    mn_item_free(item);
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

        if (mn_id_is(item->id, id))
            return item;
    }
    return NULL;
}

static struct mn_item *with_call_id(struct mn_history *h, enum mn_item_kind kind,
                                    struct mn_str call_id)
{
    for (struct mn_list *l = h->items.prev; l != &h->items; l = l->prev) {
        struct mn_item *item = mn_container_of(l, struct mn_item, link);

        if (item->kind == kind && !item->gone && mn_id_is(item->call_id, call_id))
            return item;
    }
    return NULL;
}

struct mn_item *mn_history_call(struct mn_history *h, struct mn_str call_id)
{
    return with_call_id(h, MN_ITEM_CALL, call_id);
}

struct mn_item *mn_history_output(struct mn_history *h, struct mn_str call_id)
{
    return with_call_id(h, MN_ITEM_OUTPUT, call_id);
}

bool mn_item_known(const struct mn_item *item)
{
    return item->kind < MN_ITEM_HANDOFF && !item->absent && !item->forgotten && !item->gone;
}

bool mn_item_shown(const struct mn_item *item)
{
    return !item->gone && item->kind != MN_ITEM_OUTPUT && item->kind != MN_ITEM_OTHER;
}

/* The model's chain leaves out what it does not know, which stays behind whatever it followed. */
static void insert_after(struct mn_history *h, struct mn_list *place, struct mn_list *node)
{
    while (place->next != &h->items &&
           !mn_item_known(mn_container_of(place->next, struct mn_item, link)))
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
