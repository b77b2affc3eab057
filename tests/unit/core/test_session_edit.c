/* test_session_edit.c - the history as somebody wants it: R24, R52. */
#include "session_driver.h"

#include "base/err.h"

#include <stdio.h>

static int wants(struct drive *d, const char *items)
{
    struct mn_buf json = {0};
    int rc;

    for (const char *c = items; *c != '\0'; c++)
        mn_buf_add_byte(&json, *c == '\'' ? '"' : *c);
    rc = drive_feed(d, &(struct mn_input){.type = MN_IN_HISTORY, .text = mn_buf_str(&json)});
    mn_buf_free(&json);
    return rc;
}

static void says(struct drive *d, const char *role, const char *id, const char *words)
{
    model_sends(d,
                "{'type':'conversation.item.added','item':{'id':'%s','type':'message',"
                "'role':'%s','content':[{'type':'input_text','text':'%s'}]}}",
                id, role, words);
}

/* Two messages of the caller's, and between them a tool that was run. */
static void talked(struct drive *d)
{
    drive_ready(d);
    says(d, "user", "u1", "Hi.");
    model_created(d, "r1");
    model_call(d, "r1", "c1", "find_patient", "{}");
    job_done(d, "c1", "Sam");
    model_done(d, "r1");
    model_created(d, "r2");
    model_done(d, "r2");
    says(d, "user", "u2", "Thanks.");
    drive_forget(d);
    HISTORY(d, "user u1: Hi.", "call c1 find_patient: Sam", "user u2: Thanks.");
}

TEST(R52_a_history_that_was_dumped_is_told_to_the_model_in_its_order)
{
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    assert_int_equal(
        wants(&d, "[{'id':'u1','type':'message','role':'user','text':'Hi.'},"
                  "{'id':'i1','type':'message','role':'assistant','agent':'A','text':'One',"
                  "'interrupted':true,'heard_ms':300,'full_text':'One two.'},"
                  "{'type':'handoff','from':'A','to':'B'},"
                  "{'type':'function_call','name':'find','call_id':'c1','arguments':'{}',"
                  "'output':'Sam'},"
                  "{'type':'message','role':'user','text':'Not this.','forgotten':true},"
                  "{'role':'system','text':'Be brief.'}]"),
        0);
    drive_forget(&d);
    HISTORY(&d, "user #1: Hi.", "assistant #2: One", "A to B", "call c1 find: Sam",
            "[user #3: Not this.]", "system #4: Be brief.");
    d.app.greeting = MN_GREETING_NONE;
    drive_set_up(&d);
    SEES(&d,
         "send session.update{instructions=I am A.,format=audio/pcm/audio/pcm,"
         "turns=server_vad,voice=marin}",
         "send user #1: input_text Hi. behind root", "send assistant #2: output_text One behind #1",
         "send function_call #5 c1 behind #2", "send function_call_output #6 c1 behind #5",
         "send system #4: input_text Be brief. behind #6");
    drive_close(&d);
}

TEST(R52_what_is_left_out_goes_and_a_call_goes_with_its_output)
{
    struct drive d;

    talked(&d);
    assert_int_equal(wants(&d, "[{'id':'u2'}]"), 0);
    SEES(&d, "send delete u1", "send delete #1", "send delete item_c1");
    HISTORY(&d, "user u2: Thanks.");
    drive_close(&d);
}

TEST(R52_new_items_are_written_behind_those_they_follow)
{
    struct drive d;

    talked(&d);
    assert_int_equal(wants(&d, "[{'role':'system','text':'First.'},{'id':'u1'},{'id':'item_c1'},"
                               "{'role':'system','text':'Then.'},{'id':'u2','text':'Thanks.'},"
                               "{'role':'assistant','text':'Last.'}]"),
                     0);
    SEES(&d, "send system #1: input_text First. behind root",
         "send system #2: input_text Then. behind #3",
         "send assistant #4: output_text Last. behind u2");
    HISTORY(&d, "system #1: First.", "user u1: Hi.", "call c1 find_patient: Sam",
            "system #2: Then.", "user u2: Thanks.", "assistant #4: Last.");
    drive_close(&d);
}

TEST(R52_an_item_that_is_changed_or_moved_is_written_again_under_another_id)
{
    struct drive d;

    talked(&d);
    assert_int_equal(wants(&d, "[{'id':'u2'},{'id':'u1','role':'user','text':'Hi.'},"
                               "{'id':'item_c1','type':'function_call','name':'find_patient',"
                               "'call_id':'c1','arguments':'{}','output':'Ann'}]"),
                     0);
    SEES(&d, "send delete u1", "send delete #1", "send delete item_c1",
         "send user #2: input_text Hi. behind u2", "send function_call #3 c1 behind #2",
         "send function_call_output #4 c1 behind #3");
    HISTORY(&d, "user u2: Thanks.", "user #2: Hi.", "call c1 find_patient: Ann");
    drive_close(&d);
}

TEST(R52_what_the_model_is_to_forget_stays_and_can_be_brought_back)
{
    struct drive d;

    talked(&d);
    assert_int_equal(wants(&d, "[{'id':'u1','forgotten':true},{'id':'item_c1','forgotten':true},"
                               "{'id':'u2'}]"),
                     0);
    SEES(&d, "send delete u1", "send delete #1", "send delete item_c1");
    HISTORY(&d, "[user u1: Hi.]", "[call c1 find_patient: Sam]", "user u2: Thanks.");
    model_sends(&d, "{'type':'conversation.item.deleted','item_id':'u1'}");
    assert_int_equal(wants(&d, "[{'id':'u1'},{'id':'item_c1'},{'id':'u2'}]"), 0);
    SEES(&d, "send user #2: input_text Hi. behind root", "send function_call #3 c1 behind #2",
         "send function_call_output #4 c1 behind #3");
    model_sends(&d, "{'type':'conversation.item.deleted','item_id':'%s'}", d.made[0]);
    HISTORY(&d, "user #2: Hi.", "call c1 find_patient: Sam", "user u2: Thanks.");
    drive_close(&d);
}

TEST(R52_a_call_that_runs_stays_until_it_is_answered)
{
    struct drive d;

    drive_ready(&d);
    says(&d, "user", "u1", "Hi.");
    model_created(&d, "r1");
    model_call(&d, "r1", "c1", "find_patient", "{}");
    drive_forget(&d);
    assert_int_equal(wants(&d, "[]"), 0);
    SEES(&d, "send delete u1");
    HISTORY(&d, "call c1 find_patient: ");
    job_done(&d, "c1", "Sam");
    SEES(&d, "send output c1 Sam");
    drive_close(&d);
}

TEST(R52_an_item_of_the_response_under_way_goes_when_that_is_over)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    says(&d, "assistant", "i1", "Well");
    assert_int_equal(wants(&d, "[]"), 0);
    SEES_NOTHING(&d);
    model_done(&d, "r1");
    SEES(&d, "send delete i1");
    model_sends(&d, "{'type':'conversation.item.deleted','item_id':'i1'}");
    drive_close(&d);
}

TEST(R76_the_caller_hears_nothing_of_an_edit)
{
    struct drive d;

    talked(&d);
    assert_int_equal(wants(&d, "[{'id':'u1'},{'role':'assistant','text':'Hm.'}]"), 0);
    drive_forget(&d);
    d.tells = true;
    model_sends(&d, "{'type':'conversation.item.deleted','item_id':'u2'}");
    model_sends(&d,
                "{'type':'conversation.item.added','item':{'id':'%s','type':'message',"
                "'role':'assistant','content':[]}}",
                d.made[1]);
    model_sends(&d,
                "{'type':'conversation.item.done','item':{'id':'%s','type':'message',"
                "'role':'assistant','content':[]}}",
                d.made[1]);
    SEES_NOTHING(&d);
    model_sends(&d, "{'type':'conversation.item.deleted','item_id':'u1'}");
    SEES(&d, "then tell conversation.item.deleted");
    drive_close(&d);
}

TEST(R52_what_is_no_list_of_items_changes_nothing)
{
    static const char *const rows[] = {
        "",
        "{}",
        "[{'id':'u1'},{'type':'message','role':'king','text':'x'}]",
        "[{'type':'function_call','name':'find'}]",
        "[{'type':'function_call','call_id':'c9'}]",
        "[{'type':'song'}]",
        "[3]",
        NULL,
    };
    struct drive d;

    talked(&d);
    for (const char *const *row = rows; *row != NULL; row++)
        assert_int_equal(wants(&d, *row), MN_EPROTOCOL);
    SEES_NOTHING(&d);
    HISTORY(&d, "user u1: Hi.", "call c1 find_patient: Sam", "user u2: Thanks.");
    drive_close(&d);
}

static struct mn_buf many(int n)
{
    struct mn_buf items = {0};

    mn_buf_add_byte(&items, '[');
    for (int i = 0; i < n; i++)
        mn_buf_addf(&items, "%s{'role':'user','text':'%d'}", i > 0 ? "," : "", i);
    mn_buf_add_byte(&items, ']');
    return items;
}

TEST(R52_a_history_holds_as_many_items_as_it_holds)
{
    struct mn_buf most = many(4096), more = many(4097);
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    drive_forget(&d);
    assert_int_equal(wants(&d, more.p), MN_ELIMIT);
    assert_int_equal(wants(&d, most.p), 0);
    drive_close(&d);
    mn_buf_free(&most);
    mn_buf_free(&more);
}

TEST(R52_the_newest_thousand_items_are_told_to_the_model)
{
    struct mn_buf items = many(1001), out = {0};
    struct mn_json *history = NULL;
    struct drive d;

    drive_init(&d);
    drive_open(&d);
    assert_int_equal(wants(&d, items.p), 0);
    drive_set_up(&d);
    assert_int_equal(mn_session_history(d.s, 0, &out), 0);
    assert_int_equal(mn_json_parse(&history, mn_buf_str(&out), &mn_json_frame, NULL), 0);
    assert_true(mn_json_bool(mn_json_first(history), "forgotten", false));
    assert_false(mn_json_bool(mn_json_next(mn_json_first(history)), "forgotten", false));
    mn_json_free(history);
    mn_buf_free(&out);
    mn_buf_free(&items);
    drive_close(&d);
}
