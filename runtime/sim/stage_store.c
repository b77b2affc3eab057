/* stage_store.c - records and indexes as a scenario has them: its own, in memory, with ids that
 * count. They are asked at once, and the answer comes at the clock's next turn, as it would from
 * another thread. */
#include "base/err.h"
#include "sim/stage_parts.h"
#include "store/index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct question {
    struct mn_list link;
    struct mn_timer timer;
    mn_keep_done *done;
    void *op_owner;
    int err;
    struct mn_buf answer;
};

static void free_question(struct question *q)
{
    mn_timer_stop(&q->timer);
    mn_list_remove(&q->link);
    mn_buf_free(&q->answer);
    free(q);
}

static void on_answer(struct mn_timer *timer)
{
    struct question *q = mn_container_of(timer, struct question, timer);

    q->done(q->op_owner, q->err, mn_buf_str(&q->answer));
    free_question(q);
}

static int open_records(struct mn_stage *st)
{
    struct mn_buf why = {0};
    int err =
        st->kept == NULL ? mn_records_open(&st->kept, &(struct mn_records_settings){0}, &why) : 0;

    mn_buf_free(&why);
    return err;
}

int mn_stage_keep(void *stage, const struct mn_keep_ask *ask, mn_keep_done *done, void *op_owner,
                  void **op)
{
    struct mn_stage *st = stage;
    struct mn_keep_ask own = *ask;
    struct question *q;
    char id[32];
    int err = open_records(st);

    q = err == 0 ? calloc(1, sizeof(*q)) : NULL;
    if (q == NULL)
        return err != 0 ? err : -ENOMEM;
    *q = (struct question){.done = done, .op_owner = op_owner};
    mn_list_append(&st->questions, &q->link);
    snprintf(id, sizeof(id), "rec_%d", st->nkept + 1);
    own.fresh_id = mn_str(id);
    own.wall_s = mn_clock_wall(&st->clock) / 1000;
    q->err = mn_records_do(st->kept, &own, &q->answer);
    if (q->err == 0 && mn_str_is(ask->word, "add") && ask->id.n == 0)
        st->nkept++;
    err = mn_timer_start(&st->clock, &q->timer, 0, on_answer);
    if (err != 0)
        free_question(q);
    else
        *op = q;
    return err;
}

/* The index is made for each question: a scenario's texts are few. */
int mn_stage_search(void *stage, struct mn_bundle *app, const struct mn_search_ask *ask,
                    mn_keep_done *done, void *op_owner, void **op)
{
    struct mn_stage *st = stage;
    struct question *q = calloc(1, sizeof(*q));
    struct mn_index *index;
    int err;

    if (q == NULL)
        return -ENOMEM;
    *q = (struct question){.done = done, .op_owner = op_owner};
    mn_list_append(&st->questions, &q->link);
    q->err = mn_index_open(&index, mn_bundle_index(app, ask->index), &q->answer);
    if (q->err == 0)
        q->err = mn_index_search(index, ask->question, ask->limit, &q->answer);
    mn_index_close(index);
    err = mn_timer_start(&st->clock, &q->timer, 0, on_answer);
    if (err != 0)
        free_question(q);
    else
        *op = q;
    return err;
}

void mn_stage_keep_cancel(void *stage, void *op)
{
    (void)stage;
    free_question(op);
}

void mn_stage_close_store(struct mn_stage *st)
{
    while (!mn_list_empty(&st->questions))
        free_question(mn_container_of(st->questions.next, struct question, link));
    mn_records_close(st->kept);
}
