/* test_refusals.c - every client event: a form that is right, and forms that are wrong with the
 * code and param the server answers. */
#include "drive.h"

static const struct {
    const char *frame;
    const char *answer; /* the types told; NULL: an error */
    const char *code, *param;
} frames[] = {
    /* what is no event */
    {"", NULL, "invalid_json", ""},
    {"hello", NULL, "invalid_json", ""},
    {"[]", NULL, "invalid_event", ""},
    {"{}", NULL, "invalid_event", ""},
    {"{'type':7}", NULL, "invalid_type", "type"},
    {"{'type':'session.created'}", NULL, "invalid_value", "type"},
    {"{'type':'no.such.event'}", NULL, "invalid_value", "type"},

    /* session.update */
    {"{'type':'session.update','session':{'type':'realtime'}}", "session.updated", 0, 0},
    {"{'type':'session.update','session':{'type':'transcription'}}", NULL, "invalid_value",
     "session.type"},
    {"{'type':'session.update'}", NULL, "missing_required_parameter", "session"},
    {"{'type':'session.update','session':{}}", NULL, "missing_required_parameter", "session.type"},
    {"{'type':'session.update','session':{'type':'realtime','colour':1}}", NULL,
     "unknown_parameter", "session.colour"},
    {"{'type':'session.update','session':{'type':'realtime','voice':'ash'}}", NULL,
     "unknown_parameter", "session.voice"},
    {"{'type':'session.update','session':{'type':'realtime','instructions':7}}", NULL,
     "invalid_type", "session.instructions"},
    {"{'type':'session.update','session':{'type':'realtime','model':'other'}}", NULL,
     "invalid_value", "session.model"},
    {"{'type':'session.update','session':{'type':'realtime','model':'gpt-realtime'}}",
     "session.updated", 0, 0},
    {"{'type':'session.update','session':{'type':'realtime','output_modalities':['audio','text']}}",
     NULL, "array_above_max_length", "session.output_modalities"},
    {"{'type':'session.update','session':{'type':'realtime','output_modalities':[]}}", NULL,
     "invalid_value", "session.output_modalities"},
    {"{'type':'session.update','session':{'type':'realtime','max_output_tokens':0}}", NULL,
     "integer_below_min_value", "session.max_output_tokens"},
    {"{'type':'session.update','session':{'type':'realtime','max_output_tokens':'inf'}}",
     "session.updated", 0, 0},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'output':{'speed':2}}}}", NULL,
     "decimal_above_max_value", "session.audio.output.speed"},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'input':{'turn_detection':"
     "{'type':'server_vad','threshold':1.5}}}}}",
     NULL, "decimal_above_max_value", "session.audio.input.turn_detection.threshold"},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'input':{'turn_detection':"
     "{'type':'server_vad','idle_timeout_ms':100}}}}}",
     NULL, "integer_below_min_value", "session.audio.input.turn_detection.idle_timeout_ms"},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'input':{'turn_detection':"
     "{'type':'server_vad','silence_duration_ms':4294967396}}}}}",
     NULL, "invalid_value", "session.audio.input.turn_detection"},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'input':{'turn_detection':"
     "{'type':'semantic_vad','eagerness':'high'}}}}}",
     "session.updated", 0, 0},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'input':{'turn_detection':"
     "null}}}}",
     "session.updated", 0, 0},
    {"{'type':'session.update','session':{'type':'realtime','audio':{'input':{'format':"
     "{'type':'audio/pcmu'}}}}}",
     "session.updated", 0, 0},
    {"{'type':'session.update','session':{'type':'realtime','tools':[{'type':'function',"
     "'name':'a b'}]}}",
     NULL, "invalid_value", "session.tools"},
    {"{'type':'session.update','session':{'type':'realtime','tools':[{'type':'function',"
     "'name':'look'}],'tool_choice':'required'}}",
     "session.updated", 0, 0},

    /* conversation.item.create */
    {"{'type':'conversation.item.create','item':{'type':'message','role':'user','content':"
     "[{'type':'input_text','text':'Hi'}]}}",
     "conversation.item.added conversation.item.done", 0, 0},
    {"{'type':'conversation.item.create','item':{'type':'message','role':'system','content':"
     "[{'type':'input_text','text':'Hi'}]}}",
     "conversation.item.added conversation.item.done", 0, 0},
    {"{'type':'conversation.item.create','item':{'type':'message','role':'assistant','content':"
     "[{'type':'output_text','text':'Hi'}]}}",
     "conversation.item.added conversation.item.done", 0, 0},
    {"{'type':'conversation.item.create','item':{'type':'message','role':'user','content':"
     "[{'type':'input_image','image_url':'data:image/png;base64,AA=='}]}}",
     "conversation.item.added conversation.item.done", 0, 0},
    {"{'type':'conversation.item.create','item':{'type':'function_call','name':'look',"
     "'arguments':'{}','call_id':'call_1'}}",
     "conversation.item.added conversation.item.done", 0, 0},
    {"{'type':'conversation.item.create'}", NULL, "missing_required_parameter", "item"},
    {"{'type':'conversation.item.create','item':{'type':'message','role':'user','content':"
     "[{'type':'output_text','text':'Hi'}]}}",
     NULL, "invalid_value", "item.content[0].type"},
    {"{'type':'conversation.item.create','item':{'type':'message','role':'assistant','content':"
     "[{'type':'output_audio','transcript':'Hi'}]}}",
     NULL, "invalid_value", "item.content[0].type"},
    {"{'type':'conversation.item.create','item':{'type':'message','role':'user','content':"
     "[{'type':'input_text'}]}}",
     NULL, "missing_required_parameter", "item.content[0].text"},
    {"{'type':'conversation.item.create','previous_item_id':'nobody','item':{'type':'message',"
     "'role':'user','content':[{'type':'input_text','text':'Hi'}]}}",
     NULL, "item_create_invalid_previous_item_id", "previous_item_id"},
    {"{'type':'conversation.item.create','item':{'id':'a23456789b123456789c123456789d123',"
     "'type':'message','role':'user','content':[]}}",
     NULL, "string_above_max_length", "item.id"},
    {"{'type':'conversation.item.create','item':{'type':'function_call_output','call_id':'nobody',"
     "'output':'x'}}",
     NULL, "invalid_tool_call_id", ""},
    {"{'type':'conversation.item.create','item':{'type':'function_call_output','call_id':'c'}}",
     NULL, "missing_required_parameter", "item.output"},

    /* response.create takes what it knows */
    {"{'type':'response.create','response':{'foo':1}}", NULL, "unknown_parameter", "response.foo"},

    /* retrieve, delete, truncate */
    {"{'type':'conversation.item.retrieve','item_id':'nobody'}", NULL,
     "item_retrieve_invalid_item_id", "item_id"},
    {"{'type':'conversation.item.retrieve'}", NULL, "missing_required_parameter", "item_id"},
    {"{'type':'conversation.item.delete','item_id':'nobody'}", NULL, "item_delete_invalid_item_id",
     "item_id"},
    {"{'type':'conversation.item.truncate','item_id':'nobody','content_index':0,'audio_end_ms':1}",
     NULL, "item_truncate_invalid_item_id", "item_id"},
    {"{'type':'conversation.item.truncate','item_id':'x','content_index':0,'audio_end_ms':1.5}",
     NULL, "invalid_type", "audio_end_ms"},

    /* the input audio buffer */
    {"{'type':'input_audio_buffer.append','audio':'AAAA'}", NULL, "invalid_value", "audio"},
    {"{'type':'input_audio_buffer.append','audio':'AAA='}", "", 0, 0},
    {"{'type':'input_audio_buffer.append','audio':'?'}", NULL, "invalid_value", "audio"},
    {"{'type':'input_audio_buffer.append'}", NULL, "missing_required_parameter", "audio"},
    {"{'type':'input_audio_buffer.commit'}", NULL, "input_audio_buffer_commit_empty", ""},
    {"{'type':'input_audio_buffer.clear'}", "input_audio_buffer.cleared", 0, 0},
    {"{'type':'output_audio_buffer.clear'}", NULL, "invalid_value", "type"},

    /* responses */
    {"{'type':'response.cancel'}", NULL, "response_cancel_not_active", ""},
    {"{'type':'response.cancel','response_id':'nobody'}", NULL, "response_cancel_not_active", ""},
    {"{'type':'response.create'}", "response.created", 0, 0},
    {"{'type':'response.create','response':{'conversation':'other'}}", NULL, "invalid_value",
     "response.conversation"},
    {"{'type':'response.create','response':{'output_modalities':['audio','text']}}", NULL,
     "array_above_max_length", "response.output_modalities"},
    {"{'type':'response.create','response':{'max_output_tokens':5000}}", NULL,
     "integer_above_max_value", "response.max_output_tokens"},
    {"{'type':'response.create','response':{'input':[{'type':'item_reference','id':'nobody'}]}}",
     NULL, "invalid_value", "response.input[0]"},
    {"{'type':'response.create','response':{'output_modalities':[]}}", NULL, "invalid_value",
     "response.output_modalities"},
    {"{'type':'response.create','response':{'metadata':{'k':7}}}", NULL, "invalid_type",
     "response.metadata.k"},
};

TEST(each_client_event_is_taken_or_refused_as_the_api_does)
{
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct drive d;

        drive_open(&d);
        drive_feed(&d, "%s", frames[i].frame);
        if (frames[i].answer == NULL)
            drive_refused_for(&d, frames[i].frame, frames[i].code, frames[i].param);
        else if (strcmp(drive_types(&d), frames[i].answer) != 0)
            fail_msg("%s was answered %s", frames[i].frame, d.n > 1 ? d.said[d.n - 1] : "nothing");
        drive_close(&d);
    }
}

TEST(an_error_names_the_event_that_caused_it)
{
    struct drive d;

    drive_open(&d);
    drive_feed(&d, "{'type':'response.cancel','event_id':'mine_1'}");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.event_id"), "mine_1"));
    assert_true(
        mn_str_is(drive_at(drive_last(&d, "error"), "error.type"), "invalid_request_error"));
    drive_feed(&d, "{'type':'no.such.event','event_id':'mine_2'}");
    assert_true(mn_str_is(drive_at(drive_last(&d, "error"), "error.event_id"), "mine_2"));
    drive_close(&d);
}
