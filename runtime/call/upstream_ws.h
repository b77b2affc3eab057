/* upstream_ws.h - a model at the other end of a WebSocket: the OpenAI Realtime API, or whatever
 * speaks it. */
#ifndef MN_CALL_UPSTREAM_WS_H
#define MN_CALL_UPSTREAM_WS_H

#include "call/settings.h"
#include "call/world.h"
#include "io/loop.h"

#define MN_OPENAI_URL "wss://api.openai.com/v1/realtime"

/* url: ws(s)://host[:port][/path]; "?model=" is added. The key of settings is sent as Bearer, never
 * logged. Returns 0 or -ENOMEM. */
int mn_upstream_ws(struct mn_upstream **out, struct mn_loop *loop,
                   const struct mn_settings *settings, const char *url);

#endif
