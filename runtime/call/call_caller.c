/* call_caller.c - the caller's end: frames in, events and paced audio out. */
#include "call/call_parts.h"

#include "base/b64.h"
#include "base/err.h"
#include "core/event_write.h"

#include <stdlib.h>

struct early_frame {
    struct mn_list link;
    int64_t ms;
    size_t n;
    char bytes[];
};

/* The caller's formats are 48 bytes a ms (pcm16 at 24 kHz) or 8 (G.711); counted as the larger,
 * early audio is kept somewhat longer for telephones. */
#define BYTES_PER_MS 48

static void forget(struct mn_call *c, struct early_frame *f)
{
    mn_list_remove(&f->link);
    c->early.ms -= f->ms;
    free(f);
}

void mn_call_drop_early(struct mn_call *c)
{
    while (!mn_list_empty(&c->early.frames))
        forget(c, mn_container_of(c->early.frames.next, struct early_frame, link));
}

static void keep_early(struct mn_call *c, struct mn_str frame, struct mn_str audio)
{
    struct early_frame *f = malloc(sizeof(*f) + frame.n);

    if (f == NULL)
        return; /* audio that is lost is a gap, not an error */
    *f =
        (struct early_frame){.ms = (int64_t)mn_b64_decoded(audio) / BYTES_PER_MS + 1, .n = frame.n};
    memcpy(f->bytes, frame.p, frame.n);
    mn_list_append(&c->early.frames, &f->link);
    c->early.ms += f->ms;
    while (c->early.ms > c->world->limits->early_audio_ms) {
        forget(c, mn_container_of(c->early.frames.next, struct early_frame, link));
        mn_metric_add(mn_metrics_worker(c->world->metrics), MN_M_DROPPED + MN_DROPPED_EARLY_AUDIO,
                      1);
    }
}

static void drop(struct mn_call *c)
{
    c->dropped_frames++;
    mn_metric_add(mn_metrics_worker(c->world->metrics), MN_M_DROPPED + MN_DROPPED_CALLER_AUDIO, 1);
}

static void forward_audio(struct mn_call *c, mn_leg leg, struct mn_str frame)
{
    if (mn_call_audio_to_model(c, leg, frame) == MN_EFULL)
        drop(c); /* newest audio is dropped while the model does not read */
}

void mn_call_send_early(struct mn_call *c)
{
    mn_leg leg = mn_session_append(c->session, 0, mn_clock_now(c->world->clock));

    if (leg <= 0 || c->ending || mn_list_empty(&c->early.frames))
        return;
    while (!mn_list_empty(&c->early.frames)) {
        struct early_frame *f = mn_container_of(c->early.frames.next, struct early_frame, link);

        forward_audio(c, leg, (struct mn_str){f->bytes, f->n});
        forget(c, f);
    }
}

static void on_audio(struct mn_call *c, struct mn_str frame, struct mn_str audio)
{
    mn_leg leg =
        mn_session_append(c->session, mn_b64_decoded(audio), mn_clock_now(c->world->clock));

    if (leg > 0)
        forward_audio(c, leg, frame);
    else if (leg == 0)
        keep_early(c, frame, audio);
}

/* R72: a frame that is none is answered with an error, and the call goes on. */
void mn_call_refuse(struct mn_call *c, const struct mn_fault *fault)
{
    char event_id[MN_ID_MAX];
    struct mn_buf event = {0};

    c->refused_frames++;
    mn_metric_add(mn_metrics_worker(c->world->metrics), MN_M_FRAMES_REFUSED, 1);
    mn_id_new(event_id, "event", &c->random);
    if (mn_event_error(&event, event_id, fault) == 0)
        mn_call_tell(c, mn_buf_str(&event));
    mn_buf_free(&event);
    MN_LOG(c->world->log, INFO, c->id, "refused a frame of the caller",
           {"code", mn_str(fault->code)}, {"param", mn_str(fault->param)});
}

static void on_event(void *call, const struct mn_event *ev)
{
    mn_call_from_caller(call, ev);
}

static void on_message(struct mn_link *link, struct mn_str text)
{
    struct mn_call *c = link->owner;
    struct mn_fault fault;
    struct mn_span span;

    if (c->ending || !mn_call_bears(c, text.n))
        return;
    if (mn_span_read(text, &span) == MN_HOT_APPEND) {
        on_audio(c, text, span.audio);
        return;
    }
    if (mn_call_own_event(c, text))
        return;
    if (mn_dialect_read(text, MN_FROM_CLIENT, c->dialect, &c->world->limits->frame, on_event, c,
                        &fault) != 0)
        mn_call_refuse(c, &fault);
}

/* The protocol has no binary frames; one is a mistake of the client, not the end of the call. */
static void on_binary(struct mn_link *link, struct mn_str bytes)
{
    struct mn_call *c = link->owner;
    const struct mn_fault fault = {.type = "invalid_request_error",
                                   .code = "invalid_event",
                                   .message = "Binary frames are not events. Send JSON in text "
                                              "frames; audio goes as base64 inside "
                                              "input_audio_buffer.append."};

    (void)bytes;
    if (!c->ending)
        mn_call_refuse(c, &fault);
}

static void on_close(struct mn_link *link, int code, struct mn_str reason, int err)
{
    struct mn_call *c = link->owner;

    if (link != c->caller) { /* they came back before we noticed that they had gone */
        c->closing--;
        mn_call_closed(c);
        return;
    }
    c->caller = NULL;
    if (!c->ending) {
        MN_LOG(c->world->log, INFO, c->id, "the caller's connection closed",
               {"code", .i = code, .is_int = true}, {"reason", reason},
               {"error", mn_str(err != 0 ? mn_strerror(err) : "")});
        mn_call_lost_caller(c, code, err);
    }
    mn_call_closed(c);
}

const struct mn_link_events mn_call_caller_events = {
    .on_message = on_message,
    .on_binary = on_binary,
    .on_close = on_close,
};

/* R74: beta to whoever speaks beta. */
static int send(struct mn_call *c, struct mn_str event)
{
    int rc;

    if (c->caller == NULL)
        return 0;
    rc = mn_dialect_out(&event, &c->caller_scratch, event, MN_FROM_SERVER, c->dialect);
    return rc == 1 ? mn_link_send(c->caller, event) : rc;
}

void mn_call_send(struct mn_call *c, struct mn_str event)
{
    int err = mn_call_keep_missed(c, event) ? 0 : send(c, event);

    if (err == 0 || err == MN_ECLOSED || c->ending || c->doomed)
        return; /* its on_close tells */
    if (err == MN_EFULL) {
        MN_LOG(c->world->log, WARN, c->id, "the caller reads too slowly; closing",
               {"queued", .i = (int64_t)mn_link_queued(c->caller), .is_int = true});
        mn_call_end(c, 1008, "reading too slowly");
    } else {
        mn_call_end(c, 1011, mn_strerror(err));
    }
}

void mn_call_tell(struct mn_call *c, struct mn_str event)
{
    struct mn_buf changed = {0};

    if (mn_call_show(c, &event, &changed))
        mn_call_send(c, event);
    mn_buf_free(&changed);
}

/* What may wait is bounded by the session's count of milliseconds; only a model that wraps little
 * audio in much else comes to the bound in bytes. */
void mn_call_paced(struct mn_call *c, int err)
{
    if (err != 0)
        mn_call_end(c, 1011, err == MN_EFULL ? "too much waits to be played" : mn_strerror(err));
}

void mn_call_tell_in_order(struct mn_call *c, struct mn_str event)
{
    mn_call_paced(c, mn_pacing_event(&c->to_caller, event));
}

void mn_call_hold(struct mn_call *c, struct mn_str bytes, uint32_t held, bool audio,
                  int64_t offset_ms)
{
    mn_call_paced(c, mn_pacing_hold(&c->to_caller, bytes, held, audio, offset_ms));
}

void mn_call_let_go(struct mn_call *c, uint32_t held, int64_t at_ms)
{
    mn_call_paced(c, mn_pacing_let_go(&c->to_caller, held, at_ms));
}

void mn_call_play(struct mn_call *c, struct mn_str frame, int64_t release_at_ms)
{
    mn_call_paced(c, mn_pacing_audio(&c->to_caller, frame, release_at_ms));
}

/* A caller who knows our events is told, and pauses what it has. Another hears it out. */
void mn_call_pause(struct mn_call *c)
{
    int64_t held_from_ms = mn_pacing_pause(&c->to_caller);

    if (c->notes)
        mn_call_tell(c, MN_STR("{\"type\":\"myna.playback.paused\"}"));
    else
        mn_session_plays_on(c->session, held_from_ms);
}

void mn_call_resume(struct mn_call *c, int64_t late_ms)
{
    if (c->notes)
        mn_call_tell(c, MN_STR("{\"type\":\"myna.playback.resumed\"}"));
    mn_call_paced(c, mn_pacing_resume(&c->to_caller, late_ms));
}

void mn_call_release(void *call, struct mn_str frame)
{
    mn_call_tell(call, frame);
}

/* What a client must act on has a type of its own. */
static const char *note_type(enum mn_note note)
{
    switch (note) {
    case MN_NOTE_RECONNECTING:
        return "myna.session.reconnecting";
    case MN_NOTE_RESUMED:
        return "myna.session.resumed";
    default:
        return "myna.note";
    }
}

static void tell_note(struct mn_call *c, enum mn_note note, struct mn_str text)
{
    struct mn_buf event = {0};

    /* The note is an object: its members follow ours. */
    mn_buf_addf(&event, "{\"type\":\"%s\",\"note\":\"%s\"%s%.*s", note_type(note),
                mn_note_name(note), text.n > 2 ? "," : "", (int)text.n - 1, text.p + 1);
    if (event.err != 0)
        mn_call_end(c, 1011, mn_strerror(event.err));
    else
        mn_call_tell_in_order(c, mn_buf_str(&event));
    mn_buf_free(&event);
}

/* What the model or the session complains of. A caller's slips are told to the caller; a benign
 * error (R64) is nobody's matter. Returns false for that. */
static bool log_error(struct mn_call *c, struct mn_str text)
{
    struct mn_json *note;
    struct mn_str from;
    bool benign;

    if (mn_json_parse(&note, text, &mn_json_frame, NULL) != 0)
        return true;
    from = mn_json_str(note, "from");
    benign = mn_str_is(mn_json_str(note, "class"), "benign");
    if (benign)
        MN_LOG(c->world->log, DEBUG, c->id, "the model met a benign error",
               {"code", mn_json_str(note, "code")}, {"message", mn_json_str(note, "message")});
    else if (!mn_str_is(from, "caller"))
        MN_LOG(c->world->log, WARN, c->id, "the call met an error",
               {"code", mn_json_str(note, "code")}, {"message", mn_json_str(note, "message")},
               {"from", from});
    mn_json_free(note);
    return !benign;
}

void mn_call_note(struct mn_call *c, enum mn_note note, struct mn_str text)
{
    bool matters = note != MN_NOTE_ERROR || log_error(c, text);

    mn_measure_note(c, note, text);
    if (c->world->note != NULL)
        c->world->note(c->world->owner, c, note, text);
    if (!matters)
        return;
    if (c->notes)
        tell_note(c, note, text);
    mn_state_note(c->state, note, text);
}
