/* test_session_talk.c - push-to-talk: R36. */
#include "session_driver.h"

static void open(struct drive *d)
{
    drive_init(d);
    d->app.turn_detection = MN_STR("null");
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

static void press(struct drive *d)
{
    caller_sends(d, "{'type':'input_audio_buffer.clear'}");
    model_sends(d, "{'type':'input_audio_buffer.cleared'}");
}

static void release(struct drive *d)
{
    caller_sends(d, "{'type':'input_audio_buffer.commit'}");
    caller_sends(d, "{'type':'response.create'}");
}

/* 24 kHz PCM. */
static void talk(struct drive *d, int ms)
{
    for (; ms > 0; ms -= 20)
        assert_int_equal(mn_session_append(d->s, 20 * 48, d->now_ms), 1);
}

#define RELEASED "send input_audio_buffer.commit", "send response.create"

TEST(R36_press_interrupts_and_clears_release_commits_and_asks)
{
    struct drive d;

    open(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 340);
    drive_forget(&d);
    press(&d);
    SEES(&d, "send response.cancel", "drop", "send truncate i1 340",
         "send input_audio_buffer.clear");
    model_done(&d, "r1");
    talk(&d, 500);
    drive_wait(&d, 500);
    release(&d);
    SEES(&d, RELEASED);
    drive_close(&d);
}

TEST(R36_a_client_that_cancels_before_it_clears_is_cut_once)
{
    struct drive d;

    open(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 340);
    drive_forget(&d);
    caller_sends(&d, "{'type':'response.cancel'}");
    SEES(&d, "send response.cancel", "drop", "send truncate i1 340");
    press(&d);
    SEES(&d, "send input_audio_buffer.clear");
    talk(&d, 100);
    release(&d);
    SEES(&d, "send input_audio_buffer.commit"); /* the answer waits for the cancelled one's end */
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R36_a_commit_under_100_ms_is_dropped_quietly_and_not_answered)
{
    struct drive d;

    open(&d);
    press(&d);
    drive_forget(&d);
    talk(&d, 80);
    release(&d);
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    press(&d);
    drive_forget(&d);
    release(&d); /* nothing at all */
    SEES_NOTHING(&d);
    press(&d);
    drive_forget(&d);
    talk(&d, 80);
    assert_int_equal(mn_session_append(d.s, 20 * 48 - 2, d.now_ms), 1);
    release(&d); /* a sample less than 100 ms */
    SEES_NOTHING(&d);
    press(&d);
    drive_forget(&d);
    talk(&d, 100);
    release(&d);
    SEES(&d, RELEASED);
    drive_close(&d);
}

TEST(R36_what_is_written_after_a_short_press_is_answered)
{
    struct drive d;

    open(&d);
    caller_sends(&d, "{'type':'input_audio_buffer.commit'}");
    SEES_NOTHING(&d);
    caller_sends(&d, "{'type':'conversation.item.create','item':{'type':'message',"
                     "'role':'user','content':[]}}");
    caller_sends(&d, "{'type':'response.create'}");
    SEES(&d, "send conversation.item.create", "send response.create");
    drive_close(&d);
}

TEST(R36_audio_of_g711_is_measured_by_its_own_rate)
{
    struct drive d;

    open(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime',"
                     "'audio':{'input':{'format':{'type':'audio/pcmu'}}}}}");
    model_updated(&d);
    press(&d);
    drive_forget(&d);
    assert_int_equal(mn_session_append(d.s, 799, d.now_ms), 1);
    release(&d);
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_append(d.s, 1, d.now_ms), 1); /* the server has kept the rest */
    release(&d);
    SEES(&d, RELEASED);
    drive_close(&d);
}

TEST(R36_while_the_button_is_down_the_agent_does_not_begin_to_speak)
{
    struct drive d;

    open(&d);
    press(&d);
    drive_forget(&d);
    drive_order(&d, MN_IN_SAY, "Your taxi is here.");
    SEES_NOTHING(&d);
    drive_wait(&d, 59999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1); /* it hangs */
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
             "\\\"Your taxi is here.\\\"\"}");
    drive_close(&d);
}

TEST(R36_with_turn_detection_a_clear_is_no_press_and_a_commit_is_the_servers_to_judge)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    drive_forget(&d);
    caller_sends(&d, "{'type':'input_audio_buffer.clear'}");
    SEES(&d, "send input_audio_buffer.clear");
    caller_sends(&d, "{'type':'input_audio_buffer.commit'}");
    SEES(&d, "send input_audio_buffer.commit");
    drive_close(&d);
}

TEST(R36_a_press_before_the_model_is_ready_keeps_what_is_said)
{
    struct drive d;

    drive_init(&d);
    d.app.turn_detection = MN_STR("null");
    drive_open(&d);
    d.tells = true;
    drive_forget(&d);
    caller_sends(&d, "{'type':'input_audio_buffer.clear'}");
    SEES(&d, "tell input_audio_buffer.cleared");
    assert_int_equal(mn_session_append(d.s, 200 * 48, d.now_ms), 0);
    release(&d);
    d.tells = false;
    prepared(&d, "I am A.");
    model_sends(&d, "{'type':'session.created','session':{}}");
    drive_forget(&d);
    model_updated(&d);
    SEES(&d, RELEASED);
    drive_close(&d);
}
