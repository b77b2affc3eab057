/* session_account.c - what the call has used (R66), and how much it may (R65).
 *
 * Every response is paid for, also one that was cut, failed, or ran beside the conversation. A
 * limit that is reached is said goodbye at, when the model is there to say it; then the call ends
 * with the limit as its reason. What may be done in one turn is limited elsewhere (tools.c,
 * handoff.c): there the model is told, and the call goes on. */
#include "core/session_parts.h"

static void write_total(struct mn_session *s, struct mn_writer *w)
{
    mn_write_open(w, "total", '{');
    mn_session_usage(s, w);
    mn_write_close(w);
    mn_fx_done(s, w);
}

void mn_account_response(struct mn_session *s, const struct mn_json *response)
{
    struct mn_str id = mn_json_str(response, "id");
    struct mn_tokens tokens;
    struct mn_writer w;
    int64_t cost;

    if (!mn_usage_response(&s->usage, &s->app->price, id, mn_json_get(response, "usage"), &tokens,
                           &cost) ||
        !mn_fx_note(s, &w, MN_NOTE_USAGE))
        return;
    mn_write_str(&w, "response", id);
    mn_tokens_write(&w, &tokens);
    if (s->app->price.known)
        mn_usage_cost_write(&w, cost);
    write_total(s, &w);
}

void mn_account_transcription(struct mn_session *s, const struct mn_event *ev)
{
    const struct mn_json *usage = mn_json_get(ev->body, "usage");
    struct mn_writer w;
    int64_t cost;

    if (!mn_usage_transcription(&s->usage, &s->app->transcription_price, ev->item_id, usage,
                                &cost) ||
        !mn_fx_note(s, &w, MN_NOTE_USAGE))
        return;
    mn_write_str(&w, "item", ev->item_id);
    if (s->app->transcription_price.known)
        mn_usage_cost_write(&w, cost);
    write_total(s, &w);
}

/* --- limits --- */

#define WORDS_GOING "the server is going away"
#define GOODBYE                                                                                    \
    "This call has reached its limit and ends now. Say goodbye in one short sentence, in the "     \
    "language of the conversation, and ask nothing."
#define CLOSING                                                                                    \
    "This call must end now, for a reason that lies with us. Say goodbye in one short sentence, "  \
    "in the language of the conversation, say that they may call again, and ask nothing."

static int64_t duration_ends(const struct mn_session *s)
{
    return s->app->max_duration_ms > 0 ? s->began_ms + s->app->max_duration_ms : INT64_MAX;
}

static int64_t idle_ends(const struct mn_session *s)
{
    return s->app->max_idle_ms > 0 && s->quiet_ms != INT64_MAX ? s->quiet_ms + s->app->max_idle_ms
                                                               : INT64_MAX;
}

static const char *reached(const struct mn_session *s)
{
    if (s->now_ms >= duration_ends(s))
        return "the call reached its longest duration";
    if (s->now_ms >= idle_ends(s))
        return "nobody spoke for too long";
    if (s->app->max_tokens > 0 && mn_usage_total(&s->usage) >= s->app->max_tokens)
        return "the call used up its tokens";
    if (s->app->max_cost > 0 && s->usage.cost >= s->app->max_cost)
        return "the call reached its highest cost";
    return NULL;
}

/* From now on the caller is not listened to, so nobody will say when they stop speaking. */
static void say_goodbye(struct mn_session *s, struct mn_str words, const char *line)
{
    s->caller_speaks = false;
    s->own_answer_ms = 0;
    if (!mn_legs_ready(&s->legs))
        return;
    if (s->app->farewell.n > 0)
        words = s->app->farewell;
    if (words.n > 0)
        mn_session_speak(s, "Say exactly these words: ", words, true);
    else
        mn_session_speak(s, "", mn_str(line), false);
}

void mn_limits_farewell(struct mn_session *s, struct mn_str words, int code)
{
    if (s->away.gone) { /* nobody would hear it */
        mn_fx_end(s, code, WORDS_GOING);
        return;
    }
    if (s->hanging_up)
        return;
    say_goodbye(s, words, CLOSING);
    s->hang_up_code = code;
    mn_session_hang_up(s, MN_STR(WORDS_GOING));
}

void mn_limits_time(struct mn_session *s)
{
    const char *reason;

    if (!mn_session_idle(s, s->now_ms))
        s->quiet_ms = INT64_MAX;
    else if (s->quiet_ms == INT64_MAX)
        s->quiet_ms = s->now_ms;
    reason = s->hanging_up ? NULL : reached(s);
    if (reason == NULL)
        return;
    mn_fx_note_error(s, "limit_reached", reason);
    say_goodbye(s, (struct mn_str){0}, GOODBYE);
    mn_session_hang_up(s, mn_str(reason));
}

int64_t mn_limits_deadline(const struct mn_session *s)
{
    int64_t idle_ms = idle_ends(s), duration_ms = duration_ends(s);

    if (s->hanging_up)
        return INT64_MAX;
    return idle_ms < duration_ms ? idle_ms : duration_ms;
}
