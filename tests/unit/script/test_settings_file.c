/* test_settings_file.c - myna.lua as an operator writes it, right and wrong. */
#include "base/err.h"
#include "script/settings_file.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct settings {
    int64_t port, pause;
    bool loud;
    const char *key;
};

static const struct mn_option table[] = {
    {"port", MN_OPT_INT, offsetof(struct settings, port), "8080", 0, 65535, NULL, "a port"},
    {"long-pause", MN_OPT_DURATION, offsetof(struct settings, pause), "1s", 0, 60000, NULL, "ms"},
    {"loud", MN_OPT_BOOL, offsetof(struct settings, loud), "off", 0, 0, NULL, "a switch"},
    {"key", MN_OPT_STR, offsetof(struct settings, key), NULL, 0, 0, NULL, "a secret", true},
    {0},
};

struct read {
    struct settings got;
    struct mn_buf why;
    char path[64];
    int err;
};

static struct read read_page(const char *text)
{
    struct read r = {.path = "/tmp/myna-settings-XXXXXX"};
    int fd = mkstemp(r.path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    assert_int_equal(mn_options_init(table, &r.got), 0);
    r.err = mn_settings_file(r.path, table, &r.got, &r.why);
    unlink(r.path);
    return r;
}

static void done(struct read *r)
{
    mn_options_free(table, &r->got);
    mn_buf_free(&r->why);
}

static void assert_says(const struct read *r, const char *sentence)
{
    assert_int_equal(r->err, MN_ECONFIG);
    assert_non_null(r->why.p);
    assert_non_null(strstr(r->why.p, sentence));
    assert_non_null(strstr(r->why.p, r->path));
}

TEST(a_page_sets_options_by_their_names)
{
    struct read r = read_page("return { port = 9000, long_pause = '700ms', loud = true }");

    assert_int_equal(r.err, 0);
    assert_int_equal(r.got.port, 9000);
    assert_int_equal(r.got.pause, 700);
    assert_true(r.got.loud);
    assert_null(r.got.key);
    done(&r);
}

TEST(a_page_reads_variables_and_names_those_that_are_missing)
{
    struct read r;

    setenv("MYNA_TEST_KEY", "k-1", 1);
    r = read_page("return { key = env 'MYNA_TEST_KEY', port = env('MYNA_TEST_NONE', 7000) }");
    assert_int_equal(r.err, 0);
    assert_string_equal(r.got.key, "k-1");
    assert_int_equal(r.got.port, 7000);
    done(&r);
    r = read_page("return {\n key = env 'MYNA_TEST_NONE' }");
    assert_says(&r, ":2: the variable MYNA_TEST_NONE is not set");
    done(&r);
}

TEST(every_wrong_value_is_told_with_its_bounds_or_a_suggestion)
{
    struct read r = read_page("return { port = 70000, lod = true, long_pause = {} }");

    assert_says(&r, "port: expected 0..65535, got '70000'");
    assert_says(&r, "unknown option 'lod' (did you mean 'loud'?)");
    assert_says(&r, "long_pause: expected a string, number or boolean");
    done(&r);
}

TEST(a_page_that_is_no_page_is_told_with_its_line)
{
    struct read r = read_page("return {\n port = \n");

    assert_says(&r, ":3: ");
    done(&r);
    r = read_page("x = 1");
    assert_says(&r, "it must return a table of options");
    done(&r);
}

TEST(a_page_reaches_nothing_and_ends)
{
    struct read r = read_page("return { port = os.time() }");

    assert_says(&r, "os");
    done(&r);
    r = read_page("while true do end");
    assert_says(&r, "it runs too long");
    done(&r);
}

TEST(a_page_that_is_not_there_is_no_mistake_of_the_page)
{
    struct settings s;
    struct mn_buf why = {0};

    assert_int_equal(mn_settings_file("/nowhere/myna.lua", table, &s, &why), -ENOENT);
    assert_int_equal(why.n, 0);
}
