/* drain.c - how a worker stops taking calls, and how it ends.
 *
 * DESIGN  Draining is a state that can be left again: new calls are refused, lost callers may come
 * back, requests are answered. Leaving is a ladder that only goes down, a rung at a time or a rung
 * a signal:
 *
 *     taking calls --> running calls finish --> farewells --> closed with 1001 --> now
 *                          --drain             --drain-grace
 *
 * Where another process has taken over the port, the longer --upgrade-drain stands for --drain. It
 * ends as soon as nobody is left: no call, and nobody who waits for an answer. */
#include "call/worker_parts.h"

enum {
    LOOK_MS = 20, /* between two looks for those who wait for an answer */
    HUSH_MS = 500 /* for those who have connected and said nothing */
};

bool mn_worker_is_ready(const struct mn_worker *w)
{
    return !w->draining && w->leaving == MN_STAYS && !w->stopping;
}

static void log_calls(struct mn_worker *w, const char *what)
{
    MN_LOG(w->log, INFO, NULL, what, {"calls", .i = w->ncalls, .is_int = true});
}

void mn_worker_set_draining(struct mn_worker *w, bool on)
{
    if (w->draining == on || w->leaving != MN_STAYS)
        return;
    w->draining = on;
    log_calls(w, on ? "draining: no new calls" : "taking calls again");
}

/* --- leaving --- */

static void on_rung(struct mn_timer *timer);
static void on_look(struct mn_timer *timer);

static void start(struct mn_worker *w, struct mn_timer *timer, int64_t ms,
                  void (*fn)(struct mn_timer *timer))
{
    if (mn_timer_start(w->world.clock, timer, ms, fn) != 0)
        mn_worker_stop(w); /* without memory to wait with */
}

static void say_goodbye(struct mn_worker *w)
{
    const char *given = w->settings->drain_farewell;
    struct mn_str words = mn_str(given != NULL ? given : "");
    struct mn_list *next;

    w->leaving = MN_FAREWELLS;
    log_calls(w, "the time to drain is over: saying goodbye");
    for (struct mn_list *l = w->calls.next; l != &w->calls; l = next) {
        next = l->next;
        mn_call_farewell(mn_call_at(l), words, 1001);
    }
    start(w, &w->rung, w->settings->drain_grace, on_rung);
}

static void on_rung(struct mn_timer *timer)
{
    struct mn_worker *w = mn_container_of(timer, struct mn_worker, rung);

    if (w->leaving == MN_DRAINS) {
        say_goodbye(w);
    } else {
        log_calls(w, "ending the calls that are left");
        mn_worker_stop(w);
    }
}

/* Whoever has asked something is answered; who only connected has a moment to ask. */
static bool is_empty(const struct mn_worker *w)
{
    int64_t waited_ms = mn_clock_now(w->world.clock) - w->empty_since_ms;

    if (w->ncalls > 0)
        return false;
    if (w->server == NULL || mn_server_connections(w->server) == 0)
        return true;
    return waited_ms >= HUSH_MS && mn_server_asked(w->server) == 0;
}

static void look(struct mn_worker *w)
{
    if (w->stopping)
        return;
    if (w->ncalls == 0)
        mn_followers_end(w); /* who follows the log would hold it up for ever */
    if (is_empty(w)) {
        log_calls(w, "drained");
        mn_worker_stop(w);
    } else if (w->ncalls == 0) {
        start(w, &w->look, LOOK_MS, on_look);
    }
}

static void on_look(struct mn_timer *timer)
{
    look(mn_container_of(timer, struct mn_worker, look));
}

void mn_worker_call_gone(struct mn_worker *w)
{
    if (w->leaving == MN_STAYS || w->stopping || w->ncalls > 0)
        return;
    w->empty_since_ms = mn_clock_now(w->world.clock);
    start(w, &w->look, 0, on_look);
}

static void begin(struct mn_worker *w, bool handed_over)
{
    int64_t ms = handed_over ? w->settings->upgrade_drain : w->settings->drain;

    w->leaving = MN_DRAINS;
    MN_LOG(w->log, INFO, NULL, "draining, then leaving", {"calls", .i = w->ncalls, .is_int = true},
           {"within_ms", .i = ms, .is_int = true});
    if (handed_over && w->server != NULL)
        mn_server_stop(w->server);
    start(w, &w->rung, ms, on_rung);
    mn_worker_call_gone(w);
}

void mn_worker_leave(struct mn_worker *w, bool handed_over)
{
    if (w->leaving == MN_STAYS && !w->stopping)
        begin(w, handed_over);
    else if (!handed_over) /* asked again: the next rung but one, for the words take too long */
        mn_worker_stop(w);
}

void mn_worker_stop_leaving(struct mn_worker *w)
{
    mn_timer_stop(&w->rung);
    mn_timer_stop(&w->look);
}
