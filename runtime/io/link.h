/* link.h - one end of a two-way pipe of text messages.
 *
 * A WebSocket a caller opened (io/server), one we opened to a model (io/ws_client), and one end of
 * a pair inside this process (link_pair.c) are all links, so whoever holds one need not know which.
 *
 * A link is born open or becomes open; on_close is called exactly once, from the loop or the clock,
 * never inside mn_link_send or mn_link_close; after it the link is gone. The bytes given to
 * on_message are borrowed until it returns. Both sides may be closed at any time; whoever closed an
 * end gets no more messages from it. */
#ifndef MN_IO_LINK_H
#define MN_IO_LINK_H

#include "base/clock.h"
#include "base/str.h"

struct mn_link;

/* A close frame holds 125 bytes, two of them the code (RFC 6455, 5.5). Longer reasons are cut. */
enum { MN_LINK_REASON_MAX = 123 };
enum { MN_LINK_VANISH = 1006 }; /* RFC 6455, 7.4.1: never sent */

struct mn_link_events {
    void (*on_open)(struct mn_link *link); /* may be NULL; not called for links born open */
    void (*on_message)(struct mn_link *link, struct mn_str text);
    /* A binary message, borrowed likewise. NULL: the link closes with 1003 (RFC 6455, 7.4.1). */
    void (*on_binary)(struct mn_link *link, struct mn_str bytes);
    /* code is RFC 6455's (1006 when the peer vanished). err is 0 when one side wished it, else why:
     * MN_ERESOLVE, MN_ETIMEOUT, MN_ETLS, MN_EREFUSED, MN_EPROTOCOL, MN_ELIMIT, MN_ECLOSED (the peer
     * hung up without a word), MN_ECANCELED (the loop closed), MN_ECONFIG, -errno. */
    void (*on_close)(struct mn_link *link, int code, struct mn_str reason, int err);
    void (*on_drained)(struct mn_link *link); /* the queue is empty again; may be NULL */
};

struct mn_link_ops {
    int (*send)(struct mn_link *link, struct mn_str text);
    void (*close)(struct mn_link *link, int code, struct mn_str reason);
    size_t (*queued)(const struct mn_link *link);
};

struct mn_link {
    const struct mn_link_ops *ops;
    const struct mn_link_events *events; /* set by whoever listens; never NULL */
    void *owner;                         /* the listener's */
};

/* Listens until somebody takes the link, so that one nobody ever took can still be closed. */
extern const struct mn_link_events mn_link_nobody;

/* Sends one message; the bytes are copied or written before it returns. Returns 0; MN_EFULL when
 * the queue holds something and would pass its high-water mark (nothing was added: the caller
 * decides what that means); MN_ECLOSED. */
static inline int mn_link_send(struct mn_link *link, struct mn_str text)
{
    return link->ops->send(link, text);
}

/* Sends what is queued, then closes. on_close follows, at the latest after the close time-out. With
 * MN_LINK_VANISH nothing is said and nothing sent: to the other side the network broke. */
static inline void mn_link_close(struct mn_link *link, int code, struct mn_str reason)
{
    link->ops->close(link, code, reason);
}

/* Bytes accepted by send and not yet taken by the kernel or the peer. */
static inline size_t mn_link_queued(const struct mn_link *link)
{
    return link->ops->queued(link);
}

/* The most of reason that fits a close frame, cut between characters. */
static inline struct mn_str mn_link_reason(struct mn_str reason)
{
    if (reason.n > MN_LINK_REASON_MAX) {
        reason.n = MN_LINK_REASON_MAX;
        while (reason.n > 0 && ((unsigned char)reason.p[reason.n] & 0xc0) == 0x80)
            reason.n--;
    }
    return reason;
}

/* Makes two open links joined to each other; a message sent to one is delivered to the other from
 * the clock, in order, at the same time. Each end holds at most high_water bytes on their way.
 * Returns 0 or -ENOMEM. */
int mn_link_pair(struct mn_link **a, struct mn_link **b, struct mn_clock *clock, size_t high_water);

/* What an end is told when it closes: as on_close. */
struct mn_link_farewell {
    int code, err;
    struct mn_str reason;
};

/* What carries a pair's messages outside of this memory: the clock still says when an end hears,
 * the transport what. End 0 is a, end 1 is b. All but free are called from the clock. */
struct mn_link_transport {
    /* Returns when both ends may send: 0, or MN_ECLOSED when it has closed already. */
    int (*open)(struct mn_link_transport *t);
    /* Takes the next message of an end. After some, arrive: it calls mn_link_pair_hear at the other
     * end for each, and returns when all have come or the transport has closed. */
    void (*carry)(struct mn_link_transport *t, int from, struct mn_str text);
    void (*arrive)(struct mn_link_transport *t);
    /* Closes as end by wishes (-1: it has closed itself) and says what each end learned of it;
     * borrowed until free. */
    void (*close)(struct mn_link_transport *t, int by, const struct mn_link_farewell *wish,
                  struct mn_link_farewell told[2]);
    void (*free)(struct mn_link_transport *t);
};

/* As mn_link_pair, with a transport between, which is the pair's from now on. */
int mn_link_pair_over(struct mn_link **a, struct mn_link **b, struct mn_clock *clock,
                      size_t high_water, struct mn_link_transport *transport);

/* For transports: a message has arrived at this end; the transport has closed itself. */
void mn_link_pair_hear(struct mn_link *end, struct mn_str text);
void mn_link_pair_broken(struct mn_link *end);

#endif
