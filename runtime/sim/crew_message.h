/* crew_message.h - what a worker says of a play, as bytes in a pipe between two forks of one
 * process: lengths and numbers as they lie in memory. */
#ifndef MN_SIM_CREW_MESSAGE_H
#define MN_SIM_CREW_MESSAGE_H

#include "sim/scenario.h"

/* Appends a message. Returns 0 or -ENOMEM. */
int mn_crew_write(struct mn_buf *out, int play, const struct mn_outcome *outcome, double ms);

/* Takes the first message off bytes. Returns 1; 0 when it has not come whole, and then bytes stays
 * as it is; -ENOMEM; MN_EPROTOCOL. */
int mn_crew_read(struct mn_str *bytes, int *play, struct mn_outcome *outcome, double *ms);

#endif
