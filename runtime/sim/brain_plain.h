/* brain_plain.h - a function's output, put in words that can be spoken. */
#ifndef MN_SIM_BRAIN_PLAIN_H
#define MN_SIM_BRAIN_PLAIN_H

#include "base/buf.h"

/* Appends output in words: a string as it is, JSON as "id 22, name Sam Latif", an agent the call
 * was handed to as its greeting. Cut at 600 bytes. */
void mn_brain_plain(struct mn_str output, struct mn_buf *out);

#endif
