/* list.h - an intrusive doubly linked list. A node by itself points at itself, so removing twice is
 * removing once. The list owns nothing. */
#ifndef MN_BASE_LIST_H
#define MN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct mn_list {
    struct mn_list *next, *prev;
};

#define mn_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline void mn_list_init(struct mn_list *l)
{
    l->next = l->prev = l;
}

static inline bool mn_list_empty(const struct mn_list *l)
{
    return l->next == l;
}

static inline void mn_list_append(struct mn_list *l, struct mn_list *node)
{
    node->prev = l->prev;
    node->next = l;
    l->prev->next = node;
    l->prev = node;
}

static inline void mn_list_remove(struct mn_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    mn_list_init(node);
}

/* Moves every node of from to the empty or uninitialised list to: collect, then run. */
static inline void mn_list_take(struct mn_list *from, struct mn_list *to)
{
    mn_list_init(to);
    if (mn_list_empty(from))
        return;
    *to = *from;
    to->next->prev = to;
    to->prev->next = to;
    mn_list_init(from);
}

#endif
