/* ws_queue.h - bytes waiting for a socket that would not take them, whole messages at a time.
 *
 * The queue is bounded by its high-water mark; whoever adds asks mn_ws_queue_fits first and decides
 * what a full queue means. Every packet has room before its bytes, so that a frame's header (or
 * libwebsockets, which wants LWS_PRE = 16 bytes) needs no copy. */
#ifndef MN_IO_WS_QUEUE_H
#define MN_IO_WS_QUEUE_H

#include "base/list.h"

enum { MN_WS_HEADROOM = 16 };

struct mn_ws_packet {
    struct mn_list node;
    size_t n;            /* bytes */
    unsigned char *p;    /* the first of them; may be moved back into the headroom */
    unsigned char all[]; /* headroom, then n bytes */
};

struct mn_ws_queue {
    struct mn_list packets;
    size_t bytes; /* in them */
    size_t high_water;
};

/* A packet of n bytes for the caller to fill: to add to a queue, or to free(). NULL when there is
 * no memory. */
struct mn_ws_packet *mn_ws_packet_new(size_t n);

void mn_ws_queue_open(struct mn_ws_queue *q, size_t high_water);
void mn_ws_queue_close(struct mn_ws_queue *q); /* frees what is in it */

static inline bool mn_ws_queue_empty(const struct mn_ws_queue *q)
{
    return mn_list_empty(&q->packets);
}

/* Whether n more bytes stay within the high-water mark. One packet always fits an empty queue: the
 * mark is for a peer that does not read, and whoever made the message has bounded it. */
static inline bool mn_ws_queue_fits(const struct mn_ws_queue *q, size_t n)
{
    return q->bytes == 0 || (q->bytes <= q->high_water && n <= q->high_water - q->bytes);
}

void mn_ws_queue_add(struct mn_ws_queue *q, struct mn_ws_packet *packet); /* takes it over */
struct mn_ws_packet *mn_ws_queue_first(const struct mn_ws_queue *q);      /* NULL when empty */
void mn_ws_queue_sent(struct mn_ws_queue *q, size_t n); /* n bytes of the first are gone */

#endif
