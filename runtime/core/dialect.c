/* dialect.c - whole events from one dialect to the other.
 *
 * An event keeps its members; its name changes, and what lies in `session`, `response` or `item`.
 */
#include "core/dialect_parts.h"

#include "core/event_write.h"

/* --- items --- */

/* What an assistant says; what a user says has one name in both. */
static const struct {
    const char *ga, *beta, *input; /* what it is in GA when others say it */
} parts[] = {{"output_text", "text", "input_text"}, {"output_audio", "audio", "input_audio"}};

static const char *part_type(struct mn_str type, struct mn_str role, enum mn_dialect to)
{
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (to == MN_BETA && mn_str_is(type, parts[i].ga))
            return parts[i].beta;
        if (to == MN_GA && mn_str_is(type, parts[i].beta))
            return mn_str_is(role, "user") || mn_str_is(role, "system") ? parts[i].input
                                                                        : parts[i].ga;
    }
    return NULL;
}

static void write_content(struct mn_writer *w, const struct mn_json *content, struct mn_str role,
                          enum mn_dialect to)
{
    mn_write_open(w, "content", '[');
    for (const struct mn_json *p = mn_json_first(content); p != NULL; p = mn_json_next(p)) {
        const char *type = part_type(mn_json_str(p, "type"), role, to);

        if (type == NULL) {
            mn_write_json(w, NULL, p);
            continue;
        }
        mn_write_open(w, NULL, '{');
        mn_write_text(w, "type", type);
        for (const struct mn_json *m = mn_json_first(p); m != NULL; m = mn_json_next(m)) {
            if (!mn_str_is(mn_json_key(m), "type"))
                mn_write_member(w, m);
        }
        mn_write_close(w);
    }
    mn_write_close(w);
}

void mn_dialect_item(struct mn_writer *w, const char *key, const struct mn_json *v,
                     enum mn_dialect to)
{
    struct mn_str role = mn_json_str(v, "role");

    if (mn_json_kind(v) != MN_JSON_OBJECT) {
        mn_write_json(w, key, v);
        return;
    }
    mn_write_open(w, key, '{');
    for (const struct mn_json *m = mn_json_first(v); m != NULL; m = mn_json_next(m)) {
        if (mn_str_is(mn_json_key(m), "content") && mn_json_kind(m) == MN_JSON_ARRAY)
            write_content(w, m, role, to);
        else
            mn_write_member(w, m);
    }
    mn_write_close(w);
}

/* --- events --- */

static void write_error(struct mn_writer *w, const struct mn_json *error, enum mn_dialect to)
{
    mn_write_open(w, "error", '{');
    for (const struct mn_json *m = mn_json_first(error); m != NULL; m = mn_json_next(m)) {
        if (mn_str_is(mn_json_key(m), "param") && mn_json_kind(m) == MN_JSON_STRING)
            mn_dialect_param(w, "param", mn_json_text(m), to);
        else
            mn_write_member(w, m);
    }
    mn_write_close(w);
}

static bool transcribes(const struct mn_event *ev)
{
    return ev->type == MN_EV_TRANSCRIPTION_SESSION_UPDATE ||
           ev->type == MN_EV_TRANSCRIPTION_SESSION_UPDATED ||
           mn_str_is(mn_json_str(mn_json_get(ev->body, "session"), "type"), "transcription");
}

/* What kind of session it is GA says inside, beta by the event's name. */
static enum mn_event_type type_in(const struct mn_event *ev, enum mn_dialect to)
{
    switch (ev->type) {
    case MN_EV_TRANSCRIPTION_SESSION_UPDATE:
        return to == MN_GA ? MN_EV_SESSION_UPDATE : ev->type;
    case MN_EV_TRANSCRIPTION_SESSION_UPDATED:
        return to == MN_GA ? MN_EV_SESSION_UPDATED : ev->type;
    case MN_EV_SESSION_UPDATE:
        return to == MN_BETA && transcribes(ev) ? MN_EV_TRANSCRIPTION_SESSION_UPDATE : ev->type;
    case MN_EV_SESSION_UPDATED:
        return to == MN_BETA && transcribes(ev) ? MN_EV_TRANSCRIPTION_SESSION_UPDATED : ev->type;
    default:
        return ev->type;
    }
}

static void write_member(struct mn_writer *w, const struct mn_event *ev, const struct mn_json *m,
                         enum mn_dialect to)
{
    struct mn_str key = mn_json_key(m);

    if (mn_str_is(key, "type"))
        return;
    if (mn_str_is(key, "session"))
        mn_dialect_object(w, "session", m, MN_DIALECT_SESSION,
                          transcribes(ev) ? "transcription" : "realtime", to);
    else if (mn_str_is(key, "response"))
        mn_dialect_object(
            w, "response", m,
            ev->type == MN_EV_RESPONSE_CREATE ? MN_DIALECT_PARAMS : MN_DIALECT_RESPONSE, NULL, to);
    else if (mn_str_is(key, "item"))
        mn_dialect_item(w, "item", m, to);
    else if (mn_str_is(key, "error") && ev->type == MN_EV_ERROR)
        write_error(w, m, to);
    else
        mn_write_member(w, m);
}

int mn_dialect_write(struct mn_buf *out, const struct mn_event *ev, enum mn_dialect to)
{
    struct mn_writer w;

    if (ev->type == MN_EV_UNKNOWN || ev->dialect == to) {
        mn_buf_add_str(out, ev->raw);
        return out->err != 0 ? out->err : 1;
    }
    if (!mn_event_open(&w, out, type_in(ev, to), to, NULL))
        return 0;
    for (const struct mn_json *m = mn_json_first(ev->body); m != NULL; m = mn_json_next(m))
        write_member(&w, ev, m, to);
    mn_write_close(&w);
    return out->err != 0 ? out->err : 1;
}

int mn_dialect_write_audio(struct mn_buf *out, struct mn_str frame, const struct mn_span *span,
                           enum mn_dialect to)
{
    const char *wire = mn_event_wire(MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA, to);
    size_t before = (size_t)(span->type.p - frame.p);

    mn_buf_add(out, frame.p, before);
    mn_buf_add_text(out, wire);
    mn_buf_add(out, span->type.p + span->type.n, frame.n - before - span->type.n);
    return out->err != 0 ? out->err : 1;
}

int mn_dialect_write_done(struct mn_buf *out, const struct mn_event *ev)
{
    const struct mn_json *item = mn_json_get(ev->body, "item");
    const struct mn_json *before = mn_json_get(ev->body, "previous_item_id");
    struct mn_writer w;

    if (ev->dialect != MN_BETA || mn_json_kind(item) != MN_JSON_OBJECT ||
        (ev->type != MN_EV_CONVERSATION_ITEM_ADDED &&
         ev->type != MN_EV_RESPONSE_OUTPUT_ITEM_DONE) ||
        mn_str_is(mn_json_str(item, "status"), "in_progress"))
        return 0;
    mn_event_open(&w, out, MN_EV_CONVERSATION_ITEM_DONE, MN_GA, NULL);
    if (mn_json_kind(before) != MN_JSON_ABSENT)
        mn_write_json(&w, "previous_item_id", before);
    mn_dialect_item(&w, "item", item, MN_GA);
    mn_write_close(&w);
    return out->err != 0 ? out->err : 1;
}

/* What beta says once and GA twice, or an event in other words. */
static int take_written(struct mn_buf *ga, enum mn_from from, const struct mn_json_limits *limits,
                        mn_dialect_take *take, void *owner, struct mn_fault *why)
{
    struct mn_event ev;
    int err = mn_event_decode(&ev, mn_buf_str(ga), from, MN_GA, limits, why);

    if (err != 0)
        return err;
    take(owner, &ev);
    mn_event_free(&ev);
    return 0;
}

int mn_dialect_read(struct mn_str frame, enum mn_from from, enum mn_dialect dialect,
                    const struct mn_json_limits *limits, mn_dialect_take *take, void *owner,
                    struct mn_fault *why)
{
    struct mn_buf ga = {0};
    struct mn_event ev;
    int rc = mn_event_decode(&ev, frame, from, dialect, limits, why);

    if (rc != 0)
        return rc;
    if (dialect == MN_GA) {
        take(owner, &ev);
        goto done;
    }
    rc = mn_dialect_write(&ga, &ev, MN_GA);
    if (rc == 1)
        rc = take_written(&ga, from, limits, take, owner, why);
    mn_buf_clear(&ga);
    if (rc == 0 && from == MN_FROM_SERVER)
        rc = mn_dialect_write_done(&ga, &ev);
    if (rc == 1)
        rc = take_written(&ga, from, limits, take, owner, why);
done:
    mn_event_free(&ev);
    mn_buf_free(&ga);
    return rc;
}

int mn_dialect_out(struct mn_str *out, struct mn_buf *scratch, struct mn_str frame,
                   enum mn_from from, enum mn_dialect to)
{
    struct mn_fault why;
    struct mn_event ev;
    struct mn_span span;
    int rc;

    *out = frame;
    if (to == MN_GA)
        return 1;
    mn_buf_clear(scratch);
    switch (mn_span_read(frame, &span)) {
    case MN_HOT_APPEND:
        return 1; /* the same in both */
    case MN_HOT_DELTA:
        rc = mn_dialect_write_audio(scratch, frame, &span, to);
        break;
    default:
        rc = mn_event_decode(&ev, frame, from, MN_GA, &mn_json_frame, &why);
        if (rc != 0)
            return rc;
        rc = mn_dialect_write(scratch, &ev, to);
        mn_event_free(&ev);
    }
    *out = mn_buf_str(scratch);
    return rc;
}
