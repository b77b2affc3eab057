/* upgrade.c - a request that wants to become a WebSocket: refused with an answer, or opened.
 *
 * WHY HERE  libwebsockets 4.1 drops what it will not upgrade without a word: a client that offers
 * only unknown subprotocols, a list of them or a Connection header over 127 bytes, a handshake with
 * a part missing. All of that is looked at here first, in the one callback that may still answer.
 *
 * It chooses the subprotocol itself, the first the client offers of those in the server's table. */
#include "base/err.h"
#include "io/server_conn.h"

enum {
    LIST_MAX = MN_OFFERS_BYTES, /* libwebsockets reads as much of Connection */
    KEY_SIZE = 24               /* 16 bytes as base64: RFC 6455, 4.1 */
};

static bool is_known(const struct mn_server *s, struct mn_str offer)
{
    const char *const *name = s->settings.subprotocols;

    while (name != NULL && *name != NULL)
        if (mn_str_is(offer, *name++))
            return true;
    return false;
}

static bool asks_for_upgrade(struct mn_exchange *x)
{
    struct mn_str rest = mn_exchange_header(x, "connection"), item;

    while (rest.n <= LIST_MAX && mn_header_item(&rest, &item))
        if (mn_header_is(item, "upgrade"))
            return true;
    return false;
}

/* Refuses x and returns false when there is nothing among its offers that we speak. */
static bool has_subprotocol(struct mn_exchange *x)
{
    struct mn_str list = mn_exchange_header(x, "sec-websocket-protocol"), offer;
    int i;

    if (list.p == NULL)
        return true;
    for (i = 0; (offer = mn_exchange_offer(x, i)).p != NULL; i++)
        if (is_known(x->conn->server, offer))
            return true;
    mn_exchange_refuse(x, 400, NULL, "unknown_subprotocol",
                       "None of the WebSocket subprotocols offered is spoken here.");
    return false;
}

/* RFC 6455, 4.2.1. */
static bool is_handshake(struct mn_exchange *x)
{
    if (!mn_header_is(mn_exchange_header(x, "upgrade"), "websocket"))
        mn_exchange_refuse(x, 400, NULL, "unknown_upgrade", "Only websocket can be upgraded to.");
    else if (mn_exchange_header(x, "sec-websocket-protocol").n > MN_OFFERS_BYTES)
        mn_exchange_refuse(x, 400, NULL, "subprotocols_too_long",
                           "Sec-WebSocket-Protocol is longer than 127 bytes.");
    else if (strcmp(x->method, "GET") != 0)
        mn_exchange_refuse(x, 400, NULL, "bad_handshake", "A WebSocket is opened with GET.");
    else if (!mn_str_is(mn_exchange_header(x, "sec-websocket-version"), "13"))
        mn_exchange_refuse(x, 426, NULL, "bad_handshake", "Only WebSocket version 13 is spoken.");
    else if (!x->http_1_1 || !asks_for_upgrade(x) || mn_exchange_header(x, "host").p == NULL ||
             mn_exchange_header(x, "sec-websocket-key").n != KEY_SIZE)
        mn_exchange_refuse(x, 400, NULL, "bad_handshake",
                           "The WebSocket handshake wants HTTP/1.1, Host, Connection: Upgrade and "
                           "a Sec-WebSocket-Key.");
    else
        return true;
    return false;
}

int mn_upgrade_decide(struct mn_server_conn *c)
{
    struct mn_exchange *x;

    /* To an Upgrade it does not know libwebsockets has answered 403 already, forgotten the request,
     * and asks nevertheless. */
    if (c->asked || lws_hdr_total_length(c->wsi, WSI_TOKEN_UPGRADE) == 0)
        return -1;
    c->asked = true;
    x = c->x = mn_exchange_new(c, true);
    if (x == NULL)
        return -1;
    if (mn_exchange_is_sound(x) && is_handshake(x) && mn_exchange_admitted(x) &&
        has_subprotocol(x) && mn_exchange_routed(x))
        x->route->accept(c->server->owner, x);
    if (c->ws != NULL) {
        c->x = NULL;
        mn_exchange_free(x);
        return 0;
    }
    if (c->x != NULL)
        mn_exchange_refuse(x, 500, NULL, NULL, "The request was not answered.");
    return mn_server_conn_answer(c);
}

int mn_exchange_accept(struct mn_exchange *x, struct mn_link **link)
{
    int err = mn_ws_end_new(x->conn);

    *link = err == 0 ? mn_ws_end_link(x->conn->ws) : NULL;
    return err;
}
