/* dialect_asked.h - which Realtime API a client that opens a WebSocket wants to speak. */
#ifndef MN_CALL_DIALECT_ASKED_H
#define MN_CALL_DIALECT_ASKED_H

#include "core/event.h"
#include "io/server.h"

/* Beta by its header or, from a browser, its subprotocol (docs/protocol.md); else what callers
 * speak who name none. */
enum mn_dialect mn_dialect_asked(struct mn_exchange *x, enum mn_dialect otherwise);

#endif
