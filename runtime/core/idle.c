/* idle.c - the ladder of silence behind idle.h (R37).
 *
 * A rung counts from the end of what was heard last, be it the question of the rung before. While a
 * tool runs, a handoff is under way or an answer is owed, it is not the caller's turn to speak, and
 * that is no silence. */
#include "core/session_parts.h"

void mn_idle_reset(struct mn_session *s)
{
    s->idle = (struct mn_idle){.rung = 0};
}

/* Silence cannot be heard of a caller who types. */
static bool is_over(const struct mn_session *s)
{
    return s->idle.rung >= s->app->nidle || s->hanging_up || s->settings.text_only;
}

static void note_silence(struct mn_session *s, const struct mn_idle_spec *rung)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, MN_NOTE_IDLE))
        return;
    mn_write_num(&w, "seconds", (double)rung->after_ms / 1000);
    mn_write_int(&w, "rung", s->idle.rung);
    mn_fx_done(s, &w);
}

static void climb(struct mn_session *s)
{
    const struct mn_idle_spec *rung = &s->app->idle[s->idle.rung++];

    s->idle.silent = false;
    note_silence(s, rung);
    if (rung->say.n > 0)
        mn_session_speak(s, MN_SAY, rung->say, true);
    if (rung->hang_up)
        mn_session_hang_up(s, MN_STR("the caller was silent"));
}

void mn_idle_time(struct mn_session *s)
{
    struct mn_idle *idle = &s->idle;
    bool silent = mn_session_idle(s, s->now_ms);

    if (is_over(s))
        return;
    if (silent && !idle->silent)
        idle->since_ms = s->now_ms;
    idle->silent = silent;
    if (s->now_ms >= mn_idle_deadline(s))
        climb(s);
}

/* While it is no silence: when it may become one without an event. */
int64_t mn_idle_deadline(const struct mn_session *s)
{
    if (is_over(s))
        return INT64_MAX;
    if (s->idle.silent)
        return s->idle.since_ms + s->app->idle[s->idle.rung].after_ms;
    if (mn_playout_unheard(&s->playout, s->now_ms) > 0)
        return mn_playout_end(&s->playout);
    return s->own_answer_ms > s->now_ms ? s->own_answer_ms : INT64_MAX;
}
