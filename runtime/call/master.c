/* master.c - opens the port and the places of the workers, behind master.h. */
#include "base/err.h"
#include "call/folder.h"
#include "call/master_parts.h"
#include "call/saved.h"
#include "call/worker_parts.h"
#include "io/listen.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int mn_master_workers(const struct mn_settings *s)
{
    cpu_set_t ours;
    int n;

    if (s->workers == NULL)
        return 0;
    if (strcmp(s->workers, "auto") != 0)
        return (int)strtol(s->workers, NULL, 10);
    n = sched_getaffinity(0, sizeof(ours), &ours) == 0 ? CPU_COUNT(&ours) : 1;
    return n < MN_WORKERS_MAX ? n : MN_WORKERS_MAX;
}

/* --- the end --- */

void mn_master_fail(struct mn_master *m, int err, const char *words)
{
    if (m->err == 0) {
        m->err = err;
        mn_buf_addf(m->why, "%s\n", words);
    }
    mn_master_leave(m, MN_WORD_STOP);
}

/* Told once more than there are rungs, it waits for nobody. */
void mn_master_leave(struct mn_master *m, int word)
{
    enum { PATIENCE = 3 };

    if (++m->leaving > PATIENCE)
        mn_master_kill(m);
    for (int i = 0; i < m->nberths; i++)
        mn_timer_stop(&m->berths[i].timer);
    mn_master_tell(m, word, 0);
    if (mn_master_is_empty(m))
        mn_loop_stop(m->loop);
}

/* --- workers come and go --- */

static void catch_up(struct mn_berth *berth)
{
    struct mn_master *m = berth->master;

    if (berth->generation != m->generation && berth->prepared == 0) {
        mn_berth_prepare(berth, m->generation, m->keys_fd, m->snapshot);
    } else if (m->pending.snapshot >= 0 && berth->prepared == 0) {
        mn_berth_prepare(berth, m->pending.number, m->pending.keys_fd, m->pending.snapshot);
    }
}

static void begin_serving(struct mn_master *m)
{
    int port = mn_listen_port(m->berths[0].listen_fd);

    m->serving = true;
    if (m->predecessor != NULL)
        mn_master_took_over(m);
    else
        m->given.ready(m->given.owner, &m->apps, port, m->changes != NULL);
    MN_LOG(m->log, INFO, NULL, "all workers are ready",
           {"workers", .i = m->nberths, .is_int = true}, {"pid", .i = getpid(), .is_int = true});
    mn_master_notify("READY=1");
}

void mn_master_heard(struct mn_master *m)
{
    bool all = true;

    if (m->leaving > 0 || m->handed_over) {
        if (mn_master_is_empty(m))
            mn_loop_stop(m->loop);
        return;
    }
    for (int i = 0; i < m->nberths; i++) {
        all = all && m->berths[i].ready;
        if (m->berths[i].ready)
            catch_up(&m->berths[i]);
    }
    if (all && !m->serving)
        begin_serving(m);
}

/* --- signals --- */

static void on_child(void *master, int signum)
{
    (void)signum;
    mn_master_reap(master);
}

static void on_hangup(void *master, int signum)
{
    (void)signum;
    mn_master_reload(master, false);
}

static void on_upgrade(void *master, int signum)
{
    (void)signum;
    mn_master_upgrade(master);
}

static void on_end(void *master, int signum)
{
    struct mn_master *m = master;
    int word = signum == SIGTERM && m->leaving == 0 ? MN_WORD_LEAVE : MN_WORD_STOP;
    const struct mn_message before = {.type = word, .fd = -1};

    MN_LOG(m->log, INFO, NULL, word == MN_WORD_LEAVE ? "draining, then leaving" : "stopping",
           {"signal", .i = signum, .is_int = true},
           {"calls", .i = mn_page_calls(m->page), .is_int = true});
    if (m->leaving == 0)
        mn_master_notify("STOPPING=1");
    if (m->predecessor != NULL) /* it still has calls */
        mn_channel_send(m->predecessor, &before);
    mn_master_leave(m, word);
}

static int watch_signals(struct mn_master *m)
{
    static const struct {
        int signum;
        void (*fn)(void *master, int signum);
    } all[] = {{SIGCHLD, on_child},
               {SIGHUP, on_hangup},
               {SIGTERM, on_end},
               {SIGINT, on_end},
               {SIGUSR2, on_upgrade}};
    int err = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && err == 0; i++)
        err = mn_loop_signal(m->loop, all[i].signum, all[i].fn, m);
    return err;
}

/* --- opening --- */

static void on_saved(void *master)
{
    mn_master_reload(master, true);
}

static int take_port(struct mn_master *m, const struct mn_inherited *it)
{
    const struct mn_settings *s = m->settings;
    int port = (int)s->port;

    for (int i = 0; i < m->nberths; i++) {
        int fd = it != NULL && i < it->nlisteners ? it->listeners[i]
                                                  : mn_listen_shared(s->host, port, i == 0);

        if (fd < 0) {
            mn_settings_say_unlistened(s, fd, m->why);
            return fd;
        }
        m->berths[i].listen_fd = fd;
        port = mn_listen_port(fd);
    }
    return 0;
}

/* Workers' own sockets lie where nobody else may look. */
static int make_folder(struct mn_master *m)
{
    const char *in;
    int err = mn_folder_make(m->folder, &m->folder_fd, &in);

    if (err != 0)
        mn_buf_addf(m->why, "cannot make a folder in %s: %s\n", in, mn_strerror(err));
    return err;
}

static int claim_numbers(struct mn_master *m)
{
    for (int i = 0; i < m->nberths; i++) {
        m->berths[i].number = mn_page_claim(m->page, (int32_t)getpid());
        if (m->berths[i].number < 0) {
            mn_buf_add_text(m->why,
                            "too many workers: those of upgrades before still have calls\n");
            return MN_EFULL;
        }
    }
    return 0;
}

static int make_common(struct mn_master *m)
{
    const struct mn_settings *s = m->settings;
    const struct mn_commons_size size = {.tokens = (uint32_t)s->tokens,
                                         .token_bytes = (uint32_t)s->token_bytes,
                                         .meters = (uint32_t)s->meters};
    int err = make_folder(m);

    if (err == 0)
        err = mn_page_open(&m->page, &m->page_fd);
    if (err == 0)
        err = mn_commons_open(&m->commons, &size);
    if (err == 0)
        m->commons_fd = mn_commons_fd(m->commons);
    return err;
}

/* Of the master before. It counts nothing itself, so it maps it as any worker. */
static int take_common(struct mn_master *m, const struct mn_inherited *it)
{
    int err;

    memcpy(m->folder, it->folder, sizeof(m->folder));
    m->page_fd = it->page;
    m->commons_fd = it->commons;
    err = mn_folder_share(m->folder, &m->folder_fd);
    if (err == 0)
        err = mn_page_map(&m->page, it->page);
    if (err == 0)
        err = mn_commons_map(&m->commons, it->commons, 0);
    if (err == MN_EPROTOCOL)
        mn_buf_add_text(m->why, "the server that runs is of another version of Myna, with which "
                                "this one shares nothing: restart it instead\n");
    return err;
}

static int open_all(struct mn_master *m, const struct mn_inherited *it)
{
    int n = it != NULL ? it->nlisteners : mn_master_workers(m->settings);
    int err = mn_worker_check_exposure(m->settings, m->why);
    ssize_t length = readlink("/proc/self/exe", m->binary, sizeof(m->binary) - 1);

    if (length <= 0)
        err = err != 0 ? err : -errno;
    if (err == 0)
        err = mn_loop_open(&m->loop, m->log);
    if (err != 0)
        return err;
    m->clock = mn_loop_clock(m->loop);
    m->nberths = n;
    for (int i = 0; i < n; i++)
        m->berths[i] = (struct mn_berth){.master = m, .listen_fd = -1, .number = -1};
    err = mn_master_load(m, &m->apps, &m->snapshot, &m->keys_fd, m->why);
    if (err == 0 && m->given.config != NULL)
        err = mn_master_copy(m->given.config, &m->config_fd);
    if (err == 0)
        err = it != NULL ? take_common(m, it) : make_common(m);
    if (err == 0)
        err = claim_numbers(m);
    if (err == 0)
        err = take_port(m, it);
    if (err == 0)
        err = watch_signals(m);
    if (err == 0 && it != NULL)
        err = mn_master_succeed(m, it);
    if (err == 0 && mn_saved_is_wanted(m->settings))
        err = mn_saved_open(&m->changes, m->loop, m->given.paths, m->given.npaths, on_saved, m);
    for (int i = 0; i < n && err == 0; i++)
        err = mn_berth_start(&m->berths[i]);
    if (err == 0)
        err = mn_beats_begin(m);
    return err;
}

/* --- closing --- */

static void close_all(struct mn_master *m)
{
    mn_master_kill(m); /* none is left, unless it could not begin */
    mn_changes_close(m->changes);
    mn_master_forget(m);
    mn_timer_stop(&m->beats);
    mn_channel_close(m->predecessor);
    mn_channel_close(m->successor);
    for (int i = 0; i < m->nberths; i++) {
        mn_timer_stop(&m->berths[i].timer);
        mn_channel_close(m->berths[i].channel);
        if (m->berths[i].listen_fd >= 0)
            close(m->berths[i].listen_fd);
        if (m->page != NULL && m->berths[i].number >= 0)
            mn_page_wipe(m->page, m->berths[i].number, 0);
    }
    mn_folder_leave(m->folder, m->folder_fd);
    if (m->loop != NULL)
        mn_loop_close(m->loop);
    mn_generation_drop(&m->apps);
    mn_generation_drop(&m->before);
    if (m->snapshot >= 0)
        close(m->snapshot);
    if (m->before_snapshot >= 0)
        close(m->before_snapshot);
    if (m->keys_fd >= 0)
        close(m->keys_fd);
    if (m->config_fd >= 0)
        close(m->config_fd);
    mn_page_close(m->page);
    if (m->page_fd >= 0)
        close(m->page_fd);
    if (m->commons != NULL && m->commons_fd != mn_commons_fd(m->commons))
        close(m->commons_fd);
    mn_commons_close(m->commons);
}

/* Operators who follow the log do so at a worker. One that does not listen misses it. */
static void on_line(struct mn_log *log, const char *call, const char *line, size_t n)
{
    struct mn_master *m = log->also_owner;
    const struct mn_message message = {.type = MN_WORD_LINE, .text = {line, n - 1}, .fd = -1};

    (void)call;
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].ready && m->berths[i].channel != NULL)
            (void)mn_channel_send(m->berths[i].channel, &message);
    }
}

int mn_master_run(const struct mn_master_settings *settings, struct mn_buf *why)
{
    struct mn_master *m = calloc(1, sizeof(*m));
    struct mn_inherited it;
    bool succeeds = mn_inherit_master(&it) == 0;
    int err;

    if (m == NULL)
        return -ENOMEM;
    m->given = *settings;
    m->settings = settings->settings;
    m->log = settings->log;
    m->why = why;
    m->page_fd = m->commons_fd = m->snapshot = m->before_snapshot = m->pending.snapshot = -1;
    m->folder_fd = -1;
    m->keys_fd = m->pending.keys_fd = m->config_fd = -1;
    m->generation = 1;
    m->log->also = on_line;
    m->log->also_owner = m;
    err = open_all(m, succeeds ? &it : NULL);
    if (err == 0) {
        mn_loop_run(m->loop);
        err = m->err;
    } else if (why->n == 0) {
        mn_buf_addf(why, "cannot start: %s\n", mn_strerror(err));
    }
    m->log->also = NULL;
    close_all(m);
    free(m);
    return err;
}
