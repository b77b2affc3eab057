/* session.c - the front of a session: what is fed, what time it is, what comes next.
 *
 * DESIGN  Every input goes to the file that owns its rules; those change the parts and queue
 * effects. After each input one pump looks what has become possible (a request may be sent, a
 * farewell has been heard), so no rule needs to remember to start another. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* False without memory. A wish that cannot be fulfilled was refused before. */
static bool fulfil(struct mn_session *s, const struct mn_json *wish)
{
    struct mn_fault why = {0};
    bool changed;

    s->settings.wish = NULL;
    return mn_config_apply(&s->config, wish, &changed, &why) || why.code[0] != '\0';
}

struct mn_session *mn_session_new(const struct mn_session_settings *settings)
{
    struct mn_session *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->settings = *settings;
    s->app = settings->app;
    s->agent = settings->start >= 0 ? settings->start : s->app->first;
    s->turn.agent = s->agent;
    s->quiet_ms = INT64_MAX;
    mn_id_copy(s->id, mn_str(settings->id));
    s->settings.id = s->id;
    mn_random_seed(&s->random, settings->seed);
    mn_list_init(&s->calls);
    mn_list_init(&s->updates);
    mn_arbiter_init(&s->arbiter);
    mn_history_init(&s->history);
    s->legs.dial_ms = INT64_MAX;
    s->config.direct = settings->direct;
    if (mn_config_init(&s->config, s->app) != 0 || !fulfil(s, settings->wish) ||
        mn_guard_open(s) != 0) {
        mn_session_free(s);
        return NULL;
    }
    mn_playout_init(&s->playout, mn_config_samples_per_ms(&s->config));
    return s;
}

void mn_session_free(struct mn_session *s)
{
    struct mn_effect fx;

    if (s == NULL)
        return;
    while (mn_session_next(s, &fx))
        mn_effect_free(&fx);
    free(s->effects);
    mn_arbiter_free(&s->arbiter);
    mn_history_free(&s->history);
    mn_tools_free(s);
    mn_late_free(s);
    mn_updates_free(s);
    mn_legs_free(s);
    mn_handoff_free(s);
    mn_prelude_drop(s);
    mn_guard_free(s);
    mn_refresh_free(s);
    mn_turns_free(s);
    mn_config_free(&s->config);
    mn_buf_free(&s->farewell);
    for (int i = 0; i < s->nearly; i++)
        mn_buf_free(&s->early[i]);
    free(s);
}

void mn_session_new_turn(struct mn_session *s)
{
    s->handoffs_this_turn = 0;
    s->tools_this_turn = 0;
    mn_idle_reset(s);
    mn_guard_new_turn(s);
}

/* The leg is configured for the first agent: from now on the caller is heard. */
void mn_session_ready(struct mn_session *s)
{
    mn_fx_note_plain(s, MN_NOTE_AGENT_START);
    mn_replay(s, s->legs.active.number);
    mn_session_send_early(s);
    if (!s->settings.greet || s->app->greeting == MN_GREETING_NONE)
        return;
    if (s->app->greeting == MN_GREETING_WORDS)
        mn_session_say(s, s->app->greeting_text, s->app->greeting_whole);
    else
        mn_session_speak(s, "", s->app->greeting_text, false);
}

/* The call cannot go on: said to the caller in words, then closed. */
void mn_session_lost(struct mn_session *s, const char *code, const char *message)
{
    struct mn_fault fault = {.type = "server_error", .code = code};

    if (s->ended)
        return;
    snprintf(fault.message, sizeof(fault.message), "%s", message);
    mn_fx_fault(s, &fault);
    mn_fx_end(s, 1011, code);
}

/* Beta clients wait for it; in GA a session has one conversation and says nothing of it. */
void mn_session_tell_conversation(struct mn_session *s)
{
    char id[MN_ID_MAX];
    struct mn_writer w;

    if (!s->settings.beta || !mn_fx_tell(s, &w, MN_EV_CONVERSATION_CREATED, false))
        return;
    mn_id_new(id, "conv", &s->random);
    mn_write_open(&w, "conversation", '{');
    mn_write_text(&w, "id", id);
    mn_write_text(&w, "object", "realtime.conversation");
    mn_write_close(&w);
    mn_fx_done(s, &w);
}

static void start(struct mn_session *s)
{
    s->started = true;
    s->began_ms = s->now_ms;
    mn_legs_start(s);
    mn_opening_begin(s);
}

static int result(struct mn_session *s, const struct mn_input *in)
{
    struct mn_tool_call *call;

    if (mn_opening_result(s, in) || mn_prelude_result(s, in) || mn_handoff_result(s, in) ||
        mn_guard_result(s, in) || mn_refresh_result(s, in))
        return 0;
    call = in->ticket != 0 ? mn_tools_by_ticket(s, in->ticket) : NULL;
    if (call == NULL)
        return MN_EPROTOCOL;
    mn_tools_result(s, call, in->err, in->text);
    return 0;
}

void mn_session_hang_up(struct mn_session *s, struct mn_str reason)
{
    if (s->hanging_up)
        return;
    s->hanging_up = true;
    s->hang_up_ms = s->now_ms + MN_HANG_UP_MS + mn_sound_left_ms(s);
    if (mn_buf_add_str(&s->farewell, reason.n > 0 ? reason : MN_STR("hung up")) != 0)
        s->err = -ENOMEM;
}

static int from_leg(struct mn_session *s, const struct mn_input *in)
{
    if (in->leg == s->legs.active.number && s->legs.active.state != MN_LEG_NONE)
        return mn_session_from_model(s, in->event);
    if (in->leg == s->legs.next.number)
        return mn_legs_from_next(s, in->event);
    return MN_EPROTOCOL; /* late, of one that is gone */
}

static int leg_changed(struct mn_session *s, const struct mn_input *in)
{
    if (in->type == MN_IN_LEG_UP)
        mn_direct_up(s, in->leg);
    else
        mn_legs_down(s, in);
    return 0;
}

static void end(struct mn_session *s, const struct mn_input *in)
{
    char reason[128];

    snprintf(reason, sizeof(reason), "%.*s", MN_FMT(in->text));
    mn_fx_end(s, in->code, reason);
}

static int note_text_tool(struct mn_session *s, const struct mn_input *in)
{
    struct mn_json *tree;
    int err = mn_json_parse(&tree, in->text, &mn_json_frame, NULL);

    if (err != 0)
        return err;
    mn_fx_note_given(s, in->whole ? MN_NOTE_TOOL_END : MN_NOTE_TOOL_START, tree);
    mn_json_free(tree);
    return 0;
}

static int apply(struct mn_session *s, const struct mn_input *in)
{
    if (s->ended || s->started == (in->type == MN_IN_START))
        return MN_EPROTOCOL;
    switch (in->type) {
    case MN_IN_START:
        start(s);
        return 0;
    case MN_IN_MODEL:
        return from_leg(s, in);
    case MN_IN_CALLER:
        s->quiet_ms = INT64_MAX;
        return mn_session_from_caller(s, in->event);
    case MN_IN_CALLER_LOST:
        if (in->err == 0 || !mn_away_begin(s))
            mn_fx_end(s, 1000, "the caller left");
        return 0;
    case MN_IN_CALLER_BACK:
        mn_away_end(s);
        return 0;
    case MN_IN_LEG_UP:
    case MN_IN_LEG_DOWN:
        return leg_changed(s, in);
    case MN_IN_RESULT:
        return result(s, in);
    case MN_IN_SAY:
        mn_session_say(s, in->text, in->whole);
        return 0;
    case MN_IN_REPLY:
        mn_session_speak(s, "", in->text, false);
        return 0;
    case MN_IN_PLAY:
        return mn_sound_play(s, in->play);
    case MN_IN_PICTURE:
        return mn_picture_show(s, in->picture);
    case MN_IN_HANDOFF:
        return mn_handoff_by_script(s, in->agent, in->move);
    case MN_IN_MOVED:
        mn_refresh_moved(s);
        return 0;
    case MN_IN_REFRESH:
        mn_refresh_want(s);
        return 0;
    case MN_IN_HISTORY:
        return mn_edit(s, in->text, false);
    case MN_IN_INTERRUPT:
        mn_cut_in(s, (struct mn_str){0}, -1, false);
        return 0;
    case MN_IN_TEXT_TOOL:
        return note_text_tool(s, in);
    case MN_IN_TRIPPED:
        mn_guard_note(s, in->text);
        return 0;
    case MN_IN_PROGRESS:
        return mn_late_progress(s, in->call_id, in->text);
    case MN_IN_APPROVAL:
        return mn_approval_given(s, &(struct mn_approval_word){.call_id = in->call_id,
                                                               .approved = in->approved,
                                                               .why = in->text});
    case MN_IN_COLLECT:
        return mn_digits_collect(s, in->ticket, in->collect);
    case MN_IN_HEAR_OUT:
        return mn_heard_wait(s, in->ticket);
    case MN_IN_FORGET:
        mn_digits_forget(s, in->ticket);
        mn_heard_forget(s, in->ticket);
        return 0;
    case MN_IN_HANG_UP:
        mn_session_hang_up(s, in->text);
        return 0;
    case MN_IN_FAREWELL:
        mn_limits_farewell(s, in->text, in->code);
        return 0;
    case MN_IN_END:
        end(s, in);
        return 0;
    case MN_IN_TIME:
        return 0;
    }
    return MN_EPROTOCOL;
}

static void stop_speaking(struct mn_session *s)
{
    if (!s->speaking || mn_playout_unheard(&s->playout, s->now_ms) > 0)
        return;
    if ((s->arbiter.floor != MN_FLOOR_FREE && !s->turn.done) || mn_filler_busy(s) ||
        mn_hold_ms(s) > 0)
        return; /* a gap in the audio, not its end */
    s->speaking = false;
    mn_fx_note_plain(s, MN_NOTE_AUDIO_STOPPED);
}

static bool said_all(const struct mn_session *s)
{
    return !mn_arbiter_busy(&s->arbiter) && !mn_filler_busy(s) && !mn_tools_running(s) &&
           s->handoff.phase == MN_HANDOFF_NONE && !mn_guard_busy(s) &&
           mn_playout_unheard(&s->playout, s->now_ms) == 0;
}

int64_t mn_session_quiet_from(const struct mn_session *s)
{
    int64_t from_ms = mn_playout_end(&s->playout);

    if (!mn_legs_ready(&s->legs) || s->away.gone || s->caller_speaks ||
        mn_arbiter_busy(&s->arbiter) || mn_filler_busy(s) || mn_guard_busy(s) ||
        mn_refresh_busy(s) || mn_turns_open(s) || s->handoff.phase != MN_HANDOFF_NONE)
        return INT64_MAX;
    from_ms = from_ms > s->stopped_ms ? from_ms : s->stopped_ms;
    return from_ms > s->own_answer_ms ? from_ms : s->own_answer_ms;
}

static int64_t playback_deadline(const struct mn_session *s)
{
    if ((s->speaking || s->hanging_up) && mn_playout_unheard(&s->playout, s->now_ms) > 0)
        return mn_playout_end(&s->playout);
    return INT64_MAX;
}

static void hang_up_time(struct mn_session *s)
{
    if (s->hanging_up && (said_all(s) || s->now_ms >= s->hang_up_ms))
        mn_fx_end(s, s->hang_up_code != 0 ? s->hang_up_code : 1000,
                  s->farewell.p != NULL ? s->farewell.p : "hung up");
}

static int64_t hang_up_deadline(const struct mn_session *s)
{
    return s->hanging_up ? s->hang_up_ms : INT64_MAX;
}

/* The parts of a session that wait for something, in the order they are looked at after each input:
 * what has become possible or due, and when the part wants to be looked at again. */
static const struct {
    void (*time)(struct mn_session *s);
    int64_t (*deadline)(const struct mn_session *s);
} waits[] = {
    {mn_tools_time, mn_tools_deadline},     {mn_handoff_time, mn_handoff_deadline},
    {mn_guard_time, mn_guard_deadline},     {mn_update_time, mn_update_deadline},
    {mn_opening_time, mn_opening_deadline}, {mn_prelude_time, mn_prelude_deadline},
    {mn_legs_time, mn_legs_deadline},       {mn_away_time, mn_away_deadline},
    {mn_turns_time, mn_turns_deadline},     {mn_talk_time, mn_talk_deadline},
    {mn_idle_time, mn_idle_deadline},       {mn_refresh_time, mn_refresh_deadline},
    {mn_owed_time, mn_owed_deadline},       {mn_filler_time, mn_filler_deadline},
    {mn_late_time, mn_late_deadline},       {mn_limits_time, mn_limits_deadline},
    {mn_digits_time, mn_digits_deadline},   {mn_ask_time, mn_ask_deadline},
    {mn_heard_time, mn_heard_deadline},     {stop_speaking, playback_deadline},
    {hang_up_time, hang_up_deadline},
};

static void pump(struct mn_session *s)
{
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]) && !s->ended; i++)
        waits[i].time(s);
}

int mn_session_feed(struct mn_session *s, const struct mn_input *in, int64_t now_ms)
{
    int rc;

    s->now_ms = now_ms;
    rc = apply(s, in);
    if (rc == MN_EPROTOCOL || rc == MN_ELIMIT)
        s->misplaced++;
    if (s->started && !s->ended)
        pump(s);
    return s->err != 0 ? s->err : rc;
}

int64_t mn_session_deadline(const struct mn_session *s)
{
    int64_t first_ms = INT64_MAX;

    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]) && s->started && !s->ended; i++) {
        int64_t at_ms = waits[i].deadline(s);

        first_ms = at_ms < first_ms ? at_ms : first_ms;
    }
    return first_ms;
}

mn_leg mn_session_append(struct mn_session *s, size_t bytes, int64_t now_ms)
{
    (void)now_ms;
    if (s->ended || s->hanging_up)
        return -1;
    mn_talk_appended(s, bytes);
    return mn_legs_ready(&s->legs) ? s->legs.active.number : 0;
}

int mn_session_history(const struct mn_session *s, int last, struct mn_buf *out)
{
    return mn_history_write(&s->history, last, out);
}

int mn_session_agent(const struct mn_session *s)
{
    return s->agent;
}

bool mn_session_idle(const struct mn_session *s, int64_t now_ms)
{
    return mn_session_quiet_from(s) <= now_ms && !mn_tools_running(s) && !mn_late_busy(s);
}

unsigned mn_session_benign(const struct mn_session *s)
{
    return s->benign;
}

void mn_session_usage(const struct mn_session *s, struct mn_writer *w)
{
    bool priced =
        s->app->price.known && (s->usage.transcriptions == 0 || s->app->transcription_price.known);

    mn_usage_write(w, &s->usage, priced);
}
