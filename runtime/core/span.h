/* span.h - the two hot events without a tree.
 *
 * A caller's input_audio_buffer.append and a model's response.output_audio.delta are 99 % of all
 * frames. One pass recognises them, proves the frame well-formed JSON with just the fields
 * expected, and finds where the base64 lies. Anything unusual (another type, an escape, an unknown
 * member, a second "type") is simply not hot and takes the general path. Whether the text is really
 * base64 is not looked at. */
#ifndef MN_CORE_SPAN_H
#define MN_CORE_SPAN_H

#include "base/str.h"

enum mn_hot { MN_HOT_NONE, MN_HOT_APPEND, MN_HOT_DELTA };

struct mn_span {
    struct mn_str audio;                          /* the base64, as it stands in the frame */
    struct mn_str type;                           /* and so the name of the event */
    struct mn_str event_id, response_id, item_id; /* empty when absent */
    int content_index, output_index;              /* -1 when absent */
    bool beta;                                    /* response.audio.delta */
};

/* Slices are borrowed from frame. out is filled only when the frame is hot. */
enum mn_hot mn_span_read(struct mn_str frame, struct mn_span *out);

#endif
