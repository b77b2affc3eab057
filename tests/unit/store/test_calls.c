/* test_calls.c - calls in their file: whole, under way, crashed, old, and too many. */
#include "base/err.h"
#include "base/json.h"
#include "store/calls.h"
#include "test.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[96];
static struct mn_calls *calls;
static struct mn_list rows;
static struct mn_buf why, told;
static int ntold;

static int open_calls(struct mn_calls **out, int busy_ms, bool read_only)
{
    mn_buf_clear(&why);
    return mn_calls_open(
        out,
        &(struct mn_calls_settings){
            .path = path, .max_bytes = 1 << 20, .busy_ms = busy_ms, .read_only = read_only},
        &why);
}

static void begin(void)
{
    strcpy(folder, "/tmp/myna-calls-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/calls.db", folder);
    mn_list_init(&rows);
    assert_int_equal(open_calls(&calls, 1000, false), 0);
}

static void free_rows(void)
{
    while (!mn_list_empty(&rows))
        mn_calls_row_free(mn_container_of(rows.next, struct mn_calls_row, place));
}

static void end(void)
{
    char command[128];

    free_rows();
    mn_calls_close(calls);
    mn_buf_free(&why);
    mn_buf_free(&told);
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void add(const struct mn_calls_row *given)
{
    struct mn_calls_row *row = mn_calls_row_new(given);

    assert_non_null(row);
    mn_list_append(&rows, &row->place);
}

static void add_begin(const char *call, const char *app, int64_t at_ms)
{
    add(&(struct mn_calls_row){.what = MN_CALLS_BEGIN,
                               .call = mn_str(call),
                               .at_ms = at_ms,
                               .n = 3,
                               .texts = {[MN_CALLS_APP] = mn_str(app),
                                         [MN_CALLS_CHANNEL] = MN_STR("websocket"),
                                         [MN_CALLS_FROM] = MN_STR("192.0.2.7"),
                                         [MN_CALLS_AGENT] = MN_STR("Ann")}});
}

static void add_item(const char *call, const char *id, int64_t place, const char *body)
{
    add(&(struct mn_calls_row){
        .what = MN_CALLS_ITEM,
        .call = mn_str(call),
        .at_ms = 2000 + place,
        .n = place,
        .texts = {[MN_CALLS_ID] = mn_str(id), [MN_CALLS_BODY] = mn_str(body)}});
}

static void add_event(const char *call, int64_t n, const char *name, const char *body)
{
    add(&(struct mn_calls_row){.what = MN_CALLS_EVENT,
                               .call = mn_str(call),
                               .at_ms = 3000 + n,
                               .n = n,
                               .texts = {[MN_CALLS_NAME] = mn_str(name),
                                         [MN_CALLS_AGENT] = MN_STR("Ann"),
                                         [MN_CALLS_BODY] = mn_str(body)}});
}

static void add_end(const char *call, int64_t at_ms)
{
    add(&(struct mn_calls_row){.what = MN_CALLS_END,
                               .call = mn_str(call),
                               .at_ms = at_ms,
                               .code = 1000,
                               .texts = {[MN_CALLS_OUTCOME] = MN_STR("completed"),
                                         [MN_CALLS_REASON] = MN_STR("hung up"),
                                         [MN_CALLS_USAGE] = MN_STR("{\"cost_usd\":0.5}"),
                                         [MN_CALLS_AGENT] = MN_STR("Ben")}});
}

static void write_rows(void)
{
    mn_buf_clear(&why);
    assert_int_equal(mn_calls_write(calls, &rows, &why), 0);
    free_rows();
}

static int keep(void *owner, struct mn_str json)
{
    struct mn_json *v;

    (void)owner;
    assert_int_equal(mn_json_parse(&v, json, &mn_json_frame, NULL), 0);
    mn_json_free(v);
    mn_buf_add_str(&told, json);
    mn_buf_add_byte(&told, '\n');
    ntold++;
    return told.err;
}

static const char *read_with(struct mn_calls *c, const struct mn_calls_wanted *wanted)
{
    mn_buf_clear(&told);
    ntold = 0;
    assert_int_equal(mn_calls_read(c, wanted, keep, NULL, &why), 0);
    return told.n > 0 ? told.p : "";
}

static const char *read_call(const char *id)
{
    return read_with(calls, &(struct mn_calls_wanted){.id = mn_str(id), .whole = true});
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no '%s' in '%s'", part, text);
}

TEST(a_call_is_read_as_it_was_written)
{
    begin();
    add_begin("sess_1", "dental", 1000);
    add_item("sess_1", "item_b", 1, "{\"id\":\"item_b\",\"text\":\"Hel\"}");
    add_item("sess_1", "item_b", 7, "{\"id\":\"item_b\",\"text\":\"Hello\"}");
    add_event("sess_1", 0, "agent_start", "{}");
    add_event("sess_1", 1, "agent_tool_end", "{\"tool\":\"find\",\"seconds\":0.5}");
    add_end("sess_1", 4500);
    write_rows();
    assert_string_equal(
        read_call("sess_1"),
        "{\"id\":\"sess_1\",\"app\":\"dental\",\"generation\":3,\"channel\":\"websocket\","
        "\"from\":\"192.0.2.7\",\"to\":\"\",\"began_ms\":1000,\"ended_ms\":4500,\"seconds\":3.5,"
        "\"outcome\":\"completed\",\"reason\":\"hung up\",\"code\":1000,\"agent\":\"Ben\","
        "\"usage\":{\"cost_usd\":0.5},"
        "\"items\":[{\"at_ms\":2001,\"id\":\"item_b\",\"text\":\"Hello\"}],"
        "\"events\":[{\"at_ms\":3000,\"event\":\"agent_start\",\"agent\":\"Ann\"},"
        "{\"at_ms\":3001,\"event\":\"agent_tool_end\",\"agent\":\"Ann\",\"tool\":\"find\","
        "\"seconds\":0.5}]}\n");
    end();
}

TEST(a_call_under_way_is_there_and_its_history_may_change)
{
    begin();
    add_begin("sess_1", "dental", 1000);
    add_item("sess_1", "a", 1, "{\"id\":\"a\",\"text\":\"one\"}");
    add_item("sess_1", "b", 2, "{\"id\":\"b\",\"text\":\"two\"}");
    write_rows();
    has(read_call("sess_1"), "\"outcome\":\"under_way\"");
    add(&(struct mn_calls_row){
        .what = MN_CALLS_ITEMS,
        .call = MN_STR("sess_1"),
        .at_ms = 9000,
        .texts = {[MN_CALLS_BODY] = MN_STR("[{\"id\":\"c\",\"text\":\"new\"},"
                                           "{\"id\":\"a\",\"text\":\"first\"}]")}});
    write_rows();
    has(read_call("sess_1"), "\"items\":[{\"at_ms\":9000,\"id\":\"c\",\"text\":\"new\"},"
                             "{\"at_ms\":2001,\"id\":\"a\",\"text\":\"first\"}]");
    end();
}

TEST(a_batch_that_is_tried_again_changes_nothing)
{
    begin();
    add_begin("sess_1", "dental", 1000);
    add_item("sess_1", "a", 1, "{\"id\":\"a\"}");
    add_event("sess_1", 0, "agent_start", "{}");
    add_end("sess_1", 2000);
    assert_int_equal(mn_calls_write(calls, &rows, &why), 0);
    write_rows();
    has(read_call("sess_1"), "\"events\":[{\"at_ms\":3000,\"event\":\"agent_start\","
                             "\"agent\":\"Ann\"}]}");
    end();
}

TEST(calls_are_chosen_by_app_and_time)
{
    begin();
    add_begin("sess_1", "dental", 1000);
    add_begin("sess_2", "hotel", 2000);
    add_begin("sess_3", "dental", 3000);
    write_rows();
    read_with(calls, &(struct mn_calls_wanted){.app = MN_STR("dental")});
    assert_int_equal(ntold, 2);
    has(read_with(calls, &(struct mn_calls_wanted){.since_ms = 2000, .before_ms = 3000}), "sess_2");
    assert_int_equal(ntold, 1);
    has(read_with(calls, &(struct mn_calls_wanted){.newest_first = true, .limit = 1}), "sess_3");
    assert_int_equal(ntold, 1);
    assert_null(strstr(told.p, "items"));
    assert_string_equal(read_call("sess_9"), "");
    end();
}

/* A process that opens the file, begins a call and is gone without a word. */
static void crash(void)
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct mn_calls *own;

        if (open_calls(&own, 1000, false) != 0)
            _exit(1);
        mn_list_init(&rows);
        add_begin("sess_dead", "dental", 1000);
        add_event("sess_dead", 0, "agent_start", "{}");
        _exit(mn_calls_write(own, &rows, &why) == 0 ? 0 : 2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

TEST(the_next_who_opens_the_file_knows_whose_calls_have_crashed)
{
    struct mn_calls *next;

    begin();
    add_begin("sess_live", "dental", 1000);
    write_rows();
    crash();
    has(read_call("sess_dead"), "\"outcome\":\"under_way\"");
    assert_int_equal(open_calls(&next, 1000, false), 0);
    has(read_call("sess_dead"), "\"ended_ms\":3000,\"seconds\":2,\"outcome\":\"crashed\"");
    has(read_call("sess_live"), "\"outcome\":\"under_way\"");
    mn_calls_close(next);
    crash(); /* and a server that runs on notices, too */
    assert_int_equal(mn_calls_sweep(calls, 0, 100, &why), 0);
    has(read_call("sess_dead"), "\"outcome\":\"crashed\"");
    has(read_call("sess_live"), "\"outcome\":\"under_way\"");
    end();
}

TEST(old_calls_go_with_all_that_is_theirs_but_none_that_goes_on)
{
    begin();
    for (int i = 0; i < 60; i++) {
        char id[16];

        snprintf(id, sizeof(id), "sess_%d", i);
        add_begin(id, "dental", 1000 + i);
        add_item(id, "a", 1, "{\"id\":\"a\"}");
        add_event(id, 0, "agent_start", "{}");
        if (i != 7)
            add_end(id, 2000);
    }
    write_rows();
    assert_int_equal(mn_calls_sweep(calls, 1050, 30, &why), 30);
    assert_int_equal(mn_calls_sweep(calls, 1050, 100, &why), 19);
    read_with(calls, &(struct mn_calls_wanted){.whole = true});
    assert_int_equal(ntold, 11);
    has(told.p, "sess_7\"");
    end();
}

TEST(a_file_at_its_bound_lets_its_oldest_calls_go)
{
    static char body[20000];
    int first = 0;

    begin();
    snprintf(body, sizeof(body), "{\"id\":\"a\",\"text\":\"%019000d\"}", 0);
    for (int i = 0; i < 100; i++) {
        char id[16];

        snprintf(id, sizeof(id), "sess_%d", i);
        add_begin(id, "dental", 1000 + i);
        add_item(id, "a", 1, body);
        add_end(id, 2000 + i);
        write_rows();
    }
    read_with(calls, &(struct mn_calls_wanted){0});
    assert_in_range(ntold, 10, 60);
    assert_int_equal(sscanf(told.p, "{\"id\":\"sess_%d\"", &first), 1);
    assert_int_equal(first, 100 - ntold); /* the newest are all there */
    end();
}

TEST(a_file_that_another_holds_is_waited_for_and_then_given_up)
{
    sqlite3 *other;

    begin();
    mn_calls_close(calls);
    assert_int_equal(open_calls(&calls, 50, false), 0);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    add_begin("sess_1", "dental", 1000);
    assert_int_equal(mn_calls_write(calls, &rows, &why), MN_ETIMEOUT);
    assert_string_equal(why.p, "another process holds the file of calls");
    assert_string_equal(read_call("sess_1"), "");
    sqlite3_close(other);
    write_rows();
    has(read_call("sess_1"), "sess_1");
    end();
}

TEST(readers_change_nothing_and_need_a_file)
{
    struct mn_calls *reader;
    struct stat is;

    begin();
    add_begin("sess_1", "dental", 1000);
    write_rows();
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0600);
    assert_int_equal(open_calls(&reader, 50, true), 0);
    has(read_with(reader, &(struct mn_calls_wanted){.id = MN_STR("sess_1")}), "under_way");
    add_begin("sess_2", "dental", 1000);
    assert_int_equal(mn_calls_write(reader, &rows, &why), -EIO);
    mn_calls_close(reader);
    snprintf(path, sizeof(path), "%s/none.db", folder);
    assert_int_equal(open_calls(&reader, 50, true), -EIO);
    assert_string_equal(why.p, "the file of calls cannot be opened");
    assert_int_equal(stat(path, &is), -1);
    end();
}

TEST(a_file_of_a_newer_version_is_left_alone)
{
    struct mn_calls *next;
    sqlite3 *other;

    begin();
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_int_equal(open_calls(&next, 50, false), MN_ECONFIG);
    assert_string_equal(why.p, "it was written by a newer version of Myna");
    end();
}
