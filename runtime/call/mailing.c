/* mailing.c - what a worker's calls mail (myna.mail): the queue, and its end. */
#include "call/worker_parts.h"

#include "base/err.h"

int mn_worker_open_mail(struct mn_worker *w)
{
    const struct mn_settings *s = w->settings;

    w->mail_limits =
        (struct mn_mail_limits){.addresses = (int)s->mail_addresses, .bytes = (size_t)s->mail_size};
    return mn_mail_open(&w->mail, w->loop,
                        &(struct mn_mail_settings){
                            .url = s->mail,
                            .from = s->mail_from,
                            .user = s->mail_user,
                            .password = s->mail_password,
                            .ca_file = s->mail_ca,
                            .tls = s->mail_tls,
                            .timeout_ms = s->mail_timeout,
                            .pause_ms = s->mail_pause,
                            .tries = (int)s->mail_tries,
                            .metrics = w->world.metrics,
                            .queue_bytes = (size_t)s->mail_queue,
                        },
                        w->log);
}

/* A mail that is refused is easily overlooked by who sent it: the log says so, too. */
static void log_refused(struct mn_worker *w, const struct mn_mail_ask *ask, const char *call_id,
                        const struct mn_buf *why)
{
    mn_metric_add(mn_metrics_worker(w->world.metrics), MN_M_MAILS + MN_MAILS_REFUSED, 1);
    MN_LOG(w->log, WARN, call_id, "a mail was refused", {"app", ask->app},
           {"error", mn_buf_str(why)});
}

int mn_worker_mail(void *worker, const struct mn_mail_ask *ask, const char *call_id,
                   mn_mail_done *tell, void *op_owner, void **op, struct mn_buf *why)
{
    struct mn_worker *w = worker;
    struct mn_mail_op *new = NULL;
    int err = w->mail == NULL ? MN_ECLOSED : mn_mail_check(ask, &w->mail_limits, why);

    if (err == 0)
        err = mn_mail_send(w->mail, ask, call_id, tell, op_owner, &new);
    *op = new;
    if (err == MN_EFULL)
        mn_buf_add_text(why, "too many mails wait to be sent (mail-queue)");
    else if (err != 0 && why->n == 0)
        mn_buf_add_text(why, mn_strerror(err));
    if (err != 0)
        log_refused(w, ask, call_id, why);
    return err;
}

void mn_worker_mail_forget(void *worker, void *op)
{
    (void)worker;
    mn_mail_forget(op);
}

static void on_drained(void *worker)
{
    mn_loop_stop(((struct mn_worker *)worker)->loop);
}

void mn_worker_finish(struct mn_worker *w)
{
    if (w->mail == NULL || mn_mail_is_idle(w->mail)) { /* NULL: it closes already */
        mn_loop_stop(w->loop);
        return;
    }
    MN_LOG(w->log, INFO, NULL, "stopping once the mails are sent",
           {"within_ms", .i = w->settings->mail_drain, .is_int = true});
    mn_mail_drain(w->mail, w->settings->mail_drain, on_drained, w);
}
