/* session_show.c - one effect as one line that a test can name. */
#include "session_driver.h"

static const char *text_of(struct mn_str s)
{
    return s.n > 0 ? s.p : "-"; /* strings of a tree end in NUL */
}

static void show_turns(struct mn_buf *out, const struct mn_json *detection)
{
    mn_buf_addf(out, " create=%s interrupt=%s",
                mn_json_bool(detection, "create_response", true) ? "true" : "false",
                mn_json_bool(detection, "interrupt_response", true) ? "true" : "false");
}

static void show_session(struct drive *d, struct mn_buf *out, const struct mn_json *session)
{
    const struct mn_json *audio = mn_json_get(session, "audio");
    const struct mn_json *input = mn_json_get(audio, "input");
    const struct mn_json *output = mn_json_get(audio, "output");
    struct mn_str instructions = mn_json_str(session, "instructions");
    const char *sep = "{";

    if (mn_json_get(session, "instructions") != NULL) {
        mn_buf_addf(out, "%sinstructions=%s", sep, text_of(instructions));
        sep = ",";
    }
    if (mn_json_get(session, "prompt") != NULL) {
        mn_buf_addf(out, "%sprompt=", sep);
        mn_json_print(mn_json_get(session, "prompt"), out);
        sep = ",";
    }
    if (input != NULL) {
        mn_buf_addf(out, "%sformat=%s/%s,turns=%s", sep,
                    text_of(mn_json_str(mn_json_get(input, "format"), "type")),
                    text_of(mn_json_str(mn_json_get(output, "format"), "type")),
                    text_of(mn_json_str(mn_json_get(input, "turn_detection"), "type")));
        if (d->shows_turns)
            show_turns(out, mn_json_get(input, "turn_detection"));
        sep = ",";
    }
    mn_buf_addf(out, "%svoice=%s}", sep, text_of(mn_json_str(output, "voice")));
}

static void show_error(struct mn_buf *out, const struct mn_json *body)
{
    const struct mn_json *error = mn_json_get(body, "error");

    mn_buf_addf(out, " %s %s for %s", text_of(mn_json_str(error, "code")),
                text_of(mn_json_str(error, "param")), text_of(mn_json_str(error, "event_id")));
}

/* An item that is written behind another. */
static void show_create(struct drive *d, const struct mn_json *body)
{
    const struct mn_json *item = mn_json_get(body, "item");
    const struct mn_json *part = mn_json_first(mn_json_get(item, "content"));
    struct mn_str type = mn_json_str(item, "type"), previous;
    struct mn_buf *out = &d->seen;

    if (mn_str_is(type, "message")) {
        mn_buf_addf(out, "%s %s:", mn_json_str(item, "role").p,
                    drive_id(d, mn_json_str(item, "id")));
        for (; part != NULL; part = mn_json_next(part))
            mn_buf_addf(out, " %s %s", mn_json_str(part, "type").p, mn_json_str(part, "text").p);
    } else {
        mn_buf_addf(out, "%s %s", text_of(type), drive_id(d, mn_json_str(item, "id")));
        mn_buf_addf(out, " %s", drive_id(d, mn_json_str(item, "call_id")));
    }
    previous = mn_json_str(body, "previous_item_id");
    if (previous.n > 0)
        mn_buf_addf(out, " behind %s", drive_id(d, previous));
}

/* Its lines with | between them. */
static void show_system(struct drive *d, const struct mn_json *item)
{
    struct mn_str text = mn_json_str(mn_json_first(mn_json_get(item, "content")), "text");

    mn_id_copy(d->item_id, mn_json_str(item, "id"));
    mn_buf_add_text(&d->seen, "system ");
    for (size_t i = 0; i < text.n; i++)
        mn_buf_add_byte(&d->seen, text.p[i] == '\n' ? '|' : text.p[i]);
}

static void show_send(struct drive *d, const struct mn_json *body)
{
    struct mn_str type = mn_json_str(body, "type");
    const struct mn_json *item = mn_json_get(body, "item");
    struct mn_buf *out = &d->seen;

    mn_id_copy(d->event_id, mn_json_str(body, "event_id"));
    mn_buf_add_text(out, "send ");
    if (mn_json_get(body, "previous_item_id") != NULL ||
        mn_str_is(mn_json_str(item, "type"), "function_call") ||
        mn_str_is(mn_json_str(item, "role"), "assistant")) {
        show_create(d, body);
    } else if (mn_str_is(mn_json_str(item, "type"), "function_call_output")) {
        mn_id_copy(d->item_id, mn_json_str(item, "id"));
        mn_buf_addf(out, "output %s %s", text_of(mn_json_str(item, "call_id")),
                    text_of(mn_json_str(item, "output")));
    } else if (mn_str_is(mn_json_str(item, "role"), "system")) {
        show_system(d, item);
    } else if (mn_str_is(type, "conversation.item.truncate")) {
        mn_buf_addf(out, "truncate %s %d", text_of(mn_json_str(body, "item_id")),
                    (int)mn_json_int(body, "audio_end_ms", -1));
    } else if (mn_str_is(type, "conversation.item.delete")) {
        mn_buf_addf(out, "delete %s", drive_id(d, mn_json_str(body, "item_id")));
    } else {
        mn_buf_add_str(out, type);
    }
    if (mn_str_is(type, "response.cancel") && mn_json_str(body, "response_id").n > 0)
        mn_buf_addf(out, " %s", text_of(mn_json_str(body, "response_id")));
    if (mn_str_is(type, "session.update"))
        show_session(d, out, mn_json_get(body, "session"));
    if (mn_str_is(type, "response.create") && mn_json_get(body, "response") != NULL)
        mn_json_print(mn_json_get(body, "response"), out);
    mn_buf_add_byte(out, '\n');
}

static void show_tell(struct drive *d, const struct mn_effect *fx, const struct mn_json *body)
{
    struct mn_str type = mn_json_str(body, "type");
    bool always = mn_str_is(type, "error") || mn_str_is(type, "session.updated");
    struct mn_buf *out = &d->seen;

    if (!always && !d->tells)
        return;
    if (fx->held != 0)
        mn_buf_addf(out, "hold %u: ", fx->held);
    mn_buf_addf(out, "%s%.*s", fx->in_order ? "then tell " : "tell ", MN_FMT(type));
    if (mn_str_is(type, "error"))
        show_error(out, body);
    if (mn_str_is(type, "session.updated") || mn_str_is(type, "session.created"))
        show_session(d, out, mn_json_get(body, "session"));
    mn_buf_add_byte(out, '\n');
}

static void show_note(struct drive *d, const struct mn_effect *fx, const struct mn_json *body)
{
    struct mn_buf *out = &d->seen;

    if ((d->notes & 1u << fx->note) == 0)
        return;
    mn_buf_addf(out, "note %s", mn_note_name(fx->note));
    for (const struct mn_json *m = mn_json_first(body); m != NULL; m = mn_json_next(m)) {
        if (mn_str_is(mn_json_key(m), "message"))
            continue;
        mn_buf_addf(out, " %.*s=", MN_FMT(mn_json_key(m)));
        if (mn_json_kind(m) == MN_JSON_STRING)
            mn_buf_add_str(out, mn_json_text(m));
        else
            mn_json_print(m, out);
    }
    mn_buf_add_byte(out, '\n');
}

static void show_run(struct drive *d, const struct mn_effect *fx)
{
    static const char *const jobs[] = {"prepare", "tool",     "handoff", "check",
                                       "check",   "approval", "prelude", "call_start"};
    const struct mn_agent_spec *agent = &d->app.agents[fx->agent];
    bool input = fx->job == MN_JOB_CHECK_INPUT, check = input || fx->job == MN_JOB_CHECK_OUTPUT;
    const char *name = fx->job == MN_JOB_PREPARE      ? "prepare"
                       : fx->job == MN_JOB_CALL_START ? "call_start"
                       : fx->job == MN_JOB_PRELUDE    ? agent->tools[fx->tool].name.p
                                                      : fx->call_id;

    if (check)
        name = (input ? &agent->input_guards : &agent->output_guards)->list[fx->tool].name.p;
    assert_true(d->njobs < DRIVE_JOBS);
    mn_id_copy(d->jobs[d->njobs].name, mn_str(name));
    d->jobs[d->njobs++].ticket = fx->ticket;
    mn_buf_addf(&d->seen, "run %s", jobs[fx->job]);
    if (check)
        mn_buf_addf(&d->seen, " %s %.*s", name, MN_FMT(mn_buf_str(&fx->text)));
    else if (fx->job == MN_JOB_PRELUDE)
        mn_buf_addf(&d->seen, " %s", name);
    else if (fx->tool >= 0)
        mn_buf_addf(&d->seen, " %.*s %s %.*s", MN_FMT(agent->tools[fx->tool].name), fx->call_id,
                    MN_FMT(mn_buf_str(&fx->text)));
    mn_buf_addf(&d->seen, " as %.*s\n", MN_FMT(agent->name));
}

static void show_stop(struct drive *d, const struct mn_effect *fx)
{
    const char *name = "nothing that runs";

    for (int i = 0; i < d->njobs; i++) {
        if (d->jobs[i].ticket == fx->ticket)
            name = d->jobs[i].name;
    }
    mn_buf_addf(&d->seen, "stop %s\n", name);
}

static void show_json(struct drive *d, const struct mn_effect *fx)
{
    struct mn_json *body = NULL;

    assert_int_equal(mn_json_parse(&body, mn_buf_str(&fx->text), &mn_json_frame, NULL), 0);
    if (fx->type == MN_FX_SEND)
        show_send(d, body);
    else if (fx->type == MN_FX_TELL)
        show_tell(d, fx, body);
    else
        show_note(d, fx, body);
    mn_json_free(body);
}

void drive_show(struct drive *d, const struct mn_effect *fx)
{
    switch (fx->type) {
    case MN_FX_DIAL:
        mn_buf_addf(&d->seen, "dial %d\n", fx->leg);
        break;
    case MN_FX_HANGUP:
        mn_buf_addf(&d->seen, "hang up %d\n", fx->leg);
        break;
    case MN_FX_SEND:
    case MN_FX_TELL:
    case MN_FX_NOTE:
        show_json(d, fx);
        break;
    case MN_FX_DROP:
        mn_buf_add_text(&d->seen, "drop\n");
        break;
    case MN_FX_PLAY:
        mn_buf_addf(&d->seen, "play %d in %s from %d on\n", fx->sound, mn_audio_beta(fx->format),
                    (int)(fx->at_ms - d->now_ms));
        break;
    case MN_FX_RELEASE:
        mn_buf_addf(&d->seen, "release %u\n", fx->held);
        break;
    case MN_FX_PAUSE:
        mn_buf_add_text(&d->seen, "pause\n");
        break;
    case MN_FX_RESUME:
        mn_buf_addf(&d->seen, "resume %d late\n", (int)fx->late_ms);
        break;
    case MN_FX_RUN:
        show_run(d, fx);
        break;
    case MN_FX_STOP:
        show_stop(d, fx);
        break;
    case MN_FX_AWAITED:
        mn_buf_addf(&d->seen, "awaited %u how %d %.*s\n", fx->ticket, fx->code,
                    MN_FMT(mn_buf_str(&fx->text)));
        break;
    case MN_FX_END:
        mn_buf_addf(&d->seen, "end %d %s\n", fx->code, fx->text.p);
        break;
    }
}
