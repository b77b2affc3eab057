/* replay.c - the history, written to a model that has nothing of it (R52, R61, R62).
 *
 * Items keep their ids. Only what was heard of an item is told, as text: the assistant's voice
 * cannot be created again. A call and its output are written together or not at all. */
#include "core/session_parts.h"

/* The newest items of a history, and the words in them, that are written at most: some 60,000
 * tokens, half of what a model's conversation holds, and enough for two hours of talk. */
#define MN_REPLAY_ITEMS 1000
#define MN_REPLAY_BYTES (256 * 1024)

static struct mn_item *item_at(struct mn_list *l)
{
    return mn_container_of(l, struct mn_item, link);
}

static bool is_of(const struct mn_item *item, const char *role)
{
    return strcmp(item->role, role) == 0;
}

/* A call that never ran is none: its arguments may be half of them (R10). What the caller said and
 * nobody wrote down was said all the same. */
static bool is_wanted(struct mn_session *s, const struct mn_item *item)
{
    if (item->forgotten || item->gone)
        return false;
    if (item->kind == MN_ITEM_CALL)
        return item->done || mn_tools_by_call(s, mn_str(item->call_id)) != NULL;
    return item->kind == MN_ITEM_MESSAGE &&
           (item->text.n > 0 || item->images.n > 0 || is_of(item, "user"));
}

/* --- one item --- */

static bool open_item(struct mn_session *s, mn_leg leg, struct mn_writer *w, const char *id,
                      const char *previous, const char *type)
{
    if (!mn_fx_send_to(s, leg, w, MN_EV_CONVERSATION_ITEM_CREATE))
        return false;
    if (previous != NULL)
        mn_write_text(w, "previous_item_id", previous);
    mn_write_open(w, "item", '{');
    mn_write_text(w, "id", id);
    mn_write_text(w, "type", type);
    return true;
}

static void close_item(struct mn_session *s, struct mn_writer *w)
{
    mn_write_close(w);
    mn_fx_done(s, w);
}

static void write_part(struct mn_writer *w, const char *type, struct mn_str words)
{
    mn_write_open(w, NULL, '{');
    mn_write_text(w, "type", type);
    mn_write_str(w, "text", words);
    mn_write_close(w);
}

static const char *write_message(struct mn_session *s, mn_leg leg, const struct mn_item *item,
                                 const char *previous)
{
    const char *type = is_of(item, "assistant") ? "output_text" : "input_text";
    struct mn_writer w;

    if (!open_item(s, leg, &w, item->id, previous, "message"))
        return previous;
    mn_write_text(&w, "role", item->role);
    mn_write_open(&w, "content", '[');
    if (item->text.n > 0)
        write_part(&w, type, mn_buf_str(&item->text));
    else if (item->images.n == 0)
        write_part(&w, type, MN_STR("[inaudible]"));
    if (item->images.n > 0)
        write_part(&w, type, MN_STR("[an image that is no longer there]"));
    mn_write_close(&w);
    close_item(s, &w);
    return item->id;
}

/* An id that was at the model before may still be on its way out: then the output gets another. */
static const char *write_output(struct mn_session *s, mn_leg leg, const struct mn_item *call)
{
    struct mn_item *output = mn_history_output(&s->history, mn_str(call->call_id));
    struct mn_writer w;

    if (output == NULL)
        return call->id; /* a full history has forgotten it */
    if (output->forgotten)
        mn_id_new(output->id, "item", &s->random);
    output->absent = output->forgotten = false;
    output->ours = true;
    output->leg = leg;
    if (!open_item(s, leg, &w, output->id, call->id, "function_call_output"))
        return call->id;
    mn_write_text(&w, "call_id", call->call_id);
    mn_write_str(&w, "output", mn_buf_str(&call->output));
    close_item(s, &w);
    return output->id;
}

static const char *write_call(struct mn_session *s, mn_leg leg, const struct mn_item *item,
                              const char *previous)
{
    struct mn_tool_call *running = mn_tools_by_call(s, mn_str(item->call_id));
    struct mn_writer w;

    if (!open_item(s, leg, &w, item->id, previous, "function_call"))
        return previous;
    if (running != NULL)
        running->leg = leg; /* R16: where it will be answered */
    mn_write_text(&w, "call_id", item->call_id);
    mn_write_text(&w, "name", item->name);
    mn_write_str(&w, "arguments", mn_buf_str(&item->text));
    close_item(s, &w);
    return item->done ? write_output(s, leg, item) : item->id;
}

const char *mn_replay_item(struct mn_session *s, mn_leg leg, struct mn_item *item,
                           const char *previous)
{
    if (!is_wanted(s, item))
        return previous;
    item->absent = false;
    item->ours = true;
    item->leg = leg;
    return item->kind == MN_ITEM_CALL ? write_call(s, leg, item, previous)
                                      : write_message(s, leg, item, previous);
}

/* --- all of them --- */

/* The oldest of the newest items that are within the bounds; the head of the list for none. */
static struct mn_list *first_within(struct mn_session *s)
{
    struct mn_history *h = &s->history;
    struct mn_list *from = h->items.prev;
    size_t bytes = 0;
    int n = 0;

    for (; from != &h->items; from = from->prev) {
        const struct mn_item *item = item_at(from);

        if (!is_wanted(s, item))
            continue;
        bytes += item->text.n + item->output.n;
        if (++n > MN_REPLAY_ITEMS || bytes > MN_REPLAY_BYTES)
            break;
    }
    return from->next;
}

void mn_replay(struct mn_session *s, mn_leg leg)
{
    struct mn_list *first = first_within(s), *next;
    const char *previous = "root";

    for (struct mn_list *l = s->history.items.next; l != &s->history.items; l = l->next)
        item_at(l)->absent = true;
    for (struct mn_list *l = s->history.items.next; l != first; l = l->next)
        item_at(l)->forgotten = item_at(l)->kind < MN_ITEM_HANDOFF;
    for (struct mn_list *l = first; l != &s->history.items; l = next) {
        next = l->next;
        previous = mn_replay_item(s, leg, item_at(l), previous);
    }
}

bool mn_replay_lacks_words(const struct mn_session *s)
{
    if (mn_str_is(mn_buf_str(&s->config.transcription), "null"))
        return false; /* nobody writes */
    for (const struct mn_list *l = s->history.items.prev; l != &s->history.items; l = l->prev) {
        const struct mn_item *item = mn_container_of(l, struct mn_item, link);

        if (item->kind == MN_ITEM_MESSAGE && is_of(item, "user"))
            return item->text.n == 0 && item->images.n == 0 && !item->gone;
    }
    return false;
}

void mn_replay_again(struct mn_session *s, struct mn_item *item)
{
    const struct mn_list *l = item->link.prev;
    const char *previous = "root";

    if (!mn_legs_ready(&s->legs) || item->leg != s->legs.active.number)
        return; /* it is told as it is now, by the next */
    for (; l != &s->history.items && strcmp(previous, "root") == 0; l = l->prev) {
        const struct mn_item *before = mn_container_of(l, struct mn_item, link);

        if (before->leg == item->leg && before->kind < MN_ITEM_HANDOFF && mn_item_known(before))
            previous = before->id;
    }
    mn_items_delete(s, item->id);
    if (!is_wanted(s, item))
        return; /* nothing was heard of it (R32) */
    item->rewritten++;
    mn_replay_item(s, item->leg, item, previous);
}
