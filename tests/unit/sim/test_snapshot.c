/* test_snapshot.c - golden records: ids masked, differences shown. */
#include "test.h"

#include "base/err.h"
#include "sim/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void masks(const char *record, const char *masked)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_snapshot_mask(mn_str(record), &out), 0);
    mn_buf_add_byte(&out, '\0');
    assert_string_equal(out.p, masked);
    mn_buf_free(&out);
}

TEST(ids_are_numbered_as_they_appear)
{
    masks("{\"id\":\"item_Ab1\",\"previous_item_id\":\"item_Zz9\",\"type\":\"an item_reference\"}\n"
          "{\"id\":\"item_Ab1\",\"response_id\":\"resp_x\"}\n",
          "{\"id\":\"item_#1\",\"previous_item_id\":\"item_#2\",\"type\":\"an item_reference\"}\n"
          "{\"id\":\"item_#1\",\"response_id\":\"resp_#3\"}\n");
}

TEST(what_only_looks_like_an_id_stays)
{
    masks("", "");
    masks("no quotes", "no quotes");
    masks("\"item_\" \"an item_Ab1 here\" \"item_Ab1 here\" \"event_",
          "\"item_\" \"an item_Ab1 here\" \"item_Ab1 here\" \"event_");
}

TEST(a_snapshot_is_written_then_compared)
{
    char folder[] = "/tmp/myna-snapshot-XXXXXX", file[128], command[160];
    struct mn_buf why = {0};

    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/calls.lua", folder);
    assert_int_equal(mn_snapshot_check(file, "one", MN_STR("a\nb\n"), false, &why), MN_EABSENT);
    assert_non_null(strstr(why.p, "--update writes it"));
    mn_buf_clear(&why);
    assert_int_equal(mn_snapshot_check(file, "one", MN_STR("a\nb\n"), true, &why), 0);
    assert_int_equal(mn_snapshot_check(file, "one", MN_STR("a\nb\n"), false, &why), 0);
    assert_int_equal(mn_snapshot_check(file, "one", MN_STR("a\nc\n"), false, &why), MN_ECONFIG);
    assert_non_null(strstr(why.p, "first in line 2:\n  kept b\n  now  c"));
    mn_buf_clear(&why);
    assert_int_equal(mn_snapshot_check(file, "one", MN_STR("a\n"), false, &why), MN_ECONFIG);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    mn_buf_free(&why);
}
