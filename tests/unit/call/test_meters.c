/* test_meters.c - rates at their edges, and what a key and an address have under way. */
#include "call/meters.h"
#include "call/rate.h"
#include "call/seats.h"
#include "test.h"

#include <stdio.h>

#define NOW 1700000000000

static const struct mn_commons_size small = {.tokens = 1, .token_bytes = 256, .meters = 32};
static struct mn_commons *commons;

TEST(a_bucket_holds_one_window_and_fills_evenly)
{
    const struct mn_rate rate = {.per = 10, .window = 1000};
    int64_t full_at = 0, wait = 0;

    for (int i = 0; i < 10; i++)
        assert_true(mn_rate_take(rate, &full_at, NOW, 1, &wait));
    assert_false(mn_rate_take(rate, &full_at, NOW, 1, &wait));
    assert_int_equal(wait, 100);
    assert_false(mn_rate_take(rate, &full_at, NOW + 99, 1, &wait));
    assert_true(mn_rate_take(rate, &full_at, NOW + 100, 1, &wait));
    assert_false(mn_rate_take(rate, &full_at, NOW + 100, 1, &wait));
    for (int i = 0; i < 10; i++)
        assert_true(mn_rate_take(rate, &full_at, NOW + 2000, 1, &wait));
    assert_false(mn_rate_take(rate, &full_at, NOW + 2000, 1, &wait));
}

TEST(more_than_a_bucket_is_taken_from_a_full_one_only)
{
    const struct mn_rate rate = {.per = 10, .window = 1000};
    int64_t full_at = 0, wait = 0;

    assert_true(mn_rate_take(rate, &full_at, NOW, 25, &wait));
    assert_false(mn_rate_take(rate, &full_at, NOW + 1500, 1, &wait));
    assert_int_equal(wait, 100);
    assert_true(mn_rate_take(rate, &full_at, NOW + 1600, 1, &wait));
    assert_false(mn_rate_take(rate, &full_at, NOW + 1600, 25, &wait));
    assert_true(mn_rate_take(rate, &full_at, NOW + 2600, 25, &wait));
}

TEST(no_rate_is_no_limit_and_a_clock_set_back_shuts_nobody_out)
{
    int64_t full_at = 0;

    for (int i = 0; i < 1000; i++)
        assert_true(mn_rate_take((struct mn_rate){0, 1000}, &full_at, NOW, 1 << 20, NULL));
    full_at = NOW + 86400000;
    assert_true(mn_rate_take((struct mn_rate){10, 1000}, &full_at, NOW, 1, NULL));
    assert_int_equal(full_at, NOW + 100);
}

static void begin(void)
{
    assert_int_equal(mn_commons_open(&commons, &small), 0);
}

TEST(calls_at_once_are_limited_and_one_that_ends_makes_room)
{
    const struct mn_meter_limits two = {.calls = 2};
    uint32_t web, office;

    begin();
    web = mn_meter_of(commons, 'k', MN_STR("web"), NOW);
    office = mn_meter_of(commons, 'k', MN_STR("office"), NOW);
    assert_int_equal(mn_meter_enter(commons, web, &two, NOW), 0);
    assert_int_equal(mn_meter_enter(commons, web, &two, NOW), 0);
    assert_true(mn_meter_enter(commons, web, &two, NOW) > 0);
    assert_int_equal(mn_meter_enter(commons, office, &two, NOW), 0); /* no other's matter */
    mn_meter_leave(commons, web);
    assert_int_equal(mn_meter_enter(commons, web, &two, NOW), 0);
    assert_true(mn_meter_enter(commons, web, &two, NOW) > 0);
    mn_commons_close(commons);
}

TEST(calls_begun_in_a_minute_are_limited_and_the_wait_is_told)
{
    const struct mn_meter_limits three = {.connects = 3};
    uint32_t at;

    begin();
    at = mn_meter_of(commons, 'a', MN_STR("192.0.2.1"), NOW);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mn_meter_enter(commons, at, &three, NOW), 0);
        mn_meter_leave(commons, at);
    }
    assert_int_equal(mn_meter_enter(commons, at, &three, NOW), 20000);
    assert_true(mn_meter_enter(commons, at, &three, NOW + 19999) > 0);
    assert_int_equal(mn_meter_enter(commons, at, &three, NOW + 20000), 0);
    assert_int_equal(mn_commons_meter(commons, at)->calls, 1); /* the refused are not counted */
    mn_commons_close(commons);
}

TEST(a_key_and_an_address_of_one_name_have_a_meter_each)
{
    begin();
    assert_int_not_equal(mn_meter_of(commons, 'k', MN_STR("same"), NOW),
                         mn_meter_of(commons, 'a', MN_STR("same"), NOW));
    assert_int_equal(mn_meter_of(commons, 'k', MN_STR("same"), NOW),
                     mn_meter_of(commons, 'k', MN_STR("same"), NOW));
    mn_commons_close(commons);
}

TEST(a_crowd_of_addresses_shuts_out_nobody)
{
    const struct mn_meter_limits one = {.calls = 1};
    int uncounted = 0;
    char name[32];

    begin();
    for (int i = 0; i < 200; i++) {
        uint32_t at;

        snprintf(name, sizeof(name), "192.0.2.%d", i);
        at = mn_meter_of(commons, 'a', mn_str(name), NOW);
        uncounted += at == MN_METER_NONE;
        assert_int_equal(mn_meter_enter(commons, at, &one, NOW), 0);
    }
    assert_true(uncounted >= 200 - 32);
    mn_commons_close(commons);
}

TEST(meters_that_stand_still_are_given_to_others)
{
    char name[32];

    begin();
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "192.0.2.%d", i);
        assert_int_not_equal(mn_meter_of(commons, 'a', mn_str(name), NOW), MN_METER_NONE);
    }
    mn_commons_close(commons);
}

TEST(the_calls_of_a_worker_that_died_are_over)
{
    const struct mn_meter_limits two = {.calls = 2};
    struct mn_commons *other;
    uint32_t at;

    begin();
    assert_int_equal(mn_commons_map(&other, mn_commons_fd(commons), 1), 0);
    at = mn_meter_of(commons, 'k', MN_STR("web"), NOW);
    assert_int_equal(mn_meter_enter(other, at, &two, NOW), 0);
    assert_int_equal(mn_meter_enter(commons, at, &two, NOW), 0);
    assert_true(mn_meter_enter(commons, at, &two, NOW) > 0);
    mn_commons_bury(commons, 1);
    assert_int_equal(mn_meter_enter(commons, at, &two, NOW), 0);
    assert_true(mn_meter_enter(commons, at, &two, NOW) > 0);
    mn_commons_close(other);
    mn_commons_close(commons);
}

TEST(what_a_key_has_used_is_counted_by_the_day)
{
    const int64_t midnight = NOW / 86400000 * 86400000;
    uint32_t at;

    begin();
    at = mn_meter_of(commons, 'k', MN_STR("web"), midnight);
    assert_int_equal(mn_meter_responses(commons, at, midnight), 0);
    mn_meter_respond(commons, at, 700, midnight);
    mn_meter_respond(commons, at, 41, midnight + 86399999);
    assert_int_equal(mn_meter_responses(commons, at, midnight + 86399999), 741);
    assert_int_equal(mn_meter_responses(commons, at, midnight + 86400000), 0);
    mn_meter_respond(commons, at, 5, midnight + 86400000);
    assert_int_equal(mn_meter_responses(commons, at, midnight + 86400000), 5);
    mn_commons_close(commons);
}

TEST(an_address_of_ipv6_is_counted_by_its_first_64_bits)
{
    static const char *const rows[][2] = {
        {"192.0.2.7", "192.0.2.7"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"},
        {"2001:db8:1:2:ffff::1", "2001:0db8:0001:0002"},
        {"", ""},
    };
    char out[64];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        mn_seat_address(mn_str(rows[i][0]), out);
        assert_string_equal(out, rows[i][1]);
    }
}

TEST(wrong_keys_are_counted_a_minute_and_looking_takes_none)
{
    uint32_t meter;

    begin();
    assert_int_equal(mn_meter_found(commons, 'w', MN_STR("192.0.2.7")), MN_METER_NONE);
    assert_int_equal(mn_meter_look(commons, MN_METER_NONE, 3, NOW), 0);
    meter = mn_meter_of(commons, 'w', MN_STR("192.0.2.7"), NOW);
    assert_int_equal(mn_meter_found(commons, 'w', MN_STR("192.0.2.7")), meter);
    assert_int_equal(mn_meter_found(commons, 'a', MN_STR("192.0.2.7")), MN_METER_NONE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(mn_meter_look(commons, meter, 3, NOW), 0);
        assert_int_equal(mn_meter_look(commons, meter, 3, NOW), 0);
        assert_int_equal(mn_meter_wrong(commons, meter, 3, NOW), 0);
    }
    assert_int_equal(mn_meter_look(commons, meter, 3, NOW), 20000);
    assert_int_equal(mn_meter_wrong(commons, meter, 3, NOW), 20000);
    assert_int_equal(mn_meter_look(commons, meter, 3, NOW + 19999), 1);
    assert_int_equal(mn_meter_look(commons, meter, 3, NOW + 20000), 0);
    mn_commons_close(commons);
}
