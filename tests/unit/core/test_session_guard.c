/* test_session_guard.c - guardrails on what is said: R40 to R43. */
#include "session_driver.h"

#include <stdio.h>

#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

#define ANSWERS 30 /* of two checks each: more than MN_CHECKS_MAX */

static const struct mn_guardrail_spec two[] = {
    {.name = LIT("often"), .every_chars = 10, .timeout_ms = 1000},
    {.name = LIT("once"), .timeout_ms = 1000, .closed = true},
};
static const struct mn_guardrail_spec held[] = {
    {.name = LIT("often"), .every_chars = 10, .timeout_ms = 1000, .hold = true},
};

/* Agent A says something under these guardrails; item i1 has no words and no audio yet. */
static void open_guarded(struct drive *d, const struct mn_guardrail_spec *list, int n)
{
    static struct mn_agent_spec agents[3];

    drive_init(d);
    memcpy(agents, d->app.agents, sizeof(agents));
    agents[0].output_guards = (struct mn_guardrails){.list = list, .n = n};
    d->app.agents = agents;
    d->notes |= 1u << MN_NOTE_GUARDRAIL_TRIPPED;
    drive_open(d);
    drive_set_up(d);
    model_created(d, "r1");
    model_item(d, "assistant", "i1", "");
    drive_forget(d);
}

#define CORRECTION                                                                                 \
    "send response.create{\"instructions\":\"I am A.\\n\\nYour last answer was stopped by a "      \
    "policy of this service, before the caller heard it whole. Say briefly that you cannot help "  \
    "with that, without repeating any of it, and lead back to what you can do.\"}"

TEST(R40_an_answer_is_looked_at_each_so_many_characters_and_at_its_end)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "One two t");
    SEES_NOTHING(&d);
    model_words(&d, "r1", "i1", "hree");
    SEES(&d, "run check often One two three as A");
    model_words(&d, "r1", "i1", " four five six");
    SEES_NOTHING(&d); /* one at a time */
    job_done(&d, "often", "");
    SEES(&d, "run check often One two three four five six as A");
    model_done(&d, "r1");
    SEES(&d, "run check once One two three four five six as A");
    job_done(&d, "often", ""); /* it has seen all */
    job_done(&d, "once", "");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R40_characters_are_counted_not_bytes)
{
    struct drive d;

    open_guarded(&d, two, 1);
    model_words(&d, "r1", "i1",
                "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"
                "\xc3\xbc");
    SEES_NOTHING(&d);
    model_words(&d, "r1", "i1", "\xc3\xa4");
    drive_forget(&d);
    job_done(&d, "often", "");
    drive_close(&d);
}

TEST(R40_the_shortest_answer_is_looked_at_and_an_empty_one_is_not)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "A");
    model_done(&d, "r1");
    SEES(&d, "run check often A as A", "run check once A as A");
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R40_words_that_differ_from_their_deltas_count)
{
    struct drive d;

    open_guarded(&d, two, 1);
    model_words(&d, "r1", "i1", "One two three");
    job_done(&d, "often", "");
    drive_forget(&d);
    model_sends(&d, "{'type':'response.output_audio_transcript.done','response_id':'r1',"
                    "'item_id':'i1','output_index':0,'content_index':0,'transcript':'One'}");
    model_done(&d, "r1");
    SEES(&d, "run check often One as A");
    drive_close(&d);
}

TEST(R40_a_late_verdict_touches_no_other_answer)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "One");
    model_done(&d, "r1");
    model_created(&d, "r2");
    model_item(&d, "assistant", "i2", "i1");
    assert_int_equal(model_audio(&d, "r2", "i2", 500).act, MN_AUDIO_PLAY);
    drive_forget(&d);
    job_done(&d, "once", "{\"info\":7}");
    SEES(&d, "note guardrail_tripped agent=A name=once on=output info=7 response=r1 item=i1");
    job_done(&d, "often", "");
    assert_int_equal(model_audio(&d, "r2", "i2", 500).act, MN_AUDIO_PLAY);
    drive_close(&d);
}

TEST(R40_checks_of_older_answers_are_bounded)
{
    struct drive d;

    open_guarded(&d, two, 2);
    for (int i = 0; i < ANSWERS; i++) {
        char response[8];

        snprintf(response, sizeof(response), "r%d", i + 2);
        model_words(&d, i == 0 ? "r1" : response, "i1", "One");
        model_done(&d, i == 0 ? "r1" : response);
        if (i + 1 < ANSWERS) {
            snprintf(response, sizeof(response), "r%d", i + 3);
            model_created(&d, response);
        }
    }
    assert_non_null(strstr(d.seen.p, "stop often\n"));
    drive_forget(&d);
    job_done(&d, "often", "");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R41_an_answer_that_trips_is_cut_off_and_corrected_by_instructions)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "One two three");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 300);
    drive_forget(&d);
    job_done(&d, "often", "{}");
    SEES(&d, "note guardrail_tripped agent=A name=often on=output response=r1 item=i1",
         "send response.cancel", "drop", "send truncate i1 300");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_DROP);
    model_words(&d, "r1", "i1", " four five six seven");
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    SEES(&d, CORRECTION);
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R41_the_words_of_a_block_are_said_and_its_hint_is_told)
{
    struct drive d;

    open_guarded(&d, two, 1);
    model_words(&d, "r1", "i1", "One two three");
    job_done(&d, "often", "{\"say\":\"No.\",\"policy_hint\":\"x\"}");
    drive_forget(&d);
    model_done(&d, "r1");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
             "\\\"No.\\\"\"}");
    model_created(&d, "r2");
    model_words(&d, "r2", "i2", "One two three");
    job_done(&d, "often", "{\"policy_hint\":\"be kind\"}");
    drive_forget(&d);
    model_done(&d, "r2");
    assert_non_null(strstr(d.seen.p, "The policy: be kind"));
    drive_close(&d);
}

/* Says something that is blocked. */
static void blocked(struct drive *d, const char *response)
{
    model_created(d, response);
    model_words(d, response, response, "One two three");
    job_done(d, "often", "{}");
    drive_forget(d);
    model_done(d, response);
}

TEST(R41_corrections_are_bounded_and_end_in_safe_words_then_in_none)
{
    struct drive d;

    open_guarded(&d, two, 1);
    model_done(&d, "r1");
    drive_forget(&d);
    blocked(&d, "r2");
    SEES(&d, CORRECTION);
    blocked(&d, "r3");
    SEES(&d, CORRECTION);
    blocked(&d, "r4");
    SEES(&d, "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: \\\"I "
             "am sorry, I cannot help with that.\\\"\"}");
    model_created(&d, "r5");
    model_words(&d, "r5", "r5", "One two three");
    drive_forget(&d);
    job_done(&d, "often", "{}");
    SEES(&d, "note guardrail_tripped agent=A name=often on=output response=r5 item=r5",
         "send response.cancel", "note error agent=A code=guardrail_gave_up from=myna");
    model_done(&d, "r5");
    SEES_NOTHING(&d);
    caller_speaks(&d); /* another turn, and another three */
    caller_stops(&d);
    drive_forget(&d);
    blocked(&d, "r6");
    SEES(&d, CORRECTION);
    drive_close(&d);
}

TEST(R41_a_call_that_runs_is_answered_and_one_that_comes_later_is_not_run)
{
    struct drive d;

    open_guarded(&d, two, 1);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_words(&d, "r1", "i1", "One two three");
    job_done(&d, "often", "{}");
    drive_forget(&d);
    model_call(&d, "r1", "c2", "find_patient", "{}");
    SEES(&d, "send output c2 This was not run: the answer it belongs to was stopped by a policy.");
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam");
    model_done(&d, "r1");
    SEES(&d, CORRECTION); /* one answer to all of it */
    drive_close(&d);
}

TEST(R41_a_caller_who_cut_in_is_not_given_a_correction)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "One two three");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 300);
    caller_speaks(&d);
    drive_forget(&d);
    job_done(&d, "often", "{}");
    SEES(&d, "note guardrail_tripped agent=A name=often on=output response=r1 item=i1");
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R43_one_that_errs_passes_or_blocks_as_it_says)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "A");
    model_done(&d, "r1");
    drive_forget(&d);
    job_fails(&d, "often", "");
    SEES(&d, "note error agent=A code=guardrail_failed from=myna");
    job_fails(&d, "once", "");
    SEES(&d, "note error agent=A code=guardrail_failed from=myna",
         "note guardrail_tripped agent=A name=once on=output response=r1 item=i1", CORRECTION);
    drive_close(&d);
}

TEST(R43_one_that_is_late_is_stopped_and_passes_or_blocks_as_it_says)
{
    struct drive d;

    open_guarded(&d, two, 2);
    model_words(&d, "r1", "i1", "A");
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "stop often", "note error agent=A code=guardrail_failed from=myna", "stop once",
         "note error agent=A code=guardrail_failed from=myna",
         "note guardrail_tripped agent=A name=once on=output response=r1 item=i1", CORRECTION);
    drive_close(&d);
}

/* --- R42 --- */

TEST(R42_audio_is_released_up_to_the_last_word_that_passed)
{
    struct drive d;

    open_guarded(&d, held, 1);
    model_words(&d, "r1", "i1", "One two");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_HOLD);
    model_words(&d, "r1", "i1", " three");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).offset_ms, 100);
    SEES(&d, "run check often One two three as A");
    job_done(&d, "often", "");
    SEES(&d, "release 2"); /* what came before " three" began: it may go on */
    model_done(&d, "r1");
    SEES(&d, "release 4");
    drive_close(&d);
}

TEST(R42_words_are_told_when_they_are_released)
{
    struct drive d;

    open_guarded(&d, held, 1);
    d.tells = true;
    model_words(&d, "r1", "i1", "One two three");
    SEES(&d, "run check often One two three as A",
         "hold 1: then tell response.output_audio_transcript.delta");
    model_done(&d, "r1");
    SEES(&d, "hold 2: then tell response.done");
    job_done(&d, "often", "");
    SEES(&d, "release 2");
    drive_close(&d);
}

TEST(R42_what_was_heard_counts_from_the_release)
{
    struct drive d;

    open_guarded(&d, held, 1);
    model_words(&d, "r1", "i1", "One two");
    model_audio(&d, "r1", "i1", 1000);
    model_words(&d, "r1", "i1", " three");
    model_audio(&d, "r1", "i1", 1000);
    drive_wait(&d, 500);
    job_done(&d, "often", "");
    drive_wait(&d, 300);
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 300");
    drive_close(&d);
}

TEST(R42_an_answer_of_which_nothing_was_released_is_deleted_when_it_trips)
{
    struct drive d;

    open_guarded(&d, held, 1);
    d.tells = true;
    model_words(&d, "r1", "i1", "One two three");
    model_audio(&d, "r1", "i1", 1000);
    drive_forget(&d);
    job_done(&d, "often", "{}");
    SEES(&d, "note guardrail_tripped agent=A name=often on=output response=r1 item=i1",
         "send response.cancel", "drop");
    model_words(&d, "r1", "i1", " four");
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    SEES(&d, "send delete i1", "then tell response.done", CORRECTION);
    drive_close(&d);
}

TEST(R42_a_response_that_was_done_and_held_is_told_to_be_over_without_its_words)
{
    struct drive d;

    open_guarded(&d, held, 1);
    d.tells = true;
    model_words(&d, "r1", "i1", "One");
    model_audio(&d, "r1", "i1", 100);
    model_done(&d, "r1");
    drive_forget(&d);
    job_done(&d, "often", "{}");
    SEES(&d, "note guardrail_tripped agent=A name=often on=output response=r1 item=i1", "drop",
         "then tell response.done", "send delete i1", CORRECTION);
    drive_close(&d);
}

TEST(R42_audio_that_is_released_and_audio_that_is_held_is_cut_where_it_was_heard)
{
    struct drive d;

    open_guarded(&d, held, 1);
    model_words(&d, "r1", "i1", "One two");
    model_audio(&d, "r1", "i1", 200);
    model_words(&d, "r1", "i1", " three");
    model_audio(&d, "r1", "i1", 800);
    job_done(&d, "often", "");
    drive_wait(&d, 400); /* all that was released is heard */
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "drop", "send truncate i1 200");
    drive_close(&d);
}

TEST(R42_no_answer_is_asked_for_while_one_is_held)
{
    struct drive d;

    open_guarded(&d, held, 1);
    model_words(&d, "r1", "i1", "One");
    model_audio(&d, "r1", "i1", 100);
    model_done(&d, "r1");
    drive_forget(&d);
    drive_order(&d, MN_IN_SAY, "Two.");
    SEES_NOTHING(&d);
    assert_false(mn_session_idle(d.s, d.now_ms + 1000));
    job_done(&d, "often", "");
    SEES(&d, "release 3",
         "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
         "\\\"Two.\\\"\"}");
    drive_close(&d);
}

TEST(R42_what_is_held_is_bounded_like_what_waits)
{
    struct drive d;

    open_guarded(&d, held, 1);
    d.settings.unreleased_max_ms = 0; /* copied when it was opened: the driver's 120 s hold */
    model_words(&d, "r1", "i1", "One");
    for (int i = 0; i < 12; i++)
        assert_int_equal(model_audio(&d, "r1", "i1", 10000).act, MN_AUDIO_HOLD);
    assert_int_equal(model_audio(&d, "r1", "i1", 10).act, MN_AUDIO_HOLD);
    assert_int_equal(model_audio(&d, "r1", "i1", 10).act, MN_AUDIO_DROP);
    drive_close(&d);
}

TEST(R75_no_response_beside_the_conversation_passes_unseen)
{
    struct drive d;

    open_guarded(&d, two, 1);
    d.app.caller_may = MN_CALLER_RESPONSES;
    caller_sends(&d, "{'type':'response.create','response':{'conversation':'none'}}");
    SEES(&d, "tell error invalid_value response.conversation for -",
         "note error agent=A code=invalid_value from=caller");
    drive_close(&d);
}

TEST(R42_an_app_without_guardrails_holds_nothing)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "");
    model_words(&d, "r1", "i1", "One two three four five six seven eight nine ten");
    assert_int_equal(model_audio(&d, "r1", "i1", 100).act, MN_AUDIO_PLAY);
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    drive_close(&d);
}
