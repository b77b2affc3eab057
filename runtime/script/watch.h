/* watch.h - the watchdog: a timer on a thread's CPU time that stops a slice of Lua gone too long.
 *
 * One for each bundle; it belongs to the thread that opened it. Armed while Lua runs and never
 * else, so a worker at rest gets no signal. */
#ifndef MN_SCRIPT_WATCH_H
#define MN_SCRIPT_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct mn_vm;

struct mn_watch {
    timer_t timer;
    bool open;
    struct mn_vm *volatile vm; /* whose slice runs, or NULL */
};

int mn_watch_open(struct mn_watch *w); /* 0 or -errno */
void mn_watch_close(struct mn_watch *w);

/* After ms of CPU the vm is told to stop, again each ms until mn_watch_rest. */
void mn_watch_begin(struct mn_watch *w, struct mn_vm *vm, int64_t ms);
void mn_watch_rest(struct mn_watch *w);

#endif
