/* test_records.c - records on real SQLite: the words, the bounds at their edge, files that cannot
 * be used, and what stays when a process goes. */
#include "base/err.h"
#include "store/records.h"
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct mn_records *records;
static struct mn_buf out, why;
static char folder[64], path[96];
static int64_t wall_s;

static void open_memory(void)
{
    wall_s = 1000;
    assert_int_equal(mn_records_open(&records, &(struct mn_records_settings){0}, &why), 0);
}

static int open_file(int64_t max_bytes)
{
    mn_buf_clear(&why);
    return mn_records_open(
        &records,
        &(struct mn_records_settings){.path = path, .max_bytes = max_bytes, .busy_ms = 10}, &why);
}

static void make_folder(void)
{
    wall_s = 1000;
    strcpy(folder, "/tmp/myna-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/myna.db", folder);
}

static void close_all(void)
{
    char command[128];

    mn_records_close(records);
    records = NULL;
    mn_buf_free(&out);
    mn_buf_free(&why);
    if (folder[0] != '\0') {
        snprintf(command, sizeof(command), "rm -r '%s'", folder);
        assert_int_equal(system(command), 0);
    }
    folder[0] = '\0';
}

static int ask_of(const char *app, const char *word, const char *id, const char *record,
                  const char *query)
{
    mn_buf_clear(&out);
    return mn_records_do(records,
                         &(struct mn_keep_ask){.app = mn_str(app),
                                               .store = MN_STR("leads"),
                                               .word = mn_str(word),
                                               .id = mn_str(id),
                                               .record = mn_str(record),
                                               .query = mn_str(query),
                                               .fresh_id = MN_STR("fresh"),
                                               .wall_s = wall_s},
                         &out);
}

static int ask(const char *word, const char *id, const char *record)
{
    return ask_of("shop", word, id, record, NULL);
}

static int incr(const char *id, const char *field, const char *by)
{
    char query[128];

    snprintf(query, sizeof(query), "{\"field\":\"%s\",\"by\":\"%s\"}", field, by);
    return ask_of("shop", "incr", id, NULL, query);
}

/* Whose ids a query finds, joined. */
static const char *found(const char *query)
{
    static char ids[256];
    const char *at;

    ids[0] = '\0';
    assert_int_equal(ask_of("shop", "find", NULL, NULL, query), 0);
    for (at = out.p; (at = strstr(at, "\"id\":\"")) != NULL;) {
        at += strlen("\"id\":\"");
        strncat(ids, at, strcspn(at, "\""));
    }
    return ids;
}

static void says(const char *text)
{
    assert_string_equal(out.p, text);
}

TEST(a_record_is_added_read_written_and_removed)
{
    open_memory();
    assert_int_equal(ask("add", "a", "{\"name\":\"Sam\"}"), 0);
    says("{\"name\":\"Sam\",\"id\":\"a\",\"created_at\":1000,\"updated_at\":1000}");
    wall_s = 1060;
    assert_int_equal(ask("set", "a", "{}"), 0);
    says("{\"id\":\"a\",\"created_at\":1000,\"updated_at\":1060}");
    assert_int_equal(ask("get", "a", NULL), 0);
    says("{\"id\":\"a\",\"created_at\":1000,\"updated_at\":1060}");
    assert_int_equal(ask("remove", "a", NULL), 0);
    says("true");
    assert_int_equal(ask("remove", "a", NULL), 0);
    says("false");
    assert_int_equal(ask("get", "a", NULL), 0);
    says("null");
    close_all();
}

TEST(a_record_without_an_id_gets_one_and_an_id_is_given_once)
{
    open_memory();
    assert_int_equal(ask("add", NULL, "{}"), 0);
    says("{\"id\":\"fresh\",\"created_at\":1000,\"updated_at\":1000}");
    assert_int_equal(ask("add", "fresh", "{\"x\":1}"), -EEXIST);
    says("there is a record with this id already");
    assert_int_equal(ask("set", "new", "{}"), 0);
    close_all();
}

TEST(apps_do_not_see_each_others_records)
{
    open_memory();
    assert_int_equal(ask("add", "a", "{}"), 0);
    assert_int_equal(ask_of("desk", "get", "a", NULL, NULL), 0);
    says("null");
    assert_int_equal(ask_of("desk", "find", NULL, NULL, "{}"), 0);
    says("[]");
    assert_int_equal(ask_of("desk", "remove", "a", NULL, NULL), 0);
    says("false");
    close_all();
}

TEST(values_come_back_as_they_went_in)
{
    open_memory();
    assert_int_equal(ask("add", "a", "{\"big\":9007199254740993,\"s\":\"it's \\\"q\\\" \\u00e9\"}"),
                     0);
    assert_int_equal(ask("get", "a", NULL), 0);
    assert_non_null(strstr(out.p, "\"big\":9007199254740993,\"s\":\"it's \\\"q\\\" \\u00e9\","));
    assert_int_equal(ask("add", "o'; DROP TABLE record; --", "{}"), 0);
    assert_int_equal(ask("get", "o'; DROP TABLE record; --", NULL), 0);
    assert_non_null(strstr(out.p, "DROP TABLE record"));
    close_all();
}

TEST(counting_begins_at_nothing_and_never_breaks_a_field)
{
    open_memory();
    assert_int_equal(incr("a", "calls", "1"), 0);
    says("1");
    assert_int_equal(incr("a", "calls", "2"), 0);
    says("3");
    assert_int_equal(incr("a", "hours", "-0.5"), 0);
    says("-0.5");
    assert_int_equal(ask("set", "b", "{\"name\":\"Sam\",\"on\":true}"), 0);
    assert_int_equal(incr("b", "name", "1"), MN_EPROTOCOL);
    says("incr: the field holds no number");
    assert_int_equal(incr("b", "on", "1"), MN_EPROTOCOL);
    assert_int_equal(incr("b", "a.b", "1"), MN_EPROTOCOL);
    assert_int_equal(incr("b", "a\\\"b", "1"), MN_EPROTOCOL);
    assert_int_equal(ask("get", "b", NULL), 0);
    says("{\"name\":\"Sam\",\"on\":true,\"id\":\"b\",\"created_at\":1000,\"updated_at\":1000}");
    close_all();
}

static void fill(void)
{
    open_memory();
    ask("add", "a", "{\"n\":1,\"name\":\"Ann\",\"on\":true,\"at\":{\"city\":\"York\"}}");
    wall_s = 1010;
    ask("add", "b", "{\"n\":2.5,\"name\":\"Bob\",\"on\":false}");
    wall_s = 1020;
    ask("add", "c", "{\"n\":\"1\",\"name\":\"Cy\",\"at\":{\"city\":\"Hull\"}}");
    ask("add", "d", "{\"n\":10}");
}

TEST(records_are_found_by_what_they_hold)
{
    fill();
    assert_string_equal(found("{}"), "abcd");
    assert_string_equal(found("{\"where\":[[\"n\",\"=\",\"1\"]]}"), "a");
    assert_string_equal(found("{\"where\":[[\"n\",\"=\",\"1.0\"]]}"), "a");
    assert_string_equal(found("{\"where\":[[\"n\",\"=\",\"\\\"1\\\"\"]]}"), "c");
    assert_string_equal(found("{\"where\":[[\"n\",\"~=\",\"1\"]]}"), "bcd");
    assert_string_equal(found("{\"where\":[[\"n\",\">\",\"1\"]]}"), "bd");
    assert_string_equal(found("{\"where\":[[\"n\",\">=\",\"1\"],[\"n\",\"<\",\"10\"]]}"), "ab");
    assert_string_equal(found("{\"where\":[[\"n\",\"<=\",\"2.5\"]]}"), "ab");
    assert_string_equal(found("{\"where\":[[\"name\",\">\",\"\\\"Ann\\\"\"]]}"), "bc");
    assert_string_equal(found("{\"where\":[[\"at.city\",\"=\",\"\\\"Hull\\\"\"]]}"), "c");
    close_all();
}

TEST(true_false_and_nothing_are_no_numbers)
{
    fill();
    assert_string_equal(found("{\"where\":[[\"on\",\"=\",\"true\"]]}"), "a");
    assert_string_equal(found("{\"where\":[[\"on\",\"=\",\"1\"]]}"), "");
    assert_string_equal(found("{\"where\":[[\"on\",\"~=\",\"true\"]]}"), "bcd");
    assert_string_equal(found("{\"where\":[[\"on\",\"=\",\"null\"]]}"), "cd");
    assert_string_equal(found("{\"where\":[[\"on\",\"~=\",\"null\"]]}"), "ab");
    assert_int_equal(ask_of("shop", "find", NULL, NULL, "{\"where\":[[\"on\",\"<\",\"true\"]]}"),
                     MN_EPROTOCOL);
    close_all();
}

TEST(records_are_found_by_id_and_times_and_in_an_order)
{
    fill();
    assert_string_equal(found("{\"where\":[[\"id\",\"=\",\"\\\"b\\\"\"]]}"), "b");
    assert_string_equal(found("{\"where\":[[\"created_at\",\">=\",\"1010\"]]}"), "bcd");
    assert_string_equal(found("{\"descending\":true,\"limit\":2}"), "dc");
    assert_string_equal(found("{\"order\":\"name\",\"limit\":3}"), "dab");
    assert_string_equal(found("{\"order\":\"n\"}"), "abdc");
    assert_string_equal(found("{\"order\":\"created_at\",\"descending\":true}"), "dcba");
    close_all();
}

TEST(a_query_is_never_taken_for_sql)
{
    fill();
    assert_int_equal(
        ask_of("shop", "find", NULL, NULL, "{\"where\":[[\"n') OR 1 --\",\"=\",\"1\"]]}"),
        MN_EPROTOCOL);
    assert_int_equal(ask_of("shop", "find", NULL, NULL, "{\"order\":\"n; DROP TABLE record\"}"),
                     MN_EPROTOCOL);
    assert_int_equal(ask_of("shop", "find", NULL, NULL, "{\"where\":[[\"n\",\"OR\",\"1\"]]}"),
                     MN_EPROTOCOL);
    assert_string_equal(found("{\"where\":[[\"name\",\"=\",\"\\\"' OR 1 --\\\"\"]]}"), "");
    assert_string_equal(found("{}"), "abcd");
    close_all();
}

TEST(a_record_an_id_and_a_query_have_their_bounds)
{
    static char text[MN_RECORD_BYTES + 2];
    struct mn_buf query = {0};

    open_memory();
    memset(text, ' ', MN_RECORD_BYTES + 1);
    text[0] = '{';
    text[MN_RECORD_BYTES - 1] = '}';
    text[MN_RECORD_BYTES] = '\0';
    assert_int_equal(ask("add", "a", text), 0);
    text[MN_RECORD_BYTES] = ' ';
    assert_int_equal(ask("add", "b", text), MN_ELIMIT);
    says("the record is over 64 KB");
    assert_int_equal(incr("a", "n", "1"), MN_EPROTOCOL); /* it is full */
    memset(text, 'x', MN_RECORD_ID_BYTES);
    text[MN_RECORD_ID_BYTES] = '\0';
    assert_int_equal(ask("add", text, "{}"), 0);
    text[MN_RECORD_ID_BYTES] = 'x';
    text[MN_RECORD_ID_BYTES + 1] = '\0';
    assert_int_equal(ask("add", text, "{}"), MN_ELIMIT);
    for (int n = MN_RECORD_CONDITIONS; n <= MN_RECORD_CONDITIONS + 1; n++) {
        mn_buf_clear(&query);
        mn_buf_add_text(&query, "{\"where\":[[\"n\",\"~=\",\"0\"]");
        for (int i = 1; i < n; i++)
            mn_buf_addf(&query, ",[\"n%d\",\"~=\",\"0\"]", i);
        mn_buf_add_text(&query, "],\"order\":\"n\"}");
        assert_int_equal(ask_of("shop", "find", NULL, NULL, query.p),
                         n == MN_RECORD_CONDITIONS ? 0 : MN_ELIMIT);
    }
    mn_buf_free(&query);
    close_all();
}

TEST(what_is_found_has_a_bound)
{
    static char text[32 * 1024];
    char id[16];

    open_memory();
    snprintf(text, sizeof(text), "{\"text\":\"%*s\"}", (int)sizeof(text) - 100, "");
    for (int i = 0; i < 17; i++) {
        snprintf(id, sizeof(id), "%d", i);
        assert_int_equal(ask("add", id, text), 0);
    }
    assert_int_equal(ask_of("shop", "find", NULL, NULL, "{\"limit\":16}"), 0);
    assert_int_equal(ask_of("shop", "find", NULL, NULL, "{}"), MN_ELIMIT);
    says("find: over 512 KB were found; ask for fewer (limit)");
    close_all();
}

TEST(records_outlive_the_process_that_is_killed)
{
    int status;
    pid_t child;

    make_folder();
    child = fork();
    if (child == 0) {
        if (open_file(0) == 0 && ask("add", "a", "{\"x\":1}") == 0)
            kill(getpid(), 9); /* nothing is closed */
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(open_file(0), 0);
    assert_int_equal(ask("get", "a", NULL), 0);
    assert_non_null(strstr(out.p, "\"x\":1"));
    close_all();
}

TEST(the_file_is_for_its_owner_only)
{
    struct stat is;

    make_folder();
    umask(0);
    assert_int_equal(open_file(0), 0);
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0600);
    umask(022);
    close_all();
}

static void beside(sqlite3 *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

TEST(who_waits_too_long_for_another_process_is_told)
{
    sqlite3 *other;

    make_folder();
    assert_int_equal(open_file(0), 0);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    beside(other, "BEGIN IMMEDIATE");
    assert_int_equal(ask("add", "a", "{}"), MN_ETIMEOUT);
    says("another process holds the store's file");
    assert_int_equal(ask("get", "a", NULL), 0); /* reading waits for nobody */
    beside(other, "COMMIT");
    assert_int_equal(ask("add", "a", "{}"), 0);
    sqlite3_close(other);
    close_all();
}

TEST(two_processes_may_have_one_file)
{
    struct mn_records *other;

    make_folder();
    assert_int_equal(open_file(0), 0);
    other = records;
    assert_int_equal(open_file(0), 0);
    assert_int_equal(ask("add", "a", "{}"), 0);
    mn_records_close(records);
    records = other;
    assert_int_equal(ask("get", "a", NULL), 0);
    assert_non_null(strstr(out.p, "\"id\":\"a\""));
    close_all();
}

TEST(a_store_that_is_full_says_so_and_goes_on)
{
    static char text[32 * 1024];
    char id[16];
    int err = 0;

    make_folder();
    assert_int_equal(open_file(256 * 1024), 0);
    snprintf(text, sizeof(text), "{\"text\":\"%*s\"}", (int)sizeof(text) - 100, "");
    for (int i = 0; i < 20 && err == 0; i++) {
        snprintf(id, sizeof(id), "%d", i);
        err = ask("add", id, text);
    }
    assert_int_equal(err, MN_EFULL);
    says("the store is full (--store-size), or its disk is");
    assert_int_equal(ask("remove", "0", NULL), 0);
    assert_int_equal(ask("add", "small", "{}"), 0);
    close_all();
}

static void write_file(const char *text, size_t n)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    fclose(file);
}

TEST(a_file_that_is_no_store_is_left_alone)
{
    sqlite3 *other;

    make_folder();
    write_file("this is my diary, and not a database of anybody's at all, dear reader\n", 70);
    assert_int_equal(open_file(0), -EIO);
    assert_string_equal(why.p, "the store's file is no SQLite database");
    unlink(path);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    beside(other, "CREATE TABLE diary (day)");
    assert_int_equal(open_file(0), MN_ECONFIG);
    assert_string_equal(why.p, "it is a database of another program's");
    beside(other, "PRAGMA user_version = 2");
    assert_int_equal(open_file(0), MN_ECONFIG);
    assert_string_equal(why.p, "it was written by a newer version of Myna");
    sqlite3_close(other);
    close_all();
}

TEST(a_store_that_cannot_be_opened_says_why)
{
    make_folder();
    strcat(path, "/no/such");
    assert_true(open_file(0) != 0);
    assert_string_equal(why.p, "No such file or directory");
    close_all();
}
