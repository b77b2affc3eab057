/* test.c - `myna test`: plays scripted conversations on the virtual clock. */
#include "cli/command.h"
#include "sim/runner.h"

#include <stdio.h>
#include <stdlib.h>

struct options {
    int format;
    const char *filter, *tag;
    int64_t seed;
};

#define AT(field) offsetof(struct options, field)

static const struct mn_option table[] = {
    {"format", MN_OPT_CHOICE, AT(format), "human", 0, 0, MN_REPORT_FORMS,
     "how results are written"},
    {"filter", MN_OPT_STR, AT(filter), NULL, 0, 0, NULL, "play scenarios with this in their name"},
    {"tag", MN_OPT_STR, AT(tag), NULL, 0, 0, NULL, "play scenarios with this tag"},
    {"seed", MN_OPT_INT, AT(seed), "1", 0, INT32_MAX, NULL,
     "of all chance in a scenario that names none; the same seed, the same record"},
    {0},
};

static int play(const struct options *options, char **paths, int npaths, struct mn_buf *why)
{
    struct mn_report report = {.out = stdout, .form = (enum mn_report_form)options->format};
    const struct mn_run_settings settings = {
        .filter = options->filter, .tag = options->tag, .seed = (uint64_t)options->seed};
    bool ran = true;

    for (int i = 0; i < npaths; i++)
        ran = mn_run(&report, &settings, paths[i], why) == 0 && ran;
    if (ran && report.passed + report.failed + report.skipped == 0) {
        mn_buf_add_text(why, "no scenario fits --filter and --tag\n");
        ran = false;
    }
    if (report.passed + report.failed + report.skipped > 0)
        mn_report_end(&report);
    if (!ran)
        return MN_EXIT_USAGE;
    return report.failed == 0 ? MN_EXIT_OK : MN_EXIT_FAILED;
}

int mn_cmd_test(const struct mn_command *self, int argc, char **argv, int from)
{
    char **paths = calloc((size_t)argc + 1, sizeof(*paths)), here[] = ".";
    struct options options = {0};
    struct mn_buf why = {0};
    int npaths = 0, status = MN_EXIT_USAGE;

    if (mn_cli_wants_help(argc, argv, from)) {
        free(paths);
        mn_cli_help(self, table);
        return MN_EXIT_OK;
    }
    if (paths != NULL && mn_options_init(table, &options) == 0 &&
        mn_options_env(table, &options, &why) == 0 &&
        mn_options_argv(table, &options, argc, argv, from, paths, &npaths, &why) == 0) {
        if (npaths == 0)
            paths[npaths++] = here;
        status = play(&options, paths, npaths, &why);
    }
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_options_free(table, &options);
    free(paths);
    return status;
}
