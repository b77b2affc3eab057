/* pacing.h - frames on their way to a caller, each released when it is due.
 *
 * The model speaks faster than real time; what a caller already has cannot be taken back when they
 * cut in. So a frame goes out when its first sample is at most the lead ahead of being heard, and
 * the surplus waits here. It costs nothing where it need not act: with an empty queue a frame that
 * is due is never queued, and one 20 ms tick serves all the queues of a clock, only while one has
 * frames.
 *
 * A recording waits as one piece that is not yet written: what it has to say next is asked for when
 * that is due.
 *
 * Events told "in order" keep their place among the frames. A frame or an event may be held (R42):
 * it, and all behind it, waits until it is let go. */
#ifndef MN_CALL_PACING_H
#define MN_CALL_PACING_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"

#define MN_TICK_MS 20

/* One for each clock. Must stay put while queues are open. */
struct mn_pacing {
    struct mn_clock *clock;
    struct mn_timer tick;
    struct mn_list waiting; /* queues with frames */
};

typedef void mn_release_fn(void *owner, struct mn_str frame);

/* Releases what a recording has to say next. Returns how many ms of it that was; 0 at its end. */
typedef int64_t mn_draw_fn(void *owner, void *recording);

struct mn_pacing_queue {
    struct mn_pacing *pacing;
    struct mn_list link;   /* in pacing->waiting, or by itself */
    struct mn_list frames; /* oldest first */
    size_t bytes, limit_bytes;
    bool paused;    /* audio stays, and what is behind it */
    unsigned drops; /* counted */
    mn_release_fn *release;
    mn_draw_fn *draw; /* may be NULL where nothing is recorded */
    void *owner;
};

void mn_pacing_open(struct mn_pacing *p, struct mn_clock *clock);
void mn_pacing_close(struct mn_pacing *p);

/* release may do anything to the queue but close it. */
void mn_pacing_queue_open(struct mn_pacing_queue *q, struct mn_pacing *p, size_t limit_bytes,
                          mn_release_fn *release, void *owner);
void mn_pacing_queue_close(struct mn_pacing_queue *q); /* throws away what waits */

/* Releases frame at once when it is due and nothing waits before it, else copies it. Returns 0;
 * MN_EFULL when something waits and all of it would be over the limit; -ENOMEM. */
int mn_pacing_audio(struct mn_pacing_queue *q, struct mn_str frame, int64_t release_at_ms);

/* Puts a recording in line: n bytes, copied, that draw will be given, again and again. Errors as
 * above. */
int mn_pacing_recording(struct mn_pacing_queue *q, const void *recording, size_t n,
                        int64_t release_at_ms);

/* The same for an event: it goes when all before it has gone. */
int mn_pacing_event(struct mn_pacing_queue *q, struct mn_str event);

/* Keeps a frame or an event under a number, whatever waits before it. Errors as above. */
int mn_pacing_hold(struct mn_pacing_queue *q, struct mn_str bytes, uint32_t held, bool audio,
                   int64_t offset_ms);

/* What is held up to that number is held no more; its audio is due at_ms after its offset. Returns
 * 0 or -ENOMEM. */
int mn_pacing_let_go(struct mn_pacing_queue *q, uint32_t held, int64_t at_ms);

/* R35: releases what is due and holds the rest. Returns when the first of it was to be released, or
 * INT64_MAX when no audio waits. */
int64_t mn_pacing_pause(struct mn_pacing_queue *q);

/* All of it is due late_ms later. Returns 0 or -ENOMEM. */
int mn_pacing_resume(struct mn_pacing_queue *q, int64_t late_ms);

/* Ends a pause, throws away the audio and what is held, and releases the other events, in their
 * order. */
void mn_pacing_drop(struct mn_pacing_queue *q);

#endif
