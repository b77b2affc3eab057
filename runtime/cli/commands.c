/* commands.c - the table of commands, and the two that only speak of it. */
#include "cli/command.h"

#include <stdio.h>

/* Its own, so that it can stand beside `serve`. */
#define MN_SIM_PORT 8090

const struct mn_command mn_commands[] = {
    {"new", "<dir>", "make an app to begin with, and a scenario that passes", 1, 0, mn_cmd_new},
    {"serve", "[dir|agent.lua ...]", "serve agent apps to callers", MN_ANY, 0, mn_cmd_serve},
    {"sim", "", "serve the simulated Realtime API alone, for any client", 0, MN_SIM_PORT,
     mn_cmd_sim},
    {"chat", "[dir|agent.lua]", "type to an agent", 1, 0, mn_cmd_chat},
    {"test", "[dir|file ...]", "run scripted conversations", MN_ANY, 0, mn_cmd_test},
    {"check", "[dir|agent.lua ...]", "load apps and tell what is wrong with them", MN_ANY, 0,
     mn_cmd_check},
    {"ps", "", "list the calls of a running server", 0, 0, mn_cmd_ps},
    {"logs", "[call]", "lines of its log; -f: and those that come", 1, 0, mn_cmd_logs},
    {"say", "<call> <words ...>", "have the agent of a call say them", MN_ANY, 0, mn_cmd_order},
    {"hang-up", "<call> [reason ...]", "end a call", MN_ANY, 0, mn_cmd_order},
    {"reload", "", "have it read its apps again", 0, 0, mn_cmd_order},
    {"rollback", "", "have it serve the apps before these", 0, 0, mn_cmd_order},
    {"drain", "", "have it take no new calls; --off: take them again", 0, 0, mn_cmd_order},
    {"records", "", "show recorded calls, as JSON", 0, 0, mn_cmd_records},
    {"version", "", "print the version", 0, 0, mn_cmd_version},
    {"help", "[command|options]", "explain a command, or list all options", MN_ANY, 0, mn_cmd_help},
    {0},
};

int mn_cmd_version(const struct mn_command *self, int argc, char **argv, int from)
{
    (void)self, (void)argc, (void)argv, (void)from;
    printf("myna %s\n", MN_VERSION);
    return MN_EXIT_OK;
}

static int list_commands(void)
{
    printf("myna %s: the runtime realtime voice agents are served from\n\n", MN_VERSION);
    for (const struct mn_command *c = mn_commands; c->name != NULL; c++)
        printf("  myna %-8s %-22s %s\n", c->name, c->words, c->does);
    printf("\n'myna COMMAND --help' tells its options; every option is also a variable: --port is "
           "MYNA_PORT.\n");
    return MN_EXIT_OK;
}

static int list_options(bool markdown)
{
    struct mn_buf out = {0};

    if (markdown) {
        mn_options_markdown(mn_settings_table, &out);
        mn_buf_add_text(&out, "\n## Of `myna test`\n\n");
        mn_options_markdown(mn_test_options, &out);
        mn_buf_add_text(&out, "\n## Of `myna check`\n\n");
        mn_options_markdown(mn_check_options, &out);
        mn_buf_add_text(&out,
                        "\n## Of `myna ps`, `logs`, `say`, `hang-up`, `reload`, `rollback` and "
                        "`drain`\n\n");
        mn_options_markdown(mn_operator_options, &out);
        mn_buf_add_text(&out, "\n## Of `myna records`\n\n");
        mn_options_markdown(mn_records_options, &out);
    } else {
        mn_options_help(mn_settings_table, &out);
    }
    if (out.p != NULL)
        fputs(out.p, stdout);
    mn_buf_free(&out);
    return MN_EXIT_OK;
}

int mn_cmd_help(const struct mn_command *self, int argc, char **argv, int from)
{
    char help[] = "--help";
    char *args[] = {argv[0], argc > from ? argv[from] : NULL, help, NULL};

    (void)self;
    if (argc <= from)
        return list_commands();
    if (strcmp(argv[from], "options") == 0)
        return list_options(argc > from + 1 && strcmp(argv[from + 1], "--markdown") == 0);
    for (const struct mn_command *c = mn_commands; c->name != NULL; c++) {
        if (strcmp(c->name, argv[from]) == 0 && c->run != mn_cmd_help)
            return c->run(c, 3, args, 2);
    }
    return list_commands();
}
