/* test_state.c - the session's jobs: instructions and tools, tool calls over HTTP, handoffs,
 * events, orders. */
#include "base/err.h"
#include "test.h"
#include "world.h"

#include <string.h>

static void open_clinic(struct world *w)
{
    world_open(w);
    if (world_load_path(w, MN_TEST_APPS "/clinic") != 0)
        fail_msg("%s", world_text(&w->why));
    world_call(w);
}

static const char find[] = "{\"name\":\"Sam Latif\",\"born\":\"1980-05-01\"}";

static void assert_state(struct world *w, const char *json)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_state_dump(w->state, &out), 0);
    assert_string_equal(out.p, json);
    mn_buf_free(&out);
}

TEST(prepare_gives_filled_instructions_and_tools_as_written)
{
    struct world w;

    open_clinic(&w);
    assert_string_equal(world_prepare(&w, 0), "You are the desk.\n"
                                              "You speak with nobody, whoever (+441).\n");
    assert_int_equal(w.results[2].err, 0);
    assert_string_equal(
        world_text(&w.results[2].tools),
        "[{\"type\":\"function\",\"name\":\"find_patient\",\"description\":\"Find a patient.\","
        "\"parameters\":{\"type\":\"object\",\"properties\":{"
        "\"name\":{\"type\":\"string\",\"description\":\"Full name\"},"
        "\"born\":{\"type\":\"string\",\"description\":\"Date of birth\",\"format\":\"date\"},"
        "\"site\":{\"type\":\"string\",\"description\":\"Which practice\","
        "\"enum\":[\"north\",\"south\"]},"
        "\"limit\":{\"type\":\"integer\",\"description\":\"How many\",\"minimum\":1,"
        "\"maximum\":9,\"default\":3}},"
        "\"required\":[\"name\",\"born\"],\"additionalProperties\":false}},"
        "{\"type\":\"function\",\"name\":\"datetime\","
        "\"description\":\"Get the current date, weekday and time.\","
        "\"parameters\":{\"type\":\"object\",\"properties\":{},\"required\":[],"
        "\"additionalProperties\":false}},"
        "{\"type\":\"function\",\"name\":\"transfer_to_Billing\","
        "\"description\":\"Handoff to the Billing agent to handle the request. "
        "Answers questions about invoices.\","
        "\"parameters\":{\"type\":\"object\",\"properties\":{},\"required\":[],"
        "\"additionalProperties\":false}}]");
    world_close(&w);
}

TEST(R21_a_transfer_tool_may_have_the_authors_name_words_and_input)
{
    struct world w;

    open_clinic(&w);
    assert_string_equal(world_prepare(&w, 1), "You bill nobody.");
    assert_string_equal(
        world_text(&w.results[2].tools),
        "[{\"type\":\"function\",\"name\":\"back\",\"description\":\"Go back.\","
        "\"parameters\":{\"type\":\"object\",\"properties\":{\"reason\":{\"type\":\"string\","
        "\"description\":\"Why\"}},\"required\":[\"reason\"],\"additionalProperties\":false}}]");
    world_close(&w);
}

TEST(a_tool_asks_over_http_and_its_table_becomes_json)
{
    struct world w;

    open_clinic(&w);
    assert_null(world_tool(&w, "find_patient", find));
    assert_int_equal(w.nasks, 1);
    assert_string_equal(w.asks[0].method, "GET");
    assert_string_equal(w.asks[0].url, "http://clinic.test/api/patients?born=1980-05-01&limit=3"
                                       "&name=Sam%20Latif");
    assert_string_equal(w.asks[0].headers, "Authorization: Bearer very-secret-key\n");
    assert_int_equal(w.asks[0].connect_ms, 1000);
    world_answer(&w, 0, 200, "{\"name\":\"Sam\",\"id\":22,\"x\":null,\"rows\":[]}");
    assert_true(w.results[1].set);
    assert_int_equal(w.results[1].err, 0);
    assert_string_equal(world_text(&w.results[1].text), "{\"id\":22,\"name\":\"Sam\",\"rows\":[]}");
    assert_state(&w, "{\"patient\":{\"id\":22,\"name\":\"Sam\",\"rows\":[]},\"visits\":1}");
    assert_int_equal(mn_state_tasks(w.state), 0);
    world_close(&w);
}

TEST(a_request_ends_before_its_tools_time_does)
{
    struct world w;

    open_clinic(&w);
    world_tool(&w, "find_patient", find);
    assert_int_equal(w.asks[0].total_ms, 3900); /* 4 s of the tool, though the client allows 6 */
    world_close(&w);
}

TEST(R11_a_failed_request_is_put_in_the_clients_words)
{
    static const struct {
        int status;
        const char *code, *body, *words;
    } rows[] = {
        {429, NULL, "{}", "We are busy."},
        {503, NULL, "down", "It is broken."},
        {400, NULL, "{\"why\":\"closed\"}", "No: closed"},
        {0, "timeout", NULL, "It takes too long."},
        {0, "refused", NULL, "I cannot reach the records."},
        {301, NULL, "", "I cannot reach the records."},
        {200, NULL, "not json", "I cannot reach the records."},
    };
    struct world w;

    open_clinic(&w);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_null(world_tool(&w, "find_patient", find));
        if (rows[i].code != NULL)
            world_refuse(&w, (int)i, rows[i].code);
        else
            world_answer(&w, (int)i, rows[i].status, rows[i].body);
        assert_true(w.results[1].set);
        assert_int_equal(w.results[1].err, MN_ESCRIPT);
        assert_string_equal(world_text(&w.results[1].text), rows[i].words);
    }
    world_has(&w.logged, "a tool gave up");
    world_has(&w.logged, "GET /patients: status 503: down");
    world_has(&w.logged, "tool=find_patient");
    world_has(&w.logged, "call_id=call_1");
    world_lacks(&w.logged, "very-secret-key");
    world_close(&w);
}

TEST(R11_arguments_that_break_the_schema_never_reach_the_tool)
{
    struct world w;

    open_clinic(&w);
    assert_string_equal(world_tool(&w, "find_patient", "{\"name\":\"Sam\",\"born\":\"May\"}"),
                        "The arguments were not accepted: born: expected a date as YYYY-MM-DD, "
                        "got \"May\"");
    assert_int_equal(w.results[1].err, MN_ESCRIPT);
    assert_non_null(strstr(world_tool(&w, "find_patient", "{\"name\":"), "not accepted"));
    assert_non_null(strstr(world_tool(&w, "find_patient", "[]"), "expected a JSON object"));
    assert_non_null(strstr(world_tool(&w, "find_patient", ""), "not accepted"));
    assert_int_equal(w.nasks, 0);
    world_close(&w);
}

TEST(a_null_for_an_optional_argument_is_absent)
{
    struct world w;

    open_clinic(&w);
    assert_null(world_tool(&w, "find_patient",
                           "{\"name\":\"S\",\"born\":\"1980-05-01\",\"site\":null,"
                           "\"limit\":null}"));
    assert_string_equal(w.asks[0].url,
                        "http://clinic.test/api/patients?born=1980-05-01&limit=3&name=S");
    world_close(&w);
}

TEST(a_disabled_tool_is_not_offered_and_does_not_run)
{
    struct world w;

    open_clinic(&w);
    assert_int_equal(mn_state_run(w.state, 1, MN_JOB_TOOL, 1, 0, "c", MN_STR("{}")), 0);
    world_advance(&w, 0);
    assert_string_equal(world_text(&w.results[1].text),
                        "The tool secret_tool is not available now.");
    world_close(&w);
}

TEST(a_handoffs_input_reaches_on_handoff)
{
    struct world w;

    open_clinic(&w);
    assert_int_equal(
        mn_state_run(w.state, 1, MN_JOB_HANDOFF, 1, 1, "c", MN_STR("{\"reason\":\"paid\"}")), 0);
    world_advance(&w, 0);
    assert_int_equal(w.results[1].err, 0);
    assert_state(&w, "{\"patient\":{\"name\":\"nobody\"},\"reason\":\"paid\",\"visits\":0}");
    assert_int_equal(mn_state_run(w.state, 1, MN_JOB_HANDOFF, 1, 1, "c", MN_STR("{}")), 0);
    world_advance(&w, 0);
    assert_int_equal(w.results[1].err, MN_ESCRIPT);
    world_has(&w.results[1].text, "reason");
    world_close(&w);
}

TEST(a_job_is_never_done_before_run_returns)
{
    struct world w;

    open_clinic(&w);
    world_start(&w, 1, "datetime", "{}");
    assert_false(w.results[1].set);
    world_advance(&w, 0);
    assert_string_equal(world_text(&w.results[1].text),
                        "{\"date\":\"2026-05-28\",\"time\":\"21:26\","
                        "\"timezone\":\"Europe/London\",\"weekday\":\"Thursday\"}");
    world_close(&w);
}

TEST(a_stopped_job_is_cancelled_and_not_answered)
{
    struct world w;

    open_clinic(&w);
    world_tool(&w, "find_patient", find);
    mn_state_stop(w.state, 1);
    assert_true(w.asks[0].cancelled);
    assert_int_equal(mn_state_tasks(w.state), 0);
    mn_state_stop(w.state, 1);
    mn_state_stop(w.state, 99);
    world_advance(&w, 10000);
    assert_false(w.results[1].set);
    world_close(&w);
}

TEST(closing_ends_what_is_under_way)
{
    struct world w;

    open_clinic(&w);
    world_tool(&w, "find_patient", find);
    mn_state_close(w.state);
    w.state = NULL;
    assert_true(w.asks[0].cancelled);
    world_advance(&w, 10000);
    assert_false(w.results[1].set);
    world_close(&w);
}

TEST(a_state_may_be_closed_by_its_own_done)
{
    struct world w;

    open_clinic(&w);
    w.close_in_done = true;
    world_start(&w, 1, "datetime", "{}");
    world_start(&w, 2, "datetime", "{}");
    world_advance(&w, 0);
    assert_true(w.results[1].set);
    assert_false(w.results[2].set);
    world_close(&w);
}

TEST(jobs_of_no_such_agent_or_tool_are_refused)
{
    struct world w;

    open_clinic(&w);
    assert_int_equal(mn_state_run(w.state, 1, MN_JOB_TOOL, 9, 0, "c", MN_STR("{}")), MN_EABSENT);
    assert_int_equal(mn_state_run(w.state, 1, MN_JOB_TOOL, 0, 9, "c", MN_STR("{}")), MN_EABSENT);
    assert_int_equal(mn_state_run(w.state, 1, MN_JOB_PREPARE, -1, 0, "", MN_STR("")), MN_EABSENT);
    world_close(&w);
}

TEST(what_a_word_makes_unchecked_in_a_call_is_what_it_makes_checked)
{
    struct world w;

    world_open(&w);
    if (world_load_path(&w, MN_TEST_APPS "/twice") != 0)
        fail_msg("%s", world_text(&w.why));
    world_call(&w);
    assert_string_equal(world_tool(&w, "compare", "{}"), "the same");
    world_close(&w);
}
