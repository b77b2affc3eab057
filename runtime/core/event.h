/* event.h - Realtime API events as typed records: what a frame says, checked against the table.
 *
 * events.def and fields.def are generated from realtime-events.json beside them by
 * scripts/gen-events, so the enum, the names and what each event must carry have one source. */
#ifndef MN_CORE_EVENT_H
#define MN_CORE_EVENT_H

#include "base/json.h"

enum mn_event_type {
    MN_EV_UNKNOWN, /* not in the table: carried through, never acted on */
#define EVENT(name, wire, from) MN_EV_##name,
#include "core/events.def"
#undef EVENT
    MN_EV_COUNT
};

enum mn_from { MN_FROM_CLIENT, MN_FROM_SERVER };
enum mn_dialect { MN_GA, MN_BETA };

/* One event. A view into its frame and its tree: both die with mn_event_free. Beta events decode to
 * the GA type they mean (response.audio.delta to RESPONSE_OUTPUT_AUDIO_DELTA); raw keeps the bytes.
 * Members an event does not have are empty or -1. */
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
    const char *code; /* "invalid_json", "unknown_parameter", "missing_required_parameter", ... */
    char message[256];
    char param[128];    /* "session.audio.input.format"; empty for null */
    char event_id[513]; /* the client's; the API allows 512; empty for null */
};

/* Decodes and checks one frame: JSON within limits, a type of that side and dialect, required
 * fields, types of fields, enums that are closed. A server's frame is taken leniently (unknown
 * types, null for objects, open enums), a client's strictly. Returns 0 (mn_event_free later) or an
 * error with why filled. */
int mn_event_decode(struct mn_event *ev, struct mn_str frame, enum mn_from from,
                    enum mn_dialect dialect, const struct mn_json_limits *limits,
                    struct mn_fault *why);
void mn_event_free(struct mn_event *ev); /* accepts a zero-filled or failed one */

const char *mn_event_name(enum mn_event_type type); /* the GA wire name */
enum mn_event_type mn_event_lookup(struct mn_str wire, enum mn_from from, enum mn_dialect dialect);

/* Appends an "error" event. event_id is the id of the error event itself. */
int mn_event_error(struct mn_buf *out, const char *event_id, const struct mn_fault *fault);

#endif
