/* gather.c - a stream from each other worker, and lines in their order, behind gather.h.
 *
 * What a worker answers another (followers.c) says of each line when it was written, as its "id",
 * and with an event "caught_up" that its tail is over. */
#include "call/gather.h"

#include "base/err.h"
#include "call/worker_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LOOK_MS = 200,      /* between two looks for workers that have begun */
    PATIENCE_MS = 2000, /* for the tails of all */
    ALL = 10000,        /* lines: of a worker that has just begun, all that it kept */
    BLOCK_BYTES = 4 << 20,
};

struct source {
    struct mn_list place;
    struct mn_gather *g;
    int number;
    int32_t pid; /* that had the number when it was asked */
    struct mn_http_op *op;
    struct mn_buf rest; /* of a block that is not whole yet */
    bool answered, caught_up;
};

struct waiting {
    struct mn_list place;
    int64_t at_ms;
    uint64_t order; /* of those of the same ms */
    bool old;
    size_t n;
    char text[];
};

struct mn_gather {
    struct mn_worker *w;
    struct mn_gather_settings given;
    char path[256];
    struct mn_list sources;
    int nsources;
    struct mn_list lines; /* that wait */
    size_t bytes;
    uint64_t order;
    bool sorted; /* the tails of all are there */
    struct mn_timer look, patience, over;
};

/* --- lines that wait --- */

static void drop(struct mn_gather *g, struct waiting *line)
{
    g->bytes -= line->n;
    mn_list_remove(&line->place);
    free(line);
}

static void flush(struct mn_gather *g)
{
    while (g->sorted && !mn_list_empty(&g->lines)) {
        struct waiting *line = mn_container_of(g->lines.next, struct waiting, place);

        if (g->given.write(g->given.owner, (struct mn_str){line->text, line->n}) != 0)
            return;
        drop(g, line);
    }
}

static void push(struct mn_gather *g, int64_t at_ms, struct mn_str text, bool old)
{
    size_t most = (size_t)g->w->settings->log_kept * (size_t)(g->nsources + 1);
    struct waiting *line = malloc(sizeof(*line) + text.n + sizeof("data: \n\n"));

    if (line == NULL) {
        g->given.lost(g->given.owner, 1);
        return;
    }
    line->at_ms = at_ms;
    line->order = g->order++;
    line->old = old;
    line->n = (size_t)sprintf(line->text, "data: %.*s\n\n", MN_FMT(text));
    mn_list_append(&g->lines, &line->place);
    g->bytes += line->n;
    while (g->bytes > most && g->lines.next != &line->place) {
        drop(g, mn_container_of(g->lines.next, struct waiting, place));
        g->given.lost(g->given.owner, 1);
    }
}

/* Old before new, then by time. */
static int compare(const void *one, const void *other)
{
    const struct waiting *a = *(struct waiting *const *)one, *b = *(struct waiting *const *)other;

    if (a->old != b->old)
        return a->old ? -1 : 1;
    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static void relink(struct mn_gather *g, struct waiting **all, size_t n, int64_t nold)
{
    mn_list_init(&g->lines);
    for (size_t i = 0; i < n; i++) {
        mn_list_append(&g->lines, &all[i]->place);
        if (all[i]->old && nold-- > g->given.tail)
            drop(g, all[i]);
    }
}

/* Once all tails are there: the last of them, and what came since. */
static void sort(struct mn_gather *g)
{
    struct waiting **all;
    size_t n = 0, i = 0;
    int64_t nold = 0;

    for (struct mn_list *l = g->lines.next; l != &g->lines; l = l->next, n++)
        nold += mn_container_of(l, struct waiting, place)->old;
    all = n > 0 ? malloc(n * sizeof(struct waiting *)) : NULL;
    if (all == NULL) /* nothing to sort, or in no order */
        return;
    for (struct mn_list *l = g->lines.next; l != &g->lines; l = l->next)
        all[i++] = mn_container_of(l, struct waiting, place);
    qsort(all, n, sizeof(struct waiting *), compare);
    relink(g, all, n, nold);
    free(all);
}

static void on_over(struct mn_timer *timer)
{
    struct mn_gather *g = mn_container_of(timer, struct mn_gather, over);

    g->given.caught_up(g->given.owner);
}

/* Not from inside a callback of a source, which it may free. */
static void flush_tail(struct mn_gather *g)
{
    bool waited = !mn_list_empty(&g->lines) || !g->sorted;

    g->sorted = true;
    flush(g);
    if (waited && mn_list_empty(&g->lines))
        (void)mn_timer_start(g->w->world.clock, &g->over, 0, on_over);
}

static void look_whether_all(struct mn_gather *g, bool late)
{
    for (struct mn_list *l = g->sources.next; l != &g->sources && !late; l = l->next) {
        const struct source *s = mn_container_of(l, struct source, place);

        if (s->op != NULL && !s->caught_up)
            return;
    }
    if (!g->given.lines || g->sorted)
        return;
    mn_timer_stop(&g->patience);
    sort(g);
    flush_tail(g);
}

static void on_late(struct mn_timer *timer)
{
    look_whether_all(mn_container_of(timer, struct mn_gather, patience), true);
}

/* --- blocks of another worker --- */

static bool take_line(struct mn_str *text, struct mn_str *line)
{
    const char *end = text->n > 0 ? memchr(text->p, '\n', text->n) : NULL;

    if (text->n == 0)
        return false;
    *line = (struct mn_str){text->p, end != NULL ? (size_t)(end - text->p) : text->n};
    text->p += line->n + (end != NULL);
    text->n -= line->n + (end != NULL);
    return true;
}

static struct mn_str after(struct mn_str line, struct mn_str prefix)
{
    return mn_str_starts(line, prefix) ? (struct mn_str){line.p + prefix.n, line.n - prefix.n}
                                       : (struct mn_str){NULL, 0};
}

static void take_block_of_lines(struct source *s, struct mn_str block)
{
    struct mn_gather *g = s->g;
    struct mn_str line, event = {0}, data = {0};
    int64_t at_ms = 0;

    while (take_line(&block, &line)) {
        if (after(line, MN_STR("event: ")).p != NULL)
            event = after(line, MN_STR("event: "));
        if (after(line, MN_STR("id: ")).p != NULL)
            at_ms = strtoll(after(line, MN_STR("id: ")).p, NULL, 10); /* ended by a newline */
        if (after(line, MN_STR("data: ")).p != NULL)
            data = after(line, MN_STR("data: "));
    }
    if (mn_str_is(event, "caught_up"))
        s->caught_up = true;
    else if (mn_str_is(event, "lost"))
        g->given.lost(g->given.owner, 1);
    else if (data.p != NULL)
        push(g, at_ms, data, !s->caught_up && !g->sorted);
}

static void take_block(struct source *s, struct mn_str block)
{
    struct mn_gather *g = s->g;

    if (block.p[0] == ':') /* it only keeps its stream open */
        return;
    if (g->given.lines)
        take_block_of_lines(s, block);
    else if (g->given.write(g->given.owner, block) != 0)
        g->given.lost(g->given.owner, 1);
}

static bool on_bytes(void *source, struct mn_str bytes)
{
    struct source *s = source;
    struct mn_gather *g = s->g;
    const char *end;
    size_t from = 0;

    mn_buf_add_str(&s->rest, bytes);
    if (s->rest.err != 0) { /* longer than any block is */
        mn_buf_clear(&s->rest);
        g->given.lost(g->given.owner, 1);
        return true;
    }
    while ((end = memmem(s->rest.p + from, s->rest.n - from, "\n\n", 2)) != NULL) {
        size_t to = (size_t)(end - s->rest.p) + 2;

        take_block(s, (struct mn_str){s->rest.p + from, to - from});
        from = to;
    }
    mn_buf_drop(&s->rest, from);
    flush(g);
    if (s->caught_up)
        look_whether_all(g, false);
    return true;
}

static void free_source(struct source *s)
{
    if (s->op != NULL)
        mn_http_cancel(s->op);
    mn_list_remove(&s->place);
    s->g->nsources--;
    mn_buf_free(&s->rest);
    free(s);
}

/* Who did not answer does not listen yet, and is asked again. */
static void on_end(void *source, const struct mn_http_answer *answer)
{
    struct source *s = source;
    struct mn_gather *g = s->g;

    (void)answer;
    s->op = NULL;
    if (!s->answered)
        free_source(s);
    look_whether_all(g, false);
}

/* What is refused says why as JSON: no block of it. */
static void on_head(void *source, const struct mn_http_answer *answer)
{
    ((struct source *)source)->answered = answer->status == 200;
}

static const struct mn_http_stream stream = {on_head, on_bytes};

/* --- who is there --- */

static struct source *find(struct mn_gather *g, int number)
{
    for (struct mn_list *l = g->sources.next; l != &g->sources; l = l->next) {
        struct source *s = mn_container_of(l, struct source, place);

        if (s->number == number)
            return s;
    }
    return NULL;
}

static void ask(struct mn_gather *g, int number, int32_t pid)
{
    struct source *s = calloc(1, sizeof(*s));
    char path[sizeof(g->path) + 32];
    int64_t tail = g->sorted ? ALL : g->given.tail;

    if (s == NULL)
        return; /* at the next look, perhaps */
    *s = (struct source){
        .g = g, .number = number, .pid = pid, .caught_up = !g->given.lines || g->sorted};
    s->rest.limit = BLOCK_BYTES;
    mn_list_append(&g->sources, &s->place);
    g->nsources++;
    snprintf(path, sizeof(path), "%s", g->path);
    if (g->given.lines)
        snprintf(path, sizeof(path), "%s&tail=%lld", g->path, (long long)tail);
    if (mn_owner_stream(g->w, number, mn_str(path), &stream, on_end, s, &s->op) != 0) {
        s->op = NULL;
        free_source(s);
    }
}

static void look(struct mn_gather *g)
{
    for (int i = 0; i < MN_PAGE_WORKERS; i++) {
        int32_t pid = atomic_load(&g->w->page->slots[i].pid);
        struct source *s = find(g, i);

        if (s != NULL && s->pid != pid && s->op == NULL) { /* the end of its stream was read */
            free_source(s);
            s = NULL;
        }
        if (s == NULL && mn_owner_is_there(g->w, i))
            ask(g, i, pid);
    }
}

static void on_look(struct mn_timer *timer)
{
    struct mn_gather *g = mn_container_of(timer, struct mn_gather, look);

    look(g);
    (void)mn_timer_start(g->w->world.clock, timer, LOOK_MS, on_look); /* it has its place */
}

/* --- from begin to end --- */

int mn_gather_begin(struct mn_gather **out, struct mn_worker *w,
                    const struct mn_gather_settings *settings)
{
    struct mn_gather *g = calloc(1, sizeof(*g));

    *out = g;
    if (g == NULL)
        return -ENOMEM;
    g->w = w;
    g->given = *settings;
    snprintf(g->path, sizeof(g->path), "%s", settings->path);
    g->given.path = g->path;
    mn_list_init(&g->sources);
    mn_list_init(&g->lines);
    look(g);
    if (mn_timer_start(w->world.clock, &g->look, LOOK_MS, on_look) != 0 ||
        mn_timer_start(w->world.clock, &g->patience, mn_list_empty(&g->sources) ? 0 : PATIENCE_MS,
                       on_late) != 0) {
        mn_gather_free(g);
        *out = NULL;
        return -ENOMEM;
    }
    return 0;
}

void mn_gather_free(struct mn_gather *g)
{
    if (g == NULL)
        return;
    mn_timer_stop(&g->look);
    mn_timer_stop(&g->patience);
    mn_timer_stop(&g->over);
    while (!mn_list_empty(&g->sources))
        free_source(mn_container_of(g->sources.next, struct source, place));
    while (!mn_list_empty(&g->lines))
        drop(g, mn_container_of(g->lines.next, struct waiting, place));
    free(g);
}

void mn_gather_line(struct mn_gather *g, int64_t at_ms, struct mn_str text, bool old)
{
    push(g, at_ms, text, old);
    flush(g);
}

void mn_gather_drained(struct mn_gather *g)
{
    if (g->sorted)
        flush_tail(g);
}
