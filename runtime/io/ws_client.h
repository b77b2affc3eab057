/* ws_client.h - a link to a WebSocket server we dial: ws:// or wss://, RFC 6455.
 *
 * One deadline holds name, TCP, TLS and handshake together. After it, silence is answered by pings:
 * every ping_ms in which nothing came asks once, and after two questions in a row without any sign
 * of life the link is closed with 1006 and MN_ETIMEOUT.
 *
 * Before on_open, mn_link_send answers MN_ECLOSED. A server that hangs up without a close frame
 * gives 1006 and MN_ECLOSED, or the socket's -errno. When the server says no to the handshake,
 * on_close gets 1006, MN_EREFUSED, and as its reason "HTTP 401: " and the start of the body. */
#ifndef MN_IO_WS_CLIENT_H
#define MN_IO_WS_CLIENT_H

#include "io/link.h"
#include "io/loop.h"
#include "io/ws_handshake.h"

struct mn_ws_client_settings {
    const char *url;
    const char *unix_path;              /* of the socket that is dialled instead; NULL: none */
    const char *subprotocols;           /* "realtime, other"; NULL for none */
    const struct mn_ws_header *headers; /* ends with a NULL name; NULL for none; never logged */
    const char *ca_file;                /* whom to trust; NULL or "": the system's authorities */
    int64_t connect_ms;                 /* until on_open */
    int64_t ping_ms;                    /* of silence before a ping; 0 never pings */
    int64_t close_ms;                   /* for the server to answer our close */
    size_t max_message;                 /* bytes; a larger one closes with 1009 */
    size_t high_water;                  /* bytes that may wait to be sent */
};

/* 10 s, 20 s, 2 s, 16 MiB (the Realtime API's events hold up to 15 MiB of audio), 1 MiB. Start from
 * these. */
extern const struct mn_ws_client_settings mn_ws_client_defaults;

/* Starts dialling; the settings are copied. Returns 0 with a link that will become open or close;
 * MN_ECONFIG for a URL or header that cannot be; MN_ERESOLVE for a name that cannot be; MN_EFULL
 * when too many names are being looked up; -ENOMEM. */
int mn_ws_client_open(struct mn_link **out, struct mn_loop *loop,
                      const struct mn_ws_client_settings *settings,
                      const struct mn_link_events *events, void *owner);

#endif
