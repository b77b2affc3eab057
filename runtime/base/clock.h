/* clock.h - what time it is, and timers on it.
 *
 * One clock drives everything in a process. A real clock is read from the system and run by
 * io/loop; a virtual clock moves only when a test moves it. Timers never fire inside
 * mn_timer_start: they fire from mn_clock_run, oldest deadline first, equal deadlines in the order
 * they were started.
 *
 * Not thread-safe: a clock belongs to one worker. Times are milliseconds. */
#ifndef MN_BASE_CLOCK_H
#define MN_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mn_clock;
struct mn_timer;
typedef void mn_timer_fn(struct mn_timer *t);

/* Embed one in whatever owns the timer; zero-filled is stopped. It must stay put while running. */
struct mn_timer {
    int64_t at_ms;  /* when it fires; meaningful while running */
    uint64_t order; /* of starting, to break ties */
    size_t place;   /* in the heap, from 1; 0 when not running */
    struct mn_clock *clock;
    mn_timer_fn *fn;
};

struct mn_clock {
    bool is_virtual;
    int64_t now_ms;  /* monotonic; a virtual clock's truth, a real clock's cache */
    int64_t wall_ms; /* Unix time at now_ms == 0 */
    struct mn_timer **heap;
    size_t count, cap;
    uint64_t started;
    uint64_t runs; /* of mn_clock_run: in a loop, its turns */
};

void mn_clock_open_real(struct mn_clock *c);
void mn_clock_open_virtual(struct mn_clock *c, int64_t wall_ms); /* Unix time it starts at */
void mn_clock_close(struct mn_clock *c); /* timers still running are forgotten, not fired */

/* Monotonic ms. A real clock returns the time cached by the last mn_clock_update. */
int64_t mn_clock_now(const struct mn_clock *c);
int64_t mn_clock_wall(const struct mn_clock *c); /* Unix ms */
void mn_clock_update(struct mn_clock *c);        /* reads the system's clock; nothing if virtual */

/* Starts or restarts t to fire in delay_ms (negative counts as 0). Returns 0 or -ENOMEM, and then t
 * is not running. */
int mn_timer_start(struct mn_clock *c, struct mn_timer *t, int64_t delay_ms, mn_timer_fn *fn);
void mn_timer_stop(struct mn_timer *t); /* also when it is not running */
static inline bool mn_timer_running(const struct mn_timer *t)
{
    return t->place != 0;
}

/* The earliest deadline, or INT64_MAX. Whoever drives the clock asks before it sleeps. */
int64_t mn_clock_next(const struct mn_clock *c);

/* Fires what is due at mn_clock_now, but not what those timers start (that waits for the next
 * run). Returns how many fired. */
int mn_clock_run(struct mn_clock *c);

/* Virtual only: moves to the given time, stopping at each deadline on the way to run it, then what
 * it started for the same moment. Returns how many fired; or MN_ELIMIT at a moment that does not
 * end, since what it runs starts timers for it again and again. */
int mn_clock_advance(struct mn_clock *c, int64_t to_ms);

/* Virtual only: it is that time at once. What is due fires in the next mn_clock_run. */
void mn_clock_leap(struct mn_clock *c, int64_t to_ms);

#endif
