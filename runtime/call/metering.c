/* metering.c - a worker's numbers as whoever watches it asks for them: /metrics and /readyz.
 *
 * What is counted as it happens stands in the slots already. What only is, at a moment, is looked
 * at once a second, so that any worker can tell of the others. */
#include "call/front_parts.h"
#include "call/measure.h"
#include "call/operate.h"

#include "base/json_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LOOK_MS 1000

static int64_t process_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    char line[128] = "", *resident;

    if (f == NULL)
        return 0;
    if (fgets(line, sizeof(line), f) == NULL)
        line[0] = '\0';
    fclose(f);
    resident = strchr(line, ' '); /* the second of its numbers, of pages */
    return resident != NULL ? strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

static void look_at_calls(struct mn_worker *w, mn_metric *slots)
{
    int64_t lua = 0, to_send = 0, paced = 0;

    for (struct mn_list *l = w->calls.next; l != &w->calls; l = l->next)
        mn_call_weigh(mn_call_at(l), &lua, &to_send, &paced);
    for (struct mn_list *l = w->fronts.next; l != &w->fronts; l = l->next) {
        struct mn_front *f = mn_container_of(l, struct mn_front, place);

        lua += f->state != NULL ? (int64_t)mn_state_memory(f->state) : 0;
    }
    mn_metric_set(slots, MN_M_QUEUE + 2, to_send);
    mn_metric_set(slots, MN_M_QUEUE + 3, paced);
    mn_metric_set(slots, MN_M_MEMORY + 1, lua);
}

static void look(struct mn_worker *w)
{
    mn_metric *slots = mn_metrics_worker(w->world.metrics);
    int waiting = 0, running = 0;

    for (int i = 0; i < w->apps.n; i++) /* an app nobody has called yet is told of, too */
        (void)mn_metrics_app(w->world.metrics, mn_bundle_spec(w->apps.list[i])->name);
    mn_http_load(w->http, &waiting, &running);
    mn_metric_set(slots, MN_M_QUEUE, waiting);
    mn_metric_set(slots, MN_M_QUEUE + 1, running);
    mn_metric_set(slots, MN_M_QUEUE + 4, w->lane != NULL ? mn_lane_load(w->lane) : 0);
    mn_metric_set(slots, MN_M_QUEUE + 5, w->mail != NULL ? (int64_t)mn_mail_waiting(w->mail) : 0);
    mn_metric_set(slots, MN_M_LUA, w->lua_turn.total_ns / 1000);
    mn_metric_set(slots, MN_M_GENERATION, w->generation);
    mn_metric_set(slots, MN_M_STALE, w->stale);
    mn_metric_set(slots, MN_M_DRAINING, !mn_worker_is_ready(w));
    mn_metric_set(slots, MN_M_CONNECTIONS,
                  w->server != NULL ? mn_server_connections(w->server) : 0);
    mn_metric_set(slots, MN_M_MEMORY, process_bytes());
    look_at_calls(w, slots);
}

static void on_look(struct mn_timer *timer)
{
    struct mn_worker *w = mn_container_of(timer, struct mn_worker, meter);

    look(w);
    (void)mn_timer_start(w->world.clock, timer, LOOK_MS, on_look); /* it has its place */
}

int mn_metering_open(struct mn_worker *w)
{
    struct mn_metrics *m = &w->page->slots[w->number].metrics;

    mn_metrics_begin(m);
    w->world.metrics = m;
    return mn_timer_start(w->world.clock, &w->meter, LOOK_MS, on_look);
}

void mn_metering_close(struct mn_worker *w)
{
    mn_timer_stop(&w->meter);
    w->world.metrics = NULL;
}

void mn_metering_tell(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    const struct mn_metrics *all[MN_PAGE_WORKERS];
    struct mn_buf text = {0};

    look(w);
    for (int i = 0; i < MN_PAGE_WORKERS; i++)
        all[i] = &w->page->slots[i].metrics;
    mn_metrics_text(all, MN_PAGE_WORKERS, &text);
    if (text.err == 0)
        mn_exchange_reply(x, &(struct mn_reply){.status = 200,
                                                .type = "text/plain; version=0.0.4; charset=utf-8",
                                                .body = mn_buf_str(&text)});
    else
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
    mn_buf_free(&text);
}

/* Whether a load balancer should send calls here. */
void mn_metering_ready(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    const char *why = !mn_worker_is_ready(w)                             ? "draining"
                      : w->apps.n == 0                                   ? "no_apps"
                      : mn_page_calls(w->page) >= w->settings->max_calls ? "at_capacity"
                                                                         : NULL;
    struct mn_header retry = {MN_STR("Retry-After"), MN_STR("5")};
    struct mn_reply reply = {
        .status = why == NULL ? 200 : 503, .headers = &retry, .nheaders = why == NULL ? 0 : 1};
    struct mn_buf json = {0};
    struct mn_writer out = mn_writer(&json);

    mn_write_open(&out, NULL, '{');
    mn_write_text(&out, "status", why == NULL ? "ready" : why);
    mn_write_close(&out);
    reply.body = mn_buf_str(&json); /* without memory: empty, the status tells */
    mn_exchange_reply(x, &reply);
    mn_buf_free(&json);
}
