/* check.c - `myna check`: what an app is, and everything that is wrong with it. */
#include "base/json_write.h"
#include "cli/check_options.h"
#include "cli/command.h"
#include "io/changes.h"

#include <stdio.h>
#include <stdlib.h>

#define AT(field) offsetof(struct mn_check_options, field)

const struct mn_option mn_check_options[] = {
    {"format", MN_OPT_CHOICE, AT(format), "tree", 0, 0, "tree|dot|json",
     "how an app is shown: its agents with their tools; its handoffs, for Graphviz; all, for "
     "tools"},
    {"watch", MN_OPT_BOOL, AT(watch), "off", 0, 0, NULL,
     "check again whenever a file of an app changes, until interrupted"},
    {0},
};

/* "agents/dental/agent.lua:23: tool 'x': ..." as { file, line, message }. */
static void write_mistake(struct mn_writer *w, struct mn_str line)
{
    const char *colon = memchr(line.p, ':', line.n), *end = line.p + line.n, *after;
    long number = colon != NULL ? strtol(colon + 1, (char **)&after, 10) : 0;

    mn_write_open(w, NULL, '{');
    if (number > 0 && after + 1 < end && *after == ':') {
        mn_write_str(w, "file", (struct mn_str){line.p, (size_t)(colon - line.p)});
        mn_write_int(w, "line", number);
        line = (struct mn_str){after + 2, (size_t)(end - after - 2)};
    }
    mn_write_str(w, "message", line);
    mn_write_close(w);
}

static void write_mistakes(struct mn_writer *w, const char *key, struct mn_str lines)
{
    mn_write_open(w, key, '[');
    while (lines.n > 0) {
        const char *end = memchr(lines.p, '\n', lines.n);
        size_t n = end != NULL ? (size_t)(end - lines.p) : lines.n;

        if (n > 0)
            write_mistake(w, (struct mn_str){lines.p, n});
        lines.p += n + (end != NULL);
        lines.n -= n + (end != NULL);
    }
    mn_write_close(w);
}

/* One object a line and app. */
static void show_json(const struct mn_bundle *bundle, const char *path, struct mn_str errors)
{
    struct mn_buf out = {0};
    struct mn_writer w = mn_writer(&out);

    mn_write_open(&w, NULL, '{');
    mn_write_text(&w, "path", path);
    if (bundle != NULL)
        mn_bundle_json(bundle, &w);
    write_mistakes(&w, "errors", errors);
    write_mistakes(&w, "warnings",
                   bundle != NULL ? mn_bundle_warnings(bundle) : (struct mn_str){0});
    mn_write_close(&w);
    if (out.err == 0)
        printf("%s\n", out.p);
    mn_buf_free(&out);
}

static void show(const struct mn_bundle *bundle, int format)
{
    struct mn_buf out = {0};
    int err = format == MN_CHECK_DOT ? mn_bundle_dot(bundle, &out) : mn_bundle_tree(bundle, &out);

    if (err == 0)
        fputs(out.p, stdout);
    mn_buf_free(&out);
    if (mn_bundle_warnings(bundle).n > 0)
        fprintf(stderr, "%.*s", MN_FMT(mn_bundle_warnings(bundle)));
}

static int check(const char *path, int format, struct mn_log *log)
{
    struct mn_buf why = {0};
    struct mn_bundle *bundle;
    int err = mn_bundle_load(&bundle, path, log, &why);

    if (format == MN_CHECK_JSON)
        show_json(bundle, path, mn_buf_str(&why));
    else if (err == 0)
        show(bundle, format);
    else
        fputs(why.p != NULL ? why.p : "out of memory\n", stderr);
    mn_buf_free(&why);
    mn_bundle_drop(bundle);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_FAILED;
}

static int check_all(char **paths, int npaths, int format)
{
    struct mn_clock clock;
    struct mn_log log = {.level = MN_LOG_WARN, .personal = true};
    int status = MN_EXIT_OK;

    mn_clock_open_real(&clock);
    log.clock = &clock;
    for (int i = 0; i < npaths; i++) {
        if (check(paths[i], format, &log) != MN_EXIT_OK)
            status = MN_EXIT_FAILED;
    }
    mn_clock_close(&clock);
    return status;
}

static void watch(char **paths, int npaths, int format)
{
    for (;;) { /* until SIGINT ends the process */
        uint64_t seen = mn_changes_sum(paths, npaths);

        if (check_all(paths, npaths, format) == MN_EXIT_OK && format == MN_CHECK_TREE)
            printf("nothing is wrong\n");
        fflush(stdout);
        mn_cli_wait_for_change(paths, npaths, seen);
        printf("\n");
    }
}

int mn_cmd_check(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_check_options options = {0};
    char here[] = ".", **paths;
    struct mn_buf why = {0};
    int npaths = 0, status = MN_EXIT_USAGE;

    if (mn_cli_wants_help(argc, argv, from)) {
        mn_cli_help(self, mn_check_options);
        return MN_EXIT_OK;
    }
    paths = calloc((size_t)argc + 1, sizeof(*paths));
    if (paths != NULL && mn_options_init(mn_check_options, &options) == 0 &&
        mn_options_argv(mn_check_options, &options, argc, argv, from, paths, &npaths, &why) == 0) {
        if (npaths == 0)
            paths[npaths++] = here;
        if (options.watch)
            watch(paths, npaths, options.format);
        status = check_all(paths, npaths, options.format);
    }
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_options_free(mn_check_options, &options);
    free(paths);
    return status;
}
