/* test_loop.c - the loop runs the clock's timers, wakes, hears signals, and closes without a trace.
 * Real time: a few milliseconds each. */
#include "test.h"

#include "base/err.h"
#include "base/list.h"
#include "io/loop.h"

#include <signal.h>
#include <string.h>

struct fixture {
    struct mn_log log;
    struct mn_loop *loop;
    struct mn_timer timer, other;
    int fired;
    int64_t at_ms;
};

static void drop_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log, (void)line, (void)n;
}

static void open_loop(struct fixture *f)
{
    *f = (struct fixture){.log = {.level = MN_LOG_ERROR, .write = drop_line}};
    assert_int_equal(mn_loop_open(&f->loop, &f->log), 0);
}

static void stop_now(struct mn_timer *t)
{
    struct fixture *f = mn_container_of(t, struct fixture, timer);

    f->fired++;
    f->at_ms = mn_clock_now(mn_loop_clock(f->loop));
    mn_loop_stop(f->loop);
}

static void count_only(struct mn_timer *t)
{
    mn_container_of(t, struct fixture, other)->fired++;
}

TEST(a_loop_opens_and_closes_without_running)
{
    struct fixture f;

    open_loop(&f);
    assert_ptr_equal(f.log.clock, mn_loop_clock(f.loop));
    mn_loop_close(f.loop);
    assert_null(f.log.clock);
    mn_loop_close(NULL);
}

TEST(a_timer_fires_when_due_and_not_before)
{
    struct fixture f;
    int64_t start_ms;

    open_loop(&f);
    start_ms = mn_clock_now(mn_loop_clock(f.loop));
    mn_timer_start(mn_loop_clock(f.loop), &f.timer, 20, stop_now);
    mn_loop_run(f.loop);
    assert_int_equal(f.fired, 1);
    assert_true(f.at_ms >= start_ms + 20);
    mn_loop_close(f.loop);
}

TEST(an_earlier_timer_overtakes_the_armed_one)
{
    struct fixture f;

    open_loop(&f);
    mn_timer_start(mn_loop_clock(f.loop), &f.other, 60 * 1000, count_only);
    mn_timer_start(mn_loop_clock(f.loop), &f.timer, 0, stop_now);
    mn_loop_run(f.loop);
    mn_timer_start(mn_loop_clock(f.loop), &f.timer, 5, stop_now);
    mn_loop_run(f.loop);
    assert_int_equal(f.fired, 2);
    mn_loop_close(f.loop);
}

static void stop_on_signal(void *owner, int signum)
{
    struct fixture *f = owner;

    f->fired = signum;
    mn_loop_stop(f->loop);
}

TEST(a_signal_reaches_its_function_inside_the_loop)
{
    struct fixture f;

    open_loop(&f);
    assert_int_equal(mn_loop_signal(f.loop, SIGUSR1, stop_on_signal, &f), 0);
    raise(SIGUSR1);
    mn_loop_run(f.loop);
    assert_int_equal(f.fired, SIGUSR1);
    for (int i = 1; i < 8; i++)
        assert_int_equal(mn_loop_signal(f.loop, SIGUSR2, stop_on_signal, &f), 0);
    assert_int_equal(mn_loop_signal(f.loop, SIGINT, stop_on_signal, &f), MN_ELIMIT);
    mn_loop_close(f.loop);
}

static void note_now(struct mn_timer *t)
{
    mn_container_of(t, struct fixture, timer)->fired++;
}

TEST(a_turn_sleeps_until_something_happens_and_no_longer)
{
    struct fixture f;
    int64_t start_ms;

    open_loop(&f);
    start_ms = mn_clock_now(mn_loop_clock(f.loop));
    mn_timer_start(mn_loop_clock(f.loop), &f.timer, 20, note_now);
    mn_timer_start(mn_loop_clock(f.loop), &f.other, 60 * 1000, count_only);
    while (f.fired == 0)
        mn_loop_turn(f.loop);
    assert_true(mn_clock_now(mn_loop_clock(f.loop)) >= start_ms + 20);
    assert_true(mn_clock_now(mn_loop_clock(f.loop)) < start_ms + 30 * 1000);
    mn_loop_close(f.loop);
}

TEST(waking_turns_the_loop_once)
{
    struct fixture f;

    open_loop(&f);
    mn_timer_start(mn_loop_clock(f.loop), &f.timer, 1, stop_now);
    mn_loop_wake(f.loop);
    mn_loop_run(f.loop);
    assert_int_equal(f.fired, 1);
    mn_loop_close(f.loop);
}
