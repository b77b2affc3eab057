/* front_request.c - one request at an app's route: handed to its front state, answered with what
 * that gives, or when its time is over. */
#include "base/err.h"
#include "call/front.h"
#include "call/front_parts.h"

#include <errno.h>
#include <stdlib.h>

#define HEADERS_MAX 64 /* of a reply */

struct request {
    struct mn_list place; /* in the front's */
    struct mn_front *front;
    struct mn_exchange *x;
    struct mn_front_job *job; /* NULL once it has answered */
    struct mn_timer late;
    const char *app; /* for the log; the bundle's, as the route is */
    struct mn_str route;
    int64_t began_ms;
};

static void end_request(struct request *r)
{
    struct mn_front *front = r->front;

    mn_timer_stop(&r->late);
    mn_list_remove(&r->place);
    free(r);
    mn_front_ended(front);
}

/* --- the reply --- */

static struct mn_str next_line(struct mn_str *text)
{
    const char *end = memchr(text->p, '\n', text->n);
    struct mn_str line = {text->p, end != NULL ? (size_t)(end - text->p) : text->n};
    size_t n = line.n + (end != NULL);

    text->p += n;
    text->n -= n;
    return line;
}

static void log_request(const struct request *r, int status)
{
    int64_t ms = mn_clock_now(r->front->worker->world.clock) - r->began_ms;

    MN_LOG(r->front->worker->log, DEBUG, NULL, "route", {"app", mn_str(r->app)},
           {"method", mn_exchange_method(r->x)}, {"route", r->route},
           {"path", mn_exchange_path(r->x)}, {"status", .i = status, .is_int = true},
           {"ms", .i = ms, .is_int = true});
}

/* head: a status, then "Name: value" lines, the first being the content's type. lua/myna/reply.lua
 * has checked each. */
static void reply(struct request *r, const struct mn_front_answer *answer)
{
    struct mn_header headers[HEADERS_MAX];
    struct mn_reply out = {.headers = headers, .body = answer->body};
    struct mn_str head = answer->head, line = next_line(&head);
    char type[256] = "text/plain";

    out.status =
        line.n == 3 ? (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0') : 500;
    while (head.n > 0 && out.nheaders < HEADERS_MAX) {
        const char *colon;

        line = next_line(&head);
        colon = memmem(line.p, line.n, ": ", 2);
        if (colon == NULL)
            continue;
        headers[out.nheaders++] = (struct mn_header){
            {line.p, (size_t)(colon - line.p)}, {colon + 2, line.n - (size_t)(colon - line.p) - 2}};
    }
    if (out.nheaders > 0 && headers[0].value.n < sizeof(type)) {
        memcpy(type, headers[0].value.p, headers[0].value.n);
        type[headers[0].value.n] = '\0';
        out.headers++;
        out.nheaders--;
    }
    out.type = type;
    log_request(r, out.status);
    mn_exchange_reply(r->x, &out);
}

static void on_answer(void *owner, const struct mn_front_answer *answer)
{
    struct request *r = owner;

    r->job = NULL;
    if (answer->err == 0)
        reply(r, answer);
    else
        mn_exchange_refuse(r->x, 500, NULL, "route_failed",
                           "This did not work. The server's log says why.");
    end_request(r);
}

static void stop(struct request *r)
{
    struct mn_front_job *job = r->job;

    r->job = NULL;
    if (job != NULL)
        mn_front_stop(job);
}

static void on_late(struct mn_timer *timer)
{
    struct request *r = mn_container_of(timer, struct request, late);
    struct mn_worker *w = r->front->worker;

    MN_LOG(w->log, WARN, NULL, "a route took too long (route-timeout)", {"app", mn_str(r->app)},
           {"method", mn_exchange_method(r->x)}, {"route", r->route},
           {"path", mn_exchange_path(r->x)},
           {"limit_ms", .i = w->settings->route_timeout, .is_int = true});
    stop(r);
    mn_exchange_refuse(r->x, 504, NULL, "route_timeout", "This took too long. Try again.");
    end_request(r);
}

static void on_gone(void *owner, struct mn_exchange *x)
{
    struct request *r = owner;

    (void)x;
    stop(r);
    end_request(r);
}

/* --- */

static int begin(struct request *r, const struct mn_app_route *route)
{
    struct mn_worker *w = r->front->worker;
    struct mn_buf head = {0};
    struct mn_front_ask ask = {.route = route, .time_ms = w->settings->route_timeout};
    int err;

    mn_front_write_head(r->x, route, &head);
    ask.head = mn_buf_str(&head);
    ask.body = mn_exchange_body(r->x);
    err = head.err != 0 ? head.err : mn_front_run(r->front->state, &ask, on_answer, r, &r->job);
    mn_buf_free(&head);
    if (err == 0 && mn_timer_start(w->world.clock, &r->late, ask.time_ms, on_late) != 0) {
        stop(r);
        err = -ENOMEM;
    }
    return err;
}

void mn_front_serve(void *worker, struct mn_exchange *x)
{
    struct mn_worker *w = worker;
    struct mn_front_route found;
    struct request *r;
    int status;

    if (!mn_front_find(w, x, &found, &status)) { /* its app was read again meanwhile */
        mn_exchange_refuse(x, 404, NULL, "not_found", "There is nothing at this path.");
        return;
    }
    if (!mn_front_may(x, &found))
        return;
    if (mn_front_is_full(found.front)) {
        mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                           "No more requests can be taken just now. Try again in a moment.");
        return;
    }
    r = calloc(1, sizeof(*r));
    if (r == NULL) {
        mn_exchange_refuse(x, 500, NULL, NULL, "Out of memory.");
        return;
    }
    *r = (struct request){.front = found.front, .x = x, .route = found.route->path};
    r->app = mn_bundle_spec(found.front->bundle)->name.p;
    r->began_ms = mn_clock_now(w->world.clock);
    mn_list_append(&found.front->requests, &r->place);
    mn_front_began(found.front);
    mn_exchange_on_gone(x, on_gone, r);
    if (begin(r, found.route) != 0) {
        mn_exchange_refuse(x, 503, "server_error", "at_capacity",
                           "No more requests can be taken just now. Try again in a moment.");
        end_request(r);
    }
}

void mn_front_drop_requests(struct mn_front *f)
{
    while (!mn_list_empty(&f->requests)) {
        struct request *r = mn_container_of(f->requests.next, struct request, place);

        stop(r);
        mn_exchange_refuse(r->x, 503, "server_error", "going_away",
                           "The server is going away. Try again in a moment.");
        end_request(r);
    }
}
