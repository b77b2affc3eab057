/* wire_link.c - a pair of links with a WebSocket between, as the pair's transport.
 *
 * DESIGN  Side 0 dials, side 1 is what the server accepted. Messages are handed to the pair from
 * the callbacks of libuv and libwebsockets, as in a served call; that is where mistakes hide. */
#include "sim/wire_parts.h"

#include "base/err.h"
#include "call/upstream_ws.h"
#include "io/ws_client.h"

#include <errno.h>
#include <stdlib.h>

struct side {
    struct mn_link *end;  /* of the pair, that hears what arrives here */
    struct mn_link *link; /* the WebSocket's; NULL before it is there and once it has closed */
    bool open, closed;
    int coming; /* messages on their way here */
    int code, err;
    struct mn_buf reason;
};

struct wire_link {
    struct mn_link_transport transport;
    struct mn_list node;
    struct mn_wire *wire;
    int name;
    struct side sides[2];
    int refusal; /* status to answer the dial with; 0: it is accepted */
    struct mn_buf body;
};

static struct wire_link *of(struct mn_link_transport *t)
{
    return mn_container_of(t, struct wire_link, transport);
}

/* ---- what the WebSocket says ---- */

static void on_open(struct mn_link *link)
{
    ((struct side *)link->owner)->open = true;
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct side *side = link->owner;

    side->coming--;
    mn_link_pair_hear(side->end, text);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct side *side = link->owner;

    side->link = NULL;
    side->closed = true;
    side->code = code;
    side->err = err;
    mn_buf_add_str(&side->reason, reason);
    mn_link_pair_broken(side->end); /* unless the pair is closing already */
}

static const struct mn_link_events events = {
    .on_open = on_open, .on_message = on_message, .on_close = on_close};

static struct wire_link *find(struct mn_wire *w, int name)
{
    for (struct mn_list *node = w->links.next; node != &w->links; node = node->next) {
        struct wire_link *l = mn_container_of(node, struct wire_link, node);

        if (l->name == name)
            return l;
    }
    return NULL;
}

static void refuse(struct wire_link *l, struct mn_exchange *x)
{
    mn_exchange_reply(x, &(struct mn_reply){.status = l->refusal, .body = mn_buf_str(&l->body)});
}

/* GET /link/NAME */
void mn_wire_accept(void *wire, struct mn_exchange *x)
{
    struct wire_link *l = find(wire, mn_wire_name(x));
    struct side *side;

    if (l == NULL) {
        mn_exchange_refuse(x, 404, NULL, "not_found", "Nobody waits for this dial any more.");
        return;
    }
    if (l->refusal != 0) {
        refuse(l, x);
        return;
    }
    side = &l->sides[1];
    if (mn_exchange_accept(x, &side->link) != 0) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return;
    }
    side->open = true;
    side->link->events = &events;
    side->link->owner = side;
}

/* ---- what the pair asks of its transport ---- */

static bool is_up(void *wire_link)
{
    struct wire_link *l = wire_link;

    return (l->sides[0].open && l->sides[1].open) || l->sides[0].closed;
}

static bool has_come(void *wire_link)
{
    struct wire_link *l = wire_link;

    return (l->sides[0].coming <= 0 || l->sides[0].closed) &&
           (l->sides[1].coming <= 0 || l->sides[1].closed);
}

static bool has_closed(void *wire_link)
{
    struct wire_link *l = wire_link;

    return l->sides[0].closed && (l->sides[1].closed || !l->sides[1].open);
}

static bool is_taken(void *wire_side)
{
    struct side *side = wire_side;

    return side->link == NULL || mn_link_queued(side->link) == 0;
}

/* To the WebSocket a broken network; what it says no more is heard. */
static void leave(struct side *side)
{
    if (side->link != NULL) {
        side->link->events = &mn_link_nobody;
        mn_link_close(side->link, MN_LINK_VANISH, (struct mn_str){0});
        side->link = NULL;
    }
    if (!side->closed) {
        side->closed = true;
        side->code = MN_LINK_VANISH;
        side->err = MN_ETIMEOUT;
    }
}

/* It is stuck: both sides are told that the connection is gone, and it is. */
static void give_up(struct wire_link *l)
{
    leave(&l->sides[0]);
    leave(&l->sides[1]);
    mn_link_pair_broken(l->sides[0].end);
}

/* Their pairs may be gone: those are told nothing. */
void mn_wire_cut(struct mn_wire *w)
{
    while (!mn_list_empty(&w->links)) {
        struct wire_link *l = mn_container_of(w->links.next, struct wire_link, node);

        mn_wire_fail(w, "a connection", "was not closed at the end");
        mn_list_remove(&l->node);
        leave(&l->sides[0]);
        leave(&l->sides[1]);
    }
}

static int open_link(struct mn_link_transport *t)
{
    struct wire_link *l = of(t);

    if (!mn_wire_wait(l->wire, is_up, l, "a WebSocket's handshake"))
        give_up(l);
    return l->sides[0].closed ? MN_ECLOSED : 0;
}

static void carry(struct mn_link_transport *t, int from, struct mn_str text)
{
    struct wire_link *l = of(t);
    struct side *side = &l->sides[from];
    int err = MN_EFULL;

    while (err == MN_EFULL && side->link != NULL) {
        err = mn_link_send(side->link, text);
        if (err == MN_EFULL && !mn_wire_wait(l->wire, is_taken, side, "a WebSocket's queue"))
            give_up(l);
    }
    if (err == 0)
        l->sides[1 - from].coming++;
}

static void arrive(struct mn_link_transport *t)
{
    struct wire_link *l = of(t);

    if (!mn_wire_wait(l->wire, has_come, l, "a message"))
        give_up(l);
}

static void close_link(struct mn_link_transport *t, int by, const struct mn_link_farewell *wish,
                       struct mn_link_farewell told[2])
{
    struct wire_link *l = of(t);

    if (by >= 0 && l->sides[by].link != NULL)
        mn_link_close(l->sides[by].link, wish->code, wish->reason);
    if (!mn_wire_wait(l->wire, has_closed, l, "the end of a WebSocket"))
        give_up(l);
    for (int i = 0; i < 2; i++)
        told[i] = (struct mn_link_farewell){.code = l->sides[i].code,
                                            .err = l->sides[i].err,
                                            .reason = mn_buf_str(&l->sides[i].reason)};
}

static void free_link(struct mn_link_transport *t)
{
    struct wire_link *l = of(t);

    mn_list_remove(&l->node);
    mn_buf_free(&l->sides[0].reason);
    mn_buf_free(&l->sides[1].reason);
    mn_buf_free(&l->body);
    free(l);
}

/* ---- dialling ---- */

static int dial_as_caller(struct mn_wire *w, struct side *side, const char *url)
{
    struct mn_ws_client_settings client = mn_ws_client_defaults;

    client.url = url;
    client.subprotocols = "realtime";
    client.high_water = MN_WIRE_HIGH_WATER;
    return mn_ws_client_open(&side->link, w->loop, &client, &events, side);
}

static int dial_as_call(struct mn_wire *w, struct side *side, const char *url)
{
    struct mn_upstream *upstream;
    int err = mn_upstream_ws(&upstream, w->loop, &w->settings, url);

    if (err != 0)
        return err;
    err = upstream->dial(upstream, MN_STR("gpt-realtime"), &events, side, &side->link);
    upstream->close(upstream);
    return err;
}

static int dial(struct mn_wire *w, enum mn_wire_dialler who, struct wire_link *l)
{
    struct mn_buf url = {0};
    int err = mn_wire_address(w, &url, "ws", "link", l->name);

    mn_clock_update(mn_loop_clock(w->loop)); /* the loop may have stood for long */
    if (err == 0 && who == MN_WIRE_CALLER)
        err = dial_as_caller(w, &l->sides[0], url.p);
    else if (err == 0)
        err = dial_as_call(w, &l->sides[0], url.p);
    mn_buf_free(&url);
    return err;
}

static int join(struct mn_wire *w, enum mn_wire_dialler who, const struct mn_wire_joint *joint,
                int refusal, struct mn_str body)
{
    struct wire_link *l = calloc(1, sizeof(*l));
    int err;

    if (l == NULL)
        return -ENOMEM;
    l->transport = (struct mn_link_transport){open_link, carry, arrive, close_link, free_link};
    l->wire = w;
    l->name = ++w->named;
    l->refusal = refusal;
    mn_list_append(&w->links, &l->node);
    err = mn_buf_add_str(&l->body, body);
    if (err == 0)
        err = dial(w, who, l);
    if (err == 0)
        err = mn_link_pair_over(joint->a, joint->b, joint->clock, joint->high_water, &l->transport);
    if (err != 0) {
        leave(&l->sides[0]);
        free_link(&l->transport);
        return err;
    }
    l->sides[0].end = *joint->a;
    l->sides[1].end = *joint->b;
    return 0;
}

int mn_wire_pair(struct mn_wire *w, enum mn_wire_dialler who, const struct mn_wire_joint *joint)
{
    return join(w, who, joint, 0, (struct mn_str){0});
}

int mn_wire_refusal(struct mn_wire *w, struct mn_link **out, struct mn_clock *clock, int status,
                    struct mn_str body)
{
    struct mn_link *nobody;

    return join(w, MN_WIRE_CALL, &(struct mn_wire_joint){out, &nobody, clock, 0}, status, body);
}
