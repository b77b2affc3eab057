/* event_check.h - is an event what its shape says?
 *
 * A client's event is held to its shape to the letter: what the real API would refuse is refused,
 * in the API's words. A server's is not: servers leave out fields they should send, send null for
 * an object, and grow new words, and a call should not end for that. */
#ifndef MN_CORE_EVENT_CHECK_H
#define MN_CORE_EVENT_CHECK_H

#include "core/event.h"

/* Checks every field to any depth, as the decoder does with a client's event. For a server's event
 * it is the test that what we send is what the API would have sent; members that its shape does not
 * name are never refused there. Returns 0, or MN_EPROTOCOL with why filled (but not its event_id).
 * An event of an unknown type passes. */
int mn_event_check(const struct mn_event *ev, struct mn_fault *why);

/* Checks only the members that struct mn_event holds, as the decoder does with a server's event:
 * one that is there has the right kind, and a required id or delta is there. */
int mn_event_check_ids(const struct mn_event *ev, struct mn_fault *why);

#endif
