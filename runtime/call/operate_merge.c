/* operate_merge.c - the pages of calls that all workers have, as one page.
 *
 * Calls are numbered across workers (page.h), and each answers with its first `limit` ones past
 * `after`. So the first `limit` of all of them are the page. */
#include "call/operate.h"

#include "base/json_write.h"
#include "call/pages.h"

#include <errno.h>
#include <stdlib.h>

struct merge {
    struct mn_exchange *x; /* NULL: its client is gone */
    int64_t limit;
    struct mn_pages pages;
};

static void on_gone(void *merge, struct mn_exchange *x)
{
    (void)x;
    ((struct merge *)merge)->x = NULL;
}

static void on_page(void *merge, int status, struct mn_str body)
{
    if (status == 200)
        mn_pages_add(&((struct merge *)merge)->pages, body);
}

static void write_page(const struct merge *merge, struct mn_writer *out)
{
    bool more;
    int64_t last;

    mn_write_open(out, "data", '[');
    last = mn_pages_write(&merge->pages, merge->limit, out, &more);
    mn_write_close(out);
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
        write_page(merge, &out);
        mn_write_int(&out, "missing", missing);
        mn_write_close(&out);
        mn_operate_reply(merge->x, 200, &json);
    }
    mn_pages_free(&merge->pages);
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
    mn_pages_add(&merge->pages, own);
    mn_exchange_on_gone(x, on_gone, merge);
    return true;
}
