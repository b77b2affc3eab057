/* serve.c - `myna serve`: agent apps, on a port. */
#include "cli/command.h"
#include "sim/upstream_sim.h"

#include <stdio.h>

static const char *model_of(const struct mn_settings *s)
{
    if (mn_cli_uses_sim(s))
        return s->upstream != NULL ? "the simulator"
                                   : "the simulator, for OPENAI_API_KEY is not set";
    return s->upstream != NULL ? s->upstream : "OpenAI";
}

static void tell(struct mn_worker *w, const struct mn_start *s, bool watching)
{
    const struct mn_settings *set = &s->settings;

    for (int i = 0; i < mn_worker_apps(w); i++)
        fprintf(stderr, "myna: app %.*s\n", MN_FMT(mn_bundle_spec(mn_worker_app(w, i))->name));
    fprintf(stderr, "myna: the model is %s\n", model_of(set));
    if (watching)
        fprintf(stderr, "myna: what you save is served; --watch off stops that\n");
    if (watching && !s->log.personal) /* whoever writes an app wants to see what it says */
        fprintf(stderr, "myna: what may be a caller's is (personal) in the log; --log-personal on "
                        "shows it\n");
    mn_cli_tell_address(set, mn_worker_port(w));
}

static int serve(struct mn_start *s)
{
    char here[] = ".";
    char *paths[] = {here};
    struct mn_worker_settings settings = {
        .settings = &s->settings,
        .paths = s->nwords > 0 ? s->words : paths,
        .npaths = s->nwords > 0 ? s->nwords : 1,
        .upstream = mn_cli_upstream,
        .twin = &mn_sim_api,
    };
    struct mn_buf why = {0};
    bool watching = false;
    struct mn_worker *w;
    int err = mn_worker_open(&w, &settings, &s->log, &why);

    if (err == 0)
        err = mn_worker_listen(w, &why);
    if (err == 0)
        err = mn_worker_watch(w, &watching);
    if (err == 0) {
        tell(w, s, watching);
        mn_worker_run(w);
    }
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_worker_close(w);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_USAGE;
}

int mn_cmd_serve(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_start s;
    int status;

    if (mn_start_read(&s, self, argc, argv, from, &status))
        status = serve(&s);
    mn_start_free(&s);
    return status;
}
