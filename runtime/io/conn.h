/* conn.h - a connection we open: TCP, or TLS on it, to a host by name.
 *
 *     mn_conn_open --resolve--connect--(TLS)--> on_open --> on_bytes ... --> on_end
 *
 * Bytes are written at once when nothing waits, else queued; asking libuv for "writable" costs
 * epoll_ctl calls and a turn of the loop, so it is asked for only when the kernel is full.
 * Callbacks come only from the loop or the clock, never from inside mn_conn_write or mn_conn_close.
 */
#ifndef MN_IO_CONN_H
#define MN_IO_CONN_H

#include "io/loop.h"
#include "io/resolve.h"
#include "io/ws_queue.h"

#include <uv.h>

struct mn_conn;
struct mn_tls_stream;

struct mn_conn_events {
    void (*on_open)(struct mn_conn *c);
    void (*on_bytes)(struct mn_conn *c, unsigned char *p, size_t n); /* theirs until it returns */
    void (*on_drained)(struct mn_conn *c); /* what was queued is written */
    /* The peer hung up (err 0), or it failed; why may be empty. The owner calls mn_conn_close. */
    void (*on_end)(struct mn_conn *c, int err, struct mn_str why);
    void (*on_gone)(struct mn_conn *c); /* after mn_conn_close: its memory may be freed */
};

struct mn_conn_target {
    const char *host; /* these are borrowed until on_open or on_end */
    int port;
    const char *unix_path; /* dialled instead of host and port; NULL: none */
    bool tls;
    const char *ca_file; /* NULL: the system's authorities */
    int64_t deadline_ms; /* on the loop's clock, to share among the addresses; the owner keeps it */
};

/* Embedded in its owner. It must stay put until on_gone. */
struct mn_conn {
    struct mn_loop *loop;
    const struct mn_conn_events *events;
    struct mn_conn_target target;

    bool open;   /* on_open was called */
    bool closed; /* mn_conn_close was called */
    bool connected;
    int fd; /* -1 when there is none */
    struct mn_lookup lookup;
    struct mn_addresses addresses;
    int next_address;
    int err; /* of the last address tried, or of a write */
    struct mn_timer attempt;
    struct mn_tls_stream *tls;

    bool unread; /* TLS may hold bytes it was not asked for yet */

    uv_poll_t poll;
    bool polling, poll_closing; /* poll is a live handle, or on its way out */
    int poll_for;               /* the events asked for */
    uv_idle_t last; /* never started: when it has closed, the loop has let go of the memory */

    struct mn_ws_queue queue;
};

/* Returns 0, MN_ERESOLVE, MN_EFULL or -ENOMEM; then nothing was opened and nothing is called. */
int mn_conn_open(struct mn_conn *c, struct mn_loop *loop, const struct mn_conn_target *target,
                 size_t high_water, const struct mn_conn_events *events);

/* Writes or queues the packet and takes it over, whatever it returns: 0, or MN_ECLOSED. Bounds are
 * the caller's to check (mn_ws_queue_fits). */
int mn_conn_write(struct mn_conn *c, struct mn_ws_packet *packet);

/* Closes at once, dropping what is queued. Only on_gone follows. Also twice. */
void mn_conn_close(struct mn_conn *c);

#endif
