/* stage_mail.c - mails as a scenario has them: a record each, and nothing is sent. What becomes of
 * one is told at the clock's next turn. */
#include "base/err.h"
#include "sim/stage_parts.h"

#include <errno.h>
#include <stdlib.h>

struct posted {
    struct mn_list link;
    struct mn_timer timer;
    mn_mail_done *done; /* NULL: nobody waits for it */
    void *op_owner;
    int err;
    struct mn_buf why;
};

static void free_posted(struct posted *p)
{
    mn_timer_stop(&p->timer);
    mn_list_remove(&p->link);
    mn_buf_free(&p->why);
    free(p);
}

static void on_end(struct mn_timer *timer)
{
    struct posted *p = mn_container_of(timer, struct posted, timer);

    if (p->done != NULL)
        p->done(p->op_owner, p->err, mn_buf_str(&p->why));
    free_posted(p);
}

/* The server's word on the next mail. Whoever wrote the scenario wanted it: no error here. */
static void decide(struct mn_stage *st, struct posted *p)
{
    if (st->mail_refusals == 0)
        return;
    st->mail_refusals--;
    p->err = MN_EREFUSED;
    mn_buf_add_str(&p->why, mn_buf_str(&st->mail_refusal));
    MN_LOG(&st->log, WARN, NULL, "a mail was given up", {"error", mn_buf_str(&p->why)});
}

int mn_stage_mail(void *stage, const struct mn_mail_ask *ask, const char *call_id,
                  mn_mail_done *done, void *op_owner, void **op, struct mn_buf *why)
{
    struct mn_stage *st = stage;
    struct posted *p;
    int err = mn_mail_check(ask, &mn_mail_defaults, why);

    *op = NULL;
    if (err != 0) {
        MN_LOG(&st->log, WARN, call_id, "a mail was refused", {"app", ask->app},
               {"error", mn_buf_str(why)});
        return err;
    }
    p = calloc(1, sizeof(*p));
    if (p == NULL)
        return -ENOMEM;
    *p = (struct posted){.done = done, .op_owner = op_owner};
    mn_list_append(&st->posted, &p->link);
    mn_stage_note_text(st, MN_LANE_MAIL, ask->shown);
    decide(st, p);
    err = mn_timer_start(&st->clock, &p->timer, 0, on_end);
    if (err != 0)
        free_posted(p);
    else
        *op = p;
    return err;
}

void mn_stage_mail_forget(void *stage, void *op)
{
    (void)stage;
    ((struct posted *)op)->done = NULL;
}

int mn_stage_refuse_mails(struct mn_stage *st, struct mn_str why, int times)
{
    mn_buf_clear(&st->mail_refusal);
    st->mail_refusals = times;
    return mn_buf_add_str(&st->mail_refusal, why);
}

void mn_stage_close_mail(struct mn_stage *st)
{
    while (!mn_list_empty(&st->posted))
        free_posted(mn_container_of(st->posted.next, struct posted, link));
    mn_buf_free(&st->mail_refusal);
}
