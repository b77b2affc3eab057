/* test_session_refresh.c - instructions and tools that change while an agent speaks: R26. */
#include "session_driver.h"

#define MORE "[{\"type\":\"function\",\"name\":\"pay\"}]"

struct own {
    struct drive d;
    struct mn_agent_spec agents[3];
};

/* A is an agent whose instructions and tools may change. */
static void own_ready(struct own *o)
{
    drive_init(&o->d);
    for (int i = 0; i < 3; i++)
        o->agents[i] = o->d.app.agents[i];
    o->agents[0].changes = true;
    o->d.app.agents = o->agents;
    drive_open(&o->d);
    drive_set_up(&o->d);
    drive_forget(&o->d);
}

/* A tool of r1 has ended. */
static void after_a_tool(struct own *o)
{
    own_ready(o);
    model_created(&o->d, "r1");
    model_call(&o->d, "r1", "c1", "find_patient", "{}");
    model_done(&o->d, "r1");
    drive_forget(&o->d);
    job_done(&o->d, "c1", "Sam");
    SEES(&o->d, "send output c1 Sam", "run prepare as A");
}

static void prepared_as(struct drive *d, const char *instructions, const char *tools)
{
    drive_feed(d, &(struct mn_input){.type = MN_IN_RESULT,
                                     .ticket = d->jobs[d->njobs - 1].ticket,
                                     .text = mn_str(instructions),
                                     .tools = mn_str(tools)});
}

TEST(R26_what_changed_is_told_before_the_response_that_follows_a_tool)
{
    struct own o;

    after_a_tool(&o);
    prepared_as(&o.d, "I am A. This is Sam.", MORE);
    SEES(&o.d, "send session.update{instructions=I am A. This is Sam.,voice=marin}");
    model_updated(&o.d);
    SEES(&o.d, "send response.create");
    HISTORY(&o.d, "call c1 find_patient: Sam", "config : instructions, tools");
    drive_close(&o.d);
}

TEST(R26_what_is_as_it_was_is_not_sent)
{
    struct own o;

    after_a_tool(&o);
    prepared_as(&o.d, "I am A.", "[]");
    SEES(&o.d, "send response.create");
    drive_close(&o.d);
}

TEST(R50_what_changes_again_with_nothing_between_is_marked_once)
{
    struct own o;

    own_ready(&o);
    for (int i = 0; i < 3; i++) {
        drive_order(&o.d, MN_IN_REFRESH, NULL);
        prepared_as(&o.d, i % 2 == 0 ? "Two." : "Three.", "[]");
        model_updated(&o.d);
        drive_forget(&o.d);
    }
    HISTORY(&o.d, "config : instructions");
    drive_order(&o.d, MN_IN_REFRESH, NULL);
    prepared_as(&o.d, "Two.", MORE);
    model_updated(&o.d);
    drive_forget(&o.d);
    HISTORY(&o.d, "config : instructions", "config : tools");
    drive_close(&o.d);
}

TEST(R26_a_change_of_the_tools_alone_is_a_change)
{
    struct own o;

    after_a_tool(&o);
    prepared_as(&o.d, "I am A.", MORE);
    SEES(&o.d, "send session.update{instructions=I am A.,voice=marin}");
    model_updated(&o.d);
    drive_forget(&o.d);
    HISTORY(&o.d, "call c1 find_patient: Sam", "config : tools");
    drive_close(&o.d);
}

TEST(R26_an_agent_of_which_nothing_changes_is_left_alone)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    model_done(&d, "r1");
    drive_forget(&d);
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam", "send response.create");
    drive_order(&d, MN_IN_REFRESH, NULL);
    SEES_NOTHING(&d);
    drive_close(&d);
}

TEST(R26_the_author_asks_and_a_result_meanwhile_is_looked_at_after)
{
    struct own o;

    own_ready(&o);
    model_created(&o.d, "r1");
    model_call(&o.d, "r1", "c1", "find_patient", "{}");
    drive_forget(&o.d);
    drive_order(&o.d, MN_IN_REFRESH, NULL);
    SEES(&o.d, "run prepare as A");
    job_done(&o.d, "c1", "Sam");
    SEES(&o.d, "send output c1 Sam");
    prepared_as(&o.d, "Two.", "[]");
    SEES(&o.d, "send session.update{instructions=Two.,voice=marin}");
    model_updated(&o.d); /* one update at a time, so only now */
    SEES(&o.d, "run prepare as A");
    prepared_as(&o.d, "Two.", "[]");
    model_done(&o.d, "r1");
    SEES(&o.d, "send response.create");
    drive_close(&o.d);
}

TEST(R26_a_script_that_errs_or_hangs_leaves_the_agent_as_it_is)
{
    struct own o;

    after_a_tool(&o);
    job_fails(&o.d, "prepare", "");
    SEES(&o.d, "send response.create");
    drive_close(&o.d);
    after_a_tool(&o);
    drive_wait(&o.d, 2000);
    SEES(&o.d, "stop prepare", "note error agent=A code=refresh_failed from=myna",
         "send response.create");
    drive_close(&o.d);
}

TEST(R26_an_update_that_is_refused_or_lost_leaves_the_agent_as_it_is)
{
    struct own o;

    after_a_tool(&o);
    prepared_as(&o.d, "Two.", "[]");
    drive_forget(&o.d);
    model_error(&o.d, "invalid_value", o.d.event_id);
    SEES(&o.d, "note error agent=A code=invalid_value from=model class=caller",
         "note error agent=A code=refresh_failed from=myna", "send response.create");
    drive_close(&o.d);
    after_a_tool(&o);
    prepared_as(&o.d, "Two.", "[]");
    drive_forget(&o.d);
    drive_wait(&o.d, 2000);
    SEES(&o.d, "note error agent=A code=refresh_failed from=myna", "send response.create");
    drive_close(&o.d);
}

TEST(R26_a_handoff_makes_it_unneeded)
{
    struct own o;

    own_ready(&o);
    drive_order(&o.d, MN_IN_REFRESH, NULL);
    drive_forget(&o.d);
    drive_feed(&o.d, &(struct mn_input){.type = MN_IN_HANDOFF, .agent = 1});
    SEES(&o.d, "stop prepare", "run prepare as B");
    drive_close(&o.d);
}
