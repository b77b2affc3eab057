/* test_snapshot.c - an app loaded from what another process read of it, not from the disk. */
#include "script/snapshot.h"

#include "base/err.h"
#include "script/bundle.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/myna-snapshot-XXXXXX";

static void save(const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void drop(const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

#define APP                                                                                        \
    "local myna = require 'myna'\n"                                                                \
    "return myna.app { name = 'kiosk', agent = require 'kim' }\n"
#define KIM                                                                                        \
    "local myna = require 'myna'\n"                                                                \
    "return myna.agent { name = 'Kim', instructions = myna.file 'kim.md' }\n"

static struct mn_log log_ = {.level = MN_LOG_OFF};

static void record(struct mn_buf *bytes)
{
    struct mn_snapshot *s;
    struct mn_bundle *b;
    struct mn_buf why = {0};

    assert_non_null(mkdtemp(folder));
    save("agent.lua", APP);
    save("kim.lua", KIM);
    save("kim.md", "You keep a kiosk.");
    save(".env", "UNUSED=1\n");
    assert_int_equal(mn_snapshot_record(&s), 0);
    if (mn_bundle_load_by(&b, folder, s, &log_, &why) != 0)
        fail_msg("%s", why.p);
    assert_int_equal(mn_snapshot_write(s, bytes), 0);
    mn_bundle_drop(b);
    mn_snapshot_close(s);
    mn_buf_free(&why);
}

static void forget(void)
{
    drop("agent.lua");
    drop("kim.lua");
    drop("kim.md");
    drop(".env");
    rmdir(folder);
    snprintf(folder, sizeof(folder), "/tmp/myna-snapshot-XXXXXX");
}

TEST(an_app_loads_from_a_snapshot_when_its_folder_is_gone)
{
    struct mn_buf bytes = {0}, why = {0};
    struct mn_snapshot *s;
    struct mn_bundle *b;
    char was[sizeof(folder)];

    record(&bytes);
    snprintf(was, sizeof(was), "%s", folder);
    forget();
    assert_int_equal(mn_snapshot_replay(&s, mn_buf_str(&bytes)), 0);
    if (mn_bundle_load_by(&b, was, s, &log_, &why) != 0)
        fail_msg("%s", why.p);
    assert_true(mn_str_is(mn_bundle_spec(b)->name, "kiosk"));
    mn_bundle_drop(b);
    mn_snapshot_close(s);
    mn_buf_free(&bytes);
    mn_buf_free(&why);
}

TEST(what_is_saved_after_is_not_seen)
{
    struct mn_buf bytes = {0}, why = {0};
    struct mn_snapshot *s;
    struct mn_bundle *b;

    record(&bytes);
    save("kim.md", "You keep another kiosk.");
    save("agent.lua", "this is no Lua");
    assert_int_equal(mn_snapshot_replay(&s, mn_buf_str(&bytes)), 0);
    assert_int_equal(mn_bundle_load_by(&b, folder, s, &log_, &why), 0);
    mn_bundle_drop(b);
    mn_snapshot_close(s);
    forget();
    mn_buf_free(&bytes);
    mn_buf_free(&why);
}

TEST(what_was_not_read_is_absent)
{
    struct mn_buf bytes = {0}, out = {0}, words = {0};
    struct mn_snapshot *s;

    assert_int_equal(mn_snapshot_record(&s), 0);
    assert_false(mn_snapshot_replays(s));
    assert_int_equal(mn_snapshot_put(s, "read", "/a", "x", MN_EREFUSED, MN_STR(""), MN_STR("no")),
                     0);
    assert_int_equal(mn_snapshot_put(s, "read", "/a", "y", 0, MN_STR("text"), MN_STR("")), 0);
    assert_int_equal(mn_snapshot_put(s, "read", "/a", "y", 0, MN_STR("other"), MN_STR("")), 0);
    assert_int_equal(mn_snapshot_write(s, &bytes), 0);
    mn_snapshot_close(s);
    assert_int_equal(mn_snapshot_replay(&s, mn_buf_str(&bytes)), 0);
    assert_int_equal(mn_snapshot_get(s, "read", "/a", "y", &out, &words), 0);
    assert_true(mn_str_is(mn_buf_str(&out), "text"));
    assert_int_equal(mn_snapshot_get(s, "read", "/a", "x", &out, &words), MN_EREFUSED);
    assert_true(mn_str_is(mn_buf_str(&words), "no"));
    assert_int_equal(mn_snapshot_get(s, "list", "/a", "y", &out, &words), MN_EABSENT);
    mn_snapshot_close(s);
    mn_buf_free(&bytes);
    mn_buf_free(&out);
    mn_buf_free(&words);
}

TEST(bytes_that_are_no_snapshot_are_refused_wherever_they_end)
{
    struct mn_buf bytes = {0};
    struct mn_snapshot *s;
    size_t whole = 0;

    assert_int_equal(mn_snapshot_record(&s), 0);
    mn_snapshot_put(s, "read", "/a", "x", 0, MN_STR("text"), MN_STR("words"));
    assert_int_equal(mn_snapshot_write(s, &bytes), 0);
    mn_snapshot_close(s);
    for (size_t n = 0; n <= bytes.n; n++) {
        if (mn_snapshot_replay(&s, (struct mn_str){bytes.p, n}) == 0)
            whole++;
        mn_snapshot_close(s);
    }
    assert_int_equal(whole, 2); /* an empty one, and this */
    mn_buf_free(&bytes);
}
