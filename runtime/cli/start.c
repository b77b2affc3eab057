/* start.c - what every command that takes options begins with. */
#include "base/err.h"
#include "call/upstream_ws.h"
#include "call/worker.h"
#include "cli/command.h"
#include "io/changes.h"
#include "script/settings_file.h"
#include "sim/upstream_sim.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void mn_cli_complain(const struct mn_buf *why)
{
    const char *line = why->p, *end;

    for (; line != NULL && *line != '\0'; line = *end == '\0' ? end : end + 1) {
        end = strchr(line, '\n');
        end = end != NULL ? end : line + strlen(line);
        fprintf(stderr, "myna: %.*s\n", (int)(end - line), line);
    }
}

void mn_cli_help(const struct mn_command *self, const struct mn_option *table)
{
    struct mn_buf out = {0};

    mn_options_help(table, &out);
    printf("myna %s%s%s: %s\n\n%s", self->name, self->words[0] != '\0' ? " " : "", self->words,
           self->does, out.p != NULL ? out.p : "");
    mn_buf_free(&out);
}

void mn_cli_wait_for_change(char **paths, int npaths, uint64_t seen)
{
    /* Between two looks: soon for a person, nothing for a machine. */
    const struct timespec look = {.tv_nsec = 300 * 1000000L};

    do {
        nanosleep(&look, NULL);
    } while (mn_changes_sum(paths, npaths) == seen);
}

bool mn_cli_wants_help(int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

void mn_cli_tell_address(const struct mn_settings *settings, int port)
{
    bool v6 = strchr(settings->host, ':') != NULL;

    printf("listening on http%s://%s%s%s:%d\n", settings->tls_cert != NULL ? "s" : "",
           v6 ? "[" : "", settings->host, v6 ? "]" : "", port);
    fflush(stdout);
}

/* The folder the apps lie in: beside "agents/dental" is "agents". */
static void beside(const char *app, char *out, size_t size)
{
    char folder[PATH_MAX] = ".", *slash;
    struct stat is;

    if (app == NULL || realpath(app, folder) == NULL) {
        snprintf(out, size, "myna.lua");
        return;
    }
    for (int up = stat(folder, &is) == 0 && S_ISREG(is.st_mode) ? 2 : 1; up > 0; up--) {
        slash = strrchr(folder, '/');
        if (slash != NULL && slash != folder)
            *slash = '\0';
    }
    snprintf(out, size, "%s/myna.lua", folder);
}

static int read_defaults(struct mn_start *s, const struct mn_command *self)
{
    int err = mn_options_init(mn_settings_table, &s->settings);

    if (self->port != 0)
        s->settings.port = self->port;
    if (self->run == mn_cmd_chat)
        s->settings.log_level = MN_LOG_WARN; /* the conversation is its log, unless told */
    return err;
}

/* Flags say which file and which apps, so they are read once for that, and again to have the last
 * word: default, myna.lua, variable, flag. */
static int read_file(struct mn_start *s, const struct mn_command *self, const char *named,
                     struct mn_buf *why)
{
    char path[sizeof(s->config)];
    int err;

    if (s->inherited != NULL)
        snprintf(path, sizeof(path), "/proc/self/fd/%d", *s->inherited);
    else if (named != NULL)
        snprintf(path, sizeof(path), "%s", named);
    else
        beside(s->nwords > 0 ? s->words[0] : NULL, path, sizeof(path));
    mn_options_free(mn_settings_table, &s->settings);
    err = read_defaults(s, self);
    if (err == 0 && s->inherited != NULL && *s->inherited < 0)
        return 0;
    if (err == 0)
        err = mn_settings_file(path, mn_settings_table, &s->settings, why);
    if (err == 0)
        memcpy(s->config, path, sizeof(path));
    if (err == -ENOENT && named == NULL)
        return 0;
    if (err < 0 && why->n == 0)
        mn_buf_addf(why, "%s: %s\n", path, mn_strerror(err));
    return err;
}

static int read_flags(struct mn_start *s, int argc, char **argv, int from, struct mn_buf *why)
{
    int err = mn_settings_environment(&s->settings, why);

    if (err != 0)
        return err;
    s->nwords = 0;
    return mn_options_argv(mn_settings_table, &s->settings, argc, argv, from, s->words, &s->nwords,
                           why);
}

static int read_all(struct mn_start *s, const struct mn_command *self, int argc, char **argv,
                    int from, struct mn_buf *why)
{
    int err = read_defaults(s, self);
    char *named = NULL;

    if (err == 0)
        err = read_flags(s, argc, argv, from, why);
    if (err == 0 && s->settings.config != NULL) {
        named = strdup(s->settings.config);
        err = named != NULL ? 0 : -ENOMEM;
    }
    if (err == 0)
        err = read_file(s, self, named, why);
    free(named);
    if (err == 0)
        err = read_flags(s, argc, argv, from, why);
    return err != 0 ? err : mn_settings_check(&s->settings, why);
}

static void hide_secrets(struct mn_start *s)
{
    const char *known[] = {s->settings.key, s->settings.admin_key, s->settings.openai_key,
                           s->settings.mail_password};
    int n = 0;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i] != NULL)
            s->secrets[n++] = known[i];
    }
    s->log.secrets = s->secrets;
}

static int check_words(const struct mn_start *s, const struct mn_command *self, struct mn_buf *why)
{
    if (s->nwords <= self->most_words)
        return 0;
    mn_buf_addf(why, "unexpected '%s': 'myna %s' takes %s\n", s->words[self->most_words],
                self->name, self->most_words == 0 ? "options only" : self->words);
    return MN_ECONFIG;
}

/* --log-personal auto: whoever reads this log is whoever calls, for nobody else can reach the
 * server, and nothing but a terminal has the log. */
static bool shows_personal(const struct mn_settings *s)
{
    if (s->log_personal != 2)
        return s->log_personal == 1;
    return mn_worker_is_local(s) && !mn_worker_has_keys(s) && s->admin_key == NULL &&
           s->log_format == 0 && isatty(STDERR_FILENO) == 1;
}

bool mn_start_read(struct mn_start *s, const struct mn_command *self, int argc, char **argv,
                   int from, int *status)
{
    return mn_start_read_as(s, self, argc, argv, from, NULL, status);
}

bool mn_start_read_as(struct mn_start *s, const struct mn_command *self, int argc, char **argv,
                      int from, const int *inherited, int *status)
{
    struct mn_buf why = {0};
    int err;

    *s = (struct mn_start){.words = calloc((size_t)argc + 1, sizeof(char *)),
                           .inherited = inherited};
    *status = MN_EXIT_OK;
    if (mn_cli_wants_help(argc, argv, from)) {
        mn_cli_help(self, mn_settings_table);
        return false;
    }
    err = s->words != NULL ? read_all(s, self, argc, argv, from, &why) : -ENOMEM;
    if (err == 0)
        err = check_words(s, self, &why);
    hide_secrets(s);
    s->log.level = (enum mn_log_level)s->settings.log_level;
    s->log.json = s->settings.log_format == 1;
    s->log.personal = shows_personal(&s->settings);
    s->log.fields = s->settings.log_fields;
    if (err != 0) {
        mn_cli_complain(&why);
        *status = MN_EXIT_USAGE;
    }
    mn_buf_free(&why);
    return err == 0;
}

void mn_start_free(struct mn_start *s)
{
    mn_options_free(mn_settings_table, &s->settings);
    free(s->words);
}

bool mn_cli_uses_sim(const struct mn_settings *settings)
{
    if (settings->upstream != NULL)
        return strcmp(settings->upstream, "sim") == 0;
    return settings->openai_key == NULL;
}

int mn_cli_upstream(struct mn_upstream **out, struct mn_loop *loop,
                    const struct mn_settings *settings, const char *address)
{
    const char *url = address != NULL ? address : settings->upstream;

    if (address != NULL ? strcmp(address, "sim") == 0 : mn_cli_uses_sim(settings))
        return mn_upstream_sim(out, mn_loop_clock(loop), mn_loop_log(loop));
    if (url == NULL || strcmp(url, "openai") == 0)
        url = MN_OPENAI_URL;
    return mn_upstream_ws(out, loop, settings, url);
}
