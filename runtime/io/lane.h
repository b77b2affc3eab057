/* lane.h - work that would hold up the loop, done one piece after another on a thread of its own.
 *
 * WHO OWNS WHAT  A job belongs to the lane from mn_lane_add until its done is called: run has it on
 * the lane's thread, alone, and whatever run touches belongs to that thread as long as the lane is
 * open. add, close and every done are on the loop's thread. Nobody looks into a job meanwhile but
 * its own run. */
#ifndef MN_IO_LANE_H
#define MN_IO_LANE_H

#include "base/list.h"
#include "io/loop.h"

struct mn_lane;

/* Embed one in what the work is about. */
struct mn_lane_job {
    struct mn_list place;
    void (*run)(struct mn_lane_job *job);  /* on the lane's thread */
    void (*done)(struct mn_lane_job *job); /* on the loop's; may free the job */
    bool ran; /* for done: false when the lane was closed before its turn */
};

#define MN_LANE_CLOSE_MS 5000 /* what waits when a lane closes still runs, for as long as this */

/* most: jobs that may be in it at once. Returns 0 or an error. */
int mn_lane_open(struct mn_lane **out, struct mn_loop *loop, int most);

/* run and done are the caller's to set. Returns 0; or MN_EFULL, and nothing follows. */
int mn_lane_add(struct mn_lane *lane, struct mn_lane_job *job);

int mn_lane_load(const struct mn_lane *lane); /* jobs in it that are not done */

/* Runs what waits, calls done of everything, ends the thread. Before the loop closes; accepts NULL.
 */
void mn_lane_close(struct mn_lane *lane);

#endif
