/* check.c - `myna check`: what an app is, and everything that is wrong with it. */
#include "cli/command.h"

#include <stdio.h>

static int check(const char *path, struct mn_log *log)
{
    struct mn_buf why = {0}, tree = {0};
    struct mn_bundle *bundle;
    int err = mn_bundle_load(&bundle, path, log, &why);

    if (err != 0) {
        fputs(why.p != NULL ? why.p : "out of memory\n", stderr);
        mn_buf_free(&why);
        return MN_EXIT_FAILED;
    }
    if (mn_bundle_tree(bundle, &tree) == 0)
        fputs(tree.p, stdout);
    if (mn_bundle_warnings(bundle).n > 0)
        fprintf(stderr, "%.*s", MN_FMT(mn_bundle_warnings(bundle)));
    mn_buf_free(&why);
    mn_buf_free(&tree);
    mn_bundle_drop(bundle);
    return MN_EXIT_OK;
}

int mn_cmd_check(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_clock clock;
    struct mn_start s;
    int status;

    if (mn_start_read(&s, self, argc, argv, from, &status)) {
        mn_clock_open_real(&clock);
        s.log.clock = &clock;
        status = s.nwords == 0 ? check(".", &s.log) : MN_EXIT_OK;
        for (int i = 0; i < s.nwords; i++) {
            if (check(s.words[i], &s.log) != MN_EXIT_OK)
                status = MN_EXIT_FAILED;
        }
        mn_clock_close(&clock);
    }
    mn_start_free(&s);
    return status;
}
