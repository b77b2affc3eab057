/* record.c - what of a call is recorded: it listens to the notes, and never speaks.
 *
 * DESIGN  A table says which notes are events, and which of their members are. What was said stands
 * once, in the items; audio, and what a model or a tool streams, is no event. Secrets are masked in
 * all that is kept, and keys a script collects are in no note. Without --records-personal nothing
 * is kept that a caller said, was told, or is known by. */
#include "call/recorder.h"
#include "call/worker_parts.h"

#include "base/err.h"
#include "base/json_mask.h"
#include "base/json_write.h"

#include <stdio.h>

/* Members of notes that are kept, by name; those of the second list may be personal. A digit that
 * is pressed may be one of a card's: none is kept. */
static const struct told {
    enum mn_note note;
    const char *members, *personal;
} told[] = {
    {MN_NOTE_CALL_START, "", ""},
    {MN_NOTE_CALL_END, "", ""},
    {MN_NOTE_AGENT_START, "", ""},
    {MN_NOTE_AGENT_END, "", ""},
    {MN_NOTE_AGENT_HANDOFF, "from to", ""},
    {MN_NOTE_HANDOFF_FAILED, "from to", "reason"},
    {MN_NOTE_APPROVAL_REQUESTED, "tool call_id approve_by", "args"},
    {MN_NOTE_TOOL_START, "tool call_id", "args"},
    {MN_NOTE_TOOL_END, "tool call_id seconds", "result"},
    {MN_NOTE_AUDIO_START, "", ""},
    {MN_NOTE_AUDIO_STOPPED, "", ""},
    {MN_NOTE_AUDIO_INTERRUPTED, "item heard_ms", ""},
    {MN_NOTE_GUARDRAIL_TRIPPED, "name on response item tool call_id", "info"},
    {MN_NOTE_CALLER_LOST, "seconds", ""},
    {MN_NOTE_CALLER_BACK, "seconds", ""},
    {MN_NOTE_RECONNECTING, "code try", ""},
    {MN_NOTE_RESUMED, "seconds", ""},
    {MN_NOTE_DTMF, "", ""},
    {MN_NOTE_IDLE, "seconds rung", ""},
    {MN_NOTE_USAGE, "response item input_tokens output_tokens total_tokens cost_usd", ""},
    {MN_NOTE_ERROR, "code from class", "message"},
};

static bool keeps_personal(const struct mn_worker *w)
{
    return w->settings->records_personal == 1;
}

static bool is_listed(const char *list, struct mn_str name)
{
    const char *at = list;

    while (*at != '\0') {
        size_t n = strcspn(at, " ");

        if (mn_str_same(name, (struct mn_str){at, n}))
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

/* Secrets of the operator and of the app, wherever they stand. */
static void mask(struct mn_worker *w, struct mn_call *c, struct mn_buf *json)
{
    for (const char *const *secret = w->log->secrets; secret != NULL && *secret != NULL; secret++)
        mn_json_mask(json, mn_str(*secret), "(secret)");
    mn_bundle_mask(mn_call_bundle(c), json);
}

static void add(struct mn_worker *w, struct mn_call *c, const struct mn_calls_row *given)
{
    struct mn_calls_row row = *given;

    row.call = mn_str(mn_call_id(c));
    row.at_ms = mn_clock_wall(mn_loop_clock(w->loop));
    if (!mn_recorder_add(w->recorder, &row))
        mn_call_record(c)->lost++;
}

static struct mn_str agent_of(struct mn_call *c)
{
    const struct mn_app_spec *app = mn_bundle_spec(mn_call_bundle(c));

    return app->agents[mn_session_agent(mn_call_session(c))].name;
}

/* --- the beginning --- */

/* Its address, or what an app that opened the call says of it in ctx.call. */
static void begin(struct mn_worker *w, struct mn_call *c)
{
    const struct mn_worker_call *asked = w->opening;
    struct mn_calls_row row = {.what = MN_CALLS_BEGIN, .n = w->generation};
    struct mn_json *meta = NULL;

    if (asked != NULL && asked->meta.n > 0)
        (void)mn_json_parse(&meta, asked->meta, &mn_json_frame, NULL);
    row.texts[MN_CALLS_APP] = mn_bundle_spec(mn_call_bundle(c))->name;
    row.texts[MN_CALLS_CHANNEL] = mn_json_str(meta, "channel");
    if (row.texts[MN_CALLS_CHANNEL].n == 0)
        row.texts[MN_CALLS_CHANNEL] = MN_STR("websocket");
    if (keeps_personal(w)) {
        row.texts[MN_CALLS_FROM] = mn_json_str(meta, "from");
        if (row.texts[MN_CALLS_FROM].n == 0 && asked != NULL)
            row.texts[MN_CALLS_FROM] = asked->peer;
        row.texts[MN_CALLS_TO] = mn_json_str(meta, "to");
    }
    row.texts[MN_CALLS_AGENT] = agent_of(c);
    add(w, c, &row);
    mn_json_free(meta);
}

/* --- events --- */

static const struct told *find(enum mn_note note)
{
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (told[i].note == note)
            return &told[i];
    }
    return NULL;
}

static void write_member(struct mn_writer *w, const struct mn_json *member)
{
    struct mn_buf value = {0};
    struct mn_str key = mn_json_key(member);
    char name[64];

    snprintf(name, sizeof(name), "%.*s", MN_FMT(key));
    if (mn_json_print(member, &value) == 0)
        mn_write_raw(w, name, mn_buf_str(&value));
    mn_buf_free(&value);
}

static void event(struct mn_worker *w, struct mn_call *c, const char *name, const struct told *of,
                  const struct mn_json *note)
{
    struct mn_buf body = {0};
    struct mn_writer out = mn_writer(&body);
    struct mn_calls_row row = {.what = MN_CALLS_EVENT, .n = mn_call_record(c)->events++};

    mn_write_open(&out, NULL, '{');
    for (const struct mn_json *m = mn_json_first(note); m != NULL; m = mn_json_next(m)) {
        if (is_listed(of->members, mn_json_key(m)) ||
            (keeps_personal(w) && is_listed(of->personal, mn_json_key(m))))
            write_member(&out, m);
    }
    mn_write_close(&out);
    mask(w, c, &body);
    row.texts[MN_CALLS_NAME] = mn_str(name);
    row.texts[MN_CALLS_AGENT] = mn_json_str(note, "agent");
    row.texts[MN_CALLS_BODY] = mn_buf_str(&body);
    if (body.err == 0)
        add(w, c, &row);
    mn_buf_free(&body);
}

/* --- the history --- */

static void item(struct mn_worker *w, struct mn_call *c, enum mn_note note,
                 const struct mn_json *told_note)
{
    const struct mn_json *value = mn_json_get(told_note, "item");
    struct mn_buf body = {0};
    struct mn_calls_row row = {.what = MN_CALLS_ITEM};

    if (note == MN_NOTE_HISTORY_ADDED)
        mn_call_record(c)->places++;
    row.n = mn_call_record(c)->places;
    row.texts[MN_CALLS_ID] = mn_json_str(value, "id");
    if (row.texts[MN_CALLS_ID].n > 0 && mn_json_print(value, &body) == 0) {
        mask(w, c, &body);
        row.texts[MN_CALLS_BODY] = mn_buf_str(&body);
        add(w, c, &row);
    }
    mn_buf_free(&body);
}

void mn_record_history(struct mn_worker *w, struct mn_call *c)
{
    struct mn_buf items = {0};

    if (w->recorder == NULL || !keeps_personal(w))
        return;
    if (mn_session_history(mn_call_session(c), 0, &items) == 0) {
        struct mn_calls_row row = {.what = MN_CALLS_ITEMS};

        mask(w, c, &items);
        row.texts[MN_CALLS_BODY] = mn_buf_str(&items);
        add(w, c, &row);
    }
    mn_buf_free(&items);
}

/* --- */

/* The call's record has begun from now on. */
static void begun(struct mn_worker *w, struct mn_call *c)
{
    if (!mn_call_record(c)->begun)
        begin(w, c);
    mn_call_record(c)->begun = true;
}

void mn_record_note(struct mn_worker *w, struct mn_call *c, enum mn_note note, struct mn_str text)
{
    bool of_history = note == MN_NOTE_HISTORY_ADDED || note == MN_NOTE_HISTORY_UPDATED;
    const struct told *of = find(note);
    struct mn_json *value;

    if (w->recorder == NULL || (of == NULL && !(of_history && keeps_personal(w))))
        return;
    begun(w, c);
    if (mn_json_parse(&value, text, &mn_json_frame, NULL) != 0)
        return;
    if (of_history)
        item(w, c, note, value);
    else
        event(w, c, mn_note_name(note), of, value);
    mn_json_free(value);
}

/* A point of the author's: its fields may be anybody's, its name is the code's. */
void mn_record_trace(struct mn_worker *w, struct mn_call *c, struct mn_str point)
{
    static const struct told of = {.members = "name tool", .personal = "fields"};
    struct mn_json *value;

    if (w->recorder == NULL || mn_json_parse(&value, point, &mn_json_frame, NULL) != 0)
        return;
    begun(w, c);
    event(w, c, "trace", &of, value);
    mn_json_free(value);
}

/* What the code of a close is to whoever reads records. */
static const char *outcome(int code)
{
    if (code == 1000)
        return "completed";
    return code == 1001 ? "stopped" : "failed";
}

void mn_record_over(struct mn_worker *w, struct mn_call *c, int code, struct mn_str reason)
{
    struct mn_calls_row row = {.what = MN_CALLS_END, .code = code};
    struct mn_buf usage = {0}, words = {0};
    struct mn_writer out = mn_writer(&usage);

    if (w->recorder == NULL)
        return;
    begun(w, c);
    mn_record_history(w, c);
    mn_write_open(&out, NULL, '{');
    mn_session_usage(mn_call_session(c), &out);
    mn_write_close(&out);
    mn_buf_add_str(&words, reason);
    mask(w, c, &words);
    row.n = mn_call_record(c)->lost;
    row.texts[MN_CALLS_OUTCOME] = mn_str(outcome(code));
    row.texts[MN_CALLS_REASON] = mn_buf_str(&words);
    row.texts[MN_CALLS_USAGE] = mn_buf_str(&usage);
    row.texts[MN_CALLS_AGENT] = agent_of(c);
    add(w, c, &row);
    mn_buf_free(&usage);
    mn_buf_free(&words);
}

int mn_worker_open_recorder(struct mn_worker *w, struct mn_buf *why)
{
    if (w->settings->records == NULL)
        return 0;
    return mn_recorder_open(&w->recorder, w->loop, w->settings, w->log, why);
}

void mn_worker_close_recorder(struct mn_worker *w)
{
    mn_recorder_close(w->recorder);
    w->recorder = NULL;
}
