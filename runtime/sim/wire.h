/* wire.h - real sockets for a stage: what its parties say travels over loopback.
 *
 *   caller --ws_client--TCP--> [ server ]      call --upstream_ws--TCP--> [ server ] simulator
 *                              tool --http pool--TCP--> [ server ] what the scenario replies
 *
 * The stage's clock is virtual and says when a party hears; the wire says what. When a message is
 * due, it is written to its socket, and virtual time stands until the other side has read it. So
 * sockets are as real as in `myna serve`, and the order of all that happens is as without them. The
 * loop underneath has the real time: a wire that gets stuck is given up after a while. */
#ifndef MN_SIM_WIRE_H
#define MN_SIM_WIRE_H

#include "base/http.h"
#include "io/link.h"

struct mn_wire;
struct mn_wire_request;

/* Listens on a free port of 127.0.0.1. It serves one stage after the other: a port for each would
 * soon use up all there are. Returns 0, -errno or -ENOMEM. */
int mn_wire_open(struct mn_wire **out);
void mn_wire_close(struct mn_wire *w); /* accepts NULL */

/* At the end of a stage: waits until no connection is left. A pair that should have closed is cut
 * off, and is the trouble. */
void mn_wire_settle(struct mn_wire *w);

/* What mn_link_pair is told. */
struct mn_wire_joint {
    struct mn_link **a, **b;
    struct mn_clock *clock;
    size_t high_water;
};

enum mn_wire_dialler { MN_WIRE_CALLER, MN_WIRE_CALL };

/* A pair with a WebSocket between: a is who dials it, as a caller dials us or a call the model.
 * Returns as mn_ws_client_open. */
int mn_wire_pair(struct mn_wire *w, enum mn_wire_dialler who, const struct mn_wire_joint *joint);

/* A call's dial that is answered with this status and body. Returns likewise. */
int mn_wire_refusal(struct mn_wire *w, struct mn_link **out, struct mn_clock *clock, int status,
                    struct mn_str body);

/* Sends a request through a pool as a worker has one; the host in its URL is not asked. Returns 0
 * or as mn_http_send. */
int mn_wire_ask(struct mn_wire *w, struct mn_wire_request **out, const struct mn_http_ask *ask,
                mn_http_done *done, void *owner);

/* Answers it; done has run when this returns. */
void mn_wire_reply(struct mn_wire_request *r, const struct mn_http_answer *answer);

/* Frees it, before or after; if it was not answered, done never runs. Accepts NULL. */
void mn_wire_drop(struct mn_wire_request *r);

/* What did not come through, or not as it was sent, in words; NULL when all did. */
const char *mn_wire_trouble(const struct mn_wire *w);

#endif
