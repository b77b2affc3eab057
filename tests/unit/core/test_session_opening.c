/* test_session_opening.c - how a call opens: on.call_start decides who answers (R68), and tools run
 * before the first words (R69). */
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
