/* ps.c - `myna ps`: the calls of a running server. */
#include "cli/operator.h"

#include <stdio.h>

static void print_json(const struct mn_json *call)
{
    struct mn_buf line = {0};

    if (mn_json_print(call, &line) == 0)
        puts(line.p);
    mn_buf_free(&line);
}

static void print_row(const struct mn_json *call)
{
    const struct mn_json *waits = mn_json_first(mn_json_get(call, "approvals"));
    long seconds = (long)mn_json_num(call, "seconds", 0);

    printf("%-26.*s  %-12.*s  %-12.*s  %-6.*s  %3ld:%02ld  %.*s", MN_FMT(mn_json_str(call, "id")),
           MN_FMT(mn_json_str(call, "app")), MN_FMT(mn_json_str(call, "agent")),
           MN_FMT(mn_json_str(call, "status")), seconds / 60, seconds % 60,
           MN_FMT(mn_json_str(call, "peer")));
    for (; waits != NULL; waits = mn_json_next(waits))
        printf("  waits for approval: %.*s %.*s", MN_FMT(mn_json_str(waits, "tool")),
               MN_FMT(mn_json_str(waits, "call_id")));
    putchar('\n');
}

/* Prints a page. Returns where the next begins, or 0. */
static int64_t print_page(const struct mn_operator *o, const struct mn_json *page)
{
    const struct mn_json *call = mn_json_first(mn_json_get(page, "data"));

    for (; call != NULL; call = mn_json_next(call)) {
        if (o->json)
            print_json(call);
        else
            print_row(call);
    }
    return mn_json_bool(page, "has_more", false) ? mn_json_int(page, "next", 0) : 0;
}

static int list(const struct mn_operator *o)
{
    int64_t after = 0;
    int status = MN_EXIT_OK;

    do {
        struct mn_json *page;
        char path[64];

        snprintf(path, sizeof(path), "/calls?limit=100&after=%lld", (long long)after);
        status = mn_operator_ask(o, path, (struct mn_str){NULL, 0}, &page);
        if (status == MN_EXIT_OK && after == 0 && !o->json)
            printf("%-26s  %-12s  %-12s  %-6s  %6s  %s\n", "CALL", "APP", "AGENT", "STATUS", "TIME",
                   "FROM");
        if (status == MN_EXIT_OK && mn_json_int(page, "missing", 0) > 0)
            fprintf(stderr, "myna: workers that did not answer, whose calls are missing: %lld\n",
                    (long long)mn_json_int(page, "missing", 0));
        after = status == MN_EXIT_OK ? print_page(o, page) : 0;
        mn_json_free(page);
    } while (after > 0);
    return status;
}

int mn_cmd_ps(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_operator o;
    int status;

    if (mn_operator_begin(&o, self, 0, argc, argv, from, &status))
        status = list(&o);
    mn_operator_end(&o);
    return status;
}
