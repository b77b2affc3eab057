/* test_page.c - what workers share, what a process inherits, and whose a call is. */
#include "base/err.h"
#include "call/inherit.h"
#include "call/owner.h"
#include "call/page.h"
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TEST(the_last_place_is_given_once)
{
    struct mn_page *p;

    assert_int_equal(mn_page_open(&p, NULL), 0);
    assert_true(mn_page_take(p, 0, 0, 3));
    assert_true(mn_page_take(p, 7, 0, 3));
    assert_true(mn_page_take(p, 0, 1, 3));
    assert_false(mn_page_take(p, 7, 1, 3));
    assert_int_equal(mn_page_calls(p), 3); /* the one that was refused is not counted */
    mn_page_set(p, 0, 1);
    assert_true(mn_page_take(p, 7, 1, 3));
    mn_page_close(p);
}

TEST(calls_of_a_worker_that_died_are_wiped)
{
    struct mn_page *p;

    assert_int_equal(mn_page_open(&p, NULL), 0);
    assert_true(mn_page_take(p, 3, 41, 100));
    mn_page_wipe(p, 3, 1);
    assert_int_equal(mn_page_calls(p), 0);
    mn_page_close(p);
}

TEST(numbers_are_claimed_until_all_are_taken)
{
    struct mn_page *p;

    assert_int_equal(mn_page_open(&p, NULL), 0);
    for (int i = 0; i < MN_PAGE_WORKERS; i++)
        assert_int_equal(mn_page_claim(p, 9), i);
    assert_int_equal(mn_page_claim(p, 9), MN_EFULL);
    mn_page_wipe(p, 5, 0);
    assert_int_equal(mn_page_claim(p, 9), 5);
    mn_page_close(p);
}

TEST(another_process_sees_the_same_page_and_no_other_files)
{
    struct mn_page *mine, *theirs;
    int fd, other = open("/dev/null", O_RDONLY);

    assert_int_equal(mn_page_open(&mine, &fd), 0);
    assert_int_equal(mn_page_map(&theirs, fd), 0);
    mn_page_set(mine, 2, 17);
    assert_int_equal(mn_page_calls(theirs), 17);
    mine->magic++; /* as of another version */
    mn_page_close(theirs);
    assert_int_equal(mn_page_map(&theirs, fd), MN_EPROTOCOL);
    assert_null(theirs);
    assert_int_equal(mn_page_map(&theirs, other), MN_EPROTOCOL);
    mn_page_close(mine);
    close(fd);
    close(other);
}

static int inherit(const char *text, struct mn_inherited *out)
{
    assert_int_equal(setenv("MYNA_WORKER", text, 1), 0);
    return mn_inherit_worker(out);
}

TEST(what_is_written_for_a_worker_is_what_it_reads)
{
    struct mn_inherited it = {.number = 5,
                              .generation = 7,
                              .channel = 50,
                              .page = 51,
                              .commons = 57,
                              .snapshot = 52,
                              .listeners = {53, 54},
                              .nlisteners = 2,
                              .folder = "/tmp/myna-x"};
    struct mn_inherited read;
    struct mn_buf text = {0};

    assert_int_equal(mn_inherit_write(&it, true, &text), 0);
    assert_int_equal(inherit(text.p + strlen("MYNA_WORKER="), &read), 0);
    assert_memory_equal(&it, &read, sizeof(it));
    assert_null(getenv("MYNA_WORKER")); /* not for those whom it starts */
    assert_int_equal(mn_inherit_worker(&read), MN_EABSENT);
    mn_buf_free(&text);
}

TEST(what_is_no_inheritance_is_refused)
{
    static const char *const all[] = {"",
                                      "1",
                                      "64 1 3 4 8 5 /x 1 6",
                                      "-1 1 3 4 8 5 /x 1 6",
                                      "0 1 3 4 8 5 /x 0",
                                      "0 1 3 4 8 5 /x 65 6",
                                      "0 1 3 4 8 5 /x 2 6",
                                      "0 1 3 4 8 5 /x 1 -6"};
    struct mn_inherited read;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        assert_int_equal(inherit(all[i], &read), MN_EPROTOCOL);
}

TEST(an_id_names_its_worker)
{
    static const struct {
        const char *id;
        int owner;
    } all[] = {{"sess_0_abc", 0},  {"sess_63_abc", 63},
               {"sess_abc", -1},   {"sess__abc", -1},
               {"sess_7", -1},     {"", -1},
               {"conv_1_abc", -1}, {"sess_99999999999999_a", -1}};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        assert_int_equal(mn_owner_of(mn_str(all[i].id)), all[i].owner);
}
