/* pages.h - pages of calls, a worker's each, as one list in the order in which calls began. */
#ifndef MN_CALL_PAGES_H
#define MN_CALL_PAGES_H

#include "base/json.h"
#include "base/json_write.h"
#include "call/page.h"

struct mn_pages {
    struct mn_json *list[MN_PAGE_WORKERS]; /* owned */
    int n;
};

/* Adds one, as GET /v1/myna/calls gives it; what is none is passed over. */
void mn_pages_add(struct mn_pages *p, struct mn_str text);

/* Writes the first calls of all of them, at most limit, into an open array. Returns the number of
 * the last, and in more whether there are others. */
int64_t mn_pages_write(const struct mn_pages *p, int64_t limit, struct mn_writer *out, bool *more);
void mn_pages_free(struct mn_pages *p);

#endif
