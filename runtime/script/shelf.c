/* shelf.c - the list behind shelf.h. An app has tens of files, so finding is a walk. */
#include "script/shelf.h"

#include <stdlib.h>
#include <string.h>

static void free_item(struct mn_shelf_item *item)
{
    mn_list_remove(&item->link);
    free(item->name);
    free(item->shown);
    mn_buf_free(&item->bytes);
    free(item);
}

void mn_shelf_open(struct mn_shelf *shelf)
{
    mn_list_init(&shelf->items);
}

void mn_shelf_close(struct mn_shelf *shelf)
{
    if (shelf->items.next == NULL)
        return;
    while (!mn_list_empty(&shelf->items))
        free_item(mn_container_of(shelf->items.next, struct mn_shelf_item, link));
}

void mn_shelf_forget(struct mn_shelf *shelf, enum mn_shelf_kind kind)
{
    struct mn_list *at = shelf->items.next;

    while (at != &shelf->items) {
        struct mn_shelf_item *item = mn_container_of(at, struct mn_shelf_item, link);

        at = at->next;
        if (item->kind == kind)
            free_item(item);
    }
}

const struct mn_shelf_item *mn_shelf_find(const struct mn_shelf *shelf, enum mn_shelf_kind kind,
                                          struct mn_str name)
{
    for (const struct mn_list *at = shelf->items.next; at != &shelf->items; at = at->next) {
        const struct mn_shelf_item *item = mn_container_of(at, struct mn_shelf_item, link);

        if (item->kind == kind && mn_str_is(name, item->name))
            return item;
    }
    return NULL;
}

/* Whether all of a is in b; counts it. */
static bool is_within(const struct mn_shelf *a, const struct mn_shelf *b, int *n)
{
    for (const struct mn_list *at = a->items.next; at != &a->items; at = at->next) {
        const struct mn_shelf_item *item = mn_container_of(at, struct mn_shelf_item, link), *other;

        if (item->kind == MN_SHELF_SDK)
            continue;
        other = mn_shelf_find(b, item->kind, mn_str(item->name));
        if (other == NULL || !mn_str_same(mn_buf_str(&item->bytes), mn_buf_str(&other->bytes)))
            return false;
        ++*n;
    }
    return true;
}

bool mn_shelf_same(const struct mn_shelf *a, const struct mn_shelf *b)
{
    int n = 0, m = 0;

    return is_within(a, b, &n) && is_within(b, a, &m) && n == m;
}

struct mn_shelf_item *mn_shelf_put(struct mn_shelf *shelf, enum mn_shelf_kind kind,
                                   struct mn_str name, const char *shown, struct mn_buf *bytes)
{
    struct mn_shelf_item *item = calloc(1, sizeof(*item));

    if (item == NULL) {
        mn_buf_free(bytes);
        return NULL;
    }
    mn_list_init(&item->link);
    item->kind = kind;
    item->bytes = *bytes;
    *bytes = (struct mn_buf){0};
    item->name = strndup(name.n != 0 ? name.p : "", name.n);
    item->shown = shown != NULL ? strdup(shown) : NULL;
    if (item->name == NULL || (shown != NULL && item->shown == NULL)) {
        free_item(item);
        return NULL;
    }
    mn_list_append(&shelf->items, &item->link);
    return item;
}
