/* test_turn_words.c - the words of a transcript that are worth a turn: R35. */
#include "core/turn_words.h"

#include "test.h"

static const struct mn_str ignored[] = {
    {"mhm", 3}, {"Uh-huh", 6}, {"all right", 9}, {"\xc3\x84hm", 4}};

TEST(R35_words_are_counted_without_those_to_ignore)
{
    static const struct {
        const char *text;
        int whole, partial;
    } rows[] = {
        {"", 0, 0},
        {" ... ", 0, 0},
        {"yes", 1, 0},
        {"yes ", 1, 1},
        {"yes please", 2, 1},
        {"Yes, please!", 2, 2},
        {"mhm", 0, 0},
        {"MHM. Mhm!", 0, 0},
        {"uh huh", 0, 0},
        {"uhhuh", 1, 0},
        {"Uh\xe2\x80\x91huh, yes.", 1, 1}, /* a hyphen of Unicode */
        {"all right", 0, 0},
        {"All right then.", 1, 1},
        {"all wrong.", 2, 2},
        {"\xc3\xa4hm.", 0, 0}, /* lower-case a with diaeresis */
        {"I don't know", 3, 2},
        {"\xe3\x81\xaf\xe3\x81\x84\xe3\x80\x82", 2, 2}, /* hai, and a full stop */
        {"\xe4\xbd\xa0\xe5\xa5\xbdyes", 3, 2},
        {"\xff\xfe", 1, 0}, /* no UTF-8: still no reason to read past the end */
        {"\xe3\x80", 1, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (mn_turn_words(mn_str(rows[i].text), true, ignored, 4) != rows[i].whole ||
            mn_turn_words(mn_str(rows[i].text), false, ignored, 4) != rows[i].partial)
            fail_msg("%s", rows[i].text);
    }
    assert_int_equal(mn_turn_words(MN_STR("mhm yes"), true, NULL, 0), 2);
}

TEST(R35_a_phrase_to_ignore_that_holds_no_word_matches_nothing)
{
    static const struct mn_str empty[] = {{"--", 2}};

    assert_int_equal(mn_turn_words(MN_STR("one two"), true, empty, 1), 2);
}
