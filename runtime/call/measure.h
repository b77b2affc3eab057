/* measure.h - what a call adds to the worker's numbers (base/metrics.h). */
#ifndef MN_CALL_MEASURE_H
#define MN_CALL_MEASURE_H

#include "base/metrics.h"
#include "core/session.h"

struct mn_call;

/* Part of a call. Times are the clock's; 0: not under way. */
struct mn_measure {
    mn_metric *app; /* its app's numbers; NULL: nobody counts */
    int64_t began_ms;
    int64_t asked_ms; /* since when an answer's first audio is waited for */
    int64_t spoke_ms; /* since when the caller speaks */
    bool by_turn;     /* asked_ms is the end of the caller's turn */
    bool ready, over;
};

void mn_measure_open(struct mn_call *c);
void mn_measure_event(struct mn_call *c, const struct mn_event *ev); /* the model's; not audio */
void mn_measure_note(struct mn_call *c, enum mn_note note, struct mn_str text);
void mn_measure_end(struct mn_call *c, int code, struct mn_str reason);

/* The places of a row's values, in its order (base/metrics.h). */
enum { MN_REFUSED_CAPACITY, MN_REFUSED_DRAINING };
enum { MN_DROPPED_CALLER_AUDIO, MN_DROPPED_EARLY_AUDIO, MN_DROPPED_EVENTS, MN_DROPPED_LINES };
enum { MN_UPSTREAM_DIAL, MN_UPSTREAM_CLOSED, MN_UPSTREAM_EVENT, MN_UPSTREAM_RUBBISH };
enum { MN_RELOAD_SERVED, MN_RELOAD_FAILED };

#endif
