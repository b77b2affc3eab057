/* crew.c - forks workers, and reads what they send, behind crew.h.
 *
 * WHY PROCESSES  A scenario is one thread's, as a call is; a bundle belongs to its thread. A fork
 * shares both for nothing, and a worker that a fault takes down leaves the others, and the report,
 * alone. That is why one that plays alone is a process of its own as well. */
#include "sim/crew.h"

#include "base/err.h"
#include "sim/crew_message.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS_MAX 64   /* processes; our own bound */
#define NOTHING  (-1) /* for a play */
#define TELL_MS  100  /* between two words of progress */

struct shared {
    atomic_int next;              /* play nobody has taken */
    atomic_int playing[JOBS_MAX]; /* what each worker plays; NOTHING between plays */
};

struct worker {
    pid_t pid;
    int pipe; /* its end here; -1 once it is closed */
    int told; /* the play it told of last; NOTHING before */
    struct mn_buf got;
};

struct crew {
    const struct mn_crew_settings *set;
    struct shared *shared;
    struct worker workers[JOBS_MAX];
    int n;
    int err; /* of a worker that ended badly between plays */
};

/* --- in a worker --- */

static bool write_all(int fd, struct mn_str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return true;
}

static bool play_one(const struct crew *c, int play, int out)
{
    struct mn_outcome outcome;
    struct mn_buf message = {0};
    double ms = 0;
    bool ok;

    c->set->play(c->set->owner, play, &outcome, &ms);
    ok = mn_crew_write(&message, play, &outcome, ms) == 0 && write_all(out, mn_buf_str(&message));
    mn_buf_free(&message);
    mn_outcome_free(&outcome);
    return ok;
}

static int work(const struct crew *c, int self, int out)
{
    int play;

    while ((play = atomic_fetch_add(&c->shared->next, 1)) < c->set->nplays) {
        atomic_store(&c->shared->playing[self], play);
        if (!play_one(c, play, out))
            return 1;
        atomic_store(&c->shared->playing[self], NOTHING);
    }
    return 0;
}

/* --- in the parent --- */

static int start(struct crew *c, int self)
{
    struct worker *w = &c->workers[self];
    int ends[2];

    if (pipe(ends) != 0)
        return -errno;
    atomic_store(&c->shared->playing[self], NOTHING);
    w->pid = fork();
    if (w->pid == 0) {
        close(ends[0]);
        for (int i = 0; i < c->n; i++) {
            if (i != self && c->workers[i].pipe >= 0)
                close(c->workers[i].pipe);
        }
        exit(work(c, self, ends[1])); /* not _exit: sanitizers look for leaks there */
    }
    close(ends[1]);
    if (w->pid < 0) {
        int err = -errno;

        close(ends[0]);
        return err;
    }
    w->pipe = ends[0];
    w->told = NOTHING;
    return 0;
}

static void stop(struct crew *c)
{
    atomic_store(&c->shared->next, c->set->nplays);
}

/* Hands on every whole message, and keeps the rest. */
static int take(struct crew *c, struct worker *w)
{
    struct mn_str bytes = mn_buf_str(&w->got);
    struct mn_outcome outcome;
    double ms;
    int play, err;
    size_t used = 0;

    while ((err = mn_crew_read(&bytes, &play, &outcome, &ms)) > 0) {
        used = (size_t)(bytes.p - w->got.p);
        w->told = play;
        if (!c->set->over(c->set->owner, play, &outcome, ms))
            stop(c);
    }
    if (used > 0) {
        memmove(w->got.p, w->got.p + used, w->got.n - used);
        w->got.n -= used;
    }
    return err;
}

/* What comes of a play whose process is dead. */
static void crash(struct crew *c, int play, int status)
{
    struct mn_outcome outcome = {.nfailures = 1, .crashed = true};
    struct mn_buf *message = &outcome.failures[0].message;

    if (WIFSIGNALED(status))
        mn_buf_addf(message, "the process that played it ended by signal %d (%s)", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    else
        mn_buf_addf(message, "the process that played it ended with status %d",
                    WEXITSTATUS(status));
    if (!c->set->over(c->set->owner, play, &outcome, 0))
        stop(c);
}

/* A worker has ended. When it died, another takes its place as long as there is something to play;
 * one that dies before it has played anything has none, or they would go on dying for ever. */
static int bury(struct crew *c, struct worker *w)
{
    int self = (int)(w - c->workers), status = 0;
    int play = atomic_load(&c->shared->playing[self]);
    bool more = atomic_load(&c->shared->next) < c->set->nplays;

    close(w->pipe);
    w->pipe = -1;
    mn_buf_clear(&w->got); /* half a message */
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (status == 0)
        return 0;
    if (play != NOTHING && play != w->told) {
        crash(c, play, status);
        return more ? start(c, self) : 0;
    }
    if (more && w->told != NOTHING)
        return start(c, self);
    c->err = MN_ECLOSED;
    return 0;
}

static int hear(struct crew *c, struct worker *w)
{
    char piece[65536];
    ssize_t n = read(w->pipe, piece, sizeof(piece));

    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    if (n == 0)
        return bury(c, w);
    mn_buf_add(&w->got, piece, (size_t)n);
    return w->got.err != 0 ? w->got.err : take(c, w);
}

static int listen_to(struct crew *c)
{
    struct pollfd fds[JOBS_MAX];
    int open = c->n, err = 0, ready;

    while (open > 0 && err == 0) {
        for (int i = 0; i < c->n; i++)
            fds[i] = (struct pollfd){.fd = c->workers[i].pipe, .events = POLLIN};
        ready = poll(fds, (nfds_t)c->n, TELL_MS);
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (ready == 0 && c->set->waits != NULL)
            c->set->waits(c->set->owner);
        open = 0;
        for (int i = 0; i < c->n && err == 0; i++) {
            if (fds[i].fd >= 0 && fds[i].revents != 0)
                err = hear(c, &c->workers[i]);
            open += c->workers[i].pipe >= 0;
        }
    }
    return err;
}

/* Those that were not heard out, after an error, end when nobody reads what they write. */
static void disband(struct crew *c)
{
    for (int i = 0; i < c->n; i++) {
        if (c->workers[i].pipe >= 0) {
            close(c->workers[i].pipe);
            while (waitpid(c->workers[i].pid, NULL, 0) < 0 && errno == EINTR)
                ;
        }
        mn_buf_free(&c->workers[i].got);
    }
}

int mn_crew_run(const struct mn_crew_settings *settings)
{
    struct crew crew = {.set = settings};
    int plays = settings->nplays - settings->first, err = 0;

    if (plays <= 0)
        return 0;
    crew.shared =
        mmap(NULL, sizeof(*crew.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crew.shared == MAP_FAILED)
        return -errno;
    atomic_store(&crew.shared->next, settings->first);
    fflush(NULL); /* or each worker has what waits in the buffers, too */
    while (err == 0 && crew.n < settings->jobs && crew.n < plays && crew.n < JOBS_MAX) {
        err = start(&crew, crew.n);
        crew.n += err == 0;
    }
    if (crew.n > 0) /* fewer than asked for do as well */
        err = listen_to(&crew);
    stop(&crew);
    disband(&crew);
    munmap(crew.shared, sizeof(*crew.shared));
    return err != 0 ? err : crew.err;
}
