/* test_session_opening.c - how a call opens: on.call_start decides who answers (R68), and tools run
 * before the first words (R69); and with a stored prompt (R27). */
#include "base/err.h"
#include "session_driver.h"

static void ask(struct drive *d)
{
    drive_init(d);
    d->app.hears_start = true;
    d->settings.call_start_ms = 3000;
    d->notes |= 1u << MN_NOTE_CALL_START | 1u << MN_NOTE_CALL_END;
    drive_open(d);
}

static void answers(struct drive *d, int err, const char *name)
{
    drive_feed(
        d, &(struct mn_input){.type = MN_IN_RESULT, .ticket = 1, .err = err, .text = mn_str(name)});
}

TEST(R68_the_model_is_dialled_while_call_start_runs_and_its_session_waits)
{
    struct drive d;

    ask(&d);
    SEES(&d, "dial 1", "run call_start as A");
    model_sends(&d, "{'type':'session.created','session':{}}");
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 0); /* kept, as while any leg is set up */
    answers(&d, 0, "");
    SEES(&d, "run prepare as A", "note call_start agent=A session=sess_1");
    prepared(&d, "I am A.");
    SEES(&d, "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,"
             "turns=server_vad,voice=marin}");
    drive_close(&d);
}

TEST(R68_the_agent_it_names_answers_and_the_caller_is_told_of_another_voice)
{
    struct drive d;

    ask(&d);
    drive_forget(&d);
    answers(&d, 0, "B");
    SEES(&d,
         "tell session.updated{instructions=-,format=audio/pcm/audio/pcm,turns=server_vad,"
         "voice=cedar}",
         "run prepare as B", "note call_start agent=B session=sess_1");
    assert_int_equal(mn_session_agent(d.s), 1);
    model_sends(&d, "{'type':'session.created','session':{}}");
    prepared(&d, "I am B.");
    model_updated(&d);
    drive_forget(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "get_invoice", "{}"); /* with its tools (R14) */
    SEES(&d, "run tool get_invoice c1 {} as B");
    drive_close(&d);
}

TEST(R68_a_name_nobody_has_a_failure_and_a_call_that_was_opened_for_an_agent_change_nothing)
{
    const struct {
        int err, start;
        const char *name, *runs;
    } rows[] = {
        {0, -1, "Nobody", "run prepare as A"},
        {MN_ESCRIPT, -1, "B", "run prepare as A"},
        {MN_ETIMEOUT, -1, "", "run prepare as A"},
        {0, 2, "B", "run prepare as C"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct drive d;

        drive_init(&d);
        d.app.hears_start = true;
        d.settings.call_start_ms = 3000;
        d.settings.start = rows[i].start;
        drive_open(&d);
        drive_forget(&d);
        answers(&d, rows[i].err, rows[i].name);
        SEES(&d, rows[i].runs);
        drive_close(&d);
    }
}

TEST(R68_a_caller_is_turned_away_before_anything_is_asked_of_the_model)
{
    struct drive d;

    ask(&d);
    d.tells = true;
    model_sends(&d, "{'type':'session.created','session':{}}");
    drive_forget(&d);
    answers(&d, MN_EREFUSED, "");
    assert_non_null(strstr(d.seen.p, "tell error turned_away - for -\n"
                                     "note call_end reason=turned_away seconds=0 usage="));
    assert_non_null(strstr(d.seen.p, "hang up 1\nend 1008 turned_away\n"));
    assert_null(strstr(d.seen.p, "send"));
    assert_null(strstr(d.seen.p, "note error"));
    drive_close(&d);
}

TEST(R68_it_has_its_time_and_not_a_millisecond_more)
{
    struct drive d;

    ask(&d);
    drive_forget(&d);
    drive_wait(&d, 2999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "stop call_start", "note error code=call_start_late from=myna", "run prepare as A",
         "note call_start agent=A session=sess_1");
    answers(&d, 0, "B"); /* too late */
    SEES_NOTHING(&d);
    assert_int_equal(mn_session_agent(d.s), 0);
    drive_close(&d);
}

TEST(R68_the_agents_own_time_begins_when_it_has_the_call)
{
    struct drive d;

    ask(&d);
    drive_wait(&d, 2500);
    answers(&d, 0, "");
    drive_wait(&d, 1999);
    prepared(&d, "I am A.");
    model_sends(&d, "{'type':'session.created','session':{}}");
    drive_forget(&d);
    model_updated(&d);
    assert_int_equal(mn_session_append(d.s, 0, d.now_ms), 1);
    drive_close(&d);
}

TEST(R68_who_hangs_up_meanwhile_ends_it)
{
    struct drive d;

    ask(&d);
    drive_forget(&d);
    drive_order(&d, MN_IN_CALLER_LOST, NULL);
    assert_non_null(strstr(d.seen.p, "stop call_start\nnote call_end reason=the caller left"));
    drive_close(&d);
}

TEST(R68_a_model_that_cannot_be_dialled_ends_it_at_once)
{
    struct drive d;

    ask(&d);
    drive_forget(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_LEG_DOWN, .leg = 1, .err = MN_ECLOSED});
    assert_non_null(strstr(d.seen.p, "end 1011 upstream_unavailable"));
    drive_close(&d);
}

/* --- R69 --- */

#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static const struct mn_tool_spec tools_of_p[] = {
    {.name = LIT("find"), .timeout_ms = 10000},
    {.name = LIT("to_Q"), .kind = MN_TOOL_HANDOFF, .target = 1},
    {.name = LIT("quick"), .timeout_ms = 500, .on_interrupt = MN_CANCEL},
    {.name = LIT("maybe"), .timeout_ms = 10000, .conditional = true, .unlisted = true},
};
static const struct mn_tool_spec tools_of_q[] = {{.name = LIT("slots"), .timeout_ms = 10000}};
static const int prelude_of_p[] = {0, 2, 3}, prelude_of_q[] = {0};
static const struct mn_agent_spec with_preludes[] = {
    {.name = LIT("P"), .tools = tools_of_p, .ntools = 4, .prelude = prelude_of_p, .nprelude = 3},
    {.name = LIT("Q"), .tools = tools_of_q, .ntools = 1, .prelude = prelude_of_q, .nprelude = 1},
};

static void open_prelude(struct drive *d)
{
    drive_init(d);
    d->app.agents = with_preludes;
    d->app.nagents = 2;
    d->app.greeting = MN_GREETING_WORDS;
    d->app.greeting_text = MN_STR("Hello.");
    d->settings.prelude_ms = 3000;
    drive_open(d);
    SEES(d, "dial 1", "run prelude find as P", "run prelude quick as P", "run prelude maybe as P");
}

static void is_off(struct drive *d, const char *name)
{
    for (int i = 0; i < d->njobs; i++) {
        if (strcmp(d->jobs[i].name, name) == 0)
            drive_feed(d, &(struct mn_input){.type = MN_IN_RESULT,
                                             .ticket = d->jobs[i].ticket,
                                             .err = MN_EABSENT});
    }
}

static void prelude_done(struct drive *d)
{
    job_done(d, "quick", "fast");
    is_off(d, "maybe");
    job_done(d, "find", "Sam");
}

TEST(R69_tools_run_at_once_and_the_agent_is_prepared_when_all_are_over)
{
    struct drive d;

    open_prelude(&d);
    d.notes = 1u << MN_NOTE_TOOL_START | 1u << MN_NOTE_TOOL_END;
    model_sends(&d, "{'type':'session.created','session':{}}");
    job_done(&d, "quick", "fast");
    assert_non_null(strstr(d.seen.p, "note agent_tool_end agent=P tool=quick args={} result=fast"));
    drive_forget(&d);
    is_off(&d, "maybe"); /* as if it were not there */
    SEES_NOTHING(&d);
    job_done(&d, "find", "Sam");
    assert_non_null(strstr(d.seen.p, "run prepare as P\n"));
    drive_close(&d);
}

TEST(R69_what_they_gave_is_told_to_the_model_before_it_is_asked_for_the_first_words)
{
    struct drive d;

    open_prelude(&d);
    d.notes = 0;
    prelude_done(&d);
    HISTORY(&d, "call #1 find: Sam", "call #2 quick: fast");
    drive_forget(&d);
    drive_set_up(&d);
    SEES(&d,
         "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,"
         "turns=server_vad,voice=-}",
         "send function_call #3 #1 behind root", "send function_call_output #4 #1 behind #3",
         "send function_call #5 #2 behind #4", "send function_call_output #6 #2 behind #5",
         "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "
         "\\\"Hello.\\\"\"}");
    drive_close(&d);
}

TEST(R69_each_has_its_own_time_and_the_preludes_and_not_a_millisecond_more)
{
    struct drive d;

    open_prelude(&d);
    d.notes = 0;
    is_off(&d, "maybe");
    drive_wait(&d, 499);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "stop quick");
    drive_wait(&d, 2499);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "stop find", "run prepare as P");
    job_done(&d, "find", "too late");
    HISTORY(&d, "call #1 find: This did not answer in time. Carry on without it.",
            "call #2 quick: This did not answer in time. Carry on without it.");
    drive_close(&d);
}

TEST(R69_one_that_fails_without_words_of_its_own_is_carried_on_without)
{
    struct drive d;

    open_prelude(&d);
    job_fails(&d, "find", "");
    job_fails(&d, "quick", "The records are down.");
    is_off(&d, "maybe");
    HISTORY(&d, "call #1 find: This failed. Carry on without it.",
            "call #2 quick: The records are down.");
    drive_close(&d);
}

TEST(R69_what_is_for_the_prelude_alone_is_not_the_models_to_call)
{
    struct drive d;

    open_prelude(&d);
    prelude_done(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    drive_forget(&d);
    model_call(&d, "r1", "c1", "maybe", "{}");
    SEES(&d, "send output c1 There is no such tool. Carry on without it.");
    drive_close(&d);
}

/* P has called to_Q; Q's prelude runs. */
static void hands_over(struct drive *d)
{
    open_prelude(d);
    d->app.greeting = MN_GREETING_NONE;
    prelude_done(d);
    drive_set_up(d);
    model_created(d, "r1");
    drive_forget(d);
    model_call(d, "r1", "c1", "to_Q", "{}");
    job_done(d, "c1", NULL);
    SEES(d, "run handoff to_Q c1 {} as P", "run prelude slots as Q");
    model_done(d, "r1");
}

TEST(R69_the_next_agents_prelude_is_told_behind_the_transfer_and_before_it_speaks)
{
    struct drive d;

    hands_over(&d);
    job_done(&d, "slots", "ten");
    prepared(&d, "I am Q.");
    SEES(&d, "run prepare as Q", "send session.update{instructions=I am Q.,voice=-}");
    model_updated(&d);
    SEES(&d, "note agent_handoff agent=Q from=P to=Q", "send output c1 {\"assistant\":\"Q\"}",
         "send function_call #7 #8", "send function_call_output #9 #8 behind #7",
         "send response.create");
    drive_close(&d);
}

TEST(R69_what_the_prelude_of_a_handoff_that_failed_found_is_forgotten)
{
    struct drive d;

    hands_over(&d);
    job_done(&d, "slots", "ten");
    prepared(&d, "I am Q.");
    model_error(&d, "invalid_value", d.event_id);
    HISTORY(&d, "call #2 find: Sam", "call #5 quick: fast",
            "call c1 to_Q: The transfer failed. You are still speaking with the caller: carry on "
            "yourself.");
    drive_close(&d);
}

TEST(R67_R69_a_call_that_ends_meanwhile_cancels_the_tools_that_may_be)
{
    struct drive d;

    open_prelude(&d);
    drive_order(&d, MN_IN_CALLER_LOST, NULL);
    SEES(&d, "stop quick", "hang up 1", "end 1000 the caller left");
    for (int i = 0; i < d.njobs; i++) {
        if (strcmp(d.jobs[i].name, "find") == 0)
            assert_string_equal(mn_session_tool(d.s, d.jobs[i].ticket), "find");
    }
    drive_close(&d);
}

/* --- R27 --- */

#define PROMPT  "{\"id\":\"pmpt_1\"}"
#define SESSION ",format=audio/pcm/audio/pcm,turns=server_vad,voice=marin}"

static void brings(struct drive *d, const char *instructions, const char *prompt)
{
    drive_feed(d, &(struct mn_input){.type = MN_IN_RESULT,
                                     .ticket = d->jobs[d->njobs - 1].ticket,
                                     .text = mn_str(instructions),
                                     .tools = MN_STR("[]"),
                                     .prompt = mn_str(prompt)});
}

static void open_prompt(struct drive *d, const char *instructions)
{
    drive_init(d);
    d->app.prompts = true;
    drive_open(d);
    model_sends(d, "{'type':'session.created','session':{}}");
    drive_forget(d);
    brings(d, instructions, PROMPT);
}

TEST(R27_a_stored_prompt_is_part_of_the_session_and_empty_instructions_do_not_go_before_it)
{
    struct drive d;

    open_prompt(&d, "");
    SEES(&d, "send session.update{prompt=" PROMPT SESSION);
    drive_close(&d);
    open_prompt(&d, "Be brief.");
    SEES(&d, "send session.update{instructions=Be brief.,prompt=" PROMPT SESSION);
    drive_close(&d);
}

TEST(R27_a_handoff_takes_the_prompt_away_or_brings_it_and_takes_instructions_away)
{
    struct drive d;

    open_prompt(&d, "");
    model_updated(&d);
    drive_forget(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1});
    brings(&d, "I am B.", "");
    SEES(&d, "run prepare as B",
         "send session.update{instructions=I am B.,prompt=null,voice=cedar}");
    model_updated(&d);
    drive_forget(&d);
    drive_feed(&d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 0});
    brings(&d, "", PROMPT);
    SEES(&d, "run prepare as A",
         "send session.update{instructions=-,prompt=" PROMPT ",voice=marin}");
    drive_close(&d);
}

TEST(R27_a_prompt_whose_variables_changed_is_sent_anew)
{
    struct drive d;

    open_prompt(&d, "");
    model_updated(&d);
    drive_order(&d, MN_IN_MOVED, NULL);
    drive_forget(&d);
    brings(&d, "", PROMPT);
    SEES_NOTHING(&d);
    drive_order(&d, MN_IN_MOVED, NULL);
    drive_forget(&d);
    brings(&d, "", "{\"id\":\"pmpt_2\"}");
    SEES(&d, "send session.update{instructions=-,prompt={\"id\":\"pmpt_2\"},voice=marin}");
    model_updated(&d);
    HISTORY(&d, "config : prompt");
    drive_close(&d);
}

TEST(R27_R71_a_caller_sees_a_prompt_only_where_all_is_exposed)
{
    for (int all = 0; all < 2; all++) {
        struct drive d;

        drive_init(&d);
        d.app.prompts = true;
        d.app.expose_all = all == 1;
        drive_open(&d);
        model_sends(&d, "{'type':'session.created','session':{}}");
        brings(&d, "", PROMPT);
        model_updated(&d);
        drive_forget(&d);
        caller_sends(&d, "{'type':'session.update','session':{'type':'realtime'}}");
        assert_int_equal(strstr(d.seen.p, "prompt=" PROMPT) != NULL, all == 1);
        drive_close(&d);
    }
}
