/* inherit.c - written by one process, read by the next, behind inherit.h. */
#include "call/inherit.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *variable(bool worker)
{
    return worker ? "MYNA_WORKER" : "MYNA_MASTER";
}

int mn_inherit_write(const struct mn_inherited *it, bool worker, struct mn_buf *out)
{
    mn_buf_addf(out, "%s=%d %lld %d %d %d %d %s %d", variable(worker), it->number,
                (long long)it->generation, it->channel, it->page, it->commons, it->snapshot,
                it->folder, it->nlisteners);
    for (int i = 0; i < it->nlisteners; i++)
        mn_buf_addf(out, " %d", it->listeners[i]);
    return out->err;
}

static void each(const struct mn_inherited *it, int flags)
{
    const int fds[] = {it->channel, it->page, it->commons, it->snapshot};

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

static int read_text(struct mn_inherited *it, const char *text)
{
    long long generation;
    int at = 0;

    if (sscanf(text, "%d %lld %d %d %d %d %79s %d%n", &it->number, &generation, &it->channel,
               &it->page, &it->commons, &it->snapshot, it->folder, &it->nlisteners, &at) != 8)
        return MN_EPROTOCOL;
    it->generation = generation;
    if (it->number < 0 || it->number >= MN_PAGE_WORKERS || it->nlisteners < 1 ||
        it->nlisteners > MN_PAGE_WORKERS)
        return MN_EPROTOCOL;
    for (int i = 0; i < it->nlisteners; i++) {
        int more = 0;

        if (sscanf(text + at, " %d%n", &it->listeners[i], &more) != 1 || it->listeners[i] <= 0)
            return MN_EPROTOCOL;
        at += more;
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
