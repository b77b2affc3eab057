/* serve.c - `myna serve`: agent apps, on a port. */
#include "call/inherit.h"
#include "call/master.h"
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

static void tell_apps(const struct mn_start *s, const struct mn_generation *apps, bool watching)
{
    for (int i = 0; i < apps->n; i++)
        fprintf(stderr, "myna: app %.*s\n", MN_FMT(mn_bundle_spec(apps->list[i])->name));
    fprintf(stderr, "myna: the model is %s\n", model_of(&s->settings));
    if (watching)
        fprintf(stderr, "myna: what you save is served; --watch off stops that\n");
    if (s->log.personal && s->settings.log_personal != 1)
        fprintf(stderr, "myna: the log shows what callers say, for it goes to a terminal and "
                        "nobody else can call; --log-personal off hides it\n");
    if (watching && !s->log.personal) /* whoever writes an app wants to see what it says */
        fprintf(stderr, "myna: what may be a caller's is (personal) in the log; --log-personal on "
                        "shows it\n");
}

/* inherited: of a master, which has told what there is to tell. */
static int serve(struct mn_start *s, char **paths, int npaths, const struct mn_inherited *inherited)
{
    struct mn_worker_settings settings = {
        .inherited = inherited,
        .settings = &s->settings,
        .paths = paths,
        .npaths = npaths,
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
    if (err == 0 && inherited == NULL) {
        tell_apps(s, mn_worker_generation(w), watching);
        mn_cli_tell_address(&s->settings, mn_worker_port(w));
    }
    if (err == 0)
        mn_worker_run(w);
    mn_cli_complain(&why);
    mn_buf_free(&why);
    mn_worker_close(w);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_USAGE;
}

static void on_ready(void *start, const struct mn_generation *apps, int port, bool watching)
{
    const struct mn_start *s = start;

    tell_apps(s, apps, watching);
    mn_cli_tell_address(&s->settings, port);
}

static int lead(struct mn_start *s, char **paths, int npaths, char **argv)
{
    const struct mn_master_settings settings = {
        .settings = &s->settings,
        .paths = paths,
        .npaths = npaths,
        .config = s->config[0] != '\0' ? s->config : NULL,
        .argv = argv,
        .log = &s->log,
        .ready = on_ready,
        .owner = s,
    };
    struct mn_buf why = {0};
    int err = mn_master_run(&settings, &why);

    mn_cli_complain(&why);
    mn_buf_free(&why);
    return err == 0 ? MN_EXIT_OK : MN_EXIT_USAGE;
}

/* inherited: of a master; NULL: there is none. */
static int run(struct mn_start *s, char **argv, const struct mn_inherited *inherited)
{
    char here[] = ".";
    char *paths[] = {here};
    char **named = s->nwords > 0 ? s->words : paths;
    int n = s->nwords > 0 ? s->nwords : 1;

    if (inherited != NULL)
        return serve(s, named, n, inherited);
    return mn_master_workers(&s->settings) > 0 ? lead(s, named, n, argv) : serve(s, named, n, NULL);
}

int mn_cmd_serve(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_start s;
    struct mn_inherited inherited;
    bool inherits = mn_inherit_worker(&inherited) == 0;
    int status;

    if (mn_start_read_as(&s, self, argc, argv, from, inherits ? &inherited.config : NULL, &status))
        status = run(&s, argv, inherits ? &inherited : NULL);
    mn_start_free(&s);
    return status;
}
