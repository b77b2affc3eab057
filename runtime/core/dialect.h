/* dialect.h - events of the beta API written as GA has them, and back (R74).
 *
 * Inside Myna all is GA. Whoever holds the connection of a beta peer decodes what comes in as beta,
 * writes it as GA and goes on as ever; what goes out is written as beta last of all. What one
 * dialect has no word for is left out; members neither table knows are kept as they are. */
#ifndef MN_CORE_DIALECT_H
#define MN_CORE_DIALECT_H

#include "core/event.h"
#include "core/span.h"

/* Appends the event as dialect `to` writes it. Returns 1; 0 when that dialect has no such event,
 * and nothing is to be sent; or the buffer's sticky error. */
int mn_dialect_write(struct mn_buf *out, const struct mn_event *ev, enum mn_dialect to);

/* The same for an audio delta, which has but another name: its frame is copied, never parsed. */
int mn_dialect_write_audio(struct mn_buf *out, struct mn_str frame, const struct mn_span *span,
                           enum mn_dialect to);

/* Appends the conversation.item.done that GA sends after this event and beta does not: of an item
 * that was created whole, or of one a response has finished. Returns 1; 0 when none follows; or the
 * buffer's sticky error. */
int mn_dialect_write_done(struct mn_buf *out, const struct mn_event *ev);

#endif
