/* phone.h - a simulated call over WebRTC or SIP: one session, which goes on while nobody listens,
 * and whoever joins it by its call id.
 *
 *     far end (a test, which speaks for the browser) --+
 *                                                      +--frames--> [ simulator ]
 *     sideband (a server with tools) ------------------+   events to each of them
 *
 * All who join are equal: what one sends is the session's, and every event goes to all. */
#ifndef MN_SIM_PHONE_H
#define MN_SIM_PHONE_H

#include "base/list.h"
#include "io/link.h"
#include "sim/model.h"

#define MN_PHONE_LISTENERS 8 /* our own bound */

struct mn_sim_phone;

/* settings as mn_sim_new; direct is set, wall_s is the clock's. clock is borrowed. NULL without
 * memory. */
struct mn_sim_phone *mn_sim_phone_open(struct mn_clock *clock,
                                       const struct mn_sim_settings *settings);

/* Takes the link, and tells it of the session. False, and the link is as it was, when so many have
 * joined already. */
bool mn_sim_phone_join(struct mn_sim_phone *phone, struct mn_link *link);

/* Hangs up: every link is closed with 1000. To be freed once it is over. */
void mn_sim_phone_shut(struct mn_sim_phone *phone);

bool mn_sim_phone_is_over(const struct mn_sim_phone *phone); /* and everybody has gone */

/* Links that are left hear no more. Accepts NULL. */
void mn_sim_phone_free(struct mn_sim_phone *phone);

#endif
