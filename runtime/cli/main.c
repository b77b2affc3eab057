/* main.c - the front door: finds the command in the table. */
#include "base/nearest.h"
#include "cli/command.h"

#include <signal.h>
#include <stdio.h>

static const struct mn_command *find(const char *name)
{
    for (const struct mn_command *c = mn_commands; c->name != NULL; c++) {
        if (strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

static const char *plain_name(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return "help";
    return strcmp(word, "--version") == 0 ? "version" : word;
}

static int unknown(const char *word)
{
    const char *names[32] = {0}, *near;

    for (int i = 0; i < 31 && mn_commands[i].name != NULL; i++)
        names[i] = mn_commands[i].name;
    near = mn_nearest(mn_str(word), names);
    fprintf(stderr, "myna: unknown command '%s'", word);
    if (near != NULL)
        fprintf(stderr, " (did you mean '%s'?)", near);
    fprintf(stderr, "\nmyna: 'myna help' lists the commands\n");
    return MN_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? plain_name(argv[1]) : "help";
    const struct mn_command *command = find(word);

    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error where it is written, not a death */
    return command != NULL ? command->run(command, argc, argv, 2) : unknown(word);
}
