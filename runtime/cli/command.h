/* command.h - the commands of the binary: one file each, one row each in commands.c. */
#ifndef MN_CLI_COMMAND_H
#define MN_CLI_COMMAND_H

#include "base/log.h"
#include "call/settings.h"
#include "call/worker.h"

/* Exit statuses, the same for every command. */
enum {
    MN_EXIT_OK = 0,
    MN_EXIT_FAILED = 1, /* it ran, and something is wrong: a check, a scenario, a call */
    MN_EXIT_USAGE = 2,  /* it could not run: options, files, a port */
};

#define MN_ANY 1000

struct mn_command {
    const char *name;  /* NULL ends the table */
    const char *words; /* what follows the name, for help */
    const char *does;  /* one line */
    int most_words;    /* that may follow, options aside; MN_ANY for any number */
    int port;          /* where it listens unless told; 0: where the option table says */
    /* argv[from] is the first word after the name. */
    int (*run)(const struct mn_command *self, int argc, char **argv, int from);
};

extern const struct mn_command mn_commands[];
extern const struct mn_option mn_test_options[];     /* test_options.h */
extern const struct mn_option mn_check_options[];    /* check_options.h */
extern const struct mn_option mn_operator_options[]; /* operator.h */
extern const struct mn_option mn_records_options[];  /* records_options.h */

int mn_cmd_new(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_serve(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_sim(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_chat(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_test(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_records(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_check(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_ps(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_logs(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_order(const struct mn_command *self, int argc, char **argv, int from); /* orders.c */
int mn_cmd_version(const struct mn_command *self, int argc, char **argv, int from);
int mn_cmd_help(const struct mn_command *self, int argc, char **argv, int from);

/* What the commands that take the option table start with. Reads defaults, MYNA_* and flags; words
 * that are no options are left in words. --help prints and ends. Returns true to go on; false with
 * *status set. mn_start_free in both cases. */
struct mn_start {
    struct mn_settings settings;
    struct mn_log log;
    const char *secrets[5]; /* of settings, for the log; NULL-ended */
    char **words;
    int nwords;
    char config[4096 + 16]; /* the file of settings that was read; empty: there is none */
    const int *inherited;   /* a descriptor of its bytes as a master read them; NULL: no master */
};
bool mn_start_read(struct mn_start *s, const struct mn_command *self, int argc, char **argv,
                   int from, int *status);
/* inherited: where a master has read the file of settings; -1 in it: there was none. */
bool mn_start_read_as(struct mn_start *s, const struct mn_command *self, int argc, char **argv,
                      int from, const int *inherited, int *status);
void mn_start_free(struct mn_start *s);

/* Makes the upstream the settings name (mn_upstream_maker). */
int mn_cli_upstream(struct mn_upstream **out, struct mn_loop *loop,
                    const struct mn_settings *settings, const char *address);
bool mn_cli_uses_sim(const struct mn_settings *settings);

/* Whether --help or -h is among the words from argv[from] on; and what it prints. */
bool mn_cli_wants_help(int argc, char **argv, int from);
void mn_cli_help(const struct mn_command *self, const struct mn_option *table);

/* Tells stdout where a server listens: tests and scripts wait for this line. */
void mn_cli_tell_address(const struct mn_settings *settings, int port);

/* Waits until mn_changes_sum (io/changes.h) of the paths is no longer seen. */
void mn_cli_wait_for_change(char **paths, int npaths, uint64_t seen);

/* Prints sentences to stderr, each line as "myna: sentence". */
void mn_cli_complain(const struct mn_buf *why);

#endif
