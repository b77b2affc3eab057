/* under.c - what a worker does at its master's word, behind under.h. */
#include "call/under.h"

#include "base/err.h"
#include "call/operate.h"
#include "call/words_of_master.h"
#include "call/worker_parts.h"
#include "io/server_tls.h"
#include "script/snapshot.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNAPSHOT_BYTES (256 << 20) /* of all files of all apps; each is bounded by 1 MB */

int mn_under_read(int fd, struct mn_buf *out)
{
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) != 0)
        return -errno;
    if (st.st_size > SNAPSHOT_BYTES)
        return MN_ELIMIT;
    if (mn_buf_reserve(out, (size_t)st.st_size) != 0)
        return out->err;
    while (out->n < (size_t)st.st_size) {
        n = pread(fd, out->p + out->n, (size_t)st.st_size - out->n, (off_t)out->n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : MN_EPROTOCOL;
        out->n += (size_t)n;
    }
    return 0;
}

static void tell(struct mn_worker *w, int word, int64_t number, struct mn_str text)
{
    const struct mn_message m = {.type = word, .number = number, .text = text, .fd = -1};

    if (w->under != NULL && mn_channel_send(w->under->channel, &m) == MN_EFULL)
        MN_LOG(w->log, ERROR, NULL, "the master does not listen",
               {"word", .i = word, .is_int = true});
}

void mn_under_ready(struct mn_worker *w)
{
    tell(w, MN_WORD_READY, w->generation, (struct mn_str){0});
}

void mn_under_want(struct mn_worker *w, int word, int64_t number)
{
    tell(w, word, number, (struct mn_str){0});
}

static void forget(struct mn_worker *w)
{
    mn_generation_drop(&w->under->prepared);
    mn_keyring_free(&w->under->keyring);
    mn_certificate_free(w->under->renewed);
    w->under->renewed = NULL;
    w->under->prepared_number = 0;
}

static void take_keys_fd(struct mn_worker *w, int fd)
{
    if (w->under->keys_fd >= 0)
        close(w->under->keys_fd);
    w->under->keys_fd = fd;
}

static void prepare(struct mn_worker *w, const struct mn_message *m)
{
    struct mn_buf bytes = {0}, why = {0};
    int err = m->fd >= 0 ? mn_under_read(m->fd, &bytes) : MN_EPROTOCOL;

    forget(w);
    if (err == 0)
        err = mn_worker_prepare(w, &w->under->prepared, mn_buf_str(&bytes), &why);
    if (err == 0 && w->under->keys_fd >= 0)
        err = mn_worker_prepare_keys(w, w->under->keys_fd, &w->under->keyring, &why);
    if (err == 0)
        err = mn_worker_prepare_tls(w, &w->under->renewed, &why);
    take_keys_fd(w, -1);
    if (err == 0)
        w->under->prepared_number = m->number;
    else
        forget(w);
    if (err != 0 && why.n == 0)
        mn_buf_add_text(&why, mn_strerror(err));
    tell(w, err == 0 ? MN_WORD_PREPARED : MN_WORD_UNPREPARED, m->number, mn_buf_str(&why));
    mn_buf_free(&bytes);
    mn_buf_free(&why);
}

static void serve(struct mn_worker *w, int64_t number)
{
    struct mn_under *u = w->under;

    if (number != u->prepared_number || number == 0)
        return;
    mn_worker_take_keys(w, &u->keyring);
    mn_worker_take_tls(w, u->renewed);
    u->renewed = NULL;
    mn_worker_serve(w, &u->prepared, number);
    u->prepared = (struct mn_generation){0};
    u->prepared_number = 0;
}

static void on_message(void *worker, const struct mn_message *m)
{
    struct mn_worker *w = worker;

    switch ((enum mn_word_of_master)m->type) {
    case MN_WORD_KEYS:
        take_keys_fd(w, m->fd);
        return;
    case MN_WORD_PREPARE:
        prepare(w, m);
        break;
    case MN_WORD_SERVE:
        serve(w, m->number);
        break;
    case MN_WORD_FORGET:
        forget(w);
        break;
    case MN_WORD_STANDS:
        w->stale = (m->number & MN_STANDS_STALE) != 0;
        w->under->can_roll_back = (m->number & MN_STANDS_BEFORE) != 0;
        break;
    case MN_WORD_BEAT:
        tell(w, MN_WORD_HEARD, m->number, (struct mn_str){0});
        break;
    case MN_WORD_LINE:
        mn_followers_master_line(w, m->text);
        break;
    case MN_WORD_DONE:
    case MN_WORD_FAILED:
    case MN_WORD_NOTHING:
    case MN_WORD_BUSY:
        mn_operate_heard(w, m->type, m->number, m->text);
        break;
    case MN_WORD_DRAIN:
        mn_worker_set_draining(w, m->number != 0);
        break;
    case MN_WORD_LEAVE:
        mn_worker_leave(w, m->number != 0);
        break;
    case MN_WORD_STOP:
        mn_worker_stop(w);
        break;
    default: /* a worker's own words */
        break;
    }
    if (m->fd >= 0)
        close(m->fd);
}

static void on_gone(void *worker)
{
    struct mn_worker *w = worker;

    MN_LOG(w->log, ERROR, NULL, "the master is gone; ending",
           {"calls", .i = w->ncalls, .is_int = true});
    mn_worker_stop(w);
}

static const struct mn_channel_events events = {on_message, on_gone};

int mn_under_open(struct mn_worker *w)
{
    return mn_channel_open(&w->under->channel, w->loop, w->under->it.channel, &events, w);
}

void mn_under_close(struct mn_worker *w)
{
    if (w->under == NULL)
        return;
    forget(w);
    take_keys_fd(w, -1);
    mn_channel_close(w->under->channel);
    w->under->channel = NULL;
}
