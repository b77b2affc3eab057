/* test_options.c - settings from defaults, variables and flags. */
#include "base/err.h"
#include "base/options.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>

struct settings {
    const char *host, *key;
    int64_t port, timeout_ms, limit_bytes, free_number, jobs;
    bool tls, color;
    int format;
};

#define AT(field) offsetof(struct settings, field)
static const struct mn_option table[] = {
    {"host", MN_OPT_STR, AT(host), "127.0.0.1", 0, 0, NULL, "address to listen on"},
    {"port", MN_OPT_INT, AT(port), "8080", 1, 65535, NULL, "TCP port"},
    {"key", MN_OPT_STR, AT(key), NULL, 0, 0, NULL, "API key", .secret = true},
    {"pin", MN_OPT_INT, AT(free_number), NULL, 0, 9999, NULL, "a secret number", .secret = true},
    {"tool-timeout", MN_OPT_DURATION, AT(timeout_ms), "8s", 100, 3600000, NULL, "for each tool"},
    {"frame-limit", MN_OPT_SIZE, AT(limit_bytes), "64k", 1024, 16 << 20, NULL, "largest frame"},
    {"tls", MN_OPT_BOOL, AT(tls), "off", 0, 0, NULL, "serve wss://"},
    {"color", MN_OPT_BOOL, AT(color), "on", 0, 0, NULL, "colour the output"},
    {"jobs", MN_OPT_INT, AT(jobs), "1", 1, 64, NULL, "side by side", .letter = 'j'},
    {"log-format", MN_OPT_CHOICE, AT(format), "text", 0, 0, "text|json|none", "how lines look"},
    {0},
};

/* Reads one flag list; returns the error text or "" and leaves the settings to look at. */
static struct settings now;
static char sentence[512];
static char *rest[16];
static int nrest;

static const char *flags(const char **argv)
{
    struct mn_buf why = {0};
    int argc = 0, err;

    while (argv[argc] != NULL)
        argc++;
    mn_options_free(table, &now);
    now = (struct settings){0};
    assert_int_equal(mn_options_init(table, &now), 0);
    err = mn_options_argv(table, &now, argc, (char **)argv, 0, rest, &nrest, &why);
    assert_int_equal(err, why.n != 0 ? MN_ECONFIG : 0);
    snprintf(sentence, sizeof(sentence), "%.*s", MN_FMT(mn_buf_str(&why)));
    mn_buf_free(&why);
    return sentence;
}
#define FLAGS(...) flags((const char *[]){__VA_ARGS__, NULL})

static void done(void)
{
    mn_options_free(table, &now);
}

TEST(options_start_as_their_defaults)
{
    assert_string_equal(flags((const char *[]){NULL}), "");
    assert_string_equal(now.host, "127.0.0.1");
    assert_null(now.key);
    assert_int_equal(now.port, 8080);
    assert_int_equal(now.timeout_ms, 8000);
    assert_int_equal(now.limit_bytes, 65536);
    assert_false(now.tls);
    assert_true(now.color);
    assert_int_equal(now.format, 0);
    done();
}

TEST(options_flags_take_a_value_after_a_space_or_an_equals_sign)
{
    assert_string_equal(FLAGS("--host", "::1", "--port=1", "--tls", "--no-color", "--log-format",
                              "none", "--frame-limit=16m", "--tool-timeout", "1.5s"),
                        "");
    assert_string_equal(now.host, "::1");
    assert_int_equal(now.port, 1);
    assert_true(now.tls);
    assert_false(now.color);
    assert_int_equal(now.format, 2);
    assert_int_equal(now.limit_bytes, 16 << 20);
    assert_int_equal(now.timeout_ms, 1500);
    assert_string_equal(FLAGS("--host="), "");
    assert_string_equal(now.host, "");
    assert_string_equal(FLAGS("--color=off", "--tls=yes"), "");
    assert_false(now.color);
    assert_true(now.tls);
    done();
}

TEST(options_words_that_are_no_options_are_handed_back)
{
    assert_string_equal(FLAGS("agents/dental", "--tls", "-", "--", "--port", "x"), "");
    assert_int_equal(nrest, 4);
    assert_string_equal(rest[0], "agents/dental");
    assert_string_equal(rest[1], "-");
    assert_string_equal(rest[2], "--port");
    assert_string_equal(rest[3], "x");
    done();
}

TEST(options_unknown_flags_suggest_the_nearest)
{
    assert_string_equal(FLAGS("--prot", "1"), "unknown option '--prot' (did you mean '--port'?)");
    assert_string_equal(FLAGS("--prot=1"), "unknown option '--prot' (did you mean '--port'?)");
    assert_string_equal(FLAGS("--elephant"), "unknown option '--elephant'");
    assert_string_equal(FLAGS("-p", "80"), "unknown option '-p'");
    assert_string_equal(FLAGS("-5"), "");
    assert_string_equal(FLAGS("--no-port"), "unknown option '--no-port'");
    assert_string_equal(FLAGS("--=1"), "unknown option '--'");
    done();
}

TEST(options_errors_say_what_was_expected)
{
    assert_string_equal(FLAGS("--port", "70000"), "--port: expected 1..65535, got '70000'");
    assert_string_equal(FLAGS("--port", "0"), "--port: expected 1..65535, got '0'");
    assert_string_equal(FLAGS("--port", "80x"), "--port: expected 1..65535, got '80x'");
    assert_string_equal(FLAGS("--port", "99999999999999999999"),
                        "--port: expected 1..65535, got '99999999999999999999'");
    assert_string_equal(FLAGS("--port", ""), "--port: expected 1..65535, got ''");
    assert_string_equal(FLAGS("--port"), "--port: needs a value");
    assert_string_equal(FLAGS("--port", "--tls"), "--port: needs a value");
    assert_string_equal(FLAGS("--tls=maybe"), "--tls: expected on or off, got 'maybe'");
    assert_string_equal(FLAGS("--no-tls=on"), "--no-tls: takes no value");
    assert_string_equal(FLAGS("--log-format=xml"),
                        "--log-format: expected text, json or none, got 'xml'");
    assert_string_equal(FLAGS("--log-format=tex"),
                        "--log-format: expected text, json or none, got 'tex'");
    assert_string_equal(FLAGS("--tool-timeout", "2h"),
                        "--tool-timeout: expected 100ms..1h, got '2h'");
    assert_string_equal(FLAGS("--frame-limit", "1"), "--frame-limit: expected 1k..16m, got '1'");
    done();
}

TEST(options_secrets_are_never_echoed)
{
    assert_string_equal(FLAGS("--pin", "hunter2"), "--pin: expected 0..9999");
    done();
}

TEST(options_variables_are_named_after_the_rows)
{
    struct mn_buf why = {0};

    flags((const char *[]){NULL});
    setenv("MYNA_TOOL_TIMEOUT", "5m", 1);
    setenv("MYNA_KEY", "sk-1", 1);
    assert_int_equal(mn_options_env(table, &now, &why), 0);
    assert_int_equal(now.timeout_ms, 300000);
    assert_string_equal(now.key, "sk-1");
    setenv("MYNA_TOOL_TIMEOUT", "soon", 1);
    assert_int_equal(mn_options_env(table, &now, &why), MN_ECONFIG);
    assert_string_equal(why.p, "MYNA_TOOL_TIMEOUT: expected 100ms..1h, got 'soon'");
    unsetenv("MYNA_TOOL_TIMEOUT");
    unsetenv("MYNA_KEY");
    mn_buf_free(&why);
    done();
}

TEST(options_from_a_file_name_their_place)
{
    struct mn_buf why = {0};

    flags((const char *[]){NULL});
    assert_int_equal(mn_options_set(table, &now, "prot", "1", "myna.lua: prot", &why), MN_ECONFIG);
    assert_string_equal(why.p, "myna.lua: unknown option 'prot' (did you mean 'port'?)");
    mn_buf_clear(&why);
    assert_int_equal(mn_options_set(table, &now, "port", "a", "myna.lua: port", &why), MN_ECONFIG);
    assert_string_equal(why.p, "myna.lua: port: expected 1..65535, got 'a'");
    assert_int_equal(mn_options_set(table, &now, "port", "99", "myna.lua: port", &why), 0);
    assert_int_equal(now.port, 99);
    mn_buf_free(&why);
    done();
}

TEST(options_durations_are_exact)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } rows[] = {
        {"700ms", 700},
        {"8s", 8000},
        {"5m", 300000},
        {"1h", 3600000},
        {"1.5s", 1500},
        {"2", 2000},
        {"0.25", 250},
        {"0", 0},
        {"0.0005s", -1},
        {"1.5ms", -1},
        {"", -1},
        {"s", -1},
        {"-1s", -1},
        {"1 s", -1},
        {"1.s", -1},
        {".5s", -1},
        {"1w", -1},
        {"1s ", -1},
        {"1.2.3s", -1},
        {"9223372036854775807h", -1},
        {"1e3", -1},
        {"0.500000s", 500},
        {"30d", 2592000000},
        {"1.001s", 1001},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t ms = -1;
        int err = mn_duration_parse(mn_str(rows[i].text), &ms);

        if (rows[i].ms < 0)
            assert_int_equal(err, MN_ECONFIG);
        else
            assert_true(err == 0 && ms == rows[i].ms);
    }
}

TEST(options_help_shows_bounds_and_defaults_but_no_secret)
{
    struct mn_buf out = {0};

    mn_options_help(table, &out);
    assert_non_null(
        strstr(out.p, "  --port N                    TCP port (1..65535; default 8080)\n"));
    assert_non_null(strstr(out.p, "  --key TEXT                  API key\n"));
    assert_non_null(
        strstr(out.p, "  --[no-]color                colour the output (default on)\n"));
    assert_non_null(strstr(out.p, "(text, json or none; default text)\n"));
    mn_buf_clear(&out);
    mn_options_markdown(table, &out);
    assert_non_null(strstr(out.p, "| `--port` | `MYNA_PORT` | `8080` | 1..65535 | TCP port |\n"));
    mn_buf_free(&out);
}

TEST(a_letter_stands_for_its_option)
{
    assert_string_equal(FLAGS("-j", "4", "word"), "");
    assert_int_equal(now.jobs, 4);
    assert_int_equal(nrest, 1);
    assert_string_equal(FLAGS("-j8"), "");
    assert_int_equal(now.jobs, 8);
    assert_string_equal(FLAGS("-j"), "-j: needs a value");
    assert_string_equal(FLAGS("-jx"), "-j: expected 1..64, got 'x'");
    assert_string_equal(FLAGS("-", "-5"), "");
    assert_int_equal(nrest, 2);
    done();
}
