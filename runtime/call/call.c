/* call.c - carries out what a session decides. */
#include "call/call_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A telephone's lead is shorter (160 ms); callers on the Realtime API buffer by themselves. 300 s
 * of waiting audio is more than any answer; 10 s of early audio more than any dialling, and 10 s
 * after the end more than a record takes to be written. */
const struct mn_call_limits mn_call_defaults = {
    .lead_ms = 400,
    .unreleased_ms = 300000,
    .early_audio_ms = 10000,
    .rotate_ms = 3300000,
    .retry_ms = 500,
    .retries = 5,
    .ending_ms = 10000,
    .model_queue = 1 << 20,
    .frame = {.bytes = 16 << 20, .depth = 32, .values = 50000},
};

/* pcm16 at 24 kHz is 64 bytes a ms as base64; as much again for the JSON around it, and for events
 * that keep their place among the audio. */
#define PACED_BYTES_A_MS 128

/* The Realtime API ends a session after 60 minutes; callers are shown the same. */
#define SESSION_SECONDS 3600

uint64_t mn_call_number(const struct mn_call *c)
{
    return c->number;
}

const char *mn_call_id(const struct mn_call *c)
{
    return c->id;
}

const char *mn_call_line(const struct mn_call *c)
{
    return c->line;
}

uint64_t mn_call_seat(const struct mn_call *c)
{
    return c->seat;
}

const struct mn_session *mn_call_session(const struct mn_call *c)
{
    return c->session;
}

void mn_call_weigh(const struct mn_call *c, int64_t *lua, int64_t *to_send, int64_t *paced)
{
    *lua += c->state != NULL ? (int64_t)mn_state_memory(c->state) : 0;
    *to_send += c->caller != NULL ? (int64_t)mn_link_queued(c->caller) : 0;
    *paced += (int64_t)c->to_caller.bytes;
}

bool mn_call_is_over(const struct mn_call *c)
{
    return c->ending;
}

struct mn_state *mn_call_state(const struct mn_call *c)
{
    return c->state;
}

struct mn_call_record *mn_call_record(struct mn_call *c)
{
    return &c->record;
}

struct mn_list *mn_call_place(struct mn_call *c)
{
    return &c->place;
}

struct mn_call *mn_call_at(struct mn_list *place)
{
    return mn_container_of(place, struct mn_call, place);
}

static void free_call(struct mn_call *c)
{
    mn_state_close(c->state);
    mn_session_free(c->session);
    mn_timer_stop(&c->deadline);
    mn_pacing_queue_close(&c->to_caller);
    mn_call_drop_early(c);
    mn_call_free_away(c);
    mn_buf_free(&c->caller_scratch);
    mn_buf_free(&c->model_scratch);
    mn_list_remove(&c->place);
    mn_bundle_drop(c->bundle);
    free(c);
}

static void on_deadline(struct mn_timer *t)
{
    struct mn_call *c = mn_container_of(t, struct mn_call, deadline);

    mn_call_feed(c, &(struct mn_input){.type = MN_IN_TIME});
}

static void start_deadline(struct mn_call *c, int64_t delay_ms)
{
    if (mn_timer_start(c->world->clock, &c->deadline, delay_ms, on_deadline) != 0)
        mn_call_end(c, 1011, "out of memory");
}

/* A deadline that has moved away is left where it is: it comes early, finds nothing due, and is set
 * anew. Audio moves the end of playback 50 times a second; the timer is touched once. */
static void arm(struct mn_call *c)
{
    int64_t at_ms = mn_session_deadline(c->session);
    int64_t now_ms = mn_clock_now(c->world->clock);

    if (c->ending)
        return;
    if (at_ms == INT64_MAX)
        mn_timer_stop(&c->deadline);
    else if (!mn_timer_running(&c->deadline) || at_ms < c->deadline.at_ms)
        start_deadline(c, at_ms - now_ms);
}

/* The script is closed from the clock, never from inside its own callback. */
static void on_finished(struct mn_timer *t)
{
    struct mn_call *c = mn_container_of(t, struct mn_call, deadline);
    int ended = mn_state_end_rest(c->state);
    int64_t left_ms = mn_state_outlive_ms(c->state);

    if (ended > 0)
        MN_LOG(c->world->log, WARN, c->id, "scripts were stopped that ran on after the call",
               {"tasks", .i = ended, .is_int = true},
               {"waited_ms", .i = c->world->limits->ending_ms, .is_int = true});
    if (left_ms > 0 && mn_timer_start(c->world->clock, t, left_ms, on_finished) == 0)
        return;
    mn_state_close(c->state);
    c->state = NULL;
    mn_timer_stop(t); /* the last task that ended has started it */
    c->waits = false;
    mn_call_closed(c);
}

static void on_script_idle(void *call)
{
    struct mn_call *c = call;

    (void)mn_timer_start(c->world->clock, &c->deadline, 0, on_finished); /* it runs */
}

/* R67: tools that were not cancelled, and what the app runs at the end, have their time. */
static void wait_for_script(struct mn_call *c)
{
    bool runs;

    mn_state_end(c->state);
    runs = mn_state_when_idle(c->state, on_script_idle);

    /* Without memory for it the script is closed with the call. */
    c->waits = mn_timer_start(c->world->clock, &c->deadline, runs ? c->world->limits->ending_ms : 0,
                              on_finished) == 0;
}

static void log_end(struct mn_call *c, struct mn_str reason)
{
    struct mn_buf usage = {0};
    struct mn_writer w = mn_writer(&usage);

    mn_write_open(&w, NULL, '{');
    mn_session_usage(c->session, &w);
    mn_write_close(&w);
    MN_LOG(c->world->log, INFO, c->id, "call ended", {"reason", reason},
           {"refused_frames", .i = c->refused_frames, .is_int = true},
           {"dropped_frames", .i = c->dropped_frames, .is_int = true},
           {"benign_errors", .i = mn_session_benign(c->session), .is_int = true},
           {"usage", mn_buf_str(&usage)});
    mn_buf_free(&usage);
}

static void finish(struct mn_call *c, int code, struct mn_str reason)
{
    if (c->ending)
        return;
    c->ending = true;
    c->end_code = code;
    log_end(c, reason);
    mn_measure_end(c, code, reason);
    if (c->world->over != NULL)
        c->world->over(c->world->owner, c, code, reason);
    mn_pacing_drop(&c->to_caller);
    wait_for_script(c);
    mn_call_leave_all(c);
    if (c->line[0] != '\0' && !c->hung_up && c->world->hang_up != NULL)
        c->world->hang_up(c->world->owner, c, mn_str(c->line));
    if (c->caller != NULL)
        mn_link_close(c->caller, code, reason);
}

static void carry_out(struct mn_call *c, struct mn_effect *fx)
{
    struct mn_str text = mn_buf_str(&fx->text);

    switch (fx->type) {
    case MN_FX_DIAL:
        mn_call_dial(c, fx->leg, fx->fallback);
        break;
    case MN_FX_HANGUP:
        mn_call_leave_model(c, fx->leg);
        break;
    case MN_FX_SEND:
        mn_call_to_model(c, fx->leg, text, fx->first);
        break;
    case MN_FX_TELL:
        if ((fx->ours && !c->notes) || c->line[0] != '\0')
            break; /* R80: the far end hears of it by the model */
        if (fx->held != 0)
            mn_call_hold(c, text, fx->held, false, 0);
        else if (!fx->in_order)
            mn_call_tell(c, text);
        else
            mn_call_tell_in_order(c, text);
        break;
    case MN_FX_RELEASE:
        mn_call_let_go(c, fx->held, fx->at_ms);
        break;
    case MN_FX_DROP:
        mn_pacing_drop(&c->to_caller);
        break;
    case MN_FX_PLAY:
        mn_call_play_sound(c, fx);
        break;
    case MN_FX_PAUSE:
        mn_call_pause(c);
        break;
    case MN_FX_RESUME:
        mn_call_resume(c, fx->late_ms);
        break;
    case MN_FX_RUN:
        mn_call_run(c, fx);
        break;
    case MN_FX_STOP:
        mn_state_stop(c->state, fx->ticket);
        break;
    case MN_FX_AWAITED:
        mn_state_awaited(c->state, fx->ticket, (enum mn_awaited)fx->code, text);
        break;
    case MN_FX_NOTE:
        mn_call_note(c, fx->note, text);
        break;
    case MN_FX_END:
        finish(c, fx->code, text);
        break;
    }
}

void mn_call_pump(struct mn_call *c)
{
    struct mn_effect fx;

    if (c->pumping)
        return; /* the loop below will see it */
    c->pumping = true;
    while (mn_session_next(c->session, &fx)) {
        if (!c->ending)
            carry_out(c, &fx);
        mn_effect_free(&fx);
    }
    c->pumping = false;
    c->pictures = 0;
    mn_call_send_early(c);
    arm(c);
}

void mn_call_pump_soon(struct mn_call *c)
{
    if (!c->ending)
        start_deadline(c, 0);
}

void mn_call_fed(struct mn_call *c, int err)
{
    if (err == -ENOMEM)
        finish(c, 1011, MN_STR("out of memory"));
    else if (err == MN_EFULL)
        finish(c, 1011, MN_STR("too much to do at once"));
}

void mn_call_feed(struct mn_call *c, const struct mn_input *in)
{
    int err;

    if (c->ending)
        return;
    err = mn_session_feed(c->session, in, mn_clock_now(c->world->clock));
    mn_call_fed(c, err);
    mn_call_pump(c);
}

int mn_call_approve(struct mn_call *c, struct mn_str call_id, bool approved, struct mn_str why)
{
    const struct mn_input in = {
        .type = MN_IN_APPROVAL, .call_id = call_id, .approved = approved, .text = why};
    int err;

    if (c->ending)
        return MN_ECLOSED;
    err = mn_session_feed(c->session, &in, mn_clock_now(c->world->clock));
    mn_call_pump(c);
    return err == MN_EPROTOCOL ? MN_EABSENT : err;
}

/* The session hears of it, so that the end is told and its hooks run whatever the reason (R67). */
void mn_call_end(struct mn_call *c, int code, const char *reason)
{
    struct mn_input in = {.type = MN_IN_END, .code = code, .text = mn_str(reason)};
    int err;

    if (c->ending || c->doomed)
        return;
    c->doomed = true;
    err = mn_session_feed(c->session, &in, mn_clock_now(c->world->clock));
    if (err == 0 && c->pumping)
        return; /* it is on its way */
    if (err == 0)
        mn_call_pump(c);
    finish(c, code, mn_str(reason));
}

void mn_call_farewell(struct mn_call *c, struct mn_str words, int code)
{
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_FAREWELL, .text = words, .code = code});
}

/* A link has closed, or the scripts are. The call is over with the caller's link; its memory with
 * the last of them. */
void mn_call_closed(struct mn_call *c)
{
    if (c->caller != NULL || c->closing > 0 || !mn_list_empty(&c->legs) || c->waits ||
        ((c->away.gone || c->line[0] != '\0') && !c->ending))
        return;
    c->world->ended(c->world->owner, c);
    free_call(c);
}

static struct mn_session *open_session(struct mn_call *c, const struct mn_call_settings *settings)
{
    const struct mn_app_spec *app = mn_bundle_spec(c->bundle);
    const struct mn_call_limits *limits = c->world->limits;
    const struct mn_state_limits *script =
        c->world->script != NULL ? c->world->script : &mn_state_defaults;
    struct mn_session *session;
    struct mn_json *wish = NULL;

    if (settings->session.n > 0 &&
        mn_json_parse(&wish, settings->session, &mn_json_frame, NULL) == -ENOMEM)
        return NULL;
    session = mn_session_new(&(struct mn_session_settings){
        .app = app,
        .id = c->id,
        .seed = settings->seed,
        .expires_at = mn_clock_wall(c->world->clock) / 1000 + SESSION_SECONDS,
        .resume_ms = settings->notes ? app->resume_ms : 0,
        .wall_s = mn_clock_wall(c->world->clock) / 1000,
        .rotate_ms = limits->rotate_ms,
        .retry_ms = (int32_t)limits->retry_ms,
        .retries = (int32_t)limits->retries,
        .call_start_ms = script->call_start_ms,
        .prelude_ms = (int32_t)script->prelude_ms,
        .lead_ms = (int32_t)limits->lead_ms,
        .unreleased_max_ms = (int32_t)limits->unreleased_ms,
        .greet = settings->greet,
        .beta = settings->dialect == MN_BETA,
        .text_only = settings->text_only,
        .direct = settings->line != NULL,
        .start = settings->start != NULL ? mn_app_agent_named(app, mn_str(settings->start)) : -1,
        .wish = wish,
    });
    mn_json_free(wish);
    return session;
}

static void refuse(const struct mn_call_settings *settings, const char *why)
{
    if (settings->caller != NULL)
        mn_link_close(settings->caller, 1011, mn_str(why));
}

int mn_call_open(struct mn_call **out, const struct mn_call_settings *settings)
{
    struct mn_call *c = calloc(1, sizeof(*c));
    int err = -ENOMEM;

    *out = NULL;
    if (c == NULL) {
        refuse(settings, "out of memory");
        return -ENOMEM;
    }
    c->world = settings->world;
    c->bundle = mn_bundle_hold(settings->bundle);
    c->notes = settings->notes;
    c->dialect = settings->dialect;
    c->seat = settings->seat;
    mn_id_copy(c->id, mn_str(settings->id));
    snprintf(c->peer, sizeof(c->peer), "%.*s", MN_FMT(settings->peer));
    snprintf(c->line, sizeof(c->line), "%s", settings->line != NULL ? settings->line : "");
    c->number = settings->number;
    c->began_ms = mn_clock_now(c->world->clock);
    c->began_wall_ms = mn_clock_wall(c->world->clock);
    mn_random_seed(&c->random, ~settings->seed); /* not the ids the session makes of it */
    mn_list_init(&c->place);
    mn_list_init(&c->early.frames);
    mn_list_init(&c->legs);
    mn_pacing_queue_open(&c->to_caller, c->world->pacing,
                         (size_t)c->world->limits->unreleased_ms * PACED_BYTES_A_MS,
                         mn_call_release, c);
    c->to_caller.draw = mn_call_draw;
    c->session = open_session(c, settings);
    if (c->session != NULL)
        err = mn_call_open_script(c, settings);
    if (err != 0) {
        refuse(settings, "the agent cannot take this call");
        free_call(c);
        return err;
    }
    c->caller = settings->caller;
    if (c->caller != NULL) {
        c->caller->events = &mn_call_caller_events;
        c->caller->owner = c;
    }
    *out = c;
    mn_measure_open(c);
    mn_call_feed(c, &(struct mn_input){.type = MN_IN_START});
    mn_call_offer_resume(c);
    if (settings->history.n > 0)
        mn_call_feed(c, &(struct mn_input){.type = MN_IN_HISTORY, .text = settings->history});
    return 0;
}
