/* test_session_items.c - what becomes an item of the history, and what is told of it: R50, R51. */
#include "session_driver.h"

#include "base/err.h"

TEST(R50_a_message_in_two_parts_keeps_the_words_of_both)
{
    struct drive d;

    drive_ready(&d);
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "");
    model_words(&d, "r1", "i1", "One ");
    model_words(&d, "r1", "i1", "moment.");
    for (int part = 0; part < 2; part++)
        model_sends(&d,
                    "{'type':'response.output_audio_transcript.done','response_id':'r1',"
                    "'item_id':'i1','output_index':0,'content_index':%d,'transcript':'%s'}",
                    part, part == 0 ? "One moment!" : "Here it is.");
    HISTORY(&d, "assistant i1: One moment! Here it is.");
    model_sends(&d, "{'type':'conversation.item.added','item':{'id':'u1','type':'message',"
                    "'role':'user','content':[{'type':'input_audio','transcript':null},"
                    "{'type':'input_text','text':'That one.'}]}}");
    HISTORY(&d, "assistant i1: One moment! Here it is.", "user u1: That one.");
    model_sends(&d, "{'type':'conversation.item.input_audio_transcription.completed',"
                    "'item_id':'u1','content_index':0,'transcript':'Look.'}");
    HISTORY(&d, "assistant i1: One moment! Here it is.", "user u1: Look. That one.");
    drive_close(&d);
}

TEST(R50_words_of_parts_past_the_bound_are_kept_with_the_last)
{
    struct drive d;

    drive_ready(&d);
    model_sends(&d, "{'type':'conversation.item.added','item':{'id':'u1','type':'message',"
                    "'role':'user','content':[{'type':'input_text','text':'1'},"
                    "{'type':'input_text','text':'2'},{'type':'input_text','text':'3'},"
                    "{'type':'input_text','text':'4'},{'type':'input_text','text':'5'},"
                    "{'type':'input_text','text':'6'},{'type':'input_text','text':'7'},"
                    "{'type':'input_text','text':'8'},{'type':'input_text','text':' 9'}]}}");
    HISTORY(&d, "user u1: 1 2 3 4 5 6 7 8 9");
    drive_close(&d);
}

TEST(R50_an_image_is_kept_as_what_it_was)
{
    struct drive d;
    struct mn_buf out = {0};

    drive_ready(&d);
    model_sends(&d, "{'type':'conversation.item.added','item':{'id':'u1','type':'message',"
                    "'role':'user','content':[{'type':'input_text','text':'This.'},"
                    "{'type':'input_image','image_url':'data:image/png;base64,AAAAAAAA'},"
                    "{'type':'input_image','image_url':'https://a.test/b.jpg'}]}}");
    assert_int_equal(mn_session_history(d.s, 1, &out), 0);
    assert_string_equal(out.p, "[{\"id\":\"u1\",\"type\":\"message\",\"role\":\"user\","
                               "\"text\":\"This.\",\"images\":[{\"part\":1,\"type\":\"image/png\","
                               "\"bytes\":6},{\"part\":2,\"url\":\"https://a.test/b.jpg\"}]}]");
    mn_buf_free(&out);
    drive_close(&d);
}

TEST(R51_an_event_that_comes_twice_is_told_once)
{
    static const char done[] = "{'type':'response.output_item.done','response_id':'r1',"
                               "'output_index':0,'item':{'id':'i1','type':'message',"
                               "'role':'assistant','status':'completed'}}";
    static const char heard[] = "{'type':'conversation.item.input_audio_transcription.completed',"
                                "'item_id':'u1','content_index':0,'transcript':'%s'}";
    struct drive d;

    drive_init(&d);
    d.notes = 0;
    drive_open(&d);
    drive_set_up(&d);
    drive_forget(&d);
    d.notes = 1u << MN_NOTE_HISTORY_ADDED | 1u << MN_NOTE_HISTORY_UPDATED;
    model_item(&d, "user", "u1", "");
    model_item(&d, "user", "u1", "");
    SEES(&d, "note history_added agent=A item={\"id\":\"u1\",\"type\":\"message\","
             "\"role\":\"user\",\"text\":\"\"}");
    model_sends(&d, heard, "Hi.");
    model_sends(&d, heard, "Hi.");
    SEES(&d, "note history_updated agent=A item={\"id\":\"u1\",\"type\":\"message\","
             "\"role\":\"user\",\"text\":\"Hi.\"}");
    model_created(&d, "r1");
    model_item(&d, "assistant", "i1", "u1");
    drive_forget(&d);
    model_sends(&d, "%s", done);
    model_sends(&d, "%s", done);
    SEES(&d, "note history_updated agent=A item={\"id\":\"i1\",\"type\":\"message\","
             "\"role\":\"assistant\",\"agent\":\"A\",\"text\":\"\"}");
    drive_close(&d);
}

TEST(effects_that_nobody_takes_are_too_many_at_some_time_not_too_much_memory)
{
    const struct mn_str frame =
        MN_STR("{\"type\":\"conversation.item.truncate\",\"item_id\":\"i1\","
               "\"content_index\":0,\"audio_end_ms\":5}");
    struct drive d;
    struct mn_event ev;
    struct mn_fault why;
    int err = 0, fed = 0;

    drive_ready(&d);
    assert_int_equal(mn_event_decode(&ev, frame, MN_FROM_CLIENT, MN_GA, &mn_json_frame, &why), 0);
    while (err == 0 && ++fed <= 16385)
        err = mn_session_feed(d.s, &(struct mn_input){.type = MN_IN_CALLER, .event = &ev}, 1000);
    assert_int_equal(err, MN_EFULL);
    assert_int_equal(fed, 16385); /* one acknowledgement each */
    mn_event_free(&ev);
    drive_close(&d);
}
