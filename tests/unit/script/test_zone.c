/* test_zone.c - time zones: offsets, the hours that are skipped and doubled, names that are none.
 */
#include "base/err.h"
#include "script/zone.h"
#include "test.h"

#include <string.h>

static struct tm at(int year, int month, int day, int hour, int minute)
{
    return (struct tm){.tm_year = year - 1900,
                       .tm_mon = month - 1,
                       .tm_mday = day,
                       .tm_hour = hour,
                       .tm_min = minute};
}

TEST(a_zone_knows_summer_and_winter)
{
    struct mn_zone z;
    struct tm tm;

    assert_int_equal(mn_zone_load(&z, "Europe/London"), 0);
    mn_zone_calendar(&z, 1780000000, &tm); /* 2026-05-28 20:26:40 UTC */
    assert_int_equal(tm.tm_hour, 21);
    assert_string_equal(tm.tm_zone, "BST");
    mn_zone_calendar(&z, 1767225600, &tm); /* 2026-01-01 00:00:00 UTC */
    assert_int_equal(tm.tm_hour, 0);
    assert_string_equal(tm.tm_zone, "GMT");
    mn_zone_free(&z);
}

TEST(local_times_become_unix_times_and_back)
{
    static const struct {
        int month, day, hour, minute;
        int64_t unix_s;
        int hour_back;
    } rows[] = {
        {7, 1, 9, 0, 1782892800, 9},
        {12, 1, 9, 0, 1796115600, 9},
        {3, 29, 0, 59, 1774745940, 0}, /* before the clocks go forward at 01:00 */
        {3, 29, 1, 30, 1774747800, 2}, /* skipped: as if they had not yet */
        {3, 29, 2, 30, 1774747800, 2},
        {10, 25, 1, 30, 1792888200, 1}, /* doubled: the first */
        {10, 25, 2, 0, 1792893600, 2},
        {13, 1, 0, 0, 1798761600, 0}, /* month 13 is January of the next year */
    };
    struct mn_zone z;

    assert_int_equal(mn_zone_load(&z, "Europe/London"), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tm tm = at(2026, rows[i].month, rows[i].day, rows[i].hour, rows[i].minute);

        assert_int_equal(mn_zone_unix(&z, &tm), rows[i].unix_s);
        assert_int_equal(tm.tm_hour, rows[i].hour_back);
    }
    mn_zone_free(&z);
}

TEST(no_zone_is_utc)
{
    struct mn_zone z = {0};
    struct tm tm = at(2026, 7, 1, 9, 0);

    assert_int_equal(mn_zone_unix(&z, &tm), 1782896400);
    assert_string_equal(tm.tm_zone, "UTC");
    mn_zone_free(&z);
}

TEST(what_is_no_zone_is_refused)
{
    static const char *const names[] = {
        "",       "Mars/Base", "../../etc/passwd",       "/etc/passwd",
        "Europe", "zone.tab",  "Europe/../Europe/London"};
    struct mn_zone z;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_true(mn_zone_load(&z, names[i]) < 0);
}
