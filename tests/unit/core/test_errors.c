/* test_errors.c - each row of errors.def, through a session (R64). */
#include "core/errors.h"

#include "session_driver.h"

static const struct row {
    const char *code, *class;
    bool heals;
} rows[] = {
#define BENIGN                       "benign"
#define CALLER                       "caller"
#define FATAL                        "fatal"
#define MN_ERROR(code, class, heals) {(code), (class), (heals)},
#include "core/errors.def"
#undef MN_ERROR
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

TEST(R64_each_row_of_the_table_is_found_by_its_code)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct mn_error_meaning means = mn_error_meaning(mn_str(rows[i].code), (struct mn_str){0});

        assert_string_equal(mn_error_class_name(means.class), rows[i].class);
        assert_int_equal(means.heals, rows[i].heals);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rows[k].code, rows[i].code);
    }
}

/* Whose event it names: nobody's, the caller's, one of ours. */
static void look_at(const struct row *row, const char *event_id)
{
    bool ours = event_id != NULL && strncmp(event_id, "myna_", 5) == 0;
    bool benign = strcmp(row->class, "benign") == 0, told;
    struct drive d;

    drive_ready(&d);
    model_error(&d, row->code, event_id);
    told = d.seen.n > 0 && strstr(d.seen.p, "tell error ") != NULL;
    if (strcmp(row->class, "fatal") == 0) {
        assert_non_null(strstr(d.seen.p, "end 1011 "));
        assert_non_null(strstr(d.seen.p, row->code)); /* for the operator */
        assert_true(told);
    } else {
        bool floor = strcmp(row->code, "conversation_already_has_active_response") == 0 ||
                     strcmp(row->code, "response_cancel_not_active") == 0;

        assert_true(d.seen.n == 0 || strstr(d.seen.p, "end ") == NULL);
        assert_int_equal(told, !floor && !ours && (!benign || event_id != NULL));
        assert_int_equal(mn_session_benign(d.s), benign ? 1 : 0);
    }
    drive_close(&d);
}

TEST(R64_each_code_is_quiet_or_told_or_ends_the_call_as_its_row_says)
{
    for (size_t i = 0; i < ROWS; i++) {
        look_at(&rows[i], NULL);
        look_at(&rows[i], "mine");
        look_at(&rows[i], "myna_999");
    }
}

TEST(R64_a_new_code_is_told_by_its_type_and_else_the_callers_matter)
{
    struct mn_error_meaning means =
        mn_error_meaning(MN_STR("new_code"), MN_STR("authentication_error"));

    assert_int_equal(means.class, MN_ERROR_FATAL);
    assert_false(means.heals);
    means = mn_error_meaning((struct mn_str){0}, MN_STR("server_error"));
    assert_int_equal(means.class, MN_ERROR_CALLER);
    assert_true(means.heals);
    means = mn_error_meaning((struct mn_str){0}, (struct mn_str){0});
    assert_int_equal(means.class, MN_ERROR_CALLER);
    assert_false(means.heals);
}

TEST(R64_the_reason_of_a_close_frame_has_its_code_behind_a_dot)
{
    struct mn_error_meaning means =
        mn_error_meaning(MN_STR("invalid_request_error.invalid_api_key"), (struct mn_str){0});

    assert_int_equal(means.class, MN_ERROR_FATAL);
    assert_false(means.heals);
}

TEST(R64_a_failed_response_that_no_other_can_follow_ends_the_call)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_sends(&d,
                "{'type':'response.done','response':{'id':'r1','conversation_id':'conv','status':"
                "'failed','status_details':{'error':{'code':'insufficient_quota'}},'output':[]}}");
    SEES(&d, "note error agent=A code=insufficient_quota from=model class=fatal", "hang up 1",
         "tell error upstream_refused - for -",
         "note error agent=A code=upstream_refused from=myna", "end 1011 upstream_refused");
    drive_close(&d);
}
