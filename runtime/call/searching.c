/* searching.c - the indexes of a worker's apps (myna.index), made at the first question and kept
 * while their app is served or has a call.
 *
 * WHO OWNS WHAT  An index belongs to the lane's thread, which makes it and asks it, while a
 * question is under way, and to the loop's when none is: only then is it freed. The texts it is
 * made of lie in the app, which it holds, and do not change. */
#include "call/worker_parts.h"

#include "base/err.h"
#include "store/index.h"

#include <errno.h>
#include <stdlib.h>

struct worker_index {
    struct mn_list place;   /* in the worker's */
    struct mn_bundle *app;  /* held */
    int nasked;             /* questions under way */
    struct mn_index *index; /* the lane's, as why; NULL before the first question */
    struct mn_buf why;      /* it could not be made */
    struct mn_str texts;    /* in the app */
    size_t npattern;
    char pattern[];
};

struct search_op {
    struct mn_worker_op op;
    struct worker_index *of;
    struct mn_log *log;
    int limit;
    struct mn_buf question;
};

/* --- on the lane's thread --- */

static void run(struct mn_lane_job *job)
{
    struct search_op *o = mn_container_of(job, struct search_op, op.job);
    struct worker_index *of = o->of;

    if (of->index == NULL && of->why.n == 0)
        (void)mn_index_open(&of->index, of->texts, &of->why);
    if (of->index != NULL) {
        o->op.err = mn_index_search(of->index, mn_buf_str(&o->question), o->limit, &o->op.out);
    } else {
        o->op.err = -EIO;
        mn_buf_add_str(&o->op.out, mn_buf_str(&of->why));
    }
}

/* --- on the loop's --- */

static void done(struct mn_lane_job *job)
{
    struct search_op *o = mn_container_of(job, struct search_op, op.job);

    o->of->nasked--;
    if (!job->ran)
        o->op.err = MN_ECLOSED;
    if (o->op.err != 0)
        MN_LOG(
            o->log, ERROR, NULL, "an index failed",
            {"index", .s = {o->of->pattern, o->of->npattern}},
            {"error", o->op.out.n != 0 ? mn_buf_str(&o->op.out) : mn_str(mn_strerror(o->op.err))});
    if (o->op.done != NULL)
        o->op.done(o->op.owner, o->op.err, mn_buf_str(&o->op.out));
    mn_buf_free(&o->question);
    mn_buf_free(&o->op.out);
    free(o);
}

static void free_index(struct worker_index *of)
{
    mn_list_remove(&of->place);
    mn_index_close(of->index);
    mn_buf_free(&of->why);
    mn_bundle_drop(of->app);
    free(of);
}

/* Whether nobody has the app but its index, and the generation that is kept to go back to: after a
 * rollback its index is made anew. */
static bool is_left(const struct mn_worker *w, const struct mn_bundle *app)
{
    int others = 0;

    for (int i = 0; i < w->before.n; i++)
        others += w->before.list[i] == app;
    return mn_bundle_holds(app) == 1 + others;
}

void mn_worker_sweep_indexes(struct mn_worker *w, bool all)
{
    struct mn_list *next;

    for (struct mn_list *l = w->indexes.next; l != &w->indexes; l = next) {
        struct worker_index *of = mn_container_of(l, struct worker_index, place);

        next = l->next;
        if (all || (of->nasked == 0 && is_left(w, of->app)))
            free_index(of);
    }
}

static struct worker_index *find(struct mn_worker *w, const struct mn_bundle *app,
                                 struct mn_str pattern)
{
    for (struct mn_list *l = w->indexes.next; l != &w->indexes; l = l->next) {
        struct worker_index *of = mn_container_of(l, struct worker_index, place);

        if (of->app == app && mn_str_same((struct mn_str){of->pattern, of->npattern}, pattern))
            return of;
    }
    return NULL;
}

static struct worker_index *add(struct mn_worker *w, struct mn_bundle *app, struct mn_str pattern)
{
    struct worker_index *of = calloc(1, sizeof(*of) + pattern.n + 1);

    if (of == NULL)
        return NULL;
    of->app = mn_bundle_hold(app);
    of->texts = mn_bundle_index(app, pattern);
    of->npattern = pattern.n;
    memcpy(of->pattern, pattern.p, pattern.n);
    mn_list_append(&w->indexes, &of->place);
    return of;
}

int mn_worker_search(void *worker, struct mn_bundle *app, const struct mn_search_ask *ask,
                     mn_keep_done *tell, void *op_owner, void **op)
{
    struct mn_worker *w = worker;
    struct worker_index *of = find(w, app, ask->index);
    struct search_op *o;
    int err;

    if (w->lane == NULL)
        return MN_ECLOSED;
    o = calloc(1, sizeof(*o));
    if (of == NULL && o != NULL) {
        mn_worker_sweep_indexes(w, false);
        of = add(w, app, ask->index);
    }
    if (o == NULL || of == NULL) {
        free(o);
        return -ENOMEM;
    }
    o->op =
        (struct mn_worker_op){.job = {.run = run, .done = done}, .done = tell, .owner = op_owner};
    o->of = of;
    o->log = w->log;
    o->limit = ask->limit;
    mn_buf_add_str(&o->question, ask->question);
    err = o->question.err != 0 ? o->question.err : mn_lane_add(w->lane, &o->op.job);
    if (err != 0) {
        mn_buf_free(&o->question);
        free(o);
        return err;
    }
    of->nasked++;
    *op = &o->op;
    return 0;
}
