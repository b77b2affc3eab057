/* channel.h - messages between a master and its worker: a number, a text, and perhaps a descriptor,
 * over a socket pair that keeps them apart (unix(7), SOCK_SEQPACKET).
 *
 * When the other process ends, however it does, on_gone follows. */
#ifndef MN_IO_CHANNEL_H
#define MN_IO_CHANNEL_H

#include "base/str.h"
#include "io/loop.h"

#define MN_CHANNEL_TEXT 16384 /* bytes of a message's text; longer is cut */

struct mn_channel;

struct mn_message {
    int32_t type; /* the two ends agree on what */
    int64_t number;
    struct mn_str text; /* borrowed until on_message returns */
    int fd;             /* -1: none; the receiver's to close, close-on-exec */
};

struct mn_channel_events {
    void (*on_message)(void *owner, const struct mn_message *m);
    void (*on_gone)(void *owner); /* once; the channel is to be closed then, or later */
};

/* Makes the two ends, both close-on-exec. Returns 0 or -errno. */
int mn_channel_pair(int fds[2]);

/* Takes fd over, whatever it returns: 0, -ENOMEM or another -errno. */
int mn_channel_open(struct mn_channel **out, struct mn_loop *loop, int fd,
                    const struct mn_channel_events *events, void *owner);

/* Returns 0; MN_EFULL while the other side does not read; MN_ECLOSED. */
int mn_channel_send(struct mn_channel *c, const struct mn_message *m);

/* At once; no callback follows. Accepts NULL. */
void mn_channel_close(struct mn_channel *c);

#endif
