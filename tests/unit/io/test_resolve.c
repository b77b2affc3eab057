/* test_resolve.c - names answered from the loop, once each, with no name server involved. */
#include "test.h"

#include "base/err.h"
#include "io/loop.h"
#include "io/resolve.h"

#include <string.h>

struct asker {
    struct mn_lookup lookup;
    struct mn_log log;
    struct mn_loop *loop;
    struct mn_timer patience;
    int answers, err, n, family;
    struct asker *cancels; /* another, cancelled when this one is answered */
};

static void drop_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log, (void)line, (void)n;
}

static void open_asker(struct asker *a)
{
    *a = (struct asker){.log = {.level = MN_LOG_ERROR, .write = drop_line}};
    assert_int_equal(mn_loop_open(&a->loop, &a->log), 0);
}

static void on_answer(struct mn_lookup *lookup, int err, const struct mn_addresses *found)
{
    struct asker *a = mn_container_of(lookup, struct asker, lookup);

    a->answers++;
    a->err = err;
    a->n = found != NULL ? found->n : 0;
    a->family = found != NULL ? found->at[0].any.sa_family : 0;
    if (a->cancels != NULL)
        mn_lookup_cancel(&a->cancels->lookup);
    mn_loop_stop(a->loop);
}

static int ask(struct asker *a, const char *host)
{
    return mn_resolve(mn_loop_resolver(a->loop), &a->lookup, host, 10 * 1000, on_answer);
}

TEST(a_literal_address_is_answered_from_the_loop_without_a_thread)
{
    static const struct {
        const char *host;
        int family;
    } rows[] = {{"127.0.0.1", AF_INET}, {"::1", AF_INET6}, {"2001:db8::7", AF_INET6}};
    struct asker a;
    size_t i;

    open_asker(&a);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        a.answers = 0;
        assert_int_equal(ask(&a, rows[i].host), 0);
        assert_int_equal(a.answers, 0);
        mn_loop_run(a.loop);
        assert_int_equal(a.answers, 1);
        assert_int_equal(a.err, 0);
        assert_int_equal(a.n, 1);
        assert_int_equal(a.family, rows[i].family);
    }
    mn_loop_close(a.loop);
}

TEST(localhost_resolves_and_is_remembered)
{
    struct asker a;

    open_asker(&a);
    assert_int_equal(ask(&a, "localhost"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.err, 0);
    assert_true(a.n >= 1);
    assert_int_equal(ask(&a, "LOCALHOST"), 0);
    assert_int_equal(mn_clock_next(mn_loop_clock(a.loop)), mn_clock_now(mn_loop_clock(a.loop)));
    mn_loop_run(a.loop);
    assert_int_equal(a.answers, 2);
    assert_int_equal(a.err, 0);
    mn_loop_close(a.loop);
}

TEST(two_lookups_of_one_name_are_both_answered_and_one_may_cancel_the_other)
{
    struct asker a, b;

    open_asker(&a);
    b = (struct asker){.loop = a.loop};
    assert_int_equal(ask(&a, "localhost"), 0);
    assert_int_equal(ask(&b, "localhost"), 0);
    mn_loop_run(a.loop);
    if (b.answers == 0)
        mn_loop_run(a.loop);
    assert_int_equal(a.answers + b.answers, 2);

    a.cancels = &b;
    assert_int_equal(ask(&a, "localhost"), 0);
    assert_int_equal(ask(&b, "localhost"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.answers, 2);
    assert_int_equal(b.answers, 1);
    mn_loop_close(a.loop);
}

TEST(what_cannot_be_a_name_is_refused)
{
    char longest[MN_NAME_MAX + 2];
    struct asker a;

    open_asker(&a);
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(ask(&a, longest), MN_ERESOLVE);
    assert_int_equal(ask(&a, ""), MN_ERESOLVE);
    if (ask(&a, "bad..name") == 0) { /* refused at once or by the thread */
        mn_loop_run(a.loop);
        assert_int_equal(a.err, MN_ERESOLVE);
    }
    mn_loop_close(a.loop);
}

TEST(a_cancelled_lookup_is_never_answered)
{
    struct asker a;

    open_asker(&a);
    assert_int_equal(ask(&a, "localhost"), 0);
    mn_lookup_cancel(&a.lookup);
    mn_lookup_cancel(&a.lookup);
    mn_loop_close(a.loop);
    assert_int_equal(a.answers, 0);
}

TEST(a_lookup_without_an_answer_runs_out_of_time)
{
    struct asker a;

    open_asker(&a);
    assert_int_equal(mn_resolve(mn_loop_resolver(a.loop), &a.lookup, "localhost", 0, on_answer), 0);
    mn_clock_run(mn_loop_clock(a.loop)); /* before the thread can be heard */
    assert_int_equal(a.answers, 1);
    assert_int_equal(a.err, MN_ETIMEOUT);
    mn_loop_close(a.loop);
}
