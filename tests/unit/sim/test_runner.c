/* test_runner.c - finding apps and their scenarios, and what a report says of them. */
#include "test.h"

#include "base/err.h"
#include "sim/apps.h"
#include "sim/runner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct run {
    struct mn_report report;
    char *text;
    size_t n;
    struct mn_buf why;
    int err;
};

static void run_form(struct run *r, enum mn_report_form form, const char *path,
                     struct mn_run_settings settings)
{
    char *paths[] = {(char *)path};

    *r = (struct run){0};
    r->report = (struct mn_report){.out = open_memstream(&r->text, &r->n), .form = form};
    assert_non_null(r->report.out);
    settings.seed = 1;
    r->err = mn_run(&r->report, &settings, paths, 1, &r->why);
    fclose(r->report.out);
}

static void run(struct run *r, const char *path, struct mn_run_settings settings)
{
    run_form(r, MN_REPORT_HUMAN, path, settings);
}

static void free_run(struct run *r)
{
    free(r->text);
    mn_buf_free(&r->why);
}

static void says(const struct run *r, const char *text)
{
    if (strstr(r->text, text) == NULL)
        fail_msg("'%s' is not in:\n%s", text, r->text);
}

static void note_files(void *owner, const char *app, char **files, int nfiles)
{
    struct mn_buf *out = owner;

    mn_buf_addf(out, "%s:", strrchr(app, '/') != NULL ? strrchr(app, '/') + 1 : app);
    for (int i = 0; i < nfiles; i++)
        mn_buf_addf(out, " %s", strrchr(files[i], '/') + 1);
    mn_buf_add_byte(out, '\n');
}

static void finds(const char *path, const char *expected)
{
    struct mn_buf found = {0}, why = {0};

    assert_int_equal(mn_apps_find(path, note_files, &found, &why), 0);
    assert_string_equal(found.p, expected);
    mn_buf_free(&found);
    mn_buf_free(&why);
}

TEST(a_folder_of_an_app_gives_its_files_sorted)
{
    finds(MN_TEST_APPS "/desk", "desk: broken.lua right.lua wrong.lua\n");
}

TEST(a_file_names_the_app_above_its_folder)
{
    finds(MN_TEST_APPS "/desk/scenarios/right.lua", "desk: right.lua\n");
}

TEST(a_folder_is_searched_for_apps_three_levels_down)
{
    struct mn_buf found = {0}, why = {0};

    finds(MN_TEST_APPS, "desk: broken.lua right.lua wrong.lua\n");
    finds(MN_TEST_APPS "/../..", "desk: broken.lua right.lua wrong.lua\n");
    assert_int_equal(mn_apps_find(MN_TEST_APPS "/../../..", note_files, &found, &why), 0);
    assert_null(strstr(found.p, "right.lua")); /* tests/unit/sim/apps/desk: four down */
    mn_buf_free(&found);
    mn_buf_free(&why);
}

TEST(a_path_without_scenarios_is_told)
{
    struct mn_buf why = {0};

    assert_int_equal(mn_apps_find(MN_TEST_APPS "/desk/scenarios", note_files, NULL, &why),
                     MN_EABSENT);
    assert_non_null(strstr(why.p, "no scenarios"));
    mn_buf_clear(&why);
    assert_int_equal(mn_apps_find(MN_TEST_APPS "/nowhere", note_files, NULL, &why), -ENOENT);
    assert_non_null(strstr(why.p, "nowhere: No such file"));
    mn_buf_free(&why);
}

TEST(a_report_names_each_scenario_and_counts)
{
    struct run r;

    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua", (struct mn_run_settings){0});
    assert_int_equal(r.err, 0);
    says(&r, "desk/scenarios/right.lua\n  ok       a book is found (");
    says(&r, "  skipped  not today (the library is closed)\n");
    says(&r, "\n5 passed, 0 failed, 1 skipped\n");
    free_run(&r);
}

TEST(a_filter_and_a_tag_choose_scenarios)
{
    struct run r;

    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){.choice.filter = "data"});
    says(&r, "\n1 passed, 0 failed\n");
    free_run(&r);
    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){.choice.tag = "book"});
    says(&r, "\n2 passed, 0 failed\n");
    free_run(&r);
    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){.choice.tag = "boo"});
    assert_string_equal(r.text, "");
    free_run(&r);
}

TEST(a_failure_is_shown_with_its_place)
{
    struct run r;

    run(&r, MN_TEST_APPS "/desk/scenarios/wrong.lua",
        (struct mn_run_settings){.choice.filter = "a field differs"});
    says(&r, "  not ok   a field differs (");
    says(&r, ": expected find to end with { output = { id = 7 } }");
    says(&r, "\n0 passed, 1 failed\n");
    free_run(&r);
}

TEST(a_file_that_does_not_load_is_one_failure_and_others_run)
{
    struct run r;

    run(&r, MN_TEST_APPS "/desk", (struct mn_run_settings){.choice.filter = "as data"});
    says(&r, "broken.lua could not be loaded\n");
    says(&r, "broken.lua:4: scenario 'an option is misspelt'");
    says(&r, "  ok       as data (");
    says(&r, "\n1 passed, 1 failed\n");
    free_run(&r);
}

/* The report without its times. */
static void timeless(const struct run *r, struct mn_buf *out)
{
    for (const char *c = r->text; *c != '\0'; c++) {
        const char *end = strstr(c, " ms)\n");
        const char *line = strchr(c, '\n');

        if (c[0] == ' ' && c[1] == '(' && end != NULL && end + 4 == line)
            c = end + 3;
        else
            mn_buf_add_byte(out, *c);
    }
    mn_buf_add_byte(out, '\0');
}

#define SOME                                                                                       \
    "a " /* in the names of some scenarios of each file, and of none that takes seconds            \
          */

static void reports_the_same(struct mn_run_settings settings)
{
    struct mn_buf one = {0}, other = {0};
    struct run r;

    settings.choice.filter = SOME;
    run(&r, MN_TEST_APPS "/desk", (struct mn_run_settings){.choice.filter = SOME});
    assert_true(r.report.passed > 0 && r.report.failed > 5);
    timeless(&r, &one);
    free_run(&r);
    run(&r, MN_TEST_APPS "/desk", settings);
    timeless(&r, &other);
    free_run(&r);
    assert_string_equal(one.p, other.p);
    mn_buf_free(&one);
    mn_buf_free(&other);
}

TEST(side_by_side_the_report_is_the_same)
{
    reports_the_same((struct mn_run_settings){.jobs = 3});
}

TEST(shuffled_the_report_is_the_same)
{
    reports_the_same((struct mn_run_settings){.shuffle = true});
    reports_the_same((struct mn_run_settings){.shuffle = true, .jobs = 2});
}

TEST(repeated_each_scenario_is_reported_once)
{
    struct run r;

    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){.repeat = 3, .shuffle = true, .jobs = 2});
    says(&r, "\n5 passed, 0 failed, 1 skipped\n");
    free_run(&r);
}

TEST(fail_fast_ends_with_the_first_failure_in_order)
{
    struct run r;

    for (int jobs = 1; jobs <= 2; jobs++) {
        run(&r, MN_TEST_APPS "/desk", (struct mn_run_settings){.fail_fast = true, .jobs = jobs});
        says(&r, "\n0 passed, 1 failed\n");
        assert_null(strstr(r.text, "right.lua"));
        free_run(&r);
    }
}

TEST(shards_part_the_scenarios_by_name)
{
    int total = 0;

    for (int i = 1; i <= 3; i++) {
        struct run r;

        run(&r, MN_TEST_APPS "/desk",
            (struct mn_run_settings){.choice = {.filter = SOME, .shard = i, .shards = 3}});
        total += r.report.passed + r.report.failed + r.report.skipped;
        free_run(&r);
    }
    {
        struct run all;

        run(&all, MN_TEST_APPS "/desk", (struct mn_run_settings){.choice.filter = SOME});
        assert_int_equal(total, all.report.passed + all.report.failed + all.report.skipped);
        free_run(&all);
    }
}

TEST(records_are_kept_a_file_a_scenario)
{
    char dir[] = "/tmp/myna-records-XXXXXX", path[200];
    struct run r;

    assert_non_null(mkdtemp(dir));
    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){.choice.filter = "as data", .record_dir = dir});
    assert_int_equal(r.err, 0);
    snprintf(path, sizeof(path), "%s/desk.right.as-data.record", dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
    free_run(&r);
    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){.choice.filter = "as data", .record_dir = "/dev/null/no"});
    assert_int_equal(r.err, -EIO);
    assert_non_null(strstr(r.why.p, "/dev/null/no: Not a directory"));
    free_run(&r);
}

TEST(each_play_keeps_a_sound_of_its_own)
{
    char dir[] = "/tmp/myna-sounds-XXXXXX", path[200];
    static const char *const endings[] = {"wav", "2.wav", "3.wav"};
    struct run r;

    assert_non_null(mkdtemp(dir));
    run(&r, MN_TEST_APPS "/desk/scenarios/right.lua",
        (struct mn_run_settings){
            .choice.filter = "as data", .sound_dir = dir, .repeat = 3, .shuffle = true});
    assert_int_equal(r.err, 0);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/desk.right.as-data.%s", dir, endings[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(dir), 0);
    free_run(&r);
}
