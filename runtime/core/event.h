/* event.h - Realtime API events as typed records: what a frame says, checked against the table.
 *
 * events.def, shapes.def and fields.def are generated from realtime-events.json beside them by
 * scripts/gen-events, so the enum, the names and what each event must carry have one source. */
#ifndef MN_CORE_EVENT_H
#define MN_CORE_EVENT_H

#include "base/json.h"

/* Sorted by wire name; the beta dialect's other names are aliases, not types. */
enum mn_event_type {
    MN_EV_UNKNOWN, /* not in the table: carried through, never acted on */
#define EVENT(name, wire, side, dialects) MN_EV_##name,
#define ALIAS(wire, name)
#include "core/events.def"
    MN_EV_COUNT
};

enum mn_from { MN_FROM_CLIENT, MN_FROM_SERVER };
enum mn_dialect { MN_GA, MN_BETA };

#define MN_EVENT_ID_MAX 513 /* bytes, with the NUL: the API takes 512 from a client */

/* One event. A view into its frame and its tree: both die with mn_event_free. Beta events decode to
 * the GA type they mean (response.audio.delta to RESPONSE_OUTPUT_AUDIO_DELTA, and
 * conversation.item.created to CONVERSATION_ITEM_ADDED); raw keeps the bytes. Members an event does
 * not have are empty or -1; response_id and item_id are taken from a response or an item when the
 * event carries one of these instead. */
struct mn_event {
    enum mn_event_type type;
    enum mn_dialect dialect;
    struct mn_str wire; /* the type as it was written */
    struct mn_str raw;  /* the whole frame; borrowed from whoever decoded */
    struct mn_json *body;
    struct mn_str event_id, response_id, item_id, call_id, previous_item_id, delta;
    int content_index, output_index;
    int64_t audio_start_ms, audio_end_ms;
};

/* Why a frame was refused, in the words of an "error" event. */
struct mn_fault {
    const char *type; /* "invalid_request_error" */
    const char *code; /* "invalid_json", "unknown_parameter", ...; NULL for null */
    char message[512];
    char param[128];                /* "session.audio.input.format"; empty for null */
    char event_id[MN_EVENT_ID_MAX]; /* of the client's event at fault; empty for null */
};

/* Decodes and checks one frame: JSON within limits, a type of that side and dialect, then its
 * fields (event_check.h). A server's frame may be of an unknown type. Returns 0 (mn_event_free
 * later); or MN_EJSON, MN_ELIMIT, MN_EPROTOCOL or -ENOMEM, with why filled and ev empty. */
int mn_event_decode(struct mn_event *ev, struct mn_str frame, enum mn_from from,
                    enum mn_dialect dialect, const struct mn_json_limits *limits,
                    struct mn_fault *why);
void mn_event_free(struct mn_event *ev); /* accepts a zero-filled or failed one */

/* The name on the wire; NULL when the dialect has no such event. */
const char *mn_event_wire(enum mn_event_type type, enum mn_dialect dialect);

/* A name for logs: the wire name in GA, or in beta when GA has none. */
const char *mn_event_name(enum mn_event_type type);

enum mn_from mn_event_from(enum mn_event_type type); /* who sends it; an unknown one, the server */

/* MN_EV_UNKNOWN when that side has no such event in that dialect. */
enum mn_event_type mn_event_lookup(struct mn_str wire, enum mn_from from, enum mn_dialect dialect);

#endif
