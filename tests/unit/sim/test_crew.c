/* test_crew.c - workers that play, and what comes back from them. */
#include "test.h"

#include "base/err.h"
#include "sim/crew.h"
#include "sim/crew_message.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct tally {
    int seen[100];
    int stop_after; /* 0: never */
    int over, dies_at, crashed;
    bool dies_always;
};

static void play(void *owner, int n, struct mn_outcome *out, double *ms)
{
    struct tally *t = owner;

    if (t->dies_always || (t->dies_at != 0 && n == t->dies_at))
        raise(SIGKILL);
    *out = (struct mn_outcome){.nfailures = n % 2, .call_ms = n};
    for (int i = 0; i < out->nfailures; i++)
        mn_buf_addf(&out->failures[i].message, "play %d", n);
    for (int i = 0; i < 5000; i++) /* more than a pipe holds */
        mn_buf_addf(&out->record, "%d of %d\n", i, n);
    *ms = n;
}

static bool over(void *owner, int n, struct mn_outcome *outcome, double ms)
{
    struct tally *t = owner;
    char message[32];

    t->seen[n]++;
    t->over++;
    if (outcome->crashed) {
        t->crashed++;
        assert_true(mn_str_is(mn_buf_str(&outcome->failures[0].message),
                              "the process that played it ended by signal 9 (Killed)"));
        mn_outcome_free(outcome);
        return true;
    }
    assert_int_equal(outcome->nfailures, n % 2);
    assert_int_equal(outcome->call_ms, n);
    assert_true(ms == n);
    snprintf(message, sizeof(message), "play %d", n);
    if (n % 2 == 1)
        assert_true(mn_str_is(mn_buf_str(&outcome->failures[0].message), message));
    assert_true(outcome->record.n > 5000 * 7);
    mn_outcome_free(outcome);
    return t->stop_after == 0 || t->over < t->stop_after;
}

static int run(struct tally *t, int jobs)
{
    return mn_crew_run(&(struct mn_crew_settings){
        .jobs = jobs, .nplays = 100, .play = play, .over = over, .owner = t});
}

TEST(every_play_comes_back_once)
{
    for (int jobs = 1; jobs <= 4; jobs += 3) {
        struct tally t = {0};

        assert_int_equal(run(&t, jobs), 0);
        for (int i = 0; i < 100; i++)
            assert_int_equal(t.seen[i], 1);
    }
}

TEST(no_play_begins_after_a_stop)
{
    struct tally t = {.stop_after = 3};

    assert_int_equal(run(&t, 2), 0);
    assert_true(t.over >= 3 && t.over < 100);
}

TEST(a_worker_that_dies_takes_its_own_play_alone)
{
    for (int jobs = 1; jobs <= 2; jobs++) {
        struct tally t = {.dies_at = 7};

        assert_int_equal(run(&t, jobs), 0);
        assert_int_equal(t.over, 100);
        assert_int_equal(t.crashed, 1);
        assert_int_equal(t.seen[7], 1);
    }
}

TEST(every_worker_may_die_and_all_is_played)
{
    struct tally t = {.dies_always = true};

    assert_int_equal(run(&t, 2), 0);
    assert_int_equal(t.crashed, 100);
}

TEST(some_plays_may_be_over_already)
{
    struct tally t = {0};

    assert_int_equal(
        mn_crew_run(&(struct mn_crew_settings){
            .jobs = 1, .first = 60, .nplays = 100, .play = play, .over = over, .owner = &t}),
        0);
    assert_int_equal(t.over, 40);
    assert_int_equal(t.seen[60], 1);
}

TEST(a_message_waits_until_it_is_whole_and_rubbish_is_refused)
{
    struct mn_outcome out = {.nfailures = 1}, back;
    struct mn_buf bytes = {0};
    struct mn_str some;
    double ms;
    int n;

    mn_buf_add_text(&out.failures[0].place, "x.lua:1");
    assert_int_equal(mn_crew_write(&bytes, 4, &out, 1), 0);
    for (size_t cut = 0; cut < bytes.n; cut++) {
        some = (struct mn_str){bytes.p, cut};
        assert_int_equal(mn_crew_read(&some, &n, &back, &ms), 0);
    }
    some = mn_buf_str(&bytes);
    assert_int_equal(mn_crew_read(&some, &n, &back, &ms), 1);
    assert_int_equal(n, 4);
    mn_outcome_free(&back);
    memset(bytes.p + bytes.n - 8, 0xff, 8); /* the length of the record */
    some = mn_buf_str(&bytes);
    assert_int_equal(mn_crew_read(&some, &n, &back, &ms), MN_EPROTOCOL);
    memset(bytes.p, 0, 8);
    some = mn_buf_str(&bytes);
    assert_int_equal(mn_crew_read(&some, &n, &back, &ms), MN_EPROTOCOL);
    mn_buf_free(&bytes);
    mn_outcome_free(&out);
}
