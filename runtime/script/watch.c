/* watch.c - the timer behind watch.h.
 *
 * DESIGN  timer_create on the thread's CPU clock, its signal aimed at the same thread, carrying the
 * watch itself: nothing is shared with another thread, and no variable is global. The handler only
 * calls mn_vm_stop, which sets a hook (lua.c does the same from its own handler).
 *
 * WHY NOT A HOOK ALL THE TIME  A count hook halves the speed of Lua, whatever the count. One that
 * is set late costs nothing until a slice overruns. */
#include "script/watch.h"

#include "script/vm.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid /* glibc before 2.39 does not name it */
#endif

#define SIGNAL (SIGRTMIN + 5)

static void on_signal(int number, siginfo_t *info, void *where)
{
    struct mn_watch *w = info->si_value.sival_ptr;
    int saved = errno;

    (void)number, (void)where;
    if (info->si_code == SI_TIMER && w != NULL && w->vm != NULL)
        mn_vm_stop(w->vm, MN_STOP_SLICE);
    errno = saved;
}

int mn_watch_open(struct mn_watch *w)
{
    struct sigaction act = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGNAL, .sigev_value.sival_ptr = w};

    w->vm = NULL;
    event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    if (sigaction(SIGNAL, &act, NULL) != 0 ||
        timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &w->timer) != 0)
        return -errno;
    w->open = true;
    return 0;
}

void mn_watch_close(struct mn_watch *w)
{
    if (w->open)
        timer_delete(w->timer);
    w->open = false;
}

static void arm(struct mn_watch *w, int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    struct itimerspec spec = {.it_value = time, .it_interval = time};

    timer_settime(w->timer, 0, &spec, NULL); /* cannot fail: the timer is ours, the time valid */
}

void mn_watch_begin(struct mn_watch *w, struct mn_vm *vm, int64_t ms)
{
    w->vm = vm;
    if (w->open)
        arm(w, ms);
}

void mn_watch_rest(struct mn_watch *w)
{
    w->vm = NULL;
    if (w->open)
        arm(w, 0);
}
