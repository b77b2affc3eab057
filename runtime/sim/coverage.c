/* coverage.c - the points of apps, and which were reached, behind coverage.h.
 *
 * WHAT GOING WRONG IS  A tool has one point for it: it erred, gave up, took too long, or was given
 * arguments its schema refuses. A tool that the session stopped is known by its time, the others
 * leave a line of the log that names the tool. Those of Myna's own that cannot fail have none. */
#include "sim/coverage.h"

#include "base/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum kind { AGENT, TOOL, FAILURE, HANDOFF, GUARDRAIL, KINDS };

static const struct {
    const char *label; /* before the name, in a point */
    const char *never; /* what is told of those not reached */
} kinds[KINDS] = {
    [AGENT] = {"agent ", "never entered"},           [TOOL] = {"tool ", "never called"},
    [FAILURE] = {"failure of ", "never went wrong"}, [HANDOFF] = {"handoff ", "never taken"},
    [GUARDRAIL] = {"guardrail ", "never tripped"},
};

struct point {
    enum kind kind;
    char *name;
    bool reached;
};

struct app {
    struct mn_list link;
    char *name;
    struct point *points;
    int n;
};

struct mn_coverage {
    struct mn_list apps;
};

/* --- what a call exercised --- */

static void add_point(struct mn_buf *out, enum kind kind, struct mn_str name)
{
    if (name.n > 0)
        mn_buf_addf(out, "%s%.*s\n", kinds[kind].label, MN_FMT(name));
}

static void add_handoff(struct mn_buf *out, struct mn_str from, struct mn_str to)
{
    mn_buf_addf(out, "%s%.*s -> %.*s\n", kinds[HANDOFF].label, MN_FMT(from), MN_FMT(to));
}

static int64_t timeout_of(const struct mn_app_spec *app, struct mn_str tool)
{
    for (int a = 0; a < app->nagents; a++) {
        for (int t = 0; t < app->agents[a].ntools; t++) {
            if (mn_str_same(app->agents[a].tools[t].name, tool))
                return app->agents[a].tools[t].timeout_ms;
        }
    }
    return INT64_MAX;
}

static void collect_end(const struct mn_app_spec *app, const struct mn_json *note,
                        struct mn_buf *out)
{
    struct mn_str tool = mn_json_str(note, "tool");
    double seconds = 0;

    if (mn_json_to_num(mn_json_get(note, "seconds"), &seconds) &&
        seconds * 1000 >= (double)timeout_of(app, tool))
        add_point(out, FAILURE, tool);
}

static void collect_note(const struct mn_app_spec *app, const struct mn_json *note,
                         struct mn_buf *out)
{
    struct mn_str name = mn_json_str(note, "note");

    if (mn_str_is(name, mn_note_name(MN_NOTE_CALL_START)))
        add_point(out, AGENT, mn_json_str(note, "agent"));
    if (mn_str_is(name, mn_note_name(MN_NOTE_TOOL_START)))
        add_point(out, TOOL, mn_json_str(note, "tool"));
    if (mn_str_is(name, mn_note_name(MN_NOTE_TOOL_END)))
        collect_end(app, note, out);
    if (mn_str_is(name, mn_note_name(MN_NOTE_GUARDRAIL_TRIPPED)))
        add_point(out, GUARDRAIL, mn_json_str(note, "name"));
    if (mn_str_is(name, mn_note_name(MN_NOTE_AGENT_HANDOFF))) {
        add_handoff(out, mn_json_str(note, "from"), mn_json_str(note, "to"));
        add_point(out, AGENT, mn_json_str(note, "to"));
    }
}

static void collect_line(const struct mn_json *line, struct mn_buf *out)
{
    struct mn_str level = mn_json_str(line, "level");

    if (mn_str_is(level, "warn") || mn_str_is(level, "error"))
        add_point(out, FAILURE, mn_json_str(line, "tool"));
}

int mn_coverage_collect(const struct mn_stage *st, const struct mn_app_spec *app,
                        struct mn_buf *out)
{
    for (int i = 0; i < mn_stage_records(st); i++) {
        const struct mn_record *r = mn_stage_record(st, i);
        struct mn_json_fault unused;
        struct mn_json *value;

        if (r->lane != MN_LANE_NOTE && r->lane != MN_LANE_LOG)
            continue;
        if (mn_json_parse(&value, mn_buf_str(&r->text), &mn_json_frame, &unused) != 0)
            continue; /* one that was cut short is no point */
        if (r->lane == MN_LANE_NOTE)
            collect_note(app, value, out);
        else
            collect_line(value, out);
        mn_json_free(value);
    }
    return out->err;
}

/* --- the points of an app --- */

static struct point *find_point(struct app *app, enum kind kind, struct mn_str name)
{
    for (int i = 0; i < app->n; i++) {
        if (app->points[i].kind == kind && mn_str_is(name, app->points[i].name))
            return &app->points[i];
    }
    return NULL;
}

/* Takes name, which may be NULL when memory is out. */
static int new_point(struct app *app, enum kind kind, char *name)
{
    struct point *points;

    if (name == NULL)
        return -ENOMEM;
    if (find_point(app, kind, mn_str(name)) != NULL) {
        free(name); /* a tool of several agents is one */
        return 0;
    }
    points = realloc(app->points, (size_t)(app->n + 1) * sizeof(*points));
    if (points == NULL) {
        free(name);
        return -ENOMEM;
    }
    app->points = points;
    points[app->n++] = (struct point){.kind = kind, .name = name};
    return 0;
}

static char *copy(struct mn_str s)
{
    return strndup(s.n > 0 ? s.p : "", s.n);
}

static int add_own(struct app *app, const struct mn_tool_spec *tool)
{
    int err = new_point(app, TOOL, copy(tool->name));

    return err != 0 || tool->sure ? err : new_point(app, FAILURE, copy(tool->name));
}

static int add_tool(struct app *app, const struct mn_app_spec *spec,
                    const struct mn_agent_spec *agent, const struct mn_tool_spec *tool)
{
    char *name = NULL;

    if (tool->kind == MN_TOOL_HANDOFF) {
        if (asprintf(&name, "%.*s -> %.*s", MN_FMT(agent->name),
                     MN_FMT(spec->agents[tool->target].name)) < 0)
            return -ENOMEM;
        return new_point(app, HANDOFF, name);
    }
    return add_own(app, tool);
}

static int add_guardrails(struct app *app, const struct mn_guardrails *rails)
{
    int err = 0;

    for (int i = 0; err == 0 && i < rails->n; i++)
        err = new_point(app, GUARDRAIL, copy(rails->list[i].name));
    return err;
}

/* Tools that only text models call. */
static int add_text_tools(struct app *app, const struct mn_bundle *bundle)
{
    const struct mn_tool_spec *tool;
    int err = 0;

    for (int i = 0; err == 0 && (tool = mn_bundle_text_tool(bundle, i)) != NULL; i++)
        err = add_own(app, tool);
    return err;
}

static int add_points(struct app *app, const struct mn_bundle *bundle)
{
    const struct mn_app_spec *spec = mn_bundle_spec(bundle);
    int err = 0;

    for (int a = 0; err == 0 && a < spec->nagents; a++) {
        const struct mn_agent_spec *agent = &spec->agents[a];

        err = new_point(app, AGENT, copy(agent->name));
        for (int t = 0; err == 0 && t < agent->ntools; t++)
            err = add_tool(app, spec, agent, &agent->tools[t]);
        if (err == 0)
            err = add_guardrails(app, &agent->output_guards);
        if (err == 0)
            err = add_guardrails(app, &agent->input_guards);
    }
    return err != 0 ? err : add_text_tools(app, bundle);
}

static void free_app(struct app *app)
{
    for (int i = 0; i < app->n; i++)
        free(app->points[i].name);
    free(app->points);
    free(app->name);
    free(app);
}

static struct app *app_named(struct mn_coverage *c, const struct mn_bundle *bundle)
{
    const struct mn_app_spec *spec = mn_bundle_spec(bundle);
    struct app *app;

    for (struct mn_list *l = c->apps.next; l != &c->apps; l = l->next) {
        app = mn_container_of(l, struct app, link);
        if (mn_str_is(spec->name, app->name))
            return app;
    }
    app = calloc(1, sizeof(*app));
    if (app == NULL)
        return NULL;
    app->name = copy(spec->name);
    if (app->name == NULL || add_points(app, bundle) != 0) {
        free_app(app);
        return NULL;
    }
    mn_list_append(&c->apps, &app->link);
    return app;
}

/* --- all of them --- */

struct mn_coverage *mn_coverage_new(void)
{
    struct mn_coverage *c = calloc(1, sizeof(*c));

    if (c != NULL)
        mn_list_init(&c->apps);
    return c;
}

void mn_coverage_free(struct mn_coverage *c)
{
    if (c == NULL)
        return;
    while (!mn_list_empty(&c->apps)) {
        struct app *app = mn_container_of(c->apps.next, struct app, link);

        mn_list_remove(&app->link);
        free_app(app);
    }
    free(c);
}

static void reach(struct app *app, struct mn_str line)
{
    for (int kind = 0; kind < KINDS; kind++) {
        size_t n = strlen(kinds[kind].label);
        struct point *point = NULL;

        if (mn_str_starts(line, mn_str(kinds[kind].label)))
            point = find_point(app, kind, (struct mn_str){line.p + n, line.n - n});
        if (point != NULL)
            point->reached = true;
    }
}

int mn_coverage_add(struct mn_coverage *c, const struct mn_bundle *bundle, struct mn_str points)
{
    struct app *app = app_named(c, bundle);

    if (app == NULL)
        return -ENOMEM;
    while (points.n > 0) {
        const char *end = memchr(points.p, '\n', points.n);
        size_t n = end != NULL ? (size_t)(end - points.p) : points.n;

        reach(app, (struct mn_str){points.p, n});
        points.p += end != NULL ? n + 1 : n;
        points.n -= end != NULL ? n + 1 : n;
    }
    return 0;
}

static int reached(const struct app *app)
{
    int n = 0;

    for (int i = 0; i < app->n; i++)
        n += app->points[i].reached;
    return n;
}

int mn_coverage_percent(const struct mn_coverage *c)
{
    int n = 0, all = 0;

    for (const struct mn_list *l = c->apps.next; l != &c->apps; l = l->next) {
        const struct app *app = mn_container_of(l, struct app, link);

        n += reached(app);
        all += app->n;
    }
    return all == 0 ? 100 : n * 100 / all;
}

static void write_missing(const struct app *app, enum kind kind, struct mn_buf *out)
{
    int n = 0;

    for (int i = 0; i < app->n; i++) {
        if (app->points[i].kind != kind || app->points[i].reached)
            continue;
        if (n++ == 0)
            mn_buf_addf(out, "  %s: ", kinds[kind].never);
        else
            mn_buf_add_text(out, ", ");
        mn_buf_add_text(out, app->points[i].name);
    }
    if (n > 0)
        mn_buf_add_byte(out, '\n');
}

int mn_coverage_write(const struct mn_coverage *c, struct mn_buf *out)
{
    for (const struct mn_list *l = c->apps.next; l != &c->apps; l = l->next) {
        const struct app *app = mn_container_of(l, struct app, link);

        mn_buf_addf(out, "coverage of %s: %d of %d\n", app->name, reached(app), app->n);
        for (int kind = 0; kind < KINDS; kind++)
            write_missing(app, kind, out);
    }
    return out->err;
}
