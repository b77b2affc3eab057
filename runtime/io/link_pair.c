/* link_pair.c - two links joined to each other inside the process: a WebSocket without the socket.
 *
 * DESIGN  What one end sends waits in its outbox until the clock comes round, so no end is ever
 * called from inside another's send. Closing starts a timer after those of both outboxes; as the
 * clock fires equal deadlines in the order they were started, what was sent before the close
 * arrives before it. The first to close decides the code and the reason for both ends.
 *
 * A transport between the ends is asked to carry what the timers would hand over, at the same
 * moments: so the order of all that happens is the clock's with it as without. */
#include "io/link.h"

#include "base/err.h"
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>

struct message {
    struct mn_list node;
    size_t n;
    char bytes[];
};

struct end {
    struct mn_link link;
    struct pair *pair;
    struct end *peer;
    struct mn_list outbox; /* messages on their way to the peer */
    size_t outbox_bytes;
    struct mn_timer deliver;
    bool deaf; /* its owner closed it: nothing more is delivered to it */
};

struct pair {
    struct end ends[2];
    struct mn_clock *clock; /* borrowed */
    size_t high_water;
    struct mn_link_transport *transport; /* NULL: messages are handed over in place */
    struct mn_timer begin, finish;
    bool closed;
    struct end
        *closer; /* the end closed first; NULL while the pair is open, or its transport closed */
    int code;
    size_t reason_n;
    char reason[MN_LINK_REASON_MAX];
};

static int number_of(const struct end *e)
{
    return (int)(e - e->pair->ends);
}

static void hear(struct end *e, struct mn_str text)
{
    if (!e->deaf)
        e->link.events->on_message(&e->link, text);
}

void mn_link_pair_hear(struct mn_link *end, struct mn_str text)
{
    hear(mn_container_of(end, struct end, link), text);
}

static void on_deliver(struct mn_timer *timer)
{
    struct end *from = mn_container_of(timer, struct end, deliver), *to = from->peer;
    struct mn_link_transport *transport = from->pair->transport;
    struct mn_list batch;
    struct message *m;

    mn_list_take(&from->outbox, &batch);
    while (!mn_list_empty(&batch)) {
        m = mn_container_of(batch.next, struct message, node);
        mn_list_remove(&m->node);
        from->outbox_bytes -= m->n;
        if (transport != NULL)
            transport->carry(transport, number_of(from), (struct mn_str){m->bytes, m->n});
        else
            hear(to, (struct mn_str){m->bytes, m->n});
        free(m);
    }
    if (transport != NULL)
        transport->arrive(transport);
    if (mn_list_empty(&from->outbox) && !from->pair->closed &&
        from->link.events->on_drained != NULL)
        from->link.events->on_drained(&from->link);
}

static int end_send(struct mn_link *link, struct mn_str text)
{
    struct end *e = mn_container_of(link, struct end, link);
    struct message *m;
    int err;

    if (e->pair->closed)
        return MN_ECLOSED;
    if (e->outbox_bytes > 0 && e->outbox_bytes + text.n > e->pair->high_water)
        return MN_EFULL;
    m = malloc(sizeof(*m) + text.n);
    if (m == NULL)
        return -ENOMEM;
    if (!mn_timer_running(&e->deliver)) {
        err = mn_timer_start(e->pair->clock, &e->deliver, 0, on_deliver);
        if (err < 0) {
            free(m);
            return err;
        }
    }
    m->n = text.n;
    if (text.n > 0)
        memcpy(m->bytes, text.p, text.n);
    mn_list_append(&e->outbox, &m->node);
    e->outbox_bytes += m->n;
    return 0;
}

static void end_free(struct end *e)
{
    struct mn_list *node, *next;

    mn_timer_stop(&e->deliver);
    for (node = e->outbox.next; node != &e->outbox; node = next) {
        next = node->next;
        free(mn_container_of(node, struct message, node));
    }
}

/* What each end is told when nothing but memory is between them. */
static void tell_in_place(struct mn_link_farewell told[2], const struct mn_link_farewell *wish,
                          int by)
{
    told[by] = told[1 - by] = *wish;
    told[1 - by].err = wish->code == MN_LINK_VANISH ? MN_ECLOSED : 0;
}

static void finish(struct pair *p)
{
    struct mn_link_farewell wish = {.code = p->code, .reason = {p->reason, p->reason_n}}, told[2];
    int by = p->closer != NULL ? number_of(p->closer) : -1, first = by >= 0 ? 1 - by : 0;
    struct end *ends[2] = {&p->ends[first], &p->ends[1 - first]};

    if (p->transport != NULL)
        p->transport->close(p->transport, by, &wish, told);
    else
        tell_in_place(told, &wish, by);
    for (int i = 0; i < 2; i++) {
        struct mn_link *link = &ends[i]->link;
        const struct mn_link_farewell *it = &told[number_of(ends[i])];

        link->events->on_close(link, it->code, it->reason, it->err);
    }
    end_free(ends[0]);
    end_free(ends[1]);
    mn_timer_stop(&p->begin);
    mn_timer_stop(&p->finish);
    if (p->transport != NULL)
        p->transport->free(p->transport);
    free(p);
}

static void on_finish(struct mn_timer *timer)
{
    finish(mn_container_of(timer, struct pair, finish));
}

static void close_pair(struct pair *p)
{
    p->closed = true;
    /* Without memory for the timer the pair stays closed and untold until close is called again. */
    if (!mn_timer_running(&p->finish))
        (void)mn_timer_start(p->clock, &p->finish, 0, on_finish);
}

static void end_close(struct mn_link *link, int code, struct mn_str reason)
{
    struct end *e = mn_container_of(link, struct end, link);
    struct pair *p = e->pair;

    e->deaf = true;
    if (!p->closed) {
        reason = mn_link_reason(reason);
        p->closer = e;
        p->code = code;
        p->reason_n = reason.n;
        if (reason.n > 0)
            memcpy(p->reason, reason.p, reason.n);
    }
    close_pair(p);
}

void mn_link_pair_broken(struct mn_link *end)
{
    struct pair *p = mn_container_of(end, struct end, link)->pair;

    if (!p->closed)
        close_pair(p);
}

/* The transport must be open before anything goes over it, and one that opens never ends the pair
 * at once, as a link does whose dial is refused. */
static void on_begin(struct mn_timer *timer)
{
    struct pair *p = mn_container_of(timer, struct pair, begin);

    if (p->transport->open(p->transport) != 0 && p->closer == NULL) {
        p->closed = true;
        finish(p);
    }
}

static size_t end_queued(const struct mn_link *link)
{
    return mn_container_of(link, const struct end, link)->outbox_bytes;
}

static const struct mn_link_ops end_ops = {end_send, end_close, end_queued};

static void end_init(struct end *e, struct pair *p, struct end *peer)
{
    e->link.ops = &end_ops;
    e->pair = p;
    e->peer = peer;
    mn_list_init(&e->outbox);
    e->link.events = &mn_link_nobody;
}

int mn_link_pair(struct mn_link **a, struct mn_link **b, struct mn_clock *clock, size_t high_water)
{
    struct pair *p = calloc(1, sizeof(*p));

    *a = *b = NULL;
    if (p == NULL)
        return -ENOMEM;
    p->clock = clock;
    p->high_water = high_water;
    end_init(&p->ends[0], p, &p->ends[1]);
    end_init(&p->ends[1], p, &p->ends[0]);
    *a = &p->ends[0].link;
    *b = &p->ends[1].link;
    return 0;
}

int mn_link_pair_over(struct mn_link **a, struct mn_link **b, struct mn_clock *clock,
                      size_t high_water, struct mn_link_transport *transport)
{
    struct pair *p;
    int err = mn_link_pair(a, b, clock, high_water);

    if (err != 0)
        return err;
    p = mn_container_of(*a, struct end, link)->pair;
    err = mn_timer_start(clock, &p->begin, 0, on_begin);
    if (err != 0) {
        *a = *b = NULL;
        free(p);
        return err;
    }
    p->transport = transport;
    return 0;
}
