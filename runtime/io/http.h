/* http.h - the pool all HTTP requests of a worker go out through.
 *
 * One curl multi on the worker's loop: connections are kept and reused, none of it blocks, and
 * there is no thread of ours. Names are resolved by io/resolve before curl sees the request, which
 * keeps the name in Host and SNI. Only http and https.
 *
 * ask.pool names the client a request belongs to (an author's http.client): requests of one client
 * share its limit of connections and its kept connections; what is over the limit waits its turn.
 * Time-outs count from mn_http_send, waiting included. Over max_body or max_headers an answer is
 * given up with "too_large". A stream has no such limit, and its total time ends with its head:
 * then only idle_ms counts (total_ms, when that is not given).
 *
 * An address inside a private range is dialled only for a host the client's base_url names, or a
 * client that may reach them all: what a model or a caller makes up does not reach the machines
 * behind a firewall. What counts is the address of the socket, so a name that changes its address
 * meanwhile gains nothing. A proxy's own address is the operator's matter. */
#ifndef MN_IO_HTTP_H
#define MN_IO_HTTP_H

#include "base/http.h"
#include "io/loop.h"

struct mn_http;
struct mn_http_op;

/* Zero-filled means the defaults on the right. */
struct mn_http_settings {
    int host_connections;     /* 10; to one host, for one client */
    int total_connections;    /* 100; requests on the way at once, all clients */
    int64_t connect_ms;       /* 2,000 */
    int64_t total_ms;         /* 10,000 */
    int max_waiting;          /* 1,000; requests that wait for their turn, all clients */
    int keep;                 /* 5, -1: none; idle connections of one client to one host */
    int64_t keep_ms;          /* 60,000; curl counts whole seconds */
    size_t max_body_bytes;    /* 1 MiB */
    size_t max_headers_bytes; /* 64 KiB */
    int max_redirects;        /* 0: a redirect is an answer like any other */
    bool any_host;            /* private addresses need no permission: tests, and a wire's own */
    const char *ca_file;      /* borrowed while the pool is open; NULL: the system's */
    const char *user_agent;   /* borrowed likewise; NULL: myna/<version> */
};

/* Whether a pool would refuse to ask this without looking a name up: its host is a private address,
 * or localhost, and the client neither names it nor may reach them all. For stand-ins of a pool. */
bool mn_http_is_barred(const struct mn_http_ask *ask);

/* Returns 0 or -ENOMEM. */
int mn_http_open(struct mn_http **out, struct mn_loop *loop,
                 const struct mn_http_settings *settings);

/* Cancels everything on its way (no done runs) and frees the pool. Accepts NULL. */
void mn_http_close(struct mn_http *http);

/* Starts a request; ask is borrowed until return. done runs exactly once, later and from the loop,
 * unless the request is cancelled. Returns 0 and the op to cancel it by (valid until done begins);
 * MN_ECONFIG when the method, URL, proxy or a header cannot be sent, MN_EFULL when max_waiting
 * requests of the pool wait already, -ENOMEM; then nothing follows. */
int mn_http_send(struct mn_http *http, const struct mn_http_ask *ask, mn_http_done *done,
                 void *owner, struct mn_http_op **op);

/* Ends a request; its done does not run. */
void mn_http_cancel(struct mn_http_op *op);

/* The stream of op takes bytes again. */
void mn_http_resume(struct mn_http_op *op);

/* How many wait for their turn, and how many are on their way. */
void mn_http_load(const struct mn_http *http, int *waiting, int *running);

#endif
