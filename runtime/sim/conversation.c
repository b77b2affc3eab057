/* conversation.c - the items in their order, and what a client may do to them. */
#include "sim/machine.h"

#include "base/err.h"

#include <inttypes.h>

#define RETRIEVED_MAX_MS 60000 /* 3.8 MB of base64; longer speech comes without; our own bound */

static struct mn_sim_item *item_at(struct mn_list *node)
{
    return mn_container_of(node, struct mn_sim_item, link);
}

struct mn_sim_item *mn_sim_item_find(struct mn_sim *sim, struct mn_str id)
{
    for (struct mn_list *n = sim->items.next; n != &sim->items; n = n->next)
        if (mn_str_is(id, item_at(n)->id))
            return item_at(n);
    return NULL;
}

static bool known_call(struct mn_sim *sim, const char *call_id)
{
    for (struct mn_list *n = sim->items.next; n != &sim->items; n = n->next)
        if (item_at(n)->who == MN_SIM_CALLED && strcmp(item_at(n)->call_id, call_id) == 0)
            return true;
    return false;
}

void mn_sim_item_tell(struct mn_sim *sim, const struct mn_sim_item *item, enum mn_event_type type)
{
    struct mn_writer w;

    if (!mn_sim_begin(sim, &w, type))
        return;
    mn_write_text(&w, "previous_item_id",
                  item->link.prev == &sim->items ? NULL : item_at(item->link.prev)->id);
    mn_sim_item_write(&w, "item", item, sim->set.dialect);
    mn_sim_end(sim, &w);
}

void mn_sim_item_place(struct mn_sim *sim, struct mn_sim_item *item, struct mn_list *before)
{
    mn_list_append(before, &item->link);
    mn_sim_item_tell(sim, item, MN_EV_CONVERSATION_ITEM_ADDED);
}

/* The node a new item goes in front of; NULL (the client was told) when there is no such place. */
static struct mn_list *place_after(struct mn_sim *sim, struct mn_str previous)
{
    struct mn_sim_item *item;

    if (previous.n == 0)
        return &sim->items;
    if (mn_str_is(previous, "root"))
        return sim->items.next;
    item = mn_sim_item_find(sim, previous);
    if (item != NULL)
        return item->link.next;
    mn_sim_refuse(sim, "item_create_invalid_previous_item_id", "previous_item_id",
                  "Error adding item: the previous item with id '%.*s' does not exist.",
                  previous.n > MN_ID_MAX ? MN_ID_MAX : (int)previous.n, previous.p);
    return NULL;
}

static size_t kept(const struct mn_sim *sim)
{
    size_t bytes = 0;

    for (struct mn_list *n = sim->items.next; n != &sim->items; n = n->next)
        bytes += mn_sim_item_bytes(item_at(n));
    return bytes;
}

/* Whether an item just read may enter; tells the client when not. */
static bool admit(struct mn_sim *sim, const struct mn_sim_item *item)
{
    if (item->id[0] != '\0' && mn_sim_item_find(sim, mn_str(item->id)) != NULL) {
        mn_sim_refuse(sim, "item_create_duplicate_item_id", "item.id",
                      "Error adding item: an item with id '%s' already exists.", item->id);
        return false;
    }
    if (item->who == MN_SIM_RESULT && !known_call(sim, item->call_id)) {
        mn_sim_refuse(sim, "invalid_tool_call_id", NULL,
                      "Tool call ID '%s' not found in conversation.", item->call_id);
        return false;
    }
    if (kept(sim) + mn_sim_item_bytes(item) > MN_SIM_HELD_MAX) {
        mn_sim_refuse(sim, "conversation_too_large", NULL,
                      "The simulator keeps at most %u bytes of conversation.", MN_SIM_HELD_MAX);
        return false;
    }
    return true;
}

void mn_sim_item_create(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_fault fault = {0};
    struct mn_sim_item *item;
    struct mn_list *before;

    if (mn_sim_item_read(&item, mn_json_get(ev->body, "item"), "item", sim->set.dialect, &fault) <
        0) {
        mn_sim_refuse_fault(sim, &fault, true);
        return;
    }
    before = admit(sim, item) ? place_after(sim, ev->previous_item_id) : NULL;
    if (before == NULL) {
        mn_sim_item_free(item);
        return;
    }
    if (item->id[0] == '\0')
        mn_id_new(item->id, "item", &sim->random);
    if (item->who == MN_SIM_CALLED && item->call_id[0] == '\0')
        mn_id_new(item->call_id, "call", &sim->random);
    mn_sim_item_place(sim, item, before);
    mn_sim_item_tell(sim, item, MN_EV_CONVERSATION_ITEM_DONE);
}

/* The item an event names, or NULL after telling the client that there is none. */
static struct mn_sim_item *named(struct mn_sim *sim, const struct mn_event *ev, const char *code,
                                 const char *doing)
{
    struct mn_sim_item *item = mn_sim_item_find(sim, ev->item_id);

    if (item == NULL)
        mn_sim_refuse(sim, code, "item_id",
                      "Error %s item: the item with id '%.*s' does not exist.", doing,
                      ev->item_id.n > 200 ? 200 : (int)ev->item_id.n,
                      ev->item_id.p != NULL ? ev->item_id.p : "");
    return item;
}

/* The model's speech is made again from its number. The caller's is not kept (hearing.c), so its
 * items come back without. */
void mn_sim_item_retrieve(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_sim_item *item = named(sim, ev, "item_retrieve_invalid_item_id", "retrieving");
    const struct mn_sim_part *part = item != NULL && item->nparts > 0 ? &item->parts[0] : NULL;
    struct mn_buf audio = {0};
    struct mn_writer w;
    int err = 0;

    if (part != NULL && part->kind == MN_SIM_OUTPUT_AUDIO && part->audio_ms <= RETRIEVED_MAX_MS)
        err = mn_sim_sound(sim, &audio, item->number, 0, part->audio_ms, MN_AUDIO_PCM16);
    if (err < 0)
        sim->outbox.bytes.err = err;
    if (item != NULL && mn_sim_begin(sim, &w, MN_EV_CONVERSATION_ITEM_RETRIEVED)) {
        mn_sim_item_write_heard(&w, "item", item, sim->set.dialect, mn_buf_str(&audio));
        mn_sim_end(sim, &w);
    }
    mn_buf_free(&audio);
}

void mn_sim_item_delete(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_sim_item *item = named(sim, ev, "item_delete_invalid_item_id", "deleting");
    struct mn_writer w;

    if (item == NULL)
        return;
    if (item->held) {
        mn_sim_refuse(sim, "invalid_value", "item_id",
                      "Error deleting item: the item with id '%s' is still being generated.",
                      item->id);
        return;
    }
    if (mn_sim_begin(sim, &w, MN_EV_CONVERSATION_ITEM_DELETED)) {
        mn_write_text(&w, "item_id", item->id);
        mn_sim_end(sim, &w);
    }
    mn_sim_item_free(item);
}

/* R31, R32 on the server's side: only audio that was generated can be cut, and only shorter. */
void mn_sim_item_shorten(struct mn_sim *sim, struct mn_sim_item *item, int64_t audio_ms)
{
    struct mn_writer w;

    item->parts[0].audio_ms = audio_ms;
    mn_buf_clear(&item->parts[0].words);
    if (!mn_sim_begin(sim, &w, MN_EV_CONVERSATION_ITEM_TRUNCATED))
        return;
    mn_write_text(&w, "item_id", item->id);
    mn_write_int(&w, "content_index", 0);
    mn_write_int(&w, "audio_end_ms", audio_ms);
    mn_sim_end(sim, &w);
}

void mn_sim_item_truncate(struct mn_sim *sim, const struct mn_event *ev)
{
    struct mn_sim_item *item = named(sim, ev, "item_truncate_invalid_item_id", "truncating");
    struct mn_sim_part *part;

    if (item == NULL)
        return;
    part = item->nparts > 0 ? &item->parts[0] : NULL;
    if (part == NULL || part->kind != MN_SIM_OUTPUT_AUDIO || part->audio_ms == 0) {
        mn_sim_refuse(sim, "invalid_value", "item_id",
                      "Only model output audio messages can be truncated");
        return;
    }
    if (ev->content_index != 0) {
        mn_sim_refuse(sim, "invalid_value", "content_index",
                      "Invalid 'content_index': the item has no audio content there.");
        return;
    }
    if (ev->audio_end_ms < 0 || ev->audio_end_ms > part->audio_ms) {
        mn_sim_refuse(sim, "invalid_value", "audio_end_ms",
                      "Audio content of %" PRId64 "ms is already shorter than %" PRId64 "ms",
                      part->audio_ms, ev->audio_end_ms);
        return;
    }
    mn_sim_item_shorten(sim, item, ev->audio_end_ms);
}
