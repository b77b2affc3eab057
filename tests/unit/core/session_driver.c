/* session_driver.c - the session as a test drives it, behind session_driver.h. */
#include "session_driver.h"

#include "base/json_write.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LIT(text)                                                                                  \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }
#define FUNCTION(word)                                                                             \
    {                                                                                              \
        .name = LIT(word), .kind = MN_TOOL_FUNCTION, .timeout_ms = 5000                            \
    }
#define TRANSFER(word, to)                                                                         \
    {                                                                                              \
        .name = LIT(word), .kind = MN_TOOL_HANDOFF, .target = (to)                                 \
    }

static const struct mn_tool_spec tools_of_a[] = {
    FUNCTION("find_patient"),
    {.name = LIT("slow"), .timeout_ms = 1000, .on_interrupt = MN_CANCEL},
    TRANSFER("transfer_to_B", 1),
    TRANSFER("transfer_to_A", 0),
    {.name = LIT("look"),
     .timeout_ms = 10000,
     .filler = {.say = LIT("One moment."), .after_ms = 700, .every_ms = 3000, .max = 2}},
    {.name = LIT("fresh_to_C"), .kind = MN_TOOL_HANDOFF, .target = 2, .last = 1},
    {.name = LIT("blank_to_C"),
     .kind = MN_TOOL_HANDOFF,
     .target = 2,
     .last = -1,
     .say = LIT("C here.")},
};
static const struct mn_tool_spec tools_of_c[] = {
    {.name = LIT("refund"),
     .timeout_ms = 1000,
     .on_interrupt = MN_CANCEL,
     .needs_approval = true,
     .approval_timeout_ms = 60000},
    {.name = LIT("forget_me"),
     .timeout_ms = 1000,
     .needs_approval = true,
     .caller_approves = true,
     .approval_timeout_ms = 60000},
};
static const struct mn_tool_spec tools_of_b[] = {
    FUNCTION("get_invoice"),
    TRANSFER("transfer_to_A", 0),
    TRANSFER("transfer_to_C", 2),
};
static const struct mn_agent_spec agents[] = {
    {.name = LIT("A"), .voice = LIT("marin"), .tools = tools_of_a, .ntools = 7},
    {.name = LIT("B"), .voice = LIT("cedar"), .tools = tools_of_b, .ntools = 3},
    {.name = LIT("C"), .tools = tools_of_c, .ntools = 2},
};

void drive_init(struct drive *d)
{
    *d = (struct drive){.now_ms = 1000, .leg = 1};
    d->app = (struct mn_app_spec){.name = LIT("dental"),
                                  .agents = agents,
                                  .nagents = 3,
                                  .max_handoffs_per_turn = 5,
                                  .max_tools_per_turn = 20};
    d->settings = (struct mn_session_settings){.id = "sess_1",
                                               .seed = 1,
                                               .lead_ms = 200,
                                               .unreleased_max_ms = 120000,
                                               .greet = true,
                                               .start = -1};
    d->notes = 1u << MN_NOTE_AGENT_HANDOFF | 1u << MN_NOTE_HANDOFF_FAILED | 1u << MN_NOTE_ERROR;
}

void drive_open(struct drive *d)
{
    d->settings.app = &d->app;
    d->s = mn_session_new(&d->settings);
    assert_non_null(d->s);
    drive_order(d, MN_IN_START, NULL);
}

void drive_set_up(struct drive *d)
{
    prepared(d, "I am A.");
    model_sends(d, "{'type':'session.created','session':{}}");
    model_updated(d);
}

void drive_ready(struct drive *d)
{
    drive_init(d);
    drive_open(d);
    drive_set_up(d);
    drive_forget(d);
}

void drive_close(struct drive *d)
{
    mn_session_free(d->s);
    mn_buf_free(&d->seen);
}

/* --- inputs --- */

int drive_feed(struct drive *d, const struct mn_input *in)
{
    struct mn_effect fx;
    int rc = mn_session_feed(d->s, in, d->now_ms);

    while (mn_session_next(d->s, &fx)) {
        drive_show(d, &fx);
        mn_effect_free(&fx);
    }
    return rc;
}

int drive_order(struct drive *d, enum mn_input_type type, const char *text)
{
    return drive_feed(d, &(struct mn_input){.type = type, .text = mn_str(text)});
}

void drive_wait(struct drive *d, int64_t ms)
{
    int64_t until_ms = d->now_ms + ms, at_ms;

    while ((at_ms = mn_session_deadline(d->s)) <= until_ms) {
        d->now_ms = at_ms > d->now_ms ? at_ms : d->now_ms;
        drive_order(d, MN_IN_TIME, NULL);
        assert_true(mn_session_deadline(d->s) > d->now_ms); /* else a loop would spin */
    }
    d->now_ms = until_ms;
}

/* --- frames --- */

static int send_frame(struct drive *d, enum mn_from from, const char *format, va_list args)
{
    char frame[4096];
    struct mn_event ev;
    struct mn_fault why;
    int rc, n = vsnprintf(frame, sizeof(frame), format, args);

    assert_true(n > 0 && (size_t)n < sizeof(frame));
    for (char *c = frame; *c != '\0'; c++) {
        if (*c == '\'')
            *c = '"';
    }
    if (mn_event_decode(&ev, mn_str(frame), from, MN_GA, &mn_json_frame, &why) != 0)
        fail_msg("%s\n%s", why.message, frame);
    rc = drive_feed(d,
                    &(struct mn_input){.type = from == MN_FROM_SERVER ? MN_IN_MODEL : MN_IN_CALLER,
                                       .leg = d->leg,
                                       .event = &ev});
    mn_event_free(&ev);
    return rc;
}

int model_sends(struct drive *d, const char *format, ...)
{
    va_list args;
    int rc;

    va_start(args, format);
    rc = send_frame(d, MN_FROM_SERVER, format, args);
    va_end(args);
    return rc;
}

int caller_sends(struct drive *d, const char *format, ...)
{
    va_list args;
    int rc;

    va_start(args, format);
    rc = send_frame(d, MN_FROM_CLIENT, format, args);
    va_end(args);
    return rc;
}

void model_created(struct drive *d, const char *response)
{
    model_sends(d, "{'type':'response.created','response':{'id':'%s','conversation_id':'conv'}}",
                response);
}

void model_done(struct drive *d, const char *response)
{
    model_sends(d,
                "{'type':'response.done','response':{'id':'%s','conversation_id':'conv',"
                "'status':'completed','output':[]}}",
                response);
}

void model_item(struct drive *d, const char *role, const char *item, const char *previous)
{
    model_sends(d,
                "{'type':'conversation.item.added','previous_item_id':'%s',"
                "'item':{'id':'%s','type':'message','role':'%s','content':[]}}",
                previous, item, role);
}

void model_words(struct drive *d, const char *response, const char *item, const char *words)
{
    model_sends(d,
                "{'type':'response.output_audio_transcript.delta','response_id':'%s',"
                "'item_id':'%s','output_index':0,'content_index':0,'delta':'%s'}",
                response, item, words);
}

void model_call(struct drive *d, const char *response, const char *call, const char *tool,
                const char *arguments)
{
    struct mn_buf quoted = {0};

    mn_json_quote(&quoted, mn_str(arguments));
    model_sends(d,
                "{'type':'conversation.item.added','item':{'id':'item_%s','type':'function_call',"
                "'name':'%s','call_id':'%s','arguments':''}}",
                call, tool, call);
    model_sends(d,
                "{'type':'response.output_item.done','response_id':'%s','output_index':0,"
                "'item':{'id':'item_%s','type':'function_call','status':'completed',"
                "'name':'%s','call_id':'%s','arguments':%s}}",
                response, call, tool, call, quoted.p);
    mn_buf_free(&quoted);
}

void model_error(struct drive *d, const char *code, const char *event_id)
{
    if (event_id == NULL)
        model_sends(d,
                    "{'type':'error','error':{'type':'invalid_request_error','code':'%s',"
                    "'message':'Told so.','event_id':null}}",
                    code);
    else
        model_sends(d,
                    "{'type':'error','error':{'type':'invalid_request_error','code':'%s',"
                    "'message':'Told so.','event_id':'%s'}}",
                    code, event_id);
}

void model_updated(struct drive *d)
{
    model_sends(d, "{'type':'session.updated','session':{}}");
}

void model_acks(struct drive *d, const char *item_id)
{
    model_sends(d,
                "{'type':'conversation.item.added','item':{'id':'%s',"
                "'type':'function_call_output','call_id':'c','output':''}}",
                item_id);
}

/* 24 kHz PCM: 48 bytes, which are 64 characters, a millisecond. */
struct mn_verdict model_audio(struct drive *d, const char *response, const char *item, int ms)
{
    struct mn_buf frame = {0};
    struct mn_verdict verdict;
    struct mn_span span;
    struct mn_effect fx;

    mn_buf_addf(&frame,
                "{\"type\":\"response.output_audio.delta\",\"event_id\":\"e\",\"response_id\":"
                "\"%s\",\"item_id\":\"%s\",\"output_index\":0,\"content_index\":0,\"delta\":\"",
                response, item);
    for (int i = 0; i < ms * 8; i++)
        mn_buf_add_text(&frame, "AAAAAAAA");
    mn_buf_add_text(&frame, "\"}");
    assert_int_equal(mn_span_read(mn_buf_str(&frame), &span), MN_HOT_DELTA);
    verdict = mn_session_audio(d->s, d->leg, &span, d->now_ms);
    mn_buf_free(&frame);
    while (mn_session_next(d->s, &fx)) {
        drive_show(d, &fx);
        mn_effect_free(&fx);
    }
    return verdict;
}

void caller_speaks(struct drive *d)
{
    model_sends(d, "{'type':'input_audio_buffer.speech_started','audio_start_ms':0,"
                   "'item_id':'u'}");
}

void caller_stops(struct drive *d)
{
    model_sends(d, "{'type':'input_audio_buffer.speech_stopped','audio_end_ms':500,"
                   "'item_id':'u'}");
}

/* --- jobs --- */

static void bring(struct drive *d, const char *name, struct mn_input in)
{
    for (int i = d->njobs - 1; i >= 0 && in.ticket == 0; i--) {
        if (strcmp(d->jobs[i].name, name) == 0)
            in.ticket = d->jobs[i].ticket;
    }
    if (in.ticket == 0)
        fail_msg("no job was run for %s", name);
    in.type = MN_IN_RESULT;
    drive_feed(d, &in);
}

void prepared(struct drive *d, const char *instructions)
{
    bring(d, "prepare", (struct mn_input){.text = mn_str(instructions), .tools = MN_STR("[]")});
}

void job_done(struct drive *d, const char *name, const char *text)
{
    bring(d, name, (struct mn_input){.text = mn_str(text)});
}

void job_fails(struct drive *d, const char *name, const char *words)
{
    bring(d, name, (struct mn_input){.err = -5007, .text = mn_str(words)});
}

/* --- what was seen --- */

static void are(const struct mn_buf *seen, const char *const *lines, const char *file, int line)
{
    struct mn_buf expected = {0};

    for (; *lines != NULL; lines++)
        mn_buf_addf(&expected, "%s\n", *lines);
    if (!mn_str_same(mn_buf_str(&expected), mn_buf_str(seen))) {
        print_error("--- expected\n%s--- seen\n%s---\n", expected.p != NULL ? expected.p : "",
                    seen->p != NULL ? seen->p : "");
        _fail(file, line);
    }
    mn_buf_free(&expected);
}

void drive_sees(struct drive *d, const char *const *lines, const char *file, int line)
{
    are(&d->seen, lines, file, line);
    mn_buf_clear(&d->seen);
}

const char *drive_id(struct drive *d, struct mn_str id)
{
    static char shown[MN_ID_MAX];
    int i = 0;

    if ((!mn_str_starts(id, MN_STR("item_")) && !mn_str_starts(id, MN_STR("call_"))) ||
        id.n != 25) {
        snprintf(shown, sizeof(shown), "%.*s", MN_FMT(id));
        return shown;
    }
    while (i < d->nmade && !mn_str_is(id, d->made[i]))
        i++;
    if (i == DRIVE_MADE)
        return "#many";
    if (i == d->nmade)
        mn_id_copy(d->made[d->nmade++], id);
    snprintf(shown, sizeof(shown), "#%d", i + 1);
    return shown;
}

static void show_item(struct drive *d, const struct mn_json *item, struct mn_buf *out)
{
    struct mn_str type = mn_json_str(item, "type");
    bool forgotten = mn_json_bool(item, "forgotten", false);

    mn_buf_add_text(out, forgotten ? "[" : "");
    if (mn_str_is(type, "message"))
        mn_buf_addf(out, "%s %s: %.*s", mn_json_str(item, "role").p,
                    drive_id(d, mn_json_str(item, "id")), MN_FMT(mn_json_str(item, "text")));
    else if (mn_str_is(type, "function_call"))
        mn_buf_addf(out, "call %s %s: %.*s", drive_id(d, mn_json_str(item, "call_id")),
                    mn_json_str(item, "name").p, MN_FMT(mn_json_str(item, "output")));
    else if (mn_str_is(type, "handoff"))
        mn_buf_addf(out, "%s to %s", mn_json_str(item, "from").p, mn_json_str(item, "to").p);
    else
        mn_buf_addf(out, "%s %.*s: %.*s", type.p, MN_FMT(mn_json_str(item, "name")),
                    MN_FMT(mn_json_str(item, "text")));
    mn_buf_add_text(out, forgotten ? "]\n" : "\n");
}

void drive_history(struct drive *d, const char *const *lines, const char *file, int line)
{
    struct mn_buf text = {0}, out = {0};
    struct mn_json *items = NULL;

    assert_int_equal(mn_session_history(d->s, 0, &text), 0);
    assert_int_equal(mn_json_parse(&items, mn_buf_str(&text), &mn_json_frame, NULL), 0);
    for (const struct mn_json *i = mn_json_first(items); i != NULL; i = mn_json_next(i))
        show_item(d, i, &out);
    are(&out, lines, file, line);
    mn_json_free(items);
    mn_buf_free(&text);
    mn_buf_free(&out);
}

void drive_forget(struct drive *d)
{
    mn_buf_clear(&d->seen);
}
