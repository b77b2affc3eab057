/* server.h - the one port callers reach: HTTP routes, files, and WebSockets.
 *
 *     client --TCP/TLS--> [ server ] --route--> handle(exchange) --> reply, now or later
 *                              \-----route--> accept(exchange) --> refuse, or a link (link.h)
 *
 * A server speaks HTTP/1.1, one request a connection, and RFC 6455 without extensions. Everything
 * runs from the loop. */
#ifndef MN_IO_SERVER_H
#define MN_IO_SERVER_H

#include "base/embedded.h"
#include "base/http.h"
#include "io/link.h"
#include "io/loop.h"

struct mn_server;
struct mn_certificate; /* server_tls.h */
struct mn_exchange;    /* one request, to be answered once */

typedef void mn_route_fn(void *owner, struct mn_exchange *x);

/* Where requests go. Exactly one of handle, accept and files is set. The first row that fits wins;
 * when only the method does not fit, the answer is 405. */
struct mn_route {
    const char *method;  /* "GET" (answers HEAD too), "POST" ...; WebSockets and files: "GET" */
    const char *path;    /* "/v1/calls", or "/v1/calls/" + "*" for everything below; NULL ends */
    mn_route_fn *handle; /* the whole body is there; answers now or later */
    mn_route_fn *accept; /* a WebSocket asks to open; answers before it returns */
    const struct mn_embedded *files; /* served below path; "" serves index.html */
};

/* Zero-filled means the defaults on the right. All pointers are borrowed while it is open. */
struct mn_server_settings {
    const char *host; /* "127.0.0.1"; an address, or a name of this machine */
    int port;         /* 0 picks a free one */
    int listen_fd;    /* a socket already listening, taken over instead of host and port; 0: none */
    const char *cert_file, *key_file; /* PEM; both for TLS */
    int max_connections;              /* 2,000; more are answered 503 and closed */
    size_t max_body_bytes;            /* 1 MiB; more is answered 413 */
    int64_t request_ms;               /* 10,000; for a whole request to arrive */
    int64_t idle_ms;                  /* 30,000; for a client to take its answer */
    int64_t ping_ms;                  /* 20,000; a link silent for two of these is dead */
    int64_t close_ms;                 /* 5,000; for the other side to answer a close */
    size_t max_message_bytes;         /* 16 MiB; more closes with 1009 */
    size_t high_water_bytes;          /* 1 MiB queued for a link; more is MN_EFULL */
    /* Ended by NULL. A WebSocket client is answered with the first it offers of these, or without
     * one when it offers none; when it offers only others, or over 127 bytes, it is refused with
     * 400. */
    const char *const *subprotocols;
    /* A connection from that address has come, and one that arrived is gone. arrive sets *place,
     * which is leave's, or returns false: then it is answered 429 and closed. May be NULL. */
    bool (*arrive)(void *owner, struct mn_str peer, uint64_t *place);
    void (*leave)(void *owner, uint64_t place);
    /* Looks at every request before its route (hosts, origins, keys). Returns false when it has
     * answered. May be NULL. */
    bool (*admit)(void *owner, struct mn_exchange *x);
    /* Finds the route of a request no row but those of files fits: routes that come and go. Returns
     * as mn_route_find: 200 with *found set, 404, 405 (after mn_exchange_allow) or 426. May be
     * NULL. */
    int (*find)(void *owner, struct mn_exchange *x, const struct mn_route **found);
};

/* Listens. routes and settings' pointers are borrowed while the server is open; owner is handed to
 * its functions. Returns 0; -EADDRINUSE, -EACCES or another -errno; MN_ERESOLVE (host); MN_ETLS
 * (certificate or key); -ENOMEM. */
int mn_server_open(struct mn_server **out, struct mn_loop *loop,
                   const struct mn_server_settings *settings, const struct mn_route *routes,
                   void *owner);

int mn_server_port(const struct mn_server *s);
int mn_server_connections(const struct mn_server *s);
int mn_server_asked(const struct mn_server *s); /* of them, those that wait for an answer */

/* Presents another certificate from the next handshake on; connections that run go on with what
 * they have. renewed is taken over. Only of a server that was opened with one. */
void mn_server_present(struct mn_server *s, struct mn_certificate *renewed);

/* Stops listening; connections go on. */
void mn_server_stop(struct mn_server *s);

/* Stops listening and drops every connection: on_gone and on_close follow from the loop, the last
 * of them at the latest in mn_loop_close. s must not be used again. Accepts NULL. */
void mn_server_close(struct mn_server *s);

/* ---- an exchange ----
 * It lives until it is answered or its client is gone, whichever is first. What these return is
 * borrowed as long. */
struct mn_str mn_exchange_method(const struct mn_exchange *x);
struct mn_str mn_exchange_path(const struct mn_exchange *x);  /* percent-decoded */
struct mn_str mn_exchange_below(const struct mn_exchange *x); /* what the route's * stands for */
struct mn_str mn_exchange_body(const struct mn_exchange *x);
struct mn_str mn_exchange_peer(const struct mn_exchange *x); /* address, no port */

/* A header by its name in lower case, or a query argument, percent-decoded: {NULL, 0} when absent.
 * Headers must be asked for before handle or accept returns. */
struct mn_str mn_exchange_header(struct mn_exchange *x, const char *name);
struct mn_str mn_exchange_query(struct mn_exchange *x, const char *name);

/* The header, of those that libwebsockets knows, or the query argument, at place i, from 0; false
 * after the last. Names are in lower case. As for mn_exchange_header. */
bool mn_exchange_header_at(struct mn_exchange *x, int *i, struct mn_str *name,
                           struct mn_str *value);
bool mn_exchange_query_at(struct mn_exchange *x, int *i, struct mn_str *name, struct mn_str *value);

/* Whether it came to this server: for owners of several. */
bool mn_exchange_came_to(const struct mn_exchange *x, const struct mn_server *s);

bool mn_exchange_upgrades(const struct mn_exchange *x); /* to a WebSocket */

/* The methods a path is known by, for find to say before it returns 405. */
void mn_exchange_allow(struct mn_exchange *x, struct mn_str allowed);

/* Lets pages of that origin read the answer (CORS), unless its own headers say which may. */
void mn_exchange_share(struct mn_exchange *x, struct mn_str origin);

/* The subprotocol a WebSocket client offers at place i, from 0; {NULL, 0} after the last. */
struct mn_str mn_exchange_offer(struct mn_exchange *x, int i);

/* fn runs when the client went away before the answer; x is gone when it returns. Whoever answers
 * later must set it, and forget x in it. */
void mn_exchange_on_gone(struct mn_exchange *x, void (*fn)(void *owner, struct mn_exchange *x),
                         void *owner);

/* What goes with x from admit on, for its owner to find again; drop frees it when x ends. Once an
 * exchange. */
void mn_exchange_carry(struct mn_exchange *x, void *load, void (*drop)(void *load));
void *mn_exchange_carried(const struct mn_exchange *x); /* NULL: nothing */

struct mn_reply {
    int status;
    const char *type; /* of the content; NULL: application/json */
    const struct mn_header *headers;
    int nheaders;
    struct mn_str body;
};

/* Answers. Everything is copied. Ends x: it must not be touched after. */
void mn_exchange_reply(struct mn_exchange *x, const struct mn_reply *reply);

/* Answers with the OpenAI API's error object: {"error":{"message","type","code","param"}}. type is
 * NULL for what the status implies ("invalid_request_error" ...), code and param NULL for null. */
void mn_exchange_refuse(struct mn_exchange *x, int status, const char *type, const char *code,
                        const char *message);

/* The same, and when to ask again: whole seconds, as Retry-After. */
void mn_exchange_refuse_for(struct mn_exchange *x, int status, const char *code,
                            const char *message, int64_t retry_s);

/* The same, about one parameter, as "items[0].name". */
void mn_exchange_refuse_field(struct mn_exchange *x, int status, const char *code,
                              const char *param, const char *message);

/* 400, about one parameter of the body; NULL: about all of it. */
void mn_exchange_refuse_param(struct mn_exchange *x, const char *code, const char *param,
                              const char *message);

/* ---- an answer that comes by and by ----
 * Server-sent events, or a body that is passed on as it arrives. Chunked; to a client of HTTP/1.0
 * until the end of its connection. Set on_gone: x lives until the stream ends or its client is
 * gone, and nothing but what follows may be done with it. */

/* Begins one: head->body is its beginning, and may be empty. Returns 0; MN_ECLOSED when only the
 * head was asked for, and x has ended with it; or -ENOMEM, and then x still wants an answer. */
int mn_exchange_stream_begin(struct mn_exchange *x, const struct mn_reply *head);

/* Copies bytes. Nothing is told from inside: a socket that breaks is on_gone, later. Returns 0;
 * MN_EFULL when they do not fit the server's high water, and then none was taken; -ENOMEM. */
int mn_exchange_stream_write(struct mn_exchange *x, struct mn_str bytes);

/* Bytes that the client did not take yet. One that takes none for idle_ms is cut. */
size_t mn_exchange_stream_waiting(const struct mn_exchange *x);

/* fn runs each time that all of what waited was taken; it may write, and end x. */
void mn_exchange_stream_on_drained(struct mn_exchange *x,
                                   void (*fn)(void *owner, struct mn_exchange *x), void *owner);

/* What waits is still sent. Ends x: it must not be touched after. */
void mn_exchange_stream_end(struct mn_exchange *x);

/* Opens the WebSocket, only from a route's accept. The link is born open: set its events and owner
 * before returning; what is sent before the handshake is done waits in the queue. Returns 0, and
 * x ends when accept returns, or -ENOMEM, and then x still wants an answer. */
int mn_exchange_accept(struct mn_exchange *x, struct mn_link **link);

#endif
