/* test_session_cut.c - cutting in: R30 to R34. */
#include "session_driver.h"

/* A response speaks: item i1 has ms of audio, all in line at once. */
static void speaking(struct drive *d, int ms)
{
    drive_ready(d);
    model_created(d, "r1");
    model_item(d, "assistant", "i1", "");
    model_words(d, "r1", "i1", "One two three four");
    assert_int_equal(model_audio(d, "r1", "i1", ms).act, MN_AUDIO_PLAY);
}

/* The newest item of the history, as JSON. */
static void assert_last(struct drive *d, const char *json)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_session_history(d->s, 1, &out), 0);
    assert_string_equal(out.p, json);
    mn_buf_free(&out);
}

TEST(audio_is_released_ahead_of_its_due_time_by_the_lead)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    assert_int_equal(model_audio(&d, "r1", "i1", 500).release_at_ms, d.now_ms - 200);
    assert_int_equal(model_audio(&d, "r1", "i1", 500).release_at_ms, d.now_ms + 300);
    drive_close(&d);
}

TEST(R30_speech_drops_what_is_unheard_and_truncates_it_where_the_server_cancels)
{
    struct drive d;

    speaking(&d, 1000);
    drive_wait(&d, 340);
    d.tells = true;
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 340", "tell input_audio_buffer.speech_started");
    drive_close(&d);
}

TEST(R30_the_response_is_cancelled_where_the_server_does_not)
{
    struct drive d;

    drive_init(&d);
    d.app.turn_detection = MN_STR("{\"type\":\"server_vad\",\"interrupt_response\":false}");
    drive_open(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 340);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "send response.cancel", "drop", "send truncate i1 340");
    drive_close(&d);
}

TEST(R30_what_was_asked_for_and_has_not_begun_is_cancelled_by_us)
{
    struct drive d;

    drive_ready(&d);
    drive_order(&d, MN_IN_SAY, "One.");
    drive_forget(&d);
    caller_speaks(&d); /* our request may reach the server after their first word */
    SEES(&d, "send response.cancel");
    model_created(&d, "r1");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_DROP);
    drive_close(&d);
}

TEST(R30_playback_goes_on_to_be_cut_after_the_response_is_done)
{
    struct drive d;

    speaking(&d, 1000);
    model_done(&d, "r1");
    drive_wait(&d, 600);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 600");
    drive_close(&d);
}

TEST(R30_a_callers_cancel_is_a_barge_in)
{
    struct drive d;

    speaking(&d, 1000);
    drive_wait(&d, 100);
    caller_sends(&d, "{'type':'response.cancel'}");
    SEES(&d, "send response.cancel", "drop", "send truncate i1 100");
    drive_close(&d);
}

TEST(R30_a_caller_who_clears_the_playback_cuts_in)
{
    struct drive d;

    speaking(&d, 1000);
    drive_wait(&d, 100);
    caller_sends(&d, "{'type':'output_audio_buffer.clear'}");
    SEES(&d, "send response.cancel", "drop", "send truncate i1 100");
    caller_sends(&d, "{'type':'output_audio_buffer.clear'}");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R31_the_callers_own_report_counts_but_never_past_what_was_received)
{
    static const struct {
        int reported;
        const char *line;
    } rows[] = {
        {250, "send truncate i1 250"},
        {99999, "send truncate i1 1000"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct drive d;

        speaking(&d, 1000);
        drive_wait(&d, 340);
        d.tells = true;
        drive_forget(&d);
        caller_sends(&d,
                     "{'type':'conversation.item.truncate','item_id':'i1','content_index':0,"
                     "'audio_end_ms':%d}",
                     rows[i].reported);
        SEES(&d, "send response.cancel", "drop", rows[i].line,
             "then tell conversation.item.truncated");
        model_sends(&d, "{'type':'conversation.item.truncated','item_id':'i1','content_index':0,"
                        "'audio_end_ms':340}");
        SEES_NOTHING(&d); /* they have had their answer */
        drive_close(&d);
    }
}

static void progress(struct drive *d, const char *item, int played_ms)
{
    caller_sends(d, "{'type':'myna.playback.progress','item_id':'%s','played_ms':%d}", item,
                 played_ms);
}

TEST(R31_progress_told_by_the_callers_end_sets_the_clock_of_playback)
{
    static const struct {
        int played_ms, later_ms;
        const char *line;
    } rows[] = {
        {0, 100, "send truncate i1 100"}, /* it has only begun there */
        {250, 0, "send truncate i1 250"}, {250, 100, "send truncate i1 350"},
        {340, 0, "send truncate i1 340"}, {700, 299, "send truncate i1 999"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct drive d;

        speaking(&d, 1000);
        drive_wait(&d, 340);
        drive_forget(&d);
        progress(&d, "i1", rows[i].played_ms);
        SEES_NOTHING(&d);
        drive_wait(&d, rows[i].later_ms);
        caller_speaks(&d);
        SEES(&d, "drop", rows[i].line);
        drive_close(&d);
    }
}

TEST(R31_progress_never_counts_for_more_than_was_received)
{
    struct drive d;

    speaking(&d, 1000);
    drive_wait(&d, 340);
    drive_forget(&d);
    progress(&d, "i1", 99999);
    caller_speaks(&d);
    SEES_NOTHING(&d); /* R32: heard to its end */
    drive_close(&d);
}

TEST(R31_progress_of_an_earlier_item_leaves_the_later_unheard)
{
    struct drive d;

    speaking(&d, 500);
    model_item(&d, "assistant", "i2", "i1");
    model_audio(&d, "r1", "i2", 500);
    model_done(&d, "r1");
    drive_wait(&d, 700);
    progress(&d, "i1", 400);
    progress(&d, "nobody", 1);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 400", "send delete i2");
    drive_close(&d);
}

TEST(R31_a_truncate_of_a_player_that_lags_behind_our_clock_counts)
{
    struct drive d;

    speaking(&d, 500);
    model_done(&d, "r1");
    drive_wait(&d, 800); /* all has been heard, we think */
    drive_forget(&d);
    caller_sends(&d, "{'type':'conversation.item.truncate','item_id':'i1','content_index':0,"
                     "'audio_end_ms':300}");
    SEES(&d, "drop", "send truncate i1 300");
    drive_close(&d);
}

TEST(R31_what_was_heard_counts_from_the_items_first_sample_over_a_gap)
{
    struct drive d;

    speaking(&d, 200);
    drive_wait(&d, 500);
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 300);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 500");
    drive_close(&d);
}

TEST(R32_nothing_is_truncated_before_the_first_audio_nor_after_the_last)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "");
    caller_speaks(&d);
    SEES_NOTHING(&d);
    drive_close(&d);

    speaking(&d, 1000);
    model_done(&d, "r1");
    drive_wait(&d, 1000);
    caller_speaks(&d);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R32_an_item_of_which_nothing_was_heard_is_deleted_once_its_response_is_done)
{
    struct drive d;

    speaking(&d, 500);
    model_item(&d, "assistant", "i2", "i1");
    model_audio(&d, "r1", "i2", 500);
    drive_wait(&d, 400);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 400");
    model_done(&d, "r1");
    SEES(&d, "send delete i2");
    drive_close(&d);

    speaking(&d, 500);
    model_done(&d, "r1");
    caller_speaks(&d);
    SEES(&d, "drop", "send delete i1");
    drive_close(&d);
}

TEST(R32_words_without_a_sound_are_deleted_too)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "");
    model_words(&d, "r1", "i1", "One");
    caller_speaks(&d);
    SEES_NOTHING(&d);
    model_sends(&d, "{'type':'response.done','response':{'id':'r1','conversation_id':'conv',"
                    "'status':'cancelled','output':[{'id':'i1','type':'message',"
                    "'role':'assistant','content':[]}]}}");
    SEES(&d, "send delete i1");
    drive_close(&d);
}

TEST(R33_audio_of_a_response_that_was_cut_is_dropped)
{
    struct drive d;

    speaking(&d, 1000);
    caller_speaks(&d);
    drive_forget(&d);
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_DROP);
    assert_int_equal(model_audio(&d, "r0", "i0", 100).act, MN_AUDIO_DROP);
    model_done(&d, "r1");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_DROP);
    drive_forget(&d);
    model_created(&d, "r2");
    assert_int_equal(model_audio(&d, "r2", "i2", 100).act, MN_AUDIO_PLAY);
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_DROP);
    drive_close(&d);
}

TEST(R33_audio_before_any_response_is_dropped)
{
    struct drive d;

    drive_ready(&d);
    assert_int_equal(model_audio(&d, "", "i1", 100).act, MN_AUDIO_DROP);
    drive_close(&d);
}

TEST(R34_the_history_keeps_what_was_heard_and_the_full_text_beside)
{
    struct drive d;

    speaking(&d, 900);
    drive_wait(&d, 500);
    caller_speaks(&d);
    assert_last(&d, "[{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\",\"agent\":\"A\","
                    "\"text\":\"One two\",\"interrupted\":true,\"heard_ms\":500,"
                    "\"full_text\":\"One two three four\"}]");
    model_sends(&d, "{'type':'response.output_audio_transcript.done','response_id':'r1',"
                    "'item_id':'i1','output_index':0,'content_index':0,"
                    "'transcript':'One two three four five'}");
    assert_last(&d, "[{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\",\"agent\":\"A\","
                    "\"text\":\"One two\",\"interrupted\":true,\"heard_ms\":500,"
                    "\"full_text\":\"One two three four five\"}]");
    drive_close(&d);
}

TEST(R34_words_whose_audio_had_not_come_were_not_heard)
{
    struct drive d;

    speaking(&d, 500);
    model_words(&d, "r1", "i1", " five");
    drive_wait(&d, 2000); /* all that came was heard; more was to come */
    caller_speaks(&d);
    SEES_NOTHING(&d);
    assert_last(&d, "[{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\",\"agent\":\"A\","
                    "\"text\":\"One two three four\",\"interrupted\":true,\"heard_ms\":500,"
                    "\"full_text\":\"One two three four five\"}]");
    drive_close(&d);
}

TEST(R34_an_item_that_was_complete_and_heard_is_not_interrupted)
{
    struct drive d;

    speaking(&d, 500);
    model_sends(&d, "{'type':'response.output_item.done','response_id':'r1','output_index':0,"
                    "'item':{'id':'i1','type':'message','role':'assistant','status':'completed',"
                    "'content':[]}}");
    drive_wait(&d, 500);
    caller_speaks(&d);
    assert_last(&d, "[{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\",\"agent\":\"A\","
                    "\"text\":\"One two three four\"}]");
    drive_close(&d);
}

TEST(R34_what_an_earlier_response_said_is_not_interrupted_by_cutting_the_next)
{
    struct drive d;

    speaking(&d, 500);
    model_done(&d, "r1");
    drive_wait(&d, 500);
    model_created(&d, "r2");
    caller_speaks(&d); /* nothing of r2 has come */
    assert_last(&d, "[{\"id\":\"i1\",\"type\":\"message\",\"role\":\"assistant\",\"agent\":\"A\","
                    "\"text\":\"One two three four\"}]");
    drive_close(&d);
}

TEST(the_notes_of_playback_say_when_it_begins_ends_and_is_cut)
{
    struct drive d;

    drive_ready(&d);
    d.notes =
        1u << MN_NOTE_AUDIO_START | 1u << MN_NOTE_AUDIO_STOPPED | 1u << MN_NOTE_AUDIO_INTERRUPTED;
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 200);
    SEES(&d, "note audio_start agent=A");
    drive_wait(&d, 300);
    SEES_NOTHING(&d); /* a gap is no end */
    model_audio(&d, "r1", "i1", 200);
    model_done(&d, "r1");
    drive_wait(&d, 199);
    SEES_NOTHING(&d);
    mn_session_append(d.s, 0, d.now_ms + 1);
    drive_wait(&d, 1);
    SEES(&d, "note audio_stopped agent=A");
    model_created(&d, "r2");
    model_audio(&d, "r2", "i2", 200);
    drive_wait(&d, 50);
    caller_speaks(&d);
    SEES(&d, "note audio_start agent=A", "drop", "send truncate i2 50",
         "note audio_interrupted agent=A item=i2 heard_ms=50");
    drive_close(&d);
}

TEST(more_audio_than_may_wait_cancels_the_response_once)
{
    struct drive d;

    drive_init(&d);
    d.settings.unreleased_max_ms = 1000;
    drive_open(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    drive_forget(&d);
    for (int i = 0; i < 3; i++)
        assert_int_equal(model_audio(&d, "r1", "i1", 500).act, MN_AUDIO_PLAY);
    for (int i = 0; i < 3; i++)
        assert_int_equal(model_audio(&d, "r1", "i1", 500).act, MN_AUDIO_DROP);
    SEES(&d, "send response.cancel", "note error agent=A code=unreleased_audio_limit from=myna");
    drive_close(&d);
}

TEST(a_callers_format_is_the_measure_of_their_audio)
{
    struct drive d;

    drive_ready(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime',"
                     "'audio':{'output':{'format':{'type':'audio/pcmu'}}}}}");
    model_updated(&d);
    model_created(&d, "r1");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_PLAY); /* 4800 bytes: 600 ms */
    drive_wait(&d, 500);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 500");
    drive_close(&d);
}
