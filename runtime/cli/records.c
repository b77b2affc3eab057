/* records.c - `myna records`: calls as they were recorded, as JSON. It reads the file itself, also
 * while servers write to it. */
#include "base/err.h"
#include "cli/command.h"
#include "cli/records_options.h"
#include "store/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define AT(field) offsetof(struct mn_records_options, field)
#define BUSY_MS   5000 /* for a server that tidies its log up */

const struct mn_option mn_records_options[] = {
    {"records", MN_OPT_STR, AT(records), NULL, 0, 0, NULL,
     "the file `serve` was given as --records; without it MYNA_RECORDS"},
    {"app", MN_OPT_STR, AT(app), NULL, 0, 0, NULL, "only calls of this app"},
    {"since", MN_OPT_STR, AT(since), NULL, 0, 0, NULL,
     "only calls that began then or later: 90m, 24h or 7d ago, or a day such as 2026-11-20, in "
     "UTC"},
    {"call", MN_OPT_STR, AT(call), NULL, 0, 0, NULL, "only the call with this id"},
    {"format", MN_OPT_CHOICE, AT(format), "jsonl", 0, 0, "jsonl|json",
     "an object a line, or one array"},
    {0},
};

/* "24h" or "2026-11-20". Returns 0, or MN_ECONFIG with why. */
static int read_since(const char *text, int64_t *out_ms, struct mn_buf *why)
{
    struct tm day = {0};
    const char *end;
    int64_t ago_ms;

    if (text == NULL)
        return 0;
    if (mn_duration_parse(mn_str(text), &ago_ms) == 0) {
        *out_ms = (int64_t)time(NULL) * 1000 - ago_ms;
        return 0;
    }
    end = strptime(text, "%Y-%m-%d", &day);
    if (end == NULL || *end != '\0') {
        mn_buf_addf(why,
                    "--since: expected a time ago such as 24h or 7d, or a day such as "
                    "2026-11-20, got '%.40s'\n",
                    text);
        return MN_ECONFIG;
    }
    *out_ms = (int64_t)timegm(&day) * 1000;
    return 0;
}

struct output {
    int format, n;
};

static int tell(void *owner, struct mn_str json)
{
    struct output *out = owner;

    if (out->format == MN_RECORDS_JSON)
        fputs(out->n == 0 ? "[\n" : ",\n", stdout);
    fwrite(json.p, 1, json.n, stdout);
    if (out->format == MN_RECORDS_JSONL)
        putchar('\n');
    out->n++;
    return ferror(stdout) ? MN_ECLOSED : 0;
}

/* Returns the exit status. */
static int show(const struct mn_records_options *options, int64_t since_ms, struct mn_buf *why)
{
    const struct mn_calls_wanted wanted = {.id = mn_str(options->call),
                                           .app = mn_str(options->app),
                                           .since_ms = since_ms,
                                           .whole = true};
    struct output out = {.format = options->format};
    struct mn_buf sentence = {0};
    struct mn_calls *calls;
    int err = mn_calls_open(&calls,
                            &(struct mn_calls_settings){
                                .path = options->records, .busy_ms = BUSY_MS, .read_only = true},
                            &sentence);

    if (err == 0)
        err = mn_calls_read(calls, &wanted, tell, &out, &sentence);
    if (err == 0 && out.format == MN_RECORDS_JSON)
        fputs(out.n == 0 ? "[]\n" : "\n]\n", stdout);
    mn_calls_close(calls);
    if (err != 0)
        mn_buf_addf(why, "--records %s: %s\n", options->records,
                    sentence.n > 0 ? sentence.p : mn_strerror(err));
    else if (out.n == 0 && options->call != NULL)
        mn_buf_addf(why, "no call '%.64s' is recorded there\n", options->call);
    mn_buf_free(&sentence);
    if (err != 0)
        return MN_EXIT_USAGE;
    return out.n == 0 && options->call != NULL ? MN_EXIT_FAILED : MN_EXIT_OK;
}

static int run(struct mn_records_options *options, int nwords, char **words, struct mn_buf *why)
{
    const char *named = getenv("MYNA_RECORDS");
    int64_t since_ms = 0;

    if (nwords > 0) {
        mn_buf_addf(why, "unexpected '%s': 'myna records' takes options only\n", words[0]);
        return MN_EXIT_USAGE;
    }
    if (options->records == NULL && named != NULL)
        options->records = strdup(named);
    if (options->records == NULL) {
        mn_buf_add_text(why, "which file? give the one `myna serve` has: --records FILE\n");
        return MN_EXIT_USAGE;
    }
    if (read_since(options->since, &since_ms, why) != 0)
        return MN_EXIT_USAGE;
    return show(options, since_ms, why);
}

int mn_cmd_records(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_records_options options = {0};
    struct mn_buf why = {0};
    int nwords = 0, status = MN_EXIT_USAGE;
    char **words;

    if (mn_cli_wants_help(argc, argv, from)) {
        mn_cli_help(self, mn_records_options);
        return MN_EXIT_OK;
    }
    words = calloc((size_t)argc + 1, sizeof(*words));
    if (words != NULL && mn_options_init(mn_records_options, &options) == 0 &&
        mn_options_argv(mn_records_options, &options, argc, argv, from, words, &nwords, &why) == 0)
        status = run(&options, nwords, words, &why);
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_options_free(mn_records_options, &options);
    free(words);
    return status;
}
