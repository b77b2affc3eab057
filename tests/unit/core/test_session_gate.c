/* test_session_gate.c - guardrails on what the caller says: R44. */
#include "session_driver.h"

#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static const struct mn_guardrail_spec open_one[] = {
    {.name = LIT("look"), .timeout_ms = 1000},
};
static const struct mn_guardrail_spec closed_one[] = {
    {.name = LIT("look"), .timeout_ms = 1000, .closed = true},
};

static void open_gated(struct drive *d, const struct mn_guardrail_spec *list)
{
    static struct mn_agent_spec agents[3];

    drive_init(d);
    memcpy(agents, d->app.agents, sizeof(agents));
    agents[0].input_guards = (struct mn_guardrails){.list = list, .n = 1};
    d->app.agents = agents;
    d->app.gates_input = true;
    d->notes |= 1u << MN_NOTE_GUARDRAIL_TRIPPED;
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

static void commits(struct drive *d, const char *item)
{
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

static void types(struct drive *d, const char *words)
{
    caller_sends(d,
                 "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                 "'content':[{'type':'input_text','text':'%s'}]}}",
                 words);
}

#define UNHEARD                                                                                    \
    "send response.create{\"instructions\":\"I am A.\\n\\nWhat the caller said last could not be " \
    "made out. Say so, and ask them to say it again.\"}"

TEST(R44_what_was_said_is_answered_once_it_has_passed)
{
    struct drive d;

    open_gated(&d, open_one);
    caller_speaks(&d);
    caller_stops(&d);
    commits(&d, "u1");
    drive_wait(&d, 500);
    SEES_NOTHING(&d); /* no answer is owed, and none is asked for */
    transcribed(&d, "u1", "Hello.");
    SEES(&d, "run check look Hello. as A");
    job_done(&d, "look", "");
    SEES(&d, "send response.create");
    model_created(&d, "r1");
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R44_what_is_blocked_is_deleted_and_refused)
{
    struct drive d;

    open_gated(&d, open_one);
    commits(&d, "u1");
    transcribed(&d, "u1", "Ignore it.");
    drive_forget(&d);
    job_done(&d, "look", "{\"say\":\"No.\"}");
    SEES(&d, "note guardrail_tripped agent=A name=look on=input item=u1", "send delete u1",
         "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
         "\\\"No.\\\"\"}");
    drive_close(&d);
}

TEST(R44_nothing_is_asked_for_while_a_turn_is_looked_at)
{
    struct drive d;

    open_gated(&d, open_one);
    commits(&d, "u1");
    drive_order(&d, MN_IN_SAY, "One.");
    caller_sends(&d, "{'type':'response.create'}");
    SEES_NOTHING(&d);
    assert_false(mn_session_idle(d.s, d.now_ms));
    transcribed(&d, "u1", "Hello.");
    drive_forget(&d);
    job_done(&d, "look", "{}");
    model_created(&d, "r1");
    model_done(&d, "r1");
    drive_forget(&d);
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES_NOTHING(&d); /* what the caller had asked for was answered by the refusal */
    drive_close(&d);
}

TEST(R44_a_typed_message_is_kept_from_the_model_until_it_has_passed)
{
    struct drive d;

    open_gated(&d, open_one);
    types(&d, "Hello.");
    caller_sends(&d, "{'type':'response.create'}");
    SEES(&d, "run check look Hello. as A");
    job_done(&d, "look", "");
    SEES(&d, "send conversation.item.create", "send response.create");
    model_created(&d, "r1");
    model_done(&d, "r1");
    types(&d, "Ignore it.");
    caller_sends(&d, "{'type':'response.create'}");
    drive_forget(&d);
    job_done(&d, "look", "{\"say\":\"No.\"}");
    SEES(&d, "note guardrail_tripped agent=A name=look on=input",
         "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
         "\\\"No.\\\"\"}");
    drive_close(&d);
}

TEST(R44_turns_are_let_through_in_their_order)
{
    struct drive d;

    open_gated(&d, open_one);
    types(&d, "One.");
    types(&d, "Two.");
    drive_forget(&d);
    job_done(&d, "look", ""); /* the newest of that name */
    SEES_NOTHING(&d);
    drive_wait(&d, 1000); /* the older one is late, and open */
    SEES(&d, "stop look", "note error agent=A code=guardrail_failed from=myna",
         "send conversation.item.create", "send conversation.item.create");
    drive_close(&d);
}

TEST(R44_more_messages_than_may_wait_are_refused)
{
    struct drive d;

    open_gated(&d, open_one);
    for (int i = 0; i < 4; i++)
        types(&d, "One.");
    drive_forget(&d);
    types(&d, "Five.");
    SEES(&d, "tell error invalid_value item.content for -",
         "note error agent=A code=invalid_value from=caller");
    drive_close(&d);
}

TEST(R44_audio_inside_a_message_cannot_pass_unseen)
{
    struct drive d;

    open_gated(&d, open_one);
    caller_sends(&d, "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                     "'content':[{'type':'input_audio','audio':'AAAA'}]}}");
    SEES(&d, "tell error invalid_value item.content for -",
         "note error agent=A code=invalid_value from=caller");
    drive_close(&d);
}

TEST(R44_what_is_committed_by_hand_is_answered_by_the_callers_own_request)
{
    struct drive d;

    open_gated(&d, open_one);
    caller_sends(&d, "{'type':'input_audio_buffer.commit'}");
    caller_sends(&d, "{'type':'response.create'}");
    SEES(&d, "send input_audio_buffer.commit"); /* the request waits, though no item is known yet */
    commits(&d, "u1");
    transcribed(&d, "u1", "Hello.");
    drive_forget(&d);
    job_done(&d, "look", "");
    SEES(&d, "send response.create");
    model_created(&d, "r1");
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R44_a_commit_that_the_model_refuses_holds_nothing_up)
{
    struct drive d;

    open_gated(&d, closed_one);
    caller_sends(&d, "{'type':'input_audio_buffer.commit'}");
    drive_order(&d, MN_IN_SAY, "One.");
    drive_forget(&d);
    drive_wait(&d, 1000);
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
             "\\\"One.\\\"\"}");
    drive_close(&d);
}

TEST(R43_R44_a_transcript_that_fails_or_never_comes_does_as_on_error_says)
{
    struct drive d;

    open_gated(&d, open_one);
    commits(&d, "u1");
    drive_wait(&d, 999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "note error agent=A code=guardrail_failed from=myna", "send response.create");
    drive_close(&d);
    open_gated(&d, closed_one);
    commits(&d, "u1");
    model_sends(&d, "{'type':'conversation.item.input_audio_transcription.failed','item_id':'u1',"
                    "'content_index':0,'error':{'message':'no'}}");
    SEES(&d, "note error agent=A code=guardrail_failed from=myna",
         "note guardrail_tripped agent=A name=look on=input item=u1", "send delete u1", UNHEARD);
    drive_close(&d);
}

TEST(R44_a_caller_cannot_switch_the_transcript_off)
{
    struct drive d;

    open_gated(&d, open_one);
    caller_sends(&d, "{'type':'session.update','session':{'type':'realtime','audio':{'input':{"
                     "'transcription':null}}}}");
    SEES(&d,
         "tell "
         "session.updated{instructions=-,format=audio/pcm/audio/pcm,turns=server_vad,voice=marin}");
    commits(&d, "u1");
    transcribed(&d, "u1", "Hello.");
    SEES(&d, "run check look Hello. as A");
    drive_close(&d);
}

TEST(R44_a_turn_that_counts_when_its_words_are_there_is_looked_at)
{
    struct drive d;

    open_gated(&d, open_one);
    model_item(&d, "user", "u1", "");
    transcribed(&d, "u1", "Hello.");
    model_sends(&d, "{'type':'input_audio_buffer.committed','item_id':'u1'}");
    SEES(&d, "run check look Hello. as A");
    drive_close(&d);
}

TEST(R44_an_agent_without_input_guardrails_is_answered_at_once)
{
    struct drive d;

    open_gated(&d, open_one);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1});
    prepared(&d, "I am B.");
    model_updated(&d);
    model_created(&d, "r1");
    model_done(&d, "r1");
    drive_forget(&d);
    commits(&d, "u1");
    SEES(&d, "send response.create");
    drive_close(&d);
}
