/* runner.c - plays the scenarios of apps, one after the other, behind runner.h. */
#include "sim/runner.h"

#include "base/err.h"
#include "sim/apps.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct run {
    struct mn_report *report;
    const struct mn_run_settings *settings;
    struct mn_log silent; /* of loading: what is wrong is reported, not logged */
};

static double real_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

static bool is_wanted(const struct run *run, const struct mn_scenario *sc)
{
    const struct mn_run_settings *set = run->settings;

    return (set->filter == NULL || strstr(sc->name, set->filter) != NULL) &&
           (set->tag == NULL || has_word(sc->tags, set->tag));
}

static void play(struct run *run, const char *file, struct mn_scenarios *scenarios, int i)
{
    const struct mn_scenario *sc = mn_scenarios_at(scenarios, i);
    struct mn_outcome outcome;
    double from_ms = real_ms();

    if (sc->skip != NULL) {
        mn_report_scenario(run->report, file, sc, NULL, 0);
        return;
    }
    mn_scenarios_play(scenarios, i, &outcome);
    mn_report_scenario(run->report, file, sc, &outcome, real_ms() - from_ms);
    mn_outcome_free(&outcome);
}

static int count_wanted(const struct run *run, const struct mn_scenarios *scenarios)
{
    int n = 0;

    for (int i = 0; i < mn_scenarios_count(scenarios); i++)
        n += is_wanted(run, mn_scenarios_at(scenarios, i));
    return n;
}

static void play_file(struct run *run, struct mn_bundle *bundle, const char *file)
{
    struct mn_scenarios *scenarios;
    struct mn_buf why = {0};
    int err;

    err = mn_scenarios_open(&scenarios,
                            &(struct mn_scenarios_settings){
                                .bundle = bundle, .path = file, .seed = run->settings->seed},
                            &why);
    if (err != 0) {
        mn_report_file(run->report, file);
        mn_report_broken(run->report, file,
                         why.n > 0 ? mn_buf_str(&why) : mn_str(mn_strerror(err)));
    } else if (count_wanted(run, scenarios) > 0) {
        mn_report_file(run->report, file);
        for (int i = 0; i < mn_scenarios_count(scenarios); i++) {
            if (is_wanted(run, mn_scenarios_at(scenarios, i)))
                play(run, file, scenarios, i);
        }
    }
    mn_scenarios_close(scenarios);
    mn_buf_free(&why);
}

static void play_app(void *owner, const char *app, char **files, int nfiles)
{
    struct run *run = owner;
    struct mn_bundle *bundle;
    struct mn_buf why = {0};
    int err = mn_bundle_load(&bundle, app, &run->silent, &why);

    if (err != 0)
        mn_report_broken(run->report, app, why.n > 0 ? mn_buf_str(&why) : mn_str(mn_strerror(err)));
    for (int i = 0; err == 0 && i < nfiles; i++)
        play_file(run, bundle, files[i]);
    mn_bundle_drop(bundle);
    mn_buf_free(&why);
}

int mn_run(struct mn_report *report, const struct mn_run_settings *settings, const char *path,
           struct mn_buf *why)
{
    struct run run = {.report = report, .settings = settings, .silent = {.level = MN_LOG_OFF}};

    return mn_apps_find(path, play_app, &run, why);
}
