/* lane.c - one thread and its two queues: what waits, what is done. */
#include "io/lane.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

struct mn_lane {
    uv_async_t ended; /* something is in finished: the loop's turn */
    struct mn_clock *clock;
    uv_thread_t thread;
    int njobs, most; /* the loop's */

    uv_mutex_t lock;
    uv_cond_t more;
    struct mn_list waiting, finished; /* under the lock, as these */
    bool closing;
    uint64_t closed_at_ns;
};

int mn_lane_load(const struct mn_lane *lane)
{
    return lane->njobs;
}

static bool is_late(const struct mn_lane *lane)
{
    return lane->closing && uv_hrtime() - lane->closed_at_ns > MN_LANE_CLOSE_MS * 1000000ull;
}

/* The thread: takes one, runs it with the lock open, puts it to the finished. */
static void work(void *arg)
{
    struct mn_lane *lane = arg;

    uv_mutex_lock(&lane->lock);
    while (!mn_list_empty(&lane->waiting) || !lane->closing) {
        struct mn_lane_job *job;

        if (mn_list_empty(&lane->waiting)) {
            uv_cond_wait(&lane->more, &lane->lock);
            continue;
        }
        job = mn_container_of(lane->waiting.next, struct mn_lane_job, place);
        mn_list_remove(&job->place);
        job->ran = !is_late(lane);
        uv_mutex_unlock(&lane->lock);
        if (job->ran)
            job->run(job);
        uv_mutex_lock(&lane->lock);
        mn_list_append(&lane->finished, &job->place);
        uv_async_send(&lane->ended);
    }
    uv_mutex_unlock(&lane->lock);
}

static void tell(struct mn_lane *lane)
{
    struct mn_list done;

    uv_mutex_lock(&lane->lock);
    mn_list_take(&lane->finished, &done);
    uv_mutex_unlock(&lane->lock);
    while (!mn_list_empty(&done)) {
        struct mn_lane_job *job = mn_container_of(done.next, struct mn_lane_job, place);

        mn_list_remove(&job->place);
        lane->njobs--;
        job->done(job);
    }
}

static void on_ended(uv_async_t *async)
{
    struct mn_lane *lane = mn_container_of(async, struct mn_lane, ended);

    mn_clock_update(lane->clock);
    tell(lane);
}

static void on_closed(uv_handle_t *handle)
{
    free(mn_container_of((uv_async_t *)(void *)handle, struct mn_lane, ended));
}

static int open_lock(struct mn_lane *lane)
{
    int err = uv_mutex_init(&lane->lock);

    if (err != 0)
        return err;
    err = uv_cond_init(&lane->more);
    if (err != 0)
        uv_mutex_destroy(&lane->lock);
    return err;
}

int mn_lane_open(struct mn_lane **out, struct mn_loop *loop, int most)
{
    struct mn_lane *lane = calloc(1, sizeof(*lane));
    int err;

    *out = NULL;
    if (lane == NULL)
        return -ENOMEM;
    lane->clock = mn_loop_clock(loop);
    lane->most = most;
    mn_list_init(&lane->waiting);
    mn_list_init(&lane->finished);
    err = open_lock(lane);
    if (err != 0) {
        free(lane);
        return err;
    }
    err = uv_async_init(mn_loop_uv(loop), &lane->ended, on_ended);
    if (err == 0) {
        err = uv_thread_create(&lane->thread, work, lane);
        if (err == 0) {
            *out = lane;
            return 0;
        }
    }
    uv_cond_destroy(&lane->more);
    uv_mutex_destroy(&lane->lock);
    if (lane->ended.loop != NULL)
        uv_close((uv_handle_t *)&lane->ended, on_closed);
    else
        free(lane);
    return err;
}

int mn_lane_add(struct mn_lane *lane, struct mn_lane_job *job)
{
    if (lane->njobs == lane->most)
        return MN_EFULL;
    lane->njobs++;
    job->ran = false;
    uv_mutex_lock(&lane->lock);
    mn_list_append(&lane->waiting, &job->place);
    uv_cond_signal(&lane->more);
    uv_mutex_unlock(&lane->lock);
    return 0;
}

void mn_lane_close(struct mn_lane *lane)
{
    if (lane == NULL)
        return;
    uv_mutex_lock(&lane->lock);
    lane->closing = true;
    lane->closed_at_ns = uv_hrtime();
    uv_cond_signal(&lane->more);
    uv_mutex_unlock(&lane->lock);
    uv_thread_join(&lane->thread);
    tell(lane);
    uv_cond_destroy(&lane->more);
    uv_mutex_destroy(&lane->lock);
    uv_close((uv_handle_t *)&lane->ended, on_closed);
}
