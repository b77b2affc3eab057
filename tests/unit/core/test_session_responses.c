/* test_session_responses.c - who may speak next: R1 to R3, and R8. */
#include "session_driver.h"

static void say(struct drive *d, const char *words)
{
    drive_order(d, MN_IN_SAY, words);
}

#define SAY(words)                                                                                 \
    "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: \\\"" words     \
    "\\\"\"}"

TEST(R1_requests_wait_for_the_response_in_flight)
{
    struct drive d;

    drive_ready(&d);
    say(&d, "One.");
    SEES(&d, SAY("One."));
    say(&d, "Two.");
    model_created(&d, "r1");
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    SEES(&d, SAY("Two."));
    drive_close(&d);
}

TEST(R1_automatic_requests_merge_and_explicit_ones_keep_their_order)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    caller_sends(&d, "{'type':'response.create'}");
    say(&d, "One.");
    caller_sends(&d, "{'type':'response.create'}");
    say(&d, "Two.");
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES(&d, SAY("One."));
    model_created(&d, "r3");
    model_done(&d, "r3");
    SEES(&d, SAY("Two."));
    model_created(&d, "r4");
    model_done(&d, "r4");
    SEES_NOTHING(&d);
    drive_close(&d);
}

/* The server had begun an answer of its own when ours came in. */
static void rejected(bool named, bool seen_first)
{
    struct drive d;

    drive_ready(&d);
    say(&d, "One.");
    SEES(&d, SAY("One."));
    if (seen_first)
        model_created(&d, "foreign");
    model_error(&d, "conversation_already_has_active_response", named ? d.event_id : NULL);
    if (!seen_first)
        model_created(&d, "foreign");
    SEES_NOTHING(&d);
    model_done(&d, "foreign");
    SEES(&d, SAY("One."));
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R2_a_rejected_request_is_sent_again_whatever_the_error_names)
{
    rejected(true, true);
    rejected(true, false);
    rejected(false, true);
    rejected(false, false);
}

TEST(R2_a_request_rejected_for_a_response_nobody_saw_is_sent_again)
{
    struct drive d;

    drive_ready(&d);
    say(&d, "One.");
    drive_forget(&d);
    model_error(&d, "conversation_already_has_active_response", NULL);
    drive_wait(&d, 4999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "note error agent=A code=response_owed from=myna", SAY("One."));
    drive_close(&d);
}

TEST(R2_a_rejected_request_goes_before_those_behind_it)
{
    struct drive d;

    drive_ready(&d);
    say(&d, "One.");
    say(&d, "Two.");
    drive_forget(&d);
    model_created(&d, "foreign");
    model_error(&d, "conversation_already_has_active_response", NULL);
    model_done(&d, "foreign");
    SEES(&d, SAY("One."));
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES(&d, SAY("Two."));
    drive_close(&d);
}

TEST(R3_a_response_is_cancelled_once)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES(&d, "send response.cancel");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    caller_sends(&d, "{'type':'response.cancel'}");
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R3_a_request_is_cancelled_in_the_think_phase_and_its_audio_is_dropped)
{
    struct drive d;

    drive_ready(&d);
    say(&d, "One.");
    drive_forget(&d);
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES(&d, "send response.cancel");
    model_created(&d, "r1");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_DROP);
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R3_what_was_queued_behind_a_cancelled_response_waits_for_its_done)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    say(&d, "One.");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES(&d, "send response.cancel");
    model_done(&d, "r1");
    SEES(&d, SAY("One."));
    drive_close(&d);
}

TEST(R3_cancel_not_active_is_quiet_and_frees_the_floor)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    SEES(&d, "send response.cancel");
    model_error(&d, "response_cancel_not_active", d.event_id);
    SEES_NOTHING(&d);
    say(&d, "One.");
    SEES(&d, SAY("One."));
    drive_close(&d);
}

TEST(R7_the_greeting_says_exactly_its_words)
{
    struct drive d;

    drive_init(&d);
    d.app.greeting = MN_GREETING_WORDS;
    d.app.greeting_text = MN_STR("Good \"day\".");
    drive_open(&d);
    drive_set_up(&d);
    SEES(&d, "dial 1", "run prepare as A",
         "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,turns=server_vad,"
         "voice=marin}",
         SAY("Good \\\\\\\"day\\\\\\\"."));
    drive_close(&d);
}

TEST(R7_a_greeting_of_instructions_follows_the_agents_own)
{
    struct drive d;

    drive_init(&d);
    d.app.greeting = MN_GREETING_INSTRUCTIONS;
    d.app.greeting_text = MN_STR("Greet them.");
    drive_open(&d);
    prepared(&d, "I am A.");
    model_sends(&d, "{'type':'session.created','session':{}}");
    drive_forget(&d);
    model_updated(&d);
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nGreet them.\"}");
    drive_close(&d);
}

TEST(R8_what_a_script_adds_follows_the_active_agents_instructions)
{
    struct drive d;

    drive_ready(&d);
    drive_order(&d, MN_IN_REPLY, "Be brief.");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nBe brief.\"}");
    drive_close(&d);
}
