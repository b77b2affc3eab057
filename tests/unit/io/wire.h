/* wire.h - a loop for tests of sockets, and a plain TCP client on it that says any bytes. */
#ifndef MN_TEST_WIRE_H
#define MN_TEST_WIRE_H

#include "test.h"

#include "base/buf.h"
#include "io/loop.h"

#include <uv.h>

struct wire {
    struct mn_log log;
    struct mn_buf lines; /* what was logged */
    struct mn_loop *loop;
    struct mn_timer tick;
};

/* One that dials 127.0.0.1 and collects what comes. */
struct peer {
    uv_tcp_t tcp;
    uv_connect_t dial;
    struct mn_buf in;
    bool open, ended, closed;
    bool deaf; /* takes nothing off the socket */
    int err;
    char some[65536];
};

void wire_open(struct wire *w);
void wire_close(struct wire *w);

/* Runs the loop until the condition holds; fails after four seconds. */
#define UNTIL(w, condition)                                                                        \
    do {                                                                                           \
        int64_t give_up_ = wire_now(w) + 4000;                                                     \
        while (!(condition)) {                                                                     \
            assert_true(wire_now(w) < give_up_);                                                   \
            wire_turn(w);                                                                          \
        }                                                                                          \
    } while (0)

int64_t wire_now(struct wire *w);
void wire_turn(struct wire *w);             /* one turn of the loop, at most 5 ms */
void wire_pass(struct wire *w, int64_t ms); /* turns for so long */

void peer_dial(struct wire *w, struct peer *p, int port);
void peer_say(struct peer *p, const void *bytes, size_t n);
void peer_text(struct peer *p, const char *text);
void peer_listens(struct peer *p, bool listens);   /* takes what comes off the socket, or not */
void peer_hang_up(struct wire *w, struct peer *p); /* closes and frees; also after it ended */

/* Whether text has come. */
bool peer_heard(const struct peer *p, const char *text);

/* Says a masked frame. */
void peer_frame(struct peer *p, int opcode, bool final, const void *bytes, size_t n);

#endif
