/* session_frames.h - what the model, the caller and a script may send a session, for fuzz_session.c
 * to pick from: written with ' for ", and # for a letter. */
#ifndef MN_FUZZ_SESSION_FRAMES_H
#define MN_FUZZ_SESSION_FRAMES_H

#include "core/event.h"

#define CALLS 16 /* letters that name calls, and items */
#define ITEMS 4

#define MODEL  MN_FROM_SERVER
#define CALLER MN_FROM_CLIENT
#define RESPONSE(type, id, rest)                                                                   \
    "{'type':'" type "','response':{'id':'" id "','status':'completed'" rest "}}"
#define CALL(name, status)                                                                         \
    "{'type':'response.output_item.done','response_id':'ra','output_index':0,'item':{'id':'k#',"   \
    "'type':'function_call','status':'" status "','name':'" name "','call_id':'c#',"               \
    "'arguments':'{}'}}"
#define ERROR(code, id) "{'type':'error','error':{'code':'" code "','event_id':" id "}}"

static const struct row {
    enum mn_from from;
    const char *frame; /* ' for "; # for a letter that the second byte chooses */
    unsigned letters;
} frames[] = {
    {MODEL, "{'type':'session.created','session':{'expires_at':1030}}", 1},
    {MODEL, "{'type':'session.updated','session':{}}", 1},
    {MODEL, RESPONSE("response.created", "ra", ""), 1},
    {MODEL, RESPONSE("response.created", "r#", ""), 4},
    {MODEL, RESPONSE("response.done", "ra", ",'output':[]"), 1},
    {MODEL, RESPONSE("response.done", "r#", ",'output':[{'id':'i#','type':'message'}]"), 4},
    {MODEL, RESPONSE("response.created", "oob", ",'conversation_id':null"), 1},
    {MODEL, RESPONSE("response.done", "oob", ",'conversation_id':null"), 1},
    {MODEL, CALL("keep", "completed"), CALLS},
    {MODEL, CALL("drop", "completed"), CALLS},
    {MODEL, CALL("to_b", "completed"), CALLS},
    {MODEL, CALL("to_a", "completed"), CALLS},
    {MODEL, CALL("nope", "completed"), CALLS},
    {MODEL, CALL("ask", "completed"), CALLS},
    {MODEL, RESPONSE("response.done", "f", ",'conversation_id':null"), 1},
    {CALLER, "{'type':'myna.tool.approve','call_id':'c#'}", CALLS},
    {CALLER, "{'type':'myna.tool.reject','call_id':'c#'}", CALLS},
    {CALLER, "{'type':'myna.dtmf','digit':'5'}", 1},
    {MODEL, "{'type':'input_audio_buffer.dtmf_event_received','event':'7','received_at':1}", 1},
    {MODEL, CALL("keep", "incomplete"), CALLS},
    {MODEL,
     "{'type':'conversation.item.added','item':{'id':'i#','type':'message','role':'assistant',"
     "'content':[]}}",
     ITEMS},
    {MODEL,
     "{'type':'conversation.item.added','previous_item_id':'i#','item':{'id':'u#',"
     "'type':'message','role':'user','content':[]}}",
     ITEMS},
    {MODEL, "{'type':'conversation.item.deleted','item_id':'i#'}", ITEMS},
    {MODEL,
     "{'type':'response.output_audio_transcript.delta','response_id':'ra','item_id':'i#',"
     "'output_index':0,'content_index':0,'delta':'some words '}",
     ITEMS},
    {MODEL, "{'type':'input_audio_buffer.speech_started','audio_start_ms':0,'item_id':'u#'}", 1},
    {MODEL, "{'type':'input_audio_buffer.speech_stopped','audio_end_ms':0,'item_id':'u#'}", 1},
    {MODEL, "{'type':'input_audio_buffer.committed','item_id':'u#'}", 1},
    {MODEL, "{'type':'input_audio_buffer.cleared'}", 1},
    {MODEL, ERROR("conversation_already_has_active_response", "null"), 1},
    {MODEL, ERROR("response_cancel_not_active", "null"), 1},
    {MODEL, ERROR("cannot_update_voice", "null"), 1},
    {MODEL, ERROR("invalid_value", "null"), 1},
    {CALLER, "{'type':'response.create'}", 1},
    {CALLER, "{'type':'response.create','event_id':'e','response':{'metadata':{'a':'b'}}}", 1},
    {CALLER, "{'type':'response.cancel'}", 1},
    {CALLER,
     "{'type':'conversation.item.truncate','item_id':'i#','content_index':0,"
     "'audio_end_ms':77}",
     ITEMS},
    {CALLER, "{'type':'conversation.item.delete','item_id':'i#'}", ITEMS},
    {CALLER,
     "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
     "'content':[]}}",
     1},
    {CALLER,
     "{'type':'session.update','session':{'type':'realtime',"
     "'audio':{'input':{'turn_detection':null}}}}",
     1},
    {CALLER,
     "{'type':'session.update','session':{'type':'realtime',"
     "'audio':{'input':{'turn_detection':{'type':'server_vad'}}}}}",
     1},
    {CALLER, "{'type':'input_audio_buffer.commit'}", 1},
    {CALLER, "{'type':'input_audio_buffer.clear'}", 1},
    {CALLER, "{'type':'myna.playback.progress','item_id':'i#','played_ms':77}", ITEMS},
    {MODEL, "{'type':'input_audio_buffer.speech_started','audio_start_ms':0,'item_id':'v#'}", 16},
    {MODEL, "{'type':'input_audio_buffer.committed','item_id':'v#'}", 16},
    {MODEL,
     "{'type':'conversation.item.input_audio_transcription.delta','item_id':'v#',"
     "'content_index':0,'delta':'some words '}",
     16},
    {MODEL,
     "{'type':'conversation.item.input_audio_transcription.completed','item_id':'v#',"
     "'content_index':0,'transcript':'word'}",
     16},
    {MODEL, "{'type':'conversation.item.deleted','item_id':'v#'}", 16},
    {MODEL,
     "{'type':'conversation.item.input_audio_transcription.completed','item_id':'u#',"
     "'content_index':0,'transcript':'words'}",
     ITEMS},
    {MODEL,
     "{'type':'conversation.item.input_audio_transcription.failed','item_id':'u#',"
     "'content_index':0,'error':{}}",
     ITEMS},
    {MODEL,
     "{'type':'response.output_audio_transcript.done','response_id':'ra','item_id':'i#',"
     "'output_index':0,'content_index':0,'transcript':'some words '}",
     ITEMS},
    {CALLER,
     "{'type':'conversation.item.create','item':{'type':'message','role':'user',"
     "'content':[{'type':'input_text','text':'words'}]}}",
     1},
};

#define FRAMES (sizeof(frames) / sizeof(frames[0]))

/* ' for " */
static const char *const edits[] = {
    "[]",
    "[{'id':'ia'},{'id':'ub'}]",
    "[{'id':'ub','forgotten':true},{'role':'system','text':'x'},"
    "{'id':'ia','text':'y','role':'assistant'}]",
    "[{'type':'function_call','name':'keep','call_id':'cz','output':'o'},{'id':'ka'},"
    "{'id':'kb','forgotten':true}]",
    "[{'id':'ka','output':'z','type':'function_call','name':'keep','call_id':'cz'},"
    "{'role':'user','text':'w'},{'id':'ua'},{'id':'ua'}]",
    "[{'type':'song'}]",
    "{}",
};

#define EDITS (sizeof(edits) / sizeof(edits[0]))

#endif
