/* dialect.h - events of the beta API written as GA has them, and back (R74).
 *
 * Inside Myna all is GA. Whoever holds the connection of a beta peer decodes what comes in as beta,
 * writes it as GA and goes on as ever; what goes out is written as beta last of all. What one
 * dialect has no word for is left out; members neither table knows are kept as they are. */
#ifndef MN_CORE_DIALECT_H
#define MN_CORE_DIALECT_H

#include "core/event.h"
#include "core/span.h"

/* Decodes a frame of that side in that dialect and hands what it says to take as GA events: one; or
 * two, where GA tells of an item twice. Returns 0 or an error of mn_event_decode, with why filled.
 */
typedef void mn_dialect_take(void *owner, const struct mn_event *ev);
int mn_dialect_read(struct mn_str frame, enum mn_from from, enum mn_dialect dialect,
                    const struct mn_json_limits *limits, mn_dialect_take *take, void *owner,
                    struct mn_fault *why);

/* What is to be sent for a GA frame of ours to a peer of that dialect: *out is frame itself, or
 * lies in scratch. Returns 1; 0 when nothing is to be sent; or an error. */
int mn_dialect_out(struct mn_str *out, struct mn_buf *scratch, struct mn_str frame,
                   enum mn_from from, enum mn_dialect to);

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
