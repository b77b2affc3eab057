/* peer.h - one raw socket of the load generator that speaks just enough WebSocket.
 *
 * Cheaper than what it measures: no library between it and the kernel, and frames that are ready to
 * go. It blocks nowhere. What the kernel does not take at once waits in one small buffer; when that
 * is full, what more comes is thrown away, as a telephone would. */
#ifndef MN_BENCH_PEER_H
#define MN_BENCH_PEER_H

#include "base/buf.h"
#include "io/ws_frame.h"

struct mn_peer {
    int fd; /* -1 when closed */
    bool client, upgraded, wants_write;
    struct mn_buf in, out; /* the handshake; what the kernel did not take */
    struct mn_ws_decoder decoder;
};

typedef void mn_peer_fn(void *owner, struct mn_str message);

/* Starts a non-blocking connect to 127.0.0.1:port and queues the upgrade for path. 0 or -errno. */
int mn_peer_dial(struct mn_peer *p, int port, const char *path);

/* A non-blocking listener on 127.0.0.1:port, or -errno. */
int mn_peer_listen(int port);

/* Takes an accepted socket; the upgrade is answered as it comes. */
void mn_peer_take(struct mn_peer *p, int fd);
void mn_peer_close(struct mn_peer *p);

/* Reads what is there and hands out whole messages. False when the peer is gone. */
bool mn_peer_read(struct mn_peer *p, mn_peer_fn *on_message, void *owner);

/* Sends bytes that are a frame. That the peer is gone is told by the next read. */
void mn_peer_send(struct mn_peer *p, const void *frame, size_t n);
bool mn_peer_flush(struct mn_peer *p); /* false when the peer is gone */

#endif
