/* push_to_talk.c - press and release behind push_to_talk.h (R36). */
#include "core/session_parts.h"

/* The server's own bound: it refuses a commit of less. */
#define COMMIT_MIN_MS 100

/* A button that was never released must not keep the agent silent for ever. */
#define PRESSED_MAX_MS 60000

/* Units of pending: pcm16 at 24 kHz has 48 bytes a ms, G.711 has 8. */
#define UNITS_A_MS 48

static bool by_hand(const struct mn_session *s)
{
    return mn_str_is(mn_buf_str(&s->config.turn_detection), "null");
}

void mn_talk_appended(struct mn_session *s, size_t bytes)
{
    s->talk.pending += (int64_t)bytes * UNITS_A_MS / mn_config_bytes_per_ms(&s->config);
}

void mn_talk_emptied(struct mn_session *s)
{
    if (!by_hand(s)) /* else it was emptied when the caller said so: more may have come since */
        s->talk.pending = 0;
}

/* The caller takes the floor, whatever is said or being thought of. */
void mn_talk_press(struct mn_session *s)
{
    s->talk.pending = 0;
    s->talk.dropped = false;
    if (!by_hand(s))
        return;
    s->talk.pressed = true;
    s->talk.release_ms = s->now_ms + PRESSED_MAX_MS;
    s->caller_speaks = true;
    mn_session_new_turn(s);
    if (!mn_turns_shielded(s))
        mn_cut_in(s, (struct mn_str){0}, -1, false);
}

static void let_go(struct mn_session *s)
{
    if (s->talk.pressed)
        s->caller_speaks = false;
    s->talk.pressed = false;
}

bool mn_talk_release(struct mn_session *s)
{
    bool is_short = s->talk.pending < COMMIT_MIN_MS * UNITS_A_MS;

    let_go(s);
    s->talk.dropped = by_hand(s) && is_short;
    if (!s->talk.dropped)
        s->talk.pending = 0;
    return !s->talk.dropped;
}

bool mn_talk_answered(struct mn_session *s)
{
    bool wanted = !s->talk.dropped;

    let_go(s);
    s->talk.dropped = false;
    return wanted;
}

void mn_talk_time(struct mn_session *s)
{
    if (s->talk.pressed && (s->now_ms >= s->talk.release_ms || !by_hand(s)))
        let_go(s);
}

int64_t mn_talk_deadline(const struct mn_session *s)
{
    return s->talk.pressed ? s->talk.release_ms : INT64_MAX;
}
