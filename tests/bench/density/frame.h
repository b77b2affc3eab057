/* frame.h - an audio frame as it goes over the wire, built once and stamped in place.
 *
 * The stamp lies in the first letters of the base64, where a server that forwards bytes leaves it:
 * what it says is read again at the other end. */
#ifndef MN_BENCH_FRAME_H
#define MN_BENCH_FRAME_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define MN_FRAME_MS 20

struct mn_frame {
    unsigned char wire[2048];
    size_t n, payload_at, stamp_at; /* in wire */
    bool masked;
};

struct mn_stamp {
    uint32_t number; /* of its end's frames, from 0 */
    int64_t at_ns;   /* when it was sent */
};

/* Builds the event head + audio + tail. A client's frames are masked, and not with zeros: some
 * servers skip the work for those. */
void mn_frame_build(struct mn_frame *f, bool masked, const char *head, const char *tail);
void mn_frame_put_stamp(struct mn_frame *f, struct mn_stamp stamp);

/* Reads the stamp of an event whose audio is in this member ("\"delta\":\""). False: no audio. */
bool mn_frame_stamp(struct mn_str event, const char *member, struct mn_stamp *out);

#endif
