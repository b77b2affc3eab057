/* options.h - settings as a table.
 *
 * A row names an option, its type, its place in a struct, default, bounds and one line of help. The
 * same row reads flags (--host), variables (MYNA_HOST) and myna.lua, and writes --help and the
 * docs. Later sources win: default, myna.lua, variable, flag. */
#ifndef MN_BASE_OPTIONS_H
#define MN_BASE_OPTIONS_H

#include "base/buf.h"

#include <stdint.h>

enum mn_option_type {
    MN_OPT_INT,      /* int64_t, min..max */
    MN_OPT_BOOL,     /* bool; on, off, true, false, yes, no, 1, 0; a flag alone means on */
    MN_OPT_STR,      /* const char *, owned by the struct */
    MN_OPT_DURATION, /* int64_t ms, as the bounds; "700ms", "8s", "30d"; a bare number is seconds */
    MN_OPT_SIZE,     /* int64_t bytes; "64k", "4m"; min..max */
    MN_OPT_CHOICE,   /* int, the index in the words of choices */
};

struct mn_option {
    const char *name; /* as in --name and MYNA_NAME: lower case, words joined by '-' */
    enum mn_option_type type;
    size_t offset;       /* of the field in the target struct */
    const char *def;     /* text, read as if it had been given; NULL for none */
    int64_t min, max;    /* both 0 for no bounds */
    const char *choices; /* MN_OPT_CHOICE: "text|json" */
    const char *help;    /* one line: what it is, its unit, what happens at the bound */
    bool secret;         /* its value is never printed */
    char letter;         /* 'j': "-j 4" and "-j4" mean it, too; 0 for none */
};

/* Fills target with defaults. A default that breaks its own row is a programmer's mistake: assert.
 */
int mn_options_init(const struct mn_option *table, void *target); /* 0 or -ENOMEM */
void mn_options_free(const struct mn_option *table, void *target);

/* Sets one field. Returns 0, -ENOMEM, or MN_ECONFIG with a sentence appended to why:
 * "--port: expected 1..65535, got '70000'"; unknown names suggest the nearest. from says where the
 * value came from and opens the sentence ("--port", "MYNA_PORT", "myna.lua: port"). */
int mn_options_set(const struct mn_option *table, void *target, const char *name, const char *value,
                   const char *from, struct mn_buf *why);

/* Reads MYNA_* variables: each row looks for its own. */
int mn_options_env(const struct mn_option *table, void *target, struct mn_buf *why);

/* Reads argv[from..argc], which ends with NULL: --name value, --name=value, --bool, --no-bool, and
 * the letters of rows that have one; "--" ends the options. A value that opens with "--" must be
 * given after '='. Words that are no options are put in rest (room for argc) and counted. Returns 0
 * or as mn_options_set. */
int mn_options_argv(const struct mn_option *table, void *target, int argc, char **argv, int from,
                    char **rest, int *nrest, struct mn_buf *why);

void mn_options_help(const struct mn_option *table, struct mn_buf *out);     /* for --help */
void mn_options_markdown(const struct mn_option *table, struct mn_buf *out); /* a table for docs/ */

/* "700ms", "8s", "5m", "1h", "30d", "1.5s" or seconds as a bare number. 0 or MN_ECONFIG. */
int mn_duration_parse(struct mn_str text, int64_t *out_ms);

#endif
