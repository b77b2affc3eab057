/* runner.c - plays a suite with a crew, behind runner.h.
 *
 * DESIGN  A play is one scenario once. All plays in their order (shuffled or not) are numbered;
 * whoever plays number n gives its outcome to the ledger, which reports in the order of the suite.
 * By a crew of one and unshuffled, a file is played as soon as it has been read, so that the first
 * result does not wait for the last app to load. */
#include "sim/runner.h"

#include "base/err.h"
#include "base/random.h"
#include "sim/crew.h"
#include "sim/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct run {
    const struct mn_run_settings *settings;
    struct mn_suite suite;
    struct mn_ledger ledger;
    int *plays; /* the case of each, in their order */
    int nplays;
    int done;
    int seen; /* cases whose plays are listed */
    int err;
    double began_ms;
};

static double real_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static int list_plays(struct run *run)
{
    int repeat = run->ledger.repeat, more = run->suite.ncases - run->seen;
    int *plays = realloc(run->plays, ((size_t)run->nplays + (size_t)more * (size_t)repeat + 1) *
                                         sizeof(*plays));

    if (plays == NULL)
        return -ENOMEM;
    run->plays = plays;
    for (; run->seen < run->suite.ncases; run->seen++) {
        for (int k = 0; mn_ledger_plays(&run->ledger, run->seen) && k < repeat; k++)
            run->plays[run->nplays++] = run->seen;
    }
    return mn_ledger_grow(&run->ledger);
}

/* Fisher and Yates. */
static void shuffle(struct run *run)
{
    struct mn_random random;

    mn_random_seed(&random, run->settings->seed);
    for (int i = run->nplays - 1; i > 0; i--) {
        int j = (int)(mn_random_next(&random) % (uint64_t)(i + 1)), kept = run->plays[i];

        run->plays[i] = run->plays[j];
        run->plays[j] = kept;
    }
}

/* Which of its scenario's plays number n is, from 1; asked by what they leave behind only. */
static int nth_play(const struct run *run, int n)
{
    bool matters = run->ledger.repeat > 1 && run->settings->sound_dir != NULL;
    int nth = 1;

    for (int i = 0; matters && i < n; i++)
        nth += run->plays[i] == run->plays[n];
    return nth;
}

static void play(void *owner, int n, struct mn_outcome *out, double *ms)
{
    struct run *run = owner;
    const struct mn_case *it = &run->suite.cases[run->plays[n]];
    double from_ms = real_ms();

    mn_scenarios_play(run->suite.files[it->file].scenarios, it->index, nth_play(run, n), out);
    *ms = real_ms() - from_ms;
}

static void tell_progress(void *owner)
{
    struct run *run = owner;

    mn_report_progress(run->ledger.report, run->done, run->nplays, real_ms() - run->began_ms);
}

static bool over(void *owner, int n, struct mn_outcome *outcome, double ms)
{
    struct run *run = owner;

    if (outcome->crashed) /* nobody was there to tell where */
        mn_buf_add_text(&outcome->failures[0].place,
                        mn_suite_scenario(&run->suite, run->plays[n])->place);
    mn_ledger_add(&run->ledger, run->plays[n], outcome, ms);
    mn_ledger_tell(&run->ledger);
    run->done++;
    tell_progress(run);
    return !run->ledger.stopped;
}

static void abandon(struct run *run, int err)
{
    char why[96];

    snprintf(why, sizeof(why), "it could not be played: %s", mn_strerror(err));
    mn_ledger_abandon(&run->ledger, why);
    run->done = run->nplays;
}

/* Plays what has not been played yet. */
static void play_all(struct run *run)
{
    int err;

    mn_ledger_tell(&run->ledger);
    if (run->ledger.stopped)
        return;
    err = mn_crew_run(
        &(struct mn_crew_settings){.jobs = run->settings->jobs > 1 ? run->settings->jobs : 1,
                                   .first = run->done,
                                   .nplays = run->nplays,
                                   .play = play,
                                   .over = over,
                                   .waits = tell_progress,
                                   .owner = run});
    if (err == MN_ECLOSED)
        mn_buf_add_text(&run->ledger.why, "a process that played scenarios ended badly after "
                                          "them: see what it wrote above\n");
    if (run->done < run->nplays && !run->ledger.stopped)
        abandon(run, err != 0 ? err : MN_ECLOSED);
}

static void on_grown(void *owner, struct mn_suite *suite)
{
    struct run *run = owner;

    (void)suite;
    if (run->err == 0)
        run->err = list_plays(run);
    if (run->err == 0)
        play_all(run);
}

static int read_all(struct run *run, bool streams, char **paths, int npaths, struct mn_buf *why)
{
    const struct mn_run_settings *set = run->settings;
    struct mn_suite_settings suite = {.choice = set->choice,
                                      .seed = set->seed,
                                      .record = run->ledger.repeat > 1 || set->record_dir != NULL,
                                      .coverage = set->coverage != NULL,
                                      .update = set->update,
                                      .wire = set->wire,
                                      .sound_dir = set->sound_dir,
                                      .grown = streams ? on_grown : NULL,
                                      .owner = run};
    int err = 0, first = 0;

    for (int i = 0; i < npaths; i++) {
        err = mn_suite_add(&run->suite, &suite, paths[i], why);
        first = first == 0 ? err : first;
    }
    return first;
}

int mn_run(struct mn_report *report, const struct mn_run_settings *settings, char **paths,
           int npaths, struct mn_buf *why)
{
    bool streams = settings->jobs <= 1 && !settings->shuffle;
    struct run run = {.settings = settings, .began_ms = real_ms()};
    int err;

    run.ledger = (struct mn_ledger){.suite = &run.suite,
                                    .report = report,
                                    .repeat = settings->repeat > 1 ? settings->repeat : 1,
                                    .coverage = settings->coverage,
                                    .record_dir = settings->record_dir,
                                    .fail_fast = settings->fail_fast,
                                    .file = -1};
    mn_report_begin(report);
    err = read_all(&run, streams, paths, npaths, why);
    if (!streams && run.err == 0)
        run.err = list_plays(&run);
    if (!streams && settings->shuffle && run.err == 0)
        shuffle(&run);
    if (run.err == 0)
        play_all(&run);
    mn_report_end(report);
    if (run.ledger.why.n > 0) {
        mn_buf_add_str(why, mn_buf_str(&run.ledger.why));
        run.err = run.err == 0 ? -EIO : run.err;
    }
    mn_ledger_free(&run.ledger);
    mn_suite_free(&run.suite);
    free(run.plays);
    return err != 0 ? err : run.err;
}
