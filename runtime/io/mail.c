/* mail.c - the queue of mails: whose turn it is, what follows a try, what the log says.
 *
 * DESIGN  Everything happens from turn(), which only a timer calls: so no done runs inside
 * mn_mail_send. One mail is tried at a time, first its server's name on the loop, then the rest on
 * the lane. The log never has an address, a subject or a text, unless the operator asked to be
 * shown mails in place of sending them. */
#include "base/err.h"
#include "base/utf8.h"
#include "io/address.h"
#include "io/mail_op.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define OVERHEAD_BYTES 1024   /* what a mail counts beside its message */
#define PAUSE_MAX_MS   900000 /* 15 minutes */

static struct mn_clock *clock_of(const struct mn_mail *m)
{
    return mn_loop_clock(m->loop);
}

static void on_turn(struct mn_timer *timer);

static void turn_soon(struct mn_mail *m)
{
    mn_timer_start(clock_of(m), &m->turn, 0, on_turn);
}

size_t mn_mail_waiting(const struct mn_mail *m)
{
    return m->bytes;
}

bool mn_mail_is_idle(const struct mn_mail *m)
{
    return m->trying == NULL && mn_list_empty(&m->ready) && mn_list_empty(&m->paused);
}

/* ---- the end of one ---- */

static void free_op(struct mn_mail_op *op)
{
    op->mail->bytes -= op->bytes;
    mn_timer_stop(&op->pause);
    mn_list_remove(&op->node);
    curl_slist_free_all(op->to);
    curl_slist_free_all(op->addresses);
    mn_buf_free(&op->app);
    mn_buf_free(&op->shown);
    mn_buf_free(&op->message);
    free(op);
}

static void end(struct mn_mail_op *op, int err, const char *why)
{
    if (op->done != NULL)
        op->done(op->owner, err, mn_str(why));
    free_op(op);
}

static const char *call_of(const struct mn_mail_op *op)
{
    return op->call_id[0] != '\0' ? op->call_id : NULL;
}

/* There is no server: the log is where mails go. */
static void tell(struct mn_mail_op *op)
{
    MN_LOG(op->mail->log, INFO, call_of(op), "a mail was not sent: no server is set (--mail)",
           {"mail", mn_str(op->id)}, {"app", mn_buf_str(&op->app)},
           {"addresses", .i = op->naddresses, .is_int = true},
           {"subject_characters", .i = (int64_t)op->subject_chars, .is_int = true},
           {"bytes", .i = (int64_t)op->message.n, .is_int = true},
           {"content", mn_buf_str(&op->shown)});
    end(op, 0, "");
}

static void count(const struct mn_mail *m, enum mn_mail_outcome outcome)
{
    if (m->settings.metrics != NULL)
        mn_metric_add(mn_metrics_worker(m->settings.metrics), MN_M_MAILS + outcome, 1);
}

static void sent(struct mn_mail_op *op)
{
    count(op->mail, MN_MAILS_SENT);
    MN_LOG(op->mail->log, INFO, call_of(op), "a mail was sent", {"mail", mn_str(op->id)},
           {"app", mn_buf_str(&op->app)}, {"addresses", .i = op->naddresses, .is_int = true},
           {"tries", .i = op->tried, .is_int = true});
    end(op, 0, "");
}

static void give_up(struct mn_mail_op *op)
{
    count(op->mail, MN_MAILS_GIVEN_UP);
    MN_LOG(op->mail->log, ERROR, call_of(op), "a mail was given up", {"mail", mn_str(op->id)},
           {"app", mn_buf_str(&op->app)}, {"error", mn_str(op->why)},
           {"tries", .i = op->tried, .is_int = true});
    end(op, MN_EREFUSED, op->why);
}

static void on_pause(struct mn_timer *timer)
{
    struct mn_mail_op *op = mn_container_of(timer, struct mn_mail_op, pause);

    mn_list_remove(&op->node);
    mn_list_append(&op->mail->ready, &op->node);
    turn_soon(op->mail);
}

/* Doubles with each try; up to a quarter more, so that many do not come at once. */
static int64_t pause_after(struct mn_mail *m, int tried)
{
    int64_t ms = m->settings.pause_ms;

    while (--tried > 0 && ms < PAUSE_MAX_MS)
        ms *= 2;
    if (ms > PAUSE_MAX_MS)
        ms = PAUSE_MAX_MS;
    return ms + (int64_t)(mn_random_next(&m->random) % (uint64_t)(ms / 4 + 1));
}

static void try_later(struct mn_mail_op *op)
{
    struct mn_mail *m = op->mail;
    int64_t ms = pause_after(m, op->tried);

    MN_LOG(op->mail->log, WARN, call_of(op), "a mail waits for another try",
           {"mail", mn_str(op->id)}, {"app", mn_buf_str(&op->app)}, {"error", mn_str(op->why)},
           {"tries", .i = op->tried, .is_int = true}, {"pause_ms", .i = ms, .is_int = true});
    mn_list_append(&m->paused, &op->node);
    if (mn_timer_start(clock_of(m), &op->pause, ms, on_pause) != 0)
        give_up(op);
}

static void tried(struct mn_mail_op *op)
{
    struct mn_mail *m = op->mail;

    m->trying = NULL;
    op->tried++;
    if (op->end == MN_MAIL_SENT)
        sent(op);
    else if (op->end == MN_MAIL_NEVER || m->draining || op->tried >= m->settings.tries)
        give_up(op);
    else
        try_later(op);
    turn_soon(m);
}

/* ---- one try ---- */

static void fail(struct mn_mail_op *op, const char *why)
{
    op->end = MN_MAIL_NOT_NOW;
    snprintf(op->why, sizeof(op->why), "%s", why);
    tried(op);
}

static void run(struct mn_lane_job *job)
{
    mn_mail_op_try(mn_container_of(job, struct mn_mail_op, job));
}

static void on_run(struct mn_lane_job *job)
{
    struct mn_mail_op *op = mn_container_of(job, struct mn_mail_op, job);

    if (atomic_load(&op->mail->closing)) { /* mn_mail_close counts it */
        op->mail->trying = NULL;
        if (job->ran && op->end == MN_MAIL_SENT)
            sent(op);
        else
            mn_list_append(&op->mail->ready, &op->node);
        return;
    }
    tried(op);
}

static void on_found(struct mn_lookup *lookup, int err, const struct mn_addresses *found)
{
    struct mn_mail_op *op = mn_container_of(lookup, struct mn_mail, lookup)->trying;

    if (err == 0)
        err = mn_mail_op_aim(op, found);
    if (err == 0)
        err = mn_lane_add(op->mail->lane, &op->job);
    if (err != 0)
        fail(op, err == MN_ERESOLVE ? "the mail server's name was not found" : mn_strerror(err));
}

static void try_one(struct mn_mail_op *op)
{
    struct mn_mail *m = op->mail;
    int err;

    mn_list_remove(&op->node);
    m->trying = op;
    op->job = (struct mn_lane_job){.run = run, .done = on_run};
    err = mn_resolve(mn_loop_resolver(m->loop), &m->lookup, m->host, m->settings.timeout_ms,
                     on_found);
    if (err != 0)
        fail(op, mn_strerror(err));
}

static void on_turn(struct mn_timer *timer)
{
    struct mn_mail *m = mn_container_of(timer, struct mn_mail, turn);
    void (*drained)(void *owner) = m->drained;

    while (m->lane == NULL && !mn_list_empty(&m->ready))
        tell(mn_container_of(m->ready.next, struct mn_mail_op, node));
    if (m->trying == NULL && !mn_list_empty(&m->ready))
        try_one(mn_container_of(m->ready.next, struct mn_mail_op, node));
    if (drained == NULL || !mn_mail_is_idle(m))
        return;
    m->drained = NULL;
    mn_timer_stop(&m->drain);
    drained(m->drained_owner);
}

/* ---- taking one ---- */

static int add_mailbox(struct mn_mail_op *op, struct mn_str text)
{
    struct mn_mail_address address;
    struct curl_slist *longer;
    char line[260];

    if (!mn_mail_address_read(&address, text))
        return MN_EPROTOCOL;
    snprintf(line, sizeof(line), "<%.*s>", MN_FMT(address.mailbox));
    longer = curl_slist_append(op->to, line);
    if (longer == NULL)
        return -ENOMEM;
    op->to = longer;
    op->naddresses++;
    return 0;
}

static int copy(struct mn_mail_op *op, const struct mn_mail_ask *ask)
{
    const struct mn_mail *m = op->mail;
    int err = 0;

    for (int i = 0; i < ask->nto && err == 0; i++)
        err = add_mailbox(op, ask->to[i]);
    for (int i = 0; i < ask->ncc && err == 0; i++)
        err = add_mailbox(op, ask->cc[i]);
    if (err == 0)
        err = mn_buf_add_str(&op->app, ask->app);
    if (err == 0 && m->lane == NULL)
        err = mn_buf_add_str(&op->shown, ask->shown);
    if (err != 0)
        return err;
    op->subject_chars = mn_utf8_count(ask->subject);
    return mn_mail_write(
        &op->message, ask,
        &(struct mn_mail_origin){.from = mn_str(m->settings.from != NULL ? m->settings.from : ""),
                                 .id = mn_str(op->id),
                                 .wall_ms = mn_clock_wall(clock_of(m))});
}

int mn_mail_send(struct mn_mail *m, const struct mn_mail_ask *ask, const char *call_id,
                 mn_mail_done *done, void *op_owner, struct mn_mail_op **out)
{
    struct mn_mail_op *op = calloc(1, sizeof(*op));
    int err;

    *out = NULL;
    if (op == NULL)
        return -ENOMEM;
    op->mail = m;
    op->done = done;
    op->owner = op_owner;
    mn_list_init(&op->node);
    mn_id_new(op->id, "mail", &m->random);
    (void)mn_id_copy(op->call_id, mn_str(call_id));
    err = copy(op, ask);
    if (err == 0 && m->bytes + op->message.n + OVERHEAD_BYTES > m->settings.queue_bytes)
        err = MN_EFULL;
    if (err != 0) {
        free_op(op);
        return err;
    }
    op->bytes = op->message.n + OVERHEAD_BYTES;
    m->bytes += op->bytes;
    mn_list_append(&m->ready, &op->node);
    turn_soon(m);
    *out = op;
    return 0;
}

void mn_mail_forget(struct mn_mail_op *op)
{
    op->done = NULL;
}

/* ---- the whole ---- */

static bool is_near(const char *host)
{
    union mn_address address;

    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (!mn_address_read(&address, host))
        return false;
    if (address.any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address.v6.sin6_addr);
    return (ntohl(address.v4.sin_addr.s_addr) >> 24) == 127;
}

static int open_server(struct mn_mail *m)
{
    int err = mn_mail_read_url(m->settings.url, &m->host, &m->port);

    if (err != 0)
        return err;
    m->is_near = is_near(m->host);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) /* counted by curl */
        return -ENOMEM;
    err = mn_lane_open(&m->lane, m->loop, 1);
    if (err != 0)
        curl_global_cleanup();
    return err;
}

int mn_mail_open(struct mn_mail **out, struct mn_loop *loop,
                 const struct mn_mail_settings *settings, struct mn_log *log)
{
    struct mn_mail *m = calloc(1, sizeof(*m));
    int err;

    *out = NULL;
    if (m == NULL)
        return -ENOMEM;
    m->settings = *settings;
    if (m->settings.timeout_ms == 0)
        m->settings.timeout_ms = 30000;
    if (m->settings.pause_ms == 0)
        m->settings.pause_ms = 10000;
    if (m->settings.tries == 0)
        m->settings.tries = 8;
    if (m->settings.queue_bytes == 0)
        m->settings.queue_bytes = 16 << 20;
    m->loop = loop;
    m->log = log;
    mn_list_init(&m->ready);
    mn_list_init(&m->paused);
    err = mn_random_system(&m->random);
    if (err == 0 && m->settings.url != NULL)
        err = open_server(m);
    if (err != 0) {
        mn_mail_close(m);
        return err;
    }
    *out = m;
    return 0;
}

static void on_drained_late(struct mn_timer *timer)
{
    struct mn_mail *m = mn_container_of(timer, struct mn_mail, drain);
    void (*drained)(void *owner) = m->drained;

    m->drained = NULL;
    if (drained != NULL)
        drained(m->drained_owner);
}

void mn_mail_drain(struct mn_mail *m, int64_t within_ms, void (*fn)(void *owner), void *owner)
{
    m->draining = true;
    m->drained = fn;
    m->drained_owner = owner;
    while (!mn_list_empty(&m->paused)) {
        struct mn_mail_op *op = mn_container_of(m->paused.next, struct mn_mail_op, node);

        mn_timer_stop(&op->pause);
        mn_list_remove(&op->node);
        mn_list_append(&m->ready, &op->node);
    }
    if (mn_timer_start(clock_of(m), &m->drain, within_ms, on_drained_late) != 0) {
        m->drained = NULL;
        fn(owner);
        return;
    }
    turn_soon(m);
}

/* How many mails of a list are lost. */
static int drop_all(struct mn_list *list)
{
    int n = 0;

    for (; !mn_list_empty(list); n++)
        free_op(mn_container_of(list->next, struct mn_mail_op, node));
    return n;
}

void mn_mail_close(struct mn_mail *m)
{
    int lost = 0;

    if (m == NULL)
        return;
    atomic_store(&m->closing, true);
    mn_lookup_cancel(&m->lookup);
    if (m->lane != NULL) {
        mn_lane_close(m->lane); /* its job comes back */
        curl_global_cleanup();
    }
    if (m->trying != NULL) { /* its name was being looked up */
        free_op(m->trying);
        lost++;
    }
    lost += drop_all(&m->ready) + drop_all(&m->paused);
    if (lost > 0)
        MN_LOG(m->log, ERROR, NULL,
               "mails were not sent before the stop, and are lost (mail-drain)",
               {"mails", .i = lost, .is_int = true});
    mn_timer_stop(&m->turn);
    mn_timer_stop(&m->drain);
    free(m->host);
    free(m);
}
