/* test_shared.c - dictionaries: their words, their bounds at the edge, their time. */
#include "base/err.h"
#include "store/shared.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct mn_clock clock_;
static struct mn_shared *shared;
static struct mn_buf out;

static void open_with(int entries, size_t bytes)
{
    mn_clock_open_virtual(&clock_, 0);
    assert_int_equal(mn_shared_open(&shared, &clock_, &(struct mn_shared_limits){entries, bytes}),
                     0);
}

static void close_all(void)
{
    mn_shared_close(shared);
    mn_clock_close(&clock_);
    mn_buf_free(&out);
}

static int ask_of(const char *app, const char *word, const char *key, const char *value,
                  int64_t ttl_ms)
{
    mn_buf_clear(&out);
    return mn_shared_do(
        shared, mn_str(app),
        &(struct mn_shared_ask){
            .word = word, .key = mn_str(key), .value = mn_str(value), .ttl_ms = ttl_ms},
        &out);
}

static int ask(const char *word, const char *key, const char *value)
{
    return ask_of("shop", word, key, value, 0);
}

static void holds(const char *key, const char *value)
{
    assert_int_equal(ask("get", key, NULL), 0);
    assert_string_equal(out.p, value);
}

TEST(a_dictionary_keeps_what_is_set_until_it_is_removed)
{
    open_with(10, 1000);
    assert_int_equal(ask("get", "a", NULL), MN_EABSENT);
    assert_int_equal(ask("set", "a", "{\"x\":1}"), 0);
    holds("a", "{\"x\":1}");
    assert_int_equal(ask("set", "a", "[2]"), 0);
    holds("a", "[2]");
    assert_int_equal(ask("remove", "a", NULL), 0);
    assert_int_equal(ask("remove", "a", NULL), MN_EABSENT);
    assert_int_equal(ask("get", "a", NULL), MN_EABSENT);
    close_all();
}

TEST(add_sets_what_is_not_there_only)
{
    open_with(10, 1000);
    assert_int_equal(ask("add", "a", "1"), 0);
    assert_int_equal(ask("add", "a", "2"), -EEXIST);
    holds("a", "1");
    close_all();
}

TEST(apps_do_not_see_each_others_dictionaries)
{
    open_with(10, 1000);
    assert_int_equal(ask_of("shop", "set", "a", "1", 0), 0);
    assert_int_equal(ask_of("desk", "get", "a", NULL, 0), MN_EABSENT);
    assert_int_equal(mn_shared_entries(shared, MN_STR("shop")), 1);
    assert_int_equal(mn_shared_entries(shared, MN_STR("desk")), 0);
    close_all();
}

TEST(incr_counts_from_nothing_exactly)
{
    open_with(10, 1000);
    assert_int_equal(ask("incr", "n", "1"), 0);
    assert_string_equal(out.p, "1");
    assert_int_equal(ask("incr", "n", "9007199254740993"), 0);
    assert_string_equal(out.p, "9007199254740994");
    assert_int_equal(ask("incr", "n", "-0.5"), 0);
    assert_int_equal(ask("set", "f", "0.25"), 0);
    assert_int_equal(ask("incr", "f", "0.5"), 0);
    holds("f", "0.75");
    close_all();
}

TEST(incr_refuses_what_is_no_number_and_what_no_number_holds)
{
    open_with(10, 1000);
    assert_int_equal(ask("set", "a", "\"1\""), 0);
    assert_int_equal(ask("incr", "a", "1"), MN_EPROTOCOL);
    holds("a", "\"1\"");
    assert_int_equal(ask("set", "n", "9223372036854775807"), 0);
    assert_int_equal(ask("incr", "n", "1"), MN_ELIMIT);
    holds("n", "9223372036854775807");
    assert_int_equal(ask("set", "f", "1.7e308"), 0);
    assert_int_equal(ask("incr", "f", "1.7e308"), MN_ELIMIT);
    close_all();
}

TEST(an_entry_is_gone_when_its_time_is_over)
{
    open_with(10, 1000);
    assert_int_equal(ask_of("shop", "set", "a", "1", 500), 0);
    mn_clock_advance(&clock_, 499);
    holds("a", "1");
    mn_clock_leap(&clock_, 500); /* its timer has had no turn yet */
    assert_int_equal(ask("get", "a", NULL), MN_EABSENT);
    assert_int_equal(ask_of("shop", "set", "b", "1", 500), 0);
    mn_clock_advance(&clock_, 1000);
    assert_int_equal(mn_shared_entries(shared, MN_STR("shop")), 0);
    close_all();
}

TEST(setting_anew_begins_its_time_anew_and_counting_does_not)
{
    open_with(10, 1000);
    ask_of("shop", "set", "a", "1", 500);
    ask_of("shop", "incr", "n", "1", 500);
    mn_clock_advance(&clock_, 400);
    ask_of("shop", "set", "a", "2", 0);
    ask_of("shop", "incr", "n", "1", 500);
    holds("n", "2");
    mn_clock_advance(&clock_, 500);
    assert_int_equal(ask("get", "n", NULL), MN_EABSENT);
    mn_clock_advance(&clock_, 100000);
    holds("a", "2");
    close_all();
}

TEST(past_the_entries_it_may_hold_the_one_written_longest_ago_goes)
{
    open_with(3, 1000);
    ask("set", "a", "1");
    ask("set", "b", "1");
    ask("set", "c", "1");
    ask("set", "a", "2");
    assert_int_equal(mn_shared_entries(shared, MN_STR("shop")), 3);
    ask("set", "d", "1");
    assert_int_equal(ask("get", "b", NULL), MN_EABSENT);
    holds("a", "2");
    holds("c", "1");
    holds("d", "1");
    close_all();
}

TEST(past_the_bytes_it_may_hold_the_one_written_longest_ago_goes)
{
    open_with(100, 12);
    ask("set", "a", "12345"); /* 6 bytes, and 6 more fit */
    ask("set", "b", "12345");
    holds("a", "12345");
    ask("set", "b", "123456");
    assert_int_equal(ask("get", "a", NULL), MN_EABSENT);
    holds("b", "123456");
    assert_int_equal(ask("set", "c", "12345678901"), 0); /* exactly all of it */
    assert_int_equal(mn_shared_entries(shared, MN_STR("shop")), 1);
    assert_int_equal(ask("set", "d", "123456789012"), MN_ELIMIT);
    holds("c", "12345678901");
    close_all();
}

TEST(a_key_and_a_value_have_their_bounds)
{
    static char text[MN_SHARED_VALUE_BYTES + 2];

    open_with(10, sizeof(text) * 2);
    memset(text, '1', MN_SHARED_VALUE_BYTES);
    assert_int_equal(ask("set", "a", text), 0);
    text[MN_SHARED_VALUE_BYTES] = '1';
    assert_int_equal(ask("set", "a", text), MN_ELIMIT);
    text[MN_SHARED_KEY_BYTES] = '\0';
    assert_int_equal(ask("set", text, "1"), 0);
    text[MN_SHARED_KEY_BYTES] = '1';
    text[MN_SHARED_KEY_BYTES + 1] = '\0';
    assert_int_equal(ask("set", text, "1"), MN_ELIMIT);
    close_all();
}

TEST(thousands_of_entries_come_and_go_and_all_are_found)
{
    char key[32];

    open_with(1000, 1 << 20);
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        assert_int_equal(ask_of("shop", "set", key, "1", 1 + i % 7 * 1000), 0);
        mn_clock_advance(&clock_, i);
    }
    for (int i = 4001; i < 5000; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        assert_int_equal(ask("get", key, NULL), 1 + i % 7 * 1000 > 5000 - i ? 0 : MN_EABSENT);
    }
    close_all();
}
