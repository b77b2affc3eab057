/* operate_records.c - recorded calls over HTTP: read beside the loop, from the file itself, so that
 * every worker shows the calls of all. */
#include "call/operate.h"

#include "base/err.h"
#include "base/json_write.h"
#include "store/calls.h"

#include <stdlib.h>

#define BUSY_MS 5000 /* for a writer that tidies its log up */

struct records_ask {
    struct mn_lane_job job;
    struct mn_exchange *x; /* NULL once whoever asked has gone */
    const char *path;      /* the settings' */
    struct mn_calls_wanted wanted;
    char id[MN_ID_MAX], app[256];
    struct mn_buf data, why;
    int n, err;
    bool alone; /* one by its path: itself, not a list of it */
};

static int tell(void *owner, struct mn_str json)
{
    struct records_ask *a = owner;

    if (a->n++ > 0)
        mn_buf_add_byte(&a->data, ',');
    return mn_buf_add_str(&a->data, json);
}

static void run(struct mn_lane_job *job)
{
    struct records_ask *a = mn_container_of(job, struct records_ask, job);
    struct mn_calls *calls;

    a->wanted.id = mn_str(a->id);
    a->wanted.app = mn_str(a->app);
    a->err = mn_calls_open(
        &calls, &(struct mn_calls_settings){.path = a->path, .busy_ms = BUSY_MS, .read_only = true},
        &a->why);
    if (a->err == 0)
        a->err = mn_calls_read(calls, &a->wanted, tell, a, &a->why);
    mn_calls_close(calls);
}

static void answer(struct records_ask *a)
{
    struct mn_buf json = {0};

    if (a->alone && a->n == 0) {
        mn_exchange_refuse_field(a->x, 404, "record_not_found", "record",
                                 "No call of this id is recorded. Its record may have been removed "
                                 "(--records-keep, --records-size).");
        return;
    }
    if (!a->alone)
        mn_buf_add_text(&json, "{\"object\":\"list\",\"data\":[");
    mn_buf_add_str(&json, mn_buf_str(&a->data));
    if (!a->alone)
        mn_buf_add_text(&json, "]}");
    mn_operate_reply(a->x, 200, &json);
}

static void done(struct mn_lane_job *job)
{
    struct records_ask *a = mn_container_of(job, struct records_ask, job);

    if (a->x != NULL && job->ran && a->err == 0) {
        answer(a);
    } else if (a->x != NULL) {
        mn_exchange_refuse(a->x, 503, "server_error", "records_unreadable",
                           a->why.n > 0 ? a->why.p : "The records cannot be read just now.");
    }
    mn_buf_free(&a->data);
    mn_buf_free(&a->why);
    free(a);
}

static void on_gone(void *owner, struct mn_exchange *x)
{
    (void)x;
    ((struct records_ask *)owner)->x = NULL;
}

static void copy(char *to, size_t size, struct mn_str from)
{
    size_t n = from.n < size - 1 ? from.n : size - 1;

    if (n > 0)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

/* Whether calls are recorded; else it has been refused. */
static bool is_recorded(const struct mn_operating *o)
{
    if (o->w->settings->records != NULL)
        return true;
    mn_exchange_refuse(o->x, 404, NULL, "not_recorded",
                       "This server keeps no records of calls (--records).");
    return false;
}

/* Asks for those wanted; of the call named alone, when there is an id. */
static void ask(const struct mn_operating *o, struct mn_calls_wanted wanted, struct mn_str id)
{
    struct records_ask *a = calloc(1, sizeof(*a));

    if (a != NULL) {
        wanted.whole = id.n > 0;
        *a = (struct records_ask){.job = {.run = run, .done = done},
                                  .x = o->x,
                                  .path = o->w->settings->records,
                                  .wanted = wanted,
                                  .alone = o->id.n > 0};
        copy(a->id, sizeof(a->id), id);
        if (!a->alone)
            copy(a->app, sizeof(a->app), mn_exchange_query(o->x, "app"));
    }
    if (a == NULL || o->w->lane == NULL || mn_lane_add(o->w->lane, &a->job) != 0) {
        mn_exchange_refuse(o->x, 503, "server_error", "at_capacity",
                           "The records cannot be read just now. Try again in a moment.");
        free(a);
        return;
    }
    mn_exchange_on_gone(o->x, on_gone, a);
}

void mn_operate_records(const struct mn_operating *o)
{
    struct mn_calls_wanted wanted = {.newest_first = true};
    int64_t limit;

    if (!mn_operate_number(o->x, "limit", 1, 100, 20, &limit) ||
        !mn_operate_number(o->x, "since_ms", 0, INT64_MAX, 0, &wanted.since_ms) ||
        !mn_operate_number(o->x, "before_ms", 0, INT64_MAX, 0, &wanted.before_ms))
        return;
    wanted.limit = (int)limit;
    if (is_recorded(o))
        ask(o, wanted, mn_exchange_query(o->x, "call"));
}

void mn_operate_record(const struct mn_operating *o)
{
    if (is_recorded(o))
        ask(o, (struct mn_calls_wanted){.limit = 1}, o->id);
}
