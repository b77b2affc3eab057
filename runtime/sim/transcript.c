/* transcript.c - what the caller said, in words: given ahead by whoever plays the caller, told to
 * the client some time after the turn it belongs to. */
#include "sim/machine.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

/* Told to the client some time after the turn it belongs to. */
struct transcript {
    struct mn_list link;
    char item_id[MN_ID_MAX];
    int64_t due_ms;
    bool fails;
};

static struct transcript *transcript_at(struct mn_list *node)
{
    return mn_container_of(node, struct transcript, link);
}

int mn_sim_heard(struct mn_sim *sim, struct mn_str words)
{
    struct mn_sim_hearing *h = &sim->hearing;
    struct mn_buf *slot = &h->heard[(h->first + h->count) % MN_SIM_HEARD_MAX];

    if (h->count == MN_SIM_HEARD_MAX)
        return MN_EFULL;
    mn_buf_clear(slot);
    if (mn_buf_add_str(slot, words) < 0)
        return slot->err;
    h->count++;
    return 0;
}

struct mn_str mn_sim_transcript_next(struct mn_sim *sim)
{
    struct mn_sim_hearing *h = &sim->hearing;
    struct mn_buf *slot = &h->heard[h->first];

    if (h->count == 0)
        return MN_STR("(speech)");
    h->first = (h->first + 1) % MN_SIM_HEARD_MAX;
    h->count--;
    return mn_buf_str(slot);
}

void mn_sim_transcript_promise(struct mn_sim *sim, const struct mn_sim_item *item)
{
    const struct mn_sim_armed *late = mn_sim_fault_strikes(sim, MN_SIM_LATE_TRANSCRIPT);
    struct mn_list *before = &sim->hearing.late;
    struct transcript *t = calloc(1, sizeof(*t));

    if (t == NULL) {
        sim->outbox.bytes.err = -ENOMEM;
        return;
    }
    memcpy(t->item_id, item->id, sizeof(t->item_id));
    t->due_ms = sim->now_ms + sim->set.transcribe_ms + (late != NULL ? late->number : 0);
    t->fails = mn_sim_fault_strikes(sim, MN_SIM_FAIL_TRANSCRIPT) != NULL;
    while (before->prev != &sim->hearing.late && transcript_at(before->prev)->due_ms > t->due_ms)
        before = before->prev;
    mn_list_append(before, &t->link); /* in the order they are due: one may overtake another */
}

static bool begin_transcript(struct mn_sim *sim, struct mn_writer *w, const char *item_id,
                             enum mn_event_type type)
{
    if (!mn_sim_begin(sim, w, type))
        return false;
    mn_write_text(w, "item_id", item_id);
    mn_write_int(w, "content_index", 0);
    return true;
}

static void tell_transcript(struct mn_sim *sim, const struct mn_sim_item *item)
{
    const struct mn_sim_part *part = &item->parts[0];
    int64_t in = mn_sim_tokens_of(item).audio, out = mn_sim_tokens_of_text(part->words.n);
    struct mn_writer w;

    if (begin_transcript(sim, &w, item->id,
                         MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_DELTA)) {
        mn_write_str(&w, "delta", mn_buf_str(&part->words));
        mn_sim_end(sim, &w);
    }
    if (!begin_transcript(sim, &w, item->id,
                          MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_COMPLETED))
        return;
    mn_write_str(&w, "transcript", mn_buf_str(&part->words));
    mn_write_open(&w, "usage", '{');
    mn_write_text(&w, "type", "tokens");
    mn_write_int(&w, "total_tokens", in + out);
    mn_write_int(&w, "input_tokens", in);
    mn_write_open(&w, "input_token_details", '{');
    mn_write_int(&w, "text_tokens", 0);
    mn_write_int(&w, "audio_tokens", in);
    mn_write_close(&w);
    mn_write_int(&w, "output_tokens", out);
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}

static void tell_failed(struct mn_sim *sim, const struct mn_sim_item *item)
{
    struct mn_writer w;

    if (!begin_transcript(sim, &w, item->id,
                          MN_EV_CONVERSATION_ITEM_INPUT_AUDIO_TRANSCRIPTION_FAILED))
        return;
    mn_write_open(&w, "error", '{');
    mn_write_text(&w, "type", "transcription_error");
    mn_write_text(&w, "code", "audio_unintelligible");
    mn_write_text(&w, "message", "The audio could not be transcribed.");
    mn_write_close(&w);
    mn_sim_end(sim, &w);
}

int64_t mn_sim_transcript_deadline(const struct mn_sim *sim)
{
    const struct mn_list *late = &sim->hearing.late;

    return mn_list_empty(late) ? INT64_MAX : transcript_at(late->next)->due_ms;
}

void mn_sim_transcript_tick(struct mn_sim *sim)
{
    struct transcript *t = transcript_at(sim->hearing.late.next);
    struct mn_sim_item *item = mn_sim_item_find(sim, mn_str(t->item_id));

    if (item != NULL && t->fails) {
        tell_failed(sim, item);
    } else if (item != NULL) { /* it may have been deleted meanwhile */
        item->parts[0].untold = false;
        tell_transcript(sim, item);
    }
    mn_list_remove(&t->link);
    free(t);
}

void mn_sim_transcript_free(struct mn_sim *sim)
{
    struct mn_sim_hearing *h = &sim->hearing;

    for (int i = 0; i < MN_SIM_HEARD_MAX; i++)
        mn_buf_free(&h->heard[i]);
    while (!mn_list_empty(&h->late)) {
        struct transcript *t = transcript_at(h->late.next);

        mn_list_remove(&t->link);
        free(t);
    }
}
