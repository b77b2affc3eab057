/* test_resolve.c - names answered from the loop, once each, with no name server involved. */
#include "test.h"

#include "base/err.h"
#include "io/loop.h"
#include "io/resolve.h"

#include "fake_names.h"

#include <stdio.h>
#include <string.h>

struct asker {
    struct mn_lookup lookup;
    struct mn_log log;
    struct mn_loop *loop;
    struct mn_timer patience;
    int answers, err, n, family;
    uint32_t first;        /* the first address, if it is IPv4 */
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
    a->first = a->family == AF_INET ? ntohl(found->at[0].v4.sin_addr.s_addr) : 0;
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

TEST(addresses_come_in_the_order_of_the_name_service)
{
    struct asker a;

    open_asker(&a);
    assert_int_equal(ask(&a, "two.test"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.err, 0);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.first, 0x7f000002);
    mn_loop_close(a.loop);
}

TEST(a_name_is_remembered_for_thirty_seconds)
{
    int before = atomic_load(&fake_names_asked);
    struct asker a;

    open_asker(&a);
    assert_int_equal(ask(&a, "two.test"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(ask(&a, "TWO.test"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.answers, 2);
    assert_int_equal(a.n, 2);
    assert_int_equal(atomic_load(&fake_names_asked) - before, 1);

    mn_loop_clock(a.loop)->now_ms += 31 * 1000;
    assert_int_equal(ask(&a, "two.test"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.answers, 3);
    assert_int_equal(atomic_load(&fake_names_asked) - before, 2);
    mn_loop_close(a.loop);
}

TEST(a_name_that_does_not_exist_is_asked_again_next_time)
{
    int before = atomic_load(&fake_names_asked);
    struct asker a;
    int i;

    open_asker(&a);
    for (i = 1; i <= 2; i++) {
        assert_int_equal(ask(&a, "none.test"), 0);
        mn_loop_run(a.loop);
        assert_int_equal(a.err, MN_ERESOLVE);
        assert_int_equal(atomic_load(&fake_names_asked) - before, i);
    }
    mn_loop_close(a.loop);
}

TEST(two_lookups_of_one_name_ask_once_and_one_may_cancel_the_other)
{
    int before = atomic_load(&fake_names_asked);
    struct asker a, b;

    open_asker(&a);
    b = (struct asker){.loop = a.loop};
    assert_int_equal(ask(&a, "slow.test"), 0);
    assert_int_equal(ask(&b, "slow.test"), 0);
    while (a.answers + b.answers < 2)
        mn_loop_run(a.loop);
    assert_int_equal(atomic_load(&fake_names_asked) - before, 1);

    a.cancels = &b;
    assert_int_equal(ask(&a, "slow.test"), 0);
    assert_int_equal(ask(&b, "slow.test"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.answers, 2);
    assert_int_equal(b.answers, 1);
    mn_loop_close(a.loop);
}

TEST(sixty_four_names_are_kept_and_the_oldest_makes_room)
{
    struct asker a;
    char name[32];
    int i;

    open_asker(&a);
    for (i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "127.0.1.%d", i);
        a.answers = 0;
        assert_int_equal(ask(&a, name), 0);
        mn_loop_run(a.loop);
        assert_int_equal(a.answers, 1);
        assert_int_equal(a.first, 0x7f000100 + i);
    }
    mn_loop_close(a.loop);
}

TEST(a_sixty_fifth_name_at_a_time_is_refused)
{
    struct asker waiting[64], a;
    char name[32];
    int i;

    open_asker(&a);
    for (i = 0; i < 64; i++) {
        waiting[i] = (struct asker){.loop = a.loop};
        snprintf(name, sizeof(name), "127.0.1.%d", i);
        assert_int_equal(ask(&waiting[i], name), 0);
    }
    assert_int_equal(ask(&a, "127.0.0.1"), MN_EFULL);
    assert_int_equal(ask(&a, "127.0.1.5"), 0);
    for (i = 0; i < 64; i++)
        mn_lookup_cancel(&waiting[i].lookup);
    mn_loop_run(a.loop);
    assert_int_equal(a.first, 0x7f000105);
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

TEST(a_cancelled_lookup_is_never_answered_and_the_loop_waits_for_its_thread)
{
    struct asker a;

    open_asker(&a);
    assert_int_equal(ask(&a, "slow.test"), 0);
    mn_lookup_cancel(&a.lookup);
    mn_lookup_cancel(&a.lookup);
    mn_loop_close(a.loop);
    assert_int_equal(a.answers, 0);
}

TEST(a_lookup_runs_out_of_time_and_the_late_answer_serves_the_next)
{
    int before = atomic_load(&fake_names_asked);
    struct asker a;

    open_asker(&a);
    assert_int_equal(mn_resolve(mn_loop_resolver(a.loop), &a.lookup, "slow.test", 10, on_answer),
                     0);
    mn_loop_run(a.loop);
    assert_int_equal(a.answers, 1);
    assert_int_equal(a.err, MN_ETIMEOUT);
    assert_int_equal(ask(&a, "slow.test"), 0);
    mn_loop_run(a.loop);
    assert_int_equal(a.err, 0);
    assert_int_equal(atomic_load(&fake_names_asked) - before, 1);
    mn_loop_close(a.loop);
}
