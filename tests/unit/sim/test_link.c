/* test_link.c - a simulator on one end of a link: it speaks, waits for its peer, and goes. */
#include "test.h"

#include "base/err.h"
#include "sim/model_server.h"
#include "sim/refusal.h"

#include <stdio.h>

struct peer {
    struct mn_clock clock;
    struct mn_link *link;
    struct mn_sim_end *end;
    int messages, deltas, done, close_code, err;
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

    p->err = err;
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

TEST(a_simulator_that_drops_its_peer_says_nothing)
{
    struct peer p;

    join(&p, 1u << 20);
    mn_clock_advance(&p.clock, 1);
    assert_int_equal(mn_sim_end_fault(p.end, MN_SIM_DROP, 0, MN_STR("")), 0);
    mn_clock_advance(&p.clock, 2);
    assert_null(p.link);
    assert_int_equal(p.close_code, MN_LINK_VANISH);
    assert_int_equal(p.err, MN_ECLOSED);
    leave(&p);
}

TEST(a_stalled_simulator_goes_on_by_itself)
{
    struct peer p;

    join(&p, 1u << 20);
    mn_clock_advance(&p.clock, 1);
    assert_int_equal(mn_sim_end_fault(p.end, MN_SIM_STALL, 5000, MN_STR("")), 0);
    mn_link_send(p.link, MN_STR("{\"type\":\"response.create\"}"));
    mn_clock_advance(&p.clock, 5000);
    assert_int_equal(p.messages, 1);
    mn_clock_advance(&p.clock, 9000);
    assert_int_equal(p.done, 1);
    leave(&p);
}

TEST(a_refused_handshake_closes_its_link_with_the_status)
{
    struct peer p = {0};
    struct mn_buf body = {0};

    mn_clock_open_virtual(&p.clock, 1700000000000);
    assert_int_equal(mn_sim_refusal_body(&body, 429), 0);
    assert_int_equal(mn_sim_refusal(&p.link, &p.clock, 429, mn_buf_str(&body), 10000), 0);
    p.link->events = &events;
    p.link->owner = &p;
    assert_int_equal(mn_link_send(p.link, MN_STR("{}")), 0);
    assert_non_null(p.link);
    mn_clock_advance(&p.clock, 0);
    assert_null(p.link);
    assert_int_equal(p.err, MN_EREFUSED);
    assert_non_null(strstr(p.reason, "HTTP 429: {\"error\":{\"message\":\"Rate limit"));
    mn_buf_free(&body);
    mn_clock_close(&p.clock);
}

TEST(a_handshake_nobody_answers_times_out_or_is_given_up)
{
    struct peer p = {0};

    mn_clock_open_virtual(&p.clock, 1700000000000);
    for (int given_up = 0; given_up < 2; given_up++) {
        assert_int_equal(mn_sim_refusal(&p.link, &p.clock, 0, MN_STR(""), 10000), 0);
        p.link->events = &events;
        p.link->owner = &p;
        if (given_up)
            mn_link_close(p.link, 1000, MN_STR(""));
        mn_clock_advance(&p.clock, mn_clock_now(&p.clock) + (given_up ? 0 : 10000));
        assert_null(p.link);
        assert_int_equal(p.err, given_up ? 0 : MN_ETIMEOUT);
    }
    mn_clock_close(&p.clock);
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
