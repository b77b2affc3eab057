/* ws_queue.c - the bounded queue behind ws_queue.h. */
#include "io/ws_queue.h"

#include <stdlib.h>

struct mn_ws_packet *mn_ws_packet_new(size_t n)
{
    struct mn_ws_packet *packet = malloc(sizeof(*packet) + MN_WS_HEADROOM + n);

    if (packet == NULL)
        return NULL;
    mn_list_init(&packet->node);
    packet->n = n;
    packet->p = packet->all + MN_WS_HEADROOM;
    return packet;
}

void mn_ws_queue_open(struct mn_ws_queue *q, size_t high_water)
{
    mn_list_init(&q->packets);
    q->bytes = 0;
    q->high_water = high_water;
}

void mn_ws_queue_close(struct mn_ws_queue *q)
{
    struct mn_list *node, *next;

    for (node = q->packets.next; node != &q->packets; node = next) {
        next = node->next;
        free(mn_container_of(node, struct mn_ws_packet, node));
    }
    mn_ws_queue_open(q, q->high_water);
}

void mn_ws_queue_add(struct mn_ws_queue *q, struct mn_ws_packet *packet)
{
    mn_list_append(&q->packets, &packet->node);
    q->bytes += packet->n;
}

struct mn_ws_packet *mn_ws_queue_first(const struct mn_ws_queue *q)
{
    if (mn_ws_queue_empty(q))
        return NULL;
    return mn_container_of(q->packets.next, struct mn_ws_packet, node);
}

void mn_ws_queue_sent(struct mn_ws_queue *q, size_t n)
{
    struct mn_ws_packet *packet = mn_ws_queue_first(q);

    q->bytes -= n;
    packet->p += n;
    packet->n -= n;
    if (packet->n == 0) {
        mn_list_remove(&packet->node);
        free(packet);
    }
}
