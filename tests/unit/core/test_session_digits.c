/* test_session_digits.c - keys of a telephone, and waiting to be heard: R38, R39. */
#include "session_driver.h"

#include "base/err.h"
#include "core/heard.h"

static void open(struct drive *d, bool tells)
{
    drive_init(d);
    d->app.tells_digits = tells;
    d->notes = 1u << MN_NOTE_DTMF;
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

static int collect(struct drive *d, uint32_t ticket)
{
    const struct mn_collect how = {.max = 4, .finish = '#', .timeout_ms = 3000};

    return drive_feed(d,
                      &(struct mn_input){.type = MN_IN_COLLECT, .ticket = ticket, .collect = &how});
}

static void press(struct drive *d, const char *keys)
{
    for (; *keys != '\0'; keys++)
        caller_sends(d, "{'type':'myna.dtmf','digit':'%c'}", *keys);
}

static void answer(struct drive *d, int ms)
{
    model_created(d, "r1");
    model_item(d, "assistant", "i1", NULL);
    assert_int_equal(model_audio(d, "r1", "i1", ms).act, MN_AUDIO_PLAY);
    drive_forget(d);
}

TEST(R38_collected_digits_are_the_scripts_alone)
{
    struct drive d;

    open(&d, true);
    assert_int_equal(collect(&d, 7), 0);
    press(&d, "12#");
    SEES(&d, "awaited 7 how 1 12"); /* no note, and nothing for the model */
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R38_a_collection_ends_at_its_number)
{
    struct drive d;

    open(&d, false);
    assert_int_equal(collect(&d, 7), 0);
    press(&d, "123");
    SEES_NOTHING(&d);
    press(&d, "45");
    SEES(&d, "awaited 7 how 0 1234", "note dtmf agent=A digit=5");
    drive_close(&d);
}

TEST(R38_a_collection_ends_after_a_pause_since_the_newest_key)
{
    struct drive d;

    open(&d, false);
    assert_int_equal(collect(&d, 7), 0);
    drive_wait(&d, 2999);
    press(&d, "1");
    drive_wait(&d, 2999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "awaited 7 how 2 1");
    drive_close(&d);
}

TEST(R38_the_pause_is_counted_from_when_nobody_speaks)
{
    struct drive d;

    open(&d, false);
    answer(&d, 10000);
    model_done(&d, "r1");
    assert_int_equal(collect(&d, 7), 0);
    drive_wait(&d, 10000 + 2999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "awaited 7 how 2 ");
    drive_close(&d);
}

TEST(R38_a_key_ends_what_is_being_said)
{
    struct drive d;

    open(&d, false);
    answer(&d, 10000);
    model_done(&d, "r1");
    assert_int_equal(collect(&d, 7), 0);
    drive_wait(&d, 1000);
    press(&d, "1");
    SEES(&d, "drop", "send truncate i1 1000");
    drive_close(&d);
}

TEST(R38_one_script_collects_at_a_time)
{
    struct drive d;

    open(&d, false);
    assert_int_equal(collect(&d, 7), 0);
    assert_int_equal(collect(&d, 8), MN_EPROTOCOL);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_FORGET, .ticket = 7});
    assert_int_equal(collect(&d, 8), 0);
    press(&d, "#");
    SEES(&d, "awaited 8 how 1 ");
    drive_close(&d);
}

TEST(R38_the_model_is_told_once_of_keys_pressed_in_one_go)
{
    struct drive d;

    open(&d, true);
    press(&d, "1");
    drive_wait(&d, 1499);
    press(&d, "2");
    drive_forget(&d);
    drive_wait(&d, 1499);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "send system The caller pressed these keys of the telephone: 12",
         "send response.create");
    drive_close(&d);
}

TEST(R38_without_a_word_of_the_app_keys_are_only_noted)
{
    struct drive d;

    open(&d, false);
    press(&d, "*");
    drive_wait(&d, 60000);
    SEES(&d, "note dtmf agent=A digit=*");
    drive_close(&d);
}

TEST(R38_more_keys_than_can_be_told_are_left_out)
{
    struct drive d;

    open(&d, true);
    d.notes = 0;
    for (int i = 0; i < MN_DIGITS_MAX + 1; i++)
        press(&d, "3");
    drive_wait(&d, 1500);
    SEES(&d,
         "send system The caller pressed these keys of the telephone: "
         "3333333333333333333333333333333333333333333333333333333333333333",
         "send response.create");
    drive_close(&d);
}

TEST(R38_a_key_of_the_models_line_counts)
{
    struct drive d;

    open(&d, false);
    model_sends(&d, "{'type':'input_audio_buffer.dtmf_event_received','event':'9',"
                    "'received_at':1}");
    SEES(&d, "note dtmf agent=A digit=9");
    drive_close(&d);
}

static int hear_out(struct drive *d, uint32_t ticket)
{
    return drive_feed(d, &(struct mn_input){.type = MN_IN_HEAR_OUT, .ticket = ticket});
}

TEST(R39_a_wait_ends_when_all_has_been_heard)
{
    struct drive d;

    open(&d, false);
    answer(&d, 2000);
    assert_int_equal(hear_out(&d, 3), 0);
    model_done(&d, "r1");
    drive_wait(&d, 1999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "awaited 3 how 0 ");
    assert_int_equal(hear_out(&d, 4), 0); /* nothing is being said */
    SEES(&d, "awaited 4 how 0 ");
    drive_close(&d);
}

TEST(R39_a_wait_ends_when_the_caller_cuts_in)
{
    struct drive d;

    open(&d, false);
    answer(&d, 2000);
    model_done(&d, "r1");
    assert_int_equal(hear_out(&d, 3), 0);
    drive_wait(&d, 500);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 500", "awaited 3 how 3 ");
    drive_close(&d);
}

TEST(R39_a_wait_ends_with_the_call)
{
    struct drive d;

    open(&d, false);
    answer(&d, 2000);
    assert_int_equal(hear_out(&d, 3), 0);
    drive_order(&d, MN_IN_CALLER_LOST, NULL);
    SEES(&d, "awaited 3 how 4 ", "hang up 1", "end 1000 the caller left");
    drive_close(&d);
}

TEST(R39_so_many_wait_at_once)
{
    struct drive d;

    open(&d, false);
    answer(&d, 2000);
    for (uint32_t i = 1; i <= MN_HEARD_MAX; i++)
        assert_int_equal(hear_out(&d, i), 0);
    assert_int_equal(hear_out(&d, 99), MN_ELIMIT);
    drive_close(&d);
}
