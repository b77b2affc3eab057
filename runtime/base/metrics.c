/* metrics.c - the numbers of metrics.h, counted and written. */
#include "base/metrics.h"

#include "base/utf8.h"

#include <stdio.h>

/* Upper bounds in microseconds: from the jitter of a frame to a tool that nobody should wait for.
 */
static const int64_t bounds[MN_METRIC_BOUNDS] = {
    1000,   5000,    10000,   20000,   50000,    100000,   200000,
    500000, 1000000, 2000000, 5000000, 10000000, 30000000,
};

struct row {
    int at;
    enum mn_metric_kind kind;
    int slots;
    const char *name, *label, *values, *help;
};

#define X(id, kind, slots, name, label, values, help)                                              \
    {MN_M_##id, MN_METRIC_##kind, slots, name, label, values, help},
static const struct row worker_rows[] = {MN_METRICS_WORKER(X){0}};
#undef X
#define X(id, kind, slots, name, label, values, help)                                              \
    {MN_APP_##id, MN_METRIC_##kind, slots, name, label, values, help},
static const struct row app_rows[] = {MN_METRICS_APP(X){0}};
#undef X
#define X(id, kind, slots, name, label, values, help)                                              \
    {MN_TOOL_##id, MN_METRIC_##kind, slots, name, label, values, help},
static const struct row tool_rows[] = {MN_METRICS_TOOL(X){0}};
#undef X

/* --- counting --- */

static void clear_gauges(const struct row *rows, mn_metric *slots)
{
    for (const struct row *r = rows; r->name != NULL; r++) {
        for (int i = 0; (r->kind == MN_METRIC_GAUGE || r->kind == MN_METRIC_MOST) && i < r->slots;
             i++)
            mn_metric_set(slots, r->at + i, 0);
    }
}

void mn_metrics_begin(struct mn_metrics *m)
{
    clear_gauges(worker_rows, m->slots);
    for (int i = 0; i <= MN_METRICS_APPS; i++)
        clear_gauges(app_rows, m->apps[i].slots);
}

static void keep_name(char out[MN_METRICS_NAME], struct mn_str name)
{
    name = mn_utf8_cut(name, MN_METRICS_NAME - 1);
    memcpy(out, name.p, name.n);
    out[name.n] = '\0';
}

static bool is_name(const char *kept, struct mn_str name)
{
    return mn_str_is(mn_utf8_cut(name, MN_METRICS_NAME - 1), kept);
}

mn_metric *mn_metrics_app(struct mn_metrics *m, struct mn_str app)
{
    int n = m != NULL ? m->napps : 0;

    if (m == NULL)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (is_name(m->apps[i].app, app))
            return m->apps[i].slots;
    }
    if (n == MN_METRICS_APPS) {
        keep_name(m->apps[n].app, MN_STR("other"));
        m->napps = n + 1;
    }
    if (n >= MN_METRICS_APPS)
        return m->apps[MN_METRICS_APPS].slots;
    keep_name(m->apps[n].app, app);
    m->napps = n + 1;
    return m->apps[n].slots;
}

mn_metric *mn_metrics_tool(struct mn_metrics *m, struct mn_str app, struct mn_str tool)
{
    int n = m != NULL ? m->ntools : 0;
    bool full = n >= MN_METRICS_TOOLS;

    if (m == NULL)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (is_name(m->tools[i].tool, tool) && is_name(m->tools[i].app, app))
            return m->tools[i].slots;
    }
    if (n > MN_METRICS_TOOLS)
        return m->tools[MN_METRICS_TOOLS].slots;
    keep_name(m->tools[n].app, full ? MN_STR("other") : app);
    keep_name(m->tools[n].tool, full ? MN_STR("other") : tool);
    m->ntools = n + 1;
    return m->tools[n].slots;
}

void mn_metric_observe(mn_metric *slots, int at, int64_t us)
{
    int i = 0;

    while (i < MN_METRIC_BOUNDS && us > bounds[i])
        i++;
    mn_metric_add(slots, at + i, 1);
    mn_metric_add(slots, at + MN_METRIC_BOUNDS + 1, us);
}

/* --- writing --- */

/* One set of labels and the slots of every worker that has it. */
struct series {
    const struct mn_metrics *const *list;
    int n;
    const mn_metric *slots[MN_METRICS_WORKERS]; /* NULL where a worker has none */
    const char *app, *tool;                     /* NULL: not of any */
    bool most;                                  /* their greatest, not their sum */
    struct mn_buf *out;
};

static bool is_app(const struct series *s, const struct mn_metrics *m, int i)
{
    return strcmp(m->apps[i].app, s->app) == 0;
}

static bool is_tool(const struct series *s, const struct mn_metrics *m, int i)
{
    return strcmp(m->tools[i].tool, s->tool) == 0 && strcmp(m->tools[i].app, s->app) == 0;
}

static const mn_metric *slots_of(const struct series *s, const struct mn_metrics *m)
{
    if (s->app == NULL)
        return m->slots;
    for (int i = 0; s->tool == NULL && i < m->napps; i++) {
        if (is_app(s, m, i))
            return m->apps[i].slots;
    }
    for (int i = 0; s->tool != NULL && i < m->ntools; i++) {
        if (is_tool(s, m, i))
            return m->tools[i].slots;
    }
    return NULL;
}

static void find_slots(struct series *s)
{
    for (int i = 0; i < s->n; i++)
        s->slots[i] = slots_of(s, s->list[i]);
}

static int64_t sum(const struct series *s, int at)
{
    int64_t all = 0, one;

    for (int i = 0; i < s->n; i++) {
        one =
            s->slots[i] != NULL ? atomic_load_explicit(s->slots[i] + at, memory_order_relaxed) : 0;
        all = !s->most ? all + one : one > all ? one : all;
    }
    return all;
}

static void add_label(struct mn_buf *out, const char **before, const char *name,
                      struct mn_str value)
{
    mn_buf_addf(out, "%s%s=\"", *before, name);
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\n')
            mn_buf_add_text(out, "\\n");
        else if (value.p[i] == '"' || value.p[i] == '\\')
            mn_buf_addf(out, "\\%c", value.p[i]);
        else
            mn_buf_add_byte(out, value.p[i]);
    }
    mn_buf_add_byte(out, '"');
    *before = ",";
}

static const struct mn_str none = {NULL, 0};

/* name: of the extra label, or NULL. */
static void begin_line(const struct series *s, const struct row *r, const char *suffix,
                       const char *name, struct mn_str value)
{
    const char *before = "{";

    mn_buf_addf(s->out, "myna_%s%s", r->name, suffix);
    if (s->app != NULL)
        add_label(s->out, &before, "app", mn_str(s->app));
    if (s->tool != NULL)
        add_label(s->out, &before, "tool", mn_str(s->tool));
    if (name != NULL)
        add_label(s->out, &before, name, value);
    mn_buf_add_text(s->out, *before == ',' ? "} " : " ");
}

static void add_seconds(struct mn_buf *out, int64_t us)
{
    mn_buf_addf(out, "%lld.%06lld\n", (long long)(us / 1000000), (long long)(us % 1000000));
}

static void write_histogram(const struct series *s, const struct row *r)
{
    int64_t count = 0;
    char bound[32];

    for (int i = 0; i <= MN_METRIC_BOUNDS; i++) {
        struct mn_str le = MN_STR("+Inf");

        if (i < MN_METRIC_BOUNDS)
            le = (struct mn_str){
                bound, (size_t)snprintf(bound, sizeof(bound), "%g", (double)bounds[i] / 1e6)};
        count += sum(s, r->at + i);
        begin_line(s, r, "_bucket", "le", le);
        mn_buf_addf(s->out, "%lld\n", (long long)count);
    }
    begin_line(s, r, "_sum", NULL, none);
    add_seconds(s->out, sum(s, r->at + MN_METRIC_BOUNDS + 1));
    begin_line(s, r, "_count", NULL, none);
    mn_buf_addf(s->out, "%lld\n", (long long)count);
}

static void write_value(const struct series *s, const struct row *r, int at, const char *suffix,
                        struct mn_str value)
{
    begin_line(s, r, suffix, r->label, value);
    if (r->kind == MN_METRIC_SECONDS)
        add_seconds(s->out, sum(s, at));
    else
        mn_buf_addf(s->out, "%lld\n", (long long)sum(s, at));
}

static void write_row(const struct series *s, const struct row *r)
{
    const char *suffix = r->kind == MN_METRIC_GAUGE || r->kind == MN_METRIC_MOST ? "" : "_total";
    const char *value = r->values != NULL ? r->values : "";

    if (r->kind == MN_METRIC_HISTOGRAM) {
        write_histogram(s, r);
        return;
    }
    for (int i = 0; i < r->slots; i++) {
        size_t n = strcspn(value, "|");

        write_value(s, r, r->at + i, suffix, (struct mn_str){value, n});
        value += n + (value[n] == '|');
    }
}

static void write_head(const struct row *r, struct mn_buf *out)
{
    static const char *const types[] = {"counter", "gauge", "gauge", "counter", "histogram"};
    const char *suffix =
        r->kind == MN_METRIC_COUNTER || r->kind == MN_METRIC_SECONDS ? "_total" : "";

    mn_buf_addf(out, "# HELP myna_%s%s %s\n# TYPE myna_%s%s %s\n", r->name, suffix, r->help,
                r->name, suffix, types[r->kind]);
}

/* Whether the row at i of worker w is the first of its name: the others are summed with it. */
static bool is_first(const struct series *s, int w, int i)
{
    for (int v = 0; v <= w; v++) {
        const struct mn_metrics *m = s->list[v];
        int n = s->tool != NULL ? m->ntools : m->napps;

        for (int j = 0; j < (v < w ? n : i); j++) {
            if (s->tool != NULL ? is_tool(s, m, j) : is_app(s, m, j))
                return false;
        }
    }
    return true;
}

static void write_rows(struct series *s, const struct row *r, bool tools)
{
    for (int w = 0; w < s->n; w++) {
        const struct mn_metrics *m = s->list[w];

        for (int i = 0; i < (tools ? m->ntools : m->napps); i++) {
            s->app = tools ? m->tools[i].app : m->apps[i].app;
            s->tool = tools ? m->tools[i].tool : NULL;
            if (!is_first(s, w, i))
                continue;
            find_slots(s);
            write_row(s, r);
        }
    }
}

int mn_metrics_text(const struct mn_metrics *const *list, int n, struct mn_buf *out)
{
    struct series s = {
        .list = list, .n = n < MN_METRICS_WORKERS ? n : MN_METRICS_WORKERS, .out = out};

    find_slots(&s);
    for (const struct row *r = worker_rows; r->name != NULL; r++) {
        s.most = r->kind == MN_METRIC_MOST;
        write_head(r, out);
        write_row(&s, r);
    }
    s.most = false;
    for (const struct row *r = app_rows; r->name != NULL; r++) {
        write_head(r, out);
        write_rows(&s, r, false);
    }
    for (const struct row *r = tool_rows; r->name != NULL; r++) {
        write_head(r, out);
        write_rows(&s, r, true);
    }
    return out->err;
}
