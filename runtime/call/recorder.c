/* recorder.c - the queue before the file of calls: one batch on its way, one that grows. */
#include "call/recorder.h"

#include "base/err.h"
#include "io/lane.h"

#include <errno.h>
#include <stdlib.h>

/* A killed process loses what has not been written: with the commit this stays under a second. */
#define FLUSH_MS    500
#define FLUSH_ROWS  500   /* or as soon as so many wait */
#define AGAIN_MS    1000  /* after a batch that failed */
#define BUSY_MS     5000  /* for another process to let us write; longer than any checkpoint */
#define TELL_MS     60000 /* between two lines about the same trouble */
#define SWEEP_MS    60000 /* between two looks for calls that are old, at most */
#define SWEEP_CALLS 100   /* removed in one go */

struct mn_recorder {
    struct mn_calls *calls; /* the lane's */
    struct mn_lane *lane;
    struct mn_clock *clock;
    struct mn_log *log;
    int64_t keep_ms;          /* 0: for good */
    size_t most_bytes, bytes; /* of rows, waiting or under way */
    struct mn_list waiting;
    int nwaiting;
    int64_t lost;    /* rows, since it was told */
    int64_t told_ms; /* of trouble; 0: there is none */
    struct mn_timer flush, sweep;
    struct {
        struct mn_lane_job job;
        struct mn_list rows; /* the lane's while it runs */
        struct mn_buf why;
        int err;
        bool runs;
    } batch, last;
    struct {
        struct mn_lane_job job;
        struct mn_buf why;
        int64_t before_ms;
        int n;
        bool runs;
    } old;
};

/* --- trouble --- */

static void tell_trouble(struct mn_recorder *r, const char *why)
{
    int64_t now_ms = mn_clock_now(r->clock);

    if (r->told_ms != 0 && now_ms - r->told_ms < TELL_MS)
        return;
    r->told_ms = now_ms > 0 ? now_ms : 1;
    MN_LOG(
        r->log, ERROR, NULL, "records of calls cannot be written; they wait",
        {"error", mn_str(why)}, {"rows", .i = r->nwaiting, .is_int = true},
        {"lost", .i = r->lost, .is_int = true},
        {"hint", MN_STR("check the disk, and who else has --records open; --records-queue bounds "
                        "what may wait")});
}

static void tell_end_of_trouble(struct mn_recorder *r)
{
    if (r->told_ms == 0)
        return;
    r->told_ms = 0;
    MN_LOG(r->log, WARN, NULL, "records of calls are written again",
           {"lost", .i = r->lost, .is_int = true});
    r->lost = 0;
}

/* --- batches --- */

static void run_batch(struct mn_lane_job *job)
{
    struct mn_recorder *r = mn_container_of(job, struct mn_recorder, batch.job);

    r->batch.err = mn_calls_write(r->calls, &r->batch.rows, &r->batch.why);
}

static void run_last(struct mn_lane_job *job)
{
    struct mn_recorder *r = mn_container_of(job, struct mn_recorder, last.job);

    r->last.err = mn_calls_write(r->calls, &r->last.rows, &r->last.why);
}

static int free_rows(struct mn_list *rows)
{
    int n = 0;

    for (; !mn_list_empty(rows); n++)
        mn_calls_row_free(mn_container_of(rows->next, struct mn_calls_row, place));
    return n;
}

/* Those of the batch go before what came meanwhile. */
static void take_back(struct mn_recorder *r)
{
    while (!mn_list_empty(&r->batch.rows)) {
        struct mn_list *newest = r->batch.rows.prev;

        mn_list_remove(newest);
        mn_list_append(r->waiting.next, newest);
        r->nwaiting++;
    }
}

static size_t bytes_of(const struct mn_list *rows)
{
    size_t n = 0;

    for (const struct mn_list *l = rows->next; l != rows; l = l->next)
        n += mn_container_of(l, struct mn_calls_row, place)->bytes;
    return n;
}

static void on_flush(struct mn_timer *t);

static void flush_in(struct mn_recorder *r, int64_t ms)
{
    if (!r->batch.runs && r->nwaiting > 0)
        (void)mn_timer_start(r->clock, &r->flush, ms, on_flush); /* else with the next row */
}

static void batch_done(struct mn_lane_job *job)
{
    struct mn_recorder *r = mn_container_of(job, struct mn_recorder, batch.job);

    r->batch.runs = false;
    if (job->ran && r->batch.err == 0) {
        r->bytes -= bytes_of(&r->batch.rows);
        (void)free_rows(&r->batch.rows);
        tell_end_of_trouble(r);
        flush_in(r, r->nwaiting >= FLUSH_ROWS ? 0 : FLUSH_MS);
        return;
    }
    take_back(r);
    tell_trouble(r, r->batch.why.n > 0 ? r->batch.why.p : mn_strerror(r->batch.err));
    flush_in(r, AGAIN_MS);
}

static void on_flush(struct mn_timer *t)
{
    struct mn_recorder *r = mn_container_of(t, struct mn_recorder, flush);

    if (r->batch.runs || r->lane == NULL)
        return;
    mn_list_take(&r->waiting, &r->batch.rows);
    r->nwaiting = 0;
    mn_buf_clear(&r->batch.why);
    r->batch.runs = true;
    if (mn_lane_add(r->lane, &r->batch.job) == 0)
        return;
    r->batch.runs = false;
    take_back(r);
    flush_in(r, AGAIN_MS);
}

bool mn_recorder_add(struct mn_recorder *r, const struct mn_calls_row *given)
{
    bool frames = given->what == MN_CALLS_BEGIN || given->what == MN_CALLS_END;
    struct mn_calls_row *row =
        r->bytes < (frames ? 2 * r->most_bytes : r->most_bytes) ? mn_calls_row_new(given) : NULL;

    if (row == NULL) {
        r->lost++;
        tell_trouble(r, "more waits than may");
        return false;
    }
    mn_list_append(&r->waiting, &row->place);
    r->bytes += row->bytes;
    r->nwaiting++;
    if (!mn_timer_running(&r->flush) || (r->nwaiting == FLUSH_ROWS && r->told_ms == 0))
        flush_in(r, r->nwaiting >= FLUSH_ROWS && r->told_ms == 0 ? 0 : FLUSH_MS);
    return true;
}

/* --- old calls --- */

static void run_sweep(struct mn_lane_job *job)
{
    struct mn_recorder *r = mn_container_of(job, struct mn_recorder, old.job);

    r->old.n = mn_calls_sweep(r->calls, r->old.before_ms, SWEEP_CALLS, &r->old.why);
}

static void on_sweep(struct mn_timer *t);

static void sweep_in(struct mn_recorder *r, int64_t ms)
{
    (void)mn_timer_start(r->clock, &r->sweep, ms, on_sweep); /* without memory: old calls stay */
}

static int64_t sweep_ms(const struct mn_recorder *r)
{
    return r->keep_ms > 0 && r->keep_ms < SWEEP_MS ? r->keep_ms : SWEEP_MS;
}

static void sweep_done(struct mn_lane_job *job)
{
    struct mn_recorder *r = mn_container_of(job, struct mn_recorder, old.job);

    r->old.runs = false;
    if (job->ran && r->old.n < 0)
        tell_trouble(r, r->old.why.n > 0 ? r->old.why.p : mn_strerror(r->old.n));
    if (r->lane != NULL)
        sweep_in(r, r->old.n == SWEEP_CALLS ? AGAIN_MS : sweep_ms(r));
}

static void on_sweep(struct mn_timer *t)
{
    struct mn_recorder *r = mn_container_of(t, struct mn_recorder, sweep);

    r->old.before_ms = r->keep_ms > 0 ? mn_clock_wall(r->clock) - r->keep_ms : 0;
    mn_buf_clear(&r->old.why);
    r->old.runs = mn_lane_add(r->lane, &r->old.job) == 0;
    if (!r->old.runs)
        sweep_in(r, sweep_ms(r));
}

/* --- opening and closing --- */

static void last_done(struct mn_lane_job *job)
{
    struct mn_recorder *r = mn_container_of(job, struct mn_recorder, last.job);

    if (job->ran && r->last.err == 0)
        (void)free_rows(&r->last.rows);
}

static void set_jobs(struct mn_recorder *r)
{
    r->batch.job = (struct mn_lane_job){.run = run_batch, .done = batch_done};
    r->last.job = (struct mn_lane_job){.run = run_last, .done = last_done};
    r->old.job = (struct mn_lane_job){.run = run_sweep, .done = sweep_done};
    mn_list_init(&r->batch.rows);
    mn_list_init(&r->last.rows);
    mn_list_init(&r->waiting);
}

int mn_recorder_open(struct mn_recorder **out, struct mn_loop *loop,
                     const struct mn_settings *settings, struct mn_log *log, struct mn_buf *why)
{
    struct mn_recorder *r = calloc(1, sizeof(*r));
    struct mn_buf sentence = {0};
    int err;

    *out = NULL;
    if (r == NULL)
        return -ENOMEM;
    set_jobs(r);
    r->clock = mn_loop_clock(loop);
    r->log = log;
    r->keep_ms = settings->records_keep;
    r->most_bytes = (size_t)settings->records_queue;
    err = mn_calls_open(&r->calls,
                        &(struct mn_calls_settings){.path = settings->records,
                                                    .max_bytes = settings->records_size,
                                                    .busy_ms = BUSY_MS},
                        &sentence);
    if (err == 0)
        err = mn_lane_open(&r->lane, loop, 3);
    if (err != 0) {
        mn_buf_addf(why, "--records %s: %s\n", settings->records,
                    sentence.n > 0 ? sentence.p : mn_strerror(err));
        mn_calls_close(r->calls);
        free(r);
    } else {
        sweep_in(r, AGAIN_MS);
        *out = r;
    }
    mn_buf_free(&sentence);
    return err;
}

void mn_recorder_close(struct mn_recorder *r)
{
    struct mn_lane *lane;
    int lost;

    if (r == NULL)
        return;
    mn_timer_stop(&r->flush);
    mn_timer_stop(&r->sweep);
    lane = r->lane;
    r->lane = NULL;
    mn_list_take(&r->waiting, &r->last.rows);
    if (!mn_list_empty(&r->last.rows) && mn_lane_add(lane, &r->last.job) != 0)
        r->last.err = MN_EFULL;
    mn_lane_close(lane); /* each done is called here */
    mn_timer_stop(&r->flush);
    lost = free_rows(&r->waiting) + free_rows(&r->last.rows);
    if (lost > 0)
        MN_LOG(r->log, ERROR, NULL, "the last records of calls could not be written",
               {"lost", .i = r->lost + lost, .is_int = true});
    mn_calls_close(r->calls);
    mn_buf_free(&r->batch.why);
    mn_buf_free(&r->last.why);
    mn_buf_free(&r->old.why);
    free(r);
}
