/* test_session_turns.c - what counts as a turn, where Myna decides: R35. */
#include "session_driver.h"

static const struct mn_str ignored[] = {{"mhm", 3}, {"uh-huh", 6}};

#define GUARDED                                                                                    \
    "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "               \
    "\\\"Calls are recorded.\\\"\"}"

static void open_with(struct drive *d, struct mn_turn_spec turns)
{
    drive_init(d);
    d->app.turns = turns;
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

static void open(struct drive *d)
{
    open_with(d, (struct mn_turn_spec){.ours = true,
                                       .min_words = 2,
                                       .resume_after_ms = 2000,
                                       .ignore = ignored,
                                       .nignore = 2});
}

/* An answer of ms, all of it in line, of which 340 ms have been heard. */
static void speaks(struct drive *d, int ms)
{
    model_created(d, "r1");
    model_item(d, "assistant", "i1", "");
    assert_int_equal(model_audio(d, "r1", "i1", ms).act, MN_AUDIO_PLAY);
    model_done(d, "r1");
    drive_wait(d, 340);
    drive_forget(d);
}

static void starts(struct drive *d, const char *item)
{
    model_sends(d, "{'type':'input_audio_buffer.speech_started','audio_start_ms':0,'item_id':'%s'}",
                item);
}

static void stops(struct drive *d, const char *item)
{
    model_sends(d, "{'type':'input_audio_buffer.speech_stopped','audio_end_ms':0,'item_id':'%s'}",
                item);
    model_sends(d, "{'type':'input_audio_buffer.committed','item_id':'%s'}", item);
    model_item(d, "user", item, "");
}

static void transcribed(struct drive *d, const char *item, const char *words)
{
    model_sends(d,
                "{'type':'conversation.item.input_audio_transcription.completed','item_id':'%s',"
                "'content_index':0,'transcript':'%s'}",
                item, words);
}

static void delta(struct drive *d, const char *item, const char *words)
{
    model_sends(d,
                "{'type':'conversation.item.input_audio_transcription.delta','item_id':'%s',"
                "'content_index':0,'delta':'%s'}",
                item, words);
}

static void deleted(struct drive *d, const char *item)
{
    model_sends(d, "{'type':'conversation.item.deleted','item_id':'%s'}", item);
}

static void say_whole(struct drive *d)
{
    drive_feed(d, &(struct mn_input){
                      .type = MN_IN_SAY, .text = MN_STR("Calls are recorded."), .whole = true});
}

TEST(R35_the_server_is_told_neither_to_cancel_nor_to_answer)
{
    struct drive d;

    drive_init(&d);
    d.app.turns = (struct mn_turn_spec){.ours = true, .min_words = 2};
    d.shows_turns = true;
    drive_open(&d);
    prepared(&d, "I am A.");
    drive_forget(&d);
    model_sends(&d, "{'type':'session.created','session':{}}");
    SEES(&d, "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,"
             "turns=server_vad create=false interrupt=false,voice=marin}");
    model_updated(&d);
    drive_forget(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime','audio':{'input':"
                     "{'turn_detection':{'type':'semantic_vad'}}}}}");
    SEES(&d, "send session.update{format=audio/pcm/audio/pcm,"
             "turns=semantic_vad create=false interrupt=false,voice=-}");
    drive_close(&d);
}

TEST(R35_a_cough_pauses_and_playback_goes_on_from_where_it_paused)
{
    struct drive d;

    open(&d);
    speaks(&d, 1000);
    starts(&d, "u1");
    SEES(&d, "pause");
    drive_wait(&d, 700);
    stops(&d, "u1");
    drive_wait(&d, 100);
    SEES_NOTHING(&d);
    transcribed(&d, "u1", "");
    SEES(&d, "send delete u1", "resume 800 late");
    drive_wait(&d, 259);
    starts(&d, "u2"); /* 599 of 1000 ms: the pause was taken out */
    SEES(&d, "pause");
    delta(&d, "u2", "wait a moment");
    SEES(&d, "drop", "send truncate i1 599");
    drive_close(&d);
}

TEST(R35_back_channel_words_do_not_count_however_many)
{
    static const char *const rows[] = {"Mhm.", "mhm, MHM", "Uh huh!", "uh-huh mhm uh-huh", "Yes."};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct drive d;

        open(&d);
        speaks(&d, 5000);
        starts(&d, "u1");
        stops(&d, "u1");
        transcribed(&d, "u1", rows[i]);
        SEES(&d, "pause", "send delete u1", "resume 0 late");
        drive_close(&d);
    }
}

TEST(R35_two_words_cut_in_and_are_answered_by_our_request)
{
    struct drive d;

    open(&d);
    speaks(&d, 5000);
    starts(&d, "u1");
    drive_wait(&d, 900);
    stops(&d, "u1");
    SEES(&d, "pause");
    transcribed(&d, "u1", "Wait, please.");
    SEES(&d, "drop", "send truncate i1 340", "send response.create");
    drive_close(&d);
}

TEST(R35_words_told_while_they_are_spoken_cut_in_at_once)
{
    struct drive d;

    open(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 5000);
    drive_wait(&d, 340);
    drive_forget(&d);
    starts(&d, "u1");
    delta(&d, "u1", "wait");
    delta(&d, "u1", " pl");
    SEES(&d, "pause"); /* the second may be cut in two */
    delta(&d, "u1", "ease ");
    SEES(&d, "send response.cancel", "drop", "send truncate i1 340");
    stops(&d, "u1");
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R35_a_sound_that_lasts_counts_without_words)
{
    struct drive d;

    open_with(&d, (struct mn_turn_spec){.ours = true, .min_ms = 800, .resume_after_ms = 2000});
    speaks(&d, 9000);
    starts(&d, "u1"); /* the server takes 500 ms of silence for its end */
    drive_wait(&d, 1299);
    SEES(&d, "pause");
    drive_wait(&d, 1);
    SEES(&d, "drop", "send truncate i1 340");
    drive_close(&d);

    open_with(&d, (struct mn_turn_spec){.ours = true, .min_ms = 800, .resume_after_ms = 2000});
    speaks(&d, 9000);
    starts(&d, "u1");
    drive_wait(&d, 1299);
    stops(&d, "u1"); /* a millisecond less */
    transcribed(&d, "u1", "Many words said in a very short time.");
    SEES(&d, "pause", "send delete u1", "resume 1299 late");
    drive_close(&d);
}

TEST(R35_playback_goes_on_when_no_words_come_and_is_cut_when_they_do)
{
    struct drive d;

    open(&d);
    speaks(&d, 9000);
    starts(&d, "u1");
    drive_wait(&d, 700);
    stops(&d, "u1");
    drive_wait(&d, 1999);
    SEES(&d, "pause");
    drive_wait(&d, 1);
    SEES(&d, "resume 2700 late");
    drive_wait(&d, 500);
    transcribed(&d, "u1", "I said stop.");
    SEES(&d, "drop", "send truncate i1 840", "send response.create");
    drive_close(&d);
}

TEST(R35_what_is_never_transcribed_is_forgotten)
{
    struct drive d;

    open(&d);
    speaks(&d, 60000);
    starts(&d, "u1");
    stops(&d, "u1");
    drive_wait(&d, 9999);
    SEES(&d, "pause", "resume 2000 late");
    drive_wait(&d, 1);
    SEES(&d, "send delete u1");
    drive_close(&d);

    open(&d);
    speaks(&d, 60000);
    starts(&d, "u1");
    stops(&d, "u1");
    model_sends(&d, "{'type':'conversation.item.input_audio_transcription.failed','item_id':'u1',"
                    "'content_index':0,'error':{}}");
    SEES(&d, "pause", "send delete u1", "resume 0 late");
    drive_close(&d);
}

TEST(R35_while_the_agent_is_silent_anything_is_a_turn)
{
    struct drive d;

    open(&d);
    starts(&d, "u1");
    stops(&d, "u1");
    SEES(&d, "send response.create"); /* before its words are known */
    transcribed(&d, "u1", "Mhm.");
    SEES_NOTHING(&d);
    model_created(&d, "r1");
    starts(&d, "u2"); /* they speak on while it thinks */
    SEES(&d, "send response.cancel");
    stops(&d, "u2");
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R35_words_over_the_end_of_what_is_said_are_the_answer)
{
    struct drive d;

    open(&d);
    speaks(&d, 600);
    starts(&d, "u1"); /* with 260 ms to go */
    stops(&d, "u1");
    transcribed(&d, "u1", "Mhm.");
    SEES(&d, "pause", "drop", "send truncate i1 340", "send response.create");
    drive_close(&d);
}

TEST(R35_the_caller_is_told_of_what_counts_and_of_nothing_else)
{
    struct drive d;

    open(&d);
    speaks(&d, 9000);
    d.tells = true;
    starts(&d, "u1");
    stops(&d, "u1");
    delta(&d, "u1", "Mhm.");
    transcribed(&d, "u1", "Mhm.");
    deleted(&d, "u1");
    SEES(&d, "pause", "send delete u1", "resume 0 late");
    starts(&d, "u2");
    stops(&d, "u2");
    SEES(&d, "pause");
    transcribed(&d, "u2", "Stop it.");
    SEES(&d, "drop", "send truncate i1 340", "then tell input_audio_buffer.speech_started",
         "then tell input_audio_buffer.speech_stopped", "then tell input_audio_buffer.committed",
         "then tell conversation.item.added",
         "tell conversation.item.input_audio_transcription.completed", "send response.create");
    drive_close(&d);
}

TEST(R31_a_caller_who_cannot_be_paused_hears_out_what_they_have)
{
    struct drive d;

    open(&d);
    speaks(&d, 9000);
    starts(&d, "u1");
    mn_session_plays_on(d.s, d.now_ms + 100); /* and 200 of lead: heard to 640 */
    drive_wait(&d, 1000);
    stops(&d, "u1");
    transcribed(&d, "u1", "Stop it.");
    SEES(&d, "pause", "drop", "send truncate i1 640", "send response.create");
    drive_close(&d);

    open(&d);
    speaks(&d, 9000);
    starts(&d, "u1");
    mn_session_plays_on(d.s, d.now_ms + 100);
    drive_wait(&d, 200);
    stops(&d, "u1");
    transcribed(&d, "u1", "");
    SEES(&d, "pause", "send delete u1", "resume 0 late");
    drive_close(&d);
}

TEST(R35_the_caller_may_leave_the_answer_to_be_asked_for)
{
    struct drive d;

    open(&d);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime','audio':{'input':"
                     "{'turn_detection':{'type':'server_vad','create_response':false}}}}}");
    model_updated(&d);
    drive_forget(&d);
    starts(&d, "u1");
    stops(&d, "u1");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R35_words_that_must_not_be_interrupted_are_neither_paused_nor_cut)
{
    struct drive d;

    drive_ready(&d);
    d.shows_turns = true;
    say_whole(&d); /* the app has no rules: the decision has to be taken over first */
    SEES(&d, "send session.update{format=-/-,turns=server_vad create=false interrupt=false,"
             "voice=-}");
    model_updated(&d);
    SEES(&d, GUARDED);
    d.tells = true;
    starts(&d, "u0"); /* before its first sound */
    stops(&d, "u0");
    SEES_NOTHING(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 340);
    drive_forget(&d);
    starts(&d, "u1");
    caller_sends(&d, "{'type':'response.cancel','event_id':'e1'}");
    SEES(&d, "tell error response_cancel_not_active - for e1",
         "note error agent=A code=response_cancel_not_active from=caller");
    stops(&d, "u1");
    SEES_NOTHING(&d);
    d.tells = false;
    model_done(&d, "r1");
    SEES(&d, "send response.create"); /* its audio comes behind */
    d.tells = true;
    drive_wait(&d, 659);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "then tell input_audio_buffer.speech_started",
         "then tell input_audio_buffer.speech_stopped", "then tell input_audio_buffer.committed",
         "then tell conversation.item.added", "then tell input_audio_buffer.speech_started",
         "then tell input_audio_buffer.speech_stopped", "then tell input_audio_buffer.committed",
         "then tell conversation.item.added");
    drive_close(&d);
}

TEST(R35_without_rules_any_sound_over_other_words_cuts_in_at_once)
{
    struct drive d;

    open_with(&d, (struct mn_turn_spec){.ours = true});
    speaks(&d, 1000);
    starts(&d, "u1");
    SEES(&d, "drop", "send truncate i1 340");
    stops(&d, "u1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R35_a_script_interrupts_what_a_caller_must_not)
{
    struct drive d;

    open(&d);
    say_whole(&d);
    model_created(&d, "r1");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 340);
    drive_forget(&d);
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES(&d, "send response.cancel", "drop", "send truncate i1 340");
    drive_close(&d);
}

TEST(R35_what_is_cleared_or_lost_does_not_keep_the_agent_silent)
{
    struct drive d;

    open(&d);
    speaks(&d, 1000);
    starts(&d, "u1");
    model_sends(&d, "{'type':'input_audio_buffer.cleared'}");
    SEES(&d, "pause", "resume 0 late");
    drive_close(&d);
}

TEST(R35_more_sounds_than_are_kept_lose_none)
{
    struct drive d;
    char id[] = "ua";

    open(&d);
    speaks(&d, 60000);
    for (int i = 0; i < 20; i++, id[1]++) {
        starts(&d, id);
        stops(&d, id);
    }
    transcribed(&d, "ut", "Stop it.");
    drive_forget(&d);
    drive_wait(&d, 60000);
    drive_close(&d);
}
