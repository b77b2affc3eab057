/* turns.c - the decision behind turns.h (R35).
 *
 * WHY EVENTS ARE KEPT  A client that is told of speech_started throws away what it has to play. So
 * it is told once the sound counts, and never of one that does not. */
#include "core/session_parts.h"
#include "core/turn_words.h"

#include <errno.h>
#include <stdlib.h>

/* A transcript comes within two or three seconds of the commit; one that has not come by then is
 * not waited for. */
#define WORDS_LATE_MS 10000

/* Words over the very end of what the agent says are its answer, not a sign to go on. */
#define TAIL_MS 300

/* Events of one sound that are kept; past it the deltas of its transcript are left out. */
#define TOLD_MAX (64 << 10)

static const struct mn_turn_spec *rules(const struct mn_session *s)
{
    return &s->app->turns;
}

bool mn_turns_are_ours(const struct mn_session *s)
{
    return s->config.ours && !mn_str_is(mn_buf_str(&s->config.turn_detection), "null");
}

static bool has_rules(const struct mn_session *s)
{
    return rules(s)->min_words > 0 || rules(s)->min_ms > 0 || rules(s)->nignore > 0;
}

/* --- the list --- */

static struct mn_utterance *find(struct mn_session *s, struct mn_str item_id)
{
    for (int i = s->turns.n - 1; i >= 0 && item_id.n > 0; i--) {
        if (mn_id_is(s->turns.list[i].item_id, item_id))
            return &s->turns.list[i];
    }
    return NULL;
}

static void take_out(struct mn_session *s, struct mn_utterance *u)
{
    struct mn_turns *t = &s->turns;
    int i = (int)(u - t->list);

    mn_buf_free(&u->words);
    mn_buf_free(&u->told);
    memmove(u, u + 1, (size_t)(t->n - i - 1) * sizeof(*u));
    t->n--;
}

void mn_turns_free(struct mn_session *s)
{
    while (s->turns.n > 0)
        take_out(s, &s->turns.list[0]);
    free(s->turns.list);
}

/* What was kept of it goes to the caller now. */
static void tell(struct mn_session *s, struct mn_utterance *u)
{
    for (size_t i = 0; i < u->told.n;) {
        struct mn_str frame = mn_str(u->told.p + i);

        mn_fx_tell_raw(s, frame, true);
        i += frame.n + 1;
    }
    mn_buf_clear(&u->told);
}

/* Told of what counts, a client stops playing: not while it must not be interrupted. */
static bool may_be_told(const struct mn_session *s, const struct mn_utterance *u)
{
    return u->state == MN_UTTERANCE_COUNTS && !(u->apart && mn_turns_shielded(s));
}

static bool is_settled(const struct mn_session *s, const struct mn_utterance *u)
{
    return u->answered && may_be_told(s, u);
}

/* --- playback --- */

static void pause(struct mn_session *s)
{
    if (!s->playout.paused) {
        mn_playout_pause(&s->playout, s->now_ms);
        mn_fx(s, MN_FX_PAUSE);
    }
    s->turns.resume_ms = INT64_MAX;
}

static void resume(struct mn_session *s)
{
    struct mn_effect *fx;

    if (!s->playout.paused || s->away.gone)
        return; /* R63: until the caller is back */
    fx = mn_fx(s, MN_FX_RESUME);
    if (fx != NULL)
        fx->late_ms = mn_playout_resume(&s->playout, s->now_ms);
    if (fx != NULL && s->turns.shield_end_ms > s->now_ms)
        s->turns.shield_end_ms += fx->late_ms;
}

void mn_session_plays_on(struct mn_session *s, int64_t held_from_ms)
{
    struct mn_playout *p = &s->playout;
    int64_t to_ms;

    if (!p->paused || mn_playout_unheard(p, s->now_ms) == 0)
        return;
    if (held_from_ms != INT64_MAX)
        to_ms = held_from_ms + s->settings.lead_ms;
    else
        to_ms = s->now_ms + mn_playout_unheard(p, s->now_ms);
    if (to_ms > p->stands_ms)
        p->stands_ms = to_ms;
}

/* The newest sound ended; from here on it has so long to count. */
static void await(struct mn_session *s)
{
    s->turns.resume_ms = s->now_ms + rules(s)->resume_after_ms;
}

bool mn_turns_undecided(const struct mn_session *s)
{
    for (int i = 0; i < s->turns.n; i++) {
        if (s->turns.list[i].state == MN_UTTERANCE_OPEN && !s->turns.list[i].apart)
            return true;
    }
    return false;
}

/* --- the decision --- */

static void answer(struct mn_session *s, struct mn_utterance *u)
{
    if (u->answered)
        return;
    u->answered = true;
    if (s->config.gated) /* R44: once it has passed */
        mn_gate_committed(s, &(struct mn_event){.item_id = mn_str(u->item_id)});
    else if (mn_config_answers(&s->config))
        mn_session_ask(s, mn_request_new(true, (struct mn_str){0}));
}

static void settle(struct mn_session *s)
{
    for (int i = 0; i < s->turns.n;) {
        struct mn_utterance *u = &s->turns.list[i];

        if (u->state == MN_UTTERANCE_COUNTS && u->committed)
            answer(s, u);
        if (may_be_told(s, u))
            tell(s, u);
        if (is_settled(s, u))
            take_out(s, u);
        else
            i++;
    }
}

/* It counts, and with it whatever else was said over what is cut now. */
static void count(struct mn_session *s, struct mn_utterance *u)
{
    u->state = MN_UTTERANCE_COUNTS;
    mn_session_new_turn(s);
    if (!u->apart)
        mn_cut_in(s, (struct mn_str){0}, -1, false);
    settle(s);
}

void mn_turns_cut(struct mn_session *s)
{
    s->turns.shield_end_ms = 0;
    for (int i = 0; i < s->turns.n; i++) {
        if (s->turns.list[i].state == MN_UTTERANCE_OPEN)
            s->turns.list[i].state = MN_UTTERANCE_COUNTS;
    }
}

/* It was no turn: the model shall not know of it, and neither does the caller. */
static void forget(struct mn_session *s, struct mn_utterance *u)
{
    u->state = MN_UTTERANCE_GONE;
    u->ended_ms = s->now_ms; /* from here on its deletion is waited for */
    mn_buf_clear(&u->told);
    mn_items_delete(s, u->item_id);
    if (!mn_turns_undecided(s))
        resume(s);
}

static bool over_the_end(const struct mn_session *s)
{
    return s->turn.done && mn_playout_unheard(&s->playout, s->now_ms) <= TAIL_MS;
}

static int least_words(const struct mn_session *s)
{
    return rules(s)->min_words > 1 ? rules(s)->min_words : 1;
}

/* Without a least number of words and without words to ignore, words alone decide nothing. */
static bool words_count(struct mn_session *s, struct mn_str words, bool whole)
{
    const struct mn_turn_spec *r = rules(s);
    int n = mn_turn_words(words, whole, r->ignore, r->nignore);

    if (!has_rules(s) || (whole && words.n > 0 && over_the_end(s)))
        return true;
    return (r->min_words > 0 || r->nignore > 0) && n >= least_words(s);
}

static void judge(struct mn_session *s, struct mn_utterance *u, struct mn_str words, bool whole)
{
    if (u->state != MN_UTTERANCE_OPEN)
        return;
    if (words_count(s, words, whole))
        count(s, u);
    else if (whole)
        forget(s, u);
}

/* --- what the model tells --- */

/* Is the agent in the caller's ear? A gap in its audio is no silence of its. */
static bool is_heard(const struct mn_session *s)
{
    return mn_playout_unheard(&s->playout, s->now_ms) > 0 || (s->speaking && !s->turn.done);
}

static struct mn_utterance *begin(struct mn_session *s, struct mn_str item_id)
{
    struct mn_turns *t = &s->turns;
    struct mn_utterance *u;

    if (t->list == NULL)
        t->list = calloc(MN_UTTERANCES, sizeof(*t->list));
    if (t->list == NULL) {
        s->err = -ENOMEM;
        return NULL;
    }
    if (t->n == MN_UTTERANCES) {
        t->list[0].state = MN_UTTERANCE_COUNTS;
        tell(s, &t->list[0]);
        take_out(s, &t->list[0]);
    }
    u = &t->list[t->n++];
    *u = (struct mn_utterance){.began_ms = s->now_ms,
                               .silence_ms = mn_config_silence_ms(&s->config)};
    mn_id_copy(u->item_id, item_id);
    return u;
}

void mn_turns_started(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = begin(s, ev->item_id);

    if (u == NULL)
        return;
    u->apart = mn_turns_shielded(s);
    if (!has_rules(s) || (!u->apart && !is_heard(s)))
        count(s, u);
    else if (!u->apart)
        pause(s);
}

static struct mn_utterance *newest(struct mn_session *s)
{
    struct mn_utterance *u = s->turns.n > 0 ? &s->turns.list[s->turns.n - 1] : NULL;

    return u != NULL && u->ended_ms == 0 && !u->committed ? u : NULL;
}

/* When a sound that goes on has lasted long enough: the server tells its end only after the silence
 * that it takes for one. */
static int64_t long_enough_ms(const struct mn_session *s, const struct mn_utterance *u)
{
    return u->began_ms + rules(s)->min_ms + u->silence_ms;
}

void mn_turns_stopped(struct mn_session *s)
{
    struct mn_utterance *u = newest(s);

    if (u == NULL)
        return;
    u->ended_ms = s->now_ms;
    if (s->playout.paused)
        await(s);
    if (u->state == MN_UTTERANCE_OPEN && rules(s)->min_ms > 0 && s->now_ms >= long_enough_ms(s, u))
        count(s, u);
}

void mn_turns_committed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = find(s, ev->item_id);

    if (u == NULL)
        return; /* committed by the caller, who asks for an answer too */
    if (u->ended_ms == 0)
        u->ended_ms = s->now_ms;
    u->committed = true;
    settle(s);
}

void mn_turns_words(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = find(s, ev->item_id);

    if (u == NULL || u->state != MN_UTTERANCE_OPEN)
        return;
    if (mn_buf_add_str(&u->words, ev->delta) != 0)
        s->err = -ENOMEM;
    judge(s, u, mn_buf_str(&u->words), false);
}

void mn_turns_transcribed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = find(s, ev->item_id);

    if (u != NULL)
        judge(s, u, mn_json_str(ev->body, "transcript"), true);
}

/* What nobody could make words of is noise. */
void mn_turns_failed(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = find(s, ev->item_id);

    if (u != NULL)
        judge(s, u, (struct mn_str){0}, true);
}

void mn_turns_deleted(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = find(s, ev->item_id);

    if (u != NULL && u->state != MN_UTTERANCE_GONE)
        take_out(s, u);
    if (!mn_turns_undecided(s))
        resume(s);
}

void mn_turns_cleared(struct mn_session *s)
{
    struct mn_utterance *u = newest(s);

    if (u != NULL)
        take_out(s, u);
    if (!mn_turns_undecided(s))
        resume(s);
}

void mn_turns_lost(struct mn_session *s)
{
    while (s->turns.n > 0) {
        tell(s, &s->turns.list[0]);
        take_out(s, &s->turns.list[0]);
    }
    s->turns.taking_over = false;
    resume(s);
}

static bool is_delta(const struct mn_event *ev)
{
    return ev->type == MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_DELTA;
}

bool mn_turns_keep(struct mn_session *s, const struct mn_event *ev)
{
    struct mn_utterance *u = s->turns.n > 0 ? find(s, ev->item_id) : NULL;

    if (u == NULL || may_be_told(s, u))
        return false;
    if (u->state == MN_UTTERANCE_GONE) {
        if (ev->type == MN_EV_CONVERSATION_ITEM_DELETED)
            take_out(s, u);
        return true;
    }
    if (is_delta(ev) && u->told.n + ev->raw.n > TOLD_MAX)
        return true;
    mn_buf_add_str(&u->told, ev->raw);
    if (mn_buf_add_byte(&u->told, '\0') != 0)
        s->err = -ENOMEM;
    return true;
}

/* --- words that must not be interrupted --- */

void mn_turns_take_over(struct mn_session *s)
{
    if (s->config.ours || s->settings.direct) /* R83: it cannot be kept from being cut in on */
        return;
    s->config.ours = true;
    if (!mn_turns_are_ours(s) || !mn_legs_ready(&s->legs))
        return; /* nothing to decide, or the first update will say it */
    s->turns.taking_over = true;
    mn_update_turns(s);
}

bool mn_turns_shielded(const struct mn_session *s)
{
    const struct mn_arbiter *a = &s->arbiter;
    bool asked = a->floor == MN_FLOOR_ASKED || a->floor == MN_FLOOR_TAKEN;

    return (asked && a->asked != NULL && a->asked->whole) || s->now_ms < s->turns.shield_end_ms;
}

void mn_turns_played(struct mn_session *s, int64_t now_ms)
{
    if (s->arbiter.asked != NULL && s->arbiter.asked->whole)
        s->turns.shield_end_ms = now_ms + mn_playout_unheard(&s->playout, now_ms);
}

/* --- time --- */

bool mn_turns_open(const struct mn_session *s)
{
    for (int i = 0; i < s->turns.n; i++) {
        if (s->turns.list[i].state != MN_UTTERANCE_GONE && !s->turns.list[i].answered)
            return true;
    }
    return false;
}

/* When something happens to it by itself. */
static int64_t due_ms(const struct mn_session *s, const struct mn_utterance *u)
{
    if (u->state == MN_UTTERANCE_COUNTS)
        return u->apart && u->told.n > 0 && s->turns.shield_end_ms > s->now_ms
                   ? s->turns.shield_end_ms
                   : INT64_MAX;
    if (u->state == MN_UTTERANCE_GONE || u->ended_ms != 0)
        return u->ended_ms + WORDS_LATE_MS;
    return rules(s)->min_ms > 0 ? long_enough_ms(s, u) : INT64_MAX;
}

/* Returns true when the list is another now. */
static bool is_due(struct mn_session *s, struct mn_utterance *u)
{
    if (s->now_ms < due_ms(s, u) || u->state == MN_UTTERANCE_COUNTS)
        return false;
    if (u->state == MN_UTTERANCE_GONE) {
        take_out(s, u); /* its end is no longer waited for */
        return true;
    }
    if (u->ended_ms != 0)
        judge(s, u, (struct mn_str){0}, true);
    else
        count(s, u);
    return true;
}

void mn_turns_time(struct mn_session *s)
{
    for (int i = 0; i < s->turns.n; i++) {
        if (is_due(s, &s->turns.list[i]))
            i = -1;
    }
    settle(s);
    if (s->playout.paused && (!mn_turns_undecided(s) || s->now_ms >= s->turns.resume_ms))
        resume(s);
}

int64_t mn_turns_deadline(const struct mn_session *s)
{
    int64_t first_ms = s->playout.paused && !s->away.gone ? s->turns.resume_ms : INT64_MAX;

    for (int i = 0; i < s->turns.n; i++) {
        int64_t at_ms = due_ms(s, &s->turns.list[i]);

        first_ms = at_ms < first_ms ? at_ms : first_ms;
    }
    return first_ms;
}
