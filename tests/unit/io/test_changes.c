/* test_changes.c - what is taken for a change, and how soon it is told. */
#include "test.h"

#include "io/changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

/* A loop that watches dir, and how often it was told. */
struct told {
    struct mn_log log;
    struct mn_loop *loop;
    struct mn_changes *changes;
    struct mn_timer hand, end;
    int times;
    bool stop; /* at the next */
};

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

static void drop_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log, (void)line, (void)n;
}

static void on_changed(void *owner)
{
    struct told *t = owner;

    t->times++;
    if (t->stop)
        mn_loop_stop(t->loop);
}

static void on_end(struct mn_timer *timer)
{
    mn_loop_stop(mn_container_of(timer, struct told, end)->loop);
}

static void open_told(struct told *t)
{
    char *folders[] = {dir};

    snprintf(dir, sizeof(dir), "/tmp/myna-changes-XXXXXX");
    assert_non_null(mkdtemp(dir));
    assert_int_equal(mkdir(at("below"), 0777), 0);
    put("agent.lua", "one");
    *t = (struct told){.log = {.level = MN_LOG_ERROR, .write = drop_line}};
    assert_int_equal(mn_loop_open(&t->loop, &t->log), 0);
    assert_int_equal(mn_changes_open(&t->changes, t->loop, folders, 1, on_changed, t), 0);
}

static void close_told(struct told *t)
{
    mn_timer_stop(&t->hand);
    mn_timer_stop(&t->end);
    mn_changes_close(t->changes);
    mn_loop_close(t->loop);
    unlink(at("below/new.lua"));
    unlink(at("agent.lua"));
    rmdir(at("below"));
    rmdir(dir);
}

static void run_for(struct told *t, int64_t ms, mn_timer_fn *hand)
{
    mn_timer_start(mn_loop_clock(t->loop), &t->hand, 1, hand);
    mn_timer_start(mn_loop_clock(t->loop), &t->end, ms, on_end);
    mn_loop_run(t->loop);
}

static void save_in_steps(struct mn_timer *timer)
{
    (void)timer;
    put("agent.lua", "");
    put("agent.lua", "half");
    put("agent.lua", "whole");
    put("below/new.lua", "new");
}

static void save_known(struct mn_timer *timer)
{
    put("agent.lua", "known");
    mn_changes_skip(mn_container_of(timer, struct told, hand)->changes);
}

TEST(what_apps_keep_beside_them_is_no_change)
{
    uint64_t before;

    snprintf(dir, sizeof(dir), "/tmp/myna-changes-XXXXXX");
    assert_non_null(mkdtemp(dir));
    put("agent.lua", "one");
    before = sum("");
    put("myna.db", "records");
    put("myna.db-wal", "more");
    assert_true(sum("") == before);
    unlink(at("myna.db"));
    unlink(at("myna.db-wal"));
    unlink(at("agent.lua"));
    rmdir(dir);
}

TEST(what_is_known_already_is_not_told)
{
    struct told t;

    open_told(&t);
    run_for(&t, 100, save_known);
    assert_int_equal(t.times, 0);
    mn_changes_skip(NULL);
    close_told(&t);
}

static void save_nothing(struct mn_timer *timer)
{
    (void)timer;
    put("below/new.lua", "4913");
    unlink(at("below/new.lua"));
    put("agent.lua~", "a copy");
    unlink(at("agent.lua~"));
}

TEST(a_save_in_several_steps_is_told_once_and_soon)
{
    struct told t;
    int64_t began;

    open_told(&t);
    t.stop = true;
    began = mn_clock_now(mn_loop_clock(t.loop));
    run_for(&t, 900, save_in_steps); /* less than the look that needs no event */
    assert_int_equal(t.times, 1);
    assert_in_range(mn_clock_now(mn_loop_clock(t.loop)) - began, 10, 800);
    t.stop = false;
    mn_timer_start(mn_loop_clock(t.loop), &t.end, 100, on_end);
    mn_loop_run(t.loop);
    assert_int_equal(t.times, 1);
    close_told(&t);
}

TEST(what_is_written_and_removed_again_is_no_change)
{
    struct told t;

    open_told(&t);
    run_for(&t, 100, save_nothing);
    assert_int_equal(t.times, 0);
    close_told(&t);
}

static void close_now(void *owner)
{
    struct told *t = owner;

    t->times++;
    mn_changes_close(t->changes);
    t->changes = NULL;
    mn_loop_stop(t->loop);
}

TEST(who_is_told_may_stop_watching)
{
    char *folders[] = {dir};
    struct told t;

    open_told(&t);
    mn_changes_close(t.changes);
    assert_int_equal(mn_changes_open(&t.changes, t.loop, folders, 1, close_now, &t), 0);
    run_for(&t, 900, save_in_steps);
    assert_int_equal(t.times, 1);
    assert_null(t.changes);
    close_told(&t);
}

TEST(a_folder_that_comes_later_is_seen)
{
    char nowhere[128], *folders[] = {nowhere};
    struct told t;

    open_told(&t);
    mn_changes_close(t.changes);
    snprintf(nowhere, sizeof(nowhere), "%s/below/new.lua", dir);
    assert_int_equal(mn_changes_open(&t.changes, t.loop, folders, 1, on_changed, &t), 0);
    t.stop = true;
    run_for(&t, 3000, save_in_steps);
    assert_int_equal(t.times, 1);
    close_told(&t);
}
