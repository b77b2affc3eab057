/* model_server.c - carries messages between a link and a simulator, and time to it.
 *
 * WHY IT STOPS  When the peer does not take its events, the link's queue fills up. Then no step is
 * taken until the queue is empty again: the simulator waits rather than piles up audio. */
#include "sim/model_server.h"

#include "base/err.h"
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>

#define CLOSE_INTERNAL_ERROR 1011 /* RFC 6455, 7.4.1 */

struct mn_sim_end {
    struct mn_link *link;
    struct mn_clock *clock;
    struct mn_sim *sim;
    struct mn_timer timer;
    struct mn_buf event; /* taken from the simulator and not yet by the link */
    bool closing;
    void (*gone)(void *owner);
    void *owner;
    void (*heard)(void *owner, struct mn_str frame);
    void *listener;
};

static void shut(struct mn_sim_end *end, int code, struct mn_str reason)
{
    if (end->closing)
        return;
    end->closing = true;
    mn_timer_stop(&end->timer);
    mn_link_close(end->link, code, reason);
}

static void fail(struct mn_sim_end *end, int err)
{
    shut(end, CLOSE_INTERNAL_ERROR, mn_str(mn_strerror(err)));
}

/* Sends what is ready. Returns whether everything went. */
static bool drain(struct mn_sim_end *end)
{
    int err;

    while (end->event.n > 0 || mn_sim_next(end->sim, &end->event)) {
        err = mn_link_send(end->link, mn_buf_str(&end->event));
        if (err == MN_EFULL)
            return false; /* on_drained goes on */
        mn_buf_clear(&end->event);
        if (err < 0) {
            fail(end, err);
            return false;
        }
    }
    return true;
}

static void on_timer(struct mn_timer *timer);

void mn_sim_end_flush(struct mn_sim_end *end)
{
    int64_t due_ms, now_ms = mn_clock_now(end->clock);
    struct mn_str reason;
    int code;

    if (end->closing || !drain(end))
        return;
    if (mn_sim_closed(end->sim, &code, &reason)) {
        shut(end, code, reason);
        return;
    }
    due_ms = mn_sim_deadline(end->sim);
    if (due_ms == INT64_MAX)
        mn_timer_stop(&end->timer);
    else if (mn_timer_start(end->clock, &end->timer, due_ms - now_ms, on_timer) < 0)
        fail(end, -ENOMEM);
}

static void on_timer(struct mn_timer *timer)
{
    struct mn_sim_end *end = mn_container_of(timer, struct mn_sim_end, timer);
    int err = mn_sim_tick(end->sim, mn_clock_now(end->clock));

    if (err < 0 && err != MN_ECLOSED)
        fail(end, err);
    else
        mn_sim_end_flush(end);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct mn_sim_end *end = link->owner;
    int err;

    if (end->closing)
        return;
    if (end->heard != NULL)
        end->heard(end->listener, text);
    err = mn_sim_feed(end->sim, text, mn_clock_now(end->clock));
    if (err < 0 && err != MN_ECLOSED)
        fail(end, err);
    else
        mn_sim_end_flush(end);
}

static void free_end(struct mn_sim_end *end)
{
    mn_timer_stop(&end->timer);
    mn_sim_free(end->sim);
    mn_buf_free(&end->event);
    free(end);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct mn_sim_end *end = link->owner;

    (void)code, (void)reason, (void)err;
    if (end->gone != NULL)
        end->gone(end->owner);
    free_end(end);
}

static void on_open(struct mn_link *link)
{
    mn_sim_end_flush(link->owner);
}

static const struct mn_link_events events = {
    .on_open = on_open, .on_message = on_message, .on_close = on_close, .on_drained = on_open};

static void on_begin(struct mn_timer *timer)
{
    mn_sim_end_flush(mn_container_of(timer, struct mn_sim_end, timer));
}

int mn_sim_link(struct mn_sim_end **out, struct mn_link *link, struct mn_clock *clock,
                const struct mn_sim_settings *settings)
{
    struct mn_sim_end *end = calloc(1, sizeof(*end));
    struct mn_sim_settings now = *settings;

    if (out != NULL)
        *out = NULL;
    if (end == NULL)
        return -ENOMEM;
    end->link = link;
    end->clock = clock;
    now.wall_s = mn_clock_wall(clock) / 1000;
    end->sim = mn_sim_new(&now, mn_clock_now(clock));
    /* session.created goes out from the clock: whoever made the link may still be setting it up. */
    if (end->sim == NULL || mn_timer_start(clock, &end->timer, 0, on_begin) < 0) {
        free_end(end);
        return -ENOMEM;
    }
    link->events = &events;
    link->owner = end;
    if (out != NULL)
        *out = end;
    return 0;
}

int mn_sim_end_fault(struct mn_sim_end *end, enum mn_sim_fault fault, int64_t number,
                     struct mn_str text)
{
    int err = mn_sim_fault(end->sim, fault, number, text, mn_clock_now(end->clock));

    if (err == 0)
        mn_sim_end_flush(end);
    return err;
}

void mn_sim_end_watch(struct mn_sim_end *end, void (*gone)(void *owner), void *owner)
{
    end->gone = gone;
    end->owner = owner;
}

void mn_sim_end_listen(struct mn_sim_end *end, void (*heard)(void *owner, struct mn_str frame),
                       void *owner)
{
    end->heard = heard;
    end->listener = owner;
}

struct mn_sim *mn_sim_end_model(struct mn_sim_end *end)
{
    return end->sim;
}
