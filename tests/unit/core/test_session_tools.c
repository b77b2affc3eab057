/* test_session_tools.c - every call is answered, exactly once: R10 to R15. */
#include "session_driver.h"

#include <stdio.h>

#define UNKNOWN   "There is no such tool. Carry on without it."
#define NOT_JSON  "The arguments were not valid JSON. Try again with valid arguments."
#define TIMEOUT   "The tool did not answer in time. Say so, and offer to try again."
#define FAILED    "The tool failed. Say that this is not possible right now."
#define CANCELLED "The caller interrupted, so this was cancelled."
#define TOO_MANY  "Too many tools are running. Wait for their results first."
#define TURN_OVER "Too many tools in this turn. Carry on with what you know."

static void asked(struct drive *d)
{
    drive_ready(d);
    model_created(d, "r1");
}

TEST(R10_a_tool_runs_on_a_completed_call_and_on_nothing_else)
{
    static const char *const rows[] = {"in_progress", "incomplete", "", NULL};
    struct drive d;

    asked(&d);
    for (const char *const *status = rows; *status != NULL; status++) {
        model_sends(&d,
                    "{'type':'response.output_item.done','response_id':'r1','output_index':0,"
                    "'item':{'id':'i1','type':'function_call','status':'%s','name':'find_patient',"
                    "'call_id':'c1','arguments':'{}'}}",
                    *status);
    }
    model_sends(&d, "{'type':'response.function_call_arguments.done','response_id':'r1',"
                    "'item_id':'i1','output_index':0,'call_id':'c1','name':'find_patient',"
                    "'arguments':'{}'}");
    SEES_NOTHING(&d);
    model_call(&d, "r1", "c1", "find_patient", "{\"name\":\"Sam\"}");
    SEES(&d, "run tool find_patient c1 {\"name\":\"Sam\"} as A");
    drive_close(&d);
}

TEST(R11_a_call_that_cannot_run_is_answered_in_words)
{
    static const struct {
        const char *tool, *arguments, *line;
    } rows[] = {
        {"nope", "{}", "send output c1 " UNKNOWN},
        {"get_invoice", "{}", "send output c1 " UNKNOWN}, /* of B, not of A */
        {"find_patient", "{\"name\":", "send output c1 " NOT_JSON},
        {"find_patient", "", "send output c1 " NOT_JSON},
        {"find_patient", "[]", "send output c1 " NOT_JSON},
        {"find_patient", "{} {}", "send output c1 " NOT_JSON},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct drive d;

        asked(&d);
        model_call(&d, "r1", "c1", rows[i].tool, rows[i].arguments);
        SEES(&d, rows[i].line);
        model_done(&d, "r1");
        SEES(&d, "send response.create");
        drive_close(&d);
    }
}

TEST(R11_arguments_may_stand_in_white_space)
{
    struct drive d;

    asked(&d);
    model_sends(&d, "{'type':'response.output_item.done','response_id':'r1','output_index':0,"
                    "'item':{'id':'i1','type':'function_call','status':'completed',"
                    "'name':'find_patient','call_id':'c1','arguments':' \\n\\t {} '}}");
    SEES(&d, "run tool find_patient c1  \n\t {}  as A");
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam");
    drive_close(&d);
}

TEST(R11_a_script_that_errs_is_answered_in_safe_words)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_call(&d, "r1", "c2", "find_patient", "{}");
    model_call(&d, "r1", "c3", "find_patient", "{}");
    drive_forget(&d);
    job_fails(&d, "c1", NULL);
    job_fails(&d, "c2", "The line is busy.");
    job_done(&d, "c3", NULL);
    SEES(&d, "send output c1 " FAILED, "send output c2 The line is busy.",
         "send output c3 {\"done\":true}");
    drive_close(&d);
}

TEST(R11_a_tool_past_its_time_is_stopped_and_answered_once)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 4999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "stop c1", "send output c1 " TIMEOUT, "send response.create");
    job_done(&d, "c1", "too late");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R11_a_call_with_an_id_too_long_to_keep_is_answered_all_the_same)
{
    struct drive d;
    char id[100] = "", line[300];

    memset(id, 'c', sizeof(id) - 1);
    asked(&d);
    model_call(&d, "r1", id, "find_patient", "{}");
    snprintf(line, sizeof(line), "send output %s " TOO_MANY, id);
    SEES(&d, line);
    drive_close(&d);
}

TEST(R12_siblings_join_in_one_response)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_call(&d, "r1", "c2", "find_patient", "{}");
    SEES(&d, "run tool find_patient c1 {} as A", "run tool find_patient c2 {} as A");
    job_done(&d, "c2", "two");
    SEES(&d, "send output c2 two");
    model_done(&d, "r1");
    SEES_NOTHING(&d);
    job_done(&d, "c1", "one");
    SEES(&d, "send output c1 one", "send response.create");
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R12_an_instant_answer_waits_for_its_response_to_be_over)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    job_done(&d, "c1", "one");
    SEES(&d, "run tool find_patient c1 {} as A", "send output c1 one");
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R12_the_slowest_sibling_that_uses_up_its_time_ends_the_wait)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "slow", "{}");
    model_call(&d, "r1", "c2", "find_patient", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    drive_wait(&d, 1000);
    SEES(&d, "stop c1", "send output c1 " TIMEOUT);
    drive_wait(&d, 4000);
    SEES(&d, "stop c2", "send output c2 " TIMEOUT, "send response.create");
    drive_close(&d);
}

TEST(R13_a_call_delivered_twice_runs_once_whatever_its_arguments)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_call(&d, "r1", "c1", "find_patient", "{\"name\":\"Max\"}");
    SEES(&d, "run tool find_patient c1 {} as A");
    job_done(&d, "c1", "one");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    SEES(&d, "send output c1 one");
    model_done(&d, "r1");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R14_a_sibling_of_a_handoff_runs_with_the_old_agents_tools)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "transfer_to_B", "{}");
    job_done(&d, "c1", NULL);
    prepared(&d, "I am B.");
    model_updated(&d);
    drive_forget(&d);
    assert_int_equal(mn_session_agent(d.s), 1);
    model_call(&d, "r1", "c2", "find_patient", "{}");
    SEES(&d, "run tool find_patient c2 {} as A");
    drive_close(&d);
}

TEST(R15_a_tool_goes_on_when_the_caller_cuts_in_and_its_output_is_sent)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    caller_speaks(&d);
    SEES_NOTHING(&d);
    job_done(&d, "c1", "one");
    SEES(&d, "send output c1 one"); /* they still speak: the answer waits */
    caller_stops(&d);
    SEES_NOTHING(&d); /* the server answers by itself */
    model_acks(&d, d.item_id);
    model_created(&d, "r2");
    model_done(&d, "r2");
    SEES_NOTHING(&d); /* and had the output: no second answer */
    drive_close(&d);
}

TEST(R15_an_output_the_servers_own_answer_did_not_know_gets_its_own)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    caller_speaks(&d);
    caller_stops(&d);
    drive_forget(&d);
    job_done(&d, "c1", "one");
    SEES(&d, "send output c1 one");
    model_created(&d, "r2"); /* before the server had the output */
    model_acks(&d, d.item_id);
    model_done(&d, "r2");
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R15_an_answer_the_server_owes_and_does_not_give_is_asked_for)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    caller_speaks(&d);
    caller_stops(&d);
    drive_forget(&d);
    job_done(&d, "c1", "one");
    SEES(&d, "send output c1 one");
    mn_session_append(d.s, 0, d.now_ms + 3000); /* audio does not move a session's deadlines */
    drive_wait(&d, 2000);
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R15_a_tool_that_says_so_is_stopped_when_the_caller_cuts_in)
{
    struct drive d;

    asked(&d);
    model_call(&d, "r1", "c1", "slow", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    caller_speaks(&d);
    SEES(&d, "stop c1", "send output c1 " CANCELLED);
    job_done(&d, "c1", "too late");
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R65_tools_past_the_turns_limit_are_answered_as_refused)
{
    struct drive d;

    drive_init(&d);
    d.app.max_tools_per_turn = 1;
    drive_open(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    drive_forget(&d);
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_call(&d, "r1", "c2", "find_patient", "{}");
    SEES(&d, "run tool find_patient c1 {} as A", "send output c2 " TURN_OVER);
    caller_sends(&d, "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
                     "'content':[{'type':'input_text','text':'Go on.'}]}}");
    model_call(&d, "r1", "c3", "find_patient", "{}");
    SEES(&d, "send conversation.item.create", "run tool find_patient c3 {} as A");
    drive_close(&d);
}

TEST(R65_a_model_refused_more_tools_is_asked_to_speak)
{
    struct drive d;

    drive_init(&d);
    d.app.max_tools_per_turn = 1;
    drive_open(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_call(&d, "r1", "c2", "find_patient", "{}");
    job_done(&d, "c1", "one");
    drive_forget(&d);
    model_done(&d, "r1");
    SEES(&d, "send response.create{\"tool_choice\":\"none\"}");
    drive_close(&d);
}

TEST(more_calls_than_can_be_kept_are_still_answered)
{
    struct drive d;
    char id[16];

    drive_init(&d);
    d.app.max_tools_per_turn = 0;
    drive_open(&d);
    drive_set_up(&d);
    model_created(&d, "r1");
    for (int i = 0; i < 64; i++) {
        snprintf(id, sizeof(id), "c%d", i);
        model_call(&d, "r1", id, "find_patient", "{}");
    }
    drive_forget(&d);
    model_call(&d, "r1", "c64", "find_patient", "{}");
    SEES(&d, "send output c64 " TOO_MANY);
    job_done(&d, "c7", "seven");
    model_call(&d, "r1", "c65", "find_patient", "{}");
    SEES(&d, "send output c7 seven", "run tool find_patient c65 {} as A");
    drive_close(&d);
}

TEST(the_notes_of_a_tool_name_it_its_arguments_and_its_result)
{
    struct drive d;

    asked(&d);
    d.notes = 1u << MN_NOTE_TOOL_START | 1u << MN_NOTE_TOOL_END;
    model_call(&d, "r1", "c1", "find_patient", "{\"name\":\"Sam\"}");
    drive_wait(&d, 250);
    job_done(&d, "c1", "one");
    SEES(&d, "note agent_tool_start agent=A tool=find_patient args={\"name\":\"Sam\"} call_id=c1",
         "run tool find_patient c1 {\"name\":\"Sam\"} as A", "send output c1 one",
         "note agent_tool_end agent=A tool=find_patient args={\"name\":\"Sam\"} result=one "
         "call_id=c1 seconds=0.25");
    drive_close(&d);
}
