/* test_clock.c - timers fire in order, once, and only when their time has come. */
#include "base/clock.h"
#include "base/err.h"
#include "base/list.h"
#include "base/random.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

static struct mn_clock clk;
static char fired[512];

struct named {
    struct mn_timer timer;
    const char *name;
    int again;          /* how often it restarts itself */
    int64_t again_ms;   /* and after what */
    struct named *stop; /* stopped when it fires */
};

static void on_timer(struct mn_timer *timer)
{
    struct named *t = mn_container_of(timer, struct named, timer);

    snprintf(fired + strlen(fired), sizeof(fired) - strlen(fired), "%s@%d ", t->name,
             (int)mn_clock_now(&clk));
    assert_false(mn_timer_running(timer));
    if (t->again-- > 0)
        assert_int_equal(mn_timer_start(&clk, timer, t->again_ms, on_timer), 0);
    if (t->stop != NULL)
        mn_timer_stop(&t->stop->timer);
}

static void start(struct named *t, int64_t delay_ms)
{
    assert_int_equal(mn_timer_start(&clk, &t->timer, delay_ms, on_timer), 0);
}

static void open_clock(void)
{
    fired[0] = '\0';
    mn_clock_open_virtual(&clk, 1000000);
}

TEST(clock_timers_fire_by_deadline_then_in_the_order_started)
{
    struct named a = {.name = "a"}, b = {.name = "b"}, c = {.name = "c"}, d = {.name = "d"};

    open_clock();
    start(&a, 20);
    start(&b, 10);
    start(&c, 20);
    start(&d, -5);
    assert_int_equal(mn_clock_next(&clk), 0);
    assert_int_equal(mn_clock_advance(&clk, 100), 4);
    assert_string_equal(fired, "d@0 b@10 a@20 c@20 ");
    assert_int_equal(mn_clock_now(&clk), 100);
    assert_int_equal(mn_clock_wall(&clk), 1000100);
    assert_int_equal(mn_clock_next(&clk), INT64_MAX);
    mn_clock_close(&clk);
}

TEST(clock_a_restarted_timer_forgets_its_old_deadline)
{
    struct named a = {.name = "a"}, b = {.name = "b"};

    open_clock();
    start(&a, 10);
    start(&b, 20);
    start(&a, 30);
    assert_int_equal(mn_clock_next(&clk), 20);
    mn_clock_advance(&clk, 50);
    assert_string_equal(fired, "b@20 a@30 ");
    mn_clock_close(&clk);
}

TEST(clock_a_stopped_timer_never_fires)
{
    struct named a = {.name = "a"}, b = {.name = "b"}, never = {.name = "never"};

    open_clock();
    start(&a, 10);
    start(&b, 10);
    mn_timer_stop(&a.timer);
    mn_timer_stop(&a.timer);
    mn_timer_stop(&never.timer);
    mn_clock_advance(&clk, 50);
    assert_string_equal(fired, "b@10 ");
    mn_clock_close(&clk);
}

TEST(clock_a_timer_may_stop_another_that_is_due_too)
{
    struct named b = {.name = "b"}, a = {.name = "a", .stop = &b};

    open_clock();
    start(&a, 10);
    start(&b, 10);
    mn_clock_advance(&clk, 10);
    assert_string_equal(fired, "a@10 ");
    mn_clock_close(&clk);
}

TEST(clock_run_leaves_alone_what_its_timers_start)
{
    struct named a = {.name = "a", .again = 2};

    open_clock();
    start(&a, 0);
    assert_int_equal(mn_clock_run(&clk), 1);
    assert_int_equal(mn_clock_run(&clk), 1);
    assert_int_equal(mn_clock_run(&clk), 1);
    assert_int_equal(mn_clock_run(&clk), 0);
    mn_clock_close(&clk);
}

TEST(clock_advance_runs_what_is_started_on_the_way)
{
    struct named a = {.name = "a", .again = 2, .again_ms = 15}, b = {.name = "b", .again = 1};

    open_clock();
    start(&a, 10);
    start(&b, 25);
    mn_clock_advance(&clk, 40);
    assert_string_equal(fired, "a@10 b@25 a@25 b@25 a@40 ");
    mn_clock_close(&clk);
}

TEST(clock_close_forgets_running_timers)
{
    struct named a = {.name = "a"};

    open_clock();
    start(&a, 10);
    mn_clock_close(&clk);
    assert_false(mn_timer_running(&a.timer));
    mn_timer_stop(&a.timer);
    assert_string_equal(fired, "");
}

TEST(clock_a_huge_delay_does_not_wrap_round)
{
    struct named a = {.name = "a"};

    open_clock();
    mn_clock_advance(&clk, 1000);
    start(&a, INT64_MAX);
    assert_int_equal(a.timer.at_ms, INT64_MAX);
    mn_timer_stop(&a.timer);
    mn_clock_close(&clk);
}

static int64_t last_ms;
static int count;

static void in_order(struct mn_timer *t)
{
    assert_true(t->at_ms >= last_ms);
    assert_int_equal(t->at_ms, mn_clock_now(&clk));
    last_ms = t->at_ms;
    count++;
}

TEST(clock_many_timers_started_and_stopped_at_random_keep_their_order)
{
    static struct mn_timer timers[2000];
    struct mn_random r;
    int running = 0;

    open_clock();
    last_ms = count = 0;
    memset(timers, 0, sizeof(timers));
    mn_random_seed(&r, 42);
    for (int i = 0; i < 20000; i++) {
        struct mn_timer *t = &timers[mn_random_next(&r) % 2000];

        if (mn_random_next(&r) % 3 == 0)
            mn_timer_stop(t);
        else
            assert_int_equal(mn_timer_start(&clk, t, (int64_t)(mn_random_next(&r) % 500), in_order),
                             0);
    }
    for (int i = 0; i < 2000; i++)
        running += mn_timer_running(&timers[i]);
    assert_int_equal(mn_clock_advance(&clk, 500), running);
    assert_int_equal(count, running);
    mn_clock_close(&clk);
}

TEST(clock_a_real_one_moves_forward)
{
    struct mn_clock c;
    int64_t before;

    mn_clock_open_real(&c);
    before = mn_clock_now(&c);
    mn_clock_update(&c);
    assert_true(mn_clock_now(&c) >= before);
    assert_true(mn_clock_wall(&c) > 1700000000000); /* after November 2023 */
    mn_clock_close(&c);
}

static int spun;

static void on_spin(struct mn_timer *timer)
{
    if (spun-- > 0)
        assert_int_equal(mn_timer_start(&clk, timer, 0, on_spin), 0);
}

TEST(clock_a_moment_that_does_not_end_is_told_and_what_is_due_later_can_still_fire)
{
    struct named late = {.name = "late"};
    struct mn_timer spin = {0};

    open_clock();
    spun = 99999; /* the most that is work */
    mn_timer_start(&clk, &spin, 5, on_spin);
    assert_int_equal(mn_clock_advance(&clk, 10), 100000);
    assert_int_equal(mn_clock_now(&clk), 10);
    spun = 1000000;
    mn_timer_start(&clk, &spin, 5, on_spin);
    start(&late, 50);
    assert_int_equal(mn_clock_advance(&clk, 100), MN_ELIMIT);
    assert_int_equal(mn_clock_now(&clk), 15);
    mn_clock_leap(&clk, 100);
    mn_clock_run(&clk);
    assert_string_equal(fired, "late@100 ");
    mn_timer_stop(&spin);
    mn_clock_close(&clk);
}
