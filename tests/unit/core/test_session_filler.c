/* test_session_filler.c - words that bridge a tool's time, beside the conversation: R5 and R18. */
#include "session_driver.h"

#include <stdio.h>

#define LINE "I am A.\\n\\nSay exactly these words: \\\"One moment.\\\""

/* A tool with a filler runs, and nobody speaks. */
static void looking(struct drive *d)
{
    drive_ready(d);
    model_created(d, "r1");
    model_call(d, "r1", "c1", "look", "{}");
    model_done(d, "r1");
    drive_forget(d);
}

/* The line of the filler that was asked for last. */
static const char *asked_for(const struct drive *d)
{
    static char line[400];

    snprintf(line, sizeof(line),
             "send response.create{\"conversation\":\"none\",\"metadata\":{\"myna_filler\":\"%s\"},"
             "\"input\":[],\"tool_choice\":\"none\",\"instructions\":\"" LINE "\"}",
             d->event_id);
    return line;
}

static void begins(struct drive *d, const char *response, const char *mark)
{
    model_sends(d,
                "{'type':'response.created','response':{'id':'%s','conversation_id':null,"
                "'metadata':{'myna_filler':'%s'}}}",
                response, mark);
}

static void ends(struct drive *d, const char *response)
{
    model_sends(d,
                "{'type':'response.done','response':{'id':'%s','conversation_id':null,"
                "'status':'completed','output':[],'usage':{'total_tokens':7}}}",
                response);
}

/* It has been asked for, and is heard: 1 s of it, of which 300 ms. */
static void speaking(struct drive *d)
{
    looking(d);
    drive_wait(d, 700);
    begins(d, "f1", d->event_id);
    assert_int_equal(model_audio(d, "f1", "i1", 1000).act, MN_AUDIO_PLAY);
    drive_wait(d, 300);
    drive_forget(d);
}

TEST(R18_a_filler_comes_when_nobody_has_spoken_for_after)
{
    struct drive d;

    looking(&d);
    drive_wait(&d, 699);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, asked_for(&d));
    drive_close(&d);
}

TEST(R18_silence_counts_from_the_last_word_heard)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i0", "root");
    model_audio(&d, "r1", "i0", 2000);
    model_call(&d, "r1", "c1", "look", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 2699);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, asked_for(&d));
    drive_close(&d);
}

TEST(R18_it_comes_again_each_every_and_at_most_max_times)
{
    struct drive d;

    looking(&d);
    drive_wait(&d, 700);
    begins(&d, "f1", d.event_id);
    ends(&d, "f1");
    drive_forget(&d);
    drive_wait(&d, 2999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, asked_for(&d));
    begins(&d, "f2", d.event_id);
    ends(&d, "f2");
    drive_wait(&d, 6000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R18_two_tools_share_one_rhythm)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "look", "{}");
    model_call(&d, "r1", "c2", "look", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 700);
    SEES(&d, asked_for(&d));
    begins(&d, "f1", d.event_id);
    ends(&d, "f1");
    drive_wait(&d, 2999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, asked_for(&d));
    drive_close(&d);
}

TEST(R18_a_fast_answer_waits_for_its_end)
{
    struct drive d;

    speaking(&d);
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam");
    ends(&d, "f1");
    SEES(&d, "send response.create"); /* its audio comes behind what is still to be heard */
    drive_close(&d);
}

TEST(R18_never_over_the_caller)
{
    struct drive d;

    looking(&d);
    caller_speaks(&d);
    drive_wait(&d, 2000);
    SEES_NOTHING(&d);
    caller_stops(&d);
    drive_wait(&d, 1999);
    SEES_NOTHING(&d); /* the server is about to answer */
    drive_close(&d);
}

TEST(R18_cutting_in_ends_it_by_its_id_and_leaves_its_item_alone)
{
    struct drive d;

    speaking(&d);
    d.notes |= 1u << MN_NOTE_AUDIO_INTERRUPTED;
    caller_speaks(&d);
    SEES(&d, "send response.cancel f1", "drop",
         "note audio_interrupted agent=A item=i1 heard_ms=300");
    assert_int_equal(model_audio(&d, "f1", "i1", 100).act, MN_AUDIO_DROP);
    ends(&d, "f1");
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam");
    drive_close(&d);
}

TEST(R18_one_that_begins_when_nobody_wants_it_is_cancelled)
{
    struct drive d;
    char mark[MN_ID_MAX];

    looking(&d);
    drive_wait(&d, 700);
    mn_id_copy(mark, mn_str(d.event_id));
    drive_forget(&d);
    caller_speaks(&d);
    SEES_NOTHING(&d);
    begins(&d, "f1", mark);
    SEES(&d, "send response.cancel f1");
    assert_int_equal(model_audio(&d, "f1", "i1", 100).act, MN_AUDIO_DROP);
    drive_close(&d);
}

TEST(R18_one_that_is_refused_or_lost_holds_nobody_up)
{
    struct drive d;

    looking(&d);
    drive_wait(&d, 700);
    drive_forget(&d);
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam");
    d.notes = 0;
    model_error(&d, "invalid_value", "myna_2");
    drive_wait(&d, 4999);
    drive_forget(&d);
    drive_close(&d);

    looking(&d);
    drive_wait(&d, 700);
    drive_forget(&d);
    d.notes = 1u << MN_NOTE_ERROR;
    job_done(&d, "c1", "Sam");
    drive_wait(&d, 4999);
    SEES(&d, "send output c1 Sam");
    drive_wait(&d, 1);
    SEES(&d, "note error agent=A code=filler_lost from=myna", "send response.create");
    drive_close(&d);
}

TEST(R18_no_more_of_it_once_the_tool_has_ended_or_the_call_ends)
{
    struct drive d;

    looking(&d);
    job_done(&d, "c1", "Sam");
    drive_forget(&d);
    model_created(&d, "r2");
    model_done(&d, "r2");
    drive_wait(&d, 20000);
    SEES_NOTHING(&d);
    drive_close(&d);

    looking(&d);
    drive_order(&d, MN_IN_HANG_UP, "done");
    drive_wait(&d, 5000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R5_what_is_beside_the_conversation_stays_out_of_it)
{
    struct mn_buf history = {0};
    struct drive d;

    speaking(&d);
    d.notes = 1u << MN_NOTE_HISTORY_ADDED | 1u << MN_NOTE_AGENT_END;
    model_sends(&d, "{'type':'response.output_item.done','response_id':'f1','output_index':0,"
                    "'item':{'id':'k1','type':'function_call','status':'completed',"
                    "'name':'find_patient','call_id':'c9','arguments':'{}'}}");
    model_words(&d, "f1", "i1", "One moment.");
    ends(&d, "f1");
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_history(d.s, 0, &history), 0);
    assert_null(strstr(history.p, "One moment"));
    mn_buf_free(&history);
    drive_close(&d);
}

TEST(R5_its_tokens_are_counted)
{
    struct drive d;

    speaking(&d);
    d.notes = 1u << MN_NOTE_USAGE;
    ends(&d, "f1");
    assert_non_null(strstr(d.seen.p, "total_tokens=7"));
    drive_close(&d);
}

TEST(R76_a_caller_sees_a_filler_as_the_agents_own_words_without_its_mark)
{
    struct drive d;

    looking(&d);
    drive_wait(&d, 700);
    drive_forget(&d);
    d.tells = true;
    begins(&d, "f1", d.event_id);
    SEES(&d, "then tell response.created");
    model_words(&d, "f1", "i1", "One moment.");
    SEES(&d, "then tell response.output_audio_transcript.delta");
    drive_close(&d);
}

TEST(a_caller_may_cancel_a_filler_that_has_not_begun)
{
    struct drive d;

    looking(&d);
    drive_wait(&d, 700);
    drive_forget(&d);
    begins(&d, "f1", d.event_id);
    caller_sends(&d, "{'type':'response.cancel','event_id':'e1'}");
    SEES(&d, "send response.cancel f1");
    drive_close(&d);
}

/* The filler's words are whole, 300 ms of it have been heard, and a guardrail looks at them. */
static void guarded(struct drive *d)
{
    static const struct mn_guardrail_spec rail = {.name = {"rail", 4}, .timeout_ms = 1000};
    static struct mn_agent_spec agents[3];

    drive_init(d);
    memcpy(agents, d->app.agents, sizeof(agents));
    agents[0].output_guards = (struct mn_guardrails){.list = &rail, .n = 1};
    d->app.agents = agents;
    d->notes |= 1u << MN_NOTE_GUARDRAIL_TRIPPED;
    drive_open(d);
    drive_set_up(d);
    model_created(d, "r1");
    model_call(d, "r1", "c1", "look", "{}");
    model_done(d, "r1");
    drive_wait(d, 700);
    begins(d, "f1", d->event_id);
    model_audio(d, "f1", "i1", 1000);
    drive_forget(d);
    model_sends(d, "{'type':'response.output_audio_transcript.done','response_id':'f1',"
                   "'item_id':'i1','output_index':0,'content_index':0,'transcript':'One moment.'}");
    SEES(d, "run check rail One moment. as A");
}

TEST(R75_a_filler_that_a_guardrail_blocks_is_cut_off)
{
    struct drive d;

    guarded(&d);
    drive_wait(&d, 300);
    job_done(&d, "rail", "{\"info\":\"rude\"}");
    SEES(&d, "note guardrail_tripped agent=A name=rail on=output info=rude response=f1 item=i1",
         "send response.cancel f1", "drop");
    drive_close(&d);
}

TEST(R75_a_filler_that_passes_is_said_to_its_end)
{
    struct drive d;

    guarded(&d);
    drive_wait(&d, 300);
    job_done(&d, "rail", "");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R75_a_filler_blocked_too_late_cuts_nothing_else)
{
    struct drive d;

    guarded(&d);
    ends(&d, "f1");
    drive_wait(&d, 999);
    drive_forget(&d);
    job_done(&d, "rail", "{}");
    SEES(&d, "note guardrail_tripped agent=A name=rail on=output response=f1 item=i1", "drop");
    drive_close(&d);
}
