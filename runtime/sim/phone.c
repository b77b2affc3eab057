/* phone.c - carries events of one simulated session to all who joined it, behind phone.h. */
#include "sim/phone.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct mn_sim_phone {
    struct mn_clock *clock;
    struct mn_sim *sim;
    struct mn_timer timer;
    struct mn_link *links[MN_PHONE_LISTENERS];
    bool over;
    bool created;          /* session.created has been taken from the simulator: */
    struct mn_buf opening; /* it is told to each who joins, */
    struct mn_buf updated; /* and then the last session.updated, if there was one */
};

static void on_timer(struct mn_timer *timer);

static bool is_empty(const struct mn_sim_phone *phone)
{
    for (int i = 0; i < MN_PHONE_LISTENERS; i++) {
        if (phone->links[i] != NULL)
            return false;
    }
    return true;
}

/* A listener who reads too slowly is left. */
static void tell_all(struct mn_sim_phone *phone, struct mn_str event)
{
    for (int i = 0; i < MN_PHONE_LISTENERS; i++) {
        if (phone->links[i] != NULL && mn_link_send(phone->links[i], event) == MN_EFULL)
            mn_link_close(phone->links[i], 1008, MN_STR("reading too slowly"));
    }
}

static void shut(struct mn_sim_phone *phone, int code, struct mn_str reason)
{
    if (phone->over)
        return;
    phone->over = true;
    mn_timer_stop(&phone->timer);
    for (int i = 0; i < MN_PHONE_LISTENERS; i++) {
        if (phone->links[i] != NULL)
            mn_link_close(phone->links[i], code, reason);
    }
}

static void keep_update(struct mn_sim_phone *phone, struct mn_str event)
{
    static const char start[] = "{\"type\":\"session.updated\"";

    if (!mn_str_starts(event, mn_str(start)))
        return;
    mn_buf_clear(&phone->updated);
    mn_buf_add_str(&phone->updated, event); /* without memory nobody is told of it twice */
}

/* Tells what is ready, and looks again when the session wants it. */
static void flush(struct mn_sim_phone *phone)
{
    struct mn_buf event = {0};
    struct mn_str reason;
    int64_t due_ms;
    int code;

    if (phone->over)
        return;
    while (mn_sim_next(phone->sim, &event)) {
        keep_update(phone, mn_buf_str(&event));
        if (!phone->created && mn_buf_add_str(&phone->opening, mn_buf_str(&event)) == 0)
            phone->created = true;
        else
            tell_all(phone, mn_buf_str(&event));
        mn_buf_clear(&event);
    }
    mn_buf_free(&event);
    if (mn_sim_closed(phone->sim, &code, &reason)) {
        shut(phone, code, reason);
        return;
    }
    due_ms = mn_sim_deadline(phone->sim);
    if (due_ms == INT64_MAX)
        mn_timer_stop(&phone->timer);
    else if (mn_timer_start(phone->clock, &phone->timer, due_ms - mn_clock_now(phone->clock),
                            on_timer) < 0)
        shut(phone, 1011, MN_STR("out of memory"));
}

static void on_timer(struct mn_timer *timer)
{
    struct mn_sim_phone *phone = mn_container_of(timer, struct mn_sim_phone, timer);
    int err = mn_sim_tick(phone->sim, mn_clock_now(phone->clock));

    if (err < 0 && err != MN_ECLOSED)
        shut(phone, 1011, mn_str(mn_strerror(err)));
    else
        flush(phone);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct mn_sim_phone *phone = link->owner;
    int err;

    if (phone->over)
        return;
    err = mn_sim_feed(phone->sim, text, mn_clock_now(phone->clock));
    if (err < 0 && err != MN_ECLOSED)
        shut(phone, 1011, mn_str(mn_strerror(err)));
    else
        flush(phone);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct mn_sim_phone *phone = link->owner;

    (void)code, (void)reason, (void)err;
    for (int i = 0; i < MN_PHONE_LISTENERS; i++) {
        if (phone->links[i] == link)
            phone->links[i] = NULL;
    }
}

static const struct mn_link_events events = {.on_message = on_message, .on_close = on_close};

struct mn_sim_phone *mn_sim_phone_open(struct mn_clock *clock,
                                       const struct mn_sim_settings *settings)
{
    struct mn_sim_phone *phone = calloc(1, sizeof(*phone));
    struct mn_sim_settings now = *settings;

    if (phone == NULL)
        return NULL;
    now.direct = true;
    now.wall_s = mn_clock_wall(clock) / 1000;
    phone->clock = clock;
    phone->sim = mn_sim_new(&now, mn_clock_now(clock));
    if (phone->sim == NULL || mn_timer_start(clock, &phone->timer, 0, on_timer) < 0) {
        mn_sim_phone_free(phone);
        return NULL;
    }
    return phone;
}

bool mn_sim_phone_join(struct mn_sim_phone *phone, struct mn_link *link)
{
    int i = 0;

    while (i < MN_PHONE_LISTENERS && phone->links[i] != NULL)
        i++;
    if (i == MN_PHONE_LISTENERS || phone->over)
        return false;
    flush(phone);
    link->events = &events;
    link->owner = phone;
    phone->links[i] = link;
    if (phone->created)
        (void)mn_link_send(link, mn_buf_str(&phone->opening)); /* a new link has room */
    if (phone->updated.n > 0)
        (void)mn_link_send(link, mn_buf_str(&phone->updated));
    return true;
}

void mn_sim_phone_shut(struct mn_sim_phone *phone)
{
    shut(phone, 1000, (struct mn_str){0});
}

bool mn_sim_phone_is_over(const struct mn_sim_phone *phone)
{
    return phone->over && is_empty(phone);
}

void mn_sim_phone_free(struct mn_sim_phone *phone)
{
    if (phone == NULL)
        return;
    for (int i = 0; i < MN_PHONE_LISTENERS; i++) {
        if (phone->links[i] != NULL)
            phone->links[i]->events = &mn_link_nobody;
    }
    mn_timer_stop(&phone->timer);
    mn_sim_free(phone->sim);
    mn_buf_free(&phone->opening);
    mn_buf_free(&phone->updated);
    free(phone);
}
