/* test_lane.c - work beside the loop: in its order, told on the loop, bounded, and not lost when
 * the lane closes. */
#include "base/err.h"
#include "io/lane.h"
#include "test.h"

#include <pthread.h>
#include <string.h>

struct piece {
    struct mn_lane_job job;
    char letter;
    pthread_t ran_on;
};

static struct mn_log log_ = {.level = MN_LOG_OFF};
static struct mn_loop *loop;
static struct mn_lane *lane;
static char order[32], told[32]; /* order is the thread's until its jobs are told */
static pthread_t told_on;
static int awaited;

static void append(char *text, char letter)
{
    size_t n = strlen(text);

    assert_true(n + 1 < sizeof(order));
    text[n] = letter;
    text[n + 1] = '\0';
}

static void run(struct mn_lane_job *job)
{
    struct piece *p = mn_container_of(job, struct piece, job);

    p->ran_on = pthread_self();
    append(order, p->letter);
}

static void done(struct mn_lane_job *job)
{
    const struct piece *p = mn_container_of(job, struct piece, job);

    append(told, job->ran ? p->letter : '-');
    told_on = pthread_self();
    awaited--;
}

static struct piece piece(char letter)
{
    return (struct piece){.job = {.run = run, .done = done}, .letter = letter};
}

static void open_lane(int most)
{
    order[0] = told[0] = '\0';
    awaited = 0;
    assert_int_equal(mn_loop_open(&loop, &log_), 0);
    assert_int_equal(mn_lane_open(&lane, loop, most), 0);
}

static void add(struct piece *p)
{
    assert_int_equal(mn_lane_add(lane, &p->job), 0);
    awaited++;
}

static void close_all(void)
{
    mn_lane_close(lane);
    mn_loop_close(loop);
}

TEST(jobs_run_in_their_order_on_another_thread_and_are_told_on_this)
{
    struct piece a = piece('a'), b = piece('b'), c = piece('c');

    open_lane(10);
    add(&a);
    add(&b);
    add(&c);
    while (awaited > 0)
        mn_loop_turn(loop);
    assert_string_equal(order, "abc");
    assert_string_equal(told, "abc");
    assert_true(pthread_equal(told_on, pthread_self()));
    assert_false(pthread_equal(a.ran_on, pthread_self()));
    assert_true(pthread_equal(a.ran_on, c.ran_on));
    close_all();
}

TEST(a_lane_holds_so_many_jobs_and_no_more)
{
    struct piece a = piece('a'), b = piece('b'), c = piece('c');

    open_lane(2);
    add(&a);
    add(&b);
    assert_int_equal(mn_lane_add(lane, &c.job), MN_EFULL); /* those before are not told yet */
    while (awaited > 0)
        mn_loop_turn(loop);
    add(&c);
    while (awaited > 0)
        mn_loop_turn(loop);
    assert_string_equal(told, "abc");
    close_all();
}

TEST(what_waits_when_a_lane_closes_is_done_and_told_once)
{
    struct piece pieces[20];

    open_lane(20);
    for (int i = 0; i < 20; i++) {
        pieces[i] = piece((char)('a' + i));
        add(&pieces[i]);
    }
    close_all();
    assert_string_equal(order, "abcdefghijklmnopqrst");
    assert_string_equal(told, "abcdefghijklmnopqrst");
    assert_int_equal(awaited, 0);
}

TEST(a_lane_nobody_used_closes)
{
    open_lane(1);
    close_all();
    mn_lane_close(NULL);
}
