/* playout.h - what the caller has heard by now (R30 to R34), as arithmetic.
 *
 *      run began                    now              playhead
 *         |-- item a ---|---- item b -*-- unheard -------|
 *
 * The model speaks faster than real time, so its audio lies in line and is heard one second a
 * second. A run is a stretch of audio without a gap; when it has been heard to its end, the next
 * frame begins a new one, and an item that goes on in it keeps its length: what was heard of an
 * item counts from its first sample, not from the run's. What is unheard is the tail between now
 * and the playhead, counted from the newest item back. Lengths are kept in samples, so that no
 * frame's rounding adds up; times are ms.
 *
 * A pause stands still the time of playback, not of the call: what lies in line is due as much
 * later as it lasted. */
#ifndef MN_CORE_PLAYOUT_H
#define MN_CORE_PLAYOUT_H

#include "base/id.h"

#include <stdbool.h>
#include <stdint.h>

/* Items of one run. A response holds one spoken message, two with a preamble; a run of more than 16
 * unheard items forgets the oldest, which by then is the most likely to have been heard. */
#define MN_PLAYOUT_ITEMS 16

struct mn_played {
    char item_id[MN_ID_MAX];
    int content_index;
    int64_t samples; /* received, in earlier runs too */
};

struct mn_playout {
    int samples_per_ms;   /* 24 or 8 */
    int64_t run_began_ms; /* when the first sample of the run was due */
    int64_t run_samples;  /* received since */
    bool paused;
    bool open; /* R81: audio that is not counted here plays, until whoever plays it says so */
    int64_t stands_ms; /* paused: where the time of playback stands, or will when it is there */
    struct mn_played items[MN_PLAYOUT_ITEMS];
    int n;
};

/* An item whose audio was cut. */
struct mn_cut {
    char item_id[MN_ID_MAX];
    int content_index;
    int64_t heard_ms, received_ms;
};

void mn_playout_init(struct mn_playout *p, int samples_per_ms);

/* The format changed: what lies in line is forgotten. Nothing happens when it is the same. */
void mn_playout_format(struct mn_playout *p, int samples_per_ms);

/* Puts a frame in line. Returns when its first sample is due. */
int64_t mn_playout_add(struct mn_playout *p, struct mn_str item_id, int content_index,
                       int64_t samples, int64_t now_ms);

/* When the last sample will have been heard; INT64_MAX when that is past a pause, or open.
 */
int64_t mn_playout_end(const struct mn_playout *p);
int64_t mn_playout_unheard(const struct mn_playout *p,
                           int64_t now_ms); /* ms, 0 when all is heard; 1 when open */

/* Plays no further than to_ms, which is now or, when the caller has audio that cannot be taken
 * back, when that will have been heard. */
void mn_playout_pause(struct mn_playout *p, int64_t to_ms);

/* Goes on from there. Returns by how many ms all that is unheard is due later. */
int64_t mn_playout_resume(struct mn_playout *p, int64_t now_ms);

/* The caller's end tells how much of an item was heard by now (R31). Past what was received, it is
 * all of it. False, and nothing happens, when no such item is in line. */
bool mn_playout_report(struct mn_playout *p, struct mn_str item_id, int content_index,
                       int64_t heard_ms, int64_t now_ms);

/* R81: what plays is told by whoever plays it: from now on, and no more. */
void mn_playout_open(struct mn_playout *p);
void mn_playout_shut(struct mn_playout *p, int64_t now_ms);

/* Ends the run now, and a pause with it, and says which items had unheard audio, oldest first.
 * Returns how many. */
int mn_playout_cut(struct mn_playout *p, int64_t now_ms, struct mn_cut out[MN_PLAYOUT_ITEMS]);

#endif
