/* test_http_cache.c - the cache before a carrier that only notes what it is asked, on a virtual
 * clock: what is kept, for whom and how long, and requests that are made once for many. */
#include "io/http_cache.h"

#include "base/err.h"
#include "io/http_kept.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

enum { SENT_MAX = 64, HOUR = 3600000 };

struct sent { /* what the carrier was asked */
    mn_http_done *done;
    void *owner;
    int64_t total_ms;
    bool pending, cancelled;
};

struct asker {
    int told, status;
    char code[16], body[64], header[32];
    void *op;
    struct asker *cancels; /* another, from done */
};

static struct mn_clock timeline;
static struct mn_http_cache *cache;
static struct sent sent[SENT_MAX];
static int nsent, refusal;

static int carry(void *owner, const struct mn_http_ask *ask, mn_http_done *done, void *op_owner,
                 void **op)
{
    (void)owner;
    if (refusal != 0)
        return refusal;
    assert_true(nsent < SENT_MAX);
    sent[nsent] =
        (struct sent){.done = done, .owner = op_owner, .total_ms = ask->total_ms, .pending = true};
    *op = &sent[nsent++];
    return 0;
}

static void give_up(void *owner, void *op)
{
    struct sent *s = op;

    (void)owner;
    assert_true(s->pending);
    s->pending = false;
    s->cancelled = true;
}

static void open_cache(size_t bytes, int entries)
{
    memset(sent, 0, sizeof(sent));
    nsent = refusal = 0;
    mn_clock_open_virtual(&timeline, 0);
    assert_int_equal(mn_http_cache_open(&cache, &timeline,
                                        &(struct mn_http_carrier){NULL, carry, give_up},
                                        &(struct mn_http_cache_settings){bytes, entries, 10000}),
                     0);
}

static void close_cache(void)
{
    mn_http_cache_close(cache);
    mn_clock_close(&timeline);
}

static void pass(int64_t ms)
{
    mn_clock_advance(&timeline, mn_clock_now(&timeline) + ms);
}

static void on_done(void *owner, const struct mn_http_answer *answer)
{
    struct asker *a = owner;

    a->told++;
    a->op = NULL;
    a->status = answer->status;
    snprintf(a->code, sizeof(a->code), "%s", answer->err_code != NULL ? answer->err_code : "");
    snprintf(a->body, sizeof(a->body), "%.*s", MN_FMT(answer->body));
    a->header[0] = '\0';
    if (answer->nheaders > 0)
        snprintf(a->header, sizeof(a->header), "%.*s=%.*s", MN_FMT(answer->headers[0].name),
                 MN_FMT(answer->headers[0].value));
    if (a->cancels != NULL && a->cancels->op != NULL) {
        mn_http_cache_cancel(cache, a->cancels->op);
        a->cancels->op = NULL;
    }
}

static struct mn_http_ask one_hour(const char *url)
{
    return (struct mn_http_ask){
        .method = MN_STR("GET"), .url = mn_str(url), .app = MN_STR("shop"), .cache_ms = HOUR};
}

static int ask_with(struct asker *a, struct mn_http_ask ask)
{
    return mn_http_cache_send(cache, &ask, on_done, a, &a->op);
}

static void ask_for(struct asker *a, const char *url)
{
    int told = a->told;

    assert_int_equal(ask_with(a, one_hour(url)), 0);
    assert_int_equal(a->told, told); /* never from inside */
    pass(0);
}

static void answer(int i, int status, const char *body)
{
    const struct mn_header headers[] = {{MN_STR("x-a"), MN_STR("1")}};

    assert_true(i < nsent && sent[i].pending);
    sent[i].pending = false;
    sent[i].done(sent[i].owner,
                 &(struct mn_http_answer){
                     .status = status, .headers = headers, .nheaders = 1, .body = mn_str(body)});
}

static void break_off(int i, const char *code)
{
    sent[i].pending = false;
    sent[i].done(sent[i].owner, &(struct mn_http_answer){.err_code = code, .err_message = code});
}

TEST(an_answer_is_kept_and_serves_until_its_time_is_over)
{
    struct asker a = {0};

    open_cache(1 << 20, 10);
    ask_for(&a, "http://x/1");
    answer(0, 200, "one");
    assert_string_equal(a.body, "one");
    pass(HOUR - 1);
    ask_for(&a, "http://x/1");
    assert_int_equal(nsent, 1);
    assert_int_equal(a.told, 2);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "one");
    assert_string_equal(a.header, "x-a=1");
    pass(1);
    ask_for(&a, "http://x/1");
    assert_int_equal(nsent, 2); /* an hour old: asked anew */
    answer(1, 200, "two");
    ask_for(&a, "http://x/1");
    assert_string_equal(a.body, "two");
    assert_int_equal(nsent, 2);
    close_cache();
}

TEST(who_wants_it_fresher_is_asked_for)
{
    struct asker a = {0};
    struct mn_http_ask fresh = one_hour("http://x/1");

    open_cache(1 << 20, 10);
    ask_for(&a, "http://x/1");
    answer(0, 200, "one");
    pass(5000);
    fresh.cache_ms = 5000;
    assert_int_equal(ask_with(&a, fresh), 0);
    assert_int_equal(nsent, 2);
    answer(1, 200, "two");
    close_cache();
}

TEST(only_good_answers_are_kept_and_absence_where_it_was_said)
{
    static const struct {
        int status;
        int64_t absent_ms;
        bool kept;
    } rows[] = {{200, 0, true},      {204, 0, true},      {206, 0, true},     {199, 0, false},
                {301, 0, false},     {404, 0, false},     {404, 60000, true}, {410, 60000, true},
                {400, 60000, false}, {500, 60000, false}, {503, 0, false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct asker a = {0};
        struct mn_http_ask ask = one_hour("http://x/1");

        open_cache(1 << 20, 10);
        ask.absent_ms = rows[i].absent_ms;
        assert_int_equal(ask_with(&a, ask), 0);
        answer(0, rows[i].status, "");
        pass(59999);
        assert_int_equal(ask_with(&a, ask), 0);
        assert_int_equal(nsent, rows[i].kept ? 1 : 2);
        pass(1);
        close_cache();
    }
}

TEST(absence_is_kept_as_long_as_was_said_for_it)
{
    struct asker a = {0};
    struct mn_http_ask ask = one_hour("http://x/1");

    open_cache(1 << 20, 10);
    ask.absent_ms = 1000;
    assert_int_equal(ask_with(&a, ask), 0);
    answer(0, 404, "");
    pass(999);
    assert_int_equal(ask_with(&a, ask), 0);
    pass(1);
    assert_int_equal(a.told, 2);
    assert_int_equal(ask_with(&a, ask), 0);
    assert_int_equal(nsent, 2);
    close_cache();
}

TEST(a_failure_is_told_to_all_and_not_kept)
{
    struct asker a = {0}, b = {0};

    open_cache(1 << 20, 10);
    ask_for(&a, "http://x/1");
    ask_for(&b, "http://x/1");
    break_off(0, "reset");
    assert_string_equal(a.code, "reset");
    assert_string_equal(b.code, "reset");
    ask_for(&a, "http://x/1");
    assert_int_equal(nsent, 2);
    close_cache();
}

TEST(nobody_gets_what_another_key_may_see)
{
    static const struct mn_header keys[] = {{MN_STR("authorization"), MN_STR("Bearer a")},
                                            {MN_STR("authorization"), MN_STR("Bearer b")}};
    struct asker a = {0};
    struct mn_http_ask asks[6];

    open_cache(1 << 20, 10);
    for (int i = 0; i < 6; i++)
        asks[i] = one_hour("http://x/1");
    asks[1].headers = &keys[0];
    asks[1].nheaders = 1;
    asks[2].headers = &keys[1];
    asks[2].nheaders = 1;
    asks[3].app = MN_STR("bank");
    asks[4].method = MN_STR("HEAD");
    asks[5].pool = MN_STR("http://x private");
    for (int i = 0; i < 6; i++) {
        assert_int_equal(ask_with(&a, asks[i]), 0);
        assert_int_equal(nsent, i + 1);
        answer(i, 200, "");
    }
    for (int i = 0; i < 6; i++)
        assert_int_equal(ask_with(&a, asks[i]), 0);
    assert_int_equal(nsent, 6);
    close_cache();
}

TEST(what_does_not_ask_for_it_is_not_cached)
{
    struct asker a = {0};
    struct mn_http_ask ask = one_hour("http://x/1");
    const struct mn_http_stream stream = {0};

    open_cache(1 << 20, 10);
    ask.cache_ms = 0;
    assert_int_equal(ask_with(&a, ask), 0);
    assert_int_equal(ask_with(&a, ask), 0);
    assert_int_equal(nsent, 2);
    mn_http_cache_cancel(cache, a.op); /* the carrier's own */
    assert_true(sent[1].cancelled);
    ask.cache_ms = HOUR;
    ask.stream = &stream;
    assert_int_equal(ask_with(&a, ask), 0);
    assert_int_equal(nsent, 3);
    close_cache();
}

/* ---- once for many ---- */

TEST(equal_requests_under_way_are_one_and_all_get_the_answer)
{
    struct asker a = {0}, b = {0}, other = {0};

    open_cache(0, 10); /* also when nothing is kept */
    ask_for(&a, "http://x/1");
    ask_for(&b, "http://x/1");
    ask_for(&other, "http://x/2");
    assert_int_equal(nsent, 2);
    answer(0, 200, "one");
    assert_string_equal(a.body, "one");
    assert_string_equal(b.body, "one");
    assert_int_equal(other.told, 0);
    ask_for(&a, "http://x/1");
    assert_int_equal(nsent, 3);
    close_cache();
}

TEST(a_request_goes_on_while_somebody_waits_for_it)
{
    struct asker a = {0}, b = {0};

    open_cache(1 << 20, 10);
    ask_for(&a, "http://x/1");
    ask_for(&b, "http://x/1");
    mn_http_cache_cancel(cache, a.op);
    assert_true(sent[0].pending);
    mn_http_cache_cancel(cache, b.op);
    assert_true(sent[0].cancelled);
    assert_int_equal(a.told + b.told, 0);
    ask_for(&a, "http://x/1"); /* the next begins anew */
    assert_int_equal(nsent, 2);
    close_cache();
}

TEST(each_waits_as_long_as_its_own_time)
{
    struct asker hasty = {0}, patient = {0};
    struct mn_http_ask ask = one_hour("http://x/1");

    open_cache(1 << 20, 10);
    ask.total_ms = 500;
    assert_int_equal(ask_with(&hasty, ask), 0);
    assert_int_equal(sent[0].total_ms, 10000); /* not only as long as the first has */
    ask.total_ms = 3000;
    assert_int_equal(ask_with(&patient, ask), 0);
    pass(499);
    assert_int_equal(hasty.told, 0);
    pass(1);
    assert_string_equal(hasty.code, "timeout");
    assert_true(sent[0].pending);
    pass(2500);
    assert_string_equal(patient.code, "timeout");
    assert_true(sent[0].cancelled);
    close_cache();
}

TEST(one_who_is_told_may_cancel_the_next)
{
    struct asker a = {0}, b = {0}, c = {0};

    open_cache(1 << 20, 10);
    a.cancels = &b;
    ask_for(&a, "http://x/1");
    ask_for(&b, "http://x/1");
    ask_for(&c, "http://x/1");
    answer(0, 200, "one");
    assert_int_equal(a.told, 1);
    assert_int_equal(b.told, 0);
    assert_int_equal(c.told, 1);
    close_cache();
}

TEST(a_kept_answer_on_its_way_may_be_cancelled_and_outlives_its_place)
{
    struct asker a = {0}, b = {0};

    open_cache(1 << 20, 1);
    ask_for(&a, "http://x/1");
    answer(0, 200, "one");
    assert_int_equal(ask_with(&a, one_hour("http://x/1")), 0);
    mn_http_cache_cancel(cache, a.op);
    assert_int_equal(ask_with(&a, one_hour("http://x/1")), 0);
    ask_with(&b, one_hour("http://x/2"));
    answer(1, 200, "two"); /* takes the only place */
    pass(0);
    assert_int_equal(a.told, 2);
    assert_string_equal(a.body, "one");
    close_cache();
}

TEST(what_the_carrier_refuses_is_refused)
{
    struct asker a = {0};

    open_cache(1 << 20, 10);
    refusal = MN_EFULL;
    assert_int_equal(ask_with(&a, one_hour("http://x/1")), MN_EFULL);
    refusal = 0;
    ask_for(&a, "http://x/1");
    assert_int_equal(nsent, 1);
    close_cache();
    assert_true(sent[0].cancelled);
    assert_int_equal(a.told, 0);
}

/* ---- bounds ---- */

TEST(the_answer_not_used_for_longest_makes_room)
{
    struct asker a = {0};

    open_cache(1 << 20, 2);
    ask_for(&a, "http://x/1");
    answer(0, 200, "");
    ask_for(&a, "http://x/2");
    answer(1, 200, "");
    ask_for(&a, "http://x/1"); /* used */
    ask_for(&a, "http://x/3");
    answer(2, 200, "");
    ask_for(&a, "http://x/1");
    assert_int_equal(nsent, 3);
    ask_for(&a, "http://x/2");
    assert_int_equal(nsent, 4);
    close_cache();
}

TEST(kept_answers_are_bounded_in_bytes)
{
    static char body[1001];
    const struct mn_header header = {MN_STR("n"), MN_STR("v")};
    struct mn_http_answer large = {.status = 200, .headers = &header, .nheaders = 1};
    size_t size = sizeof(struct mn_kept) + 1 + 2 + 1000 + sizeof(struct mn_header);
    struct mn_kept_store store;

    memset(body, 'x', 1000);
    large.body = MN_STR(body);
    large.body.n = 1000;
    mn_kept_open(&store, size - 1, 10);
    mn_kept_add(&store, MN_STR("a"), 1, &large, 0);
    assert_int_equal(store.n, 0); /* larger than all may be */
    mn_kept_close(&store);
    mn_kept_open(&store, 2 * size, 10);
    mn_kept_add(&store, MN_STR("a"), 1, &large, 0);
    mn_kept_add(&store, MN_STR("a"), 1, &large, 0); /* in its place */
    mn_kept_add(&store, MN_STR("b"), 1, &large, 0); /* keys that fall together are told apart */
    assert_int_equal(store.n, 2);
    assert_int_equal(store.bytes, 2 * size);
    mn_kept_add(&store, MN_STR("c"), 1, &large, 0);
    assert_int_equal(store.n, 2);
    assert_null(mn_kept_find(&store, MN_STR("a"), 1));
    assert_non_null(mn_kept_find(&store, MN_STR("b"), 1));
    mn_kept_close(&store);
    assert_int_equal(store.bytes, 0);
}
