/* start.c - what every command that takes options begins with. */
#include "base/err.h"
#include "call/upstream_ws.h"
#include "cli/command.h"
#include "sim/upstream_sim.h"

#include <stdio.h>
#include <stdlib.h>

void mn_cli_complain(const struct mn_buf *why)
{
    const char *line = why->p, *end;

    for (; line != NULL && *line != '\0'; line = *end == '\0' ? end : end + 1) {
        end = strchr(line, '\n');
        end = end != NULL ? end : line + strlen(line);
        fprintf(stderr, "myna: %.*s\n", (int)(end - line), line);
    }
}

static void help(const struct mn_command *self)
{
    struct mn_buf out = {0};

    mn_options_help(mn_settings_table, &out);
    printf("myna %s %s: %s\n\n%s", self->name, self->words, self->does, out.p != NULL ? out.p : "");
    mn_buf_free(&out);
}

static bool wants_help(int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

static int read_all(struct mn_start *s, int argc, char **argv, int from, struct mn_buf *why)
{
    int err = mn_options_init(mn_settings_table, &s->settings);

    if (err == 0)
        err = mn_settings_environment(&s->settings, why);
    if (err == 0)
        err = mn_options_argv(mn_settings_table, &s->settings, argc, argv, from, s->words,
                              &s->nwords, why);
    return err;
}

bool mn_start_read(struct mn_start *s, const struct mn_command *self, int argc, char **argv,
                   int from, int *status)
{
    struct mn_buf why = {0};
    int err;

    *s = (struct mn_start){.words = calloc((size_t)argc + 1, sizeof(char *))};
    *status = MN_EXIT_OK;
    if (wants_help(argc, argv, from)) {
        help(self);
        return false;
    }
    err = s->words != NULL ? read_all(s, argc, argv, from, &why) : -1;
    s->log.level = (enum mn_log_level)s->settings.log_level;
    s->log.json = s->settings.log_format == 1;
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
                    const struct mn_settings *settings)
{
    const char *url = settings->upstream;

    if (mn_cli_uses_sim(settings))
        return mn_upstream_sim(out, mn_loop_clock(loop), mn_loop_log(loop));
    if (url == NULL || strcmp(url, "openai") == 0)
        url = MN_OPENAI_URL;
    return mn_upstream_ws(out, loop, settings, url);
}
