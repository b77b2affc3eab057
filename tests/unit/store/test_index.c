/* test_index.c - sections found by their words, ranked and bounded. */
#include "store/index.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static struct mn_index *ix;
static struct mn_buf out;

/* The literal's own NUL ends the last text. */
#define OPEN(files)                                                                                \
    assert_int_equal(mn_index_open(&ix, (struct mn_str){(files), sizeof(files)}, &out), 0)

static void close_all(void)
{
    mn_index_close(ix);
    ix = NULL;
    mn_buf_free(&out);
}

static const char *search(const char *question, int limit)
{
    mn_buf_clear(&out);
    assert_int_equal(mn_index_search(ix, mn_str(question), limit, &out), 0);
    return out.p;
}

static const char practice[] = "hours.md\0"
                               "Barton Dental.\n\n# Opening hours\n\nWe are open from eight.\n\n"
                               "## Saturdays\nFrom nine until noon.\n\0"
                               "prices.md\0"
                               "# Prices\nA crown costs 300 pounds, a caf\xc3\xa9 nothing.\n";

TEST(sections_are_found_by_their_words)
{
    OPEN(practice);
    assert_non_null(strstr(search("What does a crown cost?", 5),
                           "[{\"path\":\"prices.md\",\"title\":\"Prices\",\"snippet\":\"A crown "
                           "costs 300 pounds, a caf\xc3\xa9 nothing.\",\"text\":\"A crown costs"));
    assert_non_null(strstr(search("saturday", 5), "\"title\":\"Saturdays\""));
    assert_non_null(strstr(search("CAFE", 5), "\"path\":\"prices.md\""));
    assert_non_null(strstr(search("barton", 5), "\"title\":\"hours.md\""));
    assert_string_equal(search("zebra", 5), "[]");
    close_all();
}

TEST(a_title_counts_more_than_a_text_and_the_best_comes_first)
{
    OPEN("a.md\0# Dogs\nA cat is here, and so are other words.\n\0"
         "b.md\0# Cats\nNothing of the kind stands in this.\n");
    assert_non_null(strstr(search("cats", 5), "[{\"path\":\"b.md\""));
    assert_non_null(strstr(out.p, "\"path\":\"a.md\""));
    assert_null(strstr(search("cats", 1), "a.md"));
    close_all();
}

TEST(a_question_is_never_a_query_language)
{
    OPEN(practice);
    assert_string_equal(search("\"", 5), "[]");
    assert_string_equal(search("", 5), "[]");
    assert_string_equal(search("path: NEAR( * ^ - +", 5), "[]");
    assert_non_null(strstr(search("crown\" AND (NOT pounds", 5), "prices.md"));
    close_all();
}

TEST(a_question_and_its_answers_have_their_bounds)
{
    static char files[64 * 1024];
    struct mn_buf question = {0};
    size_t n = 0;

    for (int i = 0; i < MN_INDEX_FOUND + 1; i++)
        n += (size_t)sprintf(files + n, "%d.md%c# T\nword %d\n%c", i, 0, i, 0);
    assert_int_equal(mn_index_open(&ix, (struct mn_str){files, n}, &out), 0);
    search("word", 1000);
    n = 0;
    for (const char *at = out.p; (at = strstr(at, "\"path\"")) != NULL; at++)
        n++;
    assert_int_equal(n, MN_INDEX_FOUND);
    for (int i = 0; i < MN_INDEX_WORDS - 1; i++)
        mn_buf_add_text(&question, "x ");
    mn_buf_add_text(&question, "word");
    assert_non_null(strstr(search(question.p, 1), "word"));
    mn_buf_clear(&question);
    for (int i = 0; i < MN_INDEX_WORDS; i++)
        mn_buf_add_text(&question, "x ");
    mn_buf_add_text(&question, "word");
    assert_string_equal(search(question.p, 1), "[]");
    mn_buf_free(&question);
    close_all();
}

TEST(a_long_section_is_cut_between_characters)
{
    struct mn_buf files = {0};
    const char *text;

    mn_buf_add(&files, "a.md\0# T\nx", 10);
    for (int i = 0; i < MN_INDEX_SECTION_BYTES; i++)
        mn_buf_add_text(&files, "\xc3\xa9");
    mn_buf_add_text(&files, " word");
    assert_int_equal(mn_index_open(&ix, mn_buf_str(&files), &out), 0);
    text = strstr(search("word", 1), "\"text\":\"") + strlen("\"text\":\"");
    assert_int_equal(strcspn(text, "\""), MN_INDEX_SECTION_BYTES - 1);
    assert_null(strstr(text, "\xef\xbf\xbd"));
    mn_buf_free(&files);
    close_all();
}

TEST(an_index_of_nothing_finds_nothing)
{
    assert_int_equal(mn_index_open(&ix, (struct mn_str){NULL, 0}, &out), 0);
    assert_string_equal(search("word", 5), "[]");
    close_all();
}
