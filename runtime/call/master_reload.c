/* master_reload.c - the apps read again, by all workers or none (R60).
 *
 * The master reads and checks them once. What it read goes to every worker, which loads it beside
 * what it serves; when all have, all are told to serve it. */
#include "base/err.h"
#include "call/keys.h"
#include "call/master_parts.h"
#include "io/server_tls.h"
#include "script/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_BYTES (4 << 20) /* of --keys or settings */
#define LATE_MS    15000     /* for all workers to load what was checked: milliseconds */

/* --- from the disk --- */

static void drop_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Nobody can change it any more, whoever holds it. */
static int seal(int fd, struct mn_str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0
               ? 0
               : -errno;
}

static int to_memory(const struct mn_snapshot *snapshot, int *out)
{
    struct mn_buf bytes = {0};
    int err = mn_snapshot_write(snapshot, &bytes);

    *out = -1;
    if (err == 0) {
        *out = memfd_create("myna-apps", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        err = *out < 0 ? -errno : seal(*out, mn_buf_str(&bytes));
    }
    if (err != 0 && *out >= 0) {
        close(*out);
        *out = -1;
    }
    mn_buf_free(&bytes);
    return err;
}

static int read_file(const char *path, struct mn_buf *out)
{
    FILE *file = fopen(path, "re");
    char block[4096];
    size_t n;
    int err;

    if (file == NULL)
        return -errno;
    while ((n = fread(block, 1, sizeof(block), file)) > 0)
        mn_buf_add(out, block, n);
    err = ferror(file) != 0 ? -EIO : out->err;
    fclose(file);
    return err;
}

int mn_master_copy(const char *path, int *fd)
{
    struct mn_buf bytes = {.limit = FILE_BYTES};
    int err = read_file(path, &bytes);

    *fd = -1;
    if (err == 0) {
        *fd = memfd_create("myna-file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        err = *fd < 0 ? -errno : seal(*fd, mn_buf_str(&bytes));
    }
    if (err != 0)
        drop_fd(fd);
    mn_buf_free(&bytes);
    return err;
}

/* As they are now, for all workers alike. */
static int read_keys(const struct mn_settings *s, int *fd, struct mn_buf *why)
{
    struct mn_keys keys = {0};
    char path[32];
    int err = 0;

    *fd = -1;
    if (s->keys != NULL)
        err = mn_master_copy(s->keys, fd);
    if (err != 0) {
        mn_buf_addf(why, "--keys %s: %s\n", s->keys, mn_strerror(err));
        return MN_ECONFIG;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
    err = mn_keys_load(&keys, s, path, why);
    mn_keys_free(&keys);
    if (err != 0)
        drop_fd(fd);
    return err;
}

/* Every worker reads it for itself. */
static int check_tls(const struct mn_settings *s, struct mn_buf *why)
{
    struct mn_certificate *certificate = NULL;
    int err = 0;

    if (s->tls_cert != NULL)
        err = mn_certificate_read(&certificate, s->tls_cert, s->tls_key, why);
    mn_certificate_free(certificate);
    return err;
}

int mn_master_load(struct mn_master *m, struct mn_generation *apps, int *snapshot, int *keys,
                   struct mn_buf *why)
{
    struct mn_snapshot *recorded;
    int err = mn_snapshot_record(&recorded);

    *apps = (struct mn_generation){0};
    *keys = -1;
    if (err == 0)
        err = mn_generation_load(apps, m->given.paths, m->given.npaths, recorded, m->log, why);
    if (err == 0)
        err = check_tls(m->settings, why);
    if (err == 0)
        err = read_keys(m->settings, keys, why);
    if (err == 0)
        err = to_memory(recorded, snapshot);
    if (err != 0) {
        mn_generation_drop(apps);
        drop_fd(keys);
        if (why->n == 0)
            mn_buf_addf(why, "the apps cannot be read: %s\n", mn_strerror(err));
    }
    mn_snapshot_close(recorded);
    return err;
}

/* --- to the workers --- */

void mn_master_forget(struct mn_master *m)
{
    struct mn_pending *p = &m->pending;

    drop_fd(&p->snapshot);
    drop_fd(&p->keys_fd);
    p->back = false;
    mn_generation_drop(&p->apps);
    mn_timer_stop(&p->late);
}

int64_t mn_master_stand(const struct mn_master *m)
{
    return (m->stale ? MN_STANDS_STALE : 0) | (m->before_snapshot >= 0 ? MN_STANDS_BEFORE : 0);
}

static void is_stale(struct mn_master *m, bool stale)
{
    m->stale = stale;
    mn_master_tell(m, MN_WORD_STANDS, mn_master_stand(m));
}

static void failed(struct mn_master *m, struct mn_str why)
{
    MN_LOG(m->log, ERROR, NULL, "reload failed; the apps stay as they were",
           {"generation", .i = m->generation, .is_int = true}, {"error", why});
    is_stale(m, true);
    mn_asks_fail(m, why);
}

/* Once it is over, however it ended. */
static void next(struct mn_master *m)
{
    if (!m->pending.again)
        return;
    m->pending.again = false;
    mn_master_reload(m, false);
}

static void give_up(struct mn_master *m, struct mn_str why)
{
    mn_master_tell(m, MN_WORD_FORGET, m->pending.number);
    mn_master_forget(m);
    failed(m, why);
    next(m);
}

static void on_late(struct mn_timer *timer)
{
    struct mn_pending *p = mn_container_of(timer, struct mn_pending, late);

    give_up(mn_container_of(p, struct mn_master, pending), MN_STR("a worker did not load them"));
}

/* Whether every worker there is has loaded it; one that is only starting catches up. */
static bool all_have(const struct mn_master *m, int64_t number)
{
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].ready && m->berths[i].prepared != number)
            return false;
    }
    return true;
}

static void forget_before(struct mn_master *m)
{
    mn_generation_drop(&m->before);
    drop_fd(&m->before_snapshot);
}

static void serve(struct mn_master *m)
{
    struct mn_pending *p = &m->pending;

    forget_before(m);
    if (p->back) { /* those that were rolled back from are nothing to go back to */
        mn_generation_drop(&m->apps);
        close(m->snapshot);
    } else {
        m->before = m->apps;
        m->before_snapshot = m->snapshot;
    }
    if (p->keys_fd >= 0) {
        drop_fd(&m->keys_fd);
        m->keys_fd = p->keys_fd;
        p->keys_fd = -1;
    }
    m->apps = p->apps;
    p->apps = (struct mn_generation){0};
    m->snapshot = p->snapshot;
    p->snapshot = -1;
    m->generation = p->number;
    mn_master_tell(m, MN_WORD_SERVE, m->generation);
    is_stale(m, p->back);
    MN_LOG(m->log, INFO, NULL, "all workers reloaded",
           {"generation", .i = m->generation, .is_int = true},
           {"apps", .i = m->apps.n, .is_int = true},
           {"ms", .i = mn_clock_now(m->clock) - p->began_ms, .is_int = true});
    mn_master_forget(m);
    mn_asks_settle(m);
    for (int i = 0; i < m->nberths; i++) {
        if (m->berths[i].prepared == m->generation)
            m->berths[i].generation = m->generation;
    }
}

static void look(struct mn_master *m)
{
    if (m->pending.snapshot < 0 || !all_have(m, m->pending.number))
        return;
    serve(m);
    next(m);
    mn_master_heard(m);
}

static void offer(struct mn_master *m)
{
    struct mn_pending *p = &m->pending;

    p->number = m->generation + 1;
    p->began_ms = mn_clock_now(m->clock);
    if (mn_timer_start(m->clock, &p->late, LATE_MS, on_late) != 0) {
        give_up(m, MN_STR("out of memory"));
        return;
    }
    for (int i = 0; i < m->nberths; i++) {
        m->berths[i].prepared = 0;
        if (m->berths[i].ready)
            mn_berth_prepare(&m->berths[i], p->number, p->keys_fd, p->snapshot);
    }
    look(m);
}

void mn_master_reload(struct mn_master *m, bool saved)
{
    struct mn_pending *p = &m->pending;
    struct mn_buf why = {0};

    if (m->leaving > 0 || m->handed_over)
        return;
    if (p->snapshot >= 0) {
        p->again = true;
        return;
    }
    mn_asks_begin(m);
    if (!saved)
        mn_changes_skip(m->changes); /* before it reads: what is saved from now on is told */
    if (mn_master_load(m, &p->apps, &p->snapshot, &p->keys_fd, &why) != 0) {
        p->snapshot = -1;
        failed(m, mn_buf_str(&why));
    } else if (!saved || !mn_generation_same(&p->apps, &m->apps)) {
        offer(m);
    } else {
        mn_master_forget(m);
        if (m->stale)
            is_stale(m, false);
    }
    mn_buf_free(&why);
}

void mn_master_rollback(struct mn_master *m)
{
    struct mn_pending *p = &m->pending;

    MN_LOG(m->log, WARN, NULL, "rolling back to the apps before these",
           {"generation", .i = m->generation, .is_int = true});
    p->apps = m->before;
    p->snapshot = m->before_snapshot;
    p->back = true;
    m->before = (struct mn_generation){0};
    m->before_snapshot = -1;
    offer(m);
}

void mn_master_prepared(struct mn_berth *berth, int64_t number)
{
    struct mn_master *m = berth->master;

    berth->prepared = number;
    if (number == m->generation) { /* it caught up */
        mn_berth_tell(berth, MN_WORD_SERVE, number, -1);
        berth->generation = number;
    } else {
        look(m);
    }
}

void mn_master_unprepared(struct mn_berth *berth, int64_t number, struct mn_str why)
{
    struct mn_master *m = berth->master;

    if (m->pending.snapshot >= 0 && number == m->pending.number)
        give_up(m, why);
}

void mn_master_berth_gone(struct mn_berth *berth)
{
    berth->prepared = 0;
    look(berth->master);
}
