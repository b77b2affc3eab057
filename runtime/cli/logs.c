/* logs.c - `myna logs`: lines of a running server's log, as it keeps them and as they come. */
#include "cli/operator.h"

#include <stdio.h>

struct reading {
    struct mn_buf rest; /* of a block that is not whole yet */
};

/* A line of the stream: an event's data. Only "lost" has a name. */
static void show(struct mn_str line, bool *lost)
{
    if (mn_str_is(line, "event: lost")) {
        *lost = true;
    } else if (mn_str_starts(line, MN_STR("data: "))) {
        fprintf(*lost ? stderr : stdout, "%s%.*s\n",
                *lost ? "myna: lines were read too slowly: " : "", (int)line.n - 6, line.p + 6);
        *lost = false;
    }
}

static bool on_bytes(void *owner, struct mn_str bytes)
{
    struct reading *r = owner;
    const char *end;
    size_t from = 0;
    bool lost = false;

    mn_buf_add_str(&r->rest, bytes);
    /* Whole blocks only, so that an event's name and its data are seen together. */
    while ((end = memmem(r->rest.p + from, r->rest.n - from, "\n\n", 2)) != NULL) {
        size_t to = (size_t)(end - r->rest.p);

        while (from < to) {
            const char *stop = memchr(r->rest.p + from, '\n', to - from);
            size_t n = stop != NULL ? (size_t)(stop - r->rest.p) - from : to - from;

            show((struct mn_str){r->rest.p + from, n}, &lost);
            from += n + (stop != NULL);
        }
        from = to + 2;
    }
    mn_buf_drop(&r->rest, from);
    fflush(stdout);
    return true;
}

static int follow(const struct mn_operator *o)
{
    static const struct mn_http_stream stream = {NULL, on_bytes};
    struct reading r = {.rest = {.limit = 1 << 20}};
    struct mn_buf path = {0};
    int status;

    if (o->nwords > 0 && !mn_operator_is_call(o->words[0]))
        return MN_EXIT_USAGE;
    mn_buf_addf(&path, "/logs?tail=%lld", (long long)o->tail);
    if (o->follow)
        mn_buf_add_text(&path, "&follow=true");
    if (o->nwords > 0)
        mn_buf_addf(&path, "&call=%s", o->words[0]);
    status = path.err == 0 ? mn_operator_follow(o, path.p, &stream, &r) : MN_EXIT_USAGE;
    if (status == MN_EXIT_OK && o->follow) {
        fprintf(stderr, "myna: the server has ended\n");
        status = MN_EXIT_FAILED;
    }
    mn_buf_free(&path);
    mn_buf_free(&r.rest);
    return status;
}

int mn_cmd_logs(const struct mn_command *self, int argc, char **argv, int from)
{
    struct mn_operator o;
    int status;

    if (mn_operator_begin(&o, self, 0, argc, argv, from, &status))
        status = follow(&o);
    mn_operator_end(&o);
    return status;
}
