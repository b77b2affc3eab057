/* live.h - prompts of a newer generation in a call of an older one (R60).
 *
 * A call keeps the code and tools it began with. Its texts (myna.file) may move on with the app, as
 * long as the newer generation has the same agents with the same tools: words written for other
 * tools would promise what the call cannot do. */
#ifndef MN_SCRIPT_LIVE_H
#define MN_SCRIPT_LIVE_H

#include "script/state.h"

/* From the next use on, files are what newer has of them; those it no longer reads stay. Holds
 * newer. Returns 0; MN_EABSENT when the app says `live = false`; MN_ECONFIG, with a sentence in
 * why, when their agents or tools differ. */
int mn_state_move(struct mn_state *st, struct mn_bundle *newer, struct mn_buf *why);

#endif
