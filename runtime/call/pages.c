/* pages.c - pages of calls, merged by their numbers, behind pages.h. */
#include "call/pages.h"

void mn_pages_add(struct mn_pages *p, struct mn_str text)
{
    struct mn_json *page;

    if (p->n < MN_PAGE_WORKERS && mn_json_parse(&page, text, &mn_json_frame, NULL) == 0)
        p->list[p->n++] = page;
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

static void write(const struct mn_json *call, struct mn_writer *out)
{
    struct mn_buf text = {0};

    if (mn_json_print(call, &text) == 0)
        mn_write_raw(out, NULL, mn_buf_str(&text));
    mn_buf_free(&text);
}

int64_t mn_pages_write(const struct mn_pages *p, int64_t limit, struct mn_writer *out, bool *more)
{
    const struct mn_json *next[MN_PAGE_WORKERS], *call;
    int64_t last = 0;

    *more = false;
    for (int i = 0; i < p->n; i++) {
        next[i] = mn_json_first(mn_json_get(p->list[i], "data"));
        *more = *more || mn_json_bool(p->list[i], "has_more", false);
    }
    while (limit-- > 0 && (call = take_first(next, p->n)) != NULL) {
        last = mn_json_int(call, "number", 0);
        write(call, out);
    }
    *more = *more || take_first(next, p->n) != NULL;
    return last;
}

void mn_pages_free(struct mn_pages *p)
{
    for (int i = 0; i < p->n; i++)
        mn_json_free(p->list[i]);
    p->n = 0;
}
