/* options_text.c - options for people: --help and the table in docs/. */
#include "base/options.h"

#include "base/options_value.h"

#define HELP_COLUMN 30 /* where the sentences of --help start */

/* What stands for the value after --name. */
static const char *placeholder(const struct mn_option *row)
{
    static const char *const words[] = {
        [MN_OPT_INT] = " N",         [MN_OPT_BOOL] = "",      [MN_OPT_STR] = " TEXT",
        [MN_OPT_DURATION] = " TIME", [MN_OPT_SIZE] = " SIZE", [MN_OPT_CHOICE] = " WORD",
    };

    return words[row->type];
}

static void add_limits(const struct mn_option *row, struct mn_buf *out)
{
    if (row->type == MN_OPT_CHOICE)
        mn_option_expected(row, out);
    else
        mn_option_bounds(row, out);
}

static void add_facts(const struct mn_option *row, struct mn_buf *out)
{
    struct mn_buf limits = {0};
    bool has_default = row->def != NULL && !row->secret;

    add_limits(row, &limits);
    if (limits.n != 0 || has_default) {
        mn_buf_add_text(out, " (");
        mn_buf_add_str(out, mn_buf_str(&limits));
        mn_buf_add_text(out, limits.n != 0 && has_default ? "; " : "");
        if (has_default)
            mn_buf_addf(out, "default %s", row->def);
        mn_buf_add_byte(out, ')');
    }
    mn_buf_free(&limits);
}

void mn_options_help(const struct mn_option *table, struct mn_buf *out)
{
    for (; table->name != NULL; table++) {
        bool is_on =
            table->type == MN_OPT_BOOL && table->def != NULL && strcmp(table->def, "on") == 0;
        size_t start = out->n, used;

        if (table->letter != 0)
            mn_buf_addf(out, "  -%c, ", table->letter);
        else
            mn_buf_add_text(out, "  ");
        mn_buf_addf(out, "--%s%s%s", is_on ? "[no-]" : "", table->name, placeholder(table));
        used = out->n - start;
        if (used + 2 > HELP_COLUMN)
            mn_buf_addf(out, "\n%*s", HELP_COLUMN, "");
        else
            mn_buf_addf(out, "%*s", (int)(HELP_COLUMN - used), "");
        mn_buf_add_text(out, table->help);
        add_facts(table, out);
        mn_buf_add_byte(out, '\n');
    }
}

void mn_options_markdown(const struct mn_option *table, struct mn_buf *out)
{
    mn_buf_add_text(out, "| option | variable | default | values | what it is |\n"
                         "| --- | --- | --- | --- | --- |\n");
    for (; table->name != NULL; table++) {
        char variable[MN_OPTION_VARIABLE_MAX];

        mn_option_variable(table, variable);
        mn_buf_addf(out, "| `--%s` | `%s` | ", table->name, variable);
        if (table->def != NULL && !table->secret)
            mn_buf_addf(out, "`%s`", table->def);
        mn_buf_add_text(out, " | ");
        mn_option_expected(table, out);
        mn_buf_addf(out, " | %s |\n", table->help);
    }
}
