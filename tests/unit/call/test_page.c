/* test_page.c - what workers share, what a process inherits, and whose a call is. */
#include "base/err.h"
#include "call/folder.h"
#include "call/inherit.h"
#include "call/owner.h"
#include "call/page.h"
#include "call/pages.h"
#include "test.h"

#include <dirent.h>
#include <errno.h>
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

TEST(calls_are_numbered_in_their_order_from_one)
{
    struct mn_page *p;

    assert_int_equal(mn_page_open(&p, NULL), 0);
    assert_int_equal(mn_page_number(p), 1);
    mn_page_wipe(p, 0, 1); /* a worker that died takes none back */
    assert_int_equal(mn_page_number(p), 2);
    mn_page_close(p);
}

/* What of these pages comes first, as the numbers of the calls; then the last, and "+" for more. */
static void assert_merged(const char *const *list, int64_t limit, const char *expected)
{
    struct mn_pages pages = {0};
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);
    int64_t last;
    bool more;

    for (; *list != NULL; list++)
        mn_pages_add(&pages, mn_str(*list));
    mn_write_open(&out, NULL, '[');
    last = mn_pages_write(&pages, limit, &out, &more);
    mn_write_close(&out);
    mn_buf_addf(&json, " %lld%s", (long long)last, more ? "+" : "");
    assert_string_equal(json.p, expected);
    mn_buf_free(&json);
    mn_pages_free(&pages);
}

TEST(pages_of_workers_are_one_list_by_number)
{
    static const char *const all[] = {
        "{\"data\":[{\"number\":1},{\"number\":4},{\"number\":6}],\"has_more\":false}",
        "{\"data\":[],\"has_more\":false}", "this is no page",
        "{\"data\":[{\"number\":2},{\"number\":3},{\"number\":7}],\"has_more\":false}", NULL};
    static const char *const longer[] = {"{\"data\":[{\"number\":5}],\"has_more\":true}",
                                         "{\"data\":[{\"number\":2}],\"has_more\":false}", NULL};
    static const char *const none[] = {NULL};

    assert_merged(all, 6,
                  "[{\"number\":1},{\"number\":2},{\"number\":3},{\"number\":4},{\"number\":6},"
                  "{\"number\":7}] 7");
    assert_merged(all, 5,
                  "[{\"number\":1},{\"number\":2},{\"number\":3},{\"number\":4},{\"number\":6}]"
                  " 6+");
    assert_merged(all, 1, "[{\"number\":1}] 1+");
    assert_merged(longer, 2, "[{\"number\":2},{\"number\":5}] 5+");
    assert_merged(none, 20, "[] 0");
}

/* How many folders of servers lie there. */
static int count_folders(const char *in)
{
    DIR *all = opendir(in);
    const struct dirent *one;
    int n = 0;

    assert_non_null(all);
    while ((one = readdir(all)) != NULL)
        n += one->d_name[0] != '.';
    closedir(all);
    return n;
}

TEST(a_folder_is_removed_once_no_master_has_it)
{
    char root[] = "/tmp/myna-unit-XXXXXX", kept[MN_INHERIT_FOLDER], dead[MN_INHERIT_FOLDER],
         next[MN_INHERIT_FOLDER];
    int kept_fd, shared_fd, dead_fd, next_fd;
    const char *in;

    assert_non_null(mkdtemp(root));
    assert_int_equal(setenv("XDG_RUNTIME_DIR", root, 1), 0);
    assert_int_equal(mn_folder_make(kept, &kept_fd, &in), 0);
    assert_string_equal(in, root);
    assert_int_equal(mn_folder_make(dead, &dead_fd, &in), 0);
    close(dead_fd); /* as when it was killed */
    assert_int_equal(mn_folder_make(next, &next_fd, &in), 0);
    assert_int_equal(count_folders(root), 2);
    assert_int_equal(access(dead, F_OK), -1);
    assert_int_equal(mn_folder_share(kept, &shared_fd), 0); /* an upgrade */
    mn_folder_leave(kept, kept_fd);
    assert_int_equal(access(kept, F_OK), 0);
    mn_folder_leave(kept, shared_fd);
    mn_folder_leave(next, next_fd);
    assert_int_equal(count_folders(root), 0);
    assert_int_equal(mn_folder_share(kept, &shared_fd), -ENOENT);
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
    assert_int_equal(rmdir(root), 0);
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
