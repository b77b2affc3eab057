/* test_keeping.c - a worker's records on a real disk, loop and lane: kept, told, and let go. */
#include "base/err.h"
#include "call/worker_parts.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mn_settings settings;
static struct mn_log log_;
static struct mn_worker *worker;
static struct mn_buf why, logged, answer;
static char folder[64], path[96];
static int answers, last_err;

static void keep_line(struct mn_log *log, const char *line, size_t n)
{
    (void)log;
    mn_buf_add(&logged, line, n);
}

static void close_upstream(struct mn_upstream *u)
{
    free(u);
}

static int no_upstream(struct mn_upstream **out, struct mn_loop *loop, const struct mn_settings *s,
                       const char *address)
{
    (void)loop, (void)s, (void)address;
    *out = calloc(1, sizeof(**out));
    assert_non_null(*out);
    (*out)->close = close_upstream;
    return 0;
}

static int open_worker(const char *app)
{
    static char *paths[1];

    log_ = (struct mn_log){.level = MN_LOG_INFO, .write = keep_line};
    mn_buf_clear(&why);
    paths[0] = (char *)app;
    settings.store = path;
    return mn_worker_open(
        &worker,
        &(struct mn_worker_settings){
            .settings = &settings, .paths = paths, .npaths = 1, .upstream = no_upstream},
        &log_, &why);
}

static void begin(void)
{
    strcpy(folder, "/tmp/myna-keep-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/myna.db", folder);
    assert_int_equal(mn_options_init(mn_settings_table, &settings), 0);
    free((char *)settings.store);
    answers = 0;
}

static void end(void)
{
    char command[128];

    mn_worker_close(worker);
    worker = NULL;
    settings.store = NULL;
    mn_options_free(mn_settings_table, &settings);
    mn_buf_free(&why);
    mn_buf_free(&logged);
    mn_buf_free(&answer);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void on_kept(void *owner, int err, struct mn_str text)
{
    (void)owner;
    answers++;
    last_err = err;
    mn_buf_clear(&answer);
    mn_buf_add_str(&answer, text);
}

static void *ask(const char *word, const char *id, const char *record)
{
    void *op = NULL;
    char own[16]; /* gone when it returns: what is asked is copied */

    strcpy(own, id);
    assert_int_equal(worker->world.keep(worker->world.owner,
                                        &(struct mn_keep_ask){.app = MN_STR("Keeper"),
                                                              .store = MN_STR("leads"),
                                                              .word = mn_str(word),
                                                              .id = mn_str(own),
                                                              .record = mn_str(record)},
                                        on_kept, NULL, &op),
                     0);
    memset(own, 'x', sizeof(own));
    return op;
}

static void wait_for(int n)
{
    while (answers < n)
        mn_loop_turn(worker->loop);
}

TEST(what_a_worker_keeps_is_there_for_the_next)
{
    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    ask("add", "a", "{\"x\":1}");
    wait_for(1);
    assert_int_equal(last_err, 0);
    mn_worker_close(worker);
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    ask("get", "a", NULL);
    wait_for(2);
    assert_non_null(strstr(answer.p, "{\"x\":1,\"id\":\"a\","));
    end();
}

TEST(a_record_gets_an_id_nobody_can_guess)
{
    char first[32];

    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    ask("add", "", "{}");
    wait_for(1);
    assert_int_equal(sscanf(answer.p, "{\"id\":\"rec_%20[0-9a-z]\"", first), 1);
    ask("add", "", "{}");
    wait_for(2);
    assert_null(strstr(answer.p, first));
    end();
}

TEST(who_left_is_not_told_and_what_they_asked_is_done)
{
    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    worker->world.keep_cancel(worker->world.owner, ask("add", "a", "{\"x\":1}"));
    ask("get", "a", NULL);
    wait_for(1);
    assert_non_null(strstr(answer.p, "\"x\":1"));
    assert_int_equal(answers, 1);
    end();
}

TEST(what_was_asked_before_the_end_is_kept)
{
    char id[16];

    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    for (int i = 0; i < 20; i++) {
        snprintf(id, sizeof(id), "%d", i);
        ask("add", id, "{}");
    }
    mn_worker_close(worker);
    assert_int_equal(answers, 20);
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    ask("get", "19", NULL);
    wait_for(21);
    assert_non_null(strstr(answer.p, "\"id\":\"19\""));
    end();
}

TEST(past_so_many_questions_the_next_is_refused)
{
    void *op;

    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    for (int i = 0; i < 1000; i++)
        ask("get", "a", NULL);
    assert_int_equal(worker->world.keep(worker->world.owner,
                                        &(struct mn_keep_ask){.word = MN_STR("get")}, on_kept, NULL,
                                        &op),
                     MN_EFULL);
    wait_for(1000);
    assert_string_equal(answer.p, "null");
    end();
}

static void *search(const char *question)
{
    void *op = NULL;

    assert_int_equal(
        worker->world.search(worker->world.owner, worker->apps.list[0],
                             &(struct mn_search_ask){MN_STR("knowledge/*.md"), mn_str(question), 3},
                             on_kept, NULL, &op),
        0);
    return op;
}

static int indexes(void)
{
    int n = 0;

    for (struct mn_list *l = worker->indexes.next; l != &worker->indexes; l = l->next)
        n++;
    return n;
}

TEST(texts_are_searched_on_the_lane_and_an_index_is_made_once)
{
    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    search("What is a crown?");
    search("zebra");
    wait_for(2);
    assert_int_equal(last_err, 0);
    assert_string_equal(answer.p, "[]");
    search("crown");
    wait_for(3);
    assert_non_null(strstr(answer.p, "\"path\":\"knowledge/prices.md\",\"title\":\"Prices\""));
    assert_int_equal(indexes(), 1);
    end();
}

TEST(an_index_goes_when_its_app_is_served_no_more)
{
    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    search("crown");
    wait_for(1);
    assert_int_equal(mn_worker_reload(worker, &why), 0);
    search("crown"); /* of the new one */
    wait_for(2);
    assert_int_equal(indexes(), 1);
    assert_non_null(strstr(answer.p, "prices.md"));
    end();
}

TEST(who_searched_and_left_is_not_told)
{
    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/keeper"), 0);
    worker->world.keep_cancel(worker->world.owner, search("crown"));
    search("zebra");
    wait_for(1);
    assert_string_equal(answer.p, "[]");
    end();
    assert_int_equal(answers, 1);
}

TEST(a_worker_without_stores_makes_no_file)
{
    begin();
    assert_int_equal(open_worker(MN_TEST_APPS "/desk"), 0);
    assert_int_equal(access(path, F_OK), -1);
    end();
}

TEST(a_worker_whose_store_cannot_be_opened_says_which_option)
{
    begin();
    strcat(path, "/no/such");
    assert_true(open_worker(MN_TEST_APPS "/keeper") != 0);
    assert_non_null(strstr(why.p, "--store /tmp/myna-keep-"));
    assert_non_null(strstr(why.p, ": No"));
    end();
}
