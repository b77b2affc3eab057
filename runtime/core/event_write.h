/* event_write.h - events going out.
 *
 *     struct mn_writer w;
 *
 *     if (mn_event_open(&w, &buf, MN_EV_SESSION_UPDATED, MN_GA, id)) {
 *         mn_write_raw(&w, "session", session);
 *         mn_write_close(&w);
 *     }
 *
 * Failures stick in the buffer. */
#ifndef MN_CORE_EVENT_WRITE_H
#define MN_CORE_EVENT_WRITE_H

#include "base/json_write.h"
#include "core/event.h"

/* Writes {"type":...,"event_id":... and leaves the object open for its members. event_id may be
 * NULL: then none is written. Returns false, having written nothing, when the dialect has no such
 * event (conversation.item.done in beta): there is nothing to say then. */
bool mn_event_open(struct mn_writer *w, struct mn_buf *out, enum mn_event_type type,
                   enum mn_dialect dialect, const char *event_id);

/* Appends an "error" event, the same in both dialects. event_id is the id of the error event
 * itself; the id of the event at fault is in fault. Returns out's sticky error. */
int mn_event_error(struct mn_buf *out, const char *event_id, const struct mn_fault *fault);

/* Writes a value under a key, or a member under its own, as it stands. */
void mn_write_json(struct mn_writer *w, const char *key, const struct mn_json *v);
void mn_write_member(struct mn_writer *w, const struct mn_json *member);

#endif
