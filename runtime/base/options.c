/* options.c - where values come from, behind options.h: defaults, variables, flags. */
#include "base/options.h"

#include "base/err.h"
#include "base/nearest.h"
#include "base/options_value.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const struct mn_option *find(const struct mn_option *table, struct mn_str name)
{
    for (; table->name != NULL; table++) {
        if (mn_str_is(name, table->name))
            return table;
    }
    return NULL;
}

static int count_rows(const struct mn_option *table)
{
    int n = 0;

    while (table[n].name != NULL)
        n++;
    return n;
}

int mn_options_init(const struct mn_option *table, void *target)
{
    const struct mn_option *row;
    int err = 0;

    for (row = table; row->name != NULL; row++) {
        if (row->type == MN_OPT_STR)
            *(char **)((char *)target + row->offset) = NULL;
    }
    for (row = table; row->name != NULL && err == 0; row++) {
        if (row->def != NULL)
            err = mn_option_read(row, target, row->def);
        assert(err != MN_ECONFIG);
    }
    if (err != 0)
        mn_options_free(table, target);
    return err;
}

void mn_options_free(const struct mn_option *table, void *target)
{
    for (; table->name != NULL; table++) {
        char **field = (char **)((char *)target + table->offset);

        if (table->type != MN_OPT_STR)
            continue;
        free(*field);
        *field = NULL;
    }
}

static const char *nearest(const struct mn_option *table, struct mn_str name)
{
    int count = count_rows(table);
    const char **words = calloc((size_t)count + 1, sizeof(*words)), *found;

    if (words == NULL)
        return NULL;
    for (int i = 0; i < count; i++)
        words[i] = table[i].name;
    found = mn_nearest(name, words);
    free(words);
    return found;
}

/* prefix is what stands before the name: "--" belongs to the option, words open the sentence. */
static int unknown(const struct mn_option *table, struct mn_str prefix, struct mn_str name,
                   struct mn_buf *why)
{
    const char *dashes = mn_str_is(prefix, "--") ? "--" : "";
    const char *guess = nearest(table, name);

    if (*dashes == '\0')
        mn_buf_add_str(why, prefix);
    mn_buf_addf(why, "unknown option '%s%.*s'", dashes, MN_FMT(name));
    if (guess != NULL)
        mn_buf_addf(why, " (did you mean '%s%s'?)", dashes, guess);
    return MN_ECONFIG;
}

static int set(const struct mn_option *row, void *target, const char *value, const char *from,
               struct mn_buf *why)
{
    int err = mn_option_read(row, target, value);

    if (err != MN_ECONFIG)
        return err;
    mn_buf_addf(why, "%s: expected ", from);
    mn_option_expected(row, why);
    if (!row->secret)
        mn_buf_addf(why, ", got '%.200s'", value);
    return err;
}

int mn_options_set(const struct mn_option *table, void *target, const char *name, const char *value,
                   const char *from, struct mn_buf *why)
{
    const struct mn_option *row = find(table, mn_str(name));
    struct mn_str prefix = mn_str(from);

    if (row != NULL)
        return set(row, target, value, from, why);
    prefix.n -= prefix.n >= strlen(name) ? strlen(name) : prefix.n;
    return unknown(table, prefix, mn_str(name), why);
}

int mn_options_env(const struct mn_option *table, void *target, struct mn_buf *why)
{
    int err = 0;

    for (; table->name != NULL && err == 0; table++) {
        char name[MN_OPTION_VARIABLE_MAX];
        const char *value;

        mn_option_variable(table, name);
        value = getenv(name);
        if (value != NULL)
            err = set(table, target, value, name, why);
    }
    return err;
}

/* One "--name" or "--name=value" of the command line. */
struct flag {
    const struct mn_option *row;
    const char *value; /* after '=', or NULL */
    bool off;          /* --no-name */
};

static int read_flag(const struct mn_option *table, const char *word, struct flag *flag,
                     struct mn_buf *why)
{
    struct mn_str name = {word + 2, strcspn(word + 2, "=")};

    flag->value = name.p[name.n] == '=' ? name.p + name.n + 1 : NULL;
    flag->row = find(table, name);
    flag->off = flag->row == NULL && mn_str_starts(name, MN_STR("no-"));
    if (flag->off)
        flag->row = find(table, (struct mn_str){name.p + 3, name.n - 3});
    if (flag->row == NULL || (flag->off && flag->row->type != MN_OPT_BOOL))
        return unknown(table, MN_STR("--"), name, why);
    if (flag->off && flag->value != NULL) {
        mn_buf_addf(why, "--%.*s: takes no value", MN_FMT(name));
        return MN_ECONFIG;
    }
    return 0;
}

/* Applies the flag in words[0], whose value may be words[1] (NULL after the last). Returns how many
 * words were used, or an error. */
static int apply(const struct mn_option *table, void *target, char **words, struct mn_buf *why)
{
    char from[MN_OPTION_VARIABLE_MAX];
    struct flag flag;
    int err, used = 1;

    err = read_flag(table, words[0], &flag, why);
    if (err != 0)
        return err;
    snprintf(from, sizeof(from), "--%s", flag.row->name);
    if (flag.value == NULL && flag.row->type == MN_OPT_BOOL) {
        flag.value = flag.off ? "off" : "on";
    } else if (flag.value == NULL) {
        flag.value = words[1];
        used = 2;
    }
    if (flag.value == NULL || (used == 2 && strncmp(flag.value, "--", 2) == 0)) {
        mn_buf_addf(why, "%s: needs a value", from);
        return MN_ECONFIG;
    }
    err = set(flag.row, target, flag.value, from, why);
    return err != 0 ? err : used;
}

/* The row of "-j" or "-j4"; NULL when the word is no such thing. */
static const struct mn_option *find_letter(const struct mn_option *table, const char *word)
{
    for (; word[0] == '-' && word[1] != '\0' && table->name != NULL; table++) {
        if (table->letter != 0 && table->letter == word[1])
            return table;
    }
    return NULL;
}

/* As apply, for a letter. */
static int apply_letter(const struct mn_option *row, void *target, char **words, struct mn_buf *why)
{
    char from[] = {'-', row->letter, '\0'};
    bool alone = words[0][2] == '\0', is_bool = row->type == MN_OPT_BOOL;
    const char *value = is_bool && alone ? "on" : alone ? words[1] : words[0] + 2;
    int err;

    if (value == NULL) {
        mn_buf_addf(why, "%s: needs a value", from);
        return MN_ECONFIG;
    }
    err = set(row, target, value, from, why);
    return err != 0 ? err : alone && !is_bool ? 2 : 1;
}

/* "-p", which is no path and no word anybody says; "-" and "-5" may be. */
static bool is_letter(const char *word)
{
    return word[0] == '-' && isalpha((unsigned char)word[1]) && word[2] == '\0';
}

int mn_options_argv(const struct mn_option *table, void *target, int argc, char **argv, int from,
                    char **rest, int *nrest, struct mn_buf *why)
{
    int i = from;

    *nrest = 0;
    while (i < argc && strcmp(argv[i], "--") != 0) {
        const struct mn_option *row = find_letter(table, argv[i]);
        int used = 1;

        if (row != NULL)
            used = apply_letter(row, target, argv + i, why);
        else if (strncmp(argv[i], "--", 2) == 0)
            used = apply(table, target, argv + i, why);
        else if (is_letter(argv[i]))
            used = unknown(table, MN_STR(""), mn_str(argv[i]), why);
        else
            rest[(*nrest)++] = argv[i];
        if (used < 0)
            return used;
        i += used;
    }
    for (i++; i < argc; i++)
        rest[(*nrest)++] = argv[i];
    return 0;
}
