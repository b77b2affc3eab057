/* peer.h - one raw socket of the load generator that speaks just enough WebSocket.
 *
 * Cheaper than what it measures: no library between it and the kernel, frames built once and
 * stamped in place, masks of zero. Blocking nowhere; what the kernel does not take at once waits in
 * one buffer and is counted. */
#ifndef MN_BENCH_PEER_H
#define MN_BENCH_PEER_H

#include "base/buf.h"
#include "io/ws_frame.h"

struct mn_peer {
    int fd; /* -1 when closed */
    bool client, upgraded, wants_write;
    struct mn_buf in, out; /* the handshake; what the kernel did not take */
    struct mn_ws_decoder decoder;
    uint64_t stalls; /* writes the kernel did not take whole */
};

typedef void mn_peer_fn(void *owner, struct mn_str message);

/* Starts a non-blocking connect to 127.0.0.1:port and queues the upgrade for path. 0 or -errno. */
int mn_peer_dial(struct mn_peer *p, int port, const char *path);

/* Takes an accepted socket; the upgrade is answered as it comes. */
int mn_peer_take(struct mn_peer *p, int fd);
void mn_peer_close(struct mn_peer *p);

/* Reads what is there and hands out whole messages. False when the peer is gone. */
bool mn_peer_read(struct mn_peer *p, mn_peer_fn *on_message, void *owner);

/* Sends one text message. False when the peer is gone. */
bool mn_peer_send(struct mn_peer *p, struct mn_str text);
bool mn_peer_flush(struct mn_peer *p);

#endif
