/* sound.c - recordings that a script plays, behind sound.h (R9).
 *
 * WHY A RESPONSE  Clients of the Realtime API play response.output_audio.delta and nothing else. So
 * a recording travels in the events of a response, with ids of its own, which the model never
 * hears of. Words that are said in it are told to the model as the assistant's, in a message that
 * is cut like all others where the caller cut in; a recording without words is a mark in the
 * history. */
#include "core/session_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

static int rate_of(const struct mn_session *s)
{
    return s->playout.samples_per_ms == 24 ? 0 : 1;
}

static int64_t length_ms(const struct mn_session *s, const struct mn_play_wish *wish)
{
    return wish->samples[rate_of(s)] / s->playout.samples_per_ms + 1;
}

/* --- asking --- */

static struct mn_request *wish_for(const struct mn_recording *play)
{
    struct mn_request *r = mn_request_new(false, (struct mn_str){0});

    if (r == NULL)
        return NULL;
    r->whole = play->whole;
    r->play = calloc(1, sizeof(*r->play));
    if (r->play == NULL) {
        mn_request_free(r);
        return NULL;
    }
    r->play->sound = play->sound;
    r->play->samples[0] = play->samples_24k;
    r->play->samples[1] = play->samples_8k;
    mn_buf_add_str(&r->play->path, play->path);
    mn_buf_add_str(&r->play->words, play->words);
    if (r->play->path.err == 0 && r->play->words.err == 0)
        return r;
    mn_request_free(r);
    return NULL;
}

int mn_sound_play(struct mn_session *s, const struct mn_recording *play)
{
    if (s->settings.text_only || s->app->text_only || s->settings.direct)
        return MN_EPROTOCOL;
    if (play->whole)
        mn_turns_take_over(s);
    mn_session_ask(s, wish_for(play));
    return 0;
}

/* --- its events --- */

struct told {
    char response_id[MN_ID_MAX], item_id[MN_ID_MAX];
    struct mn_str words;
};

static void write_part(struct mn_writer *w, const char *key, const char *type, struct mn_str words)
{
    mn_write_open(w, key, '{');
    mn_write_text(w, "type", type);
    mn_write_str(w, "transcript", words);
    mn_write_close(w);
}

static void write_item(struct mn_writer *w, const char *key, const struct told *t, bool done)
{
    mn_write_open(w, key, '{');
    mn_write_text(w, "id", t->item_id);
    mn_write_text(w, "object", "realtime.item");
    mn_write_text(w, "type", "message");
    mn_write_text(w, "status", done ? "completed" : "in_progress");
    mn_write_text(w, "role", "assistant");
    mn_write_open(w, "content", '[');
    if (done)
        write_part(w, NULL, "output_audio", t->words);
    mn_write_close(w);
    mn_write_close(w);
}

static void tell_response(struct mn_session *s, const struct told *t, bool done)
{
    struct mn_writer w;

    if (!mn_fx_tell(s, &w, done ? MN_EV_RESPONSE_DONE : MN_EV_RESPONSE_CREATED, true))
        return;
    mn_write_open(&w, "response", '{');
    mn_write_text(&w, "object", "realtime.response");
    mn_write_text(&w, "id", t->response_id);
    mn_write_text(&w, "status", done ? "completed" : "in_progress");
    mn_write_null(&w, "status_details");
    mn_write_open(&w, "output", '[');
    if (done)
        write_item(&w, NULL, t, true);
    mn_write_close(&w);
    mn_write_null(&w, "conversation_id");
    mn_write_null(&w, "usage");
    mn_write_null(&w, "metadata");
    mn_write_close(&w);
    mn_fx_done(s, &w);
}

static void tell_item(struct mn_session *s, const struct told *t, bool done)
{
    struct mn_writer w;

    if (!mn_fx_tell(
            s, &w, done ? MN_EV_RESPONSE_OUTPUT_ITEM_DONE : MN_EV_RESPONSE_OUTPUT_ITEM_ADDED, true))
        return;
    mn_write_text(&w, "response_id", t->response_id);
    mn_write_int(&w, "output_index", 0);
    write_item(&w, "item", t, done);
    mn_fx_done(s, &w);
}

/* What speaks of the audio itself: its place, and perhaps words or a part. */
static bool open_content(struct mn_session *s, struct mn_writer *w, const struct told *t,
                         enum mn_event_type type)
{
    if (!mn_fx_tell(s, w, type, true))
        return false;
    mn_write_text(w, "response_id", t->response_id);
    mn_write_text(w, "item_id", t->item_id);
    mn_write_int(w, "output_index", 0);
    mn_write_int(w, "content_index", 0);
    return true;
}

static void tell_part(struct mn_session *s, const struct told *t, bool done)
{
    struct mn_writer w;

    if (!open_content(s, &w, t,
                      done ? MN_EV_RESPONSE_CONTENT_PART_DONE : MN_EV_RESPONSE_CONTENT_PART_ADDED))
        return;
    write_part(&w, "part", "audio", done ? t->words : (struct mn_str){0});
    mn_fx_done(s, &w);
}

static void tell_words(struct mn_session *s, const struct told *t, enum mn_event_type type,
                       const char *member)
{
    struct mn_writer w;

    if (t->words.n == 0 || !open_content(s, &w, t, type))
        return;
    mn_write_str(&w, member, t->words);
    mn_fx_done(s, &w);
}

static void tell_begin(struct mn_session *s, const struct told *t)
{
    tell_response(s, t, false);
    tell_item(s, t, false);
    tell_part(s, t, false);
    tell_words(s, t, MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA, "delta");
}

static void tell_end(struct mn_session *s, const struct told *t)
{
    struct mn_writer w;

    if (open_content(s, &w, t, MN_EV_RESPONSE_OUTPUT_AUDIO_DONE))
        mn_fx_done(s, &w);
    tell_words(s, t, MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DONE, "transcript");
    tell_part(s, t, true);
    tell_item(s, t, true);
    tell_response(s, t, true);
}

/* --- the history --- */

static int fill(struct mn_session *s, struct mn_item *item, const struct mn_play_wish *wish)
{
    item->leg = s->legs.active.number;
    item->done = true;
    mn_id_copy(item->from, s->app->agents[s->agent].name);
    if (wish->words.n == 0) {
        item->kind = MN_ITEM_SOUND;
        return mn_buf_add_str(&item->output, mn_buf_str(&wish->path));
    }
    item->kind = MN_ITEM_MESSAGE;
    item->spoken = true;
    item->ours = true;
    memcpy(item->role, "assistant", sizeof("assistant"));
    return mn_item_say(item, 0, mn_buf_str(&wish->words), 0);
}

static void remember(struct mn_session *s, const struct told *t, const struct mn_play_wish *wish)
{
    struct mn_item *item;
    bool added;

    item = mn_history_put(&s->history, mn_str(t->item_id), (struct mn_str){0}, &added);
    s->voice = NULL; /* a full history may have forgotten it */
    if (item == NULL || fill(s, item, wish) != 0) {
        s->err = -ENOMEM;
        return;
    }
    item->samples = wish->samples[rate_of(s)];
    if (item->kind == MN_ITEM_MESSAGE)
        mn_replay_item(s, item->leg, item, NULL);
    mn_items_note(s, MN_NOTE_HISTORY_ADDED, item);
}

/* --- playing --- */

static void begin(struct mn_session *s, struct mn_request *r)
{
    struct told t = {.words = mn_buf_str(&r->play->words)};
    int64_t due_ms;
    struct mn_effect *fx;

    mn_id_new(t.response_id, "resp", &s->random);
    mn_id_new(t.item_id, "item", &s->random);
    remember(s, &t, r->play);
    mn_session_speaks(s);
    due_ms =
        mn_playout_add(&s->playout, mn_str(t.item_id), 0, r->play->samples[rate_of(s)], s->now_ms);
    s->sounds.end_ms = s->now_ms + mn_playout_unheard(&s->playout, s->now_ms);
    if (r->whole)
        s->turns.shield_end_ms = s->sounds.end_ms;
    tell_begin(s, &t);
    fx = mn_fx(s, MN_FX_PLAY);
    if (fx != NULL) {
        fx->sound = r->play->sound;
        fx->format = mn_config_format(&s->config);
        fx->at_ms = due_ms - s->settings.lead_ms;
        mn_id_copy(fx->call_id, mn_str(t.item_id));
        mn_buf_add_text(&fx->text, t.response_id);
    }
    tell_end(s, &t);
}

/* What is in line is bounded (the operator's unreleased_max); one that is longer than that by
 * itself begins when nothing is. */
static bool fits(const struct mn_session *s, const struct mn_play_wish *wish)
{
    int64_t unheard_ms = mn_playout_unheard(&s->playout, s->now_ms);

    return unheard_ms == 0 || unheard_ms + length_ms(s, wish) <= s->settings.unreleased_max_ms;
}

/* Not before what is held back has been let go (R42), nor while the format may change. */
static bool can_begin(const struct mn_session *s, const struct mn_play_wish *wish)
{
    return !mn_guard_busy(s) && mn_hold_ms(s) == 0 && mn_list_empty(&s->updates) && fits(s, wish);
}

void mn_sound_begin_next(struct mn_session *s)
{
    struct mn_request *r = mn_arbiter_play(&s->arbiter);

    while (r != NULL && can_begin(s, r->play)) {
        mn_arbiter_take(&s->arbiter, r);
        begin(s, r);
        mn_request_free(r);
        r = mn_arbiter_play(&s->arbiter);
    }
}

int64_t mn_sound_deadline(const struct mn_session *s)
{
    const struct mn_request *r = mn_arbiter_play(&s->arbiter);

    return r != NULL && !fits(s, r->play) ? mn_playout_end(&s->playout) : INT64_MAX;
}

int64_t mn_sound_left_ms(const struct mn_session *s)
{
    int64_t ms = s->sounds.end_ms > s->now_ms ? s->sounds.end_ms - s->now_ms : 0;

    for (const struct mn_list *l = s->arbiter.waiting.next; l != &s->arbiter.waiting; l = l->next) {
        const struct mn_request *r = mn_container_of(l, struct mn_request, link);

        ms += r->play != NULL ? length_ms(s, r->play) : 0;
    }
    return ms;
}
