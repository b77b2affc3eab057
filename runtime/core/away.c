/* away.c - waiting for a lost caller (R63).
 *
 * Playback stands still, so that nothing counts as heard that was not; tools, and the model, go on.
 * What they bring lies in line until the caller is back. */
#include "core/session_parts.h"

static void note_seconds(struct mn_session *s, enum mn_note note, int64_t ms)
{
    struct mn_writer w;

    if (!mn_fx_note(s, &w, note))
        return;
    mn_write_num(&w, "seconds", (double)ms / 1000);
    mn_fx_done(s, &w);
}

bool mn_away_begin(struct mn_session *s)
{
    if (s->settings.resume_ms <= 0 || s->hanging_up || s->away.gone)
        return false;
    s->away = (struct mn_away){
        .gone = true, .since_ms = s->now_ms, .until_ms = s->now_ms + s->settings.resume_ms};
    mn_playout_pause(&s->playout, s->now_ms);
    note_seconds(s, MN_NOTE_CALLER_LOST, s->settings.resume_ms);
    return true;
}

void mn_away_end(struct mn_session *s)
{
    if (!s->away.gone) {
        s->misplaced++;
        return;
    }
    s->away.gone = false;
    mn_playout_resume(&s->playout, s->now_ms);
    mn_config_tell(s, MN_EV_SESSION_CREATED); /* what every client waits for when it has dialled */
    note_seconds(s, MN_NOTE_CALLER_BACK, s->now_ms - s->away.since_ms);
}

void mn_away_time(struct mn_session *s)
{
    if (s->now_ms >= mn_away_deadline(s))
        mn_fx_end(s, 1000, "the caller left");
}

int64_t mn_away_deadline(const struct mn_session *s)
{
    return s->away.gone ? s->away.until_ms : INT64_MAX;
}
