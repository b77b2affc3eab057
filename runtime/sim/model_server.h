/* model_server.h - a simulator on one end of a link: a WebSocket somebody opened, or one end of a
 * pair in this process. It lives on the clock and frees itself when the link has closed. */
#ifndef MN_SIM_MODEL_SERVER_H
#define MN_SIM_MODEL_SERVER_H

#include "io/link.h"
#include "sim/fault.h"

struct mn_sim_end;

/* Starts a session, with wall_s from the clock; link->events and owner become the simulator's. *out
 * (out may be NULL) is good until gone is called. Returns 0; or -ENOMEM, and then the link is as it
 * was. */
int mn_sim_link(struct mn_sim_end **out, struct mn_link *link, struct mn_clock *clock,
                const struct mn_sim_settings *settings);

/* Called once, when the link has closed and the simulator is about to be freed. */
void mn_sim_end_watch(struct mn_sim_end *end, void (*gone)(void *owner), void *owner);

/* Called with each frame of the client before the simulator takes it; for those who write down what
 * a model was sent. */
void mn_sim_end_listen(struct mn_sim_end *end, void (*heard)(void *owner, struct mn_str frame),
                       void *owner);

/* To tell it what the caller says (mn_sim_heard). After anything else that makes events, as
 * mn_sim_wake, call mn_sim_end_flush. */
struct mn_sim *mn_sim_end_model(struct mn_sim_end *end);
void mn_sim_end_flush(struct mn_sim_end *end);

/* mn_sim_fault, carried out on the link: a drop hangs up without a close frame. */
int mn_sim_end_fault(struct mn_sim_end *end, enum mn_sim_fault fault, int64_t number,
                     struct mn_str text);

#endif
