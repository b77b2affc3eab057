/* test_changes.c - what `myna test --watch` takes for a change. */
#include "test.h"

#include "sim/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static const char *at(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(at(name), "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static uint64_t sum(const char *name)
{
    char path[128], *paths[] = {path};

    snprintf(path, sizeof(path), "%s%s", dir, name);
    return mn_changes_sum(paths, 1);
}

TEST(a_file_that_changes_comes_or_goes_is_a_change)
{
    uint64_t before;

    snprintf(dir, sizeof(dir), "/tmp/myna-changes-XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(mkdir(at("scenarios"), 0777), 0);
    put("agent.lua", "one");
    put("scenarios/a.lua", "one");
    before = sum("");
    assert_true(sum("") == before);
    put("agent.lua", "longer");
    assert_true(sum("") != before);
    before = sum("/scenarios/a.lua"); /* of a file: its whole app */
    put("agent.lua", "longer still");
    assert_true(sum("/scenarios/a.lua") != before);
    before = sum("");
    put(".hidden", "");
    assert_true(sum("") == before);
    put(".env", "A=1");
    assert_true(sum("") != before);
    before = sum("");
    unlink(at("scenarios/a.lua"));
    assert_true(sum("") != before);
    unlink(at(".env"));
    unlink(at(".hidden"));
    unlink(at("agent.lua"));
    rmdir(at("scenarios"));
    rmdir(dir);
}
