/* speak.c - what a running response emits, one step at a time.
 *
 * DESIGN  A step opens the next output, gives its next delta, or closes it. Audio comes in frames
 * of frame_ms, speed times faster than it plays; words come as their audio does, a little ahead, so
 * a transcript cut at what was heard is right to the word. Text and arguments come in small pieces.
 * Every piece that was given is kept in the item: what a cancelled item holds is what was told. */
#include "sim/machine.h"

#include <errno.h>

#define PIECE_MS       1   /* between two deltas of text or arguments: text is cheap to make */
#define ARGUMENT_BYTES 24  /* of one delta of arguments */
#define LEAD_MS        300 /* how far a transcript is ahead of its audio */

static struct mn_sim_item *current(const struct mn_sim_response *r)
{
    return r->items[r->nitems - 1];
}

static struct mn_sim_output *output(struct mn_sim_response *r)
{
    return &r->outputs.list[r->nitems - 1];
}

/* Opens an event of the output under way; false when there is nothing to tell. */
static bool begin(struct mn_sim *sim, struct mn_writer *w, const struct mn_sim_response *r,
                  enum mn_event_type type)
{
    if (!mn_sim_begin(sim, w, type))
        return false;
    mn_write_text(w, "response_id", r->id);
    mn_write_text(w, "item_id", current(r)->id);
    mn_write_int(w, "output_index", r->nitems - 1);
    if (current(r)->who == MN_SIM_CALLED)
        mn_write_text(w, "call_id", current(r)->call_id);
    else
        mn_write_int(w, "content_index", 0);
    return true;
}

static void tell_item(struct mn_sim *sim, const struct mn_sim_response *r, enum mn_event_type type)
{
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, type))
        return;
    mn_write_text(&w, "response_id", r->id);
    mn_write_int(&w, "output_index", r->nitems - 1);
    mn_sim_item_write(&w, "item", current(r), sim->set.dialect);
    mn_sim_end(sim, &w);
}

static void tell_str(struct mn_sim *sim, const struct mn_sim_response *r, enum mn_event_type type,
                     const char *key, struct mn_str value)
{
    struct mn_writer w;

    if (!begin(sim, &w, r, type))
        return;
    if (type == MN_EV_RESPONSE_FUNCTION_CALL_ARGUMENTS_DONE)
        mn_write_text(&w, "name", current(r)->name);
    mn_write_str(&w, key, value);
    mn_sim_end(sim, &w);
}

static void tell_part(struct mn_sim *sim, const struct mn_sim_response *r, enum mn_event_type type)
{
    struct mn_writer w;

    if (!begin(sim, &w, r, type))
        return;
    mn_write_open(&w, "part", '{');
    mn_write_text(&w, "type", r->speaks ? "audio" : "text");
    mn_write_str(&w, r->speaks ? "transcript" : "text", mn_buf_str(&current(r)->parts[0].words));
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int64_t count_words(struct mn_str text)
{
    int64_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] != ' ' && (i == 0 || text.p[i - 1] == ' ');
    return n;
}

static void measure(const struct mn_sim *sim, struct mn_sim_response *r)
{
    const struct mn_sim_output *o = output(r);

    r->lasts_ms = o->lasts_ms;
    if (r->lasts_ms <= 0)
        r->lasts_ms = count_words(mn_buf_str(&o->text)) * sim->set.word_ms;
    if (r->lasts_ms < sim->set.frame_ms)
        r->lasts_ms = sim->set.frame_ms;
}

static bool open_output(struct mn_sim *sim, struct mn_sim_response *r)
{
    const struct mn_sim_output *o = &r->outputs.list[r->nitems];
    bool call = o->kind == MN_SIM_CALL;
    struct mn_sim_item *item =
        mn_sim_item_new(call ? MN_SIM_CALLED : MN_SIM_ASSISTANT, call ? 0 : 1);

    if (item == NULL)
        return false;
    mn_id_new(item->id, "item", &sim->random);
    item->status = MN_SIM_IN_PROGRESS;
    item->held = true;
    item->number = ++sim->numbered;
    if (call) {
        mn_id_new(item->call_id, "call", &sim->random);
        memcpy(item->name, o->name, sizeof(item->name));
    }
    r->items[r->nitems++] = item;
    r->speaking = true;
    r->sent = 0;
    item->nparts = 0; /* an item is added without its content */
    tell_item(sim, r, MN_EV_RESPONSE_OUTPUT_ITEM_ADDED);
    if (!r->out_of_band)
        mn_sim_item_place(sim, item, &sim->items);
    if (call)
        return true;
    item->nparts = 1;
    item->parts[0].kind = r->speaks ? MN_SIM_OUTPUT_AUDIO : MN_SIM_OUTPUT_TEXT;
    tell_part(sim, r, MN_EV_RESPONSE_CONTENT_PART_ADDED);
    measure(sim, r);
    return true;
}

/* --- deltas ----------------------------------------------------------------------------------- */

/* The next n bytes of the output, less what would split a character. */
static struct mn_str piece(struct mn_sim_response *r, size_t n)
{
    struct mn_str all = mn_buf_str(&output(r)->text);
    size_t end = r->sent + n < all.n ? r->sent + n : all.n;

    while (end < all.n && ((unsigned char)all.p[end] & 0xC0) == 0x80)
        end++;
    return (struct mn_str){all.p + r->sent, end - r->sent};
}

/* The next word with the spaces before it. */
static struct mn_str word(struct mn_sim_response *r)
{
    struct mn_str all = mn_buf_str(&output(r)->text);
    size_t end = r->sent;

    while (end < all.n && all.p[end] == ' ')
        end++;
    while (end < all.n && all.p[end] != ' ')
        end++;
    return (struct mn_str){all.p + r->sent, end - r->sent};
}

static void give(struct mn_sim *sim, struct mn_sim_response *r, struct mn_str part,
                 enum mn_event_type type)
{
    struct mn_sim_item *item = current(r);

    mn_buf_add_str(item->nparts > 0 ? &item->parts[0].words : &item->text, part);
    r->sent += part.n;
    tell_str(sim, r, type, "delta", part);
}

/* Words whose sound begins before at_ms. */
static void give_transcript(struct mn_sim *sim, struct mn_sim_response *r, int64_t at_ms)
{
    int64_t length = (int64_t)output(r)->text.n;

    while (r->sent < output(r)->text.n && (int64_t)r->sent * r->lasts_ms < at_ms * length)
        give(sim, r, word(r), MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DELTA);
}

static void tell_audio(struct mn_sim *sim, struct mn_sim_response *r, int32_t frame_ms)
{
    struct mn_writer w;
    struct mn_buf audio = {0};

    mn_buf_add_byte(&audio, '"');
    if (mn_sim_sound(sim, &audio, current(r)->number, r->played_ms, r->played_ms + frame_ms,
                     r->format) < 0)
        sim->outbox.bytes.err = -ENOMEM;
    mn_buf_add_byte(&audio, '"');
    if (begin(sim, &w, r, MN_EV_RESPONSE_OUTPUT_AUDIO_DELTA)) {
        mn_write_raw(&w, "delta", mn_buf_str(&audio)); /* base64 wants no escapes */
        mn_sim_end(sim, &w);
    }
    mn_buf_free(&audio);
}

static void give_audio(struct mn_sim *sim, struct mn_sim_response *r)
{
    struct mn_sim_part *part = &current(r)->parts[0];
    int64_t left_ms = r->lasts_ms - r->played_ms;
    int32_t frame_ms = left_ms < sim->set.frame_ms ? (int32_t)left_ms : sim->set.frame_ms;

    if (r->played_ms == 0)
        mn_sim_play_item(sim, r);
    give_transcript(sim, r, r->played_ms + frame_ms + LEAD_MS);
    if (!sim->set.direct)
        tell_audio(sim, r, frame_ms);
    mn_sim_play_more(sim, frame_ms);
    r->played_ms += frame_ms;
    part->audio_ms = r->played_ms;
    sim->spoke = true;
    r->due_ms += frame_ms / sim->set.speed;
}

/* Gives the next delta. Returns whether the output has been given whole. */
static bool give_next(struct mn_sim *sim, struct mn_sim_response *r)
{
    const struct mn_sim_output *o = output(r);

    if (o->kind == MN_SIM_SAY && r->speaks) {
        give_audio(sim, r);
        return r->played_ms >= r->lasts_ms;
    }
    if (o->kind == MN_SIM_CALL)
        give(sim, r, piece(r, ARGUMENT_BYTES), MN_EV_RESPONSE_FUNCTION_CALL_ARGUMENTS_DELTA);
    else
        give(sim, r, word(r), MN_EV_RESPONSE_OUTPUT_TEXT_DELTA);
    r->due_ms += PIECE_MS;
    return r->sent >= o->text.n;
}

/* --- closing ---------------------------------------------------------------------------------- */

static void close_message(struct mn_sim *sim, struct mn_sim_response *r)
{
    struct mn_str words = mn_buf_str(&current(r)->parts[0].words);
    struct mn_writer w;

    if (!r->speaks) {
        tell_str(sim, r, MN_EV_RESPONSE_OUTPUT_TEXT_DONE, "text", words);
    } else {
        if (begin(sim, &w, r, MN_EV_RESPONSE_OUTPUT_AUDIO_DONE))
            mn_sim_end(sim, &w);
        tell_str(sim, r, MN_EV_RESPONSE_OUTPUT_AUDIO_TRANSCRIPT_DONE, "transcript", words);
    }
    tell_part(sim, r, MN_EV_RESPONSE_CONTENT_PART_DONE);
}

void mn_sim_speak_close(struct mn_sim *sim, struct mn_sim_response *r, enum mn_sim_status status)
{
    struct mn_sim_item *item = current(r);

    if (item->who == MN_SIM_CALLED)
        tell_str(sim, r, MN_EV_RESPONSE_FUNCTION_CALL_ARGUMENTS_DONE, "arguments",
                 mn_buf_str(&item->text));
    else
        close_message(sim, r);
    item->status = status;
    r->speaking = false;
    r->played_ms = 0;
    if (!r->out_of_band)
        mn_sim_item_tell(sim, item, MN_EV_CONVERSATION_ITEM_DONE);
    tell_item(sim, r, MN_EV_RESPONSE_OUTPUT_ITEM_DONE);
}

static bool over_limit(const struct mn_sim_response *r)
{
    int64_t tokens = 0;

    for (int i = 0; i < r->nitems; i++) {
        struct mn_sim_tokens t = mn_sim_tokens_of(r->items[i]);

        tokens += t.text + t.audio;
    }
    return r->max_tokens > 0 && tokens > r->max_tokens;
}

void mn_sim_speak(struct mn_sim *sim, struct mn_sim_response *r)
{
    bool whole;

    if (r->outputs.failed || (!r->speaking && r->nitems == r->outputs.n)) {
        mn_sim_response_end(sim, r, r->outputs.failed ? "failed" : "completed", NULL);
        return;
    }
    if (!r->speaking && !open_output(sim, r)) {
        sim->outbox.bytes.err = -ENOMEM;
        return;
    }
    whole = give_next(sim, r);
    if (!whole && over_limit(r)) {
        mn_sim_response_end(sim, r, "incomplete", "max_output_tokens");
        return;
    }
    if (whole)
        mn_sim_speak_close(sim, r, MN_SIM_COMPLETED);
}
