/* crew.c - forks workers, and reads what they send, behind crew.h.
 *
 * WHY PROCESSES  A scenario is one thread's, as a call is; a bundle belongs to its thread. A fork
 * shares both for nothing, and a worker that a fault takes down leaves the others alone. */
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

#define JOBS_MAX 64 /* processes; our own bound */

struct shared {
    atomic_int next; /* play nobody has taken */
};

struct worker {
    pid_t pid;
    int pipe; /* its end here; -1 once it is closed */
    struct mn_buf got;
};

struct crew {
    const struct mn_crew_settings *set;
    struct shared *shared;
    struct worker workers[JOBS_MAX];
    int n, signal;
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

static int work(const struct crew *c, int out)
{
    bool ok = true;
    int play;

    while (ok && (play = atomic_fetch_add(&c->shared->next, 1)) < c->set->nplays) {
        struct mn_outcome outcome;
        struct mn_buf message = {0};
        double ms = 0;

        c->set->play(c->set->owner, play, &outcome, &ms);
        ok = mn_crew_write(&message, play, &outcome, ms) == 0 &&
             write_all(out, mn_buf_str(&message));
        mn_buf_free(&message);
        mn_outcome_free(&outcome);
    }
    return ok ? 0 : 1;
}

/* --- in the parent --- */

static int start(struct crew *c)
{
    struct worker *w = &c->workers[c->n];
    int ends[2];

    if (pipe(ends) != 0)
        return -errno;
    *w = (struct worker){.pid = fork(), .pipe = ends[0]};
    if (w->pid == 0) {
        close(ends[0]);
        for (int i = 0; i < c->n; i++)
            close(c->workers[i].pipe);
        _exit(work(c, ends[1]));
    }
    close(ends[1]);
    if (w->pid < 0) {
        int err = -errno;

        close(ends[0]);
        return err;
    }
    c->n++;
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
        if (!c->set->over(c->set->owner, play, &outcome, ms))
            stop(c);
    }
    if (used > 0) {
        memmove(w->got.p, w->got.p + used, w->got.n - used);
        w->got.n -= used;
    }
    return err;
}

static int hear(struct crew *c, struct worker *w)
{
    char piece[65536];
    ssize_t n = read(w->pipe, piece, sizeof(piece));

    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    if (n == 0) {
        close(w->pipe);
        w->pipe = -1;
        return 0;
    }
    mn_buf_add(&w->got, piece, (size_t)n);
    return w->got.err != 0 ? w->got.err : take(c, w);
}

static int listen_to(struct crew *c)
{
    struct pollfd fds[JOBS_MAX];
    int open = c->n, err = 0;

    while (open > 0 && err == 0) {
        for (int i = 0; i < c->n; i++)
            fds[i] = (struct pollfd){.fd = c->workers[i].pipe, .events = POLLIN};
        if (poll(fds, (nfds_t)c->n, -1) < 0 && errno != EINTR)
            return -errno;
        open = 0;
        for (int i = 0; i < c->n && err == 0; i++) {
            if (fds[i].fd >= 0 && fds[i].revents != 0)
                err = hear(c, &c->workers[i]);
            open += c->workers[i].pipe >= 0;
        }
    }
    return err;
}

static void bury(struct crew *c)
{
    for (int i = 0; i < c->n; i++) {
        int status = 0;

        if (c->workers[i].pipe >= 0)
            close(c->workers[i].pipe);
        while (waitpid(c->workers[i].pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (WIFSIGNALED(status))
            c->signal = WTERMSIG(status);
        mn_buf_free(&c->workers[i].got);
    }
}

int mn_crew_run(const struct mn_crew_settings *settings)
{
    struct crew crew = {.set = settings};
    int err = 0;

    crew.shared =
        mmap(NULL, sizeof(*crew.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (crew.shared == MAP_FAILED)
        return -errno;
    fflush(NULL); /* or each worker has what waits in the buffers, too */
    while (err == 0 && crew.n < settings->jobs && crew.n < JOBS_MAX)
        err = start(&crew);
    if (crew.n > 0) /* fewer than asked for do as well */
        err = listen_to(&crew);
    stop(&crew);
    bury(&crew);
    munmap(crew.shared, sizeof(*crew.shared));
    return err != 0 ? err : crew.signal;
}
