/* test_metrics.c - what is counted, and the text it is told in. */
#include "test.h"

#include "base/metrics.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text_of(const struct mn_metrics *const *list, int n)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_metrics_text(list, n, &out), 0);
    return mn_buf_take(&out);
}

static char *text_of_one(const struct mn_metrics *m)
{
    return text_of(&m, 1);
}

static void assert_line(const char *text, const char *line)
{
    size_t n = strlen(line);

    for (const char *at = strstr(text, line); at != NULL; at = strstr(at + 1, line)) {
        if ((at == text || at[-1] == '\n') && at[n] == '\n')
            return;
    }
    fail_msg("no line '%s' in:\n%s", line, text);
}

static struct mn_metrics *fresh(void)
{
    struct mn_metrics *m = calloc(1, sizeof(*m));

    assert_non_null(m);
    mn_metrics_begin(m);
    return m;
}

TEST(metrics_count_and_say_so)
{
    struct mn_metrics *m = fresh();
    char *text;

    mn_metric_add(mn_metrics_worker(m), MN_M_REFUSED + 1, 3);
    mn_metric_set(mn_metrics_worker(m), MN_M_GENERATION, 7);
    mn_metric_add(mn_metrics_worker(m), MN_M_LUA, 1500001);
    mn_metric_add(mn_metrics_app(m, MN_STR("dental")), MN_APP_CALLS, 1);
    mn_metric_add(mn_metrics_app(m, MN_STR("dental")), MN_APP_CALLS, 1);
    text = text_of_one(m);
    assert_line(text, "# TYPE myna_calls_refused_total counter");
    assert_line(text, "myna_calls_refused_total{reason=\"capacity\"} 0");
    assert_line(text, "myna_calls_refused_total{reason=\"draining\"} 3");
    assert_line(text, "myna_generation 7");
    assert_line(text, "myna_lua_seconds_total 1.500001");
    assert_line(text, "myna_calls_total{app=\"dental\",outcome=\"completed\"} 2");
    free(text);
    free(m);
}

TEST(metrics_observe_up_to_and_with_a_bound)
{
    struct mn_metrics *m = fresh();
    mn_metric *tool = mn_metrics_tool(m, MN_STR("a"), MN_STR("t"));
    char *text;

    mn_metric_observe(tool, MN_TOOL_SECONDS, 1000);
    mn_metric_observe(tool, MN_TOOL_SECONDS, 1001);
    mn_metric_observe(tool, MN_TOOL_SECONDS, 31000000);
    text = text_of_one(m);
    assert_line(text, "myna_tool_seconds_bucket{app=\"a\",tool=\"t\",le=\"0.001\"} 1");
    assert_line(text, "myna_tool_seconds_bucket{app=\"a\",tool=\"t\",le=\"0.005\"} 2");
    assert_line(text, "myna_tool_seconds_bucket{app=\"a\",tool=\"t\",le=\"30\"} 2");
    assert_line(text, "myna_tool_seconds_bucket{app=\"a\",tool=\"t\",le=\"+Inf\"} 3");
    assert_line(text, "myna_tool_seconds_sum{app=\"a\",tool=\"t\"} 31.002001");
    assert_line(text, "myna_tool_seconds_count{app=\"a\",tool=\"t\"} 3");
    free(text);
    free(m);
}

TEST(metrics_of_several_workers_are_summed)
{
    struct mn_metrics *a = fresh(), *b = fresh();
    const struct mn_metrics *both[] = {a, b};
    char *text;

    mn_metric_add(mn_metrics_worker(a), MN_M_RELOADS, 1);
    mn_metric_add(mn_metrics_worker(b), MN_M_RELOADS, 2);
    mn_metric_set(mn_metrics_worker(a), MN_M_GENERATION, 4);
    mn_metric_set(mn_metrics_worker(b), MN_M_GENERATION, 3);
    mn_metric_add(mn_metrics_app(a, MN_STR("one")), MN_APP_CALLS_OPEN, 1);
    mn_metric_add(mn_metrics_app(b, MN_STR("two")), MN_APP_CALLS_OPEN, 5);
    mn_metric_add(mn_metrics_app(b, MN_STR("one")), MN_APP_CALLS_OPEN, 3);
    text = text_of(both, 2);
    assert_line(text, "myna_reloads_total{result=\"served\"} 3");
    assert_line(text, "myna_generation 4");
    assert_line(text, "myna_calls_open{app=\"one\"} 4");
    assert_line(text, "myna_calls_open{app=\"two\"} 5");
    assert_null(strstr(strstr(text, "calls_open{app=\"one\"}") + 1, "calls_open{app=\"one\"}"));
    free(text);
    free(a);
    free(b);
}

TEST(a_worker_in_the_place_of_one_that_died_begins_its_gauges_anew)
{
    struct mn_metrics *m = fresh();
    char *text;

    mn_metric_set(mn_metrics_worker(m), MN_M_CONNECTIONS, 7);
    mn_metric_add(mn_metrics_worker(m), MN_M_RECONNECTS, 2);
    mn_metric_add(mn_metrics_app(m, MN_STR("a")), MN_APP_CALLS_OPEN, 9);
    mn_metrics_begin(m);
    text = text_of_one(m);
    assert_line(text, "myna_connections 0");
    assert_line(text, "myna_calls_open{app=\"a\"} 0");
    assert_line(text, "myna_upstream_reconnects_total 2");
    free(text);
    free(m);
}

TEST(names_without_end_are_other)
{
    struct mn_metrics *m = fresh();
    char name[32], *text;
    int apps = 0, tools = 0;

    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "n%d", i);
        mn_metric_add(mn_metrics_app(m, mn_str(name)), MN_APP_CALLS_OPEN, 1);
        mn_metric_add(mn_metrics_tool(m, mn_str(name), mn_str(name)), MN_TOOL_SECONDS, 1);
    }
    text = text_of_one(m);
    for (const char *at = text; (at = strstr(at, "\nmyna_calls_open{")) != NULL; at++)
        apps++;
    for (const char *at = text; (at = strstr(at, "\nmyna_tool_seconds_count{")) != NULL; at++)
        tools++;
    assert_int_equal(apps, MN_METRICS_APPS + 1);
    assert_int_equal(tools, MN_METRICS_TOOLS + 1);
    assert_line(text, "myna_calls_open{app=\"n63\"} 1");
    assert_line(text, "myna_calls_open{app=\"other\"} 936");
    assert_line(text, "myna_tool_seconds_count{app=\"other\",tool=\"other\"} 744");
    free(text);
    free(m);
}

static size_t name_length(const char *p)
{
    size_t n = 0;

    while (isalnum((unsigned char)p[n]) || p[n] == '_')
        n++;
    return n;
}

/* name{a="b",...} value, as the format has it; gives what is behind the labels. */
static const char *read_labels(const char *p)
{
    if (*p != '{')
        return p;
    do {
        size_t n = name_length(++p);

        assert_true(n > 0 && p[n] == '=' && p[n + 1] == '"');
        for (p += n + 2; *p != '"'; p++) {
            assert_true(*p != '\0' && *p != '\n');
            p += *p == '\\';
        }
        p++;
    } while (*p == ',');
    assert_true(*p == '}');
    return p + 1;
}

/* Every sample belongs to the last TYPE, every number is one, every line ends. */
TEST(metrics_keep_to_the_exposition_format)
{
    struct mn_metrics *m = fresh();
    char *text, *end, type[128] = "", kind[32] = "";
    const char *line;

    mn_metric_add(mn_metrics_app(m, MN_STR("q\"uo\\te\nd")), MN_APP_CALLS, 1);
    mn_metric_observe(mn_metrics_tool(m, MN_STR("a"), MN_STR("t")), MN_TOOL_SECONDS, 5);
    text = text_of_one(m);
    assert_line(text, "myna_calls_total{app=\"q\\\"uo\\\\te\\nd\",outcome=\"completed\"} 1");
    for (line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t n = name_length(line);

        assert_non_null(strchr(line, '\n'));
        if (strncmp(line, "# HELP ", 7) == 0)
            continue;
        if (sscanf(line, "# TYPE %127s %31s", type, kind) == 2)
            continue;
        assert_true(n > 0 && strncmp(line, type, strlen(type)) == 0);
        if (strcmp(kind, "histogram") != 0)
            assert_int_equal(n, strlen(type));
        if (strcmp(kind, "counter") == 0)
            assert_memory_equal(line + n - 6, "_total", 6);
        line = read_labels(line + n);
        assert_true(*line == ' ');
        assert_true(strtod(line + 1, &end) >= 0 && *end == '\n');
    }
    free(text);
    free(m);
}

TEST(nothing_is_counted_where_nobody_counts)
{
    mn_metric_add(mn_metrics_worker(NULL), MN_M_RELOADS, 1);
    mn_metric_observe(mn_metrics_app(NULL, MN_STR("a")), MN_APP_SETUP, 1);
    assert_null(mn_metrics_tool(NULL, MN_STR("a"), MN_STR("t")));
}
