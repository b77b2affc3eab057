/* server_conn.h - what the files of the server share: the server, and one connection to it.
 *
 *     server.c     opens, listens, turns libwebsockets' callbacks into the functions below
 *     exchange.c   a request on its way, from its head to its answer
 *     request.c    what a handler may ask of it
 *     upgrade.c    a request that wants to become a WebSocket
 *     reply.c      the bytes of an answer
 *     stream.c     an answer that comes by and by
 *     files.c      answers out of embedded files
 *     ws_server.c  a caller's WebSocket as a link
 *
 * Only those include this. libwebsockets owns the socket; its opaque pointer is the connection,
 * which is made when the socket is adopted and freed in its last callback. Functions that return
 * int return what libwebsockets wants: 0 to go on, -1 to close. */
#ifndef MN_IO_SERVER_CONN_H
#define MN_IO_SERVER_CONN_H

#include "base/buf.h"
#include "base/list.h"
#include "io/listen.h"
#include "io/server.h"

#include <libwebsockets.h>

struct mn_ws_end;

/* Who has come, and the owner's place for it. */
struct mn_visitor {
    char peer[64]; /* address, no port */
    uint64_t place;
    bool placed; /* leave is owed */
};

struct mn_server {
    struct mn_loop *loop;
    struct mn_server_settings settings; /* defaults filled in */
    const struct mn_route *routes;
    void *owner;
    struct mn_listener *listener; /* NULL when stopped */
    int port;
    struct lws_vhost *vhost;
    struct lws_protocols *protocols;
    struct mn_certificate *certificate; /* NULL without TLS */
    struct mn_list conns;
    int nconns;
    struct mn_visitor *arriving; /* while its connection is made */
    bool closing;
    struct mn_timer last; /* frees the server after its last connection */
};

struct mn_server_conn {
    struct mn_list node;
    struct mn_server *server;
    struct lws *wsi;
    struct mn_timer timer; /* for a request to arrive */
    struct mn_exchange *x; /* NULL before the request and after its answer */
    struct mn_buf out;     /* LWS_PRE bytes of room, then an answer waiting to be written */
    int64_t body_left;     /* bytes of the request still to come */
    bool asked;            /* it made its one request */
    struct mn_ws_end *ws;  /* after an upgrade */
    struct mn_visitor visitor;
};

/* Kills the connection when nothing stopped its timer by then. */
void mn_server_conn_limit(struct mn_server_conn *c, int64_t ms);

/* Closes the socket from outside its own callbacks: soon, from the loop, without farewell. */
void mn_server_conn_kill(struct mn_server_conn *c);

/* exchange.c */
struct mn_exchange {
    struct mn_server_conn *conn;
    const struct mn_route *route; /* NULL until it is found */
    const char *method;           /* static */
    struct mn_buf path, body;
    struct mn_list notes; /* header and query values asked for, kept until the end */
    struct mn_buf allow;  /* methods, of a route found elsewhere */
    struct mn_buf origin; /* whose pages may read the answer; empty: of its own */
    bool upgrade;
    bool http_1_1;
    bool dispatched; /* its handler has run */
    void (*gone)(void *owner, struct mn_exchange *x);
    void *gone_owner;
    struct mn_stream *stream; /* of an answer that has begun; else NULL */
    void *load;               /* carried for the owner; see mn_exchange_carry */
    void (*drop)(void *load);
};

int mn_exchange_begin(struct mn_server_conn *c); /* the head has arrived */
int mn_exchange_more(struct mn_server_conn *c, struct mn_str bytes);
void mn_exchange_whole(struct mn_server_conn *c);
void mn_exchange_lost(struct mn_server_conn *c); /* the socket is gone */

struct mn_exchange *mn_exchange_new(struct mn_server_conn *c, bool upgrade);
void mn_exchange_free(struct mn_exchange *x);
bool mn_exchange_admitted(struct mn_exchange *x); /* false when it has been answered */

/* Whether its version is spoken and it names one host, as HTTP/1.1 must (RFC 9112, 3.2); refuses x
 * when not. */
bool mn_exchange_is_sound(struct mn_exchange *x);

/* Finds the route; refuses x and returns false when there is none. */
bool mn_exchange_routed(struct mn_exchange *x);

/* request.c */
#define MN_OFFERS_BYTES 127 /* of Sec-WebSocket-Protocol that libwebsockets reads */
void mn_exchange_forget(struct mn_exchange *x); /* the values that were asked for */

/* Whether a header's value is this word, in any case. */
bool mn_header_is(struct mn_str value, const char *word);

/* Takes the next item of a comma-separated header value off rest; false when there is none. */
bool mn_header_item(struct mn_str *rest, struct mn_str *item);

/* exchange.c: c->out begins anew, with libwebsockets' room. */
void mn_server_conn_begin_answer(struct mn_server_conn *c);

/* Ends x, and has what is in c->out written soon. */
void mn_exchange_answered(struct mn_exchange *x);

/* Writes what waits in c->out; -1 when the connection ends with it. */
int mn_server_conn_answer(struct mn_server_conn *c);

/* upgrade.c: -1 when the request was answered and the connection ends. */
int mn_upgrade_decide(struct mn_server_conn *c);

/* reply.c: appends a whole answer. head_only for HEAD, whose length is still the body's. */
void mn_reply_write(struct mn_buf *out, const struct mn_reply *reply, struct mn_str origin,
                    bool head_only);

/* The same without a length: the body follows in chunks, or until the connection ends. */
void mn_reply_begin(struct mn_buf *out, const struct mn_reply *reply, struct mn_str origin,
                    bool chunked);

/* stream.c */
int mn_stream_writeable(struct mn_exchange *x); /* -1 when the connection ends */
void mn_stream_free(struct mn_stream *s);       /* accepts NULL */

/* files.c */
void mn_files_answer(struct mn_exchange *x, const struct mn_embedded *files, struct mn_str below);

/* ws_server.c */
int mn_ws_end_new(struct mn_server_conn *c); /* sets c->ws; 0 or -ENOMEM */
struct mn_link *mn_ws_end_link(struct mn_ws_end *e);
void mn_ws_end_opened(struct mn_ws_end *e);
int mn_ws_end_received(struct mn_ws_end *e, struct mn_str bytes);
void mn_ws_end_ponged(struct mn_ws_end *e);
int mn_ws_end_writeable(struct mn_ws_end *e);
int mn_ws_end_peer_closes(struct mn_ws_end *e, struct mn_str payload);
void mn_ws_end_gone(struct mn_ws_end *e); /* tells the listener and frees e */

#endif
