/* test_stage.c - the stage itself: time, ear, mouth, HTTP and questions, without a scenario. */
#include "test.h"

#include "sim/stage.h"
#include "sim/wire.h"

#include <stdlib.h>

struct world {
    struct mn_log log;
    struct mn_bundle *bundle;
    struct mn_stage *stage;
    struct mn_wire *wire;
    int from; /* records before it have been looked at */
};

static void open_stage_with(struct world *w, bool wire)
{
    struct mn_buf why = {0};

    *w = (struct world){.log = {.level = MN_LOG_OFF}};
    assert_int_equal(mn_bundle_load(&w->bundle, MN_TEST_APPS "/desk", &w->log, &why), 0);
    if (wire)
        assert_int_equal(mn_wire_open(&w->wire), 0);
    assert_int_equal(
        mn_stage_open(&w->stage,
                      &(struct mn_stage_settings){.bundle = w->bundle, .seed = 1, .wire = w->wire}),
        0);
    assert_int_equal(mn_stage_begin(w->stage), 0);
    mn_buf_free(&why);
}

static void open_stage(struct world *w)
{
    open_stage_with(w, false);
}

static void close_stage(struct world *w)
{
    mn_stage_close(w->stage);
    if (w->wire != NULL)
        assert_null(mn_wire_trouble(w->wire));
    mn_wire_close(w->wire);
    mn_bundle_drop(w->bundle);
}

static void pass(struct world *w, int64_t until_ms)
{
    while (mn_stage_now(w->stage) < until_ms)
        mn_stage_step(w->stage, until_ms);
}

/* Steps until another record of the lane holds text. False when a minute has gone by. */
static bool until(struct world *w, enum mn_lane lane, const char *text)
{
    int64_t end_ms = mn_stage_now(w->stage) + 60000;

    do {
        while (w->from < mn_stage_records(w->stage)) {
            const struct mn_record *r = mn_stage_record(w->stage, w->from++);

            if (r->lane == lane && strstr(r->text.p, text) != NULL)
                return true;
        }
        mn_stage_step(w->stage, end_ms);
    } while (mn_stage_now(w->stage) < end_ms);
    return false;
}

static void answer_words(struct world *w, const char *words, int64_t lasts_ms)
{
    struct mn_sim_outputs outputs = {0};

    assert_int_equal(mn_sim_say(&outputs, mn_str(words), lasts_ms), 0);
    assert_true(mn_stage_answer(w->stage, &outputs));
}

static void answer_call(struct world *w, const char *tool)
{
    struct mn_sim_outputs outputs = {0};

    assert_int_equal(mn_sim_call(&outputs, mn_str(tool), MN_STR("{}")), 0);
    assert_true(mn_stage_answer(w->stage, &outputs));
}

/* The greeting asked for and given, lasting ms. */
static void greet(struct world *w, int64_t ms)
{
    assert_true(until(w, MN_LANE_ASK, "City library."));
    answer_words(w, "City library, good morning to you.", ms);
}

TEST(a_stage_asks_for_the_greeting_and_the_ear_hears_it)
{
    struct mn_heard heard;
    struct world w;

    open_stage(&w);
    greet(&w, 2000);
    until(&w, MN_LANE_NOTE, "audio_start");
    pass(&w, mn_stage_now(w.stage) + 1000);
    heard = mn_stage_heard(w.stage, 0);
    assert_int_equal(mn_stage_items(w.stage), 1);
    assert_int_equal(heard.ms, 1000);
    assert_in_range(heard.bytes, heard.words.n / 2, heard.words.n * 3 / 4); /* words come early */
    assert_in_range(mn_stage_unheard(w.stage), 400, 500);                   /* the rest is paced */
    assert_false(mn_stage_idle(w.stage));
    pass(&w, mn_stage_now(w.stage) + 1000);
    assert_int_equal(mn_stage_unheard(w.stage), 0);
    assert_int_equal(mn_stage_heard(w.stage, 0).bytes, heard.words.n);
    assert_true(mn_stage_idle(w.stage));
    close_stage(&w);
}

/* Whoever waits for words sees them at the same moments as one who looks at each frame. */
TEST(listening_misses_no_word)
{
    struct world a, b;
    int64_t heard;

    open_stage(&a);
    open_stage(&b);
    greet(&a, 4000);
    greet(&b, 4000);
    until(&a, MN_LANE_NOTE, "audio_start");
    until(&b, MN_LANE_NOTE, "audio_start");
    heard = mn_stage_amount(b.stage, 0);
    while (mn_stage_unheard(b.stage) > 0) {
        mn_stage_listen(a.stage, 60000, 0);
        while (mn_stage_now(b.stage) < mn_stage_now(a.stage)) {
            int64_t left_ms = mn_stage_unheard(b.stage);

            assert_int_equal(mn_stage_amount(b.stage, 0), heard); /* nothing was skipped */
            mn_stage_step(b.stage, mn_stage_now(b.stage) + (left_ms < 20 ? left_ms : 20));
        }
        assert_int_equal(mn_stage_now(a.stage), mn_stage_now(b.stage));
        heard = mn_stage_amount(a.stage, 0);
        assert_int_equal(mn_stage_amount(b.stage, 0), heard);
    }
    assert_int_equal(mn_stage_listen(a.stage, 60000, 0), 0); /* nothing to listen to */
    assert_int_equal(mn_stage_now(a.stage), mn_stage_now(b.stage));
    close_stage(&a);
    close_stage(&b);
}

TEST(a_caller_who_cuts_in_stops_the_ear)
{
    struct world w;

    open_stage(&w);
    greet(&w, 5000);
    until(&w, MN_LANE_NOTE, "audio_start");
    pass(&w, mn_stage_now(w.stage) + 1500);
    assert_int_equal(mn_stage_speak(w.stage, MN_STR("Wait"), 400), 0);
    assert_true(mn_stage_speaking(w.stage));
    assert_true(until(&w, MN_LANE_CALLER, "speech_started"));
    assert_int_equal(mn_stage_unheard(w.stage), 0);
    assert_true(mn_stage_heard(w.stage, 0).cut);
    assert_in_range(mn_stage_heard(w.stage, 0).ms, 1500, 1540);
    pass(&w, mn_stage_now(w.stage) + 3000);
    assert_in_range(mn_stage_heard(w.stage, 0).ms, 1500, 1540);
    assert_false(mn_stage_speaking(w.stage));
    close_stage(&w);
}

TEST(a_question_dies_with_its_response)
{
    struct mn_sim_outputs outputs = {0};
    struct world w;

    open_stage(&w);
    greet(&w, 500);
    until(&w, MN_LANE_NOTE, "audio_stopped");
    mn_stage_speak(w.stage, MN_STR("Hello"), 400);
    assert_true(until(&w, MN_LANE_ASK, "Hello"));
    assert_true(mn_stage_asked(w.stage));
    mn_stage_speak(w.stage, MN_STR("Never mind"), 400);
    assert_true(until(&w, MN_LANE_CALLER, "speech_started"));
    assert_false(mn_stage_asked(w.stage));
    mn_sim_say(&outputs, MN_STR("too late"), 0);
    assert_false(mn_stage_answer(w.stage, &outputs));
    mn_sim_outputs_free(&outputs);
    assert_true(until(&w, MN_LANE_ASK, "Never mind"));
    answer_words(&w, "As you like.", 0);
    close_stage(&w);
}

static void ask_for_a_book(struct world *w)
{
    greet(w, 500);
    until(w, MN_LANE_NOTE, "audio_stopped");
    mn_stage_speak(w->stage, MN_STR("Dune"), 400);
    until(w, MN_LANE_ASK, "Dune");
    answer_call(w, "find");
    assert_true(until(w, MN_LANE_HTTP, "books.test"));
}

TEST(a_request_waits_for_its_reply)
{
    const struct mn_header type = {MN_STR("content-type"), MN_STR("application/json")};
    const struct mn_http_answer reply = {
        .status = 200, .headers = &type, .nheaders = 1, .body = MN_STR("{\"id\":7}")};
    struct world w;
    int64_t at_ms;

    open_stage(&w);
    ask_for_a_book(&w);
    at_ms = mn_stage_now(w.stage);
    assert_false(mn_stage_reply(w.stage, 99, &reply, 0));
    assert_true(mn_stage_reply(w.stage, 1, &reply, 250));
    assert_true(until(&w, MN_LANE_NOTE, "\"result\":\"{\\\"id\\\":7}\""));
    assert_in_range(mn_stage_now(w.stage), at_ms + 250, at_ms + 251);
    assert_false(mn_stage_reply(w.stage, 1, &reply, 0));
    close_stage(&w);
}

TEST(a_reply_after_the_time_out_changes_nothing)
{
    const struct mn_http_answer late = {.status = 200, .body = MN_STR("{}")};
    struct world w;

    open_stage(&w);
    ask_for_a_book(&w);
    assert_true(mn_stage_reply(w.stage, 1, &late, 3600000));
    assert_true(until(&w, MN_LANE_NOTE, "agent_tool_end"));
    close_stage(&w);
}

TEST(hanging_up_ends_the_call_and_leaves_nothing)
{
    struct world w;

    open_stage(&w);
    ask_for_a_book(&w); /* a tool and a request are under way */
    mn_stage_hang_up(w.stage);
    assert_true(until(&w, MN_LANE_END, "hung up"));
    pass(&w, mn_stage_now(w.stage) + mn_call_defaults.ending_ms); /* R67: the tool's time */
    assert_null(mn_stage_call(w.stage));
    assert_true(mn_stage_idle(w.stage));
    assert_int_not_equal(mn_stage_speak(w.stage, MN_STR("Hello"), 100), 0);
    close_stage(&w);
}

TEST(closing_a_stage_at_any_moment_frees_everything)
{
    struct world w;

    for (int64_t at_ms = 0; at_ms < 200; at_ms += 7) {
        open_stage(&w);
        pass(&w, at_ms);
        close_stage(&w);
    }
    mn_stage_close(NULL);
}

TEST(the_same_steps_give_the_same_records)
{
    struct mn_buf first = {0}, second = {0};
    struct world w;

    for (int i = 0; i < 2; i++) {
        open_stage(&w);
        ask_for_a_book(&w);
        assert_int_equal(mn_stage_dump(w.stage, i == 0 ? &first : &second), 0);
        close_stage(&w);
    }
    assert_true(first.n > 1000);
    assert_true(mn_str_same(mn_buf_str(&first), mn_buf_str(&second)));
    mn_buf_free(&first);
    mn_buf_free(&second);
}

TEST(a_stage_on_a_wire_has_the_records_it_has_without)
{
    struct mn_buf dumps[2] = {{0}};
    struct world w;

    for (int wire = 0; wire < 2; wire++) {
        open_stage_with(&w, wire != 0);
        ask_for_a_book(&w);
        mn_stage_hang_up(w.stage);
        assert_true(until(&w, MN_LANE_END, "1000"));
        assert_int_equal(mn_stage_dump(w.stage, &dumps[wire]), 0);
        close_stage(&w);
    }
    assert_true(dumps[0].n > 1000);
    assert_string_equal(dumps[0].p, dumps[1].p);
    mn_buf_free(&dumps[0]);
    mn_buf_free(&dumps[1]);
}

TEST(closing_a_stage_on_a_wire_at_any_moment_frees_everything)
{
    struct world w;

    for (int64_t at_ms = 0; at_ms < 60; at_ms += 10) {
        open_stage_with(&w, true);
        pass(&w, at_ms);
        close_stage(&w);
    }
}

TEST(a_caller_on_a_wire_is_cut_off_for_what_no_websocket_carries)
{
    for (int wire = 0; wire < 2; wire++) {
        struct world w;

        open_stage_with(&w, wire != 0);
        greet(&w, 500);
        assert_int_equal(mn_stage_send(w.stage, MN_STR("\xff")), 0);
        if (wire != 0)
            assert_true(until(&w, MN_LANE_END, "1007"));
        else
            assert_true(until(&w, MN_LANE_CALLER, "invalid"));
        assert_int_equal(mn_stage_call(w.stage) == NULL, wire);
        close_stage(&w);
    }
}
