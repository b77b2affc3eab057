/* master_upgrade.c - another master in this one's place, without a connection lost.
 *
 *     old: SIGUSR2 --exec of the binary on disk, with the ports--> new: reads the apps, starts
 *     workers on the same sockets; when all listen: --TAKEN--> old: its workers stop listening
 *     and drain; it ends with the last of them
 *
 * The sockets are the same all along, so whoever waits in their queues is served by either. When
 * the new one does not come so far, nothing has changed. */
#include "base/err.h"
#include "call/master_parts.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the old one --- */

static void hand_over(struct mn_master *m)
{
    m->handed_over = true;
    MN_LOG(m->log, INFO, NULL, "another master has taken over",
           {"pid", .i = m->successor_pid, .is_int = true},
           {"calls", .i = mn_page_calls(m->page), .is_int = true});
    mn_changes_close(m->changes);
    m->changes = NULL;
    mn_master_forget(m);
    mn_asks_fail(m, MN_STR("another master has taken over"));
    for (int i = 0; i < m->nberths; i++)
        mn_timer_stop(&m->berths[i].timer);
    mn_master_tell(m, MN_WORD_LEAVE, 1);
    if (mn_master_is_empty(m))
        mn_loop_stop(m->loop);
}

static void from_successor(void *master, const struct mn_message *message)
{
    struct mn_master *m = master;

    if (message->fd >= 0)
        close(message->fd);
    if (message->type == MN_WORD_TAKEN && !m->handed_over)
        hand_over(m);
    else if (message->type == MN_WORD_LEAVE || message->type == MN_WORD_STOP)
        mn_master_leave(m, message->type);
}

static void successor_gone(void *master)
{
    (void)master; /* SIGCHLD tells, while it matters */
}

static const struct mn_channel_events of_successor = {from_successor, successor_gone};

static int start(struct mn_master *m, int channel)
{
    struct mn_inherited it = {.channel = channel,
                              .page = m->page_fd,
                              .commons = m->commons_fd,
                              .snapshot = -1,
                              .keys = -1,
                              .config = -1,
                              .nlisteners = m->nberths};
    pid_t pid;

    memcpy(it.folder, m->folder, sizeof(it.folder));
    for (int i = 0; i < m->nberths; i++)
        it.listeners[i] = m->berths[i].listen_fd;
    pid = mn_master_exec(m, m->binary, &it, false);
    m->successor_pid = pid > 0 ? pid : 0;
    return pid < 0 ? (int)pid : 0;
}

void mn_master_upgrade(struct mn_master *m)
{
    int fds[2], err;

    if (!m->serving || m->leaving > 0 || m->successor_pid != 0) {
        MN_LOG(m->log, WARN, NULL, "no upgrade now: another begins, or this server ends");
        return;
    }
    MN_LOG(m->log, INFO, NULL, "upgrading", {"binary", mn_str(m->binary)});
    err = mn_channel_pair(fds);
    if (err == 0)
        err = mn_channel_open(&m->successor, m->loop, fds[0], &of_successor, m);
    if (err == 0) {
        err = start(m, fds[1]);
        close(fds[1]);
    }
    if (err != 0)
        MN_LOG(m->log, ERROR, NULL, "the upgrade failed; this server goes on",
               {"error", mn_str(mn_strerror(err))});
}

void mn_master_successor_died(struct mn_master *m, int status)
{
    m->successor_pid = 0;
    if (m->handed_over)
        return;
    mn_channel_close(m->successor);
    m->successor = NULL;
    MN_LOG(m->log, ERROR, NULL, "the upgrade failed; this server goes on",
           {"status", .i = WIFEXITED(status) ? WEXITSTATUS(status) : -1, .is_int = true},
           {"hint", .s = MN_STR("what the new one said stands above")});
}

/* --- the new one --- */

static void from_predecessor(void *master, const struct mn_message *message)
{
    (void)master;
    if (message->fd >= 0)
        close(message->fd);
}

static void predecessor_gone(void *master)
{
    struct mn_master *m = master;

    mn_channel_close(m->predecessor);
    m->predecessor = NULL;
}

static const struct mn_channel_events of_predecessor = {from_predecessor, predecessor_gone};

int mn_master_succeed(struct mn_master *m, const struct mn_inherited *it)
{
    return mn_channel_open(&m->predecessor, m->loop, it->channel, &of_predecessor, m);
}

void mn_master_took_over(struct mn_master *m)
{
    const struct mn_message taken = {.type = MN_WORD_TAKEN, .fd = -1};

    mn_channel_send(m->predecessor, &taken);
}

/* --- systemd --- */

void mn_master_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char text[128];
    int fd, n;

    if (path == NULL || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(at.sun_path))
        return;
    memcpy(at.sun_path, path, strlen(path));
    if (path[0] == '@')
        at.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    n = snprintf(text, sizeof(text), "MAINPID=%d\n%s", (int)getpid(), state);
    (void)!sendto(fd, text, (size_t)n, MSG_NOSIGNAL, (struct sockaddr *)&at,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
    close(fd);
}
