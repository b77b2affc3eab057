/* berth.c - the place of one worker, which is filled again when its worker dies. */
#include "base/err.h"
#include "call/master_parts.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LIVED_MS = 1000, /* who dies sooner would die again at once: */
    PAUSE_MS = 100,  /* the pause before its next start, doubled each time, */
    PAUSES = 6,      /* up to 6.4 s */
    FIRST_TRIES = 3, /* at the start of the server */
    GAVE_UP = 2      /* an exit status: it has said why, and would say it again (cli/command.h) */
};

/* --- starting --- */

/* Ours, and the variable. Returns NULL without memory; the pointers are borrowed. */
static char **environment(char *variable)
{
    size_t n = 0;
    char **out;

    while (environ[n] != NULL)
        n++;
    out = calloc(n + 2, sizeof(*out));
    if (out == NULL)
        return NULL;
    memcpy(out, environ, n * sizeof(*out));
    out[n] = variable;
    return out;
}

/* Between fork and exec: only what a signal handler could call. */
static void become(const char *path, char **argv, char **env, const struct mn_inherited *it,
                   pid_t master)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (master != 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != master)
            _exit(1);
    }
    mn_inherit_keep(it);
    execve(path, argv, env);
    _exit(GAVE_UP);
}

pid_t mn_master_exec(struct mn_master *m, const char *path, const struct mn_inherited *it,
                     bool worker)
{
    struct mn_buf variable = {0};
    int err = mn_inherit_write(it, worker, &variable);
    char **env = err == 0 ? environment(variable.p) : NULL;
    pid_t master = getpid(), pid = -1;

    if (env != NULL) {
        pid = fork();
        if (pid == 0)
            become(path, m->given.argv, env, it, worker ? master : 0);
        err = pid < 0 ? -errno : 0;
    } else {
        err = -ENOMEM;
    }
    free(env);
    mn_buf_free(&variable);
    return err != 0 ? err : pid;
}

static void on_message(void *owner, const struct mn_message *message)
{
    struct mn_berth *berth = owner;
    struct mn_master *m = berth->master;

    switch ((enum mn_word_of_master)message->type) {
    case MN_WORD_READY:
        berth->ready = true;
        berth->heard = m->beat;
        berth->silent = 0;
        berth->generation = message->number;
        MN_LOG(m->log, INFO, NULL, "a worker is ready",
               {"worker", .i = berth->number, .is_int = true},
               {"pid", .i = berth->pid, .is_int = true});
        mn_master_heard(m);
        break;
    case MN_WORD_PREPARED:
        mn_master_prepared(berth, message->number);
        break;
    case MN_WORD_UNPREPARED:
        mn_master_unprepared(berth, message->number, message->text);
        break;
    case MN_WORD_WANT_RELOAD:
    case MN_WORD_WANT_ROLLBACK:
    case MN_WORD_WANT_DRAIN:
    case MN_WORD_WANT_RESUME:
        mn_ask(berth, message->type, message->number);
        break;
    case MN_WORD_HEARD:
        mn_beat_heard(berth, message->number);
        break;
    default:
        break;
    }
    if (message->fd >= 0)
        close(message->fd);
}

static void on_gone(void *owner)
{
    (void)owner; /* it has died, and SIGCHLD tells the rest */
}

static const struct mn_channel_events events = {on_message, on_gone};

static int start(struct mn_berth *berth, int channel)
{
    struct mn_master *m = berth->master;
    struct mn_inherited it = {.number = berth->number,
                              .generation = m->generation,
                              .channel = channel,
                              .page = m->page_fd,
                              .commons = m->commons_fd,
                              .snapshot = m->snapshot,
                              .keys = m->keys_fd,
                              .config = m->config_fd,
                              .listeners = {berth->listen_fd},
                              .nlisteners = 1};
    pid_t pid;

    memcpy(it.folder, m->folder, sizeof(it.folder));
    /* This very binary, also when another lies on the disk by now. */
    pid = mn_master_exec(m, "/proc/self/exe", &it, true);
    if (pid < 0)
        return (int)pid;
    berth->pid = pid;
    berth->ready = false;
    berth->prepared = 0;
    berth->generation = m->generation;
    berth->began_ms = mn_clock_now(m->clock);
    if (m->draining) /* it reads this before it takes a call */
        mn_berth_tell(berth, MN_WORD_DRAIN, 1, -1);
    mn_berth_tell(berth, MN_WORD_STANDS, mn_master_stand(m), -1);
    return 0;
}

int mn_berth_start(struct mn_berth *berth)
{
    struct mn_master *m = berth->master;
    int fds[2], err = mn_channel_pair(fds);

    if (err < 0)
        return err;
    mn_page_wipe(m->page, berth->number, (int32_t)getpid());
    err = mn_channel_open(&berth->channel, m->loop, fds[0], &events, berth);
    if (err == 0)
        err = start(berth, fds[1]);
    close(fds[1]);
    if (err != 0) {
        mn_channel_close(berth->channel);
        berth->channel = NULL;
    }
    return err;
}

void mn_berth_tell(struct mn_berth *berth, int word, int64_t number, int fd)
{
    const struct mn_message m = {.type = word, .number = number, .fd = fd};

    if (berth->channel != NULL && mn_channel_send(berth->channel, &m) == MN_EFULL)
        MN_LOG(berth->master->log, ERROR, NULL, "a worker does not listen",
               {"worker", .i = berth->number, .is_int = true},
               {"hint", .s = MN_STR("something holds its loop: kill it, and it is replaced")});
}

void mn_berth_prepare(struct mn_berth *berth, int64_t number, int keys, int snapshot)
{
    berth->prepared = -1; /* asked for */
    if (keys >= 0)
        mn_berth_tell(berth, MN_WORD_KEYS, number, keys);
    mn_berth_tell(berth, MN_WORD_PREPARE, number, snapshot);
}

void mn_master_tell(struct mn_master *m, int word, int64_t number)
{
    for (int i = 0; i < m->nberths; i++)
        mn_berth_tell(&m->berths[i], word, number, -1);
}

bool mn_master_is_empty(const struct mn_master *m)
{
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].pid != 0)
            return false;
    }
    return true;
}

void mn_master_kill(struct mn_master *m)
{
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].pid != 0)
            kill(m->berths[i].pid, SIGKILL);
    }
}

/* --- ends --- */

static void on_restart(struct mn_timer *timer);

static void restart_in(struct mn_berth *berth, int64_t ms)
{
    if (mn_timer_start(berth->master->clock, &berth->timer, ms, on_restart) != 0)
        mn_master_fail(berth->master, -ENOMEM, "out of memory");
}

static int64_t pause_ms(const struct mn_berth *berth)
{
    int doubled = berth->deaths < PAUSES ? berth->deaths : PAUSES;

    return doubled > 0 ? (int64_t)PAUSE_MS << (doubled - 1) : 0;
}

static void on_restart(struct mn_timer *timer)
{
    struct mn_berth *berth = mn_container_of(timer, struct mn_berth, timer);
    int err = mn_berth_start(berth);

    if (err == 0)
        return;
    MN_LOG(berth->master->log, ERROR, NULL, "a worker cannot be started",
           {"worker", .i = berth->number, .is_int = true}, {"error", mn_str(mn_strerror(err))});
    berth->deaths++;
    restart_in(berth, pause_ms(berth));
}

static void log_death(struct mn_berth *berth, int status, int calls)
{
    struct mn_master *m = berth->master;
    bool killed = WIFSIGNALED(status);

    MN_LOG(m->log, ERROR, NULL, "a worker died; its calls are lost",
           {"worker", .i = berth->number, .is_int = true}, {"pid", .i = berth->pid, .is_int = true},
           {"signal", .i = killed ? WTERMSIG(status) : 0, .is_int = true},
           {"status", .i = killed ? 0 : WEXITSTATUS(status), .is_int = true},
           {"calls", .i = calls, .is_int = true});
}

/* Nobody who died before it ever listened will be followed by a better one for ever. */
static bool gives_up(const struct mn_berth *berth, int status)
{
    return !berth->master->serving &&
           ((WIFEXITED(status) && WEXITSTATUS(status) == GAVE_UP) || berth->deaths >= FIRST_TRIES);
}

static void died(struct mn_berth *berth, int status)
{
    struct mn_master *m = berth->master;
    int calls = atomic_load(&m->page->slots[berth->number].calls);
    bool soon = mn_clock_now(m->clock) - berth->began_ms < LIVED_MS;

    if (m->leaving > 0 || m->handed_over) {
        if (status != 0)
            log_death(berth, status, calls);
        mn_commons_bury(m->commons, berth->number);
        mn_page_wipe(m->page, berth->number, 0);
        berth->pid = 0;
        return;
    }
    log_death(berth, status, calls);
    mn_page_wipe(m->page, berth->number, (int32_t)getpid());
    mn_commons_bury(m->commons, berth->number);
    berth->pid = 0;
    berth->deaths = soon || !berth->ready ? berth->deaths + 1 : 0;
    if (gives_up(berth, status))
        mn_master_fail(m, MN_ECONFIG,
                       "a worker ended before it could serve; what it said stands above");
    else
        restart_in(berth, pause_ms(berth));
}

void mn_master_reap(struct mn_master *m)
{
    int status;

    for (int i = 0; i < m->nberths; i++) {
        struct mn_berth *berth = &m->berths[i];

        if (berth->pid == 0 || waitpid(berth->pid, &status, WNOHANG) != berth->pid)
            continue;
        mn_channel_close(berth->channel);
        berth->channel = NULL;
        berth->ready = false;
        died(berth, status);
        mn_asks_forget(berth);
        mn_master_berth_gone(berth);
    }
    if (m->successor_pid != 0 && waitpid(m->successor_pid, &status, WNOHANG) == m->successor_pid)
        mn_master_successor_died(m, status);
    mn_master_heard(m);
}
