/* test_log.c - a line is always one line, in both forms. */
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

#include "test.h"

#include <stdio.h>
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
    return (struct mn_log){
        .level = MN_LOG_INFO, .json = json, .personal = true, .clock = &clk, .write = keep};
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

/* --- what is personal --- */

static const char *logged(const struct mn_log *log, const struct mn_field *field)
{
    static char out[400];
    struct mn_buf scratch = {0};
    struct mn_str shown = mn_log_shown(log, field, &scratch);

    snprintf(out, sizeof(out), "%.*s", MN_FMT(shown));
    mn_buf_free(&scratch);
    return out;
}

TEST(log_keys_have_the_classes_of_their_table)
{
    assert_int_equal(mn_log_class_of("after_ms"), MN_LOG_TIME);
    assert_int_equal(mn_log_class_of("tool"), MN_LOG_CODE);
    assert_int_equal(mn_log_class_of("word"), MN_LOG_CODE);
    assert_int_equal(mn_log_class_of("note"), MN_LOG_PERSONAL);
    assert_int_equal(mn_log_class_of("a_key_nobody_knows"), MN_LOG_PERSONAL);
}

TEST(log_shows_what_is_personal_only_when_told_to)
{
    struct mn_log log = open_log(true);

    log.personal = false;
    MN_LOG(&log, INFO, NULL, "t", {"peer", MN_STR("192.0.2.7")}, {"tool", MN_STR("find")},
           {"unheard_of", MN_STR("Sam")}, {"born", .i = 1980, .is_int = true},
           {"calls", .i = 3, .is_int = true}, {"password", MN_STR("x")});
    assert_non_null(strstr(lines.p, "\"peer\":\"(personal)\",\"tool\":\"find\","
                                    "\"unheard_of\":\"(personal)\",\"born\":\"(personal)\","
                                    "\"calls\":3,\"password\":\"(secret)\"}"));
    mn_buf_clear(&lines);
    log.personal = true;
    MN_LOG(&log, INFO, NULL, "t", {"peer", MN_STR("192.0.2.7")},
           {"born", .i = 1980, .is_int = true}, {"password", MN_STR("x")});
    assert_non_null(strstr(lines.p, "\"peer\":\"192.0.2.7\",\"born\":1980,"
                                    "\"password\":\"(secret)\"}"));
    mn_buf_free(&lines);
}

TEST(log_hides_what_a_peer_quotes)
{
    const struct mn_log log = {0};
    static const char *const said[][2] = {
        {"Invalid value: 'Sam Latif'. It's wrong", "Invalid value: (personal). It's wrong"},
        {"got \"555\" and ('Sam')", "got (personal) and ((personal))"},
        {"the model isn't there", "the model isn't there"},
        {"it begins 'and never ends", "it begins (personal)"},
        {"HTTP 401: {\"error\":\"not 'Sam'\"}", "HTTP 401: {\"error\":\"not (personal)\"}"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        assert_string_equal(
            logged(&log, &(struct mn_field){.key = "message", .s = mn_str(said[i][0])}),
            said[i][1]);
}

TEST(log_shows_where_an_author_erred_and_no_words_but_ours)
{
    const struct mn_log log = {0};
    static const char *const thrown[][2] = {
        {"app/agent.lua:12: no patient Sam\n  app/agent.lua:12: in 'f'\n  app/b.lua:3: in 'g'",
         "app/agent.lua:12: (personal)\n  app/agent.lua:12: in 'f'\n  app/b.lua:3: in 'g'"},
        {"a.lua:1: attempt to index a nil value (field 'x')\n  a.lua:1: in 'f'",
         "a.lua:1: attempt to index a nil value (field 'x')\n  a.lua:1: in 'f'"},
        {"a.lua:1: attempt to find Sam", "a.lua:1: (personal)"},
        {"a.lua:1: first\nsecond\n  Sam: in 'f'\n  a.lua:1: in 'f'",
         "a.lua:1: (personal)\n  a.lua:1: in 'f'"},
        {"Sam said: 5: no", "(personal)"},
        {"a.lua:7: ", "a.lua:7: "},
        {"a.lua:7: ctx:say: expected words, got a table\n  a.lua:7: in 'f'",
         "a.lua:7: ctx:say: expected words, got a table\n  a.lua:7: in 'f'"},
        {"a.lua:7: myna.parallel: 'Sam': expected a function",
         "a.lua:7: myna.parallel: (personal): expected a function"},
        {"a.lua:7: ctx has no 'Sam' (did you mean 'say'?)",
         "a.lua:7: ctx has no (personal) (did you mean (personal)?)"},
        {"ctx.log cannot be set; keep what is yours in ctx.state",
         "ctx.log cannot be set; keep what is yours in ctx.state"},
        {"a.lua:7: ctx:play: there is no file sounds/sam.wav", "a.lua:7: (personal)"},
        {"a.lua:7: ctx:handoff: input: age: expected a string, got 77", "a.lua:7: (personal)"},
        {"a.lua:7: ctx:say: nobody knows Sam, it was: expected words", "a.lua:7: (personal)"},
        {"a.lua:7: Sam: expected words, got a table", "a.lua:7: (personal)"},
        {"a.lua:7: GET /of?name=Sam: json: expected a table, got nothing", "a.lua:7: (personal)"},
        {"a.lua:7: ctx:say: expected words, got Sam", "a.lua:7: (personal)"},
        {"\n", "(personal)"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof(thrown) / sizeof(thrown[0]); i++)
        assert_string_equal(logged(&log, &(struct mn_field){.key = "error",
                                                            .s = mn_str(thrown[i][0]),
                                                            .words = MN_WORDS_THROWN}),
                            thrown[i][1]);
}

TEST(log_shows_an_author_s_fields_when_the_operator_names_them)
{
    const struct mn_log log = {.fields = "slot, order"};
    static const char *const fields[][2] = {{"order", "Sam"},       {"slot", "Sam"},
                                            {"slo", "(personal)"},  {"orders", "(personal)"},
                                            {"tool", "(personal)"}, {"token", "(secret)"}};

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        assert_string_equal(logged(&log, &(struct mn_field){.key = fields[i][0],
                                                            .s = MN_STR("Sam"),
                                                            .words = MN_WORDS_AUTHOR}),
                            fields[i][1]);
}
