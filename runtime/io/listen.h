/* listen.h - a listening socket on the loop, and what to do with those who come. */
#ifndef MN_IO_LISTEN_H
#define MN_IO_LISTEN_H

#include "io/loop.h"

struct mn_listener;

/* Binds as mn_listener_open and listens, for several sockets on one port (SO_REUSEPORT), among whom
 * the kernel shares the callers. Several do not say when another program has the port, so the first
 * is asked for alone. Returns the descriptor, close-on-exec, or an error as mn_listener_open. */
int mn_listen_shared(const char *host, int port, bool first);

/* Binds a path in the file system, in place of what lies there. Returns as mn_listen_shared. */
int mn_listen_unix(const char *path);

int mn_listen_port(int fd); /* 0 when it has none */

typedef void mn_accept_fn(void *owner, int fd); /* fd is non-blocking; owned by the callee */

/* Binds host (an address or a name of this machine) and port, 0 for a free one, and listens; or
 * takes over fd when it is not 0. Returns 0; -EADDRINUSE, -EACCES or another -errno; MN_ERESOLVE
 * when host is none; -ENOMEM. */
int mn_listener_open(struct mn_listener **out, struct mn_loop *loop, const char *host, int port,
                     int fd, mn_accept_fn *accept, void *owner);

int mn_listener_port(const struct mn_listener *l);

/* Stops at once; the memory goes when the loop has closed its handle. Accepts NULL. */
void mn_listener_close(struct mn_listener *l);

#endif
