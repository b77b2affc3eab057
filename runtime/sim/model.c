/* model.c - the session's life: which file takes which event, and what is due when. */
#include "sim/model.h"

#include "base/err.h"
#include "core/span.h"
#include "sim/machine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define STEPS_MAX        64   /* of one tick */
#define CLOSE_GOING_AWAY 1001 /* RFC 6455, 7.4.1 */

static void update_session(struct mn_sim *sim, const struct mn_event *ev);
static void clear_output(struct mn_sim *sim, const struct mn_event *ev);

static const struct {
    enum mn_event_type type;
    void (*take)(struct mn_sim *sim, const struct mn_event *ev);
} takers[] = {
    {MN_EV_SESSION_UPDATE, update_session},
    {MN_EV_TRANSCRIPTION_SESSION_UPDATE, update_session},
    {MN_EV_CONVERSATION_ITEM_CREATE, mn_sim_item_create},
    {MN_EV_CONVERSATION_ITEM_RETRIEVE, mn_sim_item_retrieve},
    {MN_EV_CONVERSATION_ITEM_TRUNCATE, mn_sim_item_truncate},
    {MN_EV_CONVERSATION_ITEM_DELETE, mn_sim_item_delete},
    {MN_EV_INPUT_AUDIO_BUFFER_APPEND, mn_sim_append},
    {MN_EV_INPUT_AUDIO_BUFFER_COMMIT, mn_sim_commit},
    {MN_EV_INPUT_AUDIO_BUFFER_CLEAR, mn_sim_clear},
    {MN_EV_OUTPUT_AUDIO_BUFFER_CLEAR, clear_output},
    {MN_EV_RESPONSE_CREATE, mn_sim_response_create},
    {MN_EV_RESPONSE_CANCEL, mn_sim_response_cancel},
};

struct mn_sim_settings mn_sim_defaults(void)
{
    return (struct mn_sim_settings){
        .seed = 1,
        .brain = &mn_brain_standin,
        .model = "gpt-realtime",
        .dialect = MN_GA,
        .life_ms = 60 * 60 * 1000, /* "the maximum duration of 60 minutes" */
        .think_ms = 10,
        .transcribe_ms = 300,
        .frame_ms = 100,
        .speed = 5,
        .word_ms = 380, /* 158 words a minute: calm English speech */
        .requests_minute = 1000,
        .tokens_minute = 50000,
    };
}

static const char *kind_of_session(const struct mn_sim *sim)
{
    return sim->set.transcription ? "transcription" : "realtime";
}

static void tell_session(struct mn_sim *sim, enum mn_event_type type)
{
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, type))
        return;
    mn_write_open(&w, "session", '{');
    if (sim->set.dialect == MN_GA)
        mn_write_text(&w, "type", kind_of_session(sim));
    mn_write_text(&w, "object",
                  sim->set.transcription && type != MN_EV_SESSION_CREATED
                      ? "realtime.transcription_session"
                      : "realtime.session");
    mn_write_text(&w, "id", sim->id);
    mn_sim_config_write(&sim->config, &w, sim->set.dialect);
    mn_write_int(&w, "expires_at", sim->expires_at_s);
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}

static void tell_conversation(struct mn_sim *sim)
{
    struct mn_writer w;

    if (sim->set.dialect != MN_BETA || !mn_sim_begin(sim, &w, MN_EV_CONVERSATION_CREATED))
        return;
    mn_write_open(&w, "conversation", '{');
    mn_write_text(&w, "id", sim->conversation_id);
    mn_write_text(&w, "object", "realtime.conversation");
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}

/* A key or a call may have brought the session with it, its model and its kind too. */
static int configure(struct mn_sim *sim, const struct mn_sim_settings *settings)
{
    struct mn_json *session = NULL;
    struct mn_fault why = {0};
    char model[128];
    int err = 0;

    snprintf(model, sizeof(model), "%s", settings->model);
    if (settings->session.n > 0)
        err = mn_json_parse(&session, settings->session, &mn_json_frame, NULL);
    if (mn_json_str(session, "model").n > 0)
        snprintf(model, sizeof(model), "%.*s", MN_FMT(mn_json_str(session, "model")));
    if (mn_str_is(mn_json_str(session, "type"), "transcription"))
        sim->set.transcription = true;
    if (err == 0)
        err = mn_sim_config_init(&sim->config, model, settings->dialect, sim->set.transcription);
    if (err == 0 && session != NULL)
        err = mn_sim_config_update(&sim->config, session, settings->dialect, false, &why);
    mn_json_free(session);
    return err;
}

struct mn_sim *mn_sim_new(const struct mn_sim_settings *settings, int64_t now_ms)
{
    struct mn_sim *sim = calloc(1, sizeof(*sim));
    int err;

    assert(settings->brain != NULL && settings->speed > 0 && settings->frame_ms > 0);
    if (sim == NULL)
        return NULL;
    sim->set = *settings;
    sim->set.model = NULL; /* the config keeps copies */
    sim->set.session = (struct mn_str){NULL, 0};
    sim->brain = *settings->brain;
    sim->now_ms = sim->meter.window_ms = now_ms;
    sim->expires_ms = now_ms + settings->life_ms;
    sim->expires_at_s = settings->wall_s + settings->life_ms / 1000;
    sim->outbox.bytes.limit = MN_SIM_QUEUED_MAX;
    mn_list_init(&sim->items);
    mn_list_init(&sim->responses);
    mn_random_seed(&sim->random, settings->seed);
    mn_id_new(sim->id, "sess", &sim->random);
    mn_id_new(sim->conversation_id, "conv", &sim->random);
    err = configure(sim, settings);
    mn_sim_hearing_init(sim);
    if (err < 0)
        goto fail;
    tell_session(sim, MN_EV_SESSION_CREATED);
    tell_conversation(sim);
    if (mn_sim_health(sim) < 0)
        goto fail;
    return sim;

fail:
    mn_sim_free(sim);
    return NULL;
}

void mn_sim_free(struct mn_sim *sim)
{
    if (sim == NULL)
        return;
    while (!mn_list_empty(&sim->responses))
        mn_sim_response_free(mn_container_of(sim->responses.next, struct mn_sim_response, link));
    while (!mn_list_empty(&sim->items))
        mn_sim_item_free(mn_container_of(sim->items.next, struct mn_sim_item, link));
    mn_sim_transcript_free(sim);
    mn_sim_config_free(&sim->config);
    mn_buf_free(&sim->outbox.bytes);
    mn_buf_free(&sim->faults.held);
    mn_buf_free(&sim->faults.late);
    free(sim);
}

/* --- events ----------------------------------------------------------------------------------- */

/* GA names the kind of session in the update, beta in the name of the event. */
static bool is_for_other_session(const struct mn_sim *sim, const struct mn_event *ev)
{
    const char *kind = kind_of_session(sim);

    if (sim->set.dialect == MN_BETA)
        return sim->set.transcription != (ev->type == MN_EV_TRANSCRIPTION_SESSION_UPDATE);
    return !mn_str_is(mn_json_str(mn_json_get(ev->body, "session"), "type"), kind);
}

/* Whether the update is not to be looked at; the client was told, if it is to be told. */
static bool update_fails(struct mn_sim *sim, const struct mn_event *ev)
{
    const struct mn_sim_armed *refused = mn_sim_fault_strikes(sim, MN_SIM_REFUSE_UPDATE);

    if (is_for_other_session(sim, ev)) {
        mn_sim_refuse(sim, "invalid_value", sim->set.dialect == MN_GA ? "session.type" : "type",
                      "Passing a %s session update event to a %s session is not allowed.",
                      sim->set.transcription ? "realtime" : "transcription", kind_of_session(sim));
        return true;
    }
    if (refused == NULL)
        return false;
    mn_sim_refuse(sim, refused->text[0] != '\0' ? refused->text : "invalid_value", "session",
                  "The session was not updated, as a fault asked.");
    return true;
}

static void update_session(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_fault fault = {0};
    int err;

    if (update_fails(sim, ev))
        return;
    err = mn_sim_config_update(&sim->config, mn_json_get(ev->body, "session"), sim->set.dialect,
                               sim->spoke, &fault);
    if (err == MN_EPROTOCOL)
        mn_sim_refuse_fault(sim, &fault, true);
    else if (err < 0)
        sim->outbox.bytes.err = err;
    if (err < 0)
        return;
    mn_sim_hearing_set(sim);
    if (mn_sim_fault_strikes(sim, MN_SIM_LOSE_UPDATE) == NULL)
        tell_session(sim, ev->type == MN_EV_SESSION_UPDATE ? MN_EV_SESSION_UPDATED
                                                           : MN_EV_TRANSCRIPTION_SESSION_UPDATED);
}

static void clear_output(struct mn_sim *sim, const struct mn_event *ev)
{
    (void)ev;
    if (sim->set.direct) {
        mn_sim_play_cut(sim);
        return;
    }
    mn_sim_refuse(sim, "invalid_value", "type",
                  "'output_audio_buffer.clear' is only for WebRTC and SIP connections.");
}

static void take(struct mn_sim *sim, const struct mn_event *ev)
{
    if (sim->set.transcription && ev->type == MN_EV_RESPONSE_CREATE) {
        mn_sim_refuse(sim, "invalid_value", "type",
                      "'response.create' is not allowed in a transcription session.");
        return;
    }
    for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
        if (takers[i].type == ev->type) {
            takers[i].take(sim, ev);
            return;
        }
    mn_sim_refuse(sim, "invalid_value", "type", "The simulator does not offer '%.*s'.",
                  ev->wire.n > 100 ? 100 : (int)ev->wire.n, ev->wire.p);
}

void mn_sim_pass(struct mn_sim *sim, int64_t now_ms)
{
    sim->now_ms = now_ms > sim->now_ms ? now_ms : sim->now_ms;
    if (sim->faults.stalled && sim->now_ms >= sim->faults.stalled_until_ms)
        sim->faults.stalled = false;
}

static int take_frame(struct mn_sim *sim, struct mn_str frame)
{
    struct mn_event ev;
    struct mn_fault fault;
    int err = mn_event_decode(&ev, frame, MN_FROM_CLIENT, sim->set.dialect, &mn_json_frame, &fault);

    if (err == -ENOMEM)
        return err;
    if (err < 0) {
        mn_sim_refuse_fault(sim, &fault, false); /* the decoder has named the event already */
        return 0;
    }
    sim->asker = ev.event_id;
    take(sim, &ev);
    mn_event_free(&ev);
    return 0;
}

int mn_sim_feed(struct mn_sim *sim, struct mn_str frame, int64_t now_ms)
{
    struct mn_span span;
    int err = 0;

    if (sim->closed)
        return MN_ECLOSED;
    mn_sim_pass(sim, now_ms);
    if (frame.n <= mn_json_frame.bytes && mn_span_read(frame, &span) == MN_HOT_APPEND) {
        sim->asker = span.event_id;
        mn_sim_append_audio(sim, span.audio);
    } else {
        err = take_frame(sim, frame);
    }
    sim->asker = (struct mn_str){NULL, 0};
    return err < 0 ? err : mn_sim_health(sim);
}

/* --- time ------------------------------------------------------------------------------------- */

static int64_t earlier(int64_t a_ms, int64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

int64_t mn_sim_deadline(const struct mn_sim *sim)
{
    const struct mn_sim_response *r = mn_sim_response_due(sim);
    int64_t due_ms = earlier(sim->expires_ms, sim->hearing.idle_at_ms);

    if (sim->closed)
        return INT64_MAX;
    if (sim->faults.stalled)
        return sim->faults.stalled_until_ms;
    due_ms = earlier(due_ms, mn_sim_transcript_deadline(sim));
    due_ms = earlier(due_ms, mn_sim_play_deadline(sim));
    return r != NULL ? earlier(due_ms, r->due_ms) : due_ms;
}

void mn_sim_shut(struct mn_sim *sim, int code, struct mn_str reason)
{
    sim->closed = true;
    sim->close_code = code;
    snprintf(sim->close_reason, sizeof(sim->close_reason), "%.*s", MN_FMT(reason));
}

/* As the real server: an error, the end, and not a word more of responses in flight. */
static void expire(struct mn_sim *sim)
{
    static const char why[] = "Your session hit the maximum duration of 60 minutes.";

    mn_sim_refuse(sim, "session_expired", NULL, "%s", why);
    mn_sim_shut(sim, CLOSE_GOING_AWAY, mn_str(why));
}

/* Does the one thing whose time is due_ms. */
static void step(struct mn_sim *sim, int64_t due_ms)
{
    struct mn_sim_response *r = mn_sim_response_due(sim);

    if (r != NULL && r->due_ms == due_ms)
        mn_sim_speak(sim, r);
    else if (mn_sim_transcript_deadline(sim) == due_ms)
        mn_sim_transcript_tick(sim);
    else if (mn_sim_play_deadline(sim) == due_ms)
        mn_sim_play_tick(sim);
    else if (sim->hearing.idle_at_ms == due_ms)
        mn_sim_hearing_tick(sim);
    else
        expire(sim);
}

int mn_sim_tick(struct mn_sim *sim, int64_t now_ms)
{
    if (sim->closed)
        return MN_ECLOSED;
    mn_sim_pass(sim, now_ms);
    for (int i = 0; i < STEPS_MAX && mn_sim_health(sim) == 0; i++) {
        int64_t due_ms = mn_sim_deadline(sim);

        if (due_ms > sim->now_ms)
            break;
        step(sim, due_ms);
    }
    return mn_sim_health(sim);
}

int mn_sim_wake(struct mn_sim *sim, int64_t now_ms)
{
    if (sim->closed)
        return MN_ECLOSED;
    mn_sim_pass(sim, now_ms);
    mn_sim_ask_waiting(sim);
    return mn_sim_health(sim);
}

bool mn_sim_closed(const struct mn_sim *sim, int *code, struct mn_str *reason)
{
    *code = sim->close_code;
    *reason = mn_str(sim->close_reason);
    return sim->closed;
}
