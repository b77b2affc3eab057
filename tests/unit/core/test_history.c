/* test_history.c - the order of items, and the words that were heard of them. */
#include "core/history.h"

#include "test.h"

#include <stdio.h>

static struct mn_item *put(struct mn_history *h, const char *id, const char *previous)
{
    bool added;
    struct mn_item *item = mn_history_put(h, mn_str(id), mn_str(previous), &added);

    assert_non_null(item);
    return item;
}

static void assert_order(const struct mn_history *h, const char *ids)
{
    char seen[256] = "";

    for (const struct mn_list *l = h->items.next; l != &h->items; l = l->next)
        strcat(seen, mn_container_of(l, struct mn_item, link)->id);
    assert_string_equal(seen, ids);
}

TEST(R50_items_stand_where_their_previous_item_puts_them)
{
    struct mn_history h;

    mn_history_init(&h);
    put(&h, "a", NULL);
    put(&h, "c", "a");
    put(&h, "b", "a");
    put(&h, "d", "nobody");
    put(&h, "0", "root");
    assert_order(&h, "0abcd");
    mn_history_free(&h);
}

TEST(R51_an_item_is_added_once)
{
    struct mn_history h;
    bool added;

    mn_history_init(&h);
    mn_history_put(&h, MN_STR("a"), MN_STR(""), &added);
    assert_true(added);
    mn_history_put(&h, MN_STR("a"), MN_STR("root"), &added);
    assert_false(added);
    assert_int_equal(h.count, 1);
    mn_history_free(&h);
}

TEST(R50_a_handoff_stays_behind_what_it_followed)
{
    struct mn_history h;

    mn_history_init(&h);
    put(&h, "call", NULL);
    put(&h, "handoff", NULL)->kind = MN_ITEM_HANDOFF;
    put(&h, "output", "call");
    put(&h, "words", "output");
    assert_order(&h, "callhandoffoutputwords");
    mn_history_free(&h);
}

TEST(past_its_bound_a_history_forgets_the_oldest_and_never_the_new)
{
    struct mn_history h;
    char id[16];

    mn_history_init(&h);
    for (int i = 0; i < MN_HISTORY_ITEMS; i++) {
        snprintf(id, sizeof(id), "%d", i);
        put(&h, id, NULL);
    }
    put(&h, "front", "root"); /* where the oldest is taken from */
    assert_int_equal(h.count, MN_HISTORY_ITEMS);
    assert_non_null(mn_history_find(&h, MN_STR("front")));
    assert_null(mn_history_find(&h, MN_STR("0")));
    mn_history_free(&h);
}

/* "One two " came with nothing spoken, "three four" after 800 ms, of 1800 ms in all. */
static void cut(int64_t heard_ms, const char *text)
{
    struct mn_history h;
    struct mn_item *item;

    mn_history_init(&h);
    item = put(&h, "a", NULL);
    mn_item_say(item, 0, MN_STR("One two "), 0);
    mn_item_say(item, 0, MN_STR("three "), 800);
    mn_item_say(item, 0, MN_STR("four"), 800);
    assert_int_equal(mn_item_cut(item, heard_ms, 1800), 0);
    assert_string_equal(item->text.p, text);
    assert_string_equal(item->full.p, "One two three four");
    assert_int_equal(item->heard_ms, heard_ms);
    assert_true(item->interrupted);
    mn_history_free(&h);
}

TEST(R34_text_is_cut_where_its_audio_was)
{
    cut(0, "");
    cut(299, "");
    cut(400, "One");
    cut(800, "One two");
    cut(1400, "One two three");
    cut(1799, "One two three");
    cut(1800, "One two three four");
}

TEST(R34_words_that_came_after_the_last_audio_were_not_heard)
{
    struct mn_history h;
    struct mn_item *item;

    mn_history_init(&h);
    item = put(&h, "a", NULL);
    mn_item_say(item, 0, MN_STR("One two "), 0);
    mn_item_say(item, 0, MN_STR("three four"), 800);
    mn_item_cut(item, 800, 800);
    assert_string_equal(item->text.p, "One two");
    mn_history_free(&h);
}

TEST(R34_a_second_cut_changes_nothing)
{
    struct mn_history h;
    struct mn_item *item;

    mn_history_init(&h);
    item = put(&h, "a", NULL);
    mn_item_say(item, 0, MN_STR("One two"), 0);
    mn_item_cut(item, 500, 1000);
    mn_item_cut(item, 900, 1000);
    mn_item_say(item, 0, MN_STR(" three"), 0);
    assert_string_equal(item->text.p, "One");
    assert_string_equal(item->full.p, "One two");
    assert_int_equal(item->heard_ms, 500);
    mn_history_free(&h);
}

TEST(R34_a_script_without_spaces_is_cut_between_characters)
{
    struct mn_history h;
    struct mn_item *item;

    mn_history_init(&h);
    item = put(&h, "a", NULL);
    for (int i = 0; i < 30; i++)
        mn_item_say(item, 0, MN_STR("\xe6\x97\xa5"), 0); /* three bytes */
    mn_item_cut(item, 500, 900);                         /* byte 50 */
    assert_int_equal(item->text.n, 48);
    mn_history_free(&h);
}

TEST(R34_more_pieces_than_marks_lengthen_the_last)
{
    struct mn_history h;
    struct mn_item *item;

    mn_history_init(&h);
    item = put(&h, "a", NULL);
    for (int i = 0; i < 2 * MN_HISTORY_MARKS; i++)
        mn_item_say(item, 0, MN_STR("word "), i * 10);
    assert_int_equal(item->nmarks, MN_HISTORY_MARKS);
    mn_item_cut(item, 20 * MN_HISTORY_MARKS, 20 * MN_HISTORY_MARKS);
    assert_int_equal(item->text.n, 5 * 2 * MN_HISTORY_MARKS);
    mn_history_free(&h);
}

static void assert_written(const struct mn_history *h, int last, const char *json)
{
    struct mn_buf out = {0};

    assert_int_equal(mn_history_write(h, last, &out), 0);
    assert_string_equal(out.p, json);
    mn_buf_free(&out);
}

TEST(a_history_is_written_oldest_first_without_what_is_not_shown)
{
    struct mn_history h;
    struct mn_item *item;

    mn_history_init(&h);
    assert_written(&h, 0, "[]");
    assert_written(&h, 3, "[]");
    item = put(&h, "a", NULL);
    memcpy(item->role, "user", 5);
    mn_buf_add_text(&item->text, "Hi.");
    put(&h, "b", NULL)->kind = MN_ITEM_OUTPUT;
    item = put(&h, "c", NULL);
    item->kind = MN_ITEM_CALL;
    memcpy(item->name, "find", 5);
    memcpy(item->call_id, "c1", 3);
    mn_buf_add_text(&item->text, "{}");
    assert_written(&h, 1,
                   "[{\"id\":\"c\",\"type\":\"function_call\",\"name\":\"find\",\"call_id\":\"c1\","
                   "\"arguments\":\"{}\",\"output\":null}]");
    mn_history_remove(&h, item);
    assert_written(&h, 1,
                   "[{\"id\":\"a\",\"type\":\"message\",\"role\":\"user\",\"text\":\"Hi.\"}]");
    assert_written(&h, 9,
                   "[{\"id\":\"a\",\"type\":\"message\",\"role\":\"user\",\"text\":\"Hi.\"}]");
    mn_history_free(&h);
}
