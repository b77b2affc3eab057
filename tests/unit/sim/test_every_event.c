/* test_every_event.c - every client event of the table, in both dialects: a full and a minimal form
 * are answered as they should be, and each mistake a form can hold is refused by its name. */
#include "drive.h"

#include "broken.h"
#include "core/event_shape.h"

#include <stdio.h>

/* What there is before the event comes. */
enum scene {
    EMPTY,
    SPOKEN,       /* the assistant has said something, in item $i */
    HEARD,        /* 200 ms of the caller wait to be committed */
    ANSWERING,    /* response $r has begun */
    TRANSCRIBING, /* a transcription session */
};

#define MESSAGE "'type':'message','role':'user','content':[{'type':'input_text','text':'Hi'}]"
#define REFUSED NULL

static const struct {
    enum mn_event_type type;
    enum scene scene;
    const char *minimal[2], *full[2]; /* members but for type; by dialect */
    const char *answer[2];            /* types; REFUSED: an error */
} events[] = {
    {MN_EV_SESSION_UPDATE,
     EMPTY,
     {"'session':{'type':'realtime'}", "'session':{}"},
     {"'session':{'type':'realtime','model':'gpt-realtime','instructions':'Be brief.',"
      "'output_modalities':['text'],'max_output_tokens':100,'tool_choice':'auto','tools':"
      "[{'type':'function','name':'look','description':'Looks.','parameters':{}}],"
      "'audio':{'input':{'format':{'type':'audio/pcmu'},'noise_reduction':{'type':'near_field'},"
      "'transcription':{'model':'whisper-1'},'turn_detection':{'type':'semantic_vad'}},"
      "'output':{'format':{'type':'audio/pcma'},'voice':'ash','speed':1.25}},"
      "'parallel_tool_calls':true,'reasoning':{'effort':'low'},'tracing':'auto',"
      "'truncation':'disabled','include':null,'prompt':null}",
      "'session':{'model':'gpt-realtime','instructions':'Be brief.','modalities':['text'],"
      "'max_response_output_tokens':100,'tool_choice':'auto','tools':[{'type':'function',"
      "'name':'look'}],'input_audio_format':'g711_ulaw','output_audio_format':'g711_alaw',"
      "'input_audio_transcription':{'model':'whisper-1'},'turn_detection':{'type':'server_vad'},"
      "'voice':'ash','speed':1.25,'temperature':0.7,'tracing':'auto'}"},
     {"session.updated", "session.updated"}},
    {MN_EV_TRANSCRIPTION_SESSION_UPDATE,
     TRANSCRIBING,
     {NULL, "'session':{}"},
     {NULL, "'session':{'input_audio_format':'pcm16','turn_detection':null,"
            "'input_audio_transcription':{'model':'whisper-1'},'include':null}"},
     {NULL, "transcription_session.updated"}},
    {MN_EV_CONVERSATION_ITEM_CREATE,
     EMPTY,
     {"'item':{" MESSAGE "}", "'item':{" MESSAGE "}"},
     {"'previous_item_id':'root','item':{'id':'mine','object':'realtime.item','status':"
      "'completed'," MESSAGE "}",
      "'previous_item_id':'root','item':{'id':'mine','object':'realtime.item','status':"
      "'completed'," MESSAGE "}"},
     {"conversation.item.added conversation.item.done", "conversation.item.created"}},
    {MN_EV_CONVERSATION_ITEM_RETRIEVE,
     SPOKEN,
     {"'item_id':'$i'", "'item_id':'$i'"},
     {"'item_id':'$i'", "'item_id':'$i'"},
     {"conversation.item.retrieved", "conversation.item.retrieved"}},
    {MN_EV_CONVERSATION_ITEM_TRUNCATE,
     SPOKEN,
     {"'item_id':'$i','content_index':0,'audio_end_ms':100",
      "'item_id':'$i','content_index':0,'audio_end_ms':100"},
     {"'item_id':'$i','content_index':0,'audio_end_ms':0",
      "'item_id':'$i','content_index':0,'audio_end_ms':0"},
     {"conversation.item.truncated", "conversation.item.truncated"}},
    {MN_EV_CONVERSATION_ITEM_DELETE,
     SPOKEN,
     {"'item_id':'$i'", "'item_id':'$i'"},
     {"'item_id':'$i'", "'item_id':'$i'"},
     {"conversation.item.deleted", "conversation.item.deleted"}},
    {MN_EV_INPUT_AUDIO_BUFFER_APPEND,
     EMPTY,
     {"'audio':''", "'audio':''"},
     {"'audio':'AAAAAA=='", "'audio':'AAAAAA=='"},
     {"", ""}},
    {MN_EV_INPUT_AUDIO_BUFFER_COMMIT,
     HEARD,
     {"", ""},
     {"", ""},
     {"input_audio_buffer.committed conversation.item.added conversation.item.done",
      "input_audio_buffer.committed conversation.item.created"}},
    {MN_EV_INPUT_AUDIO_BUFFER_CLEAR,
     HEARD,
     {"", ""},
     {"", ""},
     {"input_audio_buffer.cleared", "input_audio_buffer.cleared"}},
    {MN_EV_MYNA_PLAYBACK_PROGRESS,
     SPOKEN,
     {"'item_id':'$i','played_ms':1", "'item_id':'$i','played_ms':1"},
     {"'item_id':'$i','content_index':0,'played_ms':1",
      "'item_id':'$i','content_index':0,'played_ms':1"},
     {REFUSED, REFUSED}}, /* it is for Myna */
    {MN_EV_MYNA_DTMF,
     EMPTY,
     {"'digit':'1'", "'digit':'1'"},
     {"'digit':'#'", "'digit':'#'"},
     {REFUSED, REFUSED}},
    {MN_EV_MYNA_TOOL_APPROVE,
     EMPTY,
     {"'call_id':'call_1'", "'call_id':'call_1'"},
     {"'call_id':'call_1'", "'call_id':'call_1'"},
     {REFUSED, REFUSED}}, /* so are these */
    {MN_EV_MYNA_TOOL_REJECT,
     EMPTY,
     {"'call_id':'call_1'", "'call_id':'call_1'"},
     {"'call_id':'call_1'", "'call_id':'call_1'"},
     {REFUSED, REFUSED}},
    {MN_EV_OUTPUT_AUDIO_BUFFER_CLEAR, ANSWERING, {"", ""}, {"", ""}, {REFUSED, REFUSED}},
    {MN_EV_RESPONSE_CREATE,
     EMPTY,
     {"", ""},
     {"'response':{'audio':{'output':{'format':{'type':'audio/pcmu'},'voice':'ash'}},"
      "'conversation':'none','input':[{" MESSAGE "}],'instructions':'Be brief.',"
      "'max_output_tokens':'inf','metadata':{'k':'v'},'output_modalities':['audio'],"
      "'parallel_tool_calls':false,'prompt':null,'reasoning':{'effort':'low'},"
      "'tool_choice':'none','tools':[]}",
      "'response':{'conversation':'none','input':[{" MESSAGE "}],'instructions':'Be brief.',"
      "'max_response_output_tokens':'inf','metadata':{'k':'v'},'modalities':['audio','text'],"
      "'output_audio_format':'pcm16','temperature':0.8,'tool_choice':'none','tools':[],"
      "'voice':'ash'}"},
     {"response.created", "response.created"}},
    {MN_EV_RESPONSE_CANCEL,
     ANSWERING,
     {"", ""},
     {"'response_id':'$r'", "'response_id':'$r'"},
     {"response.done", "response.done"}},
};
#define EVENTS (sizeof(events) / sizeof(events[0]))

static void set_scene(struct drive *d, enum scene scene, enum mn_dialect dialect)
{
    struct mn_sim_settings set = mn_sim_defaults();

    set.dialect = dialect;
    set.transcription = scene == TRANSCRIBING;
    drive_open_with(d, set);
    if (scene == SPOKEN || scene == ANSWERING)
        drive_feed(d, "{'type':'response.create'}");
    if (scene == SPOKEN)
        drive_pass(d, 5000);
    if (scene == HEARD)
        drive_audio(d, 200, 0);
    drive_types(d);
}

/* Feeds an event with its members, and what its $i or $r stands for. */
static void feed(struct drive *d, enum mn_event_type type, const char *members)
{
    const char *dollar = strchr(members, '$'), *id = "";
    int before = dollar != NULL ? (int)(dollar - members) : (int)strlen(members);
    struct mn_str known = {NULL, 0};
    char held[MN_EVENT_ID_MAX];

    if (dollar != NULL && dollar[1] == 'i')
        known = drive_at(drive_last(d, "response.done"), "response.output.0.id");
    else if (dollar != NULL)
        known = drive_at(drive_last(d, "response.created"), "response.id");
    if (dollar != NULL) {
        snprintf(held, sizeof(held), "%.*s", MN_FMT(known));
        id = held;
    }
    drive_feed(d, "{'type':'%s','event_id':'mine'%s%.*s%s%s}", mn_event_wire(type, d->set.dialect),
               members[0] != '\0' ? "," : "", before, members, id,
               dollar != NULL ? dollar + 2 : "");
}

static void expect_answer(enum mn_event_type type, enum scene scene, enum mn_dialect dialect,
                          const char *members, const char *answer)
{
    struct drive d;

    set_scene(&d, scene, dialect);
    feed(&d, type, members);
    if (answer == REFUSED)
        drive_refused(&d, "invalid_value", "type");
    else
        assert_string_equal(drive_types(&d), answer);
    drive_close(&d);
}

TEST(every_client_event_is_answered_in_its_full_and_its_minimal_form)
{
    for (size_t i = 0; i < EVENTS; i++) {
        for (int dialect = MN_GA; dialect <= MN_BETA; dialect++) {
            if (mn_event_shape(events[i].type, (enum mn_dialect)dialect) == NULL)
                continue;
            expect_answer(events[i].type, events[i].scene, (enum mn_dialect)dialect,
                          events[i].minimal[dialect], events[i].answer[dialect]);
            expect_answer(events[i].type, events[i].scene, (enum mn_dialect)dialect,
                          events[i].full[dialect], events[i].answer[dialect]);
        }
    }
}

TEST(no_client_event_of_the_table_is_forgotten)
{
    for (int type = MN_EV_UNKNOWN + 1; type < MN_EV_COUNT; type++) {
        size_t i = 0;

        while (i < EVENTS && (int)events[i].type != type)
            i++;
        if (mn_event_from((enum mn_event_type)type) == MN_FROM_CLIENT && i == EVENTS)
            fail_msg("%s has no row", mn_event_name((enum mn_event_type)type));
    }
}

static void expect_refusal(struct drive *d, const struct broken *b)
{
    const struct mn_json *error;

    drive_forget(d);
    assert_int_equal(mn_sim_feed(d->sim, mn_buf_str(&b->frame), d->now_ms), 0);
    drive_take(d);
    drive_refused_for(d, b->frame.p, b->code, b->param);
    error = mn_json_get(drive_last(d, "error"), "error");
    assert_true(mn_str_is(mn_json_str(error, "event_id"), "mine"));
    assert_true(mn_str_is(mn_json_str(error, "type"), "invalid_request_error"));
    assert_int_equal(d->n, 1);
}

static int break_event(struct drive *d, enum mn_event_type type, int dialect, bool full)
{
    struct broken_form form = {.full = full};
    struct broken b;
    int made = 0;

    for (; form.choice < BROKEN_CHOICES; form.choice++) {
        form.mistake = 0;
        while (broken_make(&b, type, (enum mn_dialect)dialect, &form)) {
            expect_refusal(d, &b);
            mn_buf_free(&b.frame);
            form.mistake++;
            made++;
        }
        mn_buf_free(&b.frame);
    }
    return made;
}

TEST(each_mistake_a_client_event_can_hold_is_refused_by_its_name)
{
    int made = 0;

    for (int dialect = MN_GA; dialect <= MN_BETA; dialect++) {
        struct drive d;

        set_scene(&d, EMPTY, (enum mn_dialect)dialect);
        for (size_t i = 0; i < EVENTS; i++) {
            if (mn_event_shape(events[i].type, (enum mn_dialect)dialect) == NULL)
                continue;
            made += break_event(&d, events[i].type, dialect, false);
            made += break_event(&d, events[i].type, dialect, true);
        }
        drive_close(&d);
    }
    assert_true(made > 1000);
}

TEST(an_event_id_is_a_string_of_at_most_512_bytes)
{
    struct drive d;
    char id[600];

    drive_open(&d);
    for (size_t i = 0; i < EVENTS; i++) {
        const char *wire = mn_event_wire(events[i].type, MN_GA);

        if (wire == NULL)
            continue;
        drive_feed(&d, "{'type':'%s','event_id':7}", wire);
        drive_refused(&d, "invalid_type", "event_id");
        memset(id, 'x', sizeof(id));
        id[513] = '\0';
        drive_feed(&d, "{'type':'%s','event_id':'%s'}", wire, id);
        drive_refused(&d, "string_above_max_length", "event_id");
    }
    drive_close(&d);
}
