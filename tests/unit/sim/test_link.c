/* test_link.c - a simulator on one end of a link: it speaks, waits for its peer, and goes. */
#include "test.h"

#include "base/err.h"
#include "sim/model_server.h"

#include <stdio.h>

struct peer {
    struct mn_clock clock;
    struct mn_link *link;
    struct mn_sim_end *end;
    int messages, deltas, done, close_code;
    bool gone;
    char reason[128];
};

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct peer *p = link->owner;

    p->messages++;
    p->deltas += mn_str_starts(text, MN_STR("{\"type\":\"response.output_audio.delta\""));
    p->done += mn_str_starts(text, MN_STR("{\"type\":\"response.done\""));
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct peer *p = link->owner;

    (void)err;
    p->close_code = code;
    snprintf(p->reason, sizeof(p->reason), "%.*s", MN_FMT(reason));
    p->link = NULL;
}

static void on_gone(void *owner)
{
    ((struct peer *)owner)->gone = true;
}

static const struct mn_link_events events = {.on_message = on_message, .on_close = on_close};

static void join(struct peer *p, size_t high_water)
{
    struct mn_sim_settings set = mn_sim_defaults();
    struct mn_link *far;

    *p = (struct peer){0};
    mn_clock_open_virtual(&p->clock, 1700000000000);
    assert_int_equal(mn_link_pair(&p->link, &far, &p->clock, high_water), 0);
    p->link->events = &events;
    p->link->owner = p;
    assert_int_equal(mn_sim_link(&p->end, far, &p->clock, &set), 0);
    mn_sim_end_watch(p->end, on_gone, p);
}

static void leave(struct peer *p)
{
    if (p->link != NULL)
        mn_link_close(p->link, 1000, MN_STR("bye"));
    mn_clock_advance(&p->clock, mn_clock_now(&p->clock) + 10);
    assert_null(p->link);
    assert_true(p->gone);
    mn_clock_close(&p->clock);
}

TEST(a_simulator_on_a_link_greets_and_answers)
{
    struct peer p;

    join(&p, 1u << 20);
    mn_clock_advance(&p.clock, 1);
    assert_int_equal(p.messages, 1);
    mn_link_send(p.link, MN_STR("{\"type\":\"response.create\"}"));
    mn_clock_advance(&p.clock, 3000);
    assert_int_equal(p.done, 1);
    assert_true(p.deltas > 0);
    leave(&p);
}

TEST(a_simulator_waits_for_a_peer_that_is_slow)
{
    struct peer p;

    join(&p, 8000); /* one audio delta at a time */
    mn_link_send(p.link, MN_STR("{\"type\":\"response.create\"}"));
    mn_clock_advance(&p.clock, 10000);
    assert_int_equal(p.done, 1);
    assert_int_equal(p.deltas, 19); /* "Hello. How can I help?": 5 words of 380 ms */
    leave(&p);
}

TEST(a_simulator_closes_its_link_when_the_session_ends)
{
    struct peer p;

    join(&p, 1u << 20);
    mn_clock_advance(&p.clock, 60 * 60 * 1000 + 10);
    assert_null(p.link);
    assert_int_equal(p.close_code, 1001);
    assert_string_equal(p.reason, "Your session hit the maximum duration of 60 minutes.");
    leave(&p);
}

TEST(a_peer_that_leaves_in_the_middle_frees_everything)
{
    struct peer p;

    join(&p, 1u << 20);
    mn_link_send(p.link, MN_STR("{\"type\":\"response.create\"}"));
    mn_clock_advance(&p.clock, 60);
    leave(&p);
    assert_int_equal(p.done, 0);
}
