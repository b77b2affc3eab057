/* operate_merge.c - the pages of calls that all workers have, as one page.
 *
 * Calls are numbered across workers (page.h), and each answers with its first `limit` ones past
 * `after`. So the first `limit` of all of them are the page. */
#include "call/operate.h"

#include "base/json_write.h"

#include <errno.h>
#include <stdlib.h>

struct merge {
    struct mn_exchange *x; /* NULL: its client is gone */
    int64_t limit;
    struct mn_json *pages[MN_PAGE_WORKERS]; /* owned */
    int npages;
};

static void add(struct merge *merge, struct mn_str text)
{
    struct mn_json *page;

    if (merge->npages < MN_PAGE_WORKERS && mn_json_parse(&page, text, &mn_json_frame, NULL) == 0)
        merge->pages[merge->npages++] = page;
}

static void on_gone(void *merge, struct mn_exchange *x)
{
    (void)x;
    ((struct merge *)merge)->x = NULL;
}

static void on_page(void *merge, int status, struct mn_str body)
{
    if (status == 200)
        add(merge, body);
}

/* Of the calls that are next on each page the first; NULL at the end. */
static const struct mn_json *take_first(const struct mn_json **next, int n)
{
    int first = -1;
    const struct mn_json *call;

    for (int i = 0; i < n; i++) {
        if (next[i] != NULL && (first < 0 || mn_json_int(next[i], "number", 0) <
                                                 mn_json_int(next[first], "number", 0)))
            first = i;
    }
    if (first < 0)
        return NULL;
    call = next[first];
    next[first] = mn_json_next(call);
    return call;
}

static void write_calls(const struct merge *merge, struct mn_writer *out)
{
    const struct mn_json *next[MN_PAGE_WORKERS], *call = NULL;
    int64_t last = 0;
    bool more = false;

    for (int i = 0; i < merge->npages; i++) {
        next[i] = mn_json_first(mn_json_get(merge->pages[i], "data"));
        more = more || mn_json_bool(merge->pages[i], "has_more", false);
    }
    mn_write_open(out, "data", '[');
    for (int64_t n = 0; n < merge->limit; n++) {
        struct mn_buf text = {0};

        call = take_first(next, merge->npages);
        if (call == NULL)
            break;
        last = mn_json_int(call, "number", 0);
        if (mn_json_print(call, &text) == 0)
            mn_write_raw(out, NULL, mn_buf_str(&text));
        mn_buf_free(&text);
    }
    mn_write_close(out);
    more = more || take_first(next, merge->npages) != NULL;
    mn_write_bool(out, "has_more", more);
    if (more)
        mn_write_int(out, "next", last);
    else
        mn_write_null(out, "next");
}

static void on_all(void *owner, int missing)
{
    struct merge *merge = owner;
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    if (merge->x != NULL) {
        mn_write_open(&out, NULL, '{');
        mn_write_text(&out, "object", "list");
        write_calls(merge, &out);
        mn_write_int(&out, "missing", missing);
        mn_write_close(&out);
        mn_operate_reply(merge->x, 200, &json);
    }
    for (int i = 0; i < merge->npages; i++)
        mn_json_free(merge->pages[i]);
    free(merge);
}

bool mn_operate_merge(struct mn_worker *w, struct mn_exchange *x, int64_t limit, struct mn_str own)
{
    struct mn_owner_round round = {.each = on_page, .done = on_all};
    struct mn_buf path = {0};
    struct merge *merge;
    int n = 0;

    if (w->under == NULL || mn_owner_is_inside(w, x))
        return false;
    merge = calloc(1, sizeof(*merge));
    mn_owner_write_path(&path, x);
    if (merge != NULL && path.err == 0) {
        *merge = (struct merge){.x = x, .limit = limit};
        round.owner = merge;
        n = mn_owner_ask_all(w, mn_buf_str(&path), &round);
    }
    mn_buf_free(&path);
    if (n == 0) {
        free(merge);
        return false;
    }
    add(merge, own);
    mn_exchange_on_gone(x, on_gone, merge);
    return true;
}
