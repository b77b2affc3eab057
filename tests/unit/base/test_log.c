/* test_log.c - a line is always one line, in both forms. */
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

#include "test.h"

#include <stdlib.h>

static struct mn_buf lines;
static struct mn_clock clk;

static void keep(struct mn_log *log, const char *line, size_t n)
{
    (void)log;
    mn_buf_add(&lines, line, n);
}

static struct mn_log open_log(bool json)
{
    /* 2026-11-20 12:00:01.250 UTC */
    mn_clock_open_virtual(&clk, 1795176001250);
    mn_buf_clear(&lines);
    return (struct mn_log){.level = MN_LOG_INFO, .json = json, .clock = &clk, .write = keep};
}

TEST(log_text_lines_are_for_people)
{
    struct mn_log log = open_log(false);

    MN_LOG(&log, INFO, "sess_9f", "tool done", {"tool", .s = MN_STR("find_patient")},
           {"ms", .i = 41, .is_int = true});
    assert_string_equal(lines.p,
                        "12:00:01.250 info  call=sess_9f tool done tool=find_patient ms=41\n");
    mn_buf_clear(&lines);
    MN_LOG(&log, ERROR, NULL, "no fields");
    assert_string_equal(lines.p, "12:00:01.250 error no fields\n");
    mn_buf_free(&lines);
}

TEST(log_lines_hold_no_secret_whoever_says_it)
{
    static const char *const secrets[] = {"sk-1", "", "key\"2", NULL};

    for (int json = 0; json <= 1; json++) {
        struct mn_log log = open_log(json == 1);

        log.secrets = secrets;
        MN_LOG(&log, INFO, NULL, "sk-1 in the text", {"whole", MN_STR("sk-1")},
               {"twice", MN_STR("asked with sk-1 and key\"2.")});
        assert_null(strstr(lines.p, "sk-1"));
        assert_null(strstr(lines.p, "key\\\"2"));
        assert_non_null(strstr(lines.p, "asked with (secret) and (secret)."));
        mn_buf_free(&lines);
    }
}

TEST(log_json_lines_are_for_machines)
{
    struct mn_log log = open_log(true);
    struct mn_json *v;

    MN_LOG(&log, WARN, "sess_9f", "a\nb", {"tool", .s = MN_STR("x\"\x1b\xff")},
           {"ms", .i = -1, .is_int = true});
    assert_string_equal(lines.p,
                        "{\"at\":\"2026-11-20T12:00:01.250Z\",\"level\":\"warn\",\"call\":"
                        "\"sess_9f\",\"text\":\"a\\nb\",\"tool\":\"x\\\"\\u001b\xef\xbf\xbd\","
                        "\"ms\":-1}\n");
    assert_int_equal(mn_json_parse(&v, mn_buf_str(&lines), &mn_json_frame, NULL), 0);
    mn_json_free(v);
    mn_buf_free(&lines);
}

TEST(log_lines_below_the_level_are_not_written)
{
    struct mn_log log = open_log(false);

    MN_LOG(&log, DEBUG, NULL, "unseen");
    log.level = MN_LOG_OFF;
    MN_LOG(&log, ERROR, NULL, "unseen");
    assert_int_equal(lines.n, 0);
    mn_buf_free(&lines);
}

TEST(log_values_cannot_break_a_line_or_move_the_cursor)
{
    struct mn_log log = open_log(false);

    MN_LOG(&log, INFO, "a b", "x\n\x1b[2J\xc2\x9b", {"v", .s = MN_STR("a\r\n\"\\\x7f\xff")},
           {"empty", .s = {NULL, 0}}, {"utf8", .s = MN_STR("\xc3\xa9")},
           {"eq", .s = MN_STR("a=b")});
    assert_string_equal(lines.p, "12:00:01.250 info  call=\"a b\" x\\n\\x1b[2J\\xc2\\x9b "
                                 "v=\"a\\x0d\\n\\\"\\\\\\x7f\\xff\" empty=\"\" utf8=\"\xc3\xa9\" "
                                 "eq=\"a=b\"\n");
    mn_buf_free(&lines);
}

TEST(log_long_values_are_cut)
{
    struct mn_log log = open_log(false);
    char value[5000];

    memset(value, 'v', sizeof(value));
    MN_LOG(&log, INFO, NULL, "t", {"v", .s = {value, sizeof(value)}});
    assert_in_range(lines.n, 2000, 2100);
    assert_memory_equal(lines.p + lines.n - 5, "...\"\n", 5);
    log.json = true;
    mn_buf_clear(&lines);
    MN_LOG(&log, INFO, NULL, "t", {"v", .s = {value, sizeof(value)}});
    assert_in_range(lines.n, 2000, 2100);
    mn_buf_free(&lines);
}

TEST(log_levels_have_names)
{
    enum mn_log_level level = MN_LOG_DEBUG;

    assert_int_equal(mn_log_level_parse("warn", &level), 0);
    assert_int_equal(level, MN_LOG_WARN);
    assert_int_equal(mn_log_level_parse("loud", &level), MN_ECONFIG);
    assert_string_equal(mn_log_level_name(MN_LOG_ERROR), "error");
}
