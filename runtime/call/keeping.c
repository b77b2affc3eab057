/* keeping.c - what a worker's calls keep (myna.store): the file of records, and the lane on which
 * it is asked, so that no disk holds up a call's audio.
 *
 * WHO OWNS WHAT  The records belong to the lane's thread from the first question on, until the lane
 * is closed; an op belongs to it while it is asked. Each op has its own copy of what is asked, and
 * its answer is its own. Whoever asked may leave: then nobody is told. */
#include "call/worker_parts.h"

#include "base/err.h"
#include "base/id.h"

#include <errno.h>
#include <stdlib.h>

#define WAITING_MAX 1000 /* questions of one worker at once; past it the next is refused */
#define BUSY_MS     5000 /* for another process to let us write; longer than any checkpoint */

struct keep_op {
    struct mn_worker_op op;
    struct mn_records *records;
    struct mn_log *log;
    struct mn_keep_ask ask; /* in text */
    struct mn_buf text;
    char fresh_id[MN_ID_MAX];
};

static void run(struct mn_lane_job *job)
{
    struct keep_op *o = mn_container_of(job, struct keep_op, op.job);

    o->op.err = mn_records_do(o->records, &o->ask, &o->op.out);
}

static void free_op(struct keep_op *o)
{
    mn_buf_free(&o->text);
    mn_buf_free(&o->op.out);
    free(o);
}

/* What an operator should know of; what an app asked wrongly is told to the app. */
static bool is_trouble(int err)
{
    return err != 0 && err != -EEXIST && err != MN_EPROTOCOL && err != MN_ELIMIT;
}

static void done(struct mn_lane_job *job)
{
    struct keep_op *o = mn_container_of(job, struct keep_op, op.job);

    if (!job->ran)
        o->op.err = MN_ECLOSED;
    if (is_trouble(o->op.err))
        MN_LOG(
            o->log, ERROR, NULL, "the store failed", {"app", o->ask.app}, {"store", o->ask.store},
            {"word", o->ask.word},
            {"error", o->op.out.n != 0 ? mn_buf_str(&o->op.out) : mn_str(mn_strerror(o->op.err))});
    if (o->op.done != NULL)
        o->op.done(o->op.owner, o->op.err, mn_buf_str(&o->op.out));
    free_op(o);
}

/* Copies what is asked into one text, each piece behind the other. */
static int copy(struct keep_op *o, const struct mn_keep_ask *ask)
{
    const struct mn_str from[] = {ask->app, ask->store,  ask->word,
                                  ask->id,  ask->record, ask->query};
    struct mn_str *to[] = {&o->ask.app, &o->ask.store,  &o->ask.word,
                           &o->ask.id,  &o->ask.record, &o->ask.query};
    const char *at;

    for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
        mn_buf_add_str(&o->text, from[i]);
    at = o->text.p; /* it does not move any more */
    for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
        *to[i] = (struct mn_str){at, from[i].n};
        at += from[i].n;
    }
    return o->text.err;
}

int mn_worker_keep(void *worker, const struct mn_keep_ask *ask, mn_keep_done *tell, void *op_owner,
                   void **op)
{
    struct mn_worker *w = worker;
    struct keep_op *o;
    int err;

    if (w->lane == NULL || w->records == NULL)
        return MN_ECLOSED;
    o = calloc(1, sizeof(*o));
    if (o == NULL)
        return -ENOMEM;
    *o =
        (struct keep_op){.op = {.job = {.run = run, .done = done}, .done = tell, .owner = op_owner},
                         .records = w->records,
                         .log = w->log};
    err = copy(o, ask);
    mn_id_new(o->fresh_id, "rec", &w->random);
    o->ask.fresh_id = mn_str(o->fresh_id);
    o->ask.wall_s = mn_clock_wall(mn_loop_clock(w->loop)) / 1000;
    if (err == 0)
        err = mn_lane_add(w->lane, &o->op.job);
    if (err != 0) {
        free_op(o);
        return err;
    }
    *op = &o->op;
    return 0;
}

void mn_worker_keep_cancel(void *worker, void *op)
{
    (void)worker;
    ((struct mn_worker_op *)op)->done = NULL;
}

static bool anybody_keeps(const struct mn_generation *apps)
{
    for (int i = 0; i < apps->n; i++) {
        if (mn_bundle_keeps(apps->list[i]))
            return true;
    }
    return false;
}

static int open_records(struct mn_worker *w, struct mn_buf *why)
{
    const struct mn_records_settings settings = {
        .path = w->settings->store, .max_bytes = w->settings->store_size, .busy_ms = BUSY_MS};
    struct mn_buf sentence = {0};
    int err = mn_records_open(&w->records, &settings, &sentence);

    if (err == 0)
        MN_LOG(w->log, INFO, NULL, "apps keep records", {"store", mn_str(settings.path)});
    else
        mn_buf_addf(why, "--store %s: %s\n", settings.path,
                    sentence.n != 0 ? sentence.p : mn_strerror(err));
    mn_buf_free(&sentence);
    return err;
}

int mn_worker_open_store(struct mn_worker *w, const struct mn_generation *apps, struct mn_buf *why)
{
    int err = w->lane == NULL ? mn_lane_open(&w->lane, w->loop, WAITING_MAX) : 0;

    if (err != 0)
        mn_buf_addf(why, "cannot start a thread: %s\n", mn_strerror(err));
    if (err == 0 && w->records == NULL && anybody_keeps(apps))
        err = open_records(w, why);
    mn_worker_sweep_indexes(w, false);
    return err;
}

void mn_worker_close_store(struct mn_worker *w)
{
    struct mn_lane *lane = w->lane;

    w->lane = NULL; /* whoever asks from now on is refused */
    mn_lane_close(lane);
    mn_worker_sweep_indexes(w, true);
    mn_records_close(w->records);
    w->records = NULL;
}
