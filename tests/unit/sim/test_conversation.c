/* test_conversation.c - items: their order, truncating, deleting, retrieving. */
#include "drive.h"

#include <stdio.h>

static void say(struct drive *d, const char *id, const char *after)
{
    drive_feed(d,
               "{'type':'conversation.item.create',%s%s%s'item':{'id':'%s','type':'message',"
               "'role':'user','content':[{'type':'input_text','text':'%s'}]}}",
               after != NULL ? "'previous_item_id':'" : "", after != NULL ? after : "",
               after != NULL ? "'," : "", id, id);
}

static const char *previous(struct drive *d)
{
    static char id[64];
    struct mn_str s = drive_at(drive_last(d, "conversation.item.added"), "previous_item_id");

    assert_true(s.n < sizeof(id));
    memcpy(id, s.n > 0 ? s.p : "", s.n);
    id[s.n] = '\0';
    return id;
}

TEST(items_are_told_with_the_one_before_them)
{
    struct drive d;

    drive_open(&d);
    say(&d, "item_a", NULL);
    assert_string_equal(previous(&d), "");
    say(&d, "item_b", NULL);
    assert_string_equal(previous(&d), "item_a");
    say(&d, "item_c", "item_a");
    assert_string_equal(previous(&d), "item_a");
    say(&d, "item_d", "root");
    assert_string_equal(previous(&d), "");
    say(&d, "item_e", NULL);
    assert_string_equal(previous(&d), "item_b");
    drive_close(&d);
}

TEST(an_id_is_given_once)
{
    struct drive d;

    drive_open(&d);
    say(&d, "item_a", NULL);
    say(&d, "item_a", NULL);
    drive_refused(&d, "item_create_duplicate_item_id", "item.id");
    drive_close(&d);
}

TEST(an_output_belongs_to_a_call)
{
    struct drive d;
    struct mn_str id;

    drive_open(&d);
    drive_calls(&d, "look", "{}");
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 1000);
    id = drive_at(drive_last(&d, "response.output_item.done"), "item.call_id");
    drive_feed(&d,
               "{'type':'conversation.item.create','item':{'type':'function_call_output',"
               "'call_id':'%.*s','output':'Nothing.'}}",
               MN_FMT(id));
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "conversation.item.done"), "item.output"), "Nothing."));
    drive_feed(&d, "{'type':'response.create'}");
    assert_string_equal(d.last_line, "Nothing.");
    drive_close(&d);
}

TEST(an_item_can_be_retrieved_and_deleted)
{
    struct drive d;

    drive_open(&d);
    say(&d, "item_a", NULL);
    drive_feed(&d, "{'type':'conversation.item.retrieve','item_id':'item_a'}");
    assert_true(mn_str_is(
        drive_at(drive_last(&d, "conversation.item.retrieved"), "item.content.0.text"), "item_a"));
    drive_feed(&d, "{'type':'conversation.item.delete','item_id':'item_a'}");
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "conversation.item.deleted"), "item_id"), "item_a"));
    drive_feed(&d, "{'type':'conversation.item.retrieve','item_id':'item_a'}");
    drive_refused(&d, "item_retrieve_invalid_item_id", "item_id");
    drive_close(&d);
}

static char spoken[64];

static void speak(struct drive *d, int64_t lasts_ms, int64_t pass_ms)
{
    struct mn_str id;

    drive_open(d);
    drive_says(d, "We are open from eight until six.", lasts_ms);
    drive_feed(d, "{'type':'response.create'}");
    drive_pass(d, pass_ms);
    id = drive_at(drive_last(d, "response.output_item.added"), "item.id");
    memcpy(spoken, id.p, id.n);
    spoken[id.n] = '\0';
}

static void truncate(struct drive *d, const char *id, int index, int ms)
{
    drive_feed(d,
               "{'type':'conversation.item.truncate','item_id':'%s','content_index':%d,"
               "'audio_end_ms':%d}",
               id, index, ms);
}

TEST(an_item_still_being_generated_cannot_be_deleted)
{
    struct drive d;

    speak(&d, 5000, 200);
    drive_feed(&d, "{'type':'conversation.item.delete','item_id':'%s'}", spoken);
    drive_refused(&d, "invalid_value", "item_id");
    drive_pass(&d, 3000);
    drive_feed(&d, "{'type':'conversation.item.delete','item_id':'%s'}", spoken);
    assert_int_equal(drive_count(&d, "conversation.item.deleted"), 1);
    drive_close(&d);
}

TEST(a_truncate_cuts_to_what_was_heard_and_forgets_the_words)
{
    struct drive d;

    speak(&d, 3000, 2000);
    truncate(&d, spoken, 0, 1500);
    assert_int_equal(drive_int(drive_last(&d, "conversation.item.truncated"), "audio_end_ms"),
                     1500);
    drive_feed(&d, "{'type':'conversation.item.retrieve','item_id':'%s'}", spoken);
    assert_int_equal(
        drive_at(drive_last(&d, "conversation.item.retrieved"), "item.content.0.transcript").n, 0);
    truncate(&d, spoken, 0, 1501);
    drive_refused(&d, "invalid_value", "audio_end_ms");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.message"),
                          "Audio content of 1500ms is already shorter than 1501ms"));
    drive_close(&d);
}

TEST(a_truncate_before_the_first_audio_is_refused)
{
    struct drive d;

    drive_open(&d);
    say(&d, "item_a", NULL);
    truncate(&d, "item_a", 0, 0);
    drive_refused(&d, "invalid_value", "item_id");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.message"),
                          "Only model output audio messages can be truncated"));
    drive_close(&d);
}

TEST(a_truncate_is_bounded_by_what_was_generated)
{
    struct drive d;

    speak(&d, 6000, 20 + 20 * 9); /* a second of it so far */
    truncate(&d, spoken, 0, 1001);
    drive_refused(&d, "invalid_value", "audio_end_ms");
    truncate(&d, spoken, 1, 500);
    drive_refused(&d, "invalid_value", "content_index");
    truncate(&d, spoken, 0, 1000);
    assert_int_equal(drive_count(&d, "conversation.item.truncated"), 1);
    drive_close(&d);
}

TEST(a_retrieved_item_carries_the_speech_of_the_model)
{
    struct drive d;
    const struct mn_json *item;
    struct mn_str known;
    char id[64];

    drive_open(&d);
    drive_says(&d, "Good morning.", 1000);
    drive_feed(&d, "{'type':'response.create'}");
    drive_pass(&d, 3000);
    known = drive_at(drive_last(&d, "response.done"), "response.output.0.id");
    snprintf(id, sizeof(id), "%.*s", MN_FMT(known));
    drive_feed(&d, "{'type':'conversation.item.retrieve','item_id':'%s'}", id);
    item = mn_json_get(drive_last(&d, "conversation.item.retrieved"), "item");
    assert_int_equal(drive_at(item, "content.0.audio").n, 48000 / 3 * 4); /* PCM16 at 24 kHz */
    drive_feed(&d,
               "{'type':'conversation.item.truncate','item_id':'%s','content_index':0,"
               "'audio_end_ms':500}",
               id);
    drive_feed(&d, "{'type':'conversation.item.retrieve','item_id':'%s'}", id);
    item = mn_json_get(drive_last(&d, "conversation.item.retrieved"), "item");
    assert_int_equal(drive_at(item, "content.0.audio").n, 24000 / 3 * 4);
    drive_close(&d);
}
