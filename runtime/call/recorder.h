/* recorder.h - takes what is to be recorded of a worker's calls off the loop and into their file.
 *
 * DESIGN  Rows wait in memory and are written in batches, at most half a second after the first,
 * on a lane of the recorder's own: the other lane answers apps' stores, whose tools wait for it,
 * and must not stand behind a file that another process holds. Each batch is one transaction; one
 * that fails is tried again each second, with what came meanwhile. */
#ifndef MN_CALL_RECORDER_H
#define MN_CALL_RECORDER_H

#include "call/settings.h"
#include "io/loop.h"
#include "store/calls.h"

struct mn_recorder;

/* Opens settings->records. Returns 0, or an error with a sentence in why. */
int mn_recorder_open(struct mn_recorder **out, struct mn_loop *loop,
                     const struct mn_settings *settings, struct mn_log *log, struct mn_buf *why);

/* Writes what waits (within MN_LANE_CLOSE_MS), and closes. Accepts NULL. */
void mn_recorder_close(struct mn_recorder *r);

/* Takes a copy of row. False: it is lost, for settings->records_queue bytes wait already; a call's
 * beginning and end have as much again. */
bool mn_recorder_add(struct mn_recorder *r, const struct mn_calls_row *row);

#endif
