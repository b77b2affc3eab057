/* inherit.c - written by one process, read by the next, behind inherit.h. */
#include "call/inherit.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(bool worker)
{
    return worker ? "MYNA_WORKER" : "MYNA_MASTER";
}

int mn_inherit_write(const struct mn_inherited *it, bool worker, struct mn_buf *out)
{
    mn_buf_addf(out, "%s=%d %lld %d %d %d %d %d %d %s %d", variable(worker), it->number,
                (long long)it->generation, it->channel, it->page, it->commons, it->snapshot,
                it->keys, it->config, it->folder, it->nlisteners);
    for (int i = 0; i < it->nlisteners; i++)
        mn_buf_addf(out, " %d", it->listeners[i]);
    return out->err;
}

static void each(const struct mn_inherited *it, int flags)
{
    const int fds[] = {it->channel, it->page, it->commons, it->snapshot, it->keys, it->config};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        if (fds[i] >= 0)
            fcntl(fds[i], F_SETFD, flags);
    }
    for (int i = 0; i < it->nlisteners; i++)
        fcntl(it->listeners[i], F_SETFD, flags);
}

void mn_inherit_keep(const struct mn_inherited *it)
{
    each(it, 0);
}

/* The next word is a number that fits an int. */
static bool take_int(const char **at, int *out)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(*at, &end, 10);
    if (end == *at || errno != 0 || n < INT_MIN || n > INT_MAX)
        return false;
    *at = end;
    *out = (int)n;
    return true;
}

static bool take_number(const char **at, int64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoll(*at, &end, 10);
    if (end == *at || errno != 0)
        return false;
    *at = end;
    return true;
}

static bool take_folder(const char **at, char out[MN_INHERIT_FOLDER])
{
    size_t n = strcspn(*at += strspn(*at, " "), " ");

    if (n == 0 || n >= MN_INHERIT_FOLDER)
        return false;
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n;
    return true;
}

static int read_text(struct mn_inherited *it, const char *at)
{
    if (!take_int(&at, &it->number) || !take_number(&at, &it->generation) ||
        !take_int(&at, &it->channel) || !take_int(&at, &it->page) || !take_int(&at, &it->commons) ||
        !take_int(&at, &it->snapshot) || !take_int(&at, &it->keys) || !take_int(&at, &it->config) ||
        !take_folder(&at, it->folder) || !take_int(&at, &it->nlisteners))
        return MN_EPROTOCOL;
    if (it->number < 0 || it->number >= MN_PAGE_WORKERS || it->nlisteners < 1 ||
        it->nlisteners > MN_PAGE_WORKERS)
        return MN_EPROTOCOL;
    for (int i = 0; i < it->nlisteners; i++) {
        if (!take_int(&at, &it->listeners[i]) || it->listeners[i] <= 0)
            return MN_EPROTOCOL;
    }
    return 0;
}

static int take(struct mn_inherited *out, bool worker)
{
    const char *text = getenv(variable(worker));
    int err;

    *out = (struct mn_inherited){0};
    if (text == NULL)
        return MN_EABSENT;
    err = read_text(out, text);
    unsetenv(variable(worker));
    if (err == 0)
        each(out, FD_CLOEXEC);
    return err;
}

int mn_inherit_worker(struct mn_inherited *out)
{
    return take(out, true);
}

int mn_inherit_master(struct mn_inherited *out)
{
    return take(out, false);
}
