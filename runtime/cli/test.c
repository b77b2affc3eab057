/* test.c - `myna test`: plays scripted conversations on the virtual clock. */
#include "base/err.h"
#include "cli/command.h"
#include "cli/test_options.h"
#include "io/changes.h"
#include "sim/runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SHARDS_MAX 10000 /* as many as scenarios of one file */

/* "2/3" */
static int read_shard(const char *text, struct mn_choice *choice, struct mn_buf *why)
{
    char *slash, *end;
    long shard, shards;

    if (text == NULL)
        return 0;
    shard = strtol(text, &slash, 10);
    shards = *slash == '/' ? strtol(slash + 1, &end, 10) : 0;
    if (shards >= 1 && shards <= SHARDS_MAX && *end == '\0' && shard >= 1 && shard <= shards) {
        choice->shard = (int)shard;
        choice->shards = (int)shards;
        return 0;
    }
    mn_buf_addf(why, "--shard: expected a part such as 2/3, got '%.200s'\n", text);
    return MN_ECONFIG;
}

static bool is_coloured(void)
{
    const char *none = getenv("NO_COLOR"); /* no-color.org */

    return isatty(STDOUT_FILENO) && (none == NULL || *none == '\0');
}

/* Shown to people beside what is for machines. Returns whether it is enough. */
static bool tell_coverage(const struct mn_test_options *options,
                          const struct mn_run_settings *settings, struct mn_buf *why)
{
    FILE *out = options->format == MN_REPORT_HUMAN || options->output != NULL ? stdout : stderr;
    int percent = mn_coverage_percent(settings->coverage);
    struct mn_buf text = {0};

    if (mn_coverage_write(settings->coverage, &text) == 0)
        fwrite(text.p, 1, text.n, out);
    mn_buf_free(&text);
    if (percent >= options->min_coverage)
        return true;
    mn_buf_addf(why, "coverage is %d%%, below the %d%% of --min-coverage\n", percent,
                (int)options->min_coverage);
    return false;
}

/* Nothing was played. Returns the exit status. */
static int tell_none(const struct mn_test_options *options, struct mn_buf *why)
{
    const struct {
        const char *name, *value;
    } asked[] = {{"filter", options->filter}, {"tag", options->tag}, {"shard", options->shard}};
    const char *before = "no scenario fits";

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        if (asked[i].value == NULL)
            continue;
        mn_buf_addf(why, "%s --%s '%.200s'", before, asked[i].name, asked[i].value);
        before = " and";
    }
    mn_buf_add_text(why, why->n > 0 ? "\n" : "the files hold no scenario\n");
    /* A part of a suite may be empty. */
    return options->shard != NULL && options->filter == NULL && options->tag == NULL
               ? MN_EXIT_OK
               : MN_EXIT_USAGE;
}

/* Plays once, told to people and, in the form asked for, to file (NULL: on stdout). */
static int play(const struct mn_test_options *options, const struct mn_run_settings *settings,
                FILE *file, char **paths, int npaths, struct mn_buf *why)
{
    FILE *terminal = isatty(STDERR_FILENO) ? stderr : NULL;
    struct mn_report written = {.out = file, .form = (enum mn_report_form)options->format};
    struct mn_report report = {.out = stdout,
                               .form = file != NULL ? MN_REPORT_HUMAN : written.form,
                               .colour = is_coloured(),
                               .progress = terminal,
                               .next = file != NULL ? &written : NULL};
    int err = mn_run(&report, settings, paths, npaths, why);
    bool covered = err != 0 || settings->coverage == NULL || tell_coverage(options, settings, why);

    if (err != 0)
        return MN_EXIT_USAGE;
    if (report.passed + report.failed + report.skipped == 0)
        return tell_none(options, why);
    return report.failed == 0 && covered ? MN_EXIT_OK : MN_EXIT_FAILED;
}

static int play_to_file(const struct mn_test_options *options, const struct mn_run_settings *asked,
                        char **paths, int npaths, struct mn_buf *why)
{
    struct mn_run_settings settings = *asked;
    FILE *file = NULL;
    int status;

    if (options->coverage || options->min_coverage > 0)
        settings.coverage = mn_coverage_new();
    if (settings.coverage == NULL && (options->coverage || options->min_coverage > 0)) {
        mn_buf_add_text(why, "--coverage: not enough memory\n");
        return MN_EXIT_USAGE;
    }
    if (options->output != NULL) {
        file = fopen(options->output, "w");
        if (file == NULL) {
            mn_buf_addf(why, "--output %s: %s\n", options->output, mn_strerror(-errno));
            mn_coverage_free(settings.coverage);
            return MN_EXIT_USAGE;
        }
    }
    status = play(options, &settings, file, paths, npaths, why);
    mn_coverage_free(settings.coverage);
    if (file != NULL && fclose(file) != 0) {
        mn_buf_addf(why, "--output %s: %s\n", options->output, mn_strerror(-errno));
        status = MN_EXIT_USAGE;
    }
    return status;
}

static void watch(const struct mn_test_options *options, const struct mn_run_settings *settings,
                  char **paths, int npaths)
{
    uint64_t seen;

    for (;;) { /* until SIGINT ends the process */
        struct mn_buf why = {0};

        seen = mn_changes_sum(paths, npaths);
        play_to_file(options, settings, paths, npaths, &why);
        mn_cli_complain(&why);
        mn_buf_free(&why);
        fflush(stdout);
        mn_cli_wait_for_change(paths, npaths, seen);
        printf("\n");
    }
}

static int run(const struct mn_test_options *options, char **paths, int npaths, struct mn_buf *why)
{
    struct mn_run_settings settings = {
        .choice = {.filter = options->filter, .tag = options->tag},
        .seed = (uint64_t)options->seed,
        .repeat = (int)options->repeat,
        .jobs = (int)options->jobs,
        .shuffle = options->shuffle,
        .fail_fast = options->fail_fast,
        .record_dir = options->record,
        .update = options->update,
        .wire = options->wire,
        .sound_dir = options->keep_audio,
    };

    if (read_shard(options->shard, &settings.choice, why) != 0)
        return MN_EXIT_USAGE;
    if (options->watch)
        watch(options, &settings, paths, npaths);
    return play_to_file(options, &settings, paths, npaths, why);
}

int mn_cmd_test(const struct mn_command *self, int argc, char **argv, int from)
{
    char **paths = calloc((size_t)argc + 1, sizeof(*paths)), here[] = ".";
    struct mn_test_options options = {0};
    struct mn_buf why = {0};
    int npaths = 0, status = MN_EXIT_USAGE;

    if (mn_cli_wants_help(argc, argv, from)) {
        free(paths);
        mn_cli_help(self, mn_test_options);
        return MN_EXIT_OK;
    }
    if (paths != NULL && mn_options_init(mn_test_options, &options) == 0 &&
        mn_options_env(mn_test_options, &options, &why) == 0 &&
        mn_options_argv(mn_test_options, &options, argc, argv, from, paths, &npaths, &why) == 0) {
        if (npaths == 0)
            paths[npaths++] = here;
        status = run(&options, paths, npaths, &why);
    }
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_options_free(mn_test_options, &options);
    free(paths);
    return status;
}
