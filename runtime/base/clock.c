/* clock.c - the heap of timers behind clock.h.
 *
 * DESIGN  A binary heap of pointers, earliest first, place 1 at the top. Each timer knows its own
 * place, so that stopping one costs no search. Started timers are numbered, and the number breaks
 * ties: that gives the order promised in clock.h, and lets mn_clock_run leave alone what was
 * started since it began. */
#include "base/clock.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* Of timers that start timers for the same moment. The most work seen at once is an answer of ten
 * minutes, whose 30,000 frames come one after the other; past this many it is a loop. */
#define ROUNDS_MAX 100000

static bool before(const struct mn_timer *a, const struct mn_timer *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void put(struct mn_clock *c, size_t place, struct mn_timer *t)
{
    c->heap[place - 1] = t;
    t->place = place;
}

static void sift_up(struct mn_clock *c, size_t place, struct mn_timer *t)
{
    while (place > 1 && before(t, c->heap[place / 2 - 1])) {
        put(c, place, c->heap[place / 2 - 1]);
        place /= 2;
    }
    put(c, place, t);
}

static void sift_down(struct mn_clock *c, size_t place, struct mn_timer *t)
{
    for (;;) {
        size_t child = place * 2;

        if (child < c->count && before(c->heap[child], c->heap[child - 1]))
            child++;
        if (child > c->count || !before(c->heap[child - 1], t))
            break;
        put(c, place, c->heap[child - 1]);
        place = child;
    }
    put(c, place, t);
}

static void take_out(struct mn_clock *c, struct mn_timer *t)
{
    struct mn_timer *last = c->heap[c->count - 1];
    size_t place = t->place;

    c->count--;
    t->place = 0;
    if (last == t)
        return;
    if (place > 1 && before(last, c->heap[place / 2 - 1]))
        sift_up(c, place, last);
    else
        sift_down(c, place, last);
}

static int grow(struct mn_clock *c)
{
    size_t cap = c->cap == 0 ? 16 : c->cap * 2;
    struct mn_timer **heap;

    if (c->count < c->cap)
        return 0;
    heap = realloc(c->heap, cap * sizeof(struct mn_timer *));
    if (heap == NULL)
        return -ENOMEM;
    c->heap = heap;
    c->cap = cap;
    return 0;
}

static int64_t system_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void mn_clock_open_real(struct mn_clock *c)
{
    *c = (struct mn_clock){.is_virtual = false};
    mn_clock_update(c);
}

void mn_clock_open_virtual(struct mn_clock *c, int64_t wall_ms)
{
    *c = (struct mn_clock){.is_virtual = true, .wall_ms = wall_ms};
}

void mn_clock_close(struct mn_clock *c)
{
    for (size_t i = 0; i < c->count; i++)
        c->heap[i]->place = 0;
    free(c->heap);
    c->heap = NULL;
    c->count = c->cap = 0;
}

int64_t mn_clock_now(const struct mn_clock *c)
{
    return c->now_ms;
}

int64_t mn_clock_wall(const struct mn_clock *c)
{
    return c->wall_ms + c->now_ms;
}

void mn_clock_update(struct mn_clock *c)
{
    if (c->is_virtual)
        return;
    c->now_ms = system_ms(CLOCK_MONOTONIC);
    c->wall_ms = system_ms(CLOCK_REALTIME) - c->now_ms; /* follows a system clock that is set */
}

int mn_timer_start(struct mn_clock *c, struct mn_timer *t, int64_t delay_ms, mn_timer_fn *fn)
{
    int err;

    assert(t->place == 0 || t->clock == c);
    if (t->place != 0)
        take_out(c, t);
    err = grow(c); /* fails only for a timer that was not running: take_out left room */
    if (err < 0)
        return err;
    delay_ms = delay_ms < 0 ? 0 : delay_ms;
    t->at_ms = delay_ms > INT64_MAX - c->now_ms ? INT64_MAX : c->now_ms + delay_ms;
    t->order = c->started++;
    t->clock = c;
    t->fn = fn;
    c->count++;
    sift_up(c, c->count, t);
    return 0;
}

void mn_timer_stop(struct mn_timer *t)
{
    if (t->place != 0)
        take_out(t->clock, t);
}

int64_t mn_clock_next(const struct mn_clock *c)
{
    return c->count == 0 ? INT64_MAX : c->heap[0]->at_ms;
}

int mn_clock_run(struct mn_clock *c)
{
    const int64_t now = c->now_ms;
    const uint64_t started = c->started;
    int fired = 0;

    c->runs++;
    while (c->count != 0 && c->heap[0]->at_ms <= now && c->heap[0]->order < started) {
        struct mn_timer *t = c->heap[0];

        take_out(c, t);
        fired++;
        t->fn(t); /* may free t */
    }
    return fired;
}

int mn_clock_advance(struct mn_clock *c, int64_t to_ms)
{
    int fired = 0, rounds = 0;

    assert(c->is_virtual);
    while (mn_clock_next(c) <= to_ms) {
        int64_t next = mn_clock_next(c);

        rounds = next > c->now_ms ? 0 : rounds + 1;
        if (rounds == ROUNDS_MAX)
            return MN_ELIMIT;
        if (next > c->now_ms)
            c->now_ms = next;
        fired += mn_clock_run(c);
    }
    mn_clock_leap(c, to_ms);
    return fired;
}

void mn_clock_leap(struct mn_clock *c, int64_t to_ms)
{
    assert(c->is_virtual);
    if (to_ms > c->now_ms)
        c->now_ms = to_ms;
}
