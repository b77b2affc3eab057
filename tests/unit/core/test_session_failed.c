/* test_session_failed.c - a response that failed: R6. */
#include "session_driver.h"

#define NOTE(code) "note error agent=A code=" code " from=model class=caller"
#define GIVEN_UP   "tell error response_failed - for -"
#define NOTE_GIVEN "note error agent=A code=response_failed from=myna"
#define SAY_ONE                                                                                    \
    "send response.create{\"instructions\":\"I am A.\\n\\nSay exactly these words: "               \
    "\\\"One.\\\"\"}"

static void fails(struct drive *d, const char *response, const char *code, const char *message)
{
    model_sends(d,
                "{'type':'response.done','response':{'id':'%s','conversation_id':'conv',"
                "'status':'failed','status_details':{'error':{'code':'%s','message':'%s'}},"
                "'output':[]}}",
                response, code, message);
}

/* A response that was asked for, and failed with these words. */
static void one_failed(struct drive *d, const char *code, const char *message)
{
    drive_ready(d);
    drive_order(d, MN_IN_SAY, "One.");
    model_created(d, "r1");
    drive_forget(d);
    fails(d, "r1", code, message);
}

TEST(R6_a_failed_response_is_asked_for_once_more_after_a_pause)
{
    struct drive d;

    one_failed(&d, "server_error", "Oh.");
    SEES(&d, NOTE("server_error"));
    drive_wait(&d, 999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, SAY_ONE);
    model_created(&d, "r2");
    model_done(&d, "r2");
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R6_a_second_failure_is_told_and_the_call_goes_on)
{
    struct drive d;

    one_failed(&d, "server_error", "Oh.");
    drive_wait(&d, 1000);
    model_created(&d, "r2");
    drive_forget(&d);
    fails(&d, "r2", "server_error", "Oh.");
    SEES(&d, NOTE("server_error"), GIVEN_UP, NOTE_GIVEN);
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    drive_order(&d, MN_IN_SAY, "One.");
    SEES(&d, SAY_ONE);
    drive_close(&d);
}

TEST(R6_what_would_fail_again_is_not_asked_for_again)
{
    struct drive d;

    one_failed(&d, "content_policy_violation", "No.");
    SEES(&d, NOTE("content_policy_violation"), GIVEN_UP, NOTE_GIVEN);
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R6_a_turn_the_server_answered_by_itself_is_asked_for)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    fails(&d, "r1", "server_error", "Oh.");
    fails(&d, "r1", "server_error", "Oh."); /* told twice */
    drive_forget(&d);
    drive_wait(&d, 1000);
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R6_a_rate_limit_says_how_long_the_pause_is)
{
    static const struct {
        const char *message;
        int pause_ms;
    } cases[] = {
        {"Please try again in 6.2s. Visit us.", 6200},
        {"Please try again in 350ms.", 1000}, /* never sooner than the pause */
        {"Please try again in 1m2.5s.", 10000},
        {"Please try again in 9.999s", 9999},
        {"Please try again in 99999999999999999999h", 10000},
        {"Please try again in a while.", 1000},
        {"try again in ", 1000},
        {"Slow down.", 1000},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct drive d;

        one_failed(&d, "rate_limit_exceeded", cases[i].message);
        drive_forget(&d);
        drive_wait(&d, cases[i].pause_ms - 1);
        SEES_NOTHING(&d);
        drive_wait(&d, 1);
        SEES(&d, SAY_ONE);
        drive_close(&d);
    }
}

TEST(R6_else_the_limit_that_is_used_up_says_it)
{
    struct drive d;

    drive_ready(&d);
    model_sends(&d, "{'type':'rate_limits.updated','rate_limits':["
                    "{'name':'requests','limit':100,'remaining':0,'reset_seconds':3.5},"
                    "{'name':'tokens','limit':100,'remaining':5,'reset_seconds':60}]}");
    model_created(&d, "r1");
    fails(&d, "r1", "rate_limit_exceeded", "Slow down.");
    drive_forget(&d);
    drive_wait(&d, 3499);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "send response.create");
    drive_close(&d);
}

TEST(R6_a_failed_response_the_caller_had_cut_is_not_asked_for_again)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    drive_forget(&d);
    fails(&d, "r1", "server_error", "Oh.");
    drive_wait(&d, 60000);
    SEES(&d, NOTE("server_error"));
    drive_close(&d);
}

TEST(R6_a_caller_who_speaks_in_the_pause_is_answered_once)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    fails(&d, "r1", "server_error", "Oh.");
    caller_speaks(&d);
    caller_stops(&d);
    drive_forget(&d);
    model_created(&d, "r2");
    model_done(&d, "r2");
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R6_a_failed_response_that_called_a_tool_goes_on_with_its_answer)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    drive_forget(&d);
    fails(&d, "r1", "server_error", "Oh.");
    drive_wait(&d, 2000);
    SEES(&d, NOTE("server_error"));
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam", "send response.create");
    drive_close(&d);
}

TEST(R4_an_answer_that_stops_in_its_middle_is_given_up)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_wait(&d, 19999);
    model_audio(&d, "r1", "i1", 100); /* it lives */
    drive_order(&d, MN_IN_SAY, "One.");
    drive_wait(&d, 19999);
    SEES_NOTHING(&d);
    drive_wait(&d, 1);
    SEES(&d, "note error agent=A code=response_stalled from=myna", "send response.cancel");
    drive_wait(&d, 5000);
    SEES(&d, "note error agent=A code=response_owed from=myna", SAY_ONE);
    drive_close(&d);
}

TEST(R3_a_cancel_that_found_nothing_owes_no_answer)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    drive_order(&d, MN_IN_INTERRUPT, NULL);
    drive_forget(&d);
    model_error(&d, "response_cancel_not_active", d.event_id);
    drive_wait(&d, 60000);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R1_a_response_that_is_told_twice_does_not_take_the_floor_again)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_done(&d, "r1");
    model_created(&d, "r1");
    drive_order(&d, MN_IN_SAY, "One.");
    SEES(&d, SAY_ONE);
    drive_close(&d);
}
