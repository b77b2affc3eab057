/* test_ledger.c - what is made of plays that come in any order. */
#include "test.h"

#include "sim/ledger.h"

#include <stdlib.h>

struct book {
    struct mn_suite suite;
    struct mn_report report;
    struct mn_ledger ledger;
    char *text;
    size_t n;
};

static void open_book(struct book *b, int repeat)
{
    char path[] = MN_TEST_APPS "/desk/scenarios/right.lua";
    struct mn_buf why = {0};

    *b = (struct book){0};
    assert_int_equal(mn_suite_add(&b->suite, &(struct mn_suite_settings){.seed = 1}, path, &why),
                     0);
    b->report.out = open_memstream(&b->text, &b->n);
    b->ledger =
        (struct mn_ledger){.suite = &b->suite, .report = &b->report, .repeat = repeat, .file = -1};
    assert_int_equal(mn_ledger_grow(&b->ledger), 0);
    mn_buf_free(&why);
}

static void close_book(struct book *b)
{
    mn_report_end(&b->report);
    fclose(b->report.out);
    mn_ledger_free(&b->ledger);
    mn_suite_free(&b->suite);
    free(b->text);
}

static void add(struct book *b, int i, const char *record)
{
    struct mn_outcome outcome = {0};

    mn_buf_add_text(&outcome.record, record);
    mn_ledger_add(&b->ledger, i, &outcome, 1);
    mn_ledger_tell(&b->ledger);
    fflush(b->report.out);
}

TEST(a_case_waits_for_those_before_it)
{
    struct book b;

    open_book(&b, 1);
    add(&b, 1, "");
    assert_int_equal(b.report.passed, 0);
    add(&b, 0, "");
    assert_int_equal(b.report.passed, 2);
    close_book(&b);
}

TEST(the_first_record_that_differs_is_named)
{
    struct book b;

    open_book(&b, 3);
    add(&b, 0, "1 note a\n2 note b\n3 note c\n");
    add(&b, 0, "1 note a\n2 note b\n3 note c\n");
    add(&b, 0, "1 note a\n2 note x\n3 note c\n");
    assert_int_equal(b.report.failed, 1);
    assert_non_null(strstr(b.text, "played again, it went otherwise from record 2 on: "
                                   "\"2 note x\", where it was \"2 note b\""));
    close_book(&b);
}

TEST(a_record_that_ends_early_differs)
{
    struct book b;

    open_book(&b, 2);
    add(&b, 0, "1 note a\n2 note b\n");
    add(&b, 0, "1 note a\n");
    assert_non_null(strstr(b.text, "from record 2 on: \"\", where it was \"2 note b\""));
    close_book(&b);
}

TEST(plays_that_never_came_are_failures)
{
    struct book b;

    open_book(&b, 1);
    add(&b, 1, "");
    mn_ledger_abandon(&b.ledger, "the process that played it ended by signal 11");
    fflush(b.report.out);
    assert_int_equal(b.report.passed, 1);
    assert_int_equal(b.report.failed, 4);
    assert_int_equal(b.report.skipped, 1);
    assert_non_null(strstr(b.text, ": the process that played it ended by signal 11\n"));
    close_book(&b);
}
